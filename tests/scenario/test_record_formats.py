#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""The record in each form of DNS operators says the same: read back by a name server, a shell and JSON readers."""
import json
import re
import shlex
import sys

import dns_world
from house import Tap, run

tap = Tap()
DOMAIN = "format.example"
SHORT = ["mailto:o'brien@reports.example"]
LONG = [f"mailto:tls-{i}-{'x' * 60}@reports.example" for i in range(5)] + ["https://reports.example/a,b;c!d?e=f"]


def generate(form, uris, kind="tls-rpt"):
    words = [w for uri in uris for w in ("--rua", uri)]
    code, out, err = run("record", "generate", DOMAIN, "--kind", kind, "--format", form, *words)
    assert code == 0, (form, err)
    return out


def joined(text):
    """Quoted strings, as a zone file has them, put together."""
    parts = re.findall(r'"((?:[^"\\]|\\.)*)"', text)
    assert all(len(p) <= 255 for p in parts), text
    return re.sub(r"\\(.)", r"\1", "".join(parts))


def read(form, text):
    if form == "text":
        return re.search(r"^Value  (.*)$", text, re.M).group(1)
    if form == "cloudflare":
        record = json.loads(text)
        return joined(record["content"]) if record["name"] == f"_smtp._tls.{DOMAIN}" and record["type"] == "TXT" else record
    if form == "route53":
        change = json.loads(text)["Changes"][0]
        record = change["ResourceRecordSet"]
        good = change["Action"] == "UPSERT" and record["Name"] == f"_smtp._tls.{DOMAIN}." and record["Type"] == "TXT"
        return joined(record["ResourceRecords"][0]["Value"]) if good else change
    if form == "powerdns":
        words = shlex.split(text)
        return joined(words[6]) if words[:6] == ["pdnsutil", "replace-rrset", DOMAIN, "_smtp._tls", "TXT", "3600"] else words
    if form == "nsupdate":
        lines = text.splitlines()
        head = f"update add _smtp._tls.{DOMAIN}. 3600 TXT "
        good = lines[0] == f"update delete _smtp._tls.{DOMAIN}. TXT" and lines[1].startswith(head) and lines[2] == "send"
        return joined(lines[1]) if good else lines
    value = json.loads(re.search(r"records = \[(.*)\]", text).group(1))
    assert all(len(p) <= 255 for p in value.split('""')), text
    return value.replace('""', "")


def main():
    for name, uris in (("short", SHORT), ("long", LONG)):
        wanted = json.loads(run("record", "generate", DOMAIN, "--json", *[w for u in uris for w in ("--rua", u)])[1])
        for form in ("text", "cloudflare", "route53", "powerdns", "nsupdate", "terraform"):
            text = generate(form, uris)
            tap.check(read(form, text) == wanted["value"], f"{form} says the {name} record", text, wanted)
    tap.check(wanted["value"].endswith("https://reports.example/a%2Cb%3Bc%21d?e=f") and
              [f["code"] for f in wanted["findings"]] == ["rua-several"], "what has a meaning in the record is percent-encoded", wanted)
    if not dns_world.have_knot():
        tap.skip("a name server reads the line of a zone file", "knot is not there")
        return tap.end()
    lines = [generate("bind", LONG).strip(), generate("bind", [], "mta-sts").strip()]
    with dns_world.SignedWorld({DOMAIN: lines}) as dns:
        world = ("--resolver", dns.resolver, "--trust-anchor", dns.anchor)
        seen = json.loads(run("record", "explain", DOMAIN, "--json", *world)[1])
        tap.check(seen["valid"] and seen["records"][0]["record"] == wanted["value"] and seen["records"][1]["valid"],
                  "a name server reads the line of a zone file, and it explains itself", seen)
        kept = json.loads(run("record", "generate", DOMAIN, "--rua", "tls@new.example", "--published", "--json", *world)[1])
        tap.check(kept["value"] == "v=TLSRPTv1; rua=mailto:tls@new.example," + wanted["value"].split("rua=")[1],
                  "the addresses that are published stay, behind the new one", kept)
        code, out, err = run("record", "generate", DOMAIN, "--rua", "tls@new.example", "--published", *world)
        tap.check("some senders use only the first" in err, "and several are warned about", err)
    return tap.end()


sys.exit(main())
