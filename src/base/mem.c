/* SPDX-License-Identifier: ISC */
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void mem_exhausted(const char *what, size_t size)
{
	(void)fprintf(stderr, "%s size=\"%zu\"\n", what, size);
	_exit(MEM_EXHAUSTED_EXIT);
}

static void *got(void *p, size_t size)
{
	if (p == NULL && size != 0)
		mem_exhausted("out-of-memory", size);
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
