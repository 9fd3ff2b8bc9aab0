/* SPDX-License-Identifier: ISC */
/* mailseal alert: what was said, to whom, and what was not and why. */
#include <string.h>

#include "cli/cli.h"
#include "cli/cli_alert.h"
#include "cli/cli_view.h"
#include "present/words.h"
#include "role/alert_log.h"

#define LIST_ROWS 50
#define PAGE_ROWS 10000

static const char usage[] =
    "mailseal alert list\n"
    "mailseal alert channel add ops mail ops@example.net\n"
    "mailseal alert channel add chat slack --secret file:/etc/mailseal/secrets/slack-url\n"
    "mailseal alert channel add hook webhook https://hooks.example.net/tls --secret cred:hook\n"
    "mailseal alert channel list\n"
    "mailseal alert test ops\n"
    "mailseal alert resend 42\n"
    "mailseal alert rule list\n"
    "mailseal alert rule add shaky --what share --over 1% --least 20 --domain example.com\n"
    "mailseal alert rule edit new-failure --when daily --at 09:00 --quiet 22:00-07:00 --zone Europe/Berlin\n"
    "mailseal alert rule test shaky\n"
    "\n"
    "The server says alerts as log lines (event \"alert\"), which reach the journal, and to every channel.\n"
    "list                             what was said, newest first, to whom; and what was not said, and why\n"
    "test CHANNEL                     sends a test, and says whether it arrived\n"
    "resend MESSAGE                   a message that was delivered or given up, once more; list says its number\n"
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

static void put_json(const struct cli *cli, const struct alert_log_row *shown, size_t n)
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
		alert_log_json(&shown[i], &json);
	if (cli->format == OUTPUT_JSON) {
		json_out_end(&json);
		json_out_end(&json);
	}
	cli_print(buf_view(&out));
	buf_done(&out);
}

static void put_words(const struct cli *cli, struct arena *arena, const struct alert_log_row *shown, size_t n)
{
	struct doc doc;
	doc_init(&doc, arena, str_of(tr("Alerts")));
	if (n == 0)
		doc_sentence(&doc, str_of(tr("Nothing was worth a message yet.")));
	else
		alert_log_table(shown, n, doc_table(&doc, str_of(tr("What was said")), alert_log_columns, ALERT_LOG_COLUMNS));
	cli_view_doc(cli, &doc);
}

static int list(const struct cli *cli)
{
	struct cli_view view = {0};
	struct alert_log_row *shown = NULL;
	struct alert_log_place next;
	struct err err = {0};
	size_t n = 0, most = cli->filter.limit;

	if (most == 0)
		most = cli->format == OUTPUT_TEXT ? LIST_ROWS : PAGE_ROWS;
	if (!cli_view_open(cli, &view, &err))
		return cli_fail(&err);
	bool ok = alert_log_page(view.store, ALERT_LOG_START, most, &view.arena, &shown, &n, &next, &err);
	if (ok && cli->format == OUTPUT_TEXT) {
		put_words(cli, &view.arena, shown, n);
	} else if (ok && (cli->format == OUTPUT_CSV || cli->format == OUTPUT_PLAIN)) {
		struct doc_table *table = doc_table_new(&view.arena, alert_log_columns, ALERT_LOG_COLUMNS);
		alert_log_table(shown, n, table);
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
	    {"--what", OPTION_TEXT, &wishes.rule.what, "WHAT"},
	    {"--over", OPTION_TEXT, &wishes.rule.over, "N"},
	    {"--least", OPTION_TEXT, &wishes.rule.least, "N"},
	    {"--severity", OPTION_TEXT, &wishes.rule.severity, "S"},
	    {"--cause", OPTION_TEXT, &wishes.rule.cause, "NAME"},
	    {"--when", OPTION_TEXT, &wishes.rule.when, "WHEN"},
	    {"--at", OPTION_TEXT, &wishes.rule.at, "TIME"},
	    {"--quiet", OPTION_TEXT, &wishes.rule.quiet, "FROM-TO"},
	    {"--zone", OPTION_TEXT, &wishes.rule.zone, "ZONE"},
	    {"--repeat", OPTION_TEXT, &wishes.rule.repeat, "DAYS"},
	    {"--for", OPTION_TEXT, &wishes.pause_for, "7d"},
	    {"--of-tenant", OPTION_TEXT, &wishes.rule.tenant, "TENANT"},
	    {"--channel", OPTION_LIST, &wishes.channels, "NAME"},
	    {"--everywhere", OPTION_FLAG, &wishes.rule.everywhere, ""},
	    {"--on", OPTION_FLAG, &wishes.rule.on, ""},
	    {"--off", OPTION_FLAG, &wishes.rule.off, ""},
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
	if (argc == 2 && strcmp(argv[0], "resend") == 0)
		return cli_alert_resend(cli, argv[1]);
	return cli_usage("alert", "there is no 'alert %s'", argv[0]);
}
