/* SPDX-License-Identifier: ISC */
#pragma once
/* One look at one address of one mail server: SMTP, STARTTLS, the chain.  Blocking, within its deadline. */
#include "report/observation.h"
#include "sys/address.h"
#include "sys/tls_look.h"

struct mx_look_options {
	uint16_t port;        /* 25 */
	bool allow_local;     /* special addresses too: a world that the operator named */
	struct str our_name;  /* for EHLO */
	enum tls_offer offer;
	uint32_t timeout_ms;  /* of the whole look */
	const struct tls_authorities *authorities;
};

void mx_look(struct str host, const struct address *address, const struct mx_look_options *options,
             struct arena *arena, struct mx_look *out);
