#!/usr/bin/env python3
"""What hostile resolvers, MX sets and policy hosts can do to a look: everything is named or could not be told, within limits of
time and memory; nothing is ever missing because it could not be read."""
import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from dns_world import TYPES, ScriptedServer, rr, txt_rdata, wire_name  # noqa: E402
from house import Tap  # noqa: E402
from look_world import Changing, Folder, World, context, https, smtp  # noqa: E402

MAILSEAL = os.environ.get("MAILSEAL", "build/mailseal")
POLICY = "version: STSv1\nmode: enforce\nmx: mx.{d}\nmax_age: 604800\n"
TIMEOUT, SECS_MOST, MEMORY_MOST = 6, 14, 250000
tap = Tap()


class Look:
    def __init__(self, world, domain):
        words = [MAILSEAL, "check", domain, "--json", "--resolver", world.dns.resolver, "--trust-anchor", world.anchor,
                 "--ca-file", f"{world.folder}/ca.pem", "--smtp-port", str(world.smtp_port), "--https-port",
                 str(world.https_port), "--timeout", str(TIMEOUT)]
        began = time.monotonic()
        with tempfile.TemporaryFile() as out:
            process = subprocess.Popen(words, stdout=out, stderr=subprocess.STDOUT)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            out.seek(0)
            self.text = out.read().decode("utf-8", "replace")
        self.code, self.memory = process.returncode, usage.ru_maxrss
        self.secs = time.monotonic() - began
        try:
            self.seen = json.loads(self.text)
        except ValueError:
            self.seen = {"findings": [], "verdict": "?", "could_not_tell": []}
        self.codes = sorted(f["code"] for f in self.seen["findings"])

    def bounded(self):
        return self.code in (0, 10, 11) and self.secs < SECS_MOST and self.memory < MEMORY_MOST and "?" != self.seen["verdict"]

    def __str__(self):
        return f"exit {self.code}, {self.secs:.1f} s, {self.memory} kB, {self.codes}\n{self.text[:1500]}"


def good(world, domain):
    """A domain that is all right; its policy host can be replaced."""
    server = world.server(f"mx.{domain}")
    policy = world.policy(domain, POLICY.format(d=domain))
    world.set(domain, "MX", (10, f"mx.{domain}"))
    world.set(f"_mta-sts.{domain}", "TXT", "v=STSv1; id=1")
    world.set(f"_smtp._tls.{domain}", "TXT", "v=TLSRPTv1; rua=mailto:tls@reports.example")
    return server, policy


def judge(world, cases, what):
    """(domain, allowed findings: a set, or None where it must be 'could not tell' without any; sentence)."""
    with ThreadPoolExecutor(6) as pool:
        looks = list(pool.map(lambda case: Look(world, case[0]), cases))
    for (domain, wanted, sentence), seen in zip(cases, looks):
        if wanted is None:
            ok = seen.code == 11 and seen.codes == [] and seen.seen["could_not_tell"]
        else:
            ok = seen.codes == sorted(wanted) and seen.code == (0 if not wanted or wanted <= NOTICES else 10)
        tap.check(ok and seen.bounded(), f"{what}: {sentence}", domain, seen)


NOTICES = {"policy-key-twice", "policy-key-unknown", "sts-absent", "sts-fetch-content-type", "mx-null", "policy-mx-unused"}


# --- resolvers ---

def header(flags, answers, questions=1):
    return struct.pack("!HHHHH", flags, questions, answers, 0, 0)


def raw_question(name, rrtype):
    return wire_name(name) + struct.pack("!HH", rrtype, 1)


def resolvers(folder):
    world = World(folder)
    twisted = {}  # (name, type) to what is answered: a function of (name, type, is_tcp)
    plain = world.dns.script

    def script(name, rrtype, is_tcp):
        kind = next((k for k, n in TYPES.items() if n == rrtype), None)
        twist = twisted.get((name, kind))
        if name.endswith(".loop.example"):
            return aliases(name, rrtype, is_tcp)
        return twist(name, rrtype, is_tcp) if twist else plain(name, rrtype, is_tcp)
    world.dns.script = script

    def records(*list_of_rdata):
        return lambda name, rrtype, is_tcp: (0, [rr(name, next(k for k, n in TYPES.items() if n == rrtype), d) for d in list_of_rdata])

    def body(make):
        return lambda name, rrtype, is_tcp: header(0x8580, 1) + raw_question(name, rrtype) + make(name, rrtype)

    def owner(bytes_of_name):
        return body(lambda name, rrtype: bytes_of_name + struct.pack("!HHIH", rrtype, 1, 60, 3) + b"\2ab")

    def slow_tcp(name, rrtype, is_tcp):
        if is_tcp:
            time.sleep(20)
            return None
        return header(0x8780, 0) + raw_question(name, rrtype)

    def aliases(name, rrtype, is_tcp):
        first = int(name[1:].split(".")[0]) if name.endswith(".loop.example") else 0
        owners = [name] + [f"a{(first + i) % 50}.loop.example" for i in range(1, 50)]
        return 0, [rr(owner, "CNAME", wire_name(f"a{(first + i + 1) % 50}.loop.example")) for i, owner in enumerate(owners)]

    def other_question(name, rrtype, is_tcp):
        return header(0x8580, 1) + raw_question("other.example", rrtype) + rr("other.example", "TXT", txt_rdata("v=TLSRPTv1; rua=mailto:evil@x.example"))

    def other_owner(name, rrtype, is_tcp):
        return 0, [rr("other.example", "TXT", txt_rdata("v=TLSRPTv1; rua=mailto:evil@x.example"))]

    def shouting(name, rrtype, is_tcp):
        return 0, [rr(name.upper(), "TXT", txt_rdata("v=TLSRPTv1; rua=mailto:tls@reports.example"))]

    record = "_smtp._tls."
    long_name = (b"\x3f" + b"a" * 63) * 4 + b"\x2c" + b"b" * 44 + b"\0"
    # Of a name that is twisted, what is wanted: None is "could not tell", a set is these findings.
    twists = [
        ("loop", record, "TXT", owner(b"\xc0\x2a"), None, "a name that points at itself"),
        ("forward", record, "TXT", owner(b"\xff\xff"), None, "a name that points beyond the end"),
        ("long", record, "TXT", owner(long_name), None, "a name of 300 bytes"),
        ("mx-short", "", "MX", records(b"\1"), None, "an MX of one byte"),
        ("mx-no-name", "", "MX", records(b"\0\x0a"), None, "an MX without a name"),
        ("txt-empty", record, "TXT", records(b""), None, "a TXT of no byte at all"),
        ("txt-beyond", record, "TXT", records(b"\xffv=TLSRPTv1"), None, "a TXT string longer than its record"),
        ("txt-blank", record, "TXT", records(b"\0"), {"record-missing"}, "a TXT of one empty string is no record"),
        ("many", record, "TXT", records(*[txt_rdata(f"x{i}") for i in range(1300)]), None, "1,300 records"),
        ("large", record, "TXT", records(txt_rdata("v=TLSRPTv1; " + "x" * 60000)), {"record-syntax", "rua-missing"},
         "a record of 60 KB is read and its faults named"),
        ("hang", record, "TXT", slow_tcp, None, "cut off, and TCP never answers"),
        ("aliases", record, "TXT", aliases, None, "fifty aliases in a circle"),
        ("forged", record, "TXT", other_question, None, "an answer to another question"),
        ("stray", record, "TXT", other_owner, {"record-missing"}, "a record of another name is no answer"),
        ("case", record, "TXT", shouting, set(), "a name in capitals is the same name"),
        ("nodata", record, "TXT", lambda *_: (0, []), {"record-missing"}, "no such record (NODATA)"),
        ("nxdomain", record, "TXT", lambda *_: (3, []), {"record-missing"}, "no such name (NXDOMAIN)"),
        ("half", record, "TXT", lambda *_: b"\x81\x80\0\1", None, "four bytes"),
        ("formerr", record, "TXT", lambda *_: (1, []), None, "FORMERR"),
    ]
    cases = []
    for name, prefix, kind, twist, wanted, sentence in twists:
        domain = f"{name}.example"
        good(world, domain)
        twisted[(prefix + domain, kind)] = twist
        cases.append((domain, wanted, sentence))
    for name, data, wanted, sentence in (("tlsa-none", b"", None, "a TLSA of no byte"),
                                         ("tlsa-three", b"\3\1\1", None, "a TLSA without data")):
        domain = f"{name}.example"
        good(world, domain)
        twisted[(f"_25._tcp.mx.{domain}", "TLSA")] = records(data)
        cases.append((domain, wanted, sentence))
    judge(world, cases, "DNS")
    world.close()


# --- MX sets ---

def mx_sets(folder):
    world = World(folder)
    cases = []
    for name in ("crowd", "mob", "null-and-more", "alias", "same", "is-address"):
        good(world, f"{name}.example")
    for i in range(40):
        world.set(f"m{i:02}.crowd.example", "A", "127.1.200.1")
    world.set("crowd.example", "MX", *[(10, f"m{i:02}.crowd.example") for i in range(40)])
    world.set("_mta-sts.crowd.example", "TXT", "x")
    world.records.pop(("mta-sts.crowd.example", "A"))
    world.set("mob.example", "MX", *[(10, f"m{i}.mob.example") for i in range(1000)])
    world.set("null-and-more.example", "MX", (0, ""), (10, "mx.null-and-more.example"))
    world.records[("alias.example", "MX")] = [struct.pack("!H", 10) + wire_name("mx.alias.example")]
    world.records[("real.alias.example", "A")] = world.records.pop(("mx.alias.example", "A"))
    plain = world.dns.script

    def script(name, rrtype, is_tcp):
        if name == "mx.alias.example":
            kind = next((k for k, n in TYPES.items() if n == rrtype), None)
            return 0, [rr(name, "CNAME", wire_name("real.alias.example"))] + [
                rr("real.alias.example", kind, d) for d in world.records.get(("real.alias.example", kind), [])]
        return plain(name, rrtype, is_tcp)
    world.dns.script = script
    second = world.server("mx2.same.example")
    world.set("same.example", "MX", (10, "mx.same.example"), (10, "mx2.same.example"))
    world.set("is-address.example", "MX", (10, "mx.is-address.example"), (20, "192.0.2.25"))
    crowd = Look(world, "crowd.example")
    tap.check(len(crowd.seen["mx"]) == 20 and any("first 20" in u for u in crowd.seen["could_not_tell"]) and crowd.bounded(),
              "MX: of 40 servers the first 20 are looked at, and it is said", crowd)
    mob = Look(world, "mob.example")
    tap.check(mob.bounded() and mob.code == 11 and not mob.codes and mob.seen["mx"] == [], "MX: a thousand servers could not be told", mob)
    cases = [("alias.example", set(), "an alias is followed"),
             ("same.example", {"sts-mx-mismatch"}, "two of one preference are both looked at"),
             ("is-address.example", {"mx-is-address"}, "an address is named, and the others are looked at")]
    judge(world, cases, "MX")
    null = Look(world, "null-and-more.example")
    tap.check(null.bounded() and "mx-missing" not in null.codes and "mx-null" not in null.codes,
              "MX: a null MX among others does not turn the mail off", null)
    second.close()
    world.close()


# --- policy files and hosts ---

def policy_files(folder):
    world = World(folder)
    text = POLICY
    exact = text + "x-pad: " + "y" * (65536 - len(text) - 8 - len("file-exact.example") + len("{d}")) + "\n"
    files = [
        ("exact", lambda d: exact.format(d=d)[:65535] + "\n", {"policy-key-unknown"}, "64 KiB are read"),
        ("over", lambda d: text.format(d=d) + "x" * 65536, {"policy-too-large"}, "a byte more is too large"),
        ("crlf", lambda d: text.format(d=d).replace("\n", "\r\n"), set(), "CRLF ends a line"),
        ("mixed", lambda d: text.format(d=d).replace("\n", "\r\n", 2), set(), "CRLF and LF may be mixed"),
        ("cr", lambda d: text.format(d=d).replace("\n", "\r"), None, "CR alone ends no line"),
        ("twice", lambda d: text.format(d=d) + "mode: none\n", {"policy-key-twice"}, "the first of two modes counts"),
        ("unknown", lambda d: text.format(d=d) + "future: yes\n", {"policy-key-unknown"}, "a key of the future is ignored"),
        ("age", lambda d: text.format(d=d).replace("604800", "1000000000000"), {"policy-max-age-invalid"}, "a max_age of 10^12"),
        ("star", lambda d: text.format(d=d).replace(f"mx: mx.{d}", "mx: *"), None, "mx: * covers nothing"),
        ("bom", lambda d: "\ufeff" + text.format(d=d), None, "a byte order mark is named"),
        ("caps", lambda d: text.format(d=d).replace("mode", "Mode"), None, "a key in capitals is no key"),
        ("empty", lambda d: "", None, "an empty file is no policy"),
        ("nul", lambda d: text.format(d=d) + "\0\0\0", None, "NULs are no policy"),
    ]
    loose = {"cr", "star", "bom", "caps", "empty", "nul"}
    cases, open_cases = [], []
    for name, make, wanted, sentence in files:
        domain = f"file-{name}.example"
        _, policy = good(world, domain)
        policy.now = https(policy.tls, make(domain))
        (open_cases if name in loose else cases).append((domain, wanted, sentence))
    judge(world, cases, "policy")
    must = {"file-cr.example": "policy-", "file-star.example": "policy-mx-invalid", "file-bom.example": "policy-bom",
            "file-caps.example": "policy-key-case", "file-empty.example": "policy-", "file-nul.example": "policy-"}
    with ThreadPoolExecutor(6) as pool:
        looks = list(pool.map(lambda case: Look(world, case[0]), open_cases))
    for (domain, _, sentence), seen in zip(open_cases, looks):
        tap.check(seen.code == 10 and any(c.startswith(must[domain]) for c in seen.codes) and seen.bounded(), f"policy: {sentence}",
                  seen)
    world.close()


def secured(tls, act):
    """After the request is read, `act(socket)`."""
    def serve(connection):
        with tls.wrap_socket(connection, server_side=True) as peer:
            data = b""
            while b"\r\n\r\n" not in data:
                more = peer.recv(4096)
                if not more:
                    return
                data += more
            act(peer)
    return serve


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"


def endless(peer):
    peer.sendall(HEAD + b"\r\n")
    while True:
        peer.sendall(b"x: y\n" * 4000)


def drip(peer):
    peer.sendall(HEAD + b"Content-Length: 100\r\n\r\n")
    for _ in range(60):
        peer.sendall(b"v")
        time.sleep(1)


def flood(peer):
    peer.sendall(HEAD)
    for i in range(1000000):
        peer.sendall(f"X-{i}: {'y' * 1000}\r\n".encode())


def chunks(peer):
    peer.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    while True:
        peer.sendall(b"FFFF\r\n" + b"x" * 65535 + b"\r\n")


def packed(peer):
    import zlib
    body = zlib.compress(b"version: STSv1\n" * 100)
    peer.sendall(HEAD + b"Content-Encoding: deflate\r\nContent-Length: " + str(len(body)).encode() + b"\r\n\r\n" + body)


def liar(peer):
    peer.sendall(HEAD + b"Content-Length: 10000000000\r\n\r\nversion: STSv1\n")


def silence(peer):
    time.sleep(30)


def not_http(peer):
    peer.sendall(b"220 mx ESMTP\r\n" * 10)


def inside(peer):
    peer.sendall(b"HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1/secret\r\nContent-Length: 0\r\n\r\n")


def policy_hosts(folder):
    world = World(folder)
    hosts = [("endless", endless, {"policy-too-large"}, "an endless body"), ("drip", drip, None, "a byte a second"),
             ("flood", flood, None, "headers without end"), ("chunks", chunks, {"policy-too-large"}, "chunks without end"),
             ("packed", packed, None, "a body that is packed stays so"), ("liar", liar, None, "a length of 10 GB and 15 bytes"),
             ("silence", silence, None, "no answer at all"), ("not-http", not_http, None, "what is not HTTP"),
             ("inside", inside, {"sts-fetch-redirect"}, "a redirect to the inside is named and not followed")]
    domains = []
    for name, act, _, _ in hosts:
        domain = f"host-{name}.example"
        _, policy = good(world, domain)
        policy.now = secured(policy.tls, act)
        domains.append(domain)
    with ThreadPoolExecutor(6) as pool:
        looks = list(pool.map(lambda d: Look(world, d), domains))
    for (name, _, wanted, sentence), seen in zip(hosts, looks):
        named = seen.codes == sorted(wanted) if wanted else bool(seen.codes) and all(
            c.startswith(("sts-fetch", "policy-")) for c in seen.codes) or seen.code == 11
        tap.check(named and seen.code in (10, 11) and seen.bounded(), f"policy host: {sentence}", seen)
    world.close()


def main():
    for scenario in (resolvers, mx_sets, policy_files, policy_hosts):
        with Folder() as folder:
            scenario(folder)
    return tap.end()


sys.exit(main())
