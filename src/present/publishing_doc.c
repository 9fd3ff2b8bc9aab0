/* SPDX-License-Identifier: ISC */
#include "present/publishing_doc.h"

#include <assert.h>

#include "present/changes_json.h"
#include "present/words.h"

static const char *const doubt_codes[] = {
    [DOUBT_MX_NOT_LISTED] = "mx-not-listed", [DOUBT_MX_TLS] = "mx-tls", [DOUBT_MX_UNKNOWN] = "mx-unknown",
    [DOUBT_REFUSED] = "would-be-refused",    [DOUBT_CACHED] = "cached", [DOUBT_RECORD_THERE] = "record-there",
    [DOUBT_RECORD_UNKNOWN] = "record-unknown"};
static_assert(COUNT_OF(doubt_codes) == DOUBT_COUNT, "one code each");

static const char *const next_codes[] = {
    [NEXT_TLS_RPT] = "tls-rpt", [NEXT_HOST] = "policy-host", [NEXT_RECORD] = "record", [NEXT_CHECK] = "check",
    [NEXT_TESTING] = "testing", [NEXT_ENFORCE] = "enforce",  [NEXT_LEAVE] = "leave"};
static_assert(COUNT_OF(next_codes) == NEXT_COUNT, "one code each");

const char *publishing_doc_flag(enum publishing_doubt doubt)
{
	switch (publishing_overrule(doubt)) {
	case PUBLISHED_OVER_MX: return "--despite-servers";
	case PUBLISHED_OVER_REFUSED: return "--despite-refused";
	default: return "--despite-cached";
	}
}

const char *publishing_doc_word(enum publishing_doubt doubt)
{
	return publishing_doc_flag(doubt) + sizeof "--despite-" - 1;
}

struct str publishing_doc_age(uint64_t secs, struct arena *arena)
{
	if (secs >= SECS_PER_DAY && secs % SECS_PER_DAY == 0) {
		uint64_t days = secs / SECS_PER_DAY;
		return WORDS_N(arena, days, "one day", "{count} days", {"count", words_count(arena, days)});
	}
	return WORDS_N(arena, secs, "one second", "{count} seconds", {"count", words_count(arena, secs)});
}

struct str publishing_doc_reason(const struct publishing_reason *reason, struct arena *arena)
{
	switch (reason->doubt) {
	case DOUBT_MX_NOT_LISTED:
		return WORDS(arena, "The policy does not list {host}, which takes mail now: senders would refuse to deliver there.",
		             {"host", reason->subject});
	case DOUBT_MX_TLS:
		return WORDS(arena, "{host} has no valid TLS now: senders would refuse to deliver there.", {"host", reason->subject});
	case DOUBT_MX_UNKNOWN:
		return str_of(tr("Not all mail servers could be looked at, so nobody knows whether senders would deliver there."));
	case DOUBT_REFUSED:
		return WORDS(arena, "Of the {all} sessions that were reported lately, {count} would have been refused.",
		             {"all", words_count(arena, reason->sessions)}, {"count", words_count(arena, reason->refused)});
	case DOUBT_CACHED:
		return WORDS(arena, "Until {time} senders may hold a policy other than none: without a file they go on with it.",
		             {"time", words_instant(arena, reason->until)});
	case DOUBT_RECORD_THERE: return str_of(tr("The TXT record still stands: senders would look for a file that is missing."));
	case DOUBT_RECORD_UNKNOWN:
		return str_of(tr("Nobody knows whether the TXT record is gone, because the DNS was not asked lately or gave no answer: senders may look "
		                 "for a file that is missing."));
	case DOUBT_COUNT: break;
	}
	return STR_NONE;
}

static struct str next_text(const struct publishing *publishing, enum publishing_next next, struct arena *arena)
{
	struct str domain = publishing->now.domain;

	switch (next) {
	case NEXT_TLS_RPT:
		return str_of(tr("Publish a TLS-RPT record too: without reports nobody knows what a policy refuses."));
	case NEXT_HOST:
		return WORDS(arena, "Let mta-sts.{domain} lead to this server, with a certificate: from outside another answer is seen "
		                    "there now, or none.", {"domain", domain});
	case NEXT_RECORD: return str_of(tr("Set the TXT record below. Senders fetch the policy when its id changes."));
	case NEXT_CHECK:
		return WORDS(arena, "See with {command} that record and file are seen from outside.",
		             {"command", str_of(arena_format(arena, "'mailseal policy check %.*s'", STR_ARGS(domain)))});
	case NEXT_TESTING:
		return WORDS(arena, "Testing refuses no mail. {command} says from the reports when enforce is next.",
		             {"command", str_of(arena_format(arena, "'mailseal policy advise %.*s'", STR_ARGS(domain)))});
	case NEXT_ENFORCE:
		return WORDS(arena, "{command} leads back to testing at any time.",
		             {"command", str_of(arena_format(arena, "'mailseal policy publish %.*s --retreat'", STR_ARGS(domain)))});
	case NEXT_LEAVE:
		return WORDS(arena, "Leave both as they are until {time}. Then remove the TXT record, and take the file down with {command}.",
		             {"time", words_instant(arena, publishing->leave_until)},
		             {"command", str_of(arena_format(arena, "'mailseal policy publish %.*s --take-down'", STR_ARGS(domain)))});
	case NEXT_COUNT: break;
	}
	return STR_NONE;
}

static struct str policy_text(const struct published *one, struct arena *arena)
{
	if (!published_is_up(one))
		return str_of(tr("none"));
	return WORDS(arena, "mode {mode}, max_age {age}, id {id}", {"mode", str_of(sts_mode_text(one->policy.mode))},
	             {"age", publishing_doc_age(one->policy.max_age_secs, arena)}, {"id", one->id});
}

static void put_refusal(const struct publishing *publishing, struct arena *arena, struct doc *out)
{
	doc_verdict(out, TONE_FAIL, tr("Not published"),
	            WORDS(arena, "Nothing was changed for {domain}.", {"domain", publishing->now.domain}));
	for (size_t i = 0; i < publishing->reason_count; i++) {
		const struct publishing_reason *reason = &publishing->reasons[i];
		doc_note(out, TONE_FAIL, tr("problem"), publishing_doc_reason(reason, arena));
		if (i + 1 == publishing->reason_count ||
		    publishing_overrule(publishing->reasons[i + 1].doubt) != publishing_overrule(reason->doubt))
			doc_sentence(out, WORDS(arena, "If it is to be published all the same, say {flag} too.",
			                        {"flag", str_of(publishing_doc_flag(reason->doubt))}));
	}
}

void publishing_doc(const struct publishing *publishing, struct arena *arena, struct doc *out)
{
	const struct published *now = &publishing->now;

	doc_init(out, arena, WORDS(arena, "The MTA-STS policy of {domain}", {"domain", now->domain}));
	if (publishing->reason_count > 0) {
		put_refusal(publishing, arena, out);
		return;
	}
	if (publishing->is_done)
		doc_verdict(out, TONE_OK, tr("Published"),
		            published_is_up(now) ? str_of(tr("The file is served here from now on."))
		                                 : str_of(tr("The file is taken down.")));
	else
		doc_verdict(out, TONE_NONE, tr("Not published"), str_of(tr("This is what would be served.")));
	doc_facts(out, false);
	doc_fact(out, tr("Before"), policy_text(&publishing->was, arena));
	doc_fact(out, tr("Now"), policy_text(now, arena));
	if (published_is_up(now))
		doc_code(out, now->text);
	doc_heading(out, 2, str_of(tr("What comes next")));
	for (size_t i = 0; i < publishing->next_count; i++)
		doc_item(out, next_text(publishing, publishing->next[i], arena));
	if (publishing->record_text.p != NULL)
		doc_code(out, publishing->record_text);
}

void publishing_doc_policy_json(const struct published *one, const char *key, struct json_out *json)
{
	if (one->n == 0 && one->id.p == NULL && one->text.p == NULL) {
		json_out_null(json, key);
		return;
	}
	json_out_object(json, key);
	json_out_str(json, "id", one->id);
	json_out_bool(json, "served", one->text.len > 0);
	json_out_str(json, "mode", str_of(sts_mode_text(one->policy.mode)));
	json_out_uint(json, "max_age", one->policy.max_age_secs);
	json_out_list(json, "mx");
	for (size_t i = 0; i < one->policy.mx.count; i++)
		json_out_str(json, NULL, one->policy.mx.items[i]);
	json_out_end(json);
	json_out_str(json, "text", one->text);
	json_out_str(json, "who", one->who);
	json_out_instant(json, "at", one->at);
	json_out_uint(json, "wave", (uint64_t)one->wave);
	json_out_list(json, "overruled");
	for (unsigned doubt = 0; doubt < DOUBT_COUNT; doubt++) {
		bool is_first = doubt == 0 || publishing_overrule((enum publishing_doubt)doubt) !=
		                                  publishing_overrule((enum publishing_doubt)(doubt - 1));
		if (is_first && (one->overruled & publishing_overrule((enum publishing_doubt)doubt)) != 0)
			json_out_str(json, NULL, str_of(publishing_doc_flag((enum publishing_doubt)doubt)));
	}
	json_out_end(json);
	json_out_end(json);
}

static void put_changes(const struct publishing *publishing, struct arena *arena, struct json_out *json)
{
	size_t was_count, now_count, n;
	struct str *was = line_diff_split(publishing->was.text, arena, &was_count);
	struct str *now = line_diff_split(publishing->now.text, arena, &now_count);
	struct line_change *changes = line_diff(was, was_count, now, now_count, arena, &n);

	changes_json("changes", changes, n, json);
}

void publishing_doc_json(const struct publishing *publishing, struct arena *arena, struct json_out *json)
{
	json_out_object(json, NULL);
	json_out_str(json, "domain", publishing->now.domain);
	json_out_bool(json, "published", publishing->is_done);
	publishing_doc_policy_json(&publishing->was, "before", json);
	publishing_doc_policy_json(&publishing->now, "policy", json);
	json_out_list(json, "refused_because");
	for (size_t i = 0; i < publishing->reason_count; i++) {
		const struct publishing_reason *reason = &publishing->reasons[i];
		json_out_object(json, NULL);
		json_out_str(json, "code", str_of(doubt_codes[reason->doubt]));
		json_out_str(json, "subject", reason->subject);
		json_out_str(json, "sentence", publishing_doc_reason(reason, arena));
		json_out_str(json, "overruled_by", str_of(publishing_doc_flag(reason->doubt)));
		json_out_str(json, "overrule", str_of(publishing_doc_word(reason->doubt)));
		json_out_end(json);
	}
	json_out_end(json);
	put_changes(publishing, arena, json);
	if (publishing->record_value.p == NULL) {
		json_out_null(json, "record");
	} else {
		json_out_object(json, "record");
		json_out_str(json, "name", publishing->record_name);
		json_out_str(json, "type", STR("TXT"));
		json_out_uint(json, "ttl", publishing->record_ttl_secs);
		json_out_str(json, "value", publishing->record_value);
		json_out_str(json, "formatted", publishing->record_text);
		json_out_end(json);
	}
	json_out_list(json, "next");
	for (size_t i = 0; i < publishing->next_count; i++) {
		json_out_object(json, NULL);
		json_out_str(json, "code", str_of(next_codes[publishing->next[i]]));
		json_out_str(json, "sentence", next_text(publishing, publishing->next[i], arena));
		json_out_end(json);
	}
	json_out_end(json);
	json_out_end(json);
}

/* --- history --- */

static const struct doc_column history_columns[] = {
    {"Time", "at", COLUMN_TEXT, 0, NULL},           {"Mode", "mode", COLUMN_TEXT, 0, NULL},
    {"max_age", "max_age", COLUMN_TEXT, 2, NULL},   {"Mail servers", "mx", COLUMN_CODE, 4, NULL},
    {"Id", "id", COLUMN_CODE, 0, NULL},             {"By", "who", COLUMN_TEXT, 3, NULL},
    {"Overruled", "overruled", COLUMN_TEXT, 5, NULL},
};

static struct str overruled_text(unsigned overruled, struct arena *arena)
{
	return str_of(arena_format(arena, "%s%s%s", (overruled & PUBLISHED_OVER_MX) != 0 ? "--despite-servers " : "",
	                           (overruled & PUBLISHED_OVER_REFUSED) != 0 ? "--despite-refused " : "",
	                           (overruled & PUBLISHED_OVER_CACHED) != 0 ? "--despite-cached" : ""));
}

void publishing_doc_history(const struct published_list *history, struct arena *arena, struct doc *out)
{
	doc_heading(out, 2, str_of(tr("Published here")));
	if (history->count == 0) {
		doc_sentence(out, str_of(tr("No policy was ever published here.")));
		return;
	}
	struct doc_table *table = doc_table(out, str_of(tr("Published here")), history_columns, COUNT_OF(history_columns));
	for (size_t i = 0; i < history->count; i++) {
		const struct published *one = &history->rows[i];
		struct doc_cell *cells = doc_row(table, 0);
		cells[0] = doc_cell_instant(arena, one->at);
		cells[1] = published_is_up(one) ? doc_cell(str_of(sts_mode_text(one->policy.mode))) : doc_cell(str_of(tr("taken down")));
		cells[2] = doc_cell(publishing_doc_age(one->policy.max_age_secs, arena));
		cells[3] = doc_cell(words_list(arena, one->policy.mx.items, one->policy.mx.count, 3));
		cells[4] = doc_cell(one->id);
		cells[5] = doc_cell(one->who);
		cells[6] = doc_cell(overruled_text(one->overruled, arena));
	}
}

void publishing_doc_history_json(const struct published_list *history, struct json_out *json)
{
	json_out_list(json, "published");
	for (size_t i = 0; i < history->count; i++)
		publishing_doc_policy_json(&history->rows[i], NULL, json);
	json_out_end(json);
}
