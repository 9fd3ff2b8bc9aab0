/* SPDX-License-Identifier: ISC */
#include "base/attr.h"
#include "diagnose/issue_life.h"
#include "diagnose/silence.h"
#include "report/weigh.h"
#include "unit.h"

static void takes_a_share_for_granted_only_as_far_as_the_sessions_carry(void **state)
{
	(void)state;
	static const struct {
		uint64_t failed, total;
		double least, most;
	} cases[] = {
	    {0, 0, 0, 0},         {0, 10, 0, 0.0001},           {1, 1, 0.20, 0.21},
	    {3, 3, 0.43, 0.44},   {1, 3, 0.06, 0.07},           {300, 300000, 0.0008, 0.00095},
	    {1, 300000, 0, 1e-6}, {150000, 300000, 0.498, 0.5}, {12, 10, 0.72, 0.73},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		double floor = weigh_share_floor(cases[i].failed, cases[i].total);
		if (floor < cases[i].least || floor > cases[i].most)
			fail_msg("case %zu: %f", i, floor);
	}
}

static void weighs_consequence_confidence_and_share(void **state)
{
	(void)state;
	static const struct {
		const char *what;
		struct weighed weighed;
		enum severity want;
	} cases[] = {
	    {"all mail of a small domain is refused",
	     {SEVERITY_CRITICAL, 3, 3, 3, CONFIDENCE_ONE_REPORTER, false},
	     SEVERITY_CRITICAL},
	    {"two reporters agree on a tenth",
	     {SEVERITY_CRITICAL, 100, 100, 1000, CONFIDENCE_SEVERAL_REPORTERS, false},
	     SEVERITY_CRITICAL},
	    {"one stray session of one large reporter",
	     {SEVERITY_CRITICAL, 1, 1, 300000, CONFIDENCE_ONE_REPORTER, false},
	     SEVERITY_NOTICE},
	    {"a small share, two reporters",
	     {SEVERITY_CRITICAL, 30, 30, 300000, CONFIDENCE_SEVERAL_REPORTERS, false},
	     SEVERITY_WARNING},
	    {"a small share that we see ourselves",
	     {SEVERITY_CRITICAL, 30, 30, 300000, CONFIDENCE_CONFIRMED, false},
	     SEVERITY_CRITICAL},
	    {"everything fails in testing",
	     {SEVERITY_WARNING, 1000, 0, 1000, CONFIDENCE_SEVERAL_REPORTERS, false},
	     SEVERITY_WARNING},
	    {"nothing was refused", {SEVERITY_CRITICAL, 1000, 0, 1000, CONFIDENCE_CONFIRMED, false}, SEVERITY_WARNING},
	    {"a notice stays one", {SEVERITY_NOTICE, 1, 0, 300000, CONFIDENCE_ONE_REPORTER, false}, SEVERITY_NOTICE},
	    {"a stranger alone says that everything is refused",
	     {SEVERITY_CRITICAL, 1000000, 1000000, 1000000, CONFIDENCE_ONE_REPORTER, true},
	     SEVERITY_WARNING},
	    {"a stranger alone, and a small share",
	     {SEVERITY_CRITICAL, 10, 10, 1000, CONFIDENCE_ONE_REPORTER, true},
	     SEVERITY_NOTICE},
	    {"a stranger, but we see it ourselves",
	     {SEVERITY_CRITICAL, 3, 3, 3, CONFIDENCE_CONFIRMED, true},
	     SEVERITY_CRITICAL},
	    {"our own look sees nothing of what a stranger says",
	     {SEVERITY_CRITICAL, 3, 3, 3, CONFIDENCE_NOT_SEEN_BY_US, true},
	     SEVERITY_WARNING},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		if (weigh_severity(&cases[i].weighed) != cases[i].want)
			fail_msg("%s: %s", cases[i].what, severity_text(weigh_severity(&cases[i].weighed)));
}

static void counts_for_confidence_who_is_known(void **state)
{
	(void)state;
	static const struct {
		uint64_t known;
		enum issue_seen seen;
		enum confidence want;
	} cases[] = {
	    {0, SEEN_NOT, CONFIDENCE_NEW_REPORTERS},   {1, SEEN_NOT, CONFIDENCE_ONE_REPORTER},
	    {2, SEEN_NOT, CONFIDENCE_SEVERAL_REPORTERS}, {0, SEEN_BROKEN, CONFIDENCE_CONFIRMED},
	    {9, SEEN_CLEAN, CONFIDENCE_NOT_SEEN_BY_US},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		assert_int_equal(weigh_confidence(cases[i].known, cases[i].seen), cases[i].want);
}

static void blames_the_sender_only_when_the_others_cannot_be_lucky(void **state)
{
	(void)state;
	assert_true(weigh_others_are_fine(500, 500, 100));
	assert_true(weigh_others_are_fine(3, 3, 10));
	assert_false(weigh_others_are_fine(3, 3, 5));
	assert_false(weigh_others_are_fine(1, 300000, 1000));
	assert_false(weigh_others_are_fine(500, 500, 0));
	assert_false(weigh_others_are_fine(0, 500, 100));
}

#define TODAY 20000

static void closes_an_issue_when_those_who_had_it_report_without_it(void **state)
{
	(void)state;
	static const struct {
		const char *what;
		struct life_reporter reporters[3];
		size_t n;
		enum issue_seen seen;
		enum life_verdict want;
	} cases[] = {
	    {"nobody is clean", {{TODAY - 1, TODAY - 1, 1, 0}}, 1, SEEN_NOT, LIFE_STAYS},
	    {"the only one is clean", {{TODAY - 2, TODAY - 1, 1, 1}}, 1, SEEN_NOT, LIFE_CLEAN},
	    {"one of two is clean",
	     {{TODAY - 2, TODAY - 1, 1, 1}, {TODAY - 2, TODAY - 2, 1, 0}},
	     2,
	     SEEN_NOT,
	     LIFE_RECOVERING},
	    {"the other one has been silent for long",
	     {{TODAY - 9, TODAY - 1, 1, 1}, {TODAY - 9, TODAY - 9, 1, 0}},
	     2,
	     SEEN_NOT,
	     LIFE_CLEAN},
	    {"all are clean, and we still see it", {{TODAY - 2, TODAY - 1, 1, 1}}, 1, SEEN_BROKEN, LIFE_STAYS},
	    {"all are clean, and so are we", {{TODAY - 2, TODAY - 1, 1, 1}}, 1, SEEN_CLEAN, LIFE_CLEAN},
	    {"too few domains yet", {{TODAY - 2, TODAY - 1, 500, 399}}, 1, SEEN_NOT, LIFE_STAYS},
	    {"four fifths of the domains", {{TODAY - 2, TODAY - 1, 500, 400}}, 1, SEEN_NOT, LIFE_CLEAN},
	    {"some domains, after days", {{TODAY - 4, TODAY - 1, 500, 20}}, 1, SEEN_NOT, LIFE_CLEAN},
	    {"all are silent", {{TODAY - 20, TODAY - 20, 1, 0}}, 1, SEEN_NOT, LIFE_STAYS},
	    {"all are silent for ever", {{TODAY - 31, TODAY - 31, 1, 0}}, 1, SEEN_NOT, LIFE_FADED},
	    {"they report on, and never clean",
	     {{TODAY - 1, TODAY - 1, 1, 0}, {TODAY - 8, TODAY - 1, 1, 1}},
	     2,
	     SEEN_NOT,
	     LIFE_RECOVERING},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		if (issue_life_judge(cases[i].reporters, cases[i].n, cases[i].seen, TODAY) != cases[i].want)
			fail_msg("%s", cases[i].what);
}

static void reopens_within_fourteen_days_under_the_same_number(void **state)
{
	(void)state;
	assert_int_equal(issue_life_place(END_NONE, DAY_NONE, TODAY), LIFE_BELONGS);
	assert_int_equal(issue_life_place(END_CLEAN, TODAY, TODAY), LIFE_BELONGS);
	assert_int_equal(issue_life_place(END_CLEAN, TODAY - 1, TODAY), LIFE_REOPENS);
	assert_int_equal(issue_life_place(END_FIXED, TODAY - 14, TODAY), LIFE_REOPENS);
	assert_int_equal(issue_life_place(END_CLEAN, TODAY - 15, TODAY), LIFE_NEW);
	assert_int_equal(issue_life_place(END_ACCEPTED, TODAY - 3, TODAY), LIFE_BELONGS);
	assert_int_equal(issue_life_place(END_ACCEPTED, TODAY - 15, TODAY), LIFE_NEW);
}

static void learns_silence_from_habit(void **state)
{
	(void)state;
	static const struct {
		const char *what;
		uint64_t days;
		enum silence want;
	} cases[] = {
	    {"never", 0, SILENCE_NO_HABIT},
	    {"every day", 0x3ffffffffff, SILENCE_USUAL},
	    {"every day until four days ago", 0x3fffffffff0, SILENCE_SILENT},
	    {"every day until three days ago", 0x3fffffffff8, SILENCE_USUAL},
	    {"every second day, and a pause of three", 0x2aaaaaaaaa8, SILENCE_USUAL},
	    {"every second day, and a pause of six", 0x15555555540, SILENCE_SILENT},
	    {"now and then", 0x00410204081, SILENCE_NO_HABIT},
	    {"new: nine days", 0x1ff, SILENCE_NO_HABIT},
	    {"ten days, then nothing", 0x3ff0, SILENCE_SILENT},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		if (silence_judge(cases[i].days) != cases[i].want)
			fail_msg("%s", cases[i].what);
	assert_true(silence_is_reporter((struct silence_count){1, 9}, (struct silence_count){20, 1}));
	assert_false(silence_is_reporter((struct silence_count){0, 2}, (struct silence_count){20, 1}));
	assert_false(silence_is_reporter((struct silence_count){0, 9}, (struct silence_count){1, 20}));
	assert_true(silence_is_intake((struct silence_count){0, 9}, 3));
	assert_false(silence_is_intake((struct silence_count){0, 9}, 1));
	assert_false(silence_is_intake((struct silence_count){3, 9}, 3));
}

static void reads_and_writes_the_number_of_an_issue(void **state)
{
	(void)state;
	char text[ISSUE_NUMBER_MAX];
	int64_t id = 0;
	assert_str(issue_number(42, text), "TI-1042");
	assert_true(issue_number_read(STR("ti-1042"), &id));
	assert_int_equal(id, 42);
	assert_true(issue_number_read(STR("1001"), &id));
	assert_int_equal(id, 1);
	assert_false(issue_number_read(STR("TI-1000"), &id));
	assert_false(issue_number_read(STR("TI-"), &id));
	assert_false(issue_number_read(STR("TI-99999999999"), &id));
	unsigned matter = 0;
	for (unsigned m = 0; m < MATTER_COUNT; m++) {
		assert_true(issue_matter_of(str_of(issue_matter_text(m)), &matter));
		assert_int_equal(matter, m);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(takes_a_share_for_granted_only_as_far_as_the_sessions_carry),
	    cmocka_unit_test(weighs_consequence_confidence_and_share),
	    cmocka_unit_test(counts_for_confidence_who_is_known),
	    cmocka_unit_test(blames_the_sender_only_when_the_others_cannot_be_lucky),
	    cmocka_unit_test(closes_an_issue_when_those_who_had_it_report_without_it),
	    cmocka_unit_test(reopens_within_fourteen_days_under_the_same_number),
	    cmocka_unit_test(learns_silence_from_habit),
	    cmocka_unit_test(reads_and_writes_the_number_of_an_issue),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
