/* SPDX-License-Identifier: ISC */
#include "role/diagnosis_habits.h"

#include <inttypes.h>

#include "diagnose/change.h"
#include "diagnose/silence.h"
#include "role/diagnosis_stale.h"
#include "store/issue_habits.h"
#include "store/issues.h"

#define FORGED_DAYS 7

static bool tell_look(struct store *store, int64_t id, const struct diagnosis_switch *wish, instant now, struct arena *arena,
                      struct err *err)
{
	const char *seen = issue_seen_text(wish->is_on ? SEEN_BROKEN : SEEN_CLEAN);
	const char *text = wish->story.len == 0 ? seen : arena_format(arena, "%s %.*s", seen, STR_ARGS(wish->story));
	return !wish->is_looked || issues_history_add(store, id, now, EVENT_LOOKED, str_of(text), err);
}

static void mark(struct issue *issue, const struct diagnosis_switch *wish, instant now)
{
	if (wish->is_looked) {
		issue->seen = wish->is_on ? SEEN_BROKEN : SEEN_CLEAN;
		issue->looked_at = now;
	}
	if (!wish->is_on)
		return;
	issue->last_day = wish->today;
	if (wish->is_looked)
		issue->confidence = CONFIDENCE_CONFIRMED;
	if (wish->detail.len > 0)
		issue->detail = wish->detail;
}

static bool switch_off(struct store *store, struct issue *issue, const struct diagnosis_switch *wish, instant now,
                       struct arena *arena, struct err *err)
{
	issue->end = wish->is_forgotten ? END_FADED : END_CLEAN;
	issue->closed_at = issue->changed_at = now;
	issue->clean_day = wish->today;
	mark(issue, wish, now);
	return issues_save(store, issue, err) && tell_look(store, issue->id, wish, now, arena, err) &&
	       issues_history_add(store, issue->id, now, EVENT_CLOSED, STR_NONE, err);
}

static enum severity severity_of(const struct diagnosis_switch *wish)
{
	return wish->severity != SEVERITY_OK ? wish->severity : issue_matter_severity(wish->matter);
}

static bool stay_on(struct store *store, struct issue *issue, const struct diagnosis_switch *wish, instant now,
                    struct err *err)
{
	enum severity severity = severity_of(wish);
	bool is_news = severity != issue->severity;
	bool is_same = issue->last_day == wish->today && !is_news && !wish->is_looked &&
	               (wish->detail.len == 0 || str_eq(issue->detail, wish->detail));
	if (is_same)
		return true;
	mark(issue, wish, now);
	issue->severity = issue->worst = severity;
	return issues_save(store, issue, err) &&
	       (!is_news ||
	        issues_history_add(store, issue->id, now, EVENT_SEVERITY, str_of(severity_text(severity)), err));
}

static bool switch_on_again(struct store *store, struct issue *issue, const struct diagnosis_switch *wish, instant now,
                            struct arena *arena, struct err *err)
{
	/* Closed by hand as known or not mine: it is not news until it has been away for so long. */
	if (issue->end == END_ACCEPTED || issue->end == END_NOT_MINE) {
		issue->clean_day = wish->today;
		return issues_save(store, issue, err);
	}
	issue->end = END_NONE;
	issue->closed_at = INSTANT_NONE;
	issue->changed_at = now;
	issue->is_acknowledged = false;
	issue->severity = issue->worst = severity_of(wish);
	mark(issue, wish, now);
	return issues_save(store, issue, err) &&
	       issues_history_add(store, issue->id, now, EVENT_REOPENED, STR_NONE, err) &&
	       tell_look(store, issue->id, wish, now, arena, err);
}

static bool switch_on(struct store *store, const struct diagnosis_switch *wish, instant now, struct arena *arena,
                      struct err *err)
{
	struct issue issue = {.matter = wish->matter,
	                      .kind = wish->kind,
	                      .severity = severity_of(wish),
	                      .worst = severity_of(wish),
	                      .fault = issue_matter_fault(wish->matter),
	                      .opened_at = now,
	                      .changed_at = now,
	                      .snoozed_until = INSTANT_NONE,
	                      .closed_at = INSTANT_NONE,
	                      .looked_at = INSTANT_NONE,
	                      .first_day = wish->since,
	                      .clean_day = DAY_NONE};
	mark(&issue, wish, now);
	return issues_add(store, &issue, wish->subject, err) &&
	       issues_history_add(store, issue.id, now, EVENT_OPENED, STR_NONE, err) &&
	       tell_look(store, issue.id, wish, now, arena, err);
}

bool diagnosis_switch(struct store *store, struct arena *arena, const struct diagnosis_switch *wish, instant now,
                      struct err *err)
{
	struct issue issue;
	int64_t id;

	if (!issues_newest(store, wish->matter, wish->kind, wish->subject, &id, err) ||
	    (id != 0 && !issues_load(store, id, arena, &issue, err)))
		return false;
	bool is_open = id != 0 && issue.end == END_NONE;
	if (is_open)
		return wish->is_on ? stay_on(store, &issue, wish, now, err)
		                   : switch_off(store, &issue, wish, now, arena, err);
	if (!wish->is_on)
		return true;
	if (id != 0 && wish->today - issue.clean_day <= ISSUE_REOPENS_DAYS)
		return switch_on_again(store, &issue, wish, now, arena, err);
	return switch_on(store, wish, now, arena, err);
}

/* One reporter over all domains: its days, the last one first. */
static bool judge_reporter(struct store *store, struct arena *arena, int32_t today, const struct habit_day *rows,
                           size_t n, instant now, struct err *err)
{
	struct change_day days[CHANGE_DAYS] = {0};
	uint64_t sessions[CHANGE_DAYS] = {0};
	for (size_t i = 0; i < n; i++) {
		int32_t at = today - rows[i].day;
		if (at < 0 || at >= CHANGE_DAYS)
			continue;
		days[at] = (struct change_day){rows[i].sessions, rows[i].failed, rows[i].has_policy};
		sessions[at] = rows[i].sessions;
	}
	uint64_t recent, usual;
	bool drops = change_volume_drops(sessions, &recent, &usual);
	struct diagnosis_switch drop = {.matter = MATTER_VOLUME_DROP,
	                                .kind = ISSUE_ON_REPORTER,
	                                .subject = rows[0].reporter,
	                                .since = today - CHANGE_RECENT_DAYS + 1,
	                                .today = today,
	                                .is_on = drops,
	                                .detail = str_of(arena_format(arena, "%" PRIu64 " %" PRIu64, recent, usual))};
	struct diagnosis_switch loop = drop;
	loop.detail = STR_NONE;
	loop.matter = MATTER_REPORT_LOOP;
	loop.is_on = change_is_loop(days);
	return diagnosis_switch(store, arena, &drop, now, err) && diagnosis_switch(store, arena, &loop, now, err);
}

static bool judge_reporters(struct store *store, struct arena *arena, int32_t today, instant now, struct err *err)
{
	struct habit_day *rows;
	size_t count;
	if (!issue_habits_days(store, today - CHANGE_DAYS + 1, today, arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count;) {
		size_t end = i;
		while (end < count && rows[end].reporter == rows[i].reporter)
			end++;
		if (!judge_reporter(store, arena, today, rows + i, end - i, now, err))
			return false;
		i = end;
	}
	return true;
}

static bool switch_listed(struct store *store, struct arena *arena, unsigned matter, enum issue_kind kind,
                          const int64_t *subjects, size_t n, int32_t today, instant now, struct err *err)
{
	int64_t *open;
	size_t open_count;
	if (!issue_habits_open(store, matter, kind, arena, &open, &open_count, err))
		return false;
	struct diagnosis_switch wish = {.matter = matter, .kind = kind, .since = today, .today = today};
	for (size_t i = 0; i < n; i++) {
		wish.subject = subjects[i];
		wish.is_on = true;
		if (!diagnosis_switch(store, arena, &wish, now, err))
			return false;
	}
	for (size_t i = 0; i < open_count; i++) {
		bool is_listed = false;
		for (size_t k = 0; k < n; k++)
			is_listed |= subjects[k] == open[i];
		wish.subject = open[i];
		wish.is_on = false;
		if (!is_listed && !diagnosis_switch(store, arena, &wish, now, err))
			return false;
	}
	return true;
}

bool diagnosis_habits(struct store *store, struct arena *arena, instant now, struct err *err)
{
	int32_t today = day_of(now) - SILENCE_LATE_DAYS;
	int64_t *forged;
	size_t forged_count;

	return judge_reporters(store, arena, today, now, err) &&
	       issue_habits_forged(store, now - FORGED_DAYS * (int64_t)SECS_PER_DAY, arena, &forged, &forged_count,
	                           err) &&
	       switch_listed(store, arena, MATTER_REPORTER_FORGED, ISSUE_ON_REPORTER, forged, forged_count, day_of(now),
	                     now, err) &&
	       diagnosis_stale(store, arena, today, now, err);
}
