/* SPDX-License-Identifier: ISC */
/* Any bytes as what a provider of OpenID Connect says: a token, keys, its description, an answer.  No token is believed without
 * a key. */
#include <stdlib.h>

#include "base/base64.h"
#include "base/limits.h"
#include "decode/oidc_read.h"
#include "trust/oidc_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_token(struct str text, const struct oidc_keys *keys, struct arena *arena)
{
	struct oidc_token token;

	if (oidc_read_token(text, STR("groups"), arena, &token) != OIDC_NONE)
		return;
	if (token.subject.len == 0 || token.subject.len > OIDC_SUBJECT_BYTES || token.signature.len == 0 ||
	    token.groups.count > OIDC_GROUPS)
		abort();
	const struct oidc_expected expected = {
	    .issuer = token.issuer, .client_id = STR("mailseal"), .nonce = STR("n"), .now = 1800000000};
	if (oidc_check(&token, keys, &expected) == OIDC_NONE)
		abort();
}

/* As claims of a token that is one in form: the reader of JSON is reached without luck. */
static void read_claims(struct str claims, const struct oidc_keys *keys, struct arena *arena)
{
	struct buf text;

	buf_init(&text, OIDC_TOKEN_BYTES * 2);
	buf_text(&text, "eyJhbGciOiJSUzI1NiJ9."); /* {"alg":"RS256"} */
	base64_url_encode(claims, &text);
	buf_text(&text, ".AAAA");
	if (!text.failed)
		read_token(buf_view(&text), keys, arena);
	buf_done(&text);
}

/* The first line is a token, what follows the keys. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = str_make(data, size), line = str_cut(&rest, '\n');
	struct oidc_provider provider;
	struct oidc_answer answer;
	struct oidc_keys keys = {0};
	struct arena arena;

	arena_init(&arena, MIB(64));
	if (rest.p != NULL && oidc_read_keys(rest, &arena, &keys) && keys.count > OIDC_READ_KEYS)
		abort();
	read_token(line, &keys, &arena);
	read_claims(str_make(data, size), &keys, &arena);
	(void)oidc_read_provider(str_make(data, size), &arena, &provider);
	(void)oidc_read_answer(str_make(data, size), &arena, &answer);
	arena_done(&arena);
	return 0;
}
