/* SPDX-License-Identifier: ISC */
/* Reports: the list with its search, and one as a readable document. */
#include <stdio.h>
#include <stdlib.h>

#include "base/attr.h"
#include "base/limits.h"
#include "base/num.h"
#include "present/issue_doc.h"
#include "present/report_doc.h"
#include "present/report_json.h"
#include "present/reports_doc.h"
#include "present/words.h"
#include "role/api_change.h"
#include "role/api_handlers.h"
#include "store/issues.h"
#include "web/report_search.h"

#define ESTIMATE_MOST 10000
#define ESTIMATE_OF_TENANT 3000 /* his reports stand among those of others */
#define ESTIMATE_OF_SEARCH 500 /* no index helps there */
#define FAILURES_SHOWN 10000
#define EXPORT_ROWS 200
#define ISSUES_OF_ONE 50
#define TEXT_DAYS 90 /* what is looked through for a word, where no days are given */

static bool take_search(struct api *api, struct err *err)
{
	struct str words = api_parameter(api, "q");
	size_t at;

	if (words.p == NULL || report_search_read(words, &api->arena, &api->filter, &api->has_period, &at, err))
		return true;
	api->wrong = arena_format(&api->arena, "q:%zu", at);
	return false;
}

static bool take_cursor(struct api *api, struct err *err)
{
	uint64_t after;

	if (api->cursor.p == NULL)
		return true;
	if (!num_parse_uint(api->cursor, INT64_MAX, &after))
		return api_wrong(api, "cursor", "it is `next` of the page before", err);
	api->filter.after_id = (int64_t)after;
	return true;
}

static bool export_rows(struct api *api, int64_t *next, struct buf *out, bool *out_end, struct err *err)
{
	struct report_list list;
	bool is_first = *next == 0;

	api->filter.after_id = *next;
	api->filter.limit = EXPORT_ROWS;
	if (!store_reports(api->store, &api->filter, &api->arena, &list, err))
		return false;
	api_put_rows(reports_doc_table(&list, &api->arena), is_first, out);
	*next = list.next;
	*out_end = list.next == 0;
	return true;
}

bool api_reports_list(struct api *api, struct err *err)
{
	struct json_out *json = &api->json;
	struct screens_coverage coverage;
	struct report_list list;
	uint64_t estimate;

	if (!take_search(api, err) || !take_cursor(api, err))
		return false;
	bool is_search = api->filter.text.p != NULL || api->filter.address.p != NULL;
	bool is_of_tenant = api->visit->principal.tenant != 0;
	uint64_t most = is_search ? ESTIMATE_OF_SEARCH : is_of_tenant ? ESTIMATE_OF_TENANT : ESTIMATE_MOST;
	unsigned days = is_search ? TEXT_DAYS : 0;
	if (!api_use_period(api, days, &coverage, err))
		return false;
	if (api->wants_csv)
		return api_answer_export(api, &(struct api_export){export_rows, "reports"}, err);
	if (!store_reports(api->store, &api->filter, &api->arena, &list, err))
		return false;
	estimate = list.row_count; /* where all of them are on this page */
	if ((list.next != 0 || api->filter.after_id != 0) &&
	    !store_count_reports(api->store, &api->filter, most, &api->arena, &estimate, err))
		return false;
	json_out_object(json, NULL);
	api_put_period(api);
	api_put_coverage(api, &coverage);
	json_out_list(json, "reports");
	for (size_t i = 0; i < list.row_count; i++)
		reports_doc_row_json(&list.rows[i], json);
	json_out_end(json);
	api_put_next(api, list.next > 0 ? str_of(arena_format(&api->arena, "%lld", (long long)list.next)) : STR_NONE);
	json_out_uint(json, "estimate", estimate);
	json_out_bool(json, "exact", estimate < most);
	json_out_end(json);
	return true;
}

/* --- one --- */

static bool load(struct api *api, struct stored_report **out, struct err *err)
{
	int64_t id;

	*out = ARENA_NEW(&api->arena, struct stored_report);
	return api_number(api, &id, err) && store_report(api->store, id, &api->arena, *out, err);
}

/* What a browser can show; all of it is in the CSV. */
static size_t shorten(struct report *report, size_t *out_total)
{
	size_t left = FAILURES_SHOWN;

	*out_total = 0;
	for (size_t i = 0; i < report->unit_count; i++) {
		struct unit *unit = &report->units[i];
		*out_total += unit->failure_count;
		unit->failure_count = unit->failure_count < left ? unit->failure_count : left;
		left -= unit->failure_count;
	}
	return FAILURES_SHOWN - left;
}

/* The issues that its failures may belong to: of its causes, on its domains. */
static bool put_issues(struct api *api, const struct report *report, struct err *err)
{
	struct issue *issues = NULL;
	size_t n = 0, put = 0;
	struct issue_filter filter = {.with_closed = true, .limit = ISSUES_OF_ONE};
	int32_t day = report_day(report);

	if (report->unit_count > 0)
		filter.domain = report->units[0].policy_domain;
	if (filter.domain.p != NULL && !issues_list(api->store, &filter, &api->arena, &issues, &n, err) &&
	    err->kind != ERR_DENIED)
		return false;
	json_out_list(&api->json, "issues");
	for (size_t i = 0; i < n && put < ISSUES_OF_ONE; i++) {
		bool is_of_it = false;
		for (size_t u = 0; u < report->unit_count; u++)
			for (size_t f = 0; f < report->units[u].failure_count; f++)
				is_of_it |= (unsigned)report->units[u].failures[f].cause == issues[i].matter;
		if (!is_of_it || day < issues[i].first_day || day > issues[i].last_day)
			continue;
		put++;
		issue_doc_row_json(&issues[i], instant_now(), &api->arena, &api->json, NULL);
	}
	json_out_end(&api->json);
	return true;
}

static bool put_neighbour(struct api *api, const char *key, int64_t id, bool is_next, struct err *err)
{
	int64_t other;

	if (!screens_neighbour(api->store, id, is_next, &other, err))
		return false;
	if (other > 0)
		json_out_int(&api->json, key, other);
	else
		json_out_null(&api->json, key);
	return true;
}

static void put_deviation_words(const struct report *report, struct json_out *json)
{
	bool said[DEVIATION_COUNT] = {false};

	json_out_list(json, "deviation_words");
	for (size_t i = 0; i < report->deviation_count; i++) {
		enum deviation_kind kind = report->deviations[i].kind;
		if (said[kind])
			continue;
		said[kind] = true;
		json_out_object(json, NULL);
		json_out_str(json, "code", str_of(deviation_code(kind)));
		json_out_str(json, "sentence", str_of(tr(deviation_sentence(kind))));
		json_out_end(json);
	}
	json_out_end(json);
}

bool api_reports_one(struct api *api, struct err *err)
{
	struct stored_report *stored;
	struct json_out *json = &api->json;
	size_t total;

	if (!load(api, &stored, err))
		return false;
	struct report_view view = {.report = &stored->report,
	                           .trust = stored->row.trust,
	                           .trust_reason = stored->trust_reason,
	                           .stored = stored};
	if (api->wants_csv)
		return api_answer_table(api, report_doc_table(&view, &api->arena),
		                        arena_format(&api->arena, "report-%lld", (long long)stored->row.id), err);
	size_t shown = shorten(&stored->report, &total);
	json_out_object(json, NULL);
	report_json(&view, &api->arena, json, "report");
	bool ok = put_issues(api, &stored->report, err) && put_neighbour(api, "previous", stored->row.id, false, err) &&
	          put_neighbour(api, "next", stored->row.id, true, err);
	json_out_uint(json, "failures_shown", shown);
	json_out_uint(json, "failures_total", total);
	put_deviation_words(&stored->report, json);
	json_out_end(json);
	return ok;
}

/* Under the name that it came with only an extension that says nothing to a browser. */
bool api_reports_original(struct api *api, struct err *err)
{
	struct stored_report *stored;
	struct buf bytes;

	if (!load(api, &stored, err))
		return false;
	if (stored->original_id == 0)
		return err_set(err, ERR_MISSING, "the original is not kept any more, or is not all yours");
	buf_init(&bytes, LIMIT_ARRIVAL_BYTES + MIB(1));
	bool ok = store_original(api->store, stored->original_id, &bytes, err);
	if (ok)
		api_answer_file(api, buf_view(&bytes), "application/octet-stream",
		                arena_format(&api->arena, "report-%lld.original", (long long)stored->row.id));
	buf_done(&bytes);
	return ok;
}

/* Not as it is stored: keep lets the decode worker take it out of the mail. */
bool api_reports_raw(struct api *api, struct err *err)
{
	struct wire_reader answer;
	struct api_change change;
	int64_t id;

	if (!api_number(api, &id, err))
		return false;
	api_change_begin(api, "report-text", &change);
	wire_put_u64(&change.body, (uint64_t)id);
	bool ok = api_change_send(&change, &answer, err);
	if (ok) {
		struct str text = wire_get_bytes(&answer, LIMIT_SHOWN_TEXT_BYTES);
		httpd_answer_field(api->visit->answer, "X-Total-Bytes", str_of(arena_format(&api->arena, "%llu", (unsigned long long)wire_get_u64(&answer))));
		api_answer_file(api, text, "text/plain; charset=utf-8", arena_format(&api->arena, "report-%lld.json", (long long)id));
		api->visit->answer->may_squeeze = true;
	}
	api_change_done(&change);
	return ok;
}
