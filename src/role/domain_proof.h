/* SPDX-License-Identifier: ISC */
#pragma once
/* Whose a domain is, by the DNS: a TXT record with our nonce, or a TLS-RPT record that names its own secret address. */
#include "store/store_domains.h"
#include "sys/resolve.h"

struct domain_proof_found {
	enum domain_proof proof; /* DOMAIN_PROVEN_NONCE, DOMAIN_PROVEN_RECORD or DOMAIN_UNPROVEN */
	bool is_in_trouble;      /* unproven, and the DNS did not say all: what was proven stays proven */
};

/* `host`: report_addresses_host().  Blocks. */
void domain_proof_find(struct resolve *resolve, struct str domain, struct str nonce, struct str token, struct str host,
                       struct arena *arena, struct domain_proof_found *out);
