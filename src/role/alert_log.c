/* SPDX-License-Identifier: ISC */
#include "role/alert_log.h"

#include <inttypes.h>

#include "alert/alert_message.h"
#include "alert/alert_rules.h"
#include "present/issue_doc.h"
#include "present/words.h"
#include "role/alert_words.h"
#include "store/alert_ruleset.h"
#include "store/issues.h"

const struct doc_column alert_log_columns[ALERT_LOG_COLUMNS] = {
    {"Time", "at", COLUMN_TEXT, 0, NULL},
    {"Rule", "rule", COLUMN_TEXT, 2, NULL},
    {"What", "kind", COLUMN_TEXT, 0, NULL},
    {"Issue", "issue", COLUMN_CODE, 0, NULL},
    {"Title", "title", COLUMN_TEXT, 3, NULL},
    {"Channel", "channel", COLUMN_TEXT, 0, "log: the log of the server."},
    {"Outcome", "outcome", COLUMN_TEXT, 0, "delivered, queued, failed and why, or why it was not said."},
    {"Answer", "answer", COLUMN_TEXT, 1, "What the channel said at the last attempt."},
    {"Message", "message", COLUMN_CODE, 1, "Its number, for 'alert resend'."},
    {"Sent again by", "resent_by", COLUMN_TEXT, 2, NULL},
};

static instant at_of(const struct alert_log_row *shown)
{
	return shown->row != NULL ? shown->row->at : shown->deliveries->created_at;
}

static const char *rule_of(const struct alert_log_row *shown)
{
	return shown->row == NULL ? NULL : shown->rule;
}

static const char *kind_of(const struct alert_log_row *shown)
{
	if (shown->row != NULL)
		return alert_kind_text((enum alert_kind)shown->row->kind);
	switch (shown->deliveries->event) {
	case ALERT_EVENT_TEST: return "test";
	case ALERT_EVENT_CHANNEL: return "channel";
	default: return "document";
	}
}

static bool load_row(struct store *store, const struct alert_row *row, struct arena *arena, struct alert_log_row *out,
                     struct err *err)
{
	struct alert_outbox_filter filter = {.alert = row->id};
	struct alert_rule rule;
	struct issue issue;
	char number[ISSUE_NUMBER_MAX];

	*out = (struct alert_log_row){.row = row};
	if (row->kind >= ALERT_KIND_COUNT || row->outcome >= ALERT_OUTCOME_COUNT)
		return err_set(err, ERR_SETUP, "the log of alerts is of a newer version");
	if (!alert_ruleset_load(store, row->rule, arena, &rule, err))
		return false;
	out->rule = arena_text(arena, rule.name);
	if (!alert_outbox_list(store, &filter, arena, &out->deliveries, &out->count, err))
		return false;
	if (row->day != DAY_NONE) {
		out->title = alert_words_day(row, &rule, arena);
		return true;
	}
	if (row->issue == 0) {
		out->title = WORDS(arena, "{count} more issues", {"count", words_count(arena, row->count)});
		return true;
	}
	if (!issues_load(store, row->issue, arena, &issue, err))
		return false;
	out->number = arena_str(arena, issue_number(issue.id, number));
	out->title = issue_doc_title(arena, &issue);
	return true;
}

/* Both lists are newest first; so is what comes out. */
bool alert_log_page(struct store *store, struct alert_log_place from, size_t most, struct arena *arena,
                    struct alert_log_row **out, size_t *out_count, struct alert_log_place *out_next, struct err *err)
{
	struct alert_outbox_filter without_rule = {.alert = 0, .before = from.delivery, .limit = most + 1};
	struct alert_row *rows;
	struct alert_delivery *others;
	size_t n, other_count, i = 0, j = 0, count = 0;

	if (!alerts_list(store, from.alert, most + 1, arena, &rows, &n, err) ||
	    !alert_outbox_list(store, &without_rule, arena, &others, &other_count, err))
		return false;
	struct alert_log_row *shown = ARENA_ARRAY(arena, n + other_count + 1, struct alert_log_row);
	*out_next = from;
	while (count < most && (i < n || j < other_count)) {
		if (j < other_count && (i == n || others[j].created_at > rows[i].at)) {
			shown[count++] = (struct alert_log_row){.title = others[j].headline, .deliveries = &others[j], .count = 1};
			out_next->delivery = others[j++].id;
		} else {
			out_next->alert = rows[i].id;
			if (!load_row(store, &rows[i++], arena, &shown[count++], err))
				return false;
		}
	}
	if (i == n && j == other_count)
		*out_next = (struct alert_log_place){0};
	*out = shown;
	*out_count = count;
	return true;
}

/* Of what is about no issue, or comes of no rule. */
static struct doc_cell cell_or_none(struct str text)
{
	struct doc_cell cell = doc_cell(text.len > 0 ? text : STR("-"));
	cell.is_absent = text.len == 0;
	if (cell.is_absent)
		cell.raw = STR("");
	return cell;
}

static void put_cells(struct doc_table *table, const struct alert_log_row *shown, const struct alert_delivery *delivery)
{
	struct doc_cell *cells = doc_row(table, 0);

	cells[0] = doc_cell_instant(table->arena, at_of(shown));
	cells[1] = cell_or_none(str_of(rule_of(shown)));
	cells[2] = doc_cell(str_of(kind_of(shown)));
	cells[3] = cell_or_none(shown->number);
	cells[4] = doc_cell(shown->title);
	cells[5] = doc_cell(delivery == NULL ? STR("log") : delivery->channel_name);
	cells[6] = doc_cell(str_of(delivery == NULL ? alert_outcome_text((enum alert_outcome)shown->row->outcome)
	                                            : alert_outbox_state_text(delivery->state)));
	if (delivery == NULL)
		return;
	cells[7] = doc_cell(delivery->words);
	cells[8] = doc_cell(str_of(arena_format(table->arena, "%" PRId64, delivery->id)));
	cells[9] = doc_cell(delivery->again_by);
}

void alert_log_table(const struct alert_log_row *shown, size_t n, struct doc_table *table)
{
	for (size_t i = 0; i < n; i++) {
		if (shown[i].row != NULL)
			put_cells(table, &shown[i], NULL);
		for (size_t j = shown[i].count; j > 0; j--)
			put_cells(table, &shown[i], &shown[i].deliveries[j - 1]);
	}
}

static void put_delivery_json(const struct alert_delivery *delivery, struct json_out *json)
{
	json_out_object(json, NULL);
	json_out_uint(json, "message", (uint64_t)delivery->id);
	json_out_str(json, "channel", delivery->channel_name);
	json_out_str(json, "state", str_of(alert_outbox_state_text(delivery->state)));
	json_out_str(json, "answer", delivery->words.len > 0 ? delivery->words : STR_NONE);
	json_out_uint(json, "attempts", delivery->attempts);
	json_out_instant(json, "next_at", delivery->state < DELIVERY_DELIVERED ? delivery->next_at : INSTANT_NONE);
	json_out_instant(json, "done_at", delivery->done_at);
	json_out_str(json, "resent_by", delivery->again_of != 0 ? delivery->again_by : STR_NONE);
	json_out_end(json);
}

void alert_log_json(const struct alert_log_row *shown, struct json_out *json)
{
	const struct alert_row *row = shown->row;
	json_out_object(json, NULL);
	json_out_instant(json, "at", at_of(shown));
	json_out_str(json, "rule", str_of(rule_of(shown)));
	json_out_str(json, "kind", str_of(kind_of(shown)));
	json_out_str(json, "issue", shown->number);
	json_out_str(json, "title", shown->title);
	json_out_str(json, "outcome", row == NULL ? STR_NONE : str_of(alert_outcome_text((enum alert_outcome)row->outcome)));
	json_out_instant(json, "said_at", row == NULL ? INSTANT_NONE : row->done_at);
	json_out_list(json, "deliveries");
	for (size_t i = shown->count; i > 0; i--)
		put_delivery_json(&shown->deliveries[i - 1], json);
	json_out_end(json);
	json_out_end(json);
}
