/* SPDX-License-Identifier: ISC */
#include "present/rollout_doc.h"

#include <assert.h>

#include "base/limits.h"
#include "present/words.h"

/* --- the way in --- */

static struct str rung_name(const struct advice_page *page, unsigned rung, struct arena *arena)
{
	switch (rung) {
	case 1: return str_of(tr("testing, max_age one day"));
	case 2:
		return WORDS_N(arena, page->rungs[1].days, "{count} day of testing without refusals", "{count} days of testing without refusals",
		               {"count", words_count(arena, page->rungs[1].days)});
	case 3: return str_of(tr("enforce, max_age one day"));
	case 4: return str_of(tr("enforce, max_age 7 days"));
	default: return str_of(tr("enforce, max_age 30 days or more"));
	}
}

/* With how long to stay there; the days of testing stand in the name. */
static struct str rung_text(const struct advice_page *page, unsigned rung, struct arena *arena)
{
	struct str name = rung_name(page, rung, arena);
	uint64_t days = rung == 2 ? 0 : page->rungs[rung - 1].days;

	return days == 0 ? name
	                 : WORDS_N(arena, days, "{step}, for {count} day", "{step}, for {count} days", {"step", name},
	                           {"count", words_count(arena, days)});
}

static struct str blocking_text(const struct advice_page *page, enum advice_matter matter, struct arena *arena)
{
	const struct advice_facts *facts = &page->facts;

	switch (matter) {
	case ADVICE_TLS_RPT: return str_of(tr("The TLS-RPT record is missing or not in order."));
	case ADVICE_POLICY: return str_of(tr("The MTA-STS record or the policy file cannot be used."));
	case ADVICE_POLICY_HOST: return str_of(tr("The certificate of the policy host has run out."));
	case ADVICE_ID:
		return WORDS(arena, "The TXT record does not have the id of the policy that is served here: {id}.", {"id", page->served_id});
	case ADVICE_MX_LISTED:
		return WORDS(arena, "The policy does not list {count} of {all} mail servers.",
		             {"count", words_count(arena, facts->mx_unlisted)}, {"all", words_count(arena, facts->mx_count)});
	case ADVICE_MX_TLS:
		return WORDS(arena, "Mail servers without STARTTLS and a valid certificate: {count} of {all}.",
		             {"count", words_count(arena, facts->mx_bad)}, {"all", words_count(arena, facts->mx_count)});
	case ADVICE_DAYS:
		return WORDS(arena, "Of {least} days with reports of this mode there are {days}.",
		             {"least", words_count(arena, page->limits.days)}, {"days", words_count(arena, facts->mode_days)});
	case ADVICE_REFUSALS:
		return WORDS(arena, "Failed sessions that enforce refuses: {count}, and {most} are accepted.",
		             {"count", words_count(arena, facts->refused)}, {"most", words_count(arena, page->limits.refused)});
	default: return advice_doc_matter(page, matter, arena);
	}
}

static struct str reason_text(const struct advice_page *page, enum advice_matter matter, struct arena *arena)
{
	return page->advice.states[matter] == ADVICE_UNKNOWN
	           ? WORDS(arena, "This could not be told: {matter}", {"matter", advice_doc_matter(page, matter, arena)})
	           : blocking_text(page, matter, arena);
}

/* Why the next step is not to be made yet. */
static size_t reasons_of(const struct advice_page *page, struct arena *arena, struct str out[ADVICE_MATTER_COUNT + 1])
{
	const struct advice_next *next = &page->advice.next;
	size_t n = 0;

	for (unsigned i = 0; i < ADVICE_MATTER_COUNT; i++)
		if ((next->needs & 1u << i) != 0)
			out[n++] = reason_text(page, (enum advice_matter)i, arena);
	if (next->from != INSTANT_NONE)
		out[n++] = WORDS(arena, "The last step is too young: wait until {time}.", {"time", words_instant(arena, next->from)});
	return n;
}

static void put_way(const struct advice_page *page, struct arena *arena, struct doc *doc)
{
	struct buf out;

	buf_init(&out, KIB(4));
	for (unsigned i = 1; i <= ADVICE_RUNGS; i++) {
		buf_format(&out, "%s%u ", i > 1 ? "; " : "", i);
		buf_str(&out, rung_text(page, i, arena));
	}
	struct str steps = arena_str(arena, buf_view(&out));
	buf_done(&out);
	doc_sub(doc, page->advice.rung == 0 ? WORDS(arena, "The way: {steps}.", {"steps", steps})
	                                    : WORDS(arena, "The way: {steps}. This domain is at {step}.", {"steps", steps},
	                                            {"step", words_count(arena, page->advice.rung)}));
}

void rollout_doc(const struct advice_page *page, struct arena *arena, struct doc *doc)
{
	const struct advice_next *next = &page->advice.next;
	struct str reasons[ADVICE_MATTER_COUNT + 1];

	put_way(page, arena, doc);
	if (next->rung == 0 || next->is_ready)
		return;
	size_t n = reasons_of(page, arena, reasons);
	doc_sub(doc, WORDS(arena, "It is not time for step {step} yet:", {"step", words_count(arena, next->rung)}));
	for (size_t i = 0; i < n; i++)
		doc_item(doc, reasons[i]);
}

static void next_json(const struct advice_page *page, struct arena *arena, struct json_out *json)
{
	const struct advice_next *next = &page->advice.next;
	struct str reasons[ADVICE_MATTER_COUNT + 1];

	if (next->rung == 0) {
		json_out_null(json, "next");
		return;
	}
	size_t n = reasons_of(page, arena, reasons);
	json_out_object(json, "next");
	json_out_uint(json, "step", next->rung);
	json_out_str(json, "mode", str_of(sts_mode_text(page->rungs[next->rung - 1].mode)));
	json_out_uint(json, "max_age", page->rungs[next->rung - 1].max_age_secs);
	json_out_bool(json, "back", next->is_back);
	json_out_bool(json, "ready", next->is_ready);
	json_out_instant(json, "not_before", next->from);
	json_out_list(json, "reasons");
	for (size_t i = 0; i < n; i++)
		json_out_str(json, NULL, reasons[i]);
	json_out_end(json);
	json_out_end(json);
}

static void ladder_json(const struct advice_page *page, struct arena *arena, struct json_out *json)
{
	json_out_object(json, "ladder");
	json_out_uint(json, "here", page->advice.rung);
	json_out_list(json, "steps");
	for (unsigned i = 1; i <= ADVICE_RUNGS; i++) {
		unsigned here = page->advice.rung;
		json_out_object(json, NULL);
		json_out_uint(json, "step", i);
		json_out_str(json, "mode", str_of(sts_mode_text(page->rungs[i - 1].mode)));
		json_out_uint(json, "max_age", page->rungs[i - 1].max_age_secs);
		json_out_uint(json, "days", page->rungs[i - 1].days);
		json_out_str(json, "state", i < here ? STR("done") : i == here ? STR("here") : STR("ahead"));
		json_out_str(json, "sentence", rung_text(page, i, arena));
		json_out_end(json);
	}
	json_out_end(json);
	next_json(page, arena, json);
	json_out_end(json);
}

/* --- the way out --- */

static const char *const leaving_codes[] = {
    [LEAVING_MODE_NONE] = "mode-none", [LEAVING_RECORD] = "record", [LEAVING_FILE] = "file"};
static_assert(COUNT_OF(leaving_codes) == LEAVING_STEP_COUNT, "one code each");

static const char *const leaving_states[] = {
    [LEAVING_AHEAD] = "ahead", [LEAVING_NOW] = "now", [LEAVING_DONE] = "done", [LEAVING_UNKNOWN] = "cannot-tell"};
static_assert(COUNT_OF(leaving_states) == LEAVING_STATE_COUNT, "one code each");

/* Begun days count: who waits for fewer is too early. */
static uint64_t days_left(const struct advice_page *page)
{
	instant until = page->advice.leaving.until, now = page->facts.now;

	return until == INSTANT_NONE || until <= now ? 0 : (uint64_t)(until - now + SECS_PER_DAY - 1) / SECS_PER_DAY;
}

static struct str mode_none_text(const struct advice_page *page, struct arena *arena)
{
	const struct leaving *leaving = &page->advice.leaving;
	uint64_t days = days_left(page);
	struct str count = words_count(arena, days);

	switch (leaving->states[LEAVING_MODE_NONE]) {
	case LEAVING_NOW:
		return WORDS_N(arena, days, "Senders may hold an older policy until {time}: {count} day left.",
		               "Senders may hold an older policy until {time}: {count} days left.",
		               {"time", words_instant(arena, leaving->until)}, {"count", count});
	case LEAVING_DONE: return str_of(tr("No sender can hold an older policy any more."));
	case LEAVING_UNKNOWN: return str_of(tr("Which policy there is could not be checked."));
	case LEAVING_AHEAD:
	case LEAVING_STATE_COUNT: break;
	}
	return WORDS_N(arena, days, "Publish mode none. Senders may hold the policy of today for {count} day from then on.",
	               "Publish mode none. Senders may hold the policy of today for {count} days from then on.", {"count", count});
}

static struct str record_text(const struct advice_page *page, struct arena *arena)
{
	struct str name = str_of(arena_format(arena, "_mta-sts.%.*s", STR_ARGS(page->domain)));

	switch (page->advice.leaving.states[LEAVING_RECORD]) {
	case LEAVING_NOW: return WORDS(arena, "Remove the TXT record at {name} now.", {"name", name});
	case LEAVING_DONE: return WORDS(arena, "There is no TXT record at {name}.", {"name", name});
	case LEAVING_UNKNOWN: return WORDS(arena, "Whether the TXT record at {name} is gone could not be checked.", {"name", name});
	case LEAVING_AHEAD:
	case LEAVING_STATE_COUNT: break;
	}
	return WORDS(arena, "Then remove the TXT record at {name}.", {"name", name});
}

static struct str file_text(const struct advice_page *page)
{
	switch (page->advice.leaving.states[LEAVING_FILE]) {
	case LEAVING_NOW: return str_of(tr("Take the policy file down now."));
	case LEAVING_DONE: return str_of(tr("There is no policy file."));
	case LEAVING_UNKNOWN: return str_of(tr("Whether the policy file is gone could not be checked."));
	case LEAVING_AHEAD:
	case LEAVING_STATE_COUNT: break;
	}
	return str_of(tr("At the end take the policy file down."));
}

static struct str leaving_text(const struct advice_page *page, enum leaving_step step, struct arena *arena)
{
	switch (step) {
	case LEAVING_MODE_NONE: return mode_none_text(page, arena);
	case LEAVING_RECORD: return record_text(page, arena);
	case LEAVING_FILE:
	case LEAVING_STEP_COUNT: break;
	}
	return file_text(page);
}

static const struct doc_column leaving_columns[] = {
    {"State", "state", COLUMN_TEXT, 0, NULL}, {"Step", "step", COLUMN_TEXT, 0, NULL}};

void rollout_doc_leaving(const struct advice_page *page, struct arena *arena, struct doc *doc)
{
	const struct {
		enum doc_tone tone;
		const char *word;
	} looks[] = {[LEAVING_AHEAD] = {TONE_NONE, tr("later")}, [LEAVING_NOW] = {TONE_TEST, tr("now")},
	             [LEAVING_DONE] = {TONE_OK, tr("done")}, [LEAVING_UNKNOWN] = {TONE_WARN, tr("could not check")}};

	if (!page->advice.leaving.is_begun)
		return;
	doc_heading(doc, 2, str_of(tr("Leaving MTA-STS")));
	struct doc_table *table = doc_table(doc, str_of(tr("Leaving MTA-STS")), leaving_columns, COUNT_OF(leaving_columns));
	for (unsigned i = 0; i < LEAVING_STEP_COUNT; i++) {
		enum leaving_state state = page->advice.leaving.states[i];
		struct doc_cell *cells = doc_row(table, 0);
		cells[0] = doc_cell_badge(looks[state].tone, looks[state].word);
		cells[1] = doc_cell(leaving_text(page, (enum leaving_step)i, arena));
	}
}

static void leaving_json(const struct advice_page *page, struct arena *arena, struct json_out *json)
{
	const struct leaving *leaving = &page->advice.leaving;

	json_out_object(json, "leaving");
	json_out_bool(json, "has_policy", leaving->has_policy);
	json_out_bool(json, "begun", leaving->is_begun);
	json_out_uint(json, "here", leaving->here);
	json_out_instant(json, "until", leaving->until);
	if (leaving->until == INSTANT_NONE)
		json_out_null(json, "days_left");
	else
		json_out_uint(json, "days_left", days_left(page));
	json_out_list(json, "steps");
	for (unsigned i = 0; i < LEAVING_STEP_COUNT; i++) {
		json_out_object(json, NULL);
		json_out_uint(json, "step", i + 1);
		json_out_str(json, "code", str_of(leaving_codes[i]));
		json_out_str(json, "state", str_of(leaving_states[leaving->states[i]]));
		json_out_str(json, "sentence", leaving_text(page, (enum leaving_step)i, arena));
		json_out_end(json);
	}
	json_out_end(json);
	json_out_end(json);
}

void rollout_doc_json(const struct advice_page *page, struct arena *arena, struct json_out *json)
{
	ladder_json(page, arena, json);
	leaving_json(page, arena, json);
}
