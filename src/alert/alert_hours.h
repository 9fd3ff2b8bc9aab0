/* SPDX-License-Identifier: ISC */
#pragma once
/* When a rule lets its message go. */
#include "report/alert_rule.h"

/* Now, or the first moment that the rule allows: its full hour, its time of day, the end of its quiet hours.  What is critical
 * knows no quiet hours. */
instant alert_hours_next(const struct alert_rule *rule, bool is_critical, instant now);
