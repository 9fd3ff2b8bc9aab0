/* SPDX-License-Identifier: ISC */
/* What our own look means for the issues, before any report, beside reports, and instead of them. */
#include "base/log.h"
#include "role/diagnosis_check.h"
#include "story.h"

/* A look at example.com with one server, all right but for the findings. */
struct view {
	struct check check;
	struct check_mx mx;
	struct mx_look look;
	struct cert_seen leaf;
};

static void set_up(struct view *view, struct arena *arena)
{
	*view = (struct view){0};
	view->leaf.not_after = day_start(FIRST + 100);
	view->look = (struct mx_look){.host = STR("mx.example.com"), .address = STR("192.0.2.1"), .state = LOOK_OK};
	view->look.tls = (struct tls_seen){.chain = &view->leaf, .chain_count = 1};
	view->mx = (struct check_mx){.host = STR("mx.example.com"), .looks = &view->look, .look_count = 1, .is_listed = true};
	view->check = (struct check){.domain = STR("example.com"), .mx = &view->mx, .mx_count = 1};
	view->check.tls_rpt.name = STR("_smtp._tls.example.com");
	view->check.mta_sts.policy.is_valid = true;
	view->check.mta_sts.policy.mode = MODE_ENFORCE;
	(void)arena;
}

static void find(struct fixture *f, struct view *view, enum finding_code code, const char *subject, const char *detail)
{
	findings_add(&view->check.findings, &f->arena, code, str_of(subject), str_of(detail));
}

static void look(struct fixture *f, struct view *view, int32_t day)
{
	instant now = story_morning(day);
	view->check.at = now;
	must(f, store_begin(f->store, &f->err));
	must(f, diagnosis_check(f->store, &view->check, now, &f->err));
	story_commit(f, now);
}

static void what_no_report_tells_of_is_opened_and_closed_by_the_look(void **state)
{
	(void)state;
	struct fixture f;
	struct view clean, expired, expiring;
	fixture_start(&f);
	set_up(&clean, &f.arena);
	set_up(&expired, &f.arena);
	expired.look.tls.faults = CERT_EXPIRED;
	find(&f, &expired, FINDING_CERT_EXPIRED, "mx.example.com", "2025-01-12");
	expired.check.findings.items[0].severity = SEVERITY_CRITICAL; /* as domain_look() weighs it under enforce */
	set_up(&expiring, &f.arena);
	find(&f, &expiring, FINDING_CERT_EXPIRING, "mx.example.com", "2025-01-12");
	look(&f, &clean, FIRST);
	assert_string_equal(story_list(&f), "");
	look(&f, &expiring, FIRST + 1);
	look(&f, &expiring, FIRST + 2);
	assert_string_equal(story_list(&f), "1001 open cert-expiring mx mx.example.com warning confirmed fault=receiver failed=0"
	                                    " detail=2025-01-12\n");
	look(&f, &expired, FIRST + 3);
	look(&f, &expired, FIRST + 4);
	assert_string_equal(story_list(&f), "1001 clean cert-expiring mx mx.example.com warning confirmed fault=receiver failed=0"
	                                    " detail=2025-01-12\n"
	                                    "1002 open cert-expired mx mx.example.com critical confirmed fault=receiver failed=0"
	                                    " detail=2025-01-12\n");
	look(&f, &clean, FIRST + 5);
	assert_string_equal(story_history(&f, 2), "4 opened, 4 looked broken cert-expired mx.example.com 2025-01-12, "
	                                          "6 looked clean, 6 closed");
	fixture_stop(&f);
}

static void a_report_in_other_words_joins_what_the_look_has_found(void **state)
{
	(void)state;
	struct fixture f;
	struct view clean, self;
	fixture_start(&f);
	set_up(&clean, &f.arena);
	set_up(&self, &f.arena);
	self.look.tls.faults = CERT_SELF_SIGNED;
	find(&f, &self, FINDING_CERT_SELF_SIGNED, "mx.example.com", "");
	struct word bad = {"google.com", "example.com", "mx.example.com", "certificate-not-trusted", NULL, 0, 9, POLICY_STS,
	                   MODE_ENFORCE};
	struct word good = {"google.com", "example.com", NULL, NULL, NULL, 9, 0, POLICY_STS, MODE_ENFORCE};
	look(&f, &self, FIRST);
	story_hear_one(&f, FIRST, &bad);
	story_hear_one(&f, FIRST + 1, &bad);
	assert_string_equal(story_list(&f), "1001 open cert-self-signed mx mx.example.com critical confirmed fault=receiver"
	                                    " failed=18\n");
	look(&f, &self, FIRST + 2);
	story_hear_one(&f, FIRST + 2, &good);
	assert_string_equal(story_list(&f), "1001 open cert-self-signed mx mx.example.com critical confirmed fault=receiver"
	                                    " failed=18\n");
	look(&f, &clean, FIRST + 3);
	assert_string_equal(story_history(&f, 1), "1 opened, 1 looked broken cert-self-signed mx.example.com , "
	                                          "1 severity critical, 4 looked clean, 4 closed");
	fixture_stop(&f);
}

static void the_look_does_not_double_what_reports_say_vaguely(void **state)
{
	(void)state;
	struct fixture f;
	struct view self;
	fixture_start(&f);
	set_up(&self, &f.arena);
	self.look.tls.faults = CERT_SELF_SIGNED;
	find(&f, &self, FINDING_CERT_SELF_SIGNED, "mx.example.com", "");
	struct word bad = {"google.com", "example.com", "mx.example.com", "certificate-not-trusted", NULL, 0, 9, POLICY_STS,
	                   MODE_ENFORCE};
	story_hear_one(&f, FIRST, &bad);
	look(&f, &self, FIRST);
	assert_string_equal(story_list(&f), "1001 open cert-untrusted mx mx.example.com critical confirmed fault=receiver"
	                                    " failed=9\n");
	fixture_stop(&f);
}

static void a_record_that_is_gone_is_told_apart_from_silence(void **state)
{
	(void)state;
	struct fixture f;
	struct view clean, gone, elsewhere, unknown;
	fixture_start(&f);
	set_up(&clean, &f.arena);
	set_up(&gone, &f.arena);
	find(&f, &gone, FINDING_RECORD_MISSING, "_smtp._tls.example.com", "");
	gone.check.tls_rpt.state = CHECK_NONE;
	set_up(&elsewhere, &f.arena);
	find(&f, &elsewhere, FINDING_RUA_NOT_OURS, "_smtp._tls.example.com", "");
	elsewhere.check.tls_rpt.state = CHECK_PROBLEMS;
	set_up(&unknown, &f.arena);
	unknown.check.tls_rpt.state = CHECK_CANNOT_TELL;
	for (int32_t day = FIRST; day < FIRST + 40; day++) {
		must(&f, store_begin(f.store, &f.err));
		struct word other = {"google.com", "example.org", NULL, NULL, NULL, 20, 0, POLICY_STS, MODE_ENFORCE};
		struct word word = {"google.com", "example.com", NULL, NULL, NULL, 20, 0, POLICY_STS, MODE_ENFORCE};
		story_hear(&f, day, &other);
		if (day < FIRST + 25)
			story_hear(&f, day, &word);
		story_commit(&f, story_morning(day));
		story_dawn(&f, day);
		if (day == FIRST + 34)
			assert_string_equal(story_list(&f), "1001 open domain-silent domain example.com warning one-reporter"
			                                    " fault=dns failed=0 detail=10\n");
		if (day == FIRST + 35)
			look(&f, &clean, day);
		if (day == FIRST + 36)
			look(&f, &gone, day);
	}
	assert_string_equal(story_list(&f), "1001 joined domain-silent domain example.com warning confirmed fault=dns failed=0 detail=12\n"
	                                    "1002 open record-missing domain example.com warning confirmed fault=dns failed=0\n");
	look(&f, &unknown, FIRST + 40);
	look(&f, &elsewhere, FIRST + 41);
	assert_string_equal(story_list(&f), "1001 joined domain-silent domain example.com warning confirmed fault=dns failed=0 detail=12\n"
	                                    "1002 clean record-missing domain example.com warning confirmed fault=dns failed=0\n"
	                                    "1003 open rua-not-ours domain example.com warning confirmed fault=dns failed=0\n");
	fixture_stop(&f);
}

static void a_result_in_no_standard_is_named_once_and_wakes_nobody(void **state)
{
	(void)state;
	struct fixture f;
	fixture_start(&f);
	struct word a = {"google.com", "example.com", "mx.example.com", "quantum-decoherence", NULL, 1, 9, POLICY_STS, MODE_ENFORCE};
	struct word b = {"microsoft.com", "example.org", NULL, "quantum-decoherence", NULL, 1, 4, POLICY_STS, MODE_TESTING};
	struct word reasoned = {"google.com", "example.net", "mx.example.net", "quantum-decoherence",
	                        "certificate has expired", 1, 4, POLICY_STS, MODE_ENFORCE};
	story_hear_one(&f, FIRST, &a);
	story_hear_one(&f, FIRST, &b);
	assert_string_equal(story_list(&f), "1001 open unknown-result result quantum-decoherence notice several-reporters"
	                                    " fault=unknown failed=13\n");
	story_hear_one(&f, FIRST, &reasoned); /* where the reason tells, it is that cause */
	struct word good_a = {"google.com", "example.com", NULL, NULL, NULL, 9, 0, POLICY_STS, MODE_ENFORCE};
	struct word good_b = {"microsoft.com", "example.org", NULL, NULL, NULL, 9, 0, POLICY_STS, MODE_TESTING};
	story_hear_one(&f, FIRST + 1, &good_a);
	story_hear_one(&f, FIRST + 1, &good_b);
	assert_string_equal(story_list(&f), "1001 clean unknown-result result quantum-decoherence notice several-reporters"
	                                    " fault=unknown failed=13\n"
	                                    "1002 open cert-expired mx mx.example.net critical one-reporter fault=receiver"
	                                    " failed=4\n");
	fixture_stop(&f);
}

static void what_was_accepted_stays_quiet_as_long_as_it_lasts(void **state)
{
	(void)state;
	struct fixture f;
	struct view elsewhere;
	fixture_start(&f);
	set_up(&elsewhere, &f.arena);
	find(&f, &elsewhere, FINDING_RUA_NOT_OURS, "_smtp._tls.example.com", "");
	elsewhere.check.tls_rpt.state = CHECK_PROBLEMS;
	look(&f, &elsewhere, FIRST);
	must(&f, diagnosis_close(f.store, 1, END_ACCEPTED, STR("known"), story_morning(FIRST), &f.err));
	for (int32_t day = FIRST + 1; day < FIRST + 40; day++)
		look(&f, &elsewhere, day);
	assert_string_equal(story_list(&f), "1001 accepted rua-not-ours domain example.com warning confirmed fault=dns failed=0\n");
	fixture_stop(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_no_report_tells_of_is_opened_and_closed_by_the_look),
	    cmocka_unit_test(a_report_in_other_words_joins_what_the_look_has_found),
	    cmocka_unit_test(the_look_does_not_double_what_reports_say_vaguely),
	    cmocka_unit_test(a_record_that_is_gone_is_told_apart_from_silence),
	    cmocka_unit_test(a_result_in_no_standard_is_named_once_and_wakes_nobody),
	    cmocka_unit_test(what_was_accepted_stays_quiet_as_long_as_it_lasts),
	};
	log_setup("test", LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
