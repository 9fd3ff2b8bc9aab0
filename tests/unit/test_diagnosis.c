/* SPDX-License-Identifier: ISC */
/* Stories: reports come in over weeks, the clock is ours, and the whole list of issues is stated. */
#include "alert/alert_rules.h"
#include "base/log.h"
#include "diagnose/classify.h"
#include "role/alerting.h"
#include "role/diagnosis.h"
#include "store/alerts.h"
#include "store/issues.h"
#include "store/store_trust.h"
#include "story.h"

static const struct alert_house house = {
    .name = {"host.example", 12}, .from = {"mailseal@host.example", 21}, .base_url = {"", 0}};

static void commit(struct fixture *f, instant now)
{
	bool more = true;
	while (more)
		must(f, diagnosis_run(f->store, now, 4096, &more, &f->err));
	must(f, alerting_judge(f->store, &f->arena, now, &f->err));
	must(f, store_commit(f->store, &f->err));
	must(f, alerting_deliver(f->store, &house, now, &f->err));
}

static void hear(struct fixture *f, int32_t day, int late, struct word word)
{
	story_hear_late(f, day, late, &word, NULL);
}

static void hear_one(struct fixture *f, int32_t day, int late, struct word word)
{
	must(f, store_begin(f->store, &f->err));
	hear(f, day, late, word);
	commit(f, story_morning(day + late));
}

static void dawn(struct fixture *f, int32_t day)
{
	must(f, store_begin(f->store, &f->err));
	must(f, diagnosis_daily(f->store, story_morning(day), &f->err));
	commit(f, story_morning(day));
}

/* All issues, one a line, in the order of their numbers. */
static const char *list_of(struct fixture *f)
{
	struct issue_filter filter = {.with_closed = true};
	struct issue *issues;
	size_t n;
	struct buf out;
	buf_init(&out, MIB(1));
	must(f, issues_list(f->store, &filter, &f->arena, &issues, &n, &f->err));
	for (int64_t id = 1; id <= (int64_t)n; id++)
		for (size_t i = 0; i < n; i++) {
			const struct issue *issue = &issues[i];
			if (issue->id != id)
				continue;
			buf_format(
			    &out,
			    "%lld %s %s %.*s %s %s fault=%s domains=%llu reporters=%llu failed=%llu refused=%llu\n",
			    (long long)id + 1000, issue->end == END_NONE ? "open" : issue_end_text(issue->end),
			    issue_matter_text(issue->matter), STR_ARGS(issue->subject), severity_text(issue->severity),
			    confidence_text(issue->confidence), fault_text(issue->fault),
			    (unsigned long long)issue->domains, (unsigned long long)issue->reporters,
			    (unsigned long long)issue->failed, (unsigned long long)issue->refused);
		}
	char *text = arena_text(&f->arena, buf_view(&out));
	buf_done(&out);
	return text;
}

/* All messages, in their order: "day rule kind issue outcome". */
static const char *messages_of(struct fixture *f)
{
	struct alert_row *rows;
	size_t n;
	struct buf out;
	buf_init(&out, MIB(1));
	must(f, alerts_list(f->store, INT64_MAX, 1000, &f->arena, &rows, &n, &f->err));
	for (size_t i = n; i > 0; i--) {
		const struct alert_row *row = &rows[i - 1];
		buf_format(&out, "%d %s %s ", day_of(row->at) - FIRST,
		           row->rule < ALERT_READY_COUNT ? alert_rule_text((enum alert_ready)row->rule) : "own",
		           alert_kind_text((enum alert_kind)row->kind));
		if (row->issue != 0)
			buf_format(&out, "%lld %s\n", (long long)row->issue + 1000,
			           alert_outcome_text((enum alert_outcome)row->outcome));
		else
			buf_format(&out, "%llu issues %s\n", (unsigned long long)row->count,
			           alert_outcome_text((enum alert_outcome)row->outcome));
	}
	char *text = arena_text(&f->arena, buf_view(&out));
	buf_done(&out);
	return text;
}

#define assert_messages(f, want) assert_string_equal(messages_of(f), want)

#define assert_list(f, want) assert_string_equal(list_of(f), want)

static void an_expired_certificate_on_a_shared_server_is_one_issue(void **state)
{
	(void)state;
	struct fixture f;
	fixture_start(&f);
	enum { DOMAINS = 500 };
	for (int32_t day = FIRST; day < FIRST + 12; day++) {
		bool broken = day >= FIRST + 4 && day < FIRST + 8;
		must(&f, store_begin(f.store, &f.err));
		for (int d = 0; d < DOMAINS; d++) {
			const char *domain = arena_format(&f.arena, "d%03d.example.org", d);
			struct word google = {
			    "google.com", domain,          "mx.example.net", broken ? "certificate-expired" : NULL,
			    NULL,         broken ? 0 : 20, broken ? 20 : 0,  POLICY_STS,
			    MODE_ENFORCE};
			hear(&f, day, 0, google);
		}
		commit(&f, story_morning(day));
		must(&f, store_begin(f.store, &f.err));
		for (int d = 0; d < DOMAINS; d++) { /* names no server, and comes a day later */
			const char *domain = arena_format(&f.arena, "d%03d.example.org", d);
			struct word microsoft = {"microsoft.com",
			                         domain,
			                         NULL,
			                         broken ? "certificate-expired" : NULL,
			                         NULL,
			                         broken ? 0 : 10,
			                         broken ? 10 : 0,
			                         POLICY_STS,
			                         MODE_ENFORCE};
			hear(&f, day, 1, microsoft);
		}
		commit(&f, story_morning(day + 1));
		arena_clear(&f.arena);
	}
	assert_list(&f, "1001 clean cert-expired mx.example.net critical several-reporters fault=receiver domains=500"
	                " reporters=2 failed=60000 refused=60000\n");
	assert_string_equal(story_history(&f, 1), "5 opened, 6 reporter-joined microsoft.com, 9 recovering, 10 closed");
	assert_messages(&f, "5 mail-refused fired 1001 said\n10 mail-refused resolved 1001 said\n");
	must(&f, store_verify(f.store, &f.err));
	fixture_stop(&f);
}

static void a_reporter_that_names_no_server_joins_what_others_name(void **state)
{
	(void)state;
	struct fixture f;
	fixture_start(&f);
	struct word microsoft = {"microsoft.com", "example.com", NULL, "certificate-expired", NULL, 0, 5,
	                         POLICY_STS,      MODE_ENFORCE};
	struct word google = {"google.com", "example.com", "mx.example.com", "certificate-expired", NULL, 0, 7,
	                      POLICY_STS,   MODE_ENFORCE};
	hear_one(&f, FIRST, 0, microsoft);
	assert_list(&f, "1001 open cert-expired example.com critical one-reporter fault=receiver domains=1 reporters=1"
	                " failed=5 refused=5\n");
	hear_one(&f, FIRST, 1, google);
	assert_list(
	    &f, "1001 joined cert-expired example.com critical one-reporter fault=receiver domains=1 reporters=1"
		" failed=5 refused=5\n"
		"1002 open cert-expired mx.example.com critical several-reporters fault=receiver domains=1 reporters=2"
		" failed=12 refused=12\n");
	hear_one(&f, FIRST + 1, 1, microsoft);
	assert_list(
	    &f, "1001 joined cert-expired example.com critical one-reporter fault=receiver domains=1 reporters=1"
		" failed=5 refused=5\n"
		"1002 open cert-expired mx.example.com critical several-reporters fault=receiver domains=1 reporters=2"
		" failed=17 refused=17\n");
	fixture_stop(&f);
}

static void one_reporter_that_flips_alone_is_its_own_issue_and_its_own_fault(void **state)
{
	(void)state;
	struct fixture f;
	fixture_start(&f);
	static const char *const domains[] = {"example.com", "example.org", "example.net"};
	for (int32_t day = FIRST; day < FIRST + 10; day++) {
		bool flipped = day >= FIRST + 5;
		must(&f, store_begin(f.store, &f.err));
		for (size_t d = 0; d < 3; d++) {
			struct word google = {"google.com", domains[d], NULL,       NULL,        NULL,
			                      200,          0,          POLICY_STS, MODE_ENFORCE};
			struct word microsoft = {"microsoft.com",
			                         domains[d],
			                         NULL,
			                         flipped ? "validation-failure" : NULL,
			                         NULL,
			                         flipped ? 0 : 40,
			                         flipped ? 40 : 0,
			                         POLICY_STS,
			                         MODE_ENFORCE};
			hear(&f, day, 0, google);
			hear(&f, day, 0, microsoft);
		}
		commit(&f, story_morning(day));
	}
	assert_list(&f,
	            "1001 open unknown microsoft.com warning one-reporter fault=sender domains=3 reporters=1 failed=600"
	            " refused=600\n");
	struct issue issue;
	must(&f, issues_load(f.store, 1, &f.arena, &issue, &f.err));
	assert_int_equal(issue.first_day, FIRST + 5);
	assert_int_equal(issue.others_reporters, 1);
	assert_int_equal(issue.others_sessions, 3 * 5 * 200);
	assert_messages(&f, "6 new-failure fired 1001 said\n");
	fixture_stop(&f);
}

static void strangers_raise_nothing_above_a_warning_however_many(void **state)
{
	(void)state;
	static const struct {
		const char *reporter;
		int32_t days; /* it was heard without a failure before */
		const char *second;
		enum store_decision decision;
		enum severity want;
	} cases[] = {
	    {"new.example", 0, NULL, STORE_DECISION_NONE, SEVERITY_WARNING},
	    {"new.example", 5, NULL, STORE_DECISION_NONE, SEVERITY_WARNING},
	    {"old.example", 9, NULL, STORE_DECISION_NONE, SEVERITY_CRITICAL},
	    {"new.example", 0, NULL, STORE_DECISION_TRUST, SEVERITY_CRITICAL},
	    {"new.example", 0, "google.com", STORE_DECISION_NONE, SEVERITY_CRITICAL},
	    {"new.example", 0, "newer.example", STORE_DECISION_NONE, SEVERITY_WARNING},
	    {"new.example", 5, "newer.example", STORE_DECISION_NONE, SEVERITY_WARNING},
	    {"new.example", 0, "newer.example", STORE_DECISION_TRUST, SEVERITY_CRITICAL},
	    {"google.com", 0, NULL, STORE_DECISION_NONE, SEVERITY_CRITICAL},
	    {"google.com.example", 0, NULL, STORE_DECISION_NONE, SEVERITY_WARNING},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct fixture f;
		struct issue issue;
		struct decision_change change;
		fixture_start(&f);
		struct word word = {cases[i].reporter, "example.com", "mx.example.com", NULL, NULL, 20, 0,
		                    POLICY_STS,        MODE_ENFORCE};
		if (cases[i].decision != STORE_DECISION_NONE)
			must(&f, store_decide(f.store, str_of(cases[i].reporter), cases[i].decision, day_start(FIRST), false,
			                      &change, &f.err));
		for (int32_t day = 0; day < cases[i].days; day++)
			hear_one(&f, FIRST + day, 0, word);
		word.result = "certificate-expired";
		word.successful = 0;
		word.failed = 1000;
		hear_one(&f, FIRST + cases[i].days, 0, word);
		if (cases[i].second != NULL) {
			word.reporter = cases[i].second;
			hear_one(&f, FIRST + cases[i].days, 0, word);
		}
		must(&f, issues_load(f.store, 1, &f.arena, &issue, &f.err));
		if (issue.severity != cases[i].want)
			fail_msg("case %zu: %s", i, severity_text(issue.severity));
		fixture_stop(&f);
	}
}

static void a_flapping_failure_keeps_its_number(void **state)
{
	(void)state;
	struct fixture f;
	fixture_start(&f);
	for (int32_t day = FIRST; day < FIRST + 9; day++) {
		bool broken = (day - FIRST) % 3 == 0;
		struct word word = {
		    "google.com", "example.com",    "mx.example.com", broken ? "certificate-not-trusted" : NULL,
		    NULL,         broken ? 10 : 20, broken ? 10 : 0,  POLICY_STS,
		    MODE_ENFORCE};
		hear_one(&f, day, 0, word);
	}
	assert_list(
	    &f, "1001 clean cert-untrusted mx.example.com critical one-reporter fault=receiver domains=1 reporters=1"
		" failed=30 refused=30\n");
	assert_string_equal(story_history(&f, 1), "1 opened, 2 closed, 4 reopened, 5 closed, 7 reopened, 8 closed");
	assert_messages(&f, "1 mail-refused fired 1001 said\n2 mail-refused resolved 1001 said\n"
	                    "4 mail-refused fired 1001 told-lately\n7 mail-refused fired 1001 told-lately\n");
	/* Three weeks later it is another story. */
	struct word again = {"google.com", "example.com", "mx.example.com", "certificate-not-trusted", NULL, 10,
	                     10,           POLICY_STS,    MODE_ENFORCE};
	hear_one(&f, FIRST + 30, 0, again);
	assert_list(
	    &f, "1001 clean cert-untrusted mx.example.com critical one-reporter fault=receiver domains=1 reporters=1"
		" failed=30 refused=30\n"
		"1002 open cert-untrusted mx.example.com critical one-reporter fault=receiver domains=1 reporters=1"
		" failed=10 refused=10\n");
	fixture_stop(&f);
}

static void a_policy_that_loses_a_server_is_a_warning_in_testing_and_critical_in_enforce(void **state)
{
	(void)state;
	struct fixture f;
	fixture_start(&f);
	struct word testing = {
	    "comcast.com", "example.com", "mx2.example.com", "validation-failure", "mtasts-policy-mx-mismatch", 10, 10,
	    POLICY_STS,    MODE_TESTING};
	struct word enforced = testing;
	enforced.mode = MODE_ENFORCE;
	hear_one(&f, FIRST, 0, testing);
	assert_list(&f,
	            "1001 open sts-mx-mismatch example.com warning one-reporter fault=policy-host domains=1 reporters=1"
	            " failed=10 refused=0\n");
	hear_one(&f, FIRST + 1, 0, enforced);
	assert_list(
	    &f, "1001 open sts-mx-mismatch example.com critical one-reporter fault=policy-host domains=1 reporters=1"
		" failed=20 refused=10\n");
	assert_string_equal(story_history(&f, 1), "1 opened, 2 severity critical");
	assert_messages(&f, "1 new-failure fired 1001 said\n2 mail-refused fired 1001 said\n");
	fixture_stop(&f);
}

static void the_same_report_again_and_a_revision_change_nothing_twice(void **state)
{
	(void)state;
	struct fixture f;
	fixture_start(&f);
	struct sketch sketch = {.reporter = "google.com",
	                        .id = "one",
	                        .day = FIRST,
	                        .successful = 1,
	                        .failed = 9,
	                        .result = "certificate-expired",
	                        .mx = "mx.example.com",
	                        .type = POLICY_STS,
	                        .mode = MODE_ENFORCE,
	                        .trust = TRUST_SIGNED,
	                        .received_at = story_morning(FIRST)};
	for (int again = 0; again < 3; again++) {
		must(&f, store_begin(f.store, &f.err));
		sketch.seed = again;
		(void)put_in_batch(&f, &sketch);
		commit(&f, story_morning(FIRST));
	}
	assert_list(&f,
	            "1001 open cert-expired mx.example.com critical one-reporter fault=receiver domains=1 reporters=1"
	            " failed=9 refused=9\n");
	sketch.failed = 4; /* corrected by its reporter */
	sketch.received_at += 60;
	must(&f, store_begin(f.store, &f.err));
	(void)put_in_batch(&f, &sketch);
	commit(&f, story_morning(FIRST) + 60);
	assert_list(&f,
	            "1001 open cert-expired mx.example.com critical one-reporter fault=receiver domains=1 reporters=1"
	            " failed=4 refused=4\n");
	sketch.failed = 0; /* taken back */
	sketch.result = NULL;
	sketch.received_at += 60;
	must(&f, store_begin(f.store, &f.err));
	(void)put_in_batch(&f, &sketch);
	commit(&f, story_morning(FIRST) + 120);
	assert_list(&f,
	            "1001 clean cert-expired mx.example.com critical one-reporter fault=receiver domains=0 reporters=0"
	            " failed=0 refused=0\n");
	fixture_stop(&f);
}

static void a_rolled_back_arrival_leaves_no_issue(void **state)
{
	(void)state;
	struct fixture f;
	fixture_start(&f);
	must(&f, store_begin(f.store, &f.err));
	struct word word = {"google.com", "example.com", "mx.example.com", "certificate-expired", NULL, 0, 7,
	                    POLICY_STS,   MODE_ENFORCE};
	hear(&f, FIRST, 0, word);
	bool more;
	must(&f, diagnosis_run(f.store, story_morning(FIRST), 4096, &more, &f.err));
	store_rollback(f.store);
	assert_list(&f, "");
	hear_one(&f, FIRST, 0, word);
	assert_list(&f,
	            "1001 open cert-expired mx.example.com critical one-reporter fault=receiver domains=1 reporters=1"
	            " failed=7 refused=7\n");
	fixture_stop(&f);
}

static void silence_is_told_apart_by_who_is_silent(void **state)
{
	(void)state;
	struct fixture f;
	fixture_start(&f);
	static const char *const reporters[] = {"google.com", "microsoft.com", "comcast.com"};
	static const char *const domains[] = {"example.com", "example.org", "example.net"};
	for (int32_t day = FIRST; day < FIRST + 70; day++) {
		must(&f, store_begin(f.store, &f.err));
		for (size_t r = 0; r < 3; r++)
			for (size_t d = 0; d < 3; d++) {
				bool one_domain =
				    d == 0 && day >= FIRST + 20 && day < FIRST + 30; /* its record was changed */
				bool one_reporter = r == 0 && day >= FIRST + 40 && day < FIRST + 50; /* its outage */
				bool nobody = day >= FIRST + 62;                                     /* our intake */
				struct word word = {reporters[r], domains[d], NULL,       NULL,        NULL,
				                    10,           0,          POLICY_STS, MODE_ENFORCE};
				if (!one_domain && !one_reporter && !nobody)
					hear(&f, day, 0, word);
			}
		commit(&f, story_morning(day));
		dawn(&f, day);
	}
	assert_list(
	    &f,
	    "1001 clean domain-silent example.com warning one-reporter fault=dns domains=0 reporters=0 failed=0"
	    " refused=0\n"
	    "1002 clean reporter-silent google.com notice one-reporter fault=sender domains=0 reporters=0 failed=0"
	    " refused=0\n"
	    "1003 open intake-silent  critical one-reporter fault=receiver domains=0 reporters=0 failed=0 refused=0\n");
	assert_messages(&f, "26 reports-stopped fired 1001 said\n33 reports-stopped resolved 1001 said\n"
	                    "68 reports-stopped fired 1003 said\n");
	struct filter filter = FILTER_ALL;
	struct completeness complete;
	filter.domain = STR("example.org");
	filter.until_day = FIRST + 45;
	must(&f, store_complete(f.store, &filter, &f.arena, &complete, &f.err));
	assert_int_equal(complete.last.day, FIRST + 45);
	assert_int_equal(complete.last.reported, 2);
	assert_int_equal(complete.last.usual, 3);
	assert_int_equal(complete.missing_count, 1);
	assert_string_equal(arena_text(&f.arena, complete.missing[0].reporter), "google.com");
	assert_int_equal(complete.missing[0].usual_secs, 6 * 3600);
	assert_int_equal(complete.partial_count, 5); /* it is silent since FIRST + 40 */
	assert_int_equal(complete.partial[0].day, FIRST + 44);
	fixture_stop(&f);
}

static void what_changes_without_a_failure_is_found_once_a_day(void **state)
{
	(void)state;
	struct fixture f;
	fixture_start(&f);
	static const char *const steady[] = {"comcast.com", "microsoft.com"};
	for (int32_t day = FIRST; day < FIRST + 60; day++) {
		bool late = day >= FIRST + 40;
		must(&f, store_begin(f.store, &f.err));
		for (size_t r = 0; r < 2; r++) {
			/* The policy went to enforce on day 30; example.edu keeps the old one until day 45. */
			bool old = day < FIRST + 30 || (r == 0 && day < FIRST + 45);
			struct word word = {steady[r], "example.com", NULL,
			                    NULL,      NULL,          30,
			                    0,         POLICY_STS,    old ? MODE_TESTING : MODE_ENFORCE};
			hear(&f, day, 0, word);
		}
		struct word google = {"google.com",
		                      "example.com",
		                      NULL,
		                      NULL,
		                      NULL,
		                      late ? 3 : 200,
		                      0,
		                      POLICY_STS,
		                      day < FIRST + 30 ? MODE_TESTING : MODE_ENFORCE};
		struct word loop = {"stalwart.example", "example.org",  NULL, NULL, NULL, 1, 0,
		                    POLICY_NONE_FOUND,  MODE_NOT_STATED};
		hear(&f, day, 0, google);
		if (day < FIRST + 20)
			hear(&f, day, 0, loop);
		if (day == FIRST + 25) { /* a forger claims to be Google */
			struct sketch forged = {.reporter = "google.com",
			                        .id = "forged",
			                        .day = day,
			                        .successful = 1,
			                        .failed = 99,
			                        .result = "certificate-expired",
			                        .mx = "mx.example.com",
			                        .type = POLICY_STS,
			                        .mode = MODE_ENFORCE,
			                        .trust = TRUST_UNSIGNED,
			                        .door = DOOR_SMTP,
			                        .received_at = story_morning(day)};
			assert_int_equal(put_in_batch(&f, &forged).outcome, INGEST_HELD);
		}
		commit(&f, story_morning(day));
		dawn(&f, day);
	}
	assert_list(
	    &f,
	    "1001 clean report-loop stalwart.example notice one-reporter fault=sender domains=0 reporters=0 failed=0"
	    " refused=0\n"
	    "1002 faded domain-silent example.org warning one-reporter fault=dns domains=0 reporters=0 "
	    "failed=0"
	    " refused=0\n"
	    "1003 clean reporter-forged google.com warning one-reporter fault=sender domains=0 reporters=0 failed=0"
	    " refused=0\n"
	    "1004 clean stale-policy example.com notice one-reporter fault=unknown domains=0 reporters=0 failed=0"
	    " refused=0\n"
	    "1005 open volume-drop google.com notice one-reporter fault=unknown domains=0 reporters=0 failed=0"
	    " refused=0\n");
	assert_messages(&f, "26 reports-stopped fired 1002 said\n26 new-failure fired 1003 said\n"
	                    "34 new-failure resolved 1003 said\n55 reports-stopped resolved 1002 said\n");
	fixture_stop(&f);
}

static void a_server_whose_starttls_only_some_see_may_be_attacked(void **state)
{
	(void)state;
	struct fixture f;
	struct issue issue;
	fixture_start(&f);
	struct word fine = {"google.com", "example.com", NULL, NULL, NULL, 500, 0, POLICY_STS, MODE_ENFORCE};
	struct word stripped = {"comcast.com", "example.com", "mx.example.com", "starttls-not-supported", NULL, 0, 20,
	                        POLICY_STS,    MODE_ENFORCE};
	hear_one(&f, FIRST, 0, fine);
	hear_one(&f, FIRST, 0, stripped);
	must(&f, issues_load(f.store, 1, &f.arena, &issue, &f.err));
	assert_int_equal(issue.fault, FAULT_UNKNOWN);
	assert_int_equal(issue.severity, SEVERITY_CRITICAL);
	assert_int_equal(issue.others_sessions, 500);
	fixture_stop(&f);
}

static void more_than_four_messages_an_hour_become_one_digest(void **state)
{
	(void)state;
	struct fixture f;
	fixture_start(&f);
	must(&f, store_begin(f.store, &f.err));
	for (int i = 0; i < 7; i++) {
		const char *domain = arena_format(&f.arena, "d%d.example.org", i),
			   *mx = arena_format(&f.arena, "mx.%s", domain);
		hear(&f, FIRST, 0,
		     (struct word){"google.com", domain, mx, "certificate-expired", NULL, 0, 9, POLICY_STS,
		                   MODE_ENFORCE});
	}
	commit(&f, story_morning(FIRST));
	must(&f, store_begin(f.store, &f.err));
	commit(&f, story_morning(FIRST) + 3000);
	must(&f, store_begin(f.store, &f.err));
	commit(&f, story_morning(FIRST) + 3600);
	must(&f, store_begin(f.store, &f.err));
	commit(&f, story_morning(FIRST) + 9000);
	assert_messages(&f, "1 mail-refused fired 1001 said\n1 mail-refused fired 1002 said\n"
	                    "1 mail-refused fired 1003 said\n1 mail-refused fired 1004 said\n"
	                    "1 mail-refused fired 1005 digested\n1 mail-refused fired 1006 digested\n"
	                    "1 mail-refused fired 1007 digested\n1 mail-refused digest 3 issues said\n");
	fixture_stop(&f);
}

static void what_is_snoozed_or_only_a_notice_wakes_nobody(void **state)
{
	(void)state;
	struct fixture f;
	fixture_start(&f);
	struct word notice = {"google.com", "example.com", NULL, "sts-policy-fetch-error", NULL, 9, 1,
	                      POLICY_STS,   MODE_NONE};
	hear_one(&f, FIRST, 0, notice);
	struct word testing = {"comcast.com", "example.com", "mx2.example.com", "certificate-expired", NULL, 10, 10,
	                       POLICY_STS,    MODE_TESTING};
	struct word enforced = testing;
	enforced.mode = MODE_ENFORCE;
	hear_one(&f, FIRST, 0, testing);
	must(&f, diagnosis_snooze(f.store, 2, story_morning(FIRST + 3), story_morning(FIRST), &f.err));
	hear_one(&f, FIRST + 1, 0, enforced);
	assert_messages(&f, "1 new-failure fired 1002 said\n2 mail-refused fired 1002 snoozed\n");
	dawn(&f, FIRST + 3); /* and when it wakes, it is worse than what was said */
	assert_messages(&f, "1 new-failure fired 1002 said\n2 mail-refused fired 1002 snoozed\n"
	                    "4 mail-refused fired 1002 said\n");
	fixture_stop(&f);
}

static void an_archive_that_is_read_in_opens_issues_and_wakes_nobody(void **state)
{
	(void)state;
	struct fixture f;
	fixture_start(&f);
	instant now = story_morning(FIRST + 400);
	struct word bad = {"google.com", "example.com", "mx.example.com", "certificate-expired", NULL, 0, 9,
	                   POLICY_STS,   MODE_ENFORCE};
	struct word other = {"comcast.com", "example.com", NULL, NULL, NULL, 9, 0, POLICY_STS, MODE_ENFORCE};
	must(&f, store_begin(f.store, &f.err));
	hear(&f, FIRST, 0, bad);
	diagnosis_step(f.store, now, DIAGNOSIS_ALL);
	must(&f, store_commit(f.store, &f.err));
	assert_list(&f,
	            "1001 open cert-expired mx.example.com critical one-reporter fault=receiver domains=1 reporters=1"
	            " failed=9 refused=9\n");
	assert_messages(&f, "401 mail-refused fired 1001 old\n");
	/* The archive goes on for months without it: then it has faded. */
	for (int32_t day = FIRST + 10; day <= FIRST + 60; day += 10) {
		must(&f, store_begin(f.store, &f.err));
		hear(&f, day, 0, other);
		diagnosis_step(f.store, now, DIAGNOSIS_ALL);
		must(&f, store_commit(f.store, &f.err));
	}
	assert_list(&f,
	            "1001 faded cert-expired mx.example.com critical one-reporter fault=receiver domains=1 reporters=1"
	            " failed=9 refused=9\n");
	fixture_stop(&f);
}

static void a_message_that_was_not_marked_comes_again(void **state)
{
	(void)state;
	struct fixture f;
	struct alert_row *rows;
	size_t n;
	fixture_start(&f);
	must(&f, store_begin(f.store, &f.err));
	hear(&f, FIRST, 0,
	     (struct word){"google.com", "example.com", "mx.example.com", "certificate-expired", NULL, 0, 9, POLICY_STS,
	                   MODE_ENFORCE});
	diagnosis_step(f.store, story_morning(FIRST), DIAGNOSIS_ALL);
	must(&f, store_commit(f.store, &f.err));
	fixture_reopen(&f); /* the process ended before it could say it */
	must(&f, alerts_pending(f.store, 10, &f.arena, &rows, &n, &f.err));
	assert_int_equal(n, 1);
	must(&f, alerting_deliver(f.store, &house, story_morning(FIRST), &f.err));
	must(&f, alerts_pending(f.store, 10, &f.arena, &rows, &n, &f.err));
	assert_int_equal(n, 0);
	assert_messages(&f, "1 mail-refused fired 1001 said\n");
	fixture_stop(&f);
}

/* Under load keep commits reports first and judges what they touched later, a part at a time; the process may end between. */
static void what_is_judged_later_and_in_parts_is_neither_lost_nor_doubled(void **state)
{
	(void)state;
	struct fixture f;
	instant now = story_morning(FIRST);
	static const char *const domains[] = {"a.example", "b.example", "c.example", "d.example", "e.example"};
	fixture_start(&f);
	must(&f, store_begin(f.store, &f.err));
	for (size_t i = 0; i < COUNT_OF(domains); i++)
		hear(&f, FIRST, 0,
		     (struct word){"google.com", domains[i], "mx.example.com", "certificate-expired", NULL, 0, 9, POLICY_STS,
		                   MODE_ENFORCE});
	must(&f, store_commit(f.store, &f.err));
	assert_list(&f, "");
	fixture_reopen(&f);
	for (size_t parts = 1;; parts++) {
		must(&f, store_begin(f.store, &f.err));
		bool more = diagnosis_step(f.store, now, 2);
		must(&f, store_commit(f.store, &f.err));
		if (parts == 2)
			fixture_reopen(&f);
		if (!more)
			break;
		assert_true(parts < 5);
	}
	assert_list(&f,
	            "1001 open cert-expired mx.example.com critical one-reporter fault=receiver domains=5 reporters=1"
	            " failed=45 refused=45\n");
	fixture_stop(&f);
}

static void a_person_acknowledges_snoozes_closes_and_reopens(void **state)
{
	(void)state;
	struct fixture f;
	struct issue issue;
	fixture_start(&f);
	struct word word = {"google.com", "example.com", "mx.example.com", "certificate-expired", NULL, 0, 7,
	                    POLICY_STS,   MODE_ENFORCE};
	hear_one(&f, FIRST, 0, word);
	instant now = story_morning(FIRST);
	must(&f, diagnosis_acknowledge(f.store, 1, STR("Ana"), now, &f.err));
	must(&f, issues_load(f.store, 1, &f.arena, &issue, &f.err));
	assert_int_equal(issue_state(&issue, now), ISSUE_ACKNOWLEDGED);
	must(&f, diagnosis_snooze(f.store, 1, now + 3600, now, &f.err));
	must(&f, issues_load(f.store, 1, &f.arena, &issue, &f.err));
	assert_int_equal(issue_state(&issue, now), ISSUE_SNOOZED);
	assert_int_equal(issue_state(&issue, now + 3600), ISSUE_ACKNOWLEDGED);
	assert_false(diagnosis_snooze(f.store, 1, now - 1, now, &f.err));
	must(&f, diagnosis_close(f.store, 1, END_ACCEPTED, STR("known"), now, &f.err));
	assert_false(diagnosis_close(f.store, 1, END_ACCEPTED, STR("known"), now, &f.err));
	assert_int_equal(f.err.kind, ERR_INPUT);
	hear_one(&f, FIRST + 2, 0, word); /* accepted: stays closed */
	must(&f, issues_load(f.store, 1, &f.arena, &issue, &f.err));
	assert_int_equal(issue.end, END_ACCEPTED);
	assert_int_equal(issue.failed, 14);
	must(&f, diagnosis_reopen(f.store, 1, now, &f.err));
	must(&f, diagnosis_close(f.store, 1, END_FIXED, STR_NONE, now, &f.err));
	hear_one(&f, FIRST + 3, 0, word); /* fixed, and it is not */
	assert_string_equal(story_history(&f, 1),
	                    "1 opened, 1 acknowledged Ana, 1 snoozed 2025-01-13T07:00:00Z, 1 closed accepted: "
	                    "known, 1 reopened, 1 closed fixed, 4 reopened");
	assert_false(diagnosis_acknowledge(f.store, 99, STR_NONE, now, &f.err));
	assert_int_equal(f.err.kind, ERR_MISSING);
	fixture_stop(&f);
}

static void our_own_look_confirms_and_holds_open(void **state)
{
	(void)state;
	struct fixture f;
	struct issue issue;
	fixture_start(&f);
	struct word bad = {"google.com", "example.com", "mx.example.com", "certificate-expired", NULL, 300000,
	                   30,           POLICY_STS,    MODE_ENFORCE};
	struct word good = {"google.com", "example.com", NULL, NULL, NULL, 300000, 0, POLICY_STS, MODE_ENFORCE};
	hear_one(&f, FIRST, 0, bad);
	must(&f, issues_load(f.store, 1, &f.arena, &issue, &f.err));
	assert_int_equal(issue.severity, SEVERITY_NOTICE);
	must(&f, diagnosis_look(f.store, 1, &(struct diagnosis_looked){.seen = SEEN_BROKEN}, story_morning(FIRST), &f.err));
	must(&f, issues_load(f.store, 1, &f.arena, &issue, &f.err));
	assert_int_equal(issue.severity, SEVERITY_CRITICAL);
	assert_int_equal(issue.confidence, CONFIDENCE_CONFIRMED);
	hear_one(&f, FIRST + 1, 0, good);
	must(&f, issues_load(f.store, 1, &f.arena, &issue, &f.err));
	assert_int_equal(issue.end, END_NONE);
	must(&f, diagnosis_look(f.store, 1, &(struct diagnosis_looked){.seen = SEEN_CLEAN}, story_morning(FIRST + 1), &f.err));
	must(&f, issues_load(f.store, 1, &f.arena, &issue, &f.err));
	assert_int_equal(issue.end, END_CLEAN);
	fixture_stop(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_expired_certificate_on_a_shared_server_is_one_issue),
	    cmocka_unit_test(a_reporter_that_names_no_server_joins_what_others_name),
	    cmocka_unit_test(one_reporter_that_flips_alone_is_its_own_issue_and_its_own_fault),
	    cmocka_unit_test(strangers_raise_nothing_above_a_warning_however_many),
	    cmocka_unit_test(a_flapping_failure_keeps_its_number),
	    cmocka_unit_test(a_policy_that_loses_a_server_is_a_warning_in_testing_and_critical_in_enforce),
	    cmocka_unit_test(the_same_report_again_and_a_revision_change_nothing_twice),
	    cmocka_unit_test(a_rolled_back_arrival_leaves_no_issue),
	    cmocka_unit_test(silence_is_told_apart_by_who_is_silent),
	    cmocka_unit_test(what_changes_without_a_failure_is_found_once_a_day),
	    cmocka_unit_test(a_server_whose_starttls_only_some_see_may_be_attacked),
	    cmocka_unit_test(more_than_four_messages_an_hour_become_one_digest),
	    cmocka_unit_test(what_is_snoozed_or_only_a_notice_wakes_nobody),
	    cmocka_unit_test(an_archive_that_is_read_in_opens_issues_and_wakes_nobody),
	    cmocka_unit_test(what_is_judged_later_and_in_parts_is_neither_lost_nor_doubled),
	    cmocka_unit_test(a_message_that_was_not_marked_comes_again),
	    cmocka_unit_test(a_person_acknowledges_snoozes_closes_and_reopens),
	    cmocka_unit_test(our_own_look_confirms_and_holds_open),
	};
	log_setup("test", LOG_LEVEL_ERROR); /* alerts are log lines */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
