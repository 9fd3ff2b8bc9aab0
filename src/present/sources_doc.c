/* SPDX-License-Identifier: ISC */
#include "present/sources_doc.h"

#include "base/num.h"
#include "present/complete_words.h"
#include "present/doc_html.h"
#include "present/result_words.h"
#include "present/words.h"
#include "report/reporter.h"

#define MOST_UNITS 20    /* of one source, where it is not the only one */
#define MOST_FAILURES 20 /* of one policy */

static const struct doc_column columns[] = {
    {"Reporter", "reporter", COLUMN_TEXT, 0, "Who sent the reports; below it your domain, then the address that failed."},
    {"Policy, server", "policy", COLUMN_TEXT, 1, "The policy that was applied; for a failure the server that was tried."},
    {"Sessions", "sessions", COLUMN_NUMBER, 0, "A session may count once for each policy."},
    {"Failed", "failed", COLUMN_NUMBER, 0, NULL},
    {"Share", "share", COLUMN_NUMBER, 4, "Failed, of the sessions of that row."},
    {"Worst result", "worst_result", COLUMN_CODE, 0, NULL},
    {"Domains", "domains", COLUMN_NUMBER, 3, NULL},
    {"Days", "days_reported", COLUMN_NUMBER, 3, "Days for which a report is here."},
    {"Last report", "last_report", COLUMN_TEXT, 2, "When it came in."},
};

static const char *by_text(enum source_by by)
{
	switch (by) {
	case SOURCE_BY_NETWORK: return tr("Sending networks");
	case SOURCE_BY_ADDRESS: return tr("Sending addresses");
	case SOURCE_BY_REPORTER: break;
	}
	return tr("Senders");
}

static struct str source_name(const struct source_view *view, const struct source_row *row)
{
	struct str name = view->by == SOURCE_BY_REPORTER ? reporter_name(row->reporter, row->name) : row->reporter;
	return words_stated(name);
}

static void put_failure(struct doc_table *table, const struct source_failure *failure)
{
	struct arena *arena = table->arena;
	struct doc_cell *cells = doc_row(table, 2);

	cells[0] = doc_cell_stated(failure->sending_mta_ip);
	if (failure->sending_mta_ip.len == 0)
		cells[0].text = str_of(tr("address not stated"));
	if (failure->receiving_mx_hostname.len > 0 && failure->receiving_ip.len > 0)
		cells[1] = doc_cell(WORDS(arena, "{mx} {address}", {"mx", failure->receiving_mx_hostname},
		                          {"address", failure->receiving_ip}));
	else
		cells[1] = doc_cell_stated(failure->receiving_mx_hostname.len > 0 ? failure->receiving_mx_hostname
		                                                                  : failure->receiving_ip);
	cells[3] = doc_cell_count(arena, failure->sessions);
	cells[5] = doc_cell_stated(failure->result_text);
}

static void put_unit(struct doc_table *table, const struct source_unit *unit, enum sources_detail detail)
{
	struct arena *arena = table->arena;
	struct doc_cell *cells = doc_row(table, 1);
	uint64_t all = num_add_sat(unit->successful, unit->failed);

	cells[0] = doc_cell_stated(unit->policy_domain);
	if (unit->report_id > 0)
		cells[0].href = str_of(arena_format(arena, "/reports/%lld", (long long)unit->report_id));
	cells[1] = doc_cell(result_words_policy_mode(arena, unit->policy_type, unit->policy_type_text, unit->mode));
	cells[2] = doc_cell_count(arena, all);
	cells[3] = doc_cell_count(arena, unit->failed);
	cells[4] = doc_cell(words_share(arena, unit->failed, all));
	if (detail == SOURCES_ROWS)
		return;
	for (size_t i = 0; i < unit->failure_count && (detail == SOURCES_ALL || i < MOST_FAILURES); i++)
		put_failure(table, &unit->failures[i]);
	if (unit->unexplained > 0) {
		cells = doc_row(table, 2);
		cells[0] = doc_cell(str_of(tr("not explained")));
		cells[3] = doc_cell_count(arena, unit->unexplained);
	}
}

static void put_source(struct doc_table *table, const struct source_view *view, const struct view_scope *scope,
                       const struct source_row *row, enum sources_detail detail)
{
	struct arena *arena = table->arena;
	struct doc_cell *cells = doc_row(table, 0);
	uint64_t all = num_add_sat(row->successful, row->failed);
	size_t shown = 0;

	cells[0] = doc_cell(source_name(view, row));
	if (view->by == SOURCE_BY_REPORTER && row->reporter.len > 0)
		cells[0].href = view_words_href(arena, scope, "/reports", "reporter", row->reporter);
	cells[2] = doc_cell_count(arena, all);
	cells[3] = doc_cell_count(arena, row->failed);
	cells[4] = doc_cell(words_share(arena, row->failed, all));
	cells[5] = row->has_failures ? doc_cell_stated(row->worst_result) : doc_cell(str_of(tr("nothing failed")));
	cells[6] = doc_cell_count(arena, row->domains);
	cells[7] = doc_cell_count(arena, row->days_reported);
	cells[8] = doc_cell_instant(arena, row->last_report);
	for (size_t i = 0; i < row->unit_count && detail != SOURCES_ROWS; i++) {
		if (detail == SOURCES_FAILURES && (row->units[i].failed == 0 || shown++ >= MOST_UNITS))
			continue;
		put_unit(table, &row->units[i], detail);
	}
}

static void put_verdict(struct doc *doc, const struct source_view *view)
{
	struct arena *arena = doc->arena;
	size_t failing = 0;

	for (size_t i = 0; i < view->row_count; i++)
		failing += view->rows[i].failed > 0;
	const struct word words[] = {{"count", words_count(arena, view->row_count)},
	                             {"failing", words_count(arena, failing)}};
	const char *text = view->by != SOURCE_BY_REPORTER
	                       ? tr_n("Sessions from one source failed.", "Sessions from {count} sources failed.", view->row_count)
	                   : failing == 0 ? tr_n("One reporter, and nothing failed.", "{count} reporters, and nothing failed for any of them.",
	                                         view->row_count)
	                                  : tr_n("Sessions failed for the one reporter.",
	                                         "Sessions failed for {failing} of {count} reporters.", view->row_count);
	doc_verdict(doc, failing > 0 ? TONE_WARN : TONE_OK, failing > 0 ? tr("Failed") : tr("All clear"),
	            words_fill(arena, text, words, COUNT_OF(words)));
}

void sources_doc_add(struct doc *doc, const struct source_view *view, const struct view_scope *scope)
{
	doc_heading(doc, 2, str_of(by_text(view->by)));
	struct doc_table *table = doc_table(doc, str_of(tr("Most sessions first")), columns, COUNT_OF(columns));
	for (size_t i = 0; i < view->row_count; i++)
		put_source(table, view, scope, &view->rows[i], SOURCES_ROWS);
}

void sources_doc(const struct source_view *view, const struct view_scope *scope, enum sources_detail detail,
                 struct arena *arena, struct doc *out)
{
	doc_init(out, arena, str_of(by_text(view->by)));
	if (view->row_count == 0) {
		view_words_empty(out, scope);
		return;
	}
	put_verdict(out, view);
	doc_sub(out, view_words_coverage(arena, scope));
	complete_words_put(out, &view->complete);
	view_words_periods(out, scope);
	struct doc_table *table = doc_table(out, str_of(tr("Most sessions first")), columns, COUNT_OF(columns));
	for (size_t i = 0; i < view->row_count; i++)
		put_source(table, view, scope, &view->rows[i], detail);
	if (view->row_count == 1 && view->by == SOURCE_BY_REPORTER) {
		struct str habit = reporter_habit(view->rows[0].reporter);
		if (habit.len > 0)
			doc_sentence(out, str_of(tr(habit.p)));
	}
	doc_sub(out, str_of(tr("Senders name single addresses only for failed sessions. Successful sessions are known per "
	                       "reporter.")));
}

/* --- records --- */

static const struct doc_column record_columns[] = {
    {"Reporter", "reporter", COLUMN_CODE, 0, NULL},
    {"Name", "organization_name", COLUMN_TEXT, 0, NULL},
    {"Policy domain", "policy_domain", COLUMN_CODE, 0, NULL},
    {"Policy type", "policy_type", COLUMN_CODE, 0, NULL},
    {"Mode", "mode", COLUMN_CODE, 0, NULL},
    {"Successful", "unit_successful", COLUMN_NUMBER, 0, NULL},
    {"Failed", "unit_failed", COLUMN_NUMBER, 0, NULL},
    {"Result", "result_type", COLUMN_CODE, 0, NULL},
    {"Cause", "cause", COLUMN_CODE, 0, NULL},
    {"Fault", "fault", COLUMN_CODE, 0, NULL},
    {"Refused", "refused", COLUMN_CODE, 0, NULL},
    {"Sessions", "count", COLUMN_NUMBER, 0, NULL},
    {"From", "sending_mta_ip", COLUMN_CODE, 0, NULL},
    {"Server", "receiving_mx_hostname", COLUMN_CODE, 0, NULL},
    {"Server address", "receiving_ip", COLUMN_CODE, 0, NULL},
    {"Reason code", "reason_code", COLUMN_TEXT, 0, NULL},
};

static struct str type_of(const struct source_unit *unit)
{
	return unit->policy_type == POLICY_OTHER ? unit->policy_type_text : str_of(policy_type_text(unit->policy_type));
}

static void put_record(struct doc_table *table, const struct source_row *row, const struct source_unit *unit,
                       const struct source_failure *failure)
{
	struct doc_cell *cells = doc_row(table, 0);

	cells[0] = doc_cell(row->reporter);
	cells[1] = doc_cell(row->name);
	cells[2] = doc_cell(unit->policy_domain);
	cells[3] = doc_cell(type_of(unit));
	cells[4] = doc_cell(str_of(sts_mode_text(unit->mode)));
	cells[5] = doc_cell_count(table->arena, unit->successful);
	cells[6] = doc_cell_count(table->arena, unit->failed);
	if (failure == NULL)
		return;
	cells[7] = doc_cell(failure->result_text);
	cells[8] = doc_cell(str_of(cause_text(failure->cause)));
	cells[9] = doc_cell(str_of(fault_text(failure->fault)));
	cells[10] = doc_cell(str_of(failure->refused ? "true" : "false"));
	cells[11] = doc_cell_count(table->arena, failure->sessions);
	cells[12] = doc_cell(failure->sending_mta_ip);
	cells[13] = doc_cell(failure->receiving_mx_hostname);
	cells[14] = doc_cell(failure->receiving_ip);
	cells[15] = doc_cell(failure->reason_code);
}

struct doc_table *sources_doc_table(const struct source_view *view, struct arena *arena)
{
	struct doc_table *table = doc_table_new(arena, record_columns, COUNT_OF(record_columns));

	for (size_t i = 0; i < view->row_count; i++) {
		const struct source_row *row = &view->rows[i];
		for (size_t u = 0; u < row->unit_count; u++) {
			for (size_t f = 0; f < row->units[u].failure_count; f++)
				put_record(table, row, &row->units[u], &row->units[u].failures[f]);
			if (row->units[u].failure_count == 0)
				put_record(table, row, &row->units[u], NULL);
		}
	}
	return table;
}

/* --- JSON --- */

static struct str or_none(struct str s)
{
	return s.len > 0 ? s : STR_NONE;
}

static void put_failure_json(const struct source_failure *failure, struct json_out *json)
{
	json_out_object(json, NULL);
	json_out_str(json, "result_type", or_none(failure->result_text));
	json_out_str(json, "cause", str_of(cause_text(failure->cause)));
	json_out_str(json, "fault", str_of(fault_text(failure->fault)));
	json_out_bool(json, "refused", failure->refused);
	json_out_uint(json, "count", failure->sessions);
	json_out_str(json, "sending_mta_ip", or_none(failure->sending_mta_ip));
	json_out_str(json, "receiving_mx_hostname", or_none(failure->receiving_mx_hostname));
	json_out_str(json, "receiving_ip", or_none(failure->receiving_ip));
	json_out_str(json, "reason_code", or_none(failure->reason_code));
	json_out_end(json);
}

void sources_doc_row_json(const struct source_row *row, const char *key, struct json_out *json)
{
	json_out_object(json, key);
	json_out_str(json, "reporter", or_none(row->reporter));
	json_out_uint(json, "successful", row->successful);
	json_out_uint(json, "failed", row->failed);
	json_out_str(json, "worst_cause", row->has_failures ? str_of(cause_text(row->worst_cause)) : STR_NONE);
	json_out_uint(json, "domains", row->domains);
	json_out_uint(json, "days_reported", row->days_reported);
	json_out_instant(json, "last_report", row->last_report);
	json_out_list(json, "units");
	for (size_t i = 0; i < row->unit_count; i++) {
		const struct source_unit *unit = &row->units[i];
		json_out_object(json, NULL);
		json_out_str(json, "policy_domain", or_none(unit->policy_domain));
		json_out_str(json, "policy_type", or_none(type_of(unit)));
		json_out_str(json, "mode", or_none(str_of(sts_mode_text(unit->mode))));
		json_out_uint(json, "successful", unit->successful);
		json_out_uint(json, "failed", unit->failed);
		json_out_list(json, "failures");
		for (size_t f = 0; f < unit->failure_count; f++)
			put_failure_json(&unit->failures[f], json);
		json_out_end(json);
		json_out_uint(json, "unexplained", unit->unexplained);
		if (unit->report_id > 0)
			json_out_int(json, "report", unit->report_id);
		else
			json_out_null(json, "report");
		json_out_end(json);
	}
	json_out_end(json);
	json_out_str(json, "organization_name", or_none(row->name));
	json_out_str(json, "worst_result", row->has_failures ? or_none(row->worst_result) : STR_NONE);
	json_out_end(json);
}

void sources_doc_json(const struct source_view *view, struct json_out *json)
{
	json_out_object(json, NULL);
	view_words_period_json(json, view->period);
	json_out_list(json, "sources");
	for (size_t i = 0; i < view->row_count; i++)
		sources_doc_row_json(&view->rows[i], NULL, json);
	json_out_end(json);
	complete_words_json(json, &view->complete);
	json_out_end(json);
}
