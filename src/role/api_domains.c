/* SPDX-License-Identifier: ISC */
/* Domains: the list, the summary of one, what happened to it. */
#include <stdio.h>
#include <stdlib.h>

#include "base/attr.h"
#include "base/num.h"
#include "present/history_doc.h"
#include "present/issue_doc.h"
#include "present/status_doc.h"
#include "present/words.h"
#include "report/reporter.h"
#include "role/api_change.h"
#include "role/api_handlers.h"
#include "role/api_policy_rows.h"
#include "role/api_rows.h"
#include "role/report_addresses.h"
#include "store/observations.h"
#include "store/issues.h"
#include "store/store_domains.h"

#define DEFAULT_DAYS 30
#define ISSUES_OF_ONE 20
#define PLACES_MOST 50
#define EVENTS_MOST 500

/* --- the list --- */

enum domain_sort { SORT_WORST, SORT_NAME, SORT_SESSIONS, SORT_FAILED };

static int by_name(const void *a, const void *b)
{
	return str_cmp(((const struct screens_domain *)a)->name, ((const struct screens_domain *)b)->name);
}

static int by_counts(uint64_t a, uint64_t b, const void *x, const void *y)
{
	return a > b ? -1 : a < b ? 1 : by_name(x, y);
}

static int by_sessions(const void *a, const void *b)
{
	const struct screens_domain *x = a, *y = b;
	return by_counts(num_add_sat(x->successful, x->failed), num_add_sat(y->successful, y->failed), a, b);
}

static int by_failed(const void *a, const void *b)
{
	const struct screens_domain *x = a, *y = b;
	return by_counts(x->failed, y->failed, a, b);
}

static bool take_sort(struct api *api, unsigned *out, struct err *err)
{
	static const char *const texts[] = {"worst", "name", "sessions", "failed"};
	return api_take_choice(api, "sort", texts, COUNT_OF(texts), out, err);
}

static void sort_rows(struct screens_domain *rows, size_t n, unsigned sort)
{
	static int (*const orders[])(const void *, const void *) = {
	    [SORT_NAME] = by_name, [SORT_SESSIONS] = by_sessions, [SORT_FAILED] = by_failed};

	if (sort != SORT_WORST && n > 0)
		qsort(rows, n, sizeof rows[0], orders[sort]);
}

static bool take_states(struct api *api, unsigned *out, struct err *err)
{
	struct str list = api_parameter(api, "state");

	*out = list.p == NULL ? (1u << SCREENS_STATE_COUNT) - 1 : 0;
	while (list.p != NULL) {
		struct str one = str_cut(&list, ',');
		unsigned state = 0;
		while (state < SCREENS_STATE_COUNT && !str_eq(one, str_of(screens_state_text((enum screens_state)state))))
			state++;
		if (state == SCREENS_STATE_COUNT)
			return api_wrong(api, "state", "a state is failing, at-risk, ok, waiting, silent or paused", err);
		*out |= 1u << state;
	}
	return true;
}

static size_t keep_wanted(struct api *api, struct screens_domain *rows, size_t n, unsigned states)
{
	struct str text = api_parameter(api, "q");
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		bool is_named = text.p == NULL || str_find_nocase(rows[i].name, text) < rows[i].name.len;
		if (is_named && (states & 1u << rows[i].state) != 0)
			rows[kept++] = rows[i];
	}
	return kept;
}

static const struct doc_column columns[] = {
    {"Domain", "domain", COLUMN_CODE, 0, NULL},        {"State", "state", COLUMN_TEXT, 0, NULL},
    {"Mode", "mode", COLUMN_TEXT, 0, NULL},            {"DANE", "dane", COLUMN_TEXT, 0, NULL},
    {"Successful", "successful", COLUMN_NUMBER, 0, NULL}, {"Failed", "failed", COLUMN_NUMBER, 0, NULL},
    {"Refused", "refused", COLUMN_NUMBER, 0, NULL},    {"Open issues", "open_issues", COLUMN_NUMBER, 0, NULL},
    {"Last day", "last_day", COLUMN_TEXT, 0, NULL},    {"Reporters", "reporters", COLUMN_NUMBER, 0, NULL},
};

static bool csv_rows(struct api *api, struct screens_domain *rows, size_t n, struct err *err)
{
	struct doc_table *table = doc_table_new(&api->arena, columns, COUNT_OF(columns));
	char text[INSTANT_TEXT_MAX];

	for (size_t i = 0; i < n; i++) {
		if (!screens_domain_more(api->store, &api->filter, &rows[i], err))
			return false;
		struct doc_cell *cells = doc_row(table, 0);
		cells[0] = doc_cell(rows[i].name);
		cells[1] = doc_cell(str_of(screens_state_text(rows[i].state)));
		cells[2] = doc_cell(str_of(sts_mode_text(rows[i].mode)));
		cells[3] = doc_cell(rows[i].has_dane ? STR("true") : STR("false"));
		cells[4] = doc_cell_count(&api->arena, rows[i].successful);
		cells[5] = doc_cell_count(&api->arena, rows[i].failed);
		cells[6] = doc_cell_count(&api->arena, rows[i].refused);
		cells[7] = doc_cell_count(&api->arena, rows[i].open_issues);
		cells[8] = doc_cell(rows[i].last_day == DAY_NONE ? STR("")
		                                                 : arena_str(&api->arena, day_format(rows[i].last_day, text)));
		cells[9] = doc_cell_count(&api->arena, rows[i].reporters);
	}
	return api_answer_table(api, table, "domains", err);
}

/* Behind the domain that the page before ended with. */
static size_t page_start(const struct api *api, const struct screens_domain *rows, size_t n)
{
	for (size_t i = 0; api->cursor.p != NULL && i < n; i++)
		if (str_eq(rows[i].name, api->cursor))
			return i + 1;
	return 0;
}

bool api_domains_list(struct api *api, struct err *err)
{
	struct screens_coverage coverage;
	struct screens_domain *rows = NULL;
	unsigned sort = SORT_WORST, states;
	size_t n = 0;
	struct json_out *json = &api->json;

	if (!take_sort(api, &sort, err) || !take_states(api, &states, err) ||
	    !api_use_period(api, DEFAULT_DAYS, &coverage, err) ||
	    !screens_domains(api->store, &api->filter, api_rows_silent_before(&coverage), &api->arena, &rows, &n, err))
		return false;
	n = keep_wanted(api, rows, n, states);
	sort_rows(rows, n, sort);
	if (api->wants_csv)
		return csv_rows(api, rows, n, err);
	size_t from = page_start(api, rows, n), until = from + api->filter.limit < n ? from + api->filter.limit : n;
	json_out_object(json, NULL);
	api_put_period(api);
	api_put_coverage(api, &coverage);
	json_out_list(json, "domains");
	for (size_t i = from; i < until; i++) {
		if (!screens_domain_more(api->store, &api->filter, &rows[i], err))
			return false;
		api_rows_domain(&rows[i], NULL, json);
	}
	json_out_end(json);
	api_put_next(api, until < n && until > from ? rows[until - 1].name : STR_NONE);
	json_out_uint(json, "total", n);
	json_out_end(json);
	return true;
}

bool api_domains_offered(struct api *api, struct err *err)
{
	struct foreign_list foreign = {0};
	struct json_out *json = &api->json;

	/* They are nobody's: a tenant has nothing to see here. */
	if (api->visit->principal.tenant == 0 && !store_foreign(api->store, &api->arena, &foreign, err))
		return false;
	json_out_object(json, NULL);
	json_out_list(json, "offered");
	for (size_t i = 0; i < foreign.count; i++) {
		json_out_object(json, NULL);
		json_out_str(json, "domain", foreign.rows[i].name);
		json_out_uint(json, "reports", foreign.rows[i].reports);
		json_out_uint(json, "successful", foreign.rows[i].successful);
		json_out_uint(json, "failed", foreign.rows[i].failed);
		json_out_end(json);
	}
	json_out_end(json);
	json_out_end(json);
	return true;
}

/* --- one --- */

/* The domain of the path, with its row; ERR_MISSING where this reader has no such one. */
static bool find_one(struct api *api, struct screens_coverage *coverage, struct screens_domain **out, struct err *err)
{
	size_t n = 0;

	if (!api_take_domain(api, api->visit->match.parts[0], "domain", &api->filter.domain, err))
		return false;
	if (!api_use_period(api, DEFAULT_DAYS, coverage, err) || !api_rows_close_period(api, coverage, err) ||
	    !screens_domains(api->store, &api->filter, api_rows_silent_before(coverage), &api->arena, out, &n, err))
		return false;
	if (n == 0)
		return err_set(err, ERR_MISSING, "there is no such domain");
	return screens_domain_more(api->store, &api->filter, *out, err);
}

static bool put_places(struct api *api, struct err *err)
{
	struct result_view view;
	struct json_out *json = &api->json;
	size_t put = 0;

	if (!store_results(api->store, &api->filter, &api->arena, &view, err))
		return false;
	json_out_list(json, "places");
	for (size_t i = 0; i < view.row_count; i++) {
		const struct result_row *row = &view.rows[i];
		for (size_t j = 0; j < row->part_count && put < PLACES_MOST; j++, put++) {
			json_out_object(json, NULL);
			json_out_str(json, "mx", row->parts[j].mx.len > 0 ? row->parts[j].mx : STR_NONE);
			json_out_str(json, "result_type", row->is_unexplained || row->result_text.len == 0 ? STR_NONE : row->result_text);
			json_out_str(json, "cause", str_of(cause_text(row->cause)));
			json_out_str(json, "fault", str_of(fault_text(row->fault)));
			json_out_uint(json, "sessions", row->parts[j].sessions);
			json_out_uint(json, "refused_sessions", row->parts[j].refused ? row->parts[j].sessions : 0);
			json_out_end(json);
		}
	}
	json_out_end(json);
	return true;
}

static bool put_heat(struct api *api, struct err *err)
{
	struct screens_heat *rows = NULL;
	struct json_out *json = &api->json;
	size_t n = 0;

	if (!screens_heat(api->store, &api->filter, &api->arena, &rows, &n, err))
		return false;
	json_out_list(json, "heat");
	for (size_t i = 0; i < n; i++) {
		if (i == 0 || !str_eq(rows[i].reporter, rows[i - 1].reporter)) {
			json_out_object(json, NULL);
			json_out_str(json, "reporter", rows[i].reporter);
			json_out_str(json, "name", reporter_name(rows[i].reporter, rows[i].organization));
			json_out_list(json, "days");
		}
		json_out_object(json, NULL);
		json_out_day(json, "day", rows[i].day);
		json_out_uint(json, "successful", rows[i].successful);
		json_out_uint(json, "failed", rows[i].failed);
		json_out_end(json);
		if (i + 1 == n || !str_eq(rows[i].reporter, rows[i + 1].reporter)) {
			json_out_end(json);
			json_out_end(json);
		}
	}
	json_out_end(json);
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

static bool put_issues(struct api *api, struct err *err)
{
	struct issue_filter filter = {.with_closed = true, .domain = api->filter.domain, .limit = ISSUES_OF_ONE};
	struct issue *issues = NULL;
	size_t n = 0;

	if (!issues_list(api->store, &filter, &api->arena, &issues, &n, err) && err->kind != ERR_DENIED)
		return false;
	json_out_list(&api->json, "issues");
	for (size_t i = 0; i < n; i++)
		issue_doc_row_json(&issues[i], instant_now(), &api->arena, &api->json, NULL);
	json_out_end(&api->json);
	return true;
}

/* With the address that nobody must guess: for those who set the domain up. */
static bool put_registration(struct api *api, const struct screens_domain *row, struct err *err)
{
	static const char *const proofs[DOMAIN_PROOF_COUNT] = {"unproven", "nonce", "record", "operator"};
	struct json_out *json = &api->json;
	struct domain_row domain;

	if (!row->is_listed || !principal_may(&api->visit->principal, WEB_RIGHT_OPERATOR)) {
		json_out_null(json, "registration");
		return true;
	}
	if (!store_domain(api->store, row->name, &api->arena, &domain, err))
		return false;
	json_out_object(json, "registration");
	json_out_str(json, "domain", domain.name);
	json_out_str(json, "tenant", domain.tenant_name.len > 0 ? domain.tenant_name : STR_NONE);
	json_out_str(json, "address",
	             str_of(arena_format(&api->arena, "tls-%.*s@%.*s", STR_ARGS(domain.token),
	                                 STR_ARGS(report_addresses_host(api->visit->door->config)))));
	json_out_str(json, "path", str_of(arena_format(&api->arena, "/report/%.*s", STR_ARGS(domain.token))));
	json_out_str(json, "proof", str_of(proofs[domain.proof]));
	json_out_instant(json, "proven_at", domain.proven_at);
	json_out_str(json, "verification",
	             str_of(arena_format(&api->arena, "mailseal-verification=%.*s", STR_ARGS(domain.nonce))));
	json_out_bool(json, "paused", domain.is_paused);
	json_out_instant(json, "created_at", domain.created_at);
	json_out_list(json, "mx_hosts");
	for (size_t i = 0; i < domain.mx_hosts.count; i++)
		json_out_str(json, NULL, domain.mx_hosts.items[i]);
	json_out_end(json);
	json_out_uint(json, "successful", domain.successful);
	json_out_uint(json, "failed", domain.failed);
	json_out_end(json);
	return true;
}

/* The verdict by the numbers of the period, and by silence. */
static void put_verdict(struct api *api, const struct screens_domain *row, const struct screens_totals *totals)
{
	struct store_status status = {.reports = row->last_day == DAY_NONE ? 0 : 1,
	                              .counted = 1,
	                              .last_end = INSTANT_NONE,
	                              .last_arrival = row->state == SCREENS_SILENT ? day_start(row->last_day + 2) : INSTANT_NONE,
	                              .recent_successful = totals->successful,
	                              .recent_failed = totals->failed,
	                              .recent_refused = totals->refused};
	enum status_verdict verdict = status_verdict(&status, instant_now());

	json_out_str(&api->json, "verdict", str_of(status_verdict_text(verdict)));
	json_out_str(&api->json, "sentence", status_sentence(&status, instant_now(), &api->arena));
}

bool api_domains_one(struct api *api, struct err *err)
{
	struct screens_coverage coverage;
	struct screens_domain *row = NULL;
	struct screens_totals totals;
	struct json_out *json = &api->json;

	if (!find_one(api, &coverage, &row, err) || !screens_totals(api->store, &api->filter, &api->arena, &totals, err))
		return false;
	json_out_object(json, NULL);
	json_out_str(json, "domain", row->name);
	api_rows_domain(row, "row", json);
	put_verdict(api, row, &totals);
	api_put_period(api);
	api_put_coverage(api, &coverage);
	api_rows_totals(&totals, 1, json);
	bool ok = put_days(api, err) && put_places(api, err) && put_heat(api, err) && put_issues(api, err) &&
	          api_policy_rows_seen(api, row->name, err) && put_registration(api, row, err);
	json_out_end(json);
	api_change_try_tag(api, &(struct snapshot_key){.kind = SNAPSHOT_DOMAIN, .name = row->name});
	return ok;
}

/* --- what happened --- */

struct event {
	instant at;
	const char *kind;
	struct str title, issue, reporter;
};

struct events {
	struct event *items;
	size_t count, room;
};

static void add_event(struct api *api, struct events *events, struct event event)
{
	if (event.at == INSTANT_NONE || event.at < day_start(api->filter.since_day) ||
	    event.at >= day_start(api->filter.until_day + 1) + SECS_PER_DAY * 3 || events->count >= EVENTS_MOST)
		return;
	*(struct event *)arena_push(&api->arena, (void **)&events->items, &events->count, &events->room, sizeof event) = event;
}

static bool add_issues(struct api *api, struct events *events, struct err *err)
{
	struct issue_filter filter = {.with_closed = true, .domain = api->filter.domain, .limit = EVENTS_MOST};
	struct issue *issues = NULL;
	char number[ISSUE_NUMBER_MAX];
	size_t n = 0;

	if (!issues_list(api->store, &filter, &api->arena, &issues, &n, err))
		return err->kind == ERR_DENIED;
	for (size_t i = 0; i < n; i++) {
		struct str title = issue_doc_title(&api->arena, &issues[i]);
		struct str id = arena_str(&api->arena, issue_number(issues[i].id, number));
		/* Of the failures, not of the day on which we heard of them. */
		add_event(api, events, (struct event){day_start(issues[i].first_day), "issue-opened", title, id, STR_NONE});
		add_event(api, events, (struct event){issues[i].closed_at, "issue-closed", title, id, STR_NONE});
	}
	return true;
}

static bool add_policies(struct api *api, struct events *events, struct err *err)
{
	struct policy_seen *seen = NULL;
	size_t n = 0;

	if (!policies_seen(api->store, api->filter.domain, &api->arena, &seen, &n, err))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct str name = reporter_name(seen[i].reporter, seen[i].organization);
		if (seen[i].type == POLICY_NONE_FOUND || seen[i].type == POLICY_OTHER)
			continue;
		struct str title =
		    seen[i].type == POLICY_TLSA
		        ? WORDS(&api->arena, "{reporter} sees these TLSA records for the first time", {"reporter", name})
		        : WORDS(&api->arena, "{reporter} sees this policy for the first time: mode {mode}", {"reporter", name},
		                {"mode", str_of(sts_mode_text(seen[i].mode))});
		add_event(api, events,
		          (struct event){day_start(seen[i].first_day), "policy-seen", title, STR_NONE, seen[i].reporter});
	}
	return true;
}

static bool add_listing(struct api *api, const struct screens_domain *row, struct events *events, struct err *err)
{
	struct domain_row domain;

	if (!row->is_listed)
		return true;
	if (!store_domain(api->store, row->name, &api->arena, &domain, err))
		return false;
	add_event(api, events, (struct event){domain.created_at, "listed", str_of(tr("Added to the list")), STR_NONE, STR_NONE});
	add_event(api, events, (struct event){domain.proven_at, "proven", str_of(tr("Proven to be yours")), STR_NONE, STR_NONE});
	return true;
}

/* Another one of the kind begins with the same look: that is the news then. */
static bool is_replaced(const struct observation *rows, size_t n, const struct observation *ended)
{
	for (size_t i = 0; i < n; i++)
		if (rows[i].kind == ended->kind && str_eq(rows[i].subject, ended->subject) && rows[i].first_seen == ended->gone_at)
			return true;
	return false;
}

static bool add_observations(struct api *api, struct events *events, struct err *err)
{
	struct observation *rows;
	size_t n;

	if (!observations_of_domain(api->store, api->filter.domain, true, EVENTS_MOST, &api->arena, &rows, &n, err))
		return false;
	for (size_t i = 0; i < n; i++) {
		const struct observation *row = &rows[i];
		if (row->kind == OBSERVED_FINDING)
			continue;
		add_event(api, events, (struct event){row->first_seen, "observation", history_doc_event(row, false, &api->arena),
		                                      STR_NONE, STR_NONE});
		if (row->gone_at != INSTANT_NONE && !is_replaced(rows, n, row))
			add_event(api, events, (struct event){row->gone_at, "observation", history_doc_event(row, true, &api->arena),
			                                      STR_NONE, STR_NONE});
	}
	return true;
}

static int newest_first(const void *a, const void *b)
{
	instant x = ((const struct event *)a)->at, y = ((const struct event *)b)->at;
	return x < y ? 1 : x > y ? -1 : 0;
}

bool api_domains_history(struct api *api, struct err *err)
{
	struct screens_coverage coverage;
	struct screens_domain *row = NULL;
	struct events events = {0};
	struct json_out *json = &api->json;

	if (!api->has_period && api_parameter(api, "period").p == NULL)
		api->has_period = true; /* all of it */
	if (!find_one(api, &coverage, &row, err) || !add_issues(api, &events, err) || !add_policies(api, &events, err) ||
	    !add_listing(api, row, &events, err) || !add_observations(api, &events, err))
		return false;
	if (events.count > 0)
		qsort(events.items, events.count, sizeof events.items[0], newest_first);
	json_out_object(json, NULL);
	json_out_str(json, "domain", row->name);
	json_out_list(json, "events");
	for (size_t i = 0; i < events.count; i++) {
		json_out_object(json, NULL);
		json_out_instant(json, "at", events.items[i].at);
		json_out_str(json, "kind", str_of(events.items[i].kind));
		json_out_str(json, "title", events.items[i].title);
		json_out_str(json, "issue", events.items[i].issue);
		json_out_str(json, "reporter", events.items[i].reporter);
		json_out_end(json);
	}
	json_out_end(json);
	json_out_end(json);
	return true;
}
