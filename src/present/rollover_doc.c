/* SPDX-License-Identifier: ISC */
#include "present/rollover_doc.h"

#include <assert.h>

#include "present/words.h"

static const char *const codes[] = {
    [ROLLOVER_NONE] = "none",         [ROLLOVER_MAY_BEGIN] = "may-begin", [ROLLOVER_ONE] = "current-only",
    [ROLLOVER_BOTH] = "both",         [ROLLOVER_MISMATCH] = "mismatch",   [ROLLOVER_UNUSABLE] = "unusable",
    [ROLLOVER_CANNOT_TELL] = "cannot-tell",
};
static_assert(COUNT_OF(codes) == ROLLOVER_STATE_COUNT, "one code each");

static struct str minutes(const struct rollover *rollover, struct arena *arena)
{
	uint32_t secs = rollover->ttl_secs == 0 ? 86400 : rollover->ttl_secs;

	/* Two TTLs: a resolver may have asked just before, and a sender keeps what it asked (RFC 7671 section 8.1). */
	return words_count(arena, (2 * (uint64_t)secs + 59) / 60);
}

static const char *verdict(const struct rollover *rollover)
{
	switch (rollover->state) {
	case ROLLOVER_MAY_BEGIN: return tr("no TLSA records, and the DNS is signed: they could be published");
	case ROLLOVER_ONE: return tr("only the key in use is published");
	case ROLLOVER_BOTH: return tr("the key in use and another one are published");
	case ROLLOVER_MISMATCH: return tr("the published records do not name the key in use: senders with DANE refuse to deliver");
	case ROLLOVER_UNUSABLE: return tr("no published record can be used");
	case ROLLOVER_CANNOT_TELL: return tr("could not tell");
	case ROLLOVER_NONE:
	case ROLLOVER_STATE_COUNT: break;
	}
	return tr("no TLSA records that count");
}

static struct str step(const struct rollover *rollover, struct arena *arena)
{
	struct str wait = minutes(rollover, arena);
	struct str record = rollover->next.p != NULL ? rollover->next : STR("3 1 1 ...");

	switch (rollover->state) {
	case ROLLOVER_MAY_BEGIN:
		return WORDS(arena, "Publish {record} for the key in use, and keep it in step with the key from then on.",
		             {"record", rollover->now});
	case ROLLOVER_ONE:
		return WORDS(arena, "Before the key changes publish {record} of the next key beside it, wait {minutes} minutes, and only "
		                    "then put the key into use.", {"record", record}, {"minutes", wait});
	case ROLLOVER_BOTH:
		if (rollover->next_published)
			return WORDS(arena, "The next key is published. When that was {minutes} minutes ago, put it into use.",
			             {"minutes", wait});
		return WORDS(arena, "If the other record is that of the next key, put the key into use {minutes} minutes after it was "
		                    "published; if it is that of the last key, remove it.", {"minutes", wait});
	case ROLLOVER_MISMATCH:
		return WORDS(arena, "Publish {record} now, or put the old key back into use; senders see it within {minutes} minutes.",
		             {"record", rollover->now}, {"minutes", wait});
	case ROLLOVER_UNUSABLE:
		return WORDS(arena, "Publish {record} instead.", {"record", rollover->now.p != NULL ? rollover->now : STR("3 1 1 ...")});
	case ROLLOVER_CANNOT_TELL:
	case ROLLOVER_NONE:
	case ROLLOVER_STATE_COUNT: break;
	}
	return STR_NONE;
}

void rollover_doc(const struct rollover *rollovers, size_t count, struct arena *arena, struct doc *out)
{
	bool has_any = false;

	for (size_t i = 0; i < count; i++)
		has_any = has_any || rollovers[i].state != ROLLOVER_NONE;
	if (!has_any)
		return;
	doc_heading(out, 2, str_of(tr("DANE: the next change of a key")));
	doc_facts(out, false);
	for (size_t i = 0; i < count; i++) {
		struct str advice = step(&rollovers[i], arena);
		char *name = arena_text(arena, rollovers[i].host);
		doc_fact(out, name, str_of(verdict(&rollovers[i])));
		if (advice.p != NULL)
			doc_fact(out, "", advice);
	}
}

void rollover_doc_json(const struct rollover *rollover, struct arena *arena, struct json_out *json)
{
	json_out_object(json, NULL);
	json_out_str(json, "host", rollover->host);
	json_out_str(json, "state", str_of(codes[rollover->state]));
	json_out_uint(json, "matching", rollover->matching);
	json_out_uint(json, "others", rollover->others);
	json_out_uint(json, "ttl", rollover->ttl_secs);
	json_out_str(json, "current_record", rollover->now);
	json_out_str(json, "next_record", rollover->next);
	json_out_bool(json, "next_published", rollover->next_published);
	json_out_str(json, "sentence", str_of(verdict(rollover)));
	json_out_str(json, "step", step(rollover, arena));
	json_out_end(json);
}
