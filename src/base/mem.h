/* SPDX-License-Identifier: ISC */
#pragma once
/* The heap.  A call succeeds or the process ends: every size asked for here is bounded by a limit
 * (base/limits.h), `decode` runs under a cap, and the supervisor restarts what died. */
#include <stddef.h>

#include "base/attr.h"

/* How a process ends that has no memory left or would pass a ceiling: told apart from a crash by whoever waits for it. */
#define MEM_EXHAUSTED_EXIT 83
NO_RETURN void mem_exhausted(const char *what, size_t size);

void *mem_new(size_t size);                /* zeroed */
void *mem_new_array(size_t n, size_t size); /* zeroed; n * size is checked */
void *mem_grow(void *p, size_t size);      /* like realloc; `p` may be NULL */
void mem_free(void *p);
char *mem_copy_text(const char *text);
