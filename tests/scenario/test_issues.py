#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Issues from the first report to the last: opened, joined, closed by themselves, changed by hand.  Days pass by
MAILSEAL_FAKE_TIME; after each morning the whole list of issues is stated."""
import calendar
import json
import os
import shutil
import subprocess
import tempfile

PROGRAM = os.environ.get("MAILSEAL", "build/mailseal")
FIRST = calendar.timegm((2026, 3, 2, 0, 0, 0))
DAY = 86400
number = 0
folder = tempfile.mkdtemp(prefix="mailseal-issues-")
STORE = "sqlite:" + os.path.join(folder, "store", "mailseal.db")


def check(sentence, ok, why=""):
    global number
    number += 1
    print(f"{'ok' if ok else 'not ok'} {number} - {sentence}")
    if not ok:
        print(f"# {why}")


def run(day, *words):
    """On the morning after `day`."""
    env = dict(os.environ, MAILSEAL_FAKE_TIME=str(FIRST + (day + 1) * DAY + 6 * 3600))
    return subprocess.run([PROGRAM, *words, "--store", STORE], capture_output=True, text=True, timeout=60, env=env)


def date(day):
    import time
    return time.strftime("%Y-%m-%d", time.gmtime(FIRST + day * DAY))


def report(organization, contact, day, domain, good, bad=0, result=None, mx=None, mode="enforce"):
    unit = {"policy": {"policy-type": "sts", "policy-string": ["version: STSv1", "mode: " + mode, "mx: mx.example.net"],
                       "policy-domain": domain},
            "summary": {"total-successful-session-count": good, "total-failure-session-count": bad}}
    if result:
        detail = {"result-type": result, "failed-session-count": bad}
        if mx:
            detail["receiving-mx-hostname"] = mx
        unit["failure-details"] = [detail]
    return {"organization-name": organization, "contact-info": contact, "report-id": f"{day}-{domain}-{contact}",
            "date-range": {"start-datetime": date(day) + "T00:00:00Z", "end-datetime": date(day) + "T23:59:59Z"},
            "policies": [unit]}


def morning(day, reports):
    inbox = os.path.join(folder, f"day{day}-{len(os.listdir(folder))}")
    os.mkdir(inbox)
    for n, one in enumerate(reports):
        with open(os.path.join(inbox, f"{n}.json"), "w", encoding="utf-8") as file:
            json.dump(one, file)
    done = run(day, "import", inbox, "--json")
    return done.returncode == 0 and json.loads(done.stdout)["stored"] == len(reports)


def issues(day, *words):
    done = run(day, "issue", "list", "--all", "--json", *words)
    listed = json.loads(done.stdout)["issues"] if done.stdout else []
    return sorted((i["id"], i["state"], i["cause"], i["subject"], i["severity"], i["fault"], i["domains"],
                   i["refused_sessions"]) for i in listed)


DOMAINS = [f"d{n:02}.example.org" for n in range(25)]
google = lambda day, domain, *more: report("Google Inc.", "smtp-tls-reporting@google.com", day, domain, *more)
microsoft = lambda day, domain, *more: report("Microsoft Corporation", "tlsrpt-noreply@microsoft.com", day, domain, *more)

try:
    check("clean reports open nothing", morning(0, [google(0, d, 20) for d in DOMAINS]) and issues(0) == [], issues(0))
    morning(1, [google(1, d, 0, 20, "certificate-expired", "mx.example.net") for d in DOMAINS])
    check("an expired certificate on the server of 25 domains is one critical issue",
          issues(1) == [("TI-1001", "open", "cert-expired", "mx.example.net", "critical", "receiver", 25, 500)], issues(1))
    check("issue list exits with 10 for a critical one when asked to",
          run(1, "issue", "list", "--fail-on=critical").returncode == 10 and run(1, "issue", "list").returncode == 0)
    morning(2, [microsoft(2, d, 0, 4, "certificate-expired") for d in DOMAINS])
    check("a reporter that names no server joins it",
          issues(2) == [("TI-1001", "open", "cert-expired", "mx.example.net", "critical", "receiver", 25, 600)], issues(2))
    shown = json.loads(run(2, "issue", "show", "TI-1001", "--json").stdout)
    check("both reporters stand in the evidence, with what each saw",
          [(e["reporter"], e["failed_sessions"], e["domains"]) for e in shown["evidence"]] ==
          [("google.com", 500, 25), ("microsoft.com", 100, 25)], shown["evidence"])
    check("the page names the steps with the server in them",
          any("mx.example.net" in c["command"] for c in shown["commands"]) and shown["steps"], shown)
    check("acknowledging names the owner", run(2, "issue", "ack", "TI-1001", "--owner", "Ana").returncode == 0 and
          issues(2)[0][1] == "acknowledged", issues(2))
    check("snoozing ends by itself", run(2, "issue", "snooze", "TI-1001", "--for", "12h").returncode == 0 and
          (issues(2)[0][1], issues(3)[0][1]) == ("snoozed", "acknowledged"), (issues(2), issues(3)))
    morning(4, [google(4, d, 20) for d in DOMAINS])
    check("one clean reporter of two does not close it", issues(4)[0][1] == "acknowledged", issues(4))
    morning(5, [microsoft(5, d, 4) for d in DOMAINS])
    check("when both have reported without it, it closes by itself", issues(5)[0][1] == "closed", issues(5))
    # How often it grew depends on how many files come in with one commit.
    history = [h["event"] for h in json.loads(run(5, "issue", "show", "TI-1001", "--json").stdout)["history"] if h["event"] != "grew"]
    check("its history tells all of it", history ==
          ["opened", "reporter-joined", "acknowledged", "snoozed", "recovering", "closed"], history)
    check("the same files again change nothing", run(5, "import", os.path.join(folder, "day1-2")).returncode == 0 and
          issues(5)[0] == ("TI-1001", "closed", "cert-expired", "mx.example.net", "critical", "receiver", 25, 600),
          issues(5))
    morning(8, [google(8, DOMAINS[0], 10, 10, "certificate-expired", "mx.example.net")])
    check("within fourteen days it comes back under its number",
          [i[:2] for i in issues(8)] == [("TI-1001", "open")], issues(8))
    check("a cause is found by the names that others have for it",
          issues(8, "--cause", "certificate_expired") == issues(8, "--cause", "cert-expired") != [] and
          run(8, "issue", "list", "--cause", "nonsense").returncode == 2)
    check("closing by hand wants a reason", run(8, "issue", "close", "TI-1001").returncode == 2)
    check("closing by hand keeps the reason",
          run(8, "issue", "close", "TI-1001", "--reason", "fixed", "--note", "renewed").returncode == 0 and
          json.loads(run(8, "issue", "show", "TI-1001", "--json").stdout)["closed_because"] == "fixed")
    check("a closed one is not acknowledged", run(8, "issue", "ack", "TI-1001").returncode == 1)
    check("an unknown one is not found", run(8, "issue", "show", "TI-1999").returncode == 3 and
          run(8, "issue", "ack", "TI-1999").returncode == 3)
    morning(30, [google(30, d, 300) for d in DOMAINS[:3]] + [microsoft(30, d, 0, 40, "validation-failure")
                                                             for d in DOMAINS[:3]])
    check("what one reporter alone sees is its own issue and its own fault",
          issues(30)[1:] == [("TI-1002", "open", "unknown", "microsoft.com", "warning", "sender", 3, 120)], issues(30))
    morning(31, [google(31, "example.com", 9, 1, "sts-policy-fetch-error", None, "testing")])
    check("a policy that cannot be fetched refuses no mail and is a warning at most",
          issues(31)[2:] == [("TI-1003", "open", "sts-fetch-unknown", "example.com", "notice", "unknown", 1, 0)],
          issues(31))
    listed = json.loads(run(31, "alert", "list", "--json").stdout)["alerts"]
    said = [(a["rule"], a["kind"], a["issue"]) for a in reversed(listed) if a["outcome"] == "pending"]
    check("one message when it opens and one when it ends, kept for the server to say", said ==
          [("mail-refused", "fired", "TI-1001"), ("mail-refused", "resolved", "TI-1001"),
           ("mail-refused", "fired", "TI-1001"), ("mail-refused", "resolved", "TI-1001"),
           ("new-failure", "fired", "TI-1002")], listed)
    text = run(31, "issue", "list").stdout
    check("the list in words names each open issue once",
          text.count("TI-1002") == 1 and text.count("TI-1003") == 1 and "TI-1001" not in text, text)
finally:
    shutil.rmtree(folder, ignore_errors=True)
print(f"1..{number}")
