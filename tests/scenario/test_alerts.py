#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Alerts from the first report to the last attempt: real receivers that take them, refuse them, hang, lie and close; the
processes killed in the middle; a clock that is ours where weeks must pass."""
import calendar
import email
import email.policy
import json
import os
import re
import shutil
import signal
import sys
import tempfile
import time

from alert_world import MailSink, Receiver, signature_holds
from dns_world import ScriptedServer, rr, wire_name
from doors import certificate, fetch
from house import Server, Tap, run, wait_until

FIRST = calendar.timegm((2026, 3, 2, 0, 0, 0))
DAY = 86400
tap = Tap()
folder = tempfile.mkdtemp(prefix="mailseal-alerts-")
SECRETS = f"{folder}/secrets"
os.mkdir(SECRETS)
ANCHOR = f"{folder}/unused.ds"
with open(ANCHOR, "w", encoding="ascii") as out:
    out.write("unused.example. IN DS 1 13 2 " + "00" * 32 + "\n")
WEBHOOK_SECRET = "whsec_" + "c2VjcmV0IG9mIHRoZSB3ZWJob29rIG9mIHRoZSB0ZXN0cw=="


def secret(name, text):
    with open(f"{SECRETS}/{name}", "w", encoding="ascii") as file:
        file.write(text + "\n")
    return f"file:{SECRETS}/{name}"


def report(n, day, domains, good, bad, mx="mx.example.net"):
    date = time.strftime("%Y-%m-%d", time.gmtime(day))
    policies = []
    for domain in domains:
        unit = {"policy": {"policy-type": "sts", "policy-string": ["version: STSv1", "mode: enforce", "mx: " + mx],
                           "policy-domain": domain},
                "summary": {"total-successful-session-count": good, "total-failure-session-count": bad}}
        if bad:
            unit["failure-details"] = [{"result-type": "certificate-expired", "failed-session-count": bad,
                                        "receiving-mx-hostname": mx}]
        policies.append(unit)
    return {"organization-name": "Google Inc.", "contact-info": "smtp-tls-reporting@google.com", "report-id": f"r{n}",
            "date-range": {"start-datetime": date + "T00:00:00Z", "end-datetime": date + "T23:59:59Z"},
            "policies": policies}


number = 0


def take_in(server, *reports):
    """By the server that runs, or by a keep of its own."""
    global number
    inbox = tempfile.mkdtemp(dir=folder)
    for one in reports:
        number += 1
        with open(f"{inbox}/{number}.json", "w", encoding="utf-8") as file:
            json.dump(one, file)
    return run("import", inbox, "--store", server.store, "-c", server.config)[0] == 0


def mailseal(server, *words):
    return run(*words, "--store", server.store, "-c", server.config, timeout=90)


def channel(server, *words):
    code, _, told = mailseal(server, "alert", "channel", "add", *words)
    return code == 0 or print("#", told)


def test(server, name):
    """Exit code, state, answer."""
    code, said, told = mailseal(server, "alert", "test", name, "--json")
    answer = json.loads(said) if said else {"state": None, "answer": told}
    return code, answer["state"], answer["answer"]


def alerts(server):
    return json.loads(mailseal(server, "alert", "list", "--json")[1])["alerts"]


def channels(server):
    listed = json.loads(mailseal(server, "alert", "channel", "list", "--json")[1])["channels"]
    return {c["name"]: c for c in listed}


def states(server, name):
    return [d["state"] for a in reversed(alerts(server)) for d in a["deliveries"] if d["channel"] == name]


def start(name, extra="", mail=None):
    where = f"{folder}/{name}"
    os.mkdir(where)
    mail = mail or ""
    return Server(where, f'alert {{ secrets = "{SECRETS}" timeout = 2s {mail} }}\n{extra}')


def forms_of_channels():
    server = start("forms")
    try:
        wrong = [("x y", "mail", "a@example.net"), ("a", "mail", "nobody"), ("a", "mail", "a@b,c@example.net"),
                 ("a", "mail", "a@example.net\r\nBcc: x@example.net"), ("a", "pigeon", "x"),
                 ("a", "webhook", "https://example.net/"), ("a", "webhook", "http://example.net/", "--secret", "cred:x"),
                 ("a", "webhook", "https://user@example.net/", "--secret", "cred:x"),
                 ("a", "webhook", "https://example.net/", "--secret", "whsec_abc"),
                 ("a", "slack", "https://hooks.slack.com/x", "--secret", "cred:x"),
                 ("a", "matrix", "https://example.net", "--secret", "cred:x"), ("a", "ntfy"),
                 ("a", "syslog", "https://example.net"), ("a", "mail", "a@example.net", "--secret", "cred:x")]
        taken = [w for w in wrong if mailseal(server, "alert", "channel", "add", *w)[0] == 0]
        tap.check(not taken and channels(server) == {}, "a channel that cannot be is refused with a word", taken)
        ok = channel(server, "ops", "mail", "ops@example.net", "--lang", "de") and \
            channel(server, "chat", "slack", "--secret", "cred:slack")
        listed = channels(server)
        tap.check(ok and listed["ops"]["language"] == "de" and listed["chat"]["secret"] == "cred:slack" and
                  listed["ops"]["state"] == "ok", "channels are listed with where their secret is", listed)
        tap.check(mailseal(server, "alert", "channel", "add", "ops", "mail", "b@example.net")[0] != 0,
                  "a name is taken once")
        tap.check(mailseal(server, "alert", "channel", "edit", "ops", "--address", "b@example.net", "--pause")[0] == 0 and
                  channels(server)["ops"]["address"] == "b@example.net" and channels(server)["ops"]["state"] == "paused",
                  "a channel is edited and paused", channels(server))
        tap.check(mailseal(server, "alert", "channel", "remove", "chat")[0] == 0 and list(channels(server)) == ["ops"] and
                  mailseal(server, "alert", "channel", "remove", "chat")[0] == 3, "a removed one is gone")
        tap.check(test(server, "ops")[0] == 1 and test(server, "nobody")[0] == 3, "a paused one and none are not tested")
    finally:
        server.stop()
    tap.check(run("alert", "test", "ops", "--store", server.store, "-c", server.config)[0] == 5,
              "without a server nobody delivers, and that is said")


def what_each_channel_gets():
    sink, hook = MailSink(), Receiver()
    syslog = Receiver()
    server = start("kinds", mail=f'mail_host = "127.0.0.1:{sink.port}" mail_tls = "none" mail_from = "alerts@example.org"')
    local = "--allow-private"
    try:
        made = channel(server, "ops", "mail", "ops@example.net") and \
            channel(server, "hook", "webhook", hook.url + "/hook", "--secret", secret("hook", WEBHOOK_SECRET), local) and \
            channel(server, "chat", "slack", "--secret", secret("slack", hook.url + "/slack"), local) and \
            channel(server, "team", "teams", "--secret", secret("teams", hook.url + "/teams"), local) and \
            channel(server, "room", "matrix", hook.url, "--target", "!abc:example.net", "--secret",
                    secret("matrix", "syt_token"), local) and \
            channel(server, "pager", "pagerduty", hook.url, "--secret", secret("pager", "R0UT1NG"), local) and \
            channel(server, "phone", "ntfy", hook.url + "/ntfy", "--target", "tls", "--secret", secret("ntfy", "tk_1"), local)
        tap.check(made, "a channel of each kind is made")
        results = {name: test(server, name)[:2] for name in ("ops", "hook", "chat", "team", "room", "pager", "phone")}
        tap.check(set(results.values()) == {(0, "delivered")}, "a test reaches each of them", results)
        sink.mails.clear()
        hook.calls.clear()
        yesterday = int(time.time()) // DAY * DAY - DAY
        tap.check(take_in(server, report(1, yesterday, ["example.com", "example.org"], 0, 20)), "mail is refused")
        tap.check(wait_until(lambda: len(sink.mails) == 1 and len(hook.calls) == 6), "each channel is told once",
                  sink.mails, hook.calls)

        envelope, to, raw = sink.mails[0]
        mail = email.message_from_bytes(raw, policy=email.policy.default)
        tap.check((envelope, to) == ("FROM:<alerts@example.org>", ["TO:<ops@example.net>"]) and
                  mail["From"] == "mailseal <alerts@example.org>" and "ops@example.net" in mail["To"],
                  "the mail goes from the address of the configuration to the one of the channel", envelope, to, raw)
        tap.check(mail["Auto-Submitted"] == "auto-generated" and mail["TLS-Required"] == "No" and
                  mail["List-Unsubscribe"] and mail["Message-ID"].endswith("@example.org>"),
                  "its header says that it is generated, and that TLS may be missing on its way", raw)
        plain, page = mail.get_body(("plain",)).get_content(), mail.get_body(("html",)).get_content()
        tap.check(mail["Subject"] == "Mail is being refused: Certificate expired on mx.example.net [TI-1001]" and
                  mail.get_content_type() == "multipart/alternative" and
                  [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"],
                  "the subject says what is wrong; plain text comes first", raw)
        tap.check(all(word in plain for word in ("TI-1001", "To do: ", "mailseal issue show TI-1001", "2 domains",
                                                 "issue snooze TI-1001 --for 7d", "because of the rule")) and
                  "<code>mailseal issue show TI-1001</code>" in page, "it says what, what to do, where, and why", plain)
        head, body = raw.split(b"\r\n\r\n", 1)
        tap.check(max(map(len, body.split(b"\r\n"))) <= 76 and max(map(len, head.split(b"\r\n"))) <= 85 and raw.isascii() and b"\n" not in
                  raw.replace(b"\r\n", b""), "its lines are short, ASCII, and end as they must", raw)

        by_path = {path.split("?")[0]: (method, headers, body) for method, path, headers, body in hook.calls}
        _, headers, body = by_path["/hook"]
        told = json.loads(body)
        tap.check(signature_holds(headers, body, WEBHOOK_SECRET), "the signature of the webhook holds", headers)
        tap.check(not signature_holds(headers, body + b" ", WEBHOOK_SECRET), "and of other bytes it does not")
        tap.check(told["type"] == "issue.opened" and told["data"]["issue"]["id"] == "TI-1001" and
                  told["data"]["issue"]["refused_sessions"] == 40 and told["data"]["rule"] == "mail-refused", "its body tells the issue", told)
        slack = json.loads(by_path["/slack"][2])
        tap.check(slack["text"].startswith("Mail is being refused") and
                  {block["text"]["type"] for block in slack["blocks"]} == {"plain_text"}, "Slack gets blocks of plain text", slack)
        card = json.loads(by_path["/teams"][2])["attachments"][0]
        tap.check(card["contentType"] == "application/vnd.microsoft.card.adaptive" and
                  card["content"]["type"] == "AdaptiveCard" and '"TextBlock"' not in json.dumps(card),
                  "Teams gets an Adaptive Card without markdown", card)
        path = next(p for p in by_path if p.startswith("/_matrix"))
        method, headers, body = by_path[path]
        room = json.loads(body)
        tap.check(method == "PUT" and path.startswith("/_matrix/client/v3/rooms/%21abc%3Aexample.net/send/m.room.message/")
                  and headers["Authorization"] == "Bearer syt_token" and room["msgtype"] == "m.text" and
                  room["m.mentions"] == {} and "TI-1001" in room["body"], "Matrix gets an event under its transaction id", path, room)
        pager = json.loads(by_path["/v2/enqueue"][2])
        tap.check(pager["routing_key"] == "R0UT1NG" and pager["event_action"] == "trigger" and
                  pager["payload"]["severity"] == "critical" and pager["dedup_key"].endswith("TI-1001"),
                  "PagerDuty gets a trigger", pager)
        phone = json.loads(by_path["/ntfy"][2])
        tap.check(phone["topic"] == "tls" and phone["priority"] == 5 and by_path["/ntfy"][1]["Authorization"] == "Bearer tk_1",
                  "ntfy gets its topic", phone)
        wait_until(lambda: {d["state"] for d in alerts(server)[0]["deliveries"]} == {"delivered"})
        listed = alerts(server)[0]
        tap.check(sorted((d["channel"], d["state"], d["attempts"]) for d in listed["deliveries"]) ==
                  sorted((name, "delivered", 1) for name in results), "the log names every channel", listed)

        hook.calls.clear()
        tap.check(mailseal(server, "issue", "close", "TI-1001", "--reason", "fixed")[0] == 0 and
                  wait_until(lambda: len(sink.mails) == 2 and len(hook.calls) == 6), "the end is told too", hook.calls)
        over = email.message_from_bytes(sink.mails[1][2], policy=email.policy.default)
        tap.check(over["Subject"].startswith("Over: ") and over["References"] == mail["References"] and
                  over["Message-ID"] != mail["Message-ID"], "the mail of the end stands in the same thread", over)
        again = [json.loads(body) for _, path, _, body in hook.calls if path == "/v2/enqueue"][0]
        tap.check((again["event_action"], again["dedup_key"]) == ("resolve", pager["dedup_key"]),
                  "PagerDuty gets a resolve of the same", again)
    finally:
        server.stop()
        for one in (sink, hook, syslog):
            one.stop()


def receivers_that_misbehave():
    hook = Receiver()
    server = start("manners")
    try:
        channel(server, "hook", "webhook", hook.url + "/x", "--secret", secret("hook", WEBHOOK_SECRET), "--allow-private")
        for manner, want in ((500, "HTTP 500"), ("redirect", "a redirect, which is not followed"),
                             ("hang", "no answer in time"), ("slow", "no answer in time"), ("close", "no proper answer")):
            hook.manner = manner
            hook.calls.clear()
            began = time.monotonic()
            code, state, answer = test(server, "hook")
            tap.check((code, state) == (1, "failed") and want in answer and len(hook.calls) == 1 and
                      time.monotonic() - began < 15, f"a receiver that does {manner} is a failure in words, and in time",
                      code, state, answer, hook.calls)
        hook.manner = "huge"
        tap.check(test(server, "hook")[1] == "delivered", "an answer without end has a status all the same")
        hook.release.set()
        hook.manner = 410
        tap.check("gone" in test(server, "hook")[2] and channels(server)["hook"]["state"] == "paused",
                  "one that answers 410 wants no more: it is paused", channels(server))
        mailseal(server, "alert", "channel", "edit", "hook", "--resume")
        hook.manner = 204
        tap.check(test(server, "hook")[1] == "delivered" and channels(server)["hook"]["failures"] == 0,
                  "resumed, it starts anew")

        hook.calls.clear()
        secret("hook", "whsec_short")
        tap.check("whsec_" in test(server, "hook")[2] and not hook.calls, "without a proper secret nothing is sent")
        secret("hook", WEBHOOK_SECRET)
        outside = f"{folder}/outside"
        shutil.copy(f"{SECRETS}/hook", outside)
        os.symlink(outside, f"{SECRETS}/link")
        answers = []
        for where in (f"file:{outside}", f"file:{SECRETS}/../outside", f"file:{SECRETS}/link", f"file:{SECRETS}/none"):
            mailseal(server, "alert", "channel", "edit", "hook", "--secret", where)
            answers.append(test(server, "hook")[2])
        tap.check(all("is not in" in a or "cannot be read" in a for a in answers) and not hook.calls,
                  "a secret outside of its folder is not read, whatever links and dots say", answers)
    finally:
        server.stop()
        hook.stop()


def private_addresses():
    hook = Receiver()
    addresses = {"inside.example.net": bytes([127, 0, 0, 1]), "meta.example.net": bytes([169, 254, 169, 254])}

    def script(name, rrtype, _):
        return (0, [rr(name, "A", addresses[name])] if rrtype == 1 and name in addresses else [])

    server = None
    try:
        with ScriptedServer(script) as world:
            server = start("private", extra=f'dns {{ resolvers = {{"{world.resolver}"}} trust_anchor = "{ANCHOR}" }}\n')
            answers = {}
            for n, host in enumerate(["127.0.0.1", "localhost", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]", "10.1.2.3",
                                      "169.254.169.254", "[64:ff9b::7f00:1]", "[fd00:ec2::254]", "100.64.0.1",
                                      "inside.example.net", "meta.example.net", "2130706433", "0x7f.1", "127.1"]):
                if channel(server, f"c{n}", "webhook", f"https://{host}:{hook.port}/", "--secret",
                           secret("hook", WEBHOOK_SECRET)):
                    answers[host] = test(server, f"c{n}")[1:]
            bad = {host: answer for host, answer in answers.items() if answer[0] != "failed" or
                   not ("private" in answer[1] or "no address" in answer[1] or "DNS" in answer[1])}
            tap.check(len(answers) == 15 and not bad and not hook.calls,
                      "no packet goes to a private address, however it is written", bad, answers)
            tap.check("private" in answers["inside.example.net"][1], "nor by a name whose address is private", answers)
    finally:
        if server:
            server.stop()
        hook.stop()


def retries_and_deaths():
    hook = Receiver(500)
    server = start("deaths")
    yesterday = int(time.time()) // DAY * DAY - DAY
    try:
        channel(server, "hook", "webhook", hook.url + "/x", "--secret", secret("hook", WEBHOOK_SECRET), "--allow-private")
        take_in(server, report(1, yesterday, ["example.com"], 0, 20))
        tap.check(wait_until(lambda: len(hook.calls) == 1), "the first attempt is at once")
        hook.manner = 204
        tap.check(wait_until(lambda: len(hook.calls) == 2, 15) and wait_until(lambda: states(server, "hook") == ["delivered"]),
                  "the second comes a few seconds later", states(server, "hook"))
        ids = {headers["webhook-id"] for _, _, headers, _ in hook.calls}
        tap.check(len(ids) == 1 and hook.calls[0][3] == hook.calls[1][3], "under the same id, with the same body", hook.calls)

        hook.calls.clear()
        hook.manner = "hang"
        mailseal(server, "issue", "close", "TI-1001", "--reason", "fixed")
        tap.check(wait_until(lambda: len(hook.calls) == 1), "another message is on its way")
        killed = server.kill("reach")
        hook.manner = 204
        tap.check(killed and wait_until(lambda: states(server, "hook") == ["delivered", "delivered"], 20),
                  "the process that carries it is killed: it is carried again", states(server, "hook"), "".join(server.log[-8:]))

        hook.calls.clear()
        hook.manner = "hang"
        mailseal(server, "issue", "reopen", "TI-1001")
        take_in(server, report(2, yesterday, ["example.org"], 0, 50, "mx2.example.org"))
        tap.check(wait_until(lambda: len(hook.calls) >= 1), "a third is on its way")
        server.kill("keep")
        hook.manner = 204
        tap.check(wait_until(lambda: len(states(server, "hook")) >= 3 and set(states(server, "hook")) == {"delivered"}, 30),
                  "the process that keeps it is killed: nothing is lost", states(server, "hook"), "".join(server.log[-8:]))
        sent = [headers["webhook-id"] for _, _, headers, _ in hook.calls]
        tap.check(len(sent) > len(set(sent)), "what may have arrived comes again under its id", sent)
        server.stop(signal.SIGKILL)
        tap.check(set(states(server, "hook")) == {"delivered"}, "and the log says so after a restart")
    finally:
        server.stop()
        hook.stop()


def mail_that_is_hard_to_hand_in():
    made = certificate(folder)
    if made is None:
        tap.skip("mail by STARTTLS with a login", "openssl is not installed")
        return
    sink = MailSink(made, ("alerts", "correct horse"))
    password = secret("password", "correct horse")
    login = f'mail_user = "alerts" mail_password = "{password}" ca_file = "{made[0]}"'

    def script(name, rrtype, _):
        if (name, rrtype) == ("example.net", 15) and moved:
            return (0, [rr(name, "MX", b"\x00\x0a" + wire_name("mx.watched.example"), ttl=0)])
        return (0, [rr(name, "A", bytes([127, 0, 0, 1]))] if (name, rrtype) == ("mx.example.org", 1) else [])

    moved = []

    server = start("mail-wrong-name", mail=f'mail_host = "localhost:{sink.port}" ' + login)
    try:
        channel(server, "ops", "mail", "ops@example.net")
        _, state, answer = test(server, "ops")
        tap.check(state == "failed" and "certificate" in answer and not sink.mails,
                  "a server that shows the certificate of another gets no mail and no password", answer, sink.commands)
        tap.check(not any(c.startswith("AUTH") for c in sink.commands), "not even the name", sink.commands)
    finally:
        server.stop()
    with ScriptedServer(script) as world:
        server = start("mail", mail=f'mail_host = "mx.example.org:{sink.port}" ' + login,
                       extra=f'dns {{ resolvers = {{"{world.resolver}"}} trust_anchor = "{ANCHOR}" }}\n')
        try:
            channel(server, "ops", "mail", "ops@example.net", "--lang", "de")
            told = test(server, "ops")
            tap.check(told[1] == "delivered" and len(sink.mails) == 1 and
                      any(c.startswith("AUTH") for c in sink.commands), "with its own name it gets both, by STARTTLS",
                      told, sink.commands)
            subject = email.message_from_bytes(sink.mails[0][2], policy=email.policy.default)["Subject"]
            tap.check(subject == "Ein Test des Kanals ops", "in the language of the channel", subject)
            take_in(server, report(1, int(time.time()) // DAY * DAY - DAY, ["example.com"], 0, 20, "mx.watched.example"))
            wait_until(lambda: len(sink.mails) == 2)
            before = channels(server)["ops"]["behind"]
            moved.append(True)
            test(server, "ops")
            tap.check((before, channels(server)["ops"]["behind"]) == (None, "mx.watched.example"),
                      "a test looks anew where the address lies", before, channels(server))
            for word, answer, want in (("RCPT", "550 no such user", "550"), ("MAIL", "451 later", "451"),
                                       (".", "552 too much", "552"), ("AUTH", "", "no proper answer"),
                                       (".", None, "no answer in time"), ("DATA", "", "no proper answer")):
                sink.replies = {word: answer}
                _, state, told = test(server, "ops")
                tap.check(state == "failed" and want in told, f"{answer!r} at {word} is a failure in words", told)
        finally:
            server.stop()
            sink.stop()


def a_shared_server_of_500_domains():
    """Weeks by a clock of ours: the whole list of messages that each channel gets."""
    sink, hook = MailSink(), Receiver()
    domains = [f"d{n:03}.example.org" for n in range(500)]
    os.environ["MAILSEAL_FAKE_TIME"] = str(FIRST + 6 * 3600)
    server = start("story", mail=f'mail_host = "127.0.0.1:{sink.port}" mail_tls = "none"')
    try:
        channel(server, "ops", "mail", "ops@example.net")
        channel(server, "hook", "webhook", hook.url + "/x", "--secret", secret("hook", WEBHOOK_SECRET), "--allow-private")
        for day in range(12):
            server.stop()
            os.environ["MAILSEAL_FAKE_TIME"] = str(FIRST + (day + 1) * DAY + 6 * 3600)
            server.start()
            is_broken = 4 <= day < 8
            chunks = [domains[n:n + 100] for n in range(0, 500, 100)]
            take_in(server, *[report(day * 10 + n, FIRST + day * DAY, chunk, 0 if is_broken else 20, 20 if is_broken else 0)
                              for n, chunk in enumerate(chunks)])
            wait_until(lambda: not any(d["state"] in ("queued", "waiting") for a in alerts(server) for d in a["deliveries"]))
        subjects = [email.message_from_bytes(raw, policy=email.policy.default)["Subject"] for _, _, raw in sink.mails]
        tap.check(subjects == ["Mail is being refused: Certificate expired on mx.example.net [TI-1001]",
                               "Over: Certificate expired on mx.example.net [TI-1001]"],
                  "an expired certificate of 500 domains is one mail, and one when it is over", subjects)
        told = [(body["type"], body["data"]["issue"]["id"], body["data"]["issue"]["domains"]) for body in hook.bodies()]
        tap.check([t[:2] for t in told] == [("issue.opened", "TI-1001"), ("issue.resolved", "TI-1001")] and told[1][2] == 500,
                  "and one call of the webhook each", told)
    finally:
        server.stop()
        os.environ.pop("MAILSEAL_FAKE_TIME")
        sink.stop()
        hook.stop()


def behind_what_is_watched():
    where = f"{folder}/behind"
    os.mkdir(where)
    store = ("--store", f"sqlite:{where}/m.db")

    hosts = {"outside.example.net": "mx.outside.example.net", "hosted.example.net": "mx.example.com"}

    def script(name, rrtype, _):
        return (0, [rr(name, "MX", b"\x00\x0a" + wire_name(hosts[name]))] if rrtype == 15 and name in hosts else [])

    with ScriptedServer(script) as world:
        resolver = ("--resolver", world.resolver, "-c", f"{where}/c")
        server = type("", (), {"store": store[1], "config": f"{where}/c"})
        with open(server.config, "w", encoding="ascii") as file:
            file.write(f'dns {{ trust_anchor = "{ANCHOR}" }}\n')
        take_in(server, report(1, FIRST, ["example.com"], 0, 20, "mx.example.com"))
        told = {}
        for name, address in (("a", "ops@example.com"), ("b", "ops@hosted.example.net"), ("c", "ops@outside.example.net")):
            told[name] = run("alert", "channel", "add", name, "mail", address, *store, *resolver)
        tap.check(told["a"][0] == 0 and "lies behind example.com" in told["a"][2], "an address in a watched domain is warned of", told)
        tap.check("lies behind mx.example.com" in told["b"][2], "and one whose mail a watched server takes", told)
        tap.check("lies behind" not in told["c"][2], "one outside is not", told)
        listed = {c["name"]: c["behind"] for c in json.loads(run("alert", "channel", "list", "--json", *store)[1])["channels"]}
        tap.check(listed == {"a": "example.com", "b": "mx.example.com", "c": None}, "the list says it too", listed)
        words = run("status", *store)[1]
        tap.check("ops@example.com lies behind example.com" in " ".join(words.split()), "and so does the status", words)


def rules_by_hand():
    hook = Receiver()
    os.environ["MAILSEAL_FAKE_TIME"] = str(FIRST + 11 * DAY + 6 * 3600)
    server = start("rules")
    try:
        channel(server, "hook", "webhook", hook.url + "/x", "--secret", secret("hook", WEBHOOK_SECRET), "--allow-private")
        channel(server, "quiet", "webhook", hook.url + "/quiet", "--secret", secret("hook", WEBHOOK_SECRET),
                "--allow-private", "--pause")
        for day in range(10):
            bad = 30 if day in (2, 9) else 1 if day == 5 else 0
            take_in(server, report(100 + day, FIRST + day * DAY, ["example.com"], 100 - bad, bad))
        rules = lambda: {r["name"]: r for r in json.loads(mailseal(server, "alert", "rule", "list", "--json")[1])["rules"]}
        tap.check(list(rules()) == ["mail-refused", "reports-stopped", "new-failure", "check-trouble"] and
                  {r["state"] for r in rules().values()} == {"on"} and {r["when"] for r in rules().values()} == {"at-once"},
                  "four ready-made rules are on from the start", rules())
        wrong = [("x",), ("x", "--what", "luck"), ("x", "--what", "share", "--over", "5"), ("x", "--what", "cause", "--cause", "y"),
                 ("x", "--what", "failed", "--over", "1", "--channel", "nobody"), ("x", "--what", "silence"),
                 ("x", "--what", "failed", "--zone", "../../etc/passwd"), ("x", "--what", "failed", "--quiet", "7"),
                 ("x", "--what", "failed", "--domain", "never.heard.example"), ("x", "--what", "failed", "--of-tenant", "nobody"),
                 ("mail-refused", "--what", "failed"), ("x", "--what", "failed", "--when", "never")]
        taken = [w for w in wrong if mailseal(server, "alert", "rule", "add", *w)[0] == 0]
        tap.check(not taken and len(rules()) == 4, "a rule that cannot be is refused", taken)
        hook.calls.clear()
        code, said, told = mailseal(server, "alert", "rule", "add", "shaky", "--what", "share", "--over", "10%", "--least", "20",
                                    "--domain", "example.com", "--channel", "hook", "-n")
        tap.check(code == 0 and "would have fired 2 times: 4 Mar 2026 and 11 Mar 2026" in " ".join(said.split()) and
                  len(rules()) == 4, "a dry run says what it would have done, and makes nothing", said, told)
        code, said, _ = mailseal(server, "alert", "rule", "add", "shaky", "--what", "share", "--over", "10%", "--least", "20",
                                 "--domain", "example.com", "--channel", "hook", "--json")
        tap.check(code == 0 and json.loads(said)["hits"] == [{"day": "2026-03-04", "issue": None}, {"day": "2026-03-11", "issue": None}]
                  and rules()["shaky"]["share_percent"] == 10 and rules()["shaky"]["channels"] == ["hook"],
                  "made, it says the same for programs", said, rules())
        tap.check(wait_until(lambda: len(hook.calls) == 1) and hook.bodies()[0]["type"] == "measure.exceeded" and
                  "30 % of 100 sessions failed on 11 March 2026" in hook.bodies()[0]["data"]["headline"],
                  "and it fires for the day that is not long gone", hook.bodies())
        trial = json.loads(mailseal(server, "alert", "rule", "test", "mail-refused", "--json")[1])
        tap.check(trial["fired"] >= 1 and trial["hits"][0]["issue"] == "TI-1001", "a ready-made one is tried on the past too", trial)
        edited = mailseal(server, "alert", "rule", "edit", "new-failure", "--when", "daily", "--at", "09:30", "--quiet",
                          "22:00-07:00", "--zone", "+01:00", "--channel", "hook", "--repeat", "3d")
        rule = rules()["new-failure"]
        tap.check(edited[0] == 0 and (rule["when"], rule["at"], rule["quiet"], rule["zone"], rule["repeat_days"]) ==
                  ("daily", "09:30", "22:00-07:00", "+01:00", 3), "when and to whom are set for ready-made ones", edited, rule)
        tap.check(mailseal(server, "alert", "rule", "edit", "new-failure", "--over", "3")[0] != 0 and
                  mailseal(server, "alert", "rule", "remove", "new-failure")[0] != 0, "what they are about is not")
        mailseal(server, "alert", "rule", "mute", "shaky", "--for", "7d")
        mailseal(server, "alert", "rule", "edit", "reports-stopped", "--off")
        tap.check((rules()["shaky"]["state"], rules()["reports-stopped"]["state"]) == ("muted", "off"),
                  "a rule is muted for a while, or off", rules())
        words = mailseal(server, "alert", "rule", "list")[1]
        tap.check("quiet from 22:00 to 07:00" in " ".join(words.split()), "the list says it in words", words)
        tap.check(mailseal(server, "alert", "rule", "remove", "shaky")[0] == 0 and "shaky" not in rules() and
                  any(a["rule"] == "shaky" for a in alerts(server)), "a removed one stays in the log alone", alerts(server))
    finally:
        server.stop()
        os.environ.pop("MAILSEAL_FAKE_TIME")
        hook.stop()


def links_in_messages():
    sink = MailSink()
    server = start("links", mail=f'mail_host = "127.0.0.1:{sink.port}" mail_tls = "none"',
                   extra='web { url = "http://tls.example.org/" }\nhttp { hosts = {"127.0.0.1"} }\n')
    yesterday = int(time.time()) // DAY * DAY - DAY
    try:
        channel(server, "ops", "mail", "ops@example.net")
        take_in(server, report(1, yesterday, ["example.com"], 0, 20))
        wait_until(lambda: len(sink.mails) == 1)
        mail = email.message_from_bytes(sink.mails[0][2], policy=email.policy.default)
        plain = mail.get_body(("plain",)).get_content()
        link = re.search(r"http://tls\.example\.org(/mute/i\S+)", plain)
        stop = re.search(r"<http://tls\.example\.org(/mute/c\S+)>", mail["List-Unsubscribe"])
        tap.check(link and stop and "http://tls.example.org/issues/TI-1001" in plain and
                  mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click",
                  "with an address of the pages a message has links to the issue, to quiet, and to stop", plain, mail["List-Unsubscribe"])
        port, host = server.port("http"), {"Host": "tls.example.org"}
        state = lambda: json.loads(mailseal(server, "issue", "list", "--json")[1])["issues"][0]["state"]
        status, _, page = fetch(port, link[1], headers={**host, "Accept": "text/html"})
        tap.check(status == 200 and "<form method=\"post\">" in page and state() == "open",
                  "to follow the link asks, and changes nothing", status, page)
        wrong = link[1][:-1] + ("0" if link[1][-1] != "0" else "1")
        refused = fetch(port, wrong, data=b"", headers=host)
        tap.check(refused[0] == 403 and state() == "open", "a link that is not ours does nothing", refused)
        done = fetch(port, link[1], data=b"", headers=host)
        tap.check(done[0] == 200 and state() == "snoozed", "the button keeps the issue quiet", done, state())
        done = fetch(port, stop[1], data=b"List-Unsubscribe=One-Click", headers=host)
        tap.check(done[0] == 200 and channels(server)["ops"]["state"] == "paused", "one click in the mail program stops the channel",
                  done, channels(server))
        key = os.stat(f"{server.folder}/mailseal.db.mute-key")
        tap.check(key.st_size == 32 and key.st_mode & 0o777 == 0o600, "the key lies beside the store, for its owner alone", oct(key.st_mode))
    finally:
        server.stop()
        sink.stop()


try:
    for story in (forms_of_channels, what_each_channel_gets, receivers_that_misbehave, private_addresses, retries_and_deaths,
                  mail_that_is_hard_to_hand_in, behind_what_is_watched, rules_by_hand, links_in_messages, a_shared_server_of_500_domains):
        if len(sys.argv) < 2 or sys.argv[1] in story.__name__:
            story()
finally:
    shutil.rmtree(folder, ignore_errors=True)
print(f"1..{tap.n}")
sys.exit(tap.end())
