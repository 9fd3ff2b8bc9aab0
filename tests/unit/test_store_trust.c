/* SPDX-License-Identifier: ISC */
#include "base/attr.h"
#include "store/db.h"
#include "store/store_domains.h"
#include "store/store_reprocess.h"
#include "store/store_trust.h"
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

static struct decision_change decide(struct fixture *f, const char *reporter, enum store_decision decision, bool dry_run)
{
	struct decision_change change = {0};
	must(f, store_decide(f->store, str_of(reporter), decision, day_start(DAY_ONE), dry_run, &change, &f->err));
	return change;
}

static void a_decision_moves_the_numbers_backwards_and_back_again(void **state)
{
	struct fixture *f = *state;
	put(f, &(struct sketch){.id = "held", .successful = 10, .failed = 2, .trust = TRUST_UNSIGNED, .door = DOOR_SMTP});
	put(f, &(struct sketch){.id = "signed", .day = DAY_ONE + 1, .successful = 5, .trust = TRUST_SIGNED, .door = DOOR_SMTP});
	put(f, &(struct sketch){.id = "given", .day = DAY_ONE + 2, .successful = 3, .trust = TRUST_OPERATOR});
	assert_totals(f, 8, 0);
	/* The preview says what would be, and changes nothing. */
	struct decision_change change = decide(f, "Mail.Example", STORE_DECISION_TRUST, true);
	assert_int_equal(change.before.successful, 8);
	assert_int_equal(change.after.successful, 18);
	assert_int_equal(change.after.failed, 2);
	assert_int_equal(change.before.held, 1);
	assert_int_equal(change.after.held, 0);
	assert_totals(f, 8, 0);
	(void)decide(f, "mail.example", STORE_DECISION_TRUST, false);
	assert_totals(f, 18, 2);
	/* From now on, too. */
	assert_int_equal(put(f, &(struct sketch){.id = "next", .day = DAY_ONE + 3, .successful = 100, .trust = TRUST_UNSIGNED,
	                                         .door = DOOR_SMTP}).outcome, INGEST_STORED);
	assert_totals(f, 118, 2);
	change = decide(f, "mail.example", STORE_DECISION_DISTRUST, false);
	assert_int_equal(change.was, STORE_DECISION_TRUST);
	assert_totals(f, 3, 0);
	(void)decide(f, "mail.example", STORE_DECISION_NONE, false);
	assert_totals(f, 8, 0);
}

static void a_decision_may_come_before_the_first_report(void **state)
{
	struct fixture *f = *state;
	struct decision_change change;
	assert_false(store_decide(f->store, STR("new.example"), STORE_DECISION_TRUST, 0, true, &change, &f->err));
	assert_int_equal(f->err.kind, ERR_MISSING);
	(void)decide(f, "new.example", STORE_DECISION_TRUST, false);
	put(f, &(struct sketch){.id = "1", .reporter = "new.example", .successful = 4, .trust = TRUST_UNSIGNED,
	                        .door = DOOR_SMTP});
	assert_totals(f, 4, 0);
	struct decision_list list;
	must(f, store_decisions(f->store, &f->arena, &list, &f->err));
	assert_int_equal(list.count, 1);
	assert_str(list.rows[0].reporter, "new.example");
	assert_int_equal(list.rows[0].counted.successful, 4);
}

static void what_others_sign_in_the_name_of_a_known_signer_never_merges_with_it(void **state)
{
	struct fixture *f = *state;
	put(f, &(struct sketch){.id = "real", .reporter = "google.com", .successful = 10, .trust = TRUST_SIGNED,
	                        .door = DOOR_SMTP});
	put(f, &(struct sketch){.id = "forged", .day = DAY_ONE + 1, .reporter = "google.com", .failed = 66,
	                        .trust = TRUST_SIGNED_OTHER, .door = DOOR_SMTP});
	put(f, &(struct sketch){.id = "esp", .reporter = "small.example", .successful = 1, .trust = TRUST_SIGNED_OTHER,
	                        .door = DOOR_SMTP});
	assert_totals(f, 10, 0);
	(void)decide(f, "google.com", STORE_DECISION_TRUST, false);
	assert_totals(f, 10, 0);
	(void)decide(f, "small.example", STORE_DECISION_TRUST, false);
	assert_totals(f, 11, 0);
	(void)decide(f, "google.com", STORE_DECISION_TRUST_OTHERS, false);
	assert_totals(f, 11, 66);
}

static void no_decision_counts_what_is_pending(void **state)
{
	struct fixture *f = *state;
	put(f, &(struct sketch){.id = "p", .successful = 10, .trust = TRUST_PENDING, .door = DOOR_SMTP});
	(void)decide(f, "mail.example", STORE_DECISION_TRUST, false);
	assert_totals(f, 0, 0);
}

static struct decoded reading_of(struct fixture *f, const struct sketch *s)
{
	return (struct decoded){.reports = sketch_report(&f->arena, s), .report_count = 1};
}

static void a_pending_arrival_counts_when_its_key_came(void **state)
{
	struct fixture *f = *state;
	struct sketch s = {.id = "p", .successful = 10, .trust = TRUST_PENDING, .door = DOOR_SMTP};
	struct pending_arrival due;
	instant next;
	must(f, store_begin(f->store, &f->err));
	int64_t id = put_in_batch(f, &s).arrival_id;
	must(f, store_pending_put(f->store, id, 1000, 90000, &f->err));
	must(f, store_commit(f->store, &f->err));
	assert_false(store_pending_due(f->store, 999, &f->arena, &due, &f->err));
	must(f, store_pending_due(f->store, 1000, &f->arena, &due, &f->err));
	assert_int_equal(due.id, id);
	assert_int_equal(due.until, 90000);
	must(f, store_pending_again(f->store, id, 2000, &f->err));
	must(f, store_pending_next(f->store, &next, &f->err));
	assert_int_equal(next, 2000);
	struct decoded decoded = reading_of(f, &s);
	must(f, store_regrade(f->store, id, &decoded, TRUST_SIGNED, STR("signed by mail.example"), &f->err));
	assert_totals(f, 10, 0);
	must(f, store_pending_next(f->store, &next, &f->err));
	assert_true(next == INSTANT_NONE);
	struct stored_report got;
	must(f, store_report(f->store, 1, &f->arena, &got, &f->err));
	assert_int_equal(got.row.copies, 1);
	assert_str(got.trust_reason, "signed by mail.example");
}

static void a_regraded_report_moves_to_the_reporter_that_is_proven(void **state)
{
	struct fixture *f = *state;
	struct sketch claimed = {.id = "p", .reporter = "google.com", .successful = 10, .trust = TRUST_PENDING, .door = DOOR_SMTP};
	int64_t id = put(f, &claimed).arrival_id;
	struct decoded decoded = reading_of(f, &claimed);
	decoded.reports->reporter = STR("small.example");
	must(f, store_regrade(f->store, id, &decoded, TRUST_SIGNED, STR("signed by small.example"), &f->err));
	struct filter filter = FILTER_ALL;
	struct report_list list;
	must(f, store_reports(f->store, &filter, &f->arena, &list, &f->err));
	assert_int_equal(list.row_count, 1);
	assert_str(list.rows[0].reporter, "small.example");
	assert_totals(f, 10, 0);
}

static enum reprocess_outcome reprocess(struct fixture *f, int64_t id, const struct decoded *decoded, bool dry_run)
{
	struct reprocess_item item;
	enum reprocess_outcome outcome;
	must(f, store_reprocess_next(f->store, id - 1, &f->arena, &item, &f->err));
	assert_int_equal(item.arrival_id, id);
	must(f, store_begin(f->store, &f->err));
	must(f, store_reprocess(f->store, &item, decoded, dry_run, &outcome, &f->err));
	must(f, store_commit(f->store, &f->err));
	return outcome;
}

static void reading_an_unchanged_store_again_changes_nothing(void **state)
{
	struct fixture *f = *state;
	struct sketch sketches[] = {
	    {.id = "a", .successful = 10, .failed = 2, .result = "certificate-expired", .mx = "mx.example.com", .mode = MODE_ENFORCE},
	    {.id = "b", .day = DAY_ONE + 1, .successful = 1, .trust = TRUST_UNSIGNED, .door = DOOR_SMTP},
	    {.id = "a", .successful = 11, .seed = 1},                         /* a revision */
	    {.id = "a", .successful = 11, .seed = 2},                         /* a copy of it */
	    {.id = "twin", .successful = 11, .seed = 3},                      /* the same under another id */
	    {.id = "hour", .begin_hour = 1, .hours = 1, .successful = 1},     /* overlapped by the day */
	};
	for (size_t i = 0; i < COUNT_OF(sketches); i++)
		put(f, &sketches[i]);
	put_broken(f, "{,");
	struct result_view before = results_of(f);
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < COUNT_OF(sketches); i++) {
			struct decoded decoded = reading_of(f, &sketches[i]);
			if (reprocess(f, (int64_t)i + 1, &decoded, round == 0) != REPROCESS_SAME)
				fail_msg("arrival %zu changed", i + 1);
		}
		assert_totals(f, before.successful, before.failed);
	}
}

static void a_better_reading_replaces_the_old_one_and_the_preview_does_not(void **state)
{
	struct fixture *f = *state;
	struct sketch s = {.id = "a", .successful = 10, .failed = 2, .result = "certificate-expired", .mode = MODE_ENFORCE};
	put(f, &s);
	struct decoded decoded = reading_of(f, &s);
	decoded.reports->units->failures->cause = CAUSE_UNKNOWN;
	assert_int_equal(reprocess(f, 1, &decoded, true), REPROCESS_CHANGED);
	assert_int_equal(results_of(f).rows[0].cause, CAUSE_CERT_EXPIRED);
	assert_int_equal(reprocess(f, 1, &decoded, false), REPROCESS_CHANGED);
	assert_int_equal(results_of(f).rows[0].cause, CAUSE_UNKNOWN);
	assert_int_equal(reprocess(f, 1, &decoded, false), REPROCESS_SAME);
	assert_totals(f, 10, 2);
	/* Other numbers: another content, which takes the place of the old one. */
	s.successful = 20;
	decoded = reading_of(f, &s);
	assert_int_equal(reprocess(f, 1, &decoded, false), REPROCESS_CHANGED);
	assert_totals(f, 20, 2);
	assert_int_equal(results_of(f).reports, 1);
	/* What can no longer be read stays as it was. */
	struct decoded lost = {.problem = {.kind = PROBLEM_JSON_BROKEN}};
	assert_int_equal(reprocess(f, 1, &lost, false), REPROCESS_LOST);
	assert_totals(f, 20, 2);
	/* What could not be read before, and can be now. */
	int64_t broken = put_broken(f, "{,").arrival_id;
	struct sketch late = {.id = "late", .day = DAY_ONE + 2, .successful = 5};
	decoded = reading_of(f, &late);
	assert_int_equal(reprocess(f, broken, &decoded, false), REPROCESS_READ);
	struct quarantine_list list;
	struct filter filter = FILTER_ALL;
	must(f, store_quarantine(f->store, &filter, &f->arena, &list, &f->err));
	assert_int_equal(list.row_count, 1);
	assert_int_equal(list.rows[0].kind, QUARANTINE_HELD); /* by SMTP, unsigned */
}

static void add_domain(struct fixture *f, const char *name, int64_t tenant, bool dry_run, struct domain_change *out)
{
	struct domain_row row = {.name = str_of(name), .tenant = tenant, .token = str_of(arena_format(&f->arena, "t-%s", name)),
	                         .nonce = STR("n"), .created_at = 1};
	struct domain_change change;
	must(f, store_domain_add(f->store, &row, dry_run, out == NULL ? &change : out, &f->err));
}

static void listing_a_domain_makes_the_others_foreign_and_offers_them(void **state)
{
	struct fixture *f = *state;
	struct domain_change change;
	put(f, &(struct sketch){.id = "1", .domain = "example.com", .successful = 10});
	put(f, &(struct sketch){.id = "2", .domain = "example.org", .successful = 5});
	assert_totals(f, 15, 0);
	add_domain(f, "example.com", 0, true, &change);
	assert_int_equal(change.successful_after, 10);
	assert_totals(f, 15, 0);
	add_domain(f, "example.com", 0, false, NULL);
	assert_totals(f, 10, 0);
	put(f, &(struct sketch){.id = "3", .domain = "example.net", .successful = 7});
	assert_totals(f, 10, 0);
	struct foreign_list foreign;
	must(f, store_foreign(f->store, &f->arena, &foreign, &f->err));
	assert_int_equal(foreign.count, 2);
	assert_str(foreign.rows[0].name, "example.net");
	assert_int_equal(foreign.rows[0].successful, 7);
	struct quarantine_list list;
	struct filter filter = FILTER_ALL;
	must(f, store_quarantine(f->store, &filter, &f->arena, &list, &f->err));
	assert_int_equal(list.row_count, 2);
	assert_int_equal(list.rows[0].kind, QUARANTINE_FOREIGN);
	assert_str(list.rows[0].reason, "Reports come for example.net, which is not in your list.");
	add_domain(f, "example.net", 0, false, NULL);
	assert_totals(f, 17, 0);
	must(f, store_domain_remove(f->store, STR("example.net"), false, &change, &f->err));
	assert_totals(f, 10, 0);
	must(f, store_domain_remove(f->store, STR("example.com"), false, &change, &f->err));
	assert_totals(f, 22, 0);
}

static void dane_units_of_a_mail_host_belong_to_the_domain_that_it_serves(void **state)
{
	struct fixture *f = *state;
	struct str hosts[] = {STR("mx1.example.com"), STR("mx.provider.example")};
	struct domain_change change;
	put(f, &(struct sketch){.id = "1", .domain = "mx1.example.com", .type = POLICY_TLSA, .successful = 10});
	put(f, &(struct sketch){.id = "2", .domain = "mx1.example.com", .type = POLICY_STS, .successful = 5});
	add_domain(f, "example.com", 0, false, NULL);
	assert_totals(f, 0, 0);
	must(f, store_domain_set_mx(f->store, STR("example.com"), &(struct str_list){hosts, 2}, &change, &f->err));
	assert_totals(f, 10, 0);
	must(f, store_domain_set_mx(f->store, STR("example.com"), &(struct str_list){0}, &change, &f->err));
	assert_totals(f, 0, 0);
}

/* A report with units of two tenants, and one of each alone. */
static void fill_two_tenants(struct fixture *f, int64_t *out_a, int64_t *out_b)
{
	must(f, store_tenant_add(f->store, STR("a"), 1, &f->err));
	must(f, store_tenant_add(f->store, STR("b"), 1, &f->err));
	must(f, store_tenant_find(f->store, STR("a"), out_a, &f->err));
	must(f, store_tenant_find(f->store, STR("b"), out_b, &f->err));
	add_domain(f, "a.example", *out_a, false, NULL);
	add_domain(f, "b.example", *out_b, false, NULL);
	must(f, store_domain_prove(f->store, STR("a.example"), DOMAIN_PROVEN_NONCE, 1, &f->err));
	must(f, store_domain_prove(f->store, STR("b.example"), DOMAIN_PROVEN_RECORD, 1, &f->err));
	put(f, &(struct sketch){.id = "of-a", .domain = "a.example", .successful = 1, .failed = 1, .result = "certificate-expired",
	                        .mx = "mx.a.example", .seed = 1});
	put(f, &(struct sketch){.id = "of-b", .domain = "b.example", .successful = 2, .failed = 2, .result = "starttls-not-supported",
	                        .mx = "mx.b.example", .seed = 2});
	struct sketch s = {.id = "both", .day = DAY_ONE + 1, .domain = "a.example", .successful = 4};
	struct report *report = sketch_report(&f->arena, &s);
	struct sketch t = {.id = "both", .day = DAY_ONE + 1, .domain = "b.example", .successful = 8, .failed = 1,
	                   .result = "validation-failure", .mx = "secret.b.example"};
	struct report *other = sketch_report(&f->arena, &t);
	struct unit *units = ARENA_ARRAY(&f->arena, 2, struct unit);
	struct unknown_member member = {.path = STR("/policies/1/x"), .value = STR("\"secret.b.example\"")};
	units[0] = report->units[0];
	units[1] = other->units[0];
	report->units = units;
	report->unit_count = 2;
	report->unknown_members = &member;
	report->unknown_count = 1;
	struct arrival arrival = sketch_arrival(&f->arena, &s);
	struct decoded decoded = {.reports = report, .report_count = 1};
	struct ingest_result result;
	must(f, store_begin(f->store, &f->err));
	must(f, store_ingest(f->store, &arrival, &decoded, TRUST_OPERATOR, STR("x"), &result, &f->err));
	must(f, store_commit(f->store, &f->err));
}

static void a_tenant_sees_his_units_alone(void **state)
{
	struct fixture *f = *state;
	struct filter filter = FILTER_ALL;
	struct report_list list;
	struct stored_report got;
	int64_t a, b;

	fill_two_tenants(f, &a, &b);
	store_set_tenant(f->store, a);
	struct result_view view = results_of(f);
	assert_int_equal(view.successful, 5);
	assert_int_equal(view.failed, 1);
	assert_int_equal(view.row_count, 1);
	must(f, store_reports(f->store, &filter, &f->arena, &list, &f->err));
	assert_int_equal(list.row_count, 2);
	for (size_t i = 0; i < list.row_count; i++) {
		assert_str(list.rows[i].domain, "a.example");
		assert_int_equal(list.rows[i].domains, 1);
		assert_true(list.rows[i].successful == 4 || list.rows[i].successful == 1);
	}
	/* A filter that names the other tenant does not help. */
	filter.tenant = b;
	must(f, store_reports(f->store, &filter, &f->arena, &list, &f->err));
	assert_int_equal(list.row_count, 2);
	filter = FILTER_ALL;
	filter.domain = STR("b.example");
	must(f, store_reports(f->store, &filter, &f->arena, &list, &f->err));
	assert_int_equal(list.row_count, 0);
	struct source_view sources;
	filter = FILTER_ALL;
	for (int by = SOURCE_BY_REPORTER; by <= SOURCE_BY_ADDRESS; by++) {
		must(f, store_sources(f->store, &filter, (enum source_by)by, &f->arena, &sources, &f->err));
		for (size_t i = 0; i < sources.row_count; i++)
			for (size_t u = 0; u < sources.rows[i].unit_count; u++)
				assert_str(sources.rows[i].units[u].policy_domain, "a.example");
	}
	/* The report of both: his unit, none of the other's words, no original. */
	must(f, store_report(f->store, 3, &f->arena, &got, &f->err));
	assert_int_equal(got.report.unit_count, 1);
	assert_str(got.report.units->policy_domain, "a.example");
	assert_int_equal(got.report.unknown_count, 0);
	assert_int_equal(got.original_id, 0);
	assert_int_equal(got.row.failed, 0);
	assert_false(store_report(f->store, 2, &f->arena, &got, &f->err));
	assert_int_equal(f->err.kind, ERR_MISSING);
	for (int64_t original = 1; original <= 4; original++) {
		struct buf bytes;
		buf_init(&bytes, MIB(1));
		bool may = store_original(f->store, original, &bytes, &f->err);
		assert_true(may == (original == 1));
		buf_done(&bytes);
	}
	struct domain_list domains;
	must(f, store_domain_list(f->store, b, &f->arena, &domains, &f->err));
	assert_int_equal(domains.count, 1);
	assert_str(domains.rows[0].name, "a.example");
	struct domain_row row;
	assert_false(store_domain(f->store, STR("b.example"), &f->arena, &row, &f->err));
	assert_false(store_domain_of_token(f->store, STR("t-b.example"), &f->arena, &row, &f->err));
	must(f, store_domain_of_token(f->store, STR("t-a.example"), &f->arena, &row, &f->err));
	store_set_tenant(f->store, 0);
}

static void an_unproven_domain_shows_nothing_where_there_are_others(void **state)
{
	struct fixture *f = *state;
	int64_t a, b;

	fill_two_tenants(f, &a, &b);
	must(f, store_domain_prove(f->store, STR("a.example"), DOMAIN_UNPROVEN, 1, &f->err));
	store_set_tenant(f->store, a);
	assert_int_equal(results_of(f).successful, 0);
	store_set_tenant(f->store, 0);
}

static void a_mail_host_of_another_gives_no_tenant_its_units(void **state)
{
	struct fixture *f = *state;
	struct str host[] = {STR("mx.b.example")};
	struct domain_change change;
	int64_t a, b;

	fill_two_tenants(f, &a, &b);
	put(f, &(struct sketch){.id = "dane", .domain = "mx.b.example", .type = POLICY_TLSA, .successful = 100, .seed = 9});
	must(f, store_domain_set_mx(f->store, STR("a.example"), &(struct str_list){host, 1}, &change, &f->err));
	store_set_tenant(f->store, a);
	assert_int_equal(results_of(f).successful, 5);
	store_set_tenant(f->store, 0);
	must(f, store_domain_set_mx(f->store, STR("b.example"), &(struct str_list){host, 1}, &change, &f->err));
	store_set_tenant(f->store, b);
	assert_int_equal(results_of(f).successful, 110);
	store_set_tenant(f->store, 0);
}

/* Each change of whose a domain is, beside plain counting (store_verify). */
static void the_sums_of_a_tenant_follow_his_domains(void **state)
{
	struct fixture *f = *state;
	struct str host[] = {STR("mx.b.example")};
	struct domain_row given = {.name = STR("b.example"), .token = STR("t-b.example")};
	struct domain_change change;
	int64_t a, b;

	put(f, &(struct sketch){.id = "before", .domain = "b.example", .successful = 50, .failed = 1, .seed = 7});
	fill_two_tenants(f, &a, &b);
	put(f, &(struct sketch){.id = "dane", .domain = "mx.b.example", .type = POLICY_TLSA, .successful = 100, .seed = 9});
	must(f, store_verify(f->store, &f->err));
	must(f, store_domain_set_mx(f->store, STR("b.example"), &(struct str_list){host, 1}, &change, &f->err));
	must(f, store_verify(f->store, &f->err));
	given.tenant = a;
	must(f, store_domain_edit(f->store, &given, &f->err));
	must(f, store_verify(f->store, &f->err));
	store_set_tenant(f->store, a);
	assert_int_equal(results_of(f).successful, 1 + 4 + 50 + 2 + 8 + 100);
	assert_int_equal(results_of(f).reports, 5);
	store_set_tenant(f->store, b);
	assert_int_equal(results_of(f).successful, 0);
	store_set_tenant(f->store, 0);
	must(f, store_domain_prove(f->store, STR("a.example"), DOMAIN_UNPROVEN, 1, &f->err));
	must(f, store_verify(f->store, &f->err));
	must(f, store_tenant_remove(f->store, STR("b"), &f->err)); /* now nobody has to prove anything */
	must(f, store_verify(f->store, &f->err));
	must(f, store_domain_remove(f->store, STR("b.example"), true, &change, &f->err));
	must(f, store_verify(f->store, &f->err));
	must(f, store_domain_remove(f->store, STR("b.example"), false, &change, &f->err));
	must(f, store_verify(f->store, &f->err));
	store_set_tenant(f->store, a);
	assert_int_equal(results_of(f).successful, 5);
	store_set_tenant(f->store, 0);
	decide(f, "google.com", STORE_DECISION_DISTRUST, false);
	must(f, store_verify(f->store, &f->err));
}

/* As a store was before 0023-sums.sql. */
static void an_older_store_gets_the_sums_that_are_new(void **state)
{
	struct fixture *f = *state;
	struct db *db = NULL;
	int64_t a, b;

	fill_two_tenants(f, &a, &b);
	store_close(&f->store);
	must(f, db_open(f->path, DB_WRITE, true, &db, &f->err));
	must(f, db_script(db,
	                  "CREATE TABLE house_day (day INTEGER NOT NULL, reporter INTEGER NOT NULL, type INTEGER NOT NULL,"
	                  " type_text INTEGER NOT NULL, mode INTEGER NOT NULL, units INTEGER NOT NULL, successful INTEGER NOT NULL,"
	                  " failed INTEGER NOT NULL, unexplained INTEGER NOT NULL,"
	                  " PRIMARY KEY (day, reporter, type, type_text, mode)) STRICT, WITHOUT ROWID;"
	                  "INSERT INTO house_day SELECT day, reporter, type, type_text, mode, units, successful, failed, unexplained"
	                  " FROM tenant_day WHERE tenant = 0;"
	                  "DROP TABLE tenant_day; DROP TABLE tenant_domain; DROP TABLE series; DROP TABLE hundred_unit; DROP INDEX day_unit_failed;"
	                  "DROP INDEX failure_series; DROP INDEX report_rid;"
	                  "CREATE INDEX day_unit_unexplained ON day_unit (day) WHERE unexplained > 0; PRAGMA user_version = 22;",
	                  &f->err));
	db_close(&db);
	fixture_open(f);
	must(f, store_verify(f->store, &f->err));
	store_set_tenant(f->store, b);
	assert_int_equal(results_of(f).successful, 10);
	store_set_tenant(f->store, 0);
	put(f, &(struct sketch){.id = "later", .domain = "b.example", .successful = 3, .seed = 11});
	must(f, store_verify(f->store, &f->err));
}

static void tenants_are_added_renamed_and_removed(void **state)
{
	struct fixture *f = *state;
	struct domain_change change;
	int64_t id;
	must(f, store_tenant_add(f->store, STR("a"), 1, &f->err));
	assert_false(store_tenant_add(f->store, STR("a"), 1, &f->err));
	must(f, store_tenant_rename(f->store, STR("a"), STR("b"), &f->err));
	assert_false(store_tenant_find(f->store, STR("a"), &id, &f->err));
	must(f, store_tenant_find(f->store, STR("b"), &id, &f->err));
	add_domain(f, "a.example", id, false, NULL);
	assert_false(store_tenant_remove(f->store, STR("b"), &f->err));
	must(f, store_domain_remove(f->store, STR("a.example"), false, &change, &f->err));
	must(f, store_tenant_remove(f->store, STR("b"), &f->err));
	assert_false(store_tenant_remove(f->store, STR("b"), &f->err));
}

/* Threats of identity: whatever strangers bring, and in whatever order, the signed report stands. */
static void no_order_of_forgeries_suppresses_the_signed_report(void **state)
{
	struct fixture *f = *state;
	static const struct sketch pieces[] = {
	    {.id = "r", .reporter = "google.com", .successful = 100, .failed = 3, .trust = TRUST_SIGNED, .door = DOOR_SMTP},
	    {.id = "r", .reporter = "google.com", .successful = 0, .failed = 999, .trust = TRUST_UNSIGNED, .door = DOOR_SMTP},
	    {.id = "r", .reporter = "google.com", .successful = 7777, .trust = TRUST_SIGNED_OTHER, .door = DOOR_SMTP},
	    {.id = "r", .reporter = "evil.example", .failed = 4, .trust = TRUST_SIGNED, .door = DOOR_SMTP}, /* its own name */
	};
	unsigned orders = 0;
	for (unsigned code = 0; code < 256; code++) {
		unsigned order[4] = {code & 3, code >> 2 & 3, code >> 4 & 3, code >> 6 & 3};
		if ((1u << order[0] | 1u << order[1] | 1u << order[2] | 1u << order[3]) != 15)
			continue;
		orders++;
		fixture_stop(f);
		fixture_start(f);
		for (unsigned i = 0; i < 4; i++) {
			struct sketch piece = pieces[order[i]];
			piece.received_at = day_start(DAY_ONE) + i;
			piece.seed = (int)order[i];
			put(f, &piece);
		}
		assert_totals(f, 100, 7);
		assert_int_equal(results_of(f).reports, 2);
	}
	assert_int_equal(orders, 24);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
	const struct CMUnitTest tests[] = {
	    TEST(a_decision_moves_the_numbers_backwards_and_back_again),
	    TEST(a_decision_may_come_before_the_first_report),
	    TEST(what_others_sign_in_the_name_of_a_known_signer_never_merges_with_it),
	    TEST(no_decision_counts_what_is_pending),
	    TEST(a_pending_arrival_counts_when_its_key_came),
	    TEST(a_regraded_report_moves_to_the_reporter_that_is_proven),
	    TEST(reading_an_unchanged_store_again_changes_nothing),
	    TEST(a_better_reading_replaces_the_old_one_and_the_preview_does_not),
	    TEST(listing_a_domain_makes_the_others_foreign_and_offers_them),
	    TEST(dane_units_of_a_mail_host_belong_to_the_domain_that_it_serves),
	    TEST(a_tenant_sees_his_units_alone),
	    TEST(an_unproven_domain_shows_nothing_where_there_are_others),
	    TEST(a_mail_host_of_another_gives_no_tenant_its_units),
	    TEST(the_sums_of_a_tenant_follow_his_domains),
	    TEST(an_older_store_gets_the_sums_that_are_new),
	    TEST(tenants_are_added_renamed_and_removed),
	    TEST(no_order_of_forgeries_suppresses_the_signed_report),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
