#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Signing in by another server (OpenID Connect): what a group gives and takes, whom one is made, and that a provider or a browser
that cheats in any one way signs nobody in, with the name of the reason.  The last part is a real provider, npm's oidc-provider."""
import http.client
import http.cookies
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse

import oidc_world
from house import TOP, Server, Tap, run, wait_until
from test_accounts import NO_DNS, PASSWORD

tap = Tap()


class Visitor:
    """One browser: its cookies, and where it stands."""

    def __init__(self, server, host=None, proxy=None):
        self.port, self.jar, self.csrf = server.port("http"), {}, None
        self.host = host or f"localhost:{self.port}"
        self.own = proxy or f"http://{self.host}"

    def ask(self, method, path, body=None, **headers):
        """Status, JSON or text, headers."""
        sent = {"Host": self.host, "Origin": self.own, "Sec-Fetch-Site": "same-origin"}
        if method == "GET":
            del sent["Origin"]
        if self.jar:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.jar.items())
        if self.csrf:
            sent["X-CSRF-Token"] = self.csrf
        data = None
        if body is not None:
            data, sent["Content-Type"] = json.dumps(body), "application/json"
        sent.update({name.replace("_", "-"): value for name, value in headers.items()})
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, data, {name: value for name, value in sent.items() if value is not None})
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
            for given in answer.headers.get_all("Set-Cookie") or []:
                for name, morsel in http.cookies.SimpleCookie(given).items():
                    self.jar[name] = morsel.value
                    if not morsel.value:
                        del self.jar[name]
            try:
                value = json.loads(text)
            except ValueError:
                value = text
            if isinstance(value, dict) and value.get("csrf_token"):
                self.csrf = value["csrf_token"]
            return answer.status, value, answer.headers
        finally:
            connection.close()

    def api(self, method, path, body=None):
        return self.ask(method, "/api/v1" + path, body)

    def go(self, name, next=None, base="/"):
        status, value, _ = self.ask("POST", f"{base}api/v1/sign-in/oidc/{name}", {"next": next} if next else {})
        return value["url"] if status == 200 else (status, value["code"])

    def back(self, name, base="/", **query):
        """What the address says was wrong, or None; and where to."""
        query = {k: v for k, v in query.items() if v is not None}
        status, value, headers = self.ask("GET", f"{base}api/v1/sign-in/oidc/{name}?" + urllib.parse.urlencode(query),
                                          Sec_Fetch_Site="cross-site")
        if status != 303:
            return str(status), value
        where = headers["Location"]
        self.csrf = None
        self.ask("GET", base + "api/v1/me")  # whose token changes with the session
        return urllib.parse.parse_qs(urllib.parse.urlsplit(where).query).get("problem", [None])[0], where

    def sign_in(self, provider, name, next=None, **claims):
        url = self.go(name, next)
        if not isinstance(url, str):
            return url[1], url
        _, query = provider.let_in(url, **claims)
        return self.back(name, **query)

    def me(self):
        return self.api("GET", "/me")[1]


def refused(server, provider, name, label, problem, visitor=None, wrong=None, **how):
    """A sign-in that goes wrong in one way, between two that do not: nobody waits for the others."""
    visitor = visitor or Visitor(server)
    provider.how = dict(how)
    found, where = (wrong or (lambda: visitor.sign_in(provider, name, sub="u-ops", groups=["ops"])))()
    provider.how = {}
    in_now = [cookie for cookie in visitor.jar if "trip" not in cookie]
    tap.check(found == problem and not in_now, f"{label}: {problem}", found, where, visitor.jar)
    again = Visitor(server).sign_in(provider, name, sub="u-ops", groups=["ops"])
    if again[0] is not None:
        tap.check(name == "other", "the right way is open again", again, server.log[-3:])


# --- the right way ---

def first_time(server, good):
    ben = Visitor(server)
    status, value, _ = ben.api("GET", "/sign-in")
    tap.check(status == 200 and value["providers"][0] == {"name": "good", "title": "Example Login"}, "the sign-in page names the providers", value)
    url = ben.go("good")
    asked, query = good.let_in(url, sub="u-ben", preferred_username="Ben@Example", name="Ben Example", groups=["team-a", "unknown"])
    tap.check(url.startswith(good.issuer + "/authorize?kind=1&") and asked["response_type"] == "code" and asked["code_challenge_method"] == "S256"
              and asked["scope"] == "openid profile groups" and asked["redirect_uri"] == f"http://localhost:{ben.port}/api/v1/sign-in/oidc/good",
              "the browser is sent there with a state, a nonce and a challenge", url)
    problem, where = ben.back("good", **query)
    tap.check(problem is None and where == "/", "and comes back to the first page, signed in", problem, where, good.forms[-1:])
    me = ben.me()
    tap.check(me["who"] == "ben@example" and me["role"] == "operator" and me["tenant"]["name"] == "a", "as a new user with the role of his group", me)
    tap.check(me["user"]["roles"] == [{"tenant": "a", "role": "operator", "by_group": True}] and me["user"]["full_name"] == "Ben Example",
              "that says where it comes from", me["user"])
    return ben


def groups_change(server, good, ben):
    ben.sign_in(good, "good", sub="u-ben", groups=["team-b"])
    me = ben.me()
    tap.check([(r["tenant"], r["role"]) for r in me["user"]["roles"]] == [("b", "viewer")], "other groups next time, other roles", me["user"])
    number = str(me["user"]["id"])
    run("user", "edit", "ben@example", "--role", "admin", "--in", "a", "--store", server.store, "-c", server.config)
    ben.sign_in(good, "good", sub="u-ben", groups=["team-a", "team-b"])
    roles = [(r["tenant"], r["role"], r["by_group"]) for r in ben.me()["user"]["roles"]]
    tap.check(roles == [("a", "admin", False), ("b", "viewer", True)], "what was given by hand stays", roles, number)
    ben.sign_in(good, "good", sub="u-ben", groups=["admins"])
    tap.check(ben.me()["role"] == "site", "a group makes a site admin")
    ben.sign_in(good, "good", sub="u-ben", groups=[])
    tap.check([r["tenant"] for r in ben.me()["user"]["roles"]] == ["a"] and ben.me()["role"] == "admin", "and it is taken with the group", ben.me())
    cleo, elsewhere = Visitor(server), Visitor(server)
    for browser in (cleo, elsewhere):
        browser.sign_in(good, "good", sub="u-cleo", preferred_username="cleo", groups=["everywhere"])
    tap.check(cleo.me()["sees_all"] and cleo.me()["role"] == "viewer", "a role in every tenant", cleo.me())
    problem, where = cleo.sign_in(good, "good", sub="u-cleo", groups=["unknown"])
    tap.check(problem == "no-group" and where == "/?problem=no-group", "who has lost all groups does not come in", problem, where)
    tap.check(elsewhere.api("GET", "/reports")[0] == 401, "nor stays in where he was")
    sentence = cleo.api("GET", "/sign-in?problem=no-group&lang=en")[1]["problem"]
    tap.check(sentence.startswith("You are known, but in no group that may see anything here."), "and is told why", sentence)
    tap.check(cleo.api("GET", "/sign-in?problem=%3Cscript%3E")[1]["problem"] is None, "no word of an address is said again")


def who_is_who(server, good, other, anna):
    """Never by the mail address, nor by the name."""
    before = {u["name"] for u in anna.api("GET", "/users")[1]["users"]}
    thief = Visitor(server)
    thief.sign_in(good, "good", sub="u-thief", preferred_username="anna", email="anna@example.com", email_verified=True, groups=["team-b"])
    tap.check(thief.me()["who"] == "anna-2" and thief.me()["role"] == "viewer", "a name that is taken is somebody else's", thief.me())
    odd = Visitor(server)
    odd.sign_in(good, "good", sub="u-odd", preferred_username="\u00c4 <b>..\nO'Neil", groups=["team-b"])
    tap.check(odd.me()["who"] == "b..oneil", "a name that can be none here becomes one", odd.me()["who"])
    nobody = Visitor(server)
    tap.check(nobody.sign_in(good, "good", sub="u-none", groups=["unknown"])[0] == "no-group", "who is in no group becomes no user")
    tap.check(nobody.sign_in(other, "other", sub="u-new", groups=["team-a"])[0] == "unknown-user", "where users are made by hand alone, nobody does")
    after = {u["name"] for u in anna.api("GET", "/users")[1]["users"]}
    tap.check(after - before == {"anna-2", "b..oneil"}, "and nothing of them is left", after - before)


def link(server, good, other, anna):
    def add(who, provider, name, **claims):
        status, value, _ = who.api("POST", f"/me/sign-ins/{name}")
        if status != 200:
            return status, value
        return who.back(name, **provider.let_in(value["url"], **claims)[1])
    problem, where = add(anna, other, "other", sub="u-anna", preferred_username="anna@there")
    tap.check(problem is None and where == "/accounts/me", "who is signed in adds a way in", problem, where)
    rows = anna.api("GET", "/me/sign-ins")[1]["sign_ins"]
    tap.check([(r["provider"], r["label"]) for r in rows] == [("other", "anna@there")], "and sees it", rows)
    again = Visitor(server)
    again.sign_in(other, "other", sub="u-anna", groups=[])
    tap.check(again.me()["who"] == "anna" and again.me()["role"] == "site", "and comes in by it, with what she has here", again.me())
    dora = Visitor(server)
    dora.sign_in(good, "good", sub="u-dora", preferred_username="dora", groups=["team-a"])
    problem, where = add(dora, other, "other", sub="u-anna")
    tap.check(problem == "taken" and where == "/accounts/me?problem=taken", "nobody takes it from her", problem, where)
    status, value, _ = dora.api("POST", "/me/sign-ins/other")
    query = other.let_in(value["url"], sub="u-dora-2")[1]
    stranger = Visitor(server)
    stranger.jar = {name: value for name, value in dora.jar.items() if "trip" in name}
    tap.check(stranger.back("other", **query)[0] == "signed-out", "it is added only to the session that began it")
    only = dora.api("GET", "/me/sign-ins")[1]["sign_ins"][0]["id"]
    status, value, _ = dora.api("DELETE", f"/me/sign-ins/{only}")
    tap.check(status == 400 and "only way" in value["detail"], "the only way in is not removed", status, value)
    tap.check(dora.api("DELETE", f"/me/sign-ins/{rows[0]['id']}")[0] == 404, "nor anybody else's")
    status, value, _ = anna.api("DELETE", f"/me/sign-ins/{rows[0]['id']}")
    tap.check(status == 200 and again.api("GET", "/reports")[0] == 401, "one that is removed ends the sessions that came by it", status, value)
    tap.check(Visitor(server).sign_in(other, "other", sub="u-anna", groups=[])[0] == "unknown-user", "and is nobody's any more")
    run("user", "edit", "dora", "--disable", "--store", server.store, "-c", server.config)
    tap.check(Visitor(server).sign_in(good, "good", sub="u-dora", groups=["team-a"])[0] == "disabled", "a disabled user stays out")


def next_page(server, good):
    for wanted, got in (("/issues?state=all", "/issues?state=all"), ("//evil.example/", "/"), ("https://evil.example/", "/"),
                        ("/\\evil.example", "/"), ("javascript:alert(1)", "/"), ("/" + "a" * 300, "/")):
        problem, where = Visitor(server).sign_in(good, "good", next=wanted, sub="u-ops", groups=["ops"])
        tap.check(problem is None and where == got, f"back to {got} for {wanted[:30]}", problem, where)


# --- who cheats ---

def hostile(server, good, other):
    now = int(time.time())
    doubled = lambda claims: oidc_world.b64((json.dumps(claims)[:-1] + ', "sub": "u-site"}').encode())
    for label, problem, how in (
            ("a token for another session", "token-nonce", {"claims": {"nonce": "other"}}),
            ("a token without a nonce", "token-nonce", {"claims": {"nonce": None}}),
            ("a token for another program", "token-audience", {"claims": {"aud": "other"}}),
            ("a token for us that another asked for", "token-audience", {"claims": {"aud": [oidc_world.CLIENT, "x"], "azp": "x"}}),
            ("a token that nobody signed", "token-algorithm", {"header": {"alg": "none"}}),
            ("a token signed with the public key as a secret", "token-algorithm", {"header": {"alg": "HS256"}}),
            ("a token that has run out", "token-time", {"claims": {"exp": now - 301, "iat": now - 900}}),
            ("a token of the future", "token-time", {"claims": {"iat": now + 900, "exp": now + 1200}}),
            ("a token of another issuer", "token-issuer", {"claims": {"iss": other.issuer}}),
            ("a token signed by another key", "token-signature", {"other key": True}),
            ("a token of another access token", "token-hash", {"claims": {"at_hash": "AAAA"}}),
            ("a token that says two things", "token-malformed", {"raw claims": doubled}),
            ("a token whose groups are elsewhere", "groups-elsewhere",
             {"claims": {"groups": None, "_claim_names": {"groups": "src1"}}, "raw claims": lambda c: oidc_world.b64({k: v for k, v in c.items() if v is not None})}),
            ("no token", "token-malformed", {"token says": (200, {"access_token": "x"})}),
            ("an answer that is no JSON", "token-malformed", {"token says": (200, b"<html>")}),
            ("an answer of 200 KB", "provider-broken", {"token says": (200, b" " * 200_000)}),
            ("a redirect where the code goes", "provider-broken", {"token says": (302, {})}),
            ("a code that is refused", "code-refused", {"token says": (400, {"error": "invalid_grant"})}),
            ("a client that is refused", "provider-setup", {"token says": (401, {"error": "invalid_client"})}),
            ("a provider that fails", "provider-error", {"token says": (500, {})}),
            ("a provider that does not answer", "provider-unreachable", {"slow /token": 3})):
        refused(server, good, "good", label, problem, **how)
    before = good.asked.count("/jwks")
    for _ in range(3):
        refused(server, good, "good", "a key that nobody has", "token-key", header={"kid": "new"})
    tap.check(good.asked.count("/jwks") - before <= 1, "whose keys are fetched once a minute at most", good.asked.count("/jwks") - before)


def browsers(server, good, other):
    """What comes back by the browser."""
    def mixed_up():
        return visitor.back("other", **good.let_in(visitor.go("good"), sub="u-ops", groups=["ops"])[1])
    visitor = Visitor(server)
    sent = len(other.forms)
    refused(server, good, "good", "the answer of one provider at the door of another", "mix-up", visitor, mixed_up)
    tap.check(len(other.forms) == sent, "and no code goes to the wrong one")
    sent = len(good.forms)
    visitor = Visitor(server)
    refused(server, good, "good", "an answer that says it is of another", "mix-up", visitor,
            lambda: visitor.back("good", iss=other.issuer, **good.let_in(visitor.go("good"), sub="u-ops", groups=["ops"])[1]))
    tap.check(len(good.forms) == sent + 1, "before its code is sent anywhere", len(good.forms) - sent)  # the one is the good one after it
    visitor = Visitor(server)
    right = visitor.back("good", iss=good.issuer, **good.let_in(visitor.go("good"), sub="u-ops", groups=["ops"])[1])
    tap.check(right[0] is None, "one that says the right one comes in", right)
    visitor = Visitor(server)
    refused(server, other, "other", "an answer without iss where it was announced", "mix-up", visitor,
            lambda: visitor.back("other", **other.let_in(visitor.go("other"), sub="u-ops")[1]))
    query = good.let_in(visitor.go("good"), sub="u-ops", groups=["ops"])[1]
    refused(server, good, "good", "a state in another browser", "state", None, lambda: Visitor(server).back("good", **query))
    query = good.let_in(visitor.go("good"), sub="u-ops", groups=["ops"])[1]
    first = visitor.back("good", **query)
    visitor.api("POST", "/sign-out", {})
    refused(server, good, "good", "a state for the second time", "state", visitor, lambda: visitor.back("good", **query))
    tap.check(first[0] is None, "which was good for once", first)
    asked, again = good.let_in(visitor.go("good"), sub="u-ops", groups=["ops"])
    refused(server, good, "good", "a code for the second time", "code-refused", visitor,
            lambda: visitor.back("good", state=again["state"], code=query["code"]))
    for label, problem, wrong in (("somebody says no there", "access-denied", {"error": "access_denied"}),
                                  ("an error there", "provider-error", {"error": "server_error\r\nx"}),
                                  ("no code", "provider-error", {})):
        asked, _ = good.let_in(visitor.go("good"), sub="u-ops")
        refused(server, good, "good", label, problem, visitor, lambda: visitor.back("good", state=asked["state"], **wrong))
    for state in (None, "", "AAAA", "A" * 43, "'"):
        refused(server, good, "good", f"a state that is none ({state})", "state", Visitor(server), lambda: Visitor(server).back("good", state=state, code="x"))
    tap.check(Visitor(server).back("nobody", state="x")[0] == "404", "a provider that is not there")
    foreign = Visitor(server).ask("POST", "/api/v1/sign-in/oidc/good", {}, Origin="https://evil.example", Sec_Fetch_Site="cross-site")
    tap.check(foreign[0] == 403 and foreign[1]["code"] == "elsewhere", "no other page begins a sign-in", foreign[:2])
    two = Visitor(server)
    urls = [two.go("good"), two.go("good")]
    ends = [two.back("good", **good.let_in(url, sub="u-ops", groups=["ops"])[1])[0] for url in urls]
    tap.check(ends == [None, None], "two windows of a browser do not hinder each other", ends)


def bad_providers(server, worlds):
    for name, problem in (("redirect", "provider-broken"), ("liar", "provider-broken"), ("slow", "provider-unreachable"),
                          ("nowhere", "provider-unreachable"), ("private", "provider-unreachable"), ("nosecret", "provider-setup"),
                          ("plain", "provider-broken")):
        found = Visitor(server).go(name)
        tap.check(found == (503, problem), f"a provider that is {name}: {problem}", found)
    asked = len(worlds["redirect"].asked)
    found = [Visitor(server).go("redirect") for _ in range(5)]
    tap.check(len(worlds["redirect"].asked) - asked <= 2 and set(found) == {(503, "provider-broken")},
              "and is not asked again at every click", worlds["redirect"].asked, found)
    huge = Visitor(server).sign_in(worlds["huge"], "huge", sub="u-ops", groups=["ops"])
    tap.check(huge[0] == "provider-broken", "keys of 200 KB: provider-broken", huge)
    tap.check("/elsewhere" not in worlds["redirect"].asked, "no redirect is followed", worlds["redirect"].asked)


def too_often(server):
    visitor = Visitor(server)
    ends = [visitor.back("good", state="x", code="x")[0] for _ in range(8)]
    tap.check(ends[0] == "state" and ends[-1] == "429", "who fails too often waits", ends)


def written_down(server, anna, ben):
    rows = anna.api("GET", "/audit?limit=500")[1]["audit"]
    actions = {row["action"] for row in rows}
    tap.check({"oidc-new", "oidc-enter", "me-oidc-add", "me-oidc-remove"} <= actions, "every one of them has its line", actions)
    line = next(row for row in rows if row["action"] == "oidc-enter" and row["who"] == "u-cleo" or row["who"] == "cleo")
    tap.check(line["before"] and line["after"] and line["from"] == "127.0.0.1", "with who, from where, before and after", line)
    text = json.dumps(rows) + "".join(server.log)
    tap.check(oidc_world.SECRET not in text and "access" not in re.findall(r'token="(\w+)"', text), "and no secret in it, nor in the log")


# --- below a path, behind https; without passwords ---

def behind_proxy(folder, good):
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    os.mkdir(folder + "/proxy")
    server = Server(folder + "/proxy", NO_DNS + provider("good", good, folder) + 'web { url = "https://reports.example/sub/" passwords = no }\n')
    try:
        config = open(server.config, encoding="utf-8").read().replace("http { listen", 'http { base = "/sub/" listen')
        server.stop()
        with open(server.config, "w", encoding="utf-8") as f:
            f.write(config)
        server.start()
        run("user", "add", "anna", "--admin", "--store", server.store, "-c", server.config)
        visitor = Visitor(server, "reports.example", "https://reports.example")
        url = visitor.go("good", "/sub/issues", base="/sub/")
        asked, query = good.let_in(url, sub="u-ops", preferred_username="ops", groups=["everywhere"])
        tap.check(asked["redirect_uri"] == "https://reports.example/sub/api/v1/sign-in/oidc/good", "the way back is that of web.url", asked, port)
        tap.check(list(visitor.jar) == ["__Host-mailseal-trip"], "the browser is marked for this host alone", visitor.jar)
        problem, where = visitor.back("good", base="/sub/", **query)
        tap.check(problem is None and where == "/sub/issues" and "__Host-mailseal" in visitor.jar, "and below the path it comes back to", problem, where)
        outside = Visitor(server, "reports.example", "https://reports.example")
        url = outside.go("good", "/elsewhere", base="/sub/")
        where = outside.back("good", base="/sub/", **good.let_in(url, sub="u-ops", groups=["everywhere"])[1])[1]
        tap.check(where == "/sub/", "never beside it", where)
        status, value, _ = outside.ask("GET", "/sub/api/v1/sign-in")
        tap.check("password" not in value["ways"] and "passkey" in value["ways"], "without passwords the page offers none", value)
        status, value, _ = Visitor(server, "reports.example", "https://reports.example").ask(
            "POST", "/sub/api/v1/sign-in", {"name": "anna", "password": PASSWORD})
        tap.check(status == 403 and value["code"] == "passwords-off", "nor does one sign in", status, value)
        code, out, err = run("user", "edit", "anna", "--reset", "--store", server.store, "-c", server.config)
        found = re.search(r"#(\w{32})", out)
        tap.check(code == 0 and found, "a link of the command line is made all the same", code, out, err)
        anna = Visitor(server, "reports.example", "https://reports.example")
        status, value, _ = anna.ask("POST", "/sub/api/v1/links/use", {"link": found[1]})
        tap.check(status == 200 and anna.ask("GET", "/sub/api/v1/me")[1]["role"] == "site", "and nobody is locked out", status, value)
    finally:
        server.stop()


# --- a real one ---

def install():
    """The folder of npm's oidc-provider; None and why where it cannot be had."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        return None, "there is no Node"
    folder = os.path.join(TOP, "build", "oidc-provider")
    os.makedirs(folder, exist_ok=True)
    for name in ("package.json", "provider.mjs"):
        shutil.copy(os.path.join(TOP, "tests", "oidc", name), folder)
    if not os.path.isdir(folder + "/node_modules/oidc-provider"):
        done = subprocess.run(["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--silent"], cwd=folder,
                              capture_output=True, text=True, timeout=300, check=False)
        if done.returncode != 0:
            return None, "npm cannot be reached: " + done.stderr.strip().split("\n")[0][:100]
    return folder, None


def start_provider(folder, port, home):
    """Its process, which answers by now; `home` is where mailseal is."""
    node = subprocess.Popen(["node", "provider.mjs", str(port), oidc_world.CLIENT, oidc_world.SECRET, home + "api/v1/sign-in/oidc/npm"],
                            cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    said = []
    while not said or said[-1] and b"ready" not in said[-1]:  # an empty line is the end
        said.append(node.stdout.readline())
    assert said[-1], said
    return node


class Pages:
    """Follows a provider's pages like a browser without scripts."""

    def __init__(self):
        self.jar = {}

    def ask(self, url, form=None):
        parts = urllib.parse.urlsplit(url)
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
        headers = {"Cookie": "; ".join(f"{n}={v}" for n, v in self.jar.items()), "Accept": "text/html"}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request("GET" if form is None else "POST", parts.path + ("?" + parts.query if parts.query else ""),
                           None if form is None else urllib.parse.urlencode(form), headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        for given in answer.headers.get_all("Set-Cookie") or []:
            for name, morsel in http.cookies.SimpleCookie(given).items():
                self.jar[name] = morsel.value
        connection.close()
        return answer.status, urllib.parse.urljoin(url, answer.headers.get("Location") or ""), text

    def sign_in(self, url, login, home):
        """The address at `home` that it ends at."""
        for _ in range(12):
            if url.startswith(home):
                return url
            status, to, text = self.ask(url)
            while status in (302, 303) and not to.startswith(home):
                url = to
                status, to, text = self.ask(url)
            if to.startswith(home) and status in (302, 303):
                return to
            action = re.search(r'<form[^>]*action="([^"]+)"', text)
            prompt = re.search(r'name="prompt" value="(\w+)"', text)
            if not action or not prompt:
                return text[:400]
            status, url, text = self.ask(urllib.parse.urljoin(url, action[1]), {"prompt": prompt[1], "login": login, "password": "x"})
        return "too many pages"


def real(folder):
    there, why = install()
    if there is None:
        tap.skip("npm's oidc-provider signs people in", why)
        return
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    os.mkdir(folder + "/real")
    issuer = f"http://127.0.0.1:{port}"
    server = Server(folder + "/real", NO_DNS + f'''oidc "npm" {{ issuer = "{issuer}" client_id = mailseal client_secret = "file:{folder}/secret" local = yes
        scopes = {{ "openid", "profile" }} groups = {{ "staff=*:operator", "root=site" }} }}\n''')
    home = f"http://localhost:{server.port('http')}/"
    node = start_provider(there, port, home)
    try:
        run("user", "add", "anna", "--admin", "--store", server.store, "-c", server.config)
        for login, algorithm, role in (("staff-1", "RS256", "operator"), ("root-1", "ES256", "site"), ("staff-2", "PS256", "operator"), ("staff-3", "EdDSA", "operator")):
            visitor = Visitor(server)
            subprocess_tell(port, algorithm)
            url = visitor.go("npm")
            end = Pages().sign_in(url, login, home) if isinstance(url, str) else url
            query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(end).query)) if isinstance(end, str) else {}
            problem, where = visitor.back("npm", **query)
            me = visitor.me()
            tap.check(problem is None and me.get("who") == login and me.get("role") == role and "iss" in query,
                      f"npm's oidc-provider signs {login} in, by {algorithm}", problem, where, end, me, "".join(server.log[-6:]))
        visitor = Visitor(server)
        end = Pages().sign_in(visitor.go("npm"), "guest-1", home)
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(end).query))
        tap.check(visitor.back("npm", **query)[0] == "no-group", "but not who is in no group", end)
        tap.check(visitor.back("npm", **query)[0] == "state", "nor anybody twice")
    finally:
        node.kill()
        node.wait()
        server.stop()


def subprocess_tell(port, algorithm):
    """Which algorithm it signs with from now on."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("POST", "/test/algorithm/" + algorithm)
    connection.getresponse().read()
    connection.close()


# --- all of it ---

def provider(name, world, folder, *more, issuer=None):
    lines = "\n".join(more)
    return f'''oidc "{name}" {{
        issuer = "{issuer or world.issuer}" client_id = "{oidc_world.CLIENT}" client_secret = "file:{folder}/secret"
        scopes = {{ "openid", "profile", "groups" }} timeout = 1s local = yes
        groups = {{ "admins=site", "ops=*:operator", "everywhere=*:viewer", "team-a=a:operator", "team-b=b:viewer", "lost=gone:admin" }}
        {lines}
    }}\n'''


def main():
    if shutil.which("openssl") is None:
        tap.skip("signing in by another server", "openssl is not installed")
        return tap.end()
    names = ("good", "other", "redirect", "liar", "slow", "huge", "plain")
    with tempfile.TemporaryDirectory(prefix="mailseal-oidc-") as folder:
        with open(folder + "/secret", "w", encoding="utf-8") as f:
            f.write(oidc_world.SECRET + "\n")
        worlds = {name: oidc_world.Provider(folder, name) for name in names}
        worlds["redirect"].how = {"redirect": True}
        worlds["liar"].how = {"describe": {"issuer": "https://login.example"}}
        worlds["slow"].how = {"slow /.well-known/openid-configuration": 3}
        worlds["huge"].how = {"huge keys": True}
        worlds["plain"].how = {"describe": {"token_endpoint": "http://login.example/token", "authorization_endpoint": "ftp://login.example/"}}
        worlds["other"].how = {}
        good, other = worlds["good"], worlds["other"]
        other.describe = lambda: (200, {**oidc_world.Provider.describe(other)[1], "authorization_response_iss_parameter_supported": True})
        let_in = other.let_in
        config = "".join([provider("good", good, folder, 'title = "Example Login"'), provider("other", other, folder, "new_users = no"),
                          *(provider(n, worlds[n], folder) for n in names[2:]),
                          provider("nowhere", None, folder, issuer="http://127.0.0.1:1"),
                          provider("private", None, folder, issuer="https://127.0.0.1:1").replace("local = yes", "local = no"),
                          provider("nosecret", good, folder).replace("/secret", "/no-secret")])
        os.mkdir(folder + "/house")
        store = ("--store", f"sqlite:{folder}/house/mailseal.db")
        for tenant in ("a", "b"):
            run("tenant", "add", tenant, *store)
        server = Server(folder + "/house", NO_DNS + config)
        try:
            code, out, err = run("user", "add", "anna", "--admin", *store, "-c", server.config)
            anna = Visitor(server)
            anna.api("POST", "/links/use", {"link": out.strip().split("#")[1], "password": PASSWORD})
            ben = first_time(server, good)
            groups_change(server, good, ben)
            with_iss = lambda url, **claims: (lambda a, q: (a, {**q, "iss": other.issuer}))(*let_in(url, **claims))
            other.let_in = with_iss
            who_is_who(server, good, other, anna)
            link(server, good, other, anna)
            next_page(server, good)
            hostile(server, good, other)
            other.let_in = let_in
            tap.check(server.stop() == 0, "a restart forgets who failed how often")
            server.start()
            browsers(server, good, other)
            bad_providers(server, worlds)
            anna.port, anna.host = server.port("http"), f"localhost:{server.port('http')}"
            written_down(server, anna, ben)
            too_often(server)
            ended = [line for line in server.log if "role-ended" in line or "runtime error" in line or "AddressSanitizer" in line]
            tap.check(server.stop() == 0 and not ended, "no role ended, and no sanitizer had a word to say", *ended[:5], *server.log[-5:])
            behind_proxy(folder, good)
            real(folder)
        finally:
            server.stop()
            for world in worlds.values():
                world.stop()
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
