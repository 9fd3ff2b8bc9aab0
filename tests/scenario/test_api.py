#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""The API below /api/v1: every answer is what docs/openapi.yaml says, with reports and without; pages, filters, exports, tags,
who may read."""
import csv
import gzip
import io
import json
import re
import socket
import subprocess
import sys
import tempfile
import urllib.parse

from doors import fetch
from house import TOP, Server, Tap, report, run, wait_until

try:
    from openapi_check import Contract
except ImportError:
    Contract = None

tap = Tap()
API = "/api/v1"

# Questions for every operation: a path that is there in a store with reports, and what is asked of it.
ASKED = {
    "meta": ["/meta", "/meta?lang=de"],
    "me": ["/me"],
    "overview": ["/overview", "/overview?period=7d", "/overview?period=13m", "/overview?period=all",
                 "/overview?since=2026-01-01&until=2026-01-02"],
    "status": ["/status"],
    "days": ["/days", "/days?domain=example.com", "/days?result=certificate-expired", "/days?mx=mx2.example.com&mode=enforce",
             "/days?reporter=google&failing=1"],
    "issues": ["/issues", "/issues?state=all", "/issues?state=closed&limit=1", "/issues?q=mx&severity=warning",
               "/issues?domain=example.org&reporter=google", "/issues?cause=unknown&state=all"],
    "issue": ["/issues/TI-1001", "/issues/TI-1002?lang=fr"],
    "domains": ["/domains", "/domains?sort=name&limit=2", "/domains?state=failing,at-risk", "/domains?q=example"],
    "offeredDomains": ["/domains/offered"],
    "domain": ["/domains/example.com", "/domains/EXAMPLE.org?period=7d"],
    "domainHistory": ["/domains/example.com/history", "/domains/example.com/history?period=7d"],
    "results": ["/results", "/results?mode=testing", "/results?domain=example.com&policy=sts", "/results?mx=mx2*"],
    "sources": ["/sources", "/sources?by=network", "/sources?by=address", "/sources?limit=2"],
    "source": ["/sources/google.com", "/sources/google.com?domain=example.com"],
    "reports": ["/reports", "/reports?limit=3", "/reports?domain=example.com&failing=1", "/reports?q=failed%3A%3E3",
                "/reports?q=google+mode%3Aenforce+day%3A%3E%3D2026-01-01", "/reports?q=ip%3A198.51.0.0%2F16",
                "/reports?q=id%3A20*+counted%3Ayes+trust%3Aoperator"],
    "report": ["/reports/1", "/reports/20?lang=pl"],
    "reportOriginal": ["/reports/1/original"],
    "reportRaw": ["/reports/1/raw"],
    "policies": ["/policies", "/policies?q=org"],
    "policy": ["/policies/example.com"],
    "policyAdvice": ["/policies/example.com/advice", "/policies/example.org/advice?window=30"],
    "publication": ["/policies/example.com/publication"],
    "check": ["/checks/example.com"],
    "explain": ["/explain?result_type=certificate-expired&policy_type=sts&mode=enforce&host=mx.example.com",
                "/explain?result_type=validation-failure&reason=self-signed+certificate", "/explain?result_type=dane_required"],
    "causes": ["/causes"],
    "cause": ["/causes/cert-expired", "/causes/certificate_expired"],
    "recordGenerate": ["/record/generate?domain=example.com&rua=mailto:a@example.com+https://example.com/r",
                       "/record/generate?domain=example.com&kind=mta-sts&record_format=bind",
                       "/record/generate?domain=m%C3%BCnchen.example&rua=mailto:a@example.com&record_format=terraform"],
    "recordExplain": ["/record/explain?record=v%3DTLSRPTv1%3B+rua%3Dmailto%3Aa%40example.com",
                      "/record/explain?record=v%3DTLSRPTv1%3B+rua%3Dftp%3A%2F%2Fx"],
    "quarantine": ["/quarantine", "/quarantine?kind=held", "/quarantine?limit=1"],
    "quarantined": ["/quarantine/{unreadable}"],
    "quarantinedOriginal": ["/quarantine/{unreadable}/original"],
    "alerts": ["/alerts", "/alerts?limit=1"],
    "search": ["/search?q=exa", "/search?q=TI-100", "/search?q=1", "/search"],
    "suggest": [f"/suggest?kind={kind}&q=e" for kind in ("domain", "reporter", "result", "mx")],
    "openapi": ["/openapi.json"],
}
# What is missing in an empty store is a 404, and nothing else.
ONE = {"issue", "domain", "domainHistory", "source", "report", "reportOriginal", "reportRaw", "policy", "policyAdvice", "publication", "check", "quarantined", "quarantinedOriginal"}


def ask(port, path, headers=None, method="GET"):
    status, fields, text = fetch(port, API + path, headers=headers, method=method)
    return status, fields, text


def media_of(fields):
    return fields.get("Content-Type", "").split(";")[0]


def faults_of(contract, operation, answer):
    status, fields, text = answer
    media = media_of(fields)
    schema = contract.schema(operation, status, media)
    if schema is None:
        return [f"{status} {media} is not in the document"]
    if not media.endswith("json") or operation["operationId"] in ("openapi", "reportRaw"):
        return []
    try:
        return contract.faults(schema, json.loads(text))
    except ValueError as why:
        return [f"no JSON: {why}: {text[:200]}"]


def keeps_the_contract(server, contract, is_empty):
    port = server.port("http")
    unreadable = 0
    if not is_empty:
        listed = json.loads(ask(port, "/quarantine?kind=unreadable")[2])["quarantined"]
        unreadable = listed[0]["id"] if listed else 0
    wrong, asked = [], 0
    # Users and what is theirs, and what the house alone decides: by somebody who has signed in, in tests of their own.
    names = {operation["operationId"] for path, method, operation in contract.operations()
             if method == "get" and not re.match(r"/(sign-in|me/|users|tenants|tokens|audit|settings|alerts/(channels|rules)|domains/\{domain\}/setup)", path)}
    for name in names - set(ASKED):
        wrong.append(f"{name} is not asked for here")
    for _, method, operation in contract.operations():
        if method != "get":
            continue
        for path in ASKED.get(operation["operationId"], []):
            path = path.replace("{unreadable}", str(unreadable))
            answer = ask(port, path)
            asked += 1
            want = 404 if is_empty and operation["operationId"] in ONE else 200
            if answer[0] != want:
                wrong.append(f"{path}: {answer[0]}, not {want}: {answer[2][:200]}")
            wrong += [f"{path}: {fault}" for fault in faults_of(contract, operation, answer)[:4]]
            if contract.find(path.split("?")[0]) is not operation:
                wrong.append(f"{path} is not a path of {operation['operationId']}")
            if answer[1].get("X-Content-Type-Options") != "nosniff" or "default-src 'none'" not in answer[1].get(
                    "Content-Security-Policy", ""):
                wrong.append(f"{path}: headers that protect are missing")
    tap.check(not wrong, f"all {asked} answers of {'an empty store' if is_empty else 'a store with a month of reports'} "
              "are what the contract says", *wrong[:25])


def walks_all_pages(port):
    for path, key, name in (("/reports?limit=37", "reports", "id"), ("/issues?state=all&limit=2", "issues", "id"),
                            ("/domains?limit=2", "domains", "domain"), ("/sources?limit=2", "sources", "reporter"),
                            ("/policies?limit=2", "policies", "domain"), ("/alerts?limit=1", "alerts", "issue")):
        seen, cursor, pages, linked = [], None, 0, True
        while pages < 200:
            _, fields, text = ask(port, path + (f"&cursor={urllib.parse.quote(cursor)}" if cursor else ""))
            answer = json.loads(text)
            seen += [row[name] for row in answer[key]]
            cursor, pages = answer["next"], pages + 1
            linked = linked and ('rel="next"' in fields.get("Link", "")) == bool(cursor)
            if not cursor:
                break
        whole = [row[name] for row in json.loads(ask(port, path.split("limit")[0] + "limit=500")[2])[key]]
        tap.check(seen == whole and len(set(seen)) == len(seen) and pages > 1 and linked,
                  f"{path} page by page is the whole list, each row once", pages, len(seen), len(whole))


def exports_what_is_filtered(port):
    for path, key in (("/reports?failing=1", "reports"), ("/reports?domain=example.org", "reports"), ("/reports", "reports"),
                      ("/issues?state=all", "issues"), ("/domains", "domains"), ("/days", "days"), ("/alerts", "alerts"),
                      ("/causes", "causes"), ("/policies", "policies"), ("/quarantine", "quarantined")):
        mark = "&" if "?" in path else "?"
        rows, cursor = 0, None
        while True:
            answer = json.loads(ask(port, f"{path}{mark}limit=500" + (f"&cursor={cursor}" if cursor else ""))[2])
            rows += len(answer[key])
            cursor = answer.get("next")
            if not cursor:
                break
        status, fields, text = ask(port, f"{path}{mark}format=csv")
        lines = list(csv.reader(io.StringIO(text, newline="")))
        tap.check(status == 200 and media_of(fields) == "text/csv" and len(lines) == rows + 1 and rows > 0 and
                  "attachment" in fields.get("Content-Disposition", ""), f"{path} as CSV has the {rows} rows of the list",
                  status, len(lines), text[:200])
    answer = json.loads(ask(port, "/reports?failing=1&limit=500")[2])["reports"]
    tap.check(answer and all(row["failed"] > 0 for row in answer), "with failing=1 every report has failures")
    answer = json.loads(ask(port, "/reports?q=failed%3A%3E20&limit=500")[2])["reports"]
    tap.check(answer and all(row["failed"] > 20 for row in answer), "with failed:>20 every report has more")
    answer = json.loads(ask(port, "/days?result=certificate-expired")[2])["days"]
    result = next(row for row in json.loads(ask(port, "/results")[2])["results"] if row["result_type"] == "certificate-expired")
    tap.check(sum(day["failed"] for day in answer) == result["sessions"], "the days of one result add up to its sessions")
    overview = json.loads(ask(port, "/overview")[2])
    days = overview["days"]
    tap.check(sum(day["secured"] + day["no_policy"] + day["failed"] for day in days) == overview["totals"]["sessions"] and
              sum(day["refused"] for day in days) == overview["totals"]["refused"] and len(days) == 30,
              "the days of the overview add up to its totals", overview["totals"])
    domains = json.loads(ask(port, "/domains")[2])["domains"]
    tap.check(sum(row["sessions"]["failed"] for row in domains) == overview["totals"]["failed"] and
              sum(row["sessions"]["refused"] for row in domains) == overview["totals"]["refused"],
              "and so do the domains", [row["sessions"] for row in domains])


def raw_is_what_came(port):
    """The demo's mails hold gzip in base64; what is told of is the JSON inside."""
    wrong, lines = [], 0
    for row in json.loads(ask(port, "/reports?limit=40")[2])["reports"]:
        status, fields, text = ask(port, f"/reports/{row['id']}/raw")
        said = json.loads(text) if status == 200 else {}
        failed = sum(p["summary"]["total-failure-session-count"] for p in said.get("policies", []))
        lines += 1
        if said.get("report-id") != row["report_id"] or failed != row["failed"] or int(fields.get("X-Total-Bytes", 0)) != len(text.encode()):
            wrong.append(f"{row['id']}: {status} {text[:200]}")
    status, _, _ = ask(port, "/reports/999999/raw")
    tap.check(not wrong and lines == 40 and status == 404, "the JSON of each report is told as it came", *wrong[:5], status)


def says_what_is_wrong(port):
    wrong = []
    for path, status, pointer in (("/reports?since=soon", 400, "since"), ("/results?mode=x", 400, "mode"), ("/days?period=3x", 400, "period"),
                                  ("/reports?q=a%3Ab", 400, "q:0"), ("/reports?q=mode%3Aenforce+failed%3A3", 400, "q:13"),
                                  ("/reports?limit=0", 400, "limit"), ("/reports?limit=501", 400, "limit"),
                                  ("/reports?limit=-1", 400, "limit"), ("/reports?cursor=x", 400, "cursor"),
                                  ("/issues?state=x", 400, "state"), ("/sources?by=colour", 400, "by"), ("/results?format=xml", 400, "format"),
                                  ("/suggest?kind=x", 400, "kind"), ("/suggest", 400, "kind"), ("/record/explain", 400, "record"),
                                  ("/record/generate?rua=mailto:a@b.example", 400, "domain"),
                                  ("/record/generate?domain=example.com", 400, "rua"),
                                  ("/record/generate?domain=example.com&rua=ftp://x", 400, "rua"),
                                  ("/days?since=2026-03-02&until=2026-03-01", 400, "since"),
                                  ("/explain", 400, "result_type"), ("/explain?result_type=x&policy_type=y", 400, "policy_type"),
                                  ("/checks/nobody.example", 404, None), ("/issues/TI-9999", 404, None), ("/issues/x", 404, None), ("/reports/0", 404, None),
                                  ("/reports/99999999999999999999", 404, None), ("/reports/1/nope", 404, None),
                                  ("/sources/nobody.example", 404, None), ("/domains/nobody.example", 404, None),
                                  ("/overview?tenant=7", 200, None), ("/nope", 404, None), ("/reports/%00", 404, None)):
        got, fields, text = ask(port, path)
        problem = json.loads(text) if media_of(fields) == "application/problem+json" else {}
        if got != status or (status != 200 and (problem.get("status") != status or not problem.get("code") or not problem.get("title"))):
            wrong.append((path, got, text[:200]))
        elif pointer and [e["pointer"] for e in problem["errors"]] != [pointer]:
            wrong.append((path, problem))
    tap.check(not wrong, "what makes no sense is said in a problem that names the parameter", *wrong)
    status, fields, _ = fetch(port, f"{API}/reports", b"{}", {}, "POST")
    tap.check(status == 405 and fields.get("Allow") == "GET, HEAD", "a method that is not taken is 405 with those that are", status, fields.get("Allow"))
    german = json.loads(ask(port, "/reports/99999", {"Accept-Language": "de"})[2])
    tap.check(german["title"] == "Nicht gefunden" and german["code"] == "missing", "titles come in the reader's language, codes stay", german)


def tags_and_forms(port):
    for path in ("/results", "/issues", "/openapi.json", "/reports/1"):
        status, fields, text = ask(port, path)
        tag = fields.get("ETag")
        again = ask(port, path, {"If-None-Match": tag})
        other = ask(port, path, {"If-None-Match": '"other"'})
        tap.check(status == 200 and tag and again[0] == 304 and not again[2] and other[0] == 200 and other[2] == text and
                  fields.get("Cache-Control") == "private, no-cache", f"{path} is sent again only when it has changed", status, tag, again[0])
    status, fields, text = ask(port, "/results", method="HEAD")
    tap.check(status == 200 and not text and fields.get("ETag"), "HEAD gives the headers alone", status, text[:50])
    request = (f"GET {API}/overview HTTP/1.1\r\nHost: localhost:{port}\r\nAccept-Encoding: gzip;q=1, br\r\nConnection: close\r\n\r\n").encode()
    got = raw(port, request)
    head, body = got.split(b"\r\n\r\n", 1)
    tap.check(b"content-encoding: gzip" in head.lower() and b"accept-encoding" in head.lower() and
              json.loads(gzip.decompress(body))["verdict"], "who takes gzip gets gzip", head)
    got = raw(port, request.replace(b"gzip;q=1", b"gzip;q=0.0"))
    tap.check(b"content-encoding" not in got.lower().split(b"\r\n\r\n")[0], "and who refuses it does not")


def raw(port, data):
    with socket.create_connection(("127.0.0.1", port), 15) as s:
        s.sendall(data)
        got = b""
        while piece := s.recv(65536):
            got += piece
        return got


def who_may(port):
    """Before there are accounts: readers of this machine, under its own names."""
    wrong = []
    for host, want in ((f"localhost:{port}", 200), (f"127.0.0.1:{port}", 200), ("[::1]:99", 200), ("LOCALHOST", 200),
                       ("tls.example.com", 403), ("tls.example.com:8443", 403), ("evil.example", 421), (f"evil.example:{port}", 421),
                       ("localhost.evil.example", 421), ("127.0.0.1.evil.example", 421), ("user@localhost", 421)):
        for path in ("/api/v1/overview", "/api/v1/reports?format=csv", "/", "/reports/1"):
            got = raw(port, f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
            head, _, body = got.partition(b"\r\n\r\n")
            if not head.startswith(f"HTTP/1.1 {want} ".encode()) or (want != 200 and b"example.com" in body.replace(b"tls.example.com", b"")):
                wrong.append((host, path, want, head[:40]))
    tap.check(not wrong, "readers of this machine read; a name that is not ours is 421, one of ours from outside asks for an account",
              *wrong)
    for field in ("X-Forwarded-For: 192.0.2.1", "Forwarded: for=192.0.2.1", "X-Real-IP: 192.0.2.1"):
        got = raw(port, f"GET {API}/overview HTTP/1.1\r\nHost: localhost\r\n{field}\r\nConnection: close\r\n\r\n".encode())
        tap.check(got.startswith(b"HTTP/1.1 403 ") and b"first-account" in got, f"who comes through a proxy ({field.split(':')[0]}) is not here",
                  got[:100])
    got = raw(port, f"GET {API}/meta HTTP/1.1\r\nHost: tls.example.com\r\nConnection: close\r\n\r\n".encode())
    tap.check(got.startswith(b"HTTP/1.1 200 "), "what the server is may be asked by everybody", got[:100])
    got = raw(port, b"GET /healthz HTTP/1.1\r\nHost: whatever\r\nConnection: close\r\n\r\n")
    tap.check(got.startswith(b"HTTP/1.1 200 "), "and health under any name", got[:60])


def looks(contract):
    """A look that a reader asks for: under way at once, done later, and its advice; the DNS here gives no answer."""
    with tempfile.TemporaryDirectory(prefix="mailseal-look-") as folder:
        store = ("--store", f"sqlite:{folder}/mailseal.db")
        run("domain", "add", "example.com", *store)
        run("domain", "verify", "example.com", "--assume", *store)
        server = Server(folder, 'dns { resolvers = {"127.0.0.1@1"} timeout = "1s" }\n')
        port = server.port("http")
        try:
            before = json.loads(ask(port, "/checks/example.com")[2])
            tap.check(before["state"] == "none" and before["check"] is None, "a domain that nobody has looked at says so", before)
            status, fields, text = fetch(port, f"{API}/checks/example.com", b"", {}, "POST")
            started = json.loads(text)
            tap.check(status == 202 and started["state"] in ("running", "done") and fields.get("Location") == f"{API}/checks/example.com",
                      "a look that is asked for is under way", status, text)
            fetch(port, f"{API}/checks/example.com", b"", {}, "POST")
            done = wait_until(lambda: json.loads(ask(port, "/checks/example.com")[2])["state"] in ("done", "failed"), 120)
            answer = ask(port, "/checks/example.com")
            state = json.loads(answer[2])
            faults = faults_of(contract, contract.find("/checks/example.com"), answer)
            tap.check(done and state["state"] == "done" and state["check"]["verdict"] == "cannot-tell" and not faults,
                      "and then done: what could not be told is not called missing", state["state"], state["sentence"], *faults)
            advice = ask(port, "/policies/example.com/advice")
            tap.check(advice[0] == 200 and not faults_of(contract, contract.find("/policies/example.com/advice"), advice) and
                      json.loads(advice[2])["could_not_tell"] == state["check"]["could_not_tell"], "the advice rests on it", advice[2][:300])
            status, _, text = fetch(port, f"{API}/checks/nobody.example", b"", {}, "POST")
            tap.check(status == 404, "nobody is looked at who is not listed", status, text)
            status, _, text = fetch(port, f"{API}/checks/example.com", b"", {"Origin": "http://evil.example"}, "POST")
            tap.check(status == 403, "and not for the page of another server", status, text)
        finally:
            server.stop()


def metrics(server):
    """Prometheus's text on the pages' port for who may, and on a port of its own for machines."""
    port, own = server.port("http"), server.port("metrics")
    for where, path in ((port, "/metrics"), (own, "/metrics")):
        status, fields, text = fetch(where, path)
        lines = [line for line in text.splitlines() if not line.startswith("#")]
        shape = r'[a-z_]+(\{[a-z_]+="(\\[\\n"]|[^"\\\n])*"(,[a-z_]+="(\\[\\n"]|[^"\\\n])*")*\})? -?\d+'
        odd = [line for line in lines if not re.fullmatch(shape, line)]
        named = set(re.findall(r"^# TYPE (\S+) (?:gauge|counter)$", text, re.M))
        tap.check(status == 200 and fields["Content-Type"].startswith("text/plain; version=0.0.4") and not odd and
                  {re.split(r"[{ ]", line)[0] for line in lines} <= named and "mailseal_reports 464" in lines and
                  any(line.startswith('mailseal_report_sessions_total{domain="example.com",policy_type="sts",outcome="failure"} ')
                      for line in lines) and 'mailseal_quarantine_reports{kind="unreadable"} 1' in lines,
                  f"/metrics on the {'pages' if where == port else 'metrics'} port is what Prometheus reads", status, odd[:5], lines[:8])
    results = json.loads(ask(port, "/results?period=all&domain=example.com&policy=sts")[2])
    found = re.search(r'domain="example\.com",policy_type="sts",outcome="failure"} (\d+)', text)
    tap.check(int(found.group(1)) == results["units_sessions"]["failed"], "and counts what the results count", found.group(0))
    tap.check([fetch(own, p)[0] for p in ("/healthz", "/readyz", "/", "/api/v1/meta", "/reports")] == [200, 200, 404, 404, 404],
              "on its own port is nothing else")
    tap.check(fetch(own, "/metrics", b"", {}, "POST")[0] == 405, "and nothing is changed there")
    got = raw(port, b"GET /metrics HTTP/1.1\r\nHost: tls.example.com\r\nConnection: close\r\n\r\n")
    tap.check(got.startswith(b"HTTP/1.1 403 ") and b"mailseal_" not in got, "from elsewhere the pages' port asks for an account", got[:100])


def hostile_names_in_exports(server):
    """A formula in every text of a report that an export shows."""
    port = server.port("http")
    text = json.loads(report("formula"))
    for name in ("organization-name", "report-id", "contact-info"):
        text[name] = '=cmd|\' /C calc\'!A0'
    text["policies"][0]["failure-details"][0]["receiving-mx-hostname"] = "@SUM(1)"
    text["policies"][0]["failure-details"][0]["result-type"] = "+1-1"
    text["policies"][0]["failure-details"][0]["failure-reason-code"] = "-2+3,\"\n=x"
    fetch(port, "/report", json.dumps(text).encode(), {"Content-Type": "application/tlsrpt+json"}, "POST")
    path = f"{server.folder}/formula.json"
    with open(path, "w", encoding="utf-8") as f:
        json.dump(text, f)
    run("import", "--store", server.store, path)
    begun = []
    newest = json.loads(ask(port, "/reports?q=trust%3Aoperator+day%3A2026-03-02")[2])["reports"]
    for export in ["/reports", "/sources?by=address&period=all", "/results?period=all", "/quarantine"] + [
            f"/reports/{row['id']}" for row in newest]:
        mark = "&" if "?" in export else "?"
        for line in csv.reader(io.StringIO(ask(port, f"{export}{mark}format=csv")[2], newline="")):
            begun += [(export, cell) for cell in line if cell[:1] in "=+-@\t\r" and cell[:1]]
    places = json.loads(ask(port, "/sources?by=address&period=all")[2])["sources"]
    tap.check(places and all(row["last_report"] is None for row in places), "when an address was reported last is not known, and not 1970", places[:1])
    tap.check(newest and not begun, "no cell of an export begins a formula", begun[:5], len(newest))


def main():
    if Contract is None:
        tap.skip("the API keeps its contract", "there is no python3-yaml")
        return tap.end()
    contract = Contract()
    with tempfile.TemporaryDirectory(prefix="mailseal-api-") as folder:
        server = Server(folder)
        try:
            keeps_the_contract(server, contract, is_empty=True)
        finally:
            server.stop()
    with tempfile.TemporaryDirectory(prefix="mailseal-api-") as folder:
        subprocess.run([f"{TOP}/build/bench/generate", "--demo", f"{folder}/in"], check=True, stdout=subprocess.DEVNULL)
        with open(f"{folder}/in/broken.json", "w", encoding="utf-8") as f:
            f.write('{"organization-name": "Broken", "policies": [')
        run("import", "--store", f"sqlite:{folder}/mailseal.db", f"{folder}/in")
        server = Server(folder, 'http { hosts = {"tls.example.com"} metrics = {"127.0.0.1:0"} }\n'.replace("http {", "report { addresses = {\"tls@example.com\"} }\nhttp {"))
        try:
            port = server.port("http")
            keeps_the_contract(server, contract, is_empty=False)
            walks_all_pages(port)
            exports_what_is_filtered(port)
            raw_is_what_came(port)
            says_what_is_wrong(port)
            tags_and_forms(port)
            who_may(port)
            metrics(server)
            hostile_names_in_exports(server)
        finally:
            code = server.stop()
        looks(contract)
        tap.check(code == 0 and not any("Sanitizer" in line for line in server.log), "and it ends well", code, server.log[-5:])
    return tap.end()


sys.exit(main())
