#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""The digest of a week and the report of a month: printed by the command, shown as a page, sent to mail channels once."""
import email
import email.policy
import json
import os
import shutil
import sys
import tempfile
import time

from alert_world import MailSink
from doors import fetch
from house import Server, Tap, png, run, wait_until

tap = Tap()
DAY = 86400


def monday(now):
    """Of the last week that is over by the morning of Tuesday, when digests are sent."""
    day = int((now - 6 * 3600) // DAY) - 1
    return day - (day + 3) % 7 - 7


def write_reports(folder, first):
    """Three weeks on two domains; in the last one the certificate of a server had expired for two days."""
    for day in range(first - 14, first + 7):
        date = time.strftime("%Y-%m-%d", time.gmtime(day * DAY))
        for domain, good in (("example.com", 100), ("example.org", 50)):
            bad = good if domain == "example.com" and day in (first + 1, first + 2) else 0
            unit = {"policy": {"policy-type": "sts", "policy-domain": domain,
                               "policy-string": ["version: STSv1", "mode: enforce", "mx: mx.example.com", "max_age: 604800"]},
                    "summary": {"total-successful-session-count": good - bad, "total-failure-session-count": bad}}
            if bad:
                unit["failure-details"] = [{"result-type": "certificate-expired", "failed-session-count": bad,
                                            "receiving-mx-hostname": "mx.example.com"}]
            with open(f"{folder}/{date}-{domain}.json", "w", encoding="utf-8") as out:
                json.dump({"organization-name": "Google Inc.", "contact-info": "smtp-tls-reporting@google.com",
                           "report-id": f"{date}-{domain}", "policies": [unit],
                           "date-range": {"start-datetime": date + "T00:00:00Z", "end-datetime": date + "T23:59:59Z"}}, out)


def main():
    folder = tempfile.mkdtemp(prefix="mailseal-digest-")
    sink = MailSink()
    first = monday(time.time())
    week = time.strftime("%Y-%m-%d", time.gmtime(first * DAY))
    write_reports(folder, first)
    server = Server(folder, f'alert {{ mail_host = "127.0.0.1:{sink.port}" mail_tls = "none" }}\n'
                            'digest { weekly = {"ops", "acme:ops"} monthly = {"ops"} }\n')
    where = ["-c", server.config, "--store", server.store]
    try:
        run("import", *where, *[f"{folder}/{n}" for n in sorted(os.listdir(folder)) if n.endswith("json")])
        code, out, err = run("digest", "--week", week, "--json", *where)
        seen = json.loads(out) if code == 0 else {}
        tap.check(code == 0 and (seen["since"], seen["sessions"], seen["domains"], seen["failing_domains"]) ==
                  (week, {"successful": 850, "failed": 200, "refused": 200, "reports": 14}, 2, 1) and
                  [i["cause"] for i in seen["closed"]] == ["cert-expired"] and seen["open"] == [] and
                  seen["sessions_before"]["successful"] == 1050, "the numbers of the week stand beside those before", out, err)
        code, text, _ = run("digest", "--week", week, *where)
        tap.check("Mail was refused in 200 sessions. Certificate expired on mx.example.com." in " ".join(text.split()) and
                  "In the week before, 0 of 1,050 sessions failed" in text, "said in sentences", text)
        tap.check("Doręczenia odmówiono" in run("digest", "--week", week, "--lang", "pl", *where)[1], "in other languages too")
        code, out, _ = run("digest", "--week", week, "--as", "html", *where)
        tap.check(code == 0 and "<style>" in out and "<script" not in out, "as a page that stands alone")
        code, out, _ = run("digest", "--week", week, "--as", "mail", "--base", "https://tls.example.com", *where)
        tap.check(code == 0 and 'href="https://tls.example.com/issues/TI-1001"' in out and "<img" not in out,
                  "as the HTML part of a mail")
        code, out, _ = run("digest", "--week", week, "--domain", "example.org", "--json", *where)
        seen = json.loads(out)
        tap.check(seen["sessions"]["failed"] == 0 and seen["clean"], "of one domain it is clean", out)
        tap.check(run("digest", "--month", "2026-13", *where)[0] == 2 and run("digest", "--week", "soon", *where)[0] == 2 and
                  run("digest", "--week", week, "--month", "last", *where)[0] == 2 and
                  run("digest", "--csv", *where)[0] == 2, "what makes no sense is refused")
        code, text, _ = run("digest", "--month", week[:7], *where)
        tap.check(code == 0 and "What went wrong" in text and "Method" in text, "a month tells of each issue, and how it was made", text)
        page = fetch(server.port("http"), "/digest?week=" + week)
        tap.check(page[0] == 200 and "Certificate expired on mx.example.com" in page[2], "the server shows it as a page", page[2][:400])
        tap.check(fetch(server.port("http"), "/digest?week=soon")[0] == 400, "and refuses a week that is none")
        tap.check(not sink.mails, "nobody gets a mail while there is no channel")

        code, _, err = run("alert", "channel", "add", "ops", "mail", "ops@elsewhere.example", *where)
        run("tenant", "add", "acme", *where)
        with open(f"{folder}/logo", "wb") as out:
            out.write(png())
        said = [run("tenant", "edit", "acme", *words, *where) for words in
                (("--title", "Acme Works", "--logo", f"{folder}/logo", "--logo-text", "A tree", "--language", "de", "--colour", "#0a5c36"),
                 ("--title", "Nobody", "--logo", server.config), ("--language", "xx"), ("--most-domains", "many"))]
        tap.check([code for code, _, _ in said] == [0, 1, 1, 2], "a tenant's looks are set by a command, and what makes no sense is refused", said)
        server.stop()
        server.start()
        where = ["-c", server.config, "--store", server.store]
        tap.check(code == 0 and wait_until(lambda: len(sink.mails) >= 3, 30), "a channel gets each digest", err, sink.mails,
                  "".join(server.log[-10:]))
        mails = [email.message_from_bytes(text, policy=email.policy.default) for _, _, text in sink.mails]
        weekly = [m for m in mails if "week of" in m["Subject"] and "Acme" not in m["Subject"]]
        tap.check(len(weekly) == 1 and "0 problems, 1 of 2 domains clean" in weekly[0]["Subject"], "its subject says how it stands",
                  [m["Subject"] for m in mails])
        body = weekly[0] if weekly else mails[0]
        plain = body.get_body(("plain",)).get_content()
        html = body.get_body(("html",)).get_content()
        tap.check("Mail was refused in 200 sessions." in plain and "max-width:600px" in html and "Mail was refused in 200 sessions." in html
                  and body["Auto-Submitted"] == "auto-generated" and body["TLS-Required"] == "No" and body["Precedence"] == "bulk",
                  "text and HTML say the same, with the headers of a bulk mail", body.as_string()[:1500])
        his = next((m for m in mails if "Acme Works" in m["Subject"]), mails[0])
        tap.check("0 Probleme" in his["Subject"], "a tenant's digest tells of what is the tenant's, in his language and by his name on documents",
                  [m["Subject"] for m in mails])
        page = his.get_body(("html",)).get_content()
        pictures = [p for p in his.walk() if p.get_content_type() == "image/png"]
        tap.check(len(pictures) == 1 and pictures[0].get_content() == png() and f'src="cid:{pictures[0]["Content-ID"][1:-1]}"' in page and
                  'alt="A tree"' in page and 'bgcolor="#0a5c36"' in page and [p.get_content_type() for p in his.walk()] ==
                  ["multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png"],
                  "his logo comes as a part of the mail", his.as_string()[:2000])
        server.stop()
        server.start()
        time.sleep(3)
        tap.check(len(sink.mails) == 3, "no digest is sent twice", len(sink.mails))
        tap.check(server.stop() == 0, "the server ends well", "".join(server.log[-20:]))
    finally:
        server.stop()
        sink.stop()
        shutil.rmtree(folder, ignore_errors=True)
    return tap.end()


sys.exit(main())
