#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""A large store, made behind the program's back: to take millions of reports in is another bench's matter.  The same seed makes the
same store, but for its days, the last of which is yesterday; `--verify` asks the program whether every sum is what the rows say.
The issues are those that the program finds by itself when it is started on it.

    bench/big_store.py FOLDER [--domains N] [--days N] [--tenants N] [--failures N] [--verify]

One domain in twenty has failures of its own, the whole time; one in four is served by a host whose certificate ran out six days
ago.  With tenants the domains are listed and theirs in turn; without, no domain is listed.  `--failures` adds one report with that
many failures."""
import argparse
import json
import os
import random
import re
import signal
import sqlite3
import struct
import subprocess
import sys
import time

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MAILSEAL = os.environ.get("MAILSEAL", f"{TOP}/build/mailseal")
DAY = 86400
SPAN = 10
EXPIRED_DAYS = 6
REPORTERS = [("google.com", 0.9), ("microsoft.com", 0.75)] + [(f"mx{n}.reporter{n}.example", 0.05) for n in range(15)]
FAILURES = [("certificate-expired", "cert-expired", 1), ("validation-failure", "unknown", 0), ("starttls-not-supported", "starttls-missing", 1),
            ("sts-policy-fetch-error", "sts-fetch", 3)]
TESTING, ENFORCE, NO_POLICY = 2, 1, 2
AUDITED = 5000
UNREADABLE = 300


def report(identity, day, domain, failures):
    date = time.strftime("%Y-%m-%d", time.gmtime(day * DAY))
    return json.dumps({
        "organization-name": "Seed", "contact-info": "tls@seed.example", "report-id": identity,
        "date-range": {"start-datetime": f"{date}T00:00:00Z", "end-datetime": f"{date}T23:59:59Z"},
        "policies": [{"policy": {"policy-type": "sts", "policy-domain": domain, "mx-host": [f"mx1.{domain}"],
                                 "policy-string": ["version: STSv1", "mode: enforce", f"mx: mx1.{domain}", "max_age: 604800"]},
                      "summary": {"total-successful-session-count": 1, "total-failure-session-count": failures},
                      "failure-details": [{"result-type": FAILURES[n % 4][0], "sending-mta-ip": f"192.0.{n // 250 % 250}.{n % 250}",
                                           "receiving-mx-hostname": f"mx{n % 3}.{domain}", "failed-session-count": 1}
                                          for n in range(failures)]}]})


class Filler:
    def __init__(self, path, rng):
        self.db, self.rng = sqlite3.connect(path), rng
        self.db.executescript("PRAGMA synchronous=OFF; PRAGMA cache_size=-400000;")
        self.names = dict(self.db.execute("SELECT text, id FROM name"))
        self.rows = {}
        self.columns = {table: [row[1] for row in self.db.execute(f"PRAGMA table_info({table})")]
                        for table in ("report", "unit", "failure", "day_unit", "day_failure", "day_report")}
        self.seed = dict(zip(("unit_extra", "extra", "arrival", "day"), self.db.execute(
            "SELECT u.extra, p.extra, p.arrival, p.day FROM unit u JOIN report p ON p.id = u.report").fetchone()))
        self.next_report = self.number("SELECT max(id) FROM report") + 1
        self.results = [(self.name(result), self.name(cause), fault) for result, cause, fault in FAILURES]
        self.shared = self.name("mx.shared.example")

    def number(self, sql):
        return self.db.execute(sql).fetchone()[0]

    def name(self, text):
        if text not in self.names:
            self.names[text] = max(self.names.values()) + 1 if not self.rows else self.rows["name"]
            self.rows["name"] = self.names[text] + 1
            self.db.execute("INSERT INTO name (id, text) VALUES (?, ?)", (self.names[text], text))
        return self.names[text]

    def put(self, table, row):
        self.rows.setdefault(table, []).append(tuple(row.get(column, 0) for column in self.columns[table]))

    def flush(self):
        for table, columns in self.columns.items():
            self.db.executemany(f"INSERT INTO {table} VALUES ({','.join('?' * len(columns))})", self.rows.pop(table, []))

    def one(self, day, reporter, domain):
        rng, unit = self.rng, {"day": day, "reporter": reporter, "domain": domain["id"], "type": domain["type"], "mode": domain["mode"]}
        sessions, failed, result = rng.randrange(1, 400), 0, 0
        if domain["bad"] and rng.random() < 0.3:
            result, mx = rng.choice(self.results), rng.choice(domain["hosts"])
            failed = rng.randrange(1, 2 + sessions // 4)
        elif domain["shared"] and day > self.seed["day"] - EXPIRED_DAYS:
            result, mx, failed = self.results[0], self.shared, rng.randrange(1, 2 + sessions // 2)
        sums = {"units": 1, "successful": sessions - failed, "failed": failed}
        number, came = self.next_report, (day + 1) * DAY + rng.randrange(36000)
        self.next_report += 1
        self.put("report", {**unit, **sums, "id": number, "rid": f"{day}.{domain['id']}", "begin": day * DAY, "end": day * DAY + DAY - 1,
                            "content": struct.pack("<qq", rng.getrandbits(62), number), "body": number, "trust": 1,
                            "trusted_at": came, "trust_arrival": self.seed["arrival"], "arrival": self.seed["arrival"], "received_at": came,
                            "door": 1, "copies": 1, "organization": reporter, "domains": 1, "types": 1 << domain["type"],
                            "worst": result[0] if failed else 0, "extra": self.seed["extra"]})
        self.put("unit", {**unit, **sums, "report": number, "extra": self.seed["unit_extra"]})
        self.put("day_unit", {**unit, **sums})
        if failed:
            what = {**unit, "result": result[0], "cause": result[1], "fault": result[2], "refused": int(domain["mode"] == ENFORCE), "mx": mx,
                    "sessions": failed}
            self.put("day_failure", {**what, "failures": 1})
            self.put("failure", {**what, "report": number, "sending_ip": f"198.51.{rng.randrange(4)}.{rng.randrange(200)}",
                                 "counts": 1, **dict.fromkeys(("receiving_ip", "helo", "reason_code", "information"))})

    def fill(self, fleet, days):
        reporters = [(self.name(text), share) for text, share in REPORTERS]
        for number, _ in reporters:
            self.db.execute("INSERT OR IGNORE INTO reporter (id, organization, shortest, longest) VALUES (?, ?, ?, ?)",
                            (number, number, DAY - 1, DAY - 1))
        last = self.seed["day"]
        for day in range(last - days + 1, last + 1):
            for number, share in reporters:
                if day == last and number == reporters[0][0]:
                    continue  # one that is late
                before = self.next_report
                for domain in fleet:
                    if self.rng.random() < share:
                        self.one(day, number, domain)
                if self.next_report > before:
                    self.put("day_report", {"day": day, "reporter": number, "reports": self.next_report - before,
                                            "last": (day + 1) * DAY + 36000})
            self.flush()

    def sums(self):
        """What is summed further, by the rule that every column but the sums is a key."""
        for table, source, day in (("span_unit", "day_unit", f"day - day % {SPAN}"), ("domain_span", "span_unit", "day"),
                                   ("series", "day_unit", "day"),
                                   ("hundred_unit", "span_unit", "day - day % 100"),
                                   ("tenant_day", "(SELECT * FROM tenant_domain UNION ALL SELECT DISTINCT domain, 0 FROM day_unit)"
                                                  " JOIN day_unit USING (domain)", "day")):
            columns = [row[1] for row in self.db.execute(f"PRAGMA table_info({table})")]
            amounts = ("units", "successful", "failed", "unexplained")
            made = {"day": day, "first_day": "min(day)", "last_day": "max(day)", **{amount: f"sum({amount})" for amount in amounts}}
            keys = [column for column in columns if not re.match(r"min|max|sum", made.get(column, ""))]
            self.db.execute(f"DELETE FROM {table}")
            self.db.execute(f"INSERT INTO {table} ({','.join(columns)}) SELECT {','.join(made.get(c, c) for c in columns)} FROM {source} "
                            f"GROUP BY {','.join(str(n + 1) for n, c in enumerate(columns) if c in keys)}")

    def list_domains(self, fleet, tenants):
        for n in range(tenants):
            self.db.execute("INSERT INTO tenant (id, name, created_at) VALUES (?, ?, 0)", (n + 1, f"tenant{n + 1}"))
        for n, domain in enumerate(fleet):
            self.db.execute("INSERT INTO domain (id, tenant, token, proven, created_at) VALUES (?, ?, ?, 1, 0)",
                            (domain["id"], 1 + n % tenants, f"token{n}"))
        self.db.execute("INSERT INTO tenant_domain SELECT id, tenant FROM owned WHERE tenant <> 0")

    def house(self):
        """What people did."""
        self.db.executemany("INSERT INTO audit (at, actor_kind, actor, actor_name, tenant, peer, action, object) VALUES (?, 1, 1, 'operator',"
                            " ?, '192.0.2.1', 'issue.acknowledge', ?)",
                            [(self.seed["day"] * DAY - n, n % 3, f"TI-{1000 + n % 50}") for n in range(AUDITED, 0, -1)])


def make_fleet(filler, domains):
    fleet = []
    for n in range(domains):
        name = f"d{n}.example"
        mode = (ENFORCE, TESTING, 0)[n % 3]
        fleet.append({"id": filler.name(name), "type": NO_POLICY if mode == 0 else 0, "mode": mode, "bad": n % 20 == 0, "shared": n % 4 == 3,
                      "hosts": [filler.name(f"mx{k}.{name}") for k in (1, 2)] if n % 20 == 0 else []})
    return fleet


def run(*words):
    return subprocess.run([MAILSEAL, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode


def seed(folder, failures):
    day = int(time.time()) // DAY - 1
    for n in range(UNREADABLE):
        with open(f"{folder}/unreadable{n}.json", "w", encoding="utf-8") as file:
            file.write(f'{{"organization-name": "Broken {n}"')
    with open(f"{folder}/seed.json", "w", encoding="utf-8") as file:
        file.write(report("seed", day, "d0.example", 1))
    store = f"sqlite:{folder}/mailseal.db"
    run("import", "--store", store, f"{folder}/seed.json", *[f"{folder}/unreadable{n}.json" for n in range(UNREADABLE)])
    for n in range(UNREADABLE):
        os.unlink(f"{folder}/unreadable{n}.json")
    if failures > 0:
        with open(f"{folder}/huge.json", "w", encoding="utf-8") as file:
            file.write(report("huge", day, "d1.example", failures))


def make(folder, domains, days, tenants=0, failures=0):
    """Makes `mailseal.db` in the folder, and `token`, which opens its API; how many reports it has."""
    os.makedirs(folder, exist_ok=True)
    seed(folder, failures)
    filler = Filler(f"{folder}/mailseal.db", random.Random(8460))
    triggers = filler.db.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        filler.db.execute(f"DROP TRIGGER {name}")
    fleet = make_fleet(filler, domains)
    filler.fill(fleet, days)
    filler.house()
    if tenants > 0:
        filler.list_domains(fleet, tenants)
    filler.sums()
    for _, sql in triggers:
        filler.db.execute(sql)
    filler.db.execute("INSERT OR IGNORE INTO issue_touched SELECT DISTINCT day, reporter, domain FROM day_failure")
    filler.db.commit()
    filler.db.execute("PRAGMA optimize")
    filler.db.close()
    if failures > 0:
        run("import", "--store", f"sqlite:{folder}/mailseal.db", f"{folder}/huge.json")
    settle(folder)
    words = subprocess.run([MAILSEAL, "token", "add", "bench", "--scope", "admin,reports:read", "--store", f"sqlite:{folder}/mailseal.db"],
                           capture_output=True, text=True, check=True).stdout
    with open(f"{folder}/token", "w", encoding="utf-8") as file:
        file.write(re.search(r"mailseal_pat_\w+", words).group())
    return filler.next_report - 1


class Server:
    """The real program on a store; `port` is that of its HTTP door."""

    def __init__(self, folder):
        config = f"{folder}/bench.conf"
        with open(config, "w", encoding="utf-8") as file:
            file.write('smtp { listen = {"127.0.0.1:0"} }\nhttp { listen = {"127.0.0.1:0"} }\n')
        self.process = subprocess.Popen([MAILSEAL, "serve", "-c", config, "--store", f"sqlite:{folder}/mailseal.db"], stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True)
        self.port = None
        for line in self.process.stdout:
            found = re.search(r'door="http" at="127\.0\.0\.1:(\d+)"', line)
            self.port = int(found.group(1)) if found else self.port
            if "mailseal is ready" in line:
                break

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)

    def role(self, name):
        """The process of a role, by what the kernel says of the server's children."""
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children", encoding="ascii") as file:
            for pid in file.read().split():
                with open(f"/proc/{pid}/cmdline", "rb") as command:
                    if command.read().split(b"\0")[1:3] == [b"--role", name.encode()]:
                        return int(pid)
        return None


def settle(folder):
    """Waits until the issues of all that is in the store are judged."""
    db = sqlite3.connect(f"{folder}/mailseal.db", timeout=60)
    with Server(folder):
        while db.execute("SELECT (SELECT count(*) FROM issue_touched) + (SELECT count(*) FROM issue_unjudged)").fetchone()[0] > 0:
            time.sleep(0.2)
    db.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--domains", type=int, default=1000)
    parser.add_argument("--days", type=int, default=396)
    parser.add_argument("--tenants", type=int, default=0)
    parser.add_argument("--failures", type=int, default=0)
    parser.add_argument("--verify", action="store_true")
    wish = parser.parse_args()
    started = time.monotonic()
    count = make(wish.folder, wish.domains, wish.days, wish.tenants, wish.failures)
    print(f"{count} reports of {wish.days} days about {wish.domains} domains, {os.path.getsize(f'{wish.folder}/mailseal.db') // 1000000} MB, "
          f"in {time.monotonic() - started:.0f} s", flush=True)
    return run("db", "verify", "--store", f"sqlite:{wish.folder}/mailseal.db") if wish.verify else 0


if __name__ == "__main__":
    sys.exit(main())
