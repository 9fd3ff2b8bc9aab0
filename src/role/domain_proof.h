/* SPDX-License-Identifier: ISC */
#pragma once
/* Whose a domain is, by the DNS: a TXT record with our nonce, or a TLS-RPT record that names its own secret address, or its tenant's. */
#include "store/store_domains.h"
#include "sys/resolve.h"

struct domain_proof_found {
	enum domain_proof proof; /* DOMAIN_PROVEN_NONCE, DOMAIN_PROVEN_RECORD or DOMAIN_UNPROVEN */
	bool is_in_trouble;      /* unproven, and the DNS did not say all: what was proven stays proven */
};

struct domain_proof_wish {
	struct str domain, nonce, token, tenant_token; /* as of its row */
	struct str host;                               /* report_addresses_host() */
};
struct domain_proof_wish domain_proof_wish_of(const struct domain_row *row, struct str host);

/* Blocks. */
void domain_proof_find(struct resolve *resolve, const struct domain_proof_wish *wish, struct arena *arena,
                       struct domain_proof_found *out);
