/* SPDX-License-Identifier: ISC */
#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

#define ALIGN 16u
#define BLOCK_MIN ((size_t)16 * 1024)

struct arena_block {
	struct arena_block *next;
	size_t size;
	_Alignas(ALIGN) char bytes[];
};

void arena_init(struct arena *arena, size_t ceiling)
{
	*arena = (struct arena){.ceiling = ceiling};
}

static void free_after(struct arena *arena, struct arena_block *first)
{
	while (first != NULL) {
		struct arena_block *next = first->next;
		arena->total -= first->size;
		mem_free(first);
		first = next;
	}
}

void arena_done(struct arena *arena)
{
	free_after(arena, arena->blocks);
	arena_init(arena, arena->ceiling);
}

void arena_clear(struct arena *arena)
{
	if (arena->blocks == NULL)
		return;
	free_after(arena, arena->blocks->next);
	arena->blocks->next = NULL;
	arena->used = 0;
}

static void *take(struct arena *arena, size_t size, size_t align)
{
	size_t start = (arena->used + align - 1) & ~(align - 1);

	if (arena->blocks == NULL || start > arena->blocks->size || size > arena->blocks->size - start) {
		size_t want = arena->total < BLOCK_MIN ? BLOCK_MIN : arena->total;
		if (want < size)
			want = size;
		if (size > arena->ceiling || arena->total > arena->ceiling - size)
			mem_exhausted("arena-ceiling", size);
		if (want > arena->ceiling - arena->total)
			want = arena->ceiling - arena->total;
		struct arena_block *block = mem_grow(NULL, sizeof *block + want);
		block->next = arena->blocks;
		block->size = want;
		arena->blocks = block;
		arena->total += want;
		start = 0;
	}
	arena->used = start + size;
	return arena->blocks->bytes + start;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	return memset(take(arena, size, ALIGN), 0, size);
}

void *arena_array(struct arena *arena, size_t n, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes))
		bytes = SIZE_MAX;
	return arena_alloc(arena, bytes);
}

char *arena_bytes(struct arena *arena, size_t len)
{
	return take(arena, len, 1);
}

struct str arena_str(struct arena *arena, struct str s)
{
	if (s.p == NULL)
		return STR_NONE;
	char *copy = arena_bytes(arena, s.len);
	if (s.len > 0)
		memcpy(copy, s.p, s.len);
	return str_make(copy, s.len);
}

char *arena_text(struct arena *arena, struct str s)
{
	char *copy = arena_bytes(arena, s.len + 1);
	if (s.len > 0)
		memcpy(copy, s.p, s.len);
	copy[s.len] = '\0';
	return copy;
}

char *arena_format(struct arena *arena, const char *format, ...)
{
	va_list args;
	va_list again;
	va_start(args, format);
	va_copy(again, args);
	int need = vsnprintf(NULL, 0, format, args);
	va_end(args);
	char *text = arena_bytes(arena, need < 0 ? 1 : (size_t)need + 1);
	text[0] = '\0';
	if (need > 0)
		(void)vsnprintf(text, (size_t)need + 1, format, again);
	va_end(again);
	return text;
}

void *arena_push(struct arena *arena, void **array, size_t *count, size_t *room, size_t size)
{
	if (*count == *room) {
		size_t wider = *room == 0 ? 4 : *room * 2;
		char *grown = arena_array(arena, wider, size);
		if (*count > 0)
			memcpy(grown, *array, *count * size);
		*array = grown;
		*room = wider;
	}
	return (char *)*array + (*count)++ * size;
}
