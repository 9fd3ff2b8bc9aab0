/* SPDX-License-Identifier: ISC */
#pragma once
/* The addresses that take reports, as the configuration names them, made comparable: lower case, A-labels. */
#include "base/arena.h"
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

/* Where the secret addresses of domains are: the host of the first address; "localhost" where none is set up. */
struct str report_addresses_host(const struct config *config);

/* The two secret addresses of a domain, as a TLS-RPT record names them (RFC 8460 section 3). */
struct domain_rua {
	struct str mail, https;
};
/* `base_url` is what comes before /report; absent: web.url, else the host by HTTPS. */
void report_addresses_of_domain(const struct config *config, struct str base_url, struct str token, struct arena *arena,
                                struct domain_rua *out);

/* An address of the form of a domain's secret one, at a host where the others are.  Whether it is one, keep knows. */
bool report_addresses_may_be_secret(const struct report_addresses *addresses, struct str address);
