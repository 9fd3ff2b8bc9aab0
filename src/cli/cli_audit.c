/* SPDX-License-Identifier: ISC */
/* mailseal audit list: who changed what. */
#include <string.h>

#include "base/quote.h"
#include "cli/cli_view.h"
#include "present/account_json.h"
#include "store/audit.h"

#define LIST_ROWS 100
#define PAGE_ROWS 1000

static const char usage[] =
    "mailseal audit list\n"
    "mailseal audit list --who anna --action domain --json\n"
    "\n"
    "Every change by the web, the API and the command line, newest first, kept for 400 days.\n"
    "  --who NAME         of this user or token alone\n"
    "  --action TEXT      that begin so: issue, domain-add, token\n"
    "  --object TEXT      of these things: \"domain example.com\"\n"
    "  --limit N --json --jsonl --plain\n";

static void put_row(const struct audit_row *row, struct buf *out)
{
	char text[INSTANT_TEXT_MAX];
	const struct str fields[] = {str_of(actor_kind_text(row->actor_kind)), row->actor_name, row->peer, row->action,
	                             row->object, row->before, row->after};

	buf_str(out, instant_format(row->at, text));
	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
		buf_byte(out, '\t');
		quote_plain(fields[i], out);
	}
	buf_byte(out, '\n');
}

static void put_list(const struct cli *cli, const struct audit_list *list, struct buf *out)
{
	struct json_out json;
	bool is_json = cli->format == OUTPUT_JSON;

	if (!is_json && cli->format != OUTPUT_JSONL) {
		for (size_t i = 0; i < list->count; i++)
			put_row(&list->rows[i], out);
		return;
	}
	json_out_init(&json, out, is_json);
	if (is_json) {
		json_out_object(&json, NULL);
		json_out_list(&json, "audit");
	}
	for (size_t i = 0; i < list->count; i++) {
		json_out_object(&json, NULL);
		account_json_audit(&json, &list->rows[i]);
		json_out_end(&json);
	}
	if (is_json) {
		json_out_end(&json);
		json_out_end(&json);
	}
}

static int list(const struct cli *cli, struct audit_filter *filter)
{
	struct cli_view view = {0};
	struct audit_list rows;
	struct err err = {0};
	struct buf out;

	if (!cli_view_open(cli, &view, &err))
		return cli_fail(&err);
	filter->limit = cli->filter.limit > 0 ? cli->filter.limit : cli->format == OUTPUT_TEXT ? LIST_ROWS : PAGE_ROWS;
	buf_init(&out, CLI_VIEW_BYTES);
	bool ok = audit_list(view.store, filter, &view.arena, &rows, &err);
	if (ok)
		put_list(cli, &rows, &out);
	cli_print(buf_view(&out));
	buf_done(&out);
	cli_view_close(&view);
	return ok ? EXIT_DONE : cli_fail(&err);
}

int cli_audit(struct cli *cli, int argc, char **argv)
{
	const char *who = NULL, *action = NULL, *object = NULL;
	const struct option options[] = {
	    {"--who", OPTION_TEXT, &who, "NAME"},
	    {"--action", OPTION_TEXT, &action, "TEXT"},
	    {"--object", OPTION_TEXT, &object, "TEXT"},
	    {NULL, OPTION_FLAG, NULL, NULL},
	};

	if (!cli_parse(cli, &argc, argv, options, usage))
		return EXIT_USAGE;
	if (argc > 1 || (argc == 1 && strcmp(argv[0], "list") != 0))
		return cli_usage("audit", "there is no 'audit %s'", argv[argc - 1]);
	struct audit_filter filter = {.actor = str_of(who), .action = str_of(action), .object = str_of(object)};
	return list(cli, &filter);
}
