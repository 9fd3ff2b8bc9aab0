#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""embed_application.py OUT.c DEPFILE FOLDER: the built web application (ui/dist) as a table of web_assets.h, each file as it is
and made smaller by gzip and, where Python knows it, Brotli.  Without the folder, or with an empty one, the table is empty."""
import gzip
import hashlib
import os
import re
import sys

try:
    import brotli
except ImportError:
    brotli = None

TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
         ".svg": "image/svg+xml", ".png": "image/png", ".json": "application/json", ".txt": "text/plain; charset=utf-8",
         ".ico": "image/x-icon", ".woff2": "font/woff2", ".webmanifest": "application/manifest+json"}
HASHED = re.compile(r"-[\w-]{8}\.\w+$")


def literal(data):
    rows = []
    for i in range(0, len(data), 24):
        rows.append("\t" + ", ".join(str(b) for b in data[i:i + 24]))
    return ",\n".join(rows)


def smaller(data):
    """What is worth sending instead."""
    forms = {"gzip": gzip.compress(data, 9, mtime=0)}
    if brotli:
        forms["brotli"] = brotli.compress(data, quality=11)
    return {name: form for name, form in forms.items() if len(form) < len(data) * 9 // 10}


def files_of(folder):
    for at, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            if os.path.splitext(name)[1] in TYPES:
                yield os.path.join(at, name)


def main():
    out, depfile, folder = sys.argv[1:]
    found = list(files_of(folder))
    arrays, rows = [], []
    for number, path in enumerate(found):
        with open(path, "rb") as file:
            data = file.read()
        forms = {"plain": data, **smaller(data)}
        members = []
        for name, form in forms.items():
            arrays.append(f"static const unsigned char file_{number}_{name}[] = {{\n{literal(form) or '0'}}};\n")
            members.append(f".{name} = {{(const char *)file_{number}_{name}, {len(form)}}}")
        served = "/" + os.path.relpath(path, folder).replace(os.sep, "/")
        tag = hashlib.sha256(data).hexdigest()[:24]
        rows.append(f'\t{{.path = "{served}", .type = "{TYPES[os.path.splitext(path)[1]]}", .tag = "{tag}", '
                    f".is_immutable = {'true' if HASHED.search(served) else 'false'}, {', '.join(members)}}},\n")
    with open(out, "w", encoding="ascii") as c:
        c.write('#include "web/web_assets.h"\n\n' + "\n".join(arrays) + "\nconst struct web_asset web_assets[] = {\n" +
                "".join(rows) + "\t{.path = NULL},\n};\n")
    with open(depfile, "w", encoding="utf-8") as deps:
        # The folders too: a new name changes them.
        folders = sorted({os.path.dirname(path) for path in found} | ({folder} if os.path.isdir(folder) else set()))
        deps.write(f"{out}: " + " ".join(folders + found) + "\n")


main()
