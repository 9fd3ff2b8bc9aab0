/* SPDX-License-Identifier: ISC */
#pragma once
/* What `keep` says of an arrival: the body of a VERDICT message. */
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum verdict_kind {
	VERDICT_KEPT,    /* committed: stored, duplicate, held or quarantined; acknowledge it */
	VERDICT_LATER,   /* could not be stored now: 451, 503 */
	VERDICT_REFUSED, /* will never be taken (too large for the store): 554, 413 */
	VERDICT_KIND_COUNT
};

struct verdict {
	enum verdict_kind kind;
	int64_t arrival_id;           /* when kept */
	unsigned outcome;             /* enum ingest_outcome, when kept */
	uint32_t stored, duplicates, revisions, held;
	bool quarantined;
	bool not_report;              /* quarantined, and there is no TLS report in it */
	char text[200];               /* a sentence, for the log and the reply; ASCII */
};

void verdict_write(const struct verdict *verdict, struct buf *out);
bool verdict_read(struct str body, struct verdict *out, struct err *err);

/* VERDICT_LATER with this reason. */
struct verdict verdict_later(const char *text);
