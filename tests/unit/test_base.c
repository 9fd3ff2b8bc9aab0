/* SPDX-License-Identifier: ISC */
#include "base/attr.h"
#include "base/instant.h"
#include "base/json_text.h"
#include "base/num.h"
#include "base/quote.h"
#include "base/utf8.h"
#include "unit.h"

static void reads_dates_and_names_their_oddity(void **state)
{
	(void)state;
	static const struct {
		const char *text, *read_as;
		unsigned odd;
	} cases[] = {
	    {"2024-01-24T00:00:00Z", "2024-01-24T00:00:00Z", 0},
	    {"2024-01-24T00:00:00", "2024-01-24T00:00:00Z", INSTANT_ODD_NO_ZONE},
	    {"2024-01-24T01:00:00+01:00", "2024-01-24T00:00:00Z", INSTANT_ODD_OFFSET},
	    {"2024-01-24t00:00:00z", "2024-01-24T00:00:00Z", INSTANT_ODD_LOWER_CASE},
	    {"2024-01-23T24:00:00Z", "2024-01-24T00:00:00Z", INSTANT_ODD_24},
	    {"2024-02-29", "2024-02-29T00:00:00Z", INSTANT_ODD_DATE_ONLY | INSTANT_ODD_NO_ZONE},
	    {"2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z", INSTANT_ODD_LEAP},
	    {"1706054400", "2024-01-24T00:00:00Z", INSTANT_ODD_EPOCH},
	    {"Wed, 24 Jan 2024 00:00:00 +0000", "2024-01-24T00:00:00Z", INSTANT_ODD_RFC5322},
	    {"2024-01-24T00:00:00.1234567890123456789012345678901234567890Z", "2024-01-24T00:00:00Z", 0},
	    {"2024-01-24T01:00:00 +01:00", "2024-01-24T00:00:00Z", INSTANT_ODD_BLANK | INSTANT_ODD_OFFSET},
	    {"2024-01-24T00:00:00 Z", "2024-01-24T00:00:00Z", INSTANT_ODD_BLANK},
	    {"2024-01-24 00:00:00 UTC", "2024-01-24T00:00:00Z", INSTANT_ODD_BLANK | INSTANT_ODD_ZONE_NAME},
	    {"2024-01-24T00:00:00GMT", "2024-01-24T00:00:00Z", INSTANT_ODD_ZONE_NAME},
	    {"2024-01-24T00:00:00 CEST", NULL, 0},
	    {"2024-01-24T00:00:00 UTC+1", NULL, 0},
	    {"2023-02-29T00:00:00Z", NULL, 0},
	    {"10000-01-01T00:00:00Z", NULL, 0},
	    {"0000-01-01T00:00:00Z", NULL, 0},
	    {"2024-01-24T25:00:00Z", NULL, 0},
	    {"2024-01-24T00:00:00-24:00", NULL, 0},
	    {"", NULL, 0},
	    {"yesterday", NULL, 0},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		instant at = 42;
		unsigned odd = 0;
		char text[INSTANT_TEXT_MAX];
		bool ok = instant_parse(str_of(cases[i].text), &at, &odd);
		if (ok != (cases[i].read_as != NULL))
			fail_msg("%s: %s", cases[i].text, ok ? "was read" : "was not read");
		if (!ok) {
			assert_int_equal(at, 42);
			continue;
		}
		assert_str(instant_format(at, text), cases[i].read_as);
		assert_int_equal(odd, cases[i].odd);
	}
}

static void days_go_there_and_back_over_four_centuries(void **state)
{
	(void)state;
	for (int32_t day = -146097; day <= 146097; day++) {
		struct day_parts parts = day_split(day);
		assert_int_equal(day_join(parts.year, parts.month, parts.day), day);
	}
	assert_int_equal(day_split(0).weekday, 3); /* 1970-01-01 was a Thursday */
}

static void numbers_stop_at_their_limit(void **state)
{
	(void)state;
	uint64_t value = 7;
	assert_true(num_parse_uint(STR("18446744073709551615"), UINT64_MAX, &value));
	assert_true(value == UINT64_MAX);
	assert_false(num_parse_uint(STR("18446744073709551616"), UINT64_MAX, &value));
	assert_false(num_parse_uint(STR("11"), 10, &value));
	assert_false(num_parse_uint(STR(""), 10, &value));
	assert_false(num_parse_uint(STR("+1"), 10, &value));
	assert_true(num_parse_bytes(STR("25M"), &value));
	assert_true(value == 25u * 1024 * 1024);
	assert_true(num_parse_secs(STR("7d"), &value));
	assert_true(value == 604800);
}

static void a_label_holds_no_quote_and_no_line_end(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 1000);
	quote_label(STR("a\"b\\c\nd\re\x1b\xe2\x80\xae"), &out);
	assert_true(str_eq(buf_view(&out), STR("\"a\\\"b\\\\c\\nd\xef\xbf\xbd" "e\xef\xbf\xbd\xef\xbf\xbd\"")));
	buf_done(&out);
}

static void foreign_text_is_harmless_in_every_target(void **state)
{
	(void)state;
	struct buf out;
	buf_init(&out, 4096);
	quote_terminal(STR("a\x1b[31mb\xc2\x9b" "c\xe2\x80\xae" "d\n\xff"), false, &out);
	assert_str(buf_view(&out), "a\\x1b[31mb\\x9bc\\u202ed\\n\xef\xbf\xbd");
	buf_clear(&out);
	quote_html(STR("<b a=\"1\" c='2'>&\x01"), &out);
	assert_str(buf_view(&out), "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;\xef\xbf\xbd");
	buf_clear(&out);
	quote_csv(STR("=cmd|' /C calc'!A0"), &out);
	assert_str(buf_view(&out), "\"'=cmd|' /C calc'!A0\"");
	buf_clear(&out);
	quote_json(STR("a\"\\\n\x01\xff"), &out);
	assert_str(buf_view(&out), "\"a\\\"\\\\\\n\\u0001\xef\xbf\xbd\"");
	buf_clear(&out);
	quote_mail_header(STR("x\r\nBcc: v@example.com"), &out);
	assert_true(str_find_byte(buf_view(&out), '\n') == out.len || str_find(buf_view(&out), STR("\r\nBcc")) == out.len);
	buf_done(&out);
}

static void only_well_formed_utf8_passes(void **state)
{
	(void)state;
	static const struct str bad[] = {STR("\xc0\x80"), STR("\xed\xa0\x80"), STR("\xf4\x90\x80\x80"), STR("\xe2\x82"),
	                                 STR("\x80")};
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		assert_int_equal(utf8_check(bad[i]), 0);
	assert_int_equal(utf8_check(STR("a\xe2\x82\xac\xf0\x9f\x98\x80")), 8);
	assert_int_equal(utf8_width(STR("a\xe4\xb8\xad")), 3);
}

static void a_buffer_stops_at_its_ceiling_and_stays_failed(void **state)
{
	(void)state;
	struct buf buf;
	buf_init(&buf, 4);
	buf_text(&buf, "abc");
	buf_text(&buf, "de");
	assert_true(buf.failed);
	buf_text(&buf, "f");
	assert_str(buf_view(&buf), "abc");
	buf_done(&buf);
}

static void a_json_text_is_one_whole_value_or_none(void **state)
{
	(void)state;
	static const char *const good[] = {"3",     "-0.5e+7", "\"a\\u00e9\\n\"", "null", " true ", "[]", "{}", "[1, [2, {}], \"x\"]",
	                                   "{\"a\": {\"b\": [1,2]}, \"c\": false}"};
	static const char *const bad[] = {"",      " ",      "01",     "1.",      "+1",     "nul",   "\"a",  "\"\\x\"", "\"\n\"", "[1,]", "[1 2]",
	                                  "{\"a\"}", "{a:1}",  "{,}",    "[1}",     "1 2",    "[1]]",  "\"\\u12\"",  "{\"a\":1,}", "]"};
	char deep[2 * JSON_TEXT_DEPTH + 3];
	struct buf out;

	for (size_t i = 0; i < COUNT_OF(good); i++)
		if (!json_text_is_value(str_of(good[i])))
			fail_msg("%s is a value", good[i]);
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		if (json_text_is_value(str_of(bad[i])))
			fail_msg("%s is no value", bad[i]);
	memset(deep, '[', JSON_TEXT_DEPTH + 1);
	memset(deep + JSON_TEXT_DEPTH + 1, ']', JSON_TEXT_DEPTH + 1);
	assert_false(json_text_is_value(str_make(deep, 2 * JSON_TEXT_DEPTH + 2)));
	assert_true(json_text_is_value(str_make(deep + 1, 2 * JSON_TEXT_DEPTH)));
	buf_init(&out, 64);
	quote_json_text(STR("[\"\xc2\x9b\"]"), &out);
	assert_str(buf_view(&out), "[\"\\u009b\"]");
	buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_label_holds_no_quote_and_no_line_end),
	    cmocka_unit_test(reads_dates_and_names_their_oddity),
	    cmocka_unit_test(days_go_there_and_back_over_four_centuries),
	    cmocka_unit_test(numbers_stop_at_their_limit),
	    cmocka_unit_test(foreign_text_is_harmless_in_every_target),
	    cmocka_unit_test(a_json_text_is_one_whole_value_or_none),
	    cmocka_unit_test(only_well_formed_utf8_passes),
	    cmocka_unit_test(a_buffer_stops_at_its_ceiling_and_stays_failed),
	};
	return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
