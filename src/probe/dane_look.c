/* SPDX-License-Identifier: ISC */
#include "probe/dane_look.h"

#include "sys/digest.h"
#include "sys/tls_look.h"

static bool data_matches(const struct tls_record *record, const struct cert_seen *cert)
{
	struct str bytes = record->selector == TLSA_SPKI ? cert->spki : cert->der;
	unsigned char digest[DIGEST_SHA512_BYTES];

	if (bytes.len == 0)
		return false;
	if (record->matching == TLSA_FULL)
		return str_eq(record->data, bytes);
	if (record->matching == TLSA_SHA512) {
		digest_sha512(bytes, digest);
		return str_eq(record->data, str_make(digest, DIGEST_SHA512_BYTES));
	}
	digest_sha256(bytes, digest);
	return str_eq(record->data, str_make(digest, DIGEST_SHA256_BYTES));
}

/* DANE-EE: the leaf alone; names and dates do not matter (RFC 7672 section 3.1.1).  DANE-TA: the record names a
 * certificate of the chain, and the leaf stands under it, in time and by name (section 3.1.2). */
static bool chain_satisfies(const struct tls_record *record, const struct tls_seen *tls, const struct str *names,
                            size_t name_count)
{
	if (record->usage == TLSA_DANE_EE)
		return tls->chain_count > 0 && data_matches(record, &tls->chain[0]);
	for (size_t i = 1; i < tls->chain_count; i++)
		if (data_matches(record, &tls->chain[i]) &&
		    tls_look_under_anchor(tls->chain, tls->chain_count, i, names, name_count) == 0)
			return true;
	return false;
}

void dane_look(const struct resolve_answer *answer, const struct tls_seen *tls, const struct str *names,
               size_t name_count, struct arena *arena, struct dane_seen *out)
{
	size_t usable = 0, matching = 0;

	*out = (struct dane_seen){.state = DANE_NONE, .is_secure = answer->security == RESOLVE_SECURE, .ttl_secs = answer->ttl_secs};
	if (resolve_may_pass(answer->outcome) || answer->outcome == RESOLVE_BROKEN) {
		out->state = DANE_CANNOT_TELL;
		out->detail = answer->reason;
		return;
	}
	if (answer->outcome != RESOLVE_ANSWER)
		return;
	out->matches = ARENA_ARRAY(arena, answer->count, struct dane_match);
	for (size_t i = 0; i < answer->count; i++) {
		const struct resolve_record *found = &answer->records[i];
		struct dane_match *match = &out->matches[out->match_count++];
		match->record = (struct tls_record){found->usage, found->selector, found->matching, found->data};
		match->fault = tls_record_fault(&match->record);
		if (match->fault != TLSA_USABLE)
			continue;
		usable++;
		match->matches = tls != NULL && chain_satisfies(&match->record, tls, names, name_count);
		matching += match->matches;
	}
	if (!out->is_secure)
		return; /* insecure records are as good as none (RFC 7672 section 2.1.1) */
	if (usable == 0)
		out->state = DANE_ALL_UNUSABLE;
	else if (tls == NULL)
		out->state = DANE_CANNOT_TELL;
	else
		out->state = matching > 0 ? DANE_MATCH : DANE_MISMATCH;
}
