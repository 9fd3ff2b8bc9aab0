#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Domains: offered when strangers report about them, listed by the operator alone, proven by what their DNS says."""
import json
import sys
import tempfile

import dns_world
from house import Tap, report, run

tap = Tap()


def main():
    answers = {"silent": False}

    def script(name, rrtype, is_tcp):
        if answers["silent"]:
            return 2, []
        records = answers.get((name, rrtype), [])
        return 0, [dns_world.rr(name, t, r) for t, r in records]

    with tempfile.TemporaryDirectory(prefix="mailseal-domains-") as folder, dns_world.ScriptedServer(script) as dns:
        store = ("--store", f"sqlite:{folder}/mailseal.db")
        anchor = f"{folder}/unused.ds"
        with open(anchor, "w", encoding="ascii") as f:
            f.write("unused.example. IN DS 1 13 2 " + "00" * 32 + "\n")
        world = ("--resolver", dns.resolver, "--trust-anchor", anchor)
        for name, domain in (("1", "example.com"), ("2", "example.net"), ("3", "mx1.example.com")):
            text = json.loads(report(name, domain=domain, succeeded=int(name) * 10, failed=0))
            text["policies"][0].pop("failure-details")
            if name == "3":
                text["policies"][0]["policy"].update({"policy-type": "tlsa", "policy-string": ["3 1 1 " + "ab" * 32]})
            with open(f"{folder}/{name}.json", "w", encoding="utf-8") as f:
                json.dump(text, f)
            run("import", *store, f"{folder}/{name}.json")

        def numbers():
            return json.loads(run("result", "list", "--json", *store)[1])["units_sessions"]["successful"]

        def listed():
            seen = json.loads(run("domain", "list", "--json", *store)[1])
            tap.check(seen.pop("completeness")["day"] == "2026-03-02", "the list says how far the data goes", seen)
            return seen

        def shown():
            return json.loads(run("domain", "show", "example.com", "--json", *store)[1])

        tap.check(numbers() == 60 and listed() == {"domains": [], "offered": []},
                  "while no domain is listed every one counts, and a report adds none", numbers(), listed())
        preview = run("domain", "add", "Example.COM.", "-n", "--json", *store)
        tap.check(preview[0] == 0 and json.loads(preview[1])["successful_after"] == 10 and numbers() == 60,
                  "the preview of a listing changes nothing", preview)
        run("domain", "add", "Example.COM.", *store)
        offered = {o["domain"] for o in listed()["offered"]}
        tap.check(numbers() == 10 and offered == {"example.net", "mx1.example.com"},
                  "from the first listed domain on the others are kept aside and offered", numbers(), offered)
        code = run("domain", "add", "example.com", *store)[0]
        tap.check(code == 1, "a domain is listed once", code)
        tap.check(run("domain", "verify", "example.com", *world, *store)[0] == 10 and shown()["proof"] == "unproven",
                  "without a proof it is not proven", shown())
        txt = dns_world.TYPES["TXT"]
        nonce, address, path = shown()["verification"], shown()["address"], shown()["path"]
        answers[("_mailseal.example.com", txt)] = [("TXT", dns_world.txt_rdata(nonce + "x"))]
        tap.check(run("domain", "verify", "example.com", *world, *store)[0] == 10, "nor by nearly the right word")
        answers[("_mailseal.example.com", txt)] = [("TXT", dns_world.txt_rdata("other")), ("TXT", dns_world.txt_rdata(nonce))]
        answers[("example.com", dns_world.TYPES["MX"])] = [
            ("MX", b"\0\x0a" + dns_world.wire_name("mx1.example.com")),
            ("MX", b"\0\x14" + dns_world.wire_name("mx.provider.example"))]
        code = run("domain", "verify", "example.com", *world, *store)[0]
        tap.check(code == 0 and shown()["proof"] == "nonce", "its TXT record proves it", code, shown())
        tap.check(shown()["mx_hosts"] == ["mx.provider.example", "mx1.example.com"] and numbers() == 40,
                  "and the DANE reports about its mail hosts are its own from then on", shown(), numbers())
        answers["silent"] = True
        code = run("domain", "verify", "example.com", *world, *store)[0]
        tap.check(code == 11 and shown()["proof"] == "nonce", "a silent DNS takes no proof away", code, shown())
        answers["silent"] = False
        answers[("_mailseal.example.com", txt)] = []
        for what, rua in (("address", "mailto:" + address), ("URL", "https://reports.example" + path)):
            answers[("_smtp._tls.example.com", txt)] = []
            run("domain", "verify", "example.com", *world, *store)
            answers[("_smtp._tls.example.com", txt)] = [("TXT", dns_world.txt_rdata("v=TLSRPTv1; rua=" + rua))]
            code = run("domain", "verify", "example.com", *world, *store)[0]
            tap.check(code == 0 and shown()["proof"] == "record", f"its TLS-RPT record that names its own {what} proves it", code)
        run("domain", "edit", "example.com", "--new-address", *store)
        tap.check(shown()["address"] != address, "a secret address can be made anew", shown())
        run("tenant", "add", "acme", *store)
        run("tenant", "add", "beta", *store)
        run("domain", "edit", "example.com", "--move-to", "acme", *store)
        tenants = {t["name"]: t["report_mail"] for t in json.loads(run("tenant", "list", "--json", *store)[1])["tenants"]}
        proofs = []
        for name in ("beta", "acme"):
            answers[("_smtp._tls.example.com", txt)] = [("TXT", dns_world.txt_rdata("v=TLSRPTv1; rua=" + tenants[name]))]
            run("domain", "verify", "example.com", *world, *store)
            proofs.append(shown()["proof"])
        tap.check(proofs == ["unproven", "record"], "a record that names the address of its tenant proves it too, that of another does not", proofs, tenants)
        run("domain", "remove", "example.com", *store)
        tap.check(numbers() == 60 and listed() == {"domains": [], "offered": []}, "and with the last one all count again",
                  numbers(), listed())
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
