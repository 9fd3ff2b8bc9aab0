/* SPDX-License-Identifier: ISC */
#pragma once
/* Whether a TLS-RPT record has come to be seen by each of several resolvers, which keep what they saw before for a while. */
#include "report/finding.h"
#include "report/report.h"
#include "sys/config.h"
#include "sys/resolve.h"

enum record_seen {
	RECORD_SEEN,        /* valid, alone, and with our address */
	RECORD_OTHER,       /* there is one, without our address: the old one */
	RECORD_FAULTY,      /* senders do not use what is there: see the finding */
	RECORD_NOT_THERE,
	RECORD_NO_ANSWER,   /* the resolver does not answer */
	RECORD_SEEN_COUNT /* not asked */
};
/* "seen", "other", "faulty", "not-there", "no-answer", "not-asked" */
const char *record_seen_text(enum record_seen seen);

#define RECORD_WATCH_MOST 8u /* resolvers */

struct record_view {
	const char *resolver; /* "192.0.2.53@53"; NULL: those of the system */
	enum record_seen seen;
	uint32_t ttl_secs;      /* how long the resolver keeps what it said; 0: not known */
	struct findings findings;
	struct str record;   /* the TLS-RPT record that it sees; absent */
	struct str_list rua; /* the addresses in it */
};

/* Asks each resolver anew, nothing of ours is kept in between; `ours` are the URIs that must all be in it. */
void record_watch(struct str domain, const struct str_list *ours, const struct resolve_options *options,
                  struct arena *arena, struct record_view *views, size_t count);

/* Whom to ask, each for itself: those that are named, else the system's (/etc/resolv.conf), else the system.  Gives how many. */
size_t record_watch_resolvers(const struct config_list *named, struct arena *arena,
                              struct record_view out[RECORD_WATCH_MOST]);
