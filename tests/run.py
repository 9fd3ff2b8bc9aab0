#!/usr/bin/env python3
"""Runs every test and ends with one line: N passed, N failed, N skipped.

A test program speaks TAP: "ok 1 - sentence", "not ok 2 - sentence", "ok 3 - sentence # SKIP why".
Unit tests (cmocka) are built with the sanitizers; everything in tests/scenario, tests/torture and tests/tools that
is executable and named test_* is run with MAILSEAL set to the program (the sanitized one where there is one).
Arguments select by substring of the path.
"""
import glob
import os
import re
import subprocess
import sys
import time

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LINE = re.compile(r"^(not )?ok\b[ \d]*(?:- )?(.*?)(?:\s*#\s*(SKIP|skip)\b\s*(.*))?$")
TIMEOUT = int(os.environ.get("TEST_TIMEOUT", "900"))


def programs():
    for build in ("build-asan", "build"):
        found = sorted(glob.glob(f"{TOP}/{build}/tests/unit/test_*"))
        found = [p for p in found if os.access(p, os.X_OK) and not os.path.isdir(p)]
        if found:
            yield from found
            break
    for folder in ("tools", "scenario", "torture", "browser"):
        for path in sorted(glob.glob(f"{TOP}/tests/{folder}/test_*")):
            if os.access(path, os.X_OK) and not os.path.isdir(path):
                yield path


def run(path, totals, failures, skips):
    env = dict(os.environ, CMOCKA_MESSAGE_OUTPUT="TAP", PYTHONDONTWRITEBYTECODE="1")
    env.update(LC_ALL="C.UTF-8", LANGUAGE="")  # the words that tests compare are English
    env.setdefault("MAILSEAL", f"{TOP}/build/mailseal")
    env.setdefault("MAILSEAL_ASAN", f"{TOP}/build-asan/mailseal")
    env.setdefault("ASAN_OPTIONS", "detect_leaks=1:abort_on_error=0")
    env.setdefault("UBSAN_OPTIONS", "halt_on_error=1:print_stacktrace=1")
    name = os.path.relpath(path, TOP)
    started = time.monotonic()
    try:
        done = subprocess.run([path], cwd=TOP, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=TIMEOUT)
        text, code = done.stdout.decode("utf-8", "replace"), done.returncode
    except subprocess.TimeoutExpired as late:
        text, code = (late.stdout or b"").decode("utf-8", "replace"), "timeout"
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for line in text.splitlines():
        m = LINE.match(line.strip())
        if not m:
            continue
        if m.group(3):
            counts["skipped"] += 1
            skips.append(f"{name}: {m.group(2)} ({m.group(4)})")
        elif m.group(1):
            counts["failed"] += 1
            failures.append(f"{name}: {m.group(2)}")
        else:
            counts["passed"] += 1
    if code != 0 and counts["failed"] == 0:
        counts["failed"] += 1
        failures.append(f"{name}: ended with {code}")
    if sum(counts.values()) == 0:
        counts["failed"] += 1
        failures.append(f"{name}: ran no test")
    for key in counts:
        totals[key] += counts[key]
    mark = "FAIL" if counts["failed"] else "ok"
    print(f"{mark:4} {name} ({counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped, "
          f"{time.monotonic() - started:.1f} s)", flush=True)
    if counts["failed"]:
        print("\n".join("     | " + line for line in text.splitlines()[-60:]), flush=True)


def main():
    wanted = sys.argv[1:]
    totals = {"passed": 0, "failed": 0, "skipped": 0}
    failures, skips = [], []
    for path in programs():
        if wanted and not any(word in path for word in wanted):
            continue
        run(path, totals, failures, skips)
    for line in skips:
        print("skipped:", line)
    for line in failures:
        print("FAILED:", line)
    print(f"{totals['passed']} passed, {totals['failed']} failed, {totals['skipped']} skipped")
    return 1 if totals["failed"] or not totals["passed"] else 0


sys.exit(main())
