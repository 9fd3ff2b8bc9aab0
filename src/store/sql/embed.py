#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""embed.py OUT.c FILE.sql...: the migrations as C strings, in the order of their numbers."""
import os
import sys


def main():
    out, files = sys.argv[1], sorted(sys.argv[2:], key=os.path.basename)
    with open(out, "w", encoding="utf-8") as c:
        c.write('#include "store/schema.h"\n\nconst struct schema_step schema_steps[] = {\n')
        for expected, path in enumerate(files, 1):
            name = os.path.basename(path)
            if int(name.split("-")[0]) != expected:
                sys.exit(f"{name}: number {expected} is missing or stands twice")
            with open(path, encoding="utf-8") as sql:
                lines = "\n".join('\t "' + line.rstrip("\n").replace("\\", "\\\\").replace('"', '\\"') + '\\n"'
                                  for line in sql)
            c.write(f'\t{{{expected}, "{name}",\n{lines}}},\n')
        c.write("\t{0, NULL, NULL},\n};\n")


main()
