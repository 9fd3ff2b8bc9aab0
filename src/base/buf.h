/* SPDX-License-Identifier: ISC */
#pragma once
/* Growing bytes with a ceiling.  The first append that would pass the ceiling sets `failed` and is not done,
 * nor is any after it: check once, at the end.
 * Invariants: len <= size <= ceiling; p is NULL only while size is 0. */
#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"

struct buf {
	char *p;
	size_t len;
	size_t size;
	size_t ceiling;
	bool failed;
};

void buf_init(struct buf *buf, size_t ceiling);
void buf_done(struct buf *buf);  /* frees, and leaves it as after init */
void buf_clear(struct buf *buf); /* empty, not failed; keeps the memory */

/* Room for `more` bytes behind the end, or NULL when that would pass the ceiling; then advance by what was used. */
char *buf_reserve(struct buf *buf, size_t more);
void buf_advance(struct buf *buf, size_t used);

void buf_bytes(struct buf *buf, const void *bytes, size_t len);
void buf_str(struct buf *buf, struct str s);
void buf_text(struct buf *buf, const char *text);
void buf_byte(struct buf *buf, char byte);
void buf_format(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
void buf_uint(struct buf *buf, uint64_t value);
void buf_int(struct buf *buf, int64_t value);

/* Drops `len` bytes at the front. */
void buf_consume(struct buf *buf, size_t len);

static inline struct str buf_view(const struct buf *buf)
{
	return str_make(buf->p == NULL ? "" : buf->p, buf->len);
}
