/* SPDX-License-Identifier: ISC */
#pragma once
/* Policies as reporters saw them, as JSON. */
#include "role/api.h"
#include "store/policies.h"

/* "policies": what is known of one domain. */
bool api_policy_rows_seen(struct api *api, struct str domain, struct err *err);
void api_policy_rows_put(const char *key, const struct policy_seen *seen, size_t n, struct json_out *json);
