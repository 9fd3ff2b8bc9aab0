/* SPDX-License-Identifier: ISC */
#include "trust/oidc_check.h"

#include "base/base64.h"
#include "sys/digest.h"
#include "sys/signature.h"

/* --- the signature --- */

static const struct {
	enum oidc_key_kind key;
	enum signature_kind signature;
} kinds[OIDC_ALGORITHM_COUNT] = {
    [OIDC_RS256] = {OIDC_KEY_RSA, SIGNATURE_RSA},
    [OIDC_PS256] = {OIDC_KEY_RSA, SIGNATURE_RSA_PSS},
    [OIDC_ES256] = {OIDC_KEY_P256, SIGNATURE_P256},
    [OIDC_EDDSA] = {OIDC_KEY_ED25519, SIGNATURE_ED25519},
};

static size_t bits_of(struct str modulus)
{
	while (modulus.len > 0 && modulus.p[0] == '\0')
		modulus = str_from(modulus, 1);
	size_t bits = modulus.len * 8;
	for (unsigned char top = modulus.len > 0 ? (unsigned char)modulus.p[0] : 0x80; (top & 0x80) == 0; top = (unsigned char)(top << 1))
		bits--;
	return bits;
}

/* The key says what it may be used for, never the token. */
static bool may_be_key(const struct oidc_token *token, const struct oidc_key *key)
{
	return key->kind == kinds[token->algorithm].key &&
	       (key->algorithm.p == NULL || str_eq(key->algorithm, str_of(oidc_algorithm_text(token->algorithm)))) &&
	       (token->key_id.p == NULL || key->id.p == NULL || str_eq(token->key_id, key->id)) &&
	       (key->kind != OIDC_KEY_RSA ||
	        (bits_of(key->a) >= OIDC_CHECK_RSA_BITS && bits_of(key->a) <= OIDC_CHECK_RSA_MOST_BITS));
}

#define TRIED_MOST 8 /* keys that a token without a name of one may be of */

static enum oidc_problem check_signature(const struct oidc_token *token, const struct oidc_keys *keys)
{
	unsigned tried = 0;

	for (size_t i = 0; i < keys->count && tried < TRIED_MOST; i++) {
		const struct oidc_key *key = &keys->items[i];
		if (!may_be_key(token, key))
			continue;
		tried++;
		if (signature_of_message(kinds[token->algorithm].signature, key->a, key->b, token->signed_part, token->signature))
			return OIDC_NONE;
	}
	return tried == 0 ? OIDC_TOKEN_KEY : OIDC_TOKEN_SIGNATURE;
}

/* --- the claims --- */

/* Several audiences need the one it was made for, which is we. */
static bool is_for_us(const struct oidc_token *token, struct str client_id)
{
	bool is_named = false;

	for (size_t i = 0; i < token->audience.count; i++)
		is_named = is_named || str_eq(token->audience.items[i], client_id);
	return is_named && (token->party.p != NULL ? str_eq(token->party, client_id) : token->audience.count == 1);
}

static bool is_now(const struct oidc_token *token, instant now)
{
	return token->expires_at != INSTANT_NONE && token->issued_at != INSTANT_NONE &&
	       token->expires_at + OIDC_CHECK_SKEW_SECS > now && token->issued_at - OIDC_CHECK_SKEW_SECS <= now &&
	       (token->not_before == INSTANT_NONE || token->not_before - OIDC_CHECK_SKEW_SECS <= now);
}

/* Core section 3.1.3.6: the left half of its hash; SHA-256 for each algorithm here, and for EdDSA the SHA-512 of RFC 8032. */
static bool is_hash_right(const struct oidc_token *token, struct str access_token)
{
	unsigned char hash[DIGEST_SHA512_BYTES];
	size_t half = DIGEST_SHA256_BYTES / 2;
	struct buf text;

	if (token->access_hash.p == NULL || access_token.p == NULL)
		return true;
	if (token->algorithm == OIDC_EDDSA) {
		half = DIGEST_SHA512_BYTES / 2;
		digest_sha512(access_token, hash);
	} else {
		digest_sha256(access_token, hash);
	}
	buf_init(&text, 128);
	base64_url_encode(str_make(hash, half), &text);
	bool ok = str_eq(buf_view(&text), token->access_hash);
	buf_done(&text);
	return ok;
}

enum oidc_problem oidc_check(const struct oidc_token *token, const struct oidc_keys *keys, const struct oidc_expected *expected)
{
	/* Of whom it says to be is looked at first: the keys are that one's. */
	if (!str_eq(token->issuer, expected->issuer))
		return OIDC_TOKEN_ISSUER;
	enum oidc_problem problem = check_signature(token, keys);
	if (problem != OIDC_NONE)
		return problem;
	if (!is_for_us(token, expected->client_id))
		return OIDC_TOKEN_AUDIENCE;
	if (expected->nonce.len == 0 || !str_eq(token->nonce, expected->nonce))
		return OIDC_TOKEN_NONCE;
	if (!is_now(token, expected->now))
		return OIDC_TOKEN_TIME;
	return is_hash_right(token, expected->access_token) ? OIDC_NONE : OIDC_TOKEN_HASH;
}
