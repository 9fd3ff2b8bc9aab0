/* SPDX-License-Identifier: ISC */
#include "report/weigh.h"

#include <math.h>

#define Z 1.96 /* 95 % */
#define SHARE_SMALL 0.05
#define SHARE_TINY 0.001
#define LUCK_MOST 0.01

double weigh_share_floor(uint64_t failed, uint64_t total)
{
	if (total == 0)
		return 0;
	if (failed > total)
		failed = total; /* details may say more than the totals */
	double n = (double)total, p = (double)failed / n;
	double middle = p + Z * Z / (2 * n);
	double spread = Z * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n));
	double floor = (middle - spread) / (1 + Z * Z / n);
	return floor < 0 ? 0 : floor;
}

enum confidence weigh_confidence(uint64_t known_reporters, enum issue_seen look)
{
	if (look == SEEN_BROKEN)
		return CONFIDENCE_CONFIRMED;
	if (look == SEEN_CLEAN)
		return CONFIDENCE_NOT_SEEN_BY_US;
	return known_reporters > 1    ? CONFIDENCE_SEVERAL_REPORTERS
	       : known_reporters == 1 ? CONFIDENCE_ONE_REPORTER
	                              : CONFIDENCE_NEW_REPORTERS;
}

static enum severity lower(enum severity severity)
{
	return severity > SEVERITY_NOTICE ? severity - 1 : severity;
}

enum severity weigh_severity(const struct weighed *weighed)
{
	enum severity severity = weighed->worst;
	double share = weigh_share_floor(weighed->failed, weighed->total);

	if (severity == SEVERITY_OK)
		severity = SEVERITY_NOTICE;
	if (weighed->refused == 0 && severity == SEVERITY_CRITICAL)
		severity = SEVERITY_WARNING;
	if (weighed->confidence == CONFIDENCE_CONFIRMED)
		return severity;
	if (weighed->only_strangers && severity > SEVERITY_WARNING)
		severity = SEVERITY_WARNING;
	if (weighed->confidence != CONFIDENCE_SEVERAL_REPORTERS && share < SHARE_SMALL)
		severity = lower(severity);
	if (share < SHARE_TINY)
		severity = lower(severity);
	return severity;
}

bool weigh_others_are_fine(uint64_t failed, uint64_t total, uint64_t others_total)
{
	/* If the others met the same fault as often as can be taken for granted here, this is how likely none of
	 * their sessions would have failed. */
	double share = weigh_share_floor(failed, total);
	if (share <= 0 || others_total == 0)
		return false;
	return (double)others_total * log1p(share >= 1 ? -0.999999 : -share) < log(LUCK_MOST);
}

bool weigh_compares(const struct issue *issue, uint64_t reporters)
{
	return reporters == 1 || issue->matter == CAUSE_STARTTLS_NOT_OFFERED;
}

/* Some see no STARTTLS where others, or we ourselves, do: something in between takes it out, and that may be an attack. */
static bool may_be_taken_out(const struct issue *issue, bool others_are_fine)
{
	return others_are_fine || (issue->seen == SEEN_CLEAN && day_of(issue->looked_at) >= issue->last_day);
}

/* One sender, and we see nothing: a notice while no mail is refused. */
static enum severity lower_for_sender(const struct issue *issue)
{
	if (issue->refused == 0)
		return SEVERITY_NOTICE;
	return issue->severity > SEVERITY_WARNING ? SEVERITY_WARNING : issue->severity;
}

void weigh_issue(struct issue *issue, uint64_t known_reporters, bool everywhere)
{
	issue->confidence = weigh_confidence(known_reporters, issue->seen);
	struct weighed weighed = {.worst = issue->worst,
	                          .failed = issue->failed,
	                          .refused = issue->refused,
	                          .total = issue->total,
	                          .confidence = issue->confidence,
	                          .only_strangers = known_reporters == 0};
	issue->severity = weigh_severity(&weighed);
	issue->fault = issue_matter_fault(issue->matter);
	if (issue->seen == SEEN_BROKEN || issue->matter >= CAUSE_COUNT)
		return;
	bool others_are_fine = weigh_others_are_fine(issue->failed, issue->total, issue->others_sessions);
	if (issue->matter == CAUSE_STARTTLS_NOT_OFFERED) {
		if (may_be_taken_out(issue, others_are_fine))
			issue->fault = FAULT_UNKNOWN;
		return;
	}
	if (others_are_fine || everywhere)
		issue->fault = FAULT_SENDER;
	if (issue->fault == FAULT_SENDER && issue->seen == SEEN_CLEAN)
		issue->severity = lower_for_sender(issue);
}
