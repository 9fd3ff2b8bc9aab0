#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""mailseal explain: the cause behind a result type, a reason, or a name that others use."""
import json
import os
import subprocess

PROGRAM = os.environ.get("MAILSEAL", "build/mailseal")
number = 0


def run(*words):
    return subprocess.run([PROGRAM, "explain", *words], capture_output=True, text=True, timeout=20)


def told(*words):
    done = run(*words, "--json")
    return json.loads(done.stdout) if done.returncode == 0 else {"exit": done.returncode}


def check(sentence, ok, why=""):
    global number
    number += 1
    print(f"{'ok' if ok else 'not ok'} {number} - {sentence}")
    if not ok:
        print(f"# {why}")


case = told("--result-type", "certificate-expired", "--policy-type", "sts", "--mode", "enforce")
check("an expired certificate under an enforced policy is critical and refuses mail",
      (case["cause"], case["fault"], case["severity"], case["refused"]) ==
      ("cert-expired", "receiver", "critical", True), case)
check("the answer holds a title, a sentence, steps and other names",
      all(case[key] for key in ("title", "sentence", "steps")) and "certificate_expired" in case["also_called"], case)
case = told("--result-type", "certificate-expired", "--policy-type", "sts", "--mode", "testing")
check("in testing it is a warning and refuses nothing", (case["severity"], case["refused"]) == ("warning", False), case)
case = told("--result-type", "validation-failure", "--reason", "sslv3 alert certificate expired", "--policy-type", "sts",
            "--mode", "enforce")
check("an alert that came from the server is about the sender's certificate", case["cause"] == "client-cert-rejected",
      case)
case = told("mx1.example.net: certificate name mismatch")
check("the words of a log lead to the cause without --reason, whatever the server is called",
      case.get("cause") == "hostname-mismatch", case)
case = told("wobble in the flux")
check("words that say nothing are not guessed at", case.get("exit") == 3, case)
case = told("--result-type", "validation-failure", "--reason", "wrong version number")
check("wrong version number means that no TLS was spoken", case["cause"] == "not-tls" and case["refused"] is None, case)
case = told("--result-type", "sts-policy-fetch-error", "--reason", "i/o timeout")
check("a failed fetch of the policy refuses nothing", (case["cause"], case["refused"]) == ("sts-fetch-timeout", False),
      case)
wrong = [name for name, cause in (("certificate_not_valid_yet", "cert-not-yet-valid"), ("mta_sts_policy_upgrade",
         "sts-fetch-unknown"), ("no_shared_cipher_suite", "no-shared-cipher"), ("hostname_mismatch", "hostname-mismatch"))
         if told(name).get("cause") != cause or told("--result-type", name).get("cause") != cause]
check("names of other products lead to their cause, as a word and as a result type", not wrong, wrong)
case = told("certificate_expired", "--mx", "mx1.example.com")
check("the server's name stands in the title and in the commands",
      "mx1.example.com" in case["title"] and any("mx1.example.com" in c["command"] for c in case["commands"]), case)
check("an unknown name is not found", run("no_such_thing").returncode == 3, run("no_such_thing"))
check("nothing to explain is wrong usage", run().returncode == 2, run())
text = run("--result-type", "starttls-not-supported").stdout
check("the words say that the receiving server lacks STARTTLS", "the receiving server did not offer it" in text, text)
print(f"1..{number}")
