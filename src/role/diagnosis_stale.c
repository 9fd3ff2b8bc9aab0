/* SPDX-License-Identifier: ISC */
#include "role/diagnosis_stale.h"

#include <stdlib.h>

#include "base/limits.h"
#include "diagnose/stale_policy.h"
#include "publish/sts_text.h"
#include "role/diagnosis_habits.h"
#include "store/issue_habits.h"
#include "store/policies.h"

struct texts {
	struct str *items; /* canonical; index + 1 is the number */
	size_t count, room;
};

static int by_text(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* What two reporters that hold the same policy write alike: key, order and line ends differ. */
static struct str canonical(const struct policy_seen *row, struct arena *arena, uint64_t *out_max_age)
{
	struct sts_policy policy;
	struct findings none = {0};
	struct buf text;

	buf_init(&text, MIB(1));
	for (size_t i = 0; i < row->strings.count; i++)
		buf_format(&text, "%.*s\n", STR_ARGS(str_trim(row->strings.items[i])));
	sts_text_read(arena_str(arena, buf_view(&text)), STR_NONE, arena, &policy, &none);
	*out_max_age = policy.has_max_age ? policy.max_age_secs : 0;
	buf_clear(&text);
	if (policy.mx.count > 1)
		qsort(policy.mx.items, policy.mx.count, sizeof *policy.mx.items, by_text);
	for (size_t i = 0; i < policy.mx.count; i++)
		buf_format(&text, "%.*s ", STR_ARGS(policy.mx.items[i]));
	buf_format(&text, "%llu", (unsigned long long)*out_max_age);
	struct str key = arena_str(arena, buf_view(&text));
	buf_done(&text);
	return key;
}

static unsigned number_of(struct texts *texts, struct arena *arena, struct str text)
{
	for (size_t i = 0; i < texts->count; i++)
		if (str_eq(texts->items[i], text))
			return (unsigned)i + 1;
	void *items = texts->items;
	*(struct str *)arena_push(arena, &items, &texts->count, &texts->room, sizeof text) = text;
	texts->items = items;
	return (unsigned)texts->count;
}

static size_t take(const struct policy_seen *rows, size_t n, struct arena *arena, struct stale_seen *out, size_t *origin)
{
	struct texts texts = {0}, reporters = {0};
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		uint64_t max_age = 0;
		if (rows[i].type != POLICY_STS || rows[i].mode == MODE_NOT_STATED)
			continue;
		unsigned text = rows[i].strings.count == 0
		                    ? 0
		                    : number_of(&texts, arena, canonical(&rows[i], arena, &max_age));
		origin[count] = i;
		out[count++] = (struct stale_seen){.reporter = number_of(&reporters, arena, rows[i].reporter),
		                                   .text = text,
		                                   .mode = rows[i].mode,
		                                   .max_age_secs = max_age,
		                                   .first_day = rows[i].first_day,
		                                   .last_day = rows[i].last_day};
	}
	return count;
}

/* "REPORTER FIRST-DAY UNTIL-DAY MODE NEW-MODE", days as numbers, 0 for one that is not known. */
static struct str detail_of(const struct stale_seen *seen, const struct stale_verdict *verdict,
                            const struct policy_seen *row, struct arena *arena)
{
	int32_t until = verdict->until_day == DAY_NONE ? 0 : verdict->until_day;
	return str_of(arena_format(arena, "%.*s %d %d %s %s", STR_ARGS(row->reporter), seen[verdict->old].first_day, until,
	                           sts_mode_text(seen[verdict->old].mode), sts_mode_text(seen[verdict->now].mode)));
}

static bool judge(struct store *store, struct arena *arena, const struct habit_domain *domain, int32_t today, instant now,
                  struct err *err)
{
	struct policy_seen *rows;
	struct stale_verdict verdict;
	size_t n;

	if (!policies_seen(store, domain->name, arena, &rows, &n, err))
		return false;
	struct stale_seen *seen = ARENA_ARRAY(arena, n + 1, struct stale_seen);
	size_t *origin = ARENA_ARRAY(arena, n + 1, size_t);
	size_t count = take(rows, n, arena, seen, origin);
	struct diagnosis_switch wish = {.matter = MATTER_STALE_POLICY,
	                                .kind = ISSUE_ON_DOMAIN,
	                                .subject = domain->id,
	                                .today = today,
	                                .is_on = stale_policy_find(seen, count, today, &verdict)};
	if (wish.is_on) {
		wish.since = verdict.since_day;
		wish.detail = detail_of(seen, &verdict, &rows[origin[verdict.old]], arena);
	}
	return diagnosis_switch(store, arena, &wish, now, err);
}

bool diagnosis_stale(struct store *store, struct arena *arena, int32_t today, instant now, struct err *err)
{
	struct habit_domain *domains;
	size_t count;
	struct arena one;
	bool ok = issue_habits_moved(store, today, arena, &domains, &count, err);

	arena_init(&one, MIB(32));
	for (size_t i = 0; ok && i < count; i++) {
		arena_clear(&one);
		ok = judge(store, &one, &domains[i], today, now, err);
	}
	arena_done(&one);
	return ok;
}
