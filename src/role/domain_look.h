/* SPDX-License-Identifier: ISC */
#pragma once
/* Looks at all that a domain publishes for TLS on incoming mail, and at its servers: DNS, HTTPS and SMTP joined with what
 * `publish` knows of records and policies.  Blocking; within `timeout_ms` in all. */
#include "report/check.h"
#include "sys/resolve.h"
#include "sys/tls_look.h"

struct domain_look_options {
	struct resolve *resolve;
	const struct tls_authorities *authorities;
	const char *ca_file;     /* the same authorities, for HTTPS; NULL: the system's */
	uint16_t smtp_port, https_port;
	bool smtp_local, https_local; /* special addresses too: a world that the operator named */
	struct str our_name;     /* for EHLO */
	const char *user_agent;
	struct str_list our_rua; /* when not empty: one of these must be in the TLS-RPT record */
	uint32_t timeout_ms;
};

void domain_look(struct str domain, const struct domain_look_options *options, struct arena *arena, struct check *out);
