/* SPDX-License-Identifier: ISC */
#pragma once
/* What the screens of the web application ask beyond the views: days for charts, domains with how they stand, what is
 * missing of the last day.  Of what counts, within the scope of the store.  STORE_READ is enough; all memory belongs to the
 * arena. */
#include "report/severity.h"
#include "store/store.h"

/* Which usual reporters have not reported on the last day with data.  Usual: reported on ten or more of the 28 days before. */
struct screens_missing {
	struct str reporter;
	int usual_hour; /* UTC, by which it has usually reported; -1: not known */
};
struct screens_coverage {
	int32_t last_day; /* DAY_NONE: nothing is stored */
	uint64_t reported, usual;
	struct screens_missing *missing;
	size_t missing_count;
	instant last_arrival; /* INSTANT_NONE for a tenant */
};
/* `domain` absent: all. */
bool screens_coverage(struct store *store, struct str domain, struct arena *arena, struct screens_coverage *out,
                      struct err *err);

struct screens_day {
	int32_t day;
	uint64_t secured, no_policy; /* succeeded */
	uint64_t failed, refused;
	uint64_t reporters;
	bool is_partial; /* one of the last days, and not all usual reporters have reported */
};
/* Every day of the period, which must have both ends, those without reports too.  With a result type or an MX only failed and
 * refused are known. */
bool screens_days(struct store *store, const struct filter *filter, struct arena *arena, struct screens_day **out,
                  size_t *out_count, struct err *err);

struct screens_totals {
	uint64_t successful, failed, refused, unexplained;
	uint64_t enforced, testing, no_policy; /* sessions, failed or not */
	uint64_t reporters, reports;
};
/* Sessions alone: neither reporters nor reports, which are dearer to count. */
bool screens_sessions(struct store *store, const struct filter *filter, struct arena *arena, struct screens_totals *out,
                      struct err *err);
bool screens_totals(struct store *store, const struct filter *filter, struct arena *arena, struct screens_totals *out,
                    struct err *err);

enum screens_state {
	SCREENS_FAILING, /* an open issue is critical: mail is refused */
	SCREENS_AT_RISK, /* or a warning */
	SCREENS_OK,
	SCREENS_WAITING, /* never a report */
	SCREENS_SILENT,  /* none for days */
	SCREENS_PAUSED,
	SCREENS_STATE_COUNT
};
const char *screens_state_text(enum screens_state state);

struct screens_domain {
	int64_t id; /* of its name */
	struct str name, tenant;
	bool is_listed, is_paused;
	int proof;          /* enum domain_proof */
	bool has_dane;      /* in the period */
	enum sts_mode mode; /* of MTA-STS, as the newest counted day says; MODE_NOT_STATED: none seen */
	int32_t mode_since; /* screens_domain_more() */
	uint64_t successful, failed, refused, unexplained;
	uint64_t open_issues;
	enum severity worst; /* of them */
	int32_t last_day;    /* ever; DAY_NONE */
	uint64_t reporters;  /* in the period; screens_domain_more() */
	enum screens_state state;
};
/* The listed domains; while none is listed, those that reports speak of.  Of the filter the period, domain and tenant.  Worst
 * first, then by sessions and name.  A domain without reports since `silent_before` is silent. */
bool screens_domains(struct store *store, const struct filter *filter, int32_t silent_before, struct arena *arena,
                     struct screens_domain **out, size_t *out_count, struct err *err);
/* Fills what costs more than the rest, for the rows that are shown: mode_since, the first day of the mode without another one
 * since (DAY_NONE where reporters differ), and the reporters of the period of the filter. */
bool screens_domain_more(struct store *store, const struct filter *filter, struct screens_domain *row, struct err *err);

/* One reporter and day of one domain. */
struct screens_heat {
	struct str reporter, organization;
	int32_t day;
	uint64_t successful, failed;
};
/* By reporter, then day.  The filter has a domain. */
bool screens_heat(struct store *store, const struct filter *filter, struct arena *arena, struct screens_heat **out,
                  size_t *out_count, struct err *err);

/* Names that hold `text` (lower case), those that begin with it first; at most `most`. */
enum screens_names { SCREENS_DOMAINS, SCREENS_REPORTERS, SCREENS_RESULTS, SCREENS_MX, SCREENS_NAMES_COUNT };
bool screens_names(struct store *store, enum screens_names kind, struct str text, size_t most, struct arena *arena,
                   struct str_list *out, struct err *err);

/* The report before (or after) one of the same reporter about the same first domain; 0: none. */
bool screens_neighbour(struct store *store, int64_t report, bool is_next, int64_t *out, struct err *err);

bool screens_quarantine_counts(struct store *store, uint64_t out[QUARANTINE_KIND_COUNT], struct err *err);

/* The numbers beside the entries of the navigation. */
struct screens_counts {
	uint64_t open_issues;
	uint64_t quarantine, held, domains;
	uint64_t reports; /* that count */
};
bool screens_count(struct store *store, struct screens_counts *out, struct err *err);

/* DAY_NONE where nothing counts. */
bool screens_first_day(struct store *store, int32_t *out, struct err *err);

struct screens_reporter {
	struct str organization; /* as written last: a claim */
	int32_t first_day, last_day;
	uint64_t reports; /* that count */
};
/* ERR_MISSING for one that nothing in this scope came from. */
bool screens_reporter(struct store *store, struct str name, struct arena *arena, struct screens_reporter *out,
                      struct err *err);

/* The issues that a reporter has or had a part in, by number, highest first. */
bool screens_issues_of(struct store *store, struct str reporter, struct arena *arena, int64_t **out, size_t *out_count,
                       struct err *err);

/* What /metrics tells of the house; not for a tenant. */
struct screens_gauges {
	uint64_t arrivals, reports, bytes;
	uint64_t issues[SEVERITY_COUNT]; /* open */
	instant last_arrival;
};
bool screens_gauges(struct store *store, struct screens_gauges *out, struct err *err);

struct screens_sum {
	struct str domain;
	enum policy_type type;
	uint64_t successful, failed; /* of all days */
};
bool screens_sums(struct store *store, struct arena *arena, struct screens_sum **out, size_t *out_count, struct err *err);

/* A domain that was not heard of for so many days before the last one with data is silent: reports come a day or two late. */
#define SCREENS_SILENT_DAYS 4
