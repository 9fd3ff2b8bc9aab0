/* SPDX-License-Identifier: ISC */
#include "role/api_rows.h"

#include "base/num.h"

#define DAYS_MOST 4000

void api_rows_day(const struct screens_day *day, struct json_out *json)
{
	json_out_object(json, NULL);
	json_out_day(json, "day", day->day);
	json_out_uint(json, "secured", day->secured);
	json_out_uint(json, "no_policy", day->no_policy);
	json_out_uint(json, "failed", day->failed);
	json_out_uint(json, "refused", day->refused);
	json_out_uint(json, "reporters", day->reporters);
	json_out_bool(json, "partial", day->is_partial);
	json_out_end(json);
}

void api_rows_sessions(const char *key, uint64_t successful, uint64_t failed, uint64_t refused, uint64_t unexplained,
                       struct json_out *json)
{
	json_out_object(json, key);
	json_out_uint(json, "successful", successful);
	json_out_uint(json, "failed", failed);
	json_out_uint(json, "refused", refused);
	json_out_uint(json, "unexplained", unexplained);
	json_out_end(json);
}

void api_rows_domain(const struct screens_domain *row, const char *key, struct json_out *json)
{
	static const char *const proofs[] = {"unproven", "nonce", "record", "operator"};

	json_out_object(json, key);
	json_out_str(json, "domain", row->name);
	json_out_bool(json, "listed", row->is_listed);
	json_out_str(json, "state", str_of(screens_state_text(row->state)));
	json_out_str(json, "tenant", row->tenant);
	json_out_str(json, "proof", str_of(proofs[row->proof < 0 || row->proof > 3 ? 0 : row->proof]));
	json_out_str(json, "mode", row->mode == MODE_NOT_STATED ? STR_NONE : str_of(sts_mode_text(row->mode)));
	json_out_day(json, "mode_since", row->mode_since);
	json_out_bool(json, "dane", row->has_dane);
	api_rows_sessions("sessions", row->successful, row->failed, row->refused, row->unexplained, json);
	json_out_uint(json, "open_issues", row->open_issues);
	json_out_str(json, "worst", row->open_issues == 0 ? STR_NONE : str_of(severity_text(row->worst)));
	json_out_day(json, "last_day", row->last_day);
	json_out_uint(json, "reporters", row->reporters);
	json_out_end(json);
}

void api_rows_totals(const struct screens_totals *totals, uint64_t domains, struct json_out *json)
{
	json_out_object(json, "totals");
	json_out_uint(json, "sessions", num_add_sat(totals->successful, totals->failed));
	json_out_uint(json, "successful", totals->successful);
	json_out_uint(json, "failed", totals->failed);
	json_out_uint(json, "refused", totals->refused);
	json_out_uint(json, "enforced", totals->enforced);
	json_out_uint(json, "testing", totals->testing);
	json_out_uint(json, "no_policy", totals->no_policy);
	json_out_uint(json, "reporters", totals->reporters);
	json_out_uint(json, "domains", domains);
	json_out_uint(json, "reports", totals->reports);
	json_out_end(json);
}

int32_t api_rows_silent_before(const struct screens_coverage *coverage)
{
	return coverage->last_day == DAY_NONE ? DAY_NONE : coverage->last_day - SCREENS_SILENT_DAYS;
}

bool api_rows_close_period(struct api *api, const struct screens_coverage *coverage, struct err *err)
{
	struct filter *filter = &api->filter;
	int32_t first = DAY_NONE;

	if (filter->since_day == DAY_NONE && !screens_first_day(api->store, &first, err))
		return false;
	if (filter->until_day == DAY_NONE)
		filter->until_day = coverage->last_day != DAY_NONE ? coverage->last_day : day_of(instant_now());
	if (filter->since_day == DAY_NONE)
		filter->since_day = first == DAY_NONE || first > filter->until_day ? filter->until_day : first;
	if (filter->since_day < filter->until_day - DAYS_MOST + 1)
		filter->since_day = filter->until_day - DAYS_MOST + 1;
	return filter->since_day <= filter->until_day || api_wrong(api, "since", "it is behind `until`", err);
}
