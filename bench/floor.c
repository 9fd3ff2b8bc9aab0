/* SPDX-License-Identifier: ISC */
/* The least that an import can cost: what the house asks of base64, libdeflate, simdjson, zstd and SQLite while it takes
 * in the mails, asked again on the same bytes with nothing around it.
 *
 *     floor FOLDER-FOR-DATABASES PATH...
 *
 * Prints one JSON object: CPU seconds of each, their sum, and what the same import costs in one process. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "bench/tape.h"
#include "decode/decode.h"
#include "diagnose/classify.h"
#include "intake/mail_files.h"
#include "store/store.h"

struct totals {
	uint64_t mails, outcomes[INGEST_OUTCOME_COUNT];
	double cpu_secs;
};

static double cpu_seconds(void)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* One arrival, as the decode worker and `keep` treat it. */
static bool take(struct store *store, const struct arrival *arrival, struct arena *arena, struct totals *totals,
                 struct err *err)
{
	struct decoded decoded = {0};
	struct ingest_result result = {0};
	arena_clear(arena);
	decode_arrival(arrival, arena, &decoded);
	for (size_t i = 0; i < decoded.report_count; i++)
		classify_report(&decoded.reports[i]);
	if (!store_ingest(store, arrival, &decoded, TRUST_OPERATOR, STR("given by the operator"), &result, err))
		return false;
	totals->outcomes[result.outcome]++;
	totals->mails++;
	return totals->mails % LIMIT_COMMIT_REPORTS != 0 || (store_commit(store, err) && store_begin(store, err));
}

static bool take_all(const char *database, const char *const *paths, size_t n, struct totals *totals, struct err *err)
{
	struct store *store = NULL;
	struct arrival arrival = {0};
	struct arena arena;
	double start = cpu_seconds();
	if (!store_open(database, STORE_WRITE, &store, err))
		return false;
	arena_init(&arena, LIMIT_DECODE_MEMORY_BYTES);
	struct mail_files *files = mail_files_new(paths, n);
	bool ok = store_begin(store, err);
	enum mail_files_step step = MAIL_FILES_END;
	while (ok && (step = mail_files_next(files, &arrival, err)) == MAIL_FILES_ARRIVAL)
		ok = take(store, &arrival, &arena, totals, err);
	ok = ok && step == MAIL_FILES_END && store_commit(store, err);
	mail_files_free(&files);
	arena_done(&arena);
	store_close(&store);
	totals->cpu_secs = cpu_seconds() - start;
	return ok;
}

int main(int argc, char **argv)
{
	if (argc < 3) {
		fprintf(stderr, "usage: floor FOLDER-FOR-DATABASES PATH...\n");
		return 2;
	}
	char first[4096], second[4096], third[4096];
	(void)snprintf(first, sizeof(first), "%s/plain.db", argv[1]);
	(void)snprintf(second, sizeof(second), "%s/recorded.db", argv[1]);
	(void)snprintf(third, sizeof(third), "%s/floor.db", argv[1]);
	struct err err = {0};
	struct totals plain = {0}, recorded = {0};
	struct tape tape;
	struct tape_times times = {0};
	const char *const *paths = (const char *const *)argv + 2;
	tape_init(&tape);
	bool ok = take_all(first, paths, (size_t)argc - 2, &plain, &err);
	tape_record(&tape);
	ok = ok && take_all(second, paths, (size_t)argc - 2, &recorded, &err);
	tape_record(NULL);
	if (!ok) {
		fprintf(stderr, "floor: %s\n", err.text);
		return 1;
	}
	if (!tape_play(&tape, third, &times))
		return 1;
	printf("{\"mails\": %lu, \"stored\": %lu, \"base64\": %.3f, \"inflate\": %.3f, \"json\": %.3f, \"zstd\": %.3f, "
	       "\"sqlite\": %.3f, \"floor\": %.3f, \"one_process\": %.3f, \"calls\": %lu}\n",
	       (unsigned long)plain.mails, (unsigned long)plain.outcomes[INGEST_STORED], times.base64, times.inflate,
	       times.json, times.pack, times.sql,
	       times.base64 + times.inflate + times.json + times.pack + times.sql, plain.cpu_secs,
	       (unsigned long)tape.calls);
	tape_done(&tape);
	return 0;
}
