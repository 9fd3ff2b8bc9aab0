/* SPDX-License-Identifier: ISC */
#include "role/rule_words.h"

#include <inttypes.h>
#include <string.h>

#include "present/state_words.h"
#include "present/words.h"

#define DAYS_SHOWN 20

static struct str minute_text(struct arena *arena, uint32_t minute)
{
	return str_of(arena_format(arena, "%02u:%02u", minute / 60, minute % 60));
}

struct str rule_words_what(const struct alert_rule *rule, struct arena *arena)
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

struct str rule_words_when(const struct alert_rule *rule, struct arena *arena)
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

struct str rule_words_channels(const struct alert_rule *rule, const struct alert_channel_list *channels, struct arena *arena)
{
	struct str names[ALERT_RULE_CHANNELS_MAX];
	size_t n = 0;

	for (size_t i = 0; i < rule->channel_count; i++)
		for (size_t j = 0; j < channels->count; j++)
			if (channels->rows[j].id == rule->channels[i])
				names[n++] = channels->rows[j].name;
	return n == 0 ? str_of(tr("every channel")) : words_list(arena, names, n, ALERT_RULE_CHANNELS_MAX);
}

struct str rule_words_scope(const struct alert_rule *rule)
{
	return rule->scope == SCOPE_ALL ? str_of(tr("all domains")) : rule->scope_name;
}

const char *rule_words_state(const struct alert_rule *rule)
{
	if (rule->is_off)
		return "off";
	return rule->muted_until != INSTANT_NONE && rule->muted_until > instant_now() ? "muted" : "on";
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

struct str rule_words_trial(const struct alert_trial *trial, struct arena *arena)
{
	if (trial->count == 0)
		return str_of(tr("In the last 30 days it would not have fired."));
	return WORDS_N(arena, trial->count, "In the last 30 days it would have fired {count} time: {days}.",
	               "In the last 30 days it would have fired {count} times: {days}.",
	               {"count", words_count(arena, trial->count)}, {"days", days_words(arena, trial)});
}

struct str rule_words_kept_back(const struct alert_trial *trial, struct arena *arena)
{
	if (trial->suppressed == 0)
		return STR_NONE;
	return WORDS_N(arena, trial->suppressed,
	               "{count} more time it would have been kept back, because the same was told not long before.",
	               "{count} more times it would have been kept back, because the same was told not long before.",
	               {"count", words_count(arena, trial->suppressed)});
}

/* --- for programs --- */

void rule_words_trial_json(const struct alert_trial *trial, struct json_out *json)
{
	char number[ISSUE_NUMBER_MAX];

	json_out_uint(json, "days", ALERTING_TRY_DAYS);
	json_out_uint(json, "fired", trial->count);
	json_out_uint(json, "kept_back", trial->suppressed);
	json_out_list(json, "hits");
	for (size_t i = 0; i < trial->count; i++) {
		json_out_object(json, NULL);
		json_out_day(json, "day", trial->hits[i].day);
		json_out_str(json, "issue", trial->hits[i].issue == 0 ? STR_NONE : issue_number(trial->hits[i].issue, number));
		json_out_end(json);
	}
	json_out_end(json);
}

void rule_words_json(const struct alert_rule *rule, const struct alert_channel_list *channels, struct arena *arena,
                     struct json_out *json)
{
	json_out_str(json, "name", rule->name);
	json_out_str(json, "what", str_of(alert_rule_what_text(rule->what)));
	json_out_str(json, "state", str_of(rule_words_state(rule)));
	if (rule->what == WHAT_SHARE) {
		json_out_text(json, "share_percent", str_of(arena_format(arena, "%" PRIu64 ".%02" PRIu64, rule->over / 100,
		                                                         rule->over % 100)));
		json_out_null(json, "over");
	} else {
		json_out_null(json, "share_percent");
		json_out_uint(json, "over", rule->over);
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
}
