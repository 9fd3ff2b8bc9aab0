/* SPDX-License-Identifier: ISC */
#include "store/names.h"

#include "base/limits.h"
#include "base/mem.h"

#define SLOTS 65536u /* a power of two */
#define MOST (SLOTS / 2)
#define TEXT_BYTES MIB(4)

struct slot {
	struct str text;
	uint64_t hash;
	int64_t id;
};

struct names {
	struct db *db;
	struct slot *slots;
	size_t used;
	struct arena texts;
};

struct names *names_new(struct db *db)
{
	struct names *names = mem_new(sizeof *names);
	names->db = db;
	names->slots = mem_new_array(SLOTS, sizeof *names->slots);
	arena_init(&names->texts, TEXT_BYTES + MIB(1));
	return names;
}

void names_free(struct names **names)
{
	if (*names == NULL)
		return;
	arena_done(&(*names)->texts);
	mem_free((*names)->slots);
	mem_free(*names);
	*names = NULL;
}

void names_forget(struct names *names)
{
	memset(names->slots, 0, SLOTS * sizeof *names->slots);
	names->used = 0;
	arena_clear(&names->texts);
}

static uint64_t hash_of(struct str text)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	for (size_t i = 0; i < text.len; i++)
		hash = (hash ^ (unsigned char)text.p[i]) * UINT64_C(0x100000001b3);
	return hash ^ hash >> 29;
}

static struct slot *slot_of(struct names *names, struct str text, uint64_t hash)
{
	for (size_t at = hash & (SLOTS - 1);; at = (at + 1) & (SLOTS - 1)) {
		struct slot *slot = &names->slots[at];
		if (slot->text.p == NULL || (slot->hash == hash && str_eq(slot->text, text)))
			return slot;
	}
}

static void remember(struct names *names, struct str text, uint64_t hash, int64_t id)
{
	if (names->used >= MOST || names->texts.total + text.len > TEXT_BYTES)
		names_forget(names);
	struct slot *slot = slot_of(names, text, hash);
	*slot = (struct slot){.text = arena_str(&names->texts, text), .hash = hash, .id = id};
	names->used++;
}

bool names_find(struct names *names, struct str text, int64_t *out_id, struct err *err)
{
	if (text.len == 0) {
		*out_id = 0;
		return true;
	}
	uint64_t hash = hash_of(text);
	const struct slot *slot = slot_of(names, text, hash);
	if (slot->text.p != NULL) {
		*out_id = slot->id;
		return true;
	}
	if (!db_number(names->db, "SELECT id FROM name WHERE text = ?", DB_VALUES(db_text(text)), -1, out_id, err))
		return false;
	if (*out_id >= 0)
		remember(names, text, hash, *out_id);
	return true;
}

bool names_put(struct names *names, struct str text, int64_t *out_id, struct err *err)
{
	if (!names_find(names, text, out_id, err))
		return false;
	if (*out_id >= 0)
		return true;
	if (!db_run(names->db, "INSERT INTO name (text) VALUES (?)", DB_VALUES(db_text(text)), err))
		return false;
	*out_id = db_last_id(names->db);
	remember(names, text, hash_of(text), *out_id);
	return true;
}

bool names_get(struct names *names, int64_t id, struct arena *arena, struct str *out, struct err *err)
{
	*out = STR_NONE;
	if (id == 0)
		return true;
	struct query *query = db_ask(names->db, "SELECT text FROM name WHERE id = ?", DB_VALUES(db_int(id)), err);
	if (query == NULL)
		return false;
	if (db_next(query))
		*out = arena_str(arena, db_get_text(query, 0));
	return db_end(query, err);
}
