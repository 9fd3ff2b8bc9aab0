/* SPDX-License-Identifier: ISC */
#pragma once
/* Rows that several answers of the API hold. */
#include "role/api.h"

void api_rows_day(const struct screens_day *day, struct json_out *json);
void api_rows_domain(const struct screens_domain *row, const char *key, struct json_out *json);
void api_rows_totals(const struct screens_totals *totals, uint64_t domains, struct json_out *json);
/* {"successful", "failed", "refused", "unexplained"} */
void api_rows_sessions(const char *key, uint64_t successful, uint64_t failed, uint64_t refused, uint64_t unexplained,
                       struct json_out *json);

/* A domain that was not heard of since this day is silent. */
int32_t api_rows_silent_before(const struct screens_coverage *coverage);
/* Gives the period both ends, where it is open: from the first day with data to the last one. */
bool api_rows_close_period(struct api *api, const struct screens_coverage *coverage, struct err *err);
