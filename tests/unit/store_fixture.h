/* SPDX-License-Identifier: ISC */
#pragma once
/* A store in a folder of its own, and reports made by hand. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/limits.h"
#include "store/store.h"
#include "unit.h"

#define DAY_ONE 20000 /* 2024-10-04 */

struct fixture {
	char folder[64], path[96];
	struct store *store;
	struct arena arena;
	struct err err;
};

#define must(f, call)                                             \
	do {                                                      \
		if (!(call))                                      \
			fail_msg("%s: %s", #call, (f)->err.text); \
	} while (0)

static inline void fixture_open(struct fixture *f)
{
	must(f, store_open(f->path, STORE_WRITE, &f->store, &f->err));
}

static inline void fixture_reopen(struct fixture *f)
{
	store_close(&f->store);
	fixture_open(f);
}

static inline void fixture_start(struct fixture *f)
{
	*f = (struct fixture){.folder = "/tmp/mailseal-store-XXXXXX"};
	assert_non_null(mkdtemp(f->folder));
	(void)snprintf(f->path, sizeof f->path, "%s/mailseal.db", f->folder);
	arena_init(&f->arena, MIB(256));
	fixture_open(f);
}

static inline void fixture_remove(const char *folder)
{
	DIR *dir = opendir(folder);
	char path[512];
	for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;) {
		if (entry->d_name[0] == '.' && (entry->d_name[1] == '\0' || entry->d_name[1] == '.'))
			continue;
		(void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
		(void)unlink(path);
	}
	if (dir != NULL)
		(void)closedir(dir);
	(void)rmdir(folder);
}

static inline void fixture_stop(struct fixture *f)
{
	store_close(&f->store);
	arena_done(&f->arena);
	fixture_remove(f->folder);
}

/* One unit with one kind of failure, in the form that decode and classify give. */
struct sketch {
	const char *reporter, *id, *domain;
	int32_t day;
	int begin_hour, hours; /* 0 hours: the whole day */
	uint64_t successful, failed;
	const char *result, *mx, *ip;
	enum policy_type type;
	enum sts_mode mode;
	enum trust trust;
	enum door door;
	instant received_at;
	int seed; /* makes other bytes of the original */
};

static inline struct report *sketch_report(struct arena *arena, const struct sketch *s)
{
	struct report *report = ARENA_NEW(arena, struct report);
	struct unit *unit = ARENA_NEW(arena, struct unit);
	instant start = day_start(s->day == 0 ? DAY_ONE : s->day) + s->begin_hour * 3600;

	report->reporter = arena_str(arena, str_of(s->reporter == NULL ? "mail.example" : s->reporter));
	report->organization_name = STR("Example Mail");
	report->contact_info =
	    str_of(arena_format(arena, "tls@%s", s->reporter == NULL ? "mail.example" : s->reporter));
	report->report_id = arena_str(arena, str_of(s->id));
	report->begin = start;
	report->end = start + (s->hours == 0 ? SECS_PER_DAY : s->hours * 3600);
	report->units = unit;
	report->unit_count = 1;
	unit->policy_type = s->type;
	unit->policy_type_text = str_of(policy_type_text(s->type));
	unit->policy_domain = arena_str(arena, str_of(s->domain == NULL ? "example.com" : s->domain));
	unit->mode = s->mode;
	unit->successful = s->successful;
	unit->failed = s->failed;
	unit->unexplained = s->failed;
	if (s->result != NULL) {
		unit->failures = ARENA_NEW(arena, struct failure);
		unit->failure_count = 1;
		unit->unexplained = 0;
		*unit->failures = (struct failure){.result_type = result_type_of(str_of(s->result)),
		                                   .result_text = str_of(s->result),
		                                   .count = s->failed,
		                                   .receiving_mx_hostname = str_of(s->mx),
		                                   .sending_mta_ip = str_of(s->ip),
		                                   .cause = CAUSE_CERT_EXPIRED,
		                                   .fault = FAULT_RECEIVER,
		                                   .refused = s->mode == MODE_ENFORCE};
	}
	return report;
}

static inline struct arrival sketch_arrival(struct arena *arena, const struct sketch *s)
{
	return (struct arrival){
	    .door = s->door,
	    .received_at = s->received_at == 0 ? day_start(DAY_ONE + 1) : s->received_at,
	    .name = STR("fixture.json"),
	    .bytes = str_of(arena_format(arena, "{\"report-id\":\"%s\",\"n\":%d,\"f\":%llu}",
	                                 s->id == NULL ? "" : s->id, s->seed, (unsigned long long)s->failed))};
}

/* Inside a transaction of the caller. */
static inline struct ingest_result put_in_batch(struct fixture *f, const struct sketch *s)
{
	struct ingest_result result = {0};
	struct arrival arrival = sketch_arrival(&f->arena, s);
	struct decoded decoded = {.reports = sketch_report(&f->arena, s), .report_count = 1};
	must(f, store_ingest(f->store, &arrival, &decoded, s->trust, STR("test"), &result, &f->err));
	return result;
}

static inline struct ingest_result put(struct fixture *f, const struct sketch *s)
{
	must(f, store_begin(f->store, &f->err));
	struct ingest_result result = put_in_batch(f, s);
	must(f, store_commit(f->store, &f->err));
	return result;
}

static inline struct ingest_result put_broken(struct fixture *f, const char *bytes)
{
	struct ingest_result result = {0};
	struct arrival arrival = {
	    .door = DOOR_SMTP, .received_at = 1, .mail_from = STR("a\xff\0b"), .bytes = str_of(bytes)};
	struct decoded decoded = {.problem = {.kind = PROBLEM_JSON_BROKEN,
	                                      .place = STR("byte 3"),
	                                      .detail = STR("a comma"),
	                                      .expected = STR("a value")}};
	must(f, store_begin(f->store, &f->err));
	must(f, store_ingest(f->store, &arrival, &decoded, TRUST_UNSIGNED, STR_NONE, &result, &f->err));
	must(f, store_commit(f->store, &f->err));
	return result;
}

static inline struct result_view results_of(struct fixture *f)
{
	struct filter filter = FILTER_ALL;
	struct result_view view;
	must(f, store_results(f->store, &filter, &f->arena, &view, &f->err));
	return view;
}

#define assert_totals(f, want_successful, want_failed)                     \
	do {                                                               \
		struct result_view totals_view = results_of(f);            \
		assert_int_equal(totals_view.successful, want_successful); \
		assert_int_equal(totals_view.failed, want_failed);         \
		must(f, store_verify((f)->store, &(f)->err));              \
	} while (0)
