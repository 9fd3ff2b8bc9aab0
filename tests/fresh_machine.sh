#!/bin/sh
# SPDX-License-Identifier: ISC
# Both commands of the README in a clean Debian 12 root: debootstrap, git and make, nothing else.  Needs root and Debian's
# package archive; runs in `make test-fresh`, not in `make test`.
#
#     tests/fresh_machine.sh [--keep] [ROOT]
#
# ROOT is made anew unless it holds a root that an earlier run with --keep left; that one's packages are then there already.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
keep=
[ "${1:-}" = --keep ] && keep=1 && shift
root=${1:-$(mktemp -d /tmp/mailseal-fresh.XXXXXX)}
run_pid=
number=0
failed=0

say() { # fine? sentence
	number=$((number + 1))
	if [ "$1" = 0 ]; then
		echo "ok $number - $2"
	else
		echo "not ok $number - $2"
		failed=$((failed + 1))
	fi
}

inside() {
	chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb LC_ALL=C.UTF-8 "$@"
}

clean() {
	if [ -n "$run_pid" ]; then
		for child in $(pgrep -s "$run_pid" 2>/dev/null || true); do kill "$child" 2>/dev/null || true; done
		sleep 1
		for child in $(pgrep -s "$run_pid" 2>/dev/null || true); do kill -9 "$child" 2>/dev/null || true; done
	fi
	for mount in dev/shm proc; do
		umount "$root/$mount" 2>/dev/null || umount -l "$root/$mount" 2>/dev/null || true
	done
	# Never over a mount that is still there.
	if [ -z "$keep" ] && ! grep -q " $root/" /proc/mounts; then rm -rf --one-file-system "$root"; fi
}
trap clean EXIT
trap 'exit 130' INT TERM

[ "$(id -u)" = 0 ] || { echo "ok 1 - both README commands work on a fresh machine # SKIP needs root"; exit 0; }
command -v debootstrap >/dev/null || { echo "ok 1 - both README commands work on a fresh machine # SKIP debootstrap is not installed"; exit 0; }

archive=$(apt-cache policy base-files | sed -n 's/^ *[0-9]* \(http[^ ]*\) bookworm\/main.*/\1/p' | head -1)
archive=${archive:-http://deb.debian.org/debian}
if [ ! -x "$root/usr/bin/git" ]; then
	mkdir -p "$root"
	debootstrap --variant=minbase --include=git,make bookworm "$root" "$archive" >"$root.log" 2>&1 ||
		{ tail -5 "$root.log"; say 1 "debootstrap makes a clean root"; exit 1; }
fi
say 0 "debootstrap makes a clean root with git and make"

# The machine's way to its archive, nothing more.
rm -f "$root"/etc/apt/sources.list "$root"/etc/apt/sources.list.d/*
for file in /etc/apt/sources.list /etc/apt/sources.list.d/debian* /etc/apt/apt.conf /etc/apt/apt.conf.d/*proxy* /etc/apt/auth.conf.d/*; do
	[ -f "$file" ] && mkdir -p "$root$(dirname "$file")" && cp "$file" "$root$file"
done
[ -n "$(cat "$root"/etc/apt/sources.list "$root"/etc/apt/sources.list.d/* 2>/dev/null)" ] ||
	echo "deb $archive bookworm main" >"$root/etc/apt/sources.list"
cp /etc/resolv.conf /etc/hosts "$root/etc/"
mount -t proc proc "$root/proc"
mkdir -p "$root/dev/shm"
mount -t tmpfs tmpfs "$root/dev/shm" # debootstrap made the device nodes

# A clone, as a newcomer makes one.
rm -rf "$root/root/mailseal" "$root/root/origin"
git clone -q --bare "$top" "$root/root/origin"
inside git clone -q /root/origin /root/mailseal
say $? "a clone is made"

# make run stays in the foreground: started here in a session of its own, ended below.
setsid chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb LC_ALL=C.UTF-8 \
	make -C /root/mailseal run >"$root/root/run.log" 2>&1 &
run_pid=$!
waited=0
until inside sh -c 'command -v curl >/dev/null && curl -fsS -o /dev/null http://127.0.0.1:8460/' 2>/dev/null ||
	python3 -c 'import urllib.request; urllib.request.urlopen("http://127.0.0.1:8460/", timeout=2)' 2>/dev/null; do
	waited=$((waited + 2))
	[ "$waited" -lt 1200 ] && kill -0 "$run_pid" 2>/dev/null || break
	sleep 2
done
python3 -c 'import urllib.request; urllib.request.urlopen("http://127.0.0.1:8460/", timeout=5)' 2>/dev/null && up=0 || up=1
say "$up" "make run builds and starts the server (${waited} s)"
[ "$up" = 0 ] || tail -20 "$root/root/run.log"

if [ "$up" = 0 ]; then
	inside make -s -C /root/mailseal demo >"$root/root/demo.log" 2>&1 && demo=0 || demo=1
	say "$demo" "make demo fills the store while the server runs"
	[ "$demo" = 0 ] || tail -20 "$root/root/demo.log"
	python3 - <<'P' && page=0 || page=1
import sys, urllib.request
page = urllib.request.urlopen("http://127.0.0.1:8460/results", timeout=10).read().decode()
sys.exit("certificate" not in page)
P
	say "$page" "the page of results shows the expired certificate of the demo"
	python3 - <<'P' && mail=0 || mail=1
import smtplib
with smtplib.SMTP("127.0.0.1", 8425, timeout=20) as smtp:
    smtp.sendmail("a@example.org", ["tls-reports@localhost"], "Subject: no report\r\n\r\nnothing\r\n")
P
	say "$mail" "a mail is taken by SMTP"
	for child in $(pgrep -s "$run_pid"); do kill "$child" 2>/dev/null || true; done
	sleep 2
fi

inside make -s -C /root/mailseal test >"$root/root/test.log" 2>&1 && tests=0 || tests=1
last=$(tail -1 "$root/root/test.log")
say "$tests" "make test passes: $last"
[ "$tests" = 0 ] || grep -E '^(FAILED|FAIL|not ok)' "$root/root/test.log" | head -20
echo "1..$number"
exit $((failed > 0))
