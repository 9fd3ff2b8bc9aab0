/* SPDX-License-Identifier: ISC */
#pragma once
/* gzip (libdeflate) and zip (libzip), the output capped before a byte of it is made. */
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"
#include "report/decoded.h"

enum content_kind {
	CONTENT_OTHER,
	CONTENT_EMPTY,
	CONTENT_JSON,      /* after an optional byte order mark and blanks: { or [ */
	CONTENT_GZIP,
	CONTENT_ZIP,
	CONTENT_CONTAINER, /* another packer; its name is known */
	CONTENT_UTF16,     /* JSON in UTF-16 or UTF-32 */
	CONTENT_XML,
};

/* Tells content by its first bytes.  `*out_name` of a container, else NULL. */
enum content_kind content_kind(struct str bytes, const char **out_name);

struct inflated {
	struct str *texts; /* one for each gzip member that is a JSON text by itself, or each fitting zip entry */
	size_t count;
	size_t spent; /* of the limit, also by what failed */
	uint64_t deviations; /* bits of enum deviation_kind */
	struct problem problem; /* what stopped it; texts found before are there */
};

struct inflater; /* holds buffers between messages */

struct inflater *inflater_new(void);

/* Unpacks at most `limit` bytes in all, into `arena`. */
void inflate_gzip(struct inflater *inflater, struct str bytes, size_t limit, struct arena *arena, struct inflated *out);
void inflate_zip(struct str bytes, size_t limit, struct arena *arena, struct inflated *out);
