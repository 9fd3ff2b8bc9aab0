"""A DNS world on loopback for scenarios: a signed zone served by knot, and a server that answers as a script says."""
import os
import shutil
import signal
import socket
import socketserver
import struct
import subprocess
import tempfile
import threading
import time

KNOTD = shutil.which("knotd") or "/usr/sbin/knotd"
KEYMGR = shutil.which("keymgr") or "/usr/sbin/keymgr"

TYPES = {"A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "MX": 15, "TXT": 16, "AAAA": 28, "OPT": 41, "DS": 43, "TLSA": 52}


def have_knot():
    return os.access(KNOTD, os.X_OK) and os.access(KEYMGR, os.X_OK)


def free_port():
    """A port that is free for UDP and for TCP."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp, \
                socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            tcp.bind(("127.0.0.1", 0))
            port = tcp.getsockname()[1]
            try:
                udp.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def txt(text):
    """A TXT RDATA in zone file form, cut into strings of 255."""
    text = text if isinstance(text, bytes) else text.encode()
    parts = [text[i:i + 255] for i in range(0, len(text), 255)] or [b""]
    return " ".join('"' + "".join(c if 32 <= ord(c) < 127 and c not in '"\\' else f"\\{ord(c):03d}"
                                  for c in part.decode("latin-1")) + '"' for part in parts)


class SignedWorld:
    """Zones {"example.com": ["name TXT ...", ...]}, each signed unless its name is in `unsigned`.  Use as a context."""

    def __init__(self, zones, unsigned=()):
        self.zones, self.unsigned = zones, set(unsigned)
        self.folder = tempfile.mkdtemp(prefix="mailseal-dns-")
        self.anchor = os.path.join(self.folder, "anchor.ds")
        self.process = None

    def __enter__(self):
        for attempt in range(5):
            self.port = free_port()
            self.resolver = f"127.0.0.1@{self.port}"
            self._write()
            self._start()
            if self._ready():
                return self
            self._stop()
        raise RuntimeError("knotd does not start: " + open(os.path.join(self.folder, "log")).read()[-2000:])

    def __exit__(self, *_):
        self._stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _write(self):
        f = self.folder
        os.makedirs(f"{f}/db", exist_ok=True)
        with open(f"{f}/knot.conf", "w") as out:
            out.write(f"server:\n  rundir: {f}\n  listen: 127.0.0.1@{self.port}\n  udp-workers: 1\n  tcp-workers: 1\n"
                      "  background-workers: 1\n"
                      f"database:\n  storage: {f}/db\n  timer-db-max-size: 4M\n  journal-db-max-size: 16M\n"
                      "  kasp-db-max-size: 16M\n"
                      "log:\n  - target: stderr\n    any: warning\n"
                      f"template:\n  - id: default\n    storage: {f}\n    zonefile-load: whole\n    journal-content: none\n"
                      "policy:\n  - id: p\n    algorithm: ECDSAP256SHA256\n    single-type-signing: on\n    nsec3: off\n"
                      "zone:\n")
            for zone in self.zones:
                out.write(f"  - domain: {zone}\n    file: {zone}.zone\n")
                if zone not in self.unsigned:
                    out.write("    dnssec-signing: on\n    dnssec-policy: p\n")
        for zone, records in self.zones.items():
            with open(f"{f}/{zone}.zone", "w") as out:
                out.write(f"$ORIGIN {zone}.\n$TTL 300\n@ SOA ns.{zone}. root.{zone}. 1 3600 600 86400 60\n"
                          f"@ NS ns.{zone}.\nns A 127.0.0.1\n" + "\n".join(records) + "\n")

    def _start(self):
        self.log = open(f"{self.folder}/log", "w")
        self.process = subprocess.Popen([KNOTD, "-c", f"{self.folder}/knot.conf"], stdout=self.log, stderr=self.log)

    def _stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def _ready(self):
        deadline = time.monotonic() + 20
        signed = [z for z in self.zones if z not in self.unsigned]
        while time.monotonic() < deadline and self.process.poll() is None:
            if all(self._answers(zone, zone in signed) for zone in self.zones):
                with open(self.anchor, "w") as out:
                    for zone in signed:
                        ds = subprocess.run([KEYMGR, "-c", f"{self.folder}/knot.conf", zone, "ds"],
                                            capture_output=True, text=True, check=True).stdout
                        out.write("".join(line.replace(" DS ", " IN DS ") + "\n" for line in ds.splitlines()
                                          if " 13 2 " in line))
                return True
            time.sleep(0.1)
        return False

    def _answers(self, zone, signed):
        query = question(zone, "SOA", dnssec=True)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.settimeout(1)
            try:
                s.sendto(query, ("127.0.0.1", self.port))
                answer = s.recv(4096)
            except OSError:
                return False
        return answer[3] & 15 == 0 and struct.unpack("!H", answer[6:8])[0] >= (2 if signed else 1)


def wire_name(name):
    return b"".join(bytes([len(label)]) + label.encode("latin-1") for label in name.split(".") if label) + b"\0"


def question(name, rrtype, dnssec=False):
    out = struct.pack("!HHHHHH", 4711, 0x0100, 1, 0, 0, 1 if dnssec else 0)
    out += wire_name(name) + struct.pack("!HH", TYPES[rrtype], 1)
    if dnssec:
        out += b"\0" + struct.pack("!HHIH", 41, 4096, 0x8000, 0)
    return out


def read_name(message, at):
    labels = []
    while message[at]:
        labels.append(message[at + 1:at + 1 + message[at]].decode("latin-1"))
        at += 1 + message[at]
    return ".".join(labels).lower(), at + 1


def rr(name, rrtype, rdata, ttl=60):
    return wire_name(name) + struct.pack("!HHIH", TYPES[rrtype], 1, ttl, len(rdata)) + rdata


def txt_rdata(text):
    text = text if isinstance(text, bytes) else text.encode()
    parts = [text[i:i + 255] for i in range(0, len(text), 255)] or [b""]
    return b"".join(bytes([len(p)]) + p for p in parts)


class ScriptedServer:
    """Answers on UDP and TCP as `script(name, type_number, is_tcp)` says: bytes of resource records as (rcode, [rr]), None
    for no answer, or raw bytes after the identity of the question.  Counts what is asked."""

    def __init__(self, script):
        self.script = script
        self.asked = []

    def __enter__(self):
        server = self

        def reply(data, is_tcp):
            name, at = read_name(data, 12)
            rrtype = struct.unpack("!H", data[at:at + 2])[0]
            server.asked.append((name, rrtype))
            answer = server.script(name, rrtype, is_tcp)
            if answer is None:
                return None
            if isinstance(answer, bytes):
                return data[:2] + answer
            rcode, records = answer[0], answer[1]
            body = b"".join(records)
            head = struct.pack("!HHHHHH", struct.unpack("!H", data[:2])[0], 0x8580 | rcode, 1, len(records), 0, 0)
            message = head + data[12:at + 4] + body
            if not is_tcp and len(message) > 1200:
                return struct.pack("!HHHHHH", struct.unpack("!H", data[:2])[0], 0x8780, 1, 0, 0, 0) + data[12:at + 4]
            return message

        class Udp(socketserver.BaseRequestHandler):
            def handle(self):
                answer = reply(self.request[0], False)
                if answer is not None:
                    self.request[1].sendto(answer, self.client_address)

        class Tcp(socketserver.StreamRequestHandler):
            def handle(self):
                head = self.rfile.read(2)
                if len(head) < 2:
                    return
                answer = reply(self.rfile.read(struct.unpack("!H", head)[0]), True)
                if answer is not None:
                    self.wfile.write(struct.pack("!H", len(answer)) + answer)

        socketserver.ThreadingTCPServer.allow_reuse_address = True
        self.port = free_port()
        self.resolver = f"127.0.0.1@{self.port}"
        self.servers = [socketserver.ThreadingUDPServer(("127.0.0.1", self.port), Udp),
                        socketserver.ThreadingTCPServer(("127.0.0.1", self.port), Tcp)]
        for s in self.servers:
            s.daemon_threads = True
            threading.Thread(target=s.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_):
        for s in self.servers:
            s.shutdown()
            s.server_close()


def rdata(rrtype, text):
    """The RDATA of a record as a zone file would say it, for those that change while a test runs."""
    if rrtype == "TXT":
        return txt_rdata(text)
    if rrtype in ("A", "AAAA"):
        return socket.inet_pton(socket.AF_INET if rrtype == "A" else socket.AF_INET6, text)
    if rrtype == "MX":
        preference, host = text.split()
        return struct.pack("!H", int(preference)) + wire_name(host)
    return wire_name(text)


class ChangingWorld(ScriptedServer):
    """Names whose records a test changes: world["name"] = [("TXT", "v=STSv1; id=1"), ...].  None: the server does not
    answer for it.  Not signed; `anchor` keeps validation away."""

    def __init__(self, folder, names=None):
        super().__init__(self._say)
        self.names = dict(names or {})
        self.ttl = 0
        self.anchor = os.path.join(folder, "unused.ds")
        with open(self.anchor, "w", encoding="ascii") as out:
            out.write("unused.example. IN DS 1 13 2 " + "00" * 32 + "\n")

    def __getitem__(self, name):
        return self.names[name]

    def __setitem__(self, name, records):
        self.names[name] = records

    def _say(self, name, number, is_tcp):
        found, records = [], self.names.get(name, [])
        if records is None:
            return 2, []
        for rrtype, text in records:
            if rrtype == "CNAME":
                found.append(rr(name, rrtype, rdata(rrtype, text), self.ttl))
                for other, value in self.names.get(text, []) or []:
                    if TYPES[other] == number:
                        found.append(rr(text, other, rdata(other, value), self.ttl))
            elif TYPES[rrtype] == number:
                found.append(rr(name, rrtype, rdata(rrtype, text), self.ttl))
        return (0 if records else 3), found
