/* SPDX-License-Identifier: ISC */
#pragma once
/* How the TLSA records of a server stand beside the chain that it shows (RFC 7671, RFC 7672). */
#include "report/observation.h"

struct dane_match {
	struct tls_record record;
	enum tlsa_fault fault; /* TLSA_USABLE, or why senders ignore it */
	bool matches;          /* usable, and the chain satisfies it */
};

enum dane_state {
	DANE_NONE,          /* no TLSA records, or none that are signed */
	DANE_CANNOT_TELL,   /* DNS failed, or the server could not be looked at */
	DANE_ALL_UNUSABLE,  /* TLS is mandatory, and nothing is verified */
	DANE_MATCH,         /* at least one record matches */
	DANE_MISMATCH,      /* usable records, and none matches: senders refuse to deliver */
	DANE_STATE_COUNT,
};

struct dane_seen {
	enum dane_state state;
	bool is_secure; /* the records, or that there are none, are signed and the signatures hold */
	uint32_t ttl_secs;
	struct dane_match *matches;
	size_t match_count;
	struct str detail; /* for DANE_CANNOT_TELL */
};

const char *dane_state_text(enum dane_state state);
