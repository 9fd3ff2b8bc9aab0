/* SPDX-License-Identifier: ISC */
#include "base/line_diff.h"

#include <stdint.h>

#define TABLE_SIDE 400u /* two bytes a cell: 320 kB */

struct str *line_diff_split(struct str text, struct arena *arena, size_t *out_count)
{
	void *lines = NULL;
	size_t room = 0;

	*out_count = 0;
	for (struct str rest = text; rest.p != NULL;) {
		struct str line = str_trim(str_cut(&rest, '\n'));
		if (line.len > 0)
			*(struct str *)arena_push(arena, &lines, out_count, &room, sizeof line) = line;
	}
	return lines;
}

struct sides {
	const struct str *was, *now;
	size_t was_count, now_count;
	struct line_change *out;
	size_t count;
};

static void put(struct sides *sides, enum line_sign sign, struct str text)
{
	sides->out[sides->count++] = (struct line_change){sign, text};
}

/* The longest common subsequence of what is left of both sides, as a table of its lengths. */
static uint16_t *table_of(const struct sides *sides, struct arena *arena)
{
	size_t width = sides->now_count + 1;
	uint16_t *table = arena_array(arena, (sides->was_count + 1) * width, sizeof *table);

	for (size_t i = sides->was_count; i-- > 0;)
		for (size_t j = sides->now_count; j-- > 0;) {
			uint16_t down = table[(i + 1) * width + j], right = table[i * width + j + 1];
			table[i * width + j] = str_eq(sides->was[i], sides->now[j]) ? (uint16_t)(table[(i + 1) * width + j + 1] + 1)
			                       : down >= right                        ? down
			                                                              : right;
		}
	return table;
}

static void walk(struct sides *sides, struct arena *arena)
{
	bool is_long = sides->was_count > TABLE_SIDE || sides->now_count > TABLE_SIDE;
	const uint16_t *table = is_long ? NULL : table_of(sides, arena);
	size_t width = sides->now_count + 1, i = 0, j = 0;

	while (i < sides->was_count || j < sides->now_count) {
		bool both = i < sides->was_count && j < sides->now_count;
		if (both && table != NULL && str_eq(sides->was[i], sides->now[j])) {
			put(sides, LINE_KEPT, sides->now[j++]);
			i++;
		} else if (i < sides->was_count && (!both || table == NULL || table[(i + 1) * width + j] >= table[i * width + j + 1])) {
			put(sides, LINE_GONE, sides->was[i++]);
		} else {
			put(sides, LINE_NEW, sides->now[j++]);
		}
	}
}

struct line_change *line_diff(const struct str *was, size_t was_count, const struct str *now, size_t now_count,
                              struct arena *arena, size_t *out_count)
{
	struct sides sides = {.out = ARENA_ARRAY(arena, was_count + now_count + 1, struct line_change)};
	size_t head = 0, tail = 0;

	while (head < was_count && head < now_count && str_eq(was[head], now[head]))
		put(&sides, LINE_KEPT, now[head++]);
	while (tail < was_count - head && tail < now_count - head && str_eq(was[was_count - 1 - tail], now[now_count - 1 - tail]))
		tail++;
	if (was_count > head) {
		sides.was = was + head;
		sides.was_count = was_count - head - tail;
	}
	if (now_count > head) {
		sides.now = now + head;
		sides.now_count = now_count - head - tail;
	}
	walk(&sides, arena);
	for (size_t i = now_count - tail; i < now_count; i++)
		put(&sides, LINE_KEPT, now[i]);
	*out_count = sides.count;
	return sides.out;
}
