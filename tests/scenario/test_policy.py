#!/usr/bin/env python3
"""policy advise and policy show: a domain in testing whose reports are imported, looked at on loopback."""
import datetime
import json
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import dns_world  # noqa: E402
from dns_world import txt  # noqa: E402
from mail_world import Certificates, Folder, Listener, context, https, smtp  # noqa: E402

MAILSEAL = os.environ.get("MAILSEAL", "build/mailseal")
DOMAIN = "roll.example"
number = failed = 0


def check(ok, sentence, detail=""):
    global number, failed
    number += 1
    failed += not ok
    print(("ok" if ok else "not ok"), number, "-", sentence, flush=True)
    if not ok:
        print("# " + str(detail).replace("\n", "\n# "))


def report(ago, reporter, good, details, mode="testing", max_age=86400):
    day = (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=ago)).strftime("%Y-%m-%d")
    bad = sum(n for _, _, n in details)
    return {"organization-name": reporter, "contact-info": f"tls@{reporter}", "report-id": f"{ago}-{reporter}-{mode}",
            "date-range": {"start-datetime": day + "T00:00:00Z", "end-datetime": day + "T23:59:59Z"},
            "policies": [{"policy": {"policy-type": "sts", "policy-domain": DOMAIN, "policy-string":
                                     ["version: STSv1", f"mode: {mode}", f"mx: mx.{DOMAIN}", f"max_age: {max_age}"]},
                          "summary": {"total-successful-session-count": good, "total-failure-session-count": bad},
                          "failure-details": [{"result-type": r, "failure-reason-code": why, "failed-session-count": n,
                                               "receiving-mx-hostname": f"mx.{DOMAIN}"} for r, why, n in details]}]}


class Store:
    def __init__(self, folder, name, reports):
        self.where = "sqlite:" + os.path.join(folder, name, "mailseal.db")
        inbox = os.path.join(folder, name + "-in")
        os.mkdir(inbox)
        for i, one in enumerate(reports):
            with open(os.path.join(inbox, f"{i}.json"), "w") as out:
                json.dump(one, out)
        done = subprocess.run([MAILSEAL, "import", inbox, "--json", "--store", self.where], capture_output=True, text=True,
                              timeout=60)
        assert json.loads(done.stdout)["stored"] == len(reports), done

    def ask(self, *words):
        done = subprocess.run([MAILSEAL, "policy", *words, "--store", self.where], capture_output=True, text=True, timeout=60)
        try:
            return done.returncode, json.loads(done.stdout), done
        except ValueError:
            return done.returncode, {}, done


def main():
    if not dns_world.have_knot() or not shutil.which("certtool"):
        print("ok 1 - the adviser says the next step # SKIP knot or certtool is not there")
        return 0
    with Folder() as folder:
        certificates = Certificates(folder)
        smtp_port, https_port = dns_world.free_port(), dns_world.free_port()
        policy = f"version: STSv1\nmode: testing\nmx: mx.{DOMAIN}\nmax_age: 86400\n"
        servers = [Listener("127.0.6.1", smtp_port, smtp(context(*certificates.make(f"mx.{DOMAIN}")))),
                   Listener("127.0.6.2", https_port, https(context(*certificates.make(f"mta-sts.{DOMAIN}")), policy))]
        records = ["@ MX 10 mx", "mx A 127.0.6.1", "mta-sts A 127.0.6.2", f"_mta-sts TXT {txt('v=STSv1; id=1')}",
                   f"_smtp._tls TXT {txt('v=TLSRPTv1; rua=mailto:a@reports.example')}"]
        clean = [report(ago, who, 100, []) for ago in range(1, 17) for who in ("one.example", "two.example")]
        bad = [report(3, "three.example", 96, [("certificate-expired", "", 3), ("sts-policy-fetch-error", "", 1)]),
               report(40, "four.example", 10, [("certificate-expired", "", 7)]),
               report(4, "five.example", 10, [("certificate-expired", "", 9)], mode="enforce", max_age=604800)]
        chain = certificates.make(f"mx.{DOMAIN}")[0]
        now, to_come = certificates.spki_sha256(chain), certificates.spki_sha256(certificates.make("next.example")[0])
        keys = ["@ MX 10 mx1", "@ MX 20 mx2", "@ MX 30 mx3", "@ MX 40 mx4"] + [f"mx{i} A 127.0.6.1" for i in range(1, 5)] + \
            [f"_25._tcp.mx1 600 TLSA 3 1 1 {now}", f"_25._tcp.mx2 600 TLSA 3 1 1 {now}", f"_25._tcp.mx2 600 TLSA 3 1 1 {to_come}",
             f"_25._tcp.mx3 600 TLSA 3 1 1 {to_come}"]
        with dns_world.SignedWorld({DOMAIN: records, "dane.example": keys}) as dns:
            world = ["--resolver", dns.resolver, "--trust-anchor", dns.anchor, "--ca-file", certificates.path("ca.pem"),
                     "--smtp-port", str(smtp_port), "--https-port", str(https_port)]
            store = Store(folder, "clean", clean)
            code, seen, done = store.ask("advise", DOMAIN, "--json", *world)
            check(code == 0 and seen.get("step") == "enforce" and seen["would_be_refused"] == 0 and seen["reporters"] == 2 and
                  seen["days"] == 16 and {c["state"] for c in seen["checklist"]} == {"ok"} and seen["rung"] == 2 and seen["command"] is None,
                  "after two clean weeks of testing the next step is enforce", done)
            check(seen.get("sessions") == 2800, "the sessions are those of the window", done)
            way = seen["ladder"]
            check(way["here"] == 2 and way["next"] == {"step": 3, "mode": "enforce", "max_age": 86400, "back": False, "ready": True, "not_before": None, "reasons": []} and
                  [s["days"] for s in way["steps"]] == [0, 14, 3, 3, 0] and not seen["leaving"]["begun"], "which is the third of five", way)
            code, seen, done = store.ask("advise", DOMAIN, "--json", "--days", "30", *world)
            check(seen["ladder"]["here"] == 1 and seen["ladder"]["next"]["reasons"] == ["Of 30 days with reports of this mode there are 16."],
                  "what holds the next step up is said", seen["ladder"])
            check(seen.get("step") == "wait", "with more days asked for, it says to wait", done)
            code, seen, done = store.ask("show", DOMAIN, "--json")
            check(code == 0 and [(s["reporter"], s["mode"], s["units"]) for s in seen.get("seen", [])] ==
                  [("one.example", "testing", 16), ("two.example", "testing", 16)] and
                  seen["seen"][0]["policy_strings"][1] == "mode: testing", "show gives one policy a reporter, with its days", done)
            store = Store(folder, "bad", clean + bad)
            code, seen, done = store.ask("advise", DOMAIN, "--json", *world)
            check(seen.get("step") == "mend" and seen["would_be_refused"] == 3 and
                  seen["refusals"] == [{"reporter": "three.example", "refused": 3, "sessions": 100}],
                  "only failures that enforce refuses are counted: of testing, within the window", done)
            code, seen, done = store.ask("advise", DOMAIN, *world)
            check("If you had enforced in the last 14 days, 3 sessions (3.0 %) from three.example would have been refused." in
                  " ".join(done.stdout.split()), "the document says it in one sentence", done)
            code, seen, done = store.ask("advise", DOMAIN, "--json", "--refused", "3", *world)
            check(seen.get("step") == "enforce", "the operator may accept some", done)
            code, seen, done = store.ask("show", DOMAIN, "--json")
            check([s["mode"] for s in seen.get("seen", []) if s["reporter"] == "five.example"] == ["enforce"],
                  "show gives the policy that a reporter still uses", done)
            code, seen, done = store.ask("advise", "dane.example", "--json", "--next-cert", certificates.make("next.example")[0], *world)
            states = {r["host"].split(".")[0]: r["state"] for r in seen.get("dane", [])}
            check(states == {"mx1": "current-only", "mx2": "both", "mx3": "mismatch", "mx4": "may-begin"},
                  "the adviser says where each server stands in the change of its key", (states, done))
            rows = {r["host"].split(".")[0]: r for r in seen.get("dane", [])}
            check(rows["mx1"]["current_record"] == f"3 1 1 {now}" and rows["mx1"]["next_record"] == f"3 1 1 {to_come}" and
                  f"publish 3 1 1 {to_come}" in rows["mx1"]["step"] and "wait 20 minutes" in rows["mx1"]["step"] and
                  rows["mx2"]["next_published"] and "20 minutes ago" in rows["mx2"]["step"] and
                  f"Publish 3 1 1 {now} now" in rows["mx3"]["step"], "which record to publish, and how long to wait: two TTLs", rows)
            stand = {host: [(t["usage"], t["selector"], t["matching_type"], t["usable"], t["standing"]) for t in row["records"]] for host, row in rows.items()}
            check(stand["mx1"] == [(3, 1, 1, True, "match")] and sorted(stand["mx2"]) == [(3, 1, 1, True, "match"), (3, 1, 1, True, "spare")] and
                  stand["mx3"] == [(3, 1, 1, True, "mismatch")] and stand["mx4"] == [] and all(r["secure"] is True for r in rows.values()) and
                  seen["mx_secure"] is True and rows["mx1"]["records"][0]["data"] == now,
                  "each TLSA record stands beside what its server shows, and the zone is signed", (stand, rows))
            code, seen, done = store.ask("advise", "dane.example", *world)
            check("TLSA records" in done.stdout and "It matches nothing that the server shows" in " ".join(done.stdout.split()), "the records stand in the document", done)
            check("DANE: the next change of a key" in done.stdout and "refuse to deliver" in done.stdout, "in words too", done)
            world[world.index("--smtp-port") + 1] = str(dns_world.free_port())
            code, seen, done = store.ask("advise", DOMAIN, "--json", "--refused", "3", *world)
            check(seen.get("step") == "look-again" and seen["could_not_tell"], "what could not be looked at is no advice", done)
            code, seen, done = store.ask("advise", "dane.example", "--json", *world)
            check({t["standing"] for r in seen["dane"] for t in r["records"]} == {"cannot-tell"} and all(r["secure"] is True for r in seen["dane"]),
                  "of a server that does not answer nobody knows whether a record matches", seen.get("dane"))
            dark = ["--resolver", f"127.0.0.1@{dns_world.free_port()}", "--timeout", "5", *world[2:]]
            code, seen, done = store.ask("advise", "dane.example", "--json", *dark)
            check(seen["mx_secure"] is None and seen["leaving"]["steps"][0]["state"] == "cannot-tell" and seen["ladder"]["next"]["ready"] is False,
                  "without the DNS nothing is said to be missing", done)
        for server in servers:
            server.close()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
