/* SPDX-License-Identifier: ISC */
#pragma once
/* DNS with DNSSEC: the door to libunbound.  A question has an absolute deadline and always an answer with a named
 * outcome; answers are cached for as long as their TTL says, failures for a few seconds.  For any number of threads.
 * Nothing here decides what an answer means. */
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "facts/dns_types.h"

enum resolve_type {
#define X(id, text, number) RESOLVE_##id = (number),
	DNS_TYPES(X)
#undef X
};

enum resolve_outcome {
	RESOLVE_ANSWER,   /* there are records */
	RESOLVE_NODATA,   /* the name exists, without such records */
	RESOLVE_NXDOMAIN, /* there is no such name */
	RESOLVE_SERVFAIL, /* the servers do not answer properly: try again */
	RESOLVE_BOGUS,    /* signed, and the signatures do not hold: try again */
	RESOLVE_TIMEOUT,  /* no answer before the deadline: try again */
	RESOLVE_BROKEN,   /* the name cannot be asked for, or the answer breaks the rules or a limit */
	RESOLVE_OUTCOME_COUNT
};

enum resolve_security { RESOLVE_INSECURE, RESOLVE_SECURE, RESOLVE_SECURITY_COUNT };

/* One record.  Names are lower case, without the last dot, "" for the root; bytes in them that no host name has
 * stand as \DDD. */
struct resolve_record {
	struct str text;              /* TXT: its strings joined; A, AAAA: the address; MX, NS, CNAME: the host; SOA: mname */
	struct str data;              /* TLSA: the association; A, AAAA: 4 or 16 bytes */
	unsigned preference;          /* MX */
	unsigned usage, selector, matching; /* TLSA */
	uint32_t serial;              /* SOA */
};

struct resolve_answer {
	enum resolve_outcome outcome;
	enum resolve_security security; /* of an answer, nodata or nxdomain */
	struct str canonical;           /* the name at the end of a chain of CNAMEs; absent without one */
	struct str reason;              /* words, for outcomes that are no plain answer; may be absent */
	uint32_t ttl_secs;
	struct resolve_record *records;
	size_t count;
};

struct resolve_options {
	const char *const *forwarders; /* "ADDRESS@PORT" or "ADDRESS"; none: those of the system */
	size_t forwarder_count;
	const char *trust_anchor; /* a file of DS or DNSKEY records; NULL: the root of the public DNS */
	uint32_t question_ms;     /* for resolve_deadline(); 0: 5000 */
};

struct resolve; /* one owner; close it when no question is under way */

/* ERR_SETUP: an address or the anchor cannot be used.  Reads all files it needs; starts its threads with the first
 * question. */
bool resolve_open(const struct resolve_options *options, struct resolve **out, struct err *err);
void resolve_close(struct resolve **resolve);

/* Now and the time a question may take, as a value of clock_ms(). */
int64_t resolve_deadline(const struct resolve *resolve);

/* Blocks until there is an answer or the deadline (clock_ms()) has passed.  Never fails: see the outcome. */
void resolve_ask(struct resolve *resolve, struct str name, enum resolve_type type, int64_t deadline_ms,
                 struct arena *arena, struct resolve_answer *out);

/* Questions that went out to libunbound: those that the cache did not answer. */
uint64_t resolve_questions(const struct resolve *resolve);

/* Lower case, without a last dot; letters, digits, '-' and '_' alone, labels of 1 to 63, 253 in all (RFC 1035 2.3.4).
 * `*out` points into `name`. */
#define RESOLVE_NAME_MAX 254
bool resolve_name(struct str text, char name[RESOLVE_NAME_MAX], struct str *out);

/* One RDATA in its uncompressed form; false where it breaks its form.  For tests and fuzzing. */
bool resolve_read_rdata(enum resolve_type type, struct str rdata, struct arena *arena, struct resolve_record *out);

const char *resolve_outcome_text(enum resolve_outcome outcome); /* "nxdomain" */
/* True where asking again later may help. */
bool resolve_may_pass(enum resolve_outcome outcome);
