/* SPDX-License-Identifier: ISC */
#pragma once
/* How often one network may ask for something: a bucket that fills with time, for each of those seen last. */
#include <stdint.h>

#include "base/str.h"

struct post_rate; /* for one thread at a time */

/* `burst` at once, then `per_minute`. */
struct post_rate *post_rate_new(uint32_t burst, uint32_t per_minute);
void post_rate_free(struct post_rate **rate);

/* Takes one from the bucket of `network`; false when it is empty.  `now_ms` never goes back. */
bool post_rate_take(struct post_rate *rate, struct str network, int64_t now_ms);
