/* SPDX-License-Identifier: ISC */
#pragma once
/* When a message is tried again: the ten steps of Standard Webhooks, for every channel. */
#include "base/instant.h"

#define ALERT_ATTEMPTS 10

/* After `attempts` failed ones, the first included.  The wait is the schedule's or what the other side asked for, the
 * longer one, and up to a tenth more, by `seed`, so that many messages do not come at the same moment.  False when that
 * was the last. */
bool alert_retry_next(uint64_t attempts, uint64_t seed, uint32_t asked_secs, instant now, instant *out_at);
