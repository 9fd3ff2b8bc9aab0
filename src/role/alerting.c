/* SPDX-License-Identifier: ISC */
/* What the rules make of the issues that changed, and of the sums of the last days. */
#include "role/alerting.h"

#include "alert/alert_rules.h"
#include "store/alert_outbox.h"
#include "store/alert_ruleset.h"
#include "store/alerts.h"
#include "store/issues.h"

#define MEASURE_SECS 60                           /* sums are looked at that often at most */
#define BODIES_KEPT_SECS (30 * (instant)SECS_PER_DAY) /* of messages that are over */
#define FACTS_KEPT_SECS (60 * (instant)SECS_PER_DAY) /* twice what a rule is tried on */

struct judging {
	struct store *store;
	struct arena *arena;
	struct alert_rule_list rules;
	instant now;
	struct err *err;
};

static const struct alert_rule *rule_with(const struct judging *judging, int64_t id)
{
	for (size_t i = 0; i < judging->rules.count; i++)
		if (judging->rules.rows[i].id == id)
			return &judging->rules.rows[i];
	return NULL;
}

static bool note(struct judging *judging, const struct issue *issue)
{
	struct alert_fact fact = {.at = judging->now,
	                          .issue = issue->id,
	                          .severity = issue->severity,
	                          .ended = issue->end,
	                          .is_acknowledged = issue->is_acknowledged,
	                          .refused = issue->refused,
	                          .failed = issue->failed,
	                          .last_day = issue->last_day};
	return alert_ruleset_note(judging->store, &fact, judging->err);
}

/* `id` -1: all ready-made rules together, of which the issue falls under one. */
static bool judge_by(struct judging *judging, int64_t id, const struct alert_rule *rule, const struct issue *issue)
{
	struct alert_row last = {0};
	struct alert_past past = {0};
	instant hour = judging->now - ALERT_HOUR_SECS;

	if (!alerts_past(judging->store, id, issue->id, &last, &past.was_said, &past.was_resolved, judging->err))
		return false;
	if (past.was_said) {
		past.rule = last.rule < ALERT_READY_COUNT ? (enum alert_ready)last.rule : ALERT_NEW_FAILURE;
		past.at = last.at;
	}
	int64_t counted = id >= 0 ? id : issue->end == END_NONE ? (int64_t)alert_rule_of(issue) : (int64_t)past.rule;
	if (!alerts_said_since(judging->store, counted, ALERT_FIRED, hour, &past.said_this_hour, judging->err) ||
	    !alerts_said_since(judging->store, counted, ALERT_RESOLVED, hour, &past.over_this_hour, judging->err))
		return false;
	struct alert_decision decision = alert_rules_decide(rule, issue, &past, judging->now);
	if (!decision.is_due)
		return true;
	struct alert_row row = {.at = judging->now,
	                        .issue = issue->id,
	                        .rule = id >= 0 ? id : (int64_t)decision.rule,
	                        .kind = decision.kind,
	                        .outcome = decision.outcome,
	                        .day = DAY_NONE};
	return alerts_add(judging->store, &row, judging->err);
}

static bool judge_one(struct judging *judging, int64_t id)
{
	struct issue issue;

	if (!issues_load(judging->store, id, judging->arena, &issue, judging->err) || !note(judging, &issue))
		return false;
	enum alert_ready ready = alert_rule_of(&issue);
	const struct alert_rule *rule = rule_with(judging, ready == ALERT_READY_COUNT ? ALERT_NEW_FAILURE : ready);
	if (rule != NULL && !judge_by(judging, -1, rule, &issue))
		return false;
	for (size_t i = 0; i < judging->rules.count; i++) {
		bool covers = false;
		rule = &judging->rules.rows[i];
		if (rule->id < ALERT_RULE_FIRST_OWN || rule->is_off || alert_rule_is_measure(rule->what))
			continue;
		if (!alert_ruleset_covers(judging->store, rule, id, &covers, judging->err) ||
		    (covers && !judge_by(judging, rule->id, rule, &issue)))
			return false;
	}
	return true;
}

/* --- sums of days --- */

static bool say_day(struct judging *judging, const struct alert_rule *rule, enum alert_day_verdict verdict,
                    const struct alert_day *day, struct alert_day_past *past)
{
	if (verdict == ALERT_DAY_NOTHING)
		return true;
	bool fires = verdict == ALERT_DAY_FIRES;
	struct alert_row row = {.at = judging->now,
	                        .rule = rule->id,
	                        .kind = fires ? ALERT_FIRED : ALERT_RESOLVED,
	                        .outcome = ALERT_PENDING,
	                        .day = day->day,
	                        .count = rule->what == WHAT_REFUSED ? day->refused : day->failed,
	                        .total = day->sessions};
	past->fired_day = fires ? day->day : past->fired_day;
	past->was_resolved = !fires;
	return alerts_add(judging->store, &row, judging->err);
}

static bool measure_silence(struct judging *judging, const struct alert_rule *rule, struct alert_day_past *past,
                            int32_t today)
{
	struct alert_day day = {.day = today};
	int32_t last_day;

	if (!alert_ruleset_last_day(judging->store, rule, today, &last_day, judging->err))
		return false;
	day.failed = last_day == DAY_NONE ? 0 : (uint64_t)(today - 1 - last_day); /* days without a report */
	return say_day(judging, rule, alert_rules_silence(rule, last_day, past, today), &day, past);
}

static bool measure(struct judging *judging, const struct alert_rule *rule)
{
	struct alert_day_past past;
	struct alert_sums *sums;
	int32_t today = day_of(judging->now);
	size_t n;

	if (!alerts_day_past(judging->store, rule->id, &past.fired_day, &past.was_resolved, judging->err))
		return false;
	if (rule->what == WHAT_SILENCE)
		return measure_silence(judging, rule, &past, today);
	if (!alert_ruleset_sums(judging->store, rule, today - ALERT_MEASURE_DAYS, today, judging->arena, &sums, &n, judging->err))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct alert_day day = {sums[i].day, sums[i].sessions, sums[i].failed, sums[i].refused};
		if (!say_day(judging, rule, alert_rules_day(rule, &day, &past, today), &day, &past))
			return false;
	}
	return true;
}

static bool measure_all(struct judging *judging)
{
	static const char key[] = "alert-measured";
	int64_t last;

	if (!issues_recall(judging->store, key, &last, judging->err))
		return false;
	if (last != INT64_MIN && last <= judging->now && judging->now - last < MEASURE_SECS)
		return true;
	for (size_t i = 0; i < judging->rules.count; i++) {
		const struct alert_rule *rule = &judging->rules.rows[i];
		bool is_quiet = rule->is_off || (rule->muted_until != INSTANT_NONE && rule->muted_until > judging->now);
		if (alert_rule_is_measure(rule->what) && !is_quiet && !measure(judging, rule))
			return false;
	}
	return issues_remember(judging->store, key, judging->now, judging->err) &&
	       alert_ruleset_forget(judging->store, judging->now - FACTS_KEPT_SECS, judging->err) &&
	       alert_outbox_forget(judging->store, judging->now - BODIES_KEPT_SECS, judging->err);
}

bool alerting_judge(struct store *store, struct arena *arena, instant now, struct err *err)
{
	struct judging judging = {.store = store, .arena = arena, .now = now, .err = err};
	int64_t *due;
	size_t count;

	if (!alerts_wake(store, now, err) || !alerts_due(store, arena, &due, &count, err) ||
	    !alert_ruleset_list(store, arena, &judging.rules, err))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!judge_one(&judging, due[i]))
			return false;
	for (size_t i = 0; i < judging.rules.count; i++) {
		struct alert_row digest = {.at = now,
		                           .rule = judging.rules.rows[i].id,
		                           .kind = ALERT_DIGEST,
		                           .outcome = ALERT_PENDING,
		                           .day = DAY_NONE};
		if (!alerts_digest(store, digest.rule, now - ALERT_HOUR_SECS, &digest.count, err) ||
		    (digest.count > 0 && !alerts_add(store, &digest, err)))
			return false;
	}
	return measure_all(&judging);
}
