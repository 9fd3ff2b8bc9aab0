/* SPDX-License-Identifier: ISC */
/* mailseal alert list: what was said, and what was not and why. */
#include <string.h>

#include "alert/alert_rules.h"
#include "base/attr.h"
#include "cli/cli.h"
#include "cli/cli_view.h"
#include "present/issue_doc.h"
#include "present/words.h"
#include "store/alerts.h"
#include "store/issues.h"

#define LIST_ROWS 50
#define PAGE_ROWS 10000

static const char usage[] =
    "mailseal alert list\n"
    "mailseal alert list --json\n"
    "\n"
    "The server says alerts as log lines (event \"alert\"), which reach the journal: 'journalctl -t mailseal'.\n"
    "list    what was said, newest first; and what was not said, and why\n"
    "  --json --jsonl --csv --plain   for programs\n";

static const struct doc_column columns[] = {
    {"Time", "at", COLUMN_TEXT, 0, NULL},
    {"Rule", "rule", COLUMN_TEXT, 0, NULL},
    {"What", "kind", COLUMN_TEXT, 0, NULL},
    {"Issue", "issue", COLUMN_CODE, 0, NULL},
    {"Title", "title", COLUMN_TEXT, 1, NULL},
    {"Outcome", "outcome", COLUMN_TEXT, 0, "said, pending, held for a digest, or why it was not said."},
};

struct shown {
	const struct alert_row *row;
	struct str number, title;
};

static bool load(struct cli_view *view, const struct alert_row *rows, size_t n, struct shown *out, struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		struct issue issue;
		char number[ISSUE_NUMBER_MAX];
		out[i] = (struct shown){.row = &rows[i]};
		if (rows[i].rule >= ALERT_RULE_COUNT || rows[i].kind >= ALERT_KIND_COUNT ||
		    rows[i].outcome >= ALERT_OUTCOME_COUNT)
			return err_set(err, ERR_SETUP, "the log of alerts is of a newer version");
		if (rows[i].issue == 0) {
			out[i].title = WORDS(&view->arena, "{count} more issues",
			                     {"count", words_count(&view->arena, rows[i].count)});
			continue;
		}
		if (!issues_load(view->store, rows[i].issue, &view->arena, &issue, err))
			return false;
		out[i].number = arena_str(&view->arena, issue_number(issue.id, number));
		out[i].title = issue_doc_title(&view->arena, &issue);
	}
	return true;
}

static void fill(struct doc_table *table, const struct shown *shown, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct alert_row *row = shown[i].row;
		struct doc_cell *cells = doc_row(table, 0);
		cells[0] = doc_cell_instant(table->arena, row->at);
		cells[1] = doc_cell(str_of(alert_rule_text((enum alert_rule)row->rule)));
		cells[2] = doc_cell(str_of(alert_kind_text((enum alert_kind)row->kind)));
		cells[3] = doc_cell_stated(shown[i].number);
		cells[4] = doc_cell(shown[i].title);
		cells[5] = doc_cell(str_of(alert_outcome_text((enum alert_outcome)row->outcome)));
	}
}

static void put_row_json(const struct shown *shown, struct json_out *json)
{
	const struct alert_row *row = shown->row;
	json_out_object(json, NULL);
	json_out_instant(json, "at", row->at);
	json_out_str(json, "rule", str_of(alert_rule_text((enum alert_rule)row->rule)));
	json_out_str(json, "kind", str_of(alert_kind_text((enum alert_kind)row->kind)));
	json_out_str(json, "issue", shown->number);
	json_out_str(json, "title", shown->title);
	json_out_str(json, "outcome", str_of(alert_outcome_text((enum alert_outcome)row->outcome)));
	json_out_instant(json, "said_at", row->done_at);
	json_out_end(json);
}

static void put_json(const struct cli *cli, const struct shown *shown, size_t n)
{
	struct json_out json;
	struct buf out;

	buf_init(&out, CLI_VIEW_BYTES);
	json_out_init(&json, &out, cli->format == OUTPUT_JSON);
	if (cli->format == OUTPUT_JSON) {
		json_out_object(&json, NULL);
		json_out_list(&json, "alerts");
	}
	for (size_t i = 0; i < n; i++)
		put_row_json(&shown[i], &json);
	if (cli->format == OUTPUT_JSON) {
		json_out_end(&json);
		json_out_end(&json);
	}
	cli_print(buf_view(&out));
	buf_done(&out);
}

static void put_words(const struct cli *cli, struct arena *arena, const struct shown *shown, size_t n)
{
	struct doc doc;
	doc_init(&doc, arena, str_of(tr("Alerts")));
	if (n == 0)
		doc_sentence(&doc, str_of(tr("Nothing was worth a message yet.")));
	else
		fill(doc_table(&doc, str_of(tr("What was said")), columns, COUNT_OF(columns)), shown, n);
	cli_view_doc(cli, &doc);
}

static int list(const struct cli *cli)
{
	struct cli_view view = {0};
	struct alert_row *rows = NULL;
	struct err err = {0};
	size_t n = 0, most = cli->filter.limit;

	if (most == 0)
		most = cli->format == OUTPUT_TEXT ? LIST_ROWS : PAGE_ROWS;
	if (!cli_view_open(cli, &view, &err))
		return cli_fail(&err);
	bool ok = alerts_list(view.store, most, &view.arena, &rows, &n, &err);
	struct shown *shown = ARENA_ARRAY(&view.arena, n + 1, struct shown);
	ok = ok && load(&view, rows, n, shown, &err);
	if (ok && cli->format == OUTPUT_TEXT) {
		put_words(cli, &view.arena, shown, n);
	} else if (ok && (cli->format == OUTPUT_CSV || cli->format == OUTPUT_PLAIN)) {
		struct doc_table *table = doc_table_new(&view.arena, columns, COUNT_OF(columns));
		fill(table, shown, n);
		cli_view_table(cli, table);
	} else if (ok) {
		put_json(cli, shown, n);
	}
	cli_view_close(&view);
	return ok ? EXIT_DONE : cli_fail(&err);
}

int cli_alert(struct cli *cli, int argc, char **argv)
{
	if (!cli_parse(cli, &argc, argv, NULL, usage))
		return EXIT_USAGE;
	if (argc > 1 || (argc == 1 && strcmp(argv[0], "list") != 0))
		return cli_usage("alert", "there is no 'alert %s'", argv[argc - 1]);
	return list(cli);
}
