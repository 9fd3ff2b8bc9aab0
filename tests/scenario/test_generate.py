#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""bench/generate: what everything else is measured with must be well-formed and repeatable."""
import email
import email.policy
import gzip
import hashlib
import json
import mailbox
import os
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
GENERATE = os.path.join(os.path.dirname(os.path.realpath(os.environ.get("MAILSEAL", f"{TOP}/build/mailseal"))),
                        "..", "bench", "generate")
MAILS = 600
failed = number = 0


def check(sentence, fine, why=""):
    global failed, number
    number += 1
    failed += not fine
    print(f"{'ok' if fine else 'not ok'} {number} - {sentence}" + ("" if fine else f"\n# {why}"))


def generate(*words):
    return subprocess.run([GENERATE, *words], capture_output=True, text=True)


def files(folder):
    return [os.path.join(folder, name) for name in sorted(os.listdir(folder))]


def digest(folder):
    h = hashlib.sha256()
    for path in files(folder):
        h.update(os.path.basename(path).encode() + open(path, "rb").read())
    return h.hexdigest()


def body(message):
    part = message.get_payload()[-1]
    data = part.get_payload(decode=True)
    return json.loads(gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data)


def identity(report):
    return (report["contact-info"] or report["organization-name"], report["report-id"],
            report["date-range"]["start-datetime"])


def main():
    with tempfile.TemporaryDirectory() as top:
        a, b, c = f"{top}/a", f"{top}/b", f"{top}/c"
        generate("--mails", str(MAILS), "--out", a, "--seed", "7")
        generate("--mails", str(MAILS), "--out", b, "--seed", "7")
        generate("--mails", str(MAILS), "--out", c, "--seed", "8")
        check("the same seed gives the same mails", digest(a) == digest(b))
        check("another seed gives other mails", digest(a) != digest(c))

        mails = [email.message_from_binary_file(open(path, "rb"), policy=email.policy.compat32) for path in files(a)]
        reports, forms = [], set()
        for message in mails:
            reports.append(body(message))
            part = message.get_payload()[-1]
            forms.add((message.get_content_type(), part.get_content_type(), part["Content-Transfer-Encoding"]))
        check("every mail holds a report that Python can read", len(reports) == MAILS)
        check("no two reports share an identity", len({identity(r) for r in reports}) == MAILS)
        check("all six MIME forms occur", len(forms) == 6, forms)
        check("all eight reporters occur", len({r["organization-name"] for r in reports}) >= 8)
        types = {u["policy"]["policy-type"] for r in reports for u in r["policies"]}
        check("MTA-STS, DANE and absent policies occur", types == {"sts", "tlsa", "no-policy-found"}, types)
        counts = {len(u.get("failure-details") or []) for r in reports for u in r["policies"]}
        check("units with no, one, two and three failures occur", {0, 1, 2, 3} <= counts, counts)
        check("no line is longer than mail allows",
              all(len(line) <= 998 for path in files(a) for line in open(path, "rb")))

        # What bench/run times must be what the house does.
        for words in ([], ["--worker"]):
            done = subprocess.run([os.path.join(os.path.dirname(GENERATE), "decode"), *words, a, "0.1"], capture_output=True, text=True, timeout=120)
            said = json.loads(done.stdout) if done.returncode == 0 else {}
            check(f"each is read by the decoder{' in its sandbox' if words else ''} when it is timed", said.get("failed") == [] and said["mails"] == MAILS, done.stdout + done.stderr)

        generate("--mails", "50", "--mbox", f"{top}/m", "--form", "mail")
        check("an mbox holds as many mails as asked", len(mailbox.mbox(f"{top}/m")) == 50)
        generate("--mails", "50", "--maildir", f"{top}/d")
        check("a Maildir holds as many mails as asked", len(mailbox.Maildir(f"{top}/d")) == 50)
        generate("--mails", "50", "--out", f"{top}/j", "--form", "json")
        generate("--mails", "50", "--out", f"{top}/g", "--form", "gz")
        plain = [json.load(open(path)) for path in files(f"{top}/j")]
        packed = [json.load(gzip.open(path)) for path in files(f"{top}/g")]
        check("the JSON and the gzip form hold the same reports", plain == packed and len(plain) == 50)

        generate("--demo", f"{top}/demo", "--until", "2026-03-31")
        demo = [body(email.message_from_binary_file(open(path, "rb"))) for path in files(f"{top}/demo")]
        days = sorted({r["date-range"]["start-datetime"][:10] for r in demo})
        check("the demo is a month that ends on the day asked for",
              days[0] == "2026-03-02" and days[-1] == "2026-03-31", days)
        faults = {(u["policy"]["policy-domain"], f["result-type"]) for r in demo for u in r["policies"]
                  for f in u.get("failure-details") or []}
        check("a certificate of example.com expires in the demo", ("example.com", "certificate-expired") in faults)
        check("an MX host is missing from the policy of example.org in the demo",
              ("example.org", "validation-failure") in faults)
        check("a wrong flag is refused", generate("--mails", "x", "--out", a).returncode == 2)
    print(f"1..{number}")
    return 1 if failed else 0


sys.exit(main())
