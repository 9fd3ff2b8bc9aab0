#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Real signed reports of Google and Microsoft, whose keys are gone from the DNS: the verdict on each when the name of its key
is no more, when the DNS fails, and when another key stands there."""
import base64
import json
import os
import subprocess
import sys
import tempfile

import dns_world
from house import TOP, Tap, run

tap = Tap()
SHARED = os.environ.get("MAILSEAL_SHARED") or os.path.join(TOP, "..", "shared")

# mail, name of the key, verdict and trust: key gone, DNS fails, another key.  Without a name it is settled before a look-up.
MAILS = [
    # A gateway put a banner into the text: the signed body is gone, whatever the key.
    ("domainaware+parsedmarc/google.com_smtp_tls_report.eml", None, ("fail", "unsigned"), ("fail", "unsigned"),
     ("fail", "unsigned")),
    ("mjl-+mox/example.eml", "20210112._domainkey.google.com", ("permerror", "unsigned"), ("temperror", "pending"),
     ("fail", "unsigned")),
    ("mjl-+mox/microsoft.eml", "selector2._domainkey.microsoft.com", ("permerror", "unsigned"), ("temperror", "pending"),
     ("fail", "unsigned")),
    # Never signed.
    ("stalwartlabs+mail-auth/rpt01.eml", None, (None, "unsigned"), (None, "unsigned"), (None, "unsigned")),
    ("stalwartlabs+mail-auth/rpt02.eml", None, (None, "unsigned"), (None, "unsigned"), (None, "unsigned")),
]
WHENS = ("the key is gone", "the DNS fails", "another key stands there")
BODY_CHANGED = "the body is not the one that was signed"


def another_key():
    pem = subprocess.run(["openssl", "genrsa", "2048"], check=True, capture_output=True).stdout
    der = subprocess.run(["openssl", "rsa", "-pubout", "-outform", "DER"], input=pem, check=True, capture_output=True).stdout
    return dns_world.txt_rdata("v=DKIM1; k=rsa; p=" + base64.b64encode(der).decode())


def judge(folder, mail, when, wanted, key_name, key):
    script = (lambda name, rrtype, is_tcp: (3, []), lambda name, rrtype, is_tcp: (2, []),
              lambda name, rrtype, is_tcp: (0, [dns_world.rr(name, "TXT", key)] if name == key_name else []))[when]
    with dns_world.ScriptedServer(script) as dns:
        code, out, err = run("report", "show", "--json", "--as-mail", "--resolver", dns.resolver, "--trust-anchor",
                             f"{folder}/unused.ds", mail)
        asked = {name for name, rrtype in dns.asked if rrtype == dns_world.TYPES["TXT"]}
    shown = json.loads(out) if code == 0 else {"dkim": []}
    verdicts = [(d["verdict"], d["reason"]) for d in shown["dkim"]]
    first, reason = verdicts[0] if verdicts else (None, None)
    tap.check(code == 0 and (first, shown["trust"]) == wanted and len(verdicts) <= 1 and
              asked == ({key_name} if key_name else set()) and
              # The body of a mail that came through as it was sent has the hash that its sender signed.
              (first is None or (reason == BODY_CHANGED) == (key_name is None)),
              f"{os.path.basename(mail)}, when {WHENS[when]}: {wanted[0] or 'no signature'}, {wanted[1]}", out, err, asked)


def main():
    if not os.path.isdir(f"{SHARED}/corpus"):
        tap.skip("real signed reports have their verdicts", "../shared/corpus is not there")
        return 0
    with tempfile.TemporaryDirectory(prefix="mailseal-corpus-") as folder:
        with open(f"{folder}/unused.ds", "w", encoding="ascii") as f:
            f.write("unused.example. IN DS 1 13 2 " + "00" * 32 + "\n")
        key = another_key()
        for name, key_name, *wanted in MAILS:
            for when, want in enumerate(wanted):
                judge(folder, f"{SHARED}/corpus/{name}", when, want, key_name, key)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
