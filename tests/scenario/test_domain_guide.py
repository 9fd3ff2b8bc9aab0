#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""The set-up guide on a real terminal, and without one: a DNS whose records appear while it looks."""
import json
import os
import pty
import re
import select
import shutil
import subprocess
import sys
import tempfile
import threading
import time

import dns_world
from house import MAILSEAL, Server, Tap, run
from mail_world import Certificates, Listener, context, front

tap = Tap()
DOMAIN, HOST = "new.example", "reports.example"


class Terminal:
    """The program on a terminal of its own."""

    def __init__(self, *words):
        self.master, slave = pty.openpty()
        self.seen, self.at = "", 0
        self.process = subprocess.Popen([MAILSEAL, *words], stdin=slave, stdout=slave, stderr=slave, close_fds=True,
                                        env=dict(os.environ, TERM="dumb", PAGER="cat", LC_ALL="C.UTF-8"))
        os.close(slave)

    def read(self, seconds):
        ready, _, _ = select.select([self.master], [], [], seconds)
        if not ready:
            return True
        try:
            piece = os.read(self.master, 65536)
        except OSError:
            return False
        self.seen += piece.decode("utf-8", "replace").replace("\r\n", "\n")
        return bool(piece)

    def expect(self, text, seconds=30):
        """Waits until `text` is on the screen, behind what was expected before."""
        until = time.monotonic() + seconds
        while self.seen.find(text, self.at) < 0:
            if time.monotonic() > until or not self.read(0.5):
                break
        found = self.seen.find(text, self.at)
        if found < 0:
            return False
        self.at = found + len(text)
        return True

    def say(self, line):
        os.write(self.master, (line + "\n").encode())

    def end(self):
        until = time.monotonic() + 30
        while time.monotonic() < until and self.read(0.2):
            if self.process.poll() is not None and not self.read(0.1):
                break
        try:
            return self.process.wait(20)
        finally:
            os.close(self.master)


def dialogue(terminal, *steps):
    """Pairs of what must come and what is typed then; the first that does not come."""
    for text, answer in steps:
        if not terminal.expect(text):
            return text
        if answer is not None:
            terminal.say(answer)
    return None


def records(*uris):
    return [("TXT", "v=TLSRPTv1; rua=" + ",".join(uris))]


def shown(server, domain=DOMAIN):
    return json.loads(run("domain", "show", domain, "--json", "--store", server.store, "-c", server.config)[1])


def on_a_terminal(server, dns, slow, flags):
    terminal = Terminal("domain", "add", "--store", server.store, "-c", server.config, *flags)
    missing = dialogue(terminal, ("Which domain?", "New.Example"), ("Its secret address is", None), ("new.example now:", None),
                       ("Mail servers: mx.new.example", None), ("reports go to mailto:ops@new.example", None),
                       ("Where should reports go?", None), ("1, 2 or 3? [1]", "7"), ("1, 2 or 3? [1]", ""),
                       ("Keep mailto:ops@new.example too? [yes]", ""), ("How do you change your DNS?", None), ("2  bind:", None),
                       ("Which number? [1]", "2"), ("in place of the one that is there now", None), ("IN TXT", None),
                       ("Press Enter when it is published", "q"), ("goes on from here", None))
    code = terminal.end()
    record = re.search(r'_smtp\._tls\.new\.example\. 3600 IN TXT "(v=TLSRPTv1; rua=[^"]*)"', terminal.seen)
    address = shown(server)["address"]
    tap.check(missing is None and code == 0, "the guide asks one thing at a time and may be left", missing, terminal.seen)
    if not tap.check(record and record.group(1) == f"v=TLSRPTv1; rua=mailto:{address},mailto:ops@new.example",
                     "the record keeps the address that was there, behind ours", terminal.seen):
        return
    terminal = Terminal("domain", "add", DOMAIN, "--store", server.store, "-c", server.config, *flags)
    missing = dialogue(terminal, ("new.example now:", None), ("1, 2 or 3? [1]", "1"), ("Keep mailto:ops@new.example too? [yes]", "y"),
                       ("Which number? [1]", "1"), ("Value  " + record.group(1), None), ("Press Enter when it is published", ""),
                       ("still sees another record", None))

    def publish():
        dns["_smtp._tls.new.example"] = [("TXT", record.group(1))]
        threading.Timer(2.5, lambda: slow.__setitem__("_smtp._tls.new.example", [("TXT", record.group(1))])).start()

    publish()
    missing = missing or dialogue(terminal, (f"{dns.resolver} sees it.", None), (f"{slow.resolver} sees it.", None),
                                  ("proves that the domain is yours", None), ("Send a test report", "yes"),
                                  (f"mailto:{address} took a test report", None), ("came in here.", None),
                                  ("The first reports come within 48 hours", None), ("'mailseal policy publish new.example'", None))
    code = terminal.end()
    tap.check(missing is None and code == 0, "it goes on, waits for each resolver, proves the domain and tests the way", missing,
              terminal.seen)
    now = shown(server)
    tap.check(now["proof"] == "record" and now["mx_hosts"] == ["mx.new.example"], "the domain is proven then", now)
    terminal = Terminal("domain", "add", DOMAIN, "--store", server.store, "-c", server.config, *flags)
    missing = dialogue(terminal, ("1, 2 or 3? [1]", ""), ("Keep mailto:ops@new.example too? [yes]", "y"),
                       ("The record is published as it should be.", None), ("sees it.", None), ("Send a test report", "n"),
                       ("What comes next", None))
    tap.check(missing is None and terminal.end() == 0, "once all is done it only looks", missing, terminal.seen)


def without_a_terminal(server, dns, slow, flags, base):
    name = "flags.example"
    dns[name] = slow[name] = [("MX", "10 mx.new.example")]
    code, out, err = run("domain", "add", name, "--guide", "--by", "both", "--base-url", base, "--no-wait", "--json", "--format",
                         "nsupdate", "--store", server.store, "-c", server.config, *flags)
    seen = json.loads(out) if out else {}
    uris = [f"mailto:{shown(server, name)['address']}", base + shown(server, name)["path"]]
    tap.check(code == 0 and seen["record"]["value"] == "v=TLSRPTv1; rua=" + ",".join(uris) and not seen["seen"] and
              [r["state"] for r in seen["resolvers"]] == ["not-there", "not-there"] and "update add" in seen["record"]["formatted"],
              "by flags it asks nothing, and says what is seen now", seen, err)
    code, out, err = run("domain", "add", name, "--guide", "--by", "both", "--base-url", base, "--wait", "2", "--json", "--store",
                         server.store, "-c", server.config, *flags)
    tap.check(code == 10 and not json.loads(out)["seen"], "the wait has an end", code, out, err)
    for world in (dns, slow):
        world[f"_smtp._tls.{name}"] = records(*uris) + [("TXT", "v=TLSRPTv1; rua=mailto:old@flags.example")]
    code, out, err = run("domain", "add", name, "--guide", "--by", "both", "--base-url", base, "--no-wait", "--json", "--store",
                         server.store, "-c", server.config, *flags)
    tap.check([r["state"] for r in json.loads(out)["resolvers"]] == ["faulty"] * 2, "two records are none, and that is said",
              out, err)
    for world in (dns, slow):
        world[f"_smtp._tls.{name}"] = records(*uris)
    code, out, err = run("domain", "add", name, "--guide", "--by", "both", "--base-url", base, "--json", "--store", server.store,
                         "-c", server.config, *flags, timeout=130)
    seen = json.loads(out) if out else {}
    tap.check(code == 0 and seen["seen"] and [(t["result"], t["came"]) for t in seen["tests"]] == [("taken", True)] * 2,
              "a test report goes by mail and by HTTPS, and comes in", seen, err)
    for world in (dns, slow):
        world[f"_smtp._tls.{name}"] = None
    code, out, err = run("domain", "add", name, "--guide", "--no-wait", "--json", "--store", server.store, "-c", server.config, *flags)
    tap.check(code == 11 and "could not be told" in err, "what cannot be told is not overwritten", code, out, err)


def has_terminal():
    try:
        for fd in pty.openpty():
            os.close(fd)
        return True
    except OSError as why:
        tap.skip("the guide leads through the set-up on a terminal", f"no terminal can be had here: {why}")
        return False


def main():
    if not shutil.which("certtool"):
        tap.skip("the guide leads through the set-up", "certtool is not there")
        return tap.end()
    with tempfile.TemporaryDirectory(prefix="mailseal-guide-") as folder, dns_world.ChangingWorld(folder) as dns, \
            dns_world.ChangingWorld(folder) as slow:
        certificates = Certificates(folder)
        https_port = dns_world.free_port()
        os.mkdir(f"{folder}/state")
        server = Server(f"{folder}/state", f'report {{ addresses = {{"tls-reports@{HOST}"}} }}\n'
                                           f'dns {{ trust_anchor = "{dns.anchor}"\n resolvers = {{"{dns.resolver}"}} }}\n')
        for world in (dns, slow):
            world[DOMAIN] = [("MX", "10 mx.new.example")]
            world[f"_smtp._tls.{DOMAIN}"] = records("mailto:ops@new.example")
            world[HOST] = [("MX", f"10 mail.{HOST}"), ("A", "127.0.6.2")]
            world[f"mail.{HOST}"] = [("A", "127.0.0.1")]
        flags = ["--resolver", dns.resolver, "--resolver", slow.resolver, "--trust-anchor", dns.anchor, "--ca-file",
                 certificates.path("ca.pem"), "--smtp-port", str(server.port("smtp")), "--https-port", str(https_port)]
        listener = Listener("127.0.6.2", https_port, front(context(*certificates.make(HOST)), lambda: server.port("http")))
        try:
            if has_terminal():
                on_a_terminal(server, dns, slow, flags)
            without_a_terminal(server, dns, slow, flags, f"https://{HOST}:{https_port}")
        finally:
            server.stop()
            listener.close()
    return tap.end()


sys.exit(main())
