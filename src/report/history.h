/* SPDX-License-Identifier: ISC */
#pragma once
/* What the past of a domain says: dated facts of our own, policies as reporters saw them, and what both together explain. */
#include "base/line_diff.h"
#include "report/check.h"
#include "report/observation.h"

/* One policy as one reporter saw it. */
struct policy_seen {
	struct str reporter, organization;
	enum policy_type type;
	enum sts_mode mode;
	struct str_list strings;
	int32_t first_day, last_day;
	uint64_t units;
};

enum clue_kind {
	CLUE_CERT_REPLACED, /* the certificate of `subject` became another one at `at` */
	CLUE_TLSA_OLD_KEY,  /* no TLSA record of `subject` names the key it shows, one names that of before */
	CLUE_TLSA_CHANGED,  /* its TLSA records became others at `at` */
	CLUE_MX_JOINED,     /* `subject` became a server of `other` at `at` */
	CLUE_POLICY_CHANGED, /* the policy file of `subject` became another one at `at` */
	CLUE_POLICY_DRIFT,  /* and its id in the DNS did not */
	CLUE_STALE_POLICY,  /* reporter `other` still used the policy of `subject` that stood from `at`; kept until `until` */
	CLUE_KIND_COUNT
};

struct clue {
	enum clue_kind kind;
	struct str subject, other;
	instant at, until; /* INSTANT_NONE where it does not apply */
	/* How long before the first failure; 0: on the day of it; negative: after the last one.  Without an issue: INT64_MIN. */
	int64_t before_secs;
};
#define CLUE_NO_ISSUE INT64_MIN

/* "cert-replaced", "tlsa-old-key", ... */
const char *clue_kind_text(enum clue_kind kind);

struct domain_history {
	struct str domain;
	bool is_looked_at;       /* by the schedule of the server */
	instant looked_at, next_at; /* looked_at: INSTANT_NONE: not yet */
	enum check_state verdict;
	struct str reason;       /* why the last look could not tell; absent */
	const struct observation *rows; /* of the domain and its servers, findings too, also what is gone; the newest first */
	size_t count;
	const struct clue *clues;
	size_t clue_count;
	const struct policy_seen *seen; /* the newest first */
	size_t seen_count;
};

/* One policy on the timeline, by whomever it was seen. */
struct policy_entry {
	enum policy_type type; /* POLICY_STS or POLICY_TLSA */
	instant from, until;   /* when it was first and last seen; of reporters: the bounds of their days */
	bool by_us, is_now;    /* is_now: it was there at our last look */
	struct str_list reporters; /* by whom besides, in the order of their first day */
	struct str_list lines;
	struct line_change *changes; /* from the entry before it of its type; that of the first are all new */
	size_t change_count;
};
