/* SPDX-License-Identifier: ISC */
#pragma once
/* How bad an issue is: consequence (was mail refused) x confidence (who says so) x share, never the share alone; and
 * whose fault it is by comparison.  Pure. */
#include "report/issue.h"

/* The share that can be taken for granted: the lower end of the Wilson score interval at 95 %.  Unlike the plain share
 * and unlike the normal approximation it holds for three sessions as for 300,000: 3 of 3 gives 0.44, 1 of 1 gives 0.21,
 * 1 of 300,000 gives 0.0000006.  0 for a total of 0. */
double weigh_share_floor(uint64_t failed, uint64_t total);

/* Counts those alone that are known, trusted or have a history: anybody can have two domains. */
enum confidence weigh_confidence(uint64_t known_reporters, enum issue_seen look);

struct weighed {
	enum severity worst; /* what the causes ask for under the modes of the units */
	uint64_t failed, refused, total;
	enum confidence confidence;
	bool only_strangers; /* nobody knows any of those who say so */
};

/* Strangers raise nothing above a warning, for anybody can have a domain and sign. One step down from `worst`
 * while no two known reporters say so and the sure share is under 5 %; one step down while the sure share is under 0.1
 * %, whoever says so; no step down once our own look confirms it. Refused mail is never less than a notice, and
 * what refuses no mail is never critical. */
enum severity weigh_severity(const struct weighed *weighed);

/* `failed` of `total` sessions at the reporters that have it; `others_total` sessions of other reporters, on the same
 * domains in the same days, none of them failed so.  True when it is less than one in a hundred that the others
 * were only lucky: then the fault is at the sender or on its path. */
bool weigh_others_are_fine(uint64_t failed, uint64_t total, uint64_t others_total);

/* Whether other reporters on the same domains tell whose fault it is: where one reporter alone has it; a server without
 * STARTTLS is everybody's fault or somebody's in between. */
bool weigh_compares(const struct issue *issue, uint64_t reporters);

/* Severity, confidence and fault of an issue out of its numbers; `others_sessions` 0 where nothing is compared.
 * `everywhere`: its one reporter fails so at server after server. */
void weigh_issue(struct issue *issue, uint64_t known_reporters, bool everywhere);
