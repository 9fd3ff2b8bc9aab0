/* SPDX-License-Identifier: ISC */
#include "report/dane.h"

#include <assert.h>

#include "base/attr.h"

const char *dane_state_text(enum dane_state state)
{
	static const char *const texts[] = {"none", "cannot-tell", "all-unusable", "match", "mismatch"};
	static_assert(COUNT_OF(texts) == DANE_STATE_COUNT, "one text each");
	assert((unsigned)state < DANE_STATE_COUNT);
	return texts[state];
}
