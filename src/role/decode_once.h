/* SPDX-License-Identifier: ISC */
#pragma once
/* Reads one arrival in a sealed decode worker that lives for this alone: what `report show FILE` needs, without a store and
 * without a server. */
#include "base/arena.h"
#include "base/err.h"
#include "report/arrival.h"
#include "report/decoded.h"
#include "sys/config.h"

/* Always an answer where true: a worker that dies or hangs is a problem in `*out`, as in the server.  `*out` lives in
 * `arena`.  ERR_LATER, ERR_SETUP: no worker can be started here; ERR_TOO_BIG: over LIMIT_ARRIVAL_BYTES. */
bool decode_once(const struct config *config, const struct arrival *arrival, struct arena *arena, struct decoded *out,
                 struct err *err);
