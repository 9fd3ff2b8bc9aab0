#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""A policy is published by the web: what it would do, what speaks against enforce, who may, and that no request goes around
the reasons.  Mail servers, policy host and DNS are on loopback."""
import contextlib
import json
import sys
import time

from house import Tap, run, wait_until
from look_world import DAY, Folder, Server, World, shutil
from test_accounts import faults
from test_matrix import invite

tap = Tap()
DOMAIN, SOUND = "one.example", "sound.example"
DARK, QUIET = "dark.example", "quiet.example"  # of one the DNS does not say whether there is a record, of the other that there is none
PATH = f"/policies/{DOMAIN}/publication"


def look(browser, domain=DOMAIN):
    """A fresh look; the page asks for one before it shows what would be."""
    browser.ask("POST", f"/checks/{domain}", {})
    wait_until(lambda: browser.ask("GET", f"/checks/{domain}")[1]["state"] in ("done", "failed"), 60)
    return browser.ask("GET", f"/checks/{domain}")[1]


def codes(value):
    return sorted({reason["code"] for reason in value.get("refused_because", [])})


def before_anybody_looked(admin):
    status, value, _ = admin.ask("GET", PATH)
    tap.check(status == 200 and value["listed"] and value["served"] is None and value["outside"] is None and value["place"] == "unknown",
              "nothing is served, and what stands outside is not known rather than missing", status, value)
    status, value, _ = admin.ask("POST", PATH, {"mode": "enforce", "mx": ["mx1.one.example"], "overrule": []})
    tap.check(status == 409 and codes(value) == ["mx-unknown", "would-be-refused"] and not value["published"],
              "without a look enforce is refused: nobody knows what it would do", status, value)


def ladder(admin, domain=DOMAIN):
    return admin.ask("GET", f"/policies/{domain}/advice")[1]


def where_it_stands(admin, when):
    way, out = (ladder(admin)[key] for key in ("ladder", "leaving"))
    reasons = " ".join((way["next"] or {}).get("reasons", []))
    if when == "blind":
        tap.check(way["here"] == 0 and way["next"]["step"] == 1 and not way["next"]["ready"] and "could not be told" in reasons and
                  out["steps"][0]["state"] == "cannot-tell", "before a look nobody knows where the domain stands, and no step is ready", way, out)
    else:
        tap.check(way["here"] == 1 and [one["state"] for one in way["steps"]] == ["here", "ahead", "ahead", "ahead", "ahead"] and
                  (way["next"]["step"], way["next"]["mode"], way["next"]["max_age"], way["next"]["ready"]) == (3, "enforce", 86400, False),
                  "the domain is at its first step, and the next one to publish is enforce for a day", way)
        tap.check("Of 14 days with reports of this mode there are 1." in reasons and "Mail servers without STARTTLS and a valid certificate: 1 of 1." in reasons and
                  "refuses: 7" in reasons, "and it says why that is not yet time", reasons)
        tap.check(not out["begun"] and out["has_policy"] and out["here"] == 0 and out["days_left"] == 1, "to leave would take the max_age of the policy", out)


def testing_first(admin):
    status, value, _ = admin.ask("POST", PATH, {"mode": "testing", "max_age": 86400, "preview": True})
    tap.check(status == 200 and not value["published"] and value["before"] is None and value["policy"]["mx"] == ["mx1.one.example"] and
              "mode: testing" in value["policy"]["text"] and value["record"]["name"] == f"_mta-sts.{DOMAIN}" and
              value["record"]["value"] == f"v=STSv1; id={value['policy']['id']}",
              "the preview has the file, the servers of DNS, and a record with a new id", status, value)
    for form, word in (("bind", "IN"), ("route53", "ResourceRecordSet"), ("nsupdate", "update add")):
        value = admin.ask("POST", PATH, {"mode": "testing", "preview": True, "format": form})[1]
        tap.check(word in value.get("record", {}).get("formatted", ""), f"the record can be had for {form}", value)
    tap.check(admin.ask("GET", PATH)[1]["served"] is None, "a preview changes nothing")
    status, value, _ = admin.ask("POST", PATH, {"mode": "testing", "max_age": 86400, "before": ""})
    tap.check(status == 200 and value["published"] and value["policy"]["who"] == "anna-admin", "testing is published, in his name", status, value)
    now = admin.ask("GET", PATH)[1]
    tap.check(now["served"]["id"] == value["policy"]["id"] and len(now["published"]) == 1, "and is what is served now", now)
    same = admin.ask("POST", PATH, {"mode": "testing", "preview": True})[1]
    tap.check(same["record"]["value"] == f"v=STSv1; id={now['served']['id']}", "the preview of what is served has the record that is to be set", same)
    late = admin.ask("POST", PATH, {"mode": "none", "before": ""})
    tap.check(late[0] == 412, "who decided by what was before is told that it changed meanwhile", late[:2])
    return value["policy"]["id"]


def enforce_too_early(admin, first):
    status, value, _ = admin.ask("POST", PATH, {"mode": "enforce", "preview": True})
    tap.check(status == 200 and codes(value) == ["mx-tls", "would-be-refused"] and
              any("would have been refused" in reason["sentence"] for reason in value["refused_because"]),
              "the preview of enforce says what speaks against it", status, value)
    status, value, _ = admin.ask("POST", PATH, {"mode": "enforce"})
    tap.check(status == 409 and codes(value) == ["mx-tls", "would-be-refused"] and not value["published"], "enforce too early is refused, with the reasons", status, value)
    status, value, _ = admin.ask("POST", PATH, {"mode": "enforce", "mx": ["other.one.example"]})
    tap.check(status == 409 and "mx-not-listed" in codes(value), "and more so when a mail server is not covered", status, value)
    status, value, _ = admin.ask("POST", PATH, {"mode": "enforce", "overrule": ["servers"]})
    tap.check(status == 409 and codes(value) == ["would-be-refused"], "to overrule one reason is not to overrule the other", status, value)
    for wrong in (["everything"], "servers", [1]):
        status, value, _ = admin.ask("POST", PATH, {"mode": "enforce", "overrule": wrong})
        tap.check(status == 400, f"{wrong!r} overrules nothing", status, value)
    tap.check(admin.ask("GET", PATH)[1]["served"]["id"] == first, "all the time the old policy is served")
    status, value, _ = admin.ask("POST", PATH, {"take_down": True})
    tap.check(status == 409 and codes(value) == ["cached", "record-there"], "a file that senders may hold is not taken down", status, value)


def said_twice(admin):
    status, value, _ = admin.ask("POST", PATH, {"mode": "enforce", "overrule": ["servers", "refused"]})
    tap.check(status == 200 and value["published"] and value["policy"]["overruled"] == ["--despite-servers", "--despite-refused"],
              "who says that he means it gets it, and the history says what was overruled", status, value)
    lines = admin.ask("GET", "/audit")[1]
    tap.check("policy-publish" in str(lines) and "anna-admin" in str(lines), "the audit log has it", lines)


def leaves(admin):
    """Mode none, then the record, then the file; what the DNS does not say is not taken for gone."""
    for domain in (DARK, QUIET):
        path = f"/policies/{domain}/publication"
        status, value, _ = admin.ask("POST", path, {"mode": "none"})
        tap.check(status == 200 and value["published"] and [one["sign"] for one in value["changes"]] == ["new"] * 3, f"mode none is published for {domain}", status, value)
        status, value, _ = admin.ask("POST", path, {"take_down": True})
        tap.check(status == 409 and codes(value) == ["record-unknown"] and value["refused_because"][0]["overrule"] == "cached" and
                  "Nobody knows whether the TXT record is gone" in value["refused_because"][0]["sentence"],
                  "where nobody has looked a file is not taken down: its record may stand", status, value)
        look(admin, domain)
    dark, quiet = (f"/policies/{domain}/publication" for domain in (DARK, QUIET))
    states = [[one["state"] for one in ladder(admin, domain)["leaving"]["steps"]] for domain in (DARK, QUIET)]
    tap.check(states == [["done", "cannot-tell", "ahead"], ["done", "done", "now"]], "the steps out stand where the facts say, and could not check is a state of its own", states)
    status, value, _ = admin.ask("POST", dark, {"take_down": True})
    tap.check(status == 409 and codes(value) == ["record-unknown"], "nor where the DNS gave no answer", status, value)
    status, value, _ = admin.ask("POST", quiet, {"take_down": True, "preview": True})
    tap.check(status == 200 and codes(value) == [] and {one["sign"] for one in value["changes"]} == {"gone"},
              "where the DNS says that the record is gone nothing speaks against it, and the preview shows what goes", status, value)
    status, value, _ = admin.ask("POST", dark, {"take_down": True, "overrule": ["cached"]})
    tap.check(status == 200 and value["published"] and value["policy"]["overruled"] == ["--despite-cached"], "who means it takes it down all the same, and the history says so",
              status, value)


def who_may(people):
    for browser in people:
        status, value, _ = browser.ask("POST", PATH, {"mode": "testing", "preview": True})
        tap.check(status == 403, f"{browser.name} may not publish, not even ask what it would do", status, value)
        tap.check(browser.ask("GET", PATH)[0] == 200, f"{browser.name} may see what is served")


def the_house_judges_again(server, admin):
    """The looks of `keep` end with it, those of `http` do not: what `http` still believes is not enough."""
    path, wish = f"/policies/{SOUND}/publication", {"mode": "enforce", "max_age": 172800}
    look(admin, SOUND)
    status, value, _ = admin.ask("POST", path, wish)
    tap.check(status == 200 and value["published"] and value["policy"]["overruled"] == [], "where all is well enforce is published at the first word", status, value)
    server.kill("keep")
    answers = []

    def answered():
        answers.append(admin.ask("POST", path, wish))
        return answers[-1][0] not in (503, 429)

    wait_until(answered, 30)
    status, value, _ = answers[-1]
    tap.check(status == 403 and "could be looked at" in value.get("detail", ""), "a keep that saw nothing itself refuses it all the same", status, value)
    path = f"/policies/{QUIET}/publication"
    status, value, _ = admin.ask("POST", path, {"take_down": True})
    tap.check(status == 403 and "whether the TXT record is gone" in value.get("detail", ""), "and takes no file down whose record it did not see gone", status, value)
    status, value, _ = admin.ask("POST", path, {"take_down": True, "overrule": ["cached"]})
    tap.check(status == 200 and value["published"], "but for who means it", status, value)


@contextlib.contextmanager
def house():
    """A server whose domain has a mail server with an expired certificate, and another where all is well; and who may do what."""
    with Folder() as folder:
        world = World(folder)
        world.set(DOMAIN, "MX", (10, "mx1.one.example"))
        world.server("mx1.one.example", "expired")
        world.set(SOUND, "MX", (10, "mx.sound.example"))
        world.failing.add(f"_mta-sts.{DARK}")
        world.server("mx.sound.example")
        world.policy(DOMAIN, "version: STSv1\r\nmode: testing\r\nmx: mx1.one.example\r\nmax_age: 86400\r\n")
        world.set(f"_mta-sts.{DOMAIN}", "TXT", "v=STSv1; id=1")
        world.set(f"_smtp._tls.{DOMAIN}", "TXT", "v=TLSRPTv1; rua=mailto:a@b.example")
        store = ("--store", f"sqlite:{folder}/mailseal.db")
        run("domain", "add", DOMAIN, *store)
        for domain in (SOUND, DARK, QUIET):
            run("domain", "add", domain, *store)
        run("import", failing(folder), *store)
        server = Server(folder, world.config("interval = 0"))
        try:
            yield server, invite(server, "anna-admin", "--admin"), [invite(server, f"a-{role}", "--role", role) for role in ("viewer", "operator")]
        finally:
            server.stop()
            world.close()


def main():
    if not shutil.which("certtool"):
        tap.skip("a policy is published by the web", "certtool is not there")
        return tap.end()
    with house() as (server, admin, people):
        before_anybody_looked(admin)
        where_it_stands(admin, "blind")
        seen = look(admin)
        tap.check(seen["state"] == "done", "the domain is looked at", seen)
        where_it_stands(admin, "testing")
        first = testing_first(admin)
        enforce_too_early(admin, first)
        who_may(people)
        said_twice(admin)
        leaves(admin)
        the_house_judges_again(server, admin)
        tap.check(not faults, "all answers keep the contract", *faults[:5])
    return tap.end()


def failing(folder):
    when = time.strftime("%Y-%m-%d", time.gmtime(time.time() - DAY))
    unit = {"policy": {"policy-type": "sts", "policy-domain": DOMAIN,
                       "policy-string": ["version: STSv1", "mode: testing", "mx: mx1.one.example", "max_age: 86400"]},
            "summary": {"total-successful-session-count": 100, "total-failure-session-count": 7},
            "failure-details": [{"result-type": "certificate-expired", "failed-session-count": 7, "receiving-mx-hostname": "mx1.one.example"}]}
    path = f"{folder}/failing.json"
    with open(path, "w", encoding="utf-8") as out:
        json.dump({"organization-name": "Google Inc.", "contact-info": "tls@google.com", "report-id": "a",
                   "date-range": {"start-datetime": when + "T00:00:00Z", "end-datetime": when + "T23:59:59Z"}, "policies": [unit]}, out)
    return path


if __name__ == "__main__":
    sys.exit(main())
