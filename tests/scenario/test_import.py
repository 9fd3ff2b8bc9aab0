#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""`mailseal import` and `mailseal ingest`: every form, again and again, with and without a server."""
import gzip
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import zipfile

from house import MAILSEAL, Server, Tap, mail, report, run

FIGURES = ["files", "messages", "stored", "duplicates", "revisions", "held", "quarantined", "not_reports", "seconds"]
tap = Tap()


def figures(store, *paths, data=None):
    code, out, err = run("import", "--json", "--store", store, *paths, data=data)
    try:
        told = json.loads(out)
    except ValueError:
        told = {}
    return code, told, err


def expect(sentence, got, code=0, **wanted):
    got_code, told, err = got
    differs = {k: (told.get(k), v) for k, v in wanted.items() if told.get(k) != v}
    tap.check(got_code == code and not differs, sentence, f"exit {got_code}, {told}, differs {differs}", err)


def write(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(data)


def forms(top):
    store = f"sqlite:{top}/forms/mailseal.db"
    write(f"{top}/in/one.json", report("forms"))
    got = figures(store, f"{top}/in/one.json")
    tap.check(list(got[1]) == FIGURES, "the figures have the names of the contract", got[1])
    expect("a JSON file is stored", got, files=1, messages=1, stored=1, duplicates=0, quarantined=0)
    expect("the same file again is known", figures(store, f"{top}/in/one.json"), stored=0, duplicates=1)
    write(f"{top}/in2/one.json.gz", gzip.compress(report("forms")))
    expect("the same report as gzip is known", figures(store, f"{top}/in2"), stored=0, duplicates=1)
    write(f"{top}/in3/one.eml", mail("forms"))
    expect("the same report as a mail is known", figures(store, f"{top}/in3/one.eml"), stored=0, duplicates=1)
    expect("the same report by standard input is known", figures(store, "-", data=mail("forms")), duplicates=1)
    for i in range(5):
        write(f"{top}/Maildir/new/{i}.M1P1.host", mail(f"maildir-{i}"))
    for folder in ("cur", "tmp"):
        os.makedirs(f"{top}/Maildir/{folder}", exist_ok=True)
    expect("a Maildir is read", figures(store, f"{top}/Maildir"), messages=5, stored=5)
    mbox = b"".join(b"From x@y.example Tue Mar  3 01:00:00 2026\n" + mail(f"mbox-{i}").replace(b"\r\n", b"\n") + b"\n"
                    for i in range(7))
    write(f"{top}/old.mbox", mbox)
    expect("an mbox is read", figures(store, f"{top}/old.mbox"), messages=7, stored=7)
    expect("an mbox on standard input is read", figures(store, "-", data=mbox), messages=7, duplicates=7)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("report.json", report("in a zip"))
    write(f"{top}/report.zip", packed.getvalue())
    expect("a zip is read in the sandbox", figures(store, f"{top}/report.zip"), stored=1)
    write(f"{top}/deep/a/b/c/d.json", report("deep"))
    write(f"{top}/deep/a/e.json", report("deep-2"))
    expect("folders are read to their ends", figures(store, f"{top}/deep"), messages=2, stored=2)
    write(f"{top}/bad/broken.json", report("broken")[:-20])
    write(f"{top}/bad/good.json", report("good among bad"))
    expect("what cannot be read is kept apart and spares the others", figures(store, f"{top}/bad"), messages=2, stored=1,
           quarantined=1)
    write(f"{top}/no/letter.eml", b"From: a@example.com\r\nSubject: hello\r\n\r\nJust a letter.\r\n")
    expect("a letter is no report", figures(store, f"{top}/no/letter.eml"), stored=0, not_reports=1)
    write(f"{top}/revision.json", report("forms", failed=4))
    expect("the same identity with other content is a revision", figures(store, f"{top}/revision.json"), revisions=1)


def large(top):
    store = f"sqlite:{top}/large/mailseal.db"
    told = json.loads(report("large", failed=100000))
    detail = told["policies"][0]["failure-details"][0]
    told["policies"][0]["failure-details"] = [dict(detail, **{"receiving-mx-hostname": f"mx{i}.example.com",
                                                              "failed-session-count": 1}) for i in range(100000)]
    write(f"{top}/large.json.gz", gzip.compress(json.dumps(told).encode()))
    expect("a report of 100,000 details fits into the memory of a worker", figures(store, f"{top}/large.json.gz"), stored=1)


def faults(top):
    store = f"sqlite:{top}/faults/mailseal.db"
    code, _, err = figures(store, f"{top}/nowhere")
    tap.check(code == 3 and "nowhere" in err, "a path that is not there is named, exit 3", code, err)
    code, _, err = figures(store)
    tap.check(code == 2, "without a path the usage is told, exit 2", code, err)
    code, _, err = figures("postgres://x/y", f"{top}/in/one.json")
    tap.check(code == 1 and "postgres" in err, "a store of an unknown kind is named, exit 1", code, err)
    write(f"{top}/file", b"x")
    code, _, err = figures(f"sqlite:{top}/file/x.db", f"{top}/in/one.json")
    tap.check(code in (1, 4) and err != "", "a store that cannot be is told, not retried for ever", code, err)
    write(f"{top}/bad.conf", b"store {\n pth = x\n}\n")
    code, _, err = run("import", "-c", f"{top}/bad.conf", f"{top}/in/one.json")
    tap.check(code == 1 and "line 2" in err and "pth" in err, "a wrong key of the configuration is named with its line", err)


def interrupted(top):
    store = f"sqlite:{top}/interrupted/mailseal.db"
    mbox = b"".join(b"From x@y.example Tue Mar  3 01:00:00 2026\n" + mail(f"stop-{i}") + b"\n" for i in range(20))
    process = subprocess.Popen([MAILSEAL, "import", "--json", "--store", store, "-"], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdin.write(mbox + b"From z@y.example Tue Mar  3 01:00:00 2026\n")
    process.stdin.flush()
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    time.sleep(0.2)
    out, err = process.communicate(timeout=20)
    told = json.loads(out) if out else {}
    tap.check(process.returncode == 1 and told.get("stored", 0) >= 19 and b"run it again" in err,
              "Ctrl-C keeps what was read and says how to go on", process.returncode, told, err)
    code, told, _ = figures(store, "-", data=mbox)
    tap.check(code == 0 and told.get("stored") + told.get("duplicates") == 20, "run again, it ends what is left", told)


def together(top):
    store = f"sqlite:{top}/together/mailseal.db"
    for i in range(300):
        write(f"{top}/many/{i}.json", report(f"many-{i}"))
    both = [subprocess.Popen([MAILSEAL, "import", "--json", "--store", store, f"{top}/many"], stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE) for _ in range(2)]
    told = []
    for process in both:
        out, err = process.communicate(timeout=60)
        told.append((process.returncode, out, err))
    totals = [json.loads(out) if out else {} for _, out, _ in told]
    tap.check(all(code == 0 for code, _, _ in told) and sum(t.get("stored", 0) for t in totals) == 300 and
              sum(t.get("duplicates", 0) for t in totals) == 300, "two imports at once wait for each other", told)


def ingest(top):
    store = f"sqlite:{top}/ingest/mailseal.db"
    code, out, err = run("ingest", "--store", store, data=mail("piped"))
    tap.check(code == 0 and out == "" and err == "", "ingest stores a mail silently, exit 0", code, out, err)
    code, out, err = run("ingest", "--store", store, data=b"no report at all")
    tap.check(code == 0, "ingest keeps what is no report, exit 0", code, err)
    code, out, err = run("ingest", "--store", f"sqlite:{top}/file/x.db", data=mail("piped"))
    tap.check(code == 75, "ingest asks to try again where nothing can be stored, exit 75", code, err)
    expect("a piped mail is not trusted as an imported one is: the import of it lifts the trust, and it counts once",
           figures(store, "-", data=mail("piped")), stored=0, duplicates=1)


def with_server(top):
    os.mkdir(f"{top}/server")
    server = Server(f"{top}/server")
    write(f"{top}/s/one.json", report("server"))
    expect("with a server running the import goes through it", figures(server.store, f"{top}/s/one.json"), stored=1)
    expect("and knows it again", figures(server.store, f"{top}/s/one.json"), duplicates=1)
    expect("many at once", figures(server.store, f"{top}/many"), messages=300, stored=300)
    second = subprocess.run([MAILSEAL, "serve", "-c", server.config, "--store", server.store], stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, timeout=20, check=False)
    tap.check(second.returncode == 1 and b"running on this database" in second.stderr,
              "a second server on the same database says so and ends", second)
    mode = os.stat(f"{top}/server/mailseal.db.control").st_mode & 0o777
    tap.check(mode & 0o077 == 0, "the control socket is for its owner alone", oct(mode))
    code = server.stop()
    tap.check(code == 0, "SIGTERM ends the server in order, exit 0", code, "".join(server.log))
    tap.check(not os.path.exists(f"{top}/server/mailseal.db.control"), "its control socket is gone with it")
    expect("what the server stored is there without it", figures(server.store, f"{top}/s/one.json"), duplicates=1)


def main():
    with tempfile.TemporaryDirectory() as top:
        forms(top)
        large(top)
        faults(top)
        interrupted(top)
        together(top)
        ingest(top)
        with_server(top)
    return tap.end()


sys.exit(main())
