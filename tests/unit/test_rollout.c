/* SPDX-License-Identifier: ISC */
#include "publish/rollout.h"
#include "unit.h"

/* All is right and the policy is in testing for three weeks. */
static struct advice_facts good(void)
{
	return (struct advice_facts){.tls_rpt = CHECK_OK,
	                             .mta_sts = CHECK_OK,
	                             .is_valid = true,
	                             .mode = MODE_TESTING,
	                             .max_age_secs = 86400,
	                             .has_cert_days = true,
	                             .cert_days = 60,
	                             .mx_known = true,
	                             .mx_count = 2,
	                             .window_days = 14,
	                             .mode_days = 21,
	                             .reporters = 2,
	                             .sessions = 9000,
	                             .cached_until = INSTANT_NONE,
	                             .record = CHECK_OK,
	                             .file = CHECK_OK};
}

static enum advice_step step_of(const struct advice_facts *facts)
{
	struct advice advice;
	rollout_advise(facts, &ADVICE_LIMITS, &advice);
	return advice.step;
}

static void expect(const char *label, struct advice_facts facts, enum advice_step wanted)
{
	if (step_of(&facts) != wanted)
		fail_msg("%s: step %d, wanted %d", label, (int)step_of(&facts), (int)wanted);
}

#define CASE(label, change, wanted)                  \
	do {                                         \
		struct advice_facts f = good();      \
		change;                              \
		expect(label, f, ADVICE_##wanted);   \
	} while (0)

static void gives_each_state_of_a_domain_its_next_step(void **state)
{
	(void)state;
	CASE("all is right", (void)f, ENFORCE);
	CASE("no policy", (f.mta_sts = CHECK_NONE, f.is_valid = false), START_TESTING);
	CASE("mode none", f.mode = MODE_NONE, START_TESTING);
	CASE("the policy could not be read", (f.mta_sts = CHECK_CANNOT_TELL, f.is_valid = false), LOOK_AGAIN);
	CASE("the policy is broken", (f.mta_sts = CHECK_PROBLEMS, f.is_valid = false), MEND);
	CASE("no TLS-RPT record", f.tls_rpt = CHECK_NONE, MEND);
	CASE("TLS-RPT could not be told", f.tls_rpt = CHECK_CANNOT_TELL, LOOK_AGAIN);
	CASE("a server is not listed", f.mx_unlisted = 1, MEND);
	CASE("a server has a bad certificate", f.mx_bad = 1, MEND);
	CASE("a server could not be looked at", f.mx_unknown = 1, LOOK_AGAIN);
	CASE("port 25 is closed and a server is not listed", (f.mx_unknown = 2, f.mx_unlisted = 1), MEND);
	CASE("one refused session", f.refused = 1, MEND);
	CASE("13 days", f.mode_days = 13, WAIT);
	CASE("14 days", f.mode_days = 14, ENFORCE);
	CASE("13 days and a refusal", (f.mode_days = 13, f.refused = 1), MEND);
	CASE("no sessions lately", (f.sessions = 0, f.reporters = 0), LOOK_AGAIN);
	CASE("one reporter", f.reporters = 1, ENFORCE);
	CASE("the policy host expires soon", f.cert_days = 3, ENFORCE);
	CASE("the policy host has expired", f.cert_days = -1, MEND);
}

static void climbs_by_day_week_and_month_and_retreats_when_mail_is_refused(void **state)
{
	(void)state;
	CASE("one day", f.mode = MODE_ENFORCE, RAISE_WEEK);
	CASE("one week", (f.mode = MODE_ENFORCE, f.max_age_secs = 604800), RAISE_MONTH);
	CASE("30 days", (f.mode = MODE_ENFORCE, f.max_age_secs = 2592000), STAY);
	CASE("refused", (f.mode = MODE_ENFORCE, f.max_age_secs = 2592000, f.refused = 1), RETREAT);
	CASE("not listed", (f.mode = MODE_ENFORCE, f.mx_unlisted = 1), RETREAT);
	CASE("bad server", (f.mode = MODE_ENFORCE, f.mx_bad = 1), RETREAT);
	CASE("not seen", (f.mode = MODE_ENFORCE, f.mx_unknown = 1), LOOK_AGAIN);
	CASE("no TLS-RPT", (f.mode = MODE_ENFORCE, f.tls_rpt = CHECK_NONE), MEND);
}

static void says_where_on_the_way_a_domain_is(void **state)
{
	static const struct {
		const char *label;
		bool is_valid;
		enum sts_mode mode;
		uint64_t days, max_age_secs;
		unsigned rung;
	} cases[] = {{"no policy", false, MODE_NOT_STATED, 0, 0, 0}, {"none", true, MODE_NONE, 20, 86400, 0},
	             {"new", true, MODE_TESTING, 13, 86400, 1},      {"long enough", true, MODE_TESTING, 14, 86400, 2},
	             {"a day", true, MODE_ENFORCE, 20, 604799, 3},   {"a week", true, MODE_ENFORCE, 20, 604800, 4},
	             {"a month", true, MODE_ENFORCE, 20, 2592000, 5}};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct advice_facts facts = good();
		struct advice advice;
		facts.is_valid = cases[i].is_valid;
		facts.mode = cases[i].mode;
		facts.mode_days = cases[i].days;
		facts.max_age_secs = cases[i].max_age_secs;
		rollout_advise(&facts, &ADVICE_LIMITS, &advice);
		if (advice.rung != cases[i].rung)
			fail_msg("%s: %u", cases[i].label, advice.rung);
	}
}

static void knows_what_is_served_here(void **state)
{
	const instant now = 1000000000;

	(void)state;
	CASE("the id is set", (f.is_served = f.id_matches = true), ENFORCE);
	CASE("another id in the DNS", f.is_served = true, SET_RECORD);
	CASE("another id, and mail is refused", (f.is_served = true, f.mode = MODE_ENFORCE, f.refused = 1), RETREAT);
	CASE("another id in testing, and a server is not listed", (f.is_served = true, f.mx_unlisted = 1), SET_RECORD);
	CASE("enforced since yesterday",
	     (f.is_served = f.id_matches = true, f.mode = MODE_ENFORCE, f.now = now, f.served_since = now - SECS_PER_DAY), STEP_WAIT);
	CASE("enforced for three days",
	     (f.is_served = f.id_matches = true, f.mode = MODE_ENFORCE, f.now = now, f.served_since = now - 3 * SECS_PER_DAY),
	     RAISE_WEEK);
	CASE("the record could not be asked for", (f.is_served = true, f.record = CHECK_CANNOT_TELL), LOOK_AGAIN);
	CASE("enforced elsewhere since yesterday, as we saw",
	     (f.mode = MODE_ENFORCE, f.has_changed = true, f.now = now, f.seen_since = now - SECS_PER_DAY), STEP_WAIT);
	CASE("leaving, served elsewhere", (f.mode = MODE_NONE, f.now = now, f.cached_until = now + 1), LEAVING);
	CASE("leaving", (f.is_served = true, f.served_mode = f.mode = MODE_NONE, f.now = now, f.cached_until = now + 1), LEAVING);
	CASE("left", (f.is_served = true, f.served_mode = f.mode = MODE_NONE, f.now = now, f.cached_until = now), LEFT);
	CASE("mode none from the start",
	     (f.is_served = f.id_matches = true, f.served_mode = f.mode = MODE_NONE, f.now = now, f.cached_until = INSTANT_NONE),
	     START_TESTING);
}

static void obeys_the_limits_of_the_operator(void **state)
{
	struct advice_limits limits = {.days = 3, .reporters = 1, .refused = 5, .cert_days = 14};
	struct advice_facts facts = good();
	struct advice advice;

	(void)state;
	facts.mode_days = 3;
	facts.refused = 5;
	facts.reporters = 1;
	rollout_advise(&facts, &limits, &advice);
	assert_int_equal(advice.step, ADVICE_ENFORCE);
	assert_int_equal(advice.states[ADVICE_REPORTERS], ADVICE_OK);
	facts.refused = 6;
	rollout_advise(&facts, &limits, &advice);
	assert_int_equal(advice.step, ADVICE_MEND);
	assert_int_equal(advice.states[ADVICE_REFUSALS], ADVICE_BLOCKS);
}

#define BIT(matter) (1u << ADVICE_##matter)
#define NEXT(label, change, at, wanted_rung, wanted_needs, ready)                                                       \
	do {                                                                                                           \
		struct advice_facts f = good();                                                                        \
		struct advice advice;                                                                                  \
		change;                                                                                                \
		rollout_advise(&f, &ADVICE_LIMITS, &advice);                                                           \
		if (advice.rung != (at) || advice.next.rung != (wanted_rung) || advice.next.needs != (wanted_needs) || \
		    advice.next.is_ready != (ready))                                                                   \
			fail_msg("%s: at %u, next %u, needs %x, ready %d", label, advice.rung, advice.next.rung,       \
			         advice.next.needs, advice.next.is_ready);                                             \
	} while (0)

static void says_which_rung_is_next_and_what_holds_it_up(void **state)
{
	(void)state;
	NEXT("no policy", (f.mta_sts = CHECK_NONE, f.is_valid = false, f.mode_days = 0), 0, 1, 0, true);
	NEXT("a broken one is mended by testing", (f.mta_sts = CHECK_PROBLEMS, f.is_valid = false), 0, 1, 0, true);
	NEXT("it could not be read", (f.mta_sts = CHECK_CANNOT_TELL, f.is_valid = false, f.mx_known = false), 0, 1, BIT(POLICY), false);
	NEXT("served here, and no record", (f.is_served = true, f.mta_sts = CHECK_NONE, f.is_valid = false, f.record = CHECK_NONE), 0, 1,
	     BIT(ID), false);
	NEXT("nine days of testing", f.mode_days = 9, 1, 3, BIT(DAYS), false);
	NEXT("nine days, and a server is not listed", (f.mode_days = 9, f.mx_unlisted = 1), 1, 3, BIT(DAYS) | BIT(MX_LISTED), false);
	NEXT("two clean weeks", (void)f, 2, 3, 0, true);
	NEXT("two weeks that were not clean", (f.refused = 1, f.mx_bad = 1), 2, 3, BIT(REFUSALS) | BIT(MX_TLS), false);
	NEXT("a server was not seen", f.mx_unknown = 1, 2, 3, BIT(MX_TLS), false);
	NEXT("the id is not set", (f.is_served = true, f.mx_unlisted = 1), 2, 3, BIT(ID), false);
	NEXT("enforced for a day", f.mode = MODE_ENFORCE, 3, 4, 0, true);
	NEXT("enforced, without TLS-RPT, for three days", (f.mode = MODE_ENFORCE, f.tls_rpt = CHECK_NONE, f.mode_days = 3), 3, 4,
	     BIT(TLS_RPT), false);
	NEXT("enforced for a week", (f.mode = MODE_ENFORCE, f.max_age_secs = 604800), 4, 5, 0, true);
	NEXT("a month", (f.mode = MODE_ENFORCE, f.max_age_secs = 2592000), 5, 0, 0, false);
	NEXT("a month, and refused: back to testing", (f.mode = MODE_ENFORCE, f.max_age_secs = 2592000, f.refused = 1), 5, 1, 0, true);
	NEXT("leaving", (f.mode = MODE_NONE, f.now = 5, f.cached_until = 6), 0, 0, 0, false);
	NEXT("leaving, and testing is still seen outside",
	     (f.is_served = true, f.served_mode = MODE_NONE, f.now = 5, f.cached_until = 6), 0, 0, 0, false);
	NEXT("none from the start", f.mode = MODE_NONE, 0, 1, 0, true);
}

static void knows_from_when_on_the_next_rung_may_come(void **state)
{
	const instant now = 1000000000;
	struct advice_facts facts = good();
	struct advice_rung rungs[ADVICE_RUNGS];
	struct advice advice;

	(void)state;
	facts.mode = MODE_ENFORCE;
	facts.is_served = facts.id_matches = true;
	facts.now = now;
	facts.served_since = now - SECS_PER_DAY;
	rollout_advise(&facts, &ADVICE_LIMITS, &advice);
	assert_true(advice.next.rung == 4 && !advice.next.is_ready && advice.next.from == now + (instant)2 * SECS_PER_DAY);
	rollout_rungs(&ADVICE_LIMITS, rungs);
	assert_true(rungs[1].days == 14 && rungs[2].days == 3 && rungs[3].max_age_secs == 604800 && rungs[4].days == 0);
}

#define OUT(label, change, begun, wanted_here, first, second, third)                                                    \
	do {                                                                                                           \
		struct advice_facts f = good();                                                                        \
		struct advice advice;                                                                                  \
		f.now = 100000;                                                                                        \
		change;                                                                                                \
		rollout_advise(&f, &ADVICE_LIMITS, &advice);                                                           \
		const struct leaving *l = &advice.leaving;                                                             \
		if (l->is_begun != (begun) || l->here != (wanted_here) || l->states[0] != LEAVING_##first ||           \
		    l->states[1] != LEAVING_##second || l->states[2] != LEAVING_##third)                               \
			fail_msg("%s: begun %d, here %u, %d %d %d", label, l->is_begun, l->here, (int)l->states[0],    \
			         (int)l->states[1], (int)l->states[2]);                                                \
	} while (0)
#define LEFT_AT(at) (f.is_served = true, f.served_mode = f.mode = MODE_NONE, f.cached_until = (at))

static void says_where_on_the_way_out_a_domain_is(void **state)
{
	(void)state;
	OUT("testing", (void)f, false, 0, AHEAD, AHEAD, AHEAD);
	OUT("nothing could be asked", (f.is_valid = false, f.mta_sts = f.record = f.file = CHECK_CANNOT_TELL), false, 0, UNKNOWN, AHEAD, AHEAD);
	OUT("never a policy", (f.is_valid = false, f.mta_sts = f.record = f.file = CHECK_NONE), false, 0, AHEAD, AHEAD, AHEAD);
	OUT("none, and the old one is held", LEFT_AT(f.now + 1), true, 1, NOW, AHEAD, AHEAD);
	OUT("the old one has run out", LEFT_AT(f.now), true, 2, DONE, NOW, AHEAD);
	OUT("run out, and the DNS gives no answer", (LEFT_AT(f.now), f.record = CHECK_CANNOT_TELL), true, 2, DONE, UNKNOWN, AHEAD);
	OUT("the record is gone", (LEFT_AT(f.now), f.record = CHECK_NONE), true, 3, DONE, DONE, NOW);
	OUT("the record went too early", (LEFT_AT(f.now + 1), f.record = CHECK_NONE), true, 1, NOW, DONE, AHEAD);
	OUT("all is gone", (f.is_valid = false, f.mta_sts = f.record = f.file = CHECK_NONE, f.cached_until = f.now), true, 4, DONE, DONE, DONE);
	OUT("all is gone too early", (f.is_valid = false, f.mta_sts = f.record = f.file = CHECK_NONE, f.cached_until = f.now + 1), true, 1,
	    NOW, DONE, DONE);
	OUT("the file may stand elsewhere", (f.is_valid = false, f.record = CHECK_NONE, f.file = CHECK_CANNOT_TELL, f.cached_until = f.now),
	    true, 3, DONE, DONE, UNKNOWN);
	OUT("none elsewhere", (f.mode = MODE_NONE, f.cached_until = f.now + 1), true, 1, NOW, AHEAD, AHEAD);
	OUT("the first policy waits for its record", (f.is_served = true, f.served_mode = MODE_TESTING, f.is_valid = false, f.record = CHECK_NONE),
	    false, 0, AHEAD, AHEAD, AHEAD);
}

static void knows_how_long_leaving_would_take(void **state)
{
	struct advice_facts facts = good();
	struct advice advice;

	(void)state;
	facts.now = 1000;
	facts.max_age_secs = 604800;
	rollout_advise(&facts, &ADVICE_LIMITS, &advice);
	assert_true(advice.leaving.has_policy && advice.leaving.until == 1000 + 604800);
	facts.is_served = true;
	facts.served_mode = MODE_ENFORCE;
	facts.served_max_age_secs = 700000;
	rollout_advise(&facts, &ADVICE_LIMITS, &advice);
	assert_true(advice.leaving.until == 1000 + 700000);
	facts.cached_until = 2000000;
	rollout_advise(&facts, &ADVICE_LIMITS, &advice);
	assert_true(advice.leaving.until == 2000000);
	facts = (struct advice_facts){.mta_sts = CHECK_NONE, .record = CHECK_NONE, .file = CHECK_NONE, .cached_until = INSTANT_NONE};
	rollout_advise(&facts, &ADVICE_LIMITS, &advice);
	assert_true(!advice.leaving.has_policy && advice.leaving.until == INSTANT_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(gives_each_state_of_a_domain_its_next_step),
	    cmocka_unit_test(climbs_by_day_week_and_month_and_retreats_when_mail_is_refused),
	    cmocka_unit_test(says_where_on_the_way_a_domain_is),
	    cmocka_unit_test(knows_what_is_served_here),
	    cmocka_unit_test(obeys_the_limits_of_the_operator),
	    cmocka_unit_test(says_which_rung_is_next_and_what_holds_it_up),
	    cmocka_unit_test(knows_from_when_on_the_next_rung_may_come),
	    cmocka_unit_test(says_where_on_the_way_out_a_domain_is),
	    cmocka_unit_test(knows_how_long_leaving_would_take),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
