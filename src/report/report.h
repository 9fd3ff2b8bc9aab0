/* SPDX-License-Identifier: ISC */
#pragma once
/* One TLS report (RFC 8460 section 4), normalised, with everything that stood in it.  All memory belongs to the
 * arena it was read into.  A text that is absent, null or empty in the report is absent here (`p == NULL`);
 * every text is UTF-8 without U+0000 and at most LIMIT_TEXT_BYTES long. */
#include <stdint.h>

#include "base/instant.h"
#include "base/str.h"
#include "facts/causes.h"
#include "facts/deviations.h"
#include "facts/result_types.h"

enum result_type {
#define X(id, text) RESULT_##id,
	RESULT_TYPES(X)
#undef X
	    RESULT_OTHER, /* not in the registry, or missing; the text tells */
	RESULT_TYPE_COUNT
};

enum policy_type { POLICY_STS, POLICY_TLSA, POLICY_NONE_FOUND, POLICY_OTHER, POLICY_TYPE_COUNT };

/* The mode of the MTA-STS policy as the reporter saw it, out of its policy-string. */
enum sts_mode { MODE_NOT_STATED, MODE_ENFORCE, MODE_TESTING, MODE_NONE, MODE_COUNT };

enum cause {
#define X(id, ...) CAUSE_##id,
	CAUSES(X)
#undef X
	    CAUSE_COUNT
};

enum fault { FAULT_UNKNOWN, FAULT_RECEIVER, FAULT_DNS, FAULT_POLICY_HOST, FAULT_SENDER, FAULT_COUNT };

enum deviation_kind {
#define X(id, code, sentence) DEVIATION_##id,
	DEVIATIONS(X)
#undef X
	    DEVIATION_COUNT
};

struct deviation {
	enum deviation_kind kind;
	struct str path;    /* a JSON pointer, or "header NAME", "part 1.2": where it stands */
	struct str read_as; /* how it was read; may be absent */
};

struct unknown_member {
	struct str path;  /* a JSON pointer */
	struct str value; /* its JSON text, at most LIMIT_UNKNOWN_VALUE_BYTES */
};

struct str_list {
	struct str *items;
	size_t count;
};

struct failure {
	enum result_type result_type;
	struct str result_text; /* as written; lower case where it is a registered one; may be absent */
	uint64_t count;         /* failed sessions, at most LIMIT_COUNT */
	struct str sending_mta_ip;
	struct str receiving_mx_hostname; /* lower case, no trailing dot */
	struct str receiving_mx_helo;
	struct str receiving_ip;
	struct str reason_code;
	struct str additional_information;
	/* Filled by diagnose/classify; CAUSE_UNKNOWN before. */
	enum cause cause;
	enum fault fault;
	bool refused; /* the sender must not have delivered in these sessions */
};

struct unit {
	enum policy_type policy_type;
	struct str policy_type_text; /* as written; may be absent */
	struct str policy_domain;    /* A-label, lower case, no trailing dot; may be absent */
	bool domain_is_guessed;      /* policy_domain did not stand in the unit */
	enum sts_mode mode;
	struct str_list policy_strings; /* one line of the policy, or one TLSA record, each */
	struct str_list mx_hosts;
	uint64_t successful, failed; /* sessions, from the summary */
	uint64_t unexplained;        /* failed sessions that no detail accounts for */
	struct failure *failures;
	size_t failure_count;
};

struct report {
	struct str organization_name; /* a claim */
	struct str contact_info;
	struct str report_id;
	struct str submitter; /* TLS-Report-Submitter of the mail; may be absent */
	struct str reporter;  /* domain of contact-info, else submitter, else organization-name; lower case */
	instant begin, end;   /* INSTANT_NONE where unreadable */
	struct unit *units;
	size_t unit_count;
	struct deviation *deviations;
	size_t deviation_count;
	uint64_t deviations_dropped; /* over LIMIT_DEVIATIONS */
	struct unknown_member *unknown_members;
	size_t unknown_count;
	uint64_t unknown_dropped;
};

/* Names as in JSON and on the command line; never NULL. */
const char *result_type_text(enum result_type type); /* "" for RESULT_OTHER */
const char *policy_type_text(enum policy_type type); /* "" for POLICY_OTHER */
const char *sts_mode_text(enum sts_mode mode);       /* "" for MODE_NOT_STATED */
const char *cause_text(enum cause cause);
const char *fault_text(enum fault fault);
const char *deviation_code(enum deviation_kind kind);
const char *deviation_sentence(enum deviation_kind kind);

/* ASCII case does not matter.  RESULT_OTHER, POLICY_OTHER, MODE_NOT_STATED for what is unknown. */
enum result_type result_type_of(struct str text);
enum policy_type policy_type_of(struct str text);
enum sts_mode sts_mode_of(struct str text);
bool cause_of(struct str text, enum cause *out_cause);

/* The one UTC day a report counts on: the one that holds the middle of its period; DAY_NONE without a period. */
int32_t report_day(const struct report *report);

/* What is shown for a failure or a unit: the registered text, else what was written, else "not stated". */
struct str failure_result(const struct failure *failure);
struct str unit_policy_type(const struct unit *unit);
