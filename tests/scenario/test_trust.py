#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Who may be believed: signed, unsigned, forged and pending reports by SMTP, by POST and from files, against a zone that
knot signs and a DNS server that a script turns; the operator's decisions, forwards and backwards."""
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time

import dns_world
from doors import Smtp, fetch
from house import Server, Tap, mail, run, wait_until

tap = Tap()
PYTHON = "/usr/bin/python3"  # where Debian's python3-dkim is
HAVE_DKIM = os.path.exists(PYTHON) and subprocess.run([PYTHON, "-c", "import dkim"], capture_output=True,
                                                      check=False).returncode == 0
SIGN = ("import dkim, sys; m = sys.stdin.buffer.read(); k = open(sys.argv[1], 'rb').read();"
        "sys.stdout.buffer.write(dkim.sign(m, sys.argv[2].encode(), sys.argv[3].encode(), k,"
        " canonicalize=(b'relaxed', b'relaxed')) + m)")


def make_key(folder, bits=2048):
    key = f"{folder}/rsa.pem"
    subprocess.run(["openssl", "genrsa", "-traditional", "-out", key, str(bits)], check=True, capture_output=True)
    der = subprocess.run(["openssl", "rsa", "-in", key, "-pubout", "-outform", "DER"], check=True,
                         capture_output=True).stdout
    import base64
    return key, base64.b64encode(der).decode()


def google_like(report_id, domain="google.com", organization="Google Inc.", about="example.com", **keys):
    text = mail(report_id, domain=about, **keys).replace(b"reporter.example", domain.encode())
    import base64
    import gzip
    head, _, rest = text.partition(b"base64\r\n")
    begin = rest.index(b"\r\n\r\n") + 4
    end = rest.index(b"--b--")
    body = json.loads(gzip.decompress(base64.b64decode(rest[begin:end])))
    body["organization-name"] = organization
    body["contact-info"] = f"smtp-tls-reporting@{domain}"
    packed = base64.encodebytes(gzip.compress(json.dumps(body).encode(), mtime=0)).replace(b"\n", b"\r\n")
    return head + b"base64\r\n" + rest[:begin] + packed + rest[end:]


def sign(text, key, selector, domain):
    return subprocess.run([PYTHON, "-c", SIGN, key, selector, domain], input=text, capture_output=True, check=True).stdout


def numbers(server):
    code, out, err = run("result", "list", "--json", "--store", server.store)
    sessions = json.loads(out)["units_sessions"] if code == 0 else {"successful": err, "failed": err}
    return sessions["successful"], sessions["failed"]


def reports(server):
    out = run("report", "list", "--json", "--store", server.store)[1]
    return {r["report_id"]: r for r in json.loads(out)["reports"]}


def config_for(resolver, anchor):
    return (f'dns {{ resolvers = {{"{resolver}"}} trust_anchor = "{anchor}" timeout = 2 retry = 1 }}\n'
            'report { addresses = {"tls-reports@localhost"} }\n')


def deliver(server, text, to="tls-reports@localhost"):
    return Smtp(("127.0.0.1", server.port("smtp"))).greet().deliver(text, to)


def signed_and_not(folder):
    key, public = make_key(folder)
    zone = [f"20230601._domainkey TXT {dns_world.txt('v=DKIM1; k=rsa; p=' + public)}",
            f"mailonly._domainkey TXT {dns_world.txt('v=DKIM1; s=email; p=' + public)}",
            "revoked._domainkey TXT \"v=DKIM1; p=\""]
    with dns_world.SignedWorld({"google.com": zone, "gmail.com": zone, "example.net": zone}, unsigned=["example.net"]) as w:
        server = Server(folder, config_for(w.resolver, w.anchor))
        try:
            good = sign(google_like("good", succeeded=10, failed=1), key, "20230601", "google.com")
            codes = [deliver(server, good),
                     deliver(server, google_like("unsigned", succeeded=100, failed=2)),
                     deliver(server, sign(google_like("forged", succeeded=1000, failed=3), key, "20230601", "gmail.com")),
                     deliver(server, good.replace(b"Subject: Report Domain", b"Subject: Report domain", 1)
                             .replace(b"<good>", b"<good>")),
                     deliver(server, sign(google_like("mailonly", succeeded=7), key, "mailonly", "google.com")),
                     deliver(server, sign(google_like("revoked", succeeded=7), key, "revoked", "google.com")),
                     deliver(server, sign(google_like("nokey", succeeded=7), key, "nosuch", "google.com"))]
            tap.check(codes == ["250"] * 7, "every mail has its 250, whatever its signature", codes)
            rows = reports(server)
            trusts = {i: (r["trust"], r["counted"]) for i, r in rows.items()}
            wanted = {"good": ("signed", True), "unsigned": ("unsigned", False), "forged": ("signed-other", False),
                      "mailonly": ("unsigned", False), "revoked": ("unsigned", False), "nokey": ("unsigned", False)}
            tap.check(trusts == wanted, "a signed report counts; what is unsigned, forged or has no usable key is held", trusts)
            tap.check(numbers(server) == (10, 1), "the numbers are those of the signed report", numbers(server))
            code, out, err = run("quarantine", "list", "--json", "--store", server.store)
            reasons = [q.get("reason") or "" for q in json.loads(out)["quarantined"]] if code == 0 else [err]
            tap.check(any("signature of gmail.com, which is not the reporter" in r for r in reasons) and
                      any("not signed" in r for r in reasons), "what is held says why in words", out)
            status = fetch(server.port("http"), "/report", google_body("posted"), {"Content-Type": "application/tlsrpt+json"},
                           "POST")[0]
            tap.check(status == 201 and reports(server)["posted"]["trust"] == "unsigned",
                      "what anybody posts is held", status)
            with open(f"{folder}/file.json", "wb") as f:
                f.write(google_body("filed", succeeded=20))
            run("import", "-c", server.config, "--store", server.store, f"{folder}/file.json")
            tap.check(reports(server)["filed"]["trust"] == "operator" and numbers(server) == (30, 4),
                      "what the operator imports counts", numbers(server))
            decisions(server)
            secrets(server)
            tenant_secrets(server)
        finally:
            server.stop()
        as_mail(folder, w, good, key)
        piped(folder, w, key)


def piped(folder, w, key):
    """Without a server: what the mail server pipes in has its signature checked too."""
    with open(f"{folder}/pipe.conf", "w", encoding="utf-8") as f:
        f.write(config_for(w.resolver, w.anchor))
    args = ("-c", f"{folder}/pipe.conf", "--store", f"sqlite:{folder}/pipe/mailseal.db")
    codes = [run("ingest", *args, data=text)[0] for text in (
        sign(google_like("piped", succeeded=10), key, "20230601", "google.com"), google_like("piped-unsigned"),
        sign(google_like("piped-forged"), key, "20230601", "gmail.com"))]
    out = run("report", "list", "--json", *args)[1]
    trusts = {r["report_id"]: (r["trust"], r["counted"]) for r in json.loads(out)["reports"]}
    tap.check(codes == [0, 0, 0] and trusts == {"piped": ("signed", True), "piped-unsigned": ("unsigned", False),
                                                "piped-forged": ("signed-other", False)},
              "without a server too a piped mail is what its signature says", codes, trusts)


def google_body(report_id, succeeded=5):
    import house
    body = json.loads(house.report(report_id, succeeded=succeeded))
    body["contact-info"] = "smtp-tls-reporting@google.com"
    body["organization-name"] = "Google Inc."
    return json.dumps(body).encode()


def decisions(server):
    args = ("-c", server.config, "--store", server.store)
    before = numbers(server)
    code, out, err = run("source", "trust", "google.com", "-n", "--json", *args)
    preview = json.loads(out) if code == 0 else {}
    tap.check(code == 0 and numbers(server) == before and preview["after"]["successful"] > before[0],
              "the preview of a decision changes nothing", out, err)
    run("source", "trust", "google.com", *args)
    after = numbers(server)
    tap.check(after == (preview["after"]["successful"], preview["after"]["failed"]) and
              not reports(server)["forged"]["counted"] and reports(server)["unsigned"]["counted"],
              "accepting a reporter counts backwards, but never what another signed in its name", after, preview)
    run("source", "forget", "google.com", *args)
    tap.check(numbers(server) == before, "and back again", numbers(server), before)
    run("source", "distrust", "google.com", *args)
    tap.check(numbers(server) == (20, 3), "of a distrusted reporter only what the operator gave counts", numbers(server))
    run("source", "forget", "google.com", *args)
    code, out, err = run("db", "reprocess", "--json", *args)
    counts = json.loads(out) if code == 0 else {}
    tap.check(code == 0 and counts["changed"] == counts["read"] == counts["lost"] == 0 and numbers(server) == before,
              "reading an unchanged store again changes nothing", out, err, numbers(server))


def secrets(server):
    args = ("-c", server.config, "--store", server.store)
    code, out, err = run("domain", "add", "example.com", *args)
    shown = json.loads(run("domain", "show", "example.com", "--json", *args)[1])
    before = numbers(server)
    code = deliver(server, google_like("secret", domain="small.example", succeeded=3, failed=0), shown["address"])
    rows = reports(server)
    tap.check(code == "250" and "secret" in rows and rows["secret"]["trust"] == "secret" and rows["secret"]["counted"],
              "mail to the secret address of a domain counts", code, rows.get("secret"))
    code = deliver(server, google_like("abroad", domain="small.example", succeeded=9, failed=0), "tls-" + "a" * 26 + "@localhost")
    tap.check(code in ("250", "550") and (code == "550" or reports(server)["abroad"]["trust"] == "unsigned"),
              "an address with a wrong secret is believed no more than the common one", code)
    status = fetch(server.port("http"), shown["path"], google_body("secret-post", succeeded=4),
                   {"Content-Type": "application/tlsrpt+json"}, "POST")[0]
    tap.check(status == 201 and reports(server)["secret-post"]["trust"] == "secret", "a POST to the secret URL counts", status,
              reports(server).get("secret-post"))
    tap.check(numbers(server)[0] == before[0] + 3 + 4, "and only these were added", before, numbers(server))


def tenant_secrets(server):
    args = ("-c", server.config, "--store", server.store)
    for name, domains in (("acme", ("one.example", "two.example", "waiting.example")), ("beta", ("of-beta.example",))):
        run("tenant", "add", name, *args)
        for domain in domains:
            run("domain", "add", domain, "--tenant", name, *args)
            if domain != "waiting.example":
                run("domain", "verify", domain, "--assume", *args)

    def address():
        return next(t for t in json.loads(run("tenant", "list", "--json", *args)[1])["tenants"] if t["name"] == "acme")

    mine = address()
    to = mine["report_mail"].removeprefix("mailto:")
    about = {"one": "one.example", "two": "two.example", "waiting": "waiting.example", "strange": "of-beta.example", "nobodys": "nobody.example"}
    codes = [deliver(server, google_like(f"tenant-{name}", domain="small.example", succeeded=1, about=domain), to) for name, domain in about.items()]
    trusts = {name: reports(server)[f"tenant-{name}"]["trust"] for name in about}
    tap.check(codes == ["250"] * 5 and trusts == {"one": "secret", "two": "secret", "waiting": "unsigned", "strange": "unsigned", "nobodys": "unsigned"},
              "what comes to a tenant's address is believed about his proven domains, and about nothing else", codes, trusts)
    path = "/report/" + to.split("@")[0].removeprefix("tls-")
    post = (server.port("http"), path, google_body("tenant-post").replace(b"example.com", b"two.example"), {"Content-Type": "application/tlsrpt+json"}, "POST")
    status = fetch(*post)[0]
    tap.check(status == 201 and reports(server)["tenant-post"]["trust"] == "secret", "by HTTPS too", status)
    run("tenant", "edit", "acme", "--new-address", *args)
    code = deliver(server, google_like("tenant-late", domain="small.example", succeeded=1, about="one.example"), to)
    tap.check(address()["report_mail"] != mine["report_mail"] and fetch(*post)[0] == 404 and
              (code == "550" or reports(server)["tenant-late"]["trust"] == "unsigned"), "an old address is nobody's any more", code)


def as_mail(folder, world, good, key):
    cases = [("good", good, "signed", "pass"),
             ("other", sign(google_like("as-other"), key, "20230601", "gmail.com"), "signed-other", "pass"),
             ("insecure", sign(google_like("as-net", domain="example.net"), key, "20230601", "example.net"), "signed", "pass"),
             ("flipped", good.replace(b"A report.", b"A rePort.", 1), "unsigned", "fail"),
             ("nokey", sign(google_like("as-nokey"), key, "nosuch", "google.com"), "unsigned", "permerror")]
    for name, text, trust, verdict in cases:
        path = f"{folder}/{name}.eml"
        with open(path, "wb") as f:
            f.write(text)
        code, out, err = run("report", "show", "--json", "--as-mail", "--resolver", world.resolver, "--trust-anchor",
                             world.anchor, path)
        shown = json.loads(out) if code == 0 else {}
        tap.check(code == 0 and shown["trust"] == trust and [d["verdict"] for d in shown["dkim"]] == [verdict] and
                  shown["dkim"][0]["reason"], f"report show --as-mail judges a mail that is {name}", out, err)
    code, out, err = run("report", "show", "--json", f"{folder}/good.eml")
    tap.check(code == 0 and json.loads(out)["trust"] == "operator", "without it a file of the operator is the operator's",
              out, err)


def hostile_answers(folder):
    """Each kind of bad answer has its verdict, and the mail always its 250; what could pass passes when the DNS is well."""
    key, public = make_key(folder)
    good = [dns_world.txt_rdata("v=DKIM1; p=" + public)]
    well = {"servers": False}
    record = lambda name, texts: (0, [dns_world.rr(name, "TXT", t) for t in texts])  # noqa: E731

    def script(name, rrtype, is_tcp):
        if not name.endswith("google.com") or rrtype != dns_world.TYPES["TXT"]:
            return 0, []
        label = name.split(".")[0]
        if label in ("servfail", "silent", "garbage", "short") and well["servers"]:
            return record(name, good)
        if label == "silent":
            return None
        if label == "garbage":
            return b"\x85\x80" + os.urandom(40)
        return {
            "nxdomain": (3, []), "servfail": (2, []), "empty": (0, []), "short": b"",
            "ten": record(name, good * 10), "tenkeys": record(name, [dns_world.txt_rdata(f"v=DKIM1; p={public}; n={i}")
                                                                      for i in range(10)]),
            "chunks": record(name, [dns_world.txt_rdata("v=DKIM1; n=" + "x" * 5000 + "; p=" + public)]),
            "huge": record(name, [dns_world.txt_rdata("x" * 220 + str(i)) for i in range(250)]),
            "loop": (0, [dns_world.rr(name, "CNAME", dns_world.wire_name(name))]),
            "owner": (0, [dns_world.rr("other.google.com", "TXT", good[0])]),
            "revoked": record(name, [dns_world.txt_rdata("v=DKIM1; p=")]),
            "rubbish": record(name, [dns_world.txt_rdata(os.urandom(80))]),
        }.get(label, (3, []))

    wanted = {"nxdomain": "unsigned", "empty": "unsigned", "ten": "signed", "tenkeys": "unsigned", "chunks": "signed",
              "huge": "unsigned", "owner": "unsigned", "revoked": "unsigned", "rubbish": "unsigned",
              "servfail": "pending", "silent": "pending", "garbage": "pending", "short": "pending", "loop": "pending"}
    anchor = f"{folder}/unused.ds"
    with open(anchor, "w", encoding="ascii") as f:
        f.write("unused.example. IN DS 1 13 2 " + "00" * 32 + "\n")
    with dns_world.ScriptedServer(script) as dns:
        server = Server(folder, config_for(dns.resolver, anchor))
        try:
            slowest, codes = 0, {}
            for i, label in enumerate(wanted):
                text = sign(google_like("dns-" + label, succeeded=1 << i, failed=0), key, label, "google.com")
                started = time.monotonic()
                codes[label] = deliver(server, text)
                slowest = max(slowest, time.monotonic() - started)
            tap.check(set(codes.values()) == {"250"}, "every answer of the DNS leaves the mail its 250", codes)
            tap.check(slowest < 4, "and none delays it beyond a second or so", slowest)
            rows = reports(server)
            got = {label: rows["dns-" + label]["trust"] for label in wanted if "dns-" + label in rows}
            tap.check(got == wanted, "each answer has its grade",
                      {k: (got.get(k), wanted[k]) for k in wanted if got.get(k) != wanted[k]})
            counted = numbers(server)[0]
            well["servers"] = True
            late = ("servfail", "silent", "garbage", "short")
            tap.check(wait_until(lambda: all(reports(server)["dns-" + i]["trust"] == "signed" for i in late), 30),
                      "what could not be looked up is tried again and counts when the DNS is well",
                      {i: reports(server)["dns-" + i]["trust"] for i in late})
            moved = sum(1 << i for i, label in enumerate(wanted) if label in late)
            tap.check(numbers(server)[0] == counted + moved, "and moves the numbers by itself", counted, moved, numbers(server))
            many = b"".join(b"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=google.com; s=flood%d; h=From; bh=%s;"
                            b" b=AAAA\r\n" % (i, b"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=") for i in range(1000))
            the_end_of_the_day(server, counted + moved)
            asked = len(dns.asked)
            code = deliver(server, many[:200000] + google_like("flood", succeeded=1, failed=0))
            time.sleep(1)
            flood = [q for q in dns.asked[asked:] if q[0].startswith("flood")]
            tap.check(code == "250" and len(set(flood)) <= 10, "a thousand signatures ask for ten keys at most", code, len(flood))
        finally:
            server.stop()


def the_end_of_the_day(server, counted):
    """A key that cannot be looked up for 24 hours: the clock is turned by setting the end back, while no server runs."""
    server.stop()
    with sqlite3.connect(server.store.removeprefix("sqlite:")) as db:
        left = db.execute("SELECT p.until - a.received_at FROM pending p JOIN arrival a ON a.id = p.arrival").fetchall()
        db.execute("UPDATE pending SET until = until - 86400, next_try = 0")
    db.close()
    tap.check(len(left) == 1 and 86400 <= left[0][0] <= 86410, "what still cannot be looked up is tried for 24 hours", left)
    server.start()
    tap.check(wait_until(lambda: reports(server)["dns-loop"]["trust"] != "pending", 30), "and not longer",
              reports(server)["dns-loop"])
    row = reports(server)["dns-loop"]
    held = json.loads(run("quarantine", "list", "--json", "--store", server.store)[1])["quarantined"]
    reasons = [q["reason"] for q in held if (q.get("reason") or "").startswith("for 24 hours: signature of google.com:")]
    tap.check(row["trust"] == "unsigned" and not row["counted"] and len(reasons) == 1 and numbers(server)[0] == counted,
              "then it stays held, and says why", row, held, numbers(server), counted)
    with sqlite3.connect(server.store.removeprefix("sqlite:")) as db:
        rows = db.execute("SELECT count(*) FROM pending").fetchone()[0]
    db.close()
    tap.check(rows == 0, "and nothing is tried any more", rows)


def main():
    if not HAVE_DKIM or not dns_world.have_knot():
        tap.skip("signed, unsigned and forged reports are graded", "python3-dkim or knot is not installed")
        return 0
    for part in (signed_and_not, hostile_answers):
        with tempfile.TemporaryDirectory(prefix="mailseal-trust-") as folder:
            part(folder)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
