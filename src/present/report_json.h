/* SPDX-License-Identifier: ISC */
#pragma once
/* A report for programs: `mailseal report show --json`, and the API.  The names, their order and when a value is null are
 * a contract.  Every member that RFC 8460 does not know stands under "unknown_members". */
#include "present/json_out.h"
#include "present/report_view.h"

/* As one value: `key` is NULL at the top and inside a list. */
void report_json(const struct report_view *view, struct arena *arena, struct json_out *json, const char *key);

/* One failure of a unit, as an object of a list. */
void report_json_failure(const struct failure *failure, struct json_out *json);
