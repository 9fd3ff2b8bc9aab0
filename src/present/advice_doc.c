/* SPDX-License-Identifier: ISC */
#include "present/advice_doc.h"

#include <assert.h>

#include "base/limits.h"
#include "present/complete_words.h"
#include "present/rollout_doc.h"
#include "present/rollover_doc.h"
#include "present/stored_words.h"
#include "present/words.h"

static const char *const matter_codes[] = {
    [ADVICE_TLS_RPT] = "tls-rpt",       [ADVICE_POLICY] = "policy", [ADVICE_POLICY_HOST] = "policy-host",
    [ADVICE_ID] = "id",                 [ADVICE_SESSIONS] = "sessions",
    [ADVICE_MX_LISTED] = "mx-listed",   [ADVICE_MX_TLS] = "mx-tls", [ADVICE_DAYS] = "days",
    [ADVICE_REPORTERS] = "reporters",   [ADVICE_REFUSALS] = "refusals",
};
static_assert(COUNT_OF(matter_codes) == ADVICE_MATTER_COUNT, "one code each");

static const char *const state_codes[] = {"ok", "warning", "problem", "cannot-tell", "irrelevant"};
static_assert(COUNT_OF(state_codes) == ADVICE_STATE_COUNT, "one code each");

static const char *const step_codes[] = {
    [ADVICE_START_TESTING] = "start-testing",
    [ADVICE_MEND] = "mend",
    [ADVICE_WAIT] = "wait",
    [ADVICE_LOOK_AGAIN] = "look-again",
    [ADVICE_ENFORCE] = "enforce",
    [ADVICE_RAISE_WEEK] = "raise-max-age-week",
    [ADVICE_RAISE_MONTH] = "raise-max-age-month",
    [ADVICE_STAY] = "stay",
    [ADVICE_RETREAT] = "retreat",
    [ADVICE_STEP_WAIT] = "wait-for-next-step",
    [ADVICE_SET_RECORD] = "set-record",
    [ADVICE_LEAVING] = "leaving",
    [ADVICE_LEFT] = "left",
};
static_assert(COUNT_OF(step_codes) == ADVICE_STEP_COUNT, "one code each");

const char *advice_doc_step_code(enum advice_step step)
{
	return step_codes[step];
}

const char *advice_doc_step(enum advice_step step)
{
	switch (step) {
	case ADVICE_START_TESTING: return tr("Publish a policy in mode testing with a max_age of one day.");
	case ADVICE_MEND: return tr("Mend what is marked as a problem first.");
	case ADVICE_WAIT: return tr("Stay in testing for now.");
	case ADVICE_LOOK_AGAIN: return tr("Look again before anything is changed.");
	case ADVICE_ENFORCE: return tr("Publish mode enforce with a max_age of one day, and a new id.");
	case ADVICE_RAISE_WEEK: return tr("Raise max_age to 7 days, with a new id.");
	case ADVICE_RAISE_MONTH: return tr("Raise max_age to 30 days or more, with a new id.");
	case ADVICE_STAY: return tr("Nothing is to be done.");
	case ADVICE_RETREAT: return tr("Go back to mode testing with a new id until this is mended.");
	case ADVICE_STEP_WAIT: return tr("Leave it as it is for some days.");
	case ADVICE_SET_RECORD: return tr("Set the TXT record to the id of the policy that is served here.");
	case ADVICE_LEAVING: return tr("Leave record and file as they are until no sender holds an older policy.");
	case ADVICE_LEFT: return tr("Remove the TXT record, then take the file down.");
	case ADVICE_STEP_COUNT: break;
	}
	return "";
}

static const char *step_reason(enum advice_step step)
{
	switch (step) {
	case ADVICE_START_TESTING: return tr("There is no policy yet. Testing refuses no mail and brings reports.");
	case ADVICE_MEND: return tr("With mode enforce it would turn into refused mail, or senders would not see the policy.");
	case ADVICE_WAIT: return tr("Nothing is wrong, but too few days were reported to know that nothing will be refused.");
	case ADVICE_LOOK_AGAIN: return tr("Something could not be told, and a step should not rest on a guess.");
	case ADVICE_ENFORCE: return tr("Nothing that was reported or seen would be refused. The short max_age keeps the way back short.");
	case ADVICE_RAISE_WEEK: return tr("The policy is enforced and nothing is refused. A longer max_age protects for longer.");
	case ADVICE_RAISE_MONTH: return tr("The policy is enforced and nothing is refused. A longer max_age protects for longer.");
	case ADVICE_STAY: return tr("The policy is enforced with a long max_age.");
	case ADVICE_RETREAT: return tr("Mail is refused now, or will be. Senders keep the enforced policy until they see the new id.");
	case ADVICE_STEP_WAIT: return tr("The last step was made only some days ago, and reports of it take a day or two.");
	case ADVICE_SET_RECORD: return tr("Senders fetch the policy again when the id in the DNS changes; until then they keep the one they have.");
	case ADVICE_LEAVING: return tr("A sender that finds no file keeps the policy that it has, and may go on refusing.");
	case ADVICE_LEFT: return tr("Nobody can hold an older policy any more. The record goes first, so that nobody looks for a missing file.");
	case ADVICE_STEP_COUNT: break;
	}
	return "";
}

static struct str number(struct arena *arena, uint64_t n)
{
	return words_count(arena, n);
}

struct str advice_doc_matter(const struct advice_page *page, enum advice_matter matter, struct arena *arena)
{
	const struct advice_facts *facts = &page->facts;
	struct str mode = str_of(sts_mode_text(facts->is_valid && facts->mode == MODE_ENFORCE ? MODE_ENFORCE : MODE_TESTING));

	switch (matter) {
	case ADVICE_TLS_RPT: return str_of(tr("The TLS-RPT record is published and in order."));
	case ADVICE_POLICY: return str_of(tr("The MTA-STS record and the policy file can be read and used."));
	case ADVICE_POLICY_HOST:
		if (!facts->has_cert_days)
			return str_of(tr("The certificate of the policy host stays valid."));
		return WORDS(arena, "The certificate of the policy host stays valid; days left: {days}.",
		             {"days", number(arena, facts->cert_days < 0 ? 0 : (uint64_t)facts->cert_days)});
	case ADVICE_ID:
		return WORDS(arena, "The id in the DNS is that of the policy served here: {id}.", {"id", page->served_id});
	case ADVICE_MX_LISTED:
		return WORDS(arena, "The policy lists every mail server: {listed} of {all}.",
		             {"listed", number(arena, facts->mx_count - facts->mx_unlisted)},
		             {"all", number(arena, facts->mx_count)});
	case ADVICE_MX_TLS:
		return WORDS(arena, "Every mail server offers STARTTLS with a valid certificate: {good} of {all} seen.",
		             {"good", number(arena, facts->mx_count - facts->mx_bad - facts->mx_unknown)},
		             {"all", number(arena, facts->mx_count)});
	case ADVICE_DAYS:
		return WORDS(arena, "At least {least} days with reports of mode {mode}: {days}.",
		             {"least", number(arena, page->limits.days)}, {"mode", mode},
		             {"days", number(arena, facts->mode_days)});
	case ADVICE_REPORTERS:
		return WORDS(arena, "At least {least} reporters in the last {window} days: {count}.",
		             {"least", number(arena, page->limits.reporters)}, {"window", number(arena, facts->window_days)},
		             {"count", number(arena, facts->reporters)});
	case ADVICE_SESSIONS:
		return WORDS(arena, "At least {least} sessions were reported: {count}.", {"least", number(arena, page->limits.sessions)},
		             {"count", number(arena, facts->sessions)});
	case ADVICE_REFUSALS:
		return WORDS(arena, "At most {most} failed sessions that enforce refuses: {count}.",
		             {"most", number(arena, page->limits.refused)}, {"count", number(arena, facts->refused)});
	case ADVICE_MATTER_COUNT: break;
	}
	return STR_NONE;
}

static const struct doc_column columns[] = {
    {"State", "state", COLUMN_TEXT, 0, NULL}, {"What enforce needs", "matter", COLUMN_TEXT, 0, NULL}};

static void put_list(const struct advice_page *page, struct arena *arena, struct doc *doc)
{
	static const struct {
		enum doc_tone tone;
		const char *word;
	} looks[] = {{TONE_OK, "ok"}, {TONE_WARN, "warning"}, {TONE_FAIL, "problem"}, {TONE_NONE, "could not tell"}, {TONE_NONE, "none"}};

	struct doc_table *table = doc_table(doc, str_of(tr("What enforce needs")), columns, COUNT_OF(columns));
	for (unsigned i = 0; i < ADVICE_MATTER_COUNT; i++) {
		enum advice_state state = page->advice.states[i];
		if (state == ADVICE_IRRELEVANT)
			continue;
		struct doc_cell *cells = doc_row(table, 0);
		cells[0] = doc_cell_badge(looks[state].tone, tr(looks[state].word));
		cells[1] = doc_cell(advice_doc_matter(page, (enum advice_matter)i, arena));
	}
}

static void put_sessions(const struct advice_page *page, struct arena *arena, struct doc *doc)
{
	const struct advice_facts *facts = &page->facts;
	bool enforced = facts->is_valid && facts->mode == MODE_ENFORCE;
	struct str window = number(arena, facts->window_days);

	if (facts->sessions == 0) {
		doc_sentence(doc, WORDS(arena, "No reporter told of sessions under this policy in the last {days} days, so what enforce "
		                               "refuses is not known.", {"days", window}));
		return;
	}
	if (facts->refused == 0)
		doc_sentence(doc, enforced ? WORDS(arena, "In the last {days} days no session was refused.", {"days", window})
		                           : WORDS(arena, "If you had enforced in the last {days} days, no session would have been refused.",
		                                   {"days", window}));
	for (size_t i = 0; i < page->refusal_count; i++) {
		const struct advice_refusal *refusal = &page->refusals[i];
		struct word words[] = {{"days", window}, {"count", number(arena, refusal->refused)},
		                       {"share", words_share(arena, refusal->refused, refusal->sessions)},
		                       {"reporter", refusal->reporter}};
		doc_sentence(doc, words_fill(arena,
		                             enforced ? tr_n("In the last {days} days one session ({share}) from {reporter} was refused.",
		                                             "In the last {days} days {count} sessions ({share}) from {reporter} were refused.",
		                                             refusal->refused)
		                                      : tr_n("If you had enforced in the last {days} days, one session ({share}) from "
		                                             "{reporter} would have been refused.",
		                                             "If you had enforced in the last {days} days, {count} sessions ({share}) from "
		                                             "{reporter} would have been refused.",
		                                             refusal->refused),
		                             words, COUNT_OF(words)));
	}
	doc_sub(doc, WORDS(arena, "This rests on {sessions} sessions of {reporters} reporters; senders that do not report are not in it. "
	                          "Failed sessions without a reason ({unexplained}) count as refused.",
	                   {"sessions", number(arena, facts->sessions)}, {"reporters", number(arena, facts->reporters)},
	                   {"unexplained", number(arena, facts->unexplained)}));
}

/* What does the step, where the policy is served here, or nothing is there yet. */
static struct str command_of(const struct advice_page *page, struct arena *arena)
{
	const char *flags;

	if (!page->facts.is_served && page->advice.step != ADVICE_START_TESTING)
		return STR_NONE;
	switch (page->advice.step) {
	case ADVICE_START_TESTING: flags = ""; break;
	case ADVICE_ENFORCE: flags = " --mode enforce --max-age 1d"; break;
	case ADVICE_RAISE_WEEK: flags = " --max-age 7d"; break;
	case ADVICE_RAISE_MONTH: flags = " --max-age 30d"; break;
	case ADVICE_RETREAT: flags = " --retreat"; break;
	case ADVICE_LEFT: flags = " --take-down"; break;
	default: return STR_NONE;
	}
	return str_of(arena_format(arena, "mailseal policy publish %.*s%s", STR_ARGS(page->domain), flags));
}

/* The names of the servers come out of this set: where it is not signed, records at them vouch for little. */
static void put_mx_zone(const struct advice_page *page, struct arena *arena, struct doc *doc)
{
	bool has_records = false;

	for (size_t i = 0; i < page->rollover_count; i++)
		has_records = has_records || page->rollovers[i].record_count > 0;
	if (has_records && page->mx_known && !page->mx_is_secure)
		doc_note(doc, TONE_WARN, tr("Warning"), WORDS(arena, "The MX records of {domain} are not signed, so senders do not rely on DANE for it.",
		                                              {"domain", page->domain}));
}

void advice_doc(const struct advice_page *page, struct arena *arena, struct doc *out)
{
	enum advice_step step = page->advice.step;
	enum doc_tone tone = step == ADVICE_RETREAT                         ? TONE_FAIL
	                     : step == ADVICE_MEND || step == ADVICE_LOOK_AGAIN ? TONE_WARN
	                     : step == ADVICE_WAIT || step == ADVICE_START_TESTING ? TONE_TEST
	                                                                           : TONE_OK;

	doc_init(out, arena, WORDS(arena, "MTA-STS of {domain}: the next step", {"domain", page->domain}));
	doc_verdict(out, tone, tr("Next"), str_of(advice_doc_step(step)));
	doc_sentence(out, str_of(step_reason(step)));
	struct str command = command_of(page, arena);
	if (command.p != NULL)
		doc_code(out, command);
	rollout_doc(page, arena, out);
	rollout_doc_leaving(page, arena, out);
	put_sessions(page, arena, out);
	complete_words_put(out, &page->complete);
	doc_heading(out, 2, str_of(tr("What enforce needs")));
	put_list(page, arena, out);
	for (size_t i = 0; i < page->unknowns.count; i++)
		doc_item(out, stored_words(arena, page->unknowns.items[i]));
	put_mx_zone(page, arena, out);
	rollover_doc(page->rollovers, page->rollover_count, arena, out);
}

void advice_doc_json(const struct advice_page *page, struct arena *arena, struct json_out *json)
{
	const struct advice_facts *facts = &page->facts;

	json_out_object(json, NULL);
	json_out_str(json, "domain", page->domain);
	json_out_str(json, "mode", facts->is_valid ? str_of(sts_mode_text(facts->mode)) : STR_NONE);
	json_out_str(json, "step", str_of(advice_doc_step_code(page->advice.step)));
	json_out_str(json, "sentence", str_of(advice_doc_step(page->advice.step)));
	json_out_str(json, "why", str_of(step_reason(page->advice.step)));
	json_out_str(json, "command", command_of(page, arena));
	json_out_uint(json, "rung", page->advice.rung);
	json_out_uint(json, "rungs", ADVICE_RUNGS);
	json_out_object(json, "period");
	json_out_day(json, "since", page->since_day);
	json_out_day(json, "until", page->until_day);
	json_out_end(json);
	complete_words_json(json, &page->complete);
	json_out_uint(json, "sessions", facts->sessions);
	json_out_uint(json, "would_be_refused", facts->refused);
	json_out_uint(json, "unexplained", facts->unexplained);
	json_out_uint(json, "reporters", facts->reporters);
	json_out_uint(json, "days", facts->mode_days);
	json_out_list(json, "refusals");
	for (size_t i = 0; i < page->refusal_count; i++) {
		json_out_object(json, NULL);
		json_out_str(json, "reporter", page->refusals[i].reporter);
		json_out_uint(json, "refused", page->refusals[i].refused);
		json_out_uint(json, "sessions", page->refusals[i].sessions);
		json_out_end(json);
	}
	json_out_end(json);
	json_out_list(json, "checklist");
	for (unsigned i = 0; i < ADVICE_MATTER_COUNT; i++) {
		if (page->advice.states[i] == ADVICE_IRRELEVANT)
			continue;
		json_out_object(json, NULL);
		json_out_str(json, "code", str_of(matter_codes[i]));
		json_out_str(json, "state", str_of(state_codes[page->advice.states[i]]));
		json_out_str(json, "sentence", advice_doc_matter(page, (enum advice_matter)i, arena));
		json_out_end(json);
	}
	json_out_end(json);
	json_out_instant(json, "cached_until", facts->cached_until);
	rollout_doc_json(page, arena, json);
	if (page->mx_known)
		json_out_bool(json, "mx_secure", page->mx_is_secure);
	else
		json_out_null(json, "mx_secure");
	json_out_list(json, "dane");
	for (size_t i = 0; i < page->rollover_count; i++)
		rollover_doc_json(&page->rollovers[i], arena, json);
	json_out_end(json);
	json_out_list(json, "could_not_tell");
	for (size_t i = 0; i < page->unknowns.count; i++)
		json_out_str(json, NULL, page->unknowns.items[i]);
	json_out_end(json);
	json_out_end(json);
}
