#!/usr/bin/env python3
"""Mails signed by other people's programs hold, and no longer do when one bit is flipped.

DKIM_COUNT mails for each signer (120 here, 2,000 by `make test-dkim`), over both canonicalisations of headers and body,
both algorithms, folded and repeated headers, bodies of every shape.  Prints a ledger.
"""
import base64
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
COUNT = int(os.environ.get("DKIM_COUNT", "120"))
FLIPS = int(os.environ.get("DKIM_FLIPS", "3"))
DOMAIN, REPORT = "mail.reporter.example", "tls@reporter.example"


def built(name, folder="unit"):
    for build in ("build", "build-asan"):
        path = f"{TOP}/{build}/tests/{folder}/{name}"
        if os.access(path, os.X_OK):
            return path
    return None


number = 0


def check(ok, sentence, detail=""):
    global number
    number += 1
    print("ok" if ok else "not ok", number, "-", sentence)
    if not ok and detail:
        print("# " + str(detail).replace("\n", "\n# "))


def skip(sentence, why):
    global number
    number += 1
    print("ok", number, "-", sentence, "# SKIP", why)


def make_keys(folder):
    run = lambda *a: subprocess.run(a, check=True, capture_output=True).stdout  # noqa: E731
    run("openssl", "genrsa", "-traditional", "-out", f"{folder}/rsa.pem", "2048")
    run("openssl", "genpkey", "-algorithm", "ed25519", "-out", f"{folder}/ed25519.pem")
    rsa = run("openssl", "rsa", "-in", f"{folder}/rsa.pem", "-pubout", "-outform", "DER")
    public = run("openssl", "pkey", "-in", f"{folder}/ed25519.pem", "-pubout", "-outform", "DER")
    private = run("openssl", "pkey", "-in", f"{folder}/ed25519.pem", "-outform", "DER")
    with open(f"{folder}/ed25519.seed", "wb") as out:
        out.write(base64.b64encode(private[-32:]))
    with open(f"{folder}/keys", "w") as out:
        out.write(f"rsa._domainkey.{DOMAIN}\tv=DKIM1; s=tlsrpt; p={base64.b64encode(rsa).decode()}\n"
                  f"ed._domainkey.{DOMAIN}\tv=DKIM1; k=ed25519; p={base64.b64encode(public[-32:]).decode()}\n")


REPORT_JSON = ('{"organization-name":"Reporter","contact-info":"%s","report-id":"%d","date-range":{"start-datetime":'
               '"2026-11-20T00:00:00Z","end-datetime":"2026-11-20T23:59:59Z"},"policies":[{"policy":{"policy-type":"sts",'
               '"policy-domain":"example.com"},"summary":{"total-successful-session-count":%d,'
               '"total-failure-session-count":0}}]}')


def word(rng):
    return "".join(rng.choice("abcdefghijkl MNOP0123=?_-") for _ in range(rng.randint(1, 30))).strip() or "x"


def header(rng, name):
    value = word(rng)
    for _ in range(rng.randint(0, 3)):  # folds, with all sorts of blanks around them
        value += rng.choice(["\r\n ", "\r\n\t", " \r\n  ", "\t\r\n \t"]) + word(rng)
    return f"{name}:{rng.choice([' ', '', '  ', chr(9)])}{value}{rng.choice(['', ' ', chr(9)])}\r\n"


def odd_body(rng):
    lines = []
    for _ in range(rng.randint(0, 12)):
        lines.append(rng.choice(["", " ", "\t", word(rng), word(rng) + "  ", "  " + word(rng) + "\t \t" + word(rng),
                                 "." + word(rng), "é" + word(rng), "x" * 900]))
    return ("\r\n".join(lines) + rng.choice(["", "\r\n", "\r\n\r\n\r\n", " \r\n \r\n"]) if lines else
            rng.choice(["", "\r\n", "\r\n\r\n"])).encode()


def end_well(body, name):
    """SMTP carries no body without a last CRLF; where it ends in a blank the signers disagree among themselves, and
    opendkim signs none."""
    if body and not body.endswith(b"\r\n") and (name == "opendkim" or body[-1:] in b" \t"):
        return body + b"\r\n"
    return body


def make_mail(rng, n):
    """A mail and whether it holds a report."""
    has_report = n % 2 == 0
    head = (f"From: TLS reports <noreply@{DOMAIN}>\r\nTo: tls@example.com\r\nSubject: Report Domain: example.com\r\n"
            f" Submitter: {DOMAIN} Report-ID: <{n}@x>\r\nDate: Fri, 20 Nov 2026 10:00:00 +0000\r\n"
            f"Message-ID: <{n}@{DOMAIN}>\r\nMIME-Version: 1.0\r\n")
    extra = [header(rng, rng.choice(["X-Note", "x-note", "Comments", "List-Id", "Received", "Cc", "Reply-To"]))
             for _ in range(rng.randint(0, 5))]
    if has_report:
        json = REPORT_JSON % (REPORT, n, rng.randint(0, 10**6))
        body = (f'--b\r\nContent-Type: text/plain\r\n\r\nA report. {word(rng)}  \r\n\r\n--b\r\n'
                'Content-Type: application/tlsrpt+json\r\n\r\n' + json + "\r\n--b--\r\n").encode()
        head += 'TLS-Report-Domain: example.com\r\nContent-Type: multipart/report; report-type="tlsrpt"; boundary="b"\r\n'
    else:
        body = odd_body(rng)
        head += "Content-Type: text/plain; charset=utf-8\r\n"
    rng.shuffle(extra)
    return ("".join(extra[:len(extra) // 2]) + head + "".join(extra[len(extra) // 2:]) + "\r\n").encode() + body, has_report


FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:(?:.*?)\r\n(?![ \t])", re.S)


def fields_of(mail):
    end = mail.index(b"\r\n\r\n") + 2
    at, found = 0, []
    while at < end:
        m = FIELD.match(mail, at, end + 2)
        found.append((m.group(1).lower(), at, m.end()))
        at = m.end()
    return found, end + 2


def flip(rng, mail, head_canon):
    """Another mail: one bit is flipped in the body, a signed header, or the signature outside of its b=."""
    fields, body_at = fields_of(mail)
    signature = next(f for f in fields if f[0] == b"dkim-signature")
    text = mail[signature[1]:signature[2]]
    signed = [h.strip().lower() for h in re.search(rb"[;\s]h=([^;]*)", text).group(1).split(b":")]
    spans = []
    if len(mail) > body_at:
        spans.append((body_at, len(mail), 0))
    for name in set(signed):
        same = [f for f in fields if f[0] == name]
        for _, begin, end in same[-signed.count(name):]:
            # The case of a name does not matter to "relaxed", nor does a blank before or after the colon.
            spans.append((begin if head_canon == "simple" else begin + len(name) + 1, end - 2, 1))
    value = re.search(rb"[;\s]b=", text)
    spans.append((signature[1] + 16, signature[1] + value.start(), 1))
    begin, end, _ = rng.choice(spans)
    if end <= begin:
        return None
    at, bit = rng.randrange(begin, end), rng.randrange(8)
    changed = bytearray(mail)
    changed[at] ^= 1 << bit
    return bytes(changed)


def difference(one, two):
    at = next(i for i in range(len(one)) if one[i] != two[i])
    return one[max(0, at - 20):at + 20], two[max(0, at - 20):at + 20]


def run_tool(command, lines):
    # OpenSSL keeps what it has loaded until the end, and on some machines LeakSanitizer sees that.
    done = subprocess.run(command, input="".join(lines), capture_output=True, text=True, timeout=600,
                          env=dict(os.environ, ASAN_OPTIONS="detect_leaks=0"))
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]}: {done.stderr[-500:]}")
    return [line.split("\t") for line in done.stdout.splitlines()]


def signers(folder):
    opendkim = built("sign_opendkim", "dkim")
    python = "/usr/bin/python3"
    has_dkim = os.path.exists(python) and subprocess.run([python, "-c", "import dkim, nacl"],
                                                         capture_output=True).returncode == 0
    modules = next((m for m in (os.environ.get("DKIM_MODULES", ""), f"{TOP}/build/dkim/node_modules")
                    if m and os.path.isdir(m + "/mailauth")), None)
    yield "opendkim", [opendkim, folder] if opendkim else None, "libopendkim-dev is not installed"
    yield "python3-dkim", [python, f"{TOP}/tests/dkim/sign_python.py", folder] if has_dkim else None, \
        "python3-dkim or python3-nacl is not installed"
    yield "mailauth", ["node", f"{TOP}/tests/dkim/sign_mailauth.mjs", folder, os.path.dirname(modules)] \
        if modules and shutil.which("node") else None, "run `make test-dkim`, which installs it"


def main():
    judge = built("dkim_judge")
    if judge is None or shutil.which("openssl") is None:
        skip("mails of other signers hold", "dkim_judge or openssl is missing")
        return
    with tempfile.TemporaryDirectory(prefix="mailseal-dkim-") as folder:
        make_keys(folder)
        ledger = []
        for name, command, why in signers(folder):
            if command is None:
                skip(f"mails signed by {name} hold, and with one bit flipped they do not", why)
                continue
            rng = random.Random(8460)
            jobs, kinds, reports = [], {}, {}
            for n in range(COUNT):
                mail, reports[n] = make_mail(rng, n)
                split = mail.index(b"\r\n\r\n") + 4
                mail = mail[:split] + end_well(mail[split:], name)
                head, body = ("relaxed", "simple")[n // 2 % 2], ("relaxed", "simple")[n // 4 % 2]
                algorithm, selector = (("rsa-sha256", "rsa"), ("ed25519-sha256", "ed"))[n // 8 % 2]
                if name == "opendkim" and algorithm.startswith("ed"):
                    head = "relaxed"  # what 2.11 beta signs as "simple" with Ed25519, not even python3-dkim verifies
                kinds[n] = (head, body, algorithm)
                jobs.append("\t".join([str(n), head, body, algorithm, DOMAIN, selector,
                                       base64.b64encode(mail).decode()]) + "\n")
            signed = {int(n): base64.b64decode(text) for n, text in run_tool(command, jobs)}
            lines = [f"{n}\t{base64.b64encode(mail).decode()}\n" for n, mail in signed.items()]
            answers = {int(a[0]): a[1:] for a in run_tool([judge, f"{folder}/keys"], lines)}
            bad = [(n, kinds[n], answers.get(n)) for n in range(COUNT)
                   if not (len(answers.get(n, [])) == 2 and answers[n][1].startswith("pass") and
                           answers[n][0] == ("signed" if reports[n] else "signed-other"))]
            if bad and os.environ.get("DKIM_KEEP"):
                open(os.environ["DKIM_KEEP"] + "." + name, "wb").write(signed[bad[0][0]])
            check(not bad and len(signed) == COUNT, f"all mails signed by {name} hold", bad[:5])
            flipped = []
            for n, mail in signed.items():
                flipped += [(n, m) for m in (flip(rng, mail, kinds[n][0]) for _ in range(FLIPS)) if m is not None]
            lines = [f"{i}\t{base64.b64encode(mail).decode()}\n" for i, (n, mail) in enumerate(flipped)]
            answers = {int(a[0]): a[1:] for a in run_tool([judge, f"{folder}/keys"], lines)}
            passed = [i for i in answers if answers[i][0] in ("signed", "signed-other") or
                      any(v.startswith("pass") for v in answers[i][1:])]
            check(not passed and len(answers) == len(flipped), f"none of {name} holds with one bit flipped",
                  [(flipped[i][0], kinds[flipped[i][0]], answers[i], difference(signed[flipped[i][0]], flipped[i][1]))
                   for i in passed[:5]])
            for kind in sorted(set(kinds.values())):
                mine = [n for n in kinds if kinds[n] == kind]
                wrong = {b[0] for b in bad}
                mine_flipped = [i for i, (n, _) in enumerate(flipped) if kinds[n] == kind]
                ledger.append((name, "/".join(kind[:2]), kind[2], len(mine), len([n for n in mine if n not in wrong]),
                               len(mine_flipped), len([i for i in mine_flipped if i not in set(passed)])))
        print("# signer        canonicalisation  algorithm        signed  held  flipped  refused")
        for row in ledger:
            print("# {:12}  {:16}  {:14}  {:6}  {:4}  {:7}  {:7}".format(*row))


main()
