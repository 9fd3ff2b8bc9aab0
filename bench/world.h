/* SPDX-License-Identifier: ISC */
#pragma once
/* The invented world that the generated reports speak of: who reports, for which domains, and what went wrong.
 * Everything here is fixed by a seed. */
#include <stdbool.h>
#include <stdint.h>

#include "bench/random.h"

enum manner { /* how a reporter writes */
	MANNER_GOOGLE,
	MANNER_MICROSOFT,
	MANNER_MAILRU,
	MANNER_POSTFIX,
	MANNER_STALWART,
	MANNER_MOX,
	MANNER_SOCKETLABS,
	MANNER_HALON,
	MANNERS,
};

#define WORLD_TEXT 96
#define WORLD_MX_MAX 3
#define WORLD_FAILURES_MAX 8
#define WORLD_UNITS_MAX 2

struct world_reporter {
	enum manner manner;
	char organization[WORLD_TEXT];
	char submitter[WORLD_TEXT]; /* the domain that TLS-Report-Submitter names */
	char contact[WORLD_TEXT];   /* "" : contact-info is null */
	char from[WORLD_TEXT];
};

struct world_domain {
	char name[WORLD_TEXT];
	bool has_sts, has_tlsa;
	const char *mode; /* of the MTA-STS policy */
	uint32_t max_age_secs;
	char mx[WORLD_MX_MAX][WORLD_TEXT];       /* the hosts that take its mail */
	unsigned mx_count;
	char pattern[WORLD_MX_MAX][WORLD_TEXT];  /* what its policy lists */
	unsigned pattern_count;
	uint64_t tlsa; /* the digest of its TLSA record comes from this number */
};

enum unit_kind { UNIT_STS, UNIT_TLSA, UNIT_NONE };

struct world_failure {
	const char *result;
	const char *reason; /* NULL: the reporter gives none */
	const char *mx;     /* NULL: about the policy, not a host */
	char sending_ip[48];
	char receiving_ip[48];
	uint32_t sessions;
};

struct world_unit {
	enum unit_kind kind;
	const struct world_domain *domain;
	uint32_t succeeded, failed;
	struct world_failure failures[WORLD_FAILURES_MAX];
	unsigned failure_count;
};

struct world_report {
	const struct world_reporter *reporter;
	const struct world_domain *domain;
	int32_t day;
	uint64_t number; /* different for each report of a run */
	struct world_unit units[WORLD_UNITS_MAX];
	unsigned unit_count;
};

/* What a bulk run consists of.  `number` counts the mails from 0. */
struct world_bulk {
	uint64_t seed;
	int32_t last_day;
	uint64_t sent[MANNERS]; /* so that no two reports share an identity */
	struct world_reporter reporter;
	struct world_domain domain;
};
/* Fills `*report`, which points into `*bulk` and is valid until the next call. */
void world_next(struct world_bulk *bulk, uint64_t number, struct world_report *report);

/* The month of `make demo`: calls `each` for every report, oldest first, the last day being `last_day`. */
typedef bool world_each_fn(const struct world_report *report, void *context);
bool world_demo(uint64_t seed, int32_t last_day, world_each_fn *each, void *context);

/* Where its mail comes from, as the reporter's own. */
void world_failure_add(struct world_unit *unit, enum manner manner, struct random *random, const char *result,
                       const char *reason, const char *mx, uint32_t sessions);
