/* SPDX-License-Identifier: ISC */
/* The decode step over the mails of a folder: alone, or with --worker as it is in service, through the sandboxed process
 * and back, its answers checked.
 *
 *     decode [--worker] FOLDER SECONDS
 *
 * One pass notes what is not read, then passes over the files that begin with "g-" (all, if none does) until SECONDS of
 * processor time are spent, the worker's included.  Prints one JSON object. */
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/quote.h"
#include "decode/decode.h"
#include "diagnose/classify.h"
#include "report/wire.h"
#include "role/decode_pool.h"
#include "role/role_start.h"
#include "sys/channel.h"
#include "sys/config.h"

#define FLIGHT 64u /* handed out at a time, as `keep` does under load */

struct mail {
	char *name;
	struct buf bytes;
	bool is_timed, is_read;
};

struct bench {
	struct mail *mails;
	size_t count, timed;
	struct arena arena;
	/* --worker */
	struct decode_pool *pool;
	struct config *config;
	pid_t worker;
	struct buf bodies[FLIGHT];
	size_t mail_of[FLIGHT]; /* by id */
	bool busy[FLIGHT];
	long worker_peak_kib;
};

static double cpu_of(clockid_t clock)
{
	struct timespec now = {0};
	(void)clock_gettime(clock, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Ours, the workers' that have ended, and the one's that runs. */
static double cpu_seconds(const struct bench *bench)
{
	struct rusage ended = {0};
	clockid_t clock;
	(void)getrusage(RUSAGE_CHILDREN, &ended);
	double sum = cpu_of(CLOCK_PROCESS_CPUTIME_ID) + (double)(ended.ru_utime.tv_sec + ended.ru_stime.tv_sec) +
	             (double)(ended.ru_utime.tv_usec + ended.ru_stime.tv_usec) / 1e6;
	if (bench->worker > 0 && clock_getcpuclockid(bench->worker, &clock) == 0)
		sum += cpu_of(clock);
	return sum;
}

static long peak_kib(pid_t pid)
{
	char path[64], line[256];
	long peak = 0;
	(void)snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	FILE *file = fopen(path, "re");
	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		if (strncmp(line, "VmHWM:", 6) == 0)
			peak = strtol(line + 6, NULL, 10);
	}
	if (file != NULL)
		(void)fclose(file);
	return peak;
}

/* ---- alone ---- */

static struct arrival arrival_of(const struct mail *mail)
{
	return (struct arrival){.door = DOOR_FILE, .received_at = INSTANT_NONE, .name = str_of(mail->name),
	                        .bytes = buf_view(&mail->bytes)};
}

static void read_alone(struct bench *bench, size_t index)
{
	struct arrival arrival = arrival_of(&bench->mails[index]);
	struct decoded decoded = {0};
	arena_clear(&bench->arena);
	decode_arrival(&arrival, &bench->arena, &decoded);
	for (size_t i = 0; i < decoded.report_count; i++)
		classify_report(&decoded.reports[i]);
	bench->mails[index].is_read = decoded.report_count > 0;
}

/* ---- through the worker ---- */

static void start_worker(struct bench *bench, enum child_end end)
{
	struct config *config = NULL;
	struct err err = {0};
	struct buf text;
	int fds[2];

	buf_init(&text, MIB(1));
	bool ok = config_parse("", "the defaults", &config, &err) && channel_pair(fds, &err);
	if (ok) {
		config_send(config, &text);
		struct child_spec spec = {.role = ROLE_DECODE, .control_fd = fds[1], .config_text = buf_view(&text)};
		ok = child_spawn(&spec, &bench->worker, &err);
	}
	if (!ok) {
		fprintf(stderr, "decode: %s\n", err.text);
		exit(1);
	}
	config_free(&config);
	buf_done(&text);
	file_close(&fds[1]);
	decode_pool_attach(bench->pool, 0, fds[0], end);
}

static void note_peak(struct bench *bench)
{
	long peak = peak_kib(bench->worker);
	if (peak > bench->worker_peak_kib)
		bench->worker_peak_kib = peak;
}

static void replace_worker(void *context, unsigned worker, bool end_it)
{
	struct bench *bench = context;
	(void)worker;
	(void)end_it;
	note_peak(bench);
	start_worker(bench, child_kill(&bench->worker));
}

static void worker_done(void *context, uint64_t id, const struct decoded *decoded)
{
	struct bench *bench = context;
	bench->mails[bench->mail_of[id]].is_read = decoded->report_count > 0;
	bench->busy[id] = false;
}

static void turn(struct bench *bench)
{
	struct pollfd fd = {.fd = -1};
	decode_pool_turn(bench->pool, &fd); /* hands out what is waiting */
	decode_pool_poll(bench->pool, &fd);
	if (poll(&fd, 1, 1000) < 0 && errno != EINTR)
		exit(1);
	decode_pool_turn(bench->pool, &fd);
}

static void read_by_worker(struct bench *bench, size_t index)
{
	size_t slot = 0;
	while (bench->busy[slot]) {
		if (++slot < FLIGHT)
			continue;
		turn(bench);
		slot = 0;
	}
	struct arrival arrival = arrival_of(&bench->mails[index]);
	buf_clear(&bench->bodies[slot]);
	wire_write_arrival(&arrival, &bench->bodies[slot]);
	bench->busy[slot] = true;
	bench->mail_of[slot] = index;
	decode_pool_put(bench->pool, slot, buf_view(&bench->bodies[slot]), DECODE_NORMAL);
}

static void drain(struct bench *bench)
{
	while (bench->pool != NULL && decode_pool_under_way(bench->pool) > 0)
		turn(bench);
}

static void prepare_worker(struct bench *bench)
{
	struct decode_pool_hooks hooks = {.done = worker_done, .replace = replace_worker, .context = bench};
	for (size_t i = 0; i < FLIGHT; i++)
		buf_init(&bench->bodies[i], LIMIT_ARRIVAL_BYTES + KIB(64));
	bench->pool = decode_pool_new(1, hooks);
	start_worker(bench, CHILD_END_DONE);
}

/* ---- the mails ---- */

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct mail *)a)->name, ((const struct mail *)b)->name);
}

static bool load(struct bench *bench, const char *folder, struct err *err)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	if (dir == NULL)
		return err_set(err, ERR_MISSING, "%s: %s", folder, strerror(errno));
	while ((entry = readdir(dir)) != NULL) {
		char path[4096];
		if (entry->d_name[0] == '.')
			continue;
		bench->mails = mem_grow(bench->mails, (bench->count + 1) * sizeof(*bench->mails));
		struct mail *mail = &bench->mails[bench->count++];
		*mail = (struct mail){.name = mem_copy_text(entry->d_name),
		                      .is_timed = strncmp(entry->d_name, "g-", 2) == 0};
		bench->timed += mail->is_timed;
		buf_init(&mail->bytes, LIMIT_ARRIVAL_BYTES);
		(void)snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		if (!file_read(path, &mail->bytes, err)) {
			(void)closedir(dir);
			return false;
		}
	}
	(void)closedir(dir);
	qsort(bench->mails, bench->count, sizeof(*bench->mails), by_name);
	return bench->count > 0 || err_set(err, ERR_MISSING, "%s is empty", folder);
}

static void pass(struct bench *bench, bool all)
{
	for (size_t i = 0; i < bench->count; i++) {
		if (!all && !bench->mails[i].is_timed && bench->timed > 0)
			continue;
		if (bench->pool != NULL)
			read_by_worker(bench, i);
		else
			read_alone(bench, i);
	}
	drain(bench);
}

static void print(struct bench *bench, double per_second)
{
	struct buf out;
	bool first = true;
	buf_init(&out, MIB(16));
	if (bench->pool != NULL)
		note_peak(bench);
	buf_format(&out, "{\"per_second\": %.1f, \"peak_kib\": %ld, \"worker_peak_kib\": %ld, \"mails\": %zu, \"failed\": [",
	           per_second, peak_kib(getpid()) + bench->worker_peak_kib, bench->worker_peak_kib, bench->count);
	for (size_t i = 0; i < bench->count; i++) {
		if (bench->mails[i].is_read)
			continue;
		buf_text(&out, first ? "" : ", ");
		quote_json(str_of(bench->mails[i].name), &out);
		first = false;
	}
	buf_text(&out, "]}\n");
	struct err err = {0};
	(void)file_write_fd(STDOUT_FILENO, buf_view(&out), &err);
	buf_done(&out);
}

int main(int argc, char **argv)
{
	struct bench bench = {0};
	struct err err = {0};
	uint64_t seconds;
	if (argc > 1 && strcmp(argv[1], "--role") == 0)
		return role_start(argc, argv); /* we are our own worker */
	bool worker = argc == 4 && strcmp(argv[1], "--worker") == 0;
	if (argc != 3 + worker) {
		fprintf(stderr, "usage: decode [--worker] FOLDER SECONDS\n");
		return 2;
	}
	if (!load(&bench, argv[1 + worker], &err)) {
		fprintf(stderr, "decode: %s\n", err.text);
		return 1;
	}
	double budget = num_parse_uint(str_upto(str_of(argv[2 + worker]), str_find_byte(str_of(argv[2 + worker]), '.')),
	                               3600, &seconds)
	                    ? (double)seconds
	                    : 2;
	arena_init(&bench.arena, LIMIT_DECODE_MEMORY_BYTES);
	if (worker)
		prepare_worker(&bench);
	pass(&bench, true);
	size_t done = 0;
	double start = cpu_seconds(&bench), spent = 0;
	while (spent < budget || done == 0) {
		pass(&bench, false);
		done += bench.timed > 0 ? bench.timed : bench.count;
		spent = cpu_seconds(&bench) - start;
	}
	print(&bench, (double)done / spent);
	if (bench.worker > 0)
		(void)child_kill(&bench.worker);
	return 0;
}
