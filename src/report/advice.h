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
};

struct advice_limits {
	uint64_t days, reporters, refused;
	int64_t cert_days;
};
#define ADVICE_LIMITS ((struct advice_limits){.days = 14, .reporters = 2, .refused = 0, .cert_days = 14})

enum advice_matter {
	ADVICE_TLS_RPT,
	ADVICE_POLICY,
	ADVICE_POLICY_HOST,
	ADVICE_MX_LISTED,
	ADVICE_MX_TLS,
	ADVICE_DAYS,
	ADVICE_REPORTERS,
	ADVICE_REFUSALS,
	ADVICE_MATTER_COUNT
};

enum advice_state { ADVICE_OK, ADVICE_WARNS, ADVICE_BLOCKS, ADVICE_UNKNOWN, ADVICE_STATE_COUNT };

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
	ADVICE_STEP_COUNT
};

struct advice {
	enum advice_state states[ADVICE_MATTER_COUNT];
	enum advice_step step;
};

/* What enforce would have refused at one reporter. */
struct advice_refusal {
	struct str reporter; /* its name */
	uint64_t refused, sessions;
};
