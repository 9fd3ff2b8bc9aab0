/* SPDX-License-Identifier: ISC */
#include "base/attr.h"
#include "store/db.h"
#include "store_fixture.h"

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

/* Two reporters, two domains, two days. */
static void fill(struct fixture *f)
{
	static const struct sketch sketches[] = {
	    {.reporter = "one.example",
	     .id = "a",
	     .domain = "example.com",
	     .day = DAY_ONE,
	     .successful = 100,
	     .failed = 10,
	     .result = "certificate-expired",
	     .mx = "mx1.example.com",
	     .ip = "192.0.2.1",
	     .mode = MODE_ENFORCE},
	    {.reporter = "one.example",
	     .id = "b",
	     .domain = "example.com",
	     .day = DAY_ONE + 1,
	     .successful = 50,
	     .failed = 5,
	     .result = "certificate-expired",
	     .mx = "mx2.example.com",
	     .ip = "192.0.2.77",
	     .mode = MODE_ENFORCE},
	    {.reporter = "one.example",
	     .id = "c",
	     .domain = "example.org",
	     .day = DAY_ONE,
	     .successful = 7,
	     .type = POLICY_TLSA},
	    {.reporter = "two.example",
	     .id = "d",
	     .domain = "example.com",
	     .day = DAY_ONE,
	     .successful = 20,
	     .failed = 4,
	     .result = "made-up-result",
	     .mx = "mx1.example.com",
	     .ip = "2001:db8:1::5",
	     .mode = MODE_TESTING},
	    {.reporter = "two.example",
	     .id = "e",
	     .domain = "example.com",
	     .day = DAY_ONE + 1,
	     .successful = 1,
	     .failed = 3,
	     .mode = MODE_ENFORCE},
	};
	for (size_t i = 0; i < COUNT_OF(sketches); i++)
		put(f, &sketches[i]);
}

static struct result_view results_with(struct fixture *f, const struct filter *filter)
{
	struct result_view view;
	must(f, store_results(f->store, filter, &f->arena, &view, &f->err));
	return view;
}

static void results_group_failures_and_name_what_is_unexplained(void **state)
{
	struct fixture *f = *state;
	struct filter all = FILTER_ALL;
	fill(f);
	struct result_view view = results_with(f, &all);
	assert_int_equal(view.successful, 178);
	assert_int_equal(view.failed, 22);
	assert_int_equal(view.reports, 5);
	assert_int_equal(view.period.begin, day_start(DAY_ONE));
	assert_int_equal(view.period.end, day_start(DAY_ONE + 2));
	assert_int_equal(view.row_count, 3);
	assert_str(view.rows[0].result_text, "certificate-expired");
	assert_int_equal(view.rows[0].sessions, 15);
	assert_int_equal(view.rows[0].refused_sessions, 15);
	assert_int_equal(view.rows[0].reporters, 1);
	assert_int_equal(view.rows[0].part_count, 2);
	assert_str(view.rows[0].parts[0].mx, "mx1.example.com");
	assert_int_equal(view.rows[0].parts[0].sessions, 10);
	assert_str(view.rows[1].result_text, "made-up-result");
	assert_int_equal(view.rows[1].result_type, RESULT_OTHER);
	assert_int_equal(view.rows[1].refused_sessions, 0);
	assert_true(view.rows[2].is_unexplained);
	assert_int_equal(view.rows[2].sessions, 3);
	assert_int_equal(view.rows[2].refused_sessions, 3);
	assert_int_equal(view.succeeded_count, 3);
	assert_int_equal(view.succeeded[0].sessions, 151);
}

static void filters_narrow_the_results(void **state)
{
	struct fixture *f = *state;
	static const struct {
		const char *name;
		struct filter filter;
		uint64_t successful, failed;
	} cases[] = {
#define ANY .since_day = DAY_NONE, .until_day = DAY_NONE, .mode = -1, .policy_type = -1
	    {"one day", {.since_day = DAY_ONE, .until_day = DAY_ONE, .mode = -1, .policy_type = -1}, 127, 14},
	    {"a domain", {ANY, .domain = {"Example.ORG", 11}}, 7, 0},
	    {"a reporter", {ANY, .reporter = {"two.example", 11}}, 21, 7},
	    {"nobody", {ANY, .reporter = {"nobody.example", 14}}, 0, 0},
	    {"a result", {ANY, .result_type = {"certificate-expired", 19}}, 0, 15},
	    {"an MX", {ANY, .mx = {"mx2.example.com", 15}}, 0, 5},
	    {"MX by their beginning", {ANY, .mx = {"mx*", 3}}, 0, 19},
	    {"no such MX", {ANY, .mx = {"zz*", 3}}, 0, 0},
	    {"DANE", {.since_day = DAY_NONE, .until_day = DAY_NONE, .mode = -1, .policy_type = POLICY_TLSA}, 7, 0},
	    {"testing", {.since_day = DAY_NONE, .until_day = DAY_NONE, .mode = MODE_TESTING, .policy_type = -1}, 20, 4},
	    {"another tenant", {ANY, .tenant = 9}, 0, 0},
	    {"a name that is no name", {ANY, .domain = {"x' OR 1=1 --", 12}}, 0, 0},
	};
	fill(f);
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct result_view view = results_with(f, &cases[i].filter);
		if (view.successful != cases[i].successful || view.failed != cases[i].failed)
			fail_msg("%s: %llu, %llu", cases[i].name, (unsigned long long)view.successful,
			         (unsigned long long)view.failed);
	}
}

static void sources_hold_units_and_their_failures(void **state)
{
	struct fixture *f = *state;
	struct filter all = FILTER_ALL;
	struct source_view view;
	fill(f);
	must(f, store_sources(f->store, &all, SOURCE_BY_REPORTER, &f->arena, &view, &f->err));
	assert_int_equal(view.row_count, 2);
	struct source_row *row = &view.rows[0];
	assert_str(row->reporter, "one.example");
	assert_str(row->name, "Example Mail");
	assert_int_equal(row->successful, 157);
	assert_int_equal(row->failed, 15);
	assert_int_equal(row->domains, 2);
	assert_int_equal(row->days_reported, 2);
	assert_str(row->worst_result, "certificate-expired");
	assert_int_equal(row->unit_count, 2);
	assert_str(row->units[0].policy_domain, "example.com");
	assert_int_equal(row->units[0].failure_count, 2);
	assert_str(row->units[0].failures[0].sending_mta_ip, "192.0.2.1");
	assert_int_equal(row->units[0].failures[0].sessions, 10);
	assert_int_equal(row->units[0].report_id, 2);
	assert_int_equal(view.rows[1].units[1].unexplained + view.rows[1].units[0].unexplained, 3);

	must(f, store_sources(f->store, &all, SOURCE_BY_NETWORK, &f->arena, &view, &f->err));
	assert_int_equal(view.row_count, 2);
	assert_str(view.rows[0].reporter, "192.0.2.0/24");
	assert_int_equal(view.rows[0].failed, 15);
	assert_str(view.rows[1].reporter, "2001:db8:1::/48");
	must(f, store_sources(f->store, &all, SOURCE_BY_ADDRESS, &f->arena, &view, &f->err));
	assert_int_equal(view.row_count, 2 + 1);
	assert_str(view.rows[0].reporter, "192.0.2.1");
}

static void the_list_is_paged_without_gaps_and_filtered(void **state)
{
	struct fixture *f = *state;
	struct filter filter = FILTER_ALL;
	struct report_list list;
	int seen = 0;
	int32_t day = INT32_MAX;
	fill(f);
	filter.limit = 2;
	do {
		must(f, store_reports(f->store, &filter, &f->arena, &list, &f->err));
		for (size_t i = 0; i < list.row_count; i++, seen++) {
			assert_true(list.rows[i].day <= day);
			day = list.rows[i].day;
		}
		filter.after_id = list.next;
	} while (list.next != 0);
	assert_int_equal(seen, 5);

	filter = FILTER_ALL;
	filter.failures_only = true;
	must(f, store_reports(f->store, &filter, &f->arena, &list, &f->err));
	assert_int_equal(list.row_count, 4);
	filter.result_type = STR("made-up-result");
	must(f, store_reports(f->store, &filter, &f->arena, &list, &f->err));
	assert_int_equal(list.row_count, 1);
	assert_str(list.rows[0].report_id, "d");
	assert_str(list.rows[0].worst_result, "made-up-result");
	filter = FILTER_ALL;
	filter.domain = STR("example.org");
	must(f, store_reports(f->store, &filter, &f->arena, &list, &f->err));
	assert_int_equal(list.row_count, 1);
	assert_str(list.rows[0].policy_types, "tlsa");
}

static void a_changed_policy_counts_backwards(void **state)
{
	struct fixture *f = *state;
	struct sketch s = {.id = "a", .successful = 10, .trust = TRUST_UNSIGNED};
	put(f, &s);
	assert_totals(f, 0, 0);
	for (int i = 0; i < 2; i++) {
		fixture_reopen(f);
		store_set_policy(f->store, (struct store_policy){.count_unsigned = i == 0});
		must(f, store_begin(f->store, &f->err));
		must(f, store_commit(f->store, &f->err));
		assert_totals(f, i == 0 ? 10 : 0, 0);
	}
}

static void old_originals_go_and_their_numbers_stay(void **state)
{
	struct fixture *f = *state;
	struct sketch s = {.id = "a", .successful = 10, .received_at = day_start(100)};
	uint32_t deleted;
	put(f, &s);
	s.id = "b";
	s.received_at = day_start(200);
	s.successful = 11;
	put(f, &s);
	put_broken(f, "{,}"); /* received at 1 */
	store_set_policy(f->store, (struct store_policy){.originals_days = 30});
	must(f, store_retain(f->store, day_start(210), 10, &deleted, &f->err));
	assert_int_equal(deleted, 1);
	must(f, store_retain(f->store, day_start(210), 10, &deleted, &f->err));
	assert_int_equal(deleted, 0);
	struct stored_report got;
	must(f, store_report(f->store, 1, &f->arena, &got, &f->err));
	assert_int_equal(got.original_id, 0);
	must(f, store_report(f->store, 2, &f->arena, &got, &f->err));
	assert_int_not_equal(got.original_id, 0);
	assert_totals(f, 21, 0);
	/* It comes again: it is kept again. */
	s = (struct sketch){.id = "a", .successful = 10, .received_at = day_start(209)};
	assert_int_equal(put(f, &s).outcome, INGEST_DUPLICATE);
	must(f, store_report(f->store, 1, &f->arena, &got, &f->err));
	assert_int_not_equal(got.original_id, 0);
	assert_totals(f, 21, 0);
}

struct totals {
	uint64_t successful, failed, by_networks, days;
};

static void add_totals(struct fixture *f, int32_t since, int32_t until, struct totals *out)
{
	struct filter filter = FILTER_ALL;
	struct result_view results;
	struct source_view sources;

	filter.since_day = since;
	filter.until_day = until;
	must(f, store_results(f->store, &filter, &f->arena, &results, &f->err));
	out->successful += results.successful;
	out->failed += results.failed;
	must(f, store_sources(f->store, &filter, SOURCE_BY_REPORTER, &f->arena, &sources, &f->err));
	for (size_t i = 0; i < sources.row_count; i++) {
		out->successful += sources.rows[i].successful;
		out->failed += sources.rows[i].failed;
		out->days += sources.rows[i].days_reported;
	}
	must(f, store_sources(f->store, &filter, SOURCE_BY_NETWORK, &f->arena, &sources, &f->err));
	for (size_t i = 0; i < sources.row_count; i++)
		out->by_networks += sources.rows[i].failed;
}

/* Whatever part of it comes out of the sums of ten days. */
static void a_period_says_what_its_days_say(void **state)
{
	struct fixture *f = *state;
	enum { DAYS = 34 };
	struct totals day[DAYS] = {0};

	for (int i = 0; i < DAYS; i += i % 7 == 3 ? 2 : 1) { /* with gaps */
		for (int r = 0; r < 2; r++) {
			struct sketch s = {.reporter = r == 0 ? "one.example" : "two.example",
			                   .id = arena_format(&f->arena, "%d-%d", i, r),
			                   .day = DAY_ONE + i,
			                   .successful = (uint64_t)(1000 + i * 10 + r),
			                   .failed = (uint64_t)(i % 3),
			                   .result = i % 3 == 0 ? NULL : "certificate-expired",
			                   .ip = "192.0.2.1"};
			put(f, &s);
		}
	}
	must(f, store_verify(f->store, &f->err));
	for (int i = 0; i < DAYS; i++)
		add_totals(f, DAY_ONE + i, DAY_ONE + i, &day[i]);
	for (int since = -1; since < DAYS; since += 3) {
		for (int until = since < 0 ? 0 : since; until <= DAYS; until++) {
			struct totals want = {0}, got = {0};
			for (int i = since < 0 ? 0 : since; i <= until && i < DAYS; i++) {
				want.successful += day[i].successful;
				want.failed += day[i].failed;
				want.by_networks += day[i].by_networks;
				want.days += day[i].days;
			}
			add_totals(f, since < 0 ? DAY_NONE : DAY_ONE + since, until == DAYS ? DAY_NONE : DAY_ONE + until,
			           &got);
			if (memcmp(&want, &got, sizeof want) != 0)
				fail_msg("days %d to %d: %llu, %llu, %llu, %llu", since, until,
				         (unsigned long long)got.successful, (unsigned long long)got.failed,
				         (unsigned long long)got.by_networks, (unsigned long long)got.days);
		}
	}
}

/* Sums that are wrong, an original that was changed: verify names them. */
/* More pairs of reporter and domain than are held at a time (UNITS_HELD), and the failing one comes last. */
static void a_sender_of_more_domains_than_are_held_keeps_its_numbers(void **state)
{
	struct fixture *f = *state;
	struct filter filter = FILTER_ALL;
	struct source_view view;
	struct db *db = NULL;

	put(f, &(struct sketch){.id = "a", .day = DAY_ONE, .successful = 1});
	put(f, &(struct sketch){.id = "b", .day = DAY_ONE + 5, .successful = 1, .seed = 1});
	store_close(&f->store);
	must(f, db_open(f->path, DB_WRITE, true, &db, &f->err));
	must(f, db_script(db,
	                  "INSERT INTO name (id, text) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 310001)"
	                  " SELECT 1000000 + i, 'd' || i || '.example' FROM n;"
	                  "INSERT INTO day_unit (day, reporter, domain, type, type_text, mode, units, successful, failed, unexplained)"
	                  " SELECT 20002, (SELECT id FROM reporter), id, 1, 0, 3, 1, 1, CASE WHEN id = 1310001 THEN 7 ELSE 0 END, 0"
	                  " FROM name WHERE id > 1000000;"
	                  "INSERT INTO tenant_day SELECT 0, day, reporter, type, type_text, mode, sum(units), sum(successful), sum(failed), 0"
	                  " FROM day_unit WHERE day = 20002 GROUP BY 2, 3, 4, 5, 6;",
	                  &f->err));
	db_close(&db);
	fixture_open(f);
	filter.since_day = filter.until_day = DAY_ONE + 2;
	must(f, store_sources(f->store, &filter, SOURCE_BY_REPORTER, &f->arena, &view, &f->err));
	assert_int_equal(view.row_count, 1);
	assert_int_equal(view.rows[0].successful, 310001);
	assert_int_equal(view.rows[0].failed, 7);
	assert_int_equal(view.rows[0].domains, 310001);
	assert_str(view.rows[0].units[0].policy_domain, "d310001.example"); /* it is listed, whatever was counted before it */
	assert_int_equal(view.rows[0].units[0].failed, 7);
}

static void verify_finds_what_is_wrong(void **state)
{
	struct fixture *f = *state;
	static const char *const harms[] = {
	    "UPDATE day_unit SET successful = successful + 1",
	    "UPDATE span_unit SET failed = failed - 1",
	    "UPDATE domain_span SET units = units + 1",
	    "UPDATE hundred_unit SET failed = failed + 1",
	    "UPDATE tenant_day SET unexplained = 9",
	    "INSERT INTO tenant_domain VALUES (1, 1)",
	    "UPDATE series SET successful = successful + 1",
	    "UPDATE series SET first_day = first_day - 1",
	    "DELETE FROM day_failure",
	    "UPDATE failure SET counts = 0",
	    "UPDATE failure SET mode = 3 - mode",
	    "UPDATE day_report SET reports = 2",
	    "UPDATE unit SET failed = failed + 1",
	    "UPDATE report SET state = 3",
	    "UPDATE original SET sha256 = zeroblob(32)",
	    "UPDATE original SET bytes = x'00'",
	    "DELETE FROM arrival",
	    "UPDATE counter SET arrivals = 9",
	};
	for (size_t i = 0; i < COUNT_OF(harms); i++) {
		struct sketch s = {.id = "a", .successful = 10, .failed = 2, .result = "validation-failure"};
		struct db *db = NULL;
		struct err err = {0};
		fixture_stop(f);
		fixture_start(f);
		put(f, &s);
		must(f, store_verify(f->store, &f->err));
		store_close(&f->store);
		must(f, db_open(f->path, DB_WRITE, true, &db, &f->err));
		must(f, db_script(db, harms[i], &f->err));
		db_close(&db);
		fixture_open(f);
		if (store_verify(f->store, &err))
			fail_msg("not found: %s", harms[i]);
		assert_int_equal(err.kind, ERR_SETUP);
	}
}

/* The plans of the views: searches in indexes, never a walk over all reports, units or failures. */
static void no_view_walks_over_all_rows(void **state)
{
	struct fixture *f = *state;
	static const char *const narrow[] = {
	    "SELECT type, successful FROM day_unit WHERE 1 AND day >= 1 AND day <= 2",
	    "SELECT result, sessions FROM day_failure WHERE 1 AND day >= 1 AND day <= 2 AND domain = 3",
	    ("SELECT u.report FROM unit u JOIN report p ON p.id = u.report WHERE u.domain = 1 AND u.reporter = 2"
	     " AND u.day BETWEEN 1 AND 9 AND u.type = 0 AND u.mode = 0 AND u.aside = 0 AND p.state = 0"
	     " ORDER BY u.day DESC, u.report DESC LIMIT 1"),
	    "SELECT type, successful FROM span_unit WHERE 1 AND day >= 1 AND day <= 20",
	    "SELECT successful FROM tenant_day WHERE tenant = 1 AND day >= 1 AND day <= 2",
	    "SELECT failed FROM day_unit INDEXED BY day_unit_failed WHERE failed > 0 AND day >= 1 AND day <= 2",
	    "SELECT f.sessions FROM failure f WHERE f.counts = 1 AND f.day >= 1 AND f.day <= 2",
	    "SELECT f.sessions FROM failure f INDEXED BY failure_series WHERE f.counts = 1 AND f.domain = 1 AND f.reporter = 2",
	    "SELECT id FROM report INDEXED BY report_rid WHERE lower(substr(rid, 1, 16)) = 'x'",
	    "SELECT p.id FROM report p WHERE 1 AND p.day >= 1 AND p.day <= 2 ORDER BY p.day DESC, p.id DESC LIMIT 50",
	    "SELECT id FROM report WHERE reporter = 1 AND begin = 2 AND end = 3 AND rid = 'x'",
	    "SELECT id FROM report WHERE body = 1 AND reporter = 1 AND begin = 2 AND end = 3",
	    "SELECT id FROM original WHERE sha256 = x'00'",
	};
	struct db *db = NULL;
	fill(f);
	must(f, db_open(f->path, DB_READ, true, &db, &f->err));
	for (size_t i = 0; i < COUNT_OF(narrow); i++) {
		char sql[512];
		(void)snprintf(sql, sizeof sql, "EXPLAIN QUERY PLAN %s", narrow[i]);
		struct query *query = db_ask_once(db, sql, NULL, 0, &f->err);
		assert_non_null(query);
		size_t steps = 0;
		for (; db_next(query); steps++)
			if (str_starts_with(db_get_text(query, 3), STR("SCAN")))
				fail_msg("%s: %.*s", narrow[i], STR_ARGS(db_get_text(query, 3)));
		assert_true(steps > 0);
		must(f, db_end(query, &f->err));
	}
	db_close(&db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(results_group_failures_and_name_what_is_unexplained, start, stop),
	    cmocka_unit_test_setup_teardown(filters_narrow_the_results, start, stop),
	    cmocka_unit_test_setup_teardown(a_period_says_what_its_days_say, start, stop),
	    cmocka_unit_test_setup_teardown(sources_hold_units_and_their_failures, start, stop),
	    cmocka_unit_test_setup_teardown(the_list_is_paged_without_gaps_and_filtered, start, stop),
	    cmocka_unit_test_setup_teardown(a_changed_policy_counts_backwards, start, stop),
	    cmocka_unit_test_setup_teardown(old_originals_go_and_their_numbers_stay, start, stop),
	    cmocka_unit_test_setup_teardown(a_sender_of_more_domains_than_are_held_keeps_its_numbers, start, stop),
	    cmocka_unit_test_setup_teardown(verify_finds_what_is_wrong, start, stop),
	    cmocka_unit_test_setup_teardown(no_view_walks_over_all_rows, start, stop),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
