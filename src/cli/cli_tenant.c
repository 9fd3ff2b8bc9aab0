/* SPDX-License-Identifier: ISC */
/* mailseal tenant list|add|edit|remove. */
#include <inttypes.h>
#include <string.h>

#include "base/limits.h"
#include "base/quote.h"
#include "cli/cli.h"
#include "cli/cli_send.h"
#include "cli/cli_view.h"
#include "present/json_out.h"
#include "report/wire.h"
#include "store/store_domains.h"

static const char usage[] =
    "mailseal tenant add \"Example Ltd\"\n"
    "mailseal domain add example.com --tenant \"Example Ltd\"\n"
    "mailseal report list --tenant \"Example Ltd\"\n"
    "\n"
    "A tenant sees the reports of its own domains, and nothing of anybody else's.\n"
    "list                 who there is, with the number of domains\n"
    "add NAME\n"
    "edit NAME NEW-NAME   another name\n"
    "remove NAME          only without domains\n"
    "  --json --plain     for programs\n";

static void put_list(const struct cli *cli, const struct tenant_list *list, struct buf *out)
{
	struct json_out json;

	if (cli->format != OUTPUT_JSON) {
		for (size_t i = 0; i < list->count; i++) {
			quote_plain(list->rows[i].name, out);
			buf_format(out, "\t%" PRIu64 "\n", list->rows[i].domains);
		}
		return;
	}
	json_out_init(&json, out, true);
	json_out_object(&json, NULL);
	json_out_list(&json, "tenants");
	for (size_t i = 0; i < list->count; i++) {
		json_out_object(&json, NULL);
		json_out_str(&json, "name", list->rows[i].name);
		json_out_uint(&json, "domains", list->rows[i].domains);
		json_out_instant(&json, "created_at", list->rows[i].created_at);
		json_out_end(&json);
	}
	json_out_end(&json);
	json_out_end(&json);
}

static int list(const struct cli *cli)
{
	struct cli_view view = {0};
	struct tenant_list tenants;
	struct err err = {0};
	struct buf out;

	if (!cli_view_open(cli, &view, &err))
		return cli_fail(&err);
	buf_init(&out, MIB(64));
	bool ok = store_tenant_list(view.store, &view.arena, &tenants, &err);
	if (ok)
		put_list(cli, &tenants, &out);
	cli_print(buf_view(&out));
	buf_done(&out);
	cli_view_close(&view);
	return ok ? EXIT_DONE : cli_fail(&err);
}

static int change(const struct cli *cli, const char *verb, char **names, int n)
{
	struct buf arguments, answer;
	struct err err = {0};

	buf_init(&arguments, KIB(8));
	buf_init(&answer, KIB(4));
	for (int i = 0; i < n; i++)
		wire_put_str(&arguments, str_of(names[i]));
	bool ok = cli_send(cli, verb, buf_view(&arguments), &answer, &err);
	buf_done(&arguments);
	buf_done(&answer);
	return ok ? EXIT_DONE : cli_fail(&err);
}

int cli_tenant(struct cli *cli, int argc, char **argv)
{
	if (!cli_parse(cli, &argc, argv, NULL, usage))
		return EXIT_USAGE;
	if (argc == 1 && strcmp(argv[0], "list") == 0)
		return list(cli);
	if (argc == 2 && strcmp(argv[0], "add") == 0)
		return change(cli, "tenant-add", argv + 1, 1);
	if (argc == 3 && strcmp(argv[0], "edit") == 0)
		return change(cli, "tenant-rename", argv + 1, 2);
	if (argc == 2 && strcmp(argv[0], "remove") == 0)
		return change(cli, "tenant-remove", argv + 1, 1);
	return cli_usage("tenant", "say list, add NAME, edit NAME NEW-NAME or remove NAME");
}
