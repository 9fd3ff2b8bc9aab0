#!/usr/bin/env python3
"""What mailseal check says of certificates, DANE and DNSSEC, beside what other programs say; and peers that mean harm."""
import json
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import dns_world  # noqa: E402
from dns_world import txt  # noqa: E402
from mail_world import Certificates, Folder, Listener, context, smtp  # noqa: E402

MAILSEAL = os.environ.get("MAILSEAL", "build/mailseal")
ZONE = "judged.example"
number = failed = 0


def check(ok, sentence, detail=""):
    global number, failed
    number += 1
    failed += not ok
    print(("ok" if ok else "not ok"), number, "-", sentence, flush=True)
    if not ok:
        print("# " + str(detail).replace("\n", "\n# "))


def skip(sentence, why):
    global number
    number += 1
    print("ok", number, "-", sentence, "# SKIP", why)


def look(domain, resolver, anchor, ca, port, *more, timeout=90):
    """(exit code, JSON, raw output, seconds, peak memory in kB)"""
    words = [MAILSEAL, "check", domain, "--resolver", resolver, "--trust-anchor", anchor, "--ca-file", ca, "--smtp-port",
             str(port), "--https-port", "1", *more]
    began = time.monotonic()
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(words, stdout=out, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        raw = out.read()
    try:
        seen = json.loads(raw)
    except ValueError:
        seen = {"findings": [], "mx": [], "verdict": "?"}
    return process.returncode, seen, raw, time.monotonic() - began, usage.ru_maxrss


def codes(seen):
    return sorted(f["code"] for f in seen["findings"])


# --- certificates and TLSA records ---

# What each program is to say; a row with a reason is a disagreement that is meant.
CERTIFICATES = [
    # fault, our finding, openssl, gnutls
    ("good", None, "OK", "trusted", ""),
    ("expired", "cert-expired", "expired", "expired", ""),
    ("early", "cert-not-yet-valid", "not yet valid", "not yet (valid|activated)", ""),
    ("name", "hostname-mismatch", "hostname mismatch", "does not match", ""),
    ("self", "cert-self-signed", "self-signed certificate", "issuer is unknown", ""),
    ("unknown", "cert-unknown-issuer", "unable to", "issuer is unknown", ""),
    ("incomplete", "cert-incomplete-chain", "unable to", "issuer is unknown", ""),
    ("weak", "cert-unsupported", "OK|too weak", "trusted|insecure algorithm",
     "1024 bits are a matter of the security level that each program is set to; senders differ, we warn"),
    ("soon", "cert-expiring", "OK", "trusted", "six days are left: a warning of ours, no fault"),
]
TLSA = [
    # name, certificate, record, our state, openssl says, why they differ
    ("ee-spki", "good", "3 1 1 {spki}", "match", True, ""),
    ("ee-cert", "good", "3 0 1 {cert}", "match", True, ""),
    ("ee-self", "self", "3 1 1 {spki}", "match", True, ""),
    ("ee-expired", "expired", "3 1 1 {spki}", "match", True, ""),
    ("ee-name", "name", "3 1 1 {spki}", "match", True, ""),
    ("ee-wrong", "good", "3 1 1 {wrong}", "mismatch", False, ""),
    ("ta", "anchor", "2 0 1 {anchor}", "match", True, ""),
    ("ta-name", "name-anchor", "2 0 1 {anchor}", "mismatch", False, ""),
    ("ta-wrong", "anchor", "2 0 1 {wrong}", "mismatch", False, ""),
    ("pkix-ee", "good", "1 1 1 {spki}", "all-unusable", True,
     "OpenSSL applies PKIX usages; for SMTP they are unusable (RFC 7672 3.1.3)"),
]


def openssl(address, port, host, *more):
    done = subprocess.run(["openssl", "s_client", "-brief", "-starttls", "smtp", "-connect", f"{address}:{port}", "-servername",
                           host, *more], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30)
    found = re.search(r"Verification(?: error)?: (.*)", done.stdout + done.stderr)
    return found.group(1) if found else done.stdout + done.stderr


def gnutls(address, port, host, ca):
    done = subprocess.run(["gnutls-cli", "--starttls-proto=smtp", f"--x509cafile={ca}", f"--verify-hostname={host}",
                           f"--sni-hostname={host}", "-p", str(port), address], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=30)
    return " ".join(re.findall(r"Status: (.*)", done.stdout + done.stderr)) or done.stdout + done.stderr


class Servers:
    def __init__(self, certificates):
        self.certificates, self.servers, self.records, self.next = certificates, [], [], 0
        self.port = dns_world.free_port()

    def chain(self, host, fault):
        chain, key = self.certificates.make(host, fault.replace("name-anchor", "name"))
        if fault == "name-anchor":
            whole = chain + ".whole"
            with open(whole, "w") as out:
                out.write(open(chain).read() + open(self.certificates.path("ca.pem")).read())
            chain = whole
        return chain, key

    def add(self, name, serve, tlsa=None):
        self.next += 1
        address = f"127.0.5.{self.next}"
        self.servers.append(Listener(address, self.port, serve))
        self.records += [f"{name} MX 10 mx.{name}", f"mx.{name} A {address}",
                         f"_smtp._tls.{name} TXT {txt('v=TLSRPTv1; rua=mailto:a@reports.example')}"]
        if tlsa:
            self.records.append(f"_25._tcp.mx.{name} TLSA {tlsa}")
        return address


def judge_certificates(servers, ca):
    rows = []
    for fault, *rest in CERTIFICATES:
        host = f"mx.cert-{fault}.{ZONE}"
        rows.append((f"cert-{fault}", servers.add(f"cert-{fault}", smtp(context(*servers.chain(host, fault)))), *rest))

    def run(anchor, resolver):
        for name, address, ours, theirs_openssl, theirs_gnutls, why in rows:
            host = f"mx.{name}.{ZONE}"
            _, seen, raw, _, _ = look(f"{name}.{ZONE}", resolver, anchor, ca, servers.port, "--json")
            mine = [c for c in codes(seen) if c != "sts-absent"]
            a = openssl(address, servers.port, host, "-CAfile", ca, "-verify_hostname", host)
            b = gnutls(address, servers.port, host, ca)
            check(mine == ([ours] if ours else []) and re.search(theirs_openssl, a) and re.search(theirs_gnutls, b),
                  f"{name}: ours, openssl's and gnutls-cli's verdicts " + (f"differ as meant: {why}" if why else "agree"),
                  f"ours {mine}, openssl {a}, gnutls {b}\n{raw[:2000]}")
    return run


def judge_tlsa(servers, ca):
    rows = []
    for name, fault, record, state, theirs, why in TLSA:
        host = f"mx.{name}.{ZONE}"
        chain, key = servers.chain(host, fault)
        record = record.format(spki=servers.certificates.spki_sha256(chain), cert=servers.certificates.cert_sha256(chain),
                               anchor=servers.certificates.cert_sha256(servers.certificates.path("ca.pem")), wrong="cd" * 32)
        rows.append((name, servers.add(name, smtp(context(chain, key)), record), record, state, theirs, why))

    def run(anchor, resolver):
        for name, address, record, state, theirs, why in rows:
            host = f"mx.{name}.{ZONE}"
            _, seen, raw, _, _ = look(f"{name}.{ZONE}", resolver, anchor, ca, servers.port, "--json")
            mine = seen["mx"][0]["dane"]["state"] if seen["mx"] else "?"
            said = openssl(address, servers.port, host, "-CAfile", ca, "-dane_tlsa_domain", host, "-dane_tlsa_rrdata", record,
                           "-dane_ee_no_namechecks")
            check(mine == state and (said == "OK") == theirs,
                  f"{name}: our verdict on TLSA and openssl's " + (f"differ as meant: {why}" if why else "agree"),
                  f"ours {mine}, openssl {said}\n{raw[:2000]}")
    return run


# --- peers that mean harm ---

def endless_lines(connection):
    while True:
        connection.sendall(b"220-" + b"x" * 60 + b"\r\n")


def endless_line(connection):
    connection.sendall(b"220 ")
    while True:
        connection.sendall(b"x" * 4096)


def endless_ehlo(connection):
    connection.sendall(b"220 mx\r\n")
    connection.recv(512)
    while True:
        connection.sendall(b"250-STARTTLS\r\n" * 100)


def drip(connection):
    for byte in b"220 " + b"x" * 1000:
        connection.sendall(bytes([byte]))
        time.sleep(1)


def silent_line(connection):
    connection.sendall(b"220 mx")
    time.sleep(60)


def reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def silent_handshake(connection):
    connection.sendall(b"220 mx\r\n")
    connection.recv(512)
    connection.sendall(b"250-mx\r\n250 STARTTLS\r\n")
    connection.recv(512)
    connection.sendall(b"220 go\r\n")
    time.sleep(60)


def nasty_banner(connection):
    connection.sendall(b"220 \x1b[31m<script>alert(1)</script>\x00\xff\xfe\xe2\x80\xae\r\n")
    connection.recv(512)
    connection.sendall(b"250 mx\r\n")
    connection.recv(512)


def made(folder, name, subject, names):
    """A certificate that signs itself, with these subject and names."""
    conf, pem, key = (os.path.join(folder, name + end) for end in (".cnf", ".pem", ".key"))
    with open(conf, "w") as out:
        out.write("[req]\ndistinguished_name=d\nx509_extensions=x\nprompt=no\nutf8=yes\nstring_mask=utf8only\n[d]\nCN=" + subject
                  + "\n[x]\nsubjectAltName=@n\n[n]\n" + "".join(f"DNS.{i}={n}\n" for i, n in enumerate(names)))
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-config", conf,
                    "-days", "90", "-keyout", key, "-out", pem], check=True, capture_output=True)
    return pem, key


def with_nul(folder, pem):
    """The same with NULs in the name: the signature breaks, which a server does not look at."""
    der = subprocess.run(["openssl", "x509", "-in", pem, "-outform", "DER"], check=True, capture_output=True).stdout
    out = os.path.join(folder, "nul.pem")
    subprocess.run(["openssl", "x509", "-inform", "DER", "-out", out], check=True, input=der.replace(b"NUL", b"\0\0\0"),
                   capture_output=True)
    return out


def hostile(servers, folder, ca):
    cases = [("endless-lines", endless_lines, {"smtp-broken", "smtp-no-greeting"}),
             ("endless-line", endless_line, {"smtp-broken", "smtp-no-greeting"}),
             ("endless-ehlo", endless_ehlo, {"smtp-broken"}), ("drip", drip, {None}),
             ("silent-line", silent_line, {None}),
             ("reset", reset, {"smtp-broken", "smtp-no-greeting", None}),
             ("silent-handshake", silent_handshake, {None}),
             ("nasty-banner", nasty_banner, {"starttls-not-offered"})]
    script, key = made(folder, "script", "<script>alert(1)</script>\x1b[31m\u202e\u20ac", ["elsewhere.example"])
    cases.append(("nasty-name", smtp(context(script, key)), {"cert-self-signed", "hostname-mismatch"}))
    nul, key = made(folder, "plain", "mx.nul-name.judged.exampleNULx", ["elsewhere.example"])
    cases.append(("nul-name", smtp(context(with_nul(folder, nul), key)), {"cert-self-signed", "hostname-mismatch",
                                                                        "cert-other", "cert-unknown-issuer"}))
    wide, key = made(folder, "wide", "wide", [f"host{i}.example.com" for i in range(4000)])
    cases.append(("wide-name", smtp(context(wide, key)), {"cert-self-signed", "hostname-mismatch", "handshake-failure"}))
    good, key = servers.certificates.make("mx.long-chain." + ZONE, "good")
    long = os.path.join(folder, "long.pem")
    with open(long, "w") as out:
        out.write(open(good).read() + open(ca).read() * 1000)
    cases.append(("long-chain", smtp(context(long, key)), {"handshake-failure", "cert-other", None}))
    for name, serve, _ in cases:
        servers.add(name, serve)

    def run(anchor, resolver):
        def both(case):
            domain = f"{case[0]}.{ZONE}"
            return [look(domain, resolver, anchor, ca, servers.port, "--timeout", "6", *more) for more in (["--json"], [])]
        with ThreadPoolExecutor(6) as pool:
            answers = list(pool.map(both, cases))
        for (name, _, allowed), ((code, seen, raw, secs, memory), (_, _, text, _, _)) in zip(cases, answers):
            mine = {c for c in codes(seen) if c != "sts-absent"} or {None}
            harmless = not re.search(rb"[\x00-\x09\x0b-\x1f\x7f]", text) and b"\xe2\x80\xae" not in text
            text.decode()
            check(code in (10, 11) and mine <= allowed and secs < 12 and memory < 250000 and harmless and
                  (code == 11) == (mine == {None}) and b"\x1b" not in raw,
                  f"{name}: named within limits ({', '.join(sorted(map(str, mine)))}), and its text is harmless",
                  f"exit {code}, {mine}, {secs:.1f} s, {memory} kB\n{raw[:1500]}\n{text[:1500]}")
    return run


# --- zones that do not hold ---

class Signed(dns_world.SignedWorld):
    """Zones signed by ldns-signzone and served as they are, so that they may be wrong."""

    def __init__(self, damaged):
        self.damaged = damaged
        self.trust = []
        super().__init__({zone: [f"@ MX 0 .", f"_smtp._tls TXT {txt('v=TLSRPTv1; rua=mailto:a@reports.example')}"]
                          for zone in damaged}, unsigned=list(damaged))

    def _write(self):
        super()._write()
        self.trust = []
        for zone, (flags, damage) in self.damaged.items():
            path = os.path.join(self.folder, zone + ".zone")
            key = subprocess.run(["ldns-keygen", "-a", "ECDSAP256SHA256", "-k", zone], cwd=self.folder, check=True,
                                 capture_output=True, text=True).stdout.strip()
            subprocess.run(["ldns-signzone", *flags, "-f", path + ".signed", path, key], cwd=self.folder, check=True,
                           capture_output=True)
            with open(path + ".signed") as signed:
                text = damage(signed.read())
            if flags[:1] == ["-i"]:  # all but the signature of the keys, as that of the anchor is our own matter
                subprocess.run(["ldns-signzone", "-f", path + ".fresh", path, key], cwd=self.folder, check=True, capture_output=True)
                fresh = [line for line in open(path + ".fresh") if re.search(r"RRSIG\s+DNSKEY", line)]
                text = "".join([line for line in text.splitlines(True) if not re.search(r"RRSIG\s+DNSKEY", line)] + fresh)
            with open(path, "w") as out:
                out.write(text)
            self.trust.append(open(os.path.join(self.folder, key + ".ds")).read())


def break_signatures(text):
    def turn(match):
        signature = match.group(2)
        return match.group(1) + signature[:20] + ("A" if signature[20] != "A" else "B") + signature[21:]
    return re.sub(r"(RRSIG\s+TXT .*\s)(\S+)$", turn, text, flags=re.M)


def zones(anchor, ca, port):
    old = ["-i", "20240101000000", "-e", "20240201000000"]
    damaged = {"nsec3.example": (["-n", "-t", "5"], str), "expired.example": (old, str),
               "broken.example": ([], break_signatures)}
    with Signed(damaged) as world, open(world.anchor, "w") as out:
        out.write("".join(world.trust))
        out.flush()
        flags = (world.resolver, world.anchor, ca, port, "--json", "--timeout", "20")
        code, seen, raw, _, _ = look("nsec3.example", *flags)
        check(code == 0 and codes(seen) == ["mx-null", "sts-absent"], "a zone with NSEC3 is read", raw)
        code, seen, raw, _, _ = look("expired.example", *flags)
        check(code == 10 and set(codes(seen)) == {"dnssec-bogus"}, "expired signatures are dnssec-bogus, and nothing is missing", raw)
        code, seen, raw, _, _ = look("broken.example", *flags)
        check(code == 10 and set(codes(seen)) - {"mx-null", "sts-absent"} == {"dnssec-bogus"} and
              [f["subject"] for f in seen["findings"] if f["code"] == "dnssec-bogus"] == ["_smtp._tls.broken.example"],
              "one broken signature is dnssec-bogus for that name only", raw)
    for name, answer in (("SERVFAIL", (2, [])), ("REFUSED", (5, [])), ("no answer", None), ("half an answer", b"\x81\x80\0\x01")):
        with dns_world.ScriptedServer(lambda *_: answer) as server:
            code, seen, raw, secs, _ = look("dark.example", server.resolver, anchor, ca, port, "--json", "--timeout", "6")
            check(code == 11 and codes(seen) == [] and seen["could_not_tell"] and secs < 20,
                  f"{name} from the resolver cannot be told, and nothing is missing", f"{secs:.1f} s {raw}")


def main():
    if not dns_world.have_knot() or not shutil.which("certtool") or not shutil.which("openssl"):
        skip("other programs judge as we do", "knot, certtool or openssl is not there")
        return 0
    with Folder() as folder:
        certificates = Certificates(folder)
        ca = certificates.path("ca.pem")
        servers = Servers(certificates)
        runs = [judge_certificates(servers, ca)] if shutil.which("gnutls-cli") else []
        runs += [judge_tlsa(servers, ca), hostile(servers, folder, ca)]
        if not shutil.which("gnutls-cli"):
            skip("certificates are judged as gnutls-cli judges them", "gnutls-cli is not there")
        with dns_world.SignedWorld({ZONE: servers.records}) as dns:
            kept = shutil.copy(dns.anchor, os.path.join(folder, "anchor"))
            for run in runs:
                run(dns.anchor, dns.resolver)
        if shutil.which("ldns-signzone"):
            zones(kept, ca, servers.port)
        else:
            skip("zones that do not hold are named", "ldns-signzone is not there")
        for server in servers.servers:
            server.close()
    return 1 if failed else 0


sys.exit(main())
