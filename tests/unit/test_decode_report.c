/* SPDX-License-Identifier: ISC */
/* Bodies of reports, quirk by quirk. */
#include <stdio.h>

#include "base/arena.h"
#include "base/limits.h"
#include "decode/decode.h"
#include "unit.h"

#define RANGE "\"date-range\":{\"start-datetime\":\"2026-01-02T00:00:00Z\",\"end-datetime\":\"2026-01-02T23:59:59Z\"}"
#define HEAD "\"organization-name\":\"Sender Example\",\"contact-info\":\"tls@sender.example\",\"report-id\":\"r1\"," RANGE
#define SUMMARY "\"summary\":{\"total-successful-session-count\":5,\"total-failure-session-count\":3}"
#define ENTRY(policy, rest) "{\"policy\":{" policy "}," SUMMARY rest "}"
#define REPORT(entries) "{" HEAD ",\"policies\":[" entries "]}"
#define STS "\"policy-type\":\"sts\",\"policy-domain\":\"example.com\""

static struct arena arena;
static struct decoded decoded;

static void decode_named(struct str bytes, const char *name)
{
	struct arrival arrival = {.bytes = bytes, .name = str_of(name), .received_at = 1767484800};

	arena_clear(&arena);
	decode_arrival(&arrival, &arena, &decoded);
}

static void decode_text(const char *text)
{
	decode_named(str_of(text), NULL);
}

static const struct report *only_report(const char *label)
{
	if (decoded.report_count != 1)
		fail_msg("%s: %zu reports, problem %s", label, decoded.report_count, problem_code(decoded.problem.kind));
	return &decoded.reports[0];
}

static const struct deviation *find_deviation(const struct report *report, const char *code)
{
	for (size_t i = 0; i < report->deviation_count; i++)
		if (strcmp(deviation_code(report->deviations[i].kind), code) == 0)
			return &report->deviations[i];
	return NULL;
}

/* One body, the deviation that it must raise (or NULL for none at all), where, and how it was read. */
struct quirk {
	const char *label, *body, *code, *path, *read_as;
};

static void names_each_quirk_with_its_place(void **state)
{
	static const struct quirk quirks[] = {
	    {"clean", REPORT(ENTRY(STS, "")), NULL, NULL, NULL},
	    {"null lists", REPORT(ENTRY(STS ",\"mx-host\":null,\"policy-string\":[]", ",\"failure-details\":null")), NULL,
	     NULL, NULL},
	    {"mx-host text", REPORT(ENTRY(STS ",\"mx-host\":\"mx.example.com\"", "")), "not-a-list",
	     "/policies/0/policy/mx-host", NULL},
	    {"policy in a list", REPORT("{\"policy\":[{" STS "}],\"summary\":[{\"total-successful-session-count\":1,"
	                                "\"total-failure-session-count\":0}]}"),
	     "wrong-type", "/policies/0/policy", NULL},
	    {"type in a list", REPORT(ENTRY("\"policy-type\":[\"sts\"],\"policy-domain\":\"a.example\"", "")), "wrong-type",
	     "/policies/0/policy/policy-type", "sts"},
	    {"mx-host-pattern", REPORT(ENTRY(STS ",\"mx-host-pattern\":[\"mx.example.com\"]", "")), "member-alias",
	     "/policies/0/policy/mx-host-pattern", NULL},
	    {"nested list",
	     REPORT(ENTRY("\"policy-type\":\"tlsa\",\"policy-domain\":\"a.example\",\"policy-string\":"
	                  "[\"[\\\"3 1 1 AB\\\",\\\"3 1 1 CD\\\"]\"]",
	                  "")),
	     "policy-string-nested", "/policies/0/policy/policy-string", NULL},
	    {"CR kept", REPORT(ENTRY(STS ",\"policy-string\":[\"version: STSv1\\r\",\"mode: enforce\\r\"]", "")),
	     "line-end-kept", "/policies/0/policy/policy-string", NULL},
	    {"type case", REPORT(ENTRY("\"policy-type\":\"STS\",\"policy-domain\":\"example.com\"", "")), "case-differs",
	     "/policies/0/policy/policy-type", "sts"},
	    {"type unknown", REPORT(ENTRY("\"policy-type\":\"new\",\"policy-domain\":\"example.com\"", "")),
	     "policy-type-unknown", "/policies/0/policy/policy-type", "new"},
	    {"count as text",
	     "{" HEAD ",\"policies\":[{\"policy\":{" STS
	     "},\"summary\":{\"total-successful-session-count\":\"5\",\"total-failure-session-count\":0}}]}",
	     "count-as-text", "/policies/0/summary/total-successful-session-count", "5"},
	    {"count real",
	     "{" HEAD ",\"policies\":[{\"policy\":{" STS
	     "},\"summary\":{\"total-successful-session-count\":1e2,\"total-failure-session-count\":0}}]}",
	     "count-odd", "/policies/0/summary/total-successful-session-count", "100"},
	    {"count negative",
	     "{" HEAD ",\"policies\":[{\"policy\":{" STS
	     "},\"summary\":{\"total-successful-session-count\":-1,\"total-failure-session-count\":0}}]}",
	     "count-invalid", "/policies/0/summary/total-successful-session-count", "0"},
	    {"count beyond 64 bits",
	     "{" HEAD ",\"policies\":[{\"policy\":{" STS
	     "},\"summary\":{\"total-successful-session-count\":1e999,\"total-failure-session-count\":0}}]}",
	     "count-invalid", "/policies/0/summary/total-successful-session-count", "0"},
	    {"count missing",
	     "{" HEAD ",\"policies\":[{\"policy\":{" STS "},\"summary\":{\"total-successful-session-count\":1}}]}",
	     "count-missing", "/policies/0/summary/total-failure-session-count", "0"},
	    {"unknown member", REPORT(ENTRY(STS ",\"x/y\":[1,{\"a\":\"b\"}]", "")), "member-unknown",
	     "/policies/0/policy/x~1y", NULL},
	    {"unit is a number", REPORT(ENTRY(STS, "") ",7"), "unit-unreadable", "/policies/1", NULL},
	    {"detail is a text", REPORT(ENTRY(STS, ",\"failure-details\":[\"x\"]")), "failure-unreadable",
	     "/policies/0/failure-details/0", NULL},
	    {"top-level list", "[" REPORT(ENTRY(STS, "")) "]", "top-level-list", "", NULL},
	    {"byte order mark", "\xef\xbb\xbf" REPORT(ENTRY(STS, "")), "byte-order-mark", "", NULL},
	    {"same member twice", "{\"report-id\":\"r1\"," HEAD ",\"policies\":[" ENTRY(STS, "") "]}", "member-duplicate",
	     "/report-id", NULL},
	    {"not UTF-8", "{\"x\":\"\xe9\"," HEAD ",\"policies\":[" ENTRY(STS, "") "]}", "text-not-utf8", "", NULL},
	    {"domain missing", REPORT(ENTRY("\"policy-type\":\"sts\"", "")), "policy-domain-missing",
	     "/policies/0/policy/policy-domain", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof quirks / sizeof quirks[0]; i++) {
		const struct quirk *quirk = &quirks[i];
		decode_text(quirk->body);
		const struct report *report = only_report(quirk->label);
		if (quirk->code == NULL) {
			if (report->deviation_count != 0)
				fail_msg("%s: %s", quirk->label, deviation_code(report->deviations[0].kind));
			continue;
		}
		const struct deviation *deviation = find_deviation(report, quirk->code);
		if (deviation == NULL)
			fail_msg("%s: no %s", quirk->label, quirk->code);
		assert_str(deviation->path, quirk->path);
		assert_str(deviation->read_as, quirk->read_as);
		assert_string_equal(problem_code(decoded.problem.kind), "");
	}
}

/* Dates: how each is read; NULL where it cannot be. */
static void never_takes_an_unreadable_date_for_1970(void **state)
{
	static const struct {
		const char *text, *code, *read_as;
	} dates[] = {
	    {"\"2026-01-02T00:00:00\"", "date-without-zone", "2026-01-02T00:00:00Z"},
	    {"\"2026-01-02 00:00:00Z\"", "date-odd", "2026-01-02T00:00:00Z"},
	    {"\"2026-01-02\"", "date-without-zone", "2026-01-02T00:00:00Z"},
	    {"1767312000", "date-odd", "2026-01-02T00:00:00Z"},
	    {"\"2026-02-30T00:00:00Z\"", "date-unreadable", NULL},
	    {"\"yesterday\"", "date-unreadable", NULL},
	    {"\"\"", "date-missing", NULL},
	    {"null", "date-missing", NULL},
	    {"[1]", "date-unreadable", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof dates / sizeof dates[0]; i++) {
		char body[1024];
		(void)snprintf(body, sizeof body,
		               "{\"organization-name\":\"S\",\"contact-info\":\"a@s.example\",\"report-id\":\"1\","
		               "\"date-range\":{\"start-datetime\":%s,\"end-datetime\":\"2026-01-02T23:59:59Z\"},\"policies\":[]}",
		               dates[i].text);
		decode_text(body);
		const struct report *report = only_report(dates[i].text);
		const struct deviation *deviation = find_deviation(report, dates[i].code);
		if (deviation == NULL)
			fail_msg("%s: no %s", dates[i].text, dates[i].code);
		assert_str(deviation->path, "/date-range/start-datetime");
		assert_str(deviation->read_as, dates[i].read_as);
		if (dates[i].read_as == NULL)
			assert_true(report->begin == INSTANT_NONE);
	}
}

static void says_where_json_breaks_and_what_belongs_there(void **state)
{
	static const struct {
		const char *body, *code, *place, *expected;
	} cases[] = {
	    {"{\n\"policies\": [\n{,}]}", "json-broken", "line 3, byte 17",
	     "a member name in double quotes or a closing brace"},
	    {"{\"policies\":[1,]}", "json-broken", "line 1, byte 15", "a value"},
	    {"{\"policies\":[1 2]}", "json-broken", "line 1, byte 15", "a comma or a closing bracket"},
	    {"{\"a\":1", "json-truncated", "line 1, byte 6", "a comma or a closing brace"},
	    {"{\"a", "json-truncated", "line 1, byte 3", "a closing quote"},
	    {"{\"a\" 1}", "json-broken", "line 1, byte 5", "a colon"},
	    {"{} {}", "json-broken", "line 1, byte 3", "the end of the text"},
	    {"{\"a\":01}", "json-broken", "line 1, byte 6", "no digit behind a leading zero"},
	    {"{'a':1}", "json-broken", "line 1, byte 1", "a member name in double quotes or a closing brace"},
	    {"[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]", "json-limit", "line 1, byte 16", "fewer levels"},
	    {"{\"policies\":1}", "not-tlsrpt", NULL, "organization-name, date-range, contact-info, report-id, policies"},
	    {"{\"report-id\":\"2\"," HEAD ",\"policies\":[]}", "json-duplicate", "/report-id", "each name once (RFC 7493 2.3)"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		decode_text(cases[i].body);
		assert_string_equal(problem_code(decoded.problem.kind), cases[i].code);
		assert_str(decoded.problem.place, cases[i].place);
		assert_str(decoded.problem.expected, cases[i].expected);
		assert_int_equal(decoded.report_count, 0);
	}
}

static void reads_the_dialect_with_underscores_and_short_names(void **state)
{
	(void)state;
	decode_text("{\"organization\":\"Sender\",\"email\":\"tls@sender.example\",\"report_id\":\"7\","
	            "\"begin_date\":\"2026-01-02T00:00:00Z\",\"end_date\":\"2026-01-02T23:59:59Z\",\"policies\":[{"
	            "\"policy\":{\"policy_type\":\"no_policy_found\",\"policy_string\":\"mode: testing\","
	            "\"policy_domain\":\"Example.COM.\"},"
	            "\"summary\":{\"total_successful_session_count\":9,\"total_failure_session_count\":4},"
	            "\"failure_details\":[{\"reason\":\"certificate_expired\",\"count\":3},"
	            "{\"result_type\":\"validation-failure\",\"reason\":\"bad luck\",\"count\":1}]}]}");
	const struct report *report = only_report("dialect");
	const struct unit *unit = &report->units[0];
	assert_str(report->organization_name, "Sender");
	assert_str(report->contact_info, "tls@sender.example");
	assert_str(report->report_id, "7");
	assert_int_equal(report->begin, 1767312000);
	assert_int_equal(report->end, 1767398399);
	assert_int_equal(unit->policy_type, POLICY_NONE_FOUND);
	assert_str(unit->policy_domain, "example.com");
	assert_int_equal(unit->successful, 9);
	assert_int_equal(unit->failed, 4);
	assert_int_equal(unit->failure_count, 2);
	assert_int_equal(unit->failures[0].result_type, RESULT_CERTIFICATE_EXPIRED);
	assert_int_equal(unit->failures[0].count, 3);
	assert_int_equal(unit->failures[1].result_type, RESULT_VALIDATION_FAILURE);
	assert_str(unit->failures[1].reason_code, "bad luck");
	assert_non_null(find_deviation(report, "dialect"));
	assert_int_equal(report->unknown_count, 0);
}

static void one_bad_unit_never_loses_its_neighbours(void **state)
{
	(void)state;
	decode_text(REPORT(ENTRY(STS, "") ",null,[],{\"policy\":3,\"summary\":[1]}," ENTRY(
	    STS, ",\"failure-details\":[{\"failed-session-count\":[],\"result-type\":\"tlsa-invalid\"},9,"
	         "{\"failed-session-count\":2,\"result-type\":\"dane-required\",\"sending-mta-ip\":\"300.1.1.1\"}]")));
	const struct report *report = only_report("bad units");
	assert_int_equal(report->unit_count, 3);
	assert_int_equal(report->units[0].successful, 5);
	assert_int_equal(report->units[2].failure_count, 2);
	assert_int_equal(report->units[2].failures[1].count, 2);
	assert_str(report->units[2].failures[1].sending_mta_ip, "300.1.1.1");
	assert_int_equal(report->units[2].unexplained, 1);
	assert_non_null(find_deviation(report, "address-odd"));
}

static void takes_a_missing_domain_from_the_file_name(void **state)
{
	(void)state;
	decode_named(STR(REPORT(ENTRY("\"policy-type\":\"no-policy-found\"", ""))),
	             "/var/mail/sender.example!EXAMPLE.net!1767312000!1767398399.json");
	const struct report *report = only_report("guess");
	assert_str(report->units[0].policy_domain, "example.net");
	assert_true(report->units[0].domain_is_guessed);
	assert_non_null(find_deviation(report, "policy-domain-guessed"));
}

static void keeps_every_field_of_a_failure(void **state)
{
	(void)state;
	decode_text(REPORT(ENTRY(
	    STS ",\"policy-string\":[\"version: STSv1\",\"mode: enforce\"],\"mx-host\":[\"*.Example.COM\"]",
	    ",\"failure-details\":[{\"result-type\":\"Validation-Failure\",\"sending-mta-ip\":\"2001:DB8:0::1\","
	    "\"receiving-mx-hostname\":\"MX.b\xc3\xbc"
	    "cher.example.\",\"receiving-mx-helo\":\"a\\r\\nb\",\"receiving-ip\":\"192.0.2.1\","
	    "\"failed-session-count\":3,\"additional-information\":\"https://x.example/?a\",\"failure-reason-code\":\"why\"}]")));
	const struct report *report = only_report("all fields");
	const struct unit *unit = &report->units[0];
	const struct failure *failure = &unit->failures[0];
	assert_int_equal(unit->mode, MODE_ENFORCE);
	assert_str(unit->mx_hosts.items[0], "*.example.com");
	assert_int_equal(failure->result_type, RESULT_VALIDATION_FAILURE);
	assert_str(failure->result_text, "validation-failure");
	assert_str(failure->sending_mta_ip, "2001:db8::1");
	assert_str(failure->receiving_mx_hostname, "mx.xn--bcher-kva.example");
	assert_str(failure->receiving_mx_helo, "a\r\nb");
	assert_str(failure->receiving_ip, "192.0.2.1");
	assert_str(failure->additional_information, "https://x.example/?a");
	assert_str(failure->reason_code, "why");
	assert_int_equal(unit->unexplained, 0);
	assert_str(report->reporter, "sender.example");
}

static int start(void **state)
{
	(void)state;
	arena_init(&arena, MIB(64));
	return 0;
}

static int finish(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(names_each_quirk_with_its_place),
	    cmocka_unit_test(never_takes_an_unreadable_date_for_1970),
	    cmocka_unit_test(says_where_json_breaks_and_what_belongs_there),
	    cmocka_unit_test(reads_the_dialect_with_underscores_and_short_names),
	    cmocka_unit_test(one_bad_unit_never_loses_its_neighbours),
	    cmocka_unit_test(takes_a_missing_domain_from_the_file_name),
	    cmocka_unit_test(keeps_every_field_of_a_failure),
	};
	return cmocka_run_group_tests(tests, start, finish);
}
