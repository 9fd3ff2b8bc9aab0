/* SPDX-License-Identifier: ISC */
/* Alerts: the log, what became of each message, and the rules.  Rules are for the whole house to decide. */
#include <inttypes.h>

#include "base/limits.h"
#include "base/num.h"
#include "role/alert_log.h"
#include "role/alerting.h"
#include "role/api_body.h"
#include "role/api_change.h"
#include "role/api_handlers.h"
#include "role/rule_wish.h"
#include "role/rule_words.h"
#include "store/alert_channels.h"
#include "store/alert_ruleset.h"

#define CSV_ROWS 10000
#define WORD_BYTES 300
#define MUTE_DAYS 7
#define MUTE_MOST 365
#define RESEND_SECS 60

/* --- the log --- */

/* "ALERT-DELIVERY", as api_put_next() gave it. */
static bool take_place(struct api *api, struct alert_log_place *out, struct err *err)
{
	struct str rest = api->cursor;
	uint64_t alert, delivery;

	*out = ALERT_LOG_START;
	if (rest.p == NULL)
		return true;
	struct str first = str_cut(&rest, '-');
	if (rest.p == NULL || !num_parse_uint(first, INT64_MAX, &alert) || !num_parse_uint(rest, INT64_MAX, &delivery))
		return api_wrong(api, "cursor", "it is `next` of the page before", err);
	*out = (struct alert_log_place){.alert = (int64_t)alert, .delivery = (int64_t)delivery};
	return true;
}

bool api_alerts_log(struct api *api, struct err *err)
{
	struct alert_log_place place, next;
	struct alert_log_row *rows;
	size_t n;

	if (!take_place(api, &place, err) || !alert_log_page(api->store, place, api->wants_csv ? CSV_ROWS : api->filter.limit,
	                                                     &api->arena, &rows, &n, &next, err))
		return false;
	if (api->wants_csv) {
		struct doc_table *table = doc_table_new(&api->arena, alert_log_columns, ALERT_LOG_COLUMNS);
		alert_log_table(rows, n, table);
		return api_answer_table(api, table, "alerts", err);
	}
	json_out_object(&api->json, NULL);
	json_out_list(&api->json, "alerts");
	for (size_t i = 0; i < n; i++)
		alert_log_json(&rows[i], &api->json);
	json_out_end(&api->json);
	api_put_next(api, next.alert == 0 ? STR_NONE
	                                  : str_of(arena_format(&api->arena, "%" PRId64 "-%" PRId64, next.alert, next.delivery)));
	json_out_end(&api->json);
	return true;
}

/* What went to one channel, newest first. */
bool api_alerts_deliveries(struct api *api, struct err *err)
{
	struct alert_outbox_filter filter = {.alert = -1, .limit = api->filter.limit + 1};
	struct alert_channel channel;
	struct alert_delivery *rows;
	struct json_out *json = &api->json;
	uint64_t before = 0;
	size_t n;

	if (api->cursor.p != NULL && !num_parse_uint(api->cursor, INT64_MAX, &before))
		return api_wrong(api, "cursor", "it is `next` of the page before", err);
	if (!alert_channels_find(api->store, api->visit->match.parts[0], &api->arena, &channel, err))
		return false;
	filter.channel = channel.id;
	filter.before = (int64_t)before;
	if (!alert_outbox_list(api->store, &filter, &api->arena, &rows, &n, err))
		return false;
	size_t shown = n < api->filter.limit ? n : api->filter.limit;
	json_out_object(json, NULL);
	json_out_list(json, "deliveries");
	for (size_t i = 0; i < shown; i++) {
		json_out_object(json, NULL);
		json_out_uint(json, "message", (uint64_t)rows[i].id);
		json_out_instant(json, "at", rows[i].created_at);
		json_out_str(json, "headline", rows[i].headline);
		json_out_str(json, "state", str_of(alert_outbox_state_text(rows[i].state)));
		json_out_str(json, "answer", rows[i].words.len > 0 ? rows[i].words : STR_NONE);
		json_out_uint(json, "attempts", rows[i].attempts);
		json_out_instant(json, "next_at", rows[i].state < DELIVERY_DELIVERED ? rows[i].next_at : INSTANT_NONE);
		json_out_instant(json, "done_at", rows[i].done_at);
		json_out_str(json, "resent_by", rows[i].again_of != 0 ? rows[i].again_by : STR_NONE);
		json_out_end(json);
	}
	json_out_end(json);
	api_put_next(api, n > shown ? str_of(arena_format(&api->arena, "%" PRId64, rows[shown - 1].id)) : STR_NONE);
	json_out_end(json);
	return true;
}

/* Once more, to its channel. */
bool api_alerts_resend(struct api *api, struct err *err)
{
	struct api_change change;
	struct wire_reader reader;
	int64_t id;

	if (!api_number(api, &id, err))
		return false;
	api_change_begin(api, "alert-resend", &change);
	wire_put_u64(&change.body, (uint64_t)id);
	bool ok = api_change_send(&change, &reader, err);
	if (ok) {
		api->visit->answer->status = 202;
		json_out_object(&api->json, NULL);
		json_out_uint(&api->json, "message", wire_get_u64(&reader));
		json_out_end(&api->json);
	} else if (err->kind == ERR_TOO_BIG) {
		api->code = "too-often";
		api->status = 429;
		api->retry_secs = RESEND_SECS;
	}
	api_change_done(&change);
	return ok;
}

/* --- rules --- */

static void put_rule(struct api *api, const struct alert_rule *rule, const struct alert_channel_list *channels)
{
	struct json_out *json = &api->json;

	json_out_object(json, NULL);
	rule_words_json(rule, channels, &api->arena, json);
	json_out_bool(json, "ready_made", rule->what == WHAT_READY);
	json_out_str(json, "about", rule_words_what(rule, &api->arena));
	json_out_str(json, "hours", rule_words_when(rule, &api->arena));
	json_out_end(json);
}

bool api_alerts_rules(struct api *api, struct err *err)
{
	struct alert_channel_list channels;
	struct alert_rule_list rules;

	if (!alert_ruleset_list(api->store, &api->arena, &rules, err) ||
	    !alert_channels_list(api->store, &api->arena, &channels, err))
		return false;
	json_out_object(&api->json, NULL);
	json_out_list(&api->json, "rules");
	for (size_t i = 0; i < rules.count; i++)
		put_rule(api, &rules.rows[i], &channels);
	json_out_end(&api->json);
	json_out_end(&api->json);
	return true;
}

static bool find_rule(struct api *api, struct alert_rule *out, struct err *err)
{
	return alert_ruleset_find(api->store, api->visit->match.parts[0], &api->arena, out, err);
}

bool api_alerts_rule(struct api *api, struct err *err)
{
	struct alert_channel_list channels;
	struct alert_rule rule;

	if (!find_rule(api, &rule, err) || !alert_channels_list(api->store, &api->arena, &channels, err))
		return false;
	put_rule(api, &rule, &channels);
	return api_change_tag(api, &(struct snapshot_key){.kind = SNAPSHOT_RULE, .name = rule.name}, err);
}

static const char *word(struct api *api, struct api_body *body, const char *name)
{
	struct str text = api_body_text(body, name, WORD_BYTES);
	return text.p == NULL ? NULL : arena_text(&api->arena, text);
}

/* The words of mailseal(1), as members. */
static bool take_wish(struct api *api, struct api_body *body, struct rule_wish *out)
{
	struct str_list channels;
	bool has_channels = api_body_has(body, "channels"), is_off = api_body_bool(body, "off", false);

	*out = (struct rule_wish){
	    .what = word(api, body, "what"),
	    .over = word(api, body, "over"),
	    .least = word(api, body, "least"),
	    .severity = word(api, body, "severity"),
	    .cause = word(api, body, "cause"),
	    .domain = word(api, body, "domain"),
	    .tenant = word(api, body, "of_tenant"),
	    .everywhere = api_body_bool(body, "everywhere", false),
	    .when = word(api, body, "when"),
	    .at = word(api, body, "at"),
	    .quiet = word(api, body, "quiet"),
	    .zone = word(api, body, "zone"),
	    .repeat = word(api, body, "repeat"),
	    .on = api_body_has(body, "off") && !is_off,
	    .off = is_off,
	};
	if (!api_body_list(body, "channels", ALERT_RULE_CHANNELS_MAX, &channels) || !has_channels)
		return true;
	/* None is every channel: a rule that tells nobody is one that is off. */
	const char **names = ARENA_ARRAY(&api->arena, channels.count + 1, const char *);
	for (size_t i = 0; i < channels.count; i++)
		names[i] = arena_text(&api->arena, channels.items[i]);
	if (channels.count == 0)
		names[channels.count++] = "all";
	out->channels = names;
	out->channel_count = channels.count;
	return true;
}

/* The rule that the body names or describes. */
static bool read_rule(struct api *api, struct api_body *body, struct alert_rule *rule, struct err *err)
{
	struct rule_wish wish;

	return take_wish(api, body, &wish) && api_body_end(body, err) &&
	       rule_wish_apply(&wish, api->store, &api->arena, rule, err);
}

static bool send_rule(struct api *api, const char *verb, const struct alert_rule *rule, struct err *err)
{
	struct api_change change;

	api_change_begin(api, verb, &change);
	wire_put_str(&change.body, rule->name);
	alert_rule_write(rule, &change.body);
	bool ok = api_change_send(&change, NULL, err);
	api_change_done(&change);
	return ok && api_put_done(api);
}

bool api_alerts_rule_add(struct api *api, struct err *err)
{
	struct alert_rule rule = rule_wish_new("", instant_now());
	struct api_body body;

	bool ok = api_body_read(api, &body, err);
	if (ok) {
		struct str name = api_body_text(&body, "name", ALERT_RULE_NAME_MAX);
		if (name.len == 0)
			(void)api_body_wrong(&body, "name", "a rule has a name");
		rule.name = name;
		ok = read_rule(api, &body, &rule, err);
	}
	api_body_done(&body);
	if (!ok || !send_rule(api, "alert-rule-add", &rule, err))
		return false;
	api->visit->answer->status = 201;
	return true;
}

bool api_alerts_rule_edit(struct api *api, struct err *err)
{
	struct alert_rule rule;
	struct api_body body;

	if (!find_rule(api, &rule, err))
		return false;
	bool ok = api_body_read(api, &body, err) && read_rule(api, &body, &rule, err);
	api_body_done(&body);
	return ok && send_rule(api, "alert-rule-edit", &rule, err);
}

static bool send_name(struct api *api, const char *verb, uint64_t secs, struct err *err)
{
	struct api_change change;
	struct alert_rule rule;

	if (!find_rule(api, &rule, err))
		return false;
	api_change_begin(api, verb, &change);
	wire_put_str(&change.body, rule.name);
	if (secs != UINT64_MAX)
		wire_put_u64(&change.body, secs);
	bool ok = api_change_send(&change, NULL, err);
	api_change_done(&change);
	return ok && api_put_done(api);
}

bool api_alerts_rule_remove(struct api *api, struct err *err)
{
	return send_name(api, "alert-rule-remove", UINT64_MAX, err);
}

bool api_alerts_rule_mute(struct api *api, struct err *err)
{
	struct api_body body;
	uint64_t days = 0;

	bool ok = api_body_read(api, &body, err);
	if (ok) {
		days = api_body_uint(&body, "days", MUTE_DAYS);
		if (days > MUTE_MOST)
			(void)api_body_wrong(&body, "days", "a rule is muted for a year at most; 0 ends it");
		ok = api_body_end(&body, err);
	}
	api_body_done(&body);
	return ok && send_name(api, "alert-rule-mute", days * SECS_PER_DAY, err);
}

/* A rule, stored or as the body describes it, on the past. */
bool api_alerts_try(struct api *api, struct err *err)
{
	struct alert_rule rule = rule_wish_new("trial", instant_now());
	struct alert_trial trial;
	struct api_body body;

	bool ok = api_body_read(api, &body, err);
	if (ok) {
		struct str stored = api_body_text(&body, "rule", ALERT_RULE_NAME_MAX);
		ok = (stored.p == NULL || alert_ruleset_find(api->store, stored, &api->arena, &rule, err)) &&
		     read_rule(api, &body, &rule, err);
	}
	api_body_done(&body);
	if (!ok || !alerting_try(api->store, &rule, instant_now(), &api->arena, &trial, err))
		return false;
	json_out_object(&api->json, NULL);
	json_out_str(&api->json, "about", rule_words_what(&rule, &api->arena));
	json_out_str(&api->json, "sentence", rule_words_trial(&trial, &api->arena));
	json_out_str(&api->json, "kept_back_sentence", rule_words_kept_back(&trial, &api->arena));
	rule_words_trial_json(&trial, &api->json);
	json_out_end(&api->json);
	return true;
}
