/* SPDX-License-Identifier: ISC */
#include "role/diagnosis_mass.h"

#include "role/diagnosis_habits.h"
#include "store/issue_habits.h"
#include "store/issues.h"

#define TURN_SECS (6 * 3600)
#define ALONE_MOST 3 /* more domains at once are one issue of the house */

static bool set(struct store *store, struct arena *arena, enum issue_kind kind, int64_t subject, bool is_on, size_t domains,
                int32_t day, instant now, struct err *err)
{
	struct diagnosis_switch wish = {.matter = MATTER_MASS_FAILURE,
	                                .kind = kind,
	                                .subject = subject,
	                                .since = day,
	                                .today = day,
	                                .is_on = is_on};
	if (is_on && kind == ISSUE_ON_HOUSE)
		wish.detail = str_of(arena_format(arena, "%zu", domains));
	return diagnosis_switch(store, arena, &wish, now, err);
}

static bool judge(struct store *store, struct arena *arena, int32_t day, instant now, struct err *err)
{
	struct habit_mass *rows;
	size_t count, failing = 0;

	if (!issue_habits_mass(store, day, arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		failing += rows[i].is_failing;
	bool is_house = failing > ALONE_MOST;
	if (!set(store, arena, ISSUE_ON_HOUSE, 0, is_house, failing, day, now, err))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!set(store, arena, ISSUE_ON_DOMAIN, rows[i].domain, rows[i].is_failing && !is_house, 1, day, now, err))
			return false;
	return true;
}

bool diagnosis_mass(struct store *store, struct arena *arena, instant now, struct err *err)
{
	int64_t last, turn = now / TURN_SECS;
	int32_t day;

	if (!issues_recall(store, "diagnosis-mass", &last, err) || !issues_last_day(store, &day, err))
		return false;
	if (last == turn || day == DAY_NONE)
		return true;
	return issues_remember(store, "diagnosis-mass", turn, err) && judge(store, arena, day, now, err);
}
