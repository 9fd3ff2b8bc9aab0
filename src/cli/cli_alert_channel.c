/* SPDX-License-Identifier: ISC */
/* mailseal alert channel list|add|edit|remove, alert test: where alerts go. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/attr.h"
#include "base/num.h"
#include "base/quote.h"
#include "cli/cli_alert.h"
#include "cli/cli_config.h"
#include "cli/cli_send.h"
#include "cli/cli_view.h"
#include "present/json_out.h"
#include "present/language.h"
#include "present/words.h"
#include "report/wire.h"
#include "role/keep_alert.h"
#include "store/alert_channels.h"
#include "store/alert_outbox.h"
#include "sys/resolve.h"

#define TEST_WAIT_MS 400000 /* longer than any attempt may take */
#define TEST_LOOK_MS 100

/* --- looking --- */

static const struct doc_column columns[] = {
    {"Channel", "name", COLUMN_TEXT, 0, NULL},
    {"Kind", "kind", COLUMN_TEXT, 0, NULL},
    {"Where", "address", COLUMN_CODE, 0, NULL},
    {"State", "state", COLUMN_TEXT, 0, NULL},
    {"Delivered", "delivered_at", COLUMN_TEXT, 1, "The last message that arrived."},
    {"Failures", "failures", COLUMN_NUMBER, 2, "Attempts in a row that failed."},
    {"Last answer", "result", COLUMN_TEXT, 3, NULL},
};

static const char *state_text(const struct alert_channel *channel)
{
	return channel->is_paused ? "paused" : channel->failures > 0 ? "failing" : "ok";
}

static struct str shown_address(struct arena *arena, const struct alert_channel *channel)
{
	if (channel->target.len == 0)
		return channel->address.len > 0 ? channel->address : channel->secret;
	return str_of(arena_format(arena, "%.*s %.*s", STR_ARGS(channel->address), STR_ARGS(channel->target)));
}

static struct doc_cell state_cell(const struct alert_channel *channel)
{
	struct doc_cell cell = channel->is_paused      ? doc_cell_badge(TONE_NONE, tr("paused"))
	                       : channel->failures > 0 ? doc_cell_badge(TONE_FAIL, tr("failing"))
	                                               : doc_cell_badge(TONE_OK, tr("in use"));
	cell.raw = str_of(state_text(channel));
	return cell;
}

static void fill(struct doc_table *table, const struct alert_channel_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct alert_channel *channel = &list->rows[i];
		struct doc_cell *cells = doc_row(table, 0);
		cells[0] = doc_cell(channel->name);
		cells[1] = doc_cell(str_of(alert_channel_kind_text(channel->kind)));
		cells[2] = doc_cell(shown_address(table->arena, channel));
		cells[3] = state_cell(channel);
		if (channel->delivered_at != INSTANT_NONE)
			cells[4] = doc_cell_instant(table->arena, channel->delivered_at);
		cells[5] = doc_cell_count(table->arena, channel->failures);
		cells[6] = doc_cell(channel->result);
	}
}

static bool find_behind(struct cli_view *view, const struct alert_channel_list *list, struct str **out, struct err *err)
{
	*out = ARENA_ARRAY(&view->arena, list->count + 1, struct str);
	for (size_t i = 0; i < list->count; i++)
		if (!alert_channels_behind(view->store, &list->rows[i], &view->arena, &(*out)[i], err))
			return false;
	return true;
}

static void put_json(const struct cli *cli, const struct alert_channel_list *list, const struct str *behind)
{
	struct json_out json;
	struct buf out;

	buf_init(&out, MIB(64));
	json_out_init(&json, &out, cli->format == OUTPUT_JSON);
	if (cli->format == OUTPUT_JSON) {
		json_out_object(&json, NULL);
		json_out_list(&json, "channels");
	}
	for (size_t i = 0; i < list->count; i++) {
		const struct alert_channel *channel = &list->rows[i];
		json_out_object(&json, NULL);
		json_out_str(&json, "name", channel->name);
		json_out_str(&json, "kind", str_of(alert_channel_kind_text(channel->kind)));
		json_out_str(&json, "address", channel->address);
		json_out_str(&json, "target", channel->target.len > 0 ? channel->target : STR_NONE);
		json_out_str(&json, "secret", channel->secret.len > 0 ? channel->secret : STR_NONE);
		json_out_str(&json, "language", channel->language);
		json_out_str(&json, "state", str_of(state_text(channel)));
		json_out_bool(&json, "may_be_private", channel->may_be_local);
		json_out_str(&json, "behind", behind[i]);
		json_out_uint(&json, "failures", channel->failures);
		json_out_instant(&json, "delivered_at", channel->delivered_at);
		json_out_instant(&json, "failed_at", channel->failed_at);
		json_out_str(&json, "result", channel->result.len > 0 ? channel->result : STR_NONE);
		json_out_end(&json);
	}
	if (cli->format == OUTPUT_JSON) {
		json_out_end(&json);
		json_out_end(&json);
	}
	cli_print(buf_view(&out));
	buf_done(&out);
}

static void put_words(const struct cli *cli, struct arena *arena, const struct alert_channel_list *list,
                      const struct str *behind)
{
	struct doc doc;

	doc_init(&doc, arena, str_of(tr("Channels")));
	if (list->count == 0) {
		doc_sentence(&doc, str_of(tr("There is no channel yet: alerts stand in the log of the server alone.")));
		doc_code(&doc, STR("mailseal alert channel add ops mail ops@example.net"));
	} else {
		fill(doc_table(&doc, str_of(tr("Where alerts go")), columns, COUNT_OF(columns)), list);
	}
	for (size_t i = 0; i < list->count; i++)
		if (behind[i].len > 0)
			doc_note(&doc, TONE_WARN, tr("Warning"), view_words_behind(arena, list->rows[i].address, behind[i]));
	cli_view_doc(cli, &doc);
}

static int list(const struct cli *cli)
{
	struct alert_channel_list channels;
	struct cli_view view = {0};
	struct err err = {0};
	struct str *behind;

	if (!cli_view_open(cli, &view, &err))
		return cli_fail(&err);
	bool ok = alert_channels_list(view.store, &view.arena, &channels, &err) &&
	          find_behind(&view, &channels, &behind, &err);
	if (ok && cli->format == OUTPUT_TEXT) {
		put_words(cli, &view.arena, &channels, behind);
	} else if (ok && (cli->format == OUTPUT_CSV || cli->format == OUTPUT_PLAIN)) {
		struct doc_table *table = doc_table_new(&view.arena, columns, COUNT_OF(columns));
		fill(table, &channels);
		cli_view_table(cli, table);
	} else if (ok) {
		put_json(cli, &channels, behind);
	}
	cli_view_close(&view);
	return ok ? EXIT_DONE : cli_fail(&err);
}

/* --- changing --- */

static bool open_resolver(const struct cli *cli, const struct cli_alert_wishes *wishes, struct resolve **out)
{
	struct config *config = NULL;
	struct err err = {0};

	if (!cli_load_config(cli, &config, &err))
		return false;
	struct resolve_options options = {
	    .forwarders = (const char *const *)config->dns_resolvers.items,
	    .forwarder_count = config->dns_resolvers.count,
	    .trust_anchor = config->dns_trust_anchor[0] == '\0' ? NULL : config->dns_trust_anchor,
	    .question_ms = (uint32_t)config->dns_timeout * 1000,
	};
	if (wishes->resolvers.count > 0) {
		options.forwarders = wishes->resolvers.items;
		options.forwarder_count = wishes->resolvers.count;
	}
	bool ok = resolve_open(&options, out, &err);
	config_free(&config);
	return ok;
}

/* The mail servers of the address, so that it can be said whether it lies behind what is watched.  Without an answer the
 * domain alone tells. */
static struct str find_mx(const struct cli *cli, const struct cli_alert_wishes *wishes, struct str domain,
                          struct arena *arena)
{
	struct resolve *resolve = NULL;
	struct resolve_answer mx;
	struct buf hosts;

	if (domain.len == 0 || !open_resolver(cli, wishes, &resolve))
		return STR("");
	buf_init(&hosts, KIB(16));
	resolve_ask(resolve, domain, RESOLVE_MX, resolve_deadline(resolve), arena, &mx);
	for (size_t i = 0; mx.outcome == RESOLVE_ANSWER && i < mx.count; i++) {
		buf_text(&hosts, hosts.len == 0 ? "" : " ");
		buf_str(&hosts, mx.records[i].text);
	}
	struct str copy = hosts.failed ? STR("") : arena_str(arena, buf_view(&hosts));
	buf_done(&hosts);
	resolve_close(&resolve);
	return copy;
}

static void warn_behind(const struct cli *cli, const char *name)
{
	struct alert_channel channel;
	struct cli_view view = {0};
	struct err err = {0};
	struct str behind;
	struct buf line;

	if (!cli_view_open(cli, &view, &err))
		return;
	if (alert_channels_find(view.store, str_of(name), &view.arena, &channel, &err) &&
	    alert_channels_behind(view.store, &channel, &view.arena, &behind, &err) && behind.len > 0) {
		buf_init(&line, KIB(8));
		quote_terminal(view_words_behind(&view.arena, channel.address, behind), false, &line);
		(void)fprintf(stderr, "mailseal: %.*s\n", STR_ARGS(buf_view(&line)));
		buf_done(&line);
	}
	cli_view_close(&view);
}

static void put_text(struct buf *out, const char *text)
{
	wire_put_str(out, str_of(text == NULL ? "" : text));
}

static const char *usual_address(enum alert_channel_kind kind)
{
	return kind == CHANNEL_PAGERDUTY ? "https://events.pagerduty.com" : kind == CHANNEL_NTFY ? "https://ntfy.sh" : "";
}

static bool put_new(const struct cli *cli, const struct cli_alert_wishes *wishes, const char *name, const char *kind_text,
                    const char *address, struct arena *arena, struct buf *out, struct err *err)
{
	const struct language *language = cli->lang != NULL ? cli->lang : language_of_environment();
	struct alert_channel channel = {.name = str_of(name),
	                                .target = str_of(wishes->target == NULL ? "" : wishes->target),
	                                .secret = str_of(wishes->secret == NULL ? "" : wishes->secret),
	                                .may_be_local = wishes->allow_private};

	if (!alert_channel_kind_of(str_of(kind_text), &channel.kind))
		return err_set(err, ERR_INPUT,
		               "'%.40s' is no kind of channel; there are mail, webhook, slack, teams, matrix, pagerduty, ntfy, syslog",
		               kind_text);
	channel.address = str_of(address == NULL ? usual_address(channel.kind) : address);
	if (!alert_channel_check(&channel, err))
		return false;
	wire_put_str(out, channel.name);
	wire_put_u8(out, channel.kind);
	wire_put_str(out, channel.address);
	wire_put_str(out, channel.target);
	wire_put_str(out, channel.secret);
	put_text(out, language->tag);
	wire_put_u8(out, wishes->pause);
	wire_put_u8(out, wishes->allow_private);
	wire_put_str(out, find_mx(cli, wishes, alert_channel_domain(&channel), arena));
	return true;
}

static int add(const struct cli *cli, const struct cli_alert_wishes *wishes, int argc, char **argv)
{
	struct buf arguments, answer;
	struct arena arena;
	struct err err = {0};

	if (argc != 3 && argc != 4)
		return cli_usage("alert", "say a name, a kind and an address, as in 'alert channel add ops mail ops@example.net'");
	buf_init(&arguments, KIB(40));
	buf_init(&answer, KIB(4));
	arena_init(&arena, MIB(4));
	bool ok = put_new(cli, wishes, argv[1], argv[2], argc == 4 ? argv[3] : wishes->address, &arena, &arguments, &err) &&
	          cli_send(cli, "alert-channel-add", buf_view(&arguments), &answer, &err);
	buf_done(&arguments);
	buf_done(&answer);
	arena_done(&arena);
	if (!ok)
		return cli_fail(&err);
	warn_behind(cli, argv[1]);
	if (!cli->quiet && cli->format == OUTPUT_TEXT)
		(void)printf("'mailseal alert test %s' shows whether it works.\n", argv[1]);
	return EXIT_DONE;
}

static unsigned changes_of(const struct cli *cli, const struct cli_alert_wishes *wishes)
{
	return (wishes->address != NULL ? KEEP_CHANNEL_ADDRESS : 0u) | (wishes->target != NULL ? KEEP_CHANNEL_TARGET : 0u) |
	       (wishes->secret != NULL ? KEEP_CHANNEL_SECRET : 0u) | (cli->lang != NULL ? KEEP_CHANNEL_LANGUAGE : 0u) |
	       (wishes->pause ? KEEP_CHANNEL_PAUSE : 0u) | (wishes->resume ? KEEP_CHANNEL_RESUME : 0u) |
	       (wishes->allow_private ? KEEP_CHANNEL_LOCAL : 0u) | (wishes->no_private ? KEEP_CHANNEL_NOT_LOCAL : 0u);
}

static int edit(const struct cli *cli, const struct cli_alert_wishes *wishes, const char *name)
{
	struct alert_channel channel = {.kind = CHANNEL_MAIL, .address = str_of(wishes->address)};
	unsigned what = changes_of(cli, wishes);
	struct buf arguments, answer;
	struct arena arena;
	struct err err = {0};

	if (what == 0)
		return cli_usage("alert", "say what to change: --address, --target, --secret, --lang, --pause, --resume, "
		                          "--allow-private or --no-private");
	buf_init(&arguments, KIB(40));
	buf_init(&answer, KIB(4));
	arena_init(&arena, MIB(4));
	put_text(&arguments, name);
	wire_put_u8(&arguments, what);
	put_text(&arguments, wishes->address);
	put_text(&arguments, wishes->target);
	put_text(&arguments, wishes->secret);
	put_text(&arguments, cli->lang == NULL ? "" : cli->lang->tag);
	bool is_mail = wishes->address != NULL && strchr(wishes->address, '@') != NULL && strchr(wishes->address, '/') == NULL;
	wire_put_str(&arguments, is_mail ? find_mx(cli, wishes, alert_channel_domain(&channel), &arena) : STR(""));
	bool ok = cli_send(cli, "alert-channel-edit", buf_view(&arguments), &answer, &err);
	buf_done(&arguments);
	buf_done(&answer);
	arena_done(&arena);
	if (!ok)
		return cli_fail(&err);
	if (wishes->address != NULL)
		warn_behind(cli, name);
	return EXIT_DONE;
}

static int remove_channel(const struct cli *cli, const char *name)
{
	struct buf arguments, answer;
	struct err err = {0};

	buf_init(&arguments, KIB(4));
	buf_init(&answer, KIB(4));
	put_text(&arguments, name);
	bool ok = cli_send(cli, "alert-channel-remove", buf_view(&arguments), &answer, &err);
	buf_done(&arguments);
	buf_done(&answer);
	return ok ? EXIT_DONE : cli_fail(&err);
}

int cli_alert_channel(struct cli *cli, const struct cli_alert_wishes *wishes, int argc, char **argv)
{
	if (argc == 0 || (argc == 1 && strcmp(argv[0], "list") == 0))
		return list(cli);
	if (strcmp(argv[0], "add") == 0)
		return add(cli, wishes, argc, argv);
	if (argc == 2 && strcmp(argv[0], "edit") == 0)
		return edit(cli, wishes, argv[1]);
	if (argc == 2 && strcmp(argv[0], "remove") == 0)
		return remove_channel(cli, argv[1]);
	return cli_usage("alert", "say 'alert channel list', or add, edit, remove and a name");
}

/* --- a test --- */

static void pause_ms(int64_t ms)
{
	struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
	(void)nanosleep(&time, NULL);
}

/* Until the attempt is over; a test is tried once. */
static bool wait_for(const struct cli *cli, int64_t id, struct alert_delivery *out, struct arena *arena, struct err *err)
{
	int64_t deadline_ms = clock_ms() + TEST_WAIT_MS;

	for (;;) {
		struct cli_view view = {0};
		struct alert_delivery found = {0};
		if (!cli_view_open(cli, &view, err))
			return false;
		bool ok = alert_outbox_load(view.store, id, &view.arena, &found, err);
		if (ok && found.state >= DELIVERY_DELIVERED)
			found.words = arena_str(arena, found.words);
		cli_view_close(&view);
		if (!ok)
			return false;
		if (found.state >= DELIVERY_DELIVERED) {
			*out = found;
			return true;
		}
		if (clock_ms() >= deadline_ms)
			return err_set(err, ERR_LATER, "nobody has tried to deliver it; does the server run?");
		pause_ms(TEST_LOOK_MS);
	}
}

static void say_test(const struct cli *cli, const char *channel, const struct alert_delivery *delivery)
{
	struct json_out json;
	struct buf out;

	buf_init(&out, KIB(16));
	if (cli->format == OUTPUT_TEXT) {
		buf_format(&out, "%s: %s: ", channel, delivery->state == DELIVERY_DELIVERED ? tr("delivered") : tr("not delivered"));
		quote_terminal(delivery->words, false, &out);
		buf_byte(&out, '\n');
	} else {
		json_out_init(&json, &out, cli->format == OUTPUT_JSON);
		json_out_object(&json, NULL);
		json_out_str(&json, "channel", str_of(channel));
		json_out_str(&json, "state", str_of(alert_outbox_state_text(delivery->state)));
		json_out_str(&json, "answer", delivery->words);
		json_out_end(&json);
	}
	cli_print(buf_view(&out));
	buf_done(&out);
}

/* The mail servers of an address may have changed since the channel was made. */
static void refresh_mx(const struct cli *cli, const struct cli_alert_wishes *wishes, const char *name)
{
	struct alert_channel channel;
	struct cli_view view = {0};
	struct buf arguments, answer;
	struct err err = {0};

	if (!cli_view_open(cli, &view, &err))
		return;
	buf_init(&arguments, KIB(40));
	buf_init(&answer, KIB(4));
	if (alert_channels_find(view.store, str_of(name), &view.arena, &channel, &err) && channel.kind == CHANNEL_MAIL) {
		struct str mx = find_mx(cli, wishes, alert_channel_domain(&channel), &view.arena);
		put_text(&arguments, name);
		wire_put_u8(&arguments, KEEP_CHANNEL_ADDRESS);
		wire_put_str(&arguments, channel.address);
		for (int i = 0; i < 3; i++)
			put_text(&arguments, "");
		wire_put_str(&arguments, mx);
		/* What is not known now stays as it was. */
		if (mx.len > 0 && !str_eq(mx, channel.mx))
			(void)cli_send(cli, "alert-channel-edit", buf_view(&arguments), &answer, &err);
	}
	buf_done(&arguments);
	buf_done(&answer);
	cli_view_close(&view);
	warn_behind(cli, name);
}

/* Only a server delivers. */
static int fail(const struct err *err)
{
	int code = cli_fail(err);
	return err->kind == ERR_LATER ? EXIT_NO_SERVER : code;
}

int cli_alert_test(struct cli *cli, const struct cli_alert_wishes *wishes, const char *channel)
{
	struct alert_delivery delivery = {0};
	struct buf arguments, answer;
	struct arena arena;
	struct err err = {0};

	buf_init(&arguments, KIB(4));
	buf_init(&answer, KIB(4));
	arena_init(&arena, KIB(64));
	put_text(&arguments, channel);
	bool is_sent = cli_send(cli, "alert-test", buf_view(&arguments), &answer, &err);
	struct wire_reader reader = {.rest = buf_view(&answer)};
	bool ok = is_sent && wait_for(cli, (int64_t)wire_get_u64(&reader), &delivery, &arena, &err);
	if (ok) {
		say_test(cli, channel, &delivery);
		refresh_mx(cli, wishes, channel);
	}
	buf_done(&arguments);
	buf_done(&answer);
	arena_done(&arena);
	return !ok ? fail(&err) : delivery.state == DELIVERY_DELIVERED ? EXIT_DONE : EXIT_FAILED;
}

/* --- once more --- */

int cli_alert_resend(struct cli *cli, const char *message)
{
	struct buf arguments, answer;
	struct err err = {0};
	uint64_t id;

	if (!num_parse_uint(str_of(message), INT64_MAX, &id))
		return cli_usage("alert", "'%s' is no number of a message; 'alert list' shows them", message);
	buf_init(&arguments, KIB(4));
	buf_init(&answer, KIB(4));
	wire_put_u64(&arguments, id);
	bool ok = cli_send(cli, "alert-resend", buf_view(&arguments), &answer, &err);
	struct wire_reader reader = {.rest = buf_view(&answer)};
	uint64_t copy = wire_get_u64(&reader);
	if (ok && cli->format != OUTPUT_TEXT)
		(void)printf("{\"message\":%" PRIu64 "}\n", copy);
	else if (ok && !cli->quiet)
		(void)printf("It is sent again, as message %" PRIu64 "; 'mailseal alert list' says what becomes of it.\n", copy);
	buf_done(&arguments);
	buf_done(&answer);
	return ok ? EXIT_DONE : fail(&err);
}
