/* SPDX-License-Identifier: ISC */
#include "store/tenants.h"

#include "store/store_domains.h"
#include "store_fixture.h"

static int setup(void **state)
{
	static struct fixture f;
	fixture_start(&f);
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	fixture_stop(*state);
	return 0;
}

static int64_t add_tenant(struct fixture *f, const char *name, const char *domain, uint32_t days)
{
	struct domain_row row = {.name = str_of(domain), .token = str_of(name), .nonce = STR("n"), .created_at = 1};
	struct tenant_settings settings;
	struct domain_change change;

	must(f, store_tenant_add(f->store, str_of(name), 1, &f->err));
	must(f, store_tenant_find(f->store, str_of(name), &row.tenant, &f->err));
	must(f, store_domain_add(f->store, &row, false, &change, &f->err));
	must(f, store_domain_prove(f->store, row.name, DOMAIN_PROVEN_RECORD, 1, &f->err));
	must(f, tenants_settings(f->store, row.tenant, &f->arena, &settings, &f->err));
	settings.originals_days = days;
	must(f, tenants_set(f->store, &settings, &f->err));
	return row.tenant;
}

static void set_days(struct fixture *f, int64_t tenant, uint32_t days)
{
	struct tenant_settings settings;

	must(f, tenants_settings(f->store, tenant, &f->arena, &settings, &f->err));
	settings.originals_days = days;
	must(f, tenants_set(f->store, &settings, &f->err));
}

static void put_of(struct fixture *f, const char *id, const char *domain, int32_t day)
{
	put(f, &(struct sketch){.id = id, .domain = domain, .successful = 1, .received_at = day_start(day)});
}

/* One report with a unit of each. */
static void put_of_both(struct fixture *f, const char *id, int32_t day)
{
	struct sketch s = {.id = id, .domain = "a.example", .successful = 1, .received_at = day_start(day)};
	struct report *report = sketch_report(&f->arena, &s);
	struct unit *units = ARENA_ARRAY(&f->arena, 2, struct unit);
	struct arrival arrival = sketch_arrival(&f->arena, &s);
	struct ingest_result result;

	units[0] = units[1] = report->units[0];
	units[1].policy_domain = STR("b.example");
	report->units = units;
	report->unit_count = 2;
	must(f, store_begin(f->store, &f->err));
	must(f, store_ingest(f->store, &arrival, &(struct decoded){.reports = report, .report_count = 1}, TRUST_OPERATOR, STR("test"),
	                     &result, &f->err));
	must(f, store_commit(f->store, &f->err));
}

static uint32_t retain(struct fixture *f, int32_t day)
{
	uint32_t deleted = 0, sum = 0;
	bool more = true;

	/* In small portions, as a tick takes them. */
	for (unsigned turn = 0; more; turn++) {
		assert_true(turn < 100);
		must(f, tenants_retain(f->store, day_start(day), 2, &deleted, &more, &f->err));
		sum += deleted;
	}
	must(f, store_verify(f->store, &f->err));
	return sum;
}

static bool has_original(struct fixture *f, int64_t report)
{
	struct stored_report got;
	must(f, store_report(f->store, report, &f->arena, &got, &f->err));
	return got.original_id != 0;
}

static void an_original_goes_when_nobody_in_it_wants_it_any_more(void **state)
{
	struct fixture *f = *state;
	int64_t a = add_tenant(f, "a", "a.example", 30);
	(void)add_tenant(f, "b", "b.example", 60);
	(void)add_tenant(f, "c", "c.example", 0);

	put_of(f, "of-a", "a.example", 100);
	put_of_both(f, "both", 100);
	put_of(f, "of-b", "b.example", 100);
	put_of(f, "of-c", "c.example", 100);
	put_of(f, "of-nobody", "else.example", 100);
	put_of(f, "young", "a.example", 125);
	put_broken(f, "{,}");
	assert_int_equal(retain(f, 130), 0);
	assert_int_equal(retain(f, 131), 1);
	assert_false(has_original(f, 1));
	assert_true(has_original(f, 2));
	assert_int_equal(retain(f, 131), 0);
	assert_int_equal(retain(f, 170), 3); /* of-b, both, young */
	assert_false(has_original(f, 2));
	assert_false(has_original(f, 3));
	assert_true(has_original(f, 4));
	assert_true(has_original(f, 5));
	/* Who wants less from today on: what was looked at before is looked at again. */
	put_of(f, "late", "a.example", 160);
	assert_int_equal(retain(f, 171), 0);
	set_days(f, a, 5);
	assert_int_equal(retain(f, 171), 1);
}

static void a_domain_that_changes_hands_is_looked_at_again(void **state)
{
	struct fixture *f = *state;
	int64_t a = add_tenant(f, "a", "a.example", 30);

	(void)add_tenant(f, "b", "b.example", 0);
	put_of(f, "of-b", "b.example", 100);
	assert_int_equal(retain(f, 200), 0);
	struct domain_row row = {.name = STR("b.example"), .tenant = a, .token = STR("b"), .nonce = STR("n"), .created_at = 1};
	must(f, store_domain_edit(f->store, &row, &f->err));
	must(f, store_domain_prove(f->store, row.name, DOMAIN_PROVEN_RECORD, 1, &f->err));
	assert_int_equal(retain(f, 200), 1);
}

static void the_house_keeps_nothing_longer_for_a_tenant(void **state)
{
	struct fixture *f = *state;
	uint32_t deleted;

	(void)add_tenant(f, "a", "a.example", 400);
	put_of(f, "of-a", "a.example", 100);
	store_set_policy(f->store, (struct store_policy){.originals_days = 30});
	assert_int_equal(retain(f, 1000), 0); /* it is not the tenant's days that let it go */
	must(f, store_retain(f->store, day_start(131), 10, &deleted, &f->err));
	assert_int_equal(deleted, 1);
	assert_false(has_original(f, 1));
}

static void a_logo_is_its_tenants_alone_and_goes_with_him(void **state)
{
	struct fixture *f = *state;
	int64_t a = add_tenant(f, "a", "a.example", 0), b = add_tenant(f, "b", "b.example", 0);
	struct tenant_settings settings;
	struct domain_change change;
	struct str png;

	must(f, tenants_set_logo(f->store, a, STR("one"), &f->err));
	must(f, tenants_set_logo(f->store, a, STR("two"), &f->err));
	store_set_tenant(f->store, b);
	must(f, tenants_logo(f->store, a, &f->arena, &png, &f->err));
	assert_int_equal(png.len, 0);
	store_set_tenant(f->store, a);
	must(f, tenants_logo(f->store, a, &f->arena, &png, &f->err));
	assert_str(png, "two");
	store_set_tenant(f->store, 0);
	must(f, tenants_settings(f->store, a, &f->arena, &settings, &f->err));
	assert_str(settings.logo_hash, "3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3");
	must(f, store_domain_remove(f->store, STR("a.example"), false, &change, &f->err));
	must(f, store_tenant_remove(f->store, STR("a"), &f->err));
	must(f, tenants_logo(f->store, a, &f->arena, &png, &f->err));
	assert_int_equal(png.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(an_original_goes_when_nobody_in_it_wants_it_any_more, setup, teardown),
	    cmocka_unit_test_setup_teardown(a_domain_that_changes_hands_is_looked_at_again, setup, teardown),
	    cmocka_unit_test_setup_teardown(the_house_keeps_nothing_longer_for_a_tenant, setup, teardown),
	    cmocka_unit_test_setup_teardown(a_logo_is_its_tenants_alone_and_goes_with_him, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
