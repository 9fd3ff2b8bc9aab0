#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""embed_bytes.py OUT.c FILE NAME: the bytes of a file as `NAME` and `NAME_len`."""
import sys


def main():
    out, path, name = sys.argv[1:]
    with open(path, "rb") as file:
        data = file.read()
    rows = ("\t" + ", ".join(str(b) for b in data[i:i + 24]) for i in range(0, len(data), 24))
    with open(out, "w", encoding="ascii") as c:
        c.write('#include "store/original.h"\n\n'
                f"const size_t {name}_len = {len(data)};\n"
                f"const unsigned char {name}[] = {{\n" + ",\n".join(rows) + "};\n")


main()
