/* SPDX-License-Identifier: ISC */
/* mailseal issue list|show|recheck|ack|snooze|note|close|reopen. */
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/num.h"
#include "cli/cli.h"
#include "cli/cli_config.h"
#include "cli/cli_recheck.h"
#include "cli/cli_view.h"
#include "present/issue_doc.h"
#include "report/wire.h"
#include "report/cause.h"
#include "role/keep_client.h"
#include "role/clues.h"
#include "store/issues.h"

static const char usage[] =
    "mailseal issue list\n"
    "mailseal issue show TI-1042\n"
    "mailseal issue recheck TI-1042\n"
    "mailseal issue ack TI-1042 TI-1050 --owner Ana\n"
    "mailseal issue snooze TI-1042 --for 7d\n"
    "mailseal issue close TI-1042 --reason fixed --note 'renewed'\n"
    "\n"
    "What is wrong: one cause on one server, policy or reporter, with all domains that it hits.\n"
    "list               the open ones, worst first\n"
    "  --all            closed ones too\n"
    "  --cause NAME     only this cause\n"
    "  --severity S     notice, warning or critical, and what is worse\n"
    "  --fail-on S      exit 10 when an open one is that bad or worse\n"
    "show NUMBER        evidence, steps, history\n"
    "recheck NUMBER     our own look at what it is about, now; ends with 0 when it is clean, 10 when it is\n"
    "                   still broken, 11 when it could not tell\n"
    "ack NUMBER...      somebody looks after it; --owner NAME\n"
    "snooze NUMBER...   quiet for a while; --for 7d (default) or 12h\n"
    "note NUMBER...     something for its history; --note TEXT\n"
    "close NUMBER...    --reason fixed|not-mine|accepted, --note TEXT\n"
    "reopen NUMBER...   at most 100 at once; one that cannot be changed does not keep the others back\n"
    "  --json --jsonl --csv --plain   for programs\n"
    "\n"
    "For recheck:\n" CLI_LOOK_USAGE;

struct wishes {
	bool all;
	const char *cause, *severity, *fail_on, *owner, *pause, *reason, *note;
};

static bool severity_of(const char *text, enum severity *out)
{
	for (unsigned s = SEVERITY_NOTICE; s < SEVERITY_COUNT; s++)
		if (strcmp(text, severity_text((enum severity)s)) == 0) {
			*out = (enum severity)s;
			return true;
		}
	return false;
}

/* --- looking --- */

static void put_list(const struct cli *cli, struct cli_view *view, const struct issue *issues, size_t n)
{
	instant now = instant_now();
	struct json_out json;
	struct doc doc;
	struct buf out;

	if (cli->format == OUTPUT_TEXT) {
		issue_doc_list(issues, n, now, &view->arena, &doc);
		cli_view_doc(cli, &doc);
		return;
	}
	if (cli->format == OUTPUT_CSV || cli->format == OUTPUT_PLAIN) {
		cli_view_table(cli, issue_doc_table(issues, n, now, &view->arena));
		return;
	}
	buf_init(&out, CLI_VIEW_BYTES);
	json_out_init(&json, &out, cli->format == OUTPUT_JSON);
	if (cli->format == OUTPUT_JSON)
		issue_doc_list_json(issues, n, now, &view->arena, &json);
	for (size_t i = 0; cli->format == OUTPUT_JSONL && i < n; i++)
		issue_doc_row_json(&issues[i], now, &view->arena, &json, NULL);
	cli_print(buf_view(&out));
	buf_done(&out);
}

static int list(const struct cli *cli, const struct wishes *wishes)
{
	struct issue_filter filter = {.with_closed = wishes->all,
	                              .domain = cli->filter.domain,
	                              .matter = str_of(wishes->cause),
	                              .limit = cli->filter.limit};
	enum severity least = SEVERITY_OK, fail_on = SEVERITY_COUNT;
	struct cli_view view = {0};
	struct issue *issues = NULL;
	size_t n = 0;
	struct err err = {0};
	unsigned matter;

	if ((wishes->severity != NULL && !severity_of(wishes->severity, &least)) ||
	    (wishes->fail_on != NULL && !severity_of(wishes->fail_on, &fail_on)))
		return cli_usage("issue", "a severity is notice, warning or critical");
	if (wishes->cause != NULL && !issue_matter_of(filter.matter, &matter)) {
		enum cause cause; /* also by the names that others have for it */
		if (!cause_find(filter.matter, &cause))
			return cli_usage("issue", "there is no cause '%s'", wishes->cause);
		filter.matter = str_of(cause_text(cause));
	}
	filter.severity_least = (int)least;
	if (!cli_view_open(cli, &view, &err))
		return cli_fail(&err);
	bool ok = issues_list(view.store, &filter, &view.arena, &issues, &n, &err);
	if (ok)
		put_list(cli, &view, issues, n);
	bool problems = false;
	for (size_t i = 0; i < n; i++)
		problems |= issues[i].end == END_NONE && issues[i].severity >= fail_on;
	cli_view_close(&view);
	if (!ok)
		return cli_fail(&err);
	return problems ? EXIT_PROBLEMS : EXIT_DONE;
}

static int show(const struct cli *cli, int64_t id)
{
	struct cli_view view = {0};
	struct issue_page page = {0};
	struct json_out json;
	struct doc doc;
	struct buf out;
	struct err err = {0};

	if (!cli_view_open(cli, &view, &err))
		return cli_fail(&err);
	bool ok = clues_issue(view.store, id, &view.arena, &page, &err);
	if (ok && cli->format != OUTPUT_JSON && cli->format != OUTPUT_JSONL) {
		issue_doc(&page, instant_now(), &view.arena, &doc);
		cli_view_doc(cli, &doc);
	} else if (ok) {
		buf_init(&out, CLI_VIEW_BYTES);
		json_out_init(&json, &out, cli->format == OUTPUT_JSON);
		issue_doc_json(&page, instant_now(), &view.arena, &json);
		cli_print(buf_view(&out));
		buf_done(&out);
	}
	cli_view_close(&view);
	return ok ? EXIT_DONE : cli_fail(&err);
}

/* --- changing --- */

/* What the verb takes behind the numbers (role/keep_commands.c). */
static bool put_arguments(const char *word, const struct wishes *wishes, struct buf *out, struct err *err)
{
	enum issue_end why;
	uint64_t secs;

	if (strcmp(word, "ack") == 0) {
		wire_put_str(out, str_of(wishes->owner));
	} else if (strcmp(word, "snooze") == 0) {
		if (!num_parse_secs(str_of(wishes->pause == NULL ? "7d" : wishes->pause), &secs) || secs == 0 ||
		    secs > UINT64_C(365) * SECS_PER_DAY)
			return err_set(err, ERR_INPUT, "--for takes a time such as 12h or 7d, at most a year");
		wire_put_u64(out, (uint64_t)instant_now() + secs);
	} else if (strcmp(word, "note") == 0) {
		if (wishes->note == NULL)
			return err_set(err, ERR_INPUT, "say what: --note TEXT");
		wire_put_str(out, str_of(wishes->note));
	} else if (strcmp(word, "close") == 0) {
		if (!issue_end_of(str_of(wishes->reason), &why))
			return err_set(err, ERR_INPUT, "--reason is fixed, not-mine or accepted");
		wire_put_u8(out, why);
		wire_put_str(out, str_of(wishes->note));
	}
	return true;
}

/* Says what was not done, of each that was not; the code is that of the first. */
static int say_rest(struct str answer, int n, char **numbers)
{
	struct wire_reader reader = {.rest = answer};
	int code = EXIT_DONE;

	for (int i = 0; i < n; i++) {
		struct err err = {.kind = (enum err_kind)wire_get_u8(&reader)};
		struct str said = wire_get_text(&reader, sizeof err.text);
		if (err.kind == ERR_NONE)
			continue;
		bool is_named = n == 1 || str_find(said, str_of(numbers[i])) < said.len;
		(void)snprintf(err.text, sizeof err.text, "%s%s%.*s", is_named ? "" : numbers[i], is_named ? "" : ": ", STR_ARGS(said));
		int one = cli_fail(&err);
		code = code == EXIT_DONE ? one : code;
	}
	return code;
}

static int change_all(const struct cli *cli, struct keep_client *client, const char *word, struct str rest, int n,
                      char **numbers)
{
	struct buf arguments, answer;
	struct err err = {0};
	char verb[32];
	int64_t id = 0;

	(void)snprintf(verb, sizeof verb, "issue-%s", word);
	buf_init(&arguments, KIB(64));
	buf_init(&answer, MIB(1));
	wire_put_str(&arguments, str_of(verb));
	wire_put_u32(&arguments, (uint32_t)n);
	for (int i = 0; i < n; i++) {
		(void)issue_number_read(str_of(numbers[i]), &id);
		wire_put_u64(&arguments, (uint64_t)id);
	}
	buf_str(&arguments, rest);
	bool ok = keep_client_command(client, cli->tenant, "issue-many", buf_view(&arguments), &answer, &err);
	int code = ok ? say_rest(buf_view(&answer), n, numbers) : cli_fail(&err);
	buf_done(&answer);
	buf_done(&arguments);
	return code;
}

static int send_to_keep(const struct cli *cli, const char *word, struct str rest, int n, char **numbers)
{
	struct config *config = NULL;
	struct keep_client *client = NULL;
	struct err err = {0};

	if (!cli_load_config(cli, &config, &err))
		return cli_fail(&err);
	int code = keep_client_open(config, false, NULL, NULL, &client, &err) ? change_all(cli, client, word, rest, n, numbers)
	                                                                      : cli_fail(&err);
	keep_client_close(&client);
	config_free(&config);
	return code;
}

/* What is wrong with the words is said before anything is started. */
static int change(const struct cli *cli, const char *word, const struct wishes *wishes, int n, char **numbers)
{
	struct buf rest;
	struct err err = {0};
	int64_t id;

	if (n > LIMIT_ISSUES_AT_ONCE)
		return cli_usage("issue", "at most %d issues can be changed at once", LIMIT_ISSUES_AT_ONCE);
	for (int i = 0; i < n; i++)
		if (!issue_number_read(str_of(numbers[i]), &id))
			return cli_usage("issue", "'%s' is no number of an issue", numbers[i]);
	buf_init(&rest, KIB(16));
	int code = put_arguments(word, wishes, &rest, &err) ? send_to_keep(cli, word, buf_view(&rest), n, numbers)
	                                                    : cli_usage("issue", "%s", err.text);
	buf_done(&rest);
	return code;
}

int cli_issue(struct cli *cli, int argc, char **argv)
{
	struct wishes wishes = {0};
	struct cli_look look = {0};
	const struct option options[] = {
	    CLI_LOOK_OPTIONS(&look),
	    {"--all", OPTION_FLAG, &wishes.all, "closed ones too"},
	    {"--cause", OPTION_TEXT, &wishes.cause, "NAME  only this cause"},
	    {"--severity", OPTION_TEXT, &wishes.severity, "S  notice, warning or critical, and what is worse"},
	    {"--fail-on", OPTION_TEXT, &wishes.fail_on, "S  exit 10 when an open one is that bad or worse"},
	    {"--owner", OPTION_TEXT, &wishes.owner, "NAME  who looks after it"},
	    {"--for", OPTION_TEXT, &wishes.pause, "TIME  how long it stays quiet"},
	    {"--reason", OPTION_TEXT, &wishes.reason, "R  fixed, not-mine or accepted"},
	    {"--note", OPTION_TEXT, &wishes.note, "TEXT  why"},
	    {NULL, OPTION_FLAG, NULL, NULL},
	};
	int64_t id;

	if (!cli_parse(cli, &argc, argv, options, usage))
		return EXIT_USAGE;
	const char *word = argc == 0 ? "list" : argv[0];
	if (strcmp(word, "list") == 0)
		return argc > 1 ? cli_usage("issue", "'list' takes no word") : list(cli, &wishes);
	if (argc < 2)
		return cli_usage("issue", "say which one, as in 'mailseal issue %s TI-1001'", word);
	if (strcmp(word, "show") == 0) {
		if (argc > 2 || !issue_number_read(str_of(argv[1]), &id))
			return cli_usage("issue", "'show' takes one number, as TI-1001");
		return show(cli, id);
	}
	if (strcmp(word, "recheck") == 0) {
		if (argc > 2 || !issue_number_read(str_of(argv[1]), &id))
			return cli_usage("issue", "'recheck' takes one number, as TI-1001");
		int code = cli_look_judge(&look, "issue");
		return code != EXIT_DONE ? code : cli_recheck(cli, &look, id);
	}
	if (strcmp(word, "ack") == 0 || strcmp(word, "snooze") == 0 || strcmp(word, "close") == 0 ||
	    strcmp(word, "note") == 0 || strcmp(word, "reopen") == 0)
		return change(cli, word, &wishes, argc - 1, argv + 1);
	return cli_usage("issue", "there is no 'issue %s'", word);
}
