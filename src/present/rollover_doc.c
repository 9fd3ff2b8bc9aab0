/* SPDX-License-Identifier: ISC */
#include "present/rollover_doc.h"

#include <assert.h>

#include "base/limits.h"
#include "present/words.h"

static const char *const codes[] = {
    [ROLLOVER_NONE] = "none",         [ROLLOVER_MAY_BEGIN] = "may-begin", [ROLLOVER_ONE] = "current-only",
    [ROLLOVER_BOTH] = "both",         [ROLLOVER_MISMATCH] = "mismatch",   [ROLLOVER_UNUSABLE] = "unusable",
    [ROLLOVER_CANNOT_TELL] = "cannot-tell",
};
static_assert(COUNT_OF(codes) == ROLLOVER_STATE_COUNT, "one code each");

static const char *const standings[] = {
    [TLSA_STANDS_MATCH] = "match",       [TLSA_STANDS_SPARE] = "spare",          [TLSA_STANDS_MISMATCH] = "mismatch",
    [TLSA_STANDS_UNUSABLE] = "unusable", [TLSA_STANDS_UNKNOWN] = "cannot-tell",
};
static_assert(COUNT_OF(standings) == TLSA_STANDS_COUNT, "one code each");

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

static const char *unusable_text(enum tlsa_fault fault)
{
	switch (fault) {
	case TLSA_USAGE_PKIX: return tr("Usages 0 and 1 are not for SMTP; senders may ignore the record.");
	case TLSA_USAGE_UNKNOWN: return tr("The usage is not known; senders ignore the record.");
	case TLSA_SELECTOR_UNKNOWN: return tr("The selector is not known; senders ignore the record.");
	case TLSA_MATCHING_UNKNOWN: return tr("The matching type is not known; senders ignore the record.");
	case TLSA_DIGEST_LENGTH: return tr("The digest has the wrong length; senders ignore the record.");
	case TLSA_DATA_EMPTY: return tr("The record holds no data; senders ignore it.");
	case TLSA_USABLE:
	case TLSA_FAULT_COUNT: break;
	}
	return "";
}

static const char *standing_text(const struct rollover_record *record)
{
	switch (record->standing) {
	case TLSA_STANDS_MATCH: return tr("It matches the certificate that the server shows.");
	case TLSA_STANDS_SPARE: return tr("It matches nothing that the server shows: the next key, or the last one.");
	case TLSA_STANDS_MISMATCH: return tr("It does not match the certificate that the server shows.");
	case TLSA_STANDS_UNKNOWN: return tr("The server could not be looked at, so nobody knows whether it matches.");
	case TLSA_STANDS_UNUSABLE:
	case TLSA_STANDS_COUNT: break;
	}
	return unusable_text(record->match->fault);
}

static const char *zone_text(const struct rollover *rollover)
{
	switch (rollover->zone) {
	case CHECK_OK: return tr("signed");
	case CHECK_NONE: return tr("not signed");
	default: return tr("could not check");
	}
}

static const struct doc_column record_columns[] = {
    {"Server", "host", COLUMN_CODE, 0, NULL},
    {"Record", "record", COLUMN_CODE, 0, "Usage, selector, matching type and the first digits of the data."},
    {"It says", "standing", COLUMN_TEXT, 0, NULL},
    {"DNSSEC", "zone", COLUMN_TEXT, 1, "Senders ignore TLSA records that are not signed."},
};

#define DATA_SHOWN 22 /* "3 1 1 " and 16 digits */

static struct str record_text(const struct rollover_record *record, struct arena *arena)
{
	struct buf text;

	buf_init(&text, KIB(256));
	tls_record_write(&record->match->record, &text);
	struct str out = arena_str(arena, buf_view(&text));
	buf_done(&text);
	return out;
}

static void put_records(const struct rollover *rollovers, size_t count, struct arena *arena, struct doc *out)
{
	struct doc_table *table = doc_table(out, str_of(tr("TLSA records")), record_columns, COUNT_OF(record_columns));

	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < rollovers[i].record_count; j++) {
			const struct rollover_record *record = &rollovers[i].records[j];
			struct str text = record_text(record, arena);
			struct doc_cell *cells = doc_row(table, 0);
			cells[0] = doc_cell(rollovers[i].host);
			cells[1] = doc_cell(text.len <= DATA_SHOWN ? text : str_of(arena_format(arena, "%.*s...", DATA_SHOWN, text.p)));
			cells[1].raw = text;
			cells[2] = doc_cell(str_of(standing_text(record)));
			cells[3] = doc_cell(str_of(zone_text(&rollovers[i])));
		}
	}
}

void rollover_doc(const struct rollover *rollovers, size_t count, struct arena *arena, struct doc *out)
{
	bool has_any = false, has_records = false;

	for (size_t i = 0; i < count; i++) {
		has_any = has_any || rollovers[i].state != ROLLOVER_NONE;
		has_records = has_records || rollovers[i].record_count > 0;
	}
	if (has_records) {
		doc_heading(out, 2, str_of(tr("TLSA records")));
		put_records(rollovers, count, arena, out);
	}
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

static void put_record_json(const struct rollover_record *record, struct arena *arena, struct json_out *json)
{
	const struct tls_record *tlsa = &record->match->record;
	struct str text = record_text(record, arena), data = text;

	for (unsigned i = 0; i < 3; i++)
		(void)str_cut(&data, ' ');
	json_out_object(json, NULL);
	json_out_str(json, "record", text);
	json_out_uint(json, "usage", tlsa->usage);
	json_out_uint(json, "selector", tlsa->selector);
	json_out_uint(json, "matching_type", tlsa->matching);
	json_out_str(json, "data", data.p == NULL ? STR("") : data);
	json_out_bool(json, "usable", record->match->fault == TLSA_USABLE);
	json_out_str(json, "standing", str_of(standings[record->standing]));
	json_out_str(json, "sentence", str_of(standing_text(record)));
	json_out_end(json);
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
	if (rollover->zone == CHECK_CANNOT_TELL)
		json_out_null(json, "secure");
	else
		json_out_bool(json, "secure", rollover->zone == CHECK_OK);
	json_out_str(json, "detail", rollover->detail);
	json_out_list(json, "records");
	for (size_t i = 0; i < rollover->record_count; i++)
		put_record_json(&rollover->records[i], arena, json);
	json_out_end(json);
	json_out_end(json);
}
