/* SPDX-License-Identifier: ISC */
#pragma once
/* What is known about each cause: facts/causes.h behind functions. */
#include "report/report.h"

enum cause_family {
	CAUSE_FAMILY_NONE,        /* the cause is unknown */
	CAUSE_FAMILY_CERTIFICATE, /* the certificate of the MX */
	CAUSE_FAMILY_TLS,         /* the handshake */
	CAUSE_FAMILY_STARTTLS,    /* before the handshake */
	CAUSE_FAMILY_NETWORK,
	CAUSE_FAMILY_DANE,
	CAUSE_FAMILY_POLICY_FETCH, /* MTA-STS: the record, the policy host, the policy file */
	CAUSE_FAMILY_POLICY_MATCH, /* MTA-STS: the policy does not fit the MX */
	CAUSE_FAMILY_SENDER,
	CAUSE_FAMILY_COUNT
};

enum cause_family cause_family(enum cause cause);
enum fault cause_fault(enum cause cause); /* where it usually lies */
