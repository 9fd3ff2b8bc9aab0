/* SPDX-License-Identifier: ISC */
#include "sys/squeeze.h"

#include <libdeflate.h>

#define LEVEL 5 /* 100 kB of JSON in a millisecond, a tenth of its size */

bool squeeze_gzip(struct str bytes, struct buf *out)
{
	struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(LEVEL);
	size_t bound = compressor == NULL ? 0 : libdeflate_gzip_compress_bound(compressor, bytes.len);
	char *room = compressor == NULL ? NULL : buf_reserve(out, bound);
	size_t size = room == NULL ? 0 : libdeflate_gzip_compress(compressor, bytes.p, bytes.len, room, bound);

	buf_advance(out, size);
	libdeflate_free_compressor(compressor);
	return size > 0;
}
