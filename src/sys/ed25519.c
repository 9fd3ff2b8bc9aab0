/* SPDX-License-Identifier: ISC */
#include "sys/ed25519.h"

#include <sodium/crypto_sign_ed25519.h>

bool ed25519_verify(struct str key, struct str hash, struct str signature)
{
	if (key.len != crypto_sign_ed25519_PUBLICKEYBYTES || hash.len != 32 || signature.len != crypto_sign_ed25519_BYTES)
		return false;
	/* Without sodium_init(), which looks for random bytes: a check needs none, and its code is the same for every
	 * processor. */
	return crypto_sign_ed25519_verify_detached((const unsigned char *)signature.p, (const unsigned char *)hash.p, hash.len,
	                                           (const unsigned char *)key.p) == 0;
}
