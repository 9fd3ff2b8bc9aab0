/* SPDX-License-Identifier: ISC */
/* Numbers must not depend on the order in which reports come, on how often or through which door. */
#include "base/attr.h"
#include "store_fixture.h"

#define EVENTS 80
#define COPIES 120
#define ROUNDS 12

static uint64_t seed = 1;
static uint64_t rnd(uint64_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (seed >> 11) % n;
}

struct event {
	struct sketch sketch;
	char id[16];
};

/* Few reporters, ids and days, so that everything collides with everything. */
static void make_event(struct event *event, int n)
{
	static const char *const reporters[] = {"one.example", "two.example"};
	static const char *const domains[] = {"example.com", "example.org"};
	static const int hours[] = {0, 0, 0, 0, 1, 24 * 7};
	struct sketch *s = &event->sketch;

	*s = (struct sketch){.reporter = reporters[rnd(2)], .domain = domains[rnd(2)], .day = DAY_ONE + (int)rnd(2)};
	(void)snprintf(event->id, sizeof event->id, "id-%d", (int)rnd(3));
	s->id = rnd(6) == 0 ? NULL : event->id;
	s->hours = hours[rnd(COUNT_OF(hours))];
	s->begin_hour = s->hours == 1 ? (int)rnd(2) * 6 : 0;
	s->successful = rnd(3); /* often the same content */
	s->failed = rnd(2);
	if (s->failed > 0 && rnd(3) > 0)
		s->result = rnd(2) ? "certificate-expired" : "validation-failure";
	s->type = (enum policy_type)rnd(3);
	s->mode = (enum sts_mode)rnd(3);
	s->trust = (enum trust)rnd(TRUST_COUNT);
	s->received_at = day_start(DAY_ONE + 10) + n * 7;
}

static void shuffle(size_t *order, size_t count)
{
	for (size_t i = count; i > 1; i--) {
		size_t j = rnd(i), kept = order[i - 1];
		order[i - 1] = order[j];
		order[j] = kept;
	}
}

/* All numbers of the views as one text. */
static void write_numbers(struct fixture *f, struct buf *out)
{
	struct filter filter = FILTER_ALL;
	struct result_view results = results_of(f);
	struct source_view sources;

	buf_format(out, "%llu/%llu in %llu reports\n", (unsigned long long)results.successful,
	           (unsigned long long)results.failed, (unsigned long long)results.reports);
	for (size_t i = 0; i < results.row_count; i++) {
		const struct result_row *row = &results.rows[i];
		buf_format(out, "%.*s %llu refused %llu by %llu of %llu, %zu parts\n", STR_ARGS(row->result_text),
		           (unsigned long long)row->sessions, (unsigned long long)row->refused_sessions,
		           (unsigned long long)row->reporters, (unsigned long long)row->domains, row->part_count);
	}
	must(f, store_sources(f->store, &filter, SOURCE_BY_REPORTER, &f->arena, &sources, &f->err));
	for (size_t i = 0; i < sources.row_count; i++) {
		const struct source_row *row = &sources.rows[i];
		buf_format(out, "%.*s %llu/%llu on %llu days\n", STR_ARGS(row->reporter),
		           (unsigned long long)row->successful, (unsigned long long)row->failed,
		           (unsigned long long)row->days_reported);
		for (size_t j = 0; j < row->unit_count; j++)
			buf_format(out, "  %.*s %llu/%llu\n", STR_ARGS(row->units[j].policy_domain),
			           (unsigned long long)row->units[j].successful,
			           (unsigned long long)row->units[j].failed);
	}
	struct store_status status;
	must(f, store_status(f->store, &f->arena, &status, &f->err));
	buf_format(out, "%llu reports, %llu counted, %llu revisions\n", (unsigned long long)status.reports,
	           (unsigned long long)status.counted, (unsigned long long)status.revisions);
}

static void ingest_in_order(struct fixture *f, struct event *events, const size_t *order, size_t count)
{
	for (size_t i = 0; i < count;) {
		must(f, store_begin(f->store, &f->err));
		for (size_t end = i + 1 + rnd(9); i < count && i < end; i++) {
			struct sketch s = events[order[i]].sketch;
			s.door = (enum door)rnd(DOOR_COUNT);
			s.seed = (int)rnd(3);
			put_in_batch(f, &s);
		}
		must(f, store_commit(f->store, &f->err));
		if (rnd(10) == 0) {
			struct store_policy policy = {.count_unsigned = true};
			fixture_reopen(f);
			store_set_policy(f->store, policy);
		}
	}
}

static void numbers_do_not_depend_on_order_copies_or_doors(void **state)
{
	(void)state;
	for (uint64_t world = 1; world <= 3; world++) {
		struct event events[EVENTS];
		size_t order[EVENTS + COPIES];
		struct buf first;
		buf_init(&first, MIB(1));
		seed = world * 7919;
		for (int i = 0; i < EVENTS; i++)
			make_event(&events[i], i);
		for (int round = 0; round < ROUNDS; round++) {
			struct fixture f;
			struct buf numbers;
			buf_init(&numbers, MIB(1));
			fixture_start(&f);
			store_set_policy(f.store, (struct store_policy){.count_unsigned = true});
			/* All once, and in every round other ones again. */
			size_t count = EVENTS + (round == 0 ? 0 : COPIES);
			for (size_t i = 0; i < count; i++)
				order[i] = i < EVENTS ? i : rnd(EVENTS);
			if (round > 0)
				shuffle(order, count);
			ingest_in_order(&f, events, order, count);
			write_numbers(&f, round == 0 ? &first : &numbers);
			must(&f, store_verify(f.store, &f.err));
			if (round > 0 && !str_eq(buf_view(&first), buf_view(&numbers)))
				fail_msg("world %d, round %d:\n%.*s\nis not\n%.*s", (int)world, round,
				         STR_ARGS(buf_view(&numbers)), STR_ARGS(buf_view(&first)));
			fixture_stop(&f);
			buf_done(&numbers);
		}
		buf_done(&first);
	}
}

/* Whatever lower trusted reports come, before or after: the numbers of the better trusted are the same. */
static void strangers_change_nothing_of_a_signed_reporter(void **state)
{
	(void)state;
	for (int round = 0; round < 6; round++) {
		struct fixture f;
		struct event events[EVENTS];
		struct buf clean, attacked;
		size_t order[EVENTS];
		seed = 4242;
		buf_init(&clean, MIB(1));
		buf_init(&attacked, MIB(1));
		for (int i = 0; i < EVENTS; i++) {
			make_event(&events[i], i);
			events[i].sketch.trust = i % 3 == 0 ? TRUST_SIGNED : TRUST_UNSIGNED;
			order[i] = (size_t)i;
		}
		for (int with = 0; with < 2; with++) {
			fixture_start(&f);
			seed = (uint64_t)round + 99;
			shuffle(order, EVENTS);
			for (size_t i = 0; i < EVENTS; i++)
				if (with == 1 || events[order[i]].sketch.trust == TRUST_SIGNED)
					put(&f, &events[order[i]].sketch);
			struct result_view view = results_of(&f);
			buf_format(with ? &attacked : &clean, "%llu/%llu in %llu", (unsigned long long)view.successful,
			           (unsigned long long)view.failed, (unsigned long long)view.reports);
			must(&f, store_verify(f.store, &f.err));
			fixture_stop(&f);
		}
		assert_true(clean.len > 0);
		if (!str_eq(buf_view(&clean), buf_view(&attacked)))
			fail_msg("%.*s is not %.*s", STR_ARGS(buf_view(&attacked)), STR_ARGS(buf_view(&clean)));
		buf_done(&clean);
		buf_done(&attacked);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(numbers_do_not_depend_on_order_copies_or_doors),
	    cmocka_unit_test(strangers_change_nothing_of_a_signed_reporter),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
