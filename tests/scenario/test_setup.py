#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""The set-up guide by the API: what each resolver sees, the proof, the test report; two tenants, and a DNS that does not answer."""
import contextlib
import http.client
import json
import os
import re
import shutil
import sys
import tempfile
import time

import dns_world
from house import Server, Tap, run
from mail_world import Certificates, Listener, context, front
from openapi_check import Contract

tap = Tap()
contract = Contract()
broken = []
session = {}
DOMAIN, HOST = "new.example", "reports.example"


def ask(server, method, path, body=None, expected=200):
    connection = http.client.HTTPConnection("127.0.0.1", server.port("http"), timeout=30)
    headers = {"Host": server.url.removeprefix("https://"), "Origin": server.url}
    headers.update(session)
    if method == "POST":
        headers["Content-Type"] = "application/json"
    try:
        connection.request(method, "/api/v1" + path, None if method != "POST" else json.dumps(body or {}), headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        value = json.loads(text)
        if answer.getheader("Set-Cookie"):
            session.update({"Cookie": answer.getheader("Set-Cookie").split(";")[0], "X-CSRF-Token": value["csrf_token"]})
        if answer.status == expected:
            operation = contract.find(path, method.lower())
            broken.extend(f"{method} {path}: {fault}" for fault in contract.faults(contract.schema(operation, expected, "application/json"), value))
        return answer.status, value
    finally:
        connection.close()


def sign_in(server):
    link = re.search(r"/welcome#(\w{32})", "".join(server.log)).group(1)
    return ask(server, "POST", "/links/use", {"link": link, "name": "admin", "password": "nine horses in a boat"})[0]


def errand(server, what, domain=DOMAIN, **body):
    """Starts one and waits for its end; the whole state then."""
    path = f"/domains/{domain}/setup"
    status, state = ask(server, "POST", f"{path}/{what}", body, 202)
    until = time.monotonic() + 90
    while status in (200, 202) and state[what]["state"] == "running" and time.monotonic() < until:
        time.sleep(0.2)
        status, state = ask(server, "GET", path)
    return status, state


def records(*uris):
    return [("TXT", "v=TLSRPTv1; rua=" + ",".join(uris))]


def seen(state):
    return [(one["state"], one["rua"]) for one in state["watch"]["resolvers"]]


def guide(server, dns, slow):
    tap.check(sign_in(server) == 200, "somebody signs in")
    tap.check(ask(server, "GET", f"/domains/{DOMAIN}/setup")[0] == 404, "a domain that nobody listed has no guide")
    tap.check(ask(server, "POST", "/domains", {"domain": DOMAIN}, 201)[0] == 201, "it is listed by the web")
    status, state = ask(server, "GET", f"/domains/{DOMAIN}/setup")
    tap.check(status == 200 and state["proof"] == "unproven" and state["watch"]["state"] == "none" and
              state["mail"].endswith(f"@{HOST}") and "/report/" in state["https"], "and has its addresses, and nothing else yet", state)
    _, state = errand(server, "watch")
    tap.check(seen(state) == [("other", ["mailto:ops@new.example"])] * 2 and not state["watch"]["seen"] and state["proof"] == "unproven",
              "what is published is shown, so that it can be kept", state)
    dns["_smtp._tls.new.example"] = records(state["mail"], "mailto:ops@new.example")
    _, state = errand(server, "watch")
    tap.check([one["state"] for one in state["watch"]["resolvers"]] == ["seen", "other"] and not state["watch"]["seen"],
              "a resolver that still has the old one is named", state)
    tap.check(state["proof"] == "record", "the record that names its own address proves the domain", state)
    slow["_smtp._tls.new.example"] = records(state["mail"]) * 2
    _, state = errand(server, "watch")
    tap.check(state["watch"]["resolvers"][1]["state"] == "faulty" and state["watch"]["resolvers"][1]["sentence"],
              "two records are none, in words", state)
    slow["_smtp._tls.new.example"] = None
    _, state = errand(server, "watch")
    tap.check([one["state"] for one in state["watch"]["resolvers"]] == ["seen", "no-answer"] and state["proof"] == "record",
              "what cannot be told is not taken for missing", state)
    slow["_smtp._tls.new.example"] = records(state["mail"], "mailto:ops@new.example")
    _, state = errand(server, "watch")
    tap.check(state["watch"]["seen"], "once each resolver sees it, it is seen", state)
    audit = ask(server, "GET", "/audit")[1]["audit"]
    proof = [row for row in audit if row["action"] == "domain-prove"]
    tap.check(len(proof) == 1 and proof[0]["object"] == f"domain {DOMAIN}", "the proof stands in the audit log, once", audit)


def tests(server, dns, slow):
    _, state = errand(server, "test")
    until = time.monotonic() + 30
    while not all(one["came"] for one in state["test"]["addresses"]) and time.monotonic() < until:
        time.sleep(0.2)
        _, state = ask(server, "GET", f"/domains/{DOMAIN}/setup")
    tap.check([(one["address"], one["result"], one["came"]) for one in state["test"]["addresses"]] == [(state["mail"], "taken", True)],
              "a test report goes by mail, and comes in", state)
    _, state = errand(server, "test", by="both")
    until = time.monotonic() + 30
    while not all(one["came"] for one in state["test"]["addresses"]) and time.monotonic() < until:
        time.sleep(0.2)
        _, state = ask(server, "GET", f"/domains/{DOMAIN}/setup")
    tap.check([(one["result"], one["came"]) for one in state["test"]["addresses"]] == [("taken", True)] * 2, "and by HTTPS too", state)
    for world in (dns, slow):
        world[HOST] = [("MX", f"10 nowhere.{HOST}")]
    _, state = errand(server, "test")
    one = state["test"]["addresses"][0]
    tap.check(one["result"] == "no-way" and one["reason"] and not one["came"], "where no way leads, that is said", state)
    tap.check(ask(server, "POST", f"/domains/{DOMAIN}/setup/test", {"by": "pigeon"})[0] == 400 and
              ask(server, "POST", f"/domains/{DOMAIN}/setup/watch", {"bye": "mail"})[0] == 400, "nonsense is refused")


def death(server, dns):
    dns["_smtp._tls.slow.example"] = None
    ask(server, "POST", "/domains", {"domain": "slow.example"}, 201)
    ask(server, "POST", "/domains/slow.example/setup/watch", {}, 202)
    server.kill("reach")
    until = time.monotonic() + 30
    state = {"watch": {"state": "running"}}
    while state["watch"]["state"] == "running" and time.monotonic() < until:
        time.sleep(0.2)
        _, state = ask(server, "GET", "/domains/slow.example/setup")
    tap.check(state["watch"]["state"] in ("failed", "done"), "an errand whose part of the server dies comes to an end", state)
    _, state = errand(server, "watch")
    tap.check(state["watch"]["state"] == "done" and state["watch"]["seen"], "and the next one runs", state)


def tenants(server, dns, slow):
    for name in ("acme", "beta"):
        run("tenant", "add", name, "--store", server.store, "-c", server.config)
    code, out, err = run("domain", "add", "acme.example", "--tenant", "acme", "--store", server.store, "-c", server.config)
    _, state = errand(server, "watch", "acme.example")
    tap.check(code == 0 and state["proof"] == "unproven" and [one["state"] for one in state["watch"]["resolvers"]] == ["not-there"] * 2,
              "also where nothing else is looked at before it is proven", state, out, err)
    for world in (dns, slow):
        world["_mailseal.acme.example"] = [("TXT", state["verification"])]
    _, state = errand(server, "watch", "acme.example")
    tap.check(state["proof"] == "nonce" and not state["watch"]["seen"], "the nonce proves it without the record", state)


@contextlib.contextmanager
def world(folder, has_url):
    """A server, its two resolvers, and the way of reports to it; `has_url`: it knows its own address of the web."""
    with dns_world.ChangingWorld(folder) as dns, dns_world.ChangingWorld(folder) as slow:
        certificates = Certificates(folder)
        https_port, smtp_port = dns_world.free_port(), dns_world.free_port()
        os.mkdir(f"{folder}/state")
        for one in (dns, slow):
            one[DOMAIN] = [("MX", "10 mx.new.example")]
            one[f"_smtp._tls.{DOMAIN}"] = records("mailto:ops@new.example")
            one[HOST] = [("MX", f"10 mail.{HOST}"), ("A", "127.0.6.3")]
            one[f"mail.{HOST}"] = [("A", "127.0.0.1")]
        url = f"https://{HOST}:{https_port}"
        server = Server(f"{folder}/state", f'report {{ addresses = {{"tls-reports@{HOST}"}} }}\n'
                                           + (f'web {{ url = "{url}" }}\n' if has_url else "") +
                                           f'smtp {{ listen = {{"127.0.0.1:{smtp_port}"}} }}\n'
                                           f'look {{ local = yes\n ca_file = "{certificates.path("ca.pem")}"\n smtp_port = {smtp_port}\n'
                                           f' https_port = {https_port}\n interval = 0 }}\n'
                                           f'dns {{ trust_anchor = "{dns.anchor}"\n timeout = 3\n resolvers = {{"{dns.resolver}", "{slow.resolver}"}} }}\n')
        server.url = url
        listener = Listener("127.0.6.3", https_port, front(context(*certificates.make(HOST)), lambda: server.port("http")))
        try:
            yield server, dns, slow
        finally:
            server.stop()
            listener.close()


def main():
    if not shutil.which("certtool"):
        tap.skip("the guide leads through the set-up by the web", "certtool is not there")
        return tap.end()
    with tempfile.TemporaryDirectory(prefix="mailseal-setup-") as folder, world(folder, True) as (server, dns, slow):
        guide(server, dns, slow)
        tests(server, dns, slow)
        death(server, dns)
        tenants(server, dns, slow)
        tap.check(not broken, "every answer is as docs/openapi.yaml has it", *broken)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
