#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""The views of the command line on real input: from a file without any store, and from a store that import filled."""
import csv
import gzip
import io
import json
import os
import subprocess
import sys
import tempfile

PROGRAM = os.environ["MAILSEAL"]
number = failed = 0


def check(sentence, good, detail=""):
    global number, failed
    number += 1
    failed += not good
    print(f"{'ok' if good else 'not ok'} {number} - {sentence}")
    if not good:
        print("# " + str(detail)[:2000].replace("\n", "\n# "))


def run(*args, data=None, env=None):
    done = subprocess.run([PROGRAM, *args], input=data, capture_output=True, timeout=120,
                          env={**os.environ, "COLUMNS": "80", **(env or {})})
    return done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8", "replace")


def unit(kind, domain, mode, successful, failed_sessions, failures):
    strings = ["version: STSv1", f"mode: {mode}", "mx: mx1.example.com", "max_age: 604800"] if mode else []
    return {"policy": {"policy-type": kind, "policy-string": strings, "policy-domain": domain},
            "summary": {"total-successful-session-count": successful, "total-failure-session-count": failed_sessions},
            "failure-details": failures}


EXPIRED = {"result-type": "certificate-expired", "sending-mta-ip": "2001:db8::12d", "receiving-ip": "203.0.113.56",
           "receiving-mx-hostname": "mx2.example.com", "failed-session-count": 402}


def report(ident="2026-11-21T00:00:00Z_example.com", organization="Example Post", contact="tls@post.example", units=None):
    return {"organization-name": organization, "contact-info": contact, "report-id": ident,
            "date-range": {"start-datetime": "2026-11-21T00:00:00Z", "end-datetime": "2026-11-21T23:59:59Z"},
            "policies": units or [unit("sts", "example.com", "enforce", 1778, 402, [EXPIRED])]}


def show_files(folder):
    path = os.path.join(folder, "report.json")
    with open(path, "w") as f:
        json.dump(report(), f)
    none = {"HOME": folder, "XDG_DATA_HOME": os.path.join(folder, "nothing")}
    code, out, err = run("report", "show", path, env=none)
    check("a report from a file is shown without any store, and begins with what happened",
          code == 0 and "402 of 2,180 sessions failed. Example Post refused to deliver them." in out
          and not os.path.exists(none["XDG_DATA_HOME"]), out + err)
    check("nothing but text goes to a pipe", "\x1b" not in out, out)
    code, out, err = run("report", "show", "--json", "-", data=gzip.compress(json.dumps(report()).encode()), env=none)
    shown = json.loads(out) if code == 0 else {}
    check("its JSON has the members of the contract, in their order",
          list(shown)[:9] == ["organization_name", "contact_info", "report_id", "begin", "end", "reporter", "trust",
                              "sentences", "units"]
          and list(shown["units"][0]["failures"][0]) == ["result_type", "cause", "fault", "refused", "count",
                                                         "sending_mta_ip", "receiving_mx_hostname",
                                                         "receiving_mx_helo", "receiving_ip", "reason_code",
                                                         "additional_information"], out + err)
    check("what is absent is null, and a file of the operator is trusted",
          shown.get("trust") == "operator" and shown["units"][0]["failures"][0]["reason_code"] is None
          and shown["units"][0]["failures"][0]["refused"] is True, out)
    code, out, err = run("report", "show", "--csv", path, env=none)
    rows = list(csv.DictReader(io.StringIO(out)))
    check("its CSV holds a record for each failure",
          code == 0 and len(rows) == 1 and rows[0]["count"] == "402" and rows[0]["mode"] == "enforce", out + err)
    code, out, err = run("report", "show", "--json", path, path, env=none)
    check("two files give two documents", code == 0 and out.count('"organization_name"') == 2, out + err)


def show_broken(folder):
    path = os.path.join(folder, "broken.json")
    with open(path, "w") as f:
        f.write(json.dumps(report())[:200])
    code, out, err = run("report", "show", path)
    check("a broken file is named with its problem and the place, on stderr, with exit code 1",
          code == 1 and out == "" and "json-truncated" in err and "Place" in err, (code, out, err))
    code, out, err = run("report", "show", "--json", path)
    problem = json.loads(out).get("error", {}) if out else {}
    check("and as an object with the same in JSON",
          code == 1 and list(problem) == ["code", "place", "sentence", "detail", "expected"]
          and problem["code"] == "json-truncated" and problem["place"], (code, out, err))
    code, out, err = run("report", "show", os.path.join(folder, "missing.json"))
    check("a file that is not there is exit code 3", code == 3 and "missing.json" in err, (code, err))
    hostile = report(organization="\x1b]0;owned\x07<script>\u202e", ident="=cmd()")
    data = json.dumps(hostile).encode()
    code, out, err = run("report", "show", "-", data=data)
    check("a hostile name reaches no terminal", code == 0 and "\x1b" not in out and "\u202e" not in out, out)
    code, out, err = run("report", "show", "--csv", "-", data=data)
    check("and no spreadsheet", code == 0 and ",=cmd" not in out and "\x1b" not in out, out)


def fill(folder, store):
    inside = os.path.join(folder, "in")
    os.mkdir(inside)
    both = [unit("sts", "example.org", "testing", 10, 2, [dict(EXPIRED, **{"failed-session-count": 1})]),
            unit("tlsa", "example.org", None, 12, 0, [])]
    files = {"a.json": report(), "b.json": report("second", "Other Post", "tls@other.example", both),
             "c.json": report("third", "Other Post", "tls@other.example",
                              [unit("no-policy-found", "example.net", None, 7, 0, [])])}
    for name, content in files.items():
        with open(os.path.join(inside, name), "w") as f:
            json.dump(content, f)
    with open(os.path.join(inside, "d.json"), "w") as f:
        f.write('{"organization-name": "Broken", "policies": [')
    return run("import", "--store", store, inside)


def stored(folder):
    store = "sqlite:" + os.path.join(folder, "mailseal.db")
    code, out, err = run("status", "--store", store)
    check("status says that it waits where nothing is stored", code == 0 and "Waiting for the first report" in out, out + err)
    code, out, err = run("result", "list", "--store", store)
    check("a list without a store is exit code 3 and names the next step", code == 3 and "mailseal import" in err, err)
    code, out, err = fill(folder, store)
    check("three reports and a broken one are imported", code == 0, out + err)

    code, out, err = run("result", "list", "--store", store, "--json")
    results = json.loads(out)
    sums = {row["result_type"]: (row["sessions"], row["refused_sessions"]) for row in results["results"]}
    check("results are summed by result, refused ones apart, and what no detail explains is kept apart",
          sums == {"certificate-expired": (403, 402), None: (1, 0)}
          and results["units_sessions"] == {"successful": 1807, "failed": 404}, out)
    check("its members are those of the contract",
          list(results)[:4] == ["period", "units_sessions", "results", "succeeded"]
          and list(results["results"][0])[:8] == ["result_type", "cause", "fault", "sessions", "refused_sessions",
                                                  "reporters", "domains", "by"], out)
    code, out, err = run("result", "list", "--store", store)
    check("failures stand before successes", 0 < out.find("certificate-expired") < out.find("Succeeded"), out)
    code, out, err = run("result", "list", "--store", store, "--domain", "nowhere.example")
    check("a filter that hides all is named, with the way out",
          code == 0 and "Nothing matches this filter" in out and "--domain nowhere.example" in out, out)
    code, out, err = run("result", "list", "--store", store, "--until", "2020-01-01")
    check("an empty period says where the data is", code == 0 and "The newest data is of 21 November 2026" in out, out)

    code, out, err = run("source", "list", "--store", store, "--json")
    sources = {row["reporter"]: row for row in json.loads(out)["sources"]}
    check("sources are summed by reporter, with the worst cause and every policy",
          sources["post.example"]["failed"] == 402 and sources["post.example"]["worst_cause"] == "cert-expired"
          and len(sources["other.example"]["units"]) == 3, out)
    code, out, err = run("source", "show", "--store", store, "post.example")
    check("one source shows the addresses that failed", code == 0 and "2001:db8::12d" in out, out + err)
    code, out, err = run("source", "show", "--store", store, "nobody.example")
    check("an unknown source is exit code 3", code == 3, (code, err))
    lists(folder, store)


def lists(folder, store):
    code, out, err = run("report", "list", "--store", store, "--json")
    reports = json.loads(out)["reports"]
    check("the list of reports has counts and the worst result",
          len(reports) == 3 and {r["worst_result"] for r in reports} == {"certificate-expired", None}, out)
    first = next(r["id"] for r in reports if r["reporter"] == "post.example")
    code, out, err = run("report", "show", "--store", store, "--json", str(first))
    again = json.loads(out)
    with open(os.path.join(folder, "in", "a.json"), "rb") as f:
        original = f.read()
    code, alone, err = run("report", "show", "--json", "-", data=original)
    alone = json.loads(alone)
    check("a stored report says what its file says", all(again[k] == alone[k] for k in alone), (again, alone))
    code, out, err = run("report", "raw", "--store", store, str(first))
    check("its original comes back byte by byte", out.encode() == original, out)
    code, inner, err = run("report", "raw", "--json", "--store", store, str(first))
    check("and the JSON in it, which is the whole of a file of JSON", code == 0 and inner == out, (inner, err))
    code, out, err = run("report", "export", "--store", store)
    lines = [json.loads(line) for line in out.splitlines()]
    check("export gives every report in full", code == 0 and len(lines) == 3 and all(r["units"] for r in lines), out[:500])
    code, out, err = run("report", "show", "--store", store, "999")
    check("a report that is not there is exit code 3", code == 3, (code, err))

    code, out, err = run("quarantine", "list", "--store", store, "--json")
    kept = json.loads(out)["quarantined"]
    check("the broken file is in quarantine with its problem and place",
          len(kept) == 1 and kept[0]["code"] == "json-truncated" and kept[0]["place"], out)
    ident = str(kept[0]["id"])
    code, out, err = run("quarantine", "show", "--store", store, "--raw", ident)
    check("with its bytes", out == '{"organization-name": "Broken", "policies": [', out)
    code, out, err = run("quarantine", "retry", "--store", store, ident)
    check("it can be read again, and says that it is still broken", code == 0 and "still cannot be read" in out, out + err)
    code, out, err = run("quarantine", "drop", "--store", store, ident)
    check("it is not dropped unasked", code == 1 and "-y" in err, (code, err))
    code, out, err = run("quarantine", "drop", "--store", store, "-y", ident)
    code, out, err = run("quarantine", "list", "--store", store)
    check("it is dropped when told so", code == 0 and "Nothing here" in out, out + err)
    code, out, err = run("status", "--store", store, "--json")
    status = json.loads(out)
    check("status counts reports and names the verdict", status["reports"] == 3 and status["verdict"] == "action-needed", out)


def shells():
    for shell, test in (("bash", ["bash", "-n"]), ("zsh", None), ("fish", None)):
        code, out, err = run("completion", shell)
        good = code == 0 and "quarantine" in out
        if good and test:
            good = subprocess.run(test, input=out.encode(), capture_output=True).returncode == 0
        check(f"completion for {shell} knows the commands", good, out + err)


with tempfile.TemporaryDirectory(prefix="mailseal-views-") as top:
    show_files(top)
    show_broken(top)
    stored(top)
    shells()
print(f"1..{number}")
sys.exit(1 if failed else 0)
