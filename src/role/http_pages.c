/* SPDX-License-Identifier: ISC */
#include "role/http_pages.h"

#include <stdio.h>

#include "base/attr.h"
#include "base/limits.h"
#include "base/num.h"
#include "present/digest_doc.h"
#include "present/issue_doc.h"
#include "present/language.h"
#include "present/page.h"
#include "present/quarantine_doc.h"
#include "present/report_doc.h"
#include "present/reports_doc.h"
#include "present/results_doc.h"
#include "present/sources_doc.h"
#include "present/words.h"
#include "role/clues.h"
#include "role/digesting.h"
#include "role/letterhead.h"
#include "store/issues.h"
#include "store/store_domains.h"

#define PAGE_ARENA_BYTES MIB(256) /* the largest report that can be stored, read back */
#define PAGE_FAILURES 10000       /* of one report */
#define PAGE_ISSUES 500
#define OVERVIEW_ISSUES 8

struct page {
	struct store *store;
	struct arena arena;
	struct store_status status;
	struct view_scope scope;
	enum source_by by;
	struct digest_wish digest;
	struct doc doc;
};

/* --- the query --- */

static bool take_by(struct str value, enum source_by *out)
{
	static const char *const texts[] = {"reporter", "network", "address"};

	for (unsigned i = 0; i < COUNT_OF(texts); i++) {
		if (str_eq(value, str_of(texts[i]))) {
			*out = (enum source_by)i;
			return true;
		}
	}
	return false;
}

/* Which week or month: that of a day, or of a month as 2026-11. */
static bool take_digest(struct page *page, const struct httpd_request *request, const char **out_wrong)
{
	struct str week = httpd_parameter(request, "week"), month = httpd_parameter(request, "month");
	char day[16];

	page->digest = (struct digest_wish){.day = digesting_last(DIGEST_WEEK, instant_now()),
	                                    .domain = page->scope.filter.domain};
	*out_wrong = "week";
	if (week.len > 0 && !day_parse(week, &page->digest.day))
		return false;
	*out_wrong = "month";
	if (month.len == 0)
		return true;
	(void)snprintf(day, sizeof day, "%.*s-01", month.len == 7 ? 7 : 0, month.p);
	page->digest.span = DIGEST_MONTH;
	return day_parse(str_of(day), &page->digest.day);
}

/* False, with the name of the parameter, for a value that makes no sense. */
static bool take_query(struct page *page, const struct httpd_request *request, const char **out_wrong)
{
	static const char *const names[] = {"since", "until",  "domain",   "reporter", "result", "mx",
	                                    "mode",  "policy", "failures", "after",    "limit"};
	bool has_period = false;
	struct str by = httpd_parameter(request, "by");

	page->scope.filter = FILTER_ALL;
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		struct str value = httpd_parameter(request, names[i]);
		*out_wrong = names[i];
		/* An empty field of a form asks for nothing. */
		if (value.len > 0 && !page_take_parameter(&page->scope.filter, &has_period, str_of(names[i]), value))
			return false;
	}
	*out_wrong = "by";
	if (by.len > 0 && !take_by(by, &page->by))
		return false;
	page->scope.is_default_period = !has_period;
	return take_digest(page, request, out_wrong);
}

/* --- the pages --- */

/* The worst ones, at the end of the overview. */
static bool add_open_issues(struct page *page, struct err *err)
{
	struct issue_filter filter = {.limit = OVERVIEW_ISSUES};
	struct issue *issues;
	size_t count;

	if (!issues_list(page->store, &filter, &page->arena, &issues, &count, err))
		return false;
	if (count == 0)
		return true;
	doc_heading(&page->doc, 2, STR("Open issues"));
	issue_doc_add_table(&page->doc, issues, count, instant_now());
	doc_link(&page->doc, STR("All issues"), STR("/issues"), STR("mailseal issue list"));
	return true;
}

static bool make_overview(struct page *page, struct err *err)
{
	struct result_view results;
	struct source_view sources;

	if (!store_results(page->store, &page->scope.filter, &page->arena, &results, err) ||
	    !store_sources(page->store, &page->scope.filter, SOURCE_BY_REPORTER, &page->arena, &sources, err))
		return false;
	page_overview(&page->status, &results, &sources, &page->scope, instant_now(), &page->arena, &page->doc);
	return add_open_issues(page, err);
}

static bool make_issues(struct page *page, struct err *err)
{
	struct issue_filter filter = {.with_closed = true, .domain = page->scope.filter.domain, .limit = PAGE_ISSUES};
	struct issue *issues;
	size_t count;

	if (!issues_list(page->store, &filter, &page->arena, &issues, &count, err))
		return false;
	issue_doc_list(issues, count, instant_now(), &page->arena, &page->doc);
	return true;
}

static bool make_issue(struct page *page, struct str text, struct err *err)
{
	struct issue_page issue;
	int64_t id;

	if (!issue_number_read(text, &id))
		return err_set(err, ERR_MISSING, "an issue has a number");
	if (!clues_issue(page->store, id, &page->arena, &issue, err))
		return false;
	issue_doc(&issue, instant_now(), &page->arena, &page->doc);
	return true;
}

static bool make_results(struct page *page, struct err *err)
{
	struct result_view view;

	page->scope.command = "result list";
	page->scope.path = "/results";
	if (!store_results(page->store, &page->scope.filter, &page->arena, &view, err))
		return false;
	results_doc(&view, &page->scope, &page->arena, &page->doc);
	return true;
}

static bool make_sources(struct page *page, struct err *err)
{
	struct source_view view;

	page->scope.command = "source list";
	page->scope.path = "/sources";
	if (!store_sources(page->store, &page->scope.filter, page->by, &page->arena, &view, err))
		return false;
	sources_doc(&view, &page->scope, SOURCES_FAILURES, &page->arena, &page->doc);
	return true;
}

static bool make_reports(struct page *page, struct err *err)
{
	struct report_list list;

	page->scope.command = "report list";
	page->scope.path = "/reports";
	if (!store_reports(page->store, &page->scope.filter, &page->arena, &list, err))
		return false;
	reports_doc(&list, &page->scope, &page->arena, &page->doc);
	return true;
}

/* A page of some megabytes helps nobody.  True when something had to be left out. */
static bool shorten(struct report *report)
{
	size_t left = PAGE_FAILURES;
	bool is_short = false;

	for (size_t i = 0; i < report->unit_count; i++) {
		struct unit *unit = &report->units[i];
		is_short |= unit->failure_count > left;
		unit->failure_count = unit->failure_count < left ? unit->failure_count : left;
		left -= unit->failure_count;
	}
	return is_short;
}

static bool make_report(struct page *page, struct str text, struct err *err)
{
	struct stored_report *stored = ARENA_NEW(&page->arena, struct stored_report);
	uint64_t id;

	if (!num_parse_uint(text, INT64_MAX, &id) || id == 0)
		return err_set(err, ERR_MISSING, "a report has a number");
	if (!store_report(page->store, (int64_t)id, &page->arena, stored, err))
		return false;
	struct report_view view = {
	    .report = &stored->report,
	    .trust = stored->row.trust,
	    .trust_reason = stored->trust_reason,
	    .stored = stored,
	};
	bool is_short = shorten(&stored->report);
	report_doc(&view, &page->arena, &page->doc);
	if (is_short)
		doc_sub(&page->doc, WORDS(&page->arena,
		                          "This page shows the first {count} failures; 'mailseal report show' shows all.",
		                          {"count", words_count(&page->arena, PAGE_FAILURES)}));
	return true;
}

/* ?week=DAY or ?month=2026-11, ?domain=NAME; the last week that is over. */
static bool make_digest(struct page *page, struct err *err)
{
	struct digest *digest = ARENA_NEW(&page->arena, struct digest);

	if (!digesting_make(page->store, &page->digest, instant_now(), &page->arena, digest, err))
		return false;
	digest_doc(digest, &page->arena, &page->doc);
	return true;
}

static bool make_quarantine(struct page *page, struct err *err)
{
	struct quarantine_list list;

	page->scope.command = "quarantine list";
	page->scope.path = "/quarantine";
	if (!store_quarantine(page->store, &page->scope.filter, &page->arena, &list, err))
		return false;
	quarantine_doc(&list, &page->scope, &page->arena, &page->doc);
	return true;
}

static bool make_arrival(struct page *page, struct str text, struct err *err)
{
	struct quarantine_row row;
	struct buf original;
	uint64_t id;

	if (!num_parse_uint(text, INT64_MAX, &id) || id == 0)
		return err_set(err, ERR_MISSING, "an arrival has a number");
	buf_init(&original, LIMIT_ARRIVAL_BYTES);
	bool ok = store_quarantine_one(page->store, (int64_t)id, &page->arena, &row, &original, err);
	if (ok)
		quarantine_doc_one(&row, arena_str(&page->arena, buf_view(&original)), &page->arena, &page->doc);
	buf_done(&original);
	return ok;
}

static bool make(struct page *page, enum web_route route, struct str rest, struct err *err)
{
	page->scope.command = "status";
	page->scope.path = "/";
	page->scope.status = &page->status;
	if (!store_status(page->store, &page->arena, &page->status, err))
		return false;
	/* The lists are newest first and page by page: what is held, or old, is to be seen without asking for its days. */
	if (page->scope.is_default_period && route != WEB_ROUTE_REPORTS && route != WEB_ROUTE_QUARANTINE)
		view_words_default_period(&page->status, &page->scope.filter);
	switch (route) {
	case WEB_ROUTE_HOME: return make_overview(page, err);
	case WEB_ROUTE_RESULTS: return make_results(page, err);
	case WEB_ROUTE_SOURCES: return make_sources(page, err);
	case WEB_ROUTE_REPORTS: return make_reports(page, err);
	case WEB_ROUTE_REPORT:
	case WEB_ROUTE_REPORT_PRINT: return make_report(page, rest, err);
	case WEB_ROUTE_ISSUES: return make_issues(page, err);
	case WEB_ROUTE_ISSUE: return make_issue(page, rest, err);
	case WEB_ROUTE_DIGEST: return make_digest(page, err);
	case WEB_ROUTE_QUARANTINE: return make_quarantine(page, err);
	case WEB_ROUTE_ARRIVAL: return make_arrival(page, rest, err);
	default: return err_set(err, ERR_MISSING, "there is no such page");
	}
}

static const char *place_of(enum web_route route)
{
	switch (route) {
	case WEB_ROUTE_RESULTS: return "/results";
	case WEB_ROUTE_SOURCES: return "/sources";
	case WEB_ROUTE_REPORTS:
	case WEB_ROUTE_REPORT:
	case WEB_ROUTE_REPORT_PRINT: return "/reports";
	case WEB_ROUTE_ISSUES:
	case WEB_ROUTE_ISSUE: return "/issues";
	case WEB_ROUTE_QUARANTINE:
	case WEB_ROUTE_ARRIVAL: return "/quarantine";
	default: return "/";
	}
}

static void answer_html(const struct http_visit *visit, const struct doc *doc, const char *place, unsigned status)
{
	struct httpd_answer *answer = visit->answer;
	struct str base = visit->door->base;
	char prefix[270]; /* without the slash at its end */

	(void)snprintf(prefix, sizeof prefix, "%.*s%s", (int)base.len - 1, base.p, visit->is_plain ? "/plain" : "");
	answer->status = status;
	answer->type = "text/html; charset=utf-8";
	answer->may_squeeze = true;
	page_html(doc, place, prefix, &answer->body);
}

void http_pages_error(struct http_visit *visit, unsigned status, struct str what)
{
	struct arena arena;
	struct doc doc;

	arena_init(&arena, MIB(1));
	page_error(status, what, &arena, &doc);
	answer_html(visit, &doc, NULL, status);
	arena_done(&arena);
}

void http_pages_answer(struct http_visit *visit)
{
	struct page page = {0};
	struct err err = {0};
	const char *wrong;

	if (!take_query(&page, visit->request, &wrong)) {
		http_visit_problem(visit, 400, "parameter", STR_NONE, str_of(wrong));
		return;
	}
	bool ok = store_readers_take(visit->door->readers, &page.store, &err);
	if (ok) {
		arena_init(&page.arena, PAGE_ARENA_BYTES);
		store_set_tenant(page.store, visit->principal.tenant);
		ok = make(&page, visit->match.route, visit->match.parts[0], &err) &&
		     letterhead_put(page.store, &page.doc, &err);
		if (ok)
			answer_html(visit, &page.doc, place_of(visit->match.route), 200);
		store_set_tenant(page.store, 0);
		store_readers_give(visit->door->readers, &page.store,
		                   ok || err.kind == ERR_MISSING || err.kind == ERR_DENIED);
		arena_done(&page.arena);
	}
	if (!ok || visit->answer->body.failed)
		http_visit_failed(visit, &err);
}
