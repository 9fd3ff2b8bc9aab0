/* SPDX-License-Identifier: ISC */
#pragma once
/* The check of an Ed25519 signature: the door to libsodium, which needs less than half of what GnuTLS 3.7 does
 * (docs/decisions/0020-libsodium.md).  No policy, no state, no system call. */
#include "base/str.h"

/* Over the 32 bytes of the hash as its message (RFC 8463 section 3).  `key` has 32 bytes, `signature` 64; anything else is
 * false, and so are a key of small order and a signature that is not canonical (RFC 8032 5.1.7). */
bool ed25519_verify(struct str key, struct str hash, struct str signature);
