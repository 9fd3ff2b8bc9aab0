/* SPDX-License-Identifier: ISC */
#pragma once
/* Hashes. */
#include "base/str.h"

#define DIGEST_SHA256_BYTES 32
#define DIGEST_SHA512_BYTES 64

void digest_sha256(struct str bytes, unsigned char out[DIGEST_SHA256_BYTES]);
void digest_sha512(struct str bytes, unsigned char out[DIGEST_SHA512_BYTES]);

/* The same, piece by piece.  `digest_end` must follow. */
struct digest {
	void *handle;
};

void digest_begin(struct digest *digest);
void digest_add(struct digest *digest, struct str bytes);
void digest_end(struct digest *digest, unsigned char out[DIGEST_SHA256_BYTES]);

/* RFC 2104. */
void digest_hmac_sha256(struct str key, struct str bytes, unsigned char out[DIGEST_SHA256_BYTES]);
