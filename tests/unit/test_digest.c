/* SPDX-License-Identifier: ISC */
#include "base/attr.h"
#include "base/limits.h"
#include "golden.h"
#include "naughty.h"
#include "present/digest_doc.h"
#include "present/doc_html.h"
#include "present/doc_mail.h"
#include "present/doc_text.h"
#include "report_fixture.h"
#include "role/digesting.h"
#include "story.h"

#define MONDAY 20773 /* 2026-11-16 */

static void weeks_begin_on_monday_and_months_end_where_they_do(void **state)
{
	(void)state;
	static const struct {
		const char *day, *monday, *first, *last;
	} cases[] = {
	    {"2026-11-16", "2026-11-16", "2026-11-01", "2026-11-30"}, {"2026-11-22", "2026-11-16", "2026-11-01", "2026-11-30"},
	    {"2026-11-23", "2026-11-23", "2026-11-01", "2026-11-30"}, {"2024-02-29", "2024-02-26", "2024-02-01", "2024-02-29"},
	    {"2023-02-01", "2023-01-30", "2023-02-01", "2023-02-28"}, {"2026-12-31", "2026-12-28", "2026-12-01", "2026-12-31"},
	    {"1969-12-31", "1969-12-29", "1969-12-01", "1969-12-31"},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		int32_t day, first, last;
		char text[INSTANT_TEXT_MAX];
		assert_true(day_parse(str_of(cases[i].day), &day));
		assert_str(day_format(digest_span_monday(day), text), cases[i].monday);
		digest_span_month(day, &first, &last);
		assert_str(day_format(first, text), cases[i].first);
		assert_str(day_format(last, text), cases[i].last);
	}
}

/* A week with all that there can be; `text` wherever foreign text may stand, NULL: believable ones. */
static void make(struct digest *out, const char *text)
{
	static struct digest_day days[7];
	static struct digest_domain domains[2];
	static struct issue open[3], closed, silent;
	static struct digest_coming coming[4];
#define OR(good) (text == NULL ? STR(good) : str_of(text))
	struct issue plain = {.kind = ISSUE_ON_MX,
	                      .severity = SEVERITY_CRITICAL,
	                      .fault = FAULT_RECEIVER,
	                      .snoozed_until = INSTANT_NONE,
	                      .closed_at = INSTANT_NONE,
	                      .looked_at = INSTANT_NONE,
	                      .opened_at = day_start(MONDAY + 2),
	                      .first_day = MONDAY + 2,
	                      .last_day = MONDAY + 5,
	                      .clean_day = DAY_NONE};
	for (int i = 0; i < 7; i++)
		days[i] = (struct digest_day){MONDAY + i, 2000 + 100 * (uint64_t)i, i == 2 ? 1440 : 0};
	domains[0] = (struct digest_domain){OR("example.com"), 4000, 1440, 1440};
	domains[1] = (struct digest_domain){OR("example.org"), 900, 35, 0};
	open[0] = open[1] = open[2] = closed = silent = plain;
	open[0].id = 42;
	open[0].matter = CAUSE_CERT_EXPIRED;
	open[0].subject = OR("mx2.example.com");
	open[0].refused = open[0].failed = 1440;
	open[0].reporters = 3;
	open[1].id = 43;
	open[1].matter = MATTER_CERT_EXPIRING;
	open[1].severity = SEVERITY_WARNING;
	open[1].subject = OR("mx1.example.org");
	open[1].detail = OR("2026-12-04");
	open[2].id = 44;
	open[2].matter = MATTER_STALE_POLICY;
	open[2].kind = ISSUE_ON_DOMAIN;
	open[2].severity = SEVERITY_NOTICE;
	open[2].subject = OR("example.net");
	closed.id = 40;
	closed.matter = CAUSE_STS_FETCH_TIMEOUT;
	closed.kind = ISSUE_ON_DOMAIN;
	closed.severity = SEVERITY_WARNING;
	closed.end = END_CLEAN;
	closed.subject = OR("example.io");
	silent.id = 41;
	silent.matter = MATTER_DOMAIN_SILENT;
	silent.kind = ISSUE_ON_DOMAIN;
	silent.severity = SEVERITY_WARNING;
	silent.subject = OR("quiet.example");
	silent.detail = STR("9");
	coming[0] = (struct digest_coming){DIGEST_CERT_ENDS, OR("mx1.example.org"), STR_NONE, MONDAY + 18};
	coming[1] = (struct digest_coming){DIGEST_POLICY_ENDS, OR("example.net"), OR("microsoft.com"), MONDAY + 9};
	coming[2] = (struct digest_coming){DIGEST_MAY_ENFORCE, OR("example.org"), STR_NONE, MONDAY + 7};
	coming[3] = (struct digest_coming){DIGEST_MAY_ENFORCE, OR("example.net"), STR_NONE, MONDAY + 10};
	*out = (struct digest){.span = DIGEST_WEEK,
	                       .since_day = MONDAY,
	                       .until_day = MONDAY + 6,
	                       .made_at = day_start(MONDAY + 8) + 6 * 3600,
	                       .tenant = OR("Acme"),
	                       .now = {15462, 1440, 1440, 190, 17, 41, 3},
	                       .before = {16220, 16, 0, 180, 16, 41, 1},
	                       .days = days,
	                       .day_count = 7,
	                       .domains = domains,
	                       .domain_count = 2,
	                       .open = open,
	                       .open_count = 3,
	                       .closed = &closed,
	                       .closed_count = 1,
	                       .silent = &silent,
	                       .silent_count = 1,
	                       .coming = coming,
	                       .coming_count = 4,
	                       .complete = {.last = {MONDAY + 6, 6, 6}, .partial = {{MONDAY + 3, 6, 5}}, .partial_count = 1},
	                       .full_days = 6,
	                       .usual_reporters = 6};
}

static void the_digest_of_a_week_reads_as_agreed(void **state)
{
	(void)state;
	struct arena arena;
	struct buf out;
	struct digest digest;
	struct json_out json;
	struct doc doc;

	arena_init(&arena, MIB(4));
	buf_init(&out, MIB(4));
	make(&digest, NULL);
	digest_doc(&digest, &arena, &doc);
	doc_text(&doc, &(struct doc_text_look){.width = 80, .commands = true}, &out);
	assert_golden(buf_view(&out), "digest.txt");
	buf_clear(&out);
	doc_html(&doc, &(struct doc_html_look){.lang = "en"}, &out);
	assert_golden(buf_view(&out), "digest.html");
	buf_clear(&out);
	doc_mail(&doc, &(struct doc_mail_look){.lang = "en", .base = STR("https://tls.example.com")}, &out);
	assert_golden(buf_view(&out), "digest-mail.html");
	buf_clear(&out);
	json_out_init(&json, &out, true);
	digest_doc_json(&digest, &arena, &json);
	assert_golden(buf_view(&out), "digest.json");
	buf_done(&out);
	arena_done(&arena);
}

static void no_foreign_text_becomes_markup_in_a_mail(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(naughty_texts); i++) {
		struct arena arena;
		struct buf out;
		struct digest digest;
		struct doc doc;

		arena_init(&arena, MIB(4));
		buf_init(&out, MIB(4));
		make(&digest, naughty_texts[i]);
		digest_doc(&digest, &arena, &doc);
		doc_mail(&doc, &(struct doc_mail_look){.lang = "en"}, &out);
		assert_harmless_html(buf_view(&out));
		buf_done(&out);
		arena_done(&arena);
	}
}

/* What a mail must not need: nothing is loaded, no script, one column of 600 pixels. */
static void a_mail_loads_nothing(void **state)
{
	(void)state;
	struct arena arena;
	struct buf out;
	struct digest digest;
	struct doc doc;

	arena_init(&arena, MIB(4));
	buf_init(&out, MIB(4));
	make(&digest, NULL);
	digest_doc(&digest, &arena, &doc);
	doc_mail(&doc, &(struct doc_mail_look){.lang = "en"}, &out);
	const char *html = arena_text(&arena, buf_view(&out));
	static const char *const never[] = {"<img", "<script", "<link", "src=", "url(", "http:", "https:", "<svg", "<a "};
	for (size_t i = 0; i < COUNT_OF(never); i++)
		assert_null(strstr(html, never[i]));
	assert_non_null(strstr(html, "max-width:600px"));
	assert_non_null(strstr(html, "prefers-color-scheme:dark"));
	buf_done(&out);
	arena_done(&arena);
}

static void a_week_and_a_month_are_made_out_of_the_store(void **state)
{
	(void)state;
	struct fixture f;
	struct digest digest;
	const int32_t first = digest_span_monday(FIRST) + 28; /* a Monday */
	fixture_start(&f);
	for (int32_t day = first - 28; day < first + 14; day++) {
		bool broken = day >= first + 2 && day < first + 4;
		struct word google = {"google.com", "example.com", broken ? "mx.example.com" : NULL, broken ? "certificate-expired" : NULL,
		                      NULL, broken ? 0 : 100, broken ? 100 : 0, POLICY_STS, MODE_ENFORCE};
		struct word microsoft = {"microsoft.com", "example.org", NULL, NULL, NULL, 50, 0, POLICY_STS, MODE_TESTING};
		struct word comcast = microsoft;
		comcast.reporter = "comcast.net";
		must(&f, store_begin(f.store, &f.err));
		story_hear(&f, day, &google);
		story_hear(&f, day, &microsoft);
		story_hear(&f, day, &comcast);
		story_commit(&f, story_morning(day));
	}
	instant now = story_morning(first + 14);
	struct digest_wish wish = {.span = DIGEST_WEEK, .day = first + 3};
	must(&f, digesting_make(f.store, &wish, now, &f.arena, &digest, &f.err));
	assert_int_equal(digest.since_day, first);
	assert_int_equal(digest.now.successful, 5 * 100 + 14 * 50);
	assert_int_equal(digest.now.failed, 200);
	assert_int_equal(digest.now.refused, 200);
	assert_int_equal(digest.now.domains, 2);
	assert_int_equal(digest.now.failing_domains, 1);
	assert_int_equal(digest.now.reporters, 3);
	assert_int_equal(digest.before.successful, 7 * 100 + 14 * 50);
	assert_int_equal(digest.before.failed, 0);
	assert_int_equal(digest.day_count, 7);
	assert_int_equal(digest.domain_count, 1);
	assert_int_equal(digest.domains[0].refused, 200);
	assert_int_equal(digest.closed_count, 1);
	assert_int_equal(digest.open_count, 0);
	assert_int_equal(digest.full_days, 7);
	assert_int_equal(digest.coming_count, 1);
	assert_int_equal(digest.coming[0].event, DIGEST_MAY_ENFORCE);
	assert_int_equal(digest.coming[0].day, first + 7);
	assert_false(digest_span_is_clean(&digest));
	wish.day = first + 9;
	must(&f, digesting_make(f.store, &wish, now, &f.arena, &digest, &f.err));
	assert_int_equal(digest.open_count + digest.closed_count, 0);
	assert_true(digest_span_is_clean(&digest));
	wish.day = first - 1; /* before it began */
	must(&f, digesting_make(f.store, &wish, now, &f.arena, &digest, &f.err));
	assert_int_equal(digest.open_count + digest.closed_count, 0);
	wish = (struct digest_wish){.span = DIGEST_MONTH, .day = first + 3, .domain = STR("example.com")};
	must(&f, digesting_make(f.store, &wish, now, &f.arena, &digest, &f.err));
	assert_int_equal(digest.now.failed, 200);
	assert_int_equal(digest.now.domains, 1);
	assert_int_equal(digest.page_count, 1);
	assert_int_equal(digest.coming_count, 0);
	wish.domain = STR("nowhere.example");
	must(&f, digesting_make(f.store, &wish, now, &f.arena, &digest, &f.err));
	assert_int_equal(digest.now.successful + digest.now.failed + digest.page_count + digest.domain_count, 0);
	fixture_stop(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(weeks_begin_on_monday_and_months_end_where_they_do),
	    cmocka_unit_test(the_digest_of_a_week_reads_as_agreed),
	    cmocka_unit_test(no_foreign_text_becomes_markup_in_a_mail),
	    cmocka_unit_test(a_mail_loads_nothing),
	    cmocka_unit_test(a_week_and_a_month_are_made_out_of_the_store),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
