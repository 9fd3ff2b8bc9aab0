#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Two tenants in one store: no command and no page gives one a byte of the other, or changes what is not his alone.

The matrix is made from facts/commands.h, from the verbs that each command's help names, and from every id there is. A
command or a verb without a verdict here fails the test."""
import contextlib
import json
import re
import sqlite3
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

from house import MAILSEAL, TOP, Server, Tap, run

tap = Tap()
# Words and numbers that stand in what belongs to one of them, and nowhere else; secrets come to them.
MARKS = {"a": ["a-own.example", "aonly", "7000003", "7000013"], "b": ["b-own.example", "bonly", "9000011", "9000041"]}
FAILED = {"a": (7000003, 7000013), "b": (9000011, 9000041)}
TOTALS = ["16000014", "32000028", "48000082"]  # of both
OTHER = {"a": "b", "b": "a"}
KINDS = [["--json"], ["--csv"], ["--plain"], ["--jsonl"], []]


def unit(owner, failed, mx, **policy):
    return {"policy": {"policy-type": "sts", "policy-domain": f"{owner}-own.example",
                       "policy-string": ["version: STSv1", "mode: enforce", f"mx: {owner}only-mx.example", "max_age: 1"],
                       **policy},
            "summary": {"total-successful-session-count": 10, "total-failure-session-count": failed},
            "failure-details": [{"result-type": "certificate-expired", "sending-mta-ip": "192.0.2.1",
                                 "failed-session-count": failed, "receiving-mx-hostname": mx,
                                 "failure-reason-code": f"{owner}only-reason"}],
            f"x-{owner}only": f"{owner}only-member"}


def report(report_id, reporter, *units, day=2):
    return json.dumps({"organization-name": "Reporter", "contact-info": f"tls@{reporter}", "report-id": report_id,
                       "date-range": {"start-datetime": f"2026-03-{day:02}T00:00:00Z",
                                      "end-datetime": f"2026-03-{day:02}T23:59:59Z"},
                       "policies": units})


def reports():
    """Of one, of both, of both on one server, of a reporter that only one has."""
    for o in "ab":
        yield report(f"of-{o}", "reporter.example", unit(o, FAILED[o][0], f"{o}only-mx.example"))
        yield report(f"{o}only-id", f"{o}only-reporter.example", unit(o, FAILED[o][1], "shared-mx.example"), day=3 if o == "a" else 1)
    for first, second in ("ab", "ba"):
        yield report(f"both-{first}", "reporter.example", unit(first, FAILED[first][0], "shared-mx.example"),
                     unit(second, FAILED[second][0], "shared-mx.example"), day=4)


def held_reports():
    """By the door, unsigned."""
    for o in "ab":
        yield report(f"{o}only-held", "reporter.example", unit(o, 1, f"{o}only-mx.example"), day=5)
    yield report("both-held", "reporter.example", unit("a", 1, "x.example"), unit("b", 1, "x.example"), day=5)


# --- every command and verb, with its verdict ---

REPORTER = [[], ["--domain", "a-own.example"], ["--domain", "b-own.example"], ["--mx", "aonly-mx.example"],
            ["--mx", "bonly-mx.example"], ["--mx", "shared-mx.example"], ["--reporter", "aonly-reporter.example"],
            ["--reporter", "bonly-reporter.example"], ["--since", "2026-03-01", "--until", "2026-03-05"]]
DOMAINS = ["a-own.example", "b-own.example"]


def views(*words, filters=REPORTER):
    return [[*words, *f, *k] for f in filters for k in KINDS]


def each(things, *words, more=([], ["--json"])):
    return [[words[0], words[1], t, *words[2:], *m] for t in things for m in more]


def numbers(ids):
    """Of issues, so far."""
    return [f"TI-{1000 + int(i)}" for i in ids]


# What looks: (noun, verb) to the words of its trials, with every id and domain there is.
LOOKS = {
    ("report", "list"): lambda ids: views("report", "list"),
    ("report", "export"): lambda ids: views("report", "export", filters=REPORTER[:3]),
    ("report", "show"): lambda ids: each(ids, "report", "show"),
    ("report", "raw"): lambda ids: each(ids, "report", "raw", more=([],)),
    ("result", "list"): lambda ids: views("result", "list"),
    ("source", "list"): lambda ids: views("source", "list") + [["source", "list", "--by", by, *k] for k in KINDS
                                                               for by in ("network", "address")],
    ("source", "show"): lambda ids: each(["reporter.example", "aonly-reporter.example", "bonly-reporter.example"], "source", "show"),
    ("quarantine", "list"): lambda ids: views("quarantine", "list", filters=[[]]),
    ("quarantine", "show"): lambda ids: each(ids, "quarantine", "show", more=([], ["--json"], ["--raw"])),
    ("status", ""): lambda ids: [["status"], ["status", "--json"]],
    ("check", ""): lambda ids: [["check", d, "--resolver", "127.0.0.1@1", "--timeout", "1", "--json"] for d in DOMAINS],
    ("policy", "show"): lambda ids: each(DOMAINS, "policy", "show"),
    ("policy", "advise"): lambda ids: each(DOMAINS, "policy", "advise", "--resolver", "127.0.0.1@1", "--timeout", "1", "--window", "3000"),
    ("policy", "check"): lambda ids: each(DOMAINS, "policy", "check", "--resolver", "127.0.0.1@1", "--timeout", "1"),
    ("policy", "history"): lambda ids: each(DOMAINS, "policy", "history"),
    ("domain", "list"): lambda ids: views("domain", "list", filters=[[]]),
    ("domain", "show"): lambda ids: each(DOMAINS, "domain", "show"),
    ("domain", "check"): lambda ids: each(DOMAINS, "domain", "check"),
    ("tenant", "list"): lambda ids: views("tenant", "list", filters=[[]]),
    ("issue", "list"): lambda ids: views("issue", "list", filters=REPORTER[:3]) + [["issue", "list", "--all", *k] for k in KINDS],
    ("issue", "show"): lambda ids: each(numbers(ids), "issue", "show"),
    ("alert", "list"): lambda ids: views("alert", "list", filters=[[]]),
    ("user", "list"): lambda ids: views("user", "list", filters=[[]]),
    ("token", "list"): lambda ids: views("token", "list", filters=[[]]),
    ("audit", "list"): lambda ids: views("audit", "list", filters=[[], ["--action", "user"], ["--who", "bonly-user"]]),
    ("digest", ""): lambda ids: [["digest", *span, *f, *form] for span in (["--week", "2026-03-03"], ["--month", "2026-03"])
                                 for f in REPORTER[:3] for form in ([], ["--json"], ["--as", "html"], ["--as", "mail"])],
}
# What changes: nothing of what is not the tenant's own may be different afterwards.
CHANGES = {
    ("quarantine", "retry"): lambda ids: [["quarantine", "retry", i] for i in ids] + [["quarantine", "retry", "--readable"]],
    ("quarantine", "drop"): lambda ids: [["quarantine", "drop", i, "-y"] for i in ids],
    ("issue", "ack"): lambda ids: [["issue", "ack", i, "--owner", "thief"] for i in numbers(ids)],
    ("issue", "snooze"): lambda ids: [["issue", "snooze", i, "--for", "1d"] for i in numbers(ids)],
    ("issue", "close"): lambda ids: [["issue", "close", i, "--reason", "fixed", "--note", "thief"] for i in numbers(ids)],
    ("issue", "recheck"): lambda ids: [["issue", "recheck", i, "--resolver", "127.0.0.1@1", "--timeout", "1"] for i in numbers(ids)],
    ("issue", "note"): lambda ids: [["issue", "note", i, "--note", "thief"] for i in numbers(ids)],
    ("issue", "reopen"): lambda ids: [["issue", "reopen", i] for i in numbers(ids)],
    ("source", "trust"): lambda ids: [["source", "trust", r] for r in ("reporter.example", "bonly-reporter.example")],
    ("source", "distrust"): lambda ids: [["source", "distrust", r] for r in ("reporter.example", "bonly-reporter.example")],
    ("source", "forget"): lambda ids: [["source", "forget", "reporter.example"]],
    ("source", "decisions"): lambda ids: [["source", "decisions", *k] for k in KINDS],
    ("policy", "publish"): lambda ids: [["policy", "publish", "b-own.example", "--mode", "testing", "--mx", "mx.example", "--max-age", "1d",
                                         "--resolver", "127.0.0.1@1", "--timeout", "1", *f] for f in ([], ["--take-down"])],
    ("alert", "channel"): lambda ids: [["alert", "channel", "list"], ["alert", "channel", "list", "--json"],
                                       ["alert", "channel", "add", "mine", "mail", "a@example.net"],
                                       ["alert", "channel", "edit", "bonly-channel", "--pause"], ["alert", "channel", "remove", "bonly-channel"]],
    ("alert", "rule"): lambda ids: [["alert", "rule", "list"], ["alert", "rule", "list", "--json"], ["alert", "rule", "add", "mine", "--what", "failed"],
                                    ["alert", "rule", "add", "mine", "--what", "failed", "-n"], ["alert", "rule", "edit", "mail-refused", "--off"],
                                    ["alert", "rule", "test", "mail-refused"], ["alert", "rule", "test", "x", "--what", "failed", "--domain", "b-own.example"],
                                    ["alert", "rule", "mute", "mail-refused"], ["alert", "rule", "remove", "bonly-rule"]],
    ("alert", "test"): lambda ids: [["alert", "test", "bonly-channel"]],
    ("alert", "resend"): lambda ids: [["alert", "resend", i] for i in ids],
    ("domain", "add"): lambda ids: [["domain", "add", d] for d in DOMAINS],
    ("domain", "edit"): lambda ids: [["domain", "edit", d, *f] for d in DOMAINS
                                     for f in (["--new-address"], ["--pause"], ["--move-to", "a"], ["--move-to", "b"], ["--move-to", ""])],
    ("domain", "check"): lambda ids: [["domain", "check", "b-own.example"]],
    ("domain", "remove"): lambda ids: [["domain", "remove", d] for d in DOMAINS],
    ("domain", "verify"): lambda ids: [["domain", "verify", d, "--resolver", "127.0.0.1@1", *f] for d in DOMAINS
                                       for f in ([], ["--assume"])],
    ("user", "add"): lambda ids: [["user", "add", "thief", "--role", "admin", "--in", "b"], ["user", "add", "thief", "--admin"],
                                  ["user", "add", "bonly-user", "--role", "admin"]],
    ("user", "edit"): lambda ids: [["user", "edit", "bonly-user", *f] for f in (["--disable"], ["--reset"], ["--admin"],
                                   ["--role", "admin"], ["--role", "none", "--in", "b"], ["--full-name", "thief"])],
    ("user", "remove"): lambda ids: [["user", "remove", "bonly-user"]],
    ("token", "add"): lambda ids: [["token", "add", "thief", "--scope", "everything"]],
    ("token", "edit"): lambda ids: [["token", "edit", "1", "--label", "thief"]],
    ("token", "remove"): lambda ids: [["token", "remove", "1"]],
    ("tenant", "add"): lambda ids: [["tenant", "add", "c"]],
    ("tenant", "edit"): lambda ids: [["tenant", "edit", "b", "bb"], ["tenant", "edit", "a", "aa"]],
    ("tenant", "remove"): lambda ids: [["tenant", "remove", "b"], ["tenant", "remove", "a"]],
}
# What touches nothing that is stored.
NO_STORE = {
    "record": [["record", "generate", "example.com", "--rua", "mailto:x@example.com"], ["record", "explain", "v=TLSRPTv1; rua=mailto:x@example.com"]],
    "explain": [["explain", "--result-type", "certificate-expired"]],
    "completion": [["completion", "bash"], ["completion", "zsh"], ["completion", "fish"]],
    "help": [["help"], ["help", "report"]],
}


def nouns():
    with open(TOP + "/src/facts/commands.h", encoding="utf-8") as f:
        return dict(re.findall(r'^\s*X\("([a-z-]+)", \w+, (\w+), "', f.read(), re.M))


def verbs(noun):
    """Out of its help: "mailseal NOUN VERB", and lines that begin with the verb."""
    found = set()
    for line in run("help", noun)[1].splitlines():
        match = re.match(rf'(?:mailseal {noun} )?([a-z]+)(?:$|\s\s|[ ][A-Z"<\[>-]|[ ][a-z]+(?:\s\s|[ ][A-Z]))', line)
        if match and match[1] not in ("mailseal", "and"):
            found.add(match[1])
    return found or {""}


def leaks_of(tenant, words, code, text):
    """Marks of the other one in an answer; a word of the question may stand in it, and numbers may be grouped."""
    for word in sorted(words, key=len, reverse=True):
        text = text.replace(word, "")
    text += "\n" + re.sub(r"(?<=\d)[,.\u202f\u00a0 ](?=\d)", "", text)
    return [(" ".join(words), code, m) for m in MARKS[OTHER[tenant]] + TOTALS if m in text]


def ask(tenant, words, store):
    done = subprocess.run([MAILSEAL, *words, "--tenant", tenant, *store], capture_output=True, check=False, timeout=60,
                          stdin=subprocess.DEVNULL)
    return done.returncode, (done.stdout + done.stderr).decode("utf-8", "replace")


def house(store):
    """All that a tenant could change, as the house sees it; without what time alone changes."""
    seen = [run(*words, *store)[1] for words in (
        ["issue", "list", "--all", "--json"], ["quarantine", "list", "--json"], ["domain", "list", "--json"], ["tenant", "list", "--json"],
        ["source", "decisions", "--json"], ["policy", "history", "b-own.example"], ["alert", "channel", "list"],
        ["alert", "rule", "list", "--json"], ["report", "list", "--json"],
        ["result", "list", "--json"], ["user", "list", "--json"], ["token", "list", "--json"])]
    return seen


def verdicts():
    """The matrix has a place for every command and verb there is."""
    known = nouns()
    missing = []
    for noun, what in known.items():
        if what == "NARROWS":
            missing += [(noun, verb) for verb in verbs(noun) if (noun, verb) not in LOOKS and (noun, verb) not in CHANGES]
        elif what == "NO_STORE" and noun not in NO_STORE:
            missing.append(noun)
    gone = [key for key in (*LOOKS, *CHANGES) if known.get(key[0]) != "NARROWS" or key[1] not in verbs(key[0])]
    tap.check(len(known) >= 20 and not missing, "every command and every verb of it has its verdict", missing)
    tap.check(not gone, "and every verdict is of a command that is there", gone)
    return known


def looks(ids, store):
    for me in "ab":
        leaks, tried, own = [], 0, 0
        for make in LOOKS.values():
            for words in make(ids):
                code, text = ask(me, words, store)
                tried += 1
                own += any(m in text for m in MARKS[me])
                leaks += leaks_of(me, words, code, text)
        tap.check(not leaks, f"none of {tried} commands gives tenant {me} a byte of tenant {OTHER[me]}", leaks[:10])
        tap.check(own > 60, f"and tenant {me} sees his own", own)


def changes(ids, store):
    """Tenant a tries everything on everything; his own things are left out, for those he may change."""
    domains = [d for d in DOMAINS if d != "a-own.example"]
    own = own_ids("a", store)
    before = house(store)
    leaks, changed, tried = [], [], 0
    for make in CHANGES.values():
        for words in make(ids):
            if "a-own.example" in words and not any(f in words for f in ("--assume", "b", "")):
                continue
            if words[0] == "issue" and words[2] in own:
                continue
            code, text = ask("a", words, store)
            tried += 1
            leaks += leaks_of("a", words, code, text)
            if code == 0:
                changed.append((" ".join(words), text))
    after = house(store)
    tap.check(domains and not leaks, f"none of {tried} changes gives tenant a a byte of tenant b", leaks[:10])
    tap.check(not changed, "each of them is refused", changed[:10])
    tap.check(before == after, "and nothing is different afterwards", *[(b, a) for b, a in zip(before, after) if b != a])


def own_ids(tenant, store):
    """Issues that are the tenant's alone."""
    every = json.loads(run("issue", "list", "--all", "--json", *store)[1])["issues"]
    pages = [json.loads(run("issue", "show", i["id"], "--json", *store)[1]) for i in every]
    return [p["id"] for p in pages if p["domains"] == 1 and f"{OTHER[tenant]}-own" not in json.dumps(p)]


def closed_ones(known, store):
    wrong = []
    for noun, what in known.items():
        if what == "HOUSE":
            code, text = ask("a", [noun], store)
            if code != 4 or any(m in text for m in MARKS["b"]):
                wrong.append((noun, code, text))
    tap.check(not wrong, "what is for the whole house is refused to a tenant", wrong)
    leaks = [leak for noun in NO_STORE for words in NO_STORE[noun] for leak in leaks_of("a", words, *ask("a", words, store))]
    tap.check(not leaks, "what touches nothing stored shows nothing stored", leaks)


def shared_issue(store):
    """One server of both: each sees his own part of its issue."""
    every = json.loads(run("issue", "list", "--json", *store)[1])["issues"]
    shared = [i for i in every if i["subject"] == "shared-mx.example"]
    tap.check(len(shared) == 1 and shared[0]["failed_sessions"] > 30000000, "the house sees all of the issue", every)
    number = shared[0]["id"]
    sums = {"a": sum(FAILED["a"][i] for i in (1, 0, 0)), "b": sum(FAILED["b"][i] for i in (1, 0, 0))}
    for me in "ab":
        code, text = ask(me, ["issue", "show", number, "--json"], store)
        seen = json.loads(text) if code == 0 else {}
        tap.check(code == 0 and seen["failed_sessions"] == sums[me] and seen["subject"] == "shared-mx.example",
                  f"tenant {me} sees his own sessions of it", text)
    code, text = ask("a", ["issue", "ack", number], store)
    tap.check(code == 4 and "others" in text, "what others share he does not decide about", code, text)


def own_changes(store):
    own = own_ids("a", store)
    ask("a", ["issue", "reopen", own[0]], store)
    code, text = ask("a", ["issue", "ack", own[0], "--owner", "Ana"], store)
    shown = ask("b", ["issue", "list", "--all", "--json"], store)[1]
    tap.check(code == 0 and "Ana" not in shown, "his own issue he looks after", code, text)
    codes = [ask("a", words, store) for words in (["domain", "edit", "a-own.example", "--pause"], ["domain", "edit", "a-own.example", "--resume"],
                                                   ["domain", "add", "a-new.example"], ["domain", "remove", "a-new.example"])]
    tap.check([c for c, _ in codes] == [0, 0, 0, 0] and not any(str(n) in t for n in FAILED["b"] for _, t in codes),
              "and his own domains", codes)


# What the door answers to everybody, and has no byte of the store in it.
OPEN_ROUTES = {"/style.css", "/healthz", "/readyz", "/api/v1/meta", "/api/v1/openapi.json", "/api/v1/sign-in"}
# What is published for everybody, by the name that is asked for.
PUBLIC_ROUTES = {"/.well-known/mta-sts.txt", "/internal/tls-ask", "/assets/*", "/api/v1/sign-in/oidc/*"}


def get_routes():
    with open(TOP + "/src/facts/routes.h", encoding="utf-8") as f:
        found = re.findall(r'X\(\w+, "([^"]+)", (\w+), \w+\)', f.read())
    return [(path, "*" in path) for path, methods in found if methods == "ROUTE_GET"]


def get(port, path):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
            return answer.status, answer.read().decode("utf-8", "replace")
    except urllib.error.HTTPError as e:
        return e.code, e.read().decode("utf-8", "replace")


def pages(folder, ids):
    """The plain pages cannot tell who asks: with two tenants they show neither."""
    routes = get_routes()
    ids = ids + [f"TI-{1000 + int(i)}" for i in ids] + ["a-own.example", "b-own.example", "google.com"]
    queries = ["", "?domain=a-own.example", "?domain=b-own.example", "?mx=aonly-mx.example", "?by=address", "?since=2026-03-01"]
    server = Server(folder)
    try:
        leaks, wrong, tried = [], [], 0
        for path, is_prefix in routes:
            for asked in [path.replace("*", i) for i in ids] if is_prefix else [path + q for q in queries]:
                status, text = get(server.port("http"), asked)
                tried += 1
                leaks += [(asked, m) for marks in MARKS.values() for m in marks if m in text.replace(asked.split("?")[0], "")]
                if path in PUBLIC_ROUTES:
                    continue
                if status != (200 if path in OPEN_ROUTES else 403) or (status == 403 and "--tenant" not in text):
                    wrong.append((asked, status))
        tap.check(len(routes) >= 10 and not leaks, f"none of {tried} pages gives a byte of either tenant", routes, leaks[:10])
        tap.check(not wrong, "each says why, and what is nobody's stays open", wrong[:10])
        for words in (("domain", "remove", "b-own.example"), ("tenant", "remove", "b")):
            run(*words, "--store", server.store)
        left = get(server.port("http"), "/results?since=2026-03-01&until=2026-03-04")
        tap.check(left[0] == 200 and "aonly" in left[1] and "bonly" not in left[1], "with one tenant the pages are there",
                  left[0])
    finally:
        server.stop()


def fill(folder, store):
    for n, text in enumerate([*reports(), '{"organization-name":"bonly", broken aonly']):
        with open(f"{folder}/{n}.json", "w", encoding="utf-8") as f:
            f.write(text)
        run("import", *store, f"{folder}/{n}.json")
    for t in "ab":
        run("tenant", "add", t, *store)
        run("domain", "add", f"{t}-own.example", "--tenant", t, *store)
    shown = run("report", "list", "--json", "--tenant", "a", *store)[1]
    tap.check(json.loads(shown)["reports"] == [], "nothing is shown for a domain that is not proven", shown)
    for t in "ab":
        run("domain", "verify", f"{t}-own.example", "--assume", "--resolver", "127.0.0.1@1", *store)
        row = json.loads(run("domain", "show", f"{t}-own.example", "--json", *store)[1])
        MARKS[t] += [row["address"].split("@")[0], row["verification"]]
    for t in "ba":
        run("user", "add", f"{t}only-user", "--role", "admin", "--in", t, *store)
        run("token", "add", f"{t}only-token", "--scope", "reports:read", "--tenant", t, *store)


def without_users(folder):
    """As before the first of them was made."""
    with contextlib.closing(sqlite3.connect(f"{folder}/mailseal.db")) as db, db:
        for table in ("account", "membership", "api_token"):
            db.execute(f"DELETE FROM {table}")


def post(port, text):
    request = urllib.request.Request(f"http://127.0.0.1:{port}/report", data=text.encode(),
                                     headers={"Content-Type": "application/tlsrpt+json"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.status


def main():
    with tempfile.TemporaryDirectory(prefix="mailseal-tenants-") as folder:
        store = ("--store", f"sqlite:{folder}/mailseal.db")
        known = verdicts()
        fill(folder, store)
        server = Server(folder)
        try:
            for text in held_reports():
                post(server.port("http"), text)
            run("source", "trust", "bonly-reporter.example", *store)
            run("alert", "rule", "add", "bonly-rule", "--what", "failed", *store)
            run("alert", "channel", "add", "bonly-channel", "mail", "bonly@example.net", *store)
            ids = [str(i) for i in range(1, 13)]
            done = run("issue", "reopen", *own_ids("b", store), *store), run("issue", "ack", *own_ids("b", store), "TI-1002", "--owner",
                                                                             "bonly-owner", *store)
            tap.check([d[0] for d in done] == [0, 0], "the house looks after issues of one and of both", done)
            looks(ids, store)
            changes(ids, store)
            closed_ones(known, store)
            shared_issue(store)
            own_changes(store)
        finally:
            server.stop()
        code, out, _ = run("report", "raw", "1", "--tenant", "a", *store)
        tap.check(code == 0 and "of-a" in out, "an original that is all his own is his to have", code, out)
        codes = [run("report", "raw", i, "--tenant", "a", *store)[0] for i in "3456"]
        tap.check(codes == [3, 3, 3, 3], "an original with a unit of another is not there for him", codes)
        code = run("report", "list", "--tenant", "nobody", *store)[0]
        tap.check(code == 3, "a tenant that is not there sees nothing", code)
        without_users(folder)
        pages(folder, ids)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
