/* SPDX-License-Identifier: ISC */
#include "present/report_doc.h"

#include <stdlib.h>

#include "base/num.h"
#include "present/report_words.h"
#include "present/result_words.h"
#include "present/stored_words.h"
#include "present/words.h"
#include "report/reporter.h"

#define MOST_ROWS 50    /* of one unit; then rows are grouped, and the rest summed up */
#define MOST_LINES 40   /* of one policy */
#define MOST_UNITS 100

static const struct doc_column failure_columns[] = {
    {"What failed", "result_type", COLUMN_CODE, 0, "The result type of RFC 8460, as the reporter wrote it."},
    {"Server", "receiving_mx_hostname", COLUMN_CODE, 0, "The MX host of yours that the sender tried."},
    {"Server address", "receiving_ip", COLUMN_CODE, 4, NULL},
    {"From", "sending_mta_ip", COLUMN_CODE, 3, "The address that the sender came from."},
    {"Reason code", "reason_code", COLUMN_TEXT, 2, "What the sender's software said, in its own words."},
    {"More", "additional_information", COLUMN_TEXT, 5, NULL},
    {"Refused", "refused", COLUMN_TEXT, 1, "Whether the sender had to give up delivery."},
    {"Sessions", "count", COLUMN_NUMBER, 0, "Failed sessions; one session may carry many mails or none."},
};

static struct str stated(struct str s)
{
	return s.len > 0 ? s : str_of(tr("not stated"));
}

/* --- what failed --- */

static int compare_group(const struct failure *a, const struct failure *b)
{
	int order = (int)a->result_type - (int)b->result_type;

	order = order != 0 ? order : str_cmp(a->result_text, b->result_text);
	order = order != 0 ? order : str_cmp(a->receiving_mx_hostname, b->receiving_mx_hostname);
	order = order != 0 ? order : str_cmp(a->reason_code, b->reason_code);
	return order != 0 ? order : (int)a->refused - (int)b->refused;
}

static int by_group(const void *a, const void *b)
{
	return compare_group(a, b);
}

static int by_sessions(const void *a, const void *b)
{
	const struct failure *left = a, *right = b;
	return left->count != right->count ? (left->count > right->count ? -1 : 1) : compare_group(a, b);
}

/* The failures to show, most sessions first: all of them, or groups of the same result, server and reason without the
 * addresses that differ. */
static size_t rows_to_show(const struct unit *unit, struct arena *arena, struct failure **out)
{
	struct failure *rows = ARENA_ARRAY(arena, unit->failure_count + 1, struct failure);
	size_t kept = 0;

	for (size_t i = 0; i < unit->failure_count; i++)
		rows[i] = unit->failures[i];
	*out = rows;
	if (unit->failure_count <= MOST_ROWS) {
		qsort(rows, unit->failure_count, sizeof *rows, by_sessions);
		return unit->failure_count;
	}
	qsort(rows, unit->failure_count, sizeof *rows, by_group);
	for (size_t i = 0; i < unit->failure_count; i++) {
		if (kept > 0 && compare_group(&rows[kept - 1], &rows[i]) == 0) {
			struct failure *same = &rows[kept - 1];
			same->count = num_add_sat(same->count, rows[i].count);
			if (!str_eq(same->sending_mta_ip, rows[i].sending_mta_ip))
				same->sending_mta_ip = str_of(tr("several"));
			if (!str_eq(same->receiving_ip, rows[i].receiving_ip))
				same->receiving_ip = str_of(tr("several"));
			if (!str_eq(same->additional_information, rows[i].additional_information))
				same->additional_information = str_of(tr("several"));
		} else {
			rows[kept++] = rows[i];
		}
	}
	qsort(rows, kept, sizeof *rows, by_sessions);
	return kept;
}

static void put_failure(struct doc_table *table, const struct failure *failure)
{
	struct doc_cell *cells = doc_row(table, 0);

	cells[0] = doc_cell(failure_result(failure));
	cells[1] = doc_cell_stated(failure->receiving_mx_hostname);
	cells[2] = doc_cell_stated(failure->receiving_ip);
	cells[3] = doc_cell_stated(failure->sending_mta_ip);
	cells[4] = doc_cell_stated(failure->reason_code);
	cells[5] = doc_cell(failure->additional_information);
	cells[6] = doc_cell(str_of(failure->refused ? tr("yes") : tr("no")));
	cells[7] = doc_cell_count(table->arena, failure->count);
}

static void put_rest(struct doc_table *table, const char *what, uint64_t sessions)
{
	struct doc_cell *cells = doc_row(table, 0);
	cells[0] = doc_cell(str_of(tr(what)));
	cells[7] = doc_cell_count(table->arena, sessions);
}

/* Each result that stands in the table with its cause, in a sentence. */
static void explain_results(struct doc *doc, const struct unit *unit)
{
	bool seen[RESULT_TYPE_COUNT][CAUSE_COUNT] = {{false}};

	doc_facts(doc, false);
	for (size_t i = 0; i < unit->failure_count; i++) {
		const struct failure *failure = &unit->failures[i];
		if (seen[failure->result_type][failure->cause])
			continue;
		seen[failure->result_type][failure->cause] = true;
		struct doc_item *item = doc_fact(
		    doc, "", result_words_explain(doc->arena, failure->result_type, failure->cause, failure->fault));
		item->name = failure_result(failure);
	}
	if (unit->unexplained > 0)
		doc_fact(doc, tr("not explained"), str_of(tr("The reporter gave a count but no detail.")));
}

static void put_failures(struct doc *doc, const struct unit *unit)
{
	struct failure *rows;

	if (unit->failure_count == 0 && unit->unexplained == 0)
		return;
	size_t n = rows_to_show(unit, doc->arena, &rows);
	struct doc_table *table =
	    doc_table(doc,
	              WORDS(doc->arena, "What failed under {policy}",
	                    {"policy", result_words_policy(unit->policy_type, unit->policy_type_text)}),
	              failure_columns, COUNT_OF(failure_columns));
	uint64_t rest = 0;
	for (size_t i = 0; i < n; i++) {
		if (i < MOST_ROWS)
			put_failure(table, &rows[i]);
		else
			rest = num_add_sat(rest, rows[i].count);
	}
	if (rest > 0)
		put_rest(table, tr_mark("other"), rest);
	if (unit->unexplained > 0)
		put_rest(table, tr_mark("not explained by the reporter"), unit->unexplained);
	if (unit->failure_count > MOST_ROWS)
		doc_sub(doc, WORDS(doc->arena, "Grouped from {count} details; JSON and CSV hold every one.",
		                   {"count", words_count(doc->arena, unit->failure_count)}));
	explain_results(doc, unit);
}

/* --- one policy --- */

static struct str unit_heading(struct arena *arena, const struct unit *unit, size_t number, struct str reporter)
{
	const struct word words[] = {
	    {"number", words_count(arena, number)},
	    {"mode", str_of(unit->mode == MODE_NOT_STATED ? tr("mode not stated") : sts_mode_text(unit->mode))},
	    {"domain", unit->policy_domain.len > 0 ? unit->policy_domain : str_of(tr("a domain that is not stated"))},
	    {"type", unit_policy_type(unit)},
	    {"reporter", reporter}};
	const char *text = NULL;

	switch (unit->policy_type) {
	case POLICY_STS: text = tr("{number}. MTA-STS policy of {domain} ({mode}), as {reporter} saw it"); break;
	case POLICY_TLSA: text = tr("{number}. DANE (TLSA) for {domain}"); break;
	case POLICY_NONE_FOUND: text = tr("{number}. No policy found for {domain}"); break;
	case POLICY_OTHER:
	case POLICY_TYPE_COUNT: text = tr("{number}. Policy of the type \"{type}\" for {domain}"); break;
	}
	return words_fill(arena, text, words, COUNT_OF(words));
}

static struct str lines(struct arena *arena, const struct str_list *list)
{
	struct str text = STR_NONE;
	size_t shown = list->count < MOST_LINES ? list->count : MOST_LINES;

	for (size_t i = 0; i < shown; i++)
		text = i == 0 ? list->items[0]
		              : words_fill(arena, "{text}\n{line}",
		                           (const struct word[]){{"text", text}, {"line", list->items[i]}}, 2);
	if (shown < list->count)
		text = WORDS(arena, "{text}\n(and {count} more lines)", {"text", text},
		             {"count", words_count(arena, list->count - shown)});
	return text;
}

static struct str unit_sentence(struct arena *arena, const struct unit *unit)
{
	uint64_t total = num_add_sat(unit->successful, unit->failed);
	const struct word words[] = {{"total", words_count(arena, total)},
	                             {"successful", words_count(arena, unit->successful)},
	                             {"failed", words_count(arena, unit->failed)}};
	bool no_policy = unit->policy_type == POLICY_NONE_FOUND || unit->mode == MODE_NONE;
	const char *text;

	if (total == 0)
		text = tr("No sessions.");
	else if (no_policy && unit->failed == 0)
		text = tr_n("One session, with no policy in force.", "{total} sessions, with no policy in force.", total);
	else if (no_policy)
		text = tr_n("One session with no policy in force; it failed.",
		            "{total} sessions with no policy in force, {failed} failed.", total);
	else if (unit->failed == 0)
		text = tr_n("One session, secured.", "{total} sessions, all secured.", total);
	else if (unit->successful == 0)
		text = tr_n("One session, failed.", "{total} sessions, all failed.", total);
	else
		text = tr("{total} sessions, {successful} secured, {failed} failed.");
	return words_fill(arena, text, words, COUNT_OF(words));
}

static void put_unit(struct doc *doc, const struct unit *unit, size_t number, struct str reporter)
{
	struct arena *arena = doc->arena;

	doc_heading(doc, 2, unit_heading(arena, unit, number, reporter));
	doc_sentence(doc, unit_sentence(arena, unit));
	if (unit->policy_strings.count > 0)
		doc_code(doc, lines(arena, &unit->policy_strings));
	if (unit->mx_hosts.count > 0) {
		doc_facts(doc, false);
		doc_fact(doc, unit->policy_type == POLICY_TLSA ? tr("For the host") : tr("MX patterns"),
		         words_list(arena, unit->mx_hosts.items, unit->mx_hosts.count, MOST_LINES));
	}
	if (unit->domain_is_guessed)
		doc_note(doc, TONE_NONE, tr("Note"),
		         str_of(tr("The report does not name the domain; it is taken from the mail or the file name.")));
	put_failures(doc, unit);
}

/* --- about the report --- */

static struct str trust_words(struct arena *arena, const struct report_view *view)
{
	static const char *const texts[TRUST_COUNT] = {
	    [TRUST_OPERATOR] = tr_mark("given by the operator"),
	    [TRUST_SIGNED] = tr_mark("signed by its reporter"),
	    [TRUST_SECRET] = tr_mark("came to the secret address"),
	    [TRUST_SIGNED_OTHER] = tr_mark("signed, but not by its reporter"),
	    [TRUST_UNSIGNED] = tr_mark("not signed: the name of the reporter is a claim"),
	    [TRUST_PENDING] = tr_mark("the key of its signature could not be looked up yet"),
	};
	struct str text = str_of(tr(texts[view->trust]));

	if (view->trust_reason.len == 0)
		return text;
	struct str reason = stored_words(arena, view->trust_reason);
	if (view->trust <= TRUST_SECRET)
		return reason;
	return WORDS(arena, "{trust} ({reason})", {"trust", text}, {"reason", reason});
}

static void put_stored(struct doc *doc, const struct stored_report *stored)
{
	struct arena *arena = doc->arena;
	const struct report_row *row = &stored->row;

	doc_fact(doc, tr("Number"), words_count(arena, (uint64_t)row->id));
	doc_fact(doc, tr("Received"),
	         WORDS(arena, "{at} by {door}", {"at", words_instant(arena, row->received_at)},
	               {"door", str_of(door_text(row->door))}));
	if (row->copies > 1)
		doc_fact(doc, tr("Copies"),
		         WORDS(arena, "received {count} times, counted once", {"count", words_count(arena, row->copies)}));
	doc_fact(doc, tr("Counted"),
	         str_of(row->counted               ? tr("yes")
	                : stored->superseded_by > 0 ? tr("no: a newer revision of the same report counts")
	                                            : tr("no: held until its reporter is accepted")));
	if (stored->original_id > 0)
		doc_fact(doc, tr("Original"), words_bytes(arena, stored->original_bytes));
	else
		doc_fact(doc, tr("Original"), str_of(tr("deleted after its time; the numbers are kept")));
}

static void put_signatures(struct doc *doc, const struct report_view *view)
{
	if (view->has_signatures && view->signature_count == 0)
		doc_fact(doc, tr("DKIM"), str_of(tr("no signature")));
	for (size_t i = 0; i < view->signature_count; i++) {
		const struct report_signature *signature = &view->signatures[i];
		doc_fact(doc, tr("DKIM"),
		         WORDS(doc->arena, "{domain}, selector {selector}, {algorithm}: {verdict} {reason}",
		               {"domain", stated(signature->domain)}, {"selector", stated(signature->selector)},
		               {"algorithm", stated(signature->algorithm)}, {"verdict", stated(signature->verdict)},
		               {"reason", signature->reason.len > 0 ? stored_words(doc->arena, signature->reason) : STR("")}));
	}
}

static void put_about(struct doc *doc, const struct report_view *view)
{
	const struct report *report = view->report;
	struct arena *arena = doc->arena;
	struct str habit = reporter_habit(report->reporter);

	doc_heading(doc, 2, str_of(tr("About this report")));
	doc_facts(doc, false);
	doc_fact(doc, tr("Id"), stated(report->report_id));
	doc_fact(doc, tr("Organisation"), stated(report->organization_name));
	doc_fact(doc, tr("Contact"), stated(report->contact_info));
	if (report->submitter.len > 0)
		doc_fact(doc, tr("Submitter"), report->submitter);
	doc_fact(doc, tr("Period"),
	         report->begin == INSTANT_NONE && report->end == INSTANT_NONE
	             ? stated(STR_NONE)
	             : WORDS(arena, "{begin} to {end}", {"begin", words_instant(arena, report->begin)},
	                     {"end", words_instant(arena, report->end)}));
	doc_fact(doc, tr("Trust"), trust_words(arena, view));
	put_signatures(doc, view);
	if (view->stored != NULL)
		put_stored(doc, view->stored);
	if (habit.len > 0)
		doc_fact(doc, tr("Habits"), str_of(tr(habit.p)));
	if (report->deviation_count == 0)
		doc_fact(doc, tr("Oddities"), str_of(tr("none")));
}

static void put_oddities(struct doc *doc, const struct report *report)
{
	struct arena *arena = doc->arena;

	if (report->deviation_count == 0)
		return;
	doc_heading(doc, 2, str_of(tr("Oddities")));
	for (size_t i = 0; i < report->deviation_count; i++) {
		const struct deviation *deviation = &report->deviations[i];
		const struct word words[] = {{"code", str_of(deviation_code(deviation->kind))},
		                             {"path", deviation->path},
		                             {"sentence", str_of(tr(deviation_sentence(deviation->kind)))},
		                             {"value", deviation->read_as}};
		const char *text = deviation->read_as.len > 0 ? tr("{sentence} Read as: {value} ({code} at {path})")
		                                              : tr("{sentence} ({code} at {path})");
		doc_item(doc, words_fill(arena, text, words, COUNT_OF(words)));
	}
	if (report->deviations_dropped > 0)
		doc_sub(doc, WORDS(arena, "And {count} more.", {"count", words_count(arena, report->deviations_dropped)}));
}

static void put_unknown(struct doc *doc, const struct report *report)
{
	if (report->unknown_count == 0)
		return;
	doc_heading(doc, 2, str_of(tr("What could not be used")));
	doc_facts(doc, false);
	for (size_t i = 0; i < report->unknown_count; i++)
		doc_fact(doc, "", report->unknown_members[i].value)->name = report->unknown_members[i].path;
	doc_sub(doc, str_of(tr("RFC 8460 does not know these members; they are kept as they stand.")));
	if (report->unknown_dropped > 0)
		doc_sub(doc, WORDS(doc->arena, "And {count} more.",
		                   {"count", words_count(doc->arena, report->unknown_dropped)}));
}

/* Sentences as one paragraph. */
static struct str joined(struct arena *arena, const struct str *sentences, size_t n)
{
	struct str text = STR("");
	for (size_t i = 0; i < n; i++)
		text = i == 0 ? sentences[0]
		              : words_fill(arena, "{text} {sentence}",
		                           (const struct word[]){{"text", text}, {"sentence", sentences[i]}}, 2);
	return text;
}

void report_doc(const struct report_view *view, struct arena *arena, struct doc *out)
{
	const struct report *report = view->report;
	struct report_words words;

	report_words(report, arena, &words);
	doc_init(out, arena, words.title);
	doc_verdict(out, words.tone, tr(words.word), joined(arena, words.sentences, words.verdict_count));
	if (words.count > words.verdict_count)
		doc_sentence(out, joined(arena, words.sentences + words.verdict_count,
		                         words.count - words.verdict_count));
	if (view->trust > TRUST_SECRET)
		doc_note(out, TONE_WARN, tr("Not verified"),
		         WORDS(arena, "Nothing proves that this report comes from {reporter}: {trust}.",
		               {"reporter", words.reporter}, {"trust", trust_words(arena, view)}));
	for (size_t i = 0; i < report->unit_count && i < MOST_UNITS; i++)
		put_unit(out, &report->units[i], i + 1, words.reporter);
	if (report->unit_count > MOST_UNITS)
		doc_sub(out, WORDS(arena, "And {count} more policies; JSON and CSV hold every one.",
		                   {"count", words_count(arena, report->unit_count - MOST_UNITS)}));
	put_about(out, view);
	put_oddities(out, report);
	put_unknown(out, report);
	if (view->stored != NULL && view->stored->original_id > 0) {
		int64_t id = view->stored->row.id;
		doc_link(out, str_of(tr("Original as received")), STR_NONE,
		         str_of(arena_format(arena, "mailseal report raw %lld", (long long)id)));
	}
}

/* --- records --- */

static const struct doc_column record_columns[] = {
    {"Reporter", "reporter", COLUMN_CODE, 0, NULL},
    {"Report id", "report_id", COLUMN_CODE, 0, NULL},
    {"Begin", "begin", COLUMN_TEXT, 0, NULL},
    {"End", "end", COLUMN_TEXT, 0, NULL},
    {"Policy domain", "policy_domain", COLUMN_CODE, 0, NULL},
    {"Policy type", "policy_type", COLUMN_CODE, 0, NULL},
    {"Mode", "mode", COLUMN_CODE, 0, NULL},
    {"Successful", "unit_successful", COLUMN_NUMBER, 0, NULL},
    {"Failed", "unit_failed", COLUMN_NUMBER, 0, NULL},
    {"Result", "result_type", COLUMN_CODE, 0, NULL},
    {"Cause", "cause", COLUMN_CODE, 0, NULL},
    {"Fault", "fault", COLUMN_CODE, 0, NULL},
    {"Refused", "refused", COLUMN_TEXT, 0, NULL},
    {"Sessions", "count", COLUMN_NUMBER, 0, NULL},
    {"From", "sending_mta_ip", COLUMN_CODE, 0, NULL},
    {"Server", "receiving_mx_hostname", COLUMN_CODE, 0, NULL},
    {"HELO", "receiving_mx_helo", COLUMN_CODE, 0, NULL},
    {"Server address", "receiving_ip", COLUMN_CODE, 0, NULL},
    {"Reason code", "reason_code", COLUMN_TEXT, 0, NULL},
    {"More", "additional_information", COLUMN_TEXT, 0, NULL},
};

static void put_record(struct doc_table *table, const struct report *report, const struct unit *unit,
                       const struct failure *failure)
{
	struct arena *arena = table->arena;
	struct doc_cell *cells = doc_row(table, 0);
	size_t c = 0;

	cells[c++] = doc_cell(report->reporter);
	cells[c++] = doc_cell(report->report_id);
	cells[c++] = doc_cell_instant(arena, report->begin);
	cells[c++] = doc_cell_instant(arena, report->end);
	cells[c++] = doc_cell(unit->policy_domain);
	cells[c++] = doc_cell(unit->policy_type != POLICY_OTHER ? unit_policy_type(unit) : unit->policy_type_text);
	cells[c++] = doc_cell(str_of(sts_mode_text(unit->mode)));
	cells[c++] = doc_cell_count(arena, unit->successful);
	cells[c++] = doc_cell_count(arena, unit->failed);
	if (failure == NULL)
		return;
	cells[c++] = doc_cell(failure->result_type != RESULT_OTHER ? failure_result(failure) : failure->result_text);
	cells[c++] = doc_cell(str_of(cause_text(failure->cause)));
	cells[c++] = doc_cell(str_of(fault_text(failure->fault)));
	cells[c++] = doc_cell(str_of(failure->refused ? "true" : "false"));
	cells[c++] = doc_cell_count(arena, failure->count);
	cells[c++] = doc_cell(failure->sending_mta_ip);
	cells[c++] = doc_cell(failure->receiving_mx_hostname);
	cells[c++] = doc_cell(failure->receiving_mx_helo);
	cells[c++] = doc_cell(failure->receiving_ip);
	cells[c++] = doc_cell(failure->reason_code);
	cells[c] = doc_cell(failure->additional_information);
}

struct doc_table *report_doc_table(const struct report_view *view, struct arena *arena)
{
	struct doc_table *table = doc_table_new(arena, record_columns, COUNT_OF(record_columns));
	const struct report *report = view->report;

	for (size_t u = 0; u < report->unit_count; u++) {
		const struct unit *unit = &report->units[u];
		for (size_t f = 0; f < unit->failure_count; f++)
			put_record(table, report, unit, &unit->failures[f]);
		if (unit->failure_count == 0)
			put_record(table, report, unit, NULL);
	}
	return table;
}
