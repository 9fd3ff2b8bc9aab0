/* SPDX-License-Identifier: ISC */
#include "base/attr.h"
#include "facts/reporters.h"
#include "report/reporter.h"
#include "sys/org_domain.h"
#include "unit.h"

static const char *const domains[] = {
#define X(domain, name, habit) domain,
    REPORTERS(X)
#undef X
};

static void is_found_by_its_domain_and_nothing_else(void **state)
{
	(void)state;
	static const struct {
		const char *domain, *organization, *name;
		bool known;
	} cases[] = {
	    {"google.com", "Google Inc.", "Google", true},
	    {"smtp-tls-reporting.bounces.google.com", "", "Google", true},
	    {"GOOGLE.com", "", "Google", true},
	    {"corp.mail.ru", "Mail.Ru", "Mail.ru", true},
	    {"mail.ru", "", "Mail.ru", false}, /* a mailbox: named, and nobody's acquaintance */
	    {"outlook.com", "Microsoft Corporation", "Microsoft", false},
	    {"Yahoo.com", "", "Yahoo", false},
	    {"yahooinc.com", "", "Yahoo", true},
	    {"microsoft.com", "Microsoft Corporation", "Microsoft", true},
	    {"notgoogle.com", "Google Inc.", "Google Inc.", false},
	    {"google.com.example", "Google Inc.", "Google Inc.", false},
	    {"google.co", "", "google.co", false},
	    {"gmail.com", "Google Inc.", "Google Inc.", false}, /* anybody may have an address there */
	    {"com", "", "com", false},
	    {"", "Google Inc.", "Google Inc.", false},
	    {"mail.example.com", "Stalwart", "Stalwart", false},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct str domain = str_of(cases[i].domain);
		assert_int_equal(reporter_is_known(domain), cases[i].known);
		assert_true(str_eq(reporter_name(domain, str_of(cases[i].organization)), str_of(cases[i].name)));
	}
	assert_true(reporter_name(STR_NONE, STR_NONE).p == NULL);
}

static void nothing_is_claimed_of_whom_nobody_saw(void **state)
{
	(void)state;
	static const char *const seen[] = {"google.com", "microsoft.com", "mail.ru", "socketlabs.com"};
	size_t habits = 0;
	for (size_t i = 0; i < COUNT_OF(domains); i++)
		habits += reporter_habit(str_of(domains[i])).len > 0;
	for (size_t i = 0; i < COUNT_OF(seen); i++)
		assert_true(reporter_habit(str_of(seen[i])).len > 0);
	assert_int_equal(habits, COUNT_OF(seen));
	assert_int_equal(reporter_habit(STR("yahoo.com")).len, 0);
}

/* A domain under which others have names would make all of them known. */
static void each_domain_is_one_organisation(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(domains); i++) {
		char text[ORG_DOMAIN_MAX];
		if (!str_eq(org_domain(str_of(domains[i]), text), str_of(domains[i])))
			fail_msg("%s", domains[i]);
		for (size_t j = 0; j < i; j++)
			assert_false(org_domain_same(str_of(domains[i]), str_of(domains[j])));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(is_found_by_its_domain_and_nothing_else),
	    cmocka_unit_test(nothing_is_claimed_of_whom_nobody_saw),
	    cmocka_unit_test(each_domain_is_one_organisation),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
