/* SPDX-License-Identifier: ISC */
#include "report/alert_rule.h"

#include <assert.h>

#include "base/attr.h"
#include "base/limits.h"
#include "base/num.h"
#include "report/issue.h"
#include "report/wire.h"

#define OVER_MOST UINT64_C(1000000000000)
#define DAY_MINUTES 1440u
#define REPEAT_MOST 365u

static const char *const what_texts[] = {
#define X(id, text, form) text,
    ALERT_WHATS(X)
#undef X
};
static const char *const what_forms[] = {
#define X(id, text, form) form,
    ALERT_WHATS(X)
#undef X
};
static const char *const scope_texts[] = {"all", "domain", "tenant"};
static const char *const when_texts[] = {"at-once", "hourly", "daily"};
static_assert(COUNT_OF(scope_texts) == SCOPE_COUNT, "one each");
static_assert(COUNT_OF(when_texts) == WHEN_COUNT, "one each");

const char *alert_rule_what_text(enum alert_what what)
{
	assert((unsigned)what < WHAT_COUNT);
	return what_texts[what];
}

const char *alert_rule_what_form(enum alert_what what)
{
	assert((unsigned)what < WHAT_COUNT);
	return what_forms[what];
}

bool alert_rule_what_of(struct str text, enum alert_what *out_what)
{
	for (unsigned i = WHAT_READY + 1; i < WHAT_COUNT; i++)
		if (str_eq(text, str_of(what_texts[i]))) {
			*out_what = (enum alert_what)i;
			return true;
		}
	return false;
}

const char *alert_rule_scope_text(enum alert_scope scope)
{
	assert((unsigned)scope < SCOPE_COUNT);
	return scope_texts[scope];
}

const char *alert_rule_when_text(enum alert_when when)
{
	assert((unsigned)when < WHEN_COUNT);
	return when_texts[when];
}

bool alert_rule_is_measure(enum alert_what what)
{
	return what == WHAT_SHARE || what == WHAT_FAILED || what == WHAT_REFUSED || what == WHAT_SILENCE;
}

/* --- what can be --- */

static bool check_what(const struct alert_rule *rule, struct err *err)
{
	unsigned matter;

	if (rule->what == WHAT_SHARE && (rule->over >= 10000 || rule->least_sessions == 0))
		return err_set(err, ERR_INPUT, "a share is below 100 %%, of at least one session");
	if (rule->what == WHAT_SILENCE && (rule->over == 0 || rule->over > 90))
		return err_set(err, ERR_INPUT, "silence is 1 to 90 days");
	if (rule->what == WHAT_SEVERITY && (rule->severity < SEVERITY_NOTICE || rule->severity >= SEVERITY_COUNT))
		return err_set(err, ERR_INPUT, "a severity is notice, warning or critical");
	if (rule->what == WHAT_CAUSE && !issue_matter_of(rule->cause, &matter))
		return err_set(err, ERR_INPUT, "there is no such cause; 'mailseal issue list --json' shows their names");
	return rule->over <= OVER_MOST || err_set(err, ERR_INPUT, "the number is too large");
}

bool alert_rule_check(const struct alert_rule *rule, struct err *err)
{
	if (rule->name.len == 0 || rule->name.len > ALERT_RULE_NAME_MAX)
		return err_set(err, ERR_INPUT, "the name of a rule has 1 to %d bytes", ALERT_RULE_NAME_MAX);
	for (size_t i = 0; i < rule->name.len; i++)
		if ((unsigned char)rule->name.p[i] < 32)
			return err_set(err, ERR_INPUT, "the name of a rule is one line");
	if ((unsigned)rule->what >= WHAT_COUNT || (unsigned)rule->scope >= SCOPE_COUNT || (unsigned)rule->when >= WHEN_COUNT ||
	    rule->channel_count > ALERT_RULE_CHANNELS_MAX)
		return err_set(err, ERR_INPUT, "the rule makes no sense");
	if (rule->scope != SCOPE_ALL && rule->scope_name.len == 0)
		return err_set(err, ERR_INPUT, "say which domain or tenant");
	if (rule->daily_minute >= DAY_MINUTES || rule->quiet_from >= DAY_MINUTES || rule->quiet_to >= DAY_MINUTES ||
	    (rule->has_quiet && rule->quiet_from == rule->quiet_to))
		return err_set(err, ERR_INPUT, "a time of day is 00:00 to 23:59, and quiet hours leave some of the day");
	if (rule->repeat_days == 0 || rule->repeat_days > REPEAT_MOST)
		return err_set(err, ERR_INPUT, "the same is said again after 1 to %u days", REPEAT_MOST);
	return check_what(rule, err);
}

/* --- between processes --- */

void alert_rule_write(const struct alert_rule *rule, struct buf *out)
{
	wire_put_u64(out, (uint64_t)rule->id);
	wire_put_str(out, rule->name);
	wire_put_u8(out, rule->what);
	wire_put_u64(out, rule->over);
	wire_put_u64(out, rule->least_sessions);
	wire_put_u8(out, rule->severity);
	wire_put_str(out, rule->cause);
	wire_put_u8(out, rule->scope);
	wire_put_str(out, rule->scope_name);
	wire_put_u8(out, rule->when);
	wire_put_u32(out, rule->daily_minute);
	wire_put_u8(out, rule->has_quiet);
	wire_put_u32(out, rule->quiet_from);
	wire_put_u32(out, rule->quiet_to);
	wire_put_str(out, rule->zone);
	wire_put_str(out, rule->zone_rule);
	wire_put_u32(out, rule->repeat_days);
	wire_put_u32(out, (uint32_t)rule->channel_count);
	for (size_t i = 0; i < rule->channel_count; i++)
		wire_put_u64(out, (uint64_t)rule->channels[i]);
	wire_put_u8(out, rule->is_off);
}

static struct str text_of(struct wire_reader *reader, size_t most)
{
	struct str text = wire_get_text(reader, most);
	return str_make(text.p == NULL ? "" : text.p, text.len);
}

bool alert_rule_read(struct str bytes, struct alert_rule *out, struct err *err)
{
	struct wire_reader reader = {.rest = bytes};
	struct alert_rule rule = {.id = (int64_t)wire_get_u64(&reader), .muted_until = INSTANT_NONE};

	rule.name = text_of(&reader, LIMIT_NAME_BYTES);
	rule.what = (enum alert_what)wire_get_enum(&reader, WHAT_COUNT);
	rule.over = wire_get_u64(&reader);
	rule.least_sessions = wire_get_u64(&reader);
	rule.severity = (enum severity)wire_get_enum(&reader, SEVERITY_COUNT);
	rule.cause = text_of(&reader, LIMIT_NAME_BYTES);
	rule.scope = (enum alert_scope)wire_get_enum(&reader, SCOPE_COUNT);
	rule.scope_name = text_of(&reader, LIMIT_NAME_BYTES);
	rule.when = (enum alert_when)wire_get_enum(&reader, WHEN_COUNT);
	rule.daily_minute = wire_get_u32(&reader);
	rule.has_quiet = wire_get_bool(&reader);
	rule.quiet_from = wire_get_u32(&reader);
	rule.quiet_to = wire_get_u32(&reader);
	rule.zone = text_of(&reader, LIMIT_NAME_BYTES);
	rule.zone_rule = text_of(&reader, LIMIT_NAME_BYTES);
	rule.repeat_days = wire_get_u32(&reader);
	rule.channel_count = wire_get_u32(&reader);
	if (rule.channel_count > ALERT_RULE_CHANNELS_MAX)
		return err_set(err, ERR_INPUT, "a rule has at most %d channels", ALERT_RULE_CHANNELS_MAX);
	for (size_t i = 0; i < rule.channel_count; i++)
		rule.channels[i] = (int64_t)wire_get_u64(&reader);
	rule.is_off = wire_get_bool(&reader);
	if (reader.failed || reader.rest.len > 0)
		return err_set(err, ERR_INPUT, "the rule makes no sense; is the command of another version?");
	*out = rule;
	return true;
}

/* --- as people write it --- */

/* "1", "0.5", "12.34" in hundredths. */
static bool parse_hundredths(struct str text, uint64_t *out)
{
	struct str whole = str_cut(&text, '.');
	uint64_t value, part = 0;

	if (!num_parse_uint(whole, 1000, &value))
		return false;
	if (text.p != NULL && (text.len == 0 || text.len > 2 || !num_parse_uint(text, 99, &part)))
		return false;
	*out = value * 100 + (text.len == 1 ? part * 10 : part);
	return true;
}

bool alert_rule_parse_over(enum alert_what what, struct str text, uint64_t *out)
{
	if (what == WHAT_SHARE) {
		if (!str_ends_with(text, STR("%")))
			return false;
		return parse_hundredths(str_trim(str_upto(text, text.len - 1)), out);
	}
	if (what == WHAT_SILENCE && str_ends_with(text, STR("d")))
		text.len--;
	return num_parse_uint(text, OVER_MOST, out);
}

bool alert_rule_parse_minute(struct str text, uint32_t *out)
{
	struct str hours = str_cut(&text, ':');
	uint64_t hour, minute = 0;

	if (!num_parse_uint(hours, 23, &hour) || (text.p != NULL && (text.len != 2 || !num_parse_uint(text, 59, &minute))))
		return false;
	*out = (uint32_t)(hour * 60 + minute);
	return true;
}

bool alert_rule_parse_quiet(struct str text, uint32_t *out_from, uint32_t *out_to)
{
	struct str from = str_cut(&text, '-');
	uint32_t begin, end;

	if (text.p == NULL || !alert_rule_parse_minute(from, &begin) || !alert_rule_parse_minute(text, &end) || begin == end)
		return false;
	*out_from = begin;
	*out_to = end;
	return true;
}
