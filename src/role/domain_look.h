/* SPDX-License-Identifier: ISC */
#pragma once
/* Looks at all that a domain publishes for TLS on incoming mail, and at its servers: DNS, HTTPS and SMTP joined with what
 * `publish` knows of records and policies.  Blocking; within `timeout_ms` in all. */
#include "probe/mx_look.h"
#include "report/check.h"
#include "sys/resolve.h"
#include "sys/tls_look.h"

/* What is looked at: a set. */
enum domain_look_part {
	DOMAIN_LOOK_TLS_RPT = 1,
	DOMAIN_LOOK_STS_RECORD = 2,
	DOMAIN_LOOK_STS_POLICY = 4, /* the file; needs the record */
	DOMAIN_LOOK_MX = 8,         /* their names and preferences */
	DOMAIN_LOOK_SERVERS = 16,   /* each of them; needs MX */
};

struct domain_look_options {
	unsigned parts; /* enum domain_look_part; 0: all */
	struct str only_server;  /* when present: this server is looked at in place of the domain's MX set */
	struct resolve *resolve;
	const struct tls_authorities *authorities;
	const char *ca_file;     /* the same authorities, for HTTPS; NULL: the system's */
	uint16_t smtp_port, https_port;
	bool smtp_local, https_local; /* special addresses too: a world that the operator named */
	struct str our_name;     /* for EHLO */
	const char *user_agent;
	struct str_list our_rua; /* when not empty: one of these must be in the TLS-RPT record */
	uint32_t timeout_ms;
	/* For those who look often: instead of mx_look(), and before a policy host is connected to.  NULL: no manners. */
	void (*look_mx)(void *context, struct str host, const struct address *address, const struct mx_look_options *options,
	                struct arena *arena, struct mx_look *out);
	bool (*may_connect)(void *context, const struct address *address);
	void *context;
};

void domain_look(struct str domain, const struct domain_look_options *options, struct arena *arena, struct check *out);
