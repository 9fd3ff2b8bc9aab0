/* SPDX-License-Identifier: ISC */
#include "sys/signature.h"

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
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

static int import_key(gnutls_pubkey_t key, enum signature_kind kind, struct str a, struct str b)
{
	gnutls_datum_t first = datum(a), second = datum(b);

	switch (kind) {
	case SIGNATURE_RSA:
	case SIGNATURE_RSA_PSS: return gnutls_pubkey_import_rsa_raw(key, &first, &second);
	case SIGNATURE_P256: return gnutls_pubkey_import_ecc_raw(key, GNUTLS_ECC_CURVE_SECP256R1, &first, &second);
	case SIGNATURE_ED25519: return gnutls_pubkey_import_ecc_raw(key, GNUTLS_ECC_CURVE_ED25519, &first, NULL);
	}
	return GNUTLS_E_INVALID_REQUEST;
}

bool signature_of_message(enum signature_kind kind, struct str a, struct str b, struct str message, struct str signature)
{
	static const gnutls_sign_algorithm_t algorithms[] = {
	    [SIGNATURE_RSA] = GNUTLS_SIGN_RSA_SHA256,
	    [SIGNATURE_RSA_PSS] = GNUTLS_SIGN_RSA_PSS_RSAE_SHA256,
	    [SIGNATURE_P256] = GNUTLS_SIGN_ECDSA_SHA256,
	    [SIGNATURE_ED25519] = GNUTLS_SIGN_EDDSA_ED25519,
	};
	gnutls_datum_t text = datum(message), given = datum(signature), encoded = {0};
	gnutls_pubkey_t key;

	if (signature.len == 0 || a.len == 0 || gnutls_pubkey_init(&key) < 0)
		return false;
	bool ok = import_key(key, kind, a, b) >= 0;
	if (ok && kind == SIGNATURE_P256) {
		gnutls_datum_t r = datum(str_upto(signature, 32)), s = datum(str_from(signature, 32));
		ok = signature.len == 64 && gnutls_encode_rs_value(&encoded, &r, &s) >= 0;
		given = encoded;
	}
	ok = ok && gnutls_pubkey_verify_data2(key, algorithms[kind], 0, &text, &given) >= 0;
	gnutls_free(encoded.data);
	gnutls_pubkey_deinit(key);
	return ok;
}
