/* SPDX-License-Identifier: ISC */
/* What only comparing shows: reporters with one another, with our own look, days with days before. */
#include "base/log.h"
#include "present/issue_doc.h"
#include "role/diagnosis_mass.h"
#include "story.h"

#define POLICY_A "version: STSv1\r\nmode: enforce\r\nmx: mx1.example.com\r\nmax_age: 864000\r\n"
#define POLICY_A_OTHERWISE "version: STSv1\nmode: enforce\nmax_age: 864000\nmx: mx1.example.com"
#define POLICY_B "version: STSv1\nmode: enforce\nmx: mx2.example.com\nmx: mx1.example.com\nmax_age: 864000"
#define POLICY_B_OTHERWISE "version: STSv1\nmode: enforce\nmx: mx1.example.com\nmx: mx2.example.com\nmax_age: 864000"

static const char *sentences_of(struct fixture *f, int64_t id)
{
	struct issue_page page;
	must(f, issues_page(f->store, id, &f->arena, &page, &f->err));
	struct str only = page.evidence_count == 1 ? page.evidence[0].reporter : STR_NONE;
	return arena_format(&f->arena, "%.*s: %.*s", STR_ARGS(issue_doc_title(&f->arena, &page.issue)),
	                    STR_ARGS(issue_doc_sentences(&f->arena, &page.issue, only)));
}

static void an_old_policy_is_named_with_the_day_it_ends(void **state)
{
	(void)state;
	struct fixture f;
	fixture_start(&f);
	for (int32_t day = FIRST; day < FIRST + 40; day++) {
		/* From day 12 on there is a policy B, which Google knows at once and Microsoft on day 20. */
		bool b = day >= FIRST + 12, late = day >= FIRST + 20;
		struct word google = {"google.com", "example.com", NULL, NULL, NULL, 30, 0, POLICY_STS, MODE_ENFORCE};
		struct word microsoft = {"microsoft.com", "example.com", NULL, NULL, NULL, 20, 0, POLICY_STS, MODE_ENFORCE};
		must(&f, store_begin(f.store, &f.err));
		story_hear_policy(&f, day, &google, b ? POLICY_B : POLICY_A);
		story_hear_policy(&f, day, &microsoft, late ? POLICY_B_OTHERWISE : POLICY_A_OTHERWISE);
		story_commit(&f, story_morning(day));
		story_dawn(&f, day);
		if (day == FIRST + 18)
			assert_string_equal(sentences_of(&f, 1),
			                    "A reporter still uses an older MTA-STS policy of example.com: Other reporters see another "
			                    "policy already. A sender keeps a policy until its max_age ends; nothing is to be done but to "
			                    "wait. Microsoft still uses the policy that it has had since 12 January 2025. "
			                    "Its max_age ends on 3 February 2025 at the latest.");
	}
	assert_string_equal(story_list(&f), "1001 clean stale-policy domain example.com notice one-reporter fault=unknown failed=0"
	                                    " detail=microsoft.com 20100 20122 enforce enforce\n");
	fixture_stop(&f);
}

/* Each reporter for its own reason. */
static void fail_all(struct fixture *f, int32_t day, const char *domain, bool is_down)
{
	static const char *const reporters[] = {"google.com", "microsoft.com", "comcast.net"};
	static const char *const results[] = {"validation-failure", "starttls-not-supported", "certificate-not-trusted"};
	for (size_t r = 0; r < 3; r++) {
		struct word word = {reporters[r], domain, NULL, is_down ? results[r] : NULL, NULL, is_down ? 0 : 20, is_down ? 20 : 0,
		                    POLICY_STS, MODE_ENFORCE};
		story_hear(f, day, &word);
	}
}

static void mass(struct fixture *f, int32_t day)
{
	must(f, store_begin(f->store, &f->err));
	must(f, diagnosis_mass(f->store, &f->arena, story_morning(day), &f->err));
	must(f, store_commit(f->store, &f->err));
}

static const char *mass_of(struct fixture *f)
{
	struct issue_filter filter = {.with_closed = true, .matter = STR("mass-failure")};
	struct issue *issues;
	size_t n;
	struct buf out;
	buf_init(&out, MIB(1));
	must(f, issues_list(f->store, &filter, &f->arena, &issues, &n, &f->err));
	for (size_t i = 0; i < n; i++)
		buf_format(&out, "%s %s %.*s\n", issues[i].end == END_NONE ? "open" : issue_end_text(issues[i].end),
		           severity_text(issues[i].severity), STR_ARGS(issue_doc_title(&f->arena, &issues[i])));
	char *text = arena_text(&f->arena, buf_view(&out));
	buf_done(&out);
	return text;
}

static void a_domain_where_everything_fails_is_one_critical_issue(void **state)
{
	(void)state;
	struct fixture f;
	fixture_start(&f);
	for (int32_t day = FIRST; day < FIRST + 16; day++) {
		bool is_down = day >= FIRST + 10 && day < FIRST + 13;
		must(&f, store_begin(f.store, &f.err));
		fail_all(&f, day, "example.com", is_down);
		fail_all(&f, day, "example.org", false);
		struct word expired = {"google.com", "example.net", "mx.example.net", is_down ? "certificate-expired" : NULL, NULL,
		                       is_down ? 0 : 20, is_down ? 20 : 0, POLICY_STS, MODE_ENFORCE};
		story_hear(&f, day, &expired); /* one cause alone is no mass failure, whoever tells of it */
		expired.reporter = "microsoft.com";
		story_hear(&f, day, &expired);
		story_commit(&f, story_morning(day));
		mass(&f, day);
		if (day == FIRST + 12)
			assert_string_equal(mass_of(&f), "open critical All senders fail at example.com\n");
	}
	assert_string_equal(mass_of(&f), "clean critical All senders fail at example.com\n");
	fixture_stop(&f);
}

static void many_domains_that_fail_at_once_are_one_issue_of_the_house(void **state)
{
	(void)state;
	struct fixture f;
	fixture_start(&f);
	for (int32_t day = FIRST; day < FIRST + 16; day++) {
		must(&f, store_begin(f.store, &f.err));
		for (int d = 0; d < 5; d++)
			fail_all(&f, day, arena_format(&f.arena, "d%d.example.org", d), day >= FIRST + 10 && day < FIRST + 13);
		story_commit(&f, story_morning(day));
		mass(&f, day);
		if (day == FIRST + 12)
			assert_string_equal(mass_of(&f), "open critical All senders fail at 5 domains\n");
	}
	assert_string_equal(mass_of(&f), "clean critical All senders fail at 5 domains\n");
	fixture_stop(&f);
}

static void a_reporter_that_fails_at_every_server_is_at_fault_itself(void **state)
{
	(void)state;
	struct fixture f;
	struct issue issue;
	fixture_start(&f);
	for (int32_t day = FIRST; day < FIRST + 3; day++) {
		must(&f, store_begin(f.store, &f.err));
		for (int d = 0; d < 4; d++) {
			const char *domain = arena_format(&f.arena, "d%d.example.org", d), *mx = arena_format(&f.arena, "mx.%s", domain);
			struct word word = {"microsoft.com", domain, mx, "validation-failure", "tls-handshake-failure", 0, 20, POLICY_STS,
			                    MODE_ENFORCE};
			story_hear(&f, day, &word);
		}
		story_commit(&f, story_morning(day));
	}
	for (int64_t id = 1; id <= 4; id++) {
		must(&f, issues_load(f.store, id, &f.arena, &issue, &f.err));
		assert_int_equal(issue.fault, FAULT_SENDER);
	}
	assert_non_null(strstr(sentences_of(&f, 1), "server after server"));
	fixture_stop(&f);
}

static void a_reporter_that_fails_at_one_server_is_not_at_fault(void **state)
{
	(void)state;
	struct fixture f;
	struct issue issue;
	fixture_start(&f);
	for (int32_t day = FIRST; day < FIRST + 3; day++) {
		must(&f, store_begin(f.store, &f.err));
		for (int d = 0; d < 4; d++) {
			const char *domain = arena_format(&f.arena, "d%d.example.org", d), *mx = arena_format(&f.arena, "mx.%s", domain);
			struct word bad = {"microsoft.com", domain, mx, "validation-failure", "tls-handshake-failure", 0, 20, POLICY_STS,
			                   MODE_ENFORCE};
			struct word good = {"microsoft.com", domain, NULL, NULL, NULL, 20, 0, POLICY_STS, MODE_ENFORCE};
			story_hear(&f, day, d == 0 ? &bad : &good);
		}
		story_commit(&f, story_morning(day));
	}
	must(&f, issues_load(f.store, 1, &f.arena, &issue, &f.err));
	assert_int_equal(issue.fault, FAULT_RECEIVER);
	fixture_stop(&f);
}

static void starttls_that_we_see_and_senders_do_not_may_be_taken_out_on_the_way(void **state)
{
	(void)state;
	struct fixture f;
	struct issue issue;
	fixture_start(&f);
	struct word google = {"google.com", "example.com", "mx.example.com", "starttls-not-supported", NULL, 0, 20, POLICY_STS,
	                      MODE_ENFORCE};
	struct word comcast = google;
	comcast.reporter = "comcast.net";
	story_hear_one(&f, FIRST, &google);
	story_hear_one(&f, FIRST, &comcast);
	must(&f, issues_load(f.store, 1, &f.arena, &issue, &f.err));
	assert_int_equal(issue.fault, FAULT_RECEIVER);
	must(&f, diagnosis_look(f.store, 1, &(struct diagnosis_looked){.seen = SEEN_CLEAN}, story_morning(FIRST), &f.err));
	must(&f, issues_load(f.store, 1, &f.arena, &issue, &f.err));
	assert_int_equal(issue.fault, FAULT_UNKNOWN);
	assert_string_equal(sentences_of(&f, 1),
	                    "Some senders see no STARTTLS at mx.example.com, where others do: The sender asked for encryption and the "
	                    "receiving server did not offer it. Mail was refused in 40 sessions; senders try again for days and then "
	                    "return it. 2 reporters say so; others see STARTTLS there, or we do. Something between takes it out: a "
	                    "filter, or an attack.");
	fixture_stop(&f);
}

static void one_sender_alone_is_a_notice_where_we_see_nothing_and_no_mail_is_refused(void **state)
{
	(void)state;
	struct fixture f;
	struct issue issue;
	fixture_start(&f);
	struct word google = {"google.com", "example.com", NULL, NULL, NULL, 900, 0, POLICY_STS, MODE_TESTING};
	struct word comcast = {"comcast.net", "example.com", "mx.example.com", "certificate-not-trusted", NULL, 0, 40, POLICY_STS,
	                       MODE_TESTING};
	story_hear_one(&f, FIRST, &google);
	story_hear_one(&f, FIRST, &comcast);
	must(&f, issues_load(f.store, 1, &f.arena, &issue, &f.err));
	assert_int_equal(issue.fault, FAULT_SENDER);
	assert_int_equal(issue.severity, SEVERITY_WARNING);
	must(&f, diagnosis_look(f.store, 1, &(struct diagnosis_looked){.seen = SEEN_CLEAN}, story_morning(FIRST), &f.err));
	must(&f, issues_load(f.store, 1, &f.arena, &issue, &f.err));
	assert_int_equal(issue.severity, SEVERITY_NOTICE);
	fixture_stop(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_old_policy_is_named_with_the_day_it_ends),
	    cmocka_unit_test(a_domain_where_everything_fails_is_one_critical_issue),
	    cmocka_unit_test(many_domains_that_fail_at_once_are_one_issue_of_the_house),
	    cmocka_unit_test(a_reporter_that_fails_at_every_server_is_at_fault_itself),
	    cmocka_unit_test(a_reporter_that_fails_at_one_server_is_not_at_fault),
	    cmocka_unit_test(starttls_that_we_see_and_senders_do_not_may_be_taken_out_on_the_way),
	    cmocka_unit_test(one_sender_alone_is_a_notice_where_we_see_nothing_and_no_mail_is_refused),
	};
	log_setup("test", LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
