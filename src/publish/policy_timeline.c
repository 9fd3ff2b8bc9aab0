/* SPDX-License-Identifier: ISC */
#include "publish/policy_timeline.h"

#include <stdlib.h>

#define LINES_MOST 200u

struct weaving {
	struct arena *arena;
	struct policy_entry *entries;
	size_t count, room;
};

/* "mode:enforce" and "mode : enforce" are the same to a sender. */
static struct str tidy(struct str line, struct arena *arena)
{
	struct str rest = line, key = str_trim(str_cut(&rest, ':')), value = str_trim(rest);

	if (rest.p == NULL)
		return str_trim(line);
	char *out = arena_bytes(arena, key.len + 2 + value.len); /* foreign bytes, which may hold NULs */
	if (key.len > 0)
		memcpy(out, key.p, key.len);
	memcpy(out + key.len, ": ", 2);
	if (value.len > 0)
		memcpy(out + key.len + 2, value.p, value.len);
	return str_make(out, key.len + 2 + value.len);
}

static struct str_list lines_of(const struct str *lines, size_t count, enum policy_type type, struct arena *arena)
{
	struct str_list out = {.items = ARENA_ARRAY(arena, count + 1, struct str)};

	for (size_t i = 0; i < count && out.count < LINES_MOST; i++) {
		struct str line = type == POLICY_STS ? tidy(lines[i], arena) : str_trim(lines[i]);
		if (line.len > 0)
			out.items[out.count++] = line;
	}
	return out;
}

static bool is_same(const struct policy_entry *a, const struct policy_entry *b)
{
	if (a->type != b->type || a->lines.count != b->lines.count)
		return false;
	for (size_t i = 0; i < a->lines.count; i++)
		if (!str_eq(a->lines.items[i], b->lines.items[i]))
			return false;
	return true;
}

static void add(struct weaving *weaving, const struct policy_entry *entry)
{
	void *entries = weaving->entries;

	*(struct policy_entry *)arena_push(weaving->arena, &entries, &weaving->count, &weaving->room, sizeof *entry) = *entry;
	weaving->entries = entries;
}

static void take_ours(struct weaving *weaving, const struct observation *rows, size_t count, struct str domain)
{
	for (size_t i = 0; i < count; i++) {
		const struct observation *row = &rows[i];
		size_t n;
		if (row->kind != OBSERVED_POLICY || !str_eq(row->subject, domain))
			continue;
		struct str *lines = line_diff_split(row->text, weaving->arena, &n);
		add(weaving, &(struct policy_entry){.type = POLICY_STS, .from = row->first_seen, .until = row->last_seen, .by_us = true,
		                                    .is_now = row->gone_at == INSTANT_NONE,
		                                    .lines = lines_of(lines, n, POLICY_STS, weaving->arena)});
	}
}

static void take_reporters(struct weaving *weaving, const struct policy_seen *seen, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct policy_seen *one = &seen[i];
		if ((one->type != POLICY_STS && one->type != POLICY_TLSA) || one->strings.count == 0)
			continue;
		struct policy_entry entry = {.type = one->type, .from = day_start(one->first_day), .until = day_start(one->last_day + 1) - 1,
		                             .lines = lines_of(one->strings.items, one->strings.count, one->type, weaving->arena)};
		entry.reporters.items = ARENA_ARRAY(weaving->arena, 1, struct str);
		entry.reporters.items[entry.reporters.count++] = one->reporter;
		add(weaving, &entry);
	}
}

/* Of one moment the text decides, so that the same ones stand together, then who saw it: each order is one only. */
static int oldest_first(const void *a, const void *b)
{
	const struct policy_entry *x = a, *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	for (size_t i = 0; i < x->lines.count && i < y->lines.count; i++)
		if (!str_eq(x->lines.items[i], y->lines.items[i]))
			return str_cmp(x->lines.items[i], y->lines.items[i]);
	if (x->lines.count != y->lines.count)
		return x->lines.count < y->lines.count ? -1 : 1;
	if (x->reporters.count != y->reporters.count)
		return x->reporters.count < y->reporters.count ? -1 : 1;
	return x->reporters.count == 0 ? 0 : str_cmp(x->reporters.items[0], y->reporters.items[0]);
}

static void merge(struct weaving *weaving, struct policy_entry *into, const struct policy_entry *one)
{
	into->until = one->until > into->until ? one->until : into->until;
	into->by_us |= one->by_us;
	into->is_now |= one->is_now;
	if (one->reporters.count == 0)
		return;
	struct str *items = ARENA_ARRAY(weaving->arena, into->reporters.count + 1, struct str);
	for (size_t i = 0; i < into->reporters.count; i++) {
		items[i] = into->reporters.items[i];
		if (str_eq(items[i], one->reporters.items[0]))
			return;
	}
	items[into->reporters.count++] = one->reporters.items[0];
	into->reporters.items = items;
}

/* An entry goes into the last one of its type that is kept, or, of a reporter, into the one with its text: a reporter that
 * comes later to a policy of before has nothing new to tell. */
static struct policy_entry *place_of(struct policy_entry *kept, size_t count, const struct policy_entry *one)
{
	bool is_last = true;

	for (size_t i = count; i-- > 0;) {
		if (kept[i].type != one->type)
			continue;
		if ((is_last || !one->by_us) && is_same(&kept[i], one))
			return &kept[i];
		is_last = false;
	}
	return NULL;
}

static size_t weave(struct weaving *weaving)
{
	struct policy_entry *entries = weaving->entries;
	size_t kept = 0;

	for (size_t i = 0; i < weaving->count; i++) {
		struct policy_entry *place = place_of(entries, kept, &entries[i]);
		if (place != NULL)
			merge(weaving, place, &entries[i]);
		else
			entries[kept++] = entries[i];
	}
	return kept;
}

static void compare(struct policy_entry *entries, size_t at, struct arena *arena)
{
	struct policy_entry *now = &entries[at];
	struct str_list was = {0};

	for (size_t i = at; i-- > 0 && was.count == 0;)
		if (entries[i].type == now->type)
			was = entries[i].lines;
	now->changes = line_diff(was.items, was.count, now->lines.items, now->lines.count, arena, &now->change_count);
}

void policy_timeline(const struct domain_history *history, struct arena *arena, struct policy_entry **out, size_t *out_count)
{
	struct weaving weaving = {.arena = arena};

	take_ours(&weaving, history->rows, history->count, history->domain);
	take_reporters(&weaving, history->seen, history->seen_count);
	if (weaving.count > 0)
		qsort(weaving.entries, weaving.count, sizeof *weaving.entries, oldest_first);
	size_t kept = weave(&weaving), most = kept < POLICY_TIMELINE_MOST ? kept : POLICY_TIMELINE_MOST;
	*out = ARENA_ARRAY(arena, most + 1, struct policy_entry);
	for (size_t i = 0; i < most; i++) {
		compare(weaving.entries, kept - 1 - i, arena);
		(*out)[i] = weaving.entries[kept - 1 - i];
	}
	*out_count = most;
}
