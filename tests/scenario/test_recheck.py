#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""mailseal issue recheck: our own look at what an issue is about, against servers on loopback that break and mend, first
through a keep of its own, then through a running server."""
import json
import os
import random
import shutil
import socket
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from dns_world import TYPES, ScriptedServer, rr, txt_rdata, wire_name  # noqa: E402
from house import Server, Tap, run  # noqa: E402
from mail_world import Certificates, Folder, Listener, context, https, smtp  # noqa: E402

tap = Tap()
DAY = 86400
YESTERDAY = time.time() - DAY
MX_ADDRESS, STS_ADDRESS, SILENT_ADDRESS = "127.0.4.1", "127.0.4.2", "127.0.4.3"


class Dns:
    """A zone that changes while the test runs: {(name, type): [rdata]}."""

    def __init__(self):
        self.records = {}

    def put(self, name, rrtype, *rdata):
        self.records[(name, TYPES[rrtype])] = [rr(name, rrtype, one) for one in rdata]

    def __call__(self, name, rrtype, _):
        known = any(n == name for n, _ in self.records)
        return 0 if (name, rrtype) in self.records or known else 3, self.records.get((name, rrtype), [])


def address(text):
    return socket.inet_aton(text)


def report(folder, report_id, result=None, mx=None, failed=30, when=YESTERDAY, domain="one.example", organization="google"):
    day = time.strftime("%Y-%m-%d", time.gmtime(when))
    details = [{"result-type": result, "failed-session-count": failed}] if result else []
    if mx:
        details[0]["receiving-mx-hostname"] = mx
    unit = {"policy": {"policy-type": "sts", "policy-domain": domain,
                       "policy-string": ["version: STSv1", "mode: enforce", "mx: mx.one.example", "max_age: 604800"]},
            "summary": {"total-successful-session-count": 10, "total-failure-session-count": failed if result else 0},
            "failure-details": details}
    path = os.path.join(folder, report_id + ".json")
    with open(path, "w", encoding="utf-8") as out:
        json.dump({"organization-name": organization, "contact-info": f"tls@{organization}.com", "report-id": report_id,
                   "date-range": {"start-datetime": day + "T00:00:00Z", "end-datetime": day + "T23:59:59Z"},
                   "policies": [unit]}, out)
    return path


class World:
    def __init__(self, folder):
        self.folder, self.certificates = folder, Certificates(folder)
        self.smtp_port, self.https_port = random.sample(range(20000, 30000), 2)
        self.dns, self.mx, self.policy = Dns(), None, None
        self.dns.put("one.example", "MX", b"\0\x0a" + wire_name("mx.one.example"))
        self.dns.put("mx.one.example", "A", address(MX_ADDRESS))
        self.dns.put("mta-sts.one.example", "A", address(STS_ADDRESS))
        self.dns.put("_mta-sts.one.example", "TXT", txt_rdata("v=STSv1; id=1"))
        self.dns.put("_smtp._tls.one.example", "TXT", txt_rdata("v=TLSRPTv1; rua=mailto:a@b.example"))
        with open(os.path.join(folder, "anchor"), "w", encoding="ascii") as out:  # of another zone: this one is not signed
            out.write("signed.example. IN DS 1 13 2 " + "ab" * 32 + "\n")

    def serve_mx(self, fault, **how):
        if self.mx:
            self.mx.close()
        self.mx = Listener(MX_ADDRESS, self.smtp_port, smtp(context(*self.certificates.make("mx.one.example", fault)), **how))

    def serve_policy(self, body, **how):
        if self.policy:
            self.policy.close()
        tls = context(*self.certificates.make("mta-sts.one.example"))
        self.policy = Listener(STS_ADDRESS, self.https_port, https(tls, body, **how))


def main():
    if not shutil.which("certtool"):
        tap.skip("an issue is looked at again", "certtool is not there")
        return tap.end()
    with Folder() as folder:
        world = World(folder)
        with ScriptedServer(world.dns) as dns:
            look = ["--resolver", dns.resolver, "--trust-anchor", folder + "/anchor", "--ca-file", folder + "/ca.pem",
                    "--smtp-port", str(world.smtp_port), "--https-port", str(world.https_port)]
            story(world, folder, look)
    return tap.end()


def story(world, folder, look):
    where = ["--store", f"sqlite:{folder}/store/mailseal.db"]

    def recheck(number, *more):
        code, out, err = run("issue", "recheck", number, "--json", *look, *where, *more)
        return (code, json.loads(out) if out else {}, err)

    def show(number):
        return json.loads(run("issue", "show", number, "--json", *where)[1])

    policy = "version: STSv1\nmode: enforce\nmx: mx.one.example\nmax_age: 604800\n"
    run("import", report(folder, "a", "certificate-expired", "mx.one.example", when=YESTERDAY - DAY), *where)
    world.serve_policy(policy)
    world.serve_mx("expired")
    code, seen, err = recheck("TI-1001")
    tap.check(code == 10 and seen.get("result") == "broken" and seen["finding"]["code"] == "cert-expired" and
              seen["confidence"] == "confirmed", "an expired certificate that we see too is confirmed", code, seen, err)
    shown = show("TI-1001")
    tap.check(shown["our_check"] == "broken" and [h["event"] for h in shown["history"]] == ["opened", "looked"] and
              shown["history"][-1]["text"].startswith("broken cert-expired mx.one.example 2021-01-01"),
              "the history keeps what was seen, as codes", shown["history"])
    for language, words in (("en", "our own check says broken. The certificate of mx.one.example expired on 2021-01-01"),
                            ("de", "Das Zertifikat von mx.one.example ist am 2021-01-01 abgelaufen")):
        out = run("issue", "show", "TI-1001", "--lang", language, *where)[1]
        tap.check(words in " ".join(out.split()), f"and says it in words ({language})", out)

    world.serve_mx("name")
    code, seen, _ = recheck("TI-1001")
    tap.check(code == 0 and seen["result"] == "clean" and seen["state"] == "open" and seen["closed_because"] is None,
              "another fault of the certificate is not this one; reports alone close what reports opened", code, seen)
    run("import", report(folder, "b"), *where)
    tap.check(show("TI-1001")["state"] == "closed", "with a clean day it closes by itself", show("TI-1001"))

    run("import", report(folder, "c", "starttls-not-supported", "mx.one.example"), *where)
    world.serve_mx("good", offer=False)
    code, seen, _ = recheck("TI-1002")
    tap.check(code == 10 and seen["finding"]["code"] == "starttls-not-offered", "no STARTTLS is confirmed", code, seen)
    run("import", report(folder, "c", "starttls-not-supported", "mx.one.example", failed=0), *where)
    world.mx.close()
    code, seen, _ = recheck("TI-1002")
    tap.check(code == 11 and seen["result"] == "cannot-tell" and seen["could_not_tell"] and
              show("TI-1002")["our_check"] == "broken", "a closed port cannot tell, and what was seen before stays",
              code, seen, show("TI-1002"))
    code, out, _ = run("issue", "recheck", "TI-1002", *look, *where)
    tap.check(code == 11 and "did not come far enough" in out, "it says so in words", out)
    world.mx = None
    world.serve_mx("good")

    run("import", report(folder, "d", "sts-policy-fetch-error"), *where)
    world.serve_policy("no", status="404 Not Found")
    code, seen, _ = recheck("TI-1003")
    tap.check(code == 10 and seen["finding"]["code"] == "sts-fetch-http-status", "a policy that is not there is confirmed",
              code, seen)
    world.serve_policy(policy)
    code, seen, _ = recheck("TI-1003")
    tap.check(code == 0 and seen["result"] == "clean", "and seen again when it is back", code, seen)

    run("import", report(folder, "e", "sts-policy-invalid"), *where)
    world.serve_policy(policy.replace("enforce", "enforced"))
    issues = json.loads(run("issue", "list", "--json", *where)[1])["issues"]
    number = [i["id"] for i in issues if i["cause"].startswith("sts-invalid")][0]
    code, seen, _ = recheck(number)
    tap.check(code == 10 and seen["finding"]["code"] == "policy-mode-invalid", "a policy with an error is confirmed",
              code, seen)
    world.serve_policy(policy)

    tap.check(run("issue", "recheck", "TI-1999", *look, *where)[0] == 3, "an issue that is not there is not found")
    tap.check(run("issue", "recheck", "nonsense", *look, *where)[0] == 2, "what is no number is refused")

    server = Server(folder + "/store")  # over the same store
    try:
        code, seen, err = recheck("TI-1003", "-c", server.config)
        tap.check(code == 0 and seen["result"] == "clean" and
                  [h["event"] for h in show("TI-1003")["history"]].count("looked") == 3,
                  "through the running server it is the same", code, seen, err, show("TI-1003")["history"])
        tap.check(server.stop() == 0, "the server ends well", "".join(server.log[-20:]))
    finally:
        server.stop()


sys.exit(main())
