/* SPDX-License-Identifier: ISC */
/* The overview, days for charts, and the two aggregates. */
#include "base/num.h"
#include "present/issue_doc.h"
#include "present/results_doc.h"
#include "present/sources_doc.h"
#include "present/status_doc.h"
#include "report/reporter.h"
#include "role/api_handlers.h"
#include "role/api_rows.h"
#include "store/issues.h"
#include "store/store_domains.h"
#include "store/store_trust.h"

#define OVERVIEW_DAYS 30
#define OVERVIEW_ISSUES 8
#define OVERVIEW_DOMAINS 20

static struct filter recent_filter(const struct screens_coverage *coverage)
{
	struct filter filter = FILTER_ALL;

	if (coverage->last_day == DAY_NONE)
		return filter;
	filter.since_day = coverage->last_day - OVERVIEW_DAYS + 1;
	filter.until_day = coverage->last_day;
	return filter;
}

/* What the verdict rests on: always the last 30 days with data. */
static bool judge(struct api *api, const struct screens_coverage *coverage, const struct screens_counts *counts,
                  struct store_status *out, struct err *err)
{
	struct filter filter = recent_filter(coverage);
	struct screens_totals totals;

	if (!screens_sessions(api->store, &filter, &api->arena, &totals, err))
		return false;
	*out = (struct store_status){.reports = counts->reports + counts->held,
	                             .counted = counts->reports,
	                             .held = counts->held,
	                             .last_arrival = coverage->last_arrival,
	                             .last_end = INSTANT_NONE,
	                             .recent_successful = totals.successful,
	                             .recent_failed = totals.failed,
	                             .recent_refused = totals.refused};
	return true;
}

/* As many days before. */
static bool put_previous(struct api *api, struct err *err)
{
	struct filter filter = api->filter;
	struct screens_totals totals = {0};

	if (filter.since_day != DAY_NONE && filter.until_day != DAY_NONE) {
		filter.until_day = filter.since_day - 1;
		filter.since_day -= api->filter.until_day - api->filter.since_day + 1;
		if (!screens_sessions(api->store, &filter, &api->arena, &totals, err))
			return false;
	}
	json_out_object(&api->json, "previous");
	json_out_uint(&api->json, "sessions", num_add_sat(totals.successful, totals.failed));
	json_out_uint(&api->json, "failed", totals.failed);
	json_out_uint(&api->json, "refused", totals.refused);
	json_out_end(&api->json);
	return true;
}

static void put_domain_counts(const struct screens_domain *rows, size_t n, struct json_out *json)
{
	static const char *const keys[] = {[SCREENS_FAILING] = "failing", [SCREENS_AT_RISK] = "at_risk",
	                                   [SCREENS_OK] = "clean",        [SCREENS_WAITING] = "waiting",
	                                   [SCREENS_SILENT] = "silent",   [SCREENS_PAUSED] = "paused"};
	uint64_t counts[SCREENS_STATE_COUNT] = {0};

	for (size_t i = 0; i < n; i++)
		counts[rows[i].state]++;
	json_out_object(json, "domain_counts");
	json_out_uint(json, "total", n);
	for (unsigned i = 0; i < SCREENS_STATE_COUNT; i++)
		json_out_uint(json, keys[i], counts[i]);
	json_out_end(json);
}

static bool put_fleet(struct api *api, const struct screens_coverage *coverage, bool *out_has_domains, struct err *err)
{
	struct screens_domain *rows = NULL;
	size_t n = 0;

	if (!screens_domains(api->store, &api->filter, api_rows_silent_before(coverage), &api->arena, &rows, &n, err))
		return false;
	json_out_list(&api->json, "domains");
	for (size_t i = 0; i < n && i < OVERVIEW_DOMAINS; i++) {
		if (!screens_domain_more(api->store, &api->filter, &rows[i], err))
			return false;
		api_rows_domain(&rows[i], NULL, &api->json);
	}
	json_out_end(&api->json);
	put_domain_counts(rows, n, &api->json);
	*out_has_domains = n > 0;
	return true;
}

static bool put_open_issues(struct api *api, uint64_t open, struct err *err)
{
	struct issue_filter filter = {.limit = OVERVIEW_ISSUES};
	struct issue *issues = NULL;
	size_t n = 0;
	char number[ISSUE_NUMBER_MAX];

	/* Issues are of the house; a tenant has none. */
	if (!issues_list(api->store, &filter, &api->arena, &issues, &n, err) && err->kind != ERR_DENIED)
		return false;
	json_out_str(&api->json, "issue", n > 0 ? issue_number(issues[0].id, number) : STR_NONE);
	json_out_list(&api->json, "issues");
	for (size_t i = 0; i < n; i++)
		issue_doc_row_json(&issues[i], instant_now(), &api->arena, &api->json, NULL);
	json_out_end(&api->json);
	json_out_uint(&api->json, "open_issues", open);
	return true;
}

static bool put_days(struct api *api, struct err *err)
{
	struct screens_day *days = NULL;
	size_t n = 0;

	if (!screens_days(api->store, &api->filter, &api->arena, &days, &n, err))
		return false;
	json_out_list(&api->json, "days");
	for (size_t i = 0; i < n; i++)
		api_rows_day(&days[i], &api->json);
	json_out_end(&api->json);
	return true;
}

static bool put_setup(struct api *api, bool has_domains, const struct screens_counts *counts, struct err *err)
{
	struct foreign_list foreign = {0};

	if (api->visit->principal.tenant == 0 && !store_foreign(api->store, &api->arena, &foreign, err))
		return false;
	json_out_uint(&api->json, "held", counts->held);
	json_out_uint(&api->json, "quarantined", counts->quarantine);
	json_out_object(&api->json, "setup");
	json_out_bool(&api->json, "has_domains", has_domains);
	json_out_bool(&api->json, "has_reports", counts->reports > 0);
	json_out_bool(&api->json, "has_foreign", foreign.count > 0);
	json_out_end(&api->json);
	return true;
}

bool api_data_overview(struct api *api, struct err *err)
{
	struct json_out *json = &api->json;
	struct screens_coverage coverage;
	struct screens_totals totals;
	struct store_status status;
	struct screens_counts counts;
	bool has_domains = false;
	instant now = instant_now();

	api->filter.domain = api->filter.reporter = api->filter.mx = api->filter.result_type = STR_NONE;
	if (!api_use_period(api, OVERVIEW_DAYS, &coverage, err) || !api_rows_close_period(api, &coverage, err) ||
	    !screens_totals(api->store, &api->filter, &api->arena, &totals, err) || !screens_count(api->store, &counts, err) ||
	    !judge(api, &coverage, &counts, &status, err))
		return false;
	json_out_object(json, NULL);
	json_out_str(json, "verdict", str_of(status_verdict_text(status_verdict(&status, now))));
	json_out_str(json, "sentence", status_sentence(&status, now, &api->arena));
	json_out_instant(json, "at", now - now % 60); /* so that the same data have the same ETag for a while */
	api_put_period(api);
	api_put_coverage(api, &coverage);
	api_rows_totals(&totals, counts.domains, json);
	bool ok = put_previous(api, err) && put_open_issues(api, counts.open_issues, err) && put_days(api, err) &&
	          put_fleet(api, &coverage, &has_domains, err) && put_setup(api, has_domains, &counts, err);
	json_out_end(json);
	return ok;
}

bool api_data_status(struct api *api, struct err *err)
{
	struct store_status status;

	if (!store_status(api->store, &api->arena, &status, err))
		return false;
	status.path = STR_NONE;
	status_doc_json(&status, instant_now(), &api->json);
	return true;
}

static const struct doc_column day_columns[] = {
    {"Day", "day", COLUMN_TEXT, 0, NULL},         {"Secured", "secured", COLUMN_NUMBER, 0, NULL},
    {"No policy", "no_policy", COLUMN_NUMBER, 0, NULL}, {"Failed", "failed", COLUMN_NUMBER, 0, NULL},
    {"Refused", "refused", COLUMN_NUMBER, 0, NULL},     {"Reporters", "reporters", COLUMN_NUMBER, 0, NULL},
    {"Partial", "partial", COLUMN_TEXT, 0, NULL},
};

static bool csv_days(struct api *api, struct err *err)
{
	struct doc_table *table = doc_table_new(&api->arena, day_columns, COUNT_OF(day_columns));
	struct screens_day *days = NULL;
	size_t n = 0;

	if (!screens_days(api->store, &api->filter, &api->arena, &days, &n, err))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct doc_cell *cells = doc_row(table, 0);
		char text[INSTANT_TEXT_MAX];
		cells[0] = doc_cell(arena_str(&api->arena, day_format(days[i].day, text)));
		cells[1] = doc_cell_count(&api->arena, days[i].secured);
		cells[2] = doc_cell_count(&api->arena, days[i].no_policy);
		cells[3] = doc_cell_count(&api->arena, days[i].failed);
		cells[4] = doc_cell_count(&api->arena, days[i].refused);
		cells[5] = doc_cell_count(&api->arena, days[i].reporters);
		cells[6] = doc_cell(days[i].is_partial ? STR("true") : STR("false"));
	}
	return api_answer_table(api, table, "days", err);
}

bool api_data_days(struct api *api, struct err *err)
{
	struct screens_coverage coverage;

	if (!api_use_period(api, OVERVIEW_DAYS, &coverage, err) || !api_rows_close_period(api, &coverage, err))
		return false;
	if (api->wants_csv)
		return csv_days(api, err);
	json_out_object(&api->json, NULL);
	api_put_period(api);
	api_put_coverage(api, &coverage);
	bool ok = put_days(api, err);
	json_out_end(&api->json);
	return ok;
}

bool api_data_results(struct api *api, struct err *err)
{
	struct screens_coverage coverage;
	struct result_view view;

	if (!api_use_period(api, OVERVIEW_DAYS, &coverage, err) ||
	    !store_results(api->store, &api->filter, &api->arena, &view, err))
		return false;
	if (api->wants_csv)
		return api_answer_table(api, results_doc_table(&view, &api->arena), "results", err);
	json_out_object(&api->json, NULL);
	view_words_period_json(&api->json, view.period);
	api_put_coverage(api, &coverage);
	results_doc_members_json(&view, &api->arena, &api->json);
	json_out_end(&api->json);
	return true;
}

/* --- sources --- */

static bool take_by(struct api *api, enum source_by *out, struct err *err)
{
	static const char *const texts[] = {"reporter", "network", "address"};
	unsigned by = SOURCE_BY_REPORTER;

	if (!api_take_choice(api, "by", texts, COUNT_OF(texts), &by, err))
		return false;
	*out = (enum source_by)by;
	return true;
}

static size_t page_start(struct api *api)
{
	uint64_t at;
	return api->cursor.p != NULL && num_parse_uint(api->cursor, SIZE_MAX, &at) ? (size_t)at : 0;
}

bool api_data_sources(struct api *api, struct err *err)
{
	static const char *const texts[] = {"reporter", "network", "address"};
	struct screens_coverage coverage;
	struct source_view view;
	enum source_by by;
	struct json_out *json = &api->json;

	api->filter.skip = page_start(api);
	if (api->wants_csv)
		api->filter.limit = api->filter.skip = 0;
	if (!take_by(api, &by, err) || !api_use_period(api, OVERVIEW_DAYS, &coverage, err) ||
	    !store_sources(api->store, &api->filter, by, &api->arena, &view, err))
		return false;
	if (api->wants_csv)
		return api_answer_table(api, sources_doc_table(&view, &api->arena), "sources", err);
	size_t until = api->filter.skip + view.row_count;
	json_out_object(json, NULL);
	view_words_period_json(json, view.period);
	api_put_coverage(api, &coverage);
	json_out_str(json, "by", str_of(texts[by]));
	json_out_list(json, "sources");
	for (size_t i = 0; i < view.row_count; i++)
		sources_doc_row_json(&view.rows[i], NULL, json);
	json_out_end(json);
	api_put_next(api, until < view.total ? str_of(arena_format(&api->arena, "%zu", until)) : STR_NONE);
	json_out_uint(json, "total", view.total);
	json_out_end(json);
	return true;
}

static const char *decision_text(enum store_decision decision)
{
	static const char *const texts[STORE_DECISION_COUNT] = {"none", "trust", "distrust", "trust-others"};
	return texts[decision];
}

static bool decision_of(struct api *api, struct str reporter, enum store_decision *out, uint64_t *out_held, struct err *err)
{
	struct decision_list list;

	*out = STORE_DECISION_NONE;
	*out_held = 0;
	if (api->visit->principal.tenant != 0)
		return true;
	if (!store_decisions(api->store, &api->arena, &list, err))
		return false;
	for (size_t i = 0; i < list.count; i++) {
		if (str_eq(list.rows[i].reporter, reporter)) {
			*out = list.rows[i].decision;
			*out_held = list.rows[i].counted.held;
		}
	}
	return true;
}

bool api_data_source(struct api *api, struct err *err)
{
	struct json_out *json = &api->json;
	struct screens_coverage coverage;
	struct screens_reporter about;
	struct source_view view;
	enum store_decision decision;
	uint64_t held;

	api->filter.reporter = api->visit->match.parts[0];
	if (!api_use_period(api, OVERVIEW_DAYS, &coverage, err) || !api_rows_close_period(api, &coverage, err) ||
	    !screens_reporter(api->store, api->filter.reporter, &api->arena, &about, err) ||
	    !store_sources(api->store, &api->filter, SOURCE_BY_REPORTER, &api->arena, &view, err) ||
	    !decision_of(api, api->filter.reporter, &decision, &held, err))
		return false;
	struct str known = reporter_is_known(api->filter.reporter) ? reporter_name(api->filter.reporter, STR_NONE) : STR_NONE;
	json_out_object(json, NULL);
	json_out_str(json, "reporter", api->filter.reporter);
	json_out_str(json, "organization_name", about.organization);
	json_out_str(json, "known_as", known);
	json_out_str(json, "habit", reporter_habit(api->filter.reporter));
	json_out_str(json, "decision", str_of(decision_text(decision)));
	json_out_day(json, "first_day", about.first_day);
	json_out_day(json, "last_day", about.last_day);
	api_put_period(api);
	api_put_coverage(api, &coverage);
	if (view.row_count > 0)
		sources_doc_row_json(&view.rows[0], "source", json);
	else
		json_out_null(json, "source");
	bool ok = put_days(api, err);
	json_out_uint(json, "reports", about.reports);
	json_out_uint(json, "held", held);
	json_out_end(json);
	return ok;
}
