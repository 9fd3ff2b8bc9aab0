#!/usr/bin/env python3
"""The server looks by itself: what changes is dated, what is wrong becomes an issue, and what is mended closes it.  Over real
sockets, with a clock that this test sets."""
import json
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from house import Tap  # noqa: E402
from look_world import DAY, Clock, Folder, Server, World, context, https, looked, run, smtp  # noqa: E402

tap = Tap()
POLICY = "version: STSv1\nmode: enforce\nmx: {mx}\nmax_age: 604800\n"


def day_text(at):
    return time.strftime("%Y-%m-%d", time.gmtime(at))


def report(domain, mx, at, failed, policy=None, name="google.com", report_id=None):
    """Of the UTC day that holds `at`."""
    day = day_text(at)
    strings = (policy or POLICY.format(mx=mx)).strip().split("\n")
    details = [{"result-type": "certificate-expired", "sending-mta-ip": "192.0.2.1", "receiving-mx-hostname": mx,
                "failed-session-count": failed}] if failed else []
    return json.dumps({
        "organization-name": "Google Inc." if name == "google.com" else name, "contact-info": f"tls@{name}",
        "report-id": report_id or f"{day}.{domain}.{name}",
        "date-range": {"start-datetime": f"{day}T00:00:00Z", "end-datetime": f"{day}T23:59:59Z"},
        "policies": [{"policy": {"policy-type": "sts", "policy-string": strings, "policy-domain": domain, "mx-host": [mx]},
                      "summary": {"total-successful-session-count": 1000 if not failed else 40,
                                  "total-failure-session-count": failed}, "failure-details": details}]}).encode()


class House:
    def __init__(self, folder, world, more=""):
        self.folder, self.world = os.path.join(folder, "house"), world
        os.mkdir(self.folder)
        self.text = world.config(more)
        self.server = None

    def up(self):
        self.server = Server(self.folder, self.text)

    def down(self):
        code = self.server.stop()
        return code == 0

    def say(self, *words, data=None):
        return run(*words, "-c", f"{self.folder}/mailseal.conf", "--store", f"sqlite:{self.folder}/mailseal.db", data=data)

    def json(self, *words):
        code, out, err = self.say(*words, "--json")
        return json.loads(out) if out else {"code": code, "error": err}

    def take(self, body):
        with open(os.path.join(self.folder, "report.json"), "wb") as out:
            out.write(body)
        return self.say("import", os.path.join(self.folder, "report.json"))

    def issues(self, *more):
        return self.json("issue", "list", *more)["issues"]


def good_domain(world, domain):
    mx = f"mx.{domain}"
    server, policy = world.server(mx), world.policy(domain, POLICY.format(mx=mx))
    world.set(domain, "MX", (10, mx))
    world.set(f"_mta-sts.{domain}", "TXT", "v=STSv1; id=1")
    world.set(f"_smtp._tls.{domain}", "TXT", "v=TLSRPTv1; rua=mailto:tls@reports.example")
    return server, policy


def one(issues, cause):
    found = [i for i in issues if i["cause"] == cause]
    return found[0] if len(found) == 1 else None


# --- closing the loop ---

def closes_the_loop(folder):
    """A report opens the issue, the look confirms it, the certificate is replaced, a look and one clean day close it."""
    world = World(folder)
    domain, mx = "loop.example", "mx.loop.example"
    server, _ = good_domain(world, domain)
    house = House(folder, world)
    clock = Clock((int(time.time()) // DAY + 1) * DAY + 7 * 3600)  # certificates made now are valid then
    house.up()
    house.say("domain", "add", domain)
    tap.check(looked(house.server, domain), "a listed domain is looked at without being asked", house.server.log[-5:])
    tap.check(house.issues() == [], "a domain that is all right has no issue", house.issues())
    house.down()

    server.now = smtp(context(*world.certificate(mx, "expired")))
    clock.forward(DAY)
    house.take(report(domain, mx, clock.at - DAY, 60))
    found = one(house.issues(), "cert-expired")
    tap.check(found and found["confidence"] == "one-reporter" and found["subject"] == mx,
              "a report of an expired certificate opens an issue on the server", house.issues())

    house.up()
    tap.check(looked(house.server, domain), "the next day it is looked at again", house.server.log[-5:])
    found = one(house.issues(), "cert-expired")
    tap.check(found and found["confidence"] == "confirmed" and found["our_check"] == "broken",
              "the look confirms what the report says", house.issues())
    house.down()

    server.now = smtp(context(*world.certificate(mx, "good", again=1)))
    clock.forward(DAY)
    house.up()
    looked(house.server, domain)
    found = one(house.issues(), "cert-expired")
    tap.check(found and found["state"] == "open" and found["our_check"] == "clean",
              "our look alone does not close what a reporter saw", house.issues("--all"))
    page = house.json("issue", "show", found["id"])
    tap.check(any(c["code"] == "cert-replaced" and c["seconds_before"] < 0 for c in page["clues"]),
              "the issue says that the certificate was replaced after the last failure", page["clues"])
    house.take(report(domain, mx, clock.at - DAY, 0))
    shut = [i for i in house.issues("--all") if i["cause"] == "cert-expired"]
    tap.check(len(shut) == 1 and shut[0]["state"] == "closed" and shut[0]["closed_because"] == "clean",
              "the clean look and one clean day close it", shut)
    alerts = house.json("alert", "list")["alerts"]
    said = sorted(a["kind"] for a in alerts if a["outcome"] in ("pending", "said"))
    tap.check(said == ["fired", "resolved"], "the alerts are exactly two: it opened, it is resolved", alerts)
    tap.check(house.down(), "the server ends in order")
    code, out, _ = house.say("domain", "show", domain)
    tap.check(code == 0 and out.count("certificate") >= 3, "the history shows the three certificates", out)
    world.close()


# --- history ---

def dates_what_changes(folder):
    """Only changes make rows; a policy that changes without its id is named; reporters that hold the old one are told of."""
    world = World(folder)
    domain, mx = "dated.example", "mx.dated.example"
    server, policy = good_domain(world, domain)
    chain, _ = world.certificate(mx)
    world.set(f"_25._tcp.{mx}", "TLSA", f"3 1 1 {world.certificates.spki_sha256(chain)}")
    house = House(folder, world)
    start = (int(time.time()) // DAY + 1) * DAY + 7 * 3600
    clock = Clock(start)
    house.up()
    house.say("domain", "add", domain)
    looked(house.server, domain)
    first = house.json("domain", "show", domain)
    kinds = sorted(o["kind"] for o in first["observations"])
    tap.check(kinds == ["certificate", "mta-sts-record", "mx", "policy", "tls-rpt-record", "tlsa"],
              "one look dates the MX set, the certificate, TLSA, both records and the policy", first)
    tap.check([f["code"] for f in first["findings"]] == ["tlsa-insecure"], "and finds nothing wrong but a zone without signatures", first)
    for _ in range(2):
        house.say("domain", "check", domain)
    again = house.json("domain", "show", domain)
    tap.check([o["value"] for o in again["observations"]] == [o["value"] for o in first["observations"]],
              "looking again and again makes no row", again)
    house.down()

    # The certificate and its key are others, the TLSA record stays; the policy lists another server, its id stays.
    server.now = smtp(context(*world.certificate(mx, "good", again=1)))
    policy.now = https(policy.tls, POLICY.format(mx=mx) + "mx: mx2.dated.example\n")
    clock.forward(DAY)
    house.up()
    looked(house.server, domain)
    house.down()
    clock.forward(14 * 3600)
    house.up()
    looked(house.server, domain)
    seen = house.json("domain", "show", domain)
    old = [o for o in seen["observations"] if o["kind"] == "certificate" and o["gone_at"]]
    tap.check(len(old) == 1 and old[0]["gone_at"].startswith(day_text(start + DAY)),
              "the certificate of before ended on the day of the look that saw the new one", seen["observations"])
    tap.check(any(c["code"] == "tlsa-old-key" and c["subject"] == mx for c in seen["clues"]),
              "it is said that the TLSA record still names the old key", seen["clues"])
    tap.check("policy-drift" in {f["code"] for f in seen["findings"]},
              "the policy that changed without its id is found", seen["findings"])
    causes = {i["cause"]: i for i in house.issues()}
    tap.check("policy-drift" in causes and causes["policy-drift"]["subject"] == domain, "and is an issue of the domain", causes)

    # Reports of the failure: 14 hours after the look that saw the new certificate.
    failing = json.loads(report(domain, mx, clock.at, 30, report_id="drift"))
    failing["date-range"] = {"start-datetime": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(clock.at)),
                             "end-datetime": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(clock.at + 3 * 3600 - 1))}
    failing["policies"][0]["policy"] = {"policy-type": "tlsa", "policy-string": [], "policy-domain": domain, "mx-host": [mx]}
    failing["policies"][0]["failure-details"][0].update({"result-type": "validation-failure", "failure-reason-code": "dane-no-match"})
    clock.forward(DAY)
    house.take(json.dumps(failing).encode())
    # The zone is not signed, which our look says already: the reporter's mismatch belongs to that issue.
    found = one(house.issues(), "dnssec-insecure")
    page = house.json("issue", "show", found["id"]) if found else {"clues": []}
    clue = next((c for c in page["clues"] if c["code"] == "cert-replaced"), None)
    tap.check(clue and 13 * 3600 <= clue["seconds_before"] <= 15 * 3600 and "14 hours before the first failure"
              in clue["sentence"], "the issue says: replaced 14 hours before the first failure", page["clues"])
    tap.check(any(c["code"] == "tlsa-old-key" for c in page["clues"]), "and that TLSA still names the old key", page["clues"])

    house.take(report(domain, mx, clock.at, 0))  # with the policy of the first day
    told = house.json("policy", "history", domain)
    stale = next((c for c in told["clues"] if c["code"] == "stale-policy"), None)
    tap.check(stale and stale["at"].startswith(day_text(start)) and stale["until"] > stale["at"]
              and stale["sentence"].startswith("Google still uses the policy of"),
              "the history says who still uses the policy of before, and until when at the latest", told["clues"])
    tap.check(len([o for o in told["observations"] if o["kind"] == "policy"]) == 2 and told["seen_by_reporters"],
              "it holds both files, and what reporters saw", told)
    new, old = told["timeline"]
    tap.check(new["seen_by_us"] and new["now"] and new["reporters"] == [] and [c for c in new["changes"] if c["sign"] != "kept"] ==
              [{"sign": "new", "text": "mx: mx2.dated.example"}] and {c["sign"] for c in old["changes"]} == {"new"} and
              old["seen_by_us"] and not old["now"] and old["reporters"] == ["google.com"], "the timeline says what changed, and who saw which", told["timeline"])
    text = house.say("policy", "history", domain)[1]
    tap.check("+ mx: mx2.dated.example" in text and "  mode: " in text, "line by line", text)

    # Mended: the id is another one, TLSA names the key of today.
    house.down()
    chain, _ = world.certificate(mx)
    world.set(f"_25._tcp.{mx}", "TLSA", f"3 1 1 {world.certificates.spki_sha256(chain)}")
    world.set(f"_mta-sts.{domain}", "TXT", "v=STSv1; id=2")
    policy.now = https(policy.tls, POLICY.format(mx=mx))
    clock.forward(3600)
    house.up()
    looked(house.server, domain)
    left = {i["cause"]: i for i in house.issues("--all")}
    tap.check(left["policy-drift"]["state"] == "closed", "what only we saw closes when we no longer see it", left)
    house.down()
    world.close()


# --- what our look alone finds ---

def opens_what_no_report_says(folder):
    world = World(folder)
    names = ["soon", "missing", "double", "typo", "elsewhere", "unlisted", "short", "gone", "dark"]
    servers = {n: good_domain(world, f"{n}.example") for n in names}
    servers["soon"][0].now = smtp(context(*world.certificate("mx.soon.example", "soon")))
    world.records.pop(("_smtp._tls.missing.example", "TXT"))
    world.set("_smtp._tls.double.example", "TXT", "v=TLSRPTv1; rua=mailto:a@reports.example",
              "v=TLSRPTv1; rua=mailto:b@reports.example")
    world.set("_smtp._tls.typo.example", "TXT", "v=TSLRPTv1; rua=mailto:tls@reports.example")
    world.set("_smtp._tls.elsewhere.example", "TXT", "v=TLSRPTv1; rua=mailto:tls@other.example")
    world.set("unlisted.example", "MX", (10, "mx.unlisted.example"), (20, "mx.soon.example"))
    servers["short"][1].now = https(servers["short"][1].tls, POLICY.format(mx="mx.short.example").replace("604800", "86400"))
    world.records.pop(("mx.gone.example", "A"))
    world.records[("mx.gone.example", "TXT")] = [b"\1x"]
    world.failing.update({"dark.example", "mx.dark.example", "_smtp._tls.dark.example", "_mta-sts.dark.example"})
    house = House(folder, world)
    house.text += 'report { addresses = {"tls@reports.example"} }\n'
    Clock(int(time.time()))
    house.up()
    for n in names:
        house.say("domain", "add", f"{n}.example")
    for n in names:
        looked(house.server, f"{n}.example")
    issues = {(i["cause"], i["subject"]): i for i in house.issues()}
    for cause, subject in (("cert-expiring", "mx.soon.example"), ("record-missing", "missing.example"),
                           ("record-multiple", "double.example"), ("record-invalid", "typo.example"),
                           ("rua-not-ours", "elsewhere.example"), ("sts-mx-mismatch", "unlisted.example"),
                           ("max-age-short", "short.example"), ("server-unreachable", "mx.gone.example")):
        tap.check((cause, subject) in issues, f"{cause} opens an issue on {subject}", sorted(issues))
    tap.check(len(issues) == 8, "and there is no other issue: what could not be told opens none", sorted(issues))
    dark = house.json("domain", "show", "dark.example")
    tap.check(dark["look"]["verdict"] == "cannot-tell" and dark["look"]["reason"] and not dark["findings"],
              "a DNS that does not answer is 'could not tell', with the reason", dark["look"])
    code, out, err = house.say("domain", "check", "soon.example")
    tap.check(code == 10 and "ends on" in out, "domain check looks at once and ends with 10 for problems", code, out, err)
    code, out, err = house.say("domain", "check", "other.example")
    tap.check(code == 3, "a domain that is not listed is not looked at", code, err)
    house.say("issue", "close", issues[("record-missing", "missing.example")]["id"], "--reason", "accepted")
    house.say("domain", "check", "missing.example")
    tap.check(("record-missing", "missing.example") not in {(i["cause"], i["subject"]) for i in house.issues()},
              "what is accepted does not come back with each look")
    # Two tenants: only what is proven is looked at.
    house.say("tenant", "add", "one")
    house.say("tenant", "add", "two")
    before = "".join(house.server.log).count('look-taken domain="soon.example"')
    code, _, err = house.say("domain", "check", "soon.example")
    tap.check(code != 0 and "".join(house.server.log).count('look-taken domain="soon.example"') == before,
              "with several tenants a domain that nobody has proven is not looked at", code, err)
    house.say("domain", "verify", "soon.example", "--assume")
    code, out, err = house.say("domain", "check", "soon.example")
    tap.check(code == 10, "once it is proven it is", code, out, err)
    house.down()
    world.close()


# --- when ---

def looks_when_a_report_names_a_failure(folder):
    world = World(folder)
    domain, mx = "named.example", "mx.named.example"
    good_domain(world, domain)
    house = House(folder, world, "interval = 2d")
    clock = Clock(int(time.time()))
    house.up()
    house.say("domain", "add", domain)
    looked(house.server, domain)
    house.down()
    clock.forward(3600)
    house.up()
    house.take(report(domain, mx, clock.at - 40 * DAY, 5))
    time.sleep(12)
    tap.check("look-taken" not in "".join(house.server.log), "a failure of an archive is no reason to look")
    house.take(report(domain, mx, clock.at, 5))
    tap.check(looked(house.server, domain), "a failure that a report names is looked at soon, long before its time",
              house.server.log[-4:])
    house.down()
    world.close()


def main():
    for scenario in (closes_the_loop, dates_what_changes, opens_what_no_report_says, looks_when_a_report_names_a_failure):
        with Folder() as folder:
            scenario(folder)
    return tap.end()


sys.exit(main())
