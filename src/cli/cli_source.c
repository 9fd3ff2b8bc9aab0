/* SPDX-License-Identifier: ISC */
/* mailseal source list|show: the aggregate by sending source. */
#include <string.h>

#include "cli/cli.h"
#include "cli/cli_trust.h"
#include "cli/cli_view.h"
#include "present/sources_doc.h"

static const char usage[] =
    "mailseal source list\n"
    "mailseal source list --by network --since 30d\n"
    "mailseal source show google.com\n"
    "\n"
    "Who reported, how many sessions, what failed and from where.\n"
    "  --by reporter|network|address   what a row is (default reporter)\n"
    "  --since, --until DAY   2026-11-21, or 7d: the last seven days (default: all days)\n"
    "  --domain, --reporter, --result, --mx, --mode, --policy   only these\n"
    "  --json --jsonl --csv --plain   for programs\n"
    "show REPORTER   one of them, with every policy and every address that failed\n"
    "trust REPORTER      counts what is held of it, from now on and backwards; -n only says what would change\n"
    "  --others          also what others signed in the name of one that is known to sign\n"
    "distrust REPORTER   nothing of it counts but what you import\n"
    "forget REPORTER     each report counts by its own trust again\n"
    "decisions           what was decided\n";

static bool parse_by(const char *text, enum source_by *out)
{
	static const char *const names[] = {"reporter", "network", "address"};

	for (unsigned i = 0; i < COUNT_OF(names); i++) {
		if (text != NULL && strcmp(text, names[i]) == 0) {
			*out = (enum source_by)i;
			return true;
		}
	}
	return text == NULL;
}

static void put_json(const struct cli *cli, const struct source_view *view)
{
	struct json_out json;
	struct buf out;

	buf_init(&out, CLI_VIEW_BYTES);
	json_out_init(&json, &out, cli->format == OUTPUT_JSON);
	if (cli->format == OUTPUT_JSON)
		sources_doc_json(view, &json);
	for (size_t i = 0; cli->format == OUTPUT_JSONL && i < view->row_count; i++)
		sources_doc_row_json(&view->rows[i], NULL, &json);
	cli_print(buf_view(&out));
	buf_done(&out);
}

static void put(const struct cli *cli, struct cli_view *view, const struct source_view *sources,
                const struct view_scope *scope, enum sources_detail detail)
{
	struct doc doc;

	if (cli->format == OUTPUT_JSON || cli->format == OUTPUT_JSONL) {
		put_json(cli, sources);
	} else if (cli->format == OUTPUT_TEXT) {
		sources_doc(sources, scope, detail, &view->arena, &doc);
		cli_view_doc(cli, &doc);
	} else {
		cli_view_table(cli, sources_doc_table(sources, &view->arena));
	}
}

int cli_source(struct cli *cli, int argc, char **argv)
{
	const char *by_name = NULL;
	bool others = false;
	const struct option options[] = {{"--by", OPTION_TEXT, &by_name, "reporter|network|address"},
	                                 {"--others", OPTION_FLAG, &others, "believe also what others signed in its name"},
	                                 {0}};
	struct cli_view view = {0};
	struct source_view sources;
	struct err err = {0};
	enum source_by by = SOURCE_BY_REPORTER;

	if (!cli_parse(cli, &argc, argv, options, usage))
		return EXIT_USAGE;
	if (argc > 0 && cli_trust_is_verb(argv[0]))
		return cli_trust(cli, argc, argv, others);
	bool is_show = argc == 2 && strcmp(argv[0], "show") == 0;
	if (!is_show && (argc != 1 || strcmp(argv[0], "list") != 0))
		return cli_usage("source", "say 'source list' or 'source show REPORTER'");
	if (!parse_by(by_name, &by))
		return cli_usage("source", "--by takes reporter, network or address");
	if (is_show)
		cli->filter.reporter = str_of(argv[1]);
	if (!cli_view_open(cli, &view, &err))
		return cli_fail(&err);
	struct view_scope scope = cli_view_scope(cli, &view, "source list", "/sources");
	bool ok = store_sources(view.store, &scope.filter, by, &view.arena, &sources, &err);
	if (ok && is_show && sources.row_count == 0)
		ok = err_set(&err, ERR_MISSING, "there is no report from %.100s here; 'mailseal source list' shows who reported",
		             argv[1]);
	if (ok)
		put(cli, &view, &sources, &scope, is_show || cli->verbose ? SOURCES_ALL : SOURCES_ROWS);
	cli_view_close(&view);
	return ok ? EXIT_DONE : cli_fail(&err);
}
