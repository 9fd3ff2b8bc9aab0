/* SPDX-License-Identifier: ISC */
/* mailseal alert rule list|add|edit|remove|mute|test: what is told, when, and to whom. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "alert/alert_zone.h"
#include "base/attr.h"
#include "base/file.h"
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
#include "store/alert_channels.h"
#include "store/alert_ruleset.h"

#define ZONE_FOLDER "/usr/share/zoneinfo"
#define ZONE_BYTES KIB(256)
#define DAYS_SHOWN 20

/* --- words --- */

static struct str minute_text(struct arena *arena, uint32_t minute)
{
	return str_of(arena_format(arena, "%02u:%02u", minute / 60, minute % 60));
}

static struct str what_words(struct arena *arena, const struct alert_rule *rule)
{
	switch (rule->what) {
	case WHAT_READY: return alert_words_rule(rule);
	case WHAT_SHARE:
		return WORDS(arena, "more than {share} of a day's sessions failed, of at least {least}",
		             {"share", words_share(arena, rule->over, 10000)}, {"least", words_count(arena, rule->least_sessions)});
	case WHAT_FAILED:
		return WORDS(arena, "more than {count} sessions of a day failed", {"count", words_count(arena, rule->over)});
	case WHAT_REFUSED:
		return WORDS(arena, "mail was refused in more than {count} sessions of a day",
		             {"count", words_count(arena, rule->over)});
	case WHAT_NEW_CAUSE: return str_of(tr("a new issue, however small"));
	case WHAT_SILENCE:
		return WORDS_N(arena, rule->over, "no report for {count} day", "no report for {count} days",
		               {"count", words_count(arena, rule->over)});
	case WHAT_SEVERITY:
		return WORDS(arena, "an issue of at least this severity: {severity}",
		             {"severity", str_of(severity_words(rule->severity))});
	case WHAT_CAUSE: return WORDS(arena, "an issue with the cause {cause}", {"cause", rule->cause});
	case WHAT_COUNT: break;
	}
	return STR("");
}

static struct str when_words(struct arena *arena, const struct alert_rule *rule)
{
	struct str when = rule->when == WHEN_AT_ONCE  ? str_of(tr("at once"))
	                  : rule->when == WHEN_HOURLY ? str_of(tr("every hour"))
	                                              : WORDS(arena, "daily at {time}",
	                                                      {"time", minute_text(arena, rule->daily_minute)});
	if (!rule->has_quiet)
		return when;
	return WORDS(arena, "{when}, quiet from {from} to {to} {zone} but for what is critical", {"when", when},
	             {"from", minute_text(arena, rule->quiet_from)}, {"to", minute_text(arena, rule->quiet_to)},
	             {"zone", rule->zone.len > 0 ? rule->zone : STR("UTC")});
}

static struct str channel_words(struct arena *arena, const struct alert_rule *rule, const struct alert_channel_list *channels)
{
	struct str names[ALERT_RULE_CHANNELS_MAX];
	size_t n = 0;

	for (size_t i = 0; i < rule->channel_count; i++)
		for (size_t j = 0; j < channels->count; j++)
			if (channels->rows[j].id == rule->channels[i])
				names[n++] = channels->rows[j].name;
	return n == 0 ? str_of(tr("every channel")) : words_list(arena, names, n, ALERT_RULE_CHANNELS_MAX);
}

static struct str scope_words(const struct alert_rule *rule)
{
	return rule->scope == SCOPE_ALL ? str_of(tr("all domains")) : rule->scope_name;
}

static const char *state_text(const struct alert_rule *rule)
{
	if (rule->is_off)
		return "off";
	return rule->muted_until != INSTANT_NONE && rule->muted_until > instant_now() ? "muted" : "on";
}

static struct doc_cell state_cell(const struct alert_rule *rule)
{
	const char *text = state_text(rule);
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
		cells[2] = doc_cell(what_words(table->arena, rule));
		cells[3] = doc_cell(scope_words(rule));
		cells[4] = doc_cell(when_words(table->arena, rule));
		cells[5] = doc_cell_count(table->arena, rule->repeat_days);
		cells[6] = doc_cell(channel_words(table->arena, rule, channels));
	}
}

static void put_numbers(struct json_out *json, const struct alert_rule *rule)
{
	json_out_null(json, "share_percent");
	json_out_uint(json, "over", rule->over);
}

static void put_rule_json(struct json_out *json, struct arena *arena, const struct alert_rule *rule,
                          const struct alert_channel_list *channels)
{
	json_out_object(json, NULL);
	json_out_str(json, "name", rule->name);
	json_out_str(json, "what", str_of(alert_rule_what_text(rule->what)));
	json_out_str(json, "state", str_of(state_text(rule)));
	if (rule->what == WHAT_SHARE) {
		json_out_text(json, "share_percent", str_of(arena_format(arena, "%" PRIu64 ".%02" PRIu64, rule->over / 100,
		                                                         rule->over % 100)));
		json_out_null(json, "over");
	} else {
		put_numbers(json, rule);
	}
	json_out_uint(json, "least_sessions", rule->least_sessions);
	json_out_str(json, "severity", rule->what == WHAT_SEVERITY ? str_of(severity_text(rule->severity)) : STR_NONE);
	json_out_str(json, "cause", rule->cause.len > 0 ? rule->cause : STR_NONE);
	json_out_str(json, "scope", str_of(alert_rule_scope_text(rule->scope)));
	json_out_str(json, "scope_name", rule->scope == SCOPE_ALL ? STR_NONE : rule->scope_name);
	json_out_str(json, "when", str_of(alert_rule_when_text(rule->when)));
	json_out_str(json, "at", rule->when == WHEN_DAILY ? minute_text(arena, rule->daily_minute) : STR_NONE);
	json_out_str(json, "quiet", rule->has_quiet ? str_of(arena_format(arena, "%.*s-%.*s",
	                                                                  STR_ARGS(minute_text(arena, rule->quiet_from)),
	                                                                  STR_ARGS(minute_text(arena, rule->quiet_to))))
	                                            : STR_NONE);
	json_out_str(json, "zone", rule->zone);
	json_out_uint(json, "repeat_days", rule->repeat_days);
	json_out_instant(json, "muted_until", rule->muted_until);
	json_out_list(json, "channels");
	for (size_t i = 0; i < rule->channel_count; i++)
		for (size_t j = 0; j < channels->count; j++)
			if (channels->rows[j].id == rule->channels[i])
				json_out_str(json, NULL, channels->rows[j].name);
	json_out_end(json);
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
		put_rule_json(&json, arena, &rules->rows[i], channels);
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

/* --- from flags to a rule --- */

static bool set_severity(const char *text, struct alert_rule *rule, struct err *err)
{
	for (enum severity s = SEVERITY_NOTICE; s < SEVERITY_COUNT; s++)
		if (strcmp(text, severity_text(s)) == 0) {
			rule->severity = s;
			return true;
		}
	return err_set(err, ERR_INPUT, "a severity is notice, warning or critical");
}

static bool set_what(const struct cli_alert_wishes *wishes, struct alert_rule *rule, struct err *err)
{
	bool is_ready = rule->what == WHAT_READY && rule->created_at == 0; /* a new one has no "what" yet, but a time */
	bool asks = wishes->what != NULL || wishes->over != NULL || wishes->least != NULL || wishes->severity != NULL ||
	            wishes->cause != NULL;

	if (is_ready && asks)
		return err_set(err, ERR_INPUT, "what a ready-made rule is about is fixed; make one of your own");
	if (wishes->what != NULL && !alert_rule_what_of(str_of(wishes->what), &rule->what))
		return err_set(err, ERR_INPUT, "--what is share, failed, refused, new-cause, silence, severity or cause");
	if (wishes->severity != NULL && !set_severity(wishes->severity, rule, err))
		return false;
	if (wishes->cause != NULL)
		rule->cause = str_of(wishes->cause);
	if (wishes->over != NULL && !alert_rule_parse_over(rule->what, str_of(wishes->over), &rule->over))
		return err_set(err, ERR_INPUT, "--over is: %s", alert_rule_what_form(rule->what));
	return wishes->least == NULL || num_parse_uint(str_of(wishes->least), UINT32_MAX, &rule->least_sessions) ||
	       err_set(err, ERR_INPUT, "--least is a number of sessions");
}

/* "+02:00": a rule of its own, with the sign turned as POSIX wants it. */
static bool fixed_zone(const char *text, struct arena *arena, struct str *out)
{
	uint32_t minutes;

	if ((text[0] != '+' && text[0] != '-') || !alert_rule_parse_minute(str_of(text + 1), &minutes))
		return false;
	*out = str_of(arena_format(arena, "<%c%02u%02u>%c%u:%02u", text[0], minutes / 60, minutes % 60,
	                           text[0] == '+' ? '-' : '+', minutes / 60, minutes % 60));
	return true;
}

static bool set_zone(const char *text, struct alert_rule *rule, struct arena *arena, struct err *err)
{
	struct buf bytes;
	struct err ignored = {0};
	struct str found;

	rule->zone = str_of(text);
	if (strcmp(text, "UTC") == 0) {
		rule->zone_rule = STR("");
		return true;
	}
	if (fixed_zone(text, arena, &rule->zone_rule))
		return true;
	if (text[0] == '/' || strstr(text, "..") != NULL || strlen(text) > 100)
		return err_set(err, ERR_INPUT, "a zone is a name as Europe/Berlin, an offset as +02:00, or UTC");
	buf_init(&bytes, ZONE_BYTES);
	bool ok = file_read(arena_format(arena, "%s/%s", ZONE_FOLDER, text), &bytes, &ignored) &&
	          alert_zone_of_file(buf_view(&bytes), &found);
	if (ok)
		rule->zone_rule = arena_str(arena, found);
	buf_done(&bytes);
	return ok || err_set(err, ERR_INPUT,
	                     "the zone '%.60s' is not known (%s); an offset as +02:00 can be given instead", text, ZONE_FOLDER);
}

static bool set_when(const struct cli_alert_wishes *wishes, struct alert_rule *rule, struct arena *arena, struct err *err)
{
	uint64_t secs;

	for (unsigned i = 0; wishes->when != NULL && i <= WHEN_COUNT; i++) {
		if (i == WHEN_COUNT)
			return err_set(err, ERR_INPUT, "--when is at-once, hourly or daily");
		if (strcmp(wishes->when, alert_rule_when_text((enum alert_when)i)) == 0) {
			rule->when = (enum alert_when)i;
			break;
		}
	}
	if (wishes->at != NULL && !alert_rule_parse_minute(str_of(wishes->at), &rule->daily_minute))
		return err_set(err, ERR_INPUT, "--at is a time of day as 09:00");
	if (wishes->quiet != NULL && strcmp(wishes->quiet, "none") == 0)
		rule->has_quiet = false;
	else if (wishes->quiet != NULL) {
		if (!alert_rule_parse_quiet(str_of(wishes->quiet), &rule->quiet_from, &rule->quiet_to))
			return err_set(err, ERR_INPUT, "--quiet is hours as 22:00-07:00, or none");
		rule->has_quiet = true;
	}
	if (wishes->repeat != NULL) {
		if (!num_parse_secs(str_of(wishes->repeat), &secs) || secs < SECS_PER_DAY)
			return err_set(err, ERR_INPUT, "--repeat is a number of days as 7d");
		rule->repeat_days = (uint32_t)(secs / SECS_PER_DAY);
	}
	return wishes->zone == NULL || set_zone(wishes->zone, rule, arena, err);
}

static bool set_channels(struct cli_view *view, const struct cli_alert_wishes *wishes, struct alert_rule *rule,
                         struct err *err)
{
	struct alert_channel channel;

	if (wishes->channels.count == 0)
		return true;
	rule->channel_count = 0;
	if (wishes->channels.count == 1 && strcmp(wishes->channels.items[0], "all") == 0)
		return true;
	for (size_t i = 0; i < wishes->channels.count; i++) {
		if (!alert_channels_find(view->store, str_of(wishes->channels.items[i]), &view->arena, &channel, err))
			return err_prefix(err, "%.60s", wishes->channels.items[i]);
		if (rule->channel_count == ALERT_RULE_CHANNELS_MAX)
			return err_set(err, ERR_INPUT, "a rule has at most %d channels", ALERT_RULE_CHANNELS_MAX);
		rule->channels[rule->channel_count++] = channel.id;
	}
	return true;
}

static bool set_all(const struct cli *cli, struct cli_view *view, const struct cli_alert_wishes *wishes,
                    struct alert_rule *rule, struct err *err)
{
	if (cli->filter.domain.len > 0) {
		rule->scope = SCOPE_DOMAIN;
		rule->scope_name = cli->filter.domain;
	} else if (wishes->of_tenant != NULL) {
		rule->scope = SCOPE_TENANT;
		rule->scope_name = str_of(wishes->of_tenant);
	} else if (wishes->everywhere) {
		rule->scope = SCOPE_ALL;
		rule->scope_name = STR("");
	}
	if (wishes->on || wishes->off)
		rule->is_off = wishes->off;
	return set_what(wishes, rule, err) && set_when(wishes, rule, &view->arena, err) &&
	       set_channels(view, wishes, rule, err) && alert_rule_check(rule, err);
}

/* --- the past --- */

static struct str days_words(struct arena *arena, const struct alert_trial *trial)
{
	struct str days[DAYS_SHOWN];
	size_t n = 0;

	for (size_t i = 0; i < trial->count && n < DAYS_SHOWN; i++)
		if (i == 0 || trial->hits[i].day != trial->hits[i - 1].day)
			days[n++] = words_day_short(arena, trial->hits[i].day);
	return words_list(arena, days, n, DAYS_SHOWN);
}

static void say_trial(const struct cli *cli, struct cli_view *view, const struct alert_rule *rule,
                      const struct alert_trial *trial)
{
	struct arena *arena = &view->arena;
	struct json_out json;
	struct doc doc;
	struct buf out;
	char number[ISSUE_NUMBER_MAX];

	if (cli->format == OUTPUT_TEXT) {
		doc_init(&doc, arena, rule->name);
		doc_sentence(&doc, trial->count == 0
		                       ? str_of(tr("In the last 30 days it would not have fired."))
		                       : WORDS_N(arena, trial->count,
		                                 "In the last 30 days it would have fired {count} time: {days}.",
		                                 "In the last 30 days it would have fired {count} times: {days}.",
		                                 {"count", words_count(arena, trial->count)}, {"days", days_words(arena, trial)}));
		if (trial->suppressed > 0)
			doc_sub(&doc, WORDS_N(arena, trial->suppressed,
			                      "{count} more time it would have been kept back, because the same was told not long before.",
			                      "{count} more times it would have been kept back, because the same was told not long before.",
			                      {"count", words_count(arena, trial->suppressed)}));
		cli_view_doc(cli, &doc);
		return;
	}
	buf_init(&out, MIB(16));
	json_out_init(&json, &out, cli->format == OUTPUT_JSON);
	json_out_object(&json, NULL);
	json_out_str(&json, "rule", rule->name);
	json_out_uint(&json, "days", ALERTING_TRY_DAYS);
	json_out_uint(&json, "fired", trial->count);
	json_out_uint(&json, "kept_back", trial->suppressed);
	json_out_list(&json, "hits");
	for (size_t i = 0; i < trial->count; i++) {
		json_out_object(&json, NULL);
		json_out_day(&json, "day", trial->hits[i].day);
		json_out_str(&json, "issue", trial->hits[i].issue == 0 ? STR_NONE : issue_number(trial->hits[i].issue, number));
		json_out_end(&json);
	}
	json_out_end(&json);
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
	struct alert_rule rule = {.name = str_of(name),
	                          .cause = STR(""),
	                          .scope_name = STR(""),
	                          .zone = STR("UTC"),
	                          .zone_rule = STR(""),
	                          .least_sessions = 20,
	                          .severity = SEVERITY_WARNING,
	                          .daily_minute = 9 * 60,
	                          .repeat_days = 7,
	                          .muted_until = INSTANT_NONE,
	                          .created_at = instant_now()};
	struct cli_view view = {0};
	struct buf arguments;
	struct err err = {0};

	if (is_new && wishes->what == NULL)
		return cli_usage("alert", "say --what: share, failed, refused, new-cause, silence, severity or cause");
	if (!cli_view_open(cli, &view, &err))
		return cli_fail(&err);
	if (cli->tenant != NULL) {
		cli_view_close(&view);
		(void)err_set(&err, ERR_DENIED, "rules are for the whole house to decide, not for one tenant");
		return cli_fail(&err);
	}
	buf_init(&arguments, KIB(16));
	bool ok = (is_new || alert_ruleset_find(view.store, str_of(name), &view.arena, &rule, &err)) &&
	          set_all(cli, &view, wishes, &rule, &err);
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
		return save(cli, wishes, argv[1], wishes->what != NULL, true);
	if (argc == 2 && strcmp(argv[0], "remove") == 0)
		return change(cli, "alert-rule-remove", argv[1], NULL);
	if (argc == 2 && strcmp(argv[0], "mute") == 0)
		return change(cli, "alert-rule-mute", argv[1], wishes->pause_for == NULL ? "7d" : wishes->pause_for);
	return cli_usage("alert", "say 'alert rule list', or add, edit, test, mute, remove and a name");
}
