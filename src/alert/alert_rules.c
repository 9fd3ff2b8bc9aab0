/* SPDX-License-Identifier: ISC */
#include "alert/alert_rules.h"

#include <assert.h>

#include "base/attr.h"

static const char *const rule_texts[] = {
#define X(id, text, title) text,
    ALERT_RULES(X)
#undef X
};
static const char *const rule_titles[] = {
#define X(id, text, title) title,
    ALERT_RULES(X)
#undef X
};
static const char *const kind_texts[] = {"fired", "resolved", "digest"};
static const char *const outcome_texts[] = {"pending",     "said",         "held",    "digested",
                                            "told-lately", "acknowledged", "snoozed", "old"};
static_assert(COUNT_OF(kind_texts) == ALERT_KIND_COUNT, "one each");
static_assert(COUNT_OF(outcome_texts) == ALERT_OUTCOME_COUNT, "one each");

const char *alert_rule_text(enum alert_ready rule)
{
	assert((unsigned)rule < ALERT_READY_COUNT);
	return rule_texts[rule];
}

const char *alert_rule_title(enum alert_ready rule)
{
	assert((unsigned)rule < ALERT_READY_COUNT);
	return rule_titles[rule];
}

const char *alert_kind_text(enum alert_kind kind)
{
	assert((unsigned)kind < ALERT_KIND_COUNT);
	return kind_texts[kind];
}

const char *alert_outcome_text(enum alert_outcome outcome)
{
	assert((unsigned)outcome < ALERT_OUTCOME_COUNT);
	return outcome_texts[outcome];
}

enum alert_ready alert_rule_of(const struct issue *issue)
{
	if (issue->severity < SEVERITY_WARNING)
		return ALERT_READY_COUNT;
	if (issue->matter == MATTER_DOMAIN_SILENT || issue->matter == MATTER_INTAKE_SILENT)
		return ALERT_REPORTS_STOPPED;
	if (issue->severity == SEVERITY_CRITICAL && issue->refused > 0)
		return ALERT_MAIL_REFUSED;
	/* No reporter has said so yet. */
	if (issue->matter < CAUSE_COUNT && issue->failed == 0)
		return ALERT_CHECK_TROUBLE;
	return ALERT_NEW_FAILURE;
}

static struct alert_decision decide_end(const struct issue *issue, const struct alert_past *past)
{
	bool is_due = past->was_said && !past->was_resolved && issue->end != END_JOINED;
	return (struct alert_decision){is_due, past->rule, ALERT_RESOLVED, ALERT_PENDING};
}

struct alert_decision alert_rules_decide(const struct issue *issue, const struct alert_past *past, instant now)
{
	struct alert_decision decision = {.rule = alert_rule_of(issue), .kind = ALERT_FIRED};

	if (issue->end != END_NONE)
		return decide_end(issue, past);
	if (decision.rule == ALERT_READY_COUNT)
		return decision;
	bool is_covered = past->was_said && past->rule <= decision.rule;
	bool is_late = now - past->at >= ALERT_QUIET_SECS;
	if (is_covered && !past->was_resolved && !is_late)
		return decision;
	decision.is_due = true;
	enum issue_state state = issue_state(issue, now);
	if (day_of(now) - issue->last_day > ALERT_FRESH_DAYS)
		decision.outcome = ALERT_OLD;
	else if (is_covered && !is_late)
		decision.outcome = ALERT_TOLD_LATELY;
	else if (state == ISSUE_SNOOZED)
		decision.outcome = ALERT_SNOOZED;
	else if (state == ISSUE_ACKNOWLEDGED && is_covered)
		decision.outcome = ALERT_ACKNOWLEDGED;
	else
		decision.outcome = past->said_this_hour >= ALERT_AN_HOUR ? ALERT_HELD : ALERT_PENDING;
	return decision;
}
