/* SPDX-License-Identifier: ISC */
#include "sys/signature.h"

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>

static gnutls_datum_t datum(struct str s)
{
	union {
		const char *given;
		unsigned char *taken; /* GnuTLS has no const here, and writes nothing */
	} bytes = {.given = s.p};
	return (gnutls_datum_t){.data = bytes.taken, .size = (unsigned)s.len};
}

bool signature_rsa_sha256(struct str modulus, struct str exponent, struct str hash, struct str signature)
{
	gnutls_pubkey_t key;
	gnutls_datum_t m = datum(modulus), e = datum(exponent), h = datum(hash), s = datum(signature);

	if (hash.len != 32 || signature.len == 0 || gnutls_pubkey_init(&key) < 0)
		return false;
	/* The caller has bounded the key: weak ones of 1024 bits still sign most mail. */
	bool ok = gnutls_pubkey_import_rsa_raw(key, &m, &e) >= 0 &&
	          gnutls_pubkey_verify_hash2(key, GNUTLS_SIGN_RSA_SHA256, GNUTLS_VERIFY_ALLOW_BROKEN, &h, &s) >= 0;
	gnutls_pubkey_deinit(key);
	return ok;
}
