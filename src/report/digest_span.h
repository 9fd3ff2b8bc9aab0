/* SPDX-License-Identifier: ISC */
#pragma once
/* What a week or a month brought: the digest of a week, the report of a month for a customer.  All memory belongs to the
 * arena it was made in.  Days are UTC days, first and last included. */
#include "report/issue.h"
#include "report/views.h"

enum digest_span { DIGEST_WEEK, DIGEST_MONTH };

struct digest_sums {
	uint64_t successful, failed, refused; /* unit sessions: a session may count once per policy */
	uint64_t reports, reporters;
	uint64_t domains, failing_domains;
};

struct digest_domain {
	struct str name;
	uint64_t successful, failed, refused;
};

struct digest_day {
	int32_t day;
	uint64_t successful, failed;
};

/* What comes up. */
enum digest_event {
	DIGEST_CERT_ENDS,   /* the certificate of a server */
	DIGEST_MAY_ENFORCE, /* a domain in testing, as far as reports tell; the day is that from which on */
	DIGEST_POLICY_ENDS, /* an older policy that a reporter still uses */
	DIGEST_EVENT_COUNT
};
struct digest_coming {
	enum digest_event event;
	struct str subject, reporter;
	int32_t day; /* DAY_NONE: not known */
};

struct digest {
	enum digest_span span;
	int32_t since_day, until_day;
	instant made_at;
	struct str tenant, domain; /* absent: everything */
	struct str language;       /* of the tenant's mails; empty or absent: he has not said */
	struct str heading;        /* how the tenant is called on documents; absent: by his name */
	struct digest_sums now, before; /* before: the week or month before */
	struct digest_day *days;
	size_t day_count;
	struct digest_domain *domains; /* that failed, worst first; of a month all */
	size_t domain_count;
	struct issue *open, *closed; /* as they stood at the end; closed: within these days, by themselves or by hand */
	size_t open_count, closed_count;
	struct issue *silent; /* of the open ones: who does not report */
	size_t silent_count;
	struct issue_page *pages; /* of a month: what went wrong, one after the other */
	size_t page_count;
	struct digest_coming *coming;
	size_t coming_count;
	struct result_view results;
	struct source_view sources;
	struct completeness complete;
	uint64_t full_days, usual_reporters; /* days of the span on which all who usually report did */
};

const char *digest_span_text(enum digest_span span);    /* "week", "month" */
const char *digest_span_event_text(enum digest_event event); /* "certificate-ends", ... */
/* Nothing failed, nothing is open, nobody is silent. */
bool digest_span_is_clean(const struct digest *digest);

/* The Monday of the week of a day, and the first and last day of its month. */
int32_t digest_span_monday(int32_t day);
void digest_span_month(int32_t day, int32_t *out_first, int32_t *out_last);
