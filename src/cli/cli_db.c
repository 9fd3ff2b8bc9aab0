/* SPDX-License-Identifier: ISC */
/* `mailseal db`: the care of the database. */
#include <inttypes.h>
#include <string.h>

#include "base/quote.h"
#include "cli/cli.h"
#include "cli/cli_config.h"
#include "cli/cli_reprocess.h"
#include "present/json_out.h"
#include "role/keep_client.h"
#include "store/store.h"

static const char usage[] =
    "mailseal db status                where it is, its version and size\n"
    "mailseal db verify                every sum, every original, and the database itself; may take a while\n"
    "mailseal db backup FILE           a copy, also while the server runs; FILE must not be there yet\n"
    "mailseal db restore FILE          a database out of a copy; none may be in its place\n"
    "mailseal db reprocess             reads every kept original again with the decoder of this version; -n: only\n"
    "                                  says what would change; --after N goes on where it was interrupted\n"
    "mailseal db migrate               to the form of this version; the server does it when it starts\n"
    "\n"
    "  mailseal db backup --store sqlite:/var/lib/mailseal/mailseal.db /backup/mailseal.db\n";

static void say(const struct cli *cli, const char *format, const char *path)
{
	struct buf text;

	if (cli->quiet)
		return;
	buf_init(&text, KIB(16));
	buf_text(&text, format);
	quote_terminal(str_of(path), false, &text);
	buf_byte(&text, '\n');
	cli_print(buf_view(&text));
	buf_done(&text);
}

static void print_status(const struct cli *cli, const struct store_status *status)
{
	struct json_out json;
	struct buf text;

	buf_init(&text, KIB(16));
	if (cli->format == OUTPUT_JSON) {
		json_out_init(&json, &text, true);
		json_out_object(&json, NULL);
		json_out_str(&json, "path", status->path);
		json_out_uint(&json, "schema_version", status->schema_version);
		json_out_uint(&json, "bytes", status->bytes);
		json_out_uint(&json, "originals_bytes", status->originals_bytes);
		json_out_uint(&json, "reports", status->reports);
		json_out_uint(&json, "arrivals", status->arrivals);
		json_out_uint(&json, "quarantined", status->quarantined);
		json_out_end(&json);
	} else {
		buf_text(&text, "Database   ");
		quote_terminal(status->path, false, &text);
		buf_format(&text, "\nVersion    %" PRIu32 "\nSize       %" PRIu64 " bytes, %" PRIu64 " of them originals\n",
		           status->schema_version, status->bytes, status->originals_bytes);
		buf_format(&text, "Reports    %" PRIu64 "\nArrivals   %" PRIu64 ", %" PRIu64 " in quarantine\n", status->reports,
		           status->arrivals, status->quarantined);
	}
	cli_print(buf_view(&text));
	buf_done(&text);
}

static bool show_status(struct cli *cli, const struct config *config, struct err *err)
{
	struct store *store = NULL;
	struct store_status status;
	struct arena arena;

	if (!store_open(config->store_path, STORE_READ, &store, err))
		return false;
	arena_init(&arena, MIB(1));
	bool ok = store_status(store, &arena, &status, err);
	if (ok)
		print_status(cli, &status);
	arena_done(&arena);
	store_close(&store);
	return ok;
}

static bool verify(const char *path, struct err *err)
{
	struct store *store = NULL;

	if (!store_open(path, STORE_READ, &store, err))
		return false;
	bool ok = store_verify(store, err);
	store_close(&store);
	return ok;
}

static bool copy(const char *from, const char *to, struct err *err)
{
	struct store *store = NULL;

	if (!store_open(from, STORE_READ, &store, err))
		return false;
	bool ok = store_backup(store, to, err);
	store_close(&store);
	return ok;
}

/* The server, or a private keep, migrates when it opens the store. */
static bool migrate(const struct config *config, struct err *err)
{
	struct keep_client *client = NULL;

	if (!keep_client_open(config, false, NULL, NULL, &client, err))
		return false;
	keep_client_close(&client);
	return true;
}

static bool run(struct cli *cli, const struct config *config, const char *verb, const char *file, bool *out_known,
                struct err *err)
{
	bool ok = false;

	*out_known = true;
	if (file == NULL && strcmp(verb, "status") == 0) {
		ok = show_status(cli, config, err);
	} else if (file == NULL && strcmp(verb, "verify") == 0) {
		ok = verify(config->store_path, err);
		if (ok)
			say(cli, "Nothing is wrong with ", config->store_path);
	} else if (file == NULL && strcmp(verb, "migrate") == 0) {
		ok = migrate(config, err);
		if (ok)
			say(cli, "In the form of this version: ", config->store_path);
	} else if (file != NULL && strcmp(verb, "backup") == 0) {
		ok = copy(config->store_path, file, err);
		if (ok)
			say(cli, "Copied to ", file);
	} else if (file != NULL && strcmp(verb, "restore") == 0) {
		/* What is damaged is not restored. */
		ok = verify(file, err) && copy(file, config->store_path, err);
		if (ok)
			say(cli, "Restored to ", config->store_path);
	} else {
		*out_known = false;
	}
	return ok;
}

int cli_db(struct cli *cli, int argc, char **argv)
{
	struct config *config = NULL;
	struct err err = {0};
	bool is_known;

	if (!cli_parse(cli, &argc, argv, NULL, usage))
		return EXIT_USAGE;
	if (argc == 1 && strcmp(argv[0], "reprocess") == 0)
		return cli_reprocess(cli, (uint64_t)cli->filter.after_id);
	if (argc < 1 || argc > 2)
		return cli_usage("db", "say status, verify, backup FILE, restore FILE or migrate");
	if (!cli_load_config(cli, &config, &err))
		return cli_fail(&err);
	bool ok = run(cli, config, argv[0], argc > 1 ? argv[1] : NULL, &is_known, &err);
	config_free(&config);
	if (!is_known)
		return cli_usage("db", "say status, verify, backup FILE, restore FILE or migrate");
	return ok ? EXIT_DONE : cli_fail(&err);
}
