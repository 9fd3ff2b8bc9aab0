/* SPDX-License-Identifier: ISC */
/* What the diagnosis costs: the same reports into the same store of many domains, with it and without it.  Prints the
 * speed of each and their ratio.  diagnose [DOMAINS] */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/num.h"
#include "diagnose/classify.h"
#include "role/diagnosis.h"
#include "store/db.h"
#include "store/issues.h"
#include "store/store.h"

#define GROUP LIMIT_COMMIT_REPORTS
#define FIRST 20100

struct story {
	const char *name;
	uint64_t domains; /* that report each day */
	bool is_broken;   /* every session fails at one shared server */
};

static struct err err;
static uint64_t serial;

static void must(bool ok)
{
	if (!ok) {
		(void)fprintf(stderr, "diagnose: %s\n", err.text);
		exit(1);
	}
}

static void put(struct store *store, struct arena *arena, int32_t day, uint64_t domain, bool is_broken)
{
	struct failure failure = {.result_type = RESULT_CERTIFICATE_EXPIRED,
	                          .result_text = STR("certificate-expired"),
	                          .count = 10,
	                          .receiving_mx_hostname = STR("mx.example.net")};
	struct unit unit = {.policy_type = POLICY_STS,
	                    .policy_type_text = STR("sts"),
	                    .policy_domain = str_of(arena_format(arena, "d%" PRIu64 ".example.org", domain)),
	                    .mode = MODE_ENFORCE,
	                    .successful = is_broken ? 0 : 10,
	                    .failed = is_broken ? 10 : 0,
	                    .failures = &failure,
	                    .failure_count = is_broken ? 1 : 0};
	struct report report = {.organization_name = STR("Google Inc."),
	                        .contact_info = STR("smtp-tls-reporting@google.com"),
	                        .report_id = str_of(arena_format(arena, "%" PRIu64, ++serial)),
	                        .reporter = STR("google.com"),
	                        .begin = day_start(day),
	                        .end = day_start(day) + SECS_PER_DAY,
	                        .units = &unit,
	                        .unit_count = 1};
	struct arrival arrival = {.door = DOOR_SMTP,
	                          .received_at = day_start(day + 1),
	                          .bytes = str_of(arena_format(arena, "{\"report-id\":\"%" PRIu64 "\"}", serial))};
	struct decoded decoded = {.reports = &report, .report_count = 1};
	struct ingest_result result;
	classify_report(&report);
	must(store_ingest(store, &arrival, &decoded, TRUST_SIGNED, STR("bench"), &result, &err));
}

/* Of this process alone: on a busy machine the disk belongs to others. */
static double cpu_seconds(void)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double seconds_since(const struct timespec *begin)
{
	struct timespec end;
	(void)clock_gettime(CLOCK_MONOTONIC, &end);
	return (double)(end.tv_sec - begin->tv_sec) + (double)(end.tv_nsec - begin->tv_nsec) / 1e9;
}

/* What the first tick of a day does, timed apart: it is no part of taking reports in. */
static double day_begins(struct store *store, int32_t day)
{
	struct timespec begin;
	(void)clock_gettime(CLOCK_MONOTONIC, &begin);
	must(store_begin(store, &err));
	(void)diagnosis_step(store, day_start(day + 1), 0);
	must(store_commit(store, &err));
	return seconds_since(&begin);
}

static double day_of_reports(struct store *store, struct arena *arena, int32_t day, const struct story *story,
                             bool with_diagnosis)
{
	struct timespec begin;
	(void)clock_gettime(CLOCK_MONOTONIC, &begin);
	for (uint64_t d = 0; d < story->domains;) {
		must(store_begin(store, &err));
		for (int i = 0; i < GROUP && d < story->domains; i++)
			put(store, arena, day, d++, story->is_broken);
		/* As `keep` does it under steady load: a part in the transaction of the reports, the rest when none come. */
		if (with_diagnosis)
			(void)diagnosis_step(store, day_start(day + 1), LIMIT_DIAGNOSIS_PART);
		must(store_commit(store, &err));
		arena_clear(arena);
	}
	for (bool more = with_diagnosis; more;) {
		must(store_begin(store, &err));
		more = diagnosis_step(store, day_start(day + 1), LIMIT_DIAGNOSIS_PART);
		must(store_commit(store, &err));
	}
	return seconds_since(&begin);
}

/* A new store with one day of reports on all domains; `bare`: as if there were no issues at all. */
static struct store *fill(const char *path, struct arena *arena, uint64_t domains, bool bare)
{
	static const char bare_sql[] = "DROP TRIGGER issue_touch_failure_new; DROP TRIGGER issue_touch_failure_more;"
				       "DROP TRIGGER issue_touch_failure_gone; DROP TRIGGER issue_touch_unit_new;"
				       "DROP TRIGGER issue_touch_unit_more; DROP TRIGGER issue_touch_unit_gone;";
	struct store *store;
	struct story all = {.domains = domains};
	must(store_open(path, STORE_WRITE, &store, &err));
	if (bare) {
		struct db *db;
		store_close(&store);
		must(db_open(path, DB_WRITE, true, &db, &err) && db_script(db, bare_sql, &err));
		db_close(&db);
		must(store_open(path, STORE_WRITE, &store, &err));
	}
	(void)day_of_reports(store, arena, FIRST, &all, !bare);
	return store;
}

int main(int argc, char **argv)
{
	uint64_t domains = 10000;
	char folder[] = "/tmp/mailseal-bench-XXXXXX", with_path[80], bare_path[80];
	struct arena arena;

	if (argc > 1 && (!num_parse_uint(str_of(argv[1]), 1000000, &domains) || domains < 500)) {
		(void)fprintf(stderr, "diagnose [DOMAINS], at least 500\n");
		return 2;
	}
	if (mkdtemp(folder) == NULL)
		return 1;
	(void)snprintf(with_path, sizeof with_path, "%s/with.db", folder);
	(void)snprintf(bare_path, sizeof bare_path, "%s/bare.db", folder);
	arena_init(&arena, MIB(64));
	struct store *with = fill(with_path, &arena, domains, false), *bare = fill(bare_path, &arena, domains, true);
	const struct story stories[] = {
	    {"clean, all domains", domains, false}, {"500 domains of one server fail", 500, true},
	    {"the same, fixed", 500, false},        {"all domains of one server fail", domains, true},
	    {"the same, fixed", domains, false},
	};
	int32_t day = FIRST + 1;
	for (size_t s = 0; s < sizeof stories / sizeof stories[0]; s++) {
		double time_bare = 0, time_with = 0, time_daily = 0, cpu_bare = 0, cpu_with = 0;
		int days = stories[s].domains == 500 ? 8 : 2;
		for (int i = 0; i < days; i++, day++) { /* turn by turn, so that a busy machine slows both */
			double begin = cpu_seconds();
			time_bare += day_of_reports(bare, &arena, day, &stories[s], false);
			cpu_bare += cpu_seconds() - begin;
			time_daily += day_begins(with, day);
			begin = cpu_seconds();
			time_with += day_of_reports(with, &arena, day, &stories[s], true);
			cpu_with += cpu_seconds() - begin;
		}
		double reports = (double)stories[s].domains * days;
		(void)printf("%-32s %8.0f reports/s without, %8.0f with, ratio %.2f (of processor time %.2f); daily %.1f ms\n",
		             stories[s].name, reports / time_bare, reports / time_with, time_with / time_bare, cpu_with / cpu_bare,
		             time_daily / days * 1e3);
	}
	uint64_t open;
	must(issues_open_count(with, &open, &err));
	(void)printf("%" PRIu64 " issues are open\n", open);
	store_close(&with);
	store_close(&bare);
	arena_done(&arena);
	static const char *const suffixes[] = {"", "-wal", "-shm", ".lock"};
	for (size_t i = 0; i < 4; i++) {
		char path[100];
		(void)snprintf(path, sizeof path, "%s%s", with_path, suffixes[i]);
		(void)unlink(path);
		(void)snprintf(path, sizeof path, "%s%s", bare_path, suffixes[i]);
		(void)unlink(path);
	}
	(void)rmdir(folder);
	return 0;
}
