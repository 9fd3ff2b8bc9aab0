#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Every role, every operation of the API, every id of another tenant: what the right does not reach is 403, what belongs to
another is not there, no answer has a byte of it, and nothing of it is changed.

The matrix is made from docs/openapi.yaml, which tests/tools/test_routes holds to facts/routes.h: a route that is in neither
fails the tests, and one whose ids are not known here fails this one."""
import json
import re
import sys
import tempfile
import time

import test_tenants as world
from house import Server, Tap, png, run
from test_accounts import NO_DNS, PASSWORD, Browser

try:
    from openapi_check import Contract
except ImportError:
    Contract = None

tap = Tap()
RIGHTS = ["public", "viewer", "operator", "admin", "site"]
# What a user does for himself, or who comes in: nobody else's things can be named there.  Their foreign ids are below.
OWN = re.compile(r"/(sign-in|sign-out|links|me)(/(?!passkeys/\{|sessions/\{|sign-ins/\{|searches/\{).*)?$")
FUTURE = "2099-01-01T00:00:00Z"
WORDS = {"domain": "b-own.example", "tenant": "b", "name": "thief", "role": "admin", "until": FUTURE, "expires_at": FUTURE, "as": "fixed",
         "decision": "trust", "colour": "#000000", "language": "de", "link": "A" * 32, "mode": "enforce"}


def value_of(name, schema):
    if "enum" in schema:
        return schema["enum"][-1]
    if name in WORDS:
        return WORDS[name]
    kind = schema.get("type", "string")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "array":
        return [value_of(name, schema["items"])]
    return {"boolean": True, "integer": 1, "object": {}}.get(kind, "thief")


def body_of(contract, operation, foreign_issues):
    request = operation.get("requestBody")
    if request is None:
        return None
    if "image/png" in request["content"]:
        return png()
    schema = contract.resolve(request["content"]["application/json"]["schema"])
    body = {name: value_of(name, contract.resolve(one)) for name, one in schema.get("properties", {}).items()}
    return {**{name: body[name] for name in schema["required"]}, "ids": foreign_issues} if "ids" in body else body


class Ids:
    """What stands for the {} of a path: things of tenant b, and numbers that may be."""

    def __init__(self, site, store):
        self.own = world.own_ids("a", store)
        self.shared = []  # what a sees of issues that others have too: he may look at his own domain
        users = site.ask("GET", "/users")[1]["users"]
        self.users = [u["id"] for u in users if u["name"].startswith("b")]
        self.tenants = [t["id"] for t in site.ask("GET", "/tenants")[1]["tenants"] if t["name"] == "b"]
        self.tokens = [t["id"] for t in site.ask("GET", "/tokens")[1]["tokens"] if t["tenant"] == "b"]

    def of(self, path):
        if path.startswith("/me/"):
            return list(range(1, 12))
        first = path.split("/")[1]
        numbers = [str(i) for i in range(1, 13)]
        return {"users": self.users, "tenants": self.tenants, "tokens": self.tokens, "issues": [f"TI-{1000 + int(i)}" for i in numbers],
                "reports": numbers, "quarantine": numbers, "domains": ["b-own.example"], "policies": ["b-own.example"],
                "checks": ["b-own.example"], "sources": ["bonly-reporter.example"], "causes": ["cert-expired"],
                "alerts": ["bonly-channel"]}.get(first)


def invite(server, name, *how):
    code, out, err = run("user", "add", name, *how, "--store", server.store, "-c", server.config)
    assert code == 0, err
    browser = Browser(server)
    status, value, _ = browser.ask("POST", "/links/use", {"link": out.strip().split("#")[1], "password": PASSWORD})
    assert status == 200, value
    browser.name = name
    return browser


def leaks(path, body, status, value):
    words = [path, *re.split(r"[/?=&]", path), *(v for v in (body.values() if isinstance(body, dict) else ()) if isinstance(v, str) and len(v) > 1)]
    return world.leaks_of("a", [w for w in words if len(w) > 1], status, json.dumps(value) if not isinstance(value, str) else value)


def patiently(browser, *words):
    """This asks more often in a minute than one may."""
    while True:
        answer = browser.ask(*words)
        if answer[0] != 429:
            return answer
        time.sleep(1)


def try_one(browser, right, contract, method, path, operation, ids):
    """Sentences about what is wrong, and how many were tried."""
    wrong, tried = [], 0
    needed = operation["x-right"]
    body = body_of(contract, operation, [i for i in ids.of("/issues") if i not in ids.own]) if method != "get" else None
    foreign = ids.of(path) if "{" in path else [None]
    if foreign is None:
        return [f"{path}: what are its ids?"], 0
    for one in foreign:
        if one in browser.sessions and path.startswith("/me/sessions") or one in ids.own:
            continue
        asked = re.sub(r"\{\w+\}", str(one), path)
        queries = [""] if method != "get" else ["", "?domain=b-own.example", f"?tenant={ids.tenants[0]}", "?format=csv", "?q=bonly"]
        for query in queries:
            status, value, _ = patiently(browser, method.upper(), asked + query, body)
            tried += 1
            wrong += [f"{browser.name} {method} {asked + query}: {leak}" for leak in leaks(asked + query, body, status, value)]
            if right is None:
                good = status == 401 or needed == "public"
            elif RIGHTS.index(right) < RIGHTS.index(needed):
                good = status == 403
            elif query.startswith("?tenant="):
                good = status == 404 or needed == "public"
            elif method == "get":
                good = status in (200, 400, 404) if one is not None and path.split("/")[1] not in ("users", "tenants", "tokens") else \
                    status in (200, 400) if one is None else status == 404
            elif isinstance(body, dict) and "ids" in body:
                good = status == 200 and not any(one["done"] for one in value["issues"])
            elif path.endswith("/recheck") and one in ids.shared:
                good = status in (200, 503) and value.get("domain", "a-own.example") == "a-own.example"
            else:
                good = status in (403, 404) if one is not None or body is not None else status in (200, 403, 404)
            if not good:
                wrong.append(f"{browser.name} ({right}) {method} {asked + query}: {status} {str(value)[:150]}")
    return wrong, tried



def main():
    if Contract is None:
        tap.skip("the matrix of roles and operations", "there is no python3-yaml")
        return tap.end()
    contract = Contract()
    with tempfile.TemporaryDirectory(prefix="mailseal-matrix-") as folder:
        store = ("--store", f"sqlite:{folder}/mailseal.db")
        world.fill(folder, store)
        world.without_users(folder)
        server = Server(folder, NO_DNS)
        try:
            site = invite(server, "sam", "--admin")
            people = [(invite(server, f"a-{role}", "--role", role, "--in", "a"), role) for role in ("viewer", "operator", "admin")]
            others = [invite(server, f"b-{role}", "--role", role, "--in", "b") for role in ("viewer", "admin")]
            run("token", "add", "bonly-token", "--scope", "admin", "--tenant", "b", *store)
            nobody = Browser(server)
            nobody.name = "nobody"
            gone = invite(server, "a-gone", "--role", "admin", "--in", "a")
            gone.name = "who is disabled"
            run("user", "edit", "a-gone", "--disable", *store)
            others[1].ask("POST", "/me/searches", {"name": "bonly-search", "screen": "reports", "query": "domain=b-own.example"})
            ids = Ids(site, store)
            tap.check(ids.users and ids.tenants and ids.tokens, "tenant b has users and tokens", vars(ids))
            for browser in (*(b for b, _ in people), nobody, gone):
                ids.shared = ids.shared or [i["id"] for i in (browser.ask("GET", "/issues?state=all")[1].get("issues") or [])]
                browser.sessions = [one["id"] for one in (browser.ask("GET", "/me/sessions")[1].get("sessions") or [])]
            before = world.house(store)
            for browser, right in [*people, (nobody, None), (gone, None)]:
                wrong, tried = [], 0
                for path, method, operation in contract.operations():
                    if OWN.fullmatch(path):
                        continue
                    found, n = try_one(browser, right, contract, method, path, operation, ids)
                    wrong += found
                    tried += n
                tap.check(tried > 300 and not wrong, f"of {tried} requests {browser.name} gets what he may, and nothing of tenant b", *wrong[:20])
            after = world.house(store)
            tap.check(before == after, "and nothing is different afterwards", *[(b, a) for b, a in zip(before, after) if b != a])
            seen = json.dumps(others[0].ask("GET", "/issues?state=all")[1]) + json.dumps(others[1].ask("GET", "/domains")[1])
            tap.check("b-own.example" in seen and "a-own.example" not in seen and "aonly" not in seen, "tenant b sees his own", seen[:300])
            everything = json.dumps(site.ask("GET", "/domains")[1])
            tap.check("a-own.example" in everything and "b-own.example" in everything, "the site admin sees both")
            narrowed = json.dumps(site.ask("GET", f"/domains?tenant={ids.tenants[0]}")[1])
            tap.check("a-own.example" not in narrowed and "b-own.example" in narrowed, "or one, where he asks for one")
        finally:
            server.stop()
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
