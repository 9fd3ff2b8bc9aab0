/* SPDX-License-Identifier: ISC */
#include "role/http_visit.h"

#include "base/attr.h"
#include "base/instant.h"
#include "base/limits.h"
#include "present/json_out.h"
#include "present/words.h"
#include "role/http_pages.h"
#include "role/http_sign_in.h"
#include "web/web_assets.h"

#define VISIT_ARENA_BYTES MIB(1)
#define LATER_SECS 10
#define API_PREFIX "/api/"
#define PLAIN_PREFIX "/plain"

static unsigned method_bit(enum httpd_method method)
{
	static const unsigned bits[] = {[HTTPD_GET] = ROUTE_GET,     [HTTPD_HEAD] = ROUTE_GET,
	                                [HTTPD_POST] = ROUTE_POST,   [HTTPD_PUT] = ROUTE_PUT,
	                                [HTTPD_PATCH] = ROUTE_PATCH, [HTTPD_DELETE] = ROUTE_DELETE,
	                                [HTTPD_OTHER] = 0};
	return bits[method];
}

/* Nobody's routes: reports, health, what a machine asks.  Their Host is their own matter. */
static bool is_for_machines(enum web_route route)
{
	return route == WEB_ROUTE_POST || route == WEB_ROUTE_POST_SECRET || route == WEB_ROUTE_HEALTH ||
	       route == WEB_ROUTE_READY || route == WEB_ROUTE_STS_POLICY || route == WEB_ROUTE_TLS_ASK;
}

void http_visit_init(struct http_visit *visit, struct http_door *door, const struct httpd_request *request,
                     struct httpd_answer *answer)
{
	*visit = (struct http_visit){.door = door, .request = request, .answer = answer};
	arena_init(&visit->arena, VISIT_ARENA_BYTES);
	visit->path = web_route_below(request->path, door->base);
	if (str_starts_with(visit->path, STR(PLAIN_PREFIX "/"))) {
		visit->is_plain = true;
		visit->path = str_from(visit->path, sizeof PLAIN_PREFIX - 1);
	}
	visit->is_api = str_starts_with(visit->path, STR(API_PREFIX));
	visit->match = web_route_find(visit->path, method_bit(request->method), &visit->arena);
	enum web_route route = visit->match.route;
	if (visit->is_plain && route != WEB_ROUTE_COUNT && (visit->is_api || route == WEB_ROUTE_ASSET || is_for_machines(route)))
		visit->match = (struct web_match){.route = WEB_ROUTE_COUNT};
}

void http_visit_done(struct http_visit *visit)
{
	arena_done(&visit->arena);
}

/* --- what went wrong --- */

/* RFC 9110 section 15, where it needs no word of ours. */
static const char *title_of(unsigned status)
{
	switch (status) {
	case 400: return tr("The request makes no sense");
	case 401: return tr("Sign in first");
	case 403: return tr("Not allowed");
	case 404: return tr("Not found");
	case 405: return tr("That is not done here");
	case 409: return tr("Somebody else has changed it");
	case 412: return tr("It has changed since you read it");
	case 413: return tr("Too large");
	case 415: return tr("Not a form that is read here");
	case 421: return tr("This is not the server of that name");
	case 428: return tr("Say which version you change");
	case 429: return tr("Too many requests");
	case 503: return tr("Not now");
	default: return tr("That did not work");
	}
}

static void put_problem(struct http_visit *visit, unsigned status, const char *code, struct str detail, struct str pointer)
{
	struct json_out json;

	visit->answer->type = "application/problem+json";
	json_out_init(&json, &visit->answer->body, false);
	json_out_object(&json, NULL);
	json_out_str(&json, "type", STR("about:blank"));
	json_out_str(&json, "title", str_of(title_of(status)));
	json_out_uint(&json, "status", status);
	json_out_str(&json, "detail", detail);
	json_out_str(&json, "instance", visit->request->path);
	json_out_str(&json, "code", str_of(code));
	json_out_list(&json, "errors");
	if (pointer.p != NULL) {
		json_out_object(&json, NULL);
		json_out_str(&json, "pointer", pointer);
		json_out_str(&json, "detail", detail);
		json_out_end(&json);
	}
	json_out_end(&json);
	json_out_end(&json);
}

void http_visit_problem(struct http_visit *visit, unsigned status, const char *code, struct str detail, struct str pointer)
{
	struct httpd_answer *answer = visit->answer;

	buf_clear(&answer->body);
	buf_clear(&answer->fields);
	if (answer->stream.done != NULL)
		answer->stream.done(answer->stream.context);
	answer->stream = (struct httpd_stream){0};
	answer->status = status;
	answer->cache = NULL;
	answer->retry_secs = status == 429 || status == 503 ? LATER_SECS : 0;
	answer->allow = status == 405 ? web_route_allow(visit->match.methods) : NULL;
	if (status == 401)
		httpd_answer_field(answer, "WWW-Authenticate", STR("Bearer"));
	if (visit->is_api)
		put_problem(visit, status, code, detail, pointer);
	else
		http_pages_error(visit, status, pointer.p != NULL && detail.len == 0 ? pointer : detail);
}

void http_visit_failed(struct http_visit *visit, const struct err *err)
{
	static const struct {
		unsigned status;
		const char *code;
	} kinds[] = {[ERR_NONE] = {500, "failed"},      [ERR_LATER] = {503, "later"},     [ERR_INPUT] = {400, "wrong"},
	             [ERR_TOO_BIG] = {413, "too-large"}, [ERR_DENIED] = {403, "denied"},   [ERR_MISSING] = {404, "missing"}, [ERR_CHANGED] = {412, "changed"},
	             [ERR_SETUP] = {503, "setup"}};

	http_visit_problem(visit, kinds[err->kind].status, kinds[err->kind].code,
	                   arena_str(&visit->arena, str_of(err->text)), STR_NONE);
}

/* --- the checks --- */

static bool is_our_host(const struct http_visit *visit)
{
	const struct config_list *hosts = &visit->door->config->http_hosts;
	struct str host = httpd_header(visit->request, "Host");
	struct arena arena;

	if (visit->door->config->web_url[0] != '\0') {
		arena_init(&arena, KIB(8));
		struct str own = http_sign_in_origin(visit, &arena);
		bool is_own = host.len > 0 && str_ends_with_nocase(own, str_of(arena_format(&arena, "://%.*s", STR_ARGS(str_upto(host, 1000)))));
		arena_done(&arena);
		if (is_own)
			return true;
	}
	return principal_host_is_ours(httpd_header(visit->request, "Host"), (const char *const *)hosts->items, hosts->count);
}

static bool is_too_fast(struct http_visit *visit)
{
	const struct principal *principal = &visit->principal;
	struct str key = visit->request->network;

	/* The reader of this machine has it for himself. */
	if (principal->by == PRINCIPAL_BY_SESSION || principal->by == PRINCIPAL_BY_TOKEN)
		key = str_of(arena_format(&visit->arena, "%s %lld", principal_by_text(principal->by), (long long)principal->user));
	else if (key.p == NULL)
		return false;
	(void)pthread_mutex_lock(&visit->door->rate_lock);
	bool may = post_rate_take(visit->door->read_rate, key, clock_ms());
	(void)pthread_mutex_unlock(&visit->door->rate_lock);
	return !may;
}

static void say_unknown(struct http_visit *visit, enum http_sign_in how)
{
	switch (how) {
	case HTTP_SIGN_IN_FIRST_ACCOUNT:
		http_visit_problem(visit, 403, "first-account",
		                   str_of(tr("Readers from elsewhere need an account, and there is none yet. On the machine of the "
		                             "server, 'mailseal user add --admin' makes the first one.")),
		                   STR_NONE);
		break;
	case HTTP_SIGN_IN_TENANTS:
		http_visit_problem(visit, 403, "several-tenants",
		                   str_of(tr("There are several tenants, and these pages cannot tell who asks. Use the command line with "
		                             "--tenant.")),
		                   STR_NONE);
		break;
	case HTTP_SIGN_IN_NEEDED:
	case HTTP_SIGN_IN_KNOWN:
		http_visit_problem(visit, 401, "sign-in", str_of(tr("This needs somebody who has signed in.")), STR_NONE);
		break;
	}
}

static bool sign_in(struct http_visit *visit, enum http_sign_in *out)
{
	struct store *store = NULL;
	struct err err = {0};
	bool ok = store_readers_take(visit->door->readers, &store, &err);

	if (ok) {
		ok = http_sign_in(visit, store, out, &err);
		store_readers_give(visit->door->readers, &store, ok);
	}
	if (!ok)
		http_visit_failed(visit, &err);
	return ok;
}

/* Also what everybody may read says who reads it, where it is about that. */
static bool wants_to_know(const struct http_visit *visit, enum web_right needed)
{
	return needed != WEB_RIGHT_PUBLIC || visit->is_api;
}

/* Whether he may, and whether he may now. */
static bool is_granted(struct http_visit *visit)
{
	enum web_right needed = web_route_right(visit->match.route);
	enum http_sign_in how = HTTP_SIGN_IN_KNOWN;

	if (wants_to_know(visit, needed) && !sign_in(visit, &how))
		return false;
	if (is_too_fast(visit))
		http_visit_problem(visit, 429, "too-fast", str_of(tr("Wait a little and ask again.")), STR_NONE);
	else if (needed != WEB_RIGHT_PUBLIC && how != HTTP_SIGN_IN_KNOWN)
		say_unknown(visit, how);
	else if (!principal_may(&visit->principal, needed))
		http_visit_problem(visit, 403, "right",
		                   WORDS(&visit->arena, "This needs the right {right}.",
		                         {"right", str_of(principal_right_text(needed))}),
		                   STR_NONE);
	else if (!http_sign_in_is_ours(visit))
		http_visit_problem(visit, 403, "elsewhere", str_of(tr("A page of another server may not ask for this.")), STR_NONE);
	else
		return true;
	return false;
}

/* Screens of the application have the paths of the plain pages, and more; only a browser is given it. */
static bool wants_app(const struct http_visit *visit)
{
	enum web_route route = visit->match.route;
	bool is_read = visit->request->method == HTTPD_GET || visit->request->method == HTTPD_HEAD;

	return is_read && !visit->is_api && !visit->is_plain && route != WEB_ROUTE_STYLE && route != WEB_ROUTE_MUTE && route != WEB_ROUTE_ASSET &&
	       route != WEB_ROUTE_REPORT_PRINT && !str_starts_with(visit->path, STR("/assets/")) &&
	       (route != WEB_ROUTE_COUNT || visit->match.methods == 0) && web_assets_index().p != NULL &&
	       web_assets_is_for(httpd_header(visit->request, "Accept"));
}

bool http_visit_may(struct http_visit *visit)
{
	enum web_route route = visit->match.route;

	if (route != WEB_ROUTE_COUNT && is_for_machines(route))
		return true;
	if (!is_our_host(visit))
		http_visit_problem(visit, 421, "host",
		                   str_of(tr("The Host of the request is not a name of this server (http.hosts in its configuration).")),
		                   STR_NONE);
	else if (wants_app(visit))
		return visit->is_app = true;
	else if (visit->match.methods == 0)
		http_visit_problem(visit, 404, "missing", str_of(tr("There is no such page.")), STR_NONE);
	else if (route == WEB_ROUTE_COUNT)
		http_visit_problem(visit, 405, "method", str_of(tr("That is not done here.")), STR_NONE);
	else
		return is_granted(visit);
	return false;
}
