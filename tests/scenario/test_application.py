#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""The web application out of the program: its page under every path of its own, its files in the form that the reader takes, a
path of its own behind a proxy, and the plain pages beside it."""
import gzip
import os
import re
import socket
import sys
import tempfile

from house import TOP, Server, Tap, report, run

tap = Tap()
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


def get(port, path, headers=None, method="GET"):
    """Status, headers in lower case, bytes."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: localhost:{port}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    with socket.create_connection(("127.0.0.1", port), 15) as s:
        s.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        got = b""
        while piece := s.recv(65536):
            got += piece
    head, _, body = got.partition(b"\r\n\r\n")
    fields = {}
    for line in head.decode().split("\r\n")[1:]:
        name, _, value = line.partition(": ")
        fields.setdefault(name.lower(), value)
    return int(head[9:12]), fields, body


def page(port):
    wrong = []
    for path in ("/", "/issues", "/issues/TI-1001", "/domains/example.com/policy", "/reports", "/reports/1", "/results?domain=x",
                 "/tools/check", "/anything/at/all"):
        status, fields, body = get(port, path, BROWSER)
        policy = fields.get("content-security-policy", "")
        if status != 200 or b'<div id="app">' not in body or fields.get("cache-control") != "no-cache" or not fields.get("etag") or \
                "require-trusted-types-for 'script'" not in policy:
            wrong.append((path, status, fields))
        if "unsafe" in policy or "accept" not in fields.get("vary", "").lower():
            wrong.append((path, policy))
    tap.check(not wrong, "a browser gets the application under every path of a screen", *wrong[:3])
    tag = get(port, "/", BROWSER)[1]["etag"]
    status, _, body = get(port, "/issues", dict(BROWSER, **{"If-None-Match": tag}))
    tap.check(status == 304 and not body, "its page is sent again only when it has changed", status)
    status, fields, body = get(port, "/", BROWSER, "HEAD")
    tap.check(status == 200 and not body and fields.get("content-type", "").startswith("text/html"), "HEAD gives its headers alone", status)
    for path, want in (("/api/v1/nope", 404), ("/assets/nope.js", 404), ("/assets/../index.html", 404), ("/assets/", 404)):
        status, _, body = get(port, path, BROWSER)
        tap.check(status == want and b'<div id="app">' not in body, f"{path} is {want} and never the page", status)
    status, _, body = get(port, "/", dict(BROWSER, Host="x"))
    tap.check(status in (400, 421), "not under a Host that is not ours", status)


def files(port):
    names = sorted(set(re.findall(rb'(?:src|href)="\./(assets/[^"]+)"', get(port, "/", BROWSER)[2])))
    wrong, sent = [], 0
    for name in names:
        path = "/" + name.decode()
        with open(f"{TOP}/ui/dist/{name.decode()}", "rb") as f:
            data = f.read()
        status, fields, body = get(port, path)
        if status != 200 or body != data or "immutable" not in fields["cache-control"] or not fields["etag"]:
            wrong.append((path, status, fields))
        status, fields, body = get(port, path, {"Accept-Encoding": "gzip"})
        if status != 200 or fields.get("content-encoding") != "gzip" or gzip.decompress(body) != data:
            wrong.append((path, "gzip", status, fields))
        sent += len(body)
        status, fields, small = get(port, path, {"Accept-Encoding": "gzip, deflate, br"})
        if fields.get("content-encoding") not in ("br", "gzip") or len(small) > len(body):
            wrong.append((path, "br", fields))
        status, fields, body = get(port, path, {"Accept-Encoding": "br;q=0, gzip;q=0"})
        if "content-encoding" in fields or body != data:
            wrong.append((path, "refused", fields))
        if get(port, path, {"If-None-Match": get(port, path)[1]["etag"]})[0] != 304:
            wrong.append((path, "tag"))
        want = "text/javascript" if path.endswith(".js") else "text/css"
        if not get(port, path)[1]["content-type"].startswith(want) or "accept-encoding" not in fields.get("vary", "").lower():
            wrong.append((path, "type", fields))
    tap.check(len(names) >= 2 and not wrong, "its files come as they are, or smaller for who takes that, and may be kept for ever",
              *wrong[:4])


def plain(port):
    wrong = []
    for path, word in (("/plain/", "<h1"), ("/plain/results", "certificate-expired"), ("/plain/reports", "Reporter Example"),
                       ("/plain/reports/1", "Reporter Example"), ("/reports/1/print", "Reporter Example"), ("/plain/issues", "<h1")):
        status, fields, body = get(port, path, BROWSER)
        text = body.decode()
        if status != 200 or word not in text or "<script" in text or 'id="app"' in text:
            wrong.append((path, status, text[:200]))
        if path.startswith("/plain") and re.search(r'href="/(?!plain/)', text):
            wrong.append((path, re.findall(r'href="/(?!plain/)[^"]*"', text)[:3]))
    tap.check(not wrong, "the plain pages stand below /plain/, and lead to one another", *wrong[:3])
    status, fields, body = get(port, "/plain/style.css", BROWSER)
    tap.check(status == 200 and fields["content-type"].startswith("text/css") and body, "with their style", status)
    status, _, body = get(port, "/", BROWSER)
    tap.check(b'<noscript><p><a href="/plain/">' in body, "the application shows the way there where there is no JavaScript")
    status, _, body = get(port, "/results", {"Accept": "*/*"})
    tap.check(status == 200 and b"certificate-expired" in body and b'id="app"' not in body,
              "who does not ask for a browser's page gets the readable one, as before", status)
    for path in ("/plain/api/v1/meta", "/plain/healthz", "/plain/assets/x.js", "/plain/nope"):
        status = get(port, path, BROWSER)[0]
        tap.check(status == 404, f"{path} is not there", status)


def below_a_path():
    with tempfile.TemporaryDirectory(prefix="mailseal-base-") as folder:
        server = Server(folder, 'report { addresses = {"tls@example.com"} }\nhttp { base = "/tls/mailseal" }\n')
        try:
            port = server.port("http")
            status, _, body = get(port, "/tls/mailseal/issues", BROWSER)
            tap.check(status == 200 and b'<base href="/tls/mailseal/">' in body and b'href="/tls/mailseal/plain/"' in body,
                      "below a path of a proxy that hands it on, the page knows where it is", status, body[:300])
            tap.check(get(port, "/issues", BROWSER)[2] == body, "and where the proxy takes it off")
            name = re.search(rb'src="\./(assets/[^"]+)"', body).group(1).decode()
            tap.check(get(port, f"/tls/mailseal/{name}")[0] == 200, "its files are there")
            status, fields, text = get(port, "/tls/mailseal/api/v1/meta")
            tap.check(status == 200 and b'"base":"/tls/mailseal/"' in text, "and the API", status, text)
            status, _, text = get(port, "/tls/mailseal/plain/results", BROWSER)
            tap.check(status == 200 and b'href="/tls/mailseal/plain/style.css"' in text, "and the plain pages", text[:300])
        finally:
            server.stop()


def main():
    if not os.path.isfile(f"{TOP}/ui/dist/index.html"):
        tap.skip("the application is served", "it is not built (ui/dist)")
        return tap.end()
    with tempfile.TemporaryDirectory(prefix="mailseal-app-") as folder:
        with open(f"{folder}/one.json", "wb") as f:
            f.write(report("one"))
        run("import", "--store", f"sqlite:{folder}/mailseal.db", f"{folder}/one.json")
        server = Server(folder)
        try:
            port = server.port("http")
            page(port)
            files(port)
            plain(port)
        finally:
            server.stop()
    below_a_path()
    return tap.end()


sys.exit(main())
