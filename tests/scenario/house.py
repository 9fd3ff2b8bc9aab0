# SPDX-License-Identifier: ISC
"""What the scenarios of the process house share: reports, a server on free ports, TAP."""
import atexit
import json
import os
import re
import signal
import subprocess
import threading
import time
import zlib

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MAILSEAL = os.environ.get("MAILSEAL", TOP + "/build/mailseal")


class Tap:
    def __init__(self):
        self.n = self.failed = 0

    def check(self, good, sentence, *facts):
        self.n += 1
        if not good:
            self.failed += 1
            for fact in facts:
                print("#", str(fact).replace("\n", "\n# "))
        print(f"{'ok' if good else 'not ok'} {self.n} - {sentence}", flush=True)
        return good

    def skip(self, sentence, why):
        self.n += 1
        print(f"ok {self.n} - {sentence} # SKIP {why}", flush=True)

    def end(self):
        return 1 if self.failed else 0


def report(report_id, failed=3, succeeded=None, domain="example.com"):
    """One report of 2026-03-02, told from others by its id; its numbers differ from theirs too, as they do in life."""
    if succeeded is None:
        succeeded = zlib.crc32(report_id.encode())
    return json.dumps({
        "organization-name": "Reporter Example",
        "date-range": {"start-datetime": "2026-03-02T00:00:00Z", "end-datetime": "2026-03-02T23:59:59Z"},
        "contact-info": "tls@reporter.example",
        "report-id": report_id,
        "policies": [{
            "policy": {"policy-type": "sts", "policy-string": ["version: STSv1", "mode: enforce", "mx: mx.example.com",
                                                               "max_age: 604800"],
                       "policy-domain": domain, "mx-host": ["mx.example.com"]},
            "summary": {"total-successful-session-count": succeeded, "total-failure-session-count": failed},
            "failure-details": [{"result-type": "certificate-expired", "sending-mta-ip": "192.0.2.1",
                                 "receiving-mx-hostname": "mx.example.com", "failed-session-count": failed}],
        }],
    }).encode()


def mail(report_id, **keys):
    """The same as a mail with a gzip attachment."""
    import base64
    import gzip
    body = base64.encodebytes(gzip.compress(report(report_id, **keys), mtime=0)).decode().replace("\n", "\r\n")
    return ("From: tls@reporter.example\r\nTo: tls-reports@localhost\r\n"
            f"Subject: Report Domain: example.com Submitter: reporter.example Report-ID: <{report_id}>\r\n"
            "Date: Tue, 03 Mar 2026 01:00:00 +0000\r\n"
            f"Message-ID: <{report_id}@reporter.example>\r\n"
            "TLS-Report-Domain: example.com\r\nTLS-Report-Submitter: reporter.example\r\nMIME-Version: 1.0\r\n"
            "Content-Type: multipart/report; report-type=tlsrpt; boundary=b\r\n\r\n"
            "--b\r\nContent-Type: text/plain\r\n\r\nA report.\r\n"
            "--b\r\nContent-Type: application/tlsrpt+gzip\r\nContent-Transfer-Encoding: base64\r\n"
            "Content-Disposition: attachment; filename=\"reporter.example!example.com!1772409600!1772495999.json.gz\""
            f"\r\n\r\n{body}--b--\r\n").encode()


def run(*args, data=None, env=None, timeout=60):
    """Exit code, standard output, standard error."""
    done = subprocess.run([MAILSEAL, *args], input=b"" if data is None else data, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=timeout, check=False, env=dict(os.environ, **(env or {})))
    return done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")


class Server:
    """`mailseal serve` on free ports; its log is in .log."""

    def __init__(self, folder, config=""):
        self.folder = folder
        self.store = f"sqlite:{folder}/mailseal.db"
        self.config = f"{folder}/mailseal.conf"
        with open(self.config, "w", encoding="utf-8") as f:
            f.write('smtp { listen = {"127.0.0.1:0"} }\nhttp { listen = {"127.0.0.1:0"} }\n' + config)
        self.start()

    def start(self):
        self.log = []
        self.ready = threading.Event()
        self.process = subprocess.Popen([MAILSEAL, "serve", "-c", self.config, "--store", self.store],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        atexit.register(self.process.kill)  # a test that breaks leaves no server behind
        threading.Thread(target=self._words, daemon=True).start()
        threading.Thread(target=self._errors, daemon=True).start()
        if not self.ready.wait(20):
            self.process.kill()
            raise RuntimeError("the server does not get ready:\n" + "".join(self.log))

    def _words(self):
        for line in self.process.stdout:
            self.log.append(line.decode("utf-8", "replace"))
            if b"mailseal is ready" in line:
                self.ready.set()

    def _errors(self):
        for line in self.process.stderr:
            self.log.append(line.decode("utf-8", "replace"))

    def port(self, door):
        found = re.search(rf'listening door="{door}" at="127\.0\.0\.1:(\d+)"', "".join(self.log))
        return int(found.group(1)) if found else None

    def pids(self, role):
        """The processes of a role, by what the kernel says of our own children."""
        pids = []
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children", encoding="ascii") as f:
            children = f.read().split()
        for pid in children:
            try:
                with open(f"/proc/{pid}/cmdline", "rb") as f:
                    if f.read().split(b"\0")[1:3] == [b"--role", role.encode()]:
                        pids.append(int(pid))
            except (FileNotFoundError, ProcessLookupError):
                pass
        return pids

    def kill(self, role):
        pids = self.pids(role)
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        return pids

    def stop(self, how=signal.SIGTERM):
        """The exit code."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            return self.process.wait(40)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return "it did not end"


def png(width=24, height=8, colour=(10, 92, 54), text=b""):
    """A picture of one colour, and what somebody wrote into it."""
    def chunk(kind, data):
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, 2, 0, 0, 0])
    rows = zlib.compress((b"\0" + bytes(colour) * width) * height)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + (chunk(b"tEXt", b"Author\0" + text) if text else b"") + chunk(b"IDAT", rows) +
            chunk(b"IEND", b""))


def wait_until(what, seconds=10):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if what():
            return True
        time.sleep(0.01)
    return False
