/* SPDX-License-Identifier: ISC */
#include "role/diagnosis_silence.h"

#include "diagnose/silence.h"
#include "role/diagnosis_habits.h"
#include "store/issues.h"

struct silent_run {
	struct store *store;
	struct arena *arena;
	instant now;
	int32_t today; /* the last day that can be judged */
	struct issue_series *series;
	size_t count;
	struct silence_count all;
	unsigned pause; /* days without any report, of those with a habit */
	struct silent_reporter {
		int64_t reporter;
		struct silence_count count;
		unsigned pause; /* of its series that ended last */
		bool is_silent;
	} * reporters;
	size_t reporter_count, reporter_room;
	struct err *err;
};

static struct silent_reporter *reporter_of(struct silent_run *run, int64_t reporter)
{
	for (size_t i = 0; i < run->reporter_count; i++)
		if (run->reporters[i].reporter == reporter)
			return &run->reporters[i];
	void *array = run->reporters;
	struct silent_reporter *added =
	    arena_push(run->arena, &array, &run->reporter_count, &run->reporter_room, sizeof *added);
	run->reporters = array;
	added->reporter = reporter;
	added->pause = SILENCE_DAYS;
	return added;
}

static void count(struct silent_run *run)
{
	for (size_t i = 0; i < run->count; i++) {
		enum silence silence = silence_judge(run->series[i].days);
		struct silent_reporter *reporter = reporter_of(run, run->series[i].reporter);
		if (silence == SILENCE_NO_HABIT)
			continue;
		unsigned pause = silence_pause(run->series[i].days);
		if (pause < reporter->pause)
			reporter->pause = pause;
		if (pause < run->pause)
			run->pause = pause;
		bool silent = silence == SILENCE_SILENT;
		reporter->count.silent += silent;
		reporter->count.usual += !silent;
		run->all.silent += silent;
		run->all.usual += !silent;
	}
	for (size_t i = 0; i < run->reporter_count; i++) {
		struct silent_reporter *reporter = &run->reporters[i];
		struct silence_count others = {run->all.usual - reporter->count.usual,
		                               run->all.silent - reporter->count.silent};
		reporter->is_silent = silence_is_reporter(reporter->count, others);
	}
}

static bool set(struct silent_run *run, unsigned matter, enum issue_kind kind, int64_t subject, bool is_on,
                int32_t since, bool is_forgotten)
{
	struct diagnosis_switch wish = {
	    .matter = matter, .kind = kind, .subject = subject, .since = since, .today = run->today, .is_on = is_on};
	wish.is_forgotten = is_forgotten;
	if (is_on)
		wish.detail = str_of(arena_format(run->arena, "%d", day_of(run->now) - since));
	return diagnosis_switch(run->store, run->arena, &wish, run->now, run->err);
}

/* What our own look has found in its record says why already. */
static bool has_no_broken_record(struct silent_run *run, int64_t domain, bool *out)
{
	struct issue *open;
	size_t n;
	*out = true;
	if (!issues_open_on(run->store, ISSUE_ON_DOMAIN, domain, run->arena, &open, &n, run->err))
		return false;
	for (size_t i = 0; i < n; i++)
		if (open[i].matter == MATTER_RECORD_MISSING || open[i].matter == MATTER_RECORD_MULTIPLE ||
		    open[i].matter == MATTER_RECORD_INVALID || open[i].matter == MATTER_RUA_NOT_OURS)
			*out = false;
	return true;
}

/* A domain is silent when at least half of its usual reporters are, without those that are silent everywhere. */
static bool judge_domain(struct silent_run *run, size_t first, size_t end, bool intake_is_silent)
{
	uint64_t usual = 0, silent = 0;
	unsigned pause = SILENCE_DAYS;
	for (size_t i = first; i < end; i++) {
		enum silence silence = silence_judge(run->series[i].days);
		if (silence == SILENCE_NO_HABIT || reporter_of(run, run->series[i].reporter)->is_silent)
			continue;
		usual += silence == SILENCE_USUAL;
		silent += silence == SILENCE_SILENT;
		if (silence == SILENCE_SILENT && silence_pause(run->series[i].days) < pause)
			pause = silence_pause(run->series[i].days);
	}
	bool is_on = !intake_is_silent && silent > 0 && silent >= usual;
	if (is_on && !has_no_broken_record(run, run->series[first].domain, &is_on))
		return false;
	return set(run, MATTER_DOMAIN_SILENT, ISSUE_ON_DOMAIN, run->series[first].domain, is_on,
	           run->today - (int32_t)pause + 1, usual == 0 && silent == 0);
}

bool diagnosis_silence(struct store *store, struct arena *arena, instant now, struct err *err)
{
	struct silent_run run = {
	    .store = store, .arena = arena, .now = now, .today = day_of(now) - SILENCE_LATE_DAYS, .pause = SILENCE_DAYS, .err = err};
	bool is_live;
	if (!issues_live_intake(store, now - SILENCE_DAYS * (int64_t)SECS_PER_DAY, &is_live, err))
		return false;
	if (!is_live)
		return true;
	if (!issues_series(store, run.today, SILENCE_DAYS, arena, &run.series, &run.count, err))
		return false;
	count(&run);
	uint64_t habitual = 0;
	for (size_t i = 0; i < run.reporter_count; i++)
		habitual += run.reporters[i].count.usual + run.reporters[i].count.silent > 0;
	bool intake = silence_is_intake(run.all, habitual);
	if (!set(&run, MATTER_INTAKE_SILENT, ISSUE_ON_HOUSE, 0, intake, run.today - (int32_t)run.pause + 1, false))
		return false;
	for (size_t i = 0; i < run.reporter_count; i++)
		if (!set(&run, MATTER_REPORTER_SILENT, ISSUE_ON_REPORTER, run.reporters[i].reporter,
		         run.reporters[i].is_silent && !intake, run.today - (int32_t)run.reporters[i].pause + 1,
		         run.reporters[i].count.usual + run.reporters[i].count.silent == 0))
			return false;
	for (size_t i = 0; i < run.count;) {
		size_t end = i;
		while (end < run.count && run.series[end].domain == run.series[i].domain)
			end++;
		if (!judge_domain(&run, i, end, intake))
			return false;
		i = end;
	}
	return true;
}
