/* SPDX-License-Identifier: ISC */
#pragma once
/* One look at everything that a domain publishes for TLS on incoming mail, and at its servers. */
#include "report/dane.h"
#include "report/finding.h"
#include "report/sts_policy.h"

enum check_state {
	CHECK_OK,
	CHECK_NONE,        /* nothing of the kind is published */
	CHECK_PROBLEMS,
	CHECK_CANNOT_TELL, /* DNS or the network gave no answer: never the same as "is missing" */
	CHECK_STATE_COUNT
};


struct check_mx {
	struct str host;
	unsigned preference;
	enum check_state state;
	struct mx_look *looks; /* one an address */
	size_t look_count;
	struct dane_seen dane; /* for the first address that could be looked at */
	bool is_listed;        /* the MTA-STS policy covers it; true without a policy */
	struct str detail;     /* why it could not be looked at; may be absent */
};

struct check {
	struct str domain;
	instant at;
	enum check_state verdict;
	struct {
		enum check_state state;
		struct str name, record; /* the record that counts; absent */
		struct str_list rua;
	} tls_rpt;
	struct {
		enum check_state state;
		struct str record, id;
		struct str host;         /* mta-sts.DOMAIN */
		struct str body;         /* of the policy file; absent where it was not read */
		struct sts_policy policy;
		instant cert_not_after;  /* of the policy host; INSTANT_NONE */
	} mta_sts;
	struct {
		enum check_state state;
		size_t hosts; /* with a verdict of their own */
	} dane;
	enum check_state mx_state;
	bool mx_is_secure;   /* the set of servers is signed and the signatures hold: else DANE vouches for nothing (RFC 7672 section 2.2.1) */
	struct check_mx *mx; /* by preference */
	size_t mx_count;
	struct findings findings;
	struct str_list unknowns; /* sentences: what could not be told, and why */
};

const char *check_state_text(enum check_state state); /* "ok", "none", "problems", "cannot-tell" */
/* Is there an MTA-STS record, usable or not: CHECK_OK, CHECK_NONE; CHECK_CANNOT_TELL where the DNS gave no answer or was not asked. */
enum check_state check_sts_record(const struct check *check);
/* And a policy file at the policy host?  Without a record nobody looks for it, so that it often cannot be told. */
enum check_state check_sts_file(const struct check *check);
/* The cause that a finding is about, where there is one. */
bool finding_cause(enum finding_code code, enum cause *out_cause);
