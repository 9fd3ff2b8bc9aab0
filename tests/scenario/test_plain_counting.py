#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""What the API says of random reports, beside plain counting over the rows that they became: for the house and for each of two tenants,
for whole and broken spans of days, under filters.  Reports have several units, of several domains, and of both tenants."""
import json
import os
import random
import re
import sqlite3
import subprocess
import sys
import tempfile
import time

from doors import fetch
from house import MAILSEAL, Server, Tap

DAY = 86400
DOMAINS = [f"d{n}.example" for n in range(6)]
REPORTERS = ["google.com", "microsoft.com", "small.example"]
RESULTS = ["certificate-expired", "starttls-not-supported", "validation-failure"]


def unit(rng, domain):
    kind = rng.choice(["sts", "sts", "tlsa", "no-policy-found"])
    policy = {"policy-type": kind, "policy-domain": domain}
    if kind == "sts":
        policy["policy-string"] = ["version: STSv1", f"mode: {rng.choice(['enforce', 'testing'])}", f"mx: mx.{domain}", "max_age: 604800"]
    details = [{"result-type": rng.choice(RESULTS), "sending-mta-ip": f"192.0.2.{rng.randrange(90)}", "receiving-mx-hostname": f"mx.{domain}",
                "failed-session-count": rng.randrange(1, 9)} for _ in range(rng.choice([0, 0, 1, 3]))]
    failed = sum(detail["failed-session-count"] for detail in details) + rng.choice([0, 0, 2])  # some are not explained
    return {"policy": policy, "summary": {"total-successful-session-count": rng.randrange(50), "total-failure-session-count": failed},
            "failure-details": details}


def report(rng, n, last):
    date = time.strftime("%Y-%m-%d", time.gmtime((last - rng.choice([rng.randrange(45), rng.randrange(300)])) * DAY))
    reporter = rng.choice(REPORTERS)
    return {"organization-name": reporter, "contact-info": f"tls@{reporter}", "report-id": f"r{n}.the-id-of-a-report-{n % 3}",
            "date-range": {"start-datetime": f"{date}T00:00:00Z", "end-datetime": f"{date}T23:59:59Z"},
            "policies": [unit(rng, rng.choice(DOMAINS)) for _ in range(rng.choice([1, 1, 1, 2, 4]))]}


class Rows:
    """The units and failures that count, of one tenant or of all, as they stand in the database."""

    def __init__(self, path, domains):
        db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        names = dict(db.execute("SELECT id, text FROM name"))
        self.domains = domains
        own = {number for number, text in names.items() if text in domains}
        self.units = [(report, day, names[domain], names[reporter], kind, mode, ok, bad, rest) for report, day, domain, reporter, kind, mode, ok, bad, rest in
                      db.execute("SELECT u.report, u.day, u.domain, u.reporter, u.type, u.mode, u.successful, u.failed, u.unexplained FROM unit u"
                                 " JOIN report p ON p.id = u.report WHERE p.state = 0 AND u.aside = 0") if domain in own]
        self.failures = [(report, day, names[domain], names[reporter], names[result], mode, sessions, refused, ip) for
                         report, day, domain, reporter, result, mode, sessions, refused, ip in
                         db.execute("SELECT f.report, f.day, f.domain, f.reporter, f.result, f.mode, f.sessions, f.refused, f.sending_ip FROM failure f"
                                    " JOIN unit u ON u.report = f.report AND u.n = f.unit JOIN report p ON p.id = f.report"
                                    " WHERE p.state = 0 AND u.aside = 0") if domain in own]
        self.firsts = {report: names[domain] for report, domain in db.execute("SELECT id, domain FROM report")}
        self.ids = dict(db.execute("SELECT id, rid FROM report"))
        db.close()


def totals(units, failures):
    refuses = [u for u in units if u[4] == 1 or (u[4] == 0 and u[5] == 1)]
    return {"sessions": sum(u[6] + u[7] for u in units), "failed": sum(u[7] for u in units),
            "refused": sum(f[6] for f in failures if f[7]) + sum(u[8] for u in refuses), "enforced": sum(u[6] + u[7] for u in refuses),
            "reporters": len({u[3] for u in units}), "reports": len({u[0] for u in units})}


def senders(units):
    out = {}
    for _, day, domain, reporter, _, _, ok, bad, _ in units:
        row = out.setdefault(reporter, [0, 0, set(), set()])
        row[0], row[1] = row[0] + ok, row[1] + bad
        row[2].add(domain)
        row[3].add(day)
    return {reporter: (ok, bad, len(domains), len(days)) for reporter, (ok, bad, domains, days) in out.items()}


def failing(units):
    """The units of those days on which something of their series failed."""
    bad = {u[1:6] for u in units if u[7] > 0}
    return [u for u in units if u[1:6] in bad]


def fleet(domains, units, ever):
    day = lambda own: time.strftime("%Y-%m-%d", time.gmtime(max(u[1] for u in own) * DAY)) if own else None
    out = {}
    for domain in domains:
        own = [u for u in units if u[2] == domain]
        out[domain] = (sum(u[6] for u in own), sum(u[7] for u in own), len({u[3] for u in own}), day([u for u in ever if u[2] == domain]))
    return out


def addresses(failures):
    out = {}
    for row in failures:
        out[row[8]] = out.get(row[8], 0) + row[6]
    return out


class Api:
    def __init__(self, port, token, tenant):
        self.port, self.token, self.tenant = port, token, tenant

    def __call__(self, path, **words):
        words |= {"tenant": self.tenant} if self.tenant else {}
        query = "&".join(f"{name}={value}" for name, value in words.items())
        status, _, body = fetch(self.port, f"/api/v1/{path}?{query}", headers={"Authorization": f"Bearer {self.token}"})
        assert status == 200, (path, words, status, body)
        return json.loads(body)

    def pages(self, path, key, **words):
        rows, cursor = [], {}
        while True:
            page = self(path, limit=25, **words, **cursor)
            rows += page[key]
            if page["next"] is None:
                return rows, page
            cursor = {"cursor": page["next"]}


def compare(tap, who, api, rows, days):
    """What is not the same, by the question."""
    wrong = []

    def same(question, said, counted):
        if said != counted:
            wrong.append(f"{question}: said {said}, counted {counted}")

    for since, until in days:
        units = [u for u in rows.units if since <= u[1] <= until]
        failures = [f for f in rows.failures if since <= f[1] <= until]
        period = {"since": time.strftime("%Y-%m-%d", time.gmtime(since * DAY)), "until": time.strftime("%Y-%m-%d", time.gmtime(until * DAY))}
        said, _ = api.pages("domains", "domains", **period)
        same(f"domains {period}", {d["domain"]: (d["sessions"]["successful"], d["sessions"]["failed"], d["reporters"], d["last_day"]) for d in said},
             fleet(rows.domains, units, rows.units))
        said, _ = api.pages("sources", "sources", **period, failing=1)
        same(f"failing sources {period}", {s["reporter"]: (s["successful"], s["failed"], s["domains"], s["days_reported"]) for s in said}, senders(failing(units)))
        said = api("overview", **period)["totals"]
        same(f"overview {period}", {key: said[key] for key in totals([], [])}, totals(units, failures))
        for words, keep in (({}, lambda row: True), ({"mode": "enforce"}, lambda row: row[5] == 1),
                            ({"reporter": "google.com"}, lambda row: row[3] == "google.com"), ({"domain": "d1.example"}, lambda row: row[2] == "d1.example"),
                            ({"domain": "d1.example", "reporter": "google.com"}, lambda row: row[2:4] == ("d1.example", "google.com"))):
            some, bad = [u for u in units if keep(u)], [f for f in failures if keep(f)]
            said, _ = api.pages("sources", "sources", **period, **words)
            same(f"sources {period} {words}", {s["reporter"]: (s["successful"], s["failed"], s["domains"], s["days_reported"]) for s in said}, senders(some))
            said, page = api.pages("sources", "sources", by="address", **period, **words)
            same(f"addresses {period} {words}", {s["reporter"]: s["failed"] for s in said}, addresses(bad))
            same(f"number of addresses {period} {words}", page["total"], len(addresses(bad)))
            said = api("results", **period, **words)
            same(f"results {period} {words}", (said["units_sessions"]["successful"], said["units_sessions"]["failed"],
                                               sum(r["sessions"] for r in said["results"])),
                 (sum(u[6] for u in some), sum(u[7] for u in some), sum(f[6] for f in bad) + sum(u[8] for u in some)))
            said, page = api.pages("reports", "reports", **period, **words)
            same(f"reports {period} {words}", sorted(r["id"] for r in said), sorted({u[0] for u in some}))
            same(f"estimate {period} {words}", page["estimate"], len({u[0] for u in some}))
        for words, keep in (({"result": "certificate-expired"}, lambda f: f[4] == "certificate-expired"),
                            ({"q": "ip:192.0.2.7"}, lambda f: f[8] == "192.0.2.7"),
                            ({"q": "result:certificate-expired+counted:yes", "mode": "enforce"}, lambda f: f[4] == "certificate-expired" and f[5] == 1)):
            said, page = api.pages("reports", "reports", **period, **words)
            same(f"reports {period} {words}", sorted(r["id"] for r in said), sorted({f[0] for f in failures if keep(f)}))
        for words, least in (({"failing": 1}, 1), ({"q": "failed:%3E8"}, 9)):
            said, page = api.pages("reports", "reports", **period, **words)
            failed = {u[0]: sum(v[7] for v in units if v[0] == u[0]) for u in units}
            same(f"reports {period} {words}", sorted(r["id"] for r in said), sorted(number for number, n in failed.items() if n >= least))
        for text in ("d1.ex", "d2.ex"):
            said, page = api.pages("reports", "reports", **period, q=text)
            theirs = {u[0] for u in units if u[2].startswith(text)} if api.tenant else {r for r, first in rows.firsts.items() if first.startswith(text)}
            same(f"reports {period} {text}", sorted(r["id"] for r in said), sorted(theirs & {u[0] for u in units}))
        for text, keep in (("id:r17.the-id-of-a-report-2", lambda rid: rid == "r17.the-id-of-a-report-2"), ("id:r17.the-id-of-a-report-*",
                            lambda rid: rid.startswith("r17.")), ("id:r17", lambda rid: rid == "r17"), ("id:r1*", lambda rid: rid.startswith("r1")), ("R2", lambda rid: rid.startswith("r2")),
                           ("nowhere", lambda rid: False)):
            said, page = api.pages("reports", "reports", **period, q=text)
            same(f"reports {period} {text}", sorted(r["id"] for r in said), sorted({u[0] for u in units if keep(rows.ids[u[0]])}))
    for reporter in REPORTERS:
        own, said = [u for u in rows.units if u[3] == reporter], api(f"sources/{reporter}")
        same(f"source {reporter}", (said["reports"], said["first_day"], said["last_day"]),
             (len({u[0] for u in own}), *(time.strftime("%Y-%m-%d", time.gmtime(end(u[1] for u in own) * DAY)) for end in (min, max))))
    tap.check(not wrong, f"what is said to {who} is what its rows add up to", *wrong[:10])


def main():
    tap, rng = Tap(), random.Random(17)
    last = int(time.time()) // DAY - 1
    with tempfile.TemporaryDirectory(prefix="mailseal-plain-") as folder:
        os.mkdir(f"{folder}/in")
        for n in range(300):
            with open(f"{folder}/in/{n}.json", "w", encoding="utf-8") as file:
                json.dump(report(rng, n, last), file)
        store = ["--store", f"sqlite:{folder}/mailseal.db"]

        def run(*words):
            return subprocess.run([MAILSEAL, *words, *store], capture_output=True, text=True, check=True, timeout=120).stdout

        run("tenant", "add", "one")
        run("tenant", "add", "two")
        for n, domain in enumerate(DOMAINS):
            run("domain", "add", domain, "--tenant", "one" if n % 2 else "two")
            run("domain", "verify", domain, "--assume")
        run("import", f"{folder}/in")
        # one for each, because each may ask only so often
        tokens = [re.search(r"mailseal_pat_\w+", run("token", "add", f"test{n}", "--scope", "admin,reports:read")).group() for n in range(3)]
        days = [(last - 310, last), (last - 290, last - 20), (last - 133, last), (last - 44, last), (last - 29, last), (last - 12, last - 5), (last, last), (last - 107, last - 3)]
        server = Server(folder)
        for tenant, who in ((0, "the house"), (1, "the first tenant"), (2, "the second tenant")):
            own = [domain for n, domain in enumerate(DOMAINS) if tenant == 0 or n % 2 == (1 if tenant == 1 else 0)]
            compare(tap, who, Api(server.port("http"), tokens[tenant], tenant), Rows(f"{folder}/mailseal.db", own), days)
        tap.check(server.stop() == 0, "the server ends in order")
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
