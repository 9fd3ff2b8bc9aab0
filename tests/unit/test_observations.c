/* SPDX-License-Identifier: ISC */
#include "store/looks.h"
#include "store/observations.h"
#include "store/store_domains.h"
#include "store_fixture.h"

static int start(void **state)
{
	static struct fixture fixture;
	fixture_start(&fixture);
	*state = &fixture;
	return 0;
}

static int stop(void **state)
{
	struct fixture *f = *state;
	store_close(&f->store);
	arena_done(&f->arena);
	fixture_remove(f->folder);
	return 0;
}

static bool gone(void *context, const struct observation *row)
{
	(void)row;
	return *(const bool *)context;
}

/* What a look at `at` sees of one kind and subject: up to two values.  The number that ended. */
static size_t see(struct fixture *f, enum observation_kind kind, const char *subject, const char *one, const char *two,
                  bool told, instant at)
{
	struct observation rows[2] = {{.value = str_of(one), .place = STR("p")}, {.value = str_of(two), .place = STR("p")}};
	const struct observations_seen seen = {.kind = kind, .subject = str_of(subject), .rows = rows,
	                                       .count = (size_t)(one != NULL) + (two != NULL), .is_gone = gone, .context = &told,
	                                       .at = at};
	struct observation *ended;
	size_t count, begun;

	must(f, store_begin(f->store, &f->err));
	must(f, observations_put(f->store, &seen, &f->arena, &ended, &count, &begun, &f->err));
	must(f, store_commit(f->store, &f->err));
	return count;
}

static size_t list(struct fixture *f, const char *subject, bool with_gone, struct observation **out)
{
	const struct observations_filter filter = {.subject = str_of(subject), .kind = -1, .with_gone = with_gone};
	size_t count;

	must(f, observations_list(f->store, &filter, &f->arena, out, &count, &f->err));
	return count;
}

static void only_a_change_makes_a_row(void **state)
{
	struct fixture *f = *state;
	struct observation *rows;

	for (instant at = 100; at < 200; at += 10) 
		assert_int_equal(see(f, OBSERVED_TLSA, "mx.example.com", "3 1 1 aa", NULL, true, at), 0);
	assert_int_equal(list(f, "mx.example.com", true, &rows), 1);
	assert_int_equal(rows[0].first_seen, 100);
	assert_int_equal(rows[0].last_seen, 190);
	assert_int_equal(rows[0].gone_at, INSTANT_NONE);
	/* A second value beside the first, then without it, then the first comes back. */
	assert_int_equal(see(f, OBSERVED_TLSA, "mx.example.com", "3 1 1 aa", "3 1 1 bb", true, 200), 0);
	assert_int_equal(see(f, OBSERVED_TLSA, "mx.example.com", "3 1 1 bb", NULL, true, 210), 1);
	assert_int_equal(list(f, "mx.example.com", false, &rows), 1);
	assert_str(rows[0].value, "3 1 1 bb");
	assert_int_equal(see(f, OBSERVED_TLSA, "mx.example.com", "3 1 1 aa", "3 1 1 bb", true, 220), 0);
	assert_int_equal(list(f, "mx.example.com", true, &rows), 3);
	assert_int_equal(rows[0].first_seen, 220);
}

static void a_look_that_could_not_tell_ends_nothing(void **state)
{
	struct fixture *f = *state;
	struct observation *rows;

	(void)see(f, OBSERVED_MX, "example.com", "10 mx.example.com", NULL, true, 100);
	assert_int_equal(see(f, OBSERVED_MX, "example.com", NULL, NULL, false, 110), 0);
	assert_int_equal(list(f, "example.com", false, &rows), 1);
	assert_int_equal(rows[0].last_seen, 100);
	assert_int_equal(see(f, OBSERVED_MX, "example.com", NULL, NULL, true, 120), 1);
	assert_int_equal(list(f, "example.com", false, &rows), 0);
}

static void a_domain_has_the_facts_of_its_servers_past_and_present(void **state)
{
	struct fixture *f = *state;
	struct observation *rows;
	size_t count;

	(void)see(f, OBSERVED_MX, "example.com", "10 mx1.example.com\n20 mx2.example.com", NULL, true, 100);
	(void)see(f, OBSERVED_MX, "example.com", "10 mx3.example.com", NULL, true, 110);
	(void)see(f, OBSERVED_CERT, "mx2.example.com", "c2", NULL, true, 100);
	(void)see(f, OBSERVED_CERT, "mx3.example.com", "c3", NULL, true, 110);
	(void)see(f, OBSERVED_CERT, "mx9.example.com", "c9", NULL, true, 110);
	(void)see(f, OBSERVED_FINDING, "example.com", "cert-expired", NULL, true, 110);
	must(f, observations_of_domain(f->store, STR("example.com"), true, 0, &f->arena, &rows, &count, &f->err));
	assert_int_equal(count, 5);
	for (size_t i = 0; i < count; i++)
		assert_false(str_eq(rows[i].subject, STR("mx9.example.com")));
}

static void listed(struct fixture *f, const char *name, int64_t tenant)
{
	struct domain_row row = {.name = str_of(name), .tenant = tenant, .nonce = STR("n"), .created_at = 1};
	struct domain_change change;

	row.token = str_of(arena_format(&f->arena, "t-%s", name));
	must(f, store_domain_add(f->store, &row, false, &change, &f->err));
}

static size_t due(struct fixture *f, instant now)
{
	struct look_row *rows;
	size_t count;

	must(f, store_begin(f->store, &f->err));
	must(f, looks_sync(f->store, now, 3600, &f->err));
	must(f, store_commit(f->store, &f->err));
	must(f, looks_due(f->store, now, 100, &f->arena, &rows, &count, &f->err));
	return count;
}

static void what_nobody_has_proven_is_not_looked_at_where_there_are_several_tenants(void **state)
{
	struct fixture *f = *state;
	struct domain_row row = {0};
	int64_t one;

	listed(f, "example.com", 0);
	assert_int_equal(due(f, 1000), 1);
	must(f, store_tenant_add(f->store, STR("one"), 1, &f->err));
	must(f, store_tenant_add(f->store, STR("two"), 1, &f->err));
	must(f, store_tenant_find(f->store, STR("one"), &one, &f->err));
	assert_int_equal(due(f, 1000), 0);
	must(f, store_domain_prove(f->store, STR("example.com"), DOMAIN_PROVEN_NONCE, 5, &f->err));
	assert_int_equal(due(f, 1000), 1);
	must(f, store_domain(f->store, STR("example.com"), &f->arena, &row, &f->err));
	row.is_paused = true;
	must(f, store_domain_edit(f->store, &row, &f->err));
	assert_int_equal(due(f, 1000), 0);
	(void)one;
}

static void many_new_domains_are_spread_over_the_interval(void **state)
{
	struct fixture *f = *state;

	for (unsigned i = 0; i < 60; i++)
		listed(f, arena_format(&f->arena, "d%u.example", i), 0);
	size_t now = due(f, 1000), half = due(f, 1000 + 1800), all = due(f, 1000 + 3600);
	assert_true(now < 20 && half > 10 && half < 50);
	assert_int_equal(all, 60);
}

static void a_look_is_put_off_and_set(void **state)
{
	struct fixture *f = *state;
	struct look_row row;
	instant next;

	listed(f, "example.com", 0);
	assert_int_equal(due(f, 1000), 1);
	must(f, store_begin(f->store, &f->err));
	must(f, looks_put_off(f->store, STR("example.com"), 2000, &f->err));
	must(f, store_commit(f->store, &f->err));
	assert_int_equal(due(f, 1999), 0);
	must(f, looks_next(f->store, &next, &f->err));
	assert_int_equal(next, 2000);
	must(f, looks_one(f->store, STR("example.com"), &f->arena, &row, &f->err));
	assert_int_equal(row.looked_at, INSTANT_NONE);
	row.looked_at = 1500;
	row.verdict = CHECK_PROBLEMS;
	must(f, store_begin(f->store, &f->err));
	must(f, looks_set(f->store, &row, &f->err));
	must(f, store_commit(f->store, &f->err));
	must(f, looks_one(f->store, STR("example.com"), &f->arena, &row, &f->err));
	assert_int_equal(row.verdict, CHECK_PROBLEMS);
	assert_false(looks_one(f->store, STR("other.example"), &f->arena, &row, &f->err));
	assert_int_equal(f->err.kind, ERR_MISSING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(only_a_change_makes_a_row, start, stop),
	    cmocka_unit_test_setup_teardown(a_look_that_could_not_tell_ends_nothing, start, stop),
	    cmocka_unit_test_setup_teardown(a_domain_has_the_facts_of_its_servers_past_and_present, start, stop),
	    cmocka_unit_test_setup_teardown(what_nobody_has_proven_is_not_looked_at_where_there_are_several_tenants, start, stop),
	    cmocka_unit_test_setup_teardown(many_new_domains_are_spread_over_the_interval, start, stop),
	    cmocka_unit_test_setup_teardown(a_look_is_put_off_and_set, start, stop),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
