/* SPDX-License-Identifier: ISC */
#include "role/http_policy.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/instant.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/num.h"
#include "intake/post_rate.h"
#include "report/mx_pattern.h"
#include "role/policy_copy.h"
#include "store/published.h"
#include "sys/idn.h"

#define LOOK_MS 500
/* As long as reading took: what was published is to be served soon, where a name leads changes all the time. */
#define FILES_PAUSE_TIMES 1
#define PLACES_PAUSE_TIMES 20
#define SHELF_BYTES MIB(512)
#define HOST_MOST_BYTES 300
#define STALE_SECS (7 * SECS_PER_DAY) /* a place that could not be looked up for this long is not known any more */
#define POLICY_HOST "mta-sts."

/* What is served: made once, then only read. */
struct shelf {
	struct arena arena;
	struct shelf_row *rows; /* by name */
	size_t count;
	int64_t version, places; /* of the store; 0: of the copy */
};

struct http_policy {
	const char *where;
	struct store *store; /* of the thread */
	bool is_failing;
	int64_t files_ms, places_ms; /* not read again before: a long list is not read without a pause */
	pthread_t thread;
	pthread_mutex_t lock; /* guards all below */
	pthread_cond_t end;
	bool is_ending;
	struct shelf *shelf;
	struct post_rate *rate;
};

/* --- the shelf --- */

static void shelf_free(struct shelf *shelf)
{
	if (shelf != NULL)
		arena_done(&shelf->arena);
	mem_free(shelf);
}

static void put_shelf(struct http_policy *policy, struct shelf *shelf)
{
	(void)pthread_mutex_lock(&policy->lock);
	struct shelf *old = policy->shelf;
	policy->shelf = shelf;
	(void)pthread_mutex_unlock(&policy->lock);
	shelf_free(old);
}

static struct shelf *shelf_new(void)
{
	struct shelf *shelf = mem_new(sizeof *shelf);

	arena_init(&shelf->arena, SHELF_BYTES);
	return shelf;
}

/* Only this thread writes the pointer, so it may be read here without the lock. */
static bool refresh(struct http_policy *policy, struct err *err)
{
	int64_t version = 0, places = 0, started_ms = clock_ms();

	if (policy->store == NULL && !store_open(policy->where, STORE_READ, &policy->store, err)) {
		policy->store = NULL;
		return false;
	}
	if (!published_version(policy->store, &version, &places, err))
		return false;
	bool has_files = policy->shelf != NULL && policy->shelf->version == version;
	bool has_places = has_files && policy->shelf->places == places;
	if (has_places || started_ms < (has_files ? policy->places_ms : policy->files_ms))
		return true;
	struct shelf *shelf = shelf_new();
	shelf->version = version;
	shelf->places = places;
	if (!published_shelf(policy->store, &shelf->arena, &shelf->rows, &shelf->count, err)) {
		shelf_free(shelf);
		return false;
	}
	put_shelf(policy, shelf);
	int64_t took_ms = clock_ms() - started_ms;
	policy->files_ms = clock_ms() + took_ms * FILES_PAUSE_TIMES;
	policy->places_ms = clock_ms() + took_ms * PLACES_PAUSE_TIMES;
	return true;
}

static void look(struct http_policy *policy)
{
	struct err err = {0};

	if (refresh(policy, &err)) {
		if (policy->is_failing)
			LOG(LOG_LEVEL_INFO, "policies-read-again");
		policy->is_failing = false;
		return;
	}
	if (policy->store != NULL)
		store_close(&policy->store);
	/* A store that is not made yet is no failure. */
	if (!policy->is_failing && err.kind != ERR_MISSING)
		LOG(LOG_LEVEL_WARNING, "policies-not-read", LOG_TEXT("why", err.text));
	policy->is_failing = err.kind != ERR_MISSING;
}

static void *work(void *context)
{
	struct http_policy *policy = context;

	(void)pthread_mutex_lock(&policy->lock);
	while (!policy->is_ending) {
		int64_t until_ms = clock_ms() + LOOK_MS;
		struct timespec until = {.tv_sec = until_ms / 1000, .tv_nsec = until_ms % 1000 * 1000000};
		if (pthread_cond_timedwait(&policy->end, &policy->lock, &until) == 0 || policy->is_ending)
			continue;
		(void)pthread_mutex_unlock(&policy->lock);
		look(policy);
		(void)pthread_mutex_lock(&policy->lock);
	}
	(void)pthread_mutex_unlock(&policy->lock);
	return NULL;
}

static void read_copy(struct http_policy *policy)
{
	struct shelf *shelf = shelf_new();
	struct err err = {0};

	if (policy_copy_read(policy->where, &shelf->arena, &shelf->rows, &shelf->count, &err)) {
		LOG(LOG_LEVEL_WARNING, "policies-of-the-copy", LOG_NUM("count", shelf->count));
		put_shelf(policy, shelf);
		return;
	}
	if (err.kind != ERR_MISSING)
		LOG(LOG_LEVEL_ERROR, "no-policies", LOG_TEXT("why", err.text));
	shelf_free(shelf);
}

struct http_policy *http_policy_new(const char *where)
{
	struct http_policy *policy = mem_new(sizeof *policy);
	pthread_condattr_t attributes;

	policy->where = where;
	policy->rate = post_rate_new(LIMIT_TLS_ASKS_AT_ONCE, LIMIT_TLS_ASKS_PER_MINUTE);
	(void)pthread_mutex_init(&policy->lock, NULL);
	(void)pthread_condattr_init(&attributes);
	(void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&policy->end, &attributes);
	(void)pthread_condattr_destroy(&attributes);
	look(policy);
	if (policy->shelf == NULL)
		read_copy(policy);
	if (pthread_create(&policy->thread, NULL, work, policy) != 0) {
		LOG(LOG_LEVEL_ERROR, "no-thread");
		exit(EXIT_FAILURE);
	}
	return policy;
}

void http_policy_free(struct http_policy **policy)
{
	struct http_policy *it = *policy;

	if (it == NULL)
		return;
	(void)pthread_mutex_lock(&it->lock);
	it->is_ending = true;
	(void)pthread_cond_signal(&it->end);
	(void)pthread_mutex_unlock(&it->lock);
	(void)pthread_join(it->thread, NULL);
	if (it->store != NULL)
		store_close(&it->store);
	shelf_free(it->shelf);
	post_rate_free(&it->rate);
	(void)pthread_cond_destroy(&it->end);
	(void)pthread_mutex_destroy(&it->lock);
	mem_free(it);
	*policy = NULL;
}

static int by_name(const void *key, const void *row)
{
	const struct str *name = key;
	const struct shelf_row *it = row;

	return str_cmp(*name, it->domain);
}

/* Under the lock. */
static const struct shelf_row *find(const struct http_policy *policy, struct str domain)
{
	const struct shelf *shelf = policy->shelf;

	if (shelf == NULL || shelf->count == 0)
		return NULL;
	return bsearch(&domain, shelf->rows, shelf->count, sizeof *shelf->rows, by_name);
}

/* --- answers --- */

static struct str without_port(struct str host)
{
	size_t colon = str_find_byte(host, ':');
	struct str port = str_from(host, colon + 1);
	uint64_t number;

	if (colon == host.len)
		return host;
	/* "host:" without a number is allowed (RFC 9110 section 4.2.3). */
	return port.len == 0 || num_parse_uint(port, UINT16_MAX, &number) ? str_upto(host, colon) : STR_NONE;
}

bool http_policy_domain(struct str host, struct buf *out)
{
	struct str name = without_port(host);
	struct buf ascii;

	if (name.len == 0 || name.len > HOST_MOST_BYTES)
		return false;
	buf_init(&ascii, KIB(1));
	bool ok = idn_to_ascii(name, &ascii) && host_name_is_valid(buf_view(&ascii)) &&
	          str_starts_with(buf_view(&ascii), STR(POLICY_HOST));
	if (ok)
		buf_str(out, str_from(buf_view(&ascii), sizeof POLICY_HOST - 1));
	buf_done(&ascii);
	return ok && out->len > 0;
}

static void say(struct httpd_answer *answer, unsigned status, const char *sentence)
{
	answer->status = status;
	buf_text(&answer->body, sentence);
	buf_byte(&answer->body, '\n');
}

void http_policy_file(struct http_policy *policy, const struct httpd_request *request, struct httpd_answer *answer)
{
	struct buf domain;

	buf_init(&domain, KIB(1));
	if (http_policy_domain(httpd_header(request, "Host"), &domain)) {
		(void)pthread_mutex_lock(&policy->lock);
		const struct shelf_row *row = find(policy, buf_view(&domain));
		if (row != NULL) {
			answer->status = 200;
			answer->type = "text/plain";
			buf_str(&answer->body, row->text);
		}
		(void)pthread_mutex_unlock(&policy->lock);
	}
	buf_done(&domain);
	if (answer->status == 0)
		say(answer, 404, "There is no policy for this name here.");
}

/* A question that somebody passed on is not Caddy's own: what stands in such headers is the stranger's to choose. */
static bool is_passed_on(const struct httpd_request *request)
{
	static const char *const names[] = {"Forwarded",       "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto",
	                                    "X-Forwarded-Port", "X-Real-IP",       "Via",              "X-Original-URL"};

	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (httpd_header(request, names[i]).p != NULL)
			return true;
	return false;
}

/* A proxy that passes on everything passes on the name that it is known by. */
static bool is_for_loopback(const struct httpd_request *request)
{
	static const char *const names[] = {"localhost", "127.0.0.1", "[::1]"};
	struct str host = httpd_header(request, "Host");

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		struct str name = str_of(names[i]);
		struct str port = str_from(host, name.len);
		if (str_starts_with_nocase(host, name) && (port.len == 0 || port.p[0] == ':'))
			return true;
	}
	return false;
}

static bool may_have_certificate(struct http_policy *policy, struct str domain)
{
	instant now = instant_now();

	(void)pthread_mutex_lock(&policy->lock);
	const struct shelf_row *row = find(policy, domain);
	bool may = row != NULL && row->leads_here && row->seen_at != INSTANT_NONE && now - row->seen_at < STALE_SECS;
	(void)pthread_mutex_unlock(&policy->lock);
	return may;
}

static bool takes_ask(struct http_policy *policy)
{
	(void)pthread_mutex_lock(&policy->lock);
	bool takes = post_rate_take(policy->rate, STR("tls-ask"), clock_ms());
	(void)pthread_mutex_unlock(&policy->lock);
	return takes;
}

void http_policy_ask(struct http_policy *policy, const struct httpd_request *request, struct httpd_answer *answer)
{
	struct str asked = httpd_parameter(request, "domain");
	struct buf domain;

	if (request->network.p != NULL || is_passed_on(request) || !is_for_loopback(request)) {
		say(answer, 404, "There is no such page.");
		return;
	}
	if (!takes_ask(policy)) {
		say(answer, 429, "Too many questions; ask again later.");
		answer->retry_secs = 1;
		return;
	}
	buf_init(&domain, KIB(1));
	bool may = str_find_byte(asked, ':') == asked.len && http_policy_domain(asked, &domain) &&
	           may_have_certificate(policy, buf_view(&domain));
	buf_done(&domain);
	say(answer, may ? 200 : 404, may ? "yes" : "no");
}
