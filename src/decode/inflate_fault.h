/* SPDX-License-Identifier: ISC */
#pragma once
/* Where a gzip member goes wrong.  libdeflate says only that it does; this runs only then. */
#include "base/str.h"

struct inflate_fault {
	bool is_truncated; /* nothing is wrong but that it ends too early */
	size_t offset;     /* in the member, of the fault or of its end */
};

/* `member` is one that libdeflate refused; at most `limit` bytes are unpacked, and thrown away. */
struct inflate_fault inflate_fault_find(struct str member, size_t limit);
