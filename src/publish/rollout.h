/* SPDX-License-Identifier: ISC */
#pragma once
/* The next step of a domain on its way to an enforced MTA-STS policy: testing, two clean weeks, enforce with a max_age
 * of a day, a week, a month.  Pure. */
#include "report/advice.h"

/* The rungs of the way, each with what is published there. */
void rollout_rungs(const struct advice_limits *limits, struct advice_rung out[ADVICE_RUNGS]);

/* Where a domain stands on the way in and on the way out, and what comes next. */
void rollout_advise(const struct advice_facts *facts, const struct advice_limits *limits, struct advice *out);
