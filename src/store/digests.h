/* SPDX-License-Identifier: ISC */
#pragma once
/* Rows for the digest of a span of days (report/digest_span.h) that no other view gives.  The filter brings the days, the domain
 * and the tenant.  STORE_READ is enough. */
#include "report/digest_span.h"
#include "store/store.h"

bool digests_days(struct store *store, const struct filter *filter, struct arena *arena, struct digest_day **out,
                  size_t *out_count, struct err *err);
/* Most refused, then most failed first; `*out_sums` gets domains and failing_domains. */
bool digests_domains(struct store *store, const struct filter *filter, struct arena *arena, struct digest_domain **out,
                     size_t *out_count, struct digest_sums *out_sums, struct err *err);
/* Domains whose policy is in testing, of which at least two reporters told nothing bad for two weeks: on how many of the
 * last 28 days up to the end of the filter. */
struct digests_ready {
	struct str domain;
	uint64_t days;
};
bool digests_ready(struct store *store, const struct filter *filter, struct arena *arena, struct digests_ready **out,
                   size_t *out_count, struct err *err);
