/* SPDX-License-Identifier: ISC */
#pragma once
/* Takes one look into the store: the dated facts, the findings, and what both mean for issues. */
#include "base/arena.h"
#include "base/err.h"
#include "report/check.h"
#include "store/store.h"

struct look_taken {
	size_t changes;      /* facts that began or ended */
	bool has_new_set;    /* the MX set is another one, and known */
};

/* Inside a transaction.  Adds what only the history shows to the findings of the check. */
bool look_take(struct store *store, struct check *check, struct arena *arena, struct look_taken *out, struct err *err);
