#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Many domains on their way to enforce: in waves, that wait, stop and go back."""
import datetime
import json
import os
import shutil
import sys
import tempfile

import dns_world
from house import Server, Tap, run, wait_until
from mail_world import Certificates, Listener, ask, context, front, smtp

tap = Tap()
HOST = "fleet.example"
DOMAINS = [f"d{i}.example" for i in range(1, 7)]


def report(domain, ago, reporter, good, bad, mode="testing"):
    day = (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=ago)).strftime("%Y-%m-%d")
    return {"organization-name": reporter, "contact-info": f"tls@{reporter}", "report-id": f"{domain}-{ago}-{reporter}-{mode}",
            "date-range": {"start-datetime": day + "T00:00:00Z", "end-datetime": day + "T23:59:59Z"},
            "policies": [{"policy": {"policy-type": "sts", "policy-domain": domain, "policy-string":
                                     ["version: STSv1", f"mode: {mode}", f"mx: mx.{HOST}", "max_age: 86400"]},
                          "summary": {"total-successful-session-count": good, "total-failure-session-count": bad},
                          "failure-details": [{"result-type": "certificate-expired", "failed-session-count": bad,
                                               "receiving-mx-hostname": f"mx.{HOST}"}] if bad else []}]}


def take(server, folder, name, reports):
    os.mkdir(f"{folder}/{name}")
    for i, one in enumerate(reports):
        with open(f"{folder}/{name}/{i}.json", "w", encoding="utf-8") as out:
            json.dump(one, out)
    code, out, err = run("import", f"{folder}/{name}", "--json", "--store", server.store)
    assert json.loads(out)["stored"] == len(reports), (out, err)


def main():
    if not shutil.which("certtool"):
        tap.skip("waves go over a fleet", "certtool is not there")
        return tap.end()
    with tempfile.TemporaryDirectory(prefix="mailseal-fleet-") as folder, dns_world.ChangingWorld(folder) as dns:
        certificates = Certificates(folder)
        smtp_port, https_port = dns_world.free_port(), dns_world.free_port()
        os.mkdir(f"{folder}/state")
        server = Server(f"{folder}/state")
        greeted = []
        serve = smtp(context(*certificates.make(f"mx.{HOST}")))

        def counted(connection):
            greeted.append(1)
            serve(connection)

        # One certificate with all names, as a provider has it.
        chain, key = many(certificates, [f"mta-sts.{d}" for d in DOMAINS])
        servers = [Listener("127.0.6.1", smtp_port, counted),
                   Listener("127.0.6.2", https_port, front(context(chain, key), lambda: server.port("http")))]
        dns[f"mx.{HOST}"] = [("A", "127.0.6.1")]
        for domain in DOMAINS:
            dns[domain] = [("MX", f"10 mx.{HOST}")]
            dns[f"mta-sts.{domain}"] = [("A", "127.0.6.2")]
            dns[f"_smtp._tls.{domain}"] = [("TXT", "v=TLSRPTv1; rua=mailto:r@reports.example")]
        flags = ["--store", server.store, "--resolver", dns.resolver, "--trust-anchor", dns.anchor, "--ca-file",
                 certificates.path("ca.pem"), "--smtp-port", str(smtp_port), "--https-port", str(https_port), "--json"]

        def say(*words):
            code, out, err = run("policy", *words, *flags)
            try:
                return code, json.loads(out), err
            except ValueError:
                return code, {}, out + err

        def set_records(publishings):
            """And waits until each file is served."""
            for one in publishings:
                dns["_mta-sts." + one["domain"]] = [("TXT", one["record"]["value"])]
                wait_until(lambda one=one: ask(server.port("http"), "/.well-known/mta-sts.txt", "mta-sts." + one["domain"])[2].decode()
                           == one["policy"]["text"], 20)

        try:
            for domain in DOMAINS:
                run("domain", "add", domain, "--store", server.store)
                set_records([say("publish", domain)[1]])
            reports = [report(d, ago, who, 50, 0) for d in DOMAINS[:5] for ago in range(1, 17) for who in ("one.example", "two.example")]
            reports += [report(DOMAINS[4], 2, "three.example", 5, 4), report(DOMAINS[5], 2, "one.example", 50, 0)]
            take(server, folder, "testing", reports)
            greeted.clear()
            code, fleet, err = say("advise", "--all")
            steps = {r["domain"]: r["step"] for r in fleet.get("domains", [])}
            tap.check(steps == {**{d: "enforce" for d in DOMAINS[:4]}, DOMAINS[4]: "mend", DOMAINS[5]: "wait"} and
                      fleet["ready"] == 4, "each domain has its next step", steps, err,
                      *([say("advise", d)[1] for d in DOMAINS[:4] if steps.get(d) != "enforce"]))
            tap.check(len(greeted) == 1, "a mail server that all of them share is looked at once", len(greeted))
            table = run("policy", "advise", "--all", "--plain", *flags[:-1])[1]
            tap.check([line.split("\t")[0] for line in table.splitlines()] == DOMAINS, "and there is a table of them", table)
            seen = say("advise", DOMAINS[0])[1]
            tap.check(seen["rung"] == 2 and seen["command"] == f"mailseal policy publish {DOMAINS[0]} --mode enforce --max-age 1d",
                      "where the policy is served here the adviser gives the command of the next step", seen)
            code, wave, err = say("publish", "--wave", "2", "-n")
            tap.check(code == 0 and [p["domain"] for p in wave["published"]] == DOMAINS[:2] and
                      not any(p["published"] for p in wave["published"]), "-n says who would go", wave, err)
            code, wave, err = say("publish", "--wave", "2")
            tap.check(code == 0 and wave["wave"] == 1 and [p["domain"] for p in wave["published"]] == DOMAINS[:2] and
                      all(p["policy"]["mode"] == "enforce" and p["policy"]["max_age"] == 86400 and p["policy"]["wave"] == 1
                          for p in wave["published"]), "the first wave enforces for two that are ready", wave, err)
            first = wave["published"]
            wait_until(lambda: b"enforce" in ask(server.port("http"), "/.well-known/mta-sts.txt", "mta-sts." + DOMAINS[1])[2], 20)
            code, wave, err = say("publish", "--wave", "10")
            tap.check(code == 10 and wave["record_not_set"] == DOMAINS[:2] and wave["published"] == [],
                      "nothing goes on while the ids of the last wave are not set", code, wave, err)
            set_records(first)
            code, wave, err = say("publish", "--wave", "10")
            tap.check(code == 0 and wave["published"] == [] and wave["wait_until"], "nor before it has stood for some days", wave, err)
            take(server, folder, "enforce", [report(DOMAINS[0], 0, "one.example", 50, 7, "enforce"),
                                             report(DOMAINS[1], 0, "one.example", 50, 0, "enforce")])
            code, wave, err = say("publish", "--wave", "10", "--wait", "0")
            back = wave.get("retreated", [])
            tap.check(code == 10 and [p["domain"] for p in back] == DOMAINS[:1] and back[0]["policy"]["mode"] == "testing" and
                      back[0]["policy"]["id"] != first[0]["policy"]["id"] and wave["published"] == [],
                      "where mail is refused the domain goes back to testing with a new id, and nothing goes on", wave, err)
            set_records(back)
            code, wave, err = say("publish", "--wave", "all", "--wait", "0")
            tap.check(code == 0 and wave["wave"] == 2 and [p["domain"] for p in wave["published"]] == DOMAINS[2:4],
                      "then the next wave takes the rest that is ready; for whoever went back the days count anew", wave, err)
            set_records(wave["published"])
            text = run("policy", "publish", "--wave", "all", *flags[:-1])[1]
            tap.check("Waiting" in text, "in words too", text)
        finally:
            server.stop()
            for one in servers:
                one.close()
    return tap.end()


def many(certificates, names):
    """One certificate for all names."""
    lines = ["tls_www_server", "signing_key"] + [f'dns_name = "{n}"' for n in names]
    certificates._signed("many", names[0], certificates.ca, lines)
    return certificates.path("many.pem"), certificates.path("many.key")


sys.exit(main())
