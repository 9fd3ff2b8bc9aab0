/* SPDX-License-Identifier: ISC */
#pragma once
/* The rules, and what they are tried on. */
#include "report/alert_rule.h"
#include "store/store.h"

struct alert_rule_list {
	struct alert_rule *rows; /* the ready-made ones first */
	size_t count;
};
/* STORE_READ is enough for these.  They are the house's: ERR_DENIED for a tenant; but one can be loaded, for the log. */
bool alert_ruleset_list(struct store *store, struct arena *arena, struct alert_rule_list *out, struct err *err);
bool alert_ruleset_find(struct store *store, struct str name, struct arena *arena, struct alert_rule *out, struct err *err);
bool alert_ruleset_load(struct store *store, int64_t id, struct arena *arena, struct alert_rule *out, struct err *err);

/* Sets or makes (id 0): transactions of their own, or the caller's.  ERR_INPUT: the name is taken, or there is no such
 * channel, domain or tenant. */
bool alert_ruleset_save(struct store *store, const struct alert_rule *rule, int64_t *out_id, struct err *err);
bool alert_ruleset_mute(struct store *store, int64_t id, instant until, struct err *err);
/* Own ones alone: ERR_INPUT. */
bool alert_ruleset_remove(struct store *store, int64_t id, struct err *err);

/* Whether the issue has a domain of the rule's scope. */
bool alert_ruleset_covers(struct store *store, const struct alert_rule *rule, int64_t issue, bool *out, struct err *err);

/* The sums of each day with reports in the scope, old days first. */
struct alert_sums {
	int32_t day;
	uint64_t sessions, failed, refused;
};
bool alert_ruleset_sums(struct store *store, const struct alert_rule *rule, int32_t first_day, int32_t last_day,
                        struct arena *arena, struct alert_sums **out, size_t *out_count, struct err *err);
/* The last day with a report in the scope, before `day`; DAY_NONE. */
bool alert_ruleset_last_day(struct store *store, const struct alert_rule *rule, int32_t day, int32_t *out, struct err *err);

/* What was judged of an issue. */
struct alert_fact {
	instant at;
	int64_t issue;
	enum severity severity;
	unsigned ended; /* enum issue_end */
	bool is_acknowledged;
	uint64_t refused, failed;
	int32_t last_day;
};
bool alert_ruleset_note(struct store *store, const struct alert_fact *fact, struct err *err);
bool alert_ruleset_facts(struct store *store, instant since, struct arena *arena, struct alert_fact **out,
                         size_t *out_count, struct err *err);
bool alert_ruleset_forget(struct store *store, instant before, struct err *err);
