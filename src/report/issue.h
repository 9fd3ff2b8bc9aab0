/* SPDX-License-Identifier: ISC */
#pragma once
/* An issue: one matter on one subject, with a life.  Many domains and reporters are its members. */
#include "base/arena.h"
#include "facts/derived_matters.h"
#include "report/cause.h"
#include "report/history.h"
#include "report/views.h"

/* What an issue is about: a cause, or CAUSE_COUNT and on, what only comparing shows. */
enum issue_matter {
	MATTER_DERIVED = CAUSE_COUNT - 1, /* so that the next one is CAUSE_COUNT */
#define X(id, text, fault, severity, title, sentence) MATTER_##id,
	DERIVED_MATTERS(X)
#undef X
	    MATTER_COUNT
};

/* ISSUE_ON_RESULT: a result type that no standard names. */
enum issue_kind { ISSUE_ON_MX, ISSUE_ON_DOMAIN, ISSUE_ON_REPORTER, ISSUE_ON_HOUSE, ISSUE_ON_RESULT, ISSUE_KIND_COUNT };

enum issue_state { ISSUE_OPEN, ISSUE_ACKNOWLEDGED, ISSUE_SNOOZED, ISSUE_CLOSED, ISSUE_STATE_COUNT };

enum issue_trend { TREND_STEADY, TREND_GROWING, TREND_RECOVERING, TREND_COUNT };

enum confidence {
	CONFIDENCE_ONE_REPORTER,     /* one that is known, whoever else says so */
	CONFIDENCE_SEVERAL_REPORTERS,
	CONFIDENCE_CONFIRMED,        /* by our own look */
	CONFIDENCE_NOT_SEEN_BY_US,   /* our own look is fine */
	CONFIDENCE_NEW_REPORTERS,    /* nobody knew any of them a week ago */
	CONFIDENCE_COUNT
};

/* Why it is closed. */
enum issue_end {
	END_NONE,
	END_CLEAN,        /* by itself: reports without it from those who had it */
	END_FADED,        /* by itself: nothing heard of it for ISSUE_FADES_DAYS */
	END_JOINED,       /* it turned out to be part of another one */
	END_FIXED,        /* by hand */
	END_NOT_MINE,     /* by hand: the fault is somebody else's */
	END_ACCEPTED,     /* by hand: known and left so */
	END_COUNT
};

enum issue_event {
	EVENT_OPENED,
	EVENT_REPORTER,   /* another reporter agrees */
	EVENT_GREW,       /* twice as many domains as when last said */
	EVENT_SEVERITY,
	EVENT_RECOVERING,
	EVENT_CLOSED,
	EVENT_REOPENED,
	EVENT_ACKNOWLEDGED,
	EVENT_SNOOZED,
	EVENT_LOOKED,     /* our own look changed its mind */
	EVENT_NOTE,
	EVENT_COUNT
};

/* What our own look says of it. */
enum issue_seen { SEEN_NOT, SEEN_CLEAN, SEEN_BROKEN, SEEN_COUNT };

#define ISSUE_FIRST_NUMBER 1000 /* TI-1001 is the first one */
#define ISSUE_REOPENS_DAYS 14
#define ISSUE_FADES_DAYS 30

struct issue {
	int64_t id;
	unsigned matter; /* enum cause or enum issue_matter */
	enum issue_kind kind;
	struct str subject;
	enum severity severity, worst; /* worst: before confidence and share are weighed */
	enum fault fault;
	enum confidence confidence;
	enum issue_trend trend;
	enum issue_seen seen;
	enum issue_end end; /* END_NONE: not closed */
	bool is_acknowledged;
	instant snoozed_until; /* INSTANT_NONE: not */
	instant opened_at, changed_at, closed_at, looked_at;
	int32_t first_day, last_day; /* of failures */
	int32_t clean_day;           /* of a closed one: failures of this day or before belong to the past */
	uint64_t failed, refused, total; /* total: sessions of the days, reporters and domains that had it */
	uint64_t domains, reporters, domains_told;
	uint64_t others_sessions, others_reporters; /* who saw the same domains in those days without it */
	struct str owner, note;
	/* What it rests on, blanks between; present/issue_doc says it in words:
	 * volume-drop: sessions of three days, sessions that were usual; silent: days without a report;
	 * cert-expiring, rua-not-ours and the like: what the finding names;
	 * stale-policy: the reporter, the day it first used the policy, the day the policy ends (0: not known), its mode, the
	 * mode that others see. */
	struct str detail;
};

/* One issue with all that is known of it. */
struct issue_evidence {
	struct str reporter;
	int32_t first_day, last_day;
	uint64_t domains, failed, refused, total;
};
struct issue_story {
	instant at;
	enum issue_event event;
	struct str text;
};
struct issue_day_sum {
	int32_t day;
	uint64_t failed, total;
};
struct issue_page {
	struct issue issue;
	struct issue_evidence *evidence;
	struct issue_story *history;
	struct issue_day_sum *days;
	struct str *domains; /* the first 100 by name */
	size_t evidence_count, history_count, day_count, domain_count;
	const struct clue *clues; /* what may explain it; filled by role/clues */
	size_t clue_count;
	struct completeness complete;
};
/* Its failures come with reports, and these decide about its life. */
bool issue_matter_is_reported(unsigned matter);
enum issue_state issue_state(const struct issue *issue, instant now);

const char *issue_matter_text(unsigned matter);   /* "cert-expired", "domain-silent" */
bool issue_matter_of(struct str text, unsigned *out_matter);
const char *issue_matter_title(unsigned matter);  /* holds {subject} */
const char *issue_matter_sentence(unsigned matter);
enum fault issue_matter_fault(unsigned matter);
enum severity issue_matter_severity(unsigned matter); /* of a cause: while mail is refused */

const char *issue_kind_text(enum issue_kind kind);    /* "mx", "domain", "reporter", "house" */
const char *issue_state_text(enum issue_state state);
const char *issue_trend_text(enum issue_trend trend);
const char *issue_seen_text(enum issue_seen look);
const char *confidence_text(enum confidence confidence);
const char *issue_end_text(enum issue_end end);       /* "" for END_NONE */
bool issue_end_of(struct str text, enum issue_end *out_end); /* only those by hand */
const char *issue_event_text(enum issue_event event);

#define ISSUE_NUMBER_MAX 32
/* "TI-1042" */
struct str issue_number(int64_t id, char text[ISSUE_NUMBER_MAX]);
bool issue_number_read(struct str text, int64_t *out_id); /* also "1042" */
