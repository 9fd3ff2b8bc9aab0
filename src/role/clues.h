/* SPDX-License-Identifier: ISC */
#pragma once
/* Joins what reports say with what our own looks saw over time.  STORE_READ is enough; all memory belongs to the arena. */
#include "report/history.h"
#include "report/issue.h"
#include "store/store.h"

/* Everything that is known of the past of a domain: at most `most` facts. */
bool clues_history(struct store *store, struct str domain, size_t most, struct arena *arena, struct domain_history *out,
                   struct err *err);

/* An issue with all that is known of it, and what may explain it.  ERR_MISSING. */
bool clues_issue(struct store *store, int64_t id, struct arena *arena, struct issue_page *out, struct err *err);
