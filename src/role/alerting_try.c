/* SPDX-License-Identifier: ISC */
/* A rule tried on the last days. */
#include "alert/alert_rules.h"
#include "role/alerting.h"
#include "store/alert_ruleset.h"
#include "store/issues.h"

/* What would be in the log by then, of one issue. */
struct told {
	struct issue issue;
	bool covers;
	struct alert_past past;
};

struct trying {
	struct store *store;
	struct arena *arena;
	const struct alert_rule *rule;
	void *told;
	size_t told_count, told_room;
	void *hits;
	size_t hit_room;
	instant *at; /* of messages that would have been said, for the limit of an hour */
	size_t at_count;
	struct alert_trial trial;
	struct err *err;
};

static void hit(struct trying *trying, int32_t day, int64_t issue)
{
	struct alert_hit *hit = arena_push(trying->arena, &trying->hits, &trying->trial.count, &trying->hit_room, sizeof *hit);
	*hit = (struct alert_hit){.day = day, .issue = issue};
	trying->trial.hits = trying->hits;
}

/* --- issues --- */

static struct told *told_of(struct trying *trying, int64_t id)
{
	struct told *all = trying->told;

	for (size_t i = trying->told_count; i > 0; i--)
		if (all[i - 1].issue.id == id)
			return &all[i - 1];
	struct told *told = arena_push(trying->arena, &trying->told, &trying->told_count, &trying->told_room, sizeof *told);
	if (!issues_load(trying->store, id, trying->arena, &told->issue, trying->err) ||
	    !alert_ruleset_covers(trying->store, trying->rule, id, &told->covers, trying->err))
		return NULL;
	return told;
}

static uint64_t within_the_hour(const struct trying *trying, instant now)
{
	uint64_t n = 0;
	for (size_t i = trying->at_count; i > 0 && trying->at[i - 1] > now - ALERT_HOUR_SECS; i--)
		n++;
	return n;
}

static void take_decision(struct trying *trying, struct told *told, const struct alert_decision *decision, instant at)
{
	bool is_said = decision->outcome == ALERT_PENDING || decision->outcome == ALERT_HELD;
	bool is_mine = trying->rule->what != WHAT_READY || (int64_t)decision->rule == trying->rule->id;

	if (decision->kind == ALERT_RESOLVED) {
		told->past.was_resolved = true;
		return;
	}
	if (is_said) {
		told->past.was_said = true;
		told->past.was_resolved = false;
		told->past.rule = decision->rule;
		told->past.at = at;
	}
	if (!is_mine)
		return;
	if (decision->outcome == ALERT_PENDING) {
		trying->at[trying->at_count++] = at;
		hit(trying, day_of(at), told->issue.id);
	} else if (decision->outcome == ALERT_HELD || decision->outcome == ALERT_TOLD_LATELY) {
		trying->trial.suppressed++;
	}
}

static bool take_fact(struct trying *trying, const struct alert_fact *fact)
{
	struct told *told = told_of(trying, fact->issue);

	if (told == NULL)
		return false;
	if (!told->covers)
		return true;
	struct issue issue = told->issue;
	issue.severity = fact->severity;
	issue.end = fact->ended < END_COUNT ? (enum issue_end)fact->ended : END_CLEAN;
	issue.is_acknowledged = fact->is_acknowledged;
	issue.snoozed_until = INSTANT_NONE;
	issue.refused = fact->refused;
	issue.failed = fact->failed;
	issue.last_day = fact->last_day;
	told->past.said_this_hour = within_the_hour(trying, fact->at);
	struct alert_decision decision = alert_rules_decide(trying->rule, &issue, &told->past, fact->at);
	if (decision.is_due)
		take_decision(trying, told, &decision, fact->at);
	return true;
}

static bool try_issues(struct trying *trying, instant now)
{
	struct alert_fact *facts;
	size_t n;

	if (!alert_ruleset_facts(trying->store, now - ALERTING_TRY_DAYS * (instant)SECS_PER_DAY, trying->arena, &facts, &n,
	                         trying->err))
		return false;
	trying->at = ARENA_ARRAY(trying->arena, n + 1, instant);
	for (size_t i = 0; i < n; i++)
		if (!take_fact(trying, &facts[i]))
			return false;
	return true;
}

/* --- days --- */

static void take_verdict(struct trying *trying, enum alert_day_verdict verdict, int32_t day, struct alert_day_past *past)
{
	if (verdict == ALERT_DAY_FIRES) {
		*past = (struct alert_day_past){.fired_day = day};
		hit(trying, day, 0);
	} else if (verdict == ALERT_DAY_OVER) {
		past->was_resolved = true;
	}
}

static bool try_days(struct trying *trying, int32_t today)
{
	struct alert_day_past past = {.fired_day = DAY_NONE};
	struct alert_sums *sums;
	size_t n;

	if (!alert_ruleset_sums(trying->store, trying->rule, today - ALERTING_TRY_DAYS, today, trying->arena, &sums, &n,
	                        trying->err))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct alert_day day = {sums[i].day, sums[i].sessions, sums[i].failed, sums[i].refused};
		enum alert_day_verdict verdict = alert_rules_day(trying->rule, &day, &past, day.day + 2);
		trying->trial.suppressed += verdict == ALERT_DAY_NOTHING && alert_rules_exceeds(trying->rule, &day);
		take_verdict(trying, verdict, day.day, &past);
	}
	return true;
}

static bool try_silence(struct trying *trying, int32_t today)
{
	struct alert_day_past past = {.fired_day = DAY_NONE};
	struct alert_sums *sums;
	int32_t last_day;
	size_t n, i = 0;

	if (!alert_ruleset_last_day(trying->store, trying->rule, today - ALERTING_TRY_DAYS, &last_day, trying->err) ||
	    !alert_ruleset_sums(trying->store, trying->rule, today - ALERTING_TRY_DAYS, today, trying->arena, &sums, &n,
	                        trying->err))
		return false;
	for (int32_t day = today - ALERTING_TRY_DAYS; day <= today; day++) {
		take_verdict(trying, alert_rules_silence(trying->rule, last_day, &past, day), day, &past);
		while (i < n && sums[i].day <= day)
			last_day = sums[i++].day;
	}
	return true;
}

bool alerting_try(struct store *store, const struct alert_rule *rule, instant now, struct arena *arena,
                  struct alert_trial *out, struct err *err)
{
	struct alert_rule tried = *rule;
	struct trying trying = {.store = store, .arena = arena, .rule = &tried, .err = err};
	bool ok;

	/* One that is off or muted is tried as if it were not. */
	tried.is_off = false;
	tried.muted_until = INSTANT_NONE;
	ok = rule->what == WHAT_SILENCE         ? try_silence(&trying, day_of(now))
	     : alert_rule_is_measure(rule->what) ? try_days(&trying, day_of(now))
	                                         : try_issues(&trying, now);
	if (ok)
		*out = trying.trial;
	return ok;
}
