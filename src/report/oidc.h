/* SPDX-License-Identifier: ISC */
#pragma once
/* OpenID Connect: what a provider says of itself, its keys, and the token that says who somebody is.  As read, before anything of
 * it is believed (trust/oidc_check.h). */
#include "base/instant.h"
#include "facts/oidc_problems.h"
#include "report/account.h"
#include "report/report.h"

enum oidc_problem {
#define X(id, text, sentence) OIDC_##id,
	OIDC_PROBLEMS(X)
#undef X
	    OIDC_PROBLEM_COUNT
};

const char *oidc_problem_text(enum oidc_problem problem);
const char *oidc_problem_sentence(enum oidc_problem problem); /* English; to be translated */
/* False for a word that is none. */
bool oidc_problem_of(struct str text, enum oidc_problem *out);

/* The ways to sign that are taken; all others, and "none", are OIDC_TOKEN_ALGORITHM (RFC 7518 3.1, RFC 8037 3.1). */
enum oidc_algorithm { OIDC_RS256, OIDC_PS256, OIDC_ES256, OIDC_EDDSA, OIDC_ALGORITHM_COUNT };
const char *oidc_algorithm_text(enum oidc_algorithm algorithm);
bool oidc_algorithm_of(struct str text, enum oidc_algorithm *out);

/* A public key (RFC 7517); bytes, big-endian without sign. */
enum oidc_key_kind { OIDC_KEY_RSA, OIDC_KEY_P256, OIDC_KEY_ED25519 };
struct oidc_key {
	enum oidc_key_kind kind;
	struct str id;  /* absent: none */
	struct str algorithm; /* absent: whichever its kind takes */
	struct str a, b; /* RSA: modulus and exponent; P-256: x and y; Ed25519: x */
};

struct oidc_keys {
	struct oidc_key *items;
	size_t count;
};

/* OpenID Connect Discovery 1.0, section 3. */
struct oidc_provider {
	struct str issuer, authorization, token, keys; /* URLs; absent where not said */
	bool sends_issuer;  /* RFC 9207: authorization answers have `iss` */
	bool takes_basic, takes_post; /* how the client proves itself */
};

/* RFC 6749 sections 5.1 and 5.2. */
struct oidc_answer {
	struct str id_token, access_token, error; /* absent where not said */
};

struct oidc_token {
	enum oidc_algorithm algorithm;
	struct str key_id;               /* absent: none */
	struct str signed_part, signature; /* the text before the last point; bytes */
	struct str issuer, subject, nonce, access_hash, party, username, full_name, mail; /* party: azp; absent where not said */
	struct str_list audience, groups;
	bool groups_elsewhere;           /* the claim is not in the token but at another place */
	instant issued_at, expires_at, not_before; /* INSTANT_NONE */
};

/* Who it is, when all is right; what the groups mean is decided where the roles are given. */
struct oidc_person {
	struct str subject, username, full_name; /* the last two may be absent */
	struct str_list groups;
};

#define OIDC_TOKEN_BYTES 65536
#define OIDC_SUBJECT_BYTES 255 /* OpenID Connect Core 1.0, section 2 */
#define OIDC_GROUPS 1000
#define OIDC_GROUP_BYTES 255

/* What a group gives: "GROUP=TENANT:ROLE", "GROUP=*:ROLE" of the whole house, "GROUP=site". */
struct oidc_grant {
	struct str group, tenant; /* tenant absent: the whole house */
	bool is_site;
	enum user_role role;
};
/* False when it makes no sense; the texts point into `text`. */
bool oidc_grant_of(struct str text, struct oidc_grant *out);
