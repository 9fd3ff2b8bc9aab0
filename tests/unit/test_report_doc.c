/* SPDX-License-Identifier: ISC */
#include "present/report_doc.h"

#include "golden.h"
#include "naughty.h"
#include "present/doc_csv.h"
#include "present/doc_html.h"
#include "present/doc_text.h"
#include "present/report_json.h"
#include "present/report_words.h"
#include "report/reporter.h"
#include "report_fixture.h"

struct unit_case {
	enum policy_type type;
	const char *domain;
	enum sts_mode mode;
	uint64_t successful, failed;
	enum result_type result; /* RESULT_TYPE_COUNT: no detail */
	const char *mx;
};

#define NO_DETAIL RESULT_TYPE_COUNT

struct sentence_case {
	const char *label;
	struct unit_case units[3];
	enum doc_tone tone;
	const char *verdict; /* the sentences that answer the question, joined by one blank */
	const char *said;    /* one of the others; NULL: none is looked for */
};

static const struct sentence_case sentence_cases[] = {
    {"all secured", {{POLICY_STS, "example.com", MODE_ENFORCE, 53, 0, NO_DETAIL, NULL}}, TONE_OK,
     "All 53 sessions were secured.", "Google tried to deliver mail to example.com in 53 sessions on 21 November 2026 (UTC)."},
    {"one secured", {{POLICY_STS, "example.com", MODE_TESTING, 1, 0, NO_DETAIL, NULL}}, TONE_OK,
     "The one session was secured.", "Google tried to deliver mail to example.com in one session on 21 November 2026 (UTC)."},
    {"enforced, some failed",
     {{POLICY_STS, "example.com", MODE_ENFORCE, 1778, 402, RESULT_CERTIFICATE_EXPIRED, "mx2.example.com"}},
     TONE_FAIL, "402 of 2,180 sessions failed. Google refused to deliver them.",
     "402 failed at mx2.example.com because the certificate had expired."},
    {"enforced, all failed", {{POLICY_STS, "example.com", MODE_ENFORCE, 0, 12, RESULT_STARTTLS_NOT_SUPPORTED, "mx.example.com"}},
     TONE_FAIL, "All 12 sessions failed. Google refused to deliver them.",
     "12 failed at mx.example.com because the server did not offer STARTTLS."},
    {"enforced, the one failed", {{POLICY_STS, "example.com", MODE_ENFORCE, 0, 1, RESULT_VALIDATION_FAILURE, NULL}},
     TONE_FAIL, "The one session failed. Google refused to deliver it.",
     "1 failed for a reason that the result type does not name."},
    {"enforced, without detail", {{POLICY_STS, "example.com", MODE_ENFORCE, 5, 3, NO_DETAIL, NULL}}, TONE_FAIL,
     "3 of 8 sessions failed. Google refused to deliver them.",
     "3 failed sessions are not explained by the reporter."},
    {"testing", {{POLICY_STS, "example.com", MODE_TESTING, 10, 2, RESULT_CERTIFICATE_HOST_MISMATCH, "mx.example.com"}},
     TONE_WARN,
     "2 of 12 sessions failed. The MTA-STS policy was in testing mode, so Google delivered without full protection.",
     "2 failed at mx.example.com because the certificate does not carry the server's name."},
    {"DANE", {{POLICY_TLSA, "mx.example.com", MODE_NOT_STATED, 4, 6, RESULT_TLSA_INVALID, "mx.example.com"}}, TONE_FAIL,
     "6 of 10 sessions failed. Google refused to deliver them.",
     "DANE is always enforced, so Google did not deliver in such sessions."},
    {"no policy", {{POLICY_NONE_FOUND, "example.com", MODE_NOT_STATED, 23, 0, NO_DETAIL, NULL}}, TONE_NONE,
     "No policy was in force in these 23 sessions. TLS may still have been used, but nothing required it.", NULL},
    {"no policy, failed", {{POLICY_NONE_FOUND, "example.com", MODE_NOT_STATED, 3, 2, RESULT_STARTTLS_NOT_SUPPORTED, NULL}},
     TONE_WARN,
     "2 of 5 sessions failed. No policy that was enforced is stated, so nothing says that mail was refused.",
     "In 3 no policy was in force."},
    {"mode none", {{POLICY_STS, "example.com", MODE_NONE, 7, 0, NO_DETAIL, NULL}}, TONE_NONE,
     "No policy was in force in these 7 sessions. TLS may still have been used, but nothing required it.", NULL},
    {"policy not fetched", {{POLICY_STS, "example.com", MODE_NOT_STATED, 0, 3, RESULT_STS_POLICY_FETCH_ERROR, NULL}},
     TONE_WARN,
     "All 3 sessions failed. No policy that was enforced is stated, so nothing says that mail was refused.",
     "3 failed because the MTA-STS policy could not be fetched."},
    {"secured and no policy",
     {{POLICY_STS, "example.com", MODE_ENFORCE, 20, 0, NO_DETAIL, NULL},
      {POLICY_NONE_FOUND, "example.com", MODE_NOT_STATED, 3, 0, NO_DETAIL, NULL}},
     TONE_OK, "None of 23 sessions failed: secured 20, with no policy in force 3.", NULL},
    {"enforce and testing on one day",
     {{POLICY_STS, "example.com", MODE_ENFORCE, 5, 2, RESULT_CERTIFICATE_EXPIRED, "mx.example.com"},
      {POLICY_STS, "example.com", MODE_TESTING, 5, 1, RESULT_CERTIFICATE_EXPIRED, "mx.example.com"}},
     TONE_FAIL,
     "3 of 13 sessions failed. Google refused to deliver 2 of them. 1 was delivered without full protection, because "
     "MTA-STS was in testing mode.",
     "3 failed at mx.example.com because the certificate had expired."},
    {"the same sessions under MTA-STS and DANE are not added up",
     {{POLICY_STS, "example.com", MODE_ENFORCE, 2, 0, NO_DETAIL, NULL},
      {POLICY_TLSA, "example.com", MODE_NOT_STATED, 2, 0, NO_DETAIL, NULL}},
     TONE_OK, "All 2 sessions were secured.",
     "MTA-STS (0 of 2 failed) and DANE (0 of 2 failed) may describe the same sessions, so they are not added up."},
    {"DANE for a host is added, and said so",
     {{POLICY_STS, "example.com", MODE_ENFORCE, 1712, 402, RESULT_CERTIFICATE_EXPIRED, "mx2.example.com"},
      {POLICY_TLSA, "mx1.example.com", MODE_NOT_STATED, 66, 0, NO_DETAIL, NULL}},
     TONE_FAIL, "402 of 2,180 sessions failed. Google refused to deliver them.",
     "Of the 2,180 sessions, 2,114 are counted under MTA-STS and 66 under DANE; one may be counted under both."},
    {"a failure under DANE alone is not hidden by MTA-STS",
     {{POLICY_STS, "example.com", MODE_ENFORCE, 9, 0, NO_DETAIL, NULL},
      {POLICY_TLSA, "example.com", MODE_NOT_STATED, 8, 1, RESULT_TLSA_INVALID, "mx.example.com"}},
     TONE_FAIL, "1 of 9 sessions failed. Google refused to deliver it.",
     "1 failed at mx.example.com because no TLSA record fits (under DANE)."},
    {"no sessions", {{POLICY_STS, "example.com", MODE_ENFORCE, 0, 0, NO_DETAIL, NULL}}, TONE_NONE,
     "The report counts no sessions.", NULL},
};

static void make(struct report_fixture *f, const struct sentence_case *c)
{
	fixture_report(f, "Google Inc.", "google.com");
	for (size_t i = 0; i < COUNT_OF(c->units) && c->units[i].domain != NULL; i++) {
		const struct unit_case *u = &c->units[i];
		fixture_unit(f, u->type, u->domain, u->mode, u->successful, u->failed);
		if (u->result != NO_DETAIL)
			fixture_failure(f, u->result, u->mx, u->failed);
	}
}

static void sentences_follow_from_what_failed_and_what_the_policy_asked(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(sentence_cases); i++) {
		const struct sentence_case *c = &sentence_cases[i];
		struct arena arena;
		struct report_fixture f;
		struct report_words words;
		arena_init(&arena, MIB(4));
		make(&f, c);
		report_words(&f.report, &arena, &words);
		struct buf verdict;
		buf_init(&verdict, KIB(8));
		for (size_t s = 0; s < words.verdict_count; s++) {
			buf_text(&verdict, s == 0 ? "" : " ");
			buf_str(&verdict, words.sentences[s]);
		}
		if (!str_eq(buf_view(&verdict), str_of(c->verdict)))
			fail_msg("%s: got \"%.*s\"", c->label, STR_ARGS(buf_view(&verdict)));
		if (words.tone != c->tone)
			fail_msg("%s: tone %d", c->label, (int)words.tone);
		bool said = c->said == NULL;
		for (size_t s = words.verdict_count; s < words.count; s++)
			said = said || str_eq(words.sentences[s], str_of(c->said));
		for (size_t s = 0; s < words.count && !said; s++)
			print_error("  %.*s\n", STR_ARGS(words.sentences[s]));
		if (!said)
			fail_msg("%s: nobody says \"%s\"", c->label, c->said);
		buf_done(&verdict);
		arena_done(&arena);
	}
}

static void a_vague_result_is_said_by_its_cause_where_the_reason_code_tells_it(void **state)
{
	(void)state;
	struct arena arena;
	struct report_fixture f;
	struct report_words words;
	arena_init(&arena, MIB(4));
	fixture_report(&f, "Example", "reporter.example");
	fixture_unit(&f, POLICY_STS, "example.com", MODE_ENFORCE, 0, 7);
	struct failure *failure = fixture_failure(&f, RESULT_VALIDATION_FAILURE, "mx.example.com", 7);
	failure->cause = CAUSE_CERT_EXPIRED;
	failure->reason_code = STR("certificate has expired");
	report_words(&f.report, &arena, &words);
	bool said = false;
	for (size_t i = 0; i < words.count; i++)
		said = said || str_eq(words.sentences[i], STR("7 failed at mx.example.com (reason code: certificate has "
		                                              "expired): The certificate that the server shows had expired."));
	assert_true(said);
	arena_done(&arena);
}

static void no_sentence_calls_a_session_a_mail_or_a_failure_an_error(void **state)
{
	(void)state;
	static const char *const never[] = {"e-mail", "email", "message", "bounced", "blocked", "rejected", "insecure", "!",
	                                    "please", "{", "}"};
	for (size_t i = 0; i < COUNT_OF(sentence_cases); i++) {
		struct arena arena;
		struct report_fixture f;
		struct report_words words;
		arena_init(&arena, MIB(4));
		make(&f, &sentence_cases[i]);
		report_words(&f.report, &arena, &words);
		for (size_t s = 0; s < words.count; s++)
			for (size_t n = 0; n < COUNT_OF(never); n++)
				if (str_find_nocase(words.sentences[s], str_of(never[n])) < words.sentences[s].len)
					fail_msg("%.*s", STR_ARGS(words.sentences[s]));
		arena_done(&arena);
	}
}

static void reporters_have_names_only_where_the_domain_is_theirs(void **state)
{
	(void)state;
	static const struct {
		const char *domain, *organization, *name;
	} cases[] = {{"google.com", "Google Inc.", "Google"},
	             {"corp.mail.ru", "Mail.ru", "Mail.ru"},
	             {"notgoogle.com", "Google Inc.", "Google Inc."},
	             {"google.com.evil.example", "G", "G"},
	             {"mx.example.org", NULL, "mx.example.org"},
	             {NULL, NULL, NULL}};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct str name = reporter_name(str_of(cases[i].domain), str_of(cases[i].organization));
		if (cases[i].name == NULL)
			assert_null(name.p);
		else
			assert_str(name, cases[i].name);
	}
}

struct shown {
	struct arena arena;
	struct buf out;
	struct doc doc;
	struct report_view view;
};

static void show(struct shown *s, const struct report *report, enum trust trust)
{
	arena_init(&s->arena, MIB(32));
	buf_init(&s->out, MIB(8));
	s->view = (struct report_view){.report = report, .trust = trust};
	report_doc(&s->view, &s->arena, &s->doc);
}

static void text_of(struct shown *s, size_t width)
{
	buf_clear(&s->out);
	doc_text(&s->doc, &(struct doc_text_look){.width = width, .fit_tables = true, .commands = true}, &s->out);
}

static void html_of(struct shown *s)
{
	buf_clear(&s->out);
	doc_html(&s->doc, &(struct doc_html_look){.lang = "en"}, &s->out);
}

static void json_of(struct shown *s)
{
	struct json_out json;
	buf_clear(&s->out);
	json_out_init(&json, &s->out, true);
	report_json(&s->view, &s->arena, &json, NULL);
}

static void done(struct shown *s)
{
	buf_done(&s->out);
	arena_done(&s->arena);
}

static void the_example_reads_as_it_was_agreed(void **state)
{
	(void)state;
	struct report_fixture f;
	struct shown s;
	static struct deviation deviations[] = {{DEVIATION_DATE_WITHOUT_ZONE, STR("/date-range/start-datetime"),
	                                         STR("2026-11-21T00:00:00Z")}};
	static struct unknown_member unknown[] = {{STR("/x-trace"), STR("{\"a\":1}")}};
	fixture_example(&f);
	f.report.deviations = deviations;
	f.report.deviation_count = 1;
	f.report.unknown_members = unknown;
	f.report.unknown_count = 1;
	show(&s, &f.report, TRUST_OPERATOR);
	text_of(&s, 80);
	assert_golden(buf_view(&s.out), "report.txt");
	html_of(&s);
	assert_golden(buf_view(&s.out), "report.html");
	json_of(&s);
	assert_golden(buf_view(&s.out), "report.json");
	buf_clear(&s.out);
	doc_csv(report_doc_table(&s.view, &s.arena), &s.out);
	assert_golden(buf_view(&s.out), "report.csv");
	buf_clear(&s.out);
	doc_csv_plain(report_doc_table(&s.view, &s.arena), &s.out);
	assert_golden(buf_view(&s.out), "report.tsv");
	done(&s);
}

static void what_is_absent_is_null_in_json_and_not_stated_in_words(void **state)
{
	(void)state;
	struct report_fixture f;
	struct shown s;
	fixture_report(&f, NULL, NULL);
	f.report = (struct report){.begin = INSTANT_NONE, .end = INSTANT_NONE, .units = f.units};
	struct unit *unit = fixture_unit(&f, POLICY_OTHER, NULL, MODE_NOT_STATED, 0, 4);
	unit->policy_type_text = STR_NONE;
	struct failure *failure = fixture_failure(&f, RESULT_OTHER, NULL, 4);
	failure->result_text = STR_NONE;
	show(&s, &f.report, TRUST_UNSIGNED);
	json_of(&s);
	assert_golden(buf_view(&s.out), "report-empty.json");
	text_of(&s, 80);
	assert_golden(buf_view(&s.out), "report-empty.txt");
	done(&s);
}

static void many_details_are_grouped_for_people_and_whole_for_programs(void **state)
{
	(void)state;
	struct report_fixture f;
	struct shown s;
	fixture_report(&f, "Example", "reporter.example");
	fixture_unit(&f, POLICY_STS, "example.com", MODE_ENFORCE, 0, 240);
	static char addresses[120][INSTANT_TEXT_MAX];
	for (size_t i = 0; i < 120; i++) {
		(void)snprintf(addresses[i], sizeof addresses[i], "192.0.2.%zu", i);
		fixture_failure(&f, RESULT_VALIDATION_FAILURE, i % 2 == 0 ? "mx1.example.com" : "mx2.example.com", 2)
		    ->sending_mta_ip = str_of(addresses[i]);
	}
	show(&s, &f.report, TRUST_OPERATOR);
	text_of(&s, 100);
	struct str text = buf_view(&s.out);
	assert_true(str_find(text, STR("192.0.2.")) == text.len);
	assert_true(str_find(text, STR("Grouped from 120 details")) < text.len);
	assert_true(str_find(text, STR("several")) < text.len);
	json_of(&s);
	struct str json = buf_view(&s.out);
	assert_true(str_find(json, STR("\"192.0.2.119\"")) < json.len);
	assert_int_equal(report_doc_table(&s.view, &s.arena)->row_count, 120);
	done(&s);
}

static void fill(struct report_fixture *f, const char *text, struct deviation *deviation, struct unknown_member *unknown)
{
	struct str s = str_of(text);
	static struct str list[2];

	list[0] = s;
	list[1] = s;
	fixture_report(f, text, text);
	f->report.contact_info = f->report.report_id = f->report.submitter = s;
	struct unit *unit = fixture_unit(f, POLICY_OTHER, text, MODE_ENFORCE, 1, 5);
	unit->policy_type_text = s;
	unit->policy_strings = unit->mx_hosts = (struct str_list){list, 2};
	struct failure *failure = fixture_failure(f, RESULT_OTHER, text, 3);
	failure->result_text = failure->sending_mta_ip = failure->receiving_mx_helo = failure->receiving_ip =
	    failure->reason_code = failure->additional_information = s;
	*deviation = (struct deviation){DEVIATION_DOMAIN_ODD, s, s};
	*unknown = (struct unknown_member){s, s};
	f->report.deviations = deviation;
	f->report.deviation_count = 1;
	f->report.unknown_members = unknown;
	f->report.unknown_count = 1;
}

static void hostile_reports_are_harmless_in_every_rendering(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(naughty_texts); i++) {
		struct report_fixture f;
		struct shown s;
		struct deviation deviation;
		struct unknown_member unknown;
		fill(&f, naughty_texts[i], &deviation, &unknown);
		show(&s, &f.report, TRUST_UNSIGNED);
		text_of(&s, 60);
		assert_harmless(buf_view(&s.out), "\n", false);
		html_of(&s);
		assert_harmless_html(buf_view(&s.out));
		json_of(&s);
		assert_harmless(buf_view(&s.out), "\n", true);
		buf_clear(&s.out);
		doc_csv(report_doc_table(&s.view, &s.arena), &s.out);
		assert_harmless_csv(buf_view(&s.out));
		done(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sentences_follow_from_what_failed_and_what_the_policy_asked),
	    cmocka_unit_test(a_vague_result_is_said_by_its_cause_where_the_reason_code_tells_it),
	    cmocka_unit_test(no_sentence_calls_a_session_a_mail_or_a_failure_an_error),
	    cmocka_unit_test(reporters_have_names_only_where_the_domain_is_theirs),
	    cmocka_unit_test(the_example_reads_as_it_was_agreed),
	    cmocka_unit_test(what_is_absent_is_null_in_json_and_not_stated_in_words),
	    cmocka_unit_test(many_details_are_grouped_for_people_and_whole_for_programs),
	    cmocka_unit_test(hostile_reports_are_harmless_in_every_rendering),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
