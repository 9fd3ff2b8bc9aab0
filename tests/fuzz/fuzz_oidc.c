/* SPDX-License-Identifier: ISC */
/* Any bytes as what a provider of OpenID Connect says: a token, keys, its description, an answer.  No token is believed without
 * a key. */
#include <stdlib.h>

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
	(void)oidc_read_provider(str_make(data, size), &arena, &provider);
	(void)oidc_read_answer(str_make(data, size), &arena, &answer);
	arena_done(&arena);
	return 0;
}
