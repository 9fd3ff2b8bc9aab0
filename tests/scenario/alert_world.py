# SPDX-License-Identifier: ISC
"""Where alerts go, on loopback: a submission server and web receivers that behave, and that do not."""
import base64
import hashlib
import hmac
import json
import socketserver
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Threaded(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


class MailSink:
    """A submission server; .mails holds (envelope sender, recipients, text).  `replies` overrides the answer to a word of
    the dialogue ("RCPT": "550 no"), "." is the end of the data; the value None hangs, "" closes.  `certificate`: (chain,
    key), then STARTTLS is offered; `login`: (user, password), then it is demanded."""

    def __init__(self, certificate=None, login=None):
        self.mails, self.commands, self.replies, self.release = [], [], {}, threading.Event()
        self.certificate, self.login = certificate, login
        world = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                world.talk(self.request)

        self.server = Threaded(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.release.set()
        self.server.shutdown()
        self.server.server_close()

    def _features(self, has_tls):
        lines = ["sink.example"]
        if self.certificate and not has_tls:
            lines.append("STARTTLS")
        elif self.login:
            lines.append("AUTH PLAIN")
        return "".join(f"250{'-' if n + 1 < len(lines) else ' '}{line}\r\n" for n, line in enumerate(lines))

    def _answer(self, word):
        return self.replies.get(word, {"DATA": "354 go on", "QUIT": "221 bye", "AUTH": "235 welcome"}.get(word, "250 ok"))

    def talk(self, connection):
        stream, has_tls, may_send = connection.makefile("rwb"), False, self.login is None

        def say(text):
            stream.write(text.encode() + (b"" if text.endswith("\r\n") else b"\r\n"))
            stream.flush()

        try:
            say("220 sink.example ESMTP")
            sender, recipients = None, []
            for line in iter(lambda: stream.readline(), b""):  # the stream changes with STARTTLS
                text = line.decode("ascii").rstrip("\r\n")
                word = text.split(" ")[0].upper()
                self.commands.append(text)
                answer = self._answer(word)
                if answer is None:
                    self.release.wait(60)
                    return
                if answer == "":
                    return
                if word == "EHLO":
                    say(self._features(has_tls))
                elif word == "STARTTLS":
                    say("220 go on")
                    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                    context.load_cert_chain(*self.certificate)
                    connection = context.wrap_socket(connection, server_side=True)
                    stream, has_tls = connection.makefile("rwb"), True
                elif word == "AUTH":
                    if len(text.split(" ")) < 3:  # without an initial response
                        say("334 ")
                        text = stream.readline().decode("ascii").strip()
                    given = base64.b64decode(text.split(" ")[-1]).split(b"\0")
                    may_send = (given[-2].decode(), given[-1].decode()) == self.login
                    say(answer if may_send else "535 wrong")
                elif word == "MAIL" and not may_send:
                    say("530 log in first")
                elif word == "DATA" and answer.startswith("354"):
                    say(answer)
                    data = []
                    for part in iter(stream.readline, b".\r\n"):
                        if not part:
                            return
                        data.append(part[1:] if part.startswith(b"..") else part)
                    end = self._answer(".")
                    if end is None:
                        self.release.wait(60)
                        return
                    if end.startswith("250"):
                        self.mails.append((sender, recipients, b"".join(data)))
                    say(end)
                else:
                    if word == "MAIL":
                        sender, recipients = text[5:], []
                    elif word == "RCPT":
                        recipients.append(text[5:])
                    say(answer)
                    if word == "QUIT":
                        return
        except (OSError, ValueError):
            pass


class Receiver:
    """A web server; .calls holds (method, path, headers, body).  `manner` says what it does: a status, or "hang", "slow",
    "huge", "close", "redirect"."""

    def __init__(self, manner=204):
        self.calls, self.manner, self.release = [], manner, threading.Event()
        self.retry_after = None
        world = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                world.calls.append((self.command, self.path, dict(self.headers), body))
                try:
                    world.behave(self)
                except OSError:
                    pass

            do_PUT = do_POST

            def do_GET(self):
                world.calls.append((self.command, self.path, dict(self.headers), b""))
                self.send_response(204)
                self.end_headers()

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.release.set()
        self.server.shutdown()
        self.server.server_close()

    def behave(self, request):
        manner = self.manner
        if manner == "hang":
            self.release.wait(60)
        elif manner == "close":
            request.connection.close()
        elif manner == "redirect":
            request.send_response(302)
            request.send_header("Location", self.url + "/elsewhere")
            request.end_headers()
        elif manner == "slow":
            request.wfile.write(b"HTTP/1.1 200 OK\r\n")
            while not self.release.wait(0.2):
                request.wfile.write(b"X")
                request.wfile.flush()
        elif manner == "huge":
            request.wfile.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
            while not self.release.is_set():
                request.wfile.write(b"x" * 65536)
        else:
            request.send_response(manner)
            if self.retry_after:
                request.send_header("Retry-After", str(self.retry_after))
            request.send_header("Content-Length", "0")
            request.end_headers()

    def bodies(self):
        return [json.loads(body) for _, _, _, body in self.calls]


def signature_holds(headers, body, secret):
    """The check of Standard Webhooks, as a receiver does it."""
    headers = {name.lower(): value for name, value in headers.items()}
    key = base64.b64decode(secret[len("whsec_"):])
    text = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    want = "v1," + base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
    return want in headers["webhook-signature"].split(" ") and abs(int(headers["webhook-timestamp"]) - time.time()) < 300
