/* SPDX-License-Identifier: ISC */
#pragma once
/* How often we knock at other people's servers, over all looks of this process: few at the same address at a time, few in a
 * row, and what one look saw serves others that want the same a little later.  A server of a thousand domains is looked at
 * once, not a thousand times.  For any number of threads. */
#include "probe/mx_look.h"

struct look_manners;

struct look_manners *look_manners_new(void);
void look_manners_free(struct look_manners **manners);

/* Blocks until it is our turn at this address (an IPv6 /64 counts as one); false when that is not so before the deadline. */
bool look_manners_knock(struct look_manners *manners, const struct address *address, int64_t deadline_ms);

/* mx_look() with manners.  What began at `oldest_ms` (clock_ms()) or later will do; a look of another thread that is under
 * way is waited for.  LOOK_HELD_BACK when it is not our turn in time. */
void look_manners_look(struct look_manners *manners, struct str host, const struct address *address,
                       const struct mx_look_options *options, int64_t oldest_ms, struct arena *arena,
                       struct mx_look *out);
