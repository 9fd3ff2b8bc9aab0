/* SPDX-License-Identifier: ISC */
#pragma once
/* Where a host of a URL is, for the courier: its addresses, of the DNS or as they stand, without those where no packet of ours
 * may go. */
#include "base/err.h"
#include "sys/courier.h"
#include "sys/resolve.h"

/* Fills the addresses of `way`, whose `may_be_local` is the caller's word.  Blocks for the DNS.  ERR_LATER: none can be had now;
 * ERR_DENIED: all of them are private. */
bool reach_way_find(struct resolve *resolve, const char *host, struct arena *arena, struct courier_way *way, struct err *err);

/* What a result means, in words for the operator. */
const char *reach_way_failure(enum courier_result result);
