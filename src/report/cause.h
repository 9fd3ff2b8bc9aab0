/* SPDX-License-Identifier: ISC */
#pragma once
/* What is known about each cause: facts/causes.h and facts/fix_steps.h behind functions.  Texts are English and
 * static; {subject}, {host} and {domain} in them are for the caller to fill. */
#include "facts/fix_steps.h"
#include "report/report.h"
#include "report/severity.h"

enum cause_family {
	CAUSE_FAMILY_NONE,         /* the cause is unknown */
	CAUSE_FAMILY_CERTIFICATE,  /* the certificate of the MX */
	CAUSE_FAMILY_TLS,          /* the handshake */
	CAUSE_FAMILY_STARTTLS,     /* before the handshake */
	CAUSE_FAMILY_NETWORK,
	CAUSE_FAMILY_DANE,
	CAUSE_FAMILY_POLICY_FETCH, /* MTA-STS: the record, the policy host, the policy file */
	CAUSE_FAMILY_POLICY_MATCH, /* MTA-STS: the policy does not fit the MX */
	CAUSE_FAMILY_SENDER,
	CAUSE_FAMILY_COUNT
};

/* What a cause is a property of: its issue stands on one such thing. */
enum cause_subject { CAUSE_SUBJECT_MX, CAUSE_SUBJECT_DOMAIN, CAUSE_SUBJECT_REPORTER };

enum cause_refusal {
	CAUSE_REFUSED_NEVER,     /* the sender goes on without */
	CAUSE_REFUSED_BY_POLICY, /* where the unit's policy says so: MTA-STS enforce, DANE */
	CAUSE_REFUSED_ALWAYS,
};

/* Which look of our own shows whether it is mended. */
enum cause_check {
	CAUSE_CHECK_NONE,
	CAUSE_CHECK_MX_CONNECT,
	CAUSE_CHECK_MX_STARTTLS,
	CAUSE_CHECK_MX_HANDSHAKE,
	CAUSE_CHECK_MX_CERTIFICATE,
	CAUSE_CHECK_TLSA,
	CAUSE_CHECK_DNSSEC,
	CAUSE_CHECK_STS_RECORD,
	CAUSE_CHECK_STS_POLICY,
	CAUSE_CHECK_STS_HOST_CERTIFICATE,
	CAUSE_CHECK_COUNT
};

enum cause_family cause_family(enum cause cause);
enum cause_subject cause_subject(enum cause cause);
enum fault cause_fault(enum cause cause); /* where it usually lies */
enum cause_refusal cause_refusal(enum cause cause);
enum cause_check cause_check(enum cause cause);
const char *cause_check_text(enum cause_check check); /* "mx-certificate"; "none" */
/* How bad it is while the policy refuses (enforce, DANE), in testing, and without a policy in force. */
enum severity cause_severity(enum cause cause, enum policy_type policy_type, enum sts_mode mode);

const char *cause_title(enum cause cause);    /* holds {subject} */
const char *cause_sentence(enum cause cause);
const char *cause_rfc(enum cause cause);      /* "RFC 8461 section 4.1" */
/* Other names, parted by blanks; also those of result types in lower case with "_". */
struct str cause_also_called(enum cause cause);

/* By its own text or by any other name; case, "-" and "_" do not matter. */
bool cause_find(struct str name, enum cause *out_cause);

enum fix_step {
#define X(id, sentence) STEP_##id,
	FIX_STEPS(X)
#undef X
	    STEP_COUNT
};

#define CAUSE_STEPS_MAX 6
/* The steps in their order; returns how many. */
size_t cause_steps(enum cause cause, enum fix_step out[CAUSE_STEPS_MAX]);
const char *fix_step_sentence(enum fix_step step);

struct fix_command {
	const char *software; /* "Postfix"; "any" */
	const char *command;
};
#define FIX_COMMANDS_MAX 6
size_t fix_step_commands(enum fix_step step, struct fix_command out[FIX_COMMANDS_MAX]);
