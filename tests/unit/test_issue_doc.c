/* SPDX-License-Identifier: ISC */
#include "base/attr.h"
#include "base/limits.h"
#include "golden.h"
#include "present/doc_html.h"
#include "present/doc_text.h"
#include "present/issue_doc.h"
#include "present/words.h"
#include "unit.h"

#define DAY 20414 /* 2025-11-22 */

static struct issue_evidence evidence[] = {
    {STR("google.com"), DAY - 4, DAY - 1, 2, 902, 902, 2114},
    {STR("microsoft.com"), DAY - 4, DAY - 1, 1, 511, 511, 1320},
};
static struct issue_story history[] = {
    {(instant)(DAY - 3) * SECS_PER_DAY + 22320, EVENT_OPENED, {NULL, 0}},
    {(instant)(DAY - 2) * SECS_PER_DAY + 24000, EVENT_REPORTER, STR("microsoft.com")},
};
static struct issue_day_sum days[] = {{DAY - 1, 700, 1700}, {DAY - 4, 713, 1734}};
static struct complete_reporter missing[] = {{STR("comcast.net"), STR("Comcast"), -1}};
static struct str domains[] = {STR("example.com"), STR("example.org")};

static struct issue_page page_of(struct str subject)
{
	return (struct issue_page){.issue = {.id = 42,
	                                     .matter = CAUSE_CERT_EXPIRED,
	                                     .kind = ISSUE_ON_MX,
	                                     .subject = subject,
	                                     .severity = SEVERITY_CRITICAL,
	                                     .worst = SEVERITY_CRITICAL,
	                                     .fault = FAULT_RECEIVER,
	                                     .confidence = CONFIDENCE_SEVERAL_REPORTERS,
	                                     .snoozed_until = INSTANT_NONE,
	                                     .opened_at = history[0].at,
	                                     .changed_at = history[1].at,
	                                     .closed_at = INSTANT_NONE,
	                                     .looked_at = INSTANT_NONE,
	                                     .first_day = DAY - 4,
	                                     .last_day = DAY - 1,
	                                     .clean_day = DAY_NONE,
	                                     .failed = 1413,
	                                     .refused = 1413,
	                                     .total = 3434,
	                                     .domains = 2,
	                                     .reporters = 2},
	                           .evidence = evidence,
	                           .evidence_count = COUNT_OF(evidence),
	                           .history = history,
	                           .history_count = COUNT_OF(history),
	                           .days = days,
	                           .day_count = COUNT_OF(days),
	                           .domains = domains,
	                           .domain_count = COUNT_OF(domains),
	                           .complete = {.last = {DAY - 1, 3, 2}, .missing = missing, .missing_count = 1}};
}

struct shown {
	struct arena arena;
	struct buf out;
};

static void show_start(struct shown *s)
{
	arena_init(&s->arena, MIB(4));
	buf_init(&s->out, MIB(4));
}

static void show_end(struct shown *s)
{
	buf_done(&s->out);
	arena_done(&s->arena);
}

static void the_page_of_an_issue_reads_as_agreed(void **state)
{
	(void)state;
	struct shown s;
	struct doc doc;
	struct json_out json;
	instant now = (instant)DAY * SECS_PER_DAY + 36000;
	struct issue_page page = page_of(STR("mx2.example.com"));
	show_start(&s);
	issue_doc(&page, now, &s.arena, &doc);
	doc_text(&doc, &(struct doc_text_look){.width = 80, .commands = true}, &s.out);
	assert_golden(buf_view(&s.out), "issue.txt");
	buf_clear(&s.out);
	json_out_init(&json, &s.out, true);
	issue_doc_json(&page, now, &s.arena, &json);
	assert_golden(buf_view(&s.out), "issue.json");
	buf_clear(&s.out);
	issue_doc_list(&page.issue, 1, now, &s.arena, &doc);
	doc_text(&doc, &(struct doc_text_look){.width = 80, .commands = true}, &s.out);
	assert_golden(buf_view(&s.out), "issues.txt");
	show_end(&s);
}

static void titles_and_sentences_say_who_and_whose_fault(void **state)
{
	(void)state;
	struct shown s;
	show_start(&s);
	static const struct {
		unsigned matter;
		enum issue_kind kind;
		const char *subject, *title;
	} titles[] = {
	    {CAUSE_CERT_EXPIRED, ISSUE_ON_DOMAIN, "example.com", "Certificate expired on a server of example.com"},
	    {CAUSE_STS_MX_MISMATCH, ISSUE_ON_DOMAIN, "example.com",
	     "MTA-STS policy of example.com does not list its mail server"},
	    {CAUSE_UNKNOWN, ISSUE_ON_REPORTER, "microsoft.com", "Microsoft sees TLS fail and does not say why"},
	    {MATTER_REPORTER_SILENT, ISSUE_ON_REPORTER, "google.com", "Google has stopped reporting"},
	    {MATTER_DOMAIN_SILENT, ISSUE_ON_DOMAIN, "example.com", "No reports for example.com any more"},
	};
	for (size_t i = 0; i < COUNT_OF(titles); i++) {
		struct issue issue = {
		    .matter = titles[i].matter, .kind = titles[i].kind, .subject = str_of(titles[i].subject)};
		assert_str(issue_doc_title(&s.arena, &issue), titles[i].title);
	}
	struct issue alone = {.matter = CAUSE_CERT_EXPIRED,
	                      .kind = ISSUE_ON_MX,
	                      .subject = STR("mx.example.com"),
	                      .failed = 5,
	                      .reporters = 1,
	                      .first_day = DAY,
	                      .others_sessions = 300,
	                      .fault = FAULT_SENDER};
	struct str text = issue_doc_sentences(&s.arena, &alone, STR("google.com"));
	assert_true(str_find(text, STR("No mail was refused")) < text.len);
	assert_true(str_find(text, STR("Only Google says so, since 22 November 2025")) < text.len);
	assert_true(str_find(text, STR("probably at the sender")) < text.len);
	alone.matter = CAUSE_STARTTLS_NOT_OFFERED;
	alone.fault = FAULT_UNKNOWN;
	text = issue_doc_sentences(&s.arena, &alone, STR("google.com"));
	assert_true(str_find(text, STR("or an attack")) < text.len);
	assert_true(str_find(text, STR("the receiving server did not offer it")) < text.len);
	show_end(&s);
}

static void a_hostile_subject_is_harmless(void **state)
{
	(void)state;
	struct shown s;
	struct doc doc;
	struct issue_page page = page_of(STR("<script>alert(1)</script>\x1b[2J"));
	show_start(&s);
	issue_doc(&page, 0, &s.arena, &doc);
	doc_html(&doc, &(struct doc_html_look){.base = "", .lang = "en"}, &s.out);
	assert_true(str_find(buf_view(&s.out), STR("<script>")) == s.out.len);
	buf_clear(&s.out);
	doc_text(&doc, &(struct doc_text_look){.width = 80}, &s.out);
	assert_true(str_find_byte(buf_view(&s.out), '\x1b') == s.out.len);
	show_end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_page_of_an_issue_reads_as_agreed),
	    cmocka_unit_test(titles_and_sentences_say_who_and_whose_fault),
	    cmocka_unit_test(a_hostile_subject_is_harmless),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
