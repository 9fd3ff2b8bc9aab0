#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""embed_openapi.py IN.yaml OUT.c: the contract of the API as JSON, in `openapi_json` and `openapi_json_len`."""
import json
import sys

import yaml


def main():
    source, out = sys.argv[1:]
    with open(source, encoding="utf-8") as file:
        data = json.dumps(yaml.safe_load(file), ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    rows = ("\t" + ", ".join(str(b) for b in data[i:i + 24]) for i in range(0, len(data), 24))
    with open(out, "w", encoding="ascii") as c:
        c.write("#include <stddef.h>\n\nextern const size_t openapi_json_len;\nextern const unsigned char openapi_json[];\n"
                f"const size_t openapi_json_len = {len(data)};\n"
                "const unsigned char openapi_json[] = {\n" + ",\n".join(rows) + "};\n")


main()
