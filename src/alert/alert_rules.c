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
                                            "told-lately", "acknowledged", "snoozed", "old", "muted"};
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

bool alert_rules_fits(const struct alert_rule *rule, const struct issue *issue)
{
	switch (rule->what) {
	case WHAT_NEW_CAUSE: return issue->severity >= SEVERITY_NOTICE;
	case WHAT_SEVERITY: return issue->severity >= rule->severity;
	case WHAT_CAUSE: return str_eq(rule->cause, str_of(issue_matter_text(issue->matter)));
	case WHAT_READY:
	case WHAT_SHARE:
	case WHAT_FAILED:
	case WHAT_REFUSED:
	case WHAT_SILENCE:
	case WHAT_COUNT: break;
	}
	return false;
}

static struct alert_decision decide_end(const struct issue *issue, const struct alert_past *past)
{
	bool is_due = past->was_said && !past->was_resolved && issue->end != END_JOINED;
	return (struct alert_decision){is_due, past->rule, ALERT_RESOLVED,
	                               past->over_this_hour >= ALERT_AN_HOUR ? ALERT_HELD : ALERT_PENDING};
}

static enum alert_outcome outcome_of(const struct alert_rule *rule, const struct issue *issue, bool is_covered, bool is_late,
                                     uint64_t said_this_hour, instant now)
{
	enum issue_state state = issue_state(issue, now);

	if (day_of(now) - issue->last_day > ALERT_FRESH_DAYS)
		return ALERT_OLD;
	if (is_covered && !is_late)
		return ALERT_TOLD_LATELY;
	if (state == ISSUE_SNOOZED)
		return ALERT_SNOOZED;
	if (state == ISSUE_ACKNOWLEDGED && is_covered)
		return ALERT_ACKNOWLEDGED;
	if (rule->muted_until != INSTANT_NONE && rule->muted_until > now)
		return ALERT_MUTED;
	return said_this_hour >= ALERT_AN_HOUR ? ALERT_HELD : ALERT_PENDING;
}

struct alert_decision alert_rules_decide(const struct alert_rule *rule, const struct issue *issue,
                                         const struct alert_past *past, instant now)
{
	bool is_own = rule->what != WHAT_READY;
	struct alert_decision decision = {.rule = is_own ? ALERT_READY_COUNT : alert_rule_of(issue), .kind = ALERT_FIRED};

	if (issue->end != END_NONE)
		return decide_end(issue, past);
	if (is_own ? !alert_rules_fits(rule, issue) : decision.rule == ALERT_READY_COUNT)
		return decision;
	bool is_covered = past->was_said && (is_own || past->rule <= decision.rule);
	bool is_late = now - past->at >= (instant)rule->repeat_days * SECS_PER_DAY;
	if ((is_covered && !past->was_resolved && !is_late) || rule->is_off)
		return decision;
	decision.is_due = true;
	decision.outcome = outcome_of(rule, issue, is_covered, is_late, past->said_this_hour, now);
	return decision;
}

/* --- days --- */

bool alert_rules_exceeds(const struct alert_rule *rule, const struct alert_day *day)
{
	switch (rule->what) {
	case WHAT_SHARE:
		return day->sessions >= rule->least_sessions && day->sessions > 0 &&
		       (double)day->failed * 10000.0 > (double)rule->over * (double)day->sessions;
	case WHAT_FAILED: return day->failed > rule->over;
	case WHAT_REFUSED: return day->refused > rule->over;
	case WHAT_READY:
	case WHAT_SILENCE:
	case WHAT_NEW_CAUSE:
	case WHAT_SEVERITY:
	case WHAT_CAUSE:
	case WHAT_COUNT: break;
	}
	return false;
}

enum alert_day_verdict alert_rules_day(const struct alert_rule *rule, const struct alert_day *day,
                                       const struct alert_day_past *past, int32_t today)
{
	bool has_fired = past->fired_day != DAY_NONE;

	if (has_fired && day->day <= past->fired_day)
		return ALERT_DAY_NOTHING;
	if (alert_rules_exceeds(rule, day))
		return has_fired && day->day - past->fired_day < (int32_t)rule->repeat_days ? ALERT_DAY_NOTHING : ALERT_DAY_FIRES;
	/* Reports come a day late: what is missing yet may still exceed it. */
	bool is_complete = day->day < today - 1;
	return has_fired && !past->was_resolved && is_complete && day->sessions > 0 ? ALERT_DAY_OVER : ALERT_DAY_NOTHING;
}

enum alert_day_verdict alert_rules_silence(const struct alert_rule *rule, int32_t last_day,
                                           const struct alert_day_past *past, int32_t today)
{
	bool has_fired = past->fired_day != DAY_NONE;

	if (last_day == DAY_NONE)
		return ALERT_DAY_NOTHING;
	/* The reports of yesterday come today. */
	bool is_silent = today - 1 - last_day >= (int32_t)rule->over;
	if (!is_silent)
		return has_fired && !past->was_resolved && last_day >= past->fired_day - 1 ? ALERT_DAY_OVER : ALERT_DAY_NOTHING;
	if (has_fired && !past->was_resolved && today - past->fired_day < (int32_t)rule->repeat_days)
		return ALERT_DAY_NOTHING;
	return ALERT_DAY_FIRES;
}
