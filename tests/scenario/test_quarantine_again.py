#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""After an upgrade: what an older version could not read is tried again in quiet moments, what can now be read is marked and
counts only when somebody takes it in."""
import contextlib
import hashlib
import json
import os
import sqlite3
import sys
import tempfile
import time
import urllib.request

import test_accounts as accounts
from house import Server, Tap, report, run, wait_until
from test_accounts import NO_DNS
from test_matrix import invite

tap = Tap()
VERSION = run("--version")[1].split()[1]


def rubbish(folder, store, names):
    """Arrivals that cannot be read; their numbers."""
    inbox = os.path.join(folder, f"inbox{len(os.listdir(folder))}")
    os.mkdir(inbox)
    for name in names:
        with open(f"{inbox}/{name}.json", "w", encoding="utf-8") as file:
            file.write(f'{{"organization-name": broken {name}')
    run("import", "-q", inbox, *store)
    rows = json.loads(run("quarantine", "list", "--json", *store)[1])["quarantined"]
    return {os.path.basename(r["name"]).removesuffix(".json"): r["id"] for r in rows}


def older(folder, texts, tried_by="0.0.9"):
    """As if that version had not been able to read what these bytes say."""
    with contextlib.closing(sqlite3.connect(f"{folder}/mailseal.db", timeout=20)) as db, db:
        for number, text in texts.items():
            original = db.execute("SELECT original FROM arrival WHERE id = ?", (number,)).fetchone()[0]
            if text is not None:
                db.execute("UPDATE original SET bytes = ?, codec = 0, size = ?, sha256 = ? WHERE id = ?", (text, len(text), hashlib.sha256(text).digest(), original))
                db.execute("UPDATE arrival SET size = ? WHERE id = ?", (len(text), number))
            db.execute("UPDATE quarantine SET tried_by = ? WHERE arrival = ?", (tried_by, number))


def tried(folder):
    with contextlib.closing(sqlite3.connect(f"{folder}/mailseal.db", timeout=20)) as db:
        return dict((a, (t, r)) for a, t, r in db.execute("SELECT arrival, tried_by, readable FROM quarantine"))


def listed(store):
    return json.loads(run("quarantine", "list", "--json", *store)[1])


def counted(store):
    return json.loads(run("status", "--json", *store)[1])["counted"]


def post(server, text):
    request = urllib.request.Request(f"http://127.0.0.1:{server.port('http')}/report", data=text, headers={"Content-Type": "application/tlsrpt+json"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.status


def found(folder):
    store = ("--store", f"sqlite:{folder}/mailseal.db")
    numbers = rubbish(folder, store, ["good1", "good2", "twin", "bad1", "bad2", "same"])
    tap.check(len(numbers) == 6 and set(tried(folder).values()) == {(VERSION, 0)}, "what cannot be read says which version has tried it", tried(folder))
    older(folder, {numbers["good1"]: report("one"), numbers["good2"]: report("two"), numbers["twin"]: report("one") + b" ", numbers["bad1"]: None, numbers["bad2"]: None})
    older(folder, {numbers["same"]: report("three")}, VERSION)
    older(folder, {numbers["good2"]: None}, "")  # as a store has it from before this was noted
    older(folder, {numbers["twin"]: None}, "9.9.9")  # of one that was newer
    server = Server(folder, NO_DNS)
    try:
        good = wait_until(lambda: listed(store)["readable"] == 3 and all(t == VERSION for t, _ in tried(folder).values()), 20)
        value, now = listed(store), tried(folder)
        tap.check(good and now[numbers["bad1"]] == (VERSION, 0) and now[numbers["same"]] == (VERSION, 0),
                  "what another version tried is tried by this one, once, and what can be read is marked", now, numbers)
        marked = {r["id"]: r["readable"] for r in value["quarantined"]}
        tap.check({i for i, n in marked.items() if n == 1} == {numbers[n] for n in ("good1", "good2", "twin")} and counted(store) == 0 and len(marked) == 6,
                  "it stands in the list, and nothing of it counts before somebody takes it in", marked, counted(store))
        text = run("quarantine", "list", *store)[1]
        tap.check("3 old reports can now be read." in text and "mailseal quarantine retry --readable" in text and text.count("It can now be read.") == 3,
                  "the list says so, and how to take it in", text)
        tap.check(wait_until(lambda: any('quarantine-readable reports="3"' in line for line in server.log)), "the log says it once", server.log[-5:])
        before = tried(folder)
        server.stop()
        server.start()
        time.sleep(0.5)
        tap.check(tried(folder) == before, "a restart of the same version tries nothing again")
        code, out, err = run("quarantine", "retry", "--readable", *store, "-c", server.config)
        value = listed(store)
        tap.check(code == 0 and "2 stored, 1 duplicates, 0 held; 0 still cannot be read." in out and counted(store) == 2, "all of it is taken in at once", code, out, err)
        tap.check(value["readable"] == 0 and sorted(r["id"] for r in value["quarantined"]) == sorted(numbers[n] for n in ("bad1", "bad2", "same")), "and what cannot be read stays", value)
        code, out, err = run("quarantine", "retry", "--readable", *store, "-c", server.config)
        tap.check(code == 0 and "0 stored" in out and counted(store) == 2, "a second time there is nothing to take in", out, err)
    finally:
        server.stop()


def not_in_the_way(folder):
    """Sixty wait; mail comes in meanwhile, and the process dies in the middle."""
    store = ("--store", f"sqlite:{folder}/mailseal.db")
    numbers = rubbish(folder, store, [f"n{i}" for i in range(60)])
    older(folder, {number: report(name) for name, number in numbers.items()})
    server = Server(folder, NO_DNS)
    try:
        wait_until(lambda: listed(store)["readable"] > 3, 20)
        slowest = 0
        for i in range(20):
            started = time.monotonic()
            post(server, report(f"new{i}"))
            slowest = max(slowest, time.monotonic() - started)
        between = listed(store)["readable"]
        tap.check(slowest < 1 and between < 60, f"mail does not wait for it: {1000 * slowest:.0f} ms at most while {between} of 60 were tried")
        server.kill("keep")
        good = wait_until(lambda: all(t == VERSION for t, _ in tried(folder).values()), 30)
        wait_until(lambda: listed(store)["readable"] == 60, 2)
        left = listed(store)["readable"]
        tap.check(good and left >= 59, "after a death in the middle it goes on, and one at most is missed", left)
        code, out, err = run("quarantine", "retry", "--readable", *store, "-c", server.config)
        tap.check(code == 0 and f"{left} stored" in out and listed(store)["readable"] == 0, "more than one portion is taken in as well", code, out, err)
    finally:
        server.stop()


def by_web(folder):
    store = ("--store", f"sqlite:{folder}/mailseal.db")
    run("tenant", "add", "a", *store)
    numbers = rubbish(folder, store, ["good1", "good2", "lost"])
    older(folder, {numbers["good1"]: report("one"), numbers["good2"]: report("two"), numbers["lost"]: report("three")})
    server = Server(folder, NO_DNS)
    try:
        ana = invite(server, "ana", "--role", "operator")
        site = invite(server, "sam", "--admin")
        of_a = invite(server, "a-operator", "--role", "operator", "--in", "a")
        viewer = invite(server, "vera", "--role", "viewer")
        wait_until(lambda: listed(store)["readable"] == 3, 20)
        value = ana.ask("GET", "/quarantine?limit=1")[1]
        tap.check(value["readable"] == 3 and len(value["quarantined"]) == 1, "the API says how many of all pages", value)
        value = of_a.ask("GET", "/quarantine")[1]
        tap.check(value["readable"] == 0 and value["quarantined"] == [], "a tenant hears nothing of it", value)
        refused = [of_a.ask("POST", "/quarantine/retry", {})[0], viewer.ask("POST", "/quarantine/retry", {})[0]]
        tap.check(refused == [403, 403] and counted(store) == 0, "nor takes it in, nor does who only looks", refused)
        older(folder, {numbers["lost"]: b'{"broken again'}, VERSION)
        status, value, _ = ana.ask("POST", "/quarantine/retry", {})
        tap.check((status, value) == (200, {"stored": 2, "duplicates": 0, "held": 0, "unreadable": 1, "left": 0}), "an operator does, and hears what became of it", status, value)
        tap.check(counted(store) == 2 and ana.ask("GET", "/quarantine")[1]["readable"] == 0, "what could not be read after all is promised no more")
        rows = [(r["who"], r["object"], r["before"]) for r in site.ask("GET", "/audit?limit=100")[1]["audit"] if r["action"] == "quarantine-take-in"]
        tap.check(rows == [("ana", "quarantine", {"readable": 3})], "it stands in the audit log", rows)
        tap.check(not accounts.faults, "and every answer is as the contract says", accounts.faults)
    finally:
        server.stop()


def main():
    for part in (found, not_in_the_way, by_web):
        with tempfile.TemporaryDirectory(prefix="mailseal-again-") as folder:
            part(folder)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
