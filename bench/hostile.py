# SPDX-License-Identifier: ISC
"""Bad inputs of the kinds that a reader's memory and time suffer from: mail, compression, JSON.  Made, never stored."""
import base64
import gzip
import io
import struct
import zipfile
import zlib

MIB = 1 << 20
HEAD = b"From: <a@example.org>\r\nTo: <tlsrpt@example.com>\r\nSubject: Report Domain: example.com\r\nMIME-Version: 1.0\r\n"


def mail(body, kind=b"application/tlsrpt+gzip", encoding=b"base64", head=HEAD):
    if encoding == b"base64":
        body = base64.encodebytes(body).replace(b"\n", b"\r\n")
    return (head + b"Content-Type: " + kind + b"\r\nContent-Transfer-Encoding: " + encoding + b"\r\n\r\n" + body)


def packed(data, level=9):
    return gzip.compress(data, level, mtime=0)


def zeros_packed(size):
    out, packer = io.BytesIO(), zlib.compressobj(9, zlib.DEFLATED, 31)
    block = bytes(MIB)
    for _ in range(size // MIB):
        out.write(packer.compress(block))
    out.write(packer.flush())
    return out.getvalue()


def report(policies):
    return (b'{"organization-name":"x","date-range":{"start-datetime":"2026-01-01T00:00:00Z","end-datetime":'
            b'"2026-01-01T23:59:59Z"},"contact-info":"a@example.org","report-id":"1","policies":[' + policies + b"]}")


def policy(details=b"", domain=b"example.com"):
    return (b'{"policy":{"policy-type":"sts","policy-domain":"' + domain + b'"},"summary":{"total-successful-session-count":1,'
            b'"total-failure-session-count":1},"failure-details":[' + details + b"]}")


def nested_mail(depth):
    parts = [HEAD]
    for level in range(depth):
        parts.append(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (level, level))
    return b"".join(parts) + b"\r\nx\r\n"


def many_parts(n):
    return (HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n" * n +
            b"--b--\r\n")


def zip_of(data, names=1):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for at in range(names):
            archive.writestr(f"{at}.json", data)
    return out.getvalue()


def stored_blocks(n):
    raw = b"\x00\x00\x00\xff\xff" * n + b"\x01\x00\x00\xff\xff"
    return b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff" + raw + struct.pack("<II", 0, 0)


def inputs():
    """(name, bytes), one at a time: they are large."""
    yield "header-one-of-10-mb", HEAD + b"X-A: " + b"a" * (10 * MIB) + b"\r\n\r\nx"
    yield "headers-100000", HEAD + b"X-A: b\r\n" * 100000 + b"\r\nx"
    yield "header-folded-1-mb", HEAD + b"X-A: a" + b"\r\n b" * (MIB // 4) + b"\r\n\r\nx"
    yield "parts-10001", many_parts(10001)
    yield "nested-1000", nested_mail(1000)
    yield "nested-100000", nested_mail(100000)
    yield "parameters-10000", HEAD + b"Content-Type: multipart/mixed" + b"".join(
        b';\r\n name*%d="%s"' % (at, b"n" * 20) for at in range(10000)) + b"\r\n\r\nx"
    yield "base64-one-line-17-mb", HEAD + (b"Content-Type: application/tlsrpt+json\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
                                           base64.b64encode(b"{" * (13 * MIB)))
    yield "base64-junk", mail(b"", encoding=b"base64") + b"@#!%" * (4 * MIB)
    yield "quoted-all", mail(b"=00" * (8 * MIB), b"application/tlsrpt+json", b"quoted-printable")
    yield "text-24-mb", mail(b"{" + b" " * (24 * MIB), b"application/tlsrpt+json", b"8bit")
    for size in (100, 1000):
        yield f"gzip-bomb-{size}-mb", mail(zeros_packed(size * MIB))
    yield "gzip-bomb-32-mb-exactly", mail(zeros_packed(32 * MIB))
    yield "gzip-in-gzip-in-gzip", mail(packed(packed(packed(report(policy())))))
    yield "gzip-members-300000", mail(packed(b"") * 300000 + packed(report(policy())))
    yield "gzip-stored-blocks-3000000", mail(stored_blocks(3000000))
    yield "gzip-cut", mail(packed(report(policy() + b"," + policy()))[:-9])
    yield "gzip-long-name", mail(b"\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\xff" + b"n" * (8 * MIB))
    yield "zip-bomb-100-mb", mail(zip_of(bytes(100 * MIB)), b"application/zip")
    yield "zip-entries-5000", mail(zip_of(b"{}", 5000), b"application/zip")
    for name, unit in (("objects", b"{},"), ("lists", b"[],"), ("texts", b'"",'), ("numbers", b"1,"), ("pairs", b'{"a":1},')):
        n = 31 * MIB // len(unit)
        yield f"json-{name}-31-mb", mail(packed(b"[" + unit * n + b"1]"))
        yield f"json-policies-of-{name}", mail(packed(report(unit * n + b"1")))
    yield "json-depth-100000", mail(packed(b"[" * 100000))
    yield "json-depth-100000-objects", mail(packed(b'{"a":' * 100000))
    yield "json-text-31-mb", mail(packed(report(policy(domain=b"a" * (31 * MIB)))))
    yield "json-escapes-30-mb", mail(packed(report(policy(domain=b"\\u00e9" * (5 * MIB)))))
    yield "json-number-31-mb", mail(packed(b'{"a":' + b"1" * (31 * MIB) + b"}"))
    yield "json-unknown-members-30-mb", mail(packed(report(policy())[:-1] + b"," + b",".join(
        b'"m%d":{"a":[1,2,"x"]}' % at for at in range(1000000)) + b"}"))
    yield "json-same-member-4000000", mail(packed(report(policy())[:-1] + b',"a":1' * 4000000 + b"}"))
    detail = (b'{"result-type":"certificate-expired","sending-mta-ip":"192.0.2.1","receiving-mx-hostname":"mx%d.example.com",'
              b'"failed-session-count":1,"failure-reason-code":"some words about it"}')
    yield "json-details-100000", mail(packed(report(policy(b",".join(detail % at for at in range(100000)))), 6))
    yield "json-details-199999", mail(packed(report(policy(b",".join(b'{"result-type":"r%d"}' % at for at in range(199999)))), 6))
    yield "json-policies-10000", mail(packed(report(b",".join(policy(detail % at) for at in range(10000))), 6))
    yield "json-policies-100000", mail(packed(report(b",".join(policy() for _ in range(100000))), 6))
    yield "json-strings-1000000", mail(packed(report(
        b'{"policy":{"policy-type":"sts","policy-domain":"example.com","policy-string":[' + b",".join([b'"x"'] * 1000000) +
        b']},"summary":{}}')))
    yield "json-reports-in-list", mail(packed(b"[" + b",".join([report(policy())] * 50000) + b"]", 6))
    yield "json-not-utf8", mail(packed(report(policy(domain=b"\xff" * (20 * MIB)))))
    yield "json-utf16", mail(packed('{"a":1}'.encode("utf-16") * 1000000))
