/* SPDX-License-Identifier: ISC */
#include "sys/digest.h"

#include <assert.h>
#include <gnutls/crypto.h>

/* It fails only where the library is broken or forbids the hash: nothing here could go on then. */
static void whole(gnutls_digest_algorithm_t algorithm, struct str bytes, unsigned char *out)
{
	int code = gnutls_hash_fast(algorithm, bytes.p == NULL ? "" : bytes.p, bytes.len, out);

	assert(code >= 0);
	(void)code;
}

void digest_sha256(struct str bytes, unsigned char out[DIGEST_SHA256_BYTES])
{
	whole(GNUTLS_DIG_SHA256, bytes, out);
}

void digest_sha512(struct str bytes, unsigned char out[DIGEST_SHA512_BYTES])
{
	whole(GNUTLS_DIG_SHA512, bytes, out);
}

void digest_hmac_sha256(struct str key, struct str bytes, unsigned char out[DIGEST_SHA256_BYTES])
{
	int code = gnutls_hmac_fast(GNUTLS_MAC_SHA256, key.p == NULL ? "" : key.p, key.len, bytes.p == NULL ? "" : bytes.p,
	                            bytes.len, out);

	assert(code >= 0);
	(void)code;
}

void digest_begin(struct digest *digest)
{
	gnutls_hash_hd_t handle;
	int code = gnutls_hash_init(&handle, GNUTLS_DIG_SHA256);

	assert(code >= 0);
	(void)code;
	digest->handle = handle;
}

void digest_add(struct digest *digest, struct str bytes)
{
	int code = bytes.len == 0 ? 0 : gnutls_hash(digest->handle, bytes.p, bytes.len);

	assert(code >= 0);
	(void)code;
}

void digest_end(struct digest *digest, unsigned char out[DIGEST_SHA256_BYTES])
{
	gnutls_hash_deinit(digest->handle, out);
	digest->handle = NULL;
}
