/* SPDX-License-Identifier: ISC */
/* mailseal alert rule list|add|edit|remove|mute|test: what is told, when, and to whom. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/attr.h"
#include "base/num.h"
#include "cli/cli_alert.h"
#include "cli/cli_send.h"
#include "cli/cli_view.h"
#include "present/json_out.h"
#include "present/state_words.h"
#include "present/words.h"
#include "report/alert_rule.h"
#include "report/wire.h"
#include "role/alerting.h"
#include "role/rule_wish.h"
#include "role/rule_words.h"
#include "store/alert_channels.h"
#include "store/alert_ruleset.h"


static struct doc_cell state_cell(const struct alert_rule *rule)
{
	const char *text = rule_words_state(rule);
	struct doc_cell cell = rule->is_off              ? doc_cell_badge(TONE_NONE, tr("off"))
	                       : strcmp(text, "on") == 0 ? doc_cell_badge(TONE_OK, tr("on"))
	                                                 : doc_cell_badge(TONE_TEST, tr("muted"));
	cell.raw = str_of(text);
	return cell;
}

/* --- list --- */

static const struct doc_column columns[] = {
    {"Rule", "name", COLUMN_TEXT, 0, NULL},
    {"State", "state", COLUMN_TEXT, 0, NULL},
    {"What", "what", COLUMN_TEXT, 0, NULL},
    {"For", "scope", COLUMN_TEXT, 1, "The domains that it looks at."},
    {"When", "when", COLUMN_TEXT, 2, NULL},
    {"Again after", "repeat_days", COLUMN_NUMBER, 4, "Days until the same is said again while it lasts."},
    {"To whom", "channels", COLUMN_TEXT, 3, NULL},
};

static void fill(struct doc_table *table, const struct alert_rule_list *rules, const struct alert_channel_list *channels)
{
	for (size_t i = 0; i < rules->count; i++) {
		const struct alert_rule *rule = &rules->rows[i];
		struct doc_cell *cells = doc_row(table, 0);
		cells[0] = doc_cell(rule->name);
		cells[1] = state_cell(rule);
		cells[2] = doc_cell(rule_words_what(rule, table->arena));
		cells[3] = doc_cell(rule_words_scope(rule));
		cells[4] = doc_cell(rule_words_when(rule, table->arena));
		cells[5] = doc_cell_count(table->arena, rule->repeat_days);
		cells[6] = doc_cell(rule_words_channels(rule, channels, table->arena));
	}
}

static void put_rule(struct json_out *json, struct arena *arena, const struct alert_rule *rule,
                     const struct alert_channel_list *channels)
{
	json_out_object(json, NULL);
	rule_words_json(rule, channels, arena, json);
	json_out_end(json);
}

static void put_json(const struct cli *cli, struct arena *arena, const struct alert_rule_list *rules,
                     const struct alert_channel_list *channels)
{
	struct json_out json;
	struct buf out;

	buf_init(&out, MIB(64));
	json_out_init(&json, &out, cli->format == OUTPUT_JSON);
	if (cli->format == OUTPUT_JSON) {
		json_out_object(&json, NULL);
		json_out_list(&json, "rules");
	}
	for (size_t i = 0; i < rules->count; i++)
		put_rule(&json, arena, &rules->rows[i], channels);
	if (cli->format == OUTPUT_JSON) {
		json_out_end(&json);
		json_out_end(&json);
	}
	cli_print(buf_view(&out));
	buf_done(&out);
}

static int list(const struct cli *cli)
{
	struct alert_channel_list channels;
	struct alert_rule_list rules;
	struct cli_view view = {0};
	struct err err = {0};

	if (!cli_view_open(cli, &view, &err))
		return cli_fail(&err);
	bool ok = alert_ruleset_list(view.store, &view.arena, &rules, &err) &&
	          alert_channels_list(view.store, &view.arena, &channels, &err);
	if (ok && cli->format == OUTPUT_TEXT) {
		struct doc doc;
		doc_init(&doc, &view.arena, str_of(tr("Rules")));
		fill(doc_table(&doc, str_of(tr("What is told, when, and to whom")), columns, COUNT_OF(columns)), &rules, &channels);
		cli_view_doc(cli, &doc);
	} else if (ok && (cli->format == OUTPUT_CSV || cli->format == OUTPUT_PLAIN)) {
		struct doc_table *table = doc_table_new(&view.arena, columns, COUNT_OF(columns));
		fill(table, &rules, &channels);
		cli_view_table(cli, table);
	} else if (ok) {
		put_json(cli, &view.arena, &rules, &channels);
	}
	cli_view_close(&view);
	return ok ? EXIT_DONE : cli_fail(&err);
}

/* --- the past --- */

static void say_trial(const struct cli *cli, struct cli_view *view, const struct alert_rule *rule,
                      const struct alert_trial *trial)
{
	struct arena *arena = &view->arena;
	struct json_out json;
	struct doc doc;
	struct buf out;

	if (cli->format == OUTPUT_TEXT) {
		doc_init(&doc, arena, rule->name);
		doc_sentence(&doc, rule_words_trial(trial, arena));
		if (trial->suppressed > 0)
			doc_sub(&doc, rule_words_kept_back(trial, arena));
		cli_view_doc(cli, &doc);
		return;
	}
	buf_init(&out, MIB(16));
	json_out_init(&json, &out, cli->format == OUTPUT_JSON);
	json_out_object(&json, NULL);
	json_out_str(&json, "rule", rule->name);
	rule_words_trial_json(trial, &json);
	json_out_end(&json);
	cli_print(buf_view(&out));
	buf_done(&out);
}

static bool try_it(const struct cli *cli, struct cli_view *view, const struct alert_rule *rule, struct err *err)
{
	struct alert_trial trial;

	if (!alerting_try(view->store, rule, instant_now(), &view->arena, &trial, err))
		return false;
	say_trial(cli, view, rule, &trial);
	return true;
}

/* --- changing --- */

static bool send(const struct cli *cli, const char *verb, const struct buf *arguments, struct err *err)
{
	struct buf answer;

	buf_init(&answer, KIB(4));
	bool ok = cli_send(cli, verb, buf_view(arguments), &answer, err);
	buf_done(&answer);
	return ok;
}

static int save(const struct cli *cli, const struct cli_alert_wishes *wishes, const char *name, bool is_new, bool only_try)
{
	struct alert_rule rule = rule_wish_new(name, instant_now());
	struct rule_wish wish = wishes->rule;
	struct cli_view view = {0};
	struct buf arguments;
	struct err err = {0};

	if (is_new && wish.what == NULL)
		return cli_usage("alert", "say --what: share, failed, refused, new-cause, silence, severity or cause");
	if (!cli_view_open(cli, &view, &err))
		return cli_fail(&err);
	if (cli->tenant != NULL) {
		cli_view_close(&view);
		(void)err_set(&err, ERR_DENIED, "rules are for the whole house to decide, not for one tenant");
		return cli_fail(&err);
	}
	buf_init(&arguments, KIB(16));
	wish.domain = cli->filter.domain.len > 0 ? arena_text(&view.arena, cli->filter.domain) : NULL;
	wish.channels = wishes->channels.items;
	wish.channel_count = wishes->channels.count;
	bool ok = (is_new || alert_ruleset_find(view.store, str_of(name), &view.arena, &rule, &err)) &&
	          rule_wish_apply(&wish, view.store, &view.arena, &rule, &err);
	bool may_save = ok && !only_try && !cli->dry_run;
	if (may_save) {
		wire_put_str(&arguments, rule.name);
		alert_rule_write(&rule, &arguments);
		ok = send(cli, is_new ? "alert-rule-add" : "alert-rule-edit", &arguments, &err);
	}
	if (ok && (is_new || only_try || cli->dry_run) && !cli->quiet)
		ok = try_it(cli, &view, &rule, &err);
	buf_done(&arguments);
	cli_view_close(&view);
	return ok ? EXIT_DONE : cli_fail(&err);
}

static int change(const struct cli *cli, const char *verb, const char *name, const char *pause)
{
	struct buf arguments;
	struct err err = {0};
	uint64_t secs = 0;

	if (pause != NULL && (!num_parse_secs(str_of(pause), &secs) || secs > UINT64_C(365) * SECS_PER_DAY))
		return cli_usage("alert", "--for is a time as 7d or 12h, up to a year");
	buf_init(&arguments, KIB(4));
	wire_put_str(&arguments, str_of(name));
	if (pause != NULL)
		wire_put_u64(&arguments, secs);
	bool ok = send(cli, verb, &arguments, &err);
	buf_done(&arguments);
	return ok ? EXIT_DONE : cli_fail(&err);
}

int cli_alert_rule(struct cli *cli, const struct cli_alert_wishes *wishes, int argc, char **argv)
{
	if (argc == 0 || (argc == 1 && strcmp(argv[0], "list") == 0))
		return list(cli);
	if (argc == 2 && strcmp(argv[0], "add") == 0)
		return save(cli, wishes, argv[1], true, false);
	if (argc == 2 && strcmp(argv[0], "edit") == 0)
		return save(cli, wishes, argv[1], false, false);
	if (argc == 2 && strcmp(argv[0], "test") == 0)
		return save(cli, wishes, argv[1], wishes->rule.what != NULL, true);
	if (argc == 2 && strcmp(argv[0], "remove") == 0)
		return change(cli, "alert-rule-remove", argv[1], NULL);
	if (argc == 2 && strcmp(argv[0], "mute") == 0)
		return change(cli, "alert-rule-mute", argv[1], wishes->pause_for == NULL ? "7d" : wishes->pause_for);
	return cli_usage("alert", "say 'alert rule list', or add, edit, test, mute, remove and a name");
}
