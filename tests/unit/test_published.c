/* SPDX-License-Identifier: ISC */
#include "base/attr.h"
#include "role/http_policy.h"
#include "role/policy_copy.h"
#include "store/published.h"
#include "store/store_domains.h"
#include "store_fixture.h"

#define NOW day_start(DAY_ONE)

static int start(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	fixture_start(f);
	*state = f;
	return 0;
}

static int stop(void **state)
{
	fixture_stop(*state);
	free(*state);
	return 0;
}

static void list(struct fixture *f, const char *name, int64_t tenant)
{
	struct domain_row row = {.name = str_of(name), .tenant = tenant, .token = str_of(name), .nonce = STR("n"), .created_at = NOW};
	struct domain_change change;
	must(f, store_domain_add(f->store, &row, false, &change, &f->err));
}

static bool publish(struct fixture *f, const char *name, const char *id, const char *text, int64_t expected)
{
	struct str mx[] = {STR("mx1.example.com"), STR("*.example.net")};
	struct published one = {.domain = str_of(name), .id = str_of(id), .text = str_of(text), .who = STR("somebody"), .at = NOW,
	                        .policy = {.mode = MODE_TESTING, .max_age_secs = 86400, .mx = {mx, COUNT_OF(mx)}}};
	int64_t n = 0;
	return published_add(f->store, &one, expected, &n, &f->err);
}

static struct published now_of(struct fixture *f, const char *name)
{
	struct published one;
	must(f, published_now(f->store, str_of(name), &f->arena, &one, &f->err));
	return one;
}

static size_t shelf_of(struct fixture *f, struct shelf_row **out)
{
	size_t count = 0;
	must(f, published_shelf(f->store, &f->arena, out, &count, &f->err));
	return count;
}

static void the_newest_counts_and_no_id_comes_twice(void **state)
{
	struct fixture *f = *state;

	assert_false(publish(f, "example.com", "1", "a", 0));
	assert_int_equal(f->err.kind, ERR_MISSING);
	list(f, "example.com", 0);
	assert_int_equal(now_of(f, "example.com").n, 0);
	assert_true(publish(f, "example.com", "1", "a", 0));
	struct published first = now_of(f, "example.com");
	assert_int_equal(first.policy.mx.count, 2);
	assert_str(first.policy.mx.items[1], "*.example.net");
	assert_str(first.who, "somebody");
	/* Somebody else was quicker. */
	assert_false(publish(f, "example.com", "2", "b", 0));
	assert_int_equal(f->err.kind, ERR_LATER);
	assert_false(publish(f, "example.com", "1", "b", first.n));
	assert_int_equal(f->err.kind, ERR_INPUT);
	assert_true(publish(f, "example.com", "2", "b", first.n));
	assert_str(now_of(f, "example.com").text, "b");
	struct shelf_row *rows;
	assert_int_equal(shelf_of(f, &rows), 1);
	assert_str(rows[0].text, "b");
	assert_true(publish(f, "example.com", "3", "", now_of(f, "example.com").n));
	assert_int_equal(shelf_of(f, &rows), 0);
}

static void with_several_tenants_only_proven_domains_are_served(void **state)
{
	struct fixture *f = *state;
	struct shelf_row *rows;
	int64_t one = 0, other = 0, version, places, before;

	must(f, store_tenant_add(f->store, STR("One"), NOW, &f->err) && store_tenant_find(f->store, STR("One"), &one, &f->err));
	list(f, "example.com", one);
	assert_true(publish(f, "example.com", "1", "a", 0));
	assert_int_equal(shelf_of(f, &rows), 1);
	must(f, published_version(f->store, &before, &places, &f->err));
	must(f, store_tenant_add(f->store, STR("Other"), NOW, &f->err) && store_tenant_find(f->store, STR("Other"), &other, &f->err));
	must(f, published_version(f->store, &version, &places, &f->err));
	assert_true(version > before);
	assert_int_equal(shelf_of(f, &rows), 0);
	assert_false(publish(f, "example.com", "2", "b", 1));
	assert_int_equal(f->err.kind, ERR_DENIED);
	must(f, store_domain_prove(f->store, STR("example.com"), DOMAIN_PROVEN_NONCE, NOW, &f->err));
	assert_int_equal(shelf_of(f, &rows), 1);
	store_set_tenant(f->store, other);
	assert_int_equal(now_of(f, "example.com").n, 0);
	store_set_tenant(f->store, one);
	assert_int_equal(now_of(f, "example.com").n, 1);
	store_set_tenant(f->store, 0);
	struct domain_change change;
	must(f, store_domain_remove(f->store, STR("example.com"), false, &change, &f->err));
	assert_int_equal(shelf_of(f, &rows), 0);
	list(f, "example.com", other);
	assert_int_equal(now_of(f, "example.com").n, 0);
}

/* Seconds until the place is looked up again. */
static instant wait_after(struct fixture *f, enum place_leads leads, instant now)
{
	struct str_list due;
	instant next;

	must(f, published_place_told(f->store, STR("example.com"), leads, now, &f->err));
	must(f, published_places_due(f->store, now, 10, &f->arena, &due, &next, &f->err));
	assert_int_equal(due.count, 0);
	return next - now;
}

static void a_place_is_looked_up_soon_and_then_ever_more_rarely(void **state)
{
	struct fixture *f = *state;
	struct str_list due;
	struct shelf_row *rows;
	instant next;
	int64_t version, places, before;

	list(f, "example.com", 0);
	assert_true(publish(f, "example.com", "1", "a", 0));
	must(f, published_places_due(f->store, NOW, 10, &f->arena, &due, &next, &f->err));
	assert_int_equal(due.count, 1);
	assert_int_equal(wait_after(f, PLACE_ELSEWHERE, NOW), 60);
	assert_int_equal(wait_after(f, PLACE_ELSEWHERE, NOW), 120);
	assert_int_equal(wait_after(f, PLACE_UNKNOWN, NOW), 240);
	for (unsigned i = 0; i < 8; i++)
		(void)wait_after(f, PLACE_ELSEWHERE, NOW);
	assert_int_equal(wait_after(f, PLACE_ELSEWHERE, NOW), 3600);
	assert_int_equal(shelf_of(f, &rows), 1);
	assert_false(rows[0].leads_here);
	assert_int_equal(wait_after(f, PLACE_HERE, NOW + 10), 3600);
	assert_int_equal(shelf_of(f, &rows), 1);
	assert_true(rows[0].leads_here && rows[0].seen_at == NOW + 10);
	/* What could not be told takes nothing away, and what is as it was is noted once a day. */
	assert_int_equal(wait_after(f, PLACE_UNKNOWN, NOW + 20), 60);
	must(f, published_version(f->store, &version, &before, &f->err));
	(void)wait_after(f, PLACE_HERE, NOW + 3610);
	must(f, published_version(f->store, &version, &places, &f->err));
	assert_int_equal(places, before);
	(void)wait_after(f, PLACE_HERE, NOW + 2 * SECS_PER_DAY);
	assert_int_equal(shelf_of(f, &rows), 1);
	assert_true(rows[0].leads_here && rows[0].seen_at == NOW + 2 * SECS_PER_DAY);
	/* Published again: it is looked up at once. */
	assert_true(publish(f, "example.com", "2", "b", now_of(f, "example.com").n));
	must(f, published_places_due(f->store, NOW, 10, &f->arena, &due, &next, &f->err));
	assert_int_equal(due.count, 1);
}

static void the_copy_is_read_back_and_a_damaged_one_is_not(void **state)
{
	struct fixture *f = *state;
	struct shelf_row *rows;
	char path[200];
	size_t count;

	assert_false(policy_copy_read(f->path, &f->arena, &rows, &count, &f->err));
	assert_int_equal(f->err.kind, ERR_MISSING);
	list(f, "example.com", 0);
	list(f, "example.net", 0);
	assert_true(publish(f, "example.com", "1", "first", 0) && publish(f, "example.net", "1", "second", 0));
	must(f, policy_copy_write(f->path, f->store, &f->err));
	must(f, policy_copy_read(f->path, &f->arena, &rows, &count, &f->err));
	assert_int_equal(count, 2);
	assert_str(rows[1].domain, "example.net");
	assert_str(rows[1].text, "second");
	(void)snprintf(path, sizeof path, "%s.policies", f->path);
	for (long cut = 60; cut > 0; cut -= 7) {
		assert_int_equal(truncate(path, cut), 0);
		assert_false(policy_copy_read(f->path, &f->arena, &rows, &count, &f->err));
		assert_int_equal(f->err.kind, ERR_INPUT);
	}
}

static void a_policy_host_is_told_by_its_name_alone(void **state)
{
	static const struct {
		const char *host, *domain;
	} cases[] = {
	    {"mta-sts.example.com", "example.com"},        {"MTA-STS.Example.COM.", "example.com"},
	    {"mta-sts.example.com:8443", "example.com"},   {"mta-sts.example.com.:443", "example.com"},
	    {"mta-sts.example.com:", "example.com"},       {"mta-sts.m\xc3\xbcnchen.example", "xn--mnchen-3ya.example"},
	    {"mta-sts.xn--mnchen-3ya.example", "xn--mnchen-3ya.example"},
	    {"example.com", NULL},                         {"mta-sts.", NULL},
	    {"mta-sts", NULL},                             {"xmta-sts.example.com", NULL},
	    {"mta-sts.example.com:http", NULL},            {"mta-sts.example.com:99999", NULL},
	    {"mta-sts.example.com:1:2", NULL},             {"mta-sts.example.com/", NULL},
	    {"a@mta-sts.example.com", NULL},               {"mta-sts..example.com", NULL},
	    {"mta-sts.exa mple.com", NULL},                {"[::1]:80", NULL},
	    {"127.0.0.1", NULL},                           {"", NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct buf out;
		buf_init(&out, KIB(1));
		bool ok = http_policy_domain(str_of(cases[i].host), &out);
		if (ok != (cases[i].domain != NULL) || (ok && !str_eq(buf_view(&out), str_of(cases[i].domain))))
			fail_msg("'%s' gives '%.*s'", cases[i].host, STR_ARGS(buf_view(&out)));
		buf_done(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(the_newest_counts_and_no_id_comes_twice, start, stop),
	    cmocka_unit_test_setup_teardown(with_several_tenants_only_proven_domains_are_served, start, stop),
	    cmocka_unit_test_setup_teardown(a_place_is_looked_up_soon_and_then_ever_more_rarely, start, stop),
	    cmocka_unit_test_setup_teardown(the_copy_is_read_back_and_a_damaged_one_is_not, start, stop),
	    cmocka_unit_test(a_policy_host_is_told_by_its_name_alone),
	};
	return cmocka_run_group_tests_name("published", tests, NULL, NULL);
}
