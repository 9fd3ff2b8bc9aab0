/* SPDX-License-Identifier: ISC */
#pragma once
/* The next step of a domain on its way to an enforced MTA-STS policy: testing, two clean weeks, enforce with a max_age
 * of a day, a week, a month.  Pure. */
#include "report/advice.h"

void rollout_advise(const struct advice_facts *facts, const struct advice_limits *limits, struct advice *out);
