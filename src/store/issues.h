/* SPDX-License-Identifier: ISC */
#pragma once
/* The rows of issues.  Nothing here judges: role/diagnosis joins these rows with the rules of diagnose/.  Everything that
 * writes happens inside store_begin and store_commit, or a transaction of its own where said so.
 * Reporters, domains and subjects are numbers of names. */
#include "report/issue.h"
#include "store/store.h"

/* One reporter's word on one domain for one day: the unit of all bookkeeping. */
struct issue_key {
	int32_t day;
	int64_t reporter, domain;
};

/* Whose sums have changed; they are forgotten with this call.  At most `most`, oldest days first. */
bool issues_touched(struct store *store, size_t most, struct arena *arena, struct issue_key **out, size_t *out_count,
                    struct err *err);

/* A part of a transaction that can be undone alone. */
bool issues_mark(struct store *store, struct err *err);
bool issues_unmark(struct store *store, bool keep, struct err *err);

/* Whether reports have come in by themselves (not by import) since then: only then is silence a finding. */
bool issues_live_intake(struct store *store, instant since, bool *out_is_live, struct err *err);

/* The last day with counted reports; DAY_NONE. */
bool issues_last_day(struct store *store, int32_t *out_day, struct err *err);

/* What the sums say for a key. */
struct issue_day_row {
	enum cause cause;
	enum policy_type type;
	enum sts_mode mode;
	bool refused, is_unexplained; /* unexplained: `refused` is not set, the caller knows */
	int64_t mx;                   /* name; 0: not stated */
	int64_t odd_result;           /* name of a result type in no standard, where the cause is not known; 0 */
	uint64_t sessions;
};
/* `*out_total`: sessions of the policy type that has most, because units of several types may be the same sessions. */
bool issues_day(struct store *store, const struct issue_key *key, struct arena *arena, struct issue_day_row **out,
                size_t *out_count, uint64_t *out_total, struct err *err);

/* ERR_MISSING.  For a tenant (store_set_tenant) an issue that hits others too is narrowed: only what his own domains,
 * sessions and reporters say is left of it. */
bool issues_load(struct store *store, int64_t id, struct arena *arena, struct issue *out, struct err *err);
bool issues_narrow(struct store *store, struct arena *arena, struct issue *issue, struct err *err);
/* Whether it has members that are not this tenant's; never for the house. */
bool issues_is_shared(struct store *store, int64_t id, bool *out_shared, struct err *err);
/* A tenant changes issues of his own: ERR_MISSING where it is none of his, ERR_DENIED where it is not his alone. */
bool issues_may_change(struct store *store, int64_t id, struct err *err);
bool issues_save(struct store *store, const struct issue *issue, struct err *err);
bool issues_add(struct store *store, struct issue *issue, int64_t subject, struct err *err); /* sets id */
/* The one with the highest number; `*out_id` 0: there is none. */
bool issues_newest(struct store *store, unsigned matter, enum issue_kind kind, int64_t subject, int64_t *out_id,
                   struct err *err);
/* The open issue on an MX that has this domain as a member; `matter` MATTER_COUNT: of any cause but unknown, if it is the
 * only one.  `mx` 0: any MX.  0: none. */
bool issues_of_mx(struct store *store, unsigned matter, int64_t mx, int64_t domain, int64_t *out_id, struct err *err);
/* Open issues of the same matter on a member domain of this one. */
bool issues_joinable(struct store *store, const struct issue *issue, struct arena *arena, int64_t **out, size_t *out_count,
                     struct err *err);
bool issues_open_on(struct store *store, enum issue_kind kind, int64_t subject, struct arena *arena, struct issue **out,
                    size_t *out_count, struct err *err);
/* The number of a name, made where there is none; 0 for an empty one. */
bool issues_name(struct store *store, struct str text, int64_t *out_id, struct err *err);
/* Issues that are to be judged later; the second takes what the first has put. */
bool issues_put_off(struct store *store, int64_t id, struct err *err);
bool issues_take_put_off(struct store *store, struct arena *arena, int64_t **out, size_t *out_count, struct err *err);
bool issues_open_count(struct store *store, uint64_t *out_count, struct err *err);
bool issues_open_ids(struct store *store, struct arena *arena, int64_t **out, size_t *out_count, struct err *err);

struct issue_part {
	int64_t issue;
	uint64_t failed, refused, total;
};
/* Failed 0 takes it away. */
bool issues_set_part(struct store *store, const struct issue_key *key, const struct issue_part *part, struct err *err);
/* Days of one issue and pair: the last one with failures, DAY_NONE where there is none left. */
bool issues_last_bad(struct store *store, const struct issue_key *key, int64_t issue, int32_t *out_day, struct err *err);

struct issue_member {
	struct issue_part part; /* of the day of the key; failed 0: none */
	int32_t last_bad, last_clean;
};
/* The issues that the reporter has had with the domain. */
bool issues_known(struct store *store, const struct issue_key *key, struct arena *arena, struct issue_member **out,
                  size_t *out_count, struct err *err);
bool issues_set_member(struct store *store, int64_t reporter, int64_t domain, const struct issue_member *member,
                       struct err *err); /* last_bad DAY_NONE takes it away */
/* The last day on which the reporter reported on the domain; DAY_NONE. */
bool issues_last_heard(struct store *store, int64_t reporter, int64_t domain, int32_t *out_day, struct err *err);
/* Moves all parts and members of one issue to another. */
bool issues_move(struct store *store, int64_t from, int64_t to, struct err *err);

struct issue_reporter {
	int64_t reporter;
	struct str name;
	int32_t last_bad, last_heard;
	uint64_t members;       /* domains that had it in the seven days up to last_bad */
	uint64_t clean_members; /* of these: reported on after last_bad, without it */
};
bool issues_reporters(struct store *store, int64_t issue, struct arena *arena, struct issue_reporter **out,
                      size_t *out_count, uint64_t *out_domains, struct err *err);
/* How many of them have a known name (facts/reporters.h), the operator's trust, or a history of a week. */
bool issues_known_reporters(struct store *store, const struct issue_reporter *reporters, size_t count, instant now,
                            uint64_t *out_known, struct err *err);
/* Sessions that other reporters saw on the member domains, on the days of the issue. */
bool issues_others(struct store *store, const struct issue *issue, uint64_t *out_sessions, uint64_t *out_reporters,
                   struct err *err);

/* How one reporter fares over all servers and domains on a day: fills the rest. */
struct issue_breadth {
	int64_t reporter;
	int32_t day;
	uint64_t servers; /* with an open issue that it alone has */
	uint64_t failed, total;
};
/* `least`: with fewer servers the sessions are not added up. */
bool issues_breadth(struct store *store, uint64_t least, struct issue_breadth *breadth, struct err *err);

bool issues_history_add(struct store *store, int64_t issue, instant at, enum issue_event event, struct str text,
                        struct err *err);

/* What the writer remembers from run to run (table meta). */
bool issues_remember(struct store *store, const char *key, int64_t value, struct err *err);
bool issues_recall(struct store *store, const char *key, int64_t *out_value, struct err *err); /* INT64_MIN: nothing */

/* The days on which each reporter reported on each domain: bit n is `last_day` - n.  Sorted by domain. */
struct issue_series {
	int64_t domain, reporter;
	uint64_t days;
};
bool issues_series(struct store *store, int32_t last_day, unsigned days, struct arena *arena, struct issue_series **out,
                   size_t *out_count, struct err *err);

/* --- views; STORE_READ is enough --- */
struct issue_filter {
	bool with_closed;
	int severity_least; /* enum severity */
	struct str domain, matter; /* absent: all */
	instant closed_since; /* of the closed ones only those; 0: all */
	size_t limit;
};
bool issues_list(struct store *store, const struct issue_filter *filter, struct arena *arena, struct issue **out,
                 size_t *out_count, struct err *err);

/* The period of the earliest report with such a failure; the first day where no report tells. */
bool issues_first_failure(struct store *store, const struct issue *issue, instant *out_begin, instant *out_end,
                          struct err *err);

bool issues_page(struct store *store, int64_t id, struct arena *arena, struct issue_page *out, struct err *err);
