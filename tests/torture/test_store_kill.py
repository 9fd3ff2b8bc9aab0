#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""kill -9 of the writer at random moments: nothing acknowledged is lost, nothing is counted twice."""
import os
import random
import subprocess
import sys
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LOOP = os.path.join(TOP, "build", "tests", "unit", "store_loop")
SECONDS = float(os.environ.get("TORTURE_SECONDS", "8"))


def main():
    if not os.access(LOOP, os.X_OK):
        print("ok 1 - nothing acknowledged is lost # SKIP build/tests/unit/store_loop is not built")
        return 0
    seed = int(os.environ.get("TORTURE_SEED", str(time.time_ns() % 100000)))
    print(f"# seed {seed}")
    choose = random.Random(seed)
    acknowledged, kills, faults = set(), 0, []
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "mailseal.db")
        until = time.monotonic() + SECONDS
        while time.monotonic() < until and not faults:
            # Begin a little before what was acknowledged last: those come again.
            first = max(0, max(acknowledged, default=0) - choose.randrange(30))
            child = subprocess.Popen([LOOP, path, str(first)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            time.sleep(choose.choice([0.005, 0.02, 0.05, 0.1, 0.3]) * choose.random())
            child.kill()
            out, error = child.communicate()
            kills += 1
            if error:
                faults.append(error.decode())
            acknowledged.update(int(n) for n in out.decode().split("\n")[:-1])
            if kills % 5 == 0 or time.monotonic() >= until:
                faults += check(path, acknowledged)
        faults += check(path, acknowledged)
    for fault in faults[:5]:
        print(f"# {fault}")
    print(f"{'not ' if faults else ''}ok 1 - {kills} kills of the writer lose none of {len(acknowledged)} acknowledged "
          "reports and count none twice")
    return 1 if faults else 0


def check(path, acknowledged):
    done = subprocess.run([LOOP, path], capture_output=True, text=True)
    if done.returncode != 0:
        return [done.stderr.strip() or done.stdout.strip()]
    *ids, last = done.stdout.split("\n")[:-1]
    ids = [int(n) for n in ids]
    lost = acknowledged - set(ids)
    faults = [f"{len(lost)} acknowledged reports are lost, as {min(lost)}"] if lost else []
    if len(ids) != len(set(ids)):
        faults.append("a report is stored twice")
    if last != f"counted {len(ids)}":
        faults.append(f"{last} of {len(ids)} reports")
    return faults


sys.exit(main())
