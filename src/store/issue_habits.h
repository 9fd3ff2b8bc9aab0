/* SPDX-License-Identifier: ISC */
#pragma once
/* Rows for what is judged once a day (role/diagnosis_habits). */
#include "report/issue.h"
#include "store/store.h"

/* One reporter on one day, over all domains and policies; sorted by reporter. */
struct habit_day {
	int64_t reporter;
	int32_t day;
	uint64_t sessions, failed;
	bool has_policy; /* of any policy type but no-policy-found */
};
bool issue_habits_days(struct store *store, int32_t first_day, int32_t last_day, struct arena *arena,
                       struct habit_day **out, size_t *out_count, struct err *err);

/* Reporters in whose name unsigned or otherwise signed reports came in since then, while ten or more of their reports, and
 * nine in ten of all, are signed by them. */
bool issue_habits_forged(struct store *store, instant since, struct arena *arena, int64_t **out, size_t *out_count,
                         struct err *err);

struct habit_domain {
	int64_t id;
	struct str name;
};
/* Domains whose MTA-STS policy some reporter sees otherwise on `day` than a week before, and those with an open issue about
 * it. */
bool issue_habits_moved(struct store *store, int32_t day, struct arena *arena, struct habit_domain **out,
                        size_t *out_count, struct err *err);

/* Domains of which all that reporters tell of `day` and the day before failed, where sessions succeeded in the week before
 * and no one issue has most of it; and those with an open issue about it that have succeeded since. */
struct habit_mass {
	int64_t domain;
	bool is_failing;
};
bool issue_habits_mass(struct store *store, int32_t day, struct arena *arena, struct habit_mass **out, size_t *out_count,
                       struct err *err);

/* Subjects of the open issues of a matter. */
bool issue_habits_open(struct store *store, unsigned matter, enum issue_kind kind, struct arena *arena, int64_t **out,
                       size_t *out_count, struct err *err);
