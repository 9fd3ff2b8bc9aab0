/* SPDX-License-Identifier: ISC */
#pragma once
/* Memory for one job (a message, a request, a diagnosis), freed in one stroke.  Asking for more than the ceiling
 * ends the process, as running out of memory does: bound the input first. */
#include <stddef.h>

#include "base/attr.h"

#include "base/str.h"

struct arena_block;

struct arena {
	struct arena_block *blocks; /* newest first */
	size_t used;                /* bytes handed out of the newest block */
	size_t total;               /* bytes of all blocks */
	size_t ceiling;
};

void arena_init(struct arena *arena, size_t ceiling);
void arena_done(struct arena *arena);
void arena_clear(struct arena *arena); /* keeps one block, so that a loop over messages does not reach the heap */

void *arena_alloc(struct arena *arena, size_t size);                /* zeroed, aligned for any type */
void *arena_array(struct arena *arena, size_t n, size_t size);      /* zeroed; n * size is checked */
char *arena_bytes(struct arena *arena, size_t len);                 /* not zeroed, not aligned */
struct str arena_str(struct arena *arena, struct str s);            /* a copy; absent stays absent */
char *arena_text(struct arena *arena, struct str s);                /* a terminated copy */
char *arena_format(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);

#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, n, type) ((type *)arena_array((arena), (n), sizeof(type)))

/* Appends to an array that lives in the arena, doubling it.  `*count` elements are used, `*room` are there.
 * Returns the new, zeroed element. */
void *arena_push(struct arena *arena, void **array, size_t *count, size_t *room, size_t size);
