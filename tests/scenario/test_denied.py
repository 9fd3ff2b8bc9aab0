#!/usr/bin/env python3
"""No packet goes to an address where we do not connect: 200 of them in all their forms, resolvers that change their answer, and
names that look like addresses.  Counted on the wires of a network namespace that this test makes for itself."""
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from dns_world import TYPES, ScriptedServer, rr, txt_rdata, wire_name  # noqa: E402
from house import MAILSEAL, Server, Tap, run, wait_until  # noqa: E402

tap = Tap()
NOTHING = "no packet goes to a denied address"
# Public ones, where packets may go; here they reach nobody.
ALLOWED = ["8.8.8.8", "9.9.9.9", "2606:4700::1111"]


def denied():
    """IPv4 at both ends of each block and within it; each again inside the forms of IPv6 that lead to IPv4."""
    v4 = ["0.0.0.0", "0.255.255.255", "10.0.0.0", "10.1.2.3", "10.255.255.255", "100.64.0.0", "100.100.100.200",
          "100.127.255.255", "127.0.0.1", "127.0.0.2", "127.255.255.255", "169.254.0.1", "169.254.169.254", "172.16.0.0",
          "172.20.1.1", "172.31.255.255", "192.0.0.1", "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.0.1",
          "192.168.255.255", "198.18.0.1", "198.19.255.255", "198.51.100.9", "203.0.113.9", "224.0.0.1", "239.255.255.250",
          "240.0.0.1", "255.255.255.255"]
    v6 = ["::", "::1", "100::1", "2001:2::1", "2001:10::1", "2001:20::1", "2001:db8::9", "3fff::1", "5f00::1", "fc00::1",
          "fd00:ec2::254", "fdff::1", "fe80::1", "febf::1", "fec0::1", "ff02::1", "ff05::2", "ff0e::1", "64:ff9b:1::1",
          "64:ff9b:1:ffff::1", "2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2"]
    for address in v4:
        four = socket.inet_aton(address)
        v6 += [socket.inet_ntop(socket.AF_INET6, b"\0" * 10 + b"\xff\xff" + four),        # mapped
               socket.inet_ntop(socket.AF_INET6, b"\0" * 8 + b"\xff\xff\0\0" + four),     # translated
               socket.inet_ntop(socket.AF_INET6, b"\0\x64\xff\x9b" + b"\0" * 8 + four),   # NAT64
               socket.inet_ntop(socket.AF_INET6, b"\x20\x02" + four + b"\0" * 10),        # 6to4
               socket.inet_ntop(socket.AF_INET6, b"\0" * 12 + four)]                      # compatible
    v6 = list(dict.fromkeys(v6))
    return v4, v6


class Wires:
    """Everything that is sent, to any address but that of the resolver: (address, port)."""

    def __init__(self, resolver_port):
        self.resolver_port = resolver_port
        self.sent = set()
        tap_socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3))
        tap_socket.bind(("lo", 0))
        threading.Thread(target=self._listen, args=(tap_socket,), daemon=True).start()

    def _listen(self, tap_socket):
        while True:
            packet, (_, protocol, kind, _, _) = tap_socket.recvfrom(65535)
            if kind != socket.PACKET_OUTGOING:
                continue
            if protocol == 0x0800 and len(packet) >= 20:
                to, inner, behind = socket.inet_ntoa(packet[16:20]), packet[9], packet[(packet[0] & 15) * 4:]
            elif protocol == 0x86dd and len(packet) >= 40:
                to, inner, behind = socket.inet_ntop(socket.AF_INET6, packet[24:40]), packet[6], packet[40:]
            else:
                continue
            if inner not in (6, 17) or len(behind) < 4:  # neighbours that are looked for are the kernel's
                continue
            source, port = struct.unpack("!HH", behind[:4])
            if self.resolver_port not in (source, port) and source not in (25, 443):  # those are the refusals
                self.sent.add((to, port))

    def to(self, addresses):
        time.sleep(0.2)
        return sorted(s for s in self.sent if s[0] in addresses)


class Names:
    def __init__(self):
        self.records, self.turns = {}, {}
        self.dns = ScriptedServer(self._answer).__enter__()

    def _answer(self, name, rrtype, is_tcp):
        kind = next((k for k, n in TYPES.items() if n == rrtype), None)
        turns = self.turns.get((name, kind))
        if turns:
            return 0, [rr(name, kind, turns.pop(0) if len(turns) > 1 else turns[0], ttl=0)]
        alias = self.records.get((name, "CNAME"))
        if alias:
            target = alias[1]
            return 0, [rr(name, "CNAME", alias[0], ttl=0)] + [rr(target, kind, d, ttl=0)
                                                            for d in self.records.get((target, kind), [])]
        return (0 if any(n == name for n, _ in self.records) else 3), [rr(name, kind, d, ttl=0)
                                                                       for d in self.records.get((name, kind), [])]

    def domain(self, name, addresses, hosts=None):
        self.records[(name, "MX")] = [struct.pack("!H", 10) + wire_name(h) for h in hosts or [f"mx.{name}"]]
        self.records[(f"_mta-sts.{name}", "TXT")] = [txt_rdata("v=STSv1; id=1")]
        self.records[(f"_smtp._tls.{name}", "TXT")] = [txt_rdata("v=TLSRPTv1; rua=mailto:a@reports.example")]
        for host in (f"mx.{name}", f"mta-sts.{name}"):
            for address in addresses:
                kind, family = ("AAAA", socket.AF_INET6) if ":" in address else ("A", socket.AF_INET)
                self.records.setdefault((host, kind), []).append(socket.inet_pton(family, address))


def look(names, anchor, domain, secs=6):
    done = subprocess.run([MAILSEAL, "check", domain, "--json", "--resolver", names.dns.resolver, "--trust-anchor", anchor,
                           "--timeout", str(secs)], capture_output=True, text=True, timeout=60, check=False)
    return json.loads(done.stdout)


def states(seen):
    return [a["state"] for mx in seen["mx"] for a in mx["addresses"]]


def every_form(names, wires, anchor):
    v4, v6 = denied()
    domains = []
    for family in (v4, v6):
        for i in range(0, len(family), 4):
            domains.append((f"d{len(domains)}.example", family[i:i + 4]))
            names.domain(*domains[-1])
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda d: look(names, anchor, d[0]), domains))
    asked = sum(len(a) for _, a in domains)
    refused = sum(states(a).count("forbidden") for a in answers)
    tap.check(asked >= 200 and refused == asked, f"each of {asked} denied addresses of mail servers is refused",
              [(d, states(a)) for d, a in zip(domains, answers) if set(states(a)) != {"forbidden"}])
    tap.check(wires.to(set(v4 + v6)) == [] and not wires.sent, f"{NOTHING}: {asked} addresses, as mail servers and policy hosts",
              sorted(wires.sent)[:20])


def changing_answers(names, wires, anchor):
    names.domain("rebind.example", [])
    for host in ("mx.rebind.example", "mta-sts.rebind.example"):
        names.turns[(host, "A")] = [socket.inet_aton(a) for a in ("8.8.8.8", "10.9.9.9", "127.0.0.1", "169.254.169.254")]
    names.domain("mixed.example", ["10.9.9.8", "9.9.9.9", "127.0.0.1", "2606:4700::1111", "::ffff:10.9.9.8"])
    names.domain("alias.example", [])
    for host in ("mx.alias.example", "mta-sts.alias.example"):
        names.records[(host, "CNAME")] = (wire_name("inside.example"), "inside.example")
    names.records[("inside.example", "A")] = [socket.inet_aton("192.168.77.1")]
    names.domain("literal.example", [], ["127.1", "0x7f000001", "2130706433", "127.0.0.1", "localhost", "0177.0.0.1"])
    with ThreadPoolExecutor(4) as pool:
        rebind, mixed, alias, literal = pool.map(lambda d: look(names, anchor, d, 15), ["rebind.example", "mixed.example",
                                                                                  "alias.example", "literal.example"])
    tap.check("forbidden" not in states(rebind) or "10.9.9.9" not in str(wires.sent), "a name that rebinds is connected to where it was judged",
              rebind)
    tap.check(sorted(states(mixed)).count("forbidden") >= 2, "of a mixed set each member is judged by itself", states(mixed))
    tap.check(states(alias) == ["forbidden"], "an alias of an inside name is refused", states(alias))
    tap.check("mx-is-address" in [f["code"] for f in literal["findings"]], "names that look like addresses are names",
              literal["findings"])
    tap.check({a for a, _ in wires.sent} <= set(ALLOWED), f"{NOTHING}: rebinding, mixed sets, aliases, literals", sorted(wires.sent))
    tap.check({a for a, _ in wires.sent} == set(ALLOWED), "packets to public addresses are seen, so the counting counts",
              sorted(wires.sent))


def the_server(names, wires, anchor, folder):
    names.domain("served.example", ["10.20.30.40"])
    names.records[("mta-sts.served.example", "A")] = [socket.inet_aton("127.0.0.1")]
    before = set(wires.sent)
    server = Server(folder, f'dns {{ resolvers = {{"{names.dns.resolver}"}} trust_anchor = "{anchor}" }}\nlog {{ level = debug }}\n')
    words = ("-c", server.config, "--store", server.store)
    run("domain", "add", "served.example", *words)
    seen = wait_until(lambda: 'look-taken domain="served.example"' in "".join(server.log), 40)
    found = json.loads(run("domain", "show", "served.example", "--json", *words)[1])["findings"]
    tap.check(seen and "mx-forbidden" in [f["code"] for f in found], "the server refuses them as the command does", found)
    tap.check({a for a, _ in wires.sent - before if a.startswith("10.") or _ in (25, 443)} == set(),
              f"{NOTHING} when the server looks", sorted(wires.sent - before))
    server.stop()


def inside():
    # Every address there is leads to lo, where it is heard and refused at once.
    for words in ("link set lo up", "route add local 0.0.0.0/0 dev lo", "-6 route add local ::/0 dev lo"):
        subprocess.run(["ip", *words.split()], check=True, capture_output=True)
    with tempfile.TemporaryDirectory(prefix="mailseal-denied-") as folder:
        names = Names()
        anchor = os.path.join(folder, "anchor")
        with open(anchor, "w", encoding="ascii") as out:
            out.write("anchor.invalid. IN DS 1 13 2 " + "ab" * 32 + "\n")
        wires = Wires(names.dns.port)
        every_form(names, wires, anchor)
        changing_answers(names, wires, anchor)
        the_server(names, wires, anchor, folder)
    return tap.end()


def main():
    if sys.argv[1:] == ["inside"]:
        return inside()
    if not shutil.which("unshare") or not shutil.which("ip"):
        tap.skip(NOTHING, "unshare or ip is not there")
        return 0
    for flags in (["-n"], ["-r", "-n"]):
        tried = subprocess.run(["unshare", *flags, "ip", "link", "set", "lo", "up"], capture_output=True, check=False)
        if tried.returncode == 0:
            return subprocess.run(["unshare", *flags, sys.executable, os.path.abspath(__file__), "inside"], check=False).returncode
    tap.skip(NOTHING, "no network namespace can be made here: " + tried.stderr.decode().strip()[-100:])
    return 0


sys.exit(main())
