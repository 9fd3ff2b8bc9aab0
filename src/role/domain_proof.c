/* SPDX-License-Identifier: ISC */
#include "role/domain_proof.h"

static void ask(struct resolve *resolve, const char *prefix, struct str name, struct arena *arena, struct resolve_answer *out)
{
	struct str full = str_of(arena_format(arena, "%s%.*s", prefix, STR_ARGS(name)));
	resolve_ask(resolve, full, RESOLVE_TXT, resolve_deadline(resolve), arena, out);
}

/* A whole word of the record: nothing that goes on behind it. */
static bool names(struct str record, const char *word)
{
	size_t at = str_find(record, str_of(word));
	struct str rest = str_from(record, at + strlen(word));
	return at < record.len && (rest.len == 0 || !(byte_is_alpha(rest.p[0]) || byte_is_digit(rest.p[0])));
}

static bool has_record(const struct resolve_answer *answer, const char *begin, const char *word)
{
	for (size_t i = 0; answer->outcome == RESOLVE_ANSWER && i < answer->count; i++) {
		struct str text = answer->records[i].text;
		if (str_starts_with(text, str_of(begin)) && names(text, word))
			return true;
	}
	return false;
}

static bool names_address(const struct resolve_answer *record, struct str token, struct str host, struct arena *arena)
{
	return token.len > 0 &&
	       (has_record(record, "v=TLSRPTv1", arena_format(arena, "mailto:tls-%.*s@%.*s", STR_ARGS(token), STR_ARGS(host))) ||
	        has_record(record, "v=TLSRPTv1", arena_format(arena, "/report/%.*s", STR_ARGS(token))));
}

struct domain_proof_wish domain_proof_wish_of(const struct domain_row *row, struct str host)
{
	return (struct domain_proof_wish){.domain = row->name, .nonce = row->nonce, .token = row->token,
	                                  .tenant_token = row->tenant_token, .host = host};
}

void domain_proof_find(struct resolve *resolve, const struct domain_proof_wish *wish, struct arena *arena,
                       struct domain_proof_found *out)
{
	struct resolve_answer txt, record;

	*out = (struct domain_proof_found){.proof = DOMAIN_PROVEN_NONCE};
	ask(resolve, "_mailseal.", wish->domain, arena, &txt);
	if (has_record(&txt, "mailseal-verification=", arena_format(arena, "mailseal-verification=%.*s", STR_ARGS(wish->nonce))))
		return;
	out->proof = DOMAIN_PROVEN_RECORD;
	ask(resolve, "_smtp._tls.", wish->domain, arena, &record);
	if (names_address(&record, wish->token, wish->host, arena) || names_address(&record, wish->tenant_token, wish->host, arena))
		return;
	out->proof = DOMAIN_UNPROVEN;
	out->is_in_trouble = resolve_may_pass(txt.outcome) || resolve_may_pass(record.outcome);
}
