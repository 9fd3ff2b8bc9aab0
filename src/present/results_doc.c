/* SPDX-License-Identifier: ISC */
#include "present/cause_words.h"
#include "present/results_doc.h"

#include "base/num.h"
#include "present/complete_words.h"
#include "present/result_words.h"
#include "present/words.h"

#define MOST_PARTS 50 /* of one result */

static const struct doc_column columns[] = {
    {"Result", "result_type", COLUMN_CODE, 0, "The result type that reporters name; below it the policy under which it fell."},
    {"Server", "mx", COLUMN_CODE, 0, "The MX host of yours; reporters do not always state it."},
    {"Sessions", "sessions", COLUMN_NUMBER, 0, "Failed sessions. A session may count once for each policy."},
    {"Refused", "refused", COLUMN_NUMBER, 0, "Sessions in which the sender had to give up delivery: MTA-STS enforce or DANE."},
    {"Share", "share", COLUMN_NUMBER, 3, "Of all sessions reported."},
    {"Reporters", "reporters", COLUMN_NUMBER, 2, "How many organisations reported it."},
    {"Domains", "domains", COLUMN_NUMBER, 1, "How many of your domains it met."},
    {"What it means", "sentence", COLUMN_TEXT, 4, NULL},
};

static uint64_t total(const struct result_view *view)
{
	return num_add_sat(view->successful, view->failed);
}

static struct str row_name(const struct result_row *row)
{
	if (row->is_unexplained)
		return str_of(tr("not explained"));
	return words_stated(row->result_text);
}

static struct str row_sentence(struct arena *arena, const struct result_row *row)
{
	if (row->is_unexplained)
		return str_of(tr("The reporter gave a count but no detail."));
	return result_words_explain(arena, row->result_type, row->cause, row->fault);
}

static void put_part(struct doc_table *table, const struct result_view *view, const struct result_part *part)
{
	struct arena *arena = table->arena;
	struct doc_cell *cells = doc_row(table, 1);

	cells[0] = doc_cell(result_words_policy_mode(arena, part->policy_type, part->policy_type_text, part->mode));
	cells[1] = doc_cell_stated(part->mx);
	cells[2] = doc_cell_count(arena, part->sessions);
	cells[3] = doc_cell_count(arena, part->refused ? part->sessions : 0);
	cells[4] = doc_cell(words_share(arena, part->sessions, total(view)));
}

static void put_row(struct doc_table *table, const struct result_view *view, const struct view_scope *scope,
                    const struct result_row *row)
{
	struct arena *arena = table->arena;
	struct doc_cell *cells = doc_row(table, 0);
	uint64_t rest = 0;

	cells[0] = doc_cell(row_name(row));
	cells[2] = doc_cell_count(arena, row->sessions);
	if (!row->is_unexplained)
		cells[2].href = view_words_href(arena, scope, "/reports", "result", row_name(row));
	cells[3] = doc_cell_count(arena, row->refused_sessions);
	cells[4] = doc_cell(words_share(arena, row->sessions, total(view)));
	cells[5] = doc_cell_count(arena, row->reporters);
	cells[6] = doc_cell_count(arena, row->domains);
	cells[7] = doc_cell(row_sentence(arena, row));
	for (size_t i = 0; i < row->part_count; i++) {
		if (i < MOST_PARTS)
			put_part(table, view, &row->parts[i]);
		else
			rest = num_add_sat(rest, row->parts[i].sessions);
	}
	if (rest > 0) {
		cells = doc_row(table, 1);
		cells[0] = doc_cell(str_of(tr("other")));
		cells[2] = doc_cell_count(arena, rest);
	}
}

static struct str succeeded_words(struct arena *arena, const struct succeeded_row *row)
{
	if (row->policy_type == POLICY_NONE_FOUND)
		return str_of(tr("no policy in force"));
	struct str policy = result_words_policy_mode(arena, row->policy_type, row->policy_type_text, row->mode);
	if (row->mode == MODE_NONE)
		return WORDS(arena, "no policy in force ({policy})", {"policy", policy});
	return WORDS(arena, "secured, {policy}", {"policy", policy});
}

static enum doc_tone succeeded_tone(const struct succeeded_row *row)
{
	if (row->policy_type == POLICY_NONE_FOUND || row->mode == MODE_NONE)
		return TONE_NONE;
	return row->mode == MODE_TESTING ? TONE_TEST : TONE_OK;
}

static void put_succeeded(struct doc *doc, const struct result_view *view)
{
	struct arena *arena = doc->arena;
	bool has_none = false;

	if (view->succeeded_count == 0)
		return;
	doc_heading(doc, 2, str_of(tr("Succeeded")));
	for (size_t i = 0; i < view->succeeded_count; i++) {
		const struct succeeded_row *row = &view->succeeded[i];
		has_none = has_none || succeeded_tone(row) == TONE_NONE;
		doc_bar(doc, succeeded_tone(row), succeeded_words(arena, row),
		        WORDS(arena, "{count} ({share})", {"count", words_count(arena, row->sessions)},
		              {"share", words_share(arena, row->sessions, total(view))}),
		        row->sessions, total(view));
	}
	if (has_none)
		doc_sub(doc, str_of(tr("Without a policy a session is encrypted if both sides could; nothing guarantees it.")));
}

static uint64_t refused(const struct result_view *view)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < view->row_count; i++)
		sum = num_add_sat(sum, view->rows[i].refused_sessions);
	return sum;
}

static void put_verdict(struct doc *doc, const struct result_view *view)
{
	struct arena *arena = doc->arena;
	uint64_t n = refused(view);
	const struct word words[] = {{"total", words_count(arena, total(view))},
	                             {"failed", words_count(arena, view->failed)},
	                             {"share", words_share(arena, view->failed, total(view))},
	                             {"refused", words_count(arena, n)},
	                             {"reports", words_count(arena, view->reports)}};
	const char *text = n > 0              ? tr("{failed} of {total} sessions failed ({share}), {refused} of them refused.")
	                   : view->failed > 0 ? tr("{failed} of {total} sessions failed ({share}); nothing was refused.")
	                                      : tr_n("Nothing failed in the one session.", "Nothing failed in {total} sessions.", total(view));

	doc_verdict(doc, n > 0 ? TONE_FAIL : view->failed > 0 ? TONE_WARN : TONE_OK,
	            n > 0 ? tr("Refused") : view->failed > 0 ? tr("Failed") : tr("All clear"),
	            words_fill(arena, text, words, COUNT_OF(words)));
}

static bool has_both(const struct result_view *view)
{
	bool sts = false, tlsa = false;

	for (size_t i = 0; i < view->succeeded_count; i++) {
		sts = sts || view->succeeded[i].policy_type == POLICY_STS;
		tlsa = tlsa || view->succeeded[i].policy_type == POLICY_TLSA;
	}
	for (size_t i = 0; i < view->row_count; i++) {
		for (size_t p = 0; p < view->rows[i].part_count; p++) {
			sts = sts || view->rows[i].parts[p].policy_type == POLICY_STS;
			tlsa = tlsa || view->rows[i].parts[p].policy_type == POLICY_TLSA;
		}
	}
	return sts && tlsa;
}

void results_doc_add(struct doc *out, const struct result_view *view, const struct view_scope *scope)
{
	struct arena *arena = out->arena;

	if (view->row_count > 0) {
		doc_heading(out, 2, str_of(tr("Failed")));
		struct doc_table *table = doc_table(out, STR_NONE, columns, COUNT_OF(columns));
		table->caption = WORDS_N(arena, view->row_count, "{count} kind of result, most sessions first",
		                         "{count} kinds of result, most sessions first",
		                         {"count", words_count(arena, view->row_count)});
		for (size_t i = 0; i < view->row_count; i++)
			put_row(table, view, scope, &view->rows[i]);
	} else {
		doc_sentence(out, str_of(tr("No failed sessions in this period.")));
	}
	put_succeeded(out, view);
}

void results_doc(const struct result_view *view, const struct view_scope *scope, struct arena *arena, struct doc *out)
{
	doc_init(out, arena, str_of(tr("Results")));
	if (view->reports == 0) {
		view_words_empty(out, scope);
		return;
	}
	put_verdict(out, view);
	doc_sub(out, view_words_coverage(arena, scope));
	complete_words_put(out, &view->complete);
	view_words_periods(out, scope);
	if (has_both(view))
		doc_sub(out, str_of(tr("Sessions are counted for each policy: one that met MTA-STS and DANE counts under both.")));
	results_doc_add(out, view, scope);
}

/* --- records --- */

static const struct doc_column record_columns[] = {
    {"Result", "result_type", COLUMN_CODE, 0, NULL},  {"Cause", "cause", COLUMN_CODE, 0, NULL},
    {"Fault", "fault", COLUMN_CODE, 0, NULL},         {"Policy type", "policy_type", COLUMN_CODE, 0, NULL},
    {"Mode", "mode", COLUMN_CODE, 0, NULL},           {"Server", "mx", COLUMN_CODE, 0, NULL},
    {"Outcome", "outcome", COLUMN_CODE, 0, NULL},     {"Sessions", "sessions", COLUMN_NUMBER, 0, NULL},
};

static struct str type_of(enum policy_type type, struct str text)
{
	return type == POLICY_OTHER ? text : str_of(policy_type_text(type));
}

struct doc_table *results_doc_table(const struct result_view *view, struct arena *arena)
{
	struct doc_table *table = doc_table_new(arena, record_columns, COUNT_OF(record_columns));

	for (size_t i = 0; i < view->row_count; i++) {
		const struct result_row *row = &view->rows[i];
		for (size_t p = 0; p < row->part_count; p++) {
			const struct result_part *part = &row->parts[p];
			struct doc_cell *cells = doc_row(table, 0);
			cells[0] = doc_cell(row->is_unexplained ? STR("not-explained") : row->result_text);
			cells[1] = doc_cell(str_of(cause_text(row->cause)));
			cells[2] = doc_cell(str_of(fault_text(row->fault)));
			cells[3] = doc_cell(type_of(part->policy_type, part->policy_type_text));
			cells[4] = doc_cell(str_of(sts_mode_text(part->mode)));
			cells[5] = doc_cell(part->mx);
			cells[6] = doc_cell(str_of(part->refused ? "refused" : "failed"));
			cells[7] = doc_cell_count(arena, part->sessions);
		}
	}
	for (size_t i = 0; i < view->succeeded_count; i++) {
		const struct succeeded_row *row = &view->succeeded[i];
		struct doc_cell *cells = doc_row(table, 0);
		cells[3] = doc_cell(type_of(row->policy_type, row->policy_type_text));
		cells[4] = doc_cell(str_of(sts_mode_text(row->mode)));
		cells[6] = doc_cell(str_of(succeeded_tone(row) == TONE_NONE ? "no-policy" : "secured"));
		cells[7] = doc_cell_count(arena, row->sessions);
	}
	return table;
}

/* --- JSON --- */

static struct str or_none(struct str s)
{
	return s.len > 0 ? s : STR_NONE;
}

void results_doc_row_json(const struct result_row *row, struct arena *arena, struct json_out *json)
{
	json_out_object(json, NULL);
	json_out_str(json, "result_type", row->is_unexplained ? STR_NONE : or_none(row->result_text));
	json_out_str(json, "cause", str_of(cause_text(row->cause)));
	json_out_str(json, "fault", str_of(fault_text(row->fault)));
	json_out_uint(json, "sessions", row->sessions);
	json_out_uint(json, "refused_sessions", row->refused_sessions);
	json_out_uint(json, "reporters", row->reporters);
	json_out_uint(json, "domains", row->domains);
	json_out_list(json, "by");
	for (size_t i = 0; i < row->part_count; i++) {
		const struct result_part *part = &row->parts[i];
		json_out_object(json, NULL);
		json_out_str(json, "policy_type", or_none(type_of(part->policy_type, part->policy_type_text)));
		json_out_str(json, "mode", or_none(str_of(sts_mode_text(part->mode))));
		json_out_str(json, "mx", or_none(part->mx));
		json_out_uint(json, "sessions", part->sessions);
		json_out_bool(json, "refused", part->refused);
		json_out_end(json);
	}
	json_out_end(json);
	json_out_bool(json, "unexplained", row->is_unexplained);
	json_out_str(json, "title", row->is_unexplained ? str_of(tr("not explained"))
	                                                : cause_words_title(arena, row->cause, &(struct cause_about){.host = STR_NONE}));
	json_out_str(json, "sentence",
	             str_of(row->is_unexplained ? tr("The reporter gave a count and no detail.") : tr(cause_sentence(row->cause))));
	json_out_end(json);
}

void results_doc_json(const struct result_view *view, struct arena *arena, struct json_out *json)
{
	json_out_object(json, NULL);
	view_words_period_json(json, view->period);
	results_doc_members_json(view, arena, json);
	complete_words_json(json, &view->complete);
	json_out_end(json);
}

void results_doc_members_json(const struct result_view *view, struct arena *arena, struct json_out *json)
{
	json_out_object(json, "units_sessions");
	json_out_uint(json, "successful", view->successful);
	json_out_uint(json, "failed", view->failed);
	json_out_end(json);
	json_out_list(json, "results");
	for (size_t i = 0; i < view->row_count; i++)
		results_doc_row_json(&view->rows[i], arena, json);
	json_out_end(json);
	json_out_list(json, "succeeded");
	for (size_t i = 0; i < view->succeeded_count; i++) {
		const struct succeeded_row *row = &view->succeeded[i];
		json_out_object(json, NULL);
		json_out_str(json, "policy_type", or_none(type_of(row->policy_type, row->policy_type_text)));
		json_out_str(json, "mode", or_none(str_of(sts_mode_text(row->mode))));
		json_out_uint(json, "sessions", row->sessions);
		json_out_end(json);
	}
	json_out_end(json);
	json_out_uint(json, "reports", view->reports);
}
