/* SPDX-License-Identifier: ISC */
#include "web/challenge_desk.h"

#include <assert.h>

#include "base/mem.h"

#define PLACES 2048u

struct place {
	bool is_used;
	enum challenge_kind kind;
	unsigned char key[CHALLENGE_BYTES];
	int64_t owner, until_ms;
	size_t len;
	char note[CHALLENGE_NOTE_BYTES];
};

struct challenge_desk {
	size_t next; /* the oldest, or a free one */
	struct place places[PLACES];
};

struct challenge_desk *challenge_desk_new(void)
{
	return mem_new(sizeof(struct challenge_desk));
}

void challenge_desk_free(struct challenge_desk **desk)
{
	mem_free(*desk);
	*desk = NULL;
}

void challenge_desk_put(struct challenge_desk *desk, enum challenge_kind kind, const unsigned char key[CHALLENGE_BYTES],
                        int64_t owner, struct str note, int64_t now_ms)
{
	struct place *place = &desk->places[desk->next++ % PLACES];

	assert(note.len <= CHALLENGE_NOTE_BYTES);
	*place = (struct place){
	    .is_used = true, .kind = kind, .owner = owner, .until_ms = now_ms + CHALLENGE_SECS * 1000, .len = note.len};
	memcpy(place->key, key, CHALLENGE_BYTES);
	if (note.len > 0)
		memcpy(place->note, note.p, note.len);
}

bool challenge_desk_take(struct challenge_desk *desk, enum challenge_kind kind, struct str key, int64_t owner, int64_t now_ms,
                         char *out_note, size_t *out_len)
{
	if (key.len != CHALLENGE_BYTES)
		return false;
	for (size_t i = 0; i < PLACES; i++) {
		struct place *place = &desk->places[i];
		/* It is random, and there is no telling by time how much of it was right. */
		if (!place->is_used || place->kind != kind || memcmp(place->key, key.p, CHALLENGE_BYTES) != 0)
			continue;
		bool is_good = place->owner == owner && now_ms < place->until_ms;
		if (is_good) {
			memcpy(out_note, place->note, place->len);
			*out_len = place->len;
		}
		explicit_bzero(place, sizeof *place);
		return is_good;
	}
	return false;
}
