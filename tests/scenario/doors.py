# SPDX-License-Identifier: ISC
"""What the scenarios of the doors share: a raw SMTP client, a certificate, other people's clients."""
import os
import re
import shutil
import socket
import subprocess
import urllib.request

from house import TOP

RECIPIENT = "tls-reports@localhost"


class Smtp:
    """One connection, byte by byte."""

    def __init__(self, address, timeout=15):
        if isinstance(address, str):
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.settimeout(timeout)
            self.socket.connect(address)
        else:
            self.socket = socket.create_connection(address, timeout)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.waiting = b""

    def send(self, data):
        self.socket.sendall(data if isinstance(data, bytes) else data.encode())

    def reply(self):
        """All lines of one reply; "" at the end of the connection."""
        lines = []
        while True:
            while b"\n" not in self.waiting:
                try:
                    got = self.socket.recv(4096)
                except ConnectionResetError:
                    got = b""
                if not got:
                    return ""
                self.waiting += got
            line, self.waiting = self.waiting.split(b"\n", 1)
            lines.append(line.decode("ascii").rstrip("\r"))
            if lines[-1][3:4] != "-":
                return "\n".join(lines)

    def say(self, data):
        self.send(data)
        return self.reply()

    def code(self, data):
        return self.say(data)[:3]

    def greet(self, word="EHLO"):
        assert self.reply().startswith("220 "), "no greeting"
        assert self.code(f"{word} client.example\r\n") == "250"
        return self

    def envelope(self, *recipients, sender=""):
        codes = [self.code(f"MAIL FROM:<{sender}>\r\n")]
        codes += [self.code(f"RCPT TO:<{r}>\r\n") for r in recipients or (RECIPIENT,)]
        return codes + [self.code("DATA\r\n")]

    def deliver(self, mail, *recipients):
        """The code of the last reply."""
        self.envelope(*recipients)
        return self.code(stuffed(mail))

    def close(self):
        self.socket.close()


def stuffed(mail):
    mail = re.sub(rb"(?m)^\.", b"..", mail)
    return mail + (b"" if mail.endswith(b"\r\n") else b"\r\n") + b".\r\n"


def certificate(folder):
    """Paths of a certificate and its key; None where there is no openssl."""
    if shutil.which("openssl") is None:
        return None
    cert, key = f"{folder}/cert.pem", f"{folder}/key.pem"
    done = subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert,
                           "-days", "2", "-subj", "/CN=mx.example.org", "-addext", "subjectAltName=DNS:mx.example.org"],
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return (cert, key) if done.returncode == 0 else None


def smtp_source():
    """Command and environment of Postfix's load client: out of the unpacked package, so that no mail server is installed or
    started on this machine; None where it cannot be had."""
    if shutil.which("smtp-source"):
        return ["smtp-source"], dict(os.environ)
    folder = f"{TOP}/build/tools/postfix"
    program = f"{folder}/x/usr/sbin/smtp-source"
    if not os.path.exists(program) and shutil.which("apt-get") and shutil.which("dpkg-deb"):
        os.makedirs(folder, exist_ok=True)
        try:
            subprocess.run("apt-get download -q postfix && dpkg-deb -x postfix_*.deb x && rm -f postfix_*.deb",
                           shell=True, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False,
                           timeout=60)
        except subprocess.TimeoutExpired:
            pass
    env = dict(os.environ, LD_LIBRARY_PATH=f"{folder}/x/usr/lib/postfix")
    if not os.path.exists(program):
        return None
    # Without its libraries the loader ends with 127; without arguments it ends with its usage.
    return ([program], env) if subprocess.run([program], env=env, capture_output=True, check=False).returncode == 1 else None


def fetch(port, path, data=None, headers=None, method=None):
    """Status, headers, text."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data=data, headers=headers or {}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=40) as answer:
            return answer.status, answer.headers, answer.read().decode("utf-8")
    except urllib.error.HTTPError as answer:
        return answer.code, answer.headers, answer.read().decode("utf-8")


def kept(server):
    """What the log says of each arrival that was kept: (door, stored, duplicates, quarantined)."""
    return [(door, int(stored), int(duplicates), int(quarantined)) for door, stored, duplicates, quarantined in re.findall(
        r' (smtp|http) kept .*?stored="(\d+)" duplicates="(\d+)" quarantined="(\d+)"', "".join(server.log))]
