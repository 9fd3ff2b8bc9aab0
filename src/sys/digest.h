/* SPDX-License-Identifier: ISC */
#pragma once
/* Hashes. */
#include "base/str.h"

#define DIGEST_SHA256_BYTES 32

void digest_sha256(struct str bytes, unsigned char out[DIGEST_SHA256_BYTES]);
