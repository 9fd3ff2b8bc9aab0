#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""A flood of strangers at both doors, and a reporter that delivered before still gets his answer (threats rows 33, 34, 99).

In a network namespace of its own, so that each client has the address it wants."""
import base64
import gzip
import itertools
import json
import os
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import threading

from doors import Smtp, stuffed
from house import Server, Tap, mail, report, run

tap = Tap()
HERE = "198.18.0.1"
KNOWN = "198.18.5.9"
CONNECTIONS = 40  # a reserve of five
LATE_SECS = 60    # nobody waits so long


class From(Smtp):
    """A client with an address of its own."""

    def __init__(self, source, port):
        self.socket = socket.create_connection((HERE, port), LATE_SECS, (source, 0))
        self.waiting = b""


def stranger(n):
    return f"198.19.{n % 250}.{1 + n // 250}"


def own_namespace():
    """Runs this file again inside of one; None where that is not permitted."""
    if os.environ.get("IN_NAMESPACE"):
        return None
    if os.geteuid() != 0 or shutil.which("unshare") is None or shutil.which("ip") is None:
        tap.skip("a known reporter gets his answer while strangers flood the doors", "needs root, unshare and iproute2")
        return 0
    return subprocess.run(["unshare", "--net", sys.executable, os.path.abspath(__file__)], check=False,
                          env=dict(os.environ, IN_NAMESPACE="1")).returncode


def start(folder):
    server = Server.__new__(Server)
    server.folder, server.store, server.config = folder, f"sqlite:{folder}/mailseal.db", f"{folder}/mailseal.conf"
    with open(server.config, "w", encoding="utf-8") as f:
        f.write(f'smtp {{ listen = {{"{HERE}:2525"}} }}\nhttp {{ listen = {{"{HERE}:8460"}} }}\n'
                f"limits {{ connections = {CONNECTIONS} decode_workers = 2 }}\n")
    server.start()
    return server


def heavy():
    """Mails whose reports take long to read and to store."""
    one = {"result-type": "certificate-expired", "sending-mta-ip": "192.0.2.1", "receiving-mx-hostname": "mx.example.com",
           "failed-session-count": 1}
    text = json.loads(report("heavy"))
    text["policies"][0]["failure-details"] = [dict(one, **{"failure-reason-code": f"# {i}"}) for i in range(30000)]
    text = json.dumps(text)
    for n in itertools.count():
        body = base64.encodebytes(gzip.compress(text.replace('"#', f'"{n}').replace("heavy", f"heavy-{n}").encode(), 1)).decode()
        yield mail(f"heavy-{n}").split(b"application/tlsrpt+gzip")[0] + (
            "application/tlsrpt+gzip\r\nContent-Transfer-Encoding: base64\r\n\r\n" + body.replace("\n", "\r\n") + "--b--\r\n").encode()


def answered(clients):
    """How many have something to read."""
    return len(select.select([c.socket for c in clients], [], [], 0)[0])


def full_smtp(server, secret):
    """Strangers hold all that strangers may have, each in the middle of a message, so that nobody idles."""
    held, refused = [], 0
    for n in range(CONNECTIONS + 20):
        client = From(stranger(n), 2525)
        greeting = client.reply()
        if greeting.startswith("220"):
            client.code("EHLO flood.example\r\n")
            client.envelope()
            client.send("Subject: never ends\r\n")
            held.append(client)
        else:
            refused += greeting.startswith("421")
            client.close()
    tap.check(0 < len(held) <= CONNECTIONS - CONNECTIONS // 8 and refused >= 20,
              "strangers get what strangers may have, and 421 beyond it", len(held), refused)
    code = From(KNOWN, 2525).greet().deliver(mail("known-in-flood"), secret)
    tap.check(code == "250", "a known reporter gets in, and his 250", code)
    refusal = From(stranger(777), 2525).reply()
    tap.check(refusal.startswith("421"), "while the next stranger is turned away", refusal)
    for client in held:
        client.close()


def full_decode(server, secret):
    """Strangers hand in what takes long to read; the known one does not wait behind all of it."""
    clients = []
    for n in range(24):
        client = From(stranger(n), 2525).greet()
        client.envelope()
        clients.append(client)
    mails = [stuffed(m) for m, _ in zip(heavy(), clients)]
    threads = [threading.Thread(target=c.send, args=(m,)) for c, m in zip(clients, mails)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    known = From(KNOWN, 2525).greet()
    known.envelope(secret)
    before = answered(clients)
    code = known.code(stuffed(mail("known-in-queue")))
    after = answered(clients)
    tap.check(code == "250" and after < len(clients) - 4,
              "a known reporter does not wait until what strangers handed in is read", code, before, after, len(clients))
    codes = [c.reply()[:3] for c in clients]
    tap.check(codes == ["250"] * len(clients), "and the strangers get theirs later", codes)
    for client in [known, *clients]:
        client.close()


def http_status(source, path, body, timeout=LATE_SECS):
    """"" when the connection is closed without an answer."""
    s = socket.create_connection((HERE, 8460), timeout, (source, 0))
    try:
        s.sendall(f"POST {path} HTTP/1.1\r\nHost: h\r\nContent-Type: application/tlsrpt+json\r\n"
                  f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body)
        return s.recv(4096).decode("latin-1")[9:12]
    except (ConnectionResetError, BrokenPipeError):
        return ""
    finally:
        s.close()


def full_http(server, path):
    """Heads that never end, from more networks than the door has room for."""
    held = []
    for n in range(24 * 40):
        try:
            s = socket.create_connection((HERE, 8460), 5, (stranger(n % 24), 0))
            s.sendall(b"POST /report HTTP/1.1\r\n")
            held.append(s)
        except OSError:
            break
    stranger_gets = http_status(stranger(100), "/report", report("stranger-post"))
    known_gets = http_status(KNOWN, path, report("known-post"))
    tap.check(stranger_gets == "" and known_gets == "201", "at the HTTP door too: strangers are closed out, the known one gets 201",
              stranger_gets, known_gets, len(held))
    for s in held:
        s.close()


def main():
    inside = own_namespace()
    if inside is not None:
        return inside
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    subprocess.run(["ip", "addr", "add", f"{HERE}/15", "dev", "lo"], check=True)
    with tempfile.TemporaryDirectory(prefix="mailseal-flood-") as folder:
        server = start(folder)
        try:
            run("domain", "add", "example.com", "--store", server.store)
            row = json.loads(run("domain", "show", "example.com", "--json", "--store", server.store)[1])
            secret, path = row["address"], row["path"]
            code = From(KNOWN, 2525).greet().deliver(mail("first"), secret)
            tap.check(code == "250", "a reporter delivers to a secret address and is known from now on", code)
            full_smtp(server, secret)
            full_decode(server, secret)
            server.stop()
            server.start()
            full_smtp(server, secret)
            full_http(server, path)
        finally:
            server.stop()
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
