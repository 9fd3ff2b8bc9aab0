/* SPDX-License-Identifier: ISC */
#pragma once
/* How soon somebody may try to sign in again: who failed too often waits, each time twice as long.  Counted for a name from
 * a network, for a network, and, more patiently, for a name from everywhere: nobody shuts another out for long.  Names that
 * do not exist are counted like others. */
#include <stdint.h>

#include "base/str.h"

struct sign_in_rate; /* for one thread at a time */

struct sign_in_rate *sign_in_rate_new(void);
void sign_in_rate_free(struct sign_in_rate **rate);

/* Seconds to wait; 0: now.  `network` absent: of this machine. */
uint32_t sign_in_rate_wait(struct sign_in_rate *rate, struct str name, struct str network, int64_t now_ms);
void sign_in_rate_failed(struct sign_in_rate *rate, struct str name, struct str network, int64_t now_ms);
void sign_in_rate_succeeded(struct sign_in_rate *rate, struct str name, struct str network);
