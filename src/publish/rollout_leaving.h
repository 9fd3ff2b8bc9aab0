/* SPDX-License-Identifier: ISC */
#pragma once
/* The way out of MTA-STS, and where a domain stands on it (RFC 8461 section 8.3).  Pure. */
#include "report/advice.h"

/* Is mode none what senders find: what is served here counts before what was seen. */
bool rollout_leaving_is_none(const struct advice_facts *facts);
void rollout_leaving(const struct advice_facts *facts, struct leaving *out);
