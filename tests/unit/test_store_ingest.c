/* SPDX-License-Identifier: ISC */
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

static void a_report_is_read_back_as_it_was(void **state)
{
	struct fixture *f = *state;
	struct str lines[] = {STR("version: STSv1"), STR("mode: enforce")};
	struct deviation odd = {.kind = DEVIATION_DATE_WITHOUT_ZONE, .path = STR("/date-range"), .read_as = STR("UTC")};
	struct unknown_member member = {.path = STR("/x"), .value = STR("{\"a\":1}")};
	struct sketch s = {.id = "one",
	                   .successful = 7,
	                   .failed = 3,
	                   .result = "certificate-expired",
	                   .mx = "mx.example.com",
	                   .ip = "192.0.2.1",
	                   .mode = MODE_ENFORCE};
	struct report *report = sketch_report(&f->arena, &s);
	report->units->policy_strings = (struct str_list){lines, 2};
	report->deviations = &odd;
	report->deviation_count = 1;
	report->unknown_members = &member;
	report->unknown_count = 1;
	report->units->failures->reason_code = STR("X509_V_ERR_CERT_HAS_EXPIRED");
	struct arrival arrival = sketch_arrival(&f->arena, &s);
	struct decoded decoded = {.reports = report, .report_count = 1};
	struct ingest_result result;
	must(f, store_begin(f->store, &f->err));
	must(f,
	     store_ingest(f->store, &arrival, &decoded, TRUST_SIGNED, STR("signed by mail.example"), &result, &f->err));
	must(f, store_commit(f->store, &f->err));
	assert_int_equal(result.outcome, INGEST_STORED);

	struct stored_report got;
	must(f, store_report(f->store, 1, &f->arena, &got, &f->err));
	assert_str(got.report.reporter, "mail.example");
	assert_str(got.report.contact_info, "tls@mail.example");
	assert_str(got.report.report_id, "one");
	assert_int_equal(got.report.begin, report->begin);
	assert_str(got.trust_reason, "signed by mail.example");
	assert_int_equal(got.report.unit_count, 1);
	assert_int_equal(got.report.units->policy_strings.count, 2);
	assert_str(got.report.units->policy_strings.items[1], "mode: enforce");
	assert_int_equal(got.report.units->failure_count, 1);
	assert_int_equal(got.report.units->failures->result_type, RESULT_CERTIFICATE_EXPIRED);
	assert_int_equal(got.report.units->failures->cause, CAUSE_CERT_EXPIRED);
	assert_str(got.report.units->failures->reason_code, "X509_V_ERR_CERT_HAS_EXPIRED");
	assert_int_equal(got.report.deviation_count, 1);
	assert_int_equal(got.report.deviations->kind, DEVIATION_DATE_WITHOUT_ZONE);
	assert_str(got.report.unknown_members->value, "{\"a\":1}");

	struct buf original;
	buf_init(&original, MIB(1));
	must(f, store_original(f->store, got.original_id, &original, &f->err));
	assert_true(str_eq(buf_view(&original), arrival.bytes));
	buf_done(&original);
}

static void the_same_report_counts_once_however_often_it_comes(void **state)
{
	struct fixture *f = *state;
	struct sketch s = {.id = "one", .successful = 7, .failed = 3, .result = "certificate-expired"};
	for (int i = 0; i < 20; i++) {
		s.door = (enum door)(i % DOOR_COUNT);
		s.seed = i / 2;
		s.received_at = day_start(DAY_ONE) + i;
		assert_int_equal(put(f, &s).outcome, i == 0 ? INGEST_STORED : INGEST_DUPLICATE);
	}
	assert_totals(f, 7, 3);
	struct store_status status;
	must(f, store_status(f->store, &f->arena, &status, &f->err));
	assert_int_equal(status.reports, 1);
	assert_int_equal(status.duplicates, 19);
	assert_int_equal(status.arrivals, 20);
}

static void an_equally_trusted_revision_replaces_and_keeps_the_old_one(void **state)
{
	struct fixture *f = *state;
	struct sketch old = {.id = "one", .successful = 7, .received_at = 1000000};
	struct sketch new = {.id = "one", .successful = 9, .received_at = 2000000};
	put(f, &old);
	assert_int_equal(put(f, &new).outcome, INGEST_REVISION);
	assert_totals(f, 9, 0);
	/* The old one replayed does not come back. */
	old.received_at = 3000000;
	assert_int_equal(put(f, &old).outcome, INGEST_DUPLICATE);
	assert_totals(f, 9, 0);
	struct stored_report got;
	must(f, store_report(f->store, 1, &f->arena, &got, &f->err));
	assert_false(got.row.counted);
	assert_int_equal(got.superseded_by, 2);
}

static void nobody_can_take_an_id_from_a_better_trusted_report(void **state)
{
	struct fixture *f = *state;
	store_set_policy(f->store, (struct store_policy){.count_unsigned = true});
	struct sketch forged = {.id = "one", .successful = 999, .trust = TRUST_UNSIGNED, .received_at = 1000};
	struct sketch real = {.id = "one", .successful = 5, .trust = TRUST_SIGNED, .received_at = 2000};
	assert_int_equal(put(f, &forged).outcome, INGEST_STORED);
	assert_int_equal(put(f, &real).outcome, INGEST_REVISION);
	assert_totals(f, 5, 0);
	forged.successful = 1000;
	forged.received_at = 3000;
	assert_int_equal(put(f, &forged).outcome, INGEST_HELD);
	assert_totals(f, 5, 0);
}

static void an_untrusted_report_is_held_until_a_better_copy_comes(void **state)
{
	struct fixture *f = *state;
	struct sketch s = {.id = "one", .successful = 5, .trust = TRUST_UNSIGNED};
	assert_int_equal(put(f, &s).outcome, INGEST_HELD);
	assert_totals(f, 0, 0);
	struct filter all = FILTER_ALL;
	struct quarantine_list list;
	must(f, store_quarantine(f->store, &all, &f->arena, &list, &f->err));
	assert_int_equal(list.row_count, 1);
	assert_int_equal(list.rows[0].kind, QUARANTINE_HELD);
	s.trust = TRUST_SIGNED;
	put(f, &s);
	assert_totals(f, 5, 0);
	must(f, store_quarantine(f->store, &all, &f->arena, &list, &f->err));
	assert_int_equal(list.row_count, 0);
}

static void the_same_under_another_id_is_not_summed_twice(void **state)
{
	struct fixture *f = *state;
	struct sketch s = {.id = "one", .successful = 5, .failed = 2, .result = "validation-failure"};
	put(f, &s);
	s.id = "two";
	assert_int_equal(put(f, &s).outcome, INGEST_DUPLICATE);
	assert_totals(f, 5, 2);
	/* When the first is revised, the second one is no longer a copy of what counts. */
	s.id = "one";
	s.successful = 6;
	s.received_at = day_start(DAY_ONE + 5);
	put(f, &s);
	assert_totals(f, 11, 4);
}

static void hourly_reports_inside_a_daily_one_are_not_summed_again(void **state)
{
	struct fixture *f = *state;
	struct sketch hour = {.id = "h", .successful = 1, .hours = 1}, whole = {.id = "d", .successful = 24};
	char id[8];
	for (int i = 0; i < 24; i++) {
		(void)snprintf(id, sizeof id, "h%d", i);
		hour.id = id;
		hour.begin_hour = i;
		put(f, &hour);
		if (i == 11)
			put(f, &whole);
	}
	assert_totals(f, 24, 0);
	/* The daily one turns out to be untrue: the hours count again. */
	whole.successful = 30;
	whole.received_at = day_start(DAY_ONE + 3);
	put(f, &whole);
	assert_totals(f, 30, 0);
}

static void two_reports_for_the_same_period_add_up(void **state)
{
	struct fixture *f = *state;
	struct sketch s = {.id = "host-a", .successful = 5};
	put(f, &s);
	s.id = "host-b";
	s.successful = 6;
	assert_int_equal(put(f, &s).outcome, INGEST_STORED);
	assert_totals(f, 11, 0);
}

static void a_poisoned_arrival_leaves_its_neighbours_alone(void **state)
{
	struct fixture *f = *state;
	enum { BATCH = 32 };
	for (int poison = 0; poison < BATCH; poison++) {
		must(f, store_begin(f->store, &f->err));
		for (int i = 0; i < BATCH; i++) {
			char id[16];
			(void)snprintf(id, sizeof id, "%d-%d", poison, i);
			struct sketch s = {
			    .id = id, .successful = 1, .failed = (uint64_t)(poison * BATCH + i), .seed = poison};
			if (i != poison) {
				put_in_batch(f, &s);
				continue;
			}
			/* A text over the limit of the database fails after rows of the report were written. */
			struct arrival arrival = sketch_arrival(&f->arena, &s);
			struct report *report = sketch_report(&f->arena, &s);
			struct decoded decoded = {.reports = report, .report_count = 1};
			struct ingest_result result;
			struct failure failure = {
			    .cause = CAUSE_UNKNOWN,
			    .additional_information = {.p = "x", .len = (size_t)2000 * 1000 * 1000}};
			report->units->failures = &failure;
			report->units->failure_count = 1;
			struct err err = {0};
			assert_false(
			    store_ingest(f->store, &arrival, &decoded, TRUST_OPERATOR, STR_NONE, &result, &err));
			assert_int_equal(err.kind, ERR_INPUT);
		}
		must(f, store_commit(f->store, &f->err));
	}
	const int all = BATCH * BATCH * (BATCH * BATCH - 1) / 2;
	int poisoned = 0;
	for (int i = 0; i < BATCH; i++)
		poisoned += i * BATCH + i;
	assert_totals(f, BATCH * (BATCH - 1), all - poisoned);
}

static void what_cannot_be_read_is_kept_tried_again_and_dropped(void **state)
{
	struct fixture *f = *state;
	struct ingest_result result = put_broken(f, "{,}");
	assert_int_equal(result.outcome, INGEST_QUARANTINED);
	assert_true(result.quarantined);
	struct quarantine_row row;
	struct buf original;
	buf_init(&original, MIB(1));
	must(f, store_quarantine_one(f->store, result.arrival_id, &f->arena, &row, &original, &f->err));
	assert_str(buf_view(&original), "{,}");
	assert_int_equal(row.problem.kind, PROBLEM_JSON_BROKEN);
	assert_str(row.problem.place, "byte 3");
	assert_str(row.problem.expected, "a value");
	buf_done(&original);

	struct sketch s = {.id = "late", .successful = 4};
	struct decoded decoded = {.reports = sketch_report(&f->arena, &s), .report_count = 1};
	struct ingest_result again;
	must(f,
	     store_requarantine(f->store, result.arrival_id, &decoded, TRUST_OPERATOR, STR("test"), &again, &f->err));
	assert_int_equal(again.outcome, INGEST_STORED);
	assert_int_equal(again.arrival_id, result.arrival_id);
	assert_totals(f, 4, 0);
	struct err err = {0};
	assert_false(store_quarantine_drop(f->store, result.arrival_id, &err));
	assert_int_equal(err.kind, ERR_MISSING);
	/* The same again stands there once, and is counted; so it stays over a second reading. */
	result = put_broken(f, "{");
	for (int i = 0; i < 3; i++)
		assert_int_equal(put_broken(f, "{").outcome, INGEST_QUARANTINED);
	struct decoded broken = {.problem = {.kind = PROBLEM_JSON_TRUNCATED}};
	must(f, store_requarantine(f->store, result.arrival_id, &broken, TRUST_OPERATOR, STR("test"), &again, &f->err));
	struct quarantine_list list;
	struct filter all = FILTER_ALL;
	must(f, store_quarantine(f->store, &all, &f->arena, &list, &f->err));
	assert_int_equal(list.row_count, 1);
	assert_int_equal(list.rows[0].id, result.arrival_id);
	assert_int_equal(list.rows[0].copies, 4);
	assert_int_equal(list.rows[0].problem.kind, PROBLEM_JSON_TRUNCATED);
	assert_true(list.rows[0].last_at >= list.rows[0].received_at);
	must(f, store_quarantine_drop(f->store, result.arrival_id, &f->err));
	err = (struct err){0};
	assert_false(store_quarantine_one(f->store, result.arrival_id, &f->arena, &row, NULL, &err));
	assert_int_equal(err.kind, ERR_MISSING);
}

static void one_reading_may_hold_several_reports_and_a_problem(void **state)
{
	struct fixture *f = *state;
	struct sketch a = {.id = "a", .successful = 1}, b = {.id = "b", .successful = 2};
	struct report *reports = ARENA_ARRAY(&f->arena, 3, struct report);
	reports[0] = *sketch_report(&f->arena, &a);
	reports[1] = *sketch_report(&f->arena, &b);
	reports[2] = reports[0];
	struct decoded decoded = {.reports = reports, .report_count = 3, .problem = {.kind = PROBLEM_GZIP_BROKEN}};
	struct arrival arrival = sketch_arrival(&f->arena, &a);
	struct ingest_result result;
	must(f, store_begin(f->store, &f->err));
	must(f, store_ingest(f->store, &arrival, &decoded, TRUST_OPERATOR, STR_NONE, &result, &f->err));
	must(f, store_commit(f->store, &f->err));
	assert_int_equal(result.stored, 2);
	assert_int_equal(result.duplicates, 1);
	assert_true(result.quarantined);
	assert_int_equal(result.outcome, INGEST_STORED);
	assert_totals(f, 3, 0);
}

static void huge_counts_cannot_overflow_the_sums(void **state)
{
	struct fixture *f = *state;
	for (int i = 0; i < 50; i++) {
		struct sketch s = {
		    .id = i % 2 ? "b" : "a", .day = DAY_ONE + i, .successful = UINT64_MAX, .failed = UINT64_MAX};
		put(f, &s);
	}
	assert_totals(f, 50 * LIMIT_COUNT, 50 * LIMIT_COUNT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(a_report_is_read_back_as_it_was, start, stop),
	    cmocka_unit_test_setup_teardown(the_same_report_counts_once_however_often_it_comes, start, stop),
	    cmocka_unit_test_setup_teardown(an_equally_trusted_revision_replaces_and_keeps_the_old_one, start, stop),
	    cmocka_unit_test_setup_teardown(nobody_can_take_an_id_from_a_better_trusted_report, start, stop),
	    cmocka_unit_test_setup_teardown(an_untrusted_report_is_held_until_a_better_copy_comes, start, stop),
	    cmocka_unit_test_setup_teardown(the_same_under_another_id_is_not_summed_twice, start, stop),
	    cmocka_unit_test_setup_teardown(hourly_reports_inside_a_daily_one_are_not_summed_again, start, stop),
	    cmocka_unit_test_setup_teardown(two_reports_for_the_same_period_add_up, start, stop),
	    cmocka_unit_test_setup_teardown(a_poisoned_arrival_leaves_its_neighbours_alone, start, stop),
	    cmocka_unit_test_setup_teardown(what_cannot_be_read_is_kept_tried_again_and_dropped, start, stop),
	    cmocka_unit_test_setup_teardown(one_reading_may_hold_several_reports_and_a_problem, start, stop),
	    cmocka_unit_test_setup_teardown(huge_counts_cannot_overflow_the_sums, start, stop),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
