#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Issues and alerts of a running server: said once in its log, shown on its pages, changed through its socket, and all of
it the same after its keeper was killed."""
import json
import shutil
import sys
import tempfile
import time

from doors import fetch
from house import Server, Tap, report, run, wait_until

tap = Tap()


def alerts(server):
    return [line for line in server.log if 'alert' in line and 'rule="mail-refused"' in line]


def main():
    folder = tempfile.mkdtemp(prefix="mailseal-issue-server-")
    server = Server(folder)
    try:
        with open(folder + "/one.json", "wb") as f:
            yesterday = time.strftime("%Y-%m-%d", time.gmtime(time.time() - 86400)).encode()
            f.write(report("one", failed=30, succeeded=10).replace(b"2026-03-02", yesterday))
        code, _, err = run("import", "-c", server.config, "--store", server.store, folder + "/one.json")
        tap.check(code == 0, "a report is imported through the running server", err)
        tap.check(wait_until(lambda: len(alerts(server)) == 1, 20) and "TI-1001" in alerts(server)[0],
                  "the server says in its log that mail is being refused", "".join(server.log))
        code, out, err = run("alert", "list", "--json", "-c", server.config, "--store", server.store)
        listed = json.loads(out)["alerts"] if code == 0 else err
        tap.check(code == 0 and [(a["rule"], a["issue"], a["outcome"]) for a in listed] ==
                  [("mail-refused", "TI-1001", "said")], "the log of alerts says that it was said", listed)
        port = server.port("http")
        status, _, page = fetch(port, "/issues")[:3]
        tap.check(status == 200 and "Certificate expired on mx.example.com" in page and "/issues/TI-1001" in page,
                  "the page of issues lists it", page[-600:])
        page = fetch(port, "/issues/TI-1001")[2]
        tap.check("How to fix it" in page and "openssl s_client" in page, "its own page says how to mend it", page[-600:])
        tap.check("Open issues" in fetch(port, "/")[2], "the overview ends with the open issues")
        code, _, err = run("issue", "ack", "TI-1001", "--owner", "Ana", "-c", server.config, "--store", server.store)
        _, out, _ = run("issue", "show", "TI-1001", "--json", "-c", server.config, "--store", server.store)
        tap.check(code == 0 and json.loads(out)["state"] == "acknowledged", "it is acknowledged through the server", err, out)
        server.kill("keep")
        run("import", "-c", server.config, "--store", server.store, folder + "/one.json")
        code, out, err = run("issue", "list", "--json", "-c", server.config, "--store", server.store)
        listed = json.loads(out)["issues"] if code == 0 else err
        tap.check(code == 0 and [(i["id"], i["state"], i["failed_sessions"]) for i in listed] ==
                  [("TI-1001", "acknowledged", 30)], "after a kill and the same report again nothing is lost or doubled", listed)
        tap.check(len(alerts(server)) == 1, "and nothing is said twice", alerts(server))
        tap.check(server.stop() == 0, "the server ends well", "".join(server.log[-20:]))
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
    return tap.end()


sys.exit(main())
