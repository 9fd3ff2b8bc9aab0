/* SPDX-License-Identifier: ISC */
#pragma once
/* A SELECT put together from the parts of a filter.  Foreign text only ever becomes a value, never SQL. */
#include "report/views.h"
#include "store/inner.h"

struct clause {
	struct arena *arena;
	struct buf sql;
	struct db_value values[32];
	size_t count;
	bool nothing; /* a name in the filter is not known here: no row can match */
};

void clause_init(struct clause *clause, struct arena *arena, const char *begin);
void clause_done(struct clause *clause);
void clause_text(struct clause *clause, const char *sql);
void clause_value(struct clause *clause, struct db_value value);
/* " AND <sql>", with one value for its question mark. */
void clause_and(struct clause *clause, const char *sql, struct db_value value);

/* The period on `day`, domain, reporter and tenant on columns of these names with `prefix` in front ("u."). */
bool clause_common(struct clause *clause, struct store *store, const struct filter *filter, const char *prefix,
                   struct err *err);
/* Mode and policy type on columns mode and type. */
void clause_policy(struct clause *clause, const struct filter *filter, const char *prefix);
/* Result and MX on columns result and mx. */
bool clause_failure(struct clause *clause, struct store *store, const struct filter *filter, const char *prefix,
                    struct err *err);
/* "tenant_day WHERE ..." or, with a domain, "day_unit WHERE ...": the sums of units of a filter day by day, its policy and
 * failures_only apart. */
bool clause_days(struct clause *clause, struct store *store, const struct filter *filter, struct err *err);
/* The sums of units by domain, out of as few rows as there are: by reporter whole hundreds of days (hundred_unit), tens
 * (span_unit) and the days before and after (day_unit); where nobody asks by which reporter, tens (domain_span) and days. */
struct clause_part {
	struct filter filter; /* with the days of this part */
	const char *table;
};
#define CLAUSE_PARTS 5
size_t clause_parts(const struct filter *filter, bool by_reporter, struct clause_part out[CLAUSE_PARTS]);

struct query *clause_ask(struct clause *clause, struct store *store, struct err *err);

/* From the first to the last day with counted units of the filter, and how many counted reports: of its period, domain,
 * reporter and tenant. */
bool view_period(struct store *store, const struct filter *filter, struct arena *arena, struct period *out_period,
                 uint64_t *out_reports, struct err *err);
/* How many reporters a tenant's counted units of the period are from. */
bool view_reporters(struct store *store, const struct filter *filter, uint64_t *out, struct err *err);
