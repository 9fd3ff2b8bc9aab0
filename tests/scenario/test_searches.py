#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Saved searches: a user's own, kept on the server, and in the tenant alone where he made them."""
import contextlib
import json
import sqlite3
import sys
import tempfile

import test_accounts as accounts
from house import Server, Tap, run
from test_accounts import NO_DNS, Browser
from test_matrix import invite

tap = Tap()


def save(browser, name, screen="reports", query="domain=example.com&failing=1", tenant=""):
    return browser.ask("POST", f"/me/searches{tenant}", {"name": name, "screen": screen, "query": query})[:2]


def names(browser, tenant=""):
    status, value, _ = browser.ask("GET", f"/me/searches{tenant}")
    return [one["name"] for one in value["searches"]] if status == 200 else status


def own(server, ana, ben):
    tap.check(names(ana) == [], "there are none at first")
    status, value = save(ana, " Refused at Google ", "results", "reporter=google.com&mode=enforce&period=30d")
    tap.check(status == 201 and value["id"] > 0, "a search is saved", status, value)
    save(ana, "all of it", "issues", "state=closed")
    found = ana.ask("GET", "/me/searches")[1]["searches"]
    tap.check([(s["name"], s["screen"], s["query"]) for s in found] == [("all of it", "issues", "state=closed"), ("Refused at Google", "results", "reporter=google.com&mode=enforce&period=30d")],
              "and listed by name with its screen and filters", found)
    again = Browser(server)
    again.sign_in("ana")
    tap.check(names(again) == ["all of it", "Refused at Google"], "in another browser too")
    status, value = save(ana, "all of it", "senders", "by=address")
    found = ana.ask("GET", "/me/searches")[1]["searches"]
    tap.check(status == 201 and len(found) == 2 and found[0]["screen"] == "senders" and found[0]["id"] == value["id"], "the same name takes its place", found)
    tap.check(names(ben) == [] and ben.ask("DELETE", f"/me/searches/{found[0]['id']}")[0] == 404 and len(names(ana)) == 2, "nobody else sees them, or takes them away")
    tap.check(ana.ask("DELETE", f"/me/searches/{found[0]['id']}")[0] == 200 and names(ana) == ["Refused at Google"] and
              ana.ask("DELETE", f"/me/searches/{found[0]['id']}")[0] == 404, "its owner removes it, once")


def refused(ana):
    wrong = [(save(ana, ""), "/name"), (save(ana, "x" * 101), "/name"), (save(ana, "x", "settings"), "/screen"), (save(ana, "x", query=""), "/query"),
             (save(ana, "x", query="a=1#b"), "/query"), (save(ana, "x", query='a="><script>'), "/query"), (save(ana, "x", query="a=" + "b" * 1000), "/query"),
             (save(ana, "x", query="a b"), "/query"), (ana.ask("POST", "/me/searches", {"name": "x", "screen": "reports", "query": "a=1", "account": 1})[:2], "/")]
    tap.check([(s, v["errors"][0]["pointer"]) for (s, v), _ in wrong] == [(400, p) for _, p in wrong], "what is no search is refused by name", *wrong)
    made = [save(ana, f"n{i}")[0] for i in range(50)]
    status, value = save(ana, "one more")
    tap.check(made == [201] * 49 + [400] and status == 400 and "at most 50" in value["detail"], "fifty are kept for one user, and the next is told so", made, value)
    tap.check(save(ana, "n0", query="mx=mx1")[0] == 201, "one of them may still be changed")


def tenants(server, site, db):
    number = {t["name"]: t["id"] for t in site.ask("GET", "/tenants")[1]["tenants"]}
    of_a, of_b = f"?tenant={number['a']}", f"?tenant={number['b']}"
    save(site, "in a", query="domain=a-own.example", tenant=of_a)
    save(site, "in the house")
    tap.check((names(site, of_a), names(site, of_b), names(site)) == (["in a"], [], ["in the house"]), "each is shown in the tenant alone where it was made",
              names(site, of_a), names(site, of_b), names(site))
    both = invite(server, "both", "--role", "viewer", "--in", "a")
    run("user", "edit", "both", "--role", "viewer", "--in", "b", "--store", server.store, "-c", server.config)
    save(both, "mine in a", tenant=of_a)
    tap.check(names(both, of_a) == ["mine in a"] and names(both, of_b) == [], "also of a user of two")
    run("user", "edit", "both", "--role", "none", "--in", "a", "--store", server.store, "-c", server.config)
    tap.check("mine in a" not in json.dumps([both.ask("GET", f"/me/searches{q}")[1] for q in ("", of_a, of_b)]), "who has left a tenant sees his there no more")
    site.ask("DELETE", f"/tenants/{number['a']}")
    with contextlib.closing(sqlite3.connect(db)) as opened:
        left = opened.execute("SELECT count(*) FROM saved_search WHERE tenant = ?", (number["a"],)).fetchone()[0]
    tap.check(left == 0, "with a tenant its searches go")


def nobody(server, site, token):
    stranger = Browser(server)
    tap.check([stranger.ask("GET", "/me/searches")[0], save(stranger, "x")[0]] == [401, 401], "who is not signed in has none")
    asked = [stranger.ask("GET", "/me/searches", Authorization=f"Bearer {token}", Cookie=None)[0],
             stranger.ask("POST", "/me/searches", {"name": "x", "screen": "reports", "query": "a=1"}, Authorization=f"Bearer {token}", Cookie=None)[0]]
    tap.check(asked == [403, 403], "nor has a token", asked)
    actions = [(r["action"], r["who"]) for r in site.ask("GET", "/audit?limit=500")[1]["audit"]]
    tap.check(("me-search-save", "ana") in actions and ("me-search-remove", "ana") in actions, "each change stands in the audit log", actions[:10])


def main():
    with tempfile.TemporaryDirectory(prefix="mailseal-searches-") as folder:
        words = ("--store", f"sqlite:{folder}/mailseal.db")
        for one in "ab":
            run("tenant", "add", one, *words)
        server = Server(folder, NO_DNS)
        try:
            status = accounts.Browser(server).ask("GET", "/me/searches")[0]
            tap.check(status == 403, "a house without users has none", status)
            site = invite(server, "sam", "--admin")
            ana, ben = invite(server, "ana", "--role", "viewer"), invite(server, "ben", "--role", "viewer")
            own(server, ana, ben)
            refused(ana)
            tenants(server, site, f"{folder}/mailseal.db")
            token = site.ask("POST", "/tokens", {"label": "t", "scopes": ["admin"]})[1]["token"]
            nobody(server, site, token)
            run("user", "remove", "ana", *words, "-c", server.config)
            with contextlib.closing(sqlite3.connect(f"{folder}/mailseal.db")) as opened:
                kept = opened.execute("SELECT count(*) FROM saved_search s WHERE NOT EXISTS (SELECT 1 FROM account a WHERE a.id = s.account)").fetchone()[0]
            tap.check(kept == 0, "with a user his searches go", kept)
            tap.check(not accounts.faults, "and every answer is as the contract says", accounts.faults)
        finally:
            server.stop()
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
