/* SPDX-License-Identifier: ISC */
/* Any bytes through the whole of decode: a mail, JSON, gzip, zip.  What comes out must also pass the channel. */
#include <assert.h>
#include <stdlib.h>

#include "base/limits.h"
#include "decode/decode.h"
#include "report/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena, again;
	struct decoded decoded, read;
	struct arrival arrival = {.bytes = str_make(data, size), .received_at = 1767484800};
	struct buf frame;
	struct err err = {0};

	arena_init(&arena, MIB(256));
	arena_init(&again, MIB(256));
	buf_init(&frame, LIMIT_DECODED_BYTES);
	decode_arrival(&arrival, &arena, &decoded);
	wire_write_decoded(&decoded, &frame);
	assert(!frame.failed);
	if (!wire_read_decoded(buf_view(&frame), &again, &read, &err))
		abort();
	assert(read.report_count == decoded.report_count);
	buf_done(&frame);
	arena_done(&again);
	arena_done(&arena);
	return 0;
}
