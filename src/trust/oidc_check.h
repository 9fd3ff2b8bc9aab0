/* SPDX-License-Identifier: ISC */
#pragma once
/* Whether a token of OpenID Connect is to be believed (OpenID Connect Core 1.0 section 3.1.3.7, RFC 7519, RFC 8725). */
#include "report/oidc.h"

#define OIDC_CHECK_SKEW_SECS 300     /* clocks that differ */
#define OIDC_CHECK_RSA_BITS 2048     /* RFC 7518 3.3: at least */
#define OIDC_CHECK_RSA_MOST_BITS 8192

struct oidc_expected {
	struct str issuer, client_id;
	struct str nonce;        /* that we sent */
	struct str access_token; /* that came with it; absent: none */
	instant now;
};

/* OIDC_NONE when all holds, else what does not.  OIDC_TOKEN_KEY: none of the keys is the one it names; newer ones may have it. */
enum oidc_problem oidc_check(const struct oidc_token *token, const struct oidc_keys *keys, const struct oidc_expected *expected);
