/* SPDX-License-Identifier: ISC */
#include "report/observation.h"

#include <assert.h>

#include "base/attr.h"

const char *look_state_text(enum look_state state)
{
	static const char *const texts[] = {"ok",          "no-address",  "forbidden",        "port-closed", "no-greeting",
	                                    "broken",      "no-starttls", "starttls-refused", "injected",    "handshake-failed",
	                                    "held-back"};
	static_assert(COUNT_OF(texts) == LOOK_STATE_COUNT, "one text each");
	assert((unsigned)state < LOOK_STATE_COUNT);
	return texts[state];
}

const char *observation_kind_text(enum observation_kind kind)
{
	static const char *const texts[] = {"mx", "certificate", "tlsa", "tls-rpt-record", "mta-sts-record", "policy", "finding"};
	static_assert(COUNT_OF(texts) == OBSERVATION_KIND_COUNT, "one text each");
	assert((unsigned)kind < OBSERVATION_KIND_COUNT);
	return texts[kind];
}
