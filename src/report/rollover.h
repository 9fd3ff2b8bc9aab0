/* SPDX-License-Identifier: ISC */
#pragma once
/* Where a server stands in the change of the key that its TLSA records name. */
#include "report/check.h"

enum rollover_state {
	ROLLOVER_NONE,        /* no records that count, DNS not signed */
	ROLLOVER_MAY_BEGIN,   /* none, and DNS is signed: they could be published */
	ROLLOVER_ONE,         /* records of the key in use alone */
	ROLLOVER_BOTH,        /* the key in use, and another one: the next, or the last */
	ROLLOVER_MISMATCH,    /* usable records, none of the key in use */
	ROLLOVER_UNUSABLE,
	ROLLOVER_CANNOT_TELL,
	ROLLOVER_STATE_COUNT
};

/* How one record stands beside what the server shows now. */
enum tlsa_standing {
	TLSA_STANDS_MATCH,
	TLSA_STANDS_SPARE,    /* usable; it matches nothing now, beside one that does: the next key, or the last */
	TLSA_STANDS_MISMATCH, /* usable, and none matches */
	TLSA_STANDS_UNUSABLE,
	TLSA_STANDS_UNKNOWN,  /* the server could not be looked at */
	TLSA_STANDS_COUNT
};

struct rollover_record {
	const struct dane_match *match;
	enum tlsa_standing standing;
};

struct rollover {
	struct str host;
	enum rollover_state state;
	size_t matching, others; /* usable records that match the chain, and that do not */
	uint32_t ttl_secs;       /* of the records; 0: not known */
	struct str now;          /* "3 1 1 <hex>" of the key in use; absent where no chain was seen */
	struct str next;         /* the same of the key that is to come; absent where it was not given */
	bool next_published;
	enum check_state zone;   /* CHECK_OK: what stands there, or that nothing does, is signed; CHECK_NONE: it is not; CHECK_CANNOT_TELL */
	struct str detail;       /* why it could not be told; may be absent */
	struct rollover_record *records;
	size_t record_count;
};
