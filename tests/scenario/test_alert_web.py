#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Rules of alerts by the API: what is told, when and to whom, tried on the past; and what became of each message."""
import datetime
import http.server
import json
import re
import sys
import tempfile
import threading
import time

import test_accounts
from house import Server, Tap, report, run

tap = Tap()
faults = test_accounts.faults


class Hook(http.server.BaseHTTPRequestHandler):
    """Takes messages, or refuses them with what it was told to say."""
    taken, code = [], 200

    def do_POST(self):
        Hook.taken.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(Hook.code)
        self.end_headers()

    def log_message(self, *_):
        pass


def sign_in(server):
    anna = test_accounts.Browser(server)
    link = re.search(r"/welcome#(\w{32})", "".join(server.log)).group(1)
    anna.ask("POST", "/links/use", {"link": link, "name": "anna", "password": test_accounts.PASSWORD})
    return anna


def failing_days(server, days):
    """Each of the last days 100 sessions, of which some failed."""
    for ago, failed in days.items():
        day = (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=ago)).strftime("%Y-%m-%d")
        data = report(f"r{ago}", failed=failed, succeeded=100 - failed).decode().replace("2026-03-02", day)
        run("import", "--store", server.store, "-c", server.config, "-", data=data.encode())


def rules(anna):
    status, value, _ = anna.ask("GET", "/alerts/rules")
    tap.check(status == 200 and [r["ready_made"] for r in value["rules"]] == [True] * 4 and all(r["about"] and r["hours"] for r in value["rules"]),
              "four ready-made rules are there, in words", value)
    status, value, _ = anna.ask("POST", "/alerts/try", {"what": "share", "over": "5%", "least": "20"})
    tap.check(status == 200 and value["fired"] == 1 and value["kept_back"] == 2 and "1 time" in value["sentence"],
              "a rule is tried on the last 30 days before it is made", value)
    status, value, _ = anna.ask("POST", "/alerts/try", {"what": "share", "over": "5%", "repeat": "1d"})
    tap.check(status == 200 and value["fired"] == 3 and len(value["hits"]) == 3, "with what is changed about it", value)
    tap.check(anna.ask("GET", "/alerts/rules")[1]["rules"][4:] == [], "and trying makes none")
    status, value, _ = anna.ask("POST", "/alerts/rules", {"name": "shaky", "what": "share", "over": "5%", "when": "daily", "at": "08:30",
                                                          "quiet": "22:00-07:00", "zone": "Europe/Berlin", "domain": "example.com"})
    tap.check(status == 201, "it is made", value)
    status, rule, headers = anna.ask("GET", "/alerts/rules/shaky")
    tap.check(status == 200 and (rule["share_percent"], rule["at"], rule["quiet"], rule["zone"], rule["scope_name"]) ==
              (5, "08:30", "22:00-07:00", "Europe/Berlin", "example.com") and "Europe/Berlin" in rule["hours"], "and is as it was wished", rule)
    listed = json.loads(run("alert", "rule", "list", "--json", "--store", anna.store, "-c", anna.config)[1])["rules"]
    tap.check([r for r in listed if r["name"] == "shaky"][0]["zone"] == "Europe/Berlin", "the command line has the same", listed)
    tag = headers["ETag"]
    tap.check(anna.ask("PATCH", "/alerts/rules/shaky", {"off": True}, If_Match=tag)[0] == 200 and
              anna.ask("GET", "/alerts/rules/shaky")[1]["state"] == "off", "it is switched off")
    tap.check(anna.ask("PATCH", "/alerts/rules/shaky", {"off": False}, If_Match=tag)[0] == 412, "who has not seen that changes nothing")
    tap.check(anna.ask("POST", "/alerts/rules/shaky/mute", {"days": 3})[0] == 200 and
              anna.ask("PATCH", "/alerts/rules/shaky", {"off": False})[0] == 200 and
              anna.ask("GET", "/alerts/rules/shaky")[1]["state"] == "muted", "it is muted for some days")
    status, value, _ = anna.ask("PATCH", "/alerts/rules/mail-refused", {"when": "hourly", "quiet": "none"})
    tap.check(status == 200 and anna.ask("GET", "/alerts/rules/mail-refused")[1]["when"] == "hourly", "of a ready-made one the hours are set", value)
    anna.ask("PATCH", "/alerts/rules/mail-refused", {"when": "at-once"})
    wrong = [("PATCH", "/alerts/rules/mail-refused", {"what": "share"}), ("POST", "/alerts/rules", {"name": "x", "what": "luck"}),
             ("POST", "/alerts/rules", {"name": "", "what": "failed", "over": "1"}), ("POST", "/alerts/rules", {"name": "x", "what": "share", "over": "500%"}),
             ("POST", "/alerts/rules", {"name": "shaky", "what": "failed", "over": "1"}), ("POST", "/alerts/rules", {"name": "x", "what": "failed", "over": "1", "zone": "../../etc/passwd"}),
             ("POST", "/alerts/rules", {"name": "x", "what": "failed", "over": "1", "zone": "Mars/Olympus"}), ("POST", "/alerts/rules", {"name": "x", "what": "failed", "over": "1", "domain": "never.heard.example"}),
             ("POST", "/alerts/rules/shaky/mute", {"days": 4000}), ("POST", "/alerts/try", {"what": "silence", "over": "1000"}), ("DELETE", "/alerts/rules/mail-refused"),
             ("POST", "/alerts/rules", {"name": "x", "what": "failed", "over": "1", "ower": "1"})]
    answers = [anna.ask(*one)[:2] for one in wrong]
    tap.check(all(answer[0] == 400 and answer[1]["detail"] for answer in answers), "what makes no sense is refused with a sentence", *answers)
    missing = [anna.ask("POST", "/alerts/rules", {"name": "x", "what": "failed", "over": "1", "channels": ["nobody"]})[0],
               anna.ask("GET", "/alerts/rules/nobody")[0], anna.ask("POST", "/alerts/try", {"rule": "nobody"})[0]]
    tap.check(missing == [404] * 3, "what is not there is said so", missing)
    tap.check(anna.ask("DELETE", "/alerts/rules/shaky")[0] == 200 and anna.ask("GET", "/alerts/rules/shaky")[0] == 404, "an own rule is removed")
    audit = [row["action"] for row in anna.ask("GET", "/audit")[1]["audit"]]
    tap.check({"alert-rule-add", "alert-rule-edit", "alert-rule-mute", "alert-rule-remove"} <= set(audit), "each change stands in the audit log", audit)


def wait_for(ask, good):
    until = time.monotonic() + 30
    value = ask()
    while not good(value) and time.monotonic() < until:
        time.sleep(0.2)
        value = ask()
    return value


def log(anna, server, port):
    run("alert", "channel", "add", "hook", "webhook", f"http://127.0.0.1:{port}/", "--allow-private", "--secret", f"file:{server.folder}/secret",
        "--store", server.store, "-c", server.config)
    tap.check(anna.ask("POST", "/alerts/channels/hook/test")[0] == 200, "a test is sent by the web")
    rows = wait_for(lambda: anna.ask("GET", "/alerts/channels/hook/deliveries")[1]["deliveries"], lambda r: r and r[0]["state"] == "delivered")
    tap.check(rows and rows[0]["state"] == "delivered" and rows[0]["attempts"] == 1, "what went to a channel is listed, with what became of it", rows)
    Hook.code = 500
    anna.ask("POST", "/alerts/channels/hook/test")
    rows = wait_for(lambda: anna.ask("GET", "/alerts/channels/hook/deliveries")[1]["deliveries"], lambda r: len(r) == 2 and r[0]["state"] == "failed")
    tap.check(len(rows) == 2 and rows[0]["state"] == "failed" and "500" in rows[0]["answer"], "one that is refused says why", rows)
    Hook.code = 200
    page = anna.ask("GET", "/alerts?limit=1")[1]
    seen, pages = list(page["alerts"]), 1
    while page["next"] and pages < 50:
        page = anna.ask("GET", f"/alerts?limit=1&cursor={page['next']}")[1]
        seen += page["alerts"]
        pages += 1
    whole = anna.ask("GET", "/alerts?limit=100")[1]
    tap.check(seen == whole["alerts"] and whole["next"] is None and len(seen) >= 3, "the log comes page by page, and is the same", len(seen), pages)
    tests = [row for row in seen if row["kind"] == "test"]
    told = [row for row in seen if row["rule"] is not None]
    tap.check(len(tests) == 2 and tests[0]["rule"] is None and tests[1]["deliveries"][0]["state"] == "delivered" and told, "with the tests, and what the rules decided", seen)


def main():
    hook = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=hook.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory(prefix="mailseal-alert-web-") as folder:
        with open(f"{folder}/secret", "w", encoding="ascii") as file:
            file.write("whsec_" + "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB")
        server = Server(folder, f'alert {{ secrets = "{folder}" }}\n')
        try:
            anna = sign_in(server)
            anna.store, anna.config = server.store, server.config
            failing_days(server, {4: 20, 3: 1, 2: 30, 1: 10})
            rules(anna)
            log(anna, server, hook.server_port)
            tap.check(not faults, "every answer is as docs/openapi.yaml has it", *faults)
        finally:
            server.stop()
            hook.shutdown()
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
