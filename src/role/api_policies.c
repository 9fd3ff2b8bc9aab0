/* SPDX-License-Identifier: ISC */
/* Policies of domains, as reporters saw them. */
#include "base/attr.h"
#include "base/num.h"
#include "present/history_doc.h"
#include "publish/policy_timeline.h"
#include "role/api_handlers.h"
#include "role/api_policy_rows.h"
#include "role/api_rows.h"
#include "store/observations.h"

#define DEFAULT_DAYS 30
#define NEWEST_DAYS 7

void api_policy_rows_put(const char *key, const struct policy_seen *seen, size_t n, struct json_out *json)
{
	json_out_list(json, key);
	for (size_t i = 0; i < n; i++) {
		json_out_object(json, NULL);
		json_out_str(json, "reporter", seen[i].reporter);
		json_out_str(json, "organization_name", seen[i].organization.len > 0 ? seen[i].organization : STR_NONE);
		json_out_str(json, "policy_type", str_of(policy_type_text(seen[i].type)));
		json_out_str(json, "mode", seen[i].mode == MODE_NOT_STATED ? STR_NONE : str_of(sts_mode_text(seen[i].mode)));
		json_out_list(json, "policy_strings");
		for (size_t j = 0; j < seen[i].strings.count; j++)
			json_out_str(json, NULL, seen[i].strings.items[j]);
		json_out_end(json);
		json_out_day(json, "first_day", seen[i].first_day);
		json_out_day(json, "last_day", seen[i].last_day);
		json_out_uint(json, "units", seen[i].units);
		json_out_end(json);
	}
	json_out_end(json);
}

bool api_policy_rows_seen(struct api *api, struct str domain, struct err *err)
{
	struct policy_seen *seen = NULL;
	size_t n = 0;

	if (!policies_seen(api->store, domain, &api->arena, &seen, &n, err))
		return false;
	api_policy_rows_put("policies", seen, n, &api->json);
	return true;
}

/* --- the list --- */

/* The newest MTA-STS policy that anybody saw. */
static const struct policy_seen *newest(const struct policy_seen *seen, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (seen[i].type == POLICY_STS && seen[i].strings.count > 0)
			return &seen[i];
	return NULL;
}

static bool is_same(const struct policy_seen *a, const struct policy_seen *b)
{
	if (a->strings.count != b->strings.count)
		return false;
	for (size_t i = 0; i < a->strings.count; i++)
		if (!str_eq(a->strings.items[i], b->strings.items[i]))
			return false;
	return true;
}

/* Reporters whose own newest policy is another one; and all that saw one. */
static void count_reporters(const struct policy_seen *seen, size_t n, const struct policy_seen *now, uint64_t *out_all,
                            uint64_t *out_other)
{
	*out_all = *out_other = 0;
	for (size_t i = 0; i < n; i++) {
		bool is_newest_of_his = seen[i].type == POLICY_STS && seen[i].strings.count > 0;
		for (size_t j = 0; is_newest_of_his && j < i; j++)
			is_newest_of_his = seen[j].type != POLICY_STS || !str_eq(seen[j].reporter, seen[i].reporter);
		*out_all += is_newest_of_his;
		*out_other += is_newest_of_his && !is_same(&seen[i], now);
	}
}

static struct str value_of(struct str line, struct str key)
{
	struct str rest = line, name = str_trim(str_cut(&rest, ':'));
	return rest.p != NULL && str_eq_nocase(name, key) ? str_trim(rest) : STR_NONE;
}

static void put_policy_text(const struct policy_seen *policy, struct json_out *json)
{
	uint64_t max_age = 0;
	bool has_max_age = false;

	for (size_t i = 0; policy != NULL && i < policy->strings.count; i++)
		has_max_age |= num_parse_uint(value_of(policy->strings.items[i], STR("max_age")), INT64_MAX, &max_age);
	if (has_max_age)
		json_out_uint(json, "max_age", max_age);
	else
		json_out_null(json, "max_age");
	json_out_list(json, "mx");
	for (size_t i = 0; policy != NULL && i < policy->strings.count; i++) {
		struct str mx = value_of(policy->strings.items[i], STR("mx"));
		if (mx.p != NULL)
			json_out_str(json, NULL, mx);
	}
	json_out_end(json);
}

static void put_row(const struct screens_domain *row, const struct policy_seen *seen, size_t n, const char *key,
                    struct json_out *json)
{
	const struct policy_seen *now = newest(seen, n);
	uint64_t all = 0, other = 0;

	if (now != NULL)
		count_reporters(seen, n, now, &all, &other);
	json_out_object(json, key);
	json_out_str(json, "domain", row->name);
	json_out_str(json, "mode", row->mode == MODE_NOT_STATED ? STR_NONE : str_of(sts_mode_text(row->mode)));
	json_out_day(json, "mode_since", row->mode_since);
	put_policy_text(now, json);
	json_out_bool(json, "dane", row->has_dane);
	json_out_uint(json, "reporters", all);
	json_out_uint(json, "reporters_with_other_policy", other);
	api_rows_sessions("sessions", row->successful, row->failed, row->refused, row->unexplained, json);
	json_out_day(json, "last_day", row->last_day);
	json_out_end(json);
}

static size_t keep_named(struct api *api, struct screens_domain *rows, size_t n)
{
	struct str text = api_parameter(api, "q");
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (text.p == NULL || str_find_nocase(rows[i].name, text) < rows[i].name.len)
			rows[kept++] = rows[i];
	return kept;
}

static const struct doc_column columns[] = {
    {"Domain", "domain", COLUMN_CODE, 0, NULL},        {"Mode", "mode", COLUMN_TEXT, 0, NULL},
    {"Since", "mode_since", COLUMN_TEXT, 0, NULL},     {"DANE", "dane", COLUMN_TEXT, 0, NULL},
    {"Successful", "successful", COLUMN_NUMBER, 0, NULL}, {"Failed", "failed", COLUMN_NUMBER, 0, NULL},
    {"Refused", "refused", COLUMN_NUMBER, 0, NULL},    {"Last day", "last_day", COLUMN_TEXT, 0, NULL},
};

static struct doc_cell day_cell(struct api *api, int32_t day)
{
	char text[INSTANT_TEXT_MAX];
	return doc_cell(day == DAY_NONE ? STR("") : arena_str(&api->arena, day_format(day, text)));
}

static bool csv_rows(struct api *api, struct screens_domain *rows, size_t n, struct err *err)
{
	struct doc_table *table = doc_table_new(&api->arena, columns, COUNT_OF(columns));

	for (size_t i = 0; i < n; i++) {
		if (!screens_domain_more(api->store, &api->filter, &rows[i], err))
			return false;
		struct doc_cell *cells = doc_row(table, 0);
		cells[0] = doc_cell(rows[i].name);
		cells[1] = doc_cell(str_of(sts_mode_text(rows[i].mode)));
		cells[2] = day_cell(api, rows[i].mode_since);
		cells[3] = doc_cell(rows[i].has_dane ? STR("true") : STR("false"));
		cells[4] = doc_cell_count(&api->arena, rows[i].successful);
		cells[5] = doc_cell_count(&api->arena, rows[i].failed);
		cells[6] = doc_cell_count(&api->arena, rows[i].refused);
		cells[7] = day_cell(api, rows[i].last_day);
	}
	return api_answer_table(api, table, "policies", err);
}

static size_t page_start(const struct api *api, const struct screens_domain *rows, size_t n)
{
	for (size_t i = 0; api->cursor.p != NULL && i < n; i++)
		if (str_eq(rows[i].name, api->cursor))
			return i + 1;
	return 0;
}

/* The policy of a list is that of the last days with reports. */
static int32_t newest_since(const struct screens_domain *row)
{
	return row->last_day == DAY_NONE ? DAY_NONE : row->last_day - NEWEST_DAYS;
}

bool api_policies_list(struct api *api, struct err *err)
{
	struct screens_coverage coverage;
	struct screens_domain *rows = NULL;
	struct json_out *json = &api->json;
	size_t n = 0;

	if (!api_use_period(api, DEFAULT_DAYS, &coverage, err) ||
	    !screens_domains(api->store, &api->filter, api_rows_silent_before(&coverage), &api->arena, &rows, &n, err))
		return false;
	n = keep_named(api, rows, n);
	if (api->wants_csv)
		return csv_rows(api, rows, n, err);
	size_t from = page_start(api, rows, n), until = from + api->filter.limit < n ? from + api->filter.limit : n;
	json_out_object(json, NULL);
	api_put_period(api);
	api_put_coverage(api, &coverage);
	json_out_list(json, "policies");
	for (size_t i = from; i < until; i++) {
		struct policy_seen *seen = NULL;
		size_t seen_count = 0;
		if (!screens_domain_more(api->store, &api->filter, &rows[i], err) ||
		    !policies_seen_since(api->store, rows[i].name, newest_since(&rows[i]), &api->arena, &seen, &seen_count, err))
			return false;
		put_row(&rows[i], seen, seen_count, NULL, json);
	}
	json_out_end(json);
	api_put_next(api, until < n && until > from ? rows[until - 1].name : STR_NONE);
	json_out_uint(json, "total", n);
	json_out_end(json);
	return true;
}

static bool put_timeline(struct api *api, struct policy_seen *seen, size_t count, struct err *err)
{
	const struct observations_filter filter = {.subject = api->filter.domain, .kind = OBSERVED_POLICY, .with_gone = true, .most = POLICY_TIMELINE_MOST};
	struct domain_history history = {.domain = api->filter.domain, .seen = seen, .seen_count = count};
	struct observation *rows = NULL;
	struct policy_entry *entries;
	size_t n;

	if (!observations_list(api->store, &filter, &api->arena, &rows, &history.count, err))
		return false;
	history.rows = rows;
	policy_timeline(&history, &api->arena, &entries, &n);
	history_doc_timeline_json(entries, n, &api->json);
	return true;
}

bool api_policies_one(struct api *api, struct err *err)
{
	struct screens_coverage coverage;
	struct screens_domain *rows = NULL;
	struct policy_seen *seen = NULL;
	struct json_out *json = &api->json;
	size_t n = 0, seen_count = 0;

	if (!api_take_domain(api, api->visit->match.parts[0], "domain", &api->filter.domain, err) ||
	    !api_use_period(api, DEFAULT_DAYS, &coverage, err) ||
	    !screens_domains(api->store, &api->filter, api_rows_silent_before(&coverage), &api->arena, &rows, &n, err) ||
	    !policies_seen(api->store, api->filter.domain, &api->arena, &seen, &seen_count, err))
		return false;
	if (n == 0)
		return err_set(err, ERR_MISSING, "there is no such domain");
	if (!screens_domain_more(api->store, &api->filter, rows, err))
		return false;
	json_out_object(json, NULL);
	json_out_str(json, "domain", rows->name);
	put_row(rows, seen, seen_count, "row", json);
	api_policy_rows_put("seen", seen, seen_count, json);
	bool ok = put_timeline(api, seen, seen_count, err);
	json_out_end(json);
	return ok;
}
