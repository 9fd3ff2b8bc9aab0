/* SPDX-License-Identifier: ISC */
#include "role/api.h"

#include <stdatomic.h>
#include <stdio.h>

#include "base/attr.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/num.h"
#include "present/doc_csv.h"
#include "present/doc_html.h"
#include "present/language.h"
#include "present/page.h"
#include "present/words.h"
#include "report/reporter.h"
#include "role/api_handlers.h"
#include "store/store_domains.h"
#include "sys/digest.h"
#include "sys/idn.h"
#include "web/web_tag.h"

#define API_ARENA_BYTES MIB(256) /* the largest report that can be stored, read back */
#define TAG_BYTES 12             /* of the hash of an answer */
#define DAYS_OF_MONTHS(n) (((n) * 365 + 11) / 12)
#define EXPORTS_AT_ONCE 4        /* of everybody: each holds a reader while it makes a piece */

static api_fn *const handlers[WEB_ROUTE_COUNT] = {
#define X(route, function) [WEB_ROUTE_##route] = (function),
    API_HANDLERS(X)
#undef X
};

static atomic_int exports;

/* --- the query --- */

struct str api_parameter(const struct api *api, const char *name)
{
	struct str value = httpd_parameter(api->visit->request, name);
	return value.len == 0 ? STR_NONE : value;
}

bool api_wrong(struct api *api, const char *name, const char *sentence, struct err *err)
{
	api->wrong = name;
	return err_set(err, ERR_INPUT, "%s", sentence);
}

bool api_take_choice(struct api *api, const char *name, const char *const *texts, unsigned count, unsigned *out, struct err *err)
{
	struct str value = api_parameter(api, name);

	if (value.p == NULL)
		return true;
	for (unsigned i = 0; i < count; i++) {
		if (str_eq(value, str_of(texts[i]))) {
			*out = i;
			return true;
		}
	}
	return api_wrong(api, name, "there is no such choice", err);
}

bool api_take_count(struct api *api, const char *name, uint64_t most, uint64_t *out, struct err *err)
{
	struct str value = api_parameter(api, name);
	uint64_t n;

	if (value.p == NULL)
		return true;
	if (!num_parse_uint(value, most, &n) || n == 0)
		return api_wrong(api, name, "that is no number that can be here", err);
	*out = n;
	return true;
}

bool api_take_domain(struct api *api, struct str text, const char *name, struct str *out, struct err *err)
{
	struct buf ascii;

	buf_init(&ascii, LIMIT_NAME_BYTES);
	bool ok = text.len <= LIMIT_NAME_BYTES && idn_to_ascii(text, &ascii);
	if (ok)
		*out = arena_str(&api->arena, buf_view(&ascii));
	buf_done(&ascii);
	return ok || api_wrong(api, name, "that is no name of a domain", err);
}

bool api_number(const struct api *api, int64_t *out, struct err *err)
{
	uint64_t id;

	if (!num_parse_uint(api->visit->match.parts[0], INT64_MAX, &id) || id == 0)
		return err_set(err, ERR_MISSING, "it has a number");
	*out = (int64_t)id;
	return true;
}

bool api_listed_domain(struct api *api, struct str *out, struct err *err)
{
	struct domain_row row;
	struct err missing = {0};

	if (!api_take_domain(api, api->visit->match.parts[0], "domain", out, &missing)) {
		api->wrong = NULL;
		return err_set(err, ERR_MISSING, "there is no such domain");
	}
	return store_domain(api->store, *out, &api->arena, &row, err);
}

/* "30d", "13m": so many days; 0 for "all". */
static bool read_period(struct str text, unsigned *out_days)
{
	uint64_t n;

	if (str_eq(text, STR("all"))) {
		*out_days = 0;
		return true;
	}
	if (text.len < 2 || !num_parse_uint(str_upto(text, text.len - 1), LIMIT_PAST_DAYS, &n) || n == 0)
		return false;
	char unit = text.p[text.len - 1];
	if (unit != 'd' && unit != 'm')
		return false;
	*out_days = (unsigned)(unit == 'd' ? n : DAYS_OF_MONTHS(n));
	return *out_days <= LIMIT_PAST_DAYS;
}

bool api_use_period(struct api *api, unsigned days, struct screens_coverage *out_coverage, struct err *err)
{
	struct str text = api_parameter(api, "period");

	if (text.p != NULL && !read_period(text, &days))
		return api_wrong(api, "period", "a period is 30d, 13m or all", err);
	if (!screens_coverage(api->store, api->filter.domain, &api->arena, out_coverage, err))
		return false;
	if (api->has_period || days == 0)
		return true;
	api->filter.until_day = out_coverage->last_day != DAY_NONE ? out_coverage->last_day : day_of(instant_now());
	api->filter.since_day = api->filter.until_day - (int32_t)days + 1;
	return true;
}

/* A known name stands for its domain: "google". */
static struct str reporter_of(struct str text)
{
	struct str domain = str_find_byte(text, '.') == text.len ? reporter_domain(text) : STR_NONE;
	return domain.p != NULL ? domain : text;
}

static bool take_filter(struct api *api, struct err *err)
{
	static const char *const names[] = {"since", "until", "reporter", "result", "mx", "mode", "policy", "limit"};
	struct str domain = api_parameter(api, "domain"), failing = api_parameter(api, "failing");

	api->filter = FILTER_ALL;
	api->filter.limit = API_PAGE;
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		struct str value = api_parameter(api, names[i]);
		if (value.p != NULL && !page_take_parameter(&api->filter, &api->has_period, str_of(names[i]), value))
			return api_wrong(api, names[i], "that makes no sense here", err);
	}
	if (api->filter.reporter.p != NULL)
		api->filter.reporter = reporter_of(api->filter.reporter);
	if (failing.p != NULL && !str_eq(failing, STR("0")) && !str_eq(failing, STR("1")))
		return api_wrong(api, "failing", "it is 0 or 1", err);
	api->filter.failures_only = str_eq(failing, STR("1"));
	if (domain.p != NULL && !api_take_domain(api, domain, "domain", &api->filter.domain, err))
		return false;
	api->cursor = api_parameter(api, "cursor");
	if (api->cursor.len > 200)
		return api_wrong(api, "cursor", "it is `next` of the page before", err);
	return true;
}

/* Who sees several tenants may choose one. */
static bool take_tenant(struct api *api, struct err *err)
{
	struct principal *principal = &api->visit->principal;
	uint64_t tenant = 0;

	if (!api_take_count(api, "tenant", INT64_MAX, &tenant, err))
		return false;
	if (tenant != 0 && principal->sees_all)
		principal->tenant = (int64_t)tenant;
	else if (tenant != 0 && (int64_t)tenant != principal->tenant)
		return err_set(err, ERR_MISSING, "there is no such tenant");
	return true;
}

/* --- the answer --- */

void api_put_coverage(struct api *api, const struct screens_coverage *coverage)
{
	struct json_out *json = &api->json;

	json_out_object(json, "coverage");
	json_out_day(json, "last_day", coverage->last_day);
	json_out_uint(json, "reported", coverage->reported);
	json_out_uint(json, "usual", coverage->usual);
	json_out_list(json, "missing");
	for (size_t i = 0; i < coverage->missing_count; i++) {
		json_out_object(json, NULL);
		json_out_str(json, "reporter", coverage->missing[i].reporter);
		if (coverage->missing[i].usual_hour < 0)
			json_out_null(json, "usual_hour");
		else
			json_out_int(json, "usual_hour", coverage->missing[i].usual_hour);
		json_out_end(json);
	}
	json_out_end(json);
	json_out_instant(json, "last_arrival", coverage->last_arrival);
	json_out_end(json);
}

void api_put_period(struct api *api)
{
	const struct filter *filter = &api->filter;

	json_out_object(&api->json, "period");
	json_out_instant(&api->json, "begin",
	                 filter->since_day == DAY_NONE ? INSTANT_NONE : day_start(filter->since_day));
	json_out_instant(&api->json, "end",
	                 filter->until_day == DAY_NONE ? INSTANT_NONE : day_start(filter->until_day + 1));
	json_out_end(&api->json);
}

static void add_link(struct api *api, struct str cursor)
{
	static const char *const names[] = {"period", "since",   "until", "domain", "reporter", "result", "mode",   "policy",
	                                    "mx",     "failing", "q",     "limit",  "state",    "kind",   "cause",  "severity",
	                                    "sort",   "by",      "lang",  "tenant"};
	struct doc_param params[COUNT_OF(names) + 1];
	struct http_visit *visit = api->visit;

	for (size_t i = 0; i < COUNT_OF(names); i++)
		params[i] = (struct doc_param){names[i], api_parameter(api, names[i])};
	params[COUNT_OF(names)] = (struct doc_param){"cursor", cursor};
	struct str href = doc_html_href(
	    &api->arena,
	    arena_format(&api->arena, "%.*s%.*s", STR_ARGS(visit->door->base), STR_ARGS(str_from(visit->path, 1))), params,
	    COUNT_OF(params));
	struct buf link;
	buf_init(&link, KIB(8));
	buf_byte(&link, '<');
	buf_str(&link, href);
	buf_text(&link, ">; rel=\"next\"");
	if (!link.failed)
		httpd_answer_field(visit->answer, "Link", buf_view(&link));
	buf_done(&link);
}

void api_put_next(struct api *api, struct str cursor)
{
	json_out_str(&api->json, "next", cursor);
	if (cursor.p != NULL)
		add_link(api, cursor);
}

bool api_put_done(struct api *api)
{
	json_out_object(&api->json, NULL);
	json_out_bool(&api->json, "done", true);
	json_out_end(&api->json);
	return true;
}

void api_answer_file(struct api *api, struct str bytes, const char *type, const char *name)
{
	struct httpd_answer *answer = api->visit->answer;

	answer->type = type;
	httpd_answer_field(answer, "Content-Disposition",
	                   str_of(arena_format(&api->arena, "attachment; filename=\"%s\"", name)));
	buf_str(&answer->body, bytes);
}

/* --- CSV --- */

void api_put_rows(const struct doc_table *table, bool is_first, struct buf *out)
{
	if (is_first)
		doc_csv(table, out);
	else
		doc_csv_rows(table, out);
}

bool api_answer_table(struct api *api, const struct doc_table *table, const char *name, struct err *err)
{
	(void)err;
	api_answer_file(api, STR(""), "text/csv; charset=utf-8; header=present", arena_format(&api->arena, "%s.csv", name));
	api->visit->answer->may_squeeze = true;
	doc_csv(table, &api->visit->answer->body);
	return true;
}

/* An export outlives its visit: it has copies of what it needs. */
struct sending {
	struct http_visit visit;
	struct httpd_request request;
	struct api api;
	struct api_export export;
	const struct language *language;
	int64_t next;
};

static struct str keep(struct arena *arena, struct str text)
{
	return arena_str(arena, text);
}

static bool export_more(void *context, struct buf *out, bool *out_end)
{
	struct sending *sending = context;
	struct api *api = &sending->api;
	struct err err = {0};

	language_use(sending->language);
	bool ok = store_readers_take(sending->visit.door->readers, &api->store, &err);
	if (!ok)
		return false;
	arena_init(&api->arena, API_ARENA_BYTES);
	store_set_tenant(api->store, sending->visit.principal.tenant);
	ok = sending->export.more(api, &sending->next, out, out_end, &err);
	store_set_tenant(api->store, 0);
	arena_done(&api->arena);
	store_readers_give(sending->visit.door->readers, &api->store, ok);
	return ok;
}

static void export_done(void *context)
{
	struct sending *sending = context;

	atomic_fetch_sub(&exports, 1);
	arena_done(&sending->visit.arena);
	mem_free(sending);
}

bool api_answer_export(struct api *api, const struct api_export *export, struct err *err)
{
	struct httpd_answer *answer = api->visit->answer;

	if (atomic_fetch_add(&exports, 1) >= EXPORTS_AT_ONCE) {
		atomic_fetch_sub(&exports, 1);
		return err_set(err, ERR_LATER, "several exports are under way; try again later");
	}
	struct sending *sending = mem_new(sizeof *sending);
	struct filter *filter = &sending->api.filter;
	*sending = (struct sending){.visit = {.door = api->visit->door, .principal = api->visit->principal},
	                            .api = {.filter = api->filter, .has_period = api->has_period, .wants_csv = true},
	                            .export = *export,
	                            .language = language_now()};
	arena_init(&sending->visit.arena, MIB(1));
	sending->api.visit = &sending->visit;
	sending->visit.request = &sending->request;
	filter->domain = keep(&sending->visit.arena, filter->domain);
	filter->reporter = keep(&sending->visit.arena, filter->reporter);
	filter->result_type = keep(&sending->visit.arena, filter->result_type);
	filter->mx = keep(&sending->visit.arena, filter->mx);
	api_answer_file(api, STR(""), "text/csv; charset=utf-8; header=present",
	                arena_format(&api->arena, "%s.csv", export->name));
	answer->stream = (struct httpd_stream){export_more, export_done, sending};
	return true;
}

/* --- tags --- */

/* The answer is made all the same; what is saved is its way. */
static void tag_answer(struct api *api)
{
	struct httpd_answer *answer = api->visit->answer;
	unsigned char hash[DIGEST_SHA256_BYTES];
	char text[TAG_BYTES * 2 + 40] = "W/\"";

	if (answer->stream.more != NULL)
		return;
	digest_sha256(buf_view(&answer->body), hash);
	for (size_t i = 0; i < TAG_BYTES; i++)
		(void)snprintf(text + 3 + i * 2, 3, "%02x", hash[i]);
	(void)snprintf(text + 3 + TAG_BYTES * 2, sizeof text - 3 - TAG_BYTES * 2, "%s%s\"", api->tag[0] == '\0' ? "" : ".", api->tag);
	httpd_answer_field(answer, "ETag", str_of(text));
	struct str given = httpd_header(api->visit->request, "If-None-Match");
	if (given.p != NULL && web_tag_is_named(given, str_upto(str_from(str_of(text), 3), TAG_BYTES * 2))) {
		answer->status = 304;
		buf_clear(&answer->body);
	}
}

/* --- one request --- */

static void use_language(const struct api *api)
{
	const struct language *language = language_find(api_parameter(api, "lang"));

	if (language != NULL)
		language_use(language);
}

static bool run(struct api *api, struct err *err)
{
	static const char *const formats[] = {"json", "csv"};
	unsigned format = 0;
	api_fn *handler = handlers[api->visit->match.route];

	if (!take_filter(api, err) || !take_tenant(api, err) || !api_take_choice(api, "format", formats, 2, &format, err))
		return false;
	if (handler == NULL)
		return err_set(err, ERR_MISSING, "there is no such thing");
	api->wants_csv = format == 1;
	/* What is for everybody is about nobody's data, or about who comes in. */
	store_set_tenant(api->store, web_route_right(api->visit->match.route) == WEB_RIGHT_PUBLIC ? 0 : api->visit->principal.tenant);
	return handler(api, err);
}

static void finish(struct api *api, bool ok, const struct err *err)
{
	struct http_visit *visit = api->visit;

	if (ok && !visit->answer->body.failed) {
		tag_answer(api);
	} else if (api->wrong != NULL && err->kind == ERR_INPUT) {
		http_visit_problem(visit, 400, "parameter", arena_str(&visit->arena, str_of(err->text)),
		                   arena_str(&visit->arena, str_of(api->wrong)));
	} else if (!ok && api->code != NULL) {
		http_visit_problem(visit, api->status != 0 ? api->status : 403, api->code, arena_str(&visit->arena, str_of(err->text)),
		                   STR_NONE);
		if (api->retry_secs > 0)
			visit->answer->retry_secs = api->retry_secs;
	} else if (ok) {
		http_visit_problem(visit, 413, "too-large", STR("the answer is too large; ask for less of it"), STR_NONE);
	} else {
		http_visit_failed(visit, err);
	}
}

void api_answer(struct http_visit *visit)
{
	struct api api = {.visit = visit};
	struct err err = {0};

	use_language(&api);
	visit->answer->status = 200;
	visit->answer->type = "application/json";
	visit->answer->cache = "private, no-cache";
	visit->answer->may_squeeze = true;
	httpd_answer_field(visit->answer, "Vary", STR("Accept-Language, Authorization, Cookie"));
	json_out_init(&api.json, &visit->answer->body, false);
	arena_init(&api.arena, API_ARENA_BYTES);
	bool ok = store_readers_take(visit->door->readers, &api.store, &err);
	ok = ok && run(&api, &err);
	if (api.store != NULL) {
		store_set_tenant(api.store, 0);
		store_readers_give(visit->door->readers, &api.store,
		                   ok || err.kind == ERR_MISSING || err.kind == ERR_DENIED || err.kind == ERR_INPUT);
	}
	finish(&api, ok, &err);
	arena_done(&api.arena);
}
