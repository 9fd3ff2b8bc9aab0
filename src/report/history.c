/* SPDX-License-Identifier: ISC */
#include "report/history.h"

#include <assert.h>

#include "base/attr.h"

const char *clue_kind_text(enum clue_kind kind)
{
	static const char *const texts[] = {"cert-replaced",  "tlsa-old-key", "tlsa-changed", "mx-joined",
	                                    "policy-changed", "policy-drift", "stale-policy"};
	static_assert(COUNT_OF(texts) == CLUE_KIND_COUNT, "one text each");
	assert((unsigned)kind < CLUE_KIND_COUNT);
	return texts[kind];
}
