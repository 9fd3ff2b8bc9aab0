/* SPDX-License-Identifier: ISC */
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *got(void *p, size_t size)
{
	if (p == NULL && size != 0) {
		(void)fprintf(stderr, "out-of-memory size=\"%zu\"\n", size);
		abort();
	}
	return p;
}

void *mem_new(size_t size)
{
	return got(calloc(1, size), size);
}

void *mem_new_array(size_t n, size_t size)
{
	return got(calloc(n, size), n);
}

void *mem_grow(void *p, size_t size)
{
	return got(realloc(p, size), size);
}

void mem_free(void *p)
{
	free(p);
}

char *mem_copy_text(const char *text)
{
	return got(strdup(text), 1);
}
