/* SPDX-License-Identifier: ISC */
#include "alert/alert_retry.h"

#include "base/attr.h"

/* The first one is at once. */
static const uint32_t waits[ALERT_ATTEMPTS] = {0,         5,         5 * 60,     30 * 60,    2 * 3600,
                                               5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600};

bool alert_retry_next(uint64_t attempts, uint64_t seed, uint32_t asked_secs, instant now, instant *out_at)
{
	if (attempts >= ALERT_ATTEMPTS)
		return false;
	uint64_t wait = waits[attempts] > asked_secs ? waits[attempts] : asked_secs;
	uint64_t spread = (seed * UINT64_C(2654435761) >> 16) % (wait / 10 + 1);
	*out_at = now + (instant)(wait + spread);
	return true;
}
