/* SPDX-License-Identifier: ISC */
#pragma once
/* The policies of a domain as reporters saw them, and what their sessions say of one mode of MTA-STS.  Of what counts.
 * All memory belongs to the arena; STORE_READ is enough. */
#include "report/history.h"
#include "store/store.h"

/* Distinct policies by reporter, the newest first; the latest 500. */
bool policies_seen_since(struct store *store, struct str domain, int32_t since_day, struct arena *arena,
                         struct policy_seen **out, size_t *out_count, struct err *err);
bool policies_seen(struct store *store, struct str domain, struct arena *arena, struct policy_seen **out,
                   size_t *out_count, struct err *err);

/* One reporter's sessions under policies of this type and mode, on days [since, until]. */
struct policy_sessions {
	struct str reporter, organization;
	uint64_t successful, failed, unexplained;
};
/* `*out_days`: on how many days any reporter saw this, ever. */
bool policies_sessions(struct store *store, struct str domain, enum policy_type type, enum sts_mode mode, int32_t since_day,
                       int32_t until_day, struct arena *arena, struct policy_sessions **out, size_t *out_count, uint64_t *out_days,
                       struct err *err);

/* Its failures with what the rule of refusal needs, equal ones added up. */
struct policy_failure {
	struct str reporter;
	struct failure failure;
};
bool policies_failures(struct store *store, struct str domain, enum policy_type type, enum sts_mode mode, int32_t since_day,
                       int32_t until_day, struct arena *arena, struct policy_failure **out, size_t *out_count, struct err *err);
