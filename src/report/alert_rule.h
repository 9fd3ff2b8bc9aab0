/* SPDX-License-Identifier: ISC */
#pragma once
/* A rule: what is told, when, and to whom.  The ready-made ones (alert/alert_rules.h) have their own numbers and "what";
 * when and to whom can be set for them too. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/instant.h"
#include "facts/alert_facts.h"
#include "report/severity.h"

/* Numbers of these enums stand in the database: never change them. */
enum alert_what {
#define X(id, text, form) WHAT_##id,
	ALERT_WHATS(X)
#undef X
	    WHAT_COUNT
};
enum alert_scope { SCOPE_ALL, SCOPE_DOMAIN, SCOPE_TENANT, SCOPE_COUNT };
enum alert_when { WHEN_AT_ONCE, WHEN_HOURLY, WHEN_DAILY, WHEN_COUNT };

#define ALERT_RULE_FIRST_OWN 100 /* lower numbers are the ready-made ones */
#define ALERT_RULE_CHANNELS_MAX 32
#define ALERT_RULE_NAME_MAX 100

struct alert_rule {
	int64_t id;
	struct str name;
	enum alert_what what;
	uint64_t over;           /* share: hundredths of a percent; sessions; days */
	uint64_t least_sessions; /* of a day, for a share */
	enum severity severity;  /* WHAT_SEVERITY: at least */
	struct str cause;        /* WHAT_CAUSE: its keyword */
	enum alert_scope scope;
	struct str scope_name;   /* domain or tenant */
	enum alert_when when;
	uint32_t daily_minute;   /* of the day, in the zone */
	bool has_quiet;          /* quiet hours, but for what is critical */
	uint32_t quiet_from, quiet_to; /* minutes of the day, in the zone; from > to goes over midnight */
	struct str zone;         /* "Europe/Berlin", for people */
	struct str zone_rule;    /* what it means, POSIX TZ: "CET-1CEST,M3.5.0,M10.5.0/3"; empty: UTC */
	uint32_t repeat_days;    /* the same again after that many */
	int64_t channels[ALERT_RULE_CHANNELS_MAX];
	size_t channel_count;    /* 0: all channels */
	bool is_off;
	instant muted_until, created_at; /* INSTANT_NONE: not muted */
};

const char *alert_rule_what_text(enum alert_what what);
const char *alert_rule_what_form(enum alert_what what); /* what its numbers are, for usage messages */
bool alert_rule_what_of(struct str text, enum alert_what *out_what);
const char *alert_rule_scope_text(enum alert_scope scope);
const char *alert_rule_when_text(enum alert_when when);

/* About the sums of days, not about an issue. */
bool alert_rule_is_measure(enum alert_what what);

/* ERR_INPUT, with what is wrong. */
bool alert_rule_check(const struct alert_rule *rule, struct err *err);

void alert_rule_write(const struct alert_rule *rule, struct buf *out);
/* Strings point into `bytes`. */
bool alert_rule_read(struct str bytes, struct alert_rule *out, struct err *err);

/* "1%", "0.5 %", "12": as hundredths of a percent, or a number. */
bool alert_rule_parse_over(enum alert_what what, struct str text, uint64_t *out);
/* "09:00" as minutes; "22:00-07:00". */
bool alert_rule_parse_minute(struct str text, uint32_t *out);
bool alert_rule_parse_quiet(struct str text, uint32_t *out_from, uint32_t *out_to);
