/* SPDX-License-Identifier: ISC */
#pragma once
/* Passkeys (WebAuthn Level 2), verified with libfido2 and libcbor.  What stands in the client data is looked at before
 * (web/passkey_data.h); here are the authenticator's data and signatures.  Attestation is not asked for and not believed. */
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

#define WEBAUTHN_BYTES_MOST KIB(16) /* of any one of the parts */

enum webauthn_algorithm { /* COSE */
	WEBAUTHN_ES256 = -7,
	WEBAUTHN_EDDSA = -8,
	WEBAUTHN_RS256 = -257,
};

struct webauthn_credential {
	struct str id, public_key; /* the key as libfido2 holds it */
	int algorithm; /* enum webauthn_algorithm */
	uint32_t counter;
};

/* Before the sandbox: the library prepares itself. */
void webauthn_prepare(void);

/* 7.1 Registering: the user was there and verified (flags UP and UV), the key is for `rp_id` and of an algorithm above.
 * Texts of the result are in the arena.  ERR_INPUT says what is wrong. */
bool webauthn_register(const char *rp_id, struct str client_data, struct str attestation, struct arena *arena,
                       struct webauthn_credential *out, struct err *err);

/* 7.2 Signing in.  ERR_DENIED.  The counter is the caller's to compare. */
bool webauthn_verify(const char *rp_id, const struct webauthn_credential *credential, struct str client_data,
                     struct str authenticator_data, struct str signature, uint32_t *out_counter, struct err *err);
