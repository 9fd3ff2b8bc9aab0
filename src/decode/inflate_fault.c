/* SPDX-License-Identifier: ISC */
/* The door of zlib. */
#include "decode/inflate_fault.h"

#include <zlib.h>

#include "base/limits.h"

#define GZIP_WINDOW (16 + MAX_WBITS) /* zlib's way to say: gzip */

struct inflate_fault inflate_fault_find(struct str member, size_t limit)
{
	struct inflate_fault fault = {0};
	z_stream stream = {0};
	Bytef out[KIB(16)];
	Bytef in[KIB(4)]; /* zlib's pointer is not const */
	size_t fed = 0, made = 0;
	int code = inflateInit2(&stream, GZIP_WINDOW);

	if (code != Z_OK)
		return fault;
	while (code == Z_OK && made <= limit) {
		if (stream.avail_in == 0) {
			size_t more = member.len - fed < sizeof in ? member.len - fed : sizeof in;
			if (more == 0)
				break;
			memcpy(in, member.p + fed, more);
			fed += more;
			stream.next_in = in;
			stream.avail_in = (uInt)more;
		}
		stream.next_out = out;
		stream.avail_out = sizeof out;
		code = inflate(&stream, Z_NO_FLUSH);
		made += sizeof out - stream.avail_out;
		if (code == Z_BUF_ERROR)
			code = Z_OK;
	}
	fault.offset = fed - stream.avail_in;
	fault.is_truncated = code == Z_OK && fault.offset == member.len;
	(void)inflateEnd(&stream);
	return fault;
}
