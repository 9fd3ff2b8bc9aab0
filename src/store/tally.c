/* SPDX-License-Identifier: ISC */
#include "store/tally.h"

#include <assert.h>
#include <string.h>

#define FIRST_SLOTS 64

void tally_init(struct tally *tally, struct arena *arena, size_t width)
{
	assert(width > 0 && width <= TALLY_WIDTH);
	*tally = (struct tally){.arena = arena, .width = width};
}

static uint64_t hash_of(const int64_t *key, size_t width)
{
	uint64_t hash = UINT64_C(0x9E3779B97F4A7C15);
	for (size_t i = 0; i < width; i++) {
		hash = (hash ^ (uint64_t)key[i]) * UINT64_C(0xFF51AFD7ED558CCD);
		hash ^= hash >> 32;
	}
	return hash;
}

static uint32_t *slot_of(const struct tally *tally, const int64_t *key)
{
	for (size_t at = hash_of(key, tally->width) & (tally->room - 1);; at = (at + 1) & (tally->room - 1)) {
		uint32_t *slot = &tally->slots[at];
		if (*slot == 0 ||
		    memcmp(&tally->keys[(size_t)(*slot - 1) * tally->width], key, tally->width * sizeof *key) == 0)
			return slot;
	}
}

static void grow(struct tally *tally)
{
	if (tally->count == tally->key_room) {
		size_t room = tally->key_room == 0 ? FIRST_SLOTS : tally->key_room * 2;
		int64_t *keys = ARENA_ARRAY(tally->arena, room * tally->width, int64_t);
		if (tally->count > 0)
			memcpy(keys, tally->keys, tally->count * tally->width * sizeof *keys);
		tally->keys = keys;
		tally->key_room = room;
	}
	if (2 * tally->count < tally->room)
		return;
	tally->room = tally->room == 0 ? FIRST_SLOTS : tally->room * 2;
	tally->slots = ARENA_ARRAY(tally->arena, tally->room, uint32_t);
	for (size_t i = 0; i < tally->count; i++)
		*slot_of(tally, &tally->keys[i * tally->width]) = (uint32_t)i + 1;
}

size_t tally_of(struct tally *tally, const int64_t *key, bool *out_new)
{
	if (2 * tally->count >= tally->room || tally->count == tally->key_room)
		grow(tally);
	uint32_t *slot = slot_of(tally, key);
	*out_new = *slot == 0;
	if (*out_new) {
		memcpy(&tally->keys[tally->count * tally->width], key, tally->width * sizeof *key);
		*slot = (uint32_t)++tally->count;
	}
	return *slot - 1;
}

bool tally_find(const struct tally *tally, const int64_t *key, size_t *out)
{
	uint32_t slot = tally->room == 0 ? 0 : *slot_of(tally, key);

	*out = slot == 0 ? 0 : slot - 1;
	return slot != 0;
}
