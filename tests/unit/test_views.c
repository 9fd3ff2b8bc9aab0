/* SPDX-License-Identifier: ISC */
#include "golden.h"
#include "naughty.h"
#include "present/doc_csv.h"
#include "present/doc_html.h"
#include "present/doc_text.h"
#include "present/page.h"
#include "present/quarantine_doc.h"
#include "present/reports_doc.h"
#include "present/results_doc.h"
#include "present/sources_doc.h"
#include "present/status_doc.h"
#include "report_fixture.h"

#define NOW "2026-11-22T12:00:00Z"

struct views {
	struct arena arena;
	struct buf out;
	struct view_scope scope;
	struct store_status status;
	struct result_view results;
	struct source_view sources;
	struct report_list reports;
	struct quarantine_list quarantine;
};

/* All views with `text` wherever foreign text may stand; NULL: believable ones. */
static void set_up(struct views *v, const char *text)
{
	static struct result_part parts[2];
	static struct result_row rows[2];
	static struct succeeded_row succeeded[3];
	static struct source_failure failure;
	static struct source_unit units[2];
	static struct source_row sources[2];
	static struct report_row reports[2];
	static struct quarantine_row quarantined[2];
	static struct complete_reporter missing[2];
#define OR(good) (text == NULL ? STR(good) : str_of(text))

	memset(v, 0, sizeof *v);
	arena_init(&v->arena, MIB(16));
	buf_init(&v->out, MIB(4));
	instant_set_fake(fixture_instant(NOW));
	v->scope = (struct view_scope){
	    .filter = FILTER_ALL, .is_default_period = true, .command = "result list", .path = "/results"};
	int32_t last_day = day_of(fixture_instant("2026-11-21T00:00:00Z"));
	missing[0] = (struct complete_reporter){OR("microsoft.com"), OR("Microsoft Corporation"), 10 * 3600};
	missing[1] = (struct complete_reporter){OR("comcast.net"), OR("Comcast"), 9 * 3600};
	const struct completeness complete = {.last = {last_day, 6, 4},
	                                      .missing = missing,
	                                      .missing_count = 2,
	                                      .partial = {{last_day - 2, 6, 5}},
	                                      .partial_count = 1};
	v->status = (struct store_status){.path = OR("/var/lib/mailseal/mailseal.db"), .schema_version = 1, .reports = 1204,
	                                  .counted = 1190, .held = 14, .arrivals = 1300, .duplicates = 80, .quarantined = 2,
	                                  .bytes = 4200000, .originals_bytes = 900000, .domains = 41, .reporters = 17,
	                                  .first_begin = fixture_instant("2026-10-24T00:00:00Z"),
	                                  .last_end = fixture_instant("2026-11-21T23:59:59Z"),
	                                  .last_arrival = fixture_instant("2026-11-22T06:12:31Z"),
	                                  .recent_successful = 69729, .recent_failed = 1475, .recent_refused = 1440,
	                                  .complete = complete};
	v->scope.status = &v->status;
	view_words_default_period(&v->status, &v->scope.filter);
	struct period period = {v->status.first_begin, v->status.last_end};

	parts[0] = (struct result_part){POLICY_STS, OR("sts"), MODE_ENFORCE, OR("mx2.example.com"), true, 1413};
	parts[1] = (struct result_part){POLICY_OTHER, OR("tls-pin"), MODE_NOT_STATED, STR_NONE, true, 27};
	rows[0] = (struct result_row){.result_type = RESULT_CERTIFICATE_EXPIRED, .result_text = OR("certificate-expired"),
	                              .cause = CAUSE_CERT_EXPIRED, .fault = FAULT_RECEIVER, .sessions = 1440,
	                              .refused_sessions = 1440, .reporters = 3, .domains = 3, .parts = parts, .part_count = 2};
	rows[1] = (struct result_row){.result_type = RESULT_OTHER, .is_unexplained = true, .sessions = 35, .reporters = 1,
	                              .domains = 1};
	succeeded[0] = (struct succeeded_row){POLICY_STS, OR("sts"), MODE_ENFORCE, 44800};
	succeeded[1] = (struct succeeded_row){POLICY_STS, OR("sts"), MODE_TESTING, 14120};
	succeeded[2] = (struct succeeded_row){POLICY_NONE_FOUND, OR("no-policy-found"), MODE_NOT_STATED, 10809};
	v->results = (struct result_view){period, 69729, 1475, 1190, rows, 2, succeeded, 3, complete};

	failure = (struct source_failure){OR("certificate-expired"), CAUSE_CERT_EXPIRED, FAULT_RECEIVER, true,
	                                  OR("2001:db8:4864:20::12d"), OR("mx2.example.com"), OR("203.0.113.56"),
	                                  STR_NONE, 88};
	units[0] = (struct source_unit){OR("example.com"), POLICY_STS, OR("sts"), MODE_ENFORCE, 1212, 902, 814, &failure, 1, 7};
	units[1] = (struct source_unit){OR("example.org"), POLICY_TLSA, OR("tlsa"), MODE_NOT_STATED, 40, 0, 0, NULL, 0, 8};
	sources[0] = (struct source_row){.reporter = OR("google.com"), .name = OR("Google Inc."), .successful = 39210,
	                                 .failed = 902, .has_failures = true, .worst_cause = CAUSE_CERT_EXPIRED,
	                                 .worst_result = OR("certificate-expired"), .domains = 38, .days_reported = 30,
	                                 .last_report = v->status.last_arrival, .units = units, .unit_count = 2};
	sources[1] = (struct source_row){.reporter = OR("reporter.example"), .successful = 812, .domains = 4,
	                                 .days_reported = 22, .last_report = v->status.last_arrival};
	v->sources = (struct source_view){period, SOURCE_BY_REPORTER, sources, 2, 2, complete};

	reports[0] = (struct report_row){.id = 12, .day = day_of(period.end), .begin = period.begin, .end = period.end,
	                                 .received_at = v->status.last_arrival, .reporter = OR("google.com"),
	                                 .organization_name = OR("Google Inc."), .report_id = OR("id-1"),
	                                 .domain = OR("example.com"), .domains = 2, .units = 2, .successful = 1778,
	                                 .failed = 402, .policy_types = OR("sts, tlsa"),
	                                 .worst_result = OR("certificate-expired"), .trust = TRUST_SIGNED, .counted = true,
	                                 .door = DOOR_SMTP, .copies = 2};
	reports[1] = (struct report_row){.id = 11, .day = DAY_NONE, .begin = INSTANT_NONE, .end = INSTANT_NONE,
	                                 .received_at = v->status.last_arrival, .trust = TRUST_UNSIGNED, .door = DOOR_HTTP};
	v->reports = (struct report_list){reports, 2, 11, complete};

	quarantined[0] = (struct quarantine_row){
	    .id = 5, .received_at = v->status.last_arrival, .door = DOOR_SMTP, .peer = OR("192.0.2.7"),
	    .from = OR("noreply@reporter.example"), .name = OR("report.json"), .kind = QUARANTINE_UNREADABLE,
	    .problem = {PROBLEM_JSON_TRUNCATED, OR("line 1, byte 15"), OR("The list of policies is not closed."), OR("a value")},
	    .bytes = 18230, .copies = 3, .last_at = v->status.last_arrival + 600, .readable = 2};
	quarantined[1] = (struct quarantine_row){.id = 4, .received_at = v->status.last_arrival, .door = DOOR_SMTP,
	                                         .kind = QUARANTINE_HELD, .reason = OR("Not signed by reporter.example."),
	                                         .bytes = 900, .copies = 1, .last_at = INSTANT_NONE};
	v->quarantine = (struct quarantine_list){quarantined, 2, 0, 2};
#undef OR
}

static void tear_down(struct views *v)
{
	instant_set_fake(INSTANT_NONE);
	buf_done(&v->out);
	arena_done(&v->arena);
}

enum view { VIEW_STATUS, VIEW_RESULTS, VIEW_SOURCES, VIEW_REPORTS, VIEW_QUARANTINE, VIEW_QUARANTINE_ONE, VIEW_OVERVIEW, VIEW_COUNT };

static const char *const names[VIEW_COUNT] = {"status", "results", "sources", "reports", "quarantine", "quarantine-one", "overview"};

static void build(struct views *v, enum view which, struct doc *doc)
{
	instant now = instant_now();

	switch (which) {
	case VIEW_STATUS: status_doc(&v->status, now, &v->arena, doc); break;
	case VIEW_RESULTS: results_doc(&v->results, &v->scope, &v->arena, doc); break;
	case VIEW_SOURCES: sources_doc(&v->sources, &v->scope, SOURCES_ALL, &v->arena, doc); break;
	case VIEW_REPORTS: reports_doc(&v->reports, &v->scope, &v->arena, doc); break;
	case VIEW_QUARANTINE: quarantine_doc(&v->quarantine, &v->scope, &v->arena, doc); break;
	case VIEW_QUARANTINE_ONE:
		quarantine_doc_one(&v->quarantine.rows[0], STR("{\"policies\": [}\x1b[31m"), &v->arena, doc);
		break;
	case VIEW_OVERVIEW:
	case VIEW_COUNT: page_overview(&v->status, &v->results, &v->sources, &v->scope, now, &v->arena, doc); break;
	}
}

static struct doc_table *table_of(struct views *v, enum view which)
{
	switch (which) {
	case VIEW_RESULTS: return results_doc_table(&v->results, &v->arena);
	case VIEW_SOURCES: return sources_doc_table(&v->sources, &v->arena);
	case VIEW_REPORTS: return reports_doc_table(&v->reports, &v->arena);
	case VIEW_QUARANTINE: return quarantine_doc_table(&v->quarantine, &v->arena);
	case VIEW_STATUS:
	case VIEW_QUARANTINE_ONE:
	case VIEW_OVERVIEW:
	case VIEW_COUNT: break;
	}
	return NULL;
}

static bool json_of(struct views *v, enum view which)
{
	struct json_out json;

	buf_clear(&v->out);
	json_out_init(&json, &v->out, true);
	switch (which) {
	case VIEW_STATUS: status_doc_json(&v->status, instant_now(), &json); return true;
	case VIEW_RESULTS: results_doc_json(&v->results, &v->arena, &json); return true;
	case VIEW_SOURCES: sources_doc_json(&v->sources, &json); return true;
	case VIEW_REPORTS: reports_doc_json(&v->reports, &json); return true;
	case VIEW_QUARANTINE: quarantine_doc_json(&v->quarantine, &json); return true;
	case VIEW_QUARANTINE_ONE: quarantine_doc_problem_json(&v->quarantine.rows[0].problem, &json); return true;
	case VIEW_OVERVIEW:
	case VIEW_COUNT: break;
	}
	return false;
}

static void text_of(struct views *v, const struct doc *doc, size_t width)
{
	buf_clear(&v->out);
	doc_text(doc, &(struct doc_text_look){.width = width, .fit_tables = true, .commands = true}, &v->out);
}

static void every_view_reads_as_it_was_agreed(void **state)
{
	(void)state;
	for (enum view which = 0; which < VIEW_COUNT; which++) {
		struct views v;
		struct doc doc;
		char name[64];
		set_up(&v, NULL);
		build(&v, which, &doc);
		text_of(&v, &doc, 100);
		(void)snprintf(name, sizeof name, "%s.txt", names[which]);
		assert_golden(buf_view(&v.out), name);
		buf_clear(&v.out);
		page_html(&doc, "/results", "", &v.out);
		(void)snprintf(name, sizeof name, "%s.html", names[which]);
		assert_golden(buf_view(&v.out), name);
		if (json_of(&v, which)) {
			(void)snprintf(name, sizeof name, "%s.json", names[which]);
			assert_golden(buf_view(&v.out), name);
		}
		struct doc_table *table = table_of(&v, which);
		if (table != NULL) {
			buf_clear(&v.out);
			doc_csv(table, &v.out);
			(void)snprintf(name, sizeof name, "%s.csv", names[which]);
			assert_golden(buf_view(&v.out), name);
		}
		tear_down(&v);
	}
}

static void foreign_text_is_harmless_in_every_view_and_rendering(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(naughty_texts); i++) {
		for (enum view which = 0; which < VIEW_COUNT; which++) {
			struct views v;
			struct doc doc;
			set_up(&v, naughty_texts[i]);
			v.scope.filter.domain = str_of(naughty_texts[i]);
			build(&v, which, &doc);
			text_of(&v, &doc, 70);
			assert_harmless(buf_view(&v.out), "\n", false);
			buf_clear(&v.out);
			page_html(&doc, "/", "", &v.out);
			assert_harmless_html(buf_view(&v.out));
			if (json_of(&v, which))
				assert_harmless(buf_view(&v.out), "\n", true);
			struct doc_table *table = table_of(&v, which);
			if (table != NULL) {
				buf_clear(&v.out);
				doc_csv(table, &v.out);
				assert_harmless_csv(buf_view(&v.out));
				buf_clear(&v.out);
				doc_csv_plain(table, &v.out);
				assert_harmless(buf_view(&v.out), "\n\t", false);
			}
			tear_down(&v);
		}
	}
}

static void what_is_empty_says_why_and_what_to_do(void **state)
{
	(void)state;
	static const struct {
		const char *label;
		bool has_reports, has_filter, has_end;
		const char *said;
	} cases[] = {
	    {"nothing stored", false, false, false, "Waiting for the first report."},
	    {"nothing stored, with a filter", false, true, false, "mailseal import FILE-OR-FOLDER..."},
	    {"a filter hides all", true, true, true, "Nothing matches this filter."},
	    {"a filter is named", true, true, true, "--domain example.net"},
	    {"older data exists", true, false, true, "mailseal result list --since 2026-10-23"},
	    {"nothing is known", true, false, false, "No report that counts is about 23 Oct 2026 to 21 Nov 2026."},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct views v;
		struct doc doc;
		set_up(&v, NULL);
		v.results = (struct result_view){.period = {INSTANT_NONE, INSTANT_NONE}};
		v.status.reports = cases[i].has_reports ? 3 : 0;
		v.status.last_end = cases[i].has_end ? v.status.last_end : INSTANT_NONE;
		if (cases[i].has_filter)
			v.scope.filter.domain = STR("example.net");
		build(&v, VIEW_RESULTS, &doc);
		text_of(&v, &doc, 200);
		if (str_find(buf_view(&v.out), str_of(cases[i].said)) == v.out.len)
			fail_msg("%s: %.*s", cases[i].label, STR_ARGS(buf_view(&v.out)));
		tear_down(&v);
	}
}

static void the_status_has_six_answers(void **state)
{
	(void)state;
	static const struct {
		uint64_t reports, counted, failed, refused, silent_days;
		enum status_verdict verdict;
	} cases[] = {
	    {0, 0, 0, 0, 0, STATUS_WAITING},       {5, 0, 0, 0, 0, STATUS_CANNOT_TELL},   {5, 5, 9, 1, 0, STATUS_ACTION_NEEDED},
	    {5, 5, 9, 1, 9, STATUS_ACTION_NEEDED}, {5, 5, 9, 0, 0, STATUS_AT_RISK},       {5, 5, 0, 0, 2, STATUS_ALL_CLEAR},
	    {5, 5, 0, 0, 3, STATUS_STOPPED},       {5, 5, 9, 0, 3, STATUS_STOPPED},
	};
	instant now = fixture_instant(NOW);
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct store_status status = {.reports = cases[i].reports, .counted = cases[i].counted,
		                              .recent_failed = cases[i].failed, .recent_refused = cases[i].refused,
		                              .last_arrival = now - (instant)cases[i].silent_days * SECS_PER_DAY};
		assert_int_equal(status_verdict(&status, now), cases[i].verdict);
	}
}

static void the_query_of_a_page_is_checked(void **state)
{
	(void)state;
	static const struct {
		const char *name, *value;
		bool taken;
	} cases[] = {{"since", "2026-11-01", true}, {"since", "30d", true},   {"since", "x", false},  {"since", "99999999d", false},
	             {"mode", "enforce", true},     {"mode", "loud", false},  {"policy", "tlsa", true}, {"policy", "x", false},
	             {"limit", "500", true},        {"limit", "501", false},  {"limit", "0", false},  {"after", "12", true},
	             {"after", "-1", false},        {"domain", "", false},    {"domain", "a.example", true}, {"other", "1", false}};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct filter filter = FILTER_ALL;
		bool has_period = false;
		bool taken = page_take_parameter(&filter, &has_period, str_of(cases[i].name), str_of(cases[i].value));
		if (taken != cases[i].taken)
			fail_msg("%s=%s", cases[i].name, cases[i].value);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_view_reads_as_it_was_agreed),
	    cmocka_unit_test(foreign_text_is_harmless_in_every_view_and_rendering),
	    cmocka_unit_test(what_is_empty_says_why_and_what_to_do),
	    cmocka_unit_test(the_status_has_six_answers),
	    cmocka_unit_test(the_query_of_a_page_is_checked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
