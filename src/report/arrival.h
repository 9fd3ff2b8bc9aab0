/* SPDX-License-Identifier: ISC */
#pragma once
/* Bytes that came in, and how they came. */
#include "base/instant.h"
#include "base/str.h"
#include "facts/doors.h"
#include "facts/trusts.h"

enum door {
#define X(id, text) DOOR_##id,
	DOORS(X)
#undef X
	    DOOR_COUNT
};

/* Best first: a smaller number is more trust. */
enum trust {
#define X(id, text, counts) TRUST_##id,
	TRUSTS(X)
#undef X
	    TRUST_COUNT
};

struct arrival {
	enum door door;
	instant received_at;
	struct str name;      /* file name or path, as far as known; never opened, only shown and searched for a domain */
	struct str peer;      /* address of the client, as text; absent for files */
	struct str helo;
	struct str mail_from; /* "" for the null path, absent where there is none */
	struct str recipient; /* the address, or the path of the POST */
	bool is_secret;       /* came to the unguessable address or URL of a domain */
	struct str bytes;     /* the original: a mail, JSON, gzip, zip */
	/* The JSON of the report with this id and first second is wanted (decoded.text), to be looked at. */
	bool wants_text;
	struct str wanted_id;
	instant wanted_begin;
};

const char *door_text(enum door door);
const char *trust_text(enum trust trust);
bool trust_counts_by_default(enum trust trust);
