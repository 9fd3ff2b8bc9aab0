/* SPDX-License-Identifier: ISC */
/* mailseal result list: the aggregate by result. */
#include <string.h>

#include "cli/cli.h"
#include "cli/cli_view.h"
#include "present/results_doc.h"

static const char usage[] =
    "mailseal result list\n"
    "mailseal result list --since 7d --domain example.com\n"
    "mailseal result list --failures-only --mode enforce --json\n"
    "\n"
    "What failed, how often, for how many reporters and domains; then what was secured.\n"
    "  --since, --until DAY   2026-11-21, or 7d: the last seven days (default: all days)\n"
    "  --domain, --reporter, --result, --mx, --mode, --policy   only these\n"
    "  --json --jsonl --csv --plain   for programs\n";

static void put_json(const struct cli *cli, struct arena *arena, const struct result_view *view)
{
	struct json_out json;
	struct buf out;

	buf_init(&out, CLI_VIEW_BYTES);
	json_out_init(&json, &out, cli->format == OUTPUT_JSON);
	if (cli->format == OUTPUT_JSON)
		results_doc_json(view, arena, &json);
	for (size_t i = 0; cli->format == OUTPUT_JSONL && i < view->row_count; i++)
		results_doc_row_json(&view->rows[i], arena, &json);
	cli_print(buf_view(&out));
	buf_done(&out);
}

int cli_result(struct cli *cli, int argc, char **argv)
{
	struct cli_view view = {0};
	struct result_view results;
	struct err err = {0};
	struct doc doc;

	if (!cli_parse(cli, &argc, argv, NULL, usage))
		return EXIT_USAGE;
	if (argc != 1 || strcmp(argv[0], "list") != 0)
		return cli_usage("result", "say 'result list'");
	if (!cli_view_open(cli, &view, &err))
		return cli_fail(&err);
	struct view_scope scope = cli_view_scope(cli, &view, "result list", "/results");
	if (!store_results(view.store, &scope.filter, &view.arena, &results, &err)) {
		cli_view_close(&view);
		return cli_fail(&err);
	}
	if (cli->format == OUTPUT_JSON || cli->format == OUTPUT_JSONL) {
		put_json(cli, &view.arena, &results);
	} else if (cli->format == OUTPUT_TEXT) {
		results_doc(&results, &scope, &view.arena, &doc);
		cli_view_doc(cli, &doc);
	} else {
		cli_view_table(cli, results_doc_table(&results, &view.arena));
	}
	cli_view_close(&view);
	return EXIT_DONE;
}
