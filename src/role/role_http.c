/* SPDX-License-Identifier: ISC */
#include "role/role_http.h"

#include <malloc.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "base/instant.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "intake/post_request.h"
#include "present/doc_html.h"
#include "present/language.h"
#include "report/account.h"
#include "role/api.h"
#include "role/check_desk.h"
#include "role/rule_wish.h"
#include "role/http_metrics.h"
#include "role/http_mute.h"
#include "role/http_pages.h"
#include "role/http_policy.h"
#include "role/http_sign_in.h"
#include "role/http_visit.h"
#include "role/keep_secret.h"
#include "store/store_domains.h"
#include "sys/sandbox.h"
#include "sys/webauthn.h"
#include "web/web_assets.h"
#include "web/web_tag.h"

#define HEAD_MS 10000
#define MIN_RATE_BYTES 500 /* a second */
#define DRAIN_MS 4000
#define RETRY_SECS 60
#define SEEN_MS 2000 /* between two looks at who was seen */

static void answer_text(struct httpd_answer *answer, unsigned status, const char *sentence)
{
	answer->status = status;
	answer->retry_secs = status == 429 || status == 503 ? RETRY_SECS : 0;
	buf_text(&answer->body, sentence);
	buf_byte(&answer->body, '\n');
}

/* --- POST --- */

static void answer_post(struct httpd_answer *answer, unsigned status)
{
	answer_text(answer, status, post_request_sentence(status));
}

static struct post_head post_head_of(const struct httpd_request *request)
{
	struct post_head head = {
	    .content_type = httpd_header(request, "Content-Type"),
	    .content_encoding = httpd_header(request, "Content-Encoding"),
	};
	head.has_length = httpd_length(request, &head.length);
	return head;
}

static bool may_post(struct http_door *door, const struct httpd_request *request)
{
	if (request->network.p == NULL)
		return true;
	(void)pthread_mutex_lock(&door->rate_lock);
	bool may = post_rate_take(door->rate, request->network, clock_ms());
	(void)pthread_mutex_unlock(&door->rate_lock);
	return may;
}

static unsigned judge_post(struct http_door *door, const struct httpd_request *request)
{
	struct post_head head = post_head_of(request);

	if (!may_post(door, request))
		return 429;
	unsigned status = post_request_check_head(&head, door->config->limits_message_bytes);
	/* Without a store nothing can be kept: better said before 25 MiB were sent. */
	return status == 0 && !keep_link_is_up(door->link) ? 503 : status;
}

/* 0: nobody says who he is.  A report that an operator's token brings is believed about every domain, so the token is one
 * of the whole house. */
static unsigned judge_token(struct http_visit *visit, bool *out_is_given)
{
	struct store *store = NULL;
	enum http_sign_in how;
	struct err err = {0};

	*out_is_given = false;
	if (httpd_header(visit->request, "Authorization").p == NULL)
		return 0;
	if (!store_readers_take(visit->door->readers, &store, &err))
		return 503;
	bool ok = http_sign_in(visit, store, &how, &err);
	store_readers_give(visit->door->readers, &store, ok);
	if (!ok)
		return 503;
	if (visit->principal.by != PRINCIPAL_BY_TOKEN)
		return 401;
	*out_is_given = (visit->signed_in.scopes & TOKEN_SCOPE_INGEST) != 0 && visit->principal.tenant == 0;
	return *out_is_given ? 0 : 403;
}

static void handle_post(struct http_visit *visit)
{
	struct http_door *door = visit->door;
	const struct httpd_request *request = visit->request;
	struct httpd_answer *answer = visit->answer;
	bool is_given;

	static const unsigned statuses[VERDICT_KIND_COUNT] = {
	    [VERDICT_KEPT] = 201, [VERDICT_LATER] = 503, [VERDICT_REFUSED] = 413};
	struct post_head head = post_head_of(request);
	struct verdict verdict;
	unsigned status = judge_token(visit, &is_given);

	if (status == 401 || status == 403) {
		answer_text(answer, status, status == 401 ? "This token is not known." : "This token may not hand in reports.");
		return;
	}
	if (status == 0)
		status = post_request_check_body(&head, request->body);
	if (status != 0) {
		answer_post(answer, status);
		return;
	}
	struct arrival arrival = {
	    .door = is_given ? DOOR_API : DOOR_HTTP,
	    .received_at = instant_now(),
	    .peer = request->peer,
	    .recipient = request->path,
	    .bytes = request->body,
	};
	keep_link_deliver(door->link, &arrival, clock_ms() + LIMIT_STORE_WAIT_MS, &verdict);
	LOG(verdict.kind == VERDICT_KEPT ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING,
	    verdict.kind == VERDICT_KEPT    ? "kept"
	    : verdict.kind == VERDICT_LATER ? "not-kept-now"
	                                    : "refused",
	    LOG_NUM("arrival", verdict.arrival_id), LOG_STR("peer", request->peer), LOG_NUM("bytes", request->body.len),
	    LOG_NUM("stored", verdict.stored), LOG_NUM("duplicates", verdict.duplicates),
	    LOG_NUM("quarantined", verdict.quarantined), LOG_TEXT("said", verdict.text));
	answer_post(answer, statuses[verdict.kind]);
}

/* --- everything --- */

/* Whether a listed domain, or a tenant, has this path.  What it is worth is keep's to say; here it only saves reading a body. */
static bool knows_secret(struct http_door *door, struct str path)
{
	struct str token = keep_secret_token(path);
	struct store *store = NULL;
	struct err err = {0};

	if (token.p == NULL || !store_readers_take(door->readers, &store, &err))
		return false;
	bool knows = keep_secret_known(store, token, &err);
	store_readers_give(door->readers, &store, knows || err.kind == ERR_MISSING || err.kind == ERR_NONE);
	return knows;
}

/* This thread makes pages for one reader at a time. */
static void use_language(const struct httpd_request *request)
{
	language_use(language_accepted(httpd_header(request, "Accept-Language")));
}

/* Before the body is read. */
static void judge(void *context, const struct httpd_request *request, struct httpd_answer *answer)
{
	struct http_visit visit;

	http_visit_init(&visit, context, request, answer);
	use_language(request);
	if (visit.match.route == WEB_ROUTE_POST_SECRET && !knows_secret(visit.door, visit.path)) {
		answer_post(answer, 404);
	} else if (visit.match.route == WEB_ROUTE_POST || visit.match.route == WEB_ROUTE_POST_SECRET) {
		unsigned status = judge_post(visit.door, request);
		if (status != 0)
			answer_post(answer, status);
	} else if (request->method != HTTPD_GET && request->method != HTTPD_HEAD) {
		/* So that no stranger's body is read; `handle` looks again, for reading it takes its time. */
		(void)http_visit_may(&visit);
	}
	http_visit_done(&visit);
}

/* They tell of the whole house. */
static void answer_metrics(struct http_visit *visit)
{
	if (visit->principal.tenant != 0)
		http_visit_problem(visit, 404, "missing", STR("There is no such page."), STR_NONE);
	else
		http_metrics_answer(visit->door, visit->answer);
}

static void answer_style(struct httpd_answer *answer)
{
	answer->status = 200;
	answer->type = "text/css; charset=utf-8";
	answer->cache = "max-age=3600";
	answer->may_squeeze = true;
	buf_str(&answer->body, doc_html_style());
}

static void answer_app(const struct httpd_request *request, struct httpd_answer *answer)
{
	struct str tag = str_of(web_assets_index_tag());
	char text[64];

	(void)snprintf(text, sizeof text, "W/\"%.*s\"", STR_ARGS(tag));
	answer->type = "text/html; charset=utf-8";
	answer->cache = "no-cache";
	answer->policy = web_assets_policy;
	answer->may_squeeze = true;
	httpd_answer_field(answer, "ETag", str_of(text));
	httpd_answer_field(answer, "Vary", STR("Accept"));
	answer->status = web_tag_is_named(httpd_header(request, "If-None-Match"), tag) ? 304 : 200;
	if (answer->status == 200)
		buf_str(&answer->body, web_assets_index());
}

static void answer_asset(struct http_visit *visit)
{
	struct httpd_answer *answer = visit->answer;
	const struct web_asset *asset = web_assets_find(visit->path);
	struct str takes = httpd_header(visit->request, "Accept-Encoding");
	const char *coding;
	char text[64];

	if (asset == NULL) {
		http_visit_problem(visit, 404, "missing", STR("There is no such file."), STR_NONE);
		return;
	}
	answer->type = asset->type;
	answer->policy = web_assets_policy;
	answer->cache = asset->is_immutable ? "public, max-age=31536000, immutable" : "no-cache";
	(void)snprintf(text, sizeof text, "W/\"%s\"", asset->tag);
	httpd_answer_field(answer, "ETag", str_of(text));
	httpd_answer_field(answer, "Vary", STR("Accept-Encoding"));
	answer->status = web_tag_is_named(httpd_header(visit->request, "If-None-Match"), str_of(asset->tag)) ? 304 : 200;
	if (answer->status == 304)
		return;
	answer->fixed = web_assets_form(asset, httpd_accepts_coding(takes, STR("br")), httpd_accepts_coding(takes, STR("gzip")),
	                                &coding);
	httpd_answer_field(answer, "Content-Encoding", str_of(coding));
}

static void handle(void *context, const struct httpd_request *request, struct httpd_answer *answer)
{
	struct http_visit visit;

	http_visit_init(&visit, context, request, answer);
	use_language(request);
	bool may = http_visit_may(&visit);
	if (may && visit.is_app) {
		answer_app(request, answer);
	} else if (may) {
		switch (visit.match.route) {
		case WEB_ROUTE_POST:
		case WEB_ROUTE_POST_SECRET: handle_post(&visit); break;
		case WEB_ROUTE_HEALTH: answer_text(answer, 200, "alive"); break;
		case WEB_ROUTE_READY: http_metrics_ready(visit.door, answer); break;
		case WEB_ROUTE_STS_POLICY: http_policy_file(visit.door->policy, request, answer); break;
		case WEB_ROUTE_TLS_ASK: http_policy_ask(visit.door->policy, request, answer); break;
		case WEB_ROUTE_METRICS: answer_metrics(&visit); break;
		case WEB_ROUTE_MUTE: http_mute(&visit); break;
		case WEB_ROUTE_STYLE: answer_style(answer); break;
		case WEB_ROUTE_ASSET: answer_asset(&visit); break;
		default:
			if (visit.is_api)
				api_answer(&visit);
			else
				http_pages_answer(&visit);
		}
	}
	http_visit_done(&visit);
}

/* "/" or "/sub/", however it is written in the configuration; lives in `text`. */
static struct str base_of(const struct config *config)
{
	static char text[260];
	struct str base = str_trim(str_of(config->http_base));

	while (str_starts_with(base, STR("/")))
		base = str_from(base, 1);
	while (str_ends_with(base, STR("/")))
		base.len--;
	(void)snprintf(text, sizeof text, base.len == 0 ? "/" : "/%.*s/", STR_ARGS(str_upto(base, 255)));
	return str_of(text);
}

static bool is_known(void *context, struct str network)
{
	const struct http_door *door = context;
	return keep_link_knows(door->link, network);
}

static bool start(struct http_door *door, const int *fds, size_t n, struct httpd **out, struct err *err)
{
	struct httpd_setup setup = {
	    .fds = fds,
	    .fd_count = n,
	    .connections = LIMIT_HTTP_CONNECTIONS,
	    .connections_per_network = LIMIT_HTTP_CONNECTIONS_PER_IP,
	    .body_bytes = door->config->limits_message_bytes,
	    .memory_bytes = LIMIT_HTTP_MEMORY_BYTES,
	    .reserved = LIMIT_HTTP_CONNECTIONS / LIMIT_RESERVE_DIVISOR,
	    .is_known = is_known,
	    .head_ms = HEAD_MS,
	    .min_rate_bytes = MIN_RATE_BYTES,
	    .judge = judge,
	    .handle = handle,
	    .context = door,
	};
	return httpd_start(&setup, out, err);
}

int role_http_main(const struct config *config, int control_fd, const int *listen_fds, size_t n)
{
	struct http_door door = {.config = config};
	struct httpd *httpd = NULL, *metrics = NULL;
	struct err err = {0};
	char where[4096];

	if (!config_store_path(config, where, sizeof where, &err)) {
		LOG(LOG_LEVEL_ERROR, "http-not-started", LOG_TEXT("why", err.text));
		return EXIT_FAILURE;
	}
	(void)mallopt(M_ARENA_MAX, 4);
	(void)mallopt(M_MMAP_THRESHOLD, (int)KIB(256));
	(void)signal(SIGPIPE, SIG_IGN);
	webauthn_prepare();
	sandbox_may_read(RULE_WISH_ZONES);
	role_seal(ROLE_HTTP, config);
	(void)pthread_mutex_init(&door.rate_lock, NULL);
	door.rate = post_rate_new(LIMIT_HTTP_POSTS_AT_ONCE, LIMIT_HTTP_POSTS_PER_MINUTE);
	door.read_rate = post_rate_new(LIMIT_HTTP_READS_AT_ONCE, LIMIT_HTTP_READS_PER_MINUTE);
	door.base = base_of(config);
	web_assets_prepare(door.base);
	door.readers = store_readers_new(where);
	/* One reader at least is always there: where a writer ends last, or dies, SQLite makes the index of the log anew, and
	 * on a full disk pages could not be read then. */
	struct store *first = NULL;
	if (store_readers_take(door.readers, &first, &err))
		store_readers_give(door.readers, &first, true);
	door.policy = http_policy_new(where);
	door.desk = http_desk_new();
	door.link = keep_link_new(control_fd);
	door.checks = check_desk_new(door.link);
	size_t public_count = n > config->http_listen.count ? config->http_listen.count : n;
	bool ok = start(&door, listen_fds, public_count, &httpd, &err) &&
	          (public_count == n ||
	           http_metrics_start(&door, listen_fds + public_count, n - public_count, &metrics, &err));
	if (!ok)
		LOG(LOG_LEVEL_ERROR, "http-not-started", LOG_TEXT("why", err.text));
	struct pollfd drain = {.fd = keep_link_drain_fd(door.link), .events = POLLIN};
	while (ok && poll(&drain, 1, SEEN_MS) <= 0)
		http_desk_tell(door.desk, door.link);
	httpd_stop(&metrics, 0);
	httpd_stop(&httpd, DRAIN_MS);
	check_desk_free(&door.checks);
	http_policy_free(&door.policy);
	store_readers_free(&door.readers);
	post_rate_free(&door.rate);
	http_desk_tell(door.desk, door.link);
	http_desk_free(&door.desk);
	post_rate_free(&door.read_rate);
	return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
