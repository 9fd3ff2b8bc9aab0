/* SPDX-License-Identifier: ISC */
#pragma once
/* When an issue is worth a message, and when it is not.  Pure. */
#include "facts/alert_facts.h"
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
	ALERT_OUTCOME_COUNT
};

#define ALERT_QUIET_SECS (7 * (instant)SECS_PER_DAY)
#define ALERT_HOUR_SECS 3600
#define ALERT_AN_HOUR 4
#define ALERT_FRESH_DAYS 14 /* reports come a day or two late, once in a while weeks */

const char *alert_rule_text(enum alert_ready rule);
const char *alert_rule_title(enum alert_ready rule);
const char *alert_kind_text(enum alert_kind kind);
const char *alert_outcome_text(enum alert_outcome outcome);

/* A notice never wakes anybody: ALERT_READY_COUNT. */
enum alert_ready alert_rule_of(const struct issue *issue);

/* What was said of the issue before. */
struct alert_past {
	bool was_said;          /* a message that was said, is to be said or went into a digest */
	bool was_resolved;      /* and its end was said too */
	enum alert_ready rule;   /* of the last one */
	instant at;
	uint64_t said_this_hour; /* of the rule that fits now, over all issues */
};

struct alert_decision {
	bool is_due; /* false: nothing to say and nothing to note */
	enum alert_ready rule;
	enum alert_kind kind;
	enum alert_outcome outcome;
};

/* An open issue fires once.  Again, when it came back after its end was said or a week has passed; sooner, when a more
 * urgent rule fits than last time.  The end of what was said is said once, whoever looks after it. */
struct alert_decision alert_rules_decide(const struct issue *issue, const struct alert_past *past, instant now);
