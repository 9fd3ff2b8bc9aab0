#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Rules of alerts by the API: what is told, when and to whom, tried on the past; and what became of each message."""
import contextlib
import datetime
import http.server
import json
import re
import sqlite3
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
    taken, paths, code = [], [], 200

    def do_POST(self):
        Hook.paths.append(self.path)
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


def deliveries(anna):
    return anna.ask("GET", "/alerts/channels/hook/deliveries")[1]["deliveries"]


def again(anna, server, db):
    """What failed is sent once more, after the channel was mended; what was delivered too."""
    failed, good = deliveries(anna)[:2]
    words = ("--store", server.store, "-c", server.config)
    taken = len(Hook.taken)
    status, value, _ = anna.ask("POST", f"/alerts/deliveries/{failed['message']}/resend", {})
    rows = wait_for(lambda: deliveries(anna), lambda r: r[0]["state"] == "delivered")
    tap.check(status == 202 and rows[0]["message"] == value["message"] and rows[0]["resent_by"] == "anna" and rows[0]["headline"] == failed["headline"],
              "a message that failed is sent again, as a row of its own that says by whom", status, value, rows[:2])
    tap.check(rows[1] == failed and len(Hook.taken) == taken + 1 and Hook.taken[-1] == Hook.taken[-2], "with the same words, and the old row stays as it was", rows[1], Hook.taken[-2:])
    status, value, headers = anna.ask("POST", f"/alerts/deliveries/{failed['message']}/resend", {})
    copy = anna.ask("POST", f"/alerts/deliveries/{rows[0]['message']}/resend", {})
    tap.check((status, value.get("code"), copy[0]) == (429, "too-often", 429) and headers["Retry-After"] == "60" and "last minute" in value["detail"],
              "not twice within a minute, nor as a copy of the copy", value, copy)
    code, out, err = run("alert", "resend", str(good["message"]), *words)
    rows = wait_for(lambda: deliveries(anna), lambda r: r[0]["state"] == "delivered")
    tap.check(code == 0 and str(rows[0]["message"]) in out and rows[0]["resent_by"] == "command line", "one that was delivered too, by the command line", code, out, err, rows[0])
    table = run("alert", "list", "--csv", *words)[1].splitlines()
    tap.check(table[0].endswith(",message,resent_by") and any(line.endswith(f",{rows[0]['message']},command line") for line in table), "whose list says the numbers and by whom", table[:3])
    rows = [r for r in anna.ask("GET", "/audit")[1]["audit"] if r["action"] == "alert-resend"]
    tap.check([(r["by"], r["who"], r["object"]) for r in rows] == [("command-line", None, f"message {good['message']}"), ("user", "anna", f"message {failed['message']}")],
              "both stand in the audit log", rows)
    # The hook moves: an old message goes where the channel is now.
    moved = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=moved.serve_forever, daemon=True).start()
    run("alert", "channel", "edit", "hook", "--address", f"http://127.0.0.1:{moved.server_port}/moved", *words)
    with contextlib.closing(sqlite3.connect(db, timeout=20)) as opened, opened:
        opened.execute("UPDATE alert_delivery SET created_at = created_at - 61 WHERE again_of IS NOT NULL")
    Hook.paths.clear()
    anna.ask("POST", f"/alerts/deliveries/{failed['message']}/resend", {})
    wait_for(lambda: deliveries(anna), lambda r: r[0]["state"] == "delivered")
    tap.check(Hook.paths == ["/moved"], "it goes where the channel is now", Hook.paths)
    moved.shutdown()
    with contextlib.closing(sqlite3.connect(db, timeout=20)) as opened, opened:
        opened.execute("UPDATE alert_delivery SET created_at = created_at - 61 WHERE again_of IS NOT NULL")
        opened.execute("UPDATE alert_delivery SET request = NULL WHERE id = ?", (good["message"],))
        queued = opened.execute("INSERT INTO alert_delivery (channel, alert, event, state, created_at, next_at, headline, words) SELECT id, 0, 0, 5, 1, 1, 'x', 'channel-paused' "
                                "FROM alert_channel WHERE name = 'hook'").lastrowid
    before = len(deliveries(anna))
    answers = [anna.ask("POST", f"/alerts/deliveries/{n}/resend", {})[:2] for n in (good["message"], queued, 99999, "x")]
    tap.check([a[0] for a in answers] == [400, 400, 404, 404] and "30 days" in answers[0][1]["detail"] and "not sent" in answers[1][1]["detail"],
              "one whose words are gone, that never went, or that is not there is refused with why", answers)
    anna.ask("PATCH", "/alerts/channels/hook", {"paused": True})
    paused = anna.ask("POST", f"/alerts/deliveries/{failed['message']}/resend", {})[:2]
    anna.ask("DELETE", "/alerts/channels/hook")
    run("alert", "channel", "add", "hook", "webhook", f"http://127.0.0.1:{moved.server_port}/", "--allow-private", "--secret", f"file:{server.folder}/secret", *words)
    gone = anna.ask("POST", f"/alerts/deliveries/{failed['message']}/resend", {})[:2]
    tap.check(paused[0] == 400 and "paused" in paused[1]["detail"] and gone[0] == 404 and "gone" in gone[1]["detail"], "nor is anything sent for a channel that rests or is gone, or to its namesake", paused, gone)
    with contextlib.closing(sqlite3.connect(db, timeout=20)) as opened:
        tap.check(opened.execute("SELECT count(*) FROM alert_delivery").fetchone()[0] >= before and deliveries(anna) == [], "and no row is left of what was refused")


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
            again(anna, server, f"{folder}/mailseal.db")
            tap.check(not faults, "every answer is as docs/openapi.yaml has it", *faults)
        finally:
            server.stop()
            hook.shutdown()
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
