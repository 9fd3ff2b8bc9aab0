/* SPDX-License-Identifier: ISC */
#include "publish/dane_rollover.h"

#include "sys/digest.h"

static struct str record_of(struct str spki, struct arena *arena)
{
	unsigned char digest[DIGEST_SHA256_BYTES];
	char *text = arena_bytes(arena, 6 + (size_t)2 * DIGEST_SHA256_BYTES);
	static const char hex[] = "0123456789abcdef";

	digest_sha256(spki, digest);
	memcpy(text, "3 1 1 ", 6);
	for (size_t i = 0; i < DIGEST_SHA256_BYTES; i++) {
		text[6 + 2 * i] = hex[digest[i] >> 4];
		text[7 + 2 * i] = hex[digest[i] & 15];
	}
	return str_make(text, 6 + (size_t)2 * DIGEST_SHA256_BYTES);
}

static struct str key_in_use(const struct check_mx *mx)
{
	for (size_t i = 0; i < mx->look_count; i++)
		if (mx->looks[i].state == LOOK_OK && mx->looks[i].tls.chain_count > 0)
			return mx->looks[i].tls.chain[0].spki;
	return STR_NONE;
}

static bool is_published(const struct dane_seen *dane, struct str spki)
{
	unsigned char digest[DIGEST_SHA256_BYTES];

	digest_sha256(spki, digest);
	for (size_t i = 0; i < dane->match_count; i++) {
		const struct tls_record *record = &dane->matches[i].record;
		if (dane->matches[i].fault == TLSA_USABLE && record->selector == TLSA_SPKI &&
		    (record->matching == TLSA_FULL ? str_eq(record->data, spki)
		                                   : str_eq(record->data, str_make(digest, DIGEST_SHA256_BYTES))))
			return true;
	}
	return false;
}

static enum rollover_state state_of(const struct check_mx *mx, const struct rollover *rollover)
{
	switch (mx->dane.state) {
	case DANE_NONE:
		return mx->dane.match_count == 0 && mx->dane.is_secure && rollover->now.p != NULL ? ROLLOVER_MAY_BEGIN : ROLLOVER_NONE;
	case DANE_ALL_UNUSABLE: return ROLLOVER_UNUSABLE;
	case DANE_MATCH: return rollover->others > 0 ? ROLLOVER_BOTH : ROLLOVER_ONE;
	case DANE_MISMATCH: return ROLLOVER_MISMATCH;
	case DANE_CANNOT_TELL:
	case DANE_STATE_COUNT: break;
	}
	return ROLLOVER_CANNOT_TELL;
}

static enum tlsa_standing standing_of(const struct dane_match *match, bool is_seen, size_t matching)
{
	if (match->fault != TLSA_USABLE)
		return TLSA_STANDS_UNUSABLE;
	if (match->matches)
		return TLSA_STANDS_MATCH;
	return !is_seen ? TLSA_STANDS_UNKNOWN : matching > 0 ? TLSA_STANDS_SPARE : TLSA_STANDS_MISMATCH;
}

static void put_records(const struct check_mx *mx, bool is_seen, struct arena *arena, struct rollover *out)
{
	const struct dane_seen *dane = &mx->dane;
	bool is_told = dane->state != DANE_CANNOT_TELL || dane->match_count > 0 || dane->is_secure;

	out->zone = !is_told ? CHECK_CANNOT_TELL : dane->is_secure ? CHECK_OK : CHECK_NONE;
	out->detail = dane->detail.len > 0 ? dane->detail : STR_NONE;
	out->records = ARENA_ARRAY(arena, dane->match_count + 1, struct rollover_record);
	for (size_t i = 0; i < dane->match_count; i++)
		out->records[out->record_count++] =
		    (struct rollover_record){&dane->matches[i], standing_of(&dane->matches[i], is_seen, out->matching)};
}

void dane_rollover(const struct check_mx *mx, struct str next_spki, struct arena *arena,
                   struct rollover *out)
{
	struct rollover rollover = {.host = mx->host, .ttl_secs = mx->dane.ttl_secs};
	struct str spki = key_in_use(mx);

	for (size_t i = 0; i < mx->dane.match_count; i++) {
		const struct dane_match *match = &mx->dane.matches[i];
		rollover.matching += match->matches;
		rollover.others += match->fault == TLSA_USABLE && !match->matches;
	}
	if (spki.len > 0)
		rollover.now = record_of(spki, arena);
	if (next_spki.len > 0) {
		rollover.next = record_of(next_spki, arena);
		rollover.next_published = is_published(&mx->dane, next_spki);
	}
	put_records(mx, spki.len > 0, arena, &rollover);
	rollover.state = state_of(mx, &rollover);
	*out = rollover;
}
