/* SPDX-License-Identifier: ISC */
#include "report/observation.h"

#include <assert.h>

#include "base/attr.h"

const char *look_state_text(enum look_state state)
{
	static const char *const texts[] = {"ok",          "no-address",  "forbidden",        "port-closed", "no-greeting",
	                                    "broken",      "no-starttls", "starttls-refused", "injected",    "handshake-failed"};
	static_assert(COUNT_OF(texts) == LOOK_STATE_COUNT, "one text each");
	assert((unsigned)state < LOOK_STATE_COUNT);
	return texts[state];
}
