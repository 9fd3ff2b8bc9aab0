/* SPDX-License-Identifier: ISC */
/* mailseal status: one screen; the first thing to type. */
#include "base/limits.h"
#include "cli/cli.h"
#include "cli/cli_view.h"
#include "present/status_doc.h"

static const char usage[] =
    "mailseal status\n"
    "mailseal status --json\n"
    "\n"
    "Whether mail is being refused, whether reports come in, and what is stored.\n";

static void put(const struct cli *cli, const struct store_status *status, struct arena *arena)
{
	struct doc doc;

	if (cli->format == OUTPUT_TEXT) {
		status_doc(status, instant_now(), arena, &doc);
		cli_view_doc(cli, &doc);
		return;
	}
	struct json_out json;
	struct buf out;
	buf_init(&out, MIB(1));
	json_out_init(&json, &out, cli->format == OUTPUT_JSON);
	status_doc_json(status, instant_now(), &json);
	cli_print(buf_view(&out));
	buf_done(&out);
}

int cli_status(struct cli *cli, int argc, char **argv)
{
	struct cli_view view = {0};
	struct err err = {0};

	if (!cli_parse(cli, &argc, argv, NULL, usage))
		return EXIT_USAGE;
	if (argc != 0)
		return cli_usage("status", "status takes no words");
	if (cli->format == OUTPUT_CSV || cli->format == OUTPUT_PLAIN)
		return cli_usage("status", "status is no table; use --json");
	if (cli_view_open(cli, &view, &err)) {
		put(cli, &view.status, &view.arena);
		cli_view_close(&view);
		return EXIT_DONE;
	}
	if (err.kind != ERR_MISSING)
		return cli_fail(&err);
	/* Nothing stored yet is an answer too. */
	struct store_status none = {
	    .first_begin = INSTANT_NONE, .last_end = INSTANT_NONE, .last_arrival = INSTANT_NONE, .complete.last.day = DAY_NONE};
	arena_init(&view.arena, MIB(1));
	put(cli, &none, &view.arena);
	arena_done(&view.arena);
	return EXIT_DONE;
}
