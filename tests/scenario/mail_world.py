"""Mail servers and policy hosts on loopback, each with one fault, for scenarios: certificates, SMTP, HTTPS."""
import hashlib
import http.client
import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading


def certtool(*args, **kw):
    return subprocess.run(["certtool", *args], check=True, capture_output=True, **kw).stdout


class Certificates:
    """A small authority.  make() gives the paths (chain, key) of a certificate with the wished fault."""

    def __init__(self, folder):
        self.folder = folder
        self.made = {}
        self.ca = self._root("ca", "Test Authority")
        self.other = self._root("other", "Another Authority")
        self.middle = self._signed("middle", "Test Intermediate", self.ca, ["ca", "cert_signing_key"])

    def path(self, name):
        return os.path.join(self.folder, name)

    def _key(self, name, bits=None):
        kind = ["--key-type=rsa", f"--bits={bits}"] if bits else ["--key-type=ecdsa", "--curve=secp256r1"]
        certtool("--generate-privkey", *kind, "--outfile", self.path(name + ".key"))
        return self.path(name + ".key")

    def _template(self, name, lines):
        with open(self.path(name + ".tmpl"), "w") as out:
            out.write("\n".join(lines) + "\n")
        return self.path(name + ".tmpl")

    def _root(self, name, cn):
        key = self._key(name)
        template = self._template(name, [f'cn = "{cn}"', "ca", "cert_signing_key", "expiration_days = 3650"])
        certtool("--generate-self-signed", "--load-privkey", key, "--template", template, "--outfile",
                 self.path(name + ".pem"))
        return name

    def _signed(self, name, cn, authority, lines, bits=None, dates=("expiration_days = 300",), extra=()):
        key = self._key(name, bits)
        template = self._template(name, [f'cn = "{cn}"', *lines, *dates, *extra])
        certtool("--generate-certificate", "--load-privkey", key, "--load-ca-certificate", self.path(authority + ".pem"),
                 "--load-ca-privkey", self.path(authority + ".key"), "--template", template, "--outfile",
                 self.path(name + ".pem"))
        return name

    def make(self, host, fault="good"):
        name = f"{host}-{fault}"
        if name in self.made:
            return self.made[name]
        lines = ["tls_www_server", "signing_key", f'dns_name = "{"elsewhere.example" if fault == "name" else host}"']
        dates = {"expired": ['activation_date = "2020-01-01 00:00:00"', 'expiration_date = "2021-01-01 00:00:00"'],
                 "early": ['activation_date = "2099-01-01 00:00:00"', 'expiration_date = "2099-12-01 00:00:00"'],
                 "soon": ["expiration_days = 6"]}.get(fault, ["expiration_days = 300"])
        authority = {"unknown": self.other, "incomplete": self.middle}.get(fault, self.ca)
        extra = ['ca_issuers_uri = "http://ca.example/middle.crt"'] if fault == "incomplete" else []
        if fault == "self":
            key = self._key(name)
            template = self._template(name, [f'cn = "{host}"', *lines, *dates])
            certtool("--generate-self-signed", "--load-privkey", key, "--template", template, "--outfile",
                     self.path(name + ".pem"))
        else:
            self._signed(name, host, authority, lines, 1024 if fault == "weak" else None, dates, extra)
        chain = open(self.path(name + ".pem")).read()
        if fault == "anchor":
            chain += open(self.path(self.ca + ".pem")).read()
        with open(self.path(name + ".chain"), "w") as out:
            out.write(chain)
        self.made[name] = (self.path(name + ".chain"), self.path(name + ".key"))
        return self.made[name]

    def spki_sha256(self, pem):
        der = subprocess.run("openssl x509 -in '%s' -noout -pubkey | openssl pkey -pubin -outform DER" % pem, shell=True,
                             check=True, capture_output=True).stdout
        return hashlib.sha256(der).hexdigest()

    def cert_sha256(self, pem):
        der = subprocess.run(["openssl", "x509", "-in", pem, "-outform", "DER"], check=True, capture_output=True).stdout
        return hashlib.sha256(der).hexdigest()


class Listener:
    """One listening socket and a thread; `serve(connection)` is called for each client, one after the other."""

    def __init__(self, address, port, serve):
        self.serve = serve
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind((address, port))
        self.socket.listen(16)
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            try:
                connection.settimeout(10)
                self.serve(connection)
            except (OSError, ValueError):
                pass
            finally:
                connection.close()

    def close(self):
        try:
            self.socket.shutdown(socket.SHUT_RDWR)  # wakes the thread, which holds the socket while it waits
        except OSError:
            pass
        self.socket.close()


def context(chain, key, old=False):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.set_ciphers("ALL:@SECLEVEL=0")
    made.load_cert_chain(chain, key)
    if old:
        made.minimum_version = made.maximum_version = ssl.TLSVersion.TLSv1
    return made


def read_line(connection):
    line = b""
    while not line.endswith(b"\n") and len(line) < 4096:
        byte = connection.recv(1)
        if not byte:
            return b""
        line += byte
    return line.strip()


def smtp(tls=None, banner=b"220 mx ESMTP", starttls=b"220 go on", offer=True, behind=b"", close=False):
    def serve(connection):
        connection.sendall(banner + b"\r\n")
        while True:
            line = read_line(connection).upper()
            if line.startswith(b"EHLO"):
                connection.sendall(b"250-mx\r\n250-SIZE 1000\r\n" + (b"250-STARTTLS\r\n" if offer else b"") + b"250 HELP\r\n")
            elif line == b"STARTTLS":
                connection.sendall(starttls + b"\r\n" + behind)
                if not starttls.startswith(b"220") or behind:
                    continue
                if close:
                    return
                with tls.wrap_socket(connection, server_side=True) as secured:
                    secured.recv(1)
                return
            elif line == b"QUIT" or not line:
                return
    return serve


def https(tls, body, status="200 OK", headers="Content-Type: text/plain"):
    def serve(connection):
        with tls.wrap_socket(connection, server_side=True) as secured:
            request = read_line(secured)
            while request and read_line(secured):
                pass
            if not request:
                return
            data = body if isinstance(body, bytes) else body.encode()
            secured.sendall(f"HTTP/1.1 {status}\r\n{headers}\r\nContent-Length: {len(data)}\r\nConnection: close\r\n\r\n"
                            .encode() + data)
    return serve


def ask(port, path, host=None, method="GET", data=None, **headers):
    """Status, headers, body: with the Host that is wanted."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.putrequest(method, path, skip_host=True)
    if host is not None:
        connection.putheader("Host", host.encode() if isinstance(host, str) else host)
    for name, value in headers.items():
        connection.putheader(name.replace("_", "-"), value)
    if data is not None:
        connection.putheader("Content-Length", str(len(data)))
    connection.endheaders(data)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, dict(answer.getheaders()), body


def front(tls, port):
    """A policy host with a certificate that hands on to mailseal, as Caddy and nginx do."""
    def serve(connection):
        with tls.wrap_socket(connection, server_side=True) as secured:
            request, head = read_line(secured), {}
            while line := read_line(secured):
                name, _, value = line.decode().partition(":")
                head[name.lower()] = value.strip()
            if not request:
                return
            data = None
            if request.startswith(b"POST"):
                data = b""
                while len(data) < int(head["content-length"]):
                    data += secured.recv(65536)
            more = {"Content_Type": head["content-type"]} if data else {}
            status, _, body = ask(port(), request.split()[1].decode(), head.get("host", ""), request.split()[0].decode(), data, **more)
            secured.sendall(f"HTTP/1.1 {status} X\r\nContent-Type: text/plain\r\nContent-Length: {len(body)}\r\n"
                            "Connection: close\r\n\r\n".encode() + body)
    return serve


class Folder:
    def __enter__(self):
        self.path = tempfile.mkdtemp(prefix="mailseal-world-")
        return self.path

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)
