/* SPDX-License-Identifier: ISC */
#pragma once
/* What a look at a whole domain means for the issues: it confirms and clears those that are open, and opens what no report
 * has told of yet. */
#include "report/check.h"
#include "store/store.h"

/* Inside a transaction.  `check` is a look with all its parts; what it could not tell changes nothing. */
bool diagnosis_check(struct store *store, const struct check *check, instant now, struct err *err);
