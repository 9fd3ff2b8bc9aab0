/* SPDX-License-Identifier: ISC */
#pragma once
/* May a domain go on from testing to enforce, what that rests on, and what is to be done next. */
#include "report/check.h"

/* What is known, from our own look and from reports that saw the published mode. */
struct advice_facts {
	enum check_state tls_rpt, mta_sts;
	bool is_valid;          /* the policy file was read, and senders would use it */
	enum sts_mode mode;
	uint64_t max_age_secs;
	bool has_cert_days;     /* of the policy host */
	int64_t cert_days;
	bool mx_known;          /* the list of servers was told */
	size_t mx_count, mx_unlisted, mx_bad, mx_unknown;
	uint32_t window_days;   /* what the sessions cover */
	uint64_t mode_days;     /* days with reports that saw this mode, ever */
	uint64_t reporters;     /* in the window, as the sessions */
	uint64_t sessions, refused;
	uint64_t unexplained;   /* of the refused: without a reason, so counted as the worst */
	instant now;
	bool is_served;         /* the policy is served here */
	enum sts_mode served_mode;
	uint64_t served_max_age_secs;
	instant served_since;
	instant cached_until;   /* a sender may hold an older policy until then; INSTANT_NONE: there was none */
	bool id_matches;        /* the id of the record is that of what is served here */
	bool has_changed;       /* our looks saw another policy before the one of today */
	instant seen_since;     /* then: since when that of today */
	enum check_state record, file; /* CHECK_OK: it is there, CHECK_NONE: it is not, CHECK_CANNOT_TELL */
};

struct advice_limits {
	uint64_t days, reporters, sessions, refused;
	int64_t cert_days;
	uint32_t step_days; /* between two steps of an enforced policy */
};
#define ADVICE_LIMITS                                                                                                  \
	((struct advice_limits){.days = 14, .reporters = 2, .sessions = 100, .refused = 0, .cert_days = 14, .step_days = 3})

enum advice_matter {
	ADVICE_TLS_RPT,
	ADVICE_POLICY,
	ADVICE_POLICY_HOST,
	ADVICE_ID, /* only where the policy is served here */
	ADVICE_MX_LISTED,
	ADVICE_MX_TLS,
	ADVICE_DAYS,
	ADVICE_REPORTERS,
	ADVICE_SESSIONS,
	ADVICE_REFUSALS,
	ADVICE_MATTER_COUNT
};

enum advice_state { ADVICE_OK, ADVICE_WARNS, ADVICE_BLOCKS, ADVICE_UNKNOWN, ADVICE_IRRELEVANT, ADVICE_STATE_COUNT };

enum advice_step {
	ADVICE_START_TESTING, /* there is no policy */
	ADVICE_MEND,          /* something is wrong that enforce would turn into refused mail */
	ADVICE_WAIT,          /* nothing is wrong, and too little was seen yet */
	ADVICE_LOOK_AGAIN,    /* something could not be told */
	ADVICE_ENFORCE,       /* max_age one day */
	ADVICE_RAISE_WEEK,
	ADVICE_RAISE_MONTH,
	ADVICE_STAY,
	ADVICE_RETREAT,       /* enforced, and mail is being refused: back to testing */
	ADVICE_STEP_WAIT,     /* enforced, and the last step was only just made */
	ADVICE_SET_RECORD,    /* served here, and the record does not have its id yet */
	ADVICE_LEAVING,       /* mode none, and senders may hold an older policy */
	ADVICE_LEFT,          /* mode none, and nobody does: record and file may go */
	ADVICE_STEP_COUNT
};

/* The way to an enforced policy: 1 testing, 2 testing for long enough, 3 enforce for a day, 4 for a week, 5 for a month. */
#define ADVICE_RUNGS 5u

struct advice_rung {
	enum sts_mode mode;
	uint64_t max_age_secs; /* the last one: at least */
	uint64_t days;         /* to be there before the next; 0: at once, or for good */
};

/* The rung that is to be published next, and whether it is time. */
struct advice_next {
	unsigned rung;  /* 0: none */
	bool is_back;   /* mail is refused: it is a way back */
	bool is_ready;
	unsigned needs; /* bits 1u << enum advice_matter of what holds it up */
	instant from;   /* the last step is too young: not before; INSTANT_NONE */
};

/* The way out (RFC 8461 section 8.3): mode none until nobody can hold an older policy, then the record goes, then the file. */
enum leaving_step { LEAVING_MODE_NONE, LEAVING_RECORD, LEAVING_FILE, LEAVING_STEP_COUNT };
enum leaving_state { LEAVING_AHEAD, LEAVING_NOW, LEAVING_DONE, LEAVING_UNKNOWN, LEAVING_STATE_COUNT };

struct leaving {
	bool has_policy;  /* there is something to leave, or there was */
	bool is_begun;
	enum leaving_state states[LEAVING_STEP_COUNT];
	unsigned here;    /* the step that is not done yet, from 1; 0: not begun, LEAVING_STEP_COUNT + 1: all done */
	instant until;    /* the end of the first step; where it is not begun: if it began now.  INSTANT_NONE */
};

struct advice {
	enum advice_state states[ADVICE_MATTER_COUNT];
	enum advice_step step;
	unsigned rung; /* where the domain is; 0: not on the way */
	struct advice_next next;
	struct leaving leaving;
};

/* What enforce would have refused at one reporter. */
struct advice_refusal {
	struct str reporter; /* its name */
	uint64_t refused, sessions;
};
