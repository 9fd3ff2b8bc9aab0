/* SPDX-License-Identifier: ISC */
#pragma once
/* The addresses that take reports, as the configuration names them, made comparable: lower case, A-labels. */
#include "base/err.h"
#include "base/str.h"
#include "sys/config.h"

struct report_addresses {
	struct str *items; /* owned, each too */
	size_t count;
};

/* ERR_SETUP names the entry that is no address. */
bool report_addresses_init(struct report_addresses *addresses, const struct config *config, struct err *err);
void report_addresses_done(struct report_addresses *addresses);

/* `address` as smtp_session hands it over.  Looks at all entries, whichever matches. */
bool report_addresses_has(const struct report_addresses *addresses, struct str address);

/* An address of the form of a domain's secret one, at a host where the others are.  Whether it is one, keep knows. */
bool report_addresses_may_be_secret(const struct report_addresses *addresses, struct str address);
