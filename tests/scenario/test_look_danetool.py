#!/usr/bin/env python3
"""Our verdict on the TLSA records of a server beside that of danetool, which asks the DNS and the server by itself: in a network
namespace of this test, with a signed zone on port 53 and mail servers on port 25."""
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import dns_world  # noqa: E402
from dns_world import txt  # noqa: E402
from house import MAILSEAL, Tap  # noqa: E402
from mail_world import Certificates, Folder, Listener, context, smtp  # noqa: E402

tap = Tap()
ZONE = "judged.example"
RESOLVER = "10.53.0.1"
ROOT_KEY = "/usr/share/dns/root.key"  # package dns-root-data
SENTENCE = "danetool judges TLSA records as we do"
# name, certificate, records, our state, whether danetool accepts, why they differ
CASES = [
    ("ee-spki", "good", ["3 1 1 {spki}"], "match", True, ""),
    ("ee-cert", "good", ["3 0 1 {cert}"], "match", True, ""),
    ("ee-expired", "expired", ["3 1 1 {spki}"], "match", True, ""),
    ("ee-name", "name", ["3 1 1 {spki}"], "match", True, ""),
    ("ee-self", "self", ["3 1 1 {spki}"], "match", True, ""),
    ("ee-wrong", "good", ["3 1 1 {wrong}"], "mismatch", False, ""),
    ("ee-both", "good", ["3 1 1 {wrong}", "3 1 1 {spki}"], "match", True, ""),
    ("ee-none", "good", ["3 1 1 {wrong}", "3 0 1 {wrong}"], "mismatch", False, ""),
    ("ta", "anchor", ["2 0 1 {anchor}"], "match", True, ""),
    ("ta-wrong", "anchor", ["2 0 1 {wrong}"], "mismatch", False, ""),
    ("ta-name", "name-anchor", ["2 0 1 {anchor}"], "mismatch", True,
     "danetool looks at the chain alone, senders at the name too (RFC 7672 3.1.2)"),
]


def chain_of(certificates, host, fault):
    chain, key = certificates.make(host, fault.replace("name-anchor", "name"))
    if fault == "name-anchor":
        with open(chain + ".whole", "w", encoding="ascii") as out:
            out.write(open(chain, encoding="ascii").read() + open(certificates.path("ca.pem"), encoding="ascii").read())
        chain += ".whole"
    return chain, key


def danetool(host):
    done = subprocess.run(["danetool", f"--check={host}", "--port=25", "--proto=tcp", "--starttls-proto=smtp", "--local-dns"],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)
    return done.stdout + done.stderr


def ours(host_domain, dns, ca):
    done = subprocess.run([MAILSEAL, "check", host_domain, "--json", "--resolver", dns.resolver, "--trust-anchor", dns.anchor,
                           "--ca-file", ca, "--smtp-port", "25", "--https-port", "443"], capture_output=True, text=True,
                          timeout=60, check=False)
    return json.loads(done.stdout)


def relay(port):
    """libunbound, as danetool has it, asks no resolver on a loopback address: one on another address hands on to knot."""
    door = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    door.bind((RESOLVER, 53))

    def loop():
        while True:
            question, peer = door.recvfrom(4096)
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as behind:
                behind.settimeout(5)
                behind.sendto(question, ("127.0.0.1", port))
                try:
                    door.sendto(behind.recv(65535), peer)
                except OSError:
                    pass
    threading.Thread(target=loop, daemon=True).start()


def inside():
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    subprocess.run(["ip", "addr", "add", f"{RESOLVER}/32", "dev", "lo"], check=True)
    with Folder() as folder:
        with open(f"{folder}/resolv.conf", "w", encoding="ascii") as out:
            out.write(f"nameserver {RESOLVER}\n")
        subprocess.run(["mount", "--bind", f"{folder}/resolv.conf", "/etc/resolv.conf"], check=True, capture_output=True)
        certificates, records, servers = Certificates(folder), [], []
        for i, (name, fault, tlsa, *_) in enumerate(CASES):
            host = f"mx.{name}.{ZONE}"
            chain, key = chain_of(certificates, host, fault)
            servers.append(Listener(f"127.0.6.{i + 1}", 25, smtp(context(chain, key))))
            records += [f"{name} MX 10 mx.{name}", f"mx.{name} A 127.0.6.{i + 1}",
                        f"_smtp._tls.{name} TXT {txt('v=TLSRPTv1; rua=mailto:a@reports.example')}"]
            for record in tlsa:
                records.append(f"_25._tcp.mx.{name} TLSA " + record.format(
                    spki=certificates.spki_sha256(chain), cert=certificates.cert_sha256(chain),
                    anchor=certificates.cert_sha256(certificates.path("ca.pem")), wrong="cd" * 32))
        with dns_world.SignedWorld({ZONE: records}) as dns:
            relay(dns.port)
            # danetool trusts the root alone: here that is the anchor of this world.
            subprocess.run(["mount", "--bind", dns.anchor, ROOT_KEY], check=True, capture_output=True)
            for name, _, _, state, accepts, why in CASES:
                seen = ours(f"{name}.{ZONE}", dns, certificates.path("ca.pem"))
                mine = seen["mx"][0]["dane"]["state"] if seen["mx"] else "?"
                said = danetool(f"mx.{name}.{ZONE}")
                theirs = re.search(r"Verification: (.*)", said)
                ok = theirs and (("ertificate matches" in theirs.group(1)) == accepts)
                tap.check(mine == state and ok, f"{name}: our verdict and danetool's " + (f"differ as meant: {why}" if why else "agree"),
                          f"ours {mine}", said[-1500:])
        for server in servers:
            server.close()
    return tap.end()


def main():
    if sys.argv[1:] == ["inside"]:
        return inside()
    for needed in ("danetool", "unshare", "ip", "certtool", "openssl"):
        if not shutil.which(needed):
            tap.skip(SENTENCE, f"{needed} is not there")
            return 0
    if not dns_world.have_knot() or not os.path.exists(ROOT_KEY):
        tap.skip(SENTENCE, f"knot or {ROOT_KEY} is not there")
        return 0
    probe = "ip link set lo up && mount --bind /etc/hosts /etc/resolv.conf"
    tried = subprocess.run(["unshare", "-n", "-m", "sh", "-c", probe], capture_output=True, check=False)
    if tried.returncode != 0:
        tap.skip(SENTENCE, "no namespaces can be made here: " + tried.stderr.decode().strip()[-100:])
        return 0
    return subprocess.run(["unshare", "-n", "-m", sys.executable, os.path.abspath(__file__), "inside"], check=False).returncode


sys.exit(main())
