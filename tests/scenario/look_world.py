"""A small world that changes while a server looks at it: DNS as a script says, mail servers and policy hosts that can be given
another certificate or file at any moment, and the clock of the house."""
import os
import random
import shutil
import socket
import struct
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from dns_world import ScriptedServer, TYPES, rr, txt_rdata, wire_name  # noqa: E402
from house import Server, run, wait_until  # noqa: E402
from mail_world import Certificates, Folder, Listener, context, https, smtp  # noqa: E402

DAY = 86400


class Changing:
    """A listener whose service can be replaced."""

    def __init__(self, address, port, serve):
        self.now = serve
        self.listener = Listener(address, port, lambda connection: self.now(connection))

    def close(self):
        self.listener.close()


class World:
    """`records` maps (name, type) to a list of RDATA; what is not there is NXDOMAIN, a name with other types NODATA."""

    def __init__(self, folder):
        self.folder = folder
        self.certificates = Certificates(folder)
        self.records, self.failing = {}, set()
        self.smtp_port, self.https_port = random.sample(range(20000, 30000), 2)
        self.addresses = 1
        self.dns = ScriptedServer(self._answer).__enter__()
        self.anchor = os.path.join(folder, "anchor.ds")
        with open(self.anchor, "w", encoding="ascii") as out:  # of a name that nobody asks for: nothing here is signed
            out.write("anchor.invalid. IN DS 1 13 2 " + "ab" * 32 + "\n")

    def _answer(self, name, rrtype, is_tcp):
        kind = next((k for k, n in TYPES.items() if n == rrtype), None)
        if name in self.failing:
            return 2, []
        found = self.records.get((name, kind), [])
        if found:
            return 0, [rr(name, kind, data, ttl=0) for data in found]
        return (0 if any(n == name or n.endswith("." + name) for n, _ in self.records) else 3), []

    def address(self):
        self.addresses += 1
        return f"127.1.{self.addresses // 250}.{self.addresses % 250 + 1}"

    def set(self, name, kind, *values):
        make = {"A": socket.inet_aton, "TXT": txt_rdata, "TLSA": self._tlsa,
                "MX": lambda v: struct.pack("!H", v[0]) + wire_name(v[1])}[kind]
        self.records[(name, kind)] = [make(v) for v in values]

    @staticmethod
    def _tlsa(text):
        usage, selector, matching, data = text.split()
        return bytes([int(usage), int(selector), int(matching)]) + bytes.fromhex(data)

    def certificate(self, host, fault="good", again=0):
        """(chain, key); `again` makes another one."""
        if again:
            self.certificates.made.pop(f"{host}-{fault}", None)
        return self.certificates.make(host, fault)

    def server(self, host, fault="good"):
        address = self.address()
        server = Changing(address, self.smtp_port, smtp(context(*self.certificate(host, fault))))
        self.set(host, "A", address)
        return server

    def policy(self, domain, text):
        address = self.address()
        server = Changing(address, self.https_port, https(context(*self.certificate("mta-sts." + domain)), text))
        server.tls = context(*self.certificate("mta-sts." + domain))
        self.set("mta-sts." + domain, "A", address)
        return server

    def config(self, more=""):
        return (f'dns {{ resolvers = {{"{self.dns.resolver}"}} trust_anchor = "{self.anchor}" timeout = 2s }}\n'
                f'look {{ ca_file = "{self.folder}/ca.pem" local = yes smtp_port = {self.smtp_port}\n'
                f'  https_port = {self.https_port} hostname = looker.example timeout = 20s {more} }}\n'
                'log { level = debug }\n')

    def close(self):
        self.dns.__exit__()


class Clock:
    """The time of the house: of every program that is started from now on."""

    def __init__(self, at):
        self.set(at)

    def set(self, at):
        self.at = at
        os.environ["MAILSEAL_FAKE_TIME"] = str(at)

    def forward(self, secs):
        self.set(self.at + secs)


def looked(server, domain, count=1):
    """Waits until the server has taken that many looks at the domain since it was started."""
    def taken():
        return "".join(server.log).count(f'look-taken domain="{domain}"') >= count
    return wait_until(taken, 60)


__all__ = ["Certificates", "Changing", "Clock", "DAY", "Folder", "Server", "World", "context", "https", "looked", "run",
           "shutil", "smtp", "wait_until"]
