#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Two tenants in one store: no command of one gives a byte of the other, by list or by any id."""
import json
import re
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

from house import MAILSEAL, TOP, Server, Tap, run

tap = Tap()
# Words that stand in what belongs to one of them, and nowhere else.
MARKS = {"a": ["a-own.example", "aonly"], "b": ["b-own.example", "bonly"]}


def unit(owner, failed):
    return {"policy": {"policy-type": "sts", "policy-domain": f"{owner}-own.example",
                       "policy-string": ["version: STSv1", "mode: enforce", f"mx: {owner}only-mx.example", "max_age: 1"]},
            "summary": {"total-successful-session-count": 10, "total-failure-session-count": failed},
            "failure-details": [{"result-type": "certificate-expired", "sending-mta-ip": "192.0.2.1", "failed-session-count": failed,
                                 "receiving-mx-hostname": f"{owner}only-mx.example",
                                 "failure-reason-code": f"{owner}only-reason"}],
            f"x-{owner}only": f"{owner}only-member"}


def report(report_id, *owners):
    return json.dumps({"organization-name": "Reporter", "contact-info": "tls@reporter.example", "report-id": report_id,
                       "date-range": {"start-datetime": "2026-03-02T00:00:00Z", "end-datetime": "2026-03-02T23:59:59Z"},
                       "policies": [unit(o, 1 + i) for i, o in enumerate(owners)]})


def commands(ids):
    """Every command that looks, with every id there is."""
    kinds = [["--json"], ["--csv"], ["--plain"], ["--jsonl"], []]
    for kind in kinds:
        for words in (["report", "list"], ["report", "export"], ["result", "list"], ["source", "list"],
                      ["source", "list", "--by", "network"], ["source", "list", "--by", "address"],
                      ["source", "show", "reporter.example"], ["quarantine", "list"], ["status"], ["domain", "list"],
                      ["domain", "show", "b-own.example"], ["domain", "show", "a-own.example"], ["tenant", "list"],
                      ["issue", "list"], ["issue", "list", "--all"],
                      ["report", "list", "--domain", "a-own.example"], ["report", "list", "--domain", "b-own.example"],
                      ["result", "list", "--mx", "aonly-mx.example"], ["result", "list", "--mx", "bonly-mx.example"]):
            yield words + kind
    for i in ids:
        for words in (["report", "show", i], ["report", "show", i, "--json"], ["report", "raw", i], ["quarantine", "show", i],
                      ["quarantine", "show", i, "--raw"], ["quarantine", "show", i, "--json"], ["issue", "show", i],
                      ["issue", "show", i, "--json"]):
            yield words


# What the door answers to everybody, and has no byte of the store in it.
OPEN_ROUTES = {"/style.css", "/healthz", "/readyz"}


def get_routes():
    with open(TOP + "/src/facts/routes.h", encoding="utf-8") as f:
        found = re.findall(r'X\(\w+, "([^"]+)", (\w+), \w+\)', f.read())
    return [(path.removesuffix("*"), path.endswith("*")) for path, methods in found if methods == "ROUTE_GET"]


def get(port, path):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
            return answer.status, answer.read().decode("utf-8", "replace")
    except urllib.error.HTTPError as e:
        return e.code, e.read().decode("utf-8", "replace")


def pages(folder, ids):
    """The plain pages cannot tell who asks: with two tenants they show neither."""
    routes = get_routes()
    ids = ids + [f"TI-{1000 + int(i)}" for i in ids]
    queries = ["", "?domain=a-own.example", "?domain=b-own.example", "?mx=aonly-mx.example", "?by=address", "?since=2026-03-01"]
    server = Server(folder)
    try:
        leaks, wrong, tried = [], [], 0
        for path, is_prefix in routes:
            for asked in [path + i for i in ids] if is_prefix else [path + q for q in queries]:
                status, text = get(server.port("http"), asked)
                tried += 1
                leaks += [(asked, m) for marks in MARKS.values() for m in marks if m in text]
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


def main():
    with tempfile.TemporaryDirectory(prefix="mailseal-tenants-") as folder:
        store = ("--store", f"sqlite:{folder}/mailseal.db")
        for name, text in (("1", report("of-a", "a")), ("2", report("of-b", "b")), ("3", report("both", "a", "b")),
                           ("4", report("both-too", "b", "a")), ("5", '{"organization-name":"bonly", broken aonly')):
            with open(f"{folder}/{name}.json", "w", encoding="utf-8") as f:
                f.write(text)
            run("import", *store, f"{folder}/{name}.json")
        for t in "ab":
            run("tenant", "add", t, *store)
            run("domain", "add", f"{t}-own.example", "--tenant", t, *store)
        shown = run("report", "list", "--json", "--tenant", "a", *store)[1]
        tap.check(json.loads(shown)["reports"] == [], "nothing is shown for a domain that is not proven", shown)
        for t in "ab":
            run("domain", "verify", f"{t}-own.example", "--assume", "--resolver", "127.0.0.1@1", *store)
        ids = [str(i) for i in range(1, 9)]
        for me, other in (("a", "b"), ("b", "a")):
            leaks, tried, own = [], 0, 0
            for words in commands(ids):
                done = subprocess.run([MAILSEAL, *words, "--tenant", me, *store], capture_output=True, check=False, timeout=60)
                tried += 1
                text = done.stdout.decode("utf-8", "replace")
                # A word of the question may stand in the answer.
                for word in words:
                    text = text.replace(word, "")
                own += any(m in text for m in MARKS[me])
                leaks += [(" ".join(words), m) for m in MARKS[other] if m in text]
            tap.check(not leaks, f"none of {tried} commands gives tenant {me} a byte of tenant {other}", leaks[:10])
            tap.check(own > 20, f"and tenant {me} sees his own", own)
        code, out, _ = run("report", "raw", "1", "--tenant", "a", *store)
        tap.check(code == 0 and "of-a" in out, "an original that is all his own is his to have", code, out)
        codes = [run("report", "raw", i, "--tenant", "a", *store)[0] for i in "234"]
        tap.check(codes == [3, 3, 3], "an original with a unit of another is not there for him", codes)
        code = run("report", "list", "--tenant", "nobody", *store)[0]
        tap.check(code == 3, "a tenant that is not there sees nothing", code)
        pages(folder, ids)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
