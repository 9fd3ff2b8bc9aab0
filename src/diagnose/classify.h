/* SPDX-License-Identifier: ISC */
#pragma once
/* The cause of a failure, whose fault it is, and whether mail was refused.  Pure: no state, no input or output. */
#include "report/report.h"

/* Fills cause, fault and refused of every failure of the report, from result type, reason code, additional
 * information, policy type, mode and the habits of the reporter. */
void classify_report(struct report *report);

/* One failure, with what is known of its unit.  `reporter` may be absent. */
void classify_failure(struct failure *failure, enum policy_type policy_type, enum sts_mode mode, struct str reporter);

/* Whether failed sessions of such a unit that carry no detail were refused: MTA-STS enforce or DANE. */
bool classify_unit_refuses(enum policy_type policy_type, enum sts_mode mode);
