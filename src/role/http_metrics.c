/* SPDX-License-Identifier: ISC */
#include "role/http_metrics.h"

#include "base/attr.h"
#include "base/limits.h"
#include "base/quote.h"
#include "facts/metrics.h"
#include "present/quarantine_doc.h"
#include "store/observations.h"
#include "store/screens.h"
#include "version.h"

#define METRICS_ARENA_BYTES MIB(64)
#define RECENT_DAYS 30
#define CERTIFICATES_MOST 1000
#define HEAD_MS 10000
#define MIN_RATE_BYTES 500
#define CONNECTIONS 20
#define RETRY_SECS 10

enum metric {
#define X(id, name, type, help) METRIC_##id,
	METRICS(X)
#undef X
};

static const struct {
	const char *name, *type, *help;
} metrics[] = {
#define X(id, name, type, help) {name, type, help},
    METRICS(X)
#undef X
};

struct scrape {
	struct http_door *door;
	struct store *store;
	struct arena arena;
	struct buf *out;
	enum metric metric;
};

static void begin(struct scrape *scrape, enum metric metric)
{
	scrape->metric = metric;
	buf_format(scrape->out, "# HELP %s %s\n# TYPE %s %s\n", metrics[metric].name, metrics[metric].help, metrics[metric].name,
	           metrics[metric].type);
}

/* Labels are pairs of name and value; NULL ends them. */
struct label {
	const char *name;
	struct str value;
};

static void put(struct scrape *scrape, const struct label *labels, int64_t value)
{
	buf_text(scrape->out, metrics[scrape->metric].name);
	for (size_t i = 0; labels[i].name != NULL; i++) {
		buf_format(scrape->out, "%c%s=", i == 0 ? '{' : ',', labels[i].name);
		quote_label(labels[i].value, scrape->out);
	}
	buf_text(scrape->out, labels[0].name != NULL ? "} " : " ");
	buf_int(scrape->out, value);
	buf_byte(scrape->out, '\n');
}

#define LABELS(...) ((const struct label[]){__VA_ARGS__, {NULL, {NULL, 0}}})
static const struct label no_labels[] = {{NULL, {NULL, 0}}};

static bool put_house(struct scrape *scrape, struct err *err)
{
	struct screens_gauges gauges;
	uint64_t aside[QUARANTINE_KIND_COUNT];

	if (!screens_gauges(scrape->store, &gauges, err) || !screens_quarantine_counts(scrape->store, aside, err))
		return false;
	begin(scrape, METRIC_BUILD);
	put(scrape, LABELS({"version", STR(MAILSEAL_VERSION)}), 1);
	begin(scrape, METRIC_ARRIVALS);
	put(scrape, no_labels, (int64_t)gauges.arrivals);
	begin(scrape, METRIC_REPORTS);
	put(scrape, no_labels, (int64_t)gauges.reports);
	begin(scrape, METRIC_QUARANTINE);
	for (unsigned i = 0; i < QUARANTINE_KIND_COUNT; i++)
		put(scrape, LABELS({"kind", str_of(quarantine_doc_kind_text((enum quarantine_kind)i))}), (int64_t)aside[i]);
	begin(scrape, METRIC_ISSUES);
	for (unsigned i = SEVERITY_NOTICE; i < SEVERITY_COUNT; i++)
		put(scrape, LABELS({"severity", str_of(severity_text((enum severity)i))}), (int64_t)gauges.issues[i]);
	begin(scrape, METRIC_LAST_ARRIVAL);
	if (gauges.last_arrival != INSTANT_NONE)
		put(scrape, no_labels, gauges.last_arrival);
	begin(scrape, METRIC_STORE_BYTES);
	put(scrape, no_labels, (int64_t)gauges.bytes);
	begin(scrape, METRIC_KEEP);
	put(scrape, no_labels, keep_link_is_up(scrape->door->link));
	return true;
}

static bool put_domains(struct scrape *scrape, struct err *err)
{
	struct filter filter = FILTER_ALL;
	struct screens_coverage coverage;
	struct screens_domain *rows = NULL;
	uint64_t counts[SCREENS_STATE_COUNT] = {0};
	size_t n = 0;

	if (!screens_coverage(scrape->store, STR_NONE, &scrape->arena, &coverage, err))
		return false;
	filter.until_day = coverage.last_day != DAY_NONE ? coverage.last_day : day_of(instant_now());
	filter.since_day = filter.until_day - RECENT_DAYS + 1;
	if (!screens_domains(scrape->store, &filter, coverage.last_day == DAY_NONE ? DAY_NONE : coverage.last_day - SCREENS_SILENT_DAYS,
	                     &scrape->arena, &rows, &n, err))
		return false;
	for (size_t i = 0; i < n; i++)
		counts[rows[i].state]++;
	begin(scrape, METRIC_DOMAINS);
	for (unsigned i = 0; i < SCREENS_STATE_COUNT; i++)
		put(scrape, LABELS({"state", str_of(screens_state_text((enum screens_state)i))}), (int64_t)counts[i]);
	/* A series for each of many domains is more than Prometheus likes. */
	if (n > scrape->door->config->http_metrics_domains)
		return true;
	begin(scrape, METRIC_LAST_REPORT);
	for (size_t i = 0; i < n; i++)
		if (rows[i].last_day != DAY_NONE)
			put(scrape, LABELS({"domain", rows[i].name}), day_start(rows[i].last_day));
	struct screens_sum *sums;
	if (!screens_sums(scrape->store, &scrape->arena, &sums, &n, err))
		return false;
	begin(scrape, METRIC_SESSIONS);
	for (size_t i = 0; i < n; i++) {
		struct str type = sums[i].type == POLICY_OTHER ? STR("other") : str_of(policy_type_text(sums[i].type));
		put(scrape, LABELS({"domain", sums[i].domain}, {"policy_type", type}, {"outcome", STR("success")}),
		    (int64_t)sums[i].successful);
		put(scrape, LABELS({"domain", sums[i].domain}, {"policy_type", type}, {"outcome", STR("failure")}),
		    (int64_t)sums[i].failed);
	}
	return true;
}

static bool put_certificates(struct scrape *scrape, struct err *err)
{
	struct observations_filter filter = {.kind = OBSERVED_CERT, .most = CERTIFICATES_MOST};
	struct observation *rows = NULL;
	size_t n = 0;

	if (!observations_list(scrape->store, &filter, &scrape->arena, &rows, &n, err))
		return false;
	begin(scrape, METRIC_CERTIFICATE);
	for (size_t i = 0; i < n; i++)
		if (rows[i].cert.not_after != INSTANT_NONE)
			put(scrape, LABELS({"mx", rows[i].subject}, {"address", rows[i].place}, {"fingerprint", str_upto(rows[i].value, 16)}),
			    rows[i].cert.not_after);
	return true;
}

bool http_metrics_write(struct http_door *door, struct buf *out, struct err *err)
{
	struct scrape scrape = {.door = door, .out = out};

	if (!store_readers_take(door->readers, &scrape.store, err))
		return false;
	arena_init(&scrape.arena, METRICS_ARENA_BYTES);
	bool ok = put_house(&scrape, err) && put_domains(&scrape, err) && put_certificates(&scrape, err);
	arena_done(&scrape.arena);
	store_readers_give(door->readers, &scrape.store, ok);
	return ok;
}

static void answer_text(struct httpd_answer *answer, unsigned status, const char *sentence)
{
	answer->status = status;
	answer->retry_secs = status == 503 ? RETRY_SECS : 0;
	buf_text(&answer->body, sentence);
	buf_byte(&answer->body, '\n');
}

void http_metrics_answer(struct http_door *door, struct httpd_answer *answer)
{
	struct err err = {0};

	if (http_metrics_write(door, &answer->body, &err)) {
		answer->status = 200;
		answer->type = "text/plain; version=0.0.4; charset=utf-8";
		answer->may_squeeze = true;
		return;
	}
	buf_clear(&answer->body);
	answer_text(answer, 503, "the store cannot be read now");
}

void http_metrics_ready(struct http_door *door, struct httpd_answer *answer)
{
	struct store *store = NULL;
	struct err err = {0};
	bool can_read = store_readers_take(door->readers, &store, &err);

	if (can_read)
		store_readers_give(door->readers, &store, true);
	if (can_read && keep_link_is_up(door->link))
		answer_text(answer, 200, "ready");
	else
		answer_text(answer, 503, can_read ? "the store takes nothing now" : "the store cannot be read now");
}

/* --- the listener of its own --- */

static void judge(void *context, const struct httpd_request *request, struct httpd_answer *answer)
{
	(void)context;
	if (request->method != HTTPD_GET && request->method != HTTPD_HEAD) {
		answer_text(answer, 405, "That is not done here.");
		answer->allow = "GET, HEAD";
	}
}

static void handle(void *context, const struct httpd_request *request, struct httpd_answer *answer)
{
	struct http_door *door = context;

	if (str_eq(request->path, STR("/metrics")))
		http_metrics_answer(door, answer);
	else if (str_eq(request->path, STR("/healthz")))
		answer_text(answer, 200, "alive");
	else if (str_eq(request->path, STR("/readyz")))
		http_metrics_ready(door, answer);
	else
		answer_text(answer, 404, "Here are /metrics, /healthz and /readyz.");
}

bool http_metrics_start(struct http_door *door, const int *fds, size_t n, struct httpd **out, struct err *err)
{
	struct httpd_setup setup = {
	    .fds = fds,
	    .fd_count = n,
	    .connections = CONNECTIONS,
	    .connections_per_network = CONNECTIONS,
	    .body_bytes = KIB(1),
	    .memory_bytes = MIB(1),
	    .head_ms = HEAD_MS,
	    .min_rate_bytes = MIN_RATE_BYTES,
	    .judge = judge,
	    .handle = handle,
	    .context = door,
	};
	return httpd_start(&setup, out, err);
}
