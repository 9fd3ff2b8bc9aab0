/* SPDX-License-Identifier: ISC */
#include <stdio.h>

#include "base/limits.h"
#include "role/quota.h"
#include "unit.h"

static bool is_known(void *context, struct str name)
{
	++*(unsigned *)context;
	return str_ends_with(name, STR(".known"));
}

static void a_flood_of_new_names_takes_nothing_from_the_known_ones(void **state)
{
	(void)state;
	struct quota *quota = quota_new();
	unsigned asked = 0, may = 0, too_many = 0, known = 0;
	for (unsigned i = 0; i < 100000; i++) {
		char name[64];
		(void)snprintf(name, sizeof name, "throw-away-%u.example", i);
		enum quota_answer answer = quota_take(quota, str_of(name), 1, is_known, &asked);
		may += answer == QUOTA_MAY;
		too_many += answer == QUOTA_TOO_MANY;
		(void)snprintf(name, sizeof name, "reporter-%u.known", i % 100);
		known += quota_take(quota, str_of(name), 1, is_known, &asked) == QUOTA_KNOWN;
	}
	assert_int_equal(may, LIMIT_NEW_REPORTERS_PER_DAY);
	assert_int_equal(too_many, 100000 - LIMIT_NEW_REPORTERS_PER_DAY);
	assert_int_equal(known, 100000);
	quota_free(&quota);
}

static void one_stranger_counts_for_so_much_a_day(void **state)
{
	(void)state;
	struct quota *quota = quota_new();
	unsigned asked = 0, may = 0;
	for (unsigned i = 0; i < 3 * LIMIT_NEW_REPORTER_REPORTS; i++)
		may += quota_take(quota, STR("new.example"), 1, is_known, &asked) == QUOTA_MAY;
	assert_int_equal(may, LIMIT_NEW_REPORTER_REPORTS);
	assert_int_equal(asked, 1);
	assert_int_equal(quota_take(quota, STR("new.example"), 1, is_known, &asked), QUOTA_TOO_MUCH);
	assert_int_equal(quota_take(quota, STR("new.example"), 2, is_known, &asked), QUOTA_MAY);
	quota_free(&quota);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_flood_of_new_names_takes_nothing_from_the_known_ones),
	    cmocka_unit_test(one_stranger_counts_for_so_much_a_day),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
