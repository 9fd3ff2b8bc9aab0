#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""The same report through five doors, in any order and any number of times, is one report with one set of numbers."""
import gzip
import itertools
import json
import re
import subprocess
import sys
import tempfile

from doors import Smtp, fetch
from house import MAILSEAL, Server, Tap, mail, report

PERIOD = "since=2026-03-01&until=2026-03-03"
tap = Tap()


class Doors:
    def __init__(self, server, folder):
        self.server, self.folder = server, folder
        self.smtp = Smtp(("127.0.0.1", server.port("smtp"))).greet()
        self.lmtp = Smtp(f"{folder}/lmtp").greet("LHLO")
        self.http = server.port("http")

    def by_smtp(self, name):
        return self.smtp.deliver(mail(name)) == "250"

    def by_lmtp(self, name):
        return self.lmtp.deliver(mail(name)) == "250"

    def by_post(self, name):
        return fetch(self.http, "/report", report(name), {"Content-Type": "application/tlsrpt+json"}, "POST")[0] == 201

    def imported(self, name, ending, data):
        path = f"{self.folder}/{name}{ending}"
        with open(path, "wb") as f:
            f.write(data)
        done = subprocess.run([MAILSEAL, "import", "--json", "-c", self.server.config, "--store", self.server.store, path],
                              capture_output=True, text=True, check=False, timeout=60)
        answer = json.loads(done.stdout) if done.stdout else {}
        return done.returncode == 0 and answer.get("messages") == 1 and answer.get("quarantined") == 0

    def by_eml(self, name):
        return self.imported(name, ".eml", mail(name))

    def by_gz(self, name):
        return self.imported(name, ".json.gz", gzip.compress(report(name), mtime=0))

    def all(self):
        return [self.by_smtp, self.by_lmtp, self.by_post, self.by_eml, self.by_gz]

    def numbers(self, name):
        """What the pages say of the report, and of everything; without the moment and door of its arrival."""
        listed = fetch(self.http, f"/reports?{PERIOD}&limit=500")[2]
        ids = sorted(set(re.findall(r'href="/reports/(\d+)', listed)), key=int)
        page = next((p for p in (fetch(self.http, f"/reports/{i}")[2] for i in reversed(ids)) if f"<dd>{name}</dd>" in p), "")
        body = page[page.find("<h2>1."):page.find("<h2>About")]
        results = fetch(self.http, f"/results?{PERIOD}")[2]
        return len(ids), body, re.sub(r"<form.*?</form>", "", results[results.find("<main"):], flags=re.S)


def main():
    with tempfile.TemporaryDirectory() as folder:
        server = Server(folder, f'smtp {{ listen = {{"127.0.0.1:0"}} lmtp = {{"{folder}/lmtp"}} }}\ntrust {{ unsigned = "count" }}\n')
        try:
            doors = Doors(server, folder)
            orders = list(itertools.permutations(range(5)))[::13]
            bodies = []
            for n, order in enumerate(orders):
                name = f"order-{n}"
                taken, seen = [], []
                for door in order:
                    taken.append(doors.all()[door](name))
                    seen.append(doors.numbers(name))
                words = ", ".join(doors.all()[d].__name__[3:] for d in order)
                same = all(s == seen[0] for s in seen) and seen[0][0] == n + 1 and seen[0][1]
                tap.check(all(taken) and same, f"the same report by {words} is one report with the same numbers", taken,
                          [s[0] for s in seen])
                bodies.append(re.sub(r"[\d,]{4,}", "N", seen[0][1]))
            tap.check(len(set(bodies)) == 1, "whichever door was the first, the report reads the same")
            before = doors.numbers("order-0")
            taken = [door("order-0") for door in doors.all() for _ in range(5)]
            tap.check(all(taken) and doors.numbers("order-0") == before, "and five times through each door changes nothing", taken)
        finally:
            server.stop()
    return tap.end()


sys.exit(main())
