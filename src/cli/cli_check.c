/* SPDX-License-Identifier: ISC */
/* mailseal check DOMAIN: what the domain publishes and how its servers stand, seen from here. */
#include "cli/cli_look.h"

#include "base/limits.h"
#include "present/check_view.h"
#include "present/doc_text.h"

static const char usage[] =
    "mailseal check example.com\n"
    "mailseal check example.com --json\n"
    "\n"
    "Looks at the TLS-RPT record, the MTA-STS record and policy, the mail servers, their certificates\n"
    "and their TLSA records. Works without a server. Ends with 0 when nothing is wrong, 10 when something\n"
    "is, 11 when it could not tell.\n"
    "\n"
    CLI_LOOK_USAGE
    "  --rua URI                  an address of ours that must be in the TLS-RPT record; repeatable\n";

static int exit_of(const struct check *check)
{
	return check->verdict == CHECK_PROBLEMS ? EXIT_PROBLEMS : check->verdict == CHECK_CANNOT_TELL ? EXIT_CANNOT_TELL
	                                                                                             : EXIT_DONE;
}

static void show(const struct cli *cli, const struct check *check, struct arena *arena)
{
	struct buf out;
	struct doc doc;
	struct json_out json;

	buf_init(&out, MIB(32));
	if (cli->format == OUTPUT_JSON || cli->format == OUTPUT_JSONL) {
		json_out_init(&json, &out, cli->format == OUTPUT_JSON);
		check_view_json(check, arena, &json);
	} else {
		check_view_doc(check, arena, &doc);
		doc_text(&doc, &(struct doc_text_look){.width = 100, .color = cli->color, .commands = true}, &out);
	}
	cli_print(buf_view(&out));
	buf_done(&out);
}

int cli_check(struct cli *cli, int argc, char **argv)
{
	struct cli_look look = {0};
	const struct option options[] = {
	    CLI_LOOK_OPTIONS(&look),
	    {"--rua", OPTION_LIST, &look.rua, NULL},
	    {NULL, OPTION_FLAG, NULL, NULL},
	};
	struct arena arena;
	struct err err = {0};
	struct check check;
	char asked[RESOLVE_NAME_MAX];
	struct str domain;

	if (!cli_parse(cli, &argc, argv, options, usage))
		return EXIT_USAGE;
	if (argc != 1)
		return cli_usage("check", "it is 'check DOMAIN'");
	int code = cli_look_judge(&look, "check");
	if (code != EXIT_DONE)
		return code;
	if (!cli_look_domain(argv[0], asked, &domain))
		return cli_usage("check", "'%s' is not a domain name", argv[0]);
	if (!cli_look_allowed(cli, domain, &err))
		return cli_fail(&err);
	arena_init(&arena, MIB(256));
	if (cli_look_open(&look, &err)) {
		domain_look(domain, &look.options, &arena, &check);
		show(cli, &check, &arena);
		code = exit_of(&check);
	} else {
		code = cli_fail(&err);
	}
	cli_look_close(&look);
	arena_done(&arena);
	return code;
}
