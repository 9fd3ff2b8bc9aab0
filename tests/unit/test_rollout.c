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
	                             .sessions = 9000};
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

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(gives_each_state_of_a_domain_its_next_step),
	    cmocka_unit_test(climbs_by_day_week_and_month_and_retreats_when_mail_is_refused),
	    cmocka_unit_test(says_where_on_the_way_a_domain_is),
	    cmocka_unit_test(knows_what_is_served_here),
	    cmocka_unit_test(obeys_the_limits_of_the_operator),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
