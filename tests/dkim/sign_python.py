#!/usr/bin/python3
"""Signs a batch with python3-dkim: FOLDER holds rsa.pem and ed25519.seed; lines on standard input are
ID TAB header canonicalisation TAB body canonicalisation TAB algorithm TAB domain TAB selector TAB message in Base64."""
import base64
import sys

import dkim

folder = sys.argv[1]
keys = {"rsa-sha256": open(f"{folder}/rsa.pem", "rb").read(), "ed25519-sha256": open(f"{folder}/ed25519.seed", "rb").read()}
for line in sys.stdin:
    number, head, body, algorithm, domain, selector, text = line.rstrip("\n").split("\t")
    message = base64.b64decode(text)
    signature = dkim.sign(message, selector.encode(), domain.encode(), keys[algorithm],
                          canonicalize=(head.encode(), body.encode()), signature_algorithm=algorithm.encode())
    print(number, base64.b64encode(signature + message).decode(), sep="\t")
