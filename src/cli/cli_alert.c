/* SPDX-License-Identifier: ISC */
/* mailseal alert: what was said, to whom, and what was not and why. */
#include <string.h>

#include "alert/alert_message.h"
#include "alert/alert_rules.h"
#include "base/attr.h"
#include "cli/cli.h"
#include "cli/cli_alert.h"
#include "cli/cli_view.h"
#include "present/issue_doc.h"
#include "present/words.h"
#include "role/alert_words.h"
#include "store/alert_outbox.h"
#include "store/alert_ruleset.h"
#include "store/alerts.h"
#include "store/issues.h"

#define LIST_ROWS 50
#define PAGE_ROWS 10000

static const char usage[] =
    "mailseal alert list\n"
    "mailseal alert channel add ops mail ops@example.net\n"
    "mailseal alert channel add chat slack --secret file:/etc/mailseal/secrets/slack-url\n"
    "mailseal alert channel add hook webhook https://hooks.example.net/tls --secret cred:hook\n"
    "mailseal alert channel list\n"
    "mailseal alert test ops\n"
    "mailseal alert rule list\n"
    "mailseal alert rule add shaky --what share --over 1% --least 20 --domain example.com\n"
    "mailseal alert rule edit new-failure --when daily --at 09:00 --quiet 22:00-07:00 --zone Europe/Berlin\n"
    "mailseal alert rule test shaky\n"
    "\n"
    "The server says alerts as log lines (event \"alert\"), which reach the journal, and to every channel.\n"
    "list                             what was said, newest first, to whom; and what was not said, and why\n"
    "test CHANNEL                     sends a test, and says whether it arrived\n"
    "channel list                     where alerts go, and how that fares\n"
    "channel add NAME KIND [ADDRESS]  KIND: mail, webhook, slack, teams, matrix, pagerduty, ntfy, syslog\n"
    "channel edit NAME                with the flags below\n"
    "channel remove NAME\n"
    "  --secret file:PATH|cred:NAME   where the secret is: a key, a token, or the URL of slack and teams\n"
    "  --target TARGET                the room of matrix, the topic of ntfy\n"
    "  --address ADDRESS              another address\n"
    "  --lang LANGUAGE                the language of its messages\n"
    "  --allow-private, --no-private  whether it may be at a private address, and by http://\n"
    "  --pause, --resume\n"
    "  --resolver ADDRESS@PORT        whom to ask for the mail servers of an address\n"
    "rule list                        what is told, when, and to whom; four are ready-made\n"
    "rule add NAME --what WHAT        an own one; says how often it would have fired in the last 30 days\n"
    "  --what WHAT                    share, failed, refused, new-cause, silence, severity, cause\n"
    "  --over N, --least N            its number (1% of a day's sessions, sessions, days), and sessions that a share is of\n"
    "  --severity S, --cause NAME     of an issue\n"
    "  --domain D, --of-tenant T, --everywhere   which domains it looks at\n"
    "  --when WHEN, --at TIME         at-once, hourly, daily at a time of day\n"
    "  --quiet FROM-TO, --zone ZONE   hours in which only what is critical is told; none ends them\n"
    "  --repeat DAYS                  the same again after that long\n"
    "  --channel NAME                 to whom, several times; all: to every channel\n"
    "  --on, --off\n"
    "rule edit NAME                   with these flags; of a ready-made one, when and to whom\n"
    "rule test NAME                   how often it would have fired in the last 30 days, also with other flags\n"
    "rule mute NAME                   quiet for a while: --for 7d\n"
    "rule remove NAME                 an own one\n"
    "  --json --jsonl --csv --plain   for programs\n";

static const struct doc_column columns[] = {
    {"Time", "at", COLUMN_TEXT, 0, NULL},
    {"Rule", "rule", COLUMN_TEXT, 2, NULL},
    {"What", "kind", COLUMN_TEXT, 0, NULL},
    {"Issue", "issue", COLUMN_CODE, 0, NULL},
    {"Title", "title", COLUMN_TEXT, 3, NULL},
    {"Channel", "channel", COLUMN_TEXT, 0, "log: the log of the server."},
    {"Outcome", "outcome", COLUMN_TEXT, 0, "delivered, queued, failed and why, or why it was not said."},
    {"Answer", "answer", COLUMN_TEXT, 1, "What the channel said at the last attempt."},
};

/* One line of the log: what a rule decided, and what became of it on each channel; or a message without a rule (a test, a
 * document). */
struct shown {
	const struct alert_row *row; /* NULL: no rule */
	const char *rule;
	struct str number, title;
	struct alert_delivery *deliveries;
	size_t count;
};

static instant at_of(const struct shown *shown)
{
	return shown->row != NULL ? shown->row->at : shown->deliveries->created_at;
}

static const char *rule_of(const struct shown *shown)
{
	return shown->row == NULL ? NULL : shown->rule;
}

static const char *kind_of(const struct shown *shown)
{
	if (shown->row != NULL)
		return alert_kind_text((enum alert_kind)shown->row->kind);
	return shown->deliveries->event == ALERT_EVENT_TEST ? "test" : shown->deliveries->event == ALERT_EVENT_CHANNEL ? "channel" : "document";
}

static bool load_row(struct cli_view *view, const struct alert_row *row, struct shown *out, struct err *err)
{
	struct alert_outbox_filter filter = {.alert = row->id};
	struct alert_rule rule;
	struct issue issue;
	char number[ISSUE_NUMBER_MAX];

	*out = (struct shown){.row = row};
	if (row->kind >= ALERT_KIND_COUNT || row->outcome >= ALERT_OUTCOME_COUNT)
		return err_set(err, ERR_SETUP, "the log of alerts is of a newer version");
	if (!alert_ruleset_load(view->store, row->rule, &view->arena, &rule, err))
		return false;
	out->rule = arena_text(&view->arena, rule.name);
	if (!alert_outbox_list(view->store, &filter, &view->arena, &out->deliveries, &out->count, err))
		return false;
	if (row->day != DAY_NONE) {
		out->title = alert_words_day(row, &rule, &view->arena);
		return true;
	}
	if (row->issue == 0) {
		out->title = WORDS(&view->arena, "{count} more issues", {"count", words_count(&view->arena, row->count)});
		return true;
	}
	if (!issues_load(view->store, row->issue, &view->arena, &issue, err))
		return false;
	out->number = arena_str(&view->arena, issue_number(issue.id, number));
	out->title = issue_doc_title(&view->arena, &issue);
	return true;
}

/* Both lists are newest first; so is what comes out. */
static bool load(struct cli_view *view, size_t most, struct shown **out, size_t *out_count, struct err *err)
{
	struct alert_outbox_filter without_rule = {.alert = 0, .limit = most};
	struct alert_row *rows;
	struct alert_delivery *others;
	size_t n, other_count, i = 0, j = 0, count = 0;

	if (!alerts_list(view->store, most, &view->arena, &rows, &n, err) ||
	    !alert_outbox_list(view->store, &without_rule, &view->arena, &others, &other_count, err))
		return false;
	struct shown *shown = ARENA_ARRAY(&view->arena, n + other_count + 1, struct shown);
	while (count < most && (i < n || j < other_count)) {
		if (j < other_count && (i == n || others[j].created_at > rows[i].at)) {
			shown[count++] = (struct shown){.title = others[j].headline, .deliveries = &others[j], .count = 1};
			j++;
		} else if (!load_row(view, &rows[i++], &shown[count++], err)) {
			return false;
		}
	}
	*out = shown;
	*out_count = count;
	return true;
}

/* Of what is about no issue, or comes of no rule. */
static struct doc_cell cell_or_none(struct str text)
{
	struct doc_cell cell = doc_cell(text.len > 0 ? text : STR("-"));
	cell.is_absent = text.len == 0;
	if (cell.is_absent)
		cell.raw = STR("");
	return cell;
}

static void put_cells(struct doc_table *table, const struct shown *shown, const struct alert_delivery *delivery)
{
	struct doc_cell *cells = doc_row(table, 0);

	cells[0] = doc_cell_instant(table->arena, at_of(shown));
	cells[1] = cell_or_none(str_of(rule_of(shown)));
	cells[2] = doc_cell(str_of(kind_of(shown)));
	cells[3] = cell_or_none(shown->number);
	cells[4] = doc_cell(shown->title);
	cells[5] = doc_cell(delivery == NULL ? STR("log") : delivery->channel_name);
	cells[6] = doc_cell(str_of(delivery == NULL ? alert_outcome_text((enum alert_outcome)shown->row->outcome)
	                                            : alert_outbox_state_text(delivery->state)));
	if (delivery != NULL)
		cells[7] = doc_cell(delivery->words);
}

static void fill(struct doc_table *table, const struct shown *shown, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (shown[i].row != NULL)
			put_cells(table, &shown[i], NULL);
		for (size_t j = shown[i].count; j > 0; j--)
			put_cells(table, &shown[i], &shown[i].deliveries[j - 1]);
	}
}

static void put_delivery_json(const struct alert_delivery *delivery, struct json_out *json)
{
	json_out_object(json, NULL);
	json_out_str(json, "channel", delivery->channel_name);
	json_out_str(json, "state", str_of(alert_outbox_state_text(delivery->state)));
	json_out_str(json, "answer", delivery->words.len > 0 ? delivery->words : STR_NONE);
	json_out_uint(json, "attempts", delivery->attempts);
	json_out_instant(json, "next_at", delivery->state < DELIVERY_DELIVERED ? delivery->next_at : INSTANT_NONE);
	json_out_instant(json, "done_at", delivery->done_at);
	json_out_end(json);
}

static void put_row_json(const struct shown *shown, struct json_out *json)
{
	const struct alert_row *row = shown->row;
	json_out_object(json, NULL);
	json_out_instant(json, "at", at_of(shown));
	json_out_str(json, "rule", str_of(rule_of(shown)));
	json_out_str(json, "kind", str_of(kind_of(shown)));
	json_out_str(json, "issue", shown->number);
	json_out_str(json, "title", shown->title);
	json_out_str(json, "outcome", row == NULL ? STR_NONE : str_of(alert_outcome_text((enum alert_outcome)row->outcome)));
	json_out_instant(json, "said_at", row == NULL ? INSTANT_NONE : row->done_at);
	json_out_list(json, "deliveries");
	for (size_t i = shown->count; i > 0; i--)
		put_delivery_json(&shown->deliveries[i - 1], json);
	json_out_end(json);
	json_out_end(json);
}

static void put_json(const struct cli *cli, const struct shown *shown, size_t n)
{
	struct json_out json;
	struct buf out;

	buf_init(&out, CLI_VIEW_BYTES);
	json_out_init(&json, &out, cli->format == OUTPUT_JSON);
	if (cli->format == OUTPUT_JSON) {
		json_out_object(&json, NULL);
		json_out_list(&json, "alerts");
	}
	for (size_t i = 0; i < n; i++)
		put_row_json(&shown[i], &json);
	if (cli->format == OUTPUT_JSON) {
		json_out_end(&json);
		json_out_end(&json);
	}
	cli_print(buf_view(&out));
	buf_done(&out);
}

static void put_words(const struct cli *cli, struct arena *arena, const struct shown *shown, size_t n)
{
	struct doc doc;
	doc_init(&doc, arena, str_of(tr("Alerts")));
	if (n == 0)
		doc_sentence(&doc, str_of(tr("Nothing was worth a message yet.")));
	else
		fill(doc_table(&doc, str_of(tr("What was said")), columns, COUNT_OF(columns)), shown, n);
	cli_view_doc(cli, &doc);
}

static int list(const struct cli *cli)
{
	struct cli_view view = {0};
	struct shown *shown = NULL;
	struct err err = {0};
	size_t n = 0, most = cli->filter.limit;

	if (most == 0)
		most = cli->format == OUTPUT_TEXT ? LIST_ROWS : PAGE_ROWS;
	if (!cli_view_open(cli, &view, &err))
		return cli_fail(&err);
	bool ok = load(&view, most, &shown, &n, &err);
	if (ok && cli->format == OUTPUT_TEXT) {
		put_words(cli, &view.arena, shown, n);
	} else if (ok && (cli->format == OUTPUT_CSV || cli->format == OUTPUT_PLAIN)) {
		struct doc_table *table = doc_table_new(&view.arena, columns, COUNT_OF(columns));
		fill(table, shown, n);
		cli_view_table(cli, table);
	} else if (ok) {
		put_json(cli, shown, n);
	}
	cli_view_close(&view);
	return ok ? EXIT_DONE : cli_fail(&err);
}

int cli_alert(struct cli *cli, int argc, char **argv)
{
	struct cli_alert_wishes wishes = {0};
	const struct option options[] = {
	    {"--secret", OPTION_TEXT, &wishes.secret, "file:PATH or cred:NAME"},
	    {"--target", OPTION_TEXT, &wishes.target, "room or topic"},
	    {"--address", OPTION_TEXT, &wishes.address, "another address"},
	    {"--allow-private", OPTION_FLAG, &wishes.allow_private, ""},
	    {"--no-private", OPTION_FLAG, &wishes.no_private, ""},
	    {"--pause", OPTION_FLAG, &wishes.pause, ""},
	    {"--resume", OPTION_FLAG, &wishes.resume, ""},
	    {"--resolver", OPTION_LIST, &wishes.resolvers, "ADDRESS@PORT"},
	    {"--what", OPTION_TEXT, &wishes.what, "WHAT"},
	    {"--over", OPTION_TEXT, &wishes.over, "N"},
	    {"--least", OPTION_TEXT, &wishes.least, "N"},
	    {"--severity", OPTION_TEXT, &wishes.severity, "S"},
	    {"--cause", OPTION_TEXT, &wishes.cause, "NAME"},
	    {"--when", OPTION_TEXT, &wishes.when, "WHEN"},
	    {"--at", OPTION_TEXT, &wishes.at, "TIME"},
	    {"--quiet", OPTION_TEXT, &wishes.quiet, "FROM-TO"},
	    {"--zone", OPTION_TEXT, &wishes.zone, "ZONE"},
	    {"--repeat", OPTION_TEXT, &wishes.repeat, "DAYS"},
	    {"--for", OPTION_TEXT, &wishes.pause_for, "7d"},
	    {"--of-tenant", OPTION_TEXT, &wishes.of_tenant, "TENANT"},
	    {"--channel", OPTION_LIST, &wishes.channels, "NAME"},
	    {"--everywhere", OPTION_FLAG, &wishes.everywhere, ""},
	    {"--on", OPTION_FLAG, &wishes.on, ""},
	    {"--off", OPTION_FLAG, &wishes.off, ""},
	    {0}};

	if (!cli_parse(cli, &argc, argv, options, usage))
		return EXIT_USAGE;
	if (argc == 0 || (argc == 1 && strcmp(argv[0], "list") == 0))
		return list(cli);
	if (strcmp(argv[0], "channel") == 0)
		return cli_alert_channel(cli, &wishes, argc - 1, argv + 1);
	if (strcmp(argv[0], "rule") == 0)
		return cli_alert_rule(cli, &wishes, argc - 1, argv + 1);
	if (argc == 2 && strcmp(argv[0], "test") == 0)
		return cli_alert_test(cli, &wishes, argv[1]);
	return cli_usage("alert", "there is no 'alert %s'", argv[0]);
}
