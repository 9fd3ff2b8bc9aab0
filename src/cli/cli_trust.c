/* SPDX-License-Identifier: ISC */
#include "cli/cli_trust.h"

#include <string.h>

#include "base/limits.h"
#include "base/quote.h"
#include "cli/cli_send.h"
#include "cli/cli_view.h"
#include "facts/reporters.h"
#include "present/json_out.h"
#include "report/wire.h"
#include "store/store_trust.h"
#include "sys/org_domain.h"

static const struct {
	const char *verb;
	enum store_decision decision;
} verbs[] = {
    {"trust", STORE_DECISION_TRUST},
    {"distrust", STORE_DECISION_DISTRUST},
    {"forget", STORE_DECISION_NONE},
};

static const char *const decision_texts[STORE_DECISION_COUNT] = {"none", "trust", "distrust", "trust-others"};

bool cli_trust_is_verb(const char *verb)
{
	for (size_t i = 0; i < COUNT_OF(verbs); i++)
		if (strcmp(verb, verbs[i].verb) == 0)
			return true;
	return strcmp(verb, "decisions") == 0;
}

static void get_counted(struct wire_reader *reader, struct cli_send_numbers *out, uint64_t *out_held)
{
	out->reports = wire_get_u64(reader);
	out->successful = wire_get_u64(reader);
	out->failed = wire_get_u64(reader);
	*out_held = wire_get_u64(reader);
}

static void put_numbers(struct json_out *json, const char *key, const struct cli_send_numbers *numbers, uint64_t held)
{
	json_out_object(json, key);
	json_out_uint(json, "reports", numbers->reports);
	json_out_uint(json, "successful", numbers->successful);
	json_out_uint(json, "failed", numbers->failed);
	json_out_uint(json, "held", held);
	json_out_end(json);
}

/* What is not signed and comes in the name of who signs is hardly his. */
static bool is_known_signer(struct str reporter)
{
	static const char *const domains[] = {
#define X(domain, name, habit) domain,
	    REPORTERS(X)
#undef X
	};
	for (size_t i = 0; i < COUNT_OF(domains); i++)
		if (org_domain_same(reporter, str_of(domains[i])))
			return true;
	return false;
}

static void show_change(const struct cli *cli, const char *reporter, enum store_decision decision, struct str answer)
{
	struct wire_reader reader = {.rest = answer};
	struct cli_send_numbers before, after;
	struct json_out json;
	struct buf out;
	uint64_t held_before, held_after;

	unsigned was = wire_get_enum(&reader, STORE_DECISION_COUNT);
	get_counted(&reader, &before, &held_before);
	get_counted(&reader, &after, &held_after);
	buf_init(&out, KIB(16));
	if (cli->format == OUTPUT_JSON || cli->format == OUTPUT_JSONL) {
		json_out_init(&json, &out, cli->format == OUTPUT_JSON);
		json_out_object(&json, NULL);
		json_out_str(&json, "reporter", str_of(reporter));
		json_out_str(&json, "was", str_of(decision_texts[was]));
		json_out_str(&json, "decision", str_of(decision_texts[decision]));
		json_out_bool(&json, "changed", !cli->dry_run);
		put_numbers(&json, "before", &before, held_before);
		put_numbers(&json, "after", &after, held_after);
		json_out_end(&json);
	} else if (!cli->quiet) {
		cli_send_change(&before, &after, "reports", cli->dry_run, &out);
		if (decision == STORE_DECISION_TRUST && is_known_signer(str_of(reporter)))
			buf_text(&out, "This reporter signs its reports: what is not signed by it may be anybody's.  What others "
			               "signed in its name stays held; --others lets it count too.\n");
		if (cli->dry_run)
			buf_text(&out, "Nothing was changed.  Say it without -n to do it.\n");
	}
	cli_print(buf_view(&out));
	buf_done(&out);
}

static int decide(struct cli *cli, const char *reporter, enum store_decision decision)
{
	struct buf arguments, answer;
	struct err err = {0};

	buf_init(&arguments, KIB(4));
	buf_init(&answer, KIB(64));
	wire_put_str(&arguments, str_of(reporter));
	wire_put_u8(&arguments, decision);
	wire_put_u8(&arguments, cli->dry_run);
	bool ok = cli_send(cli, "source-decide", buf_view(&arguments), &answer, &err);
	if (ok)
		show_change(cli, reporter, decision, buf_view(&answer));
	buf_done(&arguments);
	buf_done(&answer);
	return ok ? EXIT_DONE : cli_fail(&err);
}

static void put_decisions(const struct cli *cli, const struct decision_list *list, struct buf *out)
{
	struct json_out json;
	char text[INSTANT_TEXT_MAX];

	if (cli->format == OUTPUT_JSON) {
		json_out_init(&json, out, true);
		json_out_object(&json, NULL);
		json_out_list(&json, "decisions");
		for (size_t i = 0; i < list->count; i++) {
			json_out_object(&json, NULL);
			json_out_str(&json, "reporter", list->rows[i].reporter);
			json_out_str(&json, "decision", str_of(decision_texts[list->rows[i].decision]));
			json_out_instant(&json, "decided_at", list->rows[i].decided_at);
			json_out_uint(&json, "reports", list->rows[i].counted.reports);
			json_out_uint(&json, "held", list->rows[i].counted.held);
			json_out_end(&json);
		}
		json_out_end(&json);
		json_out_end(&json);
		return;
	}
	for (size_t i = 0; i < list->count; i++) {
		quote_plain(list->rows[i].reporter, out);
		buf_format(out, "\t%s\t", decision_texts[list->rows[i].decision]);
		buf_str(out, instant_format(list->rows[i].decided_at, text));
		buf_byte(out, '\n');
	}
	if (list->count == 0 && cli->format == OUTPUT_TEXT && !cli->quiet)
		buf_text(out, "Nothing was decided: each report counts by its own trust.\n");
}

static int show_decisions(const struct cli *cli)
{
	struct cli_view view = {0};
	struct decision_list list;
	struct err err = {0};
	struct buf out;

	if (!cli_view_open(cli, &view, &err))
		return cli_fail(&err);
	buf_init(&out, MIB(64));
	bool ok = store_decisions(view.store, &view.arena, &list, &err);
	if (ok)
		put_decisions(cli, &list, &out);
	cli_print(buf_view(&out));
	buf_done(&out);
	cli_view_close(&view);
	return ok ? EXIT_DONE : cli_fail(&err);
}

int cli_trust(struct cli *cli, int argc, char **argv, bool others)
{
	if (strcmp(argv[0], "decisions") == 0)
		return argc == 1 ? show_decisions(cli) : cli_usage("source", "say 'source decisions'");
	if (argc != 2)
		return cli_usage("source", "say 'source %s REPORTER'", argv[0]);
	for (size_t i = 0; i < COUNT_OF(verbs); i++)
		if (strcmp(argv[0], verbs[i].verb) == 0)
			return decide(cli, argv[1], others && i == 0 ? STORE_DECISION_TRUST_OTHERS : verbs[i].decision);
	return EXIT_USAGE;
}
