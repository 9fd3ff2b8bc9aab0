#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""The HTTP door over real sockets: reports by POST, what is refused, the plain pages, slow and many clients."""
import concurrent.futures
import gzip
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

from doors import fetch, kept
from house import Server, Tap, report, wait_until

tap = Tap()
GZIP = {"Content-Type": "application/tlsrpt+gzip"}
JSON = {"Content-Type": "application/tlsrpt+json"}


def raw(port, data, patience=15):
    """Everything the server says until it closes."""
    with socket.create_connection(("127.0.0.1", port), patience) as s:
        s.sendall(data)
        got = b""
        try:
            while piece := s.recv(65536):
                got += piece
        except OSError:
            pass
        return got


def posting(server, port):
    zipped = gzip.compress(report("posted"), mtime=0)
    if shutil.which("curl"):
        with open(f"{server.folder}/report.json.gz", "wb") as f:
            f.write(zipped)
        done = subprocess.run(["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-H", "Content-Type: application/tlsrpt+gzip",
                               "--data-binary", f"@{server.folder}/report.json.gz", f"http://127.0.0.1:{port}/report"],
                              capture_output=True, text=True, check=False, timeout=60)
        tap.check(done.stdout == "201", "curl posts a report as Postfix's reporter does", done.stdout)
    else:
        tap.skip("curl posts a report as Postfix's reporter does", "there is no curl")
        fetch(port, "/report", zipped, GZIP)
    cases = [
        ("gzip as gzip", zipped, GZIP, 201),
        ("JSON", report("posted"), JSON, 201),
        ("gzip as JSON with a content coding", zipped, dict(JSON, **{"Content-Encoding": "gzip"}), 201),
        ("JSON without a type", report("posted"), {"Content-Type": ""}, 201),
        ("JSON as a form, as curl says by itself", report("posted"), {"Content-Type": "application/x-www-form-urlencoded"}, 201),
        ("rubbish that claims to be a report", b"rubbish", JSON, 201),
        ("rubbish that claims nothing", b"rubbish", {"Content-Type": "text/plain"}, 415),
        ("a form", b"--x\r\n\r\n{}\r\n--x--", {"Content-Type": "multipart/form-data; boundary=x"}, 415),
        ("brotli", b"{}", dict(JSON, **{"Content-Encoding": "br"}), 415),
        ("two layers", b"{}", dict(JSON, **{"Content-Encoding": "gzip, gzip"}), 415),
        ("nothing", b"", JSON, 400),
    ]
    for name, body, headers, want in cases:
        status, _, text = fetch(port, "/report", body, headers, "POST")
        tap.check(status == want and "<" not in text, f"POST of {name} is answered {want}", status, text)
    wait_until(lambda: len(kept(server)) == 7)
    tap.check([k[1:] for k in kept(server)] == [(1, 0, 0)] + [(0, 1, 0)] * 5 + [(0, 0, 1)],
              "the same report by POST in six forms is stored once, and the rubbish is in quarantine", kept(server))
    big = 25 * 1024 * 1024
    got = raw(port, b"POST /report HTTP/1.1\r\nHost: x\r\nContent-Type: application/tlsrpt+json\r\nContent-Length: %d\r\n\r\n" % (big + 1))
    tap.check(got.startswith(b"HTTP/1.1 413"), "a report over 25 MiB is refused before it is sent", got[:100])
    status, _, _ = fetch(port, "/report", b" " * big, JSON, "POST")
    tap.check(status == 201, "one of exactly 25 MiB is taken", status)
    wait_until(lambda: len(kept(server)) == 8)
    before = len(kept(server))
    with socket.create_connection(("127.0.0.1", port)) as s:
        s.sendall(b"POST /report HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{}")
    time.sleep(0.3)
    tap.check(len(kept(server)) == before, "a POST that is cut is not kept")


def routes(port):
    cases = [("/", "GET", 200), ("/results", "GET", 200), ("/sources", "GET", 200), ("/sources?by=network", "GET", 200),
             ("/reports", "GET", 200), ("/reports/1", "GET", 200), ("/style.css", "GET", 200), ("/healthz", "GET", 200),
             ("/readyz", "GET", 200), ("/", "HEAD", 200), ("/reports/999999", "GET", 404), ("/reports/x", "GET", 404),
             ("/issues", "GET", 200), ("/issues/TI-9999", "GET", 404), ("/issues/x", "GET", 404), ("/issues", "POST", 405), ("/reports/1/", "GET", 404), ("/nope", "GET", 404), ("/%2e%2e/etc/passwd", "GET", 404), ("//", "GET", 404),
             ("/results/", "GET", 404), ("/report/guessed", "POST", 404), ("/report", "GET", 405), ("/results", "POST", 405),
             ("/", "DELETE", 405), ("/", "TRACE", 405), ("/report", "PUT", 405), ("/results?since=soon", "GET", 400),
             ("/sources?by=colour", "GET", 400), ("/results?since=2026-03-01&until=2026-03-03", "GET", 200)]
    bad = []
    for path, method, want in cases:
        status, headers, text = fetch(port, path, b"{}" if method in ("POST", "PUT") else None, None, method)
        if status != want or (status == 405 and not headers.get("Allow")):
            bad.append((path, method, status, want))
        csp = headers.get("Content-Security-Policy", "")
        if not csp.startswith("default-src 'none';") or headers.get("X-Content-Type-Options") != "nosniff" or \
                headers.get("Referrer-Policy") != "no-referrer" or "frame-ancestors 'none'" not in csp:
            bad.append((path, method, "headers"))
        if "<script" in text or "javascript:" in text:
            bad.append((path, method, "script"))
    tap.check(not bad, "every path and method has its answer, and every answer the headers that protect", bad)
    text = fetch(port, "/reports?since=2026-03-01&until=2026-03-03")[2]
    tap.check("Reporter Example" in text and "/reports/" in text, "the report that was posted stands in the list", text[-800:])
    text = fetch(port, "/results?since=2026-03-01&until=2026-03-03")[2]
    tap.check("certificate-expired" in text, "and its failures stand in the results", text[-800:])


def languages(port):
    """Readers of five languages at the same time, each with pages of its own."""
    words = {"en": "Overview", "de": "Übersicht", "fr": "Vue d&#39;ensemble", "pl": "Przegląd", "pt": "Visão geral"}

    def read(tag):
        header = {} if tag == "en" else {"Accept-Language": f"xx, {tag}-XX;q=0.9, en;q=0.1"}
        return tag, fetch(port, "/", headers=header)[2]

    with concurrent.futures.ThreadPoolExecutor(10) as pool:
        pages = list(pool.map(read, sorted(words) * 20))
    wrong = {tag: text[:300] for tag, text in pages
             if f'<html lang="{tag}">' not in text or not any(w in text for w in (words[tag], words[tag].replace("&#39;", "'")))}
    tap.check(not wrong, "each reader gets pages in the language of the browser, also at the same time", wrong)


def hostile_text(server, port):
    nasty = '<script>alert(1)</script>"\'&\u202e'
    status, _, _ = fetch(port, "/report", report(nasty, domain="evil.example").replace(b"Reporter Example", nasty.encode()), JSON, "POST")
    bad = []
    for path in ("/", "/reports?since=2026-03-01", "/sources?since=2026-03-01", "/reports/2", "/reports?domain=<script>alert(1)</script>",
                 "/%3Cscript%3Ealert(1)", "/results?reporter=%22%3E%3Cscript%3Ealert(1)%3C/script%3E"):
        text = fetch(port, path.replace("<", "%3C").replace(">", "%3E"))[2]
        if "<script" in text or "\u202e" in text:
            bad.append(path)
    tap.check(status == 201 and not bad, "what a stranger wrote stands in no page as markup", status, bad)


def bad_requests(port):
    cases = [
        b"POST /report HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST /report HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"".join(b"X-%d: %s\r\n" % (i, b"x" * 100) for i in range(400)) + b"\r\n",
        b"GET /" + b"a" * 60000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 200 + b"\r\n\r\n",
    ]
    bad = []
    for case in cases:
        got = raw(port, case)
        if got and not got.startswith((b"HTTP/1.1 4", b"HTTP/1.1 5", b"HTTP/1.0 4")) or b"alive" in got:
            bad.append((case[:60], got[:100]))
    tap.check(not bad and fetch(port, "/healthz")[0] == 200, "requests that could be read in two ways are refused", bad)


def slow_and_many(port):
    sockets = [socket.create_connection(("127.0.0.1", port), 20) for _ in range(200)]
    for s in sockets:
        s.sendall(b"GET / HTTP/1.1\r\nX-Slow: ")
    started = time.monotonic()
    status = fetch(port, "/healthz")[0]
    took = time.monotonic() - started
    tap.check(status == 200 and took < 2, "200 clients that never finish their headers hold up nobody", status, took)
    ended = 0
    deadline = time.monotonic() + 14
    for s in sockets:
        try:
            s.settimeout(max(0.1, deadline - time.monotonic()))
            while s.recv(1000):
                pass
            ended += 1
        except ConnectionError:
            ended += 1
        except OSError:
            pass
        s.close()
    tap.check(ended == 200, "and they are ended after ten seconds", ended)
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        codes = list(pool.map(lambda n: fetch(port, "/report", report(f"many-{n}"), JSON, "POST")[0], range(400)))
    tap.check(set(codes) == {201}, "400 reports at the same time are all kept", set(codes))


def without_store(server, port):
    server.kill("keep")
    codes = [fetch(port, "/report", report(f"after-{n}"), JSON, "POST") for n in range(3)]
    for status, headers, _ in codes:
        if status == 503 and not headers.get("Retry-After"):
            tap.check(False, "503 says when to come again")
    good = all(status in (201, 503) for status, _, _ in codes)
    back = wait_until(lambda: fetch(port, "/report", report("back"), JSON, "POST")[0] == 201, 5)
    tap.check(good and back, "without a store a POST is answered 503 or waits, and then it is taken again", [c[0] for c in codes])
    tap.check(wait_until(lambda: fetch(port, "/readyz")[0] == 200, 5), "readyz says so")


def drained(server, port):
    s = socket.create_connection(("127.0.0.1", port), 20)
    s.sendall(b"POST /report HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{")
    time.sleep(0.2)
    server.process.send_signal(signal.SIGTERM)
    time.sleep(0.2)
    s.sendall(b"}")
    got = s.recv(1000)
    s.close()
    tap.check(got.startswith(b"HTTP/1.1 201"), "a POST under way is answered before the server ends", got[:100])
    tap.check(server.stop() == 0, "the server ends by itself")


def main():
    with tempfile.TemporaryDirectory() as folder:
        server = Server(folder, 'trust { unsigned = "count" }\n')
        port = server.port("http")
        try:
            posting(server, port)
            routes(port)
            languages(port)
            hostile_text(server, port)
            bad_requests(port)
            slow_and_many(port)
            without_store(server, port)
            drained(server, port)
        finally:
            server.stop()
    return tap.end()


sys.exit(main())
