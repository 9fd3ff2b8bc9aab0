/* SPDX-License-Identifier: ISC */
#pragma once
/* The heap.  A call succeeds or the process ends: every size asked for here is bounded by a limit
 * (base/limits.h), `decode` runs under a cap, and the supervisor restarts what died. */
#include <stddef.h>

void *mem_new(size_t size);                /* zeroed */
void *mem_new_array(size_t n, size_t size); /* zeroed; n * size is checked */
void *mem_grow(void *p, size_t size);      /* like realloc; `p` may be NULL */
void mem_free(void *p);
char *mem_copy_text(const char *text);
