/* SPDX-License-Identifier: ISC */
#pragma once
/* Numbers keys of a few integers 0, 1, 2 ... in the order in which they come: groups and distinct counts while
 * walking over rows.  Lives in an arena. */
#include <stdint.h>

#include "base/arena.h"

#define TALLY_WIDTH 8 /* integers in a key, at most */

struct tally {
	struct arena *arena;
	size_t width, count, room; /* room: slots, a power of two */
	int64_t *keys;             /* count * width */
	size_t key_room;
	uint32_t *slots; /* index + 1; 0: free */
};

void tally_init(struct tally *tally, struct arena *arena, size_t width);
/* The number of the key; `*out_new` when it came for the first time. */
size_t tally_of(struct tally *tally, const int64_t *key, bool *out_new);
/* Without adding it: false when it did not come yet. */
bool tally_find(const struct tally *tally, const int64_t *key, size_t *out);
