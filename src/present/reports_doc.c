/* SPDX-License-Identifier: ISC */
#include "present/reports_doc.h"

#include "base/num.h"
#include "present/complete_words.h"
#include "present/words.h"
#include "report/reporter.h"

static const struct doc_column columns[] = {
    {"Number", "id", COLUMN_NUMBER, 0, "For `mailseal report show NUMBER`."},
    {"Day (UTC)", "day", COLUMN_TEXT, 0, "The day that the sessions belong to, not the day on which the report came."},
    {"Reporter", "reporter", COLUMN_TEXT, 0, NULL},
    {"Domain", "domain", COLUMN_CODE, 0, NULL},
    {"Sessions", "sessions", COLUMN_NUMBER, 0, "A session may count once for each policy of the report."},
    {"Failed", "failed", COLUMN_NUMBER, 0, NULL},
    {"Worst result", "worst_result", COLUMN_CODE, 1, NULL},
    {"Policies", "policy_types", COLUMN_TEXT, 3, NULL},
    {"Received", "received", COLUMN_TEXT, 4, NULL},
    {"Via", "door", COLUMN_TEXT, 5, NULL},
    {"Counted", "counted", COLUMN_TEXT, 2, "Reports that nobody vouches for are kept, but do not count until they are accepted."},
};

static struct str domain_text(struct arena *arena, const struct report_row *row)
{
	if (row->domains <= 1 || row->domain.len == 0)
		return row->domain;
	return WORDS(arena, "{domain} +{count}", {"domain", row->domain}, {"count", words_count(arena, row->domains - 1)});
}

static void put_row(struct doc_table *table, const struct report_row *row)
{
	struct arena *arena = table->arena;
	struct doc_cell *cells = doc_row(table, 0);
	char day[INSTANT_TEXT_MAX];
	struct str name = reporter_name(row->reporter, row->organization_name);

	cells[0] = doc_cell_count(arena, (uint64_t)row->id);
	cells[0].text = cells[0].raw;
	cells[0].href = str_of(arena_format(arena, "/reports/%lld", (long long)row->id));
	cells[1] = doc_cell_stated(row->day == DAY_NONE ? STR_NONE : arena_str(arena, day_format(row->day, day)));
	cells[2] = doc_cell_stated(name);
	cells[3] = doc_cell_stated(domain_text(arena, row));
	cells[4] = doc_cell_count(arena, num_add_sat(row->successful, row->failed));
	cells[5] = doc_cell_count(arena, row->failed);
	cells[6] = doc_cell(row->failed == 0 ? str_of(tr("nothing failed"))
	                    : row->worst_result.len > 0 ? row->worst_result
	                                                : str_of(tr("not explained")));
	cells[7] = doc_cell_stated(row->policy_types);
	cells[8] = doc_cell_instant(arena, row->received_at);
	cells[9] = doc_cell(str_of(door_text(row->door)));
	cells[10] = doc_cell(str_of(row->counted ? tr("yes") : tr("no")));
	if (row->copies > 1)
		cells[9].text = WORDS(arena, "{door}, {count} times", {"door", str_of(door_text(row->door))},
		                      {"count", words_count(arena, row->copies)});
}

void reports_doc(const struct report_list *list, const struct view_scope *scope, struct arena *arena, struct doc *out)
{
	uint64_t failed = 0, held = 0;

	doc_init(out, arena, str_of(tr("Reports")));
	if (list->row_count == 0) {
		view_words_empty(out, scope);
		return;
	}
	for (size_t i = 0; i < list->row_count; i++) {
		failed += list->rows[i].failed > 0;
		held += !list->rows[i].counted;
	}
	doc_sentence(out, failed == 0
	                      ? WORDS_N(arena, list->row_count, "One report, and nothing failed.",
	                                "{count} reports, and nothing failed in any of them.",
	                                {"count", words_count(arena, list->row_count)})
	                      : WORDS_N(arena, list->row_count, "One report, with failures.",
	                                "{count} reports, {failed} of them with failures.",
	                                {"count", words_count(arena, list->row_count)},
	                                {"failed", words_count(arena, failed)}));
	doc_sub(out, view_words_coverage(arena, scope));
	complete_words_put(out, &list->complete);
	view_words_periods(out, scope);
	if (held > 0)
		doc_sub(out, WORDS_N(arena, held, "One of them does not count; its page says why.",
		                     "{count} of them do not count; their pages say why.",
		                     {"count", words_count(arena, held)}));
	struct doc_table *table = doc_table(out, str_of(tr("Newest first")), columns, COUNT_OF(columns));
	for (size_t i = 0; i < list->row_count; i++)
		put_row(table, &list->rows[i]);
	if (list->next > 0) {
		struct str after = str_of(arena_format(arena, "%lld", (long long)list->next));
		doc_link(out, str_of(tr("Older reports")), view_words_href(arena, scope, scope->path, "after", after),
		         WORDS(arena, "mailseal report list --after {id}", {"id", after}));
	}
}

/* --- records --- */

static const struct doc_column record_columns[] = {
    {"Number", "id", COLUMN_NUMBER, 0, NULL},
    {"Day", "day", COLUMN_TEXT, 0, NULL},
    {"Begin", "begin", COLUMN_TEXT, 0, NULL},
    {"End", "end", COLUMN_TEXT, 0, NULL},
    {"Received", "received", COLUMN_TEXT, 0, NULL},
    {"Reporter", "reporter", COLUMN_CODE, 0, NULL},
    {"Name", "organization_name", COLUMN_TEXT, 0, NULL},
    {"Report id", "report_id", COLUMN_CODE, 0, NULL},
    {"Domain", "domain", COLUMN_CODE, 0, NULL},
    {"Domains", "domains", COLUMN_NUMBER, 0, NULL},
    {"Policies", "policy_types", COLUMN_TEXT, 0, NULL},
    {"Successful", "successful", COLUMN_NUMBER, 0, NULL},
    {"Failed", "failed", COLUMN_NUMBER, 0, NULL},
    {"Worst result", "worst_result", COLUMN_CODE, 0, NULL},
    {"Trust", "trust", COLUMN_CODE, 0, NULL},
    {"Counted", "counted", COLUMN_TEXT, 0, NULL},
    {"Via", "door", COLUMN_TEXT, 0, NULL},
    {"Copies", "copies", COLUMN_NUMBER, 0, NULL},
};

static void put_record(struct doc_table *table, const struct report_row *row)
{
	struct arena *arena = table->arena;
	struct doc_cell *cells = doc_row(table, 0);
	char day[INSTANT_TEXT_MAX];

	cells[0] = doc_cell_count(arena, (uint64_t)row->id);
	cells[1] = doc_cell(arena_str(arena, day_format(row->day, day)));
	cells[2] = doc_cell_instant(arena, row->begin);
	cells[3] = doc_cell_instant(arena, row->end);
	cells[4] = doc_cell_instant(arena, row->received_at);
	cells[5] = doc_cell(row->reporter);
	cells[6] = doc_cell(row->organization_name);
	cells[7] = doc_cell(row->report_id);
	cells[8] = doc_cell(row->domain);
	cells[9] = doc_cell_count(arena, row->domains);
	cells[10] = doc_cell(row->policy_types);
	cells[11] = doc_cell_count(arena, row->successful);
	cells[12] = doc_cell_count(arena, row->failed);
	cells[13] = doc_cell(row->worst_result);
	cells[14] = doc_cell(str_of(trust_text(row->trust)));
	cells[15] = doc_cell(str_of(row->counted ? "true" : "false"));
	cells[16] = doc_cell(str_of(door_text(row->door)));
	cells[17] = doc_cell_count(arena, row->copies);
}

struct doc_table *reports_doc_table(const struct report_list *list, struct arena *arena)
{
	struct doc_table *table = doc_table_new(arena, record_columns, COUNT_OF(record_columns));

	for (size_t i = 0; i < list->row_count; i++)
		put_record(table, &list->rows[i]);
	return table;
}

/* --- JSON --- */

static struct str or_none(struct str s)
{
	return s.len > 0 ? s : STR_NONE;
}

void reports_doc_row_json(const struct report_row *row, struct json_out *json)
{
	struct str types = or_none(row->policy_types);

	json_out_object(json, NULL);
	json_out_int(json, "id", row->id);
	json_out_day(json, "day", row->day);
	json_out_instant(json, "begin", row->begin);
	json_out_instant(json, "end", row->end);
	json_out_instant(json, "received", row->received_at);
	json_out_str(json, "reporter", or_none(row->reporter));
	json_out_str(json, "organization_name", or_none(row->organization_name));
	json_out_str(json, "report_id", or_none(row->report_id));
	json_out_str(json, "domain", or_none(row->domain));
	json_out_uint(json, "domains", row->domains);
	json_out_list(json, "policy_types");
	while (types.p != NULL)
		json_out_str(json, NULL, str_trim(str_cut(&types, ',')));
	json_out_end(json);
	json_out_uint(json, "successful", row->successful);
	json_out_uint(json, "failed", row->failed);
	json_out_str(json, "worst_result", or_none(row->worst_result));
	json_out_str(json, "trust", str_of(trust_text(row->trust)));
	json_out_bool(json, "counted", row->counted);
	json_out_str(json, "door", str_of(door_text(row->door)));
	json_out_uint(json, "copies", row->copies);
	json_out_uint(json, "deviations", row->deviations);
	json_out_end(json);
}

void reports_doc_json(const struct report_list *list, struct json_out *json)
{
	json_out_object(json, NULL);
	json_out_list(json, "reports");
	for (size_t i = 0; i < list->row_count; i++)
		reports_doc_row_json(&list->rows[i], json);
	json_out_end(json);
	if (list->next > 0)
		json_out_int(json, "next", list->next);
	else
		json_out_null(json, "next");
	complete_words_json(json, &list->complete);
	json_out_end(json);
}
