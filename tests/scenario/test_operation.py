#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""What an operator does to a running house: reload, restart, a disk that is full, a second reading, a pager."""
import hashlib
import json
import os
import pty
import re
import resource
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

from doors import RECIPIENT, Smtp, certificate
import house
from house import MAILSEAL, Server, Tap, run, wait_until

tap = Tap()


def report(name):
    """Told from others in the list of reports by its domain."""
    return house.report(name, domain=f"{name}.example")


def mail(name):
    return house.mail(name, domain=f"{name}.example")


def get(port, path):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as no:
        return no.code, no.read().decode()


def post(port, body, path="/report"):
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", body,
                                     {"Content-Type": "application/tlsrpt+json"})
    try:
        with urllib.request.urlopen(request, timeout=40) as answer:
            return answer.status
    except urllib.error.HTTPError as no:
        return no.code
    except OSError as broken:
        return str(broken)


def counted(server):
    code, out, err = run("status", "--json", "--store", server.store)
    return json.loads(out) if code == 0 else {"error": err}


def number_of_quarantined(server):
    return json.loads(run("quarantine", "list", "--json", "--store", server.store)[1])["quarantined"]


# --- quarantine: its pages, and a second reading ---

def second_reading(top):
    server = Server(top)
    port = server.port("http")
    tap.check(get(port, "/quarantine")[0] == 200 and "Nothing here" in get(port, "/quarantine")[1],
              "an empty quarantine has a page that says so")
    run("domain", "add", "again.example", "--store", server.store)
    path = json.loads(run("domain", "show", "again.example", "--json", "--store", server.store)[1])["path"]
    status = post(port, b'{"organization-name": <script>alert(1)</script>', path)
    rows = number_of_quarantined(server)
    tap.check(status == 201 and len(rows) == 1, "what cannot be read is kept aside", status, rows)
    number = rows[0]["id"]
    page = get(port, "/quarantine")[1]
    tap.check(f'href="/quarantine/{number}"' in page, "the page of the quarantine leads to each arrival", page[-1500:])
    page = get(port, f"/quarantine/{number}")[1]
    tap.check("json-broken" in page and "&lt;script&gt;" in page and "<script>" not in page,
              "the page of one says what is wrong and where, and shows how it begins, made harmless", page[-2500:])
    tap.check('href="/quarantine"' in get(port, "/")[1], "the overview leads to what is kept aside")
    tap.check(get(port, "/quarantine/999999")[0] == 404 and get(port, "/quarantine/x")[0] == 404,
              "an arrival that is not there is not found")
    # What an older version could not read: a report in the quarantine whose bytes are good.
    server.stop()
    db = sqlite3.connect(f"{top}/mailseal.db")
    with db:
        original = db.execute("SELECT original FROM arrival WHERE id = ?", (number,)).fetchone()[0]
        db.execute("UPDATE original SET bytes = ?, codec = 0, size = ?, sha256 = ? WHERE id = ?",
                   (report("again"), len(report("again")), hashlib.sha256(report("again")).digest(), original))
        db.execute("UPDATE arrival SET size = ? WHERE id = ?", (len(report("again")), number))
    db.close()
    server.start()
    code, out, err = run("quarantine", "retry", str(number), "--store", server.store)
    told = counted(server)
    tap.check(code == 0 and told["counted"] == 1 and told["held"] == 0,
              "a second reading knows that it came to the secret address: it counts", out, err, told)
    return server


# --- the pager ---

def on_terminal(args, env, answer=b""):
    """What a terminal sees of a command."""
    pid, fd = pty.fork()
    if pid == 0:
        os.environ.update(env)
        os.execv(MAILSEAL, [MAILSEAL, *args])
    seen = b""
    if answer:
        os.write(fd, answer)
    while True:
        try:
            got = os.read(fd, 65536)
        except OSError:
            break
        if not got:
            break
        seen += got
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), seen.decode("utf-8", "replace")


def pager(top, server):
    try:
        for fd in pty.openpty():
            os.close(fd)
    except OSError as why:
        tap.skip("a terminal gets a pager", f"no terminal can be had here: {why}")
        return
    with open(f"{top}/r.json", "wb") as f:
        f.write(report("paged"))
    with open(f"{top}/pager", "w", encoding="ascii") as f:
        f.write("#!/bin/sh\necho \"PAGER $1\"\ncat\n")
    os.chmod(f"{top}/pager", 0o755)
    show = ["report", "show", f"{top}/r.json"]
    code, seen = on_terminal(show, {"PAGER": f"{top}/pager -x"})
    tap.check(code == 0 and "PAGER -x" in seen and "Reporter Example" in seen, "a terminal gets the pager that PAGER names", seen)
    code, seen = on_terminal(show, {"PAGER": "/nonexistent/pager"})
    tap.check(code == 0 and "Reporter Example" in seen, "a pager that is not there keeps nobody from reading", code, seen)
    code, seen = on_terminal(show, {"PAGER": "true"})
    tap.check(code == 0 and "Reporter" not in seen, "a pager that is left early is no failure", code, seen)
    code, seen = on_terminal([*show, "--no-input"], {"PAGER": f"{top}/pager -x"})
    tap.check(code == 0 and "PAGER" not in seen, "--no-input asks for no pager", seen)
    code, seen = on_terminal(show, {"PAGER": f"{top}/pager;touch {top}/made"})
    tap.check(code == 0 and not os.path.exists(f"{top}/made"), "PAGER goes through no shell", seen)
    code, out, err = run(*show, env={"PAGER": f"{top}/pager -x"})
    tap.check("PAGER" not in out, "a pipe gets no pager", out)
    code, seen = on_terminal(["report", "list", "--store", server.store], {"PAGER": f"{top}/pager -x"})
    tap.check("PAGER -x" in seen, "lists come through it as well", seen)


def no_lines_of_strangers():
    body = json.loads(report("lines"))
    body["organization-name"] = "Org\n[ok All clear] Nothing failed.\r\nNothing"
    code, out, err = run("report", "show", "-", data=json.dumps(body).encode())
    tap.check(code == 0 and not [line for line in out.splitlines() if line.startswith("[ok")],
              "a line end in a name begins no line of ours", out, err)


# --- readers outlive the writer ---

def readers_and_writer(server):
    port = server.port("http")
    bad = []
    for round_ in range(3):
        for pid in server.pids("keep"):
            os.kill(pid, signal.SIGKILL if round_ == 1 else signal.SIGABRT if round_ == 2 else signal.SIGKILL)
        name = f"keep-{round_}"
        if not wait_until(lambda: post(port, report(name)) == 201, 5):
            bad.append(f"{name} is not taken")
        if not wait_until(lambda: f"{name}.example" in get(port, "/reports")[1], 3):
            bad.append(f"{name} is not seen")
    tap.check(not bad, "pages show what comes in after `keep` died and came back", bad)


def a_new_wal(top):
    """A keep that ends in order is the last user when no page was asked for yet, or none is being read."""
    folder = f"{top}/wal"
    os.mkdir(folder)
    server = Server(folder)
    port = server.port("http")
    bad = []
    post(port, report("wal-0"))
    for round_ in range(3):
        get(port, "/reports")
        before = set(server.pids("http") + server.pids("keep"))
        server.process.send_signal(signal.SIGHUP)
        if not wait_until(lambda: len(server.pids("keep")) == 1 and len(server.pids("http")) == 1 and
                          not before & set(server.pids("http") + server.pids("keep")), 20):
            bad.append("not every role was replaced")
        name = f"wal-{round_ + 1}"
        if not wait_until(lambda: post(port, report(name)) == 201, 5):
            bad.append(f"{name} is not taken")
        if not wait_until(lambda: f"{name}.example" in get(port, "/reports")[1], 3):
            bad.append(f"{name} is not seen")
    tap.check(not bad, "a reload replaces every role, and pages show what comes in after it", bad, "".join(server.log)[-1500:])
    told = counted(server)
    tap.check(told.get("reports") == 4, "and nothing is lost", told)
    tap.check(server.stop() == 0 and not [line for line in server.log if " error " in line],
              "and none of it is told as an error", "".join(server.log))


# --- reload ---

def subject(port):
    """The certificate that is shown; nothing when the role is just being replaced."""
    try:
        return handshake(port)
    except (AssertionError, OSError):
        return b""


def handshake(port):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    smtp = Smtp(("127.0.0.1", port)).greet()
    assert smtp.code("STARTTLS\r\n") == "220"
    with context.wrap_socket(smtp.socket) as tls:
        return tls.getpeercert(binary_form=True)


def accepts(port, address):
    """The code for the address; "" when the connection was cut, as a reload may."""
    try:
        smtp = Smtp(("127.0.0.1", port)).greet()
        smtp.say("MAIL FROM:<>\r\n")
        code = smtp.code(f"RCPT TO:<{address}>\r\n")
        smtp.send("QUIT\r\n")
        smtp.socket.close()
        return code
    except (AssertionError, OSError):
        return ""


def write_config(server, address):
    with open(server.config, "w", encoding="utf-8") as f:
        f.write(f'smtp {{ listen = {{"127.0.0.1:0"}}\ntls_cert = "file:{server.folder}/cert.pem"\n'
                f'tls_key = "file:{server.folder}/key.pem"\n}}\nhttp {{ listen = {{"127.0.0.1:0"}} }}\n'
                f'report {{ addresses = {{"{address}"}} }}\n')


def reload_config(top):
    folder = f"{top}/reload"
    os.mkdir(folder)
    for old in ("cert", "key"):
        open(f"{folder}/{old}.pem", "wb").close()
    certificate(folder)
    server = Server(folder)
    server.stop()
    write_config(server, "one@example.com")
    server.start()
    port = server.port("smtp")
    first = subject(port)
    tap.check(accepts(port, "one@example.com") == "250" and accepts(port, "two@example.com") == "550",
              "only the configured address is taken")
    sent, stop = [], threading.Event()

    def keep_sending():
        while not stop.is_set():
            name = f"reload-{len(sent)}"
            while post(server.port("http"), report(name)) != 201:
                time.sleep(0.02)
            sent.append(name)
    sender = threading.Thread(target=keep_sending, daemon=True)
    sender.start()
    certificate(folder)
    write_config(server, "two@example.com")
    server.process.send_signal(signal.SIGHUP)
    good = wait_until(lambda: accepts(port, "two@example.com") == "250", 15)
    gone = wait_until(lambda: accepts(port, "one@example.com") == "550", 15)
    tap.check(good and gone, "SIGHUP changes the addresses that are taken", "".join(server.log))
    tap.check(wait_until(lambda: subject(port) not in (first, b""), 15), "and the certificate")
    time.sleep(0.5)
    stop.set()
    sender.join()
    told = counted(server)
    tap.check(told.get("reports") == len(sent) and len(sent) > 3, "nothing that was acknowledged meanwhile is lost", told, len(sent))
    with open(f"{folder}/cert.pem", "w", encoding="ascii") as f:
        f.write("no certificate\n")
    server.process.send_signal(signal.SIGHUP)
    good = wait_until(lambda: "not-reloaded" in "".join(server.log), 5)
    tap.check(good and accepts(port, "two@example.com") == "250" and post(server.port("http"), report("after")) == 201,
              "a certificate that cannot be read changes nothing, and is told", "".join(server.log)[-600:])
    tap.check(server.stop() == 0, "the server ends", "".join(server.log)[-600:])


# --- the service manager ---

def service_manager(top):
    folder = f"{top}/notify"
    os.mkdir(folder)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listener.bind(f"{folder}/notify")
    listener.settimeout(10)
    os.environ["NOTIFY_SOCKET"] = f"{folder}/notify"
    server = Server(folder)
    told = [listener.recv(100)]
    run("import", "--store", f"sqlite:{folder}/other.db", "-", data=report("private"))
    server.stop()
    told.append(listener.recv(100))
    listener.settimeout(0.1)
    try:
        told.append(listener.recv(100))
    except TimeoutError:
        pass
    del os.environ["NOTIFY_SOCKET"]
    tap.check(told == [b"READY=1", b"STOPPING=1"], "the service manager is told of ready and of stopping, by the server alone", told)


# --- a full disk ---

def send(port, name):
    smtp = Smtp(("127.0.0.1", port), 40).greet()
    smtp.envelope(RECIPIENT)
    code = smtp.code(mail(name) + b".\r\n")
    smtp.socket.close()
    return code


def no_room(folder, fill, make_room, how):
    """`fill` takes the room away, and is called again before each try, because a `keep` that gave up is another one."""
    server = Server(folder)
    smtp_port, port = server.port("smtp"), server.port("http")
    first = post(port, report("before"))
    kept = ["before"] if first == 201 else []
    tap.check(first == 201, f"{how}: a report is taken before", first, "".join(server.log)[-1500:])
    answers = []
    for i in range(3):
        fill(server)
        answers.append((f"post-{i}", post(port, report(f"post-{i}"))))
        fill(server)
        answers.append((f"mail-{i}", send(smtp_port, f"mail-{i}")))
    refused = {str(code) for _, code in answers} - {"201", "250"}
    kept += [name for name, code in answers if str(code) in ("201", "250")]
    tap.check(refused <= {"503", "451"} and "503" in refused and "451" in refused,
              f"{how}: a POST is answered 503 and a mail 451", answers)
    still = get(port, "/reports")
    tap.check(still[0] == 200 and "before.example" in still[1], f"{how}: pages go on", still[0], re.sub("<[^>]*>", " ", still[1])[-300:], "".join(server.log)[-1800:])
    make_room(server)
    began = time.monotonic()
    back = wait_until(lambda: post(port, report("after")) == 201 and send(smtp_port, "after-2") == "250", 10)
    tap.check(back and time.monotonic() - began < 5, f"{how}: with room again reports are taken without a hand",
              "".join(server.log)[-1500:])
    page = get(port, "/reports?limit=100")[1]
    tap.check(all(f"{name}.example" in page for name in [*kept, "after", "after-2"]), f"{how}: nothing acknowledged is lost", kept, page[-2000:])
    code, out, err = run("db", "verify", "--store", server.store)
    tap.check(code == 0, f"{how}: the store is sound", out, err)
    tap.check(server.stop() == 0, f"{how}: the server ends")


def limited_file(top):
    def limit(server, size=0):
        wait_until(lambda: len(server.pids("keep")) == 1, 3)
        for pid in server.pids("keep"):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    os.mkdir(f"{top}/limited")
    no_room(f"{top}/limited", limit, lambda server: limit(server, resource.RLIM_INFINITY), "files that may not grow")


def full_disk(top):
    disk = f"{top}/disk"
    os.mkdir(disk)
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", disk], check=False,
                                           stderr=subprocess.DEVNULL).returncode != 0:
        tap.skip("a disk that is full", "mounting needs root")
        return

    def fill(_server):
        with open(f"{disk}/filler", "ab", buffering=0) as f:
            try:
                while True:
                    f.write(bytes(4096))
            except OSError:
                pass
    try:
        no_room(disk, fill, lambda _server: os.unlink(f"{disk}/filler"), "a full disk")
    finally:
        subprocess.run(["umount", disk], check=False)


def main():
    with tempfile.TemporaryDirectory() as top:
        server = second_reading(top)
        pager(top, server)
        no_lines_of_strangers()
        readers_and_writer(server)
        tap.check(server.stop() == 0, "the server ends", "".join(server.log)[-600:])
        a_new_wal(top)
        reload_config(top)
        service_manager(top)
        limited_file(top)
        full_disk(top)
    return tap.end()


sys.exit(main())
