#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Caddy and nginx before mailseal, by the examples of packaging/: each domain's policy with a certificate of its own."""
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile

import dns_world
from house import TOP, Server, Tap, run, wait_until
from mail_world import Certificates

tap = Tap()
DOMAIN, STRANGE = "front.example", "strange.example"


def fetch(port, name, ca, path="/.well-known/mta-sts.txt"):
    """Status line and body, with SNI and Host `name`; an ssl.SSLError says why not."""
    context = ssl.create_default_context(cafile=ca)
    with socket.create_connection(("127.0.6.2", port), 20) as plain, context.wrap_socket(plain, server_hostname=name) as secured:
        secured.sendall(f"GET {path} HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n".encode())
        answer = b""
        while piece := secured.recv(65536):
            answer += piece
    head, _, body = answer.partition(b"\r\n\r\n")
    return head.split(b"\r\n")[0].decode(), head.decode(), body.decode()


class Program:
    """A server of Debian's, in a folder of its own."""

    def __init__(self, folder, *words, env=None):
        self.log = open(os.path.join(folder, "log"), "w+b")
        self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, cwd=folder,
                                        env=dict(os.environ, HOME=folder, XDG_DATA_HOME=folder, XDG_CONFIG_HOME=folder,
                                                 **(env or {})))

    def words(self):
        self.log.seek(0)
        return self.log.read().decode("utf-8", "replace")[-3000:]

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()


def takes(port):
    try:
        socket.create_connection(("127.0.6.2", port), 1).close()
        return True
    except OSError:
        return False


def check(server, dns, port, ca):
    code, out, err = run("policy", "check", DOMAIN, "--json", "--store", server.store, "--resolver", dns.resolver, "--trust-anchor",
                         dns.anchor, "--ca-file", ca, "--https-port", str(port))
    return code, json.loads(out) if out else err


def with_caddy(folder, server, dns):
    if not shutil.which("caddy"):
        tap.skip("caddy serves policies with certificates of its own", "caddy is not installed")
        return
    port, plain = dns_world.free_port(), dns_world.free_port()
    os.mkdir(f"{folder}/caddy")
    with open(f"{TOP}/packaging/examples/Caddyfile", encoding="utf-8") as f:
        text = f.read()
    text = text.replace("127.0.0.1:8460", f"127.0.0.1:{server.port('http')}")
    text = text.replace("\ton_demand_tls {", f"\tadmin off\n\tskip_install_trust\n\thttp_port {plain}\n\thttps_port {port}\n"
                                             "\tdefault_bind 127.0.6.2\n\ton_demand_tls {", 1)
    # The authority of the machine's own Caddy stands for a public one.
    text = text.replace("\t\ton_demand\n", "\t\tissuer internal\n\t\ton_demand\n").replace("tlsrpt.example.com {",
                                                                                          "tlsrpt.example.com {\n\ttls internal")
    with open(f"{folder}/caddy/Caddyfile", "w", encoding="utf-8") as f:
        f.write(text)
    caddy = Program(f"{folder}/caddy", "caddy", "run", "--config", "Caddyfile")
    ca = f"{folder}/caddy/caddy/pki/authorities/local/root.crt"
    try:
        if not tap.check(wait_until(lambda: takes(port) and os.path.exists(ca), 30), "caddy starts with the example",
                         caddy.words()):
            return
        status, head, body = fetch(port, f"mta-sts.{DOMAIN}", ca)
        tap.check(" 200 " in status and body.startswith("version: STSv1\r\nmode: testing\r\n") and
                  "Content-Type: text/plain" in head, "caddy gets a certificate when it is asked for, and serves the policy", head, body)
        _, seen = check(server, dns, port, ca)
        # The certificates of Caddy's own authority last for half a day.
        tap.check({m["state"] for m in seen["matters"]} == {"ok"} and
                  {f["code"] for f in seen["findings"]} <= {"sts-host-cert-expiring"},
                  "from outside the policy is as it should be", seen)
        tap.check(" 404 " in fetch(port, f"mta-sts.{DOMAIN}", ca, "/internal/tls-ask?domain=mta-sts." + DOMAIN)[0] and
                  " 404 " in fetch(port, f"mta-sts.{DOMAIN}", ca, "/")[0], "and nothing else of mailseal is reached there")
        refused = []
        for name in (f"mta-sts.{STRANGE}", f"www.{DOMAIN}", DOMAIN):
            try:
                fetch(port, name, ca)
            except (ssl.SSLError, ConnectionError) as error:
                refused.append(str(error))
        tap.check(len(refused) == 3, "no certificate is made for a name that mailseal does not know", refused)
    finally:
        caddy.stop()


def with_nginx(folder, server, dns):
    nginx = shutil.which("nginx") or "/usr/sbin/nginx"
    if not os.access(nginx, os.X_OK) or not shutil.which("certtool"):
        tap.skip("nginx serves policies", "nginx or certtool is not installed")
        return
    port = dns_world.free_port()
    os.mkdir(f"{folder}/nginx")
    certificates = Certificates(f"{folder}/nginx")
    with open(f"{TOP}/packaging/examples/nginx.conf", encoding="utf-8") as f:
        text = f.read()
    for name in ("tlsrpt.example.com", "mta-sts.example.com"):
        chain, key = certificates.make(name.replace("example.com", DOMAIN))
        text = text.replace(f"/etc/ssl/certs/{name}.pem", chain).replace(f"/etc/ssl/private/{name}.key", key)
    text = text.replace("example.com", DOMAIN).replace("127.0.0.1:8460", f"127.0.0.1:{server.port('http')}")
    text = re.sub(r"listen \[::\]:443[^;]*;\n", "", text).replace("listen 443 ", f"listen 127.0.6.2:{port} ")
    with open(f"{folder}/nginx/nginx.conf", "w", encoding="utf-8") as f:
        f.write(f"daemon off;\npid {folder}/nginx/pid;\nerror_log {folder}/nginx/error;\nevents {{}}\nhttp {{\naccess_log off;\n" +
                "".join(f"{kind}_temp_path {folder}/nginx/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")) +
                text + "}\n")
    tried = subprocess.run([nginx, "-t", "-c", f"{folder}/nginx/nginx.conf"], capture_output=True, text=True)
    tap.check(tried.returncode == 0, "nginx takes the example", tried.stderr)
    front = Program(f"{folder}/nginx", nginx, "-c", f"{folder}/nginx/nginx.conf")
    ca = certificates.path("ca.pem")
    try:
        wait_until(lambda: takes(port), 20)
        status, head, body = fetch(port, f"mta-sts.{DOMAIN}", ca)
        tap.check(" 200 " in status and body.startswith("version: STSv1\r\n") and "Content-Type: text/plain" in head,
                  "nginx serves the policy", head, body, front.words())
        code, seen = check(server, dns, port, ca)
        tap.check(code == 0 and seen["verdict"] == "ok", "from outside the policy is as it should be there too", seen)
        tap.check(" 404 " in fetch(port, f"tlsrpt.{DOMAIN}", ca, "/internal/tls-ask?domain=mta-sts." + DOMAIN)[0],
                  "what mailseal answers to its own machine is not reached from outside")
    finally:
        front.stop()


def main():
    with tempfile.TemporaryDirectory(prefix="mailseal-front-") as folder, dns_world.ChangingWorld(folder) as dns:
        dns[DOMAIN] = [("MX", f"10 mx.{DOMAIN}")]
        dns[f"mx.{DOMAIN}"] = [("A", "127.0.6.1")]
        dns[f"mta-sts.{DOMAIN}"] = [("A", "127.0.6.2")]
        dns[f"mta-sts.{STRANGE}"] = [("A", "127.0.6.2")]
        os.mkdir(f"{folder}/state")
        server = Server(f"{folder}/state", f'dns {{ resolvers = {{"{dns.resolver}"}}\n trust_anchor = "{dns.anchor}" }}\n'
                                           'policy { here = {"127.0.6.2"} }\n')
        try:
            run("domain", "add", DOMAIN, "--store", server.store)
            code, out, err = run("policy", "publish", DOMAIN, "--json", "--store", server.store, "--resolver", dns.resolver,
                                 "--trust-anchor", dns.anchor, "--https-port", str(dns_world.free_port()))
            dns[f"_mta-sts.{DOMAIN}"] = [("TXT", json.loads(out)["record"]["value"])]
            import doors
            may = f"/internal/tls-ask?domain=mta-sts.{DOMAIN}"
            tap.check(wait_until(lambda: doors.fetch(server.port("http"), may)[0] == 200, 20), "mailseal says yes to the name",
                      err, "".join(server.log)[-2000:])
            with_caddy(folder, server, dns)
            with_nginx(folder, server, dns)
        finally:
            server.stop()
    return tap.end()


sys.exit(main())
