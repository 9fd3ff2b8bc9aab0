/* SPDX-License-Identifier: ISC */
#include "base/buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/mem.h"
#include "base/num.h"

void buf_init(struct buf *buf, size_t ceiling)
{
	*buf = (struct buf){.ceiling = ceiling};
}

void buf_done(struct buf *buf)
{
	mem_free(buf->p);
	buf_init(buf, buf->ceiling);
}

void buf_clear(struct buf *buf)
{
	buf->len = 0;
	buf->failed = false;
}

char *buf_reserve(struct buf *buf, size_t more)
{
	if (buf->failed || more > buf->ceiling - buf->len) {
		buf->failed = true;
		return NULL;
	}
	size_t need = buf->len + more;
	if (need > buf->size) {
		size_t size = buf->size < 64 ? 64 : buf->size;
		while (size < need)
			size = size > buf->ceiling / 2 ? buf->ceiling : size * 2;
		buf->p = mem_grow(buf->p, size);
		buf->size = size;
	}
	return buf->p == NULL ? NULL : buf->p + buf->len;
}

void buf_advance(struct buf *buf, size_t used)
{
	assert(used <= buf->size - buf->len);
	buf->len += used;
}

void buf_bytes(struct buf *buf, const void *bytes, size_t len)
{
	char *room = len == 0 ? NULL : buf_reserve(buf, len);
	if (room == NULL)
		return;
	memcpy(room, bytes, len);
	buf->len += len;
}

void buf_str(struct buf *buf, struct str s)
{
	buf_bytes(buf, s.p, s.len);
}

void buf_text(struct buf *buf, const char *text)
{
	buf_bytes(buf, text, strlen(text));
}

void buf_byte(struct buf *buf, char byte)
{
	buf_bytes(buf, &byte, 1);
}

void buf_format(struct buf *buf, const char *format, ...)
{
	va_list args;
	va_list again;
	va_start(args, format);
	va_copy(again, args);
	int need = vsnprintf(NULL, 0, format, args);
	va_end(args);
	char *room = need < 0 ? NULL : buf_reserve(buf, (size_t)need + 1);
	if (room != NULL) {
		(void)vsnprintf(room, (size_t)need + 1, format, again);
		buf->len += (size_t)need;
	}
	va_end(again);
}

void buf_uint(struct buf *buf, uint64_t value)
{
	char digits[NUM_DIGITS_MAX];
	buf_str(buf, num_format_uint(value, digits));
}

void buf_int(struct buf *buf, int64_t value)
{
	if (value < 0)
		buf_byte(buf, '-');
	buf_uint(buf, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

void buf_consume(struct buf *buf, size_t len)
{
	assert(len <= buf->len);
	if (len == 0)
		return;
	memmove(buf->p, buf->p + len, buf->len - len);
	buf->len -= len;
}
