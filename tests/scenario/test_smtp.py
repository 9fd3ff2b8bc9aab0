#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""The SMTP and LMTP door over real sockets: other people's clients, STARTTLS, segments, cuts, kills."""
import resource
import shutil
import signal
import smtplib
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

from doors import RECIPIENT, Smtp, certificate, kept, smtp_source, stuffed
from house import Server, Tap, mail, wait_until

tap = Tap()


def alive(server, at):
    client = Smtp(at)
    good = client.reply()[:3] == "220" and client.code("EHLO c\r\n") == "250" and client.code("QUIT\r\n") == "221"
    client.close()
    return good


def other_clients(server, at):
    if shutil.which("swaks"):
        done = subprocess.run(["swaks", "--server", f"{at[0]}:{at[1]}", "--to", RECIPIENT, "--from", "a@reporter.example",
                               "--data", mail("by-swaks").decode()], capture_output=True, text=True, check=False, timeout=60)
        tap.check(done.returncode == 0 and "250 2.0.0 kept" in done.stdout, "swaks delivers a report", done.stdout[-500:])
        done = subprocess.run(["swaks", "--server", f"{at[0]}:{at[1]}", "--to", "nobody@example.com", "--from", "a@b.example"],
                              capture_output=True, text=True, check=False, timeout=60)
        tap.check(done.returncode == 24 and "550 5.1.1" in done.stdout, "swaks is refused for another address",
                  done.returncode, done.stdout[-500:])
    else:
        tap.skip("swaks delivers a report", "there is no swaks")
    source = smtp_source()
    if source is None:
        tap.skip("Postfix's smtp-source delivers 200 mails over 20 connections", "smtp-source cannot be had")
        return
    before = len(kept(server))
    done = subprocess.run([*source[0], "-s", "20", "-m", "200", "-l", "3000", "-f", "a@reporter.example", "-t", RECIPIENT,
                           f"inet:{at[0]}:{at[1]}"], env=source[1], capture_output=True, text=True, check=False, timeout=60)
    wait_until(lambda: len(kept(server)) >= before + 200)
    tap.check(done.returncode == 0 and len(kept(server)) == before + 200,
              "Postfix's smtp-source delivers 200 mails over 20 connections", done.stderr[-300:], len(kept(server)) - before)


def segments(server, at):
    """The end of a session in two pieces, cut at every place, and in single bytes."""
    text = stuffed(b"Subject: x\r\n\r\n.dots\r\n..\r\nend\r\n")
    cuts = list(range(1, len(text)))
    good, before = 0, len(kept(server))
    client = Smtp(at).greet()
    for cut in cuts:
        client.envelope()
        client.send(text[:cut])
        good += client.code(text[cut:]) == "250"
    client.envelope()
    for byte in text:
        client.send(bytes([byte]))
    good += client.reply()[:3] == "250"
    client.close()
    wait_until(lambda: len(kept(server)) == before + len(cuts) + 1)
    sizes = {line.split('bytes="')[1].split('"')[0] for line in "".join(server.log).splitlines()[-len(cuts) - 40:]
             if " smtp kept " in line and 'from=""' in line}
    tap.check(good == len(cuts) + 1 and sizes == {str(len(text) - 3 - 2)}, "a message is the same in any segmentation", good, sizes)


def cuts(server, at):
    """A session that ends at any byte: nothing is kept that was not finished, and what was finished is."""
    text = (f"EHLO c\r\n|MAIL FROM:<>\r\nRCPT TO:<{RECIPIENT}>\r\nDATA\r\n|x\r\n.\r\n").split("|")
    whole = sum(len(part) for part in text)
    before = len(kept(server))
    for cut in range(whole + 1):
        client = Smtp(at)
        client.reply()
        left = cut
        for part, replies in zip(text, (1, 3, 1)):
            client.send(part[:left])
            if left < len(part):
                break
            left -= len(part)
            for _ in range(replies):
                client.reply()
        if cut % 2:
            client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        client.close()
    time.sleep(0.5)
    tap.check(len(kept(server)) == before + 1 and alive(server, at), "a session cut at any byte keeps what was finished only",
              len(kept(server)) - before)


def smuggling(server, at):
    ends = [b"\n.\n", b"\r.\r", b"\r.\n", b"\n.\r", b"\n.\r\n", b"\r\n.\n", b"\r.\r\n", b"\r\n.\r", b"\r\n\0.\r\n", b"\r\n.\0\r\n"]
    bad = []
    before = len(kept(server))
    for end in ends:
        client = Smtp(at).greet()
        client.envelope()
        code = client.code(b"A: 1\r\n\r\nx" + end + b"MAIL FROM:<evil@x>\r\nRCPT TO:<" + RECIPIENT.encode() +
                           b">\r\nDATA\r\nsmuggled\r\n.\r\n")
        client.send("NOOP\r\n")
        if code != "250" or client.reply()[:3] != "250":
            bad.append(end)
        client.close()
    wait_until(lambda: len(kept(server)) >= before + len(ends))
    tap.check(not bad and len(kept(server)) == before + len(ends), "none of ten false ends begins a second message", bad,
              len(kept(server)) - before)


def wrong_talk(server, at):
    client = Smtp(at).greet()
    codes = [client.envelope()[-1], client.code("x\r\n.\r\n"), client.code("DATA\r\n")]
    tap.check(codes == ["354", "250", "503"], "nothing of an envelope outlives its message", codes)
    client.send(f"MAIL FROM:<>\r\nRCPT TO:<{RECIPIENT}>\r\nDATA\r\nx\r\n.\r\n")
    codes = [client.reply()[:3] for _ in range(4)]
    tap.check(codes == ["250", "250", "503", ""], "who does not wait for 354 is sent away", codes)
    client = Smtp(at)
    client.reply()
    tap.check(client.code("GET / HTTP/1.1\r\nHost: x\r\n\r\n") == "554" and client.reply() == "", "a browser is sent away")
    client = Smtp(at).greet()
    codes = [client.code("NOOP " + "x" * 4000 + "\r\n"), client.code("NOOP\r\n"), client.code(b"NO\0OP\r\n"), client.code("NOOP\n")]
    tap.check(codes == ["500", "250", "500", "500"], "long lines, NUL and a lone LF are refused", codes)
    client.close()
    client = Smtp(at).greet()
    try:
        client.send(b"x" * 200000)
        code = client.reply()[:3]
    except OSError:
        code = ""
    tap.check(code in ("421", ""), "a line without an end ends the session", code)


def starttls(server, at, folder):
    context = ssl.create_default_context(cafile=f"{folder}/cert.pem")
    context.check_hostname = False
    with smtplib.SMTP(*at, timeout=20) as client:
        client.starttls(context=context)
        version = client.sock.version()
        refused = client.sendmail("a@reporter.example", [RECIPIENT], mail("by-tls"))
    tap.check(version == "TLSv1.3" and not refused, "a report comes through STARTTLS", version)

    client = Smtp(at).greet()
    code = client.code(f"STARTTLS\r\nMAIL FROM:<>\r\nRCPT TO:<{RECIPIENT}>\r\n")
    tap.check(code == "554" and client.reply() == "", "what is said in the clear behind STARTTLS ends the session", code)

    client = Smtp(at).greet()
    client.code("MAIL FROM:<>\r\n")
    early = client.code("STARTTLS\r\n")
    client.code("RSET\r\n")
    client.code("STARTTLS\r\n")
    # Injected before the handshake, but after the 220: it can only be part of the handshake, and breaks it.
    client.send("RCPT TO:<" + RECIPIENT + ">\r\n")
    try:
        context.wrap_socket(client.socket).close()
        broken = False
    except (ssl.SSLError, OSError):
        broken = True
    tap.check(early == "503" and broken, "STARTTLS is not taken in a transaction, and never with a byte before the handshake")

    client = Smtp(at).greet()
    client.code("STARTTLS\r\n")
    client.socket = context.wrap_socket(client.socket)
    codes = [client.code("MAIL FROM:<>\r\n"), client.say("EHLO again\r\n"), client.code("STARTTLS\r\n")]
    session = client.socket.session
    tap.check(codes[0] == "503" and "STARTTLS" not in codes[1] and codes[2] == "503",
              "after the handshake all that was said is forgotten", codes)
    client.close()

    def shake(**keys):
        c = ssl.create_default_context()
        c.check_hostname, c.verify_mode = False, ssl.CERT_NONE
        if "alpn" in keys:
            c.set_alpn_protocols(keys["alpn"])
        client = Smtp(at).greet()
        client.code("STARTTLS\r\n")
        try:
            with c.wrap_socket(client.socket, server_hostname="mx.example.org", session=keys.get("session")) as secure:
                secure.sendall(b"EHLO c\r\n")
                return secure.recv(100)[:3], secure.session_reused
        except (ssl.SSLError, OSError):
            return None
    tap.check(shake(alpn=["h2", "http/1.1"]) is None and shake(alpn=["smtp"]) is not None and shake() is not None,
              "a client that wants another protocol by ALPN is refused")
    tap.check(session is None or not session.has_ticket, "no session ticket is given")
    for junk in (b"", b"\x16\x03\x01", b"\x16\x03\x01\x02\x00" + b"\0" * 600, b"\xff" * 4000):
        client = Smtp(at).greet()
        client.code("STARTTLS\r\n")
        try:
            client.send(junk)
            client.close()
        except OSError:
            pass
    tap.check(alive(server, at), "garbage for a handshake harms nobody")


def lmtp(server, path):
    client = Smtp(path)
    client.reply()
    codes = [client.code("EHLO c\r\n"), client.code("LHLO c\r\n"), client.code("MAIL FROM:<>\r\n"),
             client.code(f"RCPT TO:<{RECIPIENT}>\r\n"), client.code("RCPT TO:<x@y>\r\n"), client.code(f"RCPT TO:<{RECIPIENT}>\r\n"),
             client.code("DATA\r\n"), client.code(stuffed(mail("by-lmtp"))), client.reply()[:3]]
    client.send("NOOP\r\n")
    tap.check(codes == ["500", "250", "250", "250", "550", "250", "354", "250", "250"] and client.reply()[:3] == "250",
              "LMTP over a unix socket answers each recipient", codes)
    client.close()


def half_closed(server, at):
    client = Smtp(at).greet()
    client.envelope()
    client.send(stuffed(mail("half-closed")))
    client.socket.shutdown(socket.SHUT_WR)
    tap.check(client.reply()[:3] == "250", "a client that closed its side still hears its 250")
    client.close()


def many(server, at):
    clients = [Smtp(at) for _ in range(300)]
    good = sum(c.reply().startswith("220") for c in clients)
    started = time.monotonic()
    code = Smtp(at).greet().deliver(mail("among-many"))
    took = time.monotonic() - started
    for client in clients:
        client.close()
    tap.check(good == 300 and code == "250" and took < 5, "300 clients that say nothing do not stop a report", good, code, took)


def without_descriptors(server, at):
    pid = server.pids("smtp")[0]

    def cpu():
        with open(f"/proc/{pid}/stat", encoding="ascii") as f:
            return sum(int(n) for n in f.read().rsplit(")", 1)[1].split()[11:13])
    limits = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (80, limits[1]))
    clients = [Smtp(at) for _ in range(150)]
    codes = [client.reply()[:3] for client in clients]
    before = cpu()
    time.sleep(0.5)
    spent = cpu() - before
    for client in clients:
        client.close()
    good = wait_until(lambda: alive(server, at), 5)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, limits)
    tap.check(set(codes) == {"220", "421"} and spent < 10 and good,
              "when descriptors run out clients are told so, nothing spins, and service comes back", codes, spent, good)


def killed(server, at):
    """kill -9 of the door and of the store under load: what got its 250 is there, and service is back."""
    acked, stop = [], threading.Event()

    def send(n):
        i = 0
        while not stop.is_set():
            i += 1
            try:
                client = Smtp(at, 40).greet()
                if client.deliver(mail(f"killed-{n}-{i}", failed=2)) == "250":
                    acked.append(f"killed-{n}-{i}")
                client.close()
            except (OSError, AssertionError):
                time.sleep(0.02)
    threads = [threading.Thread(target=send, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for role in ("smtp", "keep", "smtp", "keep"):
        time.sleep(0.4)
        server.kill(role)
    time.sleep(1)
    stop.set()
    for thread in threads:
        thread.join(60)
    client = Smtp(at, 40).greet()
    # The log is read behind time: what it says after this mail is about those sent again.
    client.envelope(sender="mark@reporter.example")
    client.code(stuffed(mail("mark")))
    wait_until(lambda: 'from="mark@reporter.example"' in "".join(server.log))
    before = len(kept(server))
    again = [client.deliver(mail(name, failed=2)) for name in acked]
    wait_until(lambda: len(kept(server)) >= before + len(acked))
    news = [k for k in kept(server)[before:] if k[2] != 1]
    tap.check(acked and set(again) == {"250"} and not news,
              "after kill -9 of the door and the store every acknowledged report is known", len(acked), set(again), news[:3])


def drained(server, at):
    idle, busy = Smtp(at).greet(), Smtp(at).greet()
    busy.envelope()
    busy.send("Subject: x\r\n\r\n")
    server.process.send_signal(signal.SIGTERM)
    told = idle.reply()[:3]
    code = busy.code(stuffed(b"late"))
    tap.check(told == "421" and code == "250", "at the end idle clients are told, and a message under way is kept", told, code)
    tap.check(server.stop() == 0, "the server ends by itself")


def main():
    with tempfile.TemporaryDirectory() as folder:
        pair = certificate(folder)
        config = f'smtp {{ listen = {{"127.0.0.1:0"}} lmtp = {{"{folder}/lmtp"}} '
        if pair:
            config += f'tls_cert = "file:{pair[0]}" tls_key = "file:{pair[1]}" '
        config += '}\ntrust { unsigned = "count" }\n'
        server = Server(folder, config)
        at = ("127.0.0.1", server.port("smtp"))
        try:
            other_clients(server, at)
            segments(server, at)
            cuts(server, at)
            smuggling(server, at)
            wrong_talk(server, at)
            if pair:
                starttls(server, at, folder)
            else:
                tap.skip("a report comes through STARTTLS", "there is no openssl to make a certificate")
            lmtp(server, f"{folder}/lmtp")
            half_closed(server, at)
            many(server, at)
            without_descriptors(server, at)
            killed(server, at)
            drained(server, at)
        finally:
            server.stop()
    return tap.end()


sys.exit(main())
