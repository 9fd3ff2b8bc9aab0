#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""`mailseal db`: status, verify, backup while the server runs, restore, and what it says of damage."""
import json
import os
import sys
import tempfile
import time

from house import TOP, Server, Tap, report, run, wait_until

tap = Tap()


def originals_end(folder):
    """The bytes go after `originals_days`, those in quarantine stay, and the numbers stay."""
    day, first = 86400, 1772500000
    os.environ["MAILSEAL_FAKE_TIME"] = str(first)
    try:
        server = Server(folder, "store { originals_days = 10 }\n")
        run("import", "--store", server.store, "-", data=report("old"))
        run("import", "--store", server.store, "-", data=b"rubbish")
        server.stop()
        os.environ["MAILSEAL_FAKE_TIME"] = str(first + 9 * day)
        server.start()
        run("import", "--store", server.store, "-", data=report("new"))
        time.sleep(1.5)
        tap.check(run("report", "raw", "--store", server.store, "1")[0] == 0, "an original is there for ten days")
        server.stop()
        os.environ["MAILSEAL_FAKE_TIME"] = str(first + 11 * day)
        server.start()
        gone = wait_until(lambda: run("report", "raw", "--store", server.store, "1")[0] == 3, 10)
        tap.check(gone, "then it is let go", *run("report", "raw", "--store", server.store, "1"))
        tap.check(run("report", "raw", "--store", server.store, "2")[0] == 0, "a younger one stays")
        code, out, err = run("report", "show", "--json", "--store", server.store, "1")
        tap.check(code == 0 and json.loads(out)["units"][0]["failed"] == 3, "its numbers stay", out, err)
        code, out, err = run("quarantine", "list", "--json", "--store", server.store)
        at = json.loads(out)["quarantined"][0]["id"]
        code, out, err = run("quarantine", "show", "--store", server.store, str(at))
        tap.check(code == 0 and "rubbish" in out, "what is in quarantine keeps its bytes", out, err)
        tap.check(run("db", "verify", "--store", server.store)[0] == 0, "the store is sound")
        server.stop()
    finally:
        del os.environ["MAILSEAL_FAKE_TIME"]


def unchanged(folder):
    """Reading all originals again with the same decoder changes nothing, also where the same report came written otherwise."""
    store = ("--store", f"sqlite:{folder}/again.db")
    run("import", *store, TOP + "/tests/fixtures/bodies")
    before = [run(*words, "--json", *store)[1] for words in (("report", "list"), ("report", "export"), ("result", "list"))]
    told = [json.loads(run("db", "reprocess", "--json", *store)[1]) for _ in range(2)]
    after = [run(*words, "--json", *store)[1] for words in (("report", "list"), ("report", "export"), ("result", "list"))]
    tap.check(all(t["same"] > 10 and t["changed"] == t["read"] == t["lost"] == 0 for t in told) and before == after,
              "reading an unchanged store again changes nothing", told)


def main():
    with tempfile.TemporaryDirectory() as folder:
        originals_end(folder)
    with tempfile.TemporaryDirectory() as top:
        server = Server(top)
        for i in range(3):
            code, out, err = run("import", "--json", "--store", server.store, "-", data=report(f"db-{i}"))
            tap.check(code == 0 and '"stored":1' in out, f"report {i} is imported", out, err)
        code, out, err = run("db", "backup", "--store", server.store, f"{top}/copy.db")
        tap.check(code == 0, "a copy is made while the server runs", out, err)
        code, out, err = run("db", "backup", "--store", server.store, f"{top}/copy.db")
        tap.check(code == 1 and "copy.db" in err, "a copy replaces nothing", out, err)
        code, out, err = run("db", "verify", "--store", server.store)
        tap.check(code == 0, "the store is sound while the server runs", out, err)
        tap.check(server.stop() == 0, "the server ends", "".join(server.log))
        code, out, err = run("db", "restore", "--store", server.store, f"{top}/copy.db")
        tap.check(code == 1, "a restore replaces no database that is there", out, err)
        again = f"sqlite:{top}/again.db"
        code, out, err = run("db", "restore", "--store", again, f"{top}/copy.db")
        tap.check(code == 0, "a restore makes a database out of the copy", out, err)
        code, out, err = run("db", "status", "--json", "--store", again)
        told = json.loads(out) if code == 0 else {}
        tap.check(told.get("reports") == 3, "it holds what the copy held", out, err)
        code, out, err = run("import", "--json", "--store", again, "-", data=report("db-1"))
        tap.check('"duplicates":1' in out, "and knows its reports", out, err)
        with open(f"{top}/copy.db", "r+b") as f:
            f.truncate(os.path.getsize(f"{top}/copy.db") // 2)
        code, out, err = run("db", "restore", "--store", f"sqlite:{top}/third.db", f"{top}/copy.db")
        tap.check(code != 0 and not os.path.exists(f"{top}/third.db"), "a damaged copy is not restored", code, out, err)
        code, out, err = run("db", "status", "--store", f"sqlite:{top}/nothing.db")
        tap.check(code == 3, "where there is no database it says so, exit 3", code, err)
        code, out, err = run("db", "migrate", "--store", again)
        tap.check(code == 0, "migrating what is in form already changes nothing", out, err)
    with tempfile.TemporaryDirectory(prefix="mailseal-again-") as folder:
        unchanged(folder)
    return tap.end()


sys.exit(main())
