#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Users over real sockets: the first run, passwords and codes, sessions, tokens, who may change what, and that every change is
written down."""
import base64
import hashlib
import hmac
import http.client
import json
import os
import re
import secrets
import struct
import subprocess
import sys
import tempfile
import time

from house import Server, Tap, png, report, run

try:
    from openapi_check import Contract
    contract = Contract()
except ImportError:
    contract = None

tap = Tap()
asked = set()  # operations of the contract
faults = []  # answers that are not as docs/openapi.yaml says
PASSWORD = "correct horse battery"
NO_DNS = 'dns { resolvers = {"127.0.0.1@1"} timeout = 1s }\n'  # nobody answers there


class Browser:
    """One person's browser: its cookie, and what it says about where a request comes from."""

    def __init__(self, server):
        self.port, self.cookie, self.csrf = server.port("http"), None, None

    def ask(self, method, path, body=None, **headers):
        """Status, JSON or text, headers."""
        own = f"http://localhost:{self.port}"
        sent = {"Host": f"localhost:{self.port}", "Origin": own, "Sec-Fetch-Site": "same-origin"}
        if self.cookie:
            sent["Cookie"] = self.cookie
        if self.csrf:
            sent["X-CSRF-Token"] = self.csrf
        data = body if body is None or isinstance(body, bytes) else json.dumps(body)
        if data is not None:
            sent["Content-Type"] = "image/png" if data is body else "application/json"
        sent.update({name.replace("_", "-"): value for name, value in headers.items()})
        sent = {name: value for name, value in sent.items() if value is not None}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, "/api/v1" + path, data, sent)
            answer = connection.getresponse()
            self.bytes = answer.read()
            text = self.bytes.decode("utf-8", "replace")
            given = answer.getheader("Set-Cookie")
            if given:
                pair = given.split(";")[0]
                self.cookie = pair if pair.split("=", 1)[1] else None
            try:
                value = json.loads(text)
            except ValueError:
                value = text
            self.check(method, path, answer, value)
            if isinstance(value, dict) and value.get("csrf_token"):
                self.csrf = value["csrf_token"]
            return answer.status, value, answer.headers
        finally:
            connection.close()

    @staticmethod
    def check(method, path, answer, value):
        operation = contract and contract.find(path.split("?")[0], method.lower())
        if not operation:
            return
        asked.add(operation["operationId"])
        media = answer.getheader("Content-Type", "").split(";")[0]
        schema = contract.schema(operation, answer.status, media)
        found = contract.faults(schema, value) if schema else [f"no word about {answer.status} {media}"]
        faults.extend(f"{method} {path}: {fault}" for fault in found)

    def sign_in(self, name, password=PASSWORD, **more):
        return self.ask("POST", "/sign-in", {"name": name, "password": password, **more})


def totp(secret, at):
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    mac = hmac.new(key, struct.pack(">Q", int(at) // 30), hashlib.sha1).digest()
    offset = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[offset:offset + 4])[0] & 0x7fffffff) % 10**6:06d}"


def first_run(server):
    link = re.search(r"/welcome#(\w{32})", "".join(server.log))
    tap.check(link is not None, "serve prints a link while there is no user", "".join(server.log))
    link = link[1]
    anna = Browser(server)
    status, value, _ = anna.ask("POST", "/links", {"link": link})
    tap.check(status == 200 and value["kind"] == "first-run", "the link says what it is for", status, value)
    for name, password, pointer in (("Anna B", PASSWORD, "/name"), ("anna", "short", "/password"), ("anna", "a" * 40, "/password")):
        status, value, _ = anna.ask("POST", "/links/use", {"link": link, "name": name, "password": password})
        tap.check(status == 400 and value["errors"][0]["pointer"] == pointer, f"{pointer} is refused, and the link stays", status, value)
    status, value, headers = anna.ask("POST", "/links/use", {"link": link, "name": "anna", "full_name": "Anna Example", "password": PASSWORD})
    cookie = headers.get("Set-Cookie", "")
    tap.check(status == 200 and "HttpOnly" in cookie and "SameSite=Lax" in cookie and cookie.startswith("mailseal-plain="),
              "the first user is made and signed in", status, value, cookie)
    again = Browser(server).ask("POST", "/links/use", {"link": link, "name": "eve", "password": PASSWORD})
    tap.check(again[0] == 404, "the link opens once", again[:2])
    status, value, _ = anna.ask("GET", "/me")
    tap.check(status == 200 and value["who"] == "anna" and value["role"] == "site", "she may do everything", status, value)
    return anna


def closed_now(server):
    nobody = Browser(server)
    found = [nobody.ask("GET", path)[0] for path in ("/reports", "/users", "/audit", "/issues", "/me")]
    tap.check(found == [401] * 5, "with a user everybody signs in, on this machine too", found)
    status, value, _ = nobody.ask("GET", "/sign-in")
    tap.check(status == 200 and value == {"signed_in": False, "has_users": True, "ways": ["passkey", "password"], "providers": [], "problem": None}, "which says how one signs in", value)
    status, _, _ = nobody.ask("GET", "/meta")
    tap.check(status == 200, "what is nobody's stays open", status)
    forged = Browser(server)
    forged.cookie = "mailseal-plain=" + "A" * 32
    tap.check(forged.ask("GET", "/me")[0] == 401, "a cookie that is none signs nobody in")
    forged.cookie = "mailseal-plain=' OR 1=1 --"
    tap.check(forged.ask("GET", "/me")[0] == 401, "nor does one that is no cookie of ours")


def sign_in(server):
    ben = Browser(server)
    wrong = ben.sign_in("anna", "wrong password!")
    nobody = ben.sign_in("nobody", "wrong password!")
    tap.check(wrong[0] == nobody[0] == 401 and wrong[1]["detail"] == nobody[1]["detail"] and wrong[1]["code"] == nobody[1]["code"],
              "no word says whether a user exists", wrong[1], nobody[1])
    times = {"anna": [], "nobody": []}
    for _ in range(2):
        for name, took in times.items():
            begun = time.monotonic()
            ben.sign_in(name, "wrong password!")
            took.append(time.monotonic() - begun)
    ratio = min(times["anna"]) / min(times["nobody"])
    tap.check(0.3 < ratio < 3, "nor does the time it takes", times)
    status, value, _ = ben.sign_in("ANNA")
    tap.check(status == 200 and value["signed_in"], "the right password does, whatever the case of the name", status, value)
    first = ben.cookie
    ben.sign_in("anna")
    tap.check(ben.cookie != first, "each time under another cookie")
    old = Browser(server)
    old.cookie = first
    tap.check(old.ask("GET", "/me")[0] == 401, "and the one before is void")
    kept = Browser(server)
    kept.cookie = ben.cookie
    ben.ask("POST", "/sign-out", {})
    tap.check(ben.cookie is None and kept.ask("GET", "/me")[0] == 401, "signing out ends it on the server")
    patient = Browser(server)
    for _ in range(7):
        last = patient.sign_in("yan", "wrong password!")
    tap.check(last[0] == 429 and int(last[2]["Retry-After"]) >= 1, "who fails again and again is told to wait", last[0], dict(last[2]))
    tap.check(patient.sign_in("anna")[0] == 200, "and another user is not")
    long = patient.sign_in("anna", "x" * 900)
    tap.check(long[0] == 401, "an endless password is simply wrong", long[:2])
    huge = patient.sign_in("anna", "x" * 70000)
    tap.check(huge[0] in (400, 413), "and a larger one is not looked at", huge[0])


def csrf(anna):
    body = {"full_name": "Anna E."}
    cases = {
        "of another site": {"Sec_Fetch_Site": "cross-site"}, "of a neighbour": {"Sec_Fetch_Site": "same-site"},
        "of another origin": {"Origin": "http://evil.example", "Sec_Fetch_Site": None}, "of no origin": {"Origin": "null"},
        "without a word about it": {"Origin": None, "Sec_Fetch_Site": None}, "without the token": {"X_CSRF_Token": None},
        "with another token": {"X_CSRF_Token": "A" * 43},
    }
    for what, headers in cases.items():
        tap.check(anna.ask("PATCH", "/me", body, **headers)[0] == 403, f"a change {what} is refused")
    tap.check(anna.ask("PATCH", "/me", body, Content_Type="text/plain")[0] == 400, "and one that a form could send")
    status, value, _ = anna.ask("PATCH", "/me", body)
    tap.check(status == 200, "our own page may", status, value)
    status, _, headers = anna.ask("OPTIONS", "/me", Origin="http://evil.example")
    tap.check(status == 405 and "Access-Control-Allow-Origin" not in headers, "no other site is let in", status, dict(headers))
    outside = Browser.__new__(Browser)
    outside.__dict__.update(anna.__dict__, cookie=None, csrf=None)
    status, _, _ = outside.ask("POST", "/sign-in", {"name": "anna", "password": PASSWORD}, Sec_Fetch_Site="cross-site")
    tap.check(status == 403, "nobody is signed in by a page elsewhere", status)


def profile(anna):
    for body, pointer in (({"theme": "pink"}, "/theme"), ({"language": "xx"}, "/language"), ({"time_zone": "a b"}, "/time_zone"),
                          ({"nonsense": 1}, "/"), ({"shortcuts": "yes"}, "/shortcuts"), ({"full_name": "x\u0001"}, "/full_name")):
        status, value, _ = anna.ask("PATCH", "/me", body)
        tap.check(status == 400 and value["errors"][0]["pointer"] == pointer, f"{body} is refused", status, value)
    anna.ask("PATCH", "/me", {"theme": "dark", "language": "de", "time_zone": "Europe/Berlin"})
    status, value, _ = anna.ask("GET", "/me")
    user = value.get("user") or {}
    tap.check(user.get("theme") == "dark" and user.get("time_zone") == "Europe/Berlin" and user.get("language") == "de", "looks are kept", value)


def codes(server, anna):
    status, value, _ = anna.ask("POST", "/me/totp/options", {})
    tap.check(status == 200 and value["qr_svg"].startswith("<svg") and value["uri"].startswith("otpauth://totp/"), "an app gets its secret",
              status, value)
    secret = value["secret"]
    status, value, _ = anna.ask("PUT", "/me/totp", {"challenge": value["challenge"], "code": "000000"})
    tap.check(status == 400, "a wrong code sets nothing up", status, value)
    status, value, _ = anna.ask("POST", "/me/totp/options", {})
    secret, challenge = value["secret"], value["challenge"]
    now = time.time()
    status, value, _ = anna.ask("PUT", "/me/totp", {"challenge": challenge, "code": totp(secret, now)})
    tap.check(status == 200 and len(value["recovery_codes"]) == 10, "the right one does, and recovery codes are shown", status, value)
    recovery = value["recovery_codes"]
    again = anna.ask("PUT", "/me/totp", {"challenge": challenge, "code": totp(secret, now)})
    tap.check(again[0] == 400, "what was begun is ended once", again[:2])
    two = Browser(server)
    status, value, _ = two.sign_in("anna")
    tap.check(status == 401 and value["code"] == "second-factor", "a code is asked for", status, value)
    tap.check(two.sign_in("anna", code=totp(secret, now))[0] == 401, "the code that set it up is used up")
    tap.check(two.sign_in("anna", code=totp(secret, now + 30))[0] == 200, "the next one signs in")
    tap.check(Browser(server).sign_in("anna", code=totp(secret, now + 30))[0] == 401, "once")
    tap.check(Browser(server).sign_in("anna", code=recovery[0].upper().replace("-", " "))[0] == 200, "so does a recovery code")
    tap.check(Browser(server).sign_in("anna", code=recovery[0])[0] == 401, "once")
    status, value, _ = anna.ask("POST", "/me/recovery-codes", {})
    tap.check(status == 200 and Browser(server).sign_in("anna", code=recovery[1])[0] == 401 and
              Browser(server).sign_in("anna", code=value["recovery_codes"][1])[0] == 200, "new recovery codes make the old ones void", status, value)
    tap.check(anna.ask("DELETE", "/me/totp")[0] == 200 and Browser(server).sign_in("anna")[0] == 200, "without the app the password is enough")


def sessions(server, anna):
    other = Browser(server)
    other.sign_in("anna")
    status, value, _ = anna.ask("GET", "/me/sessions")
    mine = [s for s in value["sessions"] if s["current"]]
    tap.check(status == 200 and len(mine) == 1 and len(value["sessions"]) >= 2, "sessions are listed", value)
    theirs = next(s for s in value["sessions"] if not s["current"])
    tap.check(anna.ask("DELETE", f"/me/sessions/{theirs['id'] + 1000}")[0] == 404, "one that is not there cannot be ended")
    tap.check(anna.ask("DELETE", "/me/sessions")[0] == 200 and other.ask("GET", "/me")[0] == 401 and anna.ask("GET", "/me")[0] == 200,
              "all others end, and this one stays")
    status, value, _ = anna.ask("PUT", "/me/password", {"password": "wrong password!", "new_password": PASSWORD + "!"})
    tap.check(status == 403 and value["code"] == "password", "a new password needs the one of now", status, value)
    other.sign_in("anna")
    tap.check(anna.ask("PUT", "/me/password", {"password": PASSWORD, "new_password": PASSWORD + "!"})[0] == 200 and
              other.ask("GET", "/me")[0] == 401 and anna.ask("GET", "/me")[0] == 200, "and ends the sessions of the old one")
    tap.check(Browser(server).sign_in("anna")[0] == 401 and Browser(server).sign_in("anna", PASSWORD + "!")[0] == 200, "which is void")
    anna.ask("PUT", "/me/password", {"password": PASSWORD + "!", "new_password": PASSWORD})


def invite(server, admin, name, **more):
    status, value, _ = admin.ask("POST", "/users", {"name": name, **more})
    assert status == 201, (status, value)
    browser = Browser(server)
    link = value["link"].split("#")[1]
    status, _, _ = browser.ask("POST", "/links/use", {"link": link, "password": PASSWORD})
    assert status == 200, status
    browser.number = value["id"]
    return browser


def users(server, anna):
    zoe = invite(server, anna, "zoe", role="operator")
    status, value, _ = zoe.ask("GET", "/me")
    tap.check(status == 200 and value["role"] == "operator", "who is invited is what he was invited as", value)
    refused = [zoe.ask("GET", "/users")[0], zoe.ask("POST", "/users", {"name": "eve", "role": "admin"})[0], zoe.ask("GET", "/audit")[0],
               zoe.ask("POST", "/tokens", {"label": "x", "scopes": ["admin"]})[0], zoe.ask("POST", "/domains", {"domain": "x.example"})[0]]
    tap.check(refused == [403] * 5, "and may no more", refused)
    status, value, headers = anna.ask("GET", f"/users/{zoe.number}")
    tag = headers["ETag"]
    tap.check(anna.ask("PATCH", f"/users/{zoe.number}", {"full_name": "Zoe"}, If_Match=tag)[0] == 200, "an edit of what was seen is made")
    status, value, _ = anna.ask("PATCH", f"/users/{zoe.number}", {"full_name": "Eve"}, If_Match=tag)
    tap.check(status == 412, "an edit of what was changed meanwhile is not", status, value)
    tap.check(anna.ask("PUT", f"/users/{zoe.number}/role", {"role": "viewer"})[0] == 200 and
              zoe.ask("GET", "/me")[1]["role"] == "viewer", "a role that is taken away is gone at once")
    me = anna.ask("GET", "/users")[1]["users"]
    anna_id = next(u["id"] for u in me if u["name"] == "anna")
    tap.check(all(anna.ask(*ask)[0] == 400 for ask in (("DELETE", f"/users/{anna_id}"), ("PATCH", f"/users/{anna_id}", {"disabled": True}),
                                                       ("PATCH", f"/users/{anna_id}", {"site_admin": False}))), "the last site admin stays")
    tap.check(anna.ask("PATCH", f"/users/{zoe.number}", {"disabled": True})[0] == 200 and zoe.ask("GET", "/me")[0] == 401 and
              Browser(server).sign_in("zoe")[0] == 401, "who is disabled is out, and stays out")
    anna.ask("PATCH", f"/users/{zoe.number}", {"disabled": False})
    status, value, _ = anna.ask("POST", f"/users/{zoe.number}/reset", {})
    fresh = Browser(server)
    done = fresh.ask("POST", "/links/use", {"link": value["link"].split("#")[1], "password": PASSWORD + "2"})
    tap.check(done[0] == 200 and Browser(server).sign_in("zoe", PASSWORD + "2")[0] == 200, "a reset gives a new password", done[:2])
    tap.check(anna.ask("DELETE", f"/users/{zoe.number}")[0] == 200 and fresh.ask("GET", "/me")[0] == 401, "who is removed is gone")


def tokens(server, anna):
    status, value, _ = anna.ask("POST", "/tokens", {"label": "monitoring", "scopes": ["reports:read"]})
    tap.check(status == 201 and re.fullmatch(r"mailseal_pat_\w{32}_\w{6}", value["token"]) is not None, "a token is shown once", status, value)
    token, number = value["token"], value["id"]
    listed = anna.ask("GET", "/tokens")[1]
    tap.check(token not in json.dumps(listed) and listed["tokens"][0]["hint"] == token[:17], "and never again", listed)
    machine = Browser(server)

    def ask(method, path, body=None, with_token=token):
        return machine.ask(method, path, body, Authorization=f"Bearer {with_token}", Origin=None, Sec_Fetch_Site=None)

    tap.check(ask("GET", "/reports")[0] == 200, "it reads")
    refused = [ask("POST", "/domains", {"domain": "x.example"})[0], ask("GET", "/users")[0], ask("PATCH", "/me", {"theme": "dark"})[0],
               ask("POST", "/issues/TI-1001/reopen", {})[0]]
    tap.check(refused == [403] * 4, "and does no more than that", refused)
    other = token[:-1] + ("x" if token[-1] != "x" else "y")
    tap.check([ask("GET", "/reports", with_token=t)[0] for t in (token[:-1], other, "", "x" * 5000)] == [401] * 4,
              "a token that is none is nobody, also from this machine")
    for _ in range(100):
        row = next(t for t in anna.ask("GET", "/tokens")[1]["tokens"] if t["id"] == number)
        if row["last_used_at"]:
            break
        time.sleep(0.1)
    tap.check(row["last_used_at"] is not None and row["last_used_from"] == "127.0.0.1", "when it was used is noted", row)
    admin = anna.ask("POST", "/tokens", {"label": "automation", "scopes": ["admin"]})[1]["token"]
    status, value, _ = ask("POST", "/tokens", {"label": "child", "scopes": ["reports:read"]}, with_token=admin)
    child = next((t for t in anna.ask("GET", "/tokens")[1]["tokens"] if t["label"] == "child"), {})
    tap.check(status == 201 and child.get("user") == "anna", "a token that a token makes is of the same user, and dies with him", status, value, child)
    tap.check(anna.ask("PATCH", f"/tokens/{number}", {"scopes": ["ingest"]})[0] == 200 and ask("GET", "/reports")[0] == 403, "a scope that is taken away is gone")
    tap.check(anna.ask("DELETE", f"/tokens/{number}")[0] == 200 and ask("GET", "/reports")[0] == 401, "one that is removed is dead")
    status, value, _ = anna.ask("POST", "/tokens", {"label": "flood", "scopes": ["reports:read"]})
    flood = [ask("GET", "/meta", with_token=value["token"]) for _ in range(3)] + [ask("GET", "/reports", with_token=value["token"]) for _ in range(800)]
    slow = [answer for answer in flood if answer[0] == 429]
    tap.check(slow and all(answer[2].get("Retry-After") for answer in slow) and flood[0][0] == 200, "who asks too often is told when to come back",
              len(slow), flood[-1][0])
    tap.check(anna.ask("GET", "/reports")[0] == 200, "and nobody else waits for it")


def acts(server, anna):
    run("import", "--store", server.store, "-", data=report("one", failed=400))
    issues = anna.ask("GET", "/issues?state=all")[1]["issues"]
    tap.check(len(issues) >= 1, "there is an issue", issues)
    number = issues[0]["id"]
    status, value, _ = anna.ask("POST", f"/issues/{number}/acknowledge", {})
    shown = anna.ask("GET", f"/issues/{number}")[1]
    tap.check(status == 200 and shown["state"] == "acknowledged" and shown["owner"] == "anna", "an issue is acknowledged by who says so", status, value, shown)
    tap.check(anna.ask("POST", f"/issues/{number}/snooze", {"until": "2001-01-01T00:00:00Z"})[0] == 400, "not until the past")
    until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 86400))
    codes_ = [anna.ask("POST", f"/issues/{number}/snooze", {"until": until})[0],
              anna.ask("POST", f"/issues/{number}/close", {"as": "fixed", "note": "New certificate."})[0],
              anna.ask("POST", f"/issues/{number}/reopen", {})[0]]
    tap.check(codes_ == [200, 200, 200], "snoozed, closed and opened again", codes_)
    codes_ = [anna.ask("POST", f"/issues/{number}/note", {"text": "Asked the hoster."})[0], anna.ask("POST", f"/issues/{number}/acknowledge", {"owner": "Ben"})[0],
              run("issue", "note", number, "--note", "By hand.", "--store", server.store, "-c", server.config)[0]]
    shown = anna.ask("GET", f"/issues/{number}")[1]
    notes = [event["text"] for event in shown["history"] if event["event"] == "note"]
    tap.check(codes_ == [200, 200, 0] and notes == ["anna: Asked the hoster.", "By hand."] and shown["owner"] == "Ben",
              "a note stands in its history with who wrote it, and it is assigned", codes_, shown)
    tap.check([anna.ask("POST", f"/issues/{number}/note", body)[0] for body in ({}, {"text": " "}, {"text": "x" * 5000}, {"note": "x"})] == [400] * 4 and
              anna.ask("POST", "/issues/TI-99999/note", {"text": "x"})[0] == 404, "a note says something, about an issue that is there")
    tap.check([anna.ask("POST", f"/issues/{n}/reopen", {})[0] for n in ("TI-99999", "x", "1%00")] == [404] * 3, "what is not there is 404")
    tap.check(anna.ask("POST", f"/issues/{number}/close", {"as": "whatever"})[0] == 400, "an end that is none is refused")
    status, value, _ = anna.ask("POST", "/domains", {"domain": "Example.com", "preview": True})
    tap.check(status == 200 and value["domain"] == "example.com" and not [d for d in anna.ask("GET", "/domains")[1]["domains"] if d.get("created_at")],
              "a preview changes nothing", status, value)
    tap.check(anna.ask("POST", "/domains", {"domain": "example.com"})[0] == 201, "a domain is added")
    tap.check(anna.ask("POST", "/domains", {"domain": "example.com"})[0] == 400, "once")
    tap.check(anna.ask("PATCH", "/domains/example.com", {"paused": True})[0] == 200, "paused")
    status, value, _ = anna.ask("PUT", "/sources/reporter.example/trust", {"decision": "trust", "preview": True})
    tap.check(status == 200 and value["preview"] and value["was"] == "none", "what trust would do is shown", status, value)
    tap.check(anna.ask("PUT", "/sources/reporter.example/trust", {"decision": "trust"})[0] == 200, "and done")
    tap.check(anna.ask("POST", "/checks/example.com", {})[0] == 202, "and looked at")
    tap.check(anna.ask("DELETE", "/domains/example.com")[0] == 200, "a domain is removed")
    run("import", "--store", server.store, "-", data=b'{"organization-name": broken')
    held = [i for i in anna.ask("GET", "/quarantine")[1]["quarantined"]]
    tap.check(len(held) == 1, "something lies in quarantine", held)
    status, value, _ = anna.ask("POST", f"/quarantine/{held[0]['id']}/retry", {})
    tap.check(status == 200 and value["quarantined"], "read again, it still cannot be read", status, value)
    tap.check(anna.ask("DELETE", f"/quarantine/{held[0]['id']}")[0] == 200 and anna.ask("GET", "/quarantine")[1]["quarantined"] == [], "and is dropped")


def tenants(anna):
    tap.check(anna.ask("POST", "/tenants", {"name": "Acme"})[0] == 201, "a tenant is added")
    number = anna.ask("GET", "/tenants")[1]["tenants"][0]["id"]
    status, value, headers = anna.ask("GET", f"/tenants/{number}")
    tap.check(status == 200 and value["name"] == "Acme", "and looked at", status, value)
    tap.check(anna.ask("PATCH", f"/tenants/{number}", {"colour": "red"})[0] == 400, "a colour is one")
    codes_ = [anna.ask("PATCH", f"/tenants/{number}", {"colour": "#0a5c36", "title": "Acme Ltd", "most_domains": 1, "name": "Acme Ltd"}, If_Match=headers["ETag"])[0],
              anna.ask("PATCH", f"/tenants/{number}", {"title": "Eve"}, If_Match=headers["ETag"])[0]]
    value = anna.ask("GET", f"/tenants/{number}")[1]
    tap.check(codes_ == [200, 412] and value["name"] == "Acme Ltd" and value["most_domains"] == 1, "it is changed by who has seen what it was", codes_, value)
    codes_ = [anna.ask("POST", "/domains", {"domain": f"{n}.example", "tenant": "Acme Ltd"})[0] for n in "ab"]
    tap.check(codes_ == [201, 403], "and has no more domains than it may", codes_)
    code, paper, _ = run("digest", "--week", "2026-03-02", "--tenant", "Acme Ltd", "--store", anna.store, "-c", anna.config)
    anna.ask("PATCH", f"/tenants/{number}", {"title": "The Acme Corporation"})
    titled = run("digest", "--week", "2026-03-02", "--tenant", "Acme Ltd", "--store", anna.store, "-c", anna.config)
    tap.check(code == titled[0] == 0 and "The Acme Corporation" in titled[1] and "The Acme Corporation" not in paper, "a document calls a tenant by his title", paper, titled)
    logo(anna, number)
    anna.ask("POST", "/tenants", {"name": "Beta"})
    anna.ask("POST", "/domains", {"domain": "b.example", "tenant": "Beta"})
    said = [run("domain", "verify", "b.example", "--assume", "--store", anna.store, "-c", anna.config),
            run("import", "--store", anna.store, "-c", anna.config, "-", data=report("of-beta", failed=400, domain="b.example").replace(b"mx.example.com", b"mx.b.example"))]
    page = anna.ask("GET", "/tenants?limit=1")[1]
    rest = anna.ask("GET", f"/tenants?limit=1&cursor={page['next']}".replace(" ", "%20"))[1]
    rows = page["tenants"] + rest["tenants"]
    tap.check([r["name"] for r in rows] == ["Acme Ltd", "Beta"] and rest["next"] is None and page["total"] == 2, "the tenants come page by page", page, rest)
    tap.check(rows[0]["open_issues"] == 0 and rows[0]["worst_issue"] is None and rows[1]["open_issues"] == 1 and rows[1]["worst_issue"]["title"] and
              rows[1]["worst_issue"]["refused_sessions"] == 400, "each with his worst issue", rows, said)
    anna.ask("DELETE", "/domains/b.example")
    codes_ = [anna.ask("DELETE", f"/tenants/{number}")[0], anna.ask("DELETE", "/domains/a.example")[0], anna.ask("DELETE", f"/tenants/{number}")[0]]
    tap.check(codes_ == [400, 200, 200], "and goes when it has none", codes_)


def logo(anna, number):
    where, picture = f"/tenants/{number}/logo", png(text=b"Somebody, who sat there")
    tap.check(anna.ask("GET", where)[0] == 404, "a tenant has no logo at first")
    codes_ = [anna.ask("PUT", where, data, Content_Type=kind)[0] for data, kind in
              ((b"<svg/>", "image/svg+xml"), (b"<svg/>", "image/png"), (picture[:-20], "image/png"), (png(1300, 9), "image/png"),
               (picture + b"x" * 50000, "image/png"), (picture, None))]
    tap.check(codes_ == [400, 400, 400, 400, 413, 400], "what is no PNG file of its size is refused", codes_)
    status, value, _ = anna.ask("PUT", where, picture)
    got, _, headers = anna.ask("GET", where)
    tap.check(status == got == 200 and anna.bytes == png() and b"Somebody" not in anna.bytes and headers["Content-Type"] == "image/png" and
              "default-src 'none'" in headers["Content-Security-Policy"] and headers["X-Content-Type-Options"] == "nosniff",
              "a picture is kept without what was written into it", status, value, anna.bytes, headers)
    tap.check(anna.ask("GET", f"/tenants/{number}")[1]["has_logo"] is True, "the tenant is said to have it")
    page = run("digest", "--week", "2026-03-02", "--tenant", "Acme Ltd", "--as", "html", "--store", anna.store, "-c", anna.config)[1]
    tap.check(f'src="data:image/png;base64,{base64.b64encode(png()).decode()}"' in page and 'fill="#0a5c36"' in page, "it stands on his documents, with his colour",
              page[-3000:])
    anna.ask("PATCH", f"/tenants/{number}", {"originals_days": 30, "logo_text": "A tree"})
    value = anna.ask("GET", f"/tenants/{number}")[1]
    codes_ = [anna.ask("PATCH", f"/tenants/{number}", {"originals_days": days})[0] for days in (-1, 36501)]
    tap.check(value["originals_days"] == 30 and value["logo_text"] == "A tree" and codes_ == [400, 400], "he has a time of his own for originals", value, codes_)
    tap.check(anna.ask("DELETE", where)[0] == 200 and anna.ask("GET", where)[0] == 404, "the logo is taken away again")


def house(server, anna):
    status, value, _ = anna.ask("POST", "/alerts/channels", {"name": "ops", "kind": "webhook", "address": "https://hooks.example/x", "secret": "file:/etc/passwd"})
    tap.check(status == 400 and value["errors"][0]["pointer"] == "/secret", "no file of the server is sent to whoever names it", status, value)
    status, value, _ = anna.ask("POST", "/alerts/channels", {"name": "ops", "kind": "pigeon"})
    tap.check(status == 400 and value["errors"][0]["pointer"] == "/kind", "a kind that is none is refused", status, value)
    status, value, _ = anna.ask("POST", "/alerts/channels", {"name": "ops", "kind": "webhook", "address": "https://hooks.example/x", "secret": "cred:ops"})
    tap.check(status == 201, "a channel is added", status, value)
    status, value, headers = anna.ask("GET", "/alerts/channels/ops")
    tap.check(status == 200 and value["secret"] == "cred:ops" and len(anna.ask("GET", "/alerts/channels")[1]["channels"]) == 1, "and listed", value)
    codes_ = [anna.ask("POST", "/alerts/channels/ops/test", {})[0],
              anna.ask("PATCH", "/alerts/channels/ops", {"paused": True}, If_Match=headers["ETag"])[0],
              anna.ask("PATCH", "/alerts/channels/ops", {"paused": False}, If_Match=headers["ETag"])[0], anna.ask("DELETE", "/alerts/channels/ops")[0],
              anna.ask("DELETE", "/alerts/channels/ops")[0]]
    tap.check(codes_ == [200, 200, 412, 200, 404], "tried, paused and removed", codes_)
    shown = anna.ask("GET", "/settings")[1]
    settings = {s["key"]: s for s in shown["settings"]}
    with open(server.config, encoding="utf-8") as f:
        line = next(n for n, text in enumerate(f, 1) if "timeout = 1s" in text)
    tap.check(settings["dns.timeout"]["set"] and not settings["store.originals_days"]["set"] and
              (shown["file"], settings["dns.timeout"]["line"]) == (server.config, line),
              "settings are shown, and in which line of the file they stand", shown["file"],
              settings["dns.timeout"], settings["store.originals_days"])
    anna.ask("POST", "/domains", {"domain": "example.com"})
    status, value, _ = anna.ask("POST", "/checks/example.com", {})
    tap.check(status in (200, 202), "a look is taken when asked for", status, value)
    number = anna.ask("GET", "/issues?state=all")[1]["issues"][0]["id"]
    status, value, _ = anna.ask("POST", f"/issues/{number}/recheck", {})
    tap.check(status in (200, 503) and (status == 503 or value["domain"] == "example.com"), "an issue is looked at again", status, value)
    anna.ask("DELETE", "/domains/example.com")


def ingest(server, anna):
    def post(report_id, token):
        connection = http.client.HTTPConnection("127.0.0.1", server.port("http"), timeout=30)
        headers = {"Content-Type": "application/tlsrpt+json", **({"Authorization": f"Bearer {token}"} if token else {})}
        connection.request("POST", "/report", report(report_id), headers)
        return connection.getresponse().status

    give = anna.ask("POST", "/tokens", {"label": "gateway", "scopes": ["ingest"]})[1]["token"]
    read = anna.ask("POST", "/tokens", {"label": "reader", "scopes": ["reports:read"]})[1]["token"]
    codes_ = [post("by-nobody", None), post("by-gateway", give), post("by-reader", read), post("by-nonsense", "mailseal_pat_x")]
    tap.check(codes_ == [201, 201, 403, 401], "a token may hand in reports, and one that may not is told so", codes_)
    shown = {r["report_id"]: r["trust"] for r in anna.ask("GET", "/reports")[1]["reports"]}
    tap.check(shown.get("by-gateway") == "operator" and shown.get("by-nobody") == "unsigned" and "by-reader" not in shown,
              "what it hands in is believed", shown)


# What is asked for in tests of its own.
ELSEWHERE = {"oidc": "test_oidc", "sign-ins": "test_oidc", "/setup": "test_setup", "/alerts/rules": "test_alert_web", "/alerts/try": "test_alert_web",
             "/deliveries": "test_alert_web", "/issues/acts": "test_issue_many", "/quarantine/retry": "test_quarantine_again", "/me/searches": "test_searches", "/policies/": "test_publish"}


def everything_was_asked():
    if contract is None:
        return
    mine = {o["operationId"] for path, method, o in contract.operations() if not any(piece in path for piece in ELSEWHERE) and
            (method != "get" or re.match(r"/(sign-in|me$|me/|users|tenants|tokens|audit|settings|alerts/channels)", path))}
    missing = [name for name in set(ELSEWHERE.values()) if not os.path.exists(f"{os.path.dirname(os.path.abspath(__file__))}/{name}.py")]
    tap.check(not missing, "the tests that ask for the rest are there", missing)
    tap.check(mine <= asked, "every change of the contract was made here", mine - asked)


def audit(server, anna):
    rows, cursor = [], ""
    while cursor is not None:
        status, value, _ = anna.ask("GET", "/audit?limit=7" + (f"&cursor={cursor}" if cursor else ""))
        rows += value["audit"]
        cursor = value["next"]
    actions = {r["action"] for r in rows}
    wanted = {"link-use", "session-open", "me-edit", "me-totp", "me-password", "user-add", "user-edit", "user-role", "user-remove", "token-add",
              "token-remove", "issue-ack", "issue-snooze", "issue-close", "issue-reopen", "domain-add", "domain-edit", "domain-remove",
              "source-decide", "alert-channel-add", "alert-channel-edit", "alert-test", "alert-channel-remove", "tenant-add", "tenant-settings", "tenant-logo", "tenant-remove", "quarantine-retry", "quarantine-drop"}
    tap.check(wanted <= actions, "every change has its line", wanted - actions)
    tap.check([r["id"] for r in rows] == sorted((r["id"] for r in rows), reverse=True), "newest first, page by page")
    ack = next(r for r in rows if r["action"] == "issue-ack")
    tap.check(ack["who"] == "anna" and ack["by"] == "user" and ack["from"] == "127.0.0.1" and ack["before"]["acknowledged"] is False and
              ack["after"]["acknowledged"] is True, "with who, from where, before and after", ack)
    text = json.dumps(rows) + "".join(server.log)
    tap.check(PASSWORD not in text and "$y$" not in text and "mailseal_pat_" not in text.replace("mailseal_pat_\"", ""),
              "and no secret in it, nor in the log of the server")
    status, value, headers = anna.ask("GET", "/audit?format=csv")
    lines = value.splitlines()
    tap.check(status == 200 and lines[0] == "time,by,who,from,tenant,action,object,before,after" and len(lines) >= len(rows), "and it is exported", status, lines[:2])
    code, out, _ = run("audit", "list", "--store", server.store, "--json", "--action", "issue-ack")
    tap.check(code == 0 and json.loads(out)["audit"][0]["who"] == "anna", "the command line shows the same", out)


# --- passkeys: an authenticator in software, its keys and signatures by openssl ---


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def cbor(value):
    """As CTAP2 writes it: the shortest heads, maps in the order given."""
    def head(kind, n):
        return bytes([kind << 5 | n]) if n < 24 else bytes([kind << 5 | 24, n]) if n < 256 else bytes([kind << 5 | 25]) + n.to_bytes(2, "big")
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    return head(5, len(value)) + b"".join(cbor(k) + cbor(v) for k, v in value.items())


def openssl(*args, data=b""):
    return subprocess.run(["openssl", *args], input=data, capture_output=True, check=True).stdout


class Authenticator:
    """One passkey.  What is wrong on purpose is said by `more`."""

    def __init__(self, folder, kind):
        self.kind, self.id, self.counter = kind, secrets.token_bytes(32), 1
        self.path = f"{folder}/{kind}-{self.id.hex()[:8]}.pem"
        how = {"es256": ("EC", "-pkeyopt", "ec_paramgen_curve:P-256"), "eddsa": ("ED25519",), "rs256": ("RSA", "-pkeyopt", "rsa_keygen_bits:2048")}
        openssl("genpkey", "-algorithm", *how[kind], "-out", self.path)

    def public(self):
        der = openssl("pkey", "-in", self.path, "-pubout", "-outform", "DER")
        if self.kind == "es256":
            return {1: 2, 3: -7, -1: 1, -2: der[-64:-32], -3: der[-32:]}
        if self.kind == "eddsa":
            return {1: 1, 3: -8, -1: 6, -2: der[-32:]}
        modulus = openssl("rsa", "-in", self.path, "-noout", "-modulus").decode().strip().split("=")[1]
        return {1: 3, 3: -257, -1: bytes.fromhex(modulus), -2: b"\x01\x00\x01"}

    def sign(self, data):
        if self.kind != "eddsa":
            return openssl("dgst", "-sha256", "-sign", self.path, data=data)
        with open(self.path + ".in", "wb") as f:
            f.write(data)
        return openssl("pkeyutl", "-sign", "-rawin", "-inkey", self.path, "-in", self.path + ".in")

    def client_data(self, what, question, server, **more):
        return json.dumps({"type": what, "challenge": question, "origin": f"http://localhost:{server.port('http')}", "crossOrigin": False, **more}).encode()

    def data(self, flags, rp_id, counter=None):
        counter = self.counter if counter is None else counter
        return hashlib.sha256(rp_id.encode()).digest() + bytes([flags]) + counter.to_bytes(4, "big")

    def register(self, server, offer, flags=0x45, rp_id=None, extra=b"", **more):
        data = self.data(flags, rp_id or offer["rp_id"]) + bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor(self.public())
        return {"label": f"{self.kind} key", "client_data": b64(self.client_data("webauthn.create", offer["challenge"], server, **more)),
                "attestation": b64(cbor({"fmt": "none", "attStmt": {}, "authData": data}) + extra)}

    def assertion(self, server, offer, flags=0x05, rp_id=None, counter=None, signature=None, **more):
        self.counter += 1
        client = self.client_data("webauthn.get", offer["challenge"], server, **more)
        data = self.data(flags, rp_id or offer["rp_id"], counter)
        return {"id": b64(self.id), "client_data": b64(client), "authenticator_data": b64(data),
                "signature": b64(signature or self.sign(data + hashlib.sha256(client).digest()))}


def add_key(server, browser, key, **more):
    offer = browser.ask("POST", "/me/passkeys/options", {})[1]
    return browser.ask("POST", "/me/passkeys", key.register(server, offer, **more))


def use_key(server, key, **more):
    browser = Browser(server)
    offer = browser.ask("POST", "/sign-in/passkey/options", {})[1]
    return browser.ask("POST", "/sign-in/passkey", key.assertion(server, offer, **more))[:2], browser


def passkeys(server, anna, folder):
    for kind in ("es256", "eddsa", "rs256"):
        key = Authenticator(folder, kind)
        status, value, _ = add_key(server, anna, key)
        tap.check(status == 201, f"a passkey of {kind} is added", status, value)
        (status, value), browser = use_key(server, key)
        tap.check(status == 200 and browser.ask("GET", "/me")[1]["who"] == "anna", "and signs in", status, value)
    wrong = {
        "that does not verify its user": {"flags": 0x41}, "for another site": {"rp_id": "evil.example"}, "without a key in its data": {"flags": 0x05},
        "used on another site": {"origin": "http://evil.example"}, "used for signing in": {"type": "webauthn.get"}, "used in a frame": {"crossOrigin": True},
        "with another question": {"challenge": b64(b"x" * 32)}, "with something behind it": {"extra": b"\x00"},
    }
    for what, more in wrong.items():
        status, value, _ = add_key(server, anna, Authenticator(folder, "es256"), **more)
        tap.check(status in (400, 403), f"a passkey {what} is not added", status, value)
    key = Authenticator(folder, "es256")
    offer = anna.ask("POST", "/me/passkeys/options", {})[1]
    made = key.register(server, offer)
    tap.check([anna.ask("POST", "/me/passkeys", made)[0], anna.ask("POST", "/me/passkeys", made)[0]] == [201, 403], "an answer is taken once")
    for what, data in (("no CBOR", b"\xff"), ("a count without end", b"\xbb" + b"\xff" * 8), ("depth without end", b"\x81" * 9000), ("nothing", b"")):
        offer = anna.ask("POST", "/me/passkeys/options", {})[1]
        status, value, _ = anna.ask("POST", "/me/passkeys", dict(key.register(server, offer), attestation=b64(data)))
        tap.check(status == 400, f"{what} is refused", status, value)
    wrong = {
        "that does not verify its user": {"flags": 0x01}, "without its user": {"flags": 0x04}, "for another site": {"rp_id": "evil.example"},
        "used on another site": {"origin": "http://evil.example"}, "used for another thing": {"type": "webauthn.create"},
        "with another question": {"challenge": b64(b"x" * 32)}, "with a signature of nothing": {"signature": b"x" * 70},
        "that counts backwards": {"counter": 1},
    }
    for what, more in wrong.items():
        (status, value), _ = use_key(server, key, **more)
        tap.check(status == 401 and value["code"] == "sign-in-failed", f"a passkey {what} does not sign in", status, value)
        tap.check(use_key(server, key)[0][0] == 200, "the right use of it does")
    (status, _), _ = use_key(server, Authenticator(folder, "es256"))
    tap.check(status == 401, "one that nobody added does not")
    browser = Browser(server)
    offer = browser.ask("POST", "/sign-in/passkey/options", {})[1]
    used = key.assertion(server, offer)
    tap.check([browser.ask("POST", "/sign-in/passkey", used)[0], Browser(server).ask("POST", "/sign-in/passkey", used)[0]] == [200, 401],
              "an answer signs in once")
    mine = anna.ask("GET", "/me/passkeys")[1]["passkeys"]
    number = mine[-1]["id"]
    tap.check(len(mine) == 4 and anna.ask("PATCH", f"/me/passkeys/{number}", {"label": "Phone"})[0] == 200 and
              anna.ask("DELETE", f"/me/passkeys/{number}")[0] == 200 and use_key(server, key)[0][0] == 401, "one that is removed does not either", mine)


def restart(server, anna):
    server.kill("http")
    for _ in range(100):
        try:
            if anna.ask("GET", "/me")[0] == 200:
                break
        except OSError:
            pass
        time.sleep(0.1)
    tap.check(anna.ask("GET", "/me")[0] == 200, "a session outlives the process that serves it")


def main():
    with tempfile.TemporaryDirectory(prefix="mailseal-accounts-") as folder:
        server = Server(folder, NO_DNS)
        try:
            anna = first_run(server)
            closed_now(server)
            sign_in(server)
            csrf(anna)
            profile(anna)
            codes(server, anna)
            sessions(server, anna)
            users(server, anna)
            tokens(server, anna)
            acts(server, anna)
            anna.store, anna.config = server.store, server.config
            tenants(anna)
            house(server, anna)
            ingest(server, anna)
            passkeys(server, anna, folder)
            audit(server, anna)
            everything_was_asked()
            restart(server, anna)
        finally:
            server.stop()
        said = "".join(server.log)
        tap.check("Sanitizer" not in said and "runtime error" not in said and "ended role" not in said.replace('role="http" pid', "killed"),
                  "no role ended but the one that was killed, and no sanitizer had a word to say", said[-3000:])
        if contract is None:
            tap.skip("every answer is as the contract of the API says", "there is no python3-yaml")
        else:
            tap.check(not faults, "every answer is as the contract of the API says", *faults[:20])
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
