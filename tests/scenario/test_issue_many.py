#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""One act on several issues: each is changed whole or not at all, with its own line in the audit log, and the answer says what
became of each.  What is another tenant's is no issue, to the byte."""
import contextlib
import csv
import io
import json
import sqlite3
import sys
import tempfile

import test_accounts as accounts
import test_tenants as world
from house import Server, Tap, run
from test_accounts import NO_DNS
from test_matrix import invite

tap = Tap()
world.tap = tap
UNTIL = "2099-01-01T00:00:00Z"


def act(browser, name, ids, **more):
    return browser.ask("POST", "/issues/acts", {"act": name, "ids": ids, **more})[:2]


def became(value):
    return {one["id"]: (one["done"], one["said"]) for one in value["issues"]}


def borders(anna, other, own, shared, foreign):
    before = other.ask("GET", "/issues?state=all")[1]
    ids = [*own, *shared, *foreign, "TI-1999", "thief"]
    status, value = act(anna, "acknowledge", ids)
    tap.check(status == 200 and [one["id"] for one in value["issues"]] == ids, "the answer names each, as it was asked", status, value)
    said = became(value)
    tap.check([said[i] for i in own] == [(True, None)] * len(own), "his own are done", said)
    tap.check(all(not said[i][0] and "others" in said[i][1] for i in shared), "what others share he does not decide about", said)
    tap.check({(said[i][0], said[i][1].replace(i, "")) for i in (*foreign, "TI-1999")} == {(False, "there is no issue ")},
              "an issue of another tenant and one that is not there are told in the same words", said)
    tap.check(said["thief"] == (False, "an issue has a number"), "what is no number is none", said)
    tap.check(not world.leaks_of("a", ids, status, json.dumps(value)), "and not a byte of the other is in it", value)
    tap.check(other.ask("GET", "/issues?state=all")[1] == before, "the other's issues are as they were")
    shown = [anna.ask("GET", f"/issues/{i}")[1] for i in own]
    tap.check({(s["state"], s["owner"]) for s in shown} == {("acknowledged", anna.name)}, "who says so looks after them", shown)


def audited(site, anna, own):
    rows = [r for r in site.ask("GET", "/audit?limit=500")[1]["audit"] if r["who"] == anna.name and r["action"].startswith("issue-")]
    found = sorted((r["action"], r["object"], r["after"]["acknowledged"]) for r in rows)
    tap.check(found == sorted(("issue-ack", f"issue {i}", True) for i in own), "each that was changed has one line in the audit log, the rest none", rows)


def whole_or_not(site, ids):
    act(site, "close", ids[:1], **{"as": "fixed", "note": "by test"})
    status, value = act(site, "snooze", ids, until=UNTIL)
    said = became(value)
    tap.check(status == 200 and said[ids[0]] == (False, "the issue is closed") and all(said[i][0] for i in ids[1:]),
              "one that cannot be changed keeps none of the others back", status, value)
    states = [site.ask("GET", f"/issues/{i}")[1]["state"] for i in ids]
    tap.check(states == ["closed"] + ["snoozed"] * (len(ids) - 1), "and nothing of it is left", states)
    history = [h["event"] for h in site.ask("GET", f"/issues/{ids[0]}")[1]["history"]]
    tap.check("snoozed" not in history[-1:], "its history has no word of it", history)
    for name, more, state in (("reopen", {}, "open"), ("note", {"text": "Asked the hoster."}, "open"), ("acknowledge", {"owner": "Ben"}, "acknowledged")):
        status, value = act(site, name, ids[:1], **more)
        shown = site.ask("GET", f"/issues/{ids[0]}")[1]
        tap.check(status == 200 and value["issues"][0]["done"] and shown["state"] == state, f"{name} does what it does for one", status, value, shown)
    tap.check(shown["owner"] == "Ben" and any(h["text"] == f"{site.name}: Asked the hoster." for h in shown["history"]), "with what it takes", shown)


def refused(site, viewer, ids):
    many = [f"TI-{1000 + i}" for i in range(1, 102)]
    wrong = [(act(site, "acknowledge", many), "/ids"), (act(site, "acknowledge", []), "/ids"), (act(site, "delete", ids), "/act"),
             (act(site, "snooze", ids), "/until"), (act(site, "close", ids), "/as"), (act(site, "note", ids), "/text"),
             (act(site, "reopen", ids, owner="x"), "/"), (act(site, "acknowledge", "TI-1001"), "/ids"),
             (site.ask("POST", "/issues/acts", {"act": "reopen"})[:2], "/ids")]
    tap.check([(s, v["errors"][0]["pointer"]) for (s, v), _ in wrong] == [(400, p) for _, p in wrong], "what makes no sense is refused by name", wrong)
    tap.check(wrong[0][0][1]["errors"][0]["detail"] == "at most 100 issues can be changed at once", "too many are told how many may be", wrong[0])
    status, value = act(site, "snooze", ids, until="2001-01-01T00:00:00Z")
    tap.check(status == 200 and {one["said"] for one in value["issues"]} == {"that moment has passed"}, "not until the past", value)
    tap.check(act(viewer, "acknowledge", ids)[0] == 403, "who only looks changes none")


def exported(anna, own, foreign):
    def rows(query):
        return [row["id"] for row in csv.DictReader(io.StringIO(anna.ask("GET", f"/issues?{query}&format=csv")[1]))]
    tap.check(sorted(rows(f"ids={','.join(own)}")) == sorted(own) and len(own) > 1, "exactly those that are named are exported", rows(f"ids={','.join(own)}"))
    tap.check(rows(f"ids={own[0]},{','.join(foreign)}") == [own[0]], "none of another tenant among them")
    tap.check(rows(f"ids={own[0]}&state=closed") == [], "in the state that is named")


def by_hand(server, own, foreign, db):
    words = ("--store", server.store, "-c", server.config, "--tenant", "a")
    code, _, err = run("issue", "ack", own[0], foreign[0], own[1], "TI-1999", "--owner", "Cleo", *words)
    owners = [json.loads(run("issue", "show", i, "--json", *words)[1])["owner"] for i in own[:2]]
    tap.check(code == 3 and owners == ["Cleo", "Cleo"] and err.count("there is no issue") == 2 and foreign[0] in err and "TI-1999" in err,
              "the command line does those it can, names the others, and ends with 3", code, err, owners)
    run("issue", "close", own[0], "--reason", "fixed", *words)
    code, _, err = run("issue", "ack", own[0], own[1], *words)
    tap.check(code != 0 and f"{own[0]}: the issue is closed" in err and own[1] not in err, "with the name of each where the reason has none", code, err)
    run("issue", "reopen", own[0], *words)
    code, _, err = run("issue", "reopen", *[f"TI-{1000 + i}" for i in range(1, 102)], *words)
    tap.check(code == 2 and "at most 100" in err, "and takes no more than the server", code, err)
    with contextlib.closing(sqlite3.connect(db)) as opened:
        tap.check(opened.execute("PRAGMA integrity_check").fetchone() == ("ok",), "the store is whole")


def main():
    with tempfile.TemporaryDirectory(prefix="mailseal-many-") as folder:
        store = ("--store", f"sqlite:{folder}/mailseal.db")
        world.fill(folder, store)
        for n in range(3):  # more that are his alone
            text = world.report(f"aonly-{n}", "reporter.example", world.unit("a", 500 + n, f"aonly-mx{n}.example"), day=4)
            run("import", *store, "-", data=text.encode())
        world.without_users(folder)
        server = Server(folder, NO_DNS)
        try:
            site = invite(server, "sam", "--admin")
            anna = invite(server, "a-operator", "--role", "operator", "--in", "a")
            viewer = invite(server, "a-viewer", "--role", "viewer", "--in", "a")
            other = invite(server, "b-operator", "--role", "operator", "--in", "b")
            seen = {b.name: [i["id"] for i in b.ask("GET", "/issues?state=all")[1]["issues"]] for b in (site, anna, other)}
            own = world.own_ids("a", store)
            shared = [i for i in seen["a-operator"] if i in seen["b-operator"]]
            own = [i for i in own if i in seen["a-operator"]]
            foreign = [i for i in seen["b-operator"] if i not in seen["a-operator"]]
            tap.check(len(own) > 1 and shared and foreign, "there are issues of one, of the other and of both", own, shared, foreign)
            site.ask("POST", "/issues/acts", {"act": "reopen", "ids": seen["sam"]})
            borders(anna, other, own, shared, foreign)
            audited(site, anna, own)
            exported(anna, own, foreign)
            whole_or_not(site, own)
            refused(site, viewer, own)
            by_hand(server, own, foreign, f"{folder}/mailseal.db")
            tap.check(not accounts.faults, "and every answer is as the contract says", accounts.faults)
        finally:
            server.stop()
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
