#!/usr/bin/env python3
"""sys/resolve against a zone that knot signs, and against a server that answers as no server should."""
import os
import struct
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import dns_world  # noqa: E402
from dns_world import rr, txt_rdata, wire_name  # noqa: E402

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
for build in ("build-asan", "build"):
    ASK = f"{TOP}/{build}/tests/unit/resolve_ask"
    if os.access(ASK, os.X_OK):
        break

number = 0


def check(ok, sentence, detail=""):
    global number
    number += 1
    print(("ok" if ok else "not ok"), number, "-", sentence)
    if not ok:
        print("# " + str(detail).replace("\n", "\n# "))


def ask(resolver, anchor, *questions, ms=5000):
    args = [ASK, resolver, anchor or "-", str(ms)]
    for name, rrtype in questions:
        args += [name, rrtype]
    started = time.monotonic()
    done = subprocess.run(args, capture_output=True, text=True, timeout=120)
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    if done.returncode != 0:
        print("# " + done.stderr.replace("\n", "\n# "))
        return [["failed"] * 4] * len(questions), 0, 0
    return lines[:-1], int(lines[-1][1]), time.monotonic() - started


def signed_zone():
    if not dns_world.have_knot():
        print("ok 0 - a signed zone is validated # SKIP knot is not installed")
        return
    records = ["s1._domainkey TXT " + dns_world.txt("v=DKIM1; p=" + "A" * 700), "@ MX 10 mx1", "@ MX 20 mx2",
               "mx1 A 192.0.2.1", "mx1 AAAA 2001:db8::1", "_25._tcp.mx1 TLSA 3 1 1 " + "ab" * 32,
               "alias CNAME mx1", "old._domainkey CNAME s1._domainkey"]
    with dns_world.SignedWorld({"example.com": records, "example.net": records}, unsigned=["example.net"]) as world:
        lines, _, _ = ask(world.resolver, world.anchor,
                          ("s1._domainkey.example.com", "TXT"), ("example.com", "MX"), ("mx1.example.com", "A"),
                          ("mx1.example.com", "AAAA"), ("_25._tcp.mx1.example.com", "TLSA"), ("example.com", "SOA"),
                          ("none.example.com", "TXT"), ("mx1.example.com", "TXT"), ("old._domainkey.example.com", "TXT"),
                          ("s1._domainkey.example.net", "TXT"))
        check(lines[0][:2] == ["answer", "secure"] and lines[0][4] == "v=DKIM1; p=" + "A" * 700,
              "a long TXT record comes joined and validated", lines[0])
        check(lines[1][:2] == ["answer", "secure"] and sorted(lines[1][4:]) == ["10 mx1.example.com", "20 mx2.example.com"],
              "MX records come with their preference", lines[1])
        check([l[4] for l in lines[2:4]] == ["192.0.2.1", "2001:db8::1"], "addresses of both kinds", lines[2:4])
        check(lines[4][:2] == ["answer", "secure"] and lines[4][4] == "3 1 1 32", "TLSA records", lines[4])
        check(lines[5][:2] == ["answer", "secure"] and lines[5][4] == "ns.example.com", "the SOA record", lines[5])
        check(lines[6][:2] == ["nxdomain", "secure"], "a name that is proven not to exist", lines[6])
        check(lines[7][:2] == ["nodata", "secure"], "a name without such records", lines[7])
        check(lines[8][0] == "answer" and lines[8][2] == "s1._domainkey.example.com", "an alias is followed and named",
              lines[8])
        check(lines[9][:2] == ["answer", "insecure"], "an unsigned zone is insecure, not bogus", lines[9])
        lines, asked, _ = ask(world.resolver, world.anchor, *[("s1._domainkey.example.com", "TXT")] * 50)
        check(asked == 1 and all(l[0] == "answer" for l in lines), "the same question fifty times goes out once", asked)
        wrong = os.path.join(world.folder, "wrong.ds")
        with open(world.anchor) as a, open(wrong, "w") as out:
            out.write("".join(line[:-9] + "00000000\n" for line in a))
        lines, _, _ = ask(world.resolver, wrong, ("s1._domainkey.example.com", "TXT"))
        check(lines[0][0] == "bogus", "a zone that its anchor does not vouch for is bogus", lines[0])


KEY = "v=DKIM1; p=MIGf"


def hostile(name, rrtype, is_tcp):
    label = name.split(".")[0]
    if label == "nx":
        return 3, []
    if label == "servfail":
        return 2, []
    if label == "refused":
        return 5, []
    if label == "silent":
        return None
    if label == "empty":
        return 0, []
    if label == "ten":
        return 0, [rr(name, "TXT", txt_rdata(KEY + str(i))) for i in range(10)]
    if label == "chunks":
        return 0, [rr(name, "TXT", txt_rdata("k" * 255 * 20))]
    if label == "huge":
        return 0, [rr(name, "TXT", txt_rdata("h" * 200)) for _ in range(280)]
    if label == "one64k":
        return 0, [rr(name, "TXT", txt_rdata("h" * 64000))]
    if label == "loop":
        return 0, [rr(name, "CNAME", wire_name("loop2.example.org"))]
    if label == "loop2":
        return 0, [rr(name, "CNAME", wire_name("loop.example.org"))]
    if label.startswith("chain"):
        return 0, [rr(name, "CNAME", wire_name(f"chain{int(label[5:]) + 1}.example.org"))]
    if label == "owner":
        return 0, [rr("other.example.org", "TXT", txt_rdata(KEY))]
    if label == "garbage":
        return b"\x85\x80" + os.urandom(60)
    if label == "short":
        return b""
    if label == "badrdata":
        return 0, [rr(name, "TXT", b"\xff" + b"x" * 10)]
    if label == "nul":
        return 0, [rr(name, "TXT", txt_rdata(b"v=DKIM1;\x00\xff p="))]
    if label == "good":
        return 0, [rr(name, "TXT", txt_rdata(KEY))]
    return 3, []


def hostile_server():
    with dns_world.ScriptedServer(hostile) as server:
        cases = [("nx", ("nxdomain",)), ("servfail", ("servfail",)), ("refused", ("servfail",)), ("empty", ("nodata",)),
                 ("ten", ("answer",)), ("chunks", ("answer",)), ("huge", ("broken",)), ("one64k", ("answer", "broken")),
                 ("loop", ("servfail", "nodata", "broken")), ("chain1", ("servfail",)),
                 ("owner", ("nodata", "servfail", "nxdomain")), ("garbage", ("servfail", "timeout")),
                 ("short", ("servfail", "timeout")), ("badrdata", ("servfail", "broken", "nodata")), ("nul", ("answer",)),
                 ("silent", ("timeout", "servfail"))]
        for label, wanted in cases:
            lines, _, secs = ask(server.resolver, None_anchor, (f"{label}.example.org", "TXT"), ms=2000)
            check(lines[0][0] in wanted and secs < 6, f"an answer of the kind \"{label}\" is {lines[0][0]}",
                  (lines[0][:4], secs))
        lines, _, secs = ask(server.resolver, None_anchor, ("silent.example.org", "TXT"), ("silent.example.org", "TXT"),
                             ("good.example.org", "TXT"), ms=1000)
        check([l[0] for l in lines][1:] == [lines[0][0], "answer"] and secs < 4,
              "a silent server is asked once, and others meanwhile", (lines, secs))
        before = len(server.asked)
        for name in ("a..example.org", "a b.example.org", "a%00.example.org", "x" * 64 + ".example.org", ".", ""):
            lines, asked, _ = ask(server.resolver, None_anchor, (name, "TXT"))
            if lines[0][0] != "broken" or asked:
                check(False, f"the name {name!r} is asked for", lines)
        check(len(server.asked) == before, "names that are no names never go out", server.asked[before:])


if not os.access(ASK, os.X_OK):
    print("ok 1 - sys/resolve against a DNS world # SKIP resolve_ask is not built")
    sys.exit(0)
signed_zone()
# The hostile world has no signatures: an anchor for a zone that nobody asks about keeps validation away from it.
None_anchor = os.path.join(os.environ.get("TMPDIR", "/tmp"), f"mailseal-anchor-{os.getpid()}")
with open(None_anchor, "w") as anchor:
    anchor.write("unused.example. IN DS 1 13 2 " + "00" * 32 + "\n")
try:
    hostile_server()
finally:
    os.unlink(None_anchor)
