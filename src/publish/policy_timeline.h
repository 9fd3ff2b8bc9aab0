/* SPDX-License-Identifier: ISC */
#pragma once
/* The policies of a domain in the order in which they came up, as our own looks and as reporters saw them.  Pure. */
#include "report/history.h"

#define POLICY_TIMELINE_MOST 50u

/* The newest first, at most POLICY_TIMELINE_MOST.  What several saw of one text in a row is one entry. */
void policy_timeline(const struct domain_history *history, struct arena *arena, struct policy_entry **out, size_t *out_count);
