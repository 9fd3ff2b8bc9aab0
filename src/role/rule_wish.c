/* SPDX-License-Identifier: ISC */
#include "role/rule_wish.h"

#include <string.h>

#include "alert/alert_zone.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/num.h"
#include "store/alert_channels.h"

#define ZONE_BYTES KIB(256)

struct alert_rule rule_wish_new(const char *name, instant now)
{
	return (struct alert_rule){.name = str_of(name),
	                           .cause = STR(""),
	                           .scope_name = STR(""),
	                           .zone = STR("UTC"),
	                           .zone_rule = STR(""),
	                           .least_sessions = 20,
	                           .severity = SEVERITY_WARNING,
	                           .daily_minute = 9 * 60,
	                           .repeat_days = 7,
	                           .muted_until = INSTANT_NONE,
	                           .created_at = now};
}

static bool set_severity(const char *text, struct alert_rule *rule, struct err *err)
{
	for (enum severity s = SEVERITY_NOTICE; s < SEVERITY_COUNT; s++)
		if (strcmp(text, severity_text(s)) == 0) {
			rule->severity = s;
			return true;
		}
	return err_set(err, ERR_INPUT, "a severity is notice, warning or critical");
}

static bool set_what(const struct rule_wish *wish, struct alert_rule *rule, struct err *err)
{
	bool is_ready = rule->what == WHAT_READY && rule->created_at == 0; /* a new one has no "what" yet, but a time */
	bool asks = wish->what != NULL || wish->over != NULL || wish->least != NULL || wish->severity != NULL ||
	            wish->cause != NULL;

	if (is_ready && asks)
		return err_set(err, ERR_INPUT, "what a ready-made rule is about is fixed; make one of your own");
	if (wish->what != NULL && !alert_rule_what_of(str_of(wish->what), &rule->what))
		return err_set(err, ERR_INPUT, "what is share, failed, refused, new-cause, silence, severity or cause");
	if (wish->severity != NULL && !set_severity(wish->severity, rule, err))
		return false;
	if (wish->cause != NULL)
		rule->cause = str_of(wish->cause);
	if (wish->over != NULL && !alert_rule_parse_over(rule->what, str_of(wish->over), &rule->over))
		return err_set(err, ERR_INPUT, "its number is: %s", alert_rule_what_form(rule->what));
	return wish->least == NULL || num_parse_uint(str_of(wish->least), UINT32_MAX, &rule->least_sessions) ||
	       err_set(err, ERR_INPUT, "the least is a number of sessions");
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
	bool ok = file_read(arena_format(arena, "%s/%s", RULE_WISH_ZONES, text), &bytes, &ignored) &&
	          alert_zone_of_file(buf_view(&bytes), &found);
	if (ok)
		rule->zone_rule = arena_str(arena, found);
	buf_done(&bytes);
	return ok || err_set(err, ERR_INPUT,
	                     "the zone '%.60s' is not known (%s); an offset as +02:00 can be given instead", text, RULE_WISH_ZONES);
}

static bool set_when(const struct rule_wish *wish, struct alert_rule *rule, struct arena *arena, struct err *err)
{
	uint64_t secs;

	for (unsigned i = 0; wish->when != NULL && i <= WHEN_COUNT; i++) {
		if (i == WHEN_COUNT)
			return err_set(err, ERR_INPUT, "when is at-once, hourly or daily");
		if (strcmp(wish->when, alert_rule_when_text((enum alert_when)i)) == 0) {
			rule->when = (enum alert_when)i;
			break;
		}
	}
	if (wish->at != NULL && !alert_rule_parse_minute(str_of(wish->at), &rule->daily_minute))
		return err_set(err, ERR_INPUT, "at is a time of day as 09:00");
	if (wish->quiet != NULL && strcmp(wish->quiet, "none") == 0)
		rule->has_quiet = false;
	else if (wish->quiet != NULL) {
		if (!alert_rule_parse_quiet(str_of(wish->quiet), &rule->quiet_from, &rule->quiet_to))
			return err_set(err, ERR_INPUT, "quiet is hours as 22:00-07:00, or none");
		rule->has_quiet = true;
	}
	if (wish->repeat != NULL) {
		if (!num_parse_secs(str_of(wish->repeat), &secs) || secs < SECS_PER_DAY)
			return err_set(err, ERR_INPUT, "repeat is a number of days as 7d");
		rule->repeat_days = (uint32_t)(secs / SECS_PER_DAY);
	}
	return wish->zone == NULL || set_zone(wish->zone, rule, arena, err);
}

static bool set_channels(struct store *store, const struct rule_wish *wish, struct arena *arena, struct alert_rule *rule,
                         struct err *err)
{
	struct alert_channel channel;

	if (wish->channel_count == 0)
		return true;
	rule->channel_count = 0;
	if (wish->channel_count == 1 && strcmp(wish->channels[0], "all") == 0)
		return true;
	for (size_t i = 0; i < wish->channel_count; i++) {
		if (!alert_channels_find(store, str_of(wish->channels[i]), arena, &channel, err))
			return err_prefix(err, "%.60s", wish->channels[i]);
		if (rule->channel_count == ALERT_RULE_CHANNELS_MAX)
			return err_set(err, ERR_INPUT, "a rule has at most %d channels", ALERT_RULE_CHANNELS_MAX);
		rule->channels[rule->channel_count++] = channel.id;
	}
	return true;
}

static void set_scope(const struct rule_wish *wish, struct alert_rule *rule)
{
	if (wish->domain != NULL) {
		rule->scope = SCOPE_DOMAIN;
		rule->scope_name = str_of(wish->domain);
	} else if (wish->tenant != NULL) {
		rule->scope = SCOPE_TENANT;
		rule->scope_name = str_of(wish->tenant);
	} else if (wish->everywhere) {
		rule->scope = SCOPE_ALL;
		rule->scope_name = STR("");
	}
}

bool rule_wish_apply(const struct rule_wish *wish, struct store *store, struct arena *arena, struct alert_rule *rule,
                     struct err *err)
{
	set_scope(wish, rule);
	if (wish->on || wish->off)
		rule->is_off = wish->off;
	return set_what(wish, rule, err) && set_when(wish, rule, arena, err) && set_channels(store, wish, arena, rule, err) &&
	       alert_rule_check(rule, err);
}
