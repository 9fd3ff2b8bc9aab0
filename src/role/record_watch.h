/* SPDX-License-Identifier: ISC */
#pragma once
/* Whether a TLS-RPT record has come to be seen by each of several resolvers, which keep what they saw before for a while. */
#include "report/finding.h"
#include "report/report.h"
#include "sys/resolve.h"

enum record_seen {
	RECORD_SEEN,        /* valid, alone, and with our address */
	RECORD_OTHER,       /* there is one, without our address: the old one */
	RECORD_FAULTY,      /* senders do not use what is there: see the finding */
	RECORD_NOT_THERE,
	RECORD_NO_ANSWER,   /* the resolver does not answer */
	RECORD_SEEN_COUNT
};

struct record_view {
	const char *resolver; /* "192.0.2.53@53"; NULL: those of the system */
	enum record_seen seen;
	uint32_t ttl_secs;      /* how long the resolver keeps what it said; 0: not known */
	struct findings findings;
};

/* Asks each resolver anew, nothing of ours is kept in between; `ours` are the URIs that must all be in it. */
void record_watch(struct str domain, const struct str_list *ours, const struct resolve_options *options,
                  struct arena *arena, struct record_view *views, size_t count);

/* The resolvers of the system (/etc/resolv.conf), each for itself, at most `most`. */
size_t record_watch_system(struct arena *arena, const char **out, size_t most);
