/* SPDX-License-Identifier: ISC */
/* mailseal quarantine list|show|retry|drop. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "cli/cli.h"
#include "cli/cli_config.h"
#include "cli/cli_view.h"
#include "present/quarantine_doc.h"
#include "present/words.h"
#include "report/wire.h"
#include "role/keep_client.h"

#define LIST_ROWS 50
#define PAGE_ROWS 500

static const char usage[] =
    "mailseal quarantine list\n"
    "mailseal quarantine show 5\n"
    "mailseal quarantine retry 5 6 7\n"
    "mailseal quarantine drop 5\n"
    "\n"
    "What came in and could not be read, or is held; nothing is lost, its bytes are kept.\n"
    "list             newest first\n"
    "show NUMBER      what is wrong, where, what was expected, and how it begins\n"
    "  --raw          its bytes instead\n"
    "retry NUMBER...  reads it again, after an upgrade; --all: every unreadable one; --readable: takes in what the\n"
    "                 server has found out it can now read\n"
    "drop NUMBER...   removes it; asks first, -y does not ask\n"
    "  --json --jsonl --csv --plain   for programs\n";

/* --- looking --- */

static bool list_rows(const struct cli *cli, struct cli_view *view, struct quarantine_list *out, struct err *err)
{
	struct filter filter = cli->filter;

	if (filter.limit == 0)
		filter.limit = cli->format == OUTPUT_TEXT ? LIST_ROWS : SIZE_MAX >> 1;
	return store_quarantine(view->store, &filter, &view->arena, out, err);
}

static void put_list(const struct cli *cli, struct cli_view *view, const struct quarantine_list *rows)
{
	struct view_scope scope = cli_view_scope(cli, view, "quarantine list", "/quarantine");
	struct json_out json;
	struct doc doc;
	struct buf out;

	if (cli->format == OUTPUT_TEXT) {
		quarantine_doc(rows, &scope, &view->arena, &doc);
		cli_view_doc(cli, &doc);
		return;
	}
	if (cli->format == OUTPUT_CSV || cli->format == OUTPUT_PLAIN) {
		cli_view_table(cli, quarantine_doc_table(rows, &view->arena));
		return;
	}
	buf_init(&out, CLI_VIEW_BYTES);
	json_out_init(&json, &out, cli->format == OUTPUT_JSON);
	if (cli->format == OUTPUT_JSON)
		quarantine_doc_json(rows, &json);
	for (size_t i = 0; cli->format == OUTPUT_JSONL && i < rows->row_count; i++)
		quarantine_doc_row_json(&rows->rows[i], &json, NULL);
	cli_print(buf_view(&out));
	buf_done(&out);
}

static int list(const struct cli *cli)
{
	struct cli_view view = {0};
	struct quarantine_list rows = {0};
	struct err err = {0};

	if (!cli_view_open(cli, &view, &err))
		return cli_fail(&err);
	bool ok = list_rows(cli, &view, &rows, &err);
	if (ok)
		put_list(cli, &view, &rows);
	cli_view_close(&view);
	return ok ? EXIT_DONE : cli_fail(&err);
}

static void put_one(const struct cli *cli, struct cli_view *view, const struct quarantine_row *row, struct str original)
{
	struct json_out json;
	struct doc doc;
	struct buf out;

	if (cli->format != OUTPUT_JSON && cli->format != OUTPUT_JSONL) {
		quarantine_doc_one(row, original, &view->arena, &doc);
		cli_view_doc(cli, &doc);
		return;
	}
	buf_init(&out, CLI_VIEW_BYTES);
	json_out_init(&json, &out, cli->format == OUTPUT_JSON);
	quarantine_doc_row_json(row, &json, NULL);
	cli_print(buf_view(&out));
	buf_done(&out);
}

static int show(const struct cli *cli, int64_t id, bool is_raw)
{
	struct cli_view view = {0};
	struct quarantine_row row = {0};
	struct err err = {0};
	struct buf original;

	if (!cli_view_open(cli, &view, &err))
		return cli_fail(&err);
	buf_init(&original, LIMIT_ARRIVAL_BYTES);
	bool ok = store_quarantine_one(view.store, id, &view.arena, &row, &original, &err);
	if (ok && is_raw)
		ok = cli_view_raw(buf_view(&original), &err);
	else if (ok)
		put_one(cli, &view, &row, buf_view(&original));
	buf_done(&original);
	cli_view_close(&view);
	return ok ? EXIT_DONE : cli_fail(&err);
}

/* --- changing --- */

static bool command(const struct cli *cli, struct keep_client *client, const char *verb, int64_t id, struct buf *answer,
                    struct err *err)
{
	struct buf arguments;

	buf_init(&arguments, KIB(1));
	buf_clear(answer);
	wire_put_u64(&arguments, (uint64_t)id);
	bool ok = keep_client_command(client, cli->tenant, verb, buf_view(&arguments), answer, err);
	buf_done(&arguments);
	return ok;
}

static void say_retried(const struct cli *cli, int64_t id, const struct verdict *verdict)
{
	if (cli->quiet)
		return;
	if (verdict->stored + verdict->duplicates + verdict->revisions + verdict->held == 0)
		(void)printf("%lld: still cannot be read; 'mailseal quarantine show %lld' says why\n", (long long)id,
		             (long long)id);
	else
		(void)printf("%lld: read: %u stored, %u duplicates, %u revisions, %u held%s\n", (long long)id, verdict->stored,
		             verdict->duplicates, verdict->revisions, verdict->held,
		             verdict->quarantined ? "; a part of it stays in quarantine" : "");
}

static bool retry_one(const struct cli *cli, struct keep_client *client, int64_t id, struct err *err)
{
	struct buf answer;
	struct verdict verdict = {0};

	buf_init(&answer, MIB(1));
	bool ok = command(cli, client, "quarantine-retry", id, &answer, err) && verdict_read(buf_view(&answer), &verdict, err);
	if (ok && verdict.kind != VERDICT_KEPT)
		ok = err_set(err, ERR_LATER, "%lld could not be read again: %s", (long long)id, verdict.text);
	if (ok)
		say_retried(cli, id, &verdict);
	buf_done(&answer);
	return ok;
}

static bool drop_one(const struct cli *cli, struct keep_client *client, int64_t id, struct err *err)
{
	struct buf answer;

	buf_init(&answer, MIB(1));
	bool ok = command(cli, client, "quarantine-drop", id, &answer, err);
	if (ok && !cli->quiet)
		(void)printf("%lld: removed\n", (long long)id);
	buf_done(&answer);
	return ok;
}

/* For each number; goes on after a failure, and ends with the code of the last one. */
static int change(const struct cli *cli, const int64_t *ids, size_t n, bool is_drop)
{
	struct config *config = NULL;
	struct keep_client *client = NULL;
	struct err err = {0};
	int code = EXIT_DONE;

	if (!cli_load_config(cli, &config, &err))
		return cli_fail(&err);
	bool opened = is_drop ? keep_client_open(config, false, NULL, NULL, &client, &err)
	                      : keep_client_open_keys(config, false, NULL, NULL, &client, &err);
	if (!opened)
		code = cli_fail(&err);
	for (size_t i = 0; client != NULL && i < n; i++) {
		struct err one = {0};
		bool ok = is_drop ? drop_one(cli, client, ids[i], &one) : retry_one(cli, client, ids[i], &one);
		if (!ok)
			code = cli_fail(&one);
	}
	keep_client_close(&client);
	config_free(&config);
	return code;
}

/* "y" or "yes" on a terminal; without one nothing is dropped unless -y was given. */
static bool confirm(const struct cli *cli, size_t n)
{
	char answer[16];

	if (cli->yes)
		return true;
	if (cli->no_input || !isatty(STDIN_FILENO)) {
		(void)fputs("mailseal: this removes bytes for good; say -y\n", stderr);
		return false;
	}
	(void)fprintf(stderr, "Remove %zu for good? [y/N] ", n);
	return fgets(answer, sizeof answer, stdin) != NULL && (strcmp(answer, "y\n") == 0 || strcmp(answer, "yes\n") == 0);
}

/* Every unreadable one. */
static int retry_all(const struct cli *cli)
{
	struct cli_view view = {0};
	struct quarantine_list rows = {0};
	struct err err = {0};
	size_t n = 0;

	if (!cli_view_open(cli, &view, &err))
		return cli_fail(&err);
	struct filter filter = FILTER_ALL;
	filter.limit = SIZE_MAX >> 1;
	bool ok = store_quarantine(view.store, &filter, &view.arena, &rows, &err);
	int64_t *ids = ARENA_ARRAY(&view.arena, rows.row_count + 1, int64_t);
	for (size_t i = 0; ok && i < rows.row_count; i++)
		if (rows.rows[i].kind == QUARANTINE_UNREADABLE)
			ids[n++] = rows.rows[i].id;
	/* No reader may be open while a private keep recovers the store. */
	store_close(&view.store);
	int code = !ok ? cli_fail(&err) : n == 0 ? EXIT_DONE : change(cli, ids, n, false);
	if (ok && n == 0 && !cli->quiet)
		(void)puts("Nothing to read again.");
	cli_view_close(&view);
	return code;
}

/* A part with each answer, until nothing is left. */
static bool take_in(const struct cli *cli, struct keep_client *client, uint64_t sums[4], struct err *err)
{
	uint64_t left = 0, before;
	struct buf answer;
	bool ok;

	buf_init(&answer, MIB(1));
	do {
		before = left;
		ok = command(cli, client, "quarantine-take-in", 0, &answer, err);
		struct wire_reader reader = {.rest = buf_view(&answer)};
		for (size_t i = 0; ok && i < 4; i++)
			sums[i] += wire_get_u64(&reader);
		left = wire_get_u64(&reader);
	} while (ok && left > 0 && left != before);
	buf_done(&answer);
	return ok;
}

static int retry_readable(const struct cli *cli)
{
	struct config *config = NULL;
	struct keep_client *client = NULL;
	struct err err = {0};
	uint64_t sums[4] = {0};

	if (!cli_load_config(cli, &config, &err))
		return cli_fail(&err);
	bool ok = keep_client_open_keys(config, false, NULL, NULL, &client, &err) && take_in(cli, client, sums, &err);
	keep_client_close(&client);
	config_free(&config);
	if (ok && !cli->quiet)
		(void)printf("Read: %" PRIu64 " stored, %" PRIu64 " duplicates, %" PRIu64 " held; %" PRIu64 " still cannot be read.\n",
		             sums[0], sums[1], sums[2], sums[3]);
	return ok ? EXIT_DONE : cli_fail(&err);
}

#define NUMBERS_MOST 1000

static int change_listed(const struct cli *cli, int argc, char **argv, bool is_drop)
{
	int64_t ids[NUMBERS_MOST];
	size_t n = 0;

	for (int i = 0; i < argc; i++) {
		if (n == NUMBERS_MOST)
			return cli_usage("quarantine", "at most %d numbers at a time", NUMBERS_MOST);
		if (!cli_view_number(argv[i], &ids[n++]))
			return cli_usage("quarantine", "'%s' is no number of an arrival", argv[i]);
	}
	if (cli->dry_run) {
		for (size_t i = 0; i < n; i++)
			(void)printf("%lld: would be %s\n", (long long)ids[i], is_drop ? "removed" : "read again");
		return EXIT_DONE;
	}
	if (is_drop && !confirm(cli, n))
		return EXIT_FAILED;
	return change(cli, ids, n, is_drop);
}

int cli_quarantine(struct cli *cli, int argc, char **argv)
{
	bool is_raw = false, all = false, readable = false;
	const struct option options[] = {
	    {"--raw", OPTION_FLAG, &is_raw, "the bytes"}, {"--all", OPTION_FLAG, &all, "every unreadable one"},
	    {"--readable", OPTION_FLAG, &readable, "what can now be read"}, {0}};
	int64_t id;

	if (!cli_parse(cli, &argc, argv, options, usage))
		return EXIT_USAGE;
	if (argc == 1 && strcmp(argv[0], "list") == 0)
		return list(cli);
	if (argc == 2 && strcmp(argv[0], "show") == 0)
		return cli_view_number(argv[1], &id) ? show(cli, id, is_raw)
		                                     : cli_usage("quarantine", "'%s' is no number of an arrival", argv[1]);
	if (argc == 1 && readable && strcmp(argv[0], "retry") == 0)
		return retry_readable(cli);
	if (argc == 1 && all && strcmp(argv[0], "retry") == 0)
		return retry_all(cli);
	if (argc >= 2 && strcmp(argv[0], "retry") == 0)
		return change_listed(cli, argc - 1, argv + 1, false);
	if (argc >= 2 && strcmp(argv[0], "drop") == 0)
		return change_listed(cli, argc - 1, argv + 1, true);
	return cli_usage("quarantine", "say 'quarantine list', or show, retry or drop with a NUMBER");
}
