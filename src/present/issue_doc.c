/* SPDX-License-Identifier: ISC */
#include "present/issue_doc.h"

#include "base/attr.h"
#include "base/num.h"
#include "present/cause_words.h"
#include "present/history_doc.h"
#include "present/complete_words.h"
#include "present/state_words.h"
#include "present/words.h"
#include "report/reporter.h"

static struct str joined(struct arena *arena, struct str a, struct str b)
{
	if (a.len == 0 || b.len == 0)
		return a.len == 0 ? b : a;
	return str_of(arena_format(arena, "%.*s %.*s", STR_ARGS(a), STR_ARGS(b)));
}

static struct str reporter_words(struct str domain)
{
	return reporter_name(domain, STR_NONE);
}

/* What the title is about.  A cause of a server whose name nobody states is said of the domain. */
static struct str subject_words(struct arena *arena, const struct issue *issue)
{
	if (issue->matter >= CAUSE_COUNT || issue->kind == ISSUE_ON_MX)
		return issue->subject;
	if (issue->kind == ISSUE_ON_REPORTER)
		return WORDS(arena, "your servers, as {reporter} sees them,", {"reporter", reporter_words(issue->subject)});
	if (cause_subject((enum cause)issue->matter) == CAUSE_SUBJECT_MX)
		return WORDS(arena, "a server of {domain}", {"domain", issue->subject});
	return issue->subject;
}

/* Some see no STARTTLS where others do. */
static bool is_downgrade(const struct issue *issue)
{
	return issue->matter == CAUSE_STARTTLS_NOT_OFFERED && issue->fault == FAULT_UNKNOWN;
}

struct str issue_doc_title(struct arena *arena, const struct issue *issue)
{
	struct str subject = subject_words(arena, issue);
	if (is_downgrade(issue))
		return WORDS(arena, "Some senders see no STARTTLS at {subject}, where others do", {"subject", subject});
	if (issue->matter == MATTER_MASS_FAILURE && issue->kind == ISSUE_ON_HOUSE)
		return WORDS(arena, "All senders fail at {count} domains", {"count", issue->detail});
	if (issue->matter == CAUSE_UNKNOWN && issue->kind == ISSUE_ON_REPORTER)
		return WORDS(arena, "{reporter} sees TLS fail and does not say why",
		             {"reporter", reporter_words(issue->subject)});
	if (issue->matter >= CAUSE_COUNT && issue->kind == ISSUE_ON_REPORTER)
		subject = reporter_words(issue->subject);
	return WORDS(arena, issue_matter_title(issue->matter), {"subject", subject});
}

static struct str consequence(struct arena *arena, const struct issue *issue)
{
	if (!issue_matter_is_reported(issue->matter) || issue->reporters == 0)
		return STR_NONE;
	if (issue->refused == 0)
		return str_of(tr("No mail was refused because of it."));
	return WORDS_N(arena, issue->refused,
	               "Mail was refused in {count} session; senders try again for days and then return it.",
	               "Mail was refused in {count} sessions; senders try again for days and then return it.",
	               {"count", words_count(arena, issue->refused)});
}

static struct str who_says_so(struct arena *arena, const struct issue *issue, struct str only_reporter)
{
	if (!issue_matter_is_reported(issue->matter))
		return STR_NONE;
	if (issue->reporters == 0)
		return str_of(tr("No report tells of it yet; our own check has found it."));
	if (issue->reporters > 1 && is_downgrade(issue))
		return WORDS_N(arena, issue->reporters, "One reporter says so; others see STARTTLS there, or we do. Something between takes it out: a filter, or an attack.",
		               "{count} reporters say so; others see STARTTLS there, or we do. Something between takes it out: a filter, or an attack.",
		               {"count", words_count(arena, issue->reporters)});
	if (issue->reporters > 1)
		return WORDS_N(arena, issue->reporters, "One reporter says so.", "{count} reporters agree.",
		               {"count", words_count(arena, issue->reporters)});
	struct str reporter = only_reporter.len > 0 ? reporter_words(only_reporter) : str_of(tr("one reporter"));
	struct str since = words_day(arena, issue->first_day);
	if (issue->others_sessions == 0 && issue->fault == FAULT_SENDER &&
	    issue_matter_fault(issue->matter) != FAULT_SENDER)
		return WORDS(arena,
		             "Only {reporter} says so, since {day}, and it fails so at server after server: the fault is probably at "
		             "the sender.",
		             {"reporter", reporter}, {"day", since});
	if (issue->others_sessions == 0)
		return WORDS(arena, "Only {reporter} says so, since {day}.", {"reporter", reporter}, {"day", since});
	if (is_downgrade(issue) && issue->others_sessions > 0)
		return WORDS(arena,
		             "Only {reporter} sees no STARTTLS, since {day}; other reporters had {count} sessions with the same domains "
		             "in these days and saw it. Something between that sender and the server takes it out: a filter, or an "
		             "attack.",
		             {"reporter", reporter}, {"day", since}, {"count", words_count(arena, issue->others_sessions)});
	if (issue->fault == FAULT_SENDER)
		return WORDS(arena,
		             "Only {reporter} says so, since {day}. Other reporters had {count} sessions with the same domains in "
		             "these days and nothing of it: the fault is probably at the sender or on its path.",
		             {"reporter", reporter}, {"day", since}, {"count", words_count(arena, issue->others_sessions)});
	return WORDS(arena,
	             "Only {reporter} says so, since {day}. Other reporters had {count} sessions with the same domains in these "
	             "days and nothing of it.",
	             {"reporter", reporter}, {"day", since}, {"count", words_count(arena, issue->others_sessions)});
}

/* The next part of the detail of an issue. */
static struct str take_word(struct str *rest)
{
	size_t end = str_find_byte(*rest, ' ');
	struct str word = str_upto(*rest, end);
	*rest = end < rest->len ? str_from(*rest, end + 1) : STR("");
	return word;
}

static uint64_t take_number(struct str *rest)
{
	uint64_t n = 0;
	return num_parse_uint(take_word(rest), INT64_MAX, &n) ? n : 0;
}

static struct str stale_words(struct arena *arena, struct str rest)
{
	struct str reporter = reporter_words(take_word(&rest));
	int32_t since = (int32_t)take_number(&rest), until = (int32_t)take_number(&rest);
	struct str old_mode = take_word(&rest);
	const struct word words[] = {{"reporter", reporter},
	                             {"day", words_day(arena, since)},
	                             {"mode", old_mode},
	                             {"new_mode", rest},
	                             {"until", words_day(arena, until)}};
	const char *text = str_eq(old_mode, rest)
	                       ? tr("{reporter} still uses the policy that it has had since {day}.")
	                       : tr("{reporter} still uses the policy that it has had since {day}, in mode {mode}; others see mode "
	                            "{new_mode}.");
	struct str sentence = words_fill(arena, text, words, COUNT_OF(words));
	return until == 0 ? sentence
	                  : joined(arena, sentence, WORDS(arena, "Its max_age ends on {until} at the latest.", words[4]));
}

/* What an issue without failures rests on, out of its detail. */
static struct str basis(struct arena *arena, const struct issue *issue)
{
	struct str rest = issue->detail;
	if (rest.len == 0)
		return STR_NONE;
	switch (issue->matter) {
	case MATTER_VOLUME_DROP: {
		struct str seen = words_count(arena, take_number(&rest));
		return WORDS(arena, "In three days it reported {count} sessions, where {usual} were usual.", {"count", seen},
		             {"usual", words_count(arena, take_number(&rest))});
	}
	case MATTER_DOMAIN_SILENT:
	case MATTER_REPORTER_SILENT:
	case MATTER_INTAKE_SILENT: {
		uint64_t days = take_number(&rest);
		return WORDS_N(arena, days, "There has been no report for {count} day.", "There has been no report for {count} days.",
		               {"count", words_count(arena, days)});
	}
	case MATTER_STALE_POLICY: return stale_words(arena, rest);
	case MATTER_CERT_EXPIRING: return WORDS(arena, "It ends on {day}.", {"day", rest});
	default: return STR_NONE;
	}
}

struct str issue_doc_sentences(struct arena *arena, const struct issue *issue, struct str only_reporter)
{
	struct str text = str_of(tr(issue_matter_sentence(issue->matter)));
	text = joined(arena, text, basis(arena, issue));
	text = joined(arena, text, consequence(arena, issue));
	return joined(arena, text, who_says_so(arena, issue, only_reporter));
}

/* --- the list --- */

static const struct doc_column columns[] = {
    {"Issue", "id", COLUMN_CODE, 0, NULL},
    {"Severity", "severity", COLUMN_TEXT, 0, NULL},
    {"State", "state", COLUMN_TEXT, 0, NULL},
    {"What", "title", COLUMN_TEXT, 0, NULL},
    {"Domains", "domains", COLUMN_NUMBER, 1, NULL},
    {"Failed", "failed_sessions", COLUMN_NUMBER, 0, "Failed sessions."},
    {"Refused", "refused_sessions", COLUMN_NUMBER, 0, "Of these, sessions in which the sender must not deliver."},
    {"Since", "first_seen", COLUMN_TEXT, 0, "The first day (UTC) with such a failure."},
    {"Cause", "cause", COLUMN_CODE, 3, NULL},
    {"Subject", "subject", COLUMN_CODE, 4, NULL},
};

enum doc_tone issue_doc_tone(const struct issue *issue)
{
	if (issue->end != END_NONE)
		return TONE_OK;
	switch (issue->severity) {
	case SEVERITY_CRITICAL: return TONE_FAIL;
	case SEVERITY_WARNING: return TONE_WARN;
	case SEVERITY_NOTICE: return TONE_NONE;
	case SEVERITY_OK:
	case SEVERITY_COUNT: break;
	}
	return TONE_OK;
}

static void put_row(struct doc_table *table, const struct issue *issue, instant now)
{
	struct arena *arena = table->arena;
	struct doc_cell *cells = doc_row(table, 0);
	char number[ISSUE_NUMBER_MAX], day[INSTANT_TEXT_MAX];

	cells[0] = doc_cell(arena_str(arena, issue_number(issue->id, number)));
	cells[0].href = str_of(arena_format(arena, "/issues/%.*s", STR_ARGS(cells[0].text)));
	cells[1] = doc_cell_badge(issue_doc_tone(issue), severity_words(issue->severity));
	cells[1].raw = str_of(severity_text(issue->severity));
	cells[2] = doc_cell(str_of(issue_state_words(issue_state(issue, now))));
	cells[2].raw = str_of(issue_state_text(issue_state(issue, now)));
	cells[3] = doc_cell(issue_doc_title(arena, issue));
	cells[4] = doc_cell_count(arena, issue->domains);
	cells[5] = doc_cell_count(arena, issue->failed);
	cells[6] = doc_cell_count(arena, issue->refused);
	cells[7] = doc_cell(words_day_short(arena, issue->first_day));
	cells[7].raw = arena_str(arena, day_format(issue->first_day, day));
	cells[8] = doc_cell(str_of(issue_matter_text(issue->matter)));
	cells[9] = doc_cell(issue->subject);
}

struct doc_table *issue_doc_table(const struct issue *issues, size_t n, instant now, struct arena *arena)
{
	struct doc_table *table = doc_table_new(arena, columns, COUNT_OF(columns));
	for (size_t i = 0; i < n; i++)
		put_row(table, &issues[i], now);
	return table;
}

void issue_doc_add_table(struct doc *doc, const struct issue *issues, size_t n, instant now)
{
	struct doc_table *table = doc_table(doc, str_of(tr("Issues")), columns, COUNT_OF(columns));
	for (size_t i = 0; i < n; i++)
		put_row(table, &issues[i], now);
}

void issue_doc_list(const struct issue *issues, size_t n, instant now, struct arena *arena, struct doc *out)
{
	uint64_t open = 0, critical = 0;
	doc_init(out, arena, str_of(tr("Issues")));
	for (size_t i = 0; i < n; i++) {
		open += issues[i].end == END_NONE;
		critical += issues[i].end == END_NONE && issues[i].severity == SEVERITY_CRITICAL;
	}
	if (open == 0)
		doc_verdict(out, TONE_OK, tr("Clear"), str_of(tr("There are no open issues.")));
	else
		doc_verdict(out, critical > 0 ? TONE_FAIL : TONE_WARN, critical > 0 ? tr("Critical") : tr("Open"),
		            WORDS_N(arena, open, "{count} issue is open.", "{count} issues are open.",
		                    {"count", words_count(arena, open)}));
	if (n > 0)
		issue_doc_add_table(out, issues, n, now);
}

/* --- the page --- */

static const struct doc_column evidence_columns[] = {
    {"Reporter", "reporter", COLUMN_TEXT, 0, NULL},
    {"Failed", "failed", COLUMN_NUMBER, 0, NULL},
    {"Of", "total", COLUMN_NUMBER, 0, "Sessions of the days, reporters and domains that had it."},
    {"Refused", "refused", COLUMN_NUMBER, 0, NULL},
    {"Domains", "domains", COLUMN_NUMBER, 0, NULL},
    {"From", "first_day", COLUMN_TEXT, 0, NULL},
    {"To", "last_day", COLUMN_TEXT, 0, NULL},
};

static void put_evidence(struct doc *doc, const struct issue_page *page)
{
	if (page->evidence_count == 0)
		return;
	doc_heading(doc, 2, str_of(tr("Evidence")));
	struct doc_table *table =
	    doc_table(doc, str_of(tr("What reporters say")), evidence_columns, COUNT_OF(evidence_columns));
	for (size_t i = 0; i < page->evidence_count; i++) {
		const struct issue_evidence *row = &page->evidence[i];
		struct doc_cell *cells = doc_row(table, 0);
		cells[0] = doc_cell(reporter_words(row->reporter));
		cells[1] = doc_cell_count(doc->arena, row->failed);
		cells[2] = doc_cell_count(doc->arena, row->total);
		cells[3] = doc_cell_count(doc->arena, row->refused);
		cells[4] = doc_cell_count(doc->arena, row->domains);
		cells[5] = doc_cell(words_day_short(doc->arena, row->first_day));
		cells[6] = doc_cell(words_day_short(doc->arena, row->last_day));
	}
	for (size_t i = page->day_count; i > 0; i--) {
		const struct issue_day_sum *day = &page->days[i - 1];
		struct str label = words_day_short(doc->arena, day->day);
		if (complete_words_is_partial(&page->complete, day->day))
			label = WORDS(doc->arena, "{day} (partial)", {"day", label});
		doc_bar(doc, TONE_FAIL, label, words_count(doc->arena, day->failed), day->failed, day->total);
	}
}

static const char *confidence_words(const struct issue *issue)
{
	switch (issue->confidence) {
	case CONFIDENCE_ONE_REPORTER:
		return issue->reporters > 1 ? tr("one known reporter, the others are new") : tr("one reporter only");
	case CONFIDENCE_NEW_REPORTERS: return tr("new reporters only");
	case CONFIDENCE_SEVERAL_REPORTERS: return tr("several reporters agree");
	case CONFIDENCE_CONFIRMED: return tr("confirmed by our check");
	case CONFIDENCE_NOT_SEEN_BY_US: return tr("cannot be seen from here");
	case CONFIDENCE_COUNT: break;
	}
	return "";
}

static const char *end_words(const struct issue *issue)
{
	bool is_ours = issue->reporters == 0 && issue->seen == SEEN_CLEAN;
	switch (issue->end) {
	case END_CLEAN: return is_ours ? tr("closed by itself: our own check no longer sees it") : tr("closed by itself: reports came without it");
	case END_FADED: return tr("closed by itself: nothing was heard of it for a month");
	case END_JOINED: return tr("part of another issue");
	case END_FIXED: return tr("closed by hand: fixed");
	case END_NOT_MINE: return tr("closed by hand: the fault is somebody else's");
	case END_ACCEPTED: return tr("closed by hand: accepted");
	case END_NONE:
	case END_COUNT: break;
	}
	return tr("open");
}

static void put_facts(struct doc *doc, const struct issue_page *page, instant now)
{
	const struct issue *issue = &page->issue;
	enum issue_state state = issue_state(issue, now);
	doc_facts(doc, false);
	doc_fact(doc, tr("State"), str_of(state == ISSUE_CLOSED ? end_words(issue) : issue_state_words(state)));
	if (state == ISSUE_SNOOZED)
		doc_fact(doc, tr("Until"), words_instant(doc->arena, issue->snoozed_until));
	doc_fact(doc, tr("Fault is at"), str_of(cause_words_fault(issue->fault)));
	doc_fact(doc, tr("Confidence"), str_of(confidence_words(issue)));
	doc_fact(doc, tr("Failed sessions"), words_count(doc->arena, issue->failed));
	doc_fact(doc, tr("Refused"), words_count(doc->arena, issue->refused));
	doc_fact(doc, tr("First day"), words_day(doc->arena, issue->first_day));
	doc_fact(doc, tr("Last day"), words_day(doc->arena, issue->last_day));
	if (page->domain_count > 0)
		doc_fact(doc, tr("Domains"), words_list(doc->arena, page->domains, page->domain_count, 10));
	if (issue->owner.len > 0)
		doc_fact(doc, tr("Owner"), issue->owner);
	if (issue->note.len > 0)
		doc_fact(doc, tr("Note"), issue->note);
	if (issue->looked_at != INSTANT_NONE)
		doc_fact(doc, tr("Our own check"),
		         WORDS(doc->arena, "{result}, {time}", {"result", str_of(issue_seen_words(issue->seen))},
		               {"time", words_instant(doc->arena, issue->looked_at)}));
	doc_fact(doc, tr("Cause"), str_of(issue_matter_text(issue->matter)));
}

static struct cause_about about_of(const struct issue_page *page)
{
	const struct issue *issue = &page->issue;
	struct cause_about about = {.subject = issue->subject};
	if (issue->kind == ISSUE_ON_MX)
		about.host = issue->subject;
	if (issue->kind == ISSUE_ON_DOMAIN)
		about.domain = issue->subject;
	else if (page->domain_count > 0)
		about.domain = page->domains[0];
	return about;
}

static const char *event_words(enum issue_event event)
{
	switch (event) {
	case EVENT_OPENED: return tr("opened");
	case EVENT_REPORTER: return tr("another reporter agrees:");
	case EVENT_GREW: return tr("grew; domains:");
	case EVENT_SEVERITY: return tr("severity is now");
	case EVENT_RECOVERING: return tr("recovering");
	case EVENT_CLOSED: return tr("closed");
	case EVENT_REOPENED: return tr("reopened");
	case EVENT_ACKNOWLEDGED: return tr("acknowledged");
	case EVENT_SNOOZED: return tr("snoozed until");
	case EVENT_LOOKED: return tr("our own check says");
	case EVENT_NOTE:
	case EVENT_COUNT: break;
	}
	return tr("note");
}

/* "broken cert-expired mx.example.net 2026-11-18": what was seen, and the finding that shows it. */
static bool looked_finding(struct str text, struct finding *out)
{
	struct str rest = text;
	(void)take_word(&rest);
	struct str code = take_word(&rest);
	*out = (struct finding){.subject = take_word(&rest)};
	out->detail = rest;
	for (out->code = 0; out->code < FINDING_COUNT; out->code++)
		if (str_eq(code, str_of(finding_code_text(out->code))))
			return true;
	return false;
}

static struct str looked_words(struct str text, struct arena *arena)
{
	struct str rest = text, seen = take_word(&rest), words = text;
	struct finding finding;
	for (enum issue_seen s = SEEN_NOT; s < SEEN_COUNT; s++)
		if (str_eq(seen, str_of(issue_seen_text(s))))
			words = str_of(issue_seen_words(s));
	if (!looked_finding(text, &finding))
		return words;
	return str_of(
	    arena_format(arena, "%.*s. %.*s", STR_ARGS(words), STR_ARGS(finding_words_sentence(&finding, arena))));
}

static struct str instant_words(struct str text, struct arena *arena)
{
	instant at;
	unsigned odd;
	return instant_parse(text, &at, &odd) ? words_instant(arena, at) : text;
}

static const char *by_hand_words(enum issue_end end)
{
	switch (end) {
	case END_FIXED: return tr("fixed");
	case END_NOT_MINE: return tr("the fault is somebody else's");
	case END_ACCEPTED: return tr("accepted");
	default: return "";
	}
}

/* "accepted: known since May": why in words, and what the person wrote. */
static struct str closed_words(struct str text, struct arena *arena)
{
	size_t colon = str_find(text, STR(": "));
	enum issue_end end;
	if (!issue_end_of(str_upto(text, colon), &end))
		return text;
	if (colon >= text.len)
		return str_of(by_hand_words(end));
	return str_of(arena_format(arena, "(%s): %.*s", by_hand_words(end), STR_ARGS(str_from(text, colon + 2))));
}

/* A keyword of the history in words; what a person wrote stays. */
static struct str story_words(const struct issue_story *story, struct arena *arena)
{
	for (enum severity s = SEVERITY_OK; story->event == EVENT_SEVERITY && s < SEVERITY_COUNT; s++)
		if (str_eq(story->text, str_of(severity_text(s))))
			return str_of(severity_words(s));
	switch (story->event) {
	case EVENT_LOOKED: return looked_words(story->text, arena);
	case EVENT_REPORTER: return reporter_words(story->text);
	case EVENT_SNOOZED: return instant_words(story->text, arena);
	case EVENT_CLOSED: return closed_words(story->text, arena);
	default: return story->text;
	}
}

/* What our own look last found is what there is to mend where no failure tells of it. */
static struct str step_of(const struct issue_page *page, struct arena *arena)
{
	for (size_t i = page->history_count; i > 0; i--) {
		struct finding finding;
		if (page->history[i - 1].event == EVENT_LOOKED && looked_finding(page->history[i - 1].text, &finding))
			return finding_words_step(&finding, arena);
	}
	return STR_NONE;
}

void issue_doc_history(struct doc *doc, const struct issue_page *page, size_t most)
{
	struct arena *arena = doc->arena;
	size_t first = page->history_count > most ? page->history_count - most : 0;

	for (size_t i = first; i < page->history_count; i++) {
		const struct issue_story *story = &page->history[i];
		doc_item(doc, str_of(arena_format(arena, "%.*s %s%s%.*s", STR_ARGS(words_instant(arena, story->at)),
		                                  event_words(story->event), story->text.len > 0 ? " " : "",
		                                  STR_ARGS(story_words(story, arena)))));
	}
}

void issue_doc(const struct issue_page *page, instant now, struct arena *arena, struct doc *out)
{
	const struct issue *issue = &page->issue;
	char number[ISSUE_NUMBER_MAX];
	struct str only = page->evidence_count == 1 ? page->evidence[0].reporter : STR_NONE;
	struct str step;

	struct str shown = issue_number(issue->id, number);
	doc_init(out, arena,
	         WORDS(arena, "{number}: {title}", {"number", arena_str(arena, shown)},
	               {"title", issue_doc_title(arena, issue)}));
	doc_verdict(out, issue_doc_tone(issue), severity_words(issue->severity), issue_doc_sentences(arena, issue, only));
	complete_words_put(out, &page->complete);
	put_facts(out, page, now);
	put_evidence(out, page);
	history_doc_clues(page->clues, page->clue_count, out);
	if (issue->matter < CAUSE_COUNT && issue->end == END_NONE) {
		struct cause_about about = about_of(page);
		doc_heading(out, 2, str_of(tr("How to fix it")));
		cause_words_steps(out, (enum cause)issue->matter, &about);
	} else if (issue->end == END_NONE && (step = step_of(page, arena)).len > 0) {
		doc_heading(out, 2, str_of(tr("How to fix it")));
		doc_sentence(out, step);
	}
	doc_heading(out, 2, str_of(tr("History")));
	issue_doc_history(out, page, page->history_count);
}

/* --- for programs --- */

static void put_members(const struct issue *issue, instant now, struct arena *arena, struct json_out *json)
{
	char number[ISSUE_NUMBER_MAX];
	json_out_str(json, "id", issue_number(issue->id, number));
	json_out_str(json, "severity", str_of(severity_text(issue->severity)));
	json_out_str(json, "state", str_of(issue_state_text(issue_state(issue, now))));
	json_out_str(json, "trend", str_of(issue_trend_text(issue->trend)));
	json_out_str(json, "cause", str_of(issue_matter_text(issue->matter)));
	json_out_str(json, "subject_kind", str_of(issue_kind_text(issue->kind)));
	json_out_str(json, "subject", issue->subject);
	json_out_uint(json, "domains", issue->domains);
	json_out_uint(json, "reporters", issue->reporters);
	json_out_uint(json, "failed_sessions", issue->failed);
	json_out_uint(json, "refused_sessions", issue->refused);
	json_out_instant(json, "first_seen", day_start(issue->first_day));
	json_out_instant(json, "last_seen", day_start(issue->last_day) + SECS_PER_DAY - 1);
	json_out_str(json, "confidence", str_of(confidence_text(issue->confidence)));
	json_out_str(json, "fault", str_of(fault_text(issue->fault)));
	json_out_str(json, "title", issue_doc_title(arena, issue));
	json_out_str(json, "suspicion", is_downgrade(issue) ? STR("starttls-downgrade") : STR_NONE);
	json_out_instant(json, "opened_at", issue->opened_at);
	json_out_instant(json, "closed_at", issue->closed_at);
	json_out_str(json, "closed_because", issue->end == END_NONE ? STR_NONE : str_of(issue_end_text(issue->end)));
	json_out_instant(json, "snoozed_until", issue->snoozed_until);
	json_out_str(json, "owner", issue->owner);
	json_out_str(json, "our_check", str_of(issue_seen_text(issue->seen)));
	json_out_instant(json, "our_check_at", issue->looked_at);
}

void issue_doc_row_json(const struct issue *issue, instant now, struct arena *arena, struct json_out *json,
                        const char *key)
{
	json_out_object(json, key);
	put_members(issue, now, arena, json);
	json_out_end(json);
}

void issue_doc_list_json(const struct issue *issues, size_t n, instant now, struct arena *arena, struct json_out *json)
{
	json_out_object(json, NULL);
	json_out_list(json, "issues");
	for (size_t i = 0; i < n; i++)
		issue_doc_row_json(&issues[i], now, arena, json, NULL);
	json_out_end(json);
	json_out_end(json);
}

static void put_evidence_json(const struct issue_page *page, struct json_out *json)
{
	json_out_list(json, "evidence");
	for (size_t i = 0; i < page->evidence_count; i++) {
		const struct issue_evidence *row = &page->evidence[i];
		json_out_object(json, NULL);
		json_out_str(json, "reporter", row->reporter);
		json_out_uint(json, "failed_sessions", row->failed);
		json_out_uint(json, "refused_sessions", row->refused);
		json_out_uint(json, "sessions", row->total);
		json_out_uint(json, "domains", row->domains);
		json_out_day(json, "first_day", row->first_day);
		json_out_day(json, "last_day", row->last_day);
		json_out_end(json);
	}
	json_out_end(json);
	json_out_list(json, "days");
	for (size_t i = page->day_count; i > 0; i--) {
		json_out_object(json, NULL);
		json_out_day(json, "day", page->days[i - 1].day);
		json_out_uint(json, "failed_sessions", page->days[i - 1].failed);
		json_out_uint(json, "sessions", page->days[i - 1].total);
		json_out_bool(json, "partial", complete_words_is_partial(&page->complete, page->days[i - 1].day));
		json_out_end(json);
	}
	json_out_end(json);
}

void issue_doc_json(const struct issue_page *page, instant now, struct arena *arena, struct json_out *json)
{
	const struct issue *issue = &page->issue;
	struct str only = page->evidence_count == 1 ? page->evidence[0].reporter : STR_NONE;

	json_out_object(json, NULL);
	put_members(issue, now, arena, json);
	json_out_str(json, "sentence", issue_doc_sentences(arena, issue, only));
	json_out_str(json, "note", issue->note);
	json_out_str(json, "detail", issue->detail.len > 0 ? issue->detail : STR_NONE);
	json_out_uint(json, "others_sessions", issue->others_sessions);
	json_out_uint(json, "others_reporters", issue->others_reporters);
	complete_words_json(json, &page->complete);
	json_out_list(json, "domain_names");
	for (size_t i = 0; i < page->domain_count; i++)
		json_out_str(json, NULL, page->domains[i]);
	json_out_end(json);
	put_evidence_json(page, json);
	history_doc_clues_json(page->clues, page->clue_count, arena, json);
	json_out_list(json, "history");
	for (size_t i = 0; i < page->history_count; i++) {
		json_out_object(json, NULL);
		json_out_instant(json, "at", page->history[i].at);
		json_out_str(json, "event", str_of(issue_event_text(page->history[i].event)));
		json_out_str(json, "text", page->history[i].text);
		json_out_end(json);
	}
	json_out_end(json);
	if (issue->matter < CAUSE_COUNT) {
		struct cause_about about = about_of(page);
		json_out_str(json, "check", str_of(cause_check_text(cause_check((enum cause)issue->matter))));
		json_out_str(json, "rfc", str_of(cause_rfc((enum cause)issue->matter)));
		cause_words_json(json, arena, (enum cause)issue->matter, &about);
	}
	json_out_end(json);
}
