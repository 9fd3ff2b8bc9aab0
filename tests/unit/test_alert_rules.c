/* SPDX-License-Identifier: ISC */
/* Rules without a store: zones, hours, what fires, as people write it. */
#include "alert/alert_hours.h"
#include "alert/alert_rules.h"
#include "alert/alert_zone.h"
#include "base/file.h"
#include "base/limits.h"
#include "unit.h"

#define BERLIN "CET-1CEST,M3.5.0,M10.5.0/3"

static instant at(const char *text)
{
	instant moment;
	unsigned odd;
	assert_true(instant_parse(str_of(text), &moment, &odd));
	return moment;
}

static void a_zone_follows_its_rule(void **state)
{
	(void)state;
	static const struct {
		const char *rule, *at;
		int32_t secs;
	} cases[] = {
	    {"", "2026-07-01T00:00:00Z", 0},
	    {"UTC0", "2026-07-01T00:00:00Z", 0},
	    {BERLIN, "2026-01-15T12:00:00Z", 3600},
	    {BERLIN, "2026-07-15T12:00:00Z", 7200},
	    {BERLIN, "2026-03-29T00:59:59Z", 3600}, /* the last Sunday of March, at 02:00 */
	    {BERLIN, "2026-03-29T01:00:00Z", 7200},
	    {BERLIN, "2026-10-25T00:59:59Z", 7200}, /* the last Sunday of October, at 03:00 */
	    {BERLIN, "2026-10-25T01:00:00Z", 3600},
	    {"EST5EDT,M3.2.0,M11.1.0", "2026-03-08T06:59:59Z", -18000},
	    {"EST5EDT,M3.2.0,M11.1.0", "2026-03-08T07:00:00Z", -14400},
	    {"EST5EDT,M3.2.0,M11.1.0", "2026-11-01T05:59:59Z", -14400},
	    {"EST5EDT,M3.2.0,M11.1.0", "2026-11-01T06:00:00Z", -18000},
	    {"NZST-12NZDT,M9.5.0,M4.1.0/3", "2026-01-01T00:00:00Z", 46800}, /* summer over the turn of the year */
	    {"NZST-12NZDT,M9.5.0,M4.1.0/3", "2026-06-01T00:00:00Z", 43200},
	    {"<+0530>-5:30", "2026-06-01T00:00:00Z", 19800},
	    {"<-03>3<-02>,M3.5.0/-2,M10.5.0/-1", "2026-06-01T00:00:00Z", -7200},
	    {"XXX3YYY,J60,J300", "2028-03-01T04:59:59Z", -10800}, /* J60 is the first of March, leap year or not */
	    {"XXX3YYY,J60,J300", "2028-03-01T05:00:00Z", -7200},
	};
	int32_t secs = 0;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		assert_true(alert_zone_offset(str_of(cases[i].rule), at(cases[i].at), &secs));
		if (secs != cases[i].secs)
			fail_msg("%s at %s: %d", cases[i].rule, cases[i].at, secs);
	}
	static const char *const broken[] = {"C-1", "CET", "CET-", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0",
	                                     "CET-1CEST,M3.6.0,M10.5.0", "CET-1CEST,M3.5.7,M10.5.0", "<CET-1",
	                                     "CET-1CEST,M3.5.0,M10.5.0x", "CET-999999999999", "CET-1CEST,J0,J1"};
	for (size_t i = 0; i < COUNT_OF(broken); i++)
		assert_false(alert_zone_offset(str_of(broken[i]), 0, &secs));
}

static void a_zone_file_ends_with_its_rule(void **state)
{
	(void)state;
	struct buf bytes;
	struct err err = {0};
	struct str rule;
	buf_init(&bytes, KIB(256));
	if (!file_read("/usr/share/zoneinfo/Europe/Berlin", &bytes, &err)) {
		buf_done(&bytes);
		skip();
	}
	assert_true(alert_zone_of_file(buf_view(&bytes), &rule));
	assert_true(str_eq(rule, STR(BERLIN)));
	for (size_t i = 0; i < bytes.len; i++) /* whatever is missing, it does not go wrong */
		(void)alert_zone_of_file(str_upto(buf_view(&bytes), i), &rule);
	buf_done(&bytes);
}

static void a_message_waits_for_its_hour(void **state)
{
	(void)state;
	static const struct {
		const char *label;
		enum alert_when when;
		uint32_t daily_minute;
		bool has_quiet;
		uint32_t from, to;
		bool is_critical;
		const char *now, *want;
	} cases[] = {
	    {"at once", WHEN_AT_ONCE, 0, false, 0, 0, false, "2026-01-15T12:34:56Z", "2026-01-15T12:34:56Z"},
	    {"hourly", WHEN_HOURLY, 0, false, 0, 0, false, "2026-01-15T12:34:56Z", "2026-01-15T13:00:00Z"},
	    {"daily, later today", WHEN_DAILY, 540, false, 0, 0, false, "2026-01-15T07:59:59Z", "2026-01-15T08:00:00Z"},
	    {"daily, tomorrow", WHEN_DAILY, 540, false, 0, 0, false, "2026-01-15T08:00:00Z", "2026-01-16T08:00:00Z"},
	    {"daily, over the change to summer", WHEN_DAILY, 540, false, 0, 0, false, "2026-03-28T12:00:00Z",
	     "2026-03-29T07:00:00Z"},
	    {"quiet before midnight", WHEN_AT_ONCE, 0, true, 1320, 420, false, "2026-01-15T21:30:00Z", "2026-01-16T06:00:00Z"},
	    {"quiet after midnight", WHEN_AT_ONCE, 0, true, 1320, 420, false, "2026-01-15T23:30:00Z", "2026-01-16T06:00:00Z"},
	    {"the end of quiet", WHEN_AT_ONCE, 0, true, 1320, 420, false, "2026-01-15T06:00:00Z", "2026-01-15T06:00:00Z"},
	    {"quiet by day", WHEN_AT_ONCE, 0, true, 720, 780, false, "2026-01-15T11:15:00Z", "2026-01-15T12:00:00Z"},
	    {"critical", WHEN_AT_ONCE, 0, true, 1320, 420, true, "2026-01-15T23:30:00Z", "2026-01-15T23:30:00Z"},
	    {"hourly into the quiet", WHEN_HOURLY, 0, true, 1320, 420, false, "2026-01-15T20:10:00Z", "2026-01-16T06:00:00Z"},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct alert_rule rule = {.when = cases[i].when,
		                          .daily_minute = cases[i].daily_minute,
		                          .has_quiet = cases[i].has_quiet,
		                          .quiet_from = cases[i].from,
		                          .quiet_to = cases[i].to,
		                          .zone_rule = STR(BERLIN)};
		if (alert_hours_next(&rule, cases[i].is_critical, at(cases[i].now)) != at(cases[i].want))
			fail_msg("%s", cases[i].label);
	}
}

static void a_day_fires_a_rule_once_and_is_over_when_it_is_complete(void **state)
{
	(void)state;
	struct alert_rule rule = {.what = WHAT_SHARE, .over = 100, .least_sessions = 20, .repeat_days = 7};
	struct alert_day_past past = {.fired_day = DAY_NONE};
	assert_false(alert_rules_exceeds(&rule, &(struct alert_day){1, 19, 19, 0}));  /* too few sessions */
	assert_false(alert_rules_exceeds(&rule, &(struct alert_day){1, 100, 1, 0}));  /* 1 % is not over 1 % */
	assert_true(alert_rules_exceeds(&rule, &(struct alert_day){1, 100, 2, 0}));
	assert_true(alert_rules_exceeds(&rule, &(struct alert_day){1, UINT64_C(1000000000000), UINT64_C(10000000001), 0}));
	struct alert_day bad = {10, 100, 50, 0}, good = {11, 100, 0, 0}, empty = {12, 0, 0, 0};
	assert_int_equal(alert_rules_day(&rule, &bad, &past, 11), ALERT_DAY_FIRES);
	past.fired_day = 10;
	assert_int_equal(alert_rules_day(&rule, &bad, &past, 11), ALERT_DAY_NOTHING); /* the same day again */
	assert_int_equal(alert_rules_day(&rule, &good, &past, 12), ALERT_DAY_NOTHING); /* more may come of it */
	assert_int_equal(alert_rules_day(&rule, &good, &past, 13), ALERT_DAY_OVER);
	assert_int_equal(alert_rules_day(&rule, &empty, &past, 20), ALERT_DAY_NOTHING); /* no reports say nothing */
	bad.day = 16;
	assert_int_equal(alert_rules_day(&rule, &bad, &past, 17), ALERT_DAY_NOTHING);
	bad.day = 17;
	assert_int_equal(alert_rules_day(&rule, &bad, &past, 18), ALERT_DAY_FIRES); /* a week later */
}

static void silence_fires_after_its_days_and_ends_with_a_report(void **state)
{
	(void)state;
	struct alert_rule rule = {.what = WHAT_SILENCE, .over = 3, .repeat_days = 7};
	struct alert_day_past past = {.fired_day = DAY_NONE};
	assert_int_equal(alert_rules_silence(&rule, DAY_NONE, &past, 100), ALERT_DAY_NOTHING);
	assert_int_equal(alert_rules_silence(&rule, 97, &past, 100), ALERT_DAY_NOTHING);
	assert_int_equal(alert_rules_silence(&rule, 96, &past, 100), ALERT_DAY_FIRES);
	past.fired_day = 100;
	assert_int_equal(alert_rules_silence(&rule, 96, &past, 101), ALERT_DAY_NOTHING);
	assert_int_equal(alert_rules_silence(&rule, 96, &past, 107), ALERT_DAY_FIRES);
	assert_int_equal(alert_rules_silence(&rule, 101, &past, 102), ALERT_DAY_OVER);
}

static void an_own_rule_is_about_what_it_says(void **state)
{
	(void)state;
	struct issue issue = {.matter = CAUSE_CERT_EXPIRED, .severity = SEVERITY_WARNING, .snoozed_until = INSTANT_NONE, .last_day = 100};
	struct alert_rule rule = {.what = WHAT_CAUSE, .cause = STR("cert-expired"), .repeat_days = 7, .muted_until = INSTANT_NONE};
	struct alert_past past = {0};
	instant now = day_start(101);
	assert_true(alert_rules_fits(&rule, &issue));
	rule.cause = STR("cert-name-mismatch");
	assert_false(alert_rules_fits(&rule, &issue));
	rule.what = WHAT_SEVERITY;
	rule.severity = SEVERITY_CRITICAL;
	assert_false(alert_rules_decide(&rule, &issue, &past, now).is_due);
	issue.severity = SEVERITY_CRITICAL;
	struct alert_decision decision = alert_rules_decide(&rule, &issue, &past, now);
	assert_true(decision.is_due && decision.outcome == ALERT_PENDING);
	past = (struct alert_past){.was_said = true, .at = now};
	assert_false(alert_rules_decide(&rule, &issue, &past, now + 6 * SECS_PER_DAY).is_due);
	assert_true(alert_rules_decide(&rule, &issue, &past, now + 7 * SECS_PER_DAY).is_due);
	past.was_resolved = true; /* it flaps within the week */
	assert_int_equal(alert_rules_decide(&rule, &issue, &past, now + SECS_PER_DAY).outcome, ALERT_TOLD_LATELY);
	past = (struct alert_past){.said_this_hour = 4};
	assert_int_equal(alert_rules_decide(&rule, &issue, &past, now).outcome, ALERT_HELD);
	past.said_this_hour = 0;
	rule.muted_until = now + 10;
	assert_int_equal(alert_rules_decide(&rule, &issue, &past, now).outcome, ALERT_MUTED);
	assert_int_equal(alert_rules_decide(&rule, &issue, &past, now + 10).outcome, ALERT_PENDING);
	rule.is_off = true;
	assert_false(alert_rules_decide(&rule, &issue, &past, now + 10).is_due);
	issue.end = END_CLEAN;
	past = (struct alert_past){.was_said = true, .at = now, .over_this_hour = 4};
	decision = alert_rules_decide(&rule, &issue, &past, now);
	assert_true(decision.is_due && decision.kind == ALERT_RESOLVED && decision.outcome == ALERT_HELD);
}

static void a_rule_reads_as_people_write_it(void **state)
{
	(void)state;
	uint64_t over = 0;
	uint32_t from = 0, to = 0;
	assert_true(alert_rule_parse_over(WHAT_SHARE, STR("1%"), &over) && over == 100);
	assert_true(alert_rule_parse_over(WHAT_SHARE, STR("0.5 %"), &over) && over == 50);
	assert_true(alert_rule_parse_over(WHAT_SHARE, STR("12.34%"), &over) && over == 1234);
	assert_false(alert_rule_parse_over(WHAT_SHARE, STR("5"), &over));
	assert_false(alert_rule_parse_over(WHAT_SHARE, STR("1.%"), &over));
	assert_false(alert_rule_parse_over(WHAT_SHARE, STR("1.234%"), &over));
	assert_true(alert_rule_parse_over(WHAT_SILENCE, STR("3d"), &over) && over == 3);
	assert_true(alert_rule_parse_over(WHAT_FAILED, STR("10"), &over) && over == 10);
	assert_false(alert_rule_parse_over(WHAT_FAILED, STR("-1"), &over));
	assert_true(alert_rule_parse_quiet(STR("22:00-07:30"), &from, &to) && from == 1320 && to == 450);
	assert_true(alert_rule_parse_quiet(STR("22-7"), &from, &to) && from == 1320 && to == 420);
	assert_false(alert_rule_parse_quiet(STR("22:00"), &from, &to));
	assert_false(alert_rule_parse_quiet(STR("24:00-07:00"), &from, &to));
	assert_false(alert_rule_parse_quiet(STR("07:00-07:00"), &from, &to));
}

static void a_rule_comes_back_as_it_was(void **state)
{
	(void)state;
	struct alert_rule rule = {.id = 105, .name = STR("shaky"), .what = WHAT_SHARE, .over = 50, .least_sessions = 20,
	                          .cause = STR(""), .scope = SCOPE_DOMAIN, .scope_name = STR("example.com"), .when = WHEN_DAILY,
	                          .daily_minute = 540, .has_quiet = true, .quiet_from = 1320, .quiet_to = 420,
	                          .zone = STR("Europe/Berlin"), .zone_rule = STR(BERLIN), .repeat_days = 3,
	                          .channels = {4, 9}, .channel_count = 2};
	struct alert_rule read;
	struct err err = {0};
	struct buf bytes;
	buf_init(&bytes, KIB(4));
	alert_rule_write(&rule, &bytes);
	assert_true(alert_rule_read(buf_view(&bytes), &read, &err));
	assert_true(str_eq(read.zone_rule, rule.zone_rule) && read.channels[1] == 9 && read.quiet_to == 420 && read.over == 50);
	assert_true(alert_rule_check(&read, &err));
	for (size_t i = 0; i < bytes.len; i++)
		assert_false(alert_rule_read(str_upto(buf_view(&bytes), i), &read, &err));
	rule.repeat_days = 0;
	assert_false(alert_rule_check(&rule, &err));
	buf_done(&bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_zone_follows_its_rule),
	    cmocka_unit_test(a_zone_file_ends_with_its_rule),
	    cmocka_unit_test(a_message_waits_for_its_hour),
	    cmocka_unit_test(a_day_fires_a_rule_once_and_is_over_when_it_is_complete),
	    cmocka_unit_test(silence_fires_after_its_days_and_ends_with_a_report),
	    cmocka_unit_test(an_own_rule_is_about_what_it_says),
	    cmocka_unit_test(a_rule_reads_as_people_write_it),
	    cmocka_unit_test(a_rule_comes_back_as_it_was),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
