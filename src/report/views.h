/* SPDX-License-Identifier: ISC */
#pragma once
/* What the views hold: rows as the store gives them and `present` shows them.  All memory belongs to the arena of the
 * request.  Days are UTC days; `since` and `until` are both included. */
#include "report/arrival.h"
#include "report/decoded.h"
#include "report/report.h"

struct filter {
	int32_t since_day, until_day; /* DAY_NONE: open */
	struct str domain;            /* absent: all; a policy domain, lower case */
	struct str reporter;          /* absent: all */
	struct str result_type;       /* absent: all */
	struct str mx;                /* absent: all; may end in '*' */
	int mode;                     /* enum sts_mode, or -1 */
	int policy_type;              /* enum policy_type, or -1 */
	bool failures_only;
	int64_t after_id;             /* keyset: rows before this id in the list's order; 0: from the start */
	size_t limit;                 /* 0: the list's own default */
	size_t skip;                  /* of sources alone: rows before the first that is wanted */
	int64_t tenant;               /* 0: all that the caller may see */
	/* Of the list of reports alone; 0 and absent: all. */
	struct str report_id;         /* may end in '*' */
	struct str address;           /* that failed sessions came from; may end in '*' */
	struct str text;              /* lower case: in the domain, the reporter, the organisation, or how the id begins */
	uint64_t failed_least;
	instant received_since, received_before;
	int trust;                    /* 1 + enum trust */
	int counted;                  /* 1: those that count, 2: the others */
};
#define FILTER_ALL                                                                                                     \
	((struct filter){.since_day = DAY_NONE, .until_day = DAY_NONE, .mode = -1, .policy_type = -1})

struct period {
	instant begin, end; /* INSTANT_NONE where nothing is stored */
};

/* --- who has reported on a day, of those who usually do --- */
#define COMPLETE_DAYS 7 /* that are looked at: a report that is later than this does not come any more */

struct complete_reporter {
	struct str reporter, organization;
	int64_t usual_secs; /* so long after the end of a day its reports are usually here; -1: not known */
};

struct complete_day {
	int32_t day;
	uint64_t usual, reported;
};

struct completeness {
	struct complete_day last; /* the last day with data; its day is DAY_NONE where there is none */
	struct complete_reporter *missing; /* have not reported on it */
	size_t missing_count;
	struct complete_day partial[COMPLETE_DAYS]; /* of the days before: those that are not complete either, newest first */
	size_t partial_count;
};

/* --- aggregate by result --- */
struct result_part {
	enum policy_type policy_type;
	struct str policy_type_text;
	enum sts_mode mode;
	struct str mx; /* absent: not stated */
	bool refused;
	uint64_t sessions;
};

struct result_row {
	enum result_type result_type;
	struct str result_text; /* shown name; "not explained" row: see is_unexplained */
	bool is_unexplained;    /* failed sessions that no detail accounts for */
	enum cause cause;
	enum fault fault;
	uint64_t sessions, refused_sessions;
	uint64_t reporters, domains;
	struct result_part *parts; /* most sessions first */
	size_t part_count;
};

struct succeeded_row {
	enum policy_type policy_type;
	struct str policy_type_text;
	enum sts_mode mode;
	uint64_t sessions;
};

struct result_view {
	struct period period;
	uint64_t successful, failed; /* unit sessions: a session may count once per policy */
	uint64_t reports;
	struct result_row *rows; /* most sessions first */
	size_t row_count;
	struct succeeded_row *succeeded;
	size_t succeeded_count;
	struct completeness complete;
};

/* --- aggregate by sending source --- */
enum source_by { SOURCE_BY_REPORTER, SOURCE_BY_NETWORK, SOURCE_BY_ADDRESS };

struct source_failure {
	struct str result_text;
	enum cause cause;
	enum fault fault;
	bool refused;
	struct str sending_mta_ip, receiving_mx_hostname, receiving_ip, reason_code; /* absent: not stated */
	uint64_t sessions;
};

struct source_unit {
	struct str policy_domain;
	enum policy_type policy_type;
	struct str policy_type_text;
	enum sts_mode mode;
	uint64_t successful, failed, unexplained;
	struct source_failure *failures;
	size_t failure_count;
	int64_t report_id; /* the newest report of these sessions */
};

struct source_row {
	struct str reporter; /* domain; for network and address rows: the network or address */
	struct str name;     /* organisation as written last; a claim */
	uint64_t successful, failed;
	bool has_failures;
	enum cause worst_cause;
	struct str worst_result;
	uint64_t domains, days_reported;
	instant last_report; /* received */
	struct source_unit *units;
	size_t unit_count;
};

struct source_view {
	struct period period;
	enum source_by by;
	struct source_row *rows; /* those that the filter's skip and limit ask for */
	size_t row_count;
	size_t total;
	struct completeness complete;
};

/* --- lists --- */
struct report_row {
	int64_t id;
	int32_t day;
	instant begin, end, received_at;
	struct str reporter, organization_name, report_id;
	struct str domain; /* of the first unit */
	uint64_t domains, units, successful, failed;
	struct str policy_types; /* "sts, tlsa" */
	struct str worst_result; /* absent: nothing failed */
	enum trust trust;
	bool counted;
	enum door door;
	uint64_t copies; /* arrivals of the same report */
	uint64_t deviations;
};

struct report_list {
	struct report_row *rows; /* newest first */
	size_t row_count;
	int64_t next; /* after_id of the next page; 0: the end */
	struct completeness complete;
};

/* One stored report: its rows read back into the noun, and what the house knows about it. */
struct stored_report {
	struct report report;
	struct report_row row;
	struct str trust_reason; /* "signed by google.com" */
	int64_t superseded_by;   /* a newer revision; 0: none */
	int64_t original_id;     /* 0: the original was deleted */
	uint64_t original_bytes;
};

enum quarantine_kind { QUARANTINE_UNREADABLE, QUARANTINE_HELD, QUARANTINE_FOREIGN, QUARANTINE_CONFLICTING,
	               QUARANTINE_KIND_COUNT };

struct quarantine_row {
	int64_t id; /* of the arrival */
	instant received_at;
	enum door door;
	struct str peer, helo, from, recipient, name;
	bool is_secret; /* came to the unguessable address or URL of a domain */
	enum quarantine_kind kind;
	struct problem problem;
	struct str reason; /* a sentence, for kinds other than unreadable */
	uint64_t bytes;
	uint64_t copies; /* how often the same bytes came */
	instant last_at; /* the last time, after received_at; INSTANT_NONE: once only */
	uint64_t readable; /* reports that this version would read: they wait to be taken in */
};

struct quarantine_list {
	struct quarantine_row *rows; /* newest first */
	size_t row_count;
	int64_t next;
	uint64_t readable; /* of all pages */
};

/* --- one screen --- */
struct store_status {
	struct str path;
	uint32_t schema_version;
	uint64_t reports, counted, held, revisions, arrivals, duplicates, quarantined, bytes, originals_bytes;
	uint64_t domains, reporters;
	instant first_begin, last_end, last_arrival;
	/* the last 30 days up to the last day with data */
	uint64_t recent_successful, recent_failed, recent_refused;
	struct completeness complete;
	/* where alerts go; nothing of it for a tenant */
	uint64_t alert_channels, alerts_queued;
	struct str alert_failing;                        /* a channel that takes no messages; absent: none */
	struct str alert_address, alert_address_behind;  /* a mail channel that lies behind a host or domain that is watched */
};
