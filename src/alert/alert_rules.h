/* SPDX-License-Identifier: ISC */
#pragma once
/* When an issue, or a day's sums, are worth a message, and when not.  Pure: the same functions fire a rule and try it on the
 * past. */
#include "facts/alert_facts.h"
#include "report/alert_rule.h"
#include "report/issue.h"

/* The ready-made ones. */
enum alert_ready {
#define X(id, text, title) ALERT_##id,
	ALERT_RULES(X)
#undef X
	    ALERT_READY_COUNT /* none */
};

enum alert_kind { ALERT_FIRED, ALERT_RESOLVED, ALERT_DIGEST, ALERT_KIND_COUNT };

/* Numbers stand in the database: never change them. */
enum alert_outcome {
	ALERT_PENDING = 0,      /* to be said */
	ALERT_SAID = 1,
	ALERT_HELD = 2,         /* more than four of its rule in an hour: for the digest */
	ALERT_DIGESTED = 3,
	ALERT_TOLD_LATELY = 4,  /* said not a week ago */
	ALERT_ACKNOWLEDGED = 5, /* somebody is at it */
	ALERT_SNOOZED = 6,
	ALERT_OLD = 7,          /* the past: an archive was read in */
	ALERT_MUTED = 8,        /* the rule is to be quiet for a while */
	ALERT_OUTCOME_COUNT
};

#define ALERT_HOUR_SECS 3600
#define ALERT_AN_HOUR 4
#define ALERT_FRESH_DAYS 14 /* reports come a day or two late, once in a while weeks */
#define ALERT_MEASURE_DAYS 7 /* for as many days back a late report can still make a rule fire */

const char *alert_rule_text(enum alert_ready rule);
const char *alert_rule_title(enum alert_ready rule);
const char *alert_kind_text(enum alert_kind kind);
const char *alert_outcome_text(enum alert_outcome outcome);

/* A notice never wakes anybody: ALERT_READY_COUNT. */
enum alert_ready alert_rule_of(const struct issue *issue);

/* Whether an own rule is about this issue; its scope is the caller's to look at. */
bool alert_rules_fits(const struct alert_rule *rule, const struct issue *issue);

/* What was said of the issue before, by all ready-made rules or by the one own rule. */
struct alert_past {
	bool was_said;           /* a message that was said, is to be said or went into a digest */
	bool was_resolved;       /* and its end was said too */
	enum alert_ready rule;   /* of the last one, ready-made */
	instant at;
	uint64_t said_this_hour; /* of the rule that fits now, over all issues */
	uint64_t over_this_hour; /* ends that it said */
};

struct alert_decision {
	bool is_due; /* false: nothing to say and nothing to note */
	enum alert_ready rule;
	enum alert_kind kind;
	enum alert_outcome outcome;
};

/* An open issue fires once.  Again, when it came back after its end was said or when `rule->repeat_days` have passed; sooner,
 * when a more urgent ready-made rule fits than last time.  The end of what was said is said once, whoever looks after it.
 * `rule` is the settings of the ready-made rule that fits, or an own rule. */
struct alert_decision alert_rules_decide(const struct alert_rule *rule, const struct issue *issue,
                                         const struct alert_past *past, instant now);

/* --- days --- */
struct alert_day {
	int32_t day;
	uint64_t sessions, failed, refused;
};
/* The last message of the rule about a day. */
struct alert_day_past {
	int32_t fired_day; /* DAY_NONE: none */
	bool was_resolved;
};
enum alert_day_verdict { ALERT_DAY_NOTHING, ALERT_DAY_FIRES, ALERT_DAY_OVER };

bool alert_rules_exceeds(const struct alert_rule *rule, const struct alert_day *day);
/* Days are given one after another, old ones first.  A day is over what fired before it when it is complete. */
enum alert_day_verdict alert_rules_day(const struct alert_rule *rule, const struct alert_day *day,
                                       const struct alert_day_past *past, int32_t today);
/* For WHAT_SILENCE: `last_day` is the last one with a report before `today` (DAY_NONE: there never was one). */
enum alert_day_verdict alert_rules_silence(const struct alert_rule *rule, int32_t last_day,
                                           const struct alert_day_past *past, int32_t today);
