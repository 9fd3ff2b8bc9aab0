#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Policies that are served here: published, seen from outside, refused, left; and what a stranger cannot do with them."""
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

import dns_world
from house import MAILSEAL, Server, Tap, run, wait_until
from mail_world import Certificates, Listener, ask, context, front, smtp

tap = Tap()
DOMAIN, OTHER = "host.example", "other.example"


def policy(port, host, **more):
    return ask(port, "/.well-known/mta-sts.txt", host, **more)


class World:
    def __init__(self, folder, dns):
        self.dns = dns
        self.certificates = Certificates(folder)
        self.smtp, self.https = dns_world.free_port(), dns_world.free_port()
        self.port = None
        self.servers = [
            Listener("127.0.6.1", self.smtp, smtp(context(*self.certificates.make(f"mx1.{DOMAIN}")))),
            Listener("127.0.6.3", self.smtp, smtp(context(*self.certificates.make(f"mx2.{DOMAIN}", "expired")))),
            Listener("127.0.6.2", self.https, front(context(*self.certificates.make(f"mta-sts.{DOMAIN}")), lambda: self.port))]
        self.flags = ["--resolver", dns.resolver, "--trust-anchor", dns.anchor, "--ca-file", self.certificates.path("ca.pem"),
                      "--smtp-port", str(self.smtp), "--https-port", str(self.https)]


def say(server, world, *words):
    code, out, err = run("policy", *words, "--json", "--store", server.store, *world.flags)
    try:
        return code, json.loads(out), err
    except ValueError:
        return code, {}, out + err


def served(world, host=f"mta-sts.{DOMAIN}"):
    return policy(world.port, host)[2].decode()


def publishing(server, world, dns):
    code, seen, err = say(server, world, "publish", DOMAIN)
    tap.check(code == 3 and "domain add" in err, "a domain that is not listed gets no policy", code, err)
    run("domain", "add", DOMAIN, "--store", server.store)
    code, seen, err = say(server, world, "publish", DOMAIN, "-n")
    tap.check(code == 0 and not seen["published"] and policy(world.port, f"mta-sts.{DOMAIN}")[0] == 404,
              "-n says what would be served and serves nothing", seen, err)
    text = run("policy", "publish", DOMAIN, "-n", "--store", server.store, *world.flags)[1]
    tap.check("This is what would be served." in text and f"mx: mx1.{DOMAIN}" in text, "in words too", text)
    code, seen, err = say(server, world, "publish", DOMAIN)
    first = seen.get("policy", {})
    tap.check(code == 0 and seen["published"] and first["mode"] == "testing" and first["mx"] == [f"mx1.{DOMAIN}"] and
              first["max_age"] == 86400 and seen["record"]["value"] == f"v=STSv1; id={first['id']}" and
              seen["record"]["name"] == f"_mta-sts.{DOMAIN}" and
              [n["code"] for n in seen["next"]] == ["tls-rpt", "policy-host", "record", "check", "testing"],
              "the first policy is testing with the live mail servers for a day", seen, err)
    text = f"version: STSv1\r\nmode: testing\r\nmx: mx1.{DOMAIN}\r\nmax_age: 86400\r\n"
    tap.check(wait_until(lambda: served(world) == text, 5), "and is served within seconds, with the line ends of the RFC",
              served(world))
    status, headers, body = policy(world.port, f"mta-sts.{DOMAIN}")
    tap.check(status == 200 and headers["Content-Type"] == "text/plain" and headers["Cache-Control"] == "no-store",
              "as text/plain that nobody keeps", headers)
    code, seen, err = say(server, world, "publish", DOMAIN, "--max-age", "7d", "--format", "bind")
    tap.check(code == 0 and seen["policy"]["id"] != first["id"] and seen["before"]["id"] == first["id"] and
              "IN TXT \"v=STSv1; id=" in seen["record"]["formatted"], "each change has a new id", seen, err)
    dns[f"_mta-sts.{DOMAIN}"] = [("TXT", f"v=STSv1; id={first['id']}")]
    tap.check(wait_until(lambda: "max_age: 604800" in served(world), 5), "the file changes as a whole", served(world))
    code, check, err = say(server, world, "check", DOMAIN)
    states = {m["code"]: m["state"] for m in check.get("matters", [])}
    tap.check(code == 10 and states == {"record": "ok", "file": "ok", "id": "problems", "served": "ok", "mx": "ok"} and
              "older policy" in json.dumps(check), "check names the id that was not set anew", code, check, err)
    dns[f"_mta-sts.{DOMAIN}"] = [("TXT", seen["record"]["value"])]
    code, check, err = say(server, world, "check", DOMAIN)
    tap.check(code == 0 and check.get("verdict") == "ok", "with the new id all is well from outside", code, check, err)
    return seen


def hosts(world):
    good = [f"mta-sts.{DOMAIN}", f"MTA-STS.Host.EXAMPLE", f"mta-sts.{DOMAIN}.", f"mta-sts.{DOMAIN}:443", f"mta-sts.{DOMAIN}.:8460",
            f"mta-sts.{DOMAIN}:"]
    tap.check([policy(world.port, h)[0] for h in good] == [200] * len(good), "Host is told by name: case, port and last dot aside",
              [(h, policy(world.port, h)[0]) for h in good])
    bad = [DOMAIN, f"mta-sts.{OTHER}", f"www.mta-sts.{DOMAIN}", f"mta-sts.{DOMAIN}:0x50", f"mta-sts.mta-sts.{DOMAIN}", "127.0.0.1",
           f"user@mta-sts.{DOMAIN}", f"mta-sts..{DOMAIN}", "mta-sts." + "a" * 300 + ".example", "mta-sts.", "", "[::1]",
           f"mta-sts.{DOMAIN}/x", f"mta-sts.{DOMAIN}\xff"]
    codes = [policy(world.port, h.encode("latin-1"))[0] for h in bad]
    tap.check(all(c in (400, 404) for c in codes), "any other Host has no policy here", list(zip(bad, codes)))
    wrong = ["/.well-known/mta-sts.txt/", "/.well-known//mta-sts.txt", "/.well-known/MTA-STS.txt", "/%2ewell-known/mta-sts.txt",
             "/.well-known/../.well-known/mta-sts.txt", "/mta-sts.txt"]
    codes = [ask(world.port, path, f"mta-sts.{DOMAIN}")[0] for path in wrong]
    tap.check(set(codes) <= {404, 421}, "the path is compared byte by byte", list(zip(wrong, codes)))
    status, headers, body = policy(world.port, f"mta-sts.{DOMAIN}", method="HEAD")
    ranged = policy(world.port, f"mta-sts.{DOMAIN}", Range="bytes=0-3", If_None_Match="*")
    tap.check(status == 200 and body == b"" and ranged[0] == 200 and len(ranged[2]) == int(headers["Content-Length"]) and
              policy(world.port, f"mta-sts.{DOMAIN}", method="POST", data=b"")[0] in (405, 421),
              "HEAD has no body, Range and If-None-Match change nothing, POST is not done", status, ranged)


def idn(server, world, dns):
    name = "xn--mnchen-3ya.example"
    dns[name] = [("MX", f"10 mx1.{DOMAIN}")]
    run("domain", "add", "münchen.example", "--store", server.store)
    code, seen, err = say(server, world, "publish", "münchen.example")
    tap.check(code == 0 and seen["domain"] == name and wait_until(lambda: policy(world.port, f"mta-sts.{name}")[0] == 200, 5) and
              policy(world.port, "mta-sts.münchen.example".encode())[0] in (200, 400),
              "a name with an umlaut is served by its A-label", seen, err)


def asks(server, world, dns):
    def tls_ask(domain, host="127.0.0.1:8460", **headers):
        return ask(world.port, f"/internal/tls-ask?domain={domain}", host, **headers)[0]

    tap.check(wait_until(lambda: tls_ask(f"mta-sts.{DOMAIN}") == 200, 15), "a name that leads here may have a certificate",
              "".join(server.log)[-2000:])
    place = {m["code"]: m["state"] for m in say(server, world, "check", DOMAIN, "-c", server.config)[1]["matters"]}.get("place")
    other = {m["code"]: m["state"] for m in say(server, world, "check", "münchen.example", "-c", server.config)[1]["matters"]}.get("place")
    tap.check(place == "ok" and other == "problems", "check says where the name leads", place, other)
    before = len(dns.asked)
    bad = [DOMAIN, f"mta-sts.{OTHER}", "mta-sts.xn--mnchen-3ya.example", "mta-sts." + "a." * 2000 + "example", "", "%00",
           f"mta-sts.{DOMAIN}:443", f"www.{DOMAIN}"]
    codes = [tls_ask(d) for d in bad] + [ask(world.port, "/internal/tls-ask", "localhost")[0]]
    tap.check(codes == [404] * len(codes), "others may not: not listed, not published, or leading elsewhere", list(zip(bad, codes)))
    tap.check(len(dns.asked) == before, "and no such question makes one to the DNS", dns.asked[before:])
    forged = [{"X_Forwarded_For": "127.0.0.1"}, {"Forwarded": "for=127.0.0.1"}, {"X_Real_IP": "127.0.0.1"}, {"Via": "1.1 proxy"}]
    codes = [tls_ask(f"mta-sts.{DOMAIN}", **f) for f in forged] + [tls_ask(f"mta-sts.{DOMAIN}", host="tlsrpt.example.com")]
    tap.check(codes == [404] * 5, "a question that was passed on is not answered, whatever it says of its sender", codes)
    codes = {tls_ask(f"mta-sts.{OTHER}") for _ in range(230)}
    tap.check(429 in codes, "and nobody asks without end", codes)


def guards(server, world, dns):
    dns[DOMAIN] = [("MX", f"10 mx1.{DOMAIN}"), ("MX", f"20 mx2.{DOMAIN}")]
    before = served(world)
    code, seen, err = say(server, world, "publish", DOMAIN, "--mode", "enforce", "--mx", f"mx1.{DOMAIN}")
    reasons = [(r["code"], r["subject"], r["overruled_by"]) for r in seen.get("refused_because", [])]
    tap.check(code == 10 and ("mx-not-listed", f"mx2.{DOMAIN}", "--despite-servers") in reasons and
              ("mx-tls", f"mx2.{DOMAIN}", "--despite-servers") in reasons and served(world) == before,
              "enforce is refused while a live mail server is not listed, or has no valid TLS", code, seen, err)
    text = run("policy", "publish", DOMAIN, "--mode", "enforce", "--store", server.store, *world.flags)[1]
    tap.check("--despite-servers" in text and "Nothing was changed" in text, "the refusal names what to say", text)
    code, seen, err = say(server, world, "publish", DOMAIN, "--mode", "enforce", "--despite-servers")
    tap.check(code == 0 and seen["policy"]["overruled"] == ["--despite-servers"] and wait_until(lambda: "enforce" in served(world), 5),
              "told twice it is done, and stays on record", code, seen, err)
    code, seen, err = say(server, world, "publish", DOMAIN, "--retreat")
    tap.check(code == 0 and seen["policy"]["mode"] == "testing" and seen["policy"]["mx"] == [f"mx1.{DOMAIN}", f"mx2.{DOMAIN}"],
              "one word leads back to testing", seen, err)
    dns[DOMAIN] = None
    code, seen, err = say(server, world, "publish", DOMAIN)
    tap.check(code == 11 and "--mx" in err, "while the DNS does not answer, nothing is guessed", code, err)
    dns[DOMAIN] = [("MX", f"10 mx1.{DOMAIN}")]


def crash(server, world):
    """kill -9 of the writer while it publishes."""
    broken, done = [], 0
    for i in range(8):
        going = subprocess.Popen([MAILSEAL, "policy", "publish", DOMAIN, "--max-age", str(90000 + i), "--json", "--store", server.store,
                                  *world.flags], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(random.uniform(0.01, 0.12))
        server.kill("keep")
        while going.poll() is None:
            status, _, body = policy(world.port, f"mta-sts.{DOMAIN}")
            if status != 200 or not body.startswith(b"version: STSv1\r\n") or not body.endswith(b"\r\n"):
                broken.append((status, body))
        done += going.returncode == 0
        wait_until(lambda: server.pids("keep") and run("domain", "verify", DOMAIN, "--assume", "--store", server.store)[0] == 0, 20)
    rows = say(server, world, "history", DOMAIN)[1]["published"]
    tap.check(not broken and wait_until(lambda: served(world) == rows[0]["text"], 10) and len({r["id"] for r in rows}) == len(rows),
              "kill -9 while it publishes: the file is the old one or the new one, whole", broken, done, rows[0], served(world))


def outage(server, world):
    before = served(world)
    path = server.store[len("sqlite:"):]
    saved = f"{path}.saved"
    for pid in server.pids("keep"):
        os.kill(pid, signal.SIGSTOP)
    shutil.copy(path, saved)
    with open(path, "r+b") as f:
        f.write(b"\xff" * 65536)
    for name in ("-wal", "-shm"):
        if os.path.exists(path + name):
            os.rename(path + name, saved + name)
    answers = []
    for _ in range(30):
        answers.append(served(world))
        threading.Event().wait(0.1)
    tap.check(set(answers) == {before}, "with a store that is broken the last good policy is served", set(answers))
    server.kill("http")
    tap.check(wait_until(lambda: try_served(world) == before, 20), "also by an http process that starts then, from the copy",
              "".join(server.log)[-3000:])
    os.replace(saved, path)
    for name in ("-wal", "-shm"):
        if os.path.exists(saved + name):
            os.rename(saved + name, path + name)
    for pid in server.pids("keep"):
        os.kill(pid, signal.SIGKILL)


def try_served(world):
    try:
        return served(world)
    except OSError:
        return None


def leaving(server, world, dns):
    code, seen, err = say(server, world, "publish", DOMAIN, "--take-down")
    codes = [r["code"] for r in seen.get("refused_because", [])]
    tap.check(code == 10 and codes == ["cached", "record-there"], "a file that senders may still want is not taken down", seen, err)
    there, dns[f"_mta-sts.{DOMAIN}"] = dns[f"_mta-sts.{DOMAIN}"], None
    code, seen, err = say(server, world, "publish", DOMAIN, "--take-down")
    tap.check(code == 10 and [r["code"] for r in seen.get("refused_because", [])] == ["cached", "record-unknown"],
              "nor one whose record the DNS does not tell of: no answer is not taken for none", seen, err)
    dns[f"_mta-sts.{DOMAIN}"] = there
    code, seen, err = say(server, world, "publish", DOMAIN, "--leave")
    tap.check(code == 0 and seen["policy"]["mode"] == "none" and seen["policy"]["mx"] == [] and
              [n["code"] for n in seen["next"]][-1] == "leave", "leaving begins with mode none", seen, err)
    code, advice, err = say(server, world, "advise", DOMAIN)
    tap.check(advice.get("step") == "leaving" and advice["cached_until"], "the adviser says until when nothing may be removed", advice, err)
    out = advice["leaving"]
    tap.check(out["begun"] and out["here"] == 1 and [one["state"] for one in out["steps"]] == ["now", "ahead", "ahead"] and out["until"] == advice["cached_until"] and
              out["days_left"] >= 1 and advice["ladder"]["next"] is None, "and that the first of three steps is under way, with the days that are left", out)
    code, text, err = run("policy", "advise", DOMAIN, "--store", server.store, *world.flags)
    tap.check(code == 0 and "Leaving MTA-STS" in text and f"Then remove the TXT record at _mta-sts.{DOMAIN}." in " ".join(text.split()), "in words too", text, err)
    code, seen, err = say(server, world, "publish", DOMAIN, "--take-down", "--despite-cached")
    tap.check(code == 0 and wait_until(lambda: policy(world.port, f"mta-sts.{DOMAIN}")[0] == 404, 5),
              "told twice the file is gone", seen, err)
    code, history, err = say(server, world, "history", DOMAIN)
    rows = history.get("published", [])
    tap.check([r["mode"] for r in rows if r["served"]] == ["none", "testing", "enforce", "testing", "testing"] and
              not rows[0]["served"] and len({r["id"] for r in rows}) == len(rows) and all(r["who"] for r in rows),
              "the history has each of them, with its id and who it was", rows)


def tenants(server, world):
    for name in ("One", "Two"):
        run("tenant", "add", name, "--store", server.store)
    tap.check(wait_until(lambda: policy(world.port, "mta-sts.xn--mnchen-3ya.example")[0] == 404, 5),
              "where there are several tenants only proven domains are served")
    code, _, err = say(server, world, "publish", "münchen.example")
    tap.check(code == 4, "nor is anything published for another", code, err)
    run("domain", "edit", "münchen.example", "--move-to", "One", "--store", server.store)
    run("domain", "verify", "münchen.example", "--assume", "--store", server.store)
    tap.check(wait_until(lambda: policy(world.port, "mta-sts.xn--mnchen-3ya.example")[0] == 200, 5), "a proof brings it back")
    code, seen, err = say(server, world, "publish", "münchen.example", "--max-age", "2d", "--tenant", "One")
    rows = say(server, world, "history", "münchen.example", "--tenant", "One")[1].get("published", [])
    tap.check(code == 0 and seen["policy"]["max_age"] == 172800 and [bool(r["who"]) for r in rows] == [True, False],
              "a domain takes its policies along to its tenant, and not who published them before", code, err, rows)
    code, _, err = say(server, world, "publish", "münchen.example", "--tenant", "Two")
    tap.check(code == 3, "another tenant has nothing there", code, err)
    code, _, err = run("domain", "remove", "münchen.example", "--store", server.store)
    tap.check(code == 4 and "--leave" in err, "a domain whose policy is served is not removed in passing", code, err)
    run("domain", "remove", "münchen.example", "-y", "--store", server.store)
    tap.check(wait_until(lambda: policy(world.port, "mta-sts.xn--mnchen-3ya.example")[0] == 404, 5),
              "and with the domain its policy goes")


def main():
    if not shutil.which("certtool"):
        tap.skip("policies are served", "certtool is not there")
        return tap.end()
    with tempfile.TemporaryDirectory(prefix="mailseal-policy-") as folder, dns_world.ChangingWorld(folder) as dns:
        dns[DOMAIN] = [("MX", f"10 mx1.{DOMAIN}")]
        dns[f"mx1.{DOMAIN}"] = [("A", "127.0.6.1")]
        dns[f"mx2.{DOMAIN}"] = [("A", "127.0.6.3")]
        dns[f"mta-sts.{DOMAIN}"] = [("CNAME", "policies.host.example")]
        dns["policies.host.example"] = [("A", "127.0.6.2")]
        dns["mta-sts.xn--mnchen-3ya.example"] = [("A", "127.0.6.9")]
        world = World(folder, dns)
        os.mkdir(f"{folder}/state")
        server = Server(f"{folder}/state", f'dns {{ resolvers = {{"{dns.resolver}"}}\n trust_anchor = "{dns.anchor}" }}\n'
                                           'policy { here = {"policies.host.example", "192.0.2.1"} }\n')
        world.port = server.port("http")
        try:
            publishing(server, world, dns)
            hosts(world)
            idn(server, world, dns)
            asks(server, world, dns)
            guards(server, world, dns)
            leaving(server, world, dns)
            tenants(server, world)
            run("tenant", "remove", "Two", "--store", server.store)
            say(server, world, "publish", DOMAIN)
            wait_until(lambda: policy(world.port, f"mta-sts.{DOMAIN}")[0] == 200, 5)
            crash(server, world)
            outage(server, world)
        finally:
            server.stop()
            for one in world.servers:
                one.close()
    return tap.end()


sys.exit(main())
