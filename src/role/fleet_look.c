/* SPDX-License-Identifier: ISC */
#include "role/fleet_look.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/mem.h"
#include "role/advising.h"

#define THREADS 16u
#define ONE_BYTES MIB(16)
#define HOSTS_BYTES MIB(64)

struct host {
	struct str name;
	bool is_known, is_bad, is_seen;
	enum finding_code fault; /* of a bad one */
};

struct fleet_look {
	const struct domain_look_options *options;
	struct arena arena; /* of the names */
	struct host *hosts;
	size_t count, room;
};

struct fleet_look *fleet_look_new(const struct domain_look_options *options)
{
	struct fleet_look *fleet = mem_new(sizeof *fleet);

	fleet->options = options;
	arena_init(&fleet->arena, HOSTS_BYTES);
	return fleet;
}

void fleet_look_free(struct fleet_look **fleet)
{
	if (*fleet == NULL)
		return;
	arena_done(&(*fleet)->arena);
	mem_free(*fleet);
	*fleet = NULL;
}

static struct host *host_of(struct fleet_look *fleet, struct str name)
{
	void *hosts = fleet->hosts;

	for (size_t i = 0; i < fleet->count; i++)
		if (str_eq(fleet->hosts[i].name, name))
			return &fleet->hosts[i];
	struct host *host = arena_push(&fleet->arena, &hosts, &fleet->count, &fleet->room, sizeof *host);
	fleet->hosts = hosts;
	host->name = arena_str(&fleet->arena, name);
	return host;
}

/* --- many at the same time --- */

struct job {
	struct str domain;
	unsigned parts;
	struct arena arena; /* its own: an arena is for one thread */
	struct check check;
};

struct work {
	const struct domain_look_options *options;
	struct job *jobs;
	size_t count;
	pthread_mutex_t lock;
	size_t next;
};

static void *run(void *context)
{
	struct work *work = context;

	for (;;) {
		(void)pthread_mutex_lock(&work->lock);
		struct job *job = work->next < work->count ? &work->jobs[work->next++] : NULL;
		(void)pthread_mutex_unlock(&work->lock);
		if (job == NULL)
			return NULL;
		struct domain_look_options options = *work->options;
		options.parts = job->parts;
		domain_look(job->domain, &options, &job->arena, &job->check);
	}
}

static void look_at(struct job *jobs, size_t count, const struct domain_look_options *options)
{
	struct work work = {.options = options, .jobs = jobs, .count = count, .lock = PTHREAD_MUTEX_INITIALIZER};
	pthread_t threads[THREADS];
	size_t started = 0;

	while (started < THREADS && started + 1 < count && pthread_create(&threads[started], NULL, run, &work) == 0)
		started++;
	(void)run(&work);
	for (size_t i = 0; i < started; i++)
		(void)pthread_join(threads[i], NULL);
}

/* --- servers that several share --- */

static void learn(struct fleet_look *fleet, const struct check *check)
{
	for (size_t i = 0; i < check->mx_count; i++) {
		struct host *host = host_of(fleet, check->mx[i].host);
		if (host->is_known)
			continue;
		host->is_known = true;
		for (size_t j = 0; j < check->mx[i].look_count; j++)
			host->is_seen = host->is_seen || check->mx[i].looks[j].state == LOOK_OK;
		for (size_t j = 0; j < check->findings.count && !host->is_bad; j++) {
			const struct finding *finding = &check->findings.items[j];
			host->is_bad = str_eq(finding->subject, host->name) && finding->severity >= SEVERITY_WARNING &&
			               advising_is_about_tls(finding->code);
			host->fault = finding->code;
		}
	}
}

static void tell(struct fleet_look *fleet, struct check *check, struct arena *arena)
{
	for (size_t i = 0; i < check->mx_count; i++) {
		struct check_mx *mx = &check->mx[i];
		const struct host *host = host_of(fleet, mx->host);
		if (mx->look_count > 0 || !host->is_known)
			continue;
		mx->looks = ARENA_NEW(arena, struct mx_look);
		mx->look_count = 1;
		mx->looks[0] = (struct mx_look){.host = mx->host, .state = host->is_seen ? LOOK_OK : LOOK_PORT_CLOSED};
		if (host->is_bad)
			findings_add(&check->findings, arena, host->fault, mx->host, STR_NONE);
	}
}

static bool needs_servers(struct fleet_look *fleet, const struct check *check)
{
	bool needs = false;

	for (size_t i = 0; i < check->mx_count; i++) {
		struct host *host = host_of(fleet, check->mx[i].host);
		needs = needs || !host->is_known;
	}
	return needs;
}

/* Marked as known before they are looked at, so that no second domain of the batch has them looked at too. */
static void claim(struct fleet_look *fleet, const struct check *check, bool is_known)
{
	for (size_t i = 0; i < check->mx_count; i++)
		host_of(fleet, check->mx[i].host)->is_known = is_known;
}

static void start_job(struct job *job, struct str domain, unsigned parts)
{
	*job = (struct job){.domain = domain, .parts = parts};
	arena_init(&job->arena, ONE_BYTES);
}

void fleet_look(struct fleet_look *fleet, const struct str *domains, size_t count, struct fleet_seen *out)
{
	struct job *jobs = mem_new_array(count, sizeof *jobs);
	struct job *again = mem_new_array(count, sizeof *again);
	size_t *places = mem_new_array(count, sizeof *places);
	size_t again_count = 0;

	for (size_t i = 0; i < count; i++)
		start_job(&jobs[i], domains[i],
		          DOMAIN_LOOK_MX | DOMAIN_LOOK_TLS_RPT | DOMAIN_LOOK_STS_RECORD | DOMAIN_LOOK_STS_POLICY);
	look_at(jobs, count, fleet->options);
	for (size_t i = 0; i < count; i++) {
		if (!needs_servers(fleet, &jobs[i].check))
			continue;
		claim(fleet, &jobs[i].check, true);
		start_job(&again[again_count], domains[i], 0);
		places[again_count++] = i;
	}
	look_at(again, again_count, fleet->options);
	for (size_t i = 0; i < again_count; i++)
		claim(fleet, &again[i].check, false);
	for (size_t i = 0; i < again_count; i++) {
		learn(fleet, &again[i].check);
		arena_done(&jobs[places[i]].arena);
		jobs[places[i]] = again[i];
	}
	for (size_t i = 0; i < count; i++) {
		tell(fleet, &jobs[i].check, &jobs[i].arena);
		out[i] = (struct fleet_seen){.arena = jobs[i].arena, .check = jobs[i].check};
	}
	mem_free(jobs);
	mem_free(again);
	mem_free(places);
}

void fleet_look_done(struct fleet_seen *seen, size_t count)
{
	for (size_t i = 0; i < count; i++)
		arena_done(&seen[i].arena);
}
