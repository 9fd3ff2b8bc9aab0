# SPDX-License-Identifier: ISC
"""A provider of OpenID Connect that does as it is told: right, or wrong in one way."""
import base64
import hashlib
import hmac
import http.server
import json
import os
import secrets
import subprocess
import threading
import time
import urllib.parse

CLIENT, SECRET = "mailseal", "s3cret/with+signs"


def b64(data):
    return base64.urlsafe_b64encode(data if isinstance(data, bytes) else json.dumps(data).encode()).decode().rstrip("=")


class Key:
    """An RSA key, made by openssl."""

    def __init__(self, folder, name):
        self.path, self.kid = os.path.join(folder, name + ".pem"), name
        self._run("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", self.path)
        modulus = self._run("rsa", "-in", self.path, "-noout", "-modulus").decode().strip().split("=")[1]
        self.jwk = {"kty": "RSA", "kid": name, "use": "sig", "n": b64(bytes.fromhex(modulus)), "e": "AQAB"}
        self.public = self._run("rsa", "-in", self.path, "-pubout")

    @staticmethod
    def _run(*args, data=b""):
        return subprocess.run(["openssl", *args], input=data, capture_output=True, check=True).stdout

    def sign(self, text):
        return self._run("dgst", "-sha256", "-sign", self.path, data=text.encode())


class Provider:
    """On loopback, without TLS.  `how` holds what is to be wrong."""

    def __init__(self, folder, name):
        self.key, self.other = Key(folder, name + "-1"), Key(folder, name + "-2")
        self.codes, self.how, self.asked, self.forms = {}, {}, [], []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_GET(self):
                outer.answer(self, None)

            def do_POST(self):
                outer.answer(self, self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    # --- what it answers ---

    def answer(self, request, form):
        path = request.path.split("?")[0]
        self.asked.append(path)
        time.sleep(self.how.get("slow " + path, 0))
        status, value = {"/.well-known/openid-configuration": self.describe, "/jwks": self.keys}.get(
            path, lambda: self.token(request, form))()
        data = value if isinstance(value, bytes) else json.dumps(value).encode()
        try:
            request.send_response(status)
            if status == 302:
                request.send_header("Location", self.issuer + "/elsewhere")
            request.send_header("Content-Type", "application/json")
            request.send_header("Content-Length", str(len(data)))
            request.end_headers()
            request.wfile.write(data)
        except OSError:
            pass  # who asked has gone

    def describe(self):
        value = {"issuer": self.issuer, "authorization_endpoint": self.issuer + "/authorize?kind=1",
                 "token_endpoint": self.issuer + "/token", "jwks_uri": self.issuer + "/jwks", **self.how.get("describe", {})}
        return (302, {}) if self.how.get("redirect") else (200, value)

    def keys(self):
        keys = [self.key.jwk, *self.how.get("more keys", [])]
        return 200, {"keys": keys, **({"padding": "x" * 200_000} if self.how.get("huge keys") else {})}

    def token(self, request, form):
        fields = {name: value[0] for name, value in urllib.parse.parse_qs(form or "").items()}
        basic = request.headers.get("Authorization", "")
        self.forms.append((fields, basic))
        if "token says" in self.how:
            return self.how["token says"]
        pair = base64.b64encode(f"{urllib.parse.quote(CLIENT, '')}:{urllib.parse.quote(SECRET, '')}".encode()).decode()
        if basic != "Basic " + pair:
            return 401, {"error": "invalid_client"}
        code = self.codes.pop(fields.get("code"), None)
        verifier = b64(hashlib.sha256(fields.get("code_verifier", "").encode()).digest())
        if code is None or verifier != code["challenge"] or fields.get("redirect_uri") != code["redirect"] or \
                fields.get("grant_type") != "authorization_code":
            return 400, {"error": "invalid_grant"}
        return 200, {"access_token": "access", "token_type": "Bearer", "id_token": self.id_token(code)}

    def id_token(self, code):
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "nonce": code["nonce"], "iat": now, "exp": now + 300, **code["claims"],
                  **self.how.get("claims", {})}
        header = {"alg": "RS256", "kid": self.key.kid, **self.how.get("header", {})}
        text = b64(header) + "." + self.how.get("raw claims", b64)(claims)
        signer = self.other if self.how.get("other key") else self.key
        if header["alg"] == "none":
            return text + "."
        if header["alg"] == "HS256":
            return text + "." + b64(hmac.new(self.key.public, text.encode(), hashlib.sha256).digest())
        return text + "." + b64(signer.sign(text))

    # --- its sign-in page, without the page ---

    def let_in(self, url, **claims):
        """Query parameters of the way back from the URL that the browser was sent to."""
        asked = {name: value[0] for name, value in urllib.parse.parse_qs(urllib.parse.urlsplit(url).query).items()}
        code = secrets.token_urlsafe(16)
        self.codes[code] = {"nonce": asked["nonce"], "challenge": asked["code_challenge"], "redirect": asked["redirect_uri"], "claims": claims}
        return asked, {"code": code, "state": asked["state"]}
