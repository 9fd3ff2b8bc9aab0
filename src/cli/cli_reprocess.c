/* SPDX-License-Identifier: ISC */
#include "cli/cli_reprocess.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "base/limits.h"
#include "cli/cli_config.h"
#include "present/json_out.h"
#include "report/wire.h"
#include "role/keep_client.h"
#include "store/store_reprocess.h"

#define BATCH 128u

struct progress {
	uint64_t counts[REPROCESS_OUTCOME_COUNT];
	uint64_t last;
	bool is_done;
};

static bool step(struct keep_client *client, bool dry_run, struct progress *progress, struct err *err)
{
	struct buf arguments, answer;

	buf_init(&arguments, 64);
	buf_init(&answer, KIB(1));
	wire_put_u8(&arguments, dry_run);
	wire_put_u64(&arguments, progress->last);
	wire_put_u64(&arguments, BATCH);
	bool ok = keep_client_command(client, NULL, "reprocess", buf_view(&arguments), &answer, err);
	struct wire_reader reader = {.rest = buf_view(&answer)};
	if (ok) {
		progress->is_done = wire_get_bool(&reader);
		progress->last = wire_get_u64(&reader);
		for (unsigned i = 0; i < REPROCESS_OUTCOME_COUNT; i++)
			progress->counts[i] += wire_get_u64(&reader);
		ok = !reader.failed || err_set(err, ERR_INPUT, "the answer of the server makes no sense");
	}
	buf_done(&arguments);
	buf_done(&answer);
	return ok;
}

static void show(const struct cli *cli, const struct progress *progress)
{
	const uint64_t *counts = progress->counts;
	struct json_out json;
	struct buf out;

	buf_init(&out, KIB(4));
	if (cli->format == OUTPUT_JSON || cli->format == OUTPUT_JSONL) {
		json_out_init(&json, &out, cli->format == OUTPUT_JSON);
		json_out_object(&json, NULL);
		json_out_uint(&json, "same", counts[REPROCESS_SAME]);
		json_out_uint(&json, "changed", counts[REPROCESS_CHANGED]);
		json_out_uint(&json, "read", counts[REPROCESS_READ]);
		json_out_uint(&json, "lost", counts[REPROCESS_LOST]);
		json_out_bool(&json, "dry_run", cli->dry_run);
		json_out_end(&json);
	} else if (!cli->quiet) {
		buf_format(&out, "%" PRIu64 " are read as before.\n", counts[REPROCESS_SAME]);
		buf_format(&out, "%" PRIu64 " %s read differently.\n", counts[REPROCESS_CHANGED],
		           cli->dry_run ? "would be" : "are");
		buf_format(&out, "%" PRIu64 " that could not be read %s read.\n", counts[REPROCESS_READ],
		           cli->dry_run ? "would be" : "are");
		if (counts[REPROCESS_LOST] > 0)
			buf_format(&out, "%" PRIu64 " could be read before and no longer can; they stay as they were.\n",
			           counts[REPROCESS_LOST]);
		if (cli->dry_run)
			buf_text(&out, "Nothing was changed.  Say it without -n to do it.\n");
	}
	cli_print(buf_view(&out));
	buf_done(&out);
}

int cli_reprocess(struct cli *cli, uint64_t after)
{
	struct config *config = NULL;
	struct keep_client *client = NULL;
	struct progress progress = {.last = after};
	struct err err = {0};
	bool shows = !cli->quiet && isatty(STDERR_FILENO);

	if (!cli_load_config(cli, &config, &err))
		return cli_fail(&err);
	bool ok = keep_client_open(config, false, NULL, NULL, &client, &err);
	while (ok && !progress.is_done) {
		ok = step(client, cli->dry_run, &progress, &err);
		if (ok && shows)
			(void)fprintf(stderr, "\r%" PRIu64 " ", progress.last);
	}
	if (shows)
		(void)fputs("\r\033[K", stderr);
	keep_client_close(&client);
	config_free(&config);
	if (ok)
		show(cli, &progress);
	else if (progress.last > after)
		(void)fprintf(stderr, "mailseal: it goes on with 'db reprocess --after %" PRIu64 "'\n", progress.last);
	return ok ? EXIT_DONE : cli_fail(&err);
}
