/* SPDX-License-Identifier: ISC */
#pragma once
/* Hostile bytes to reports: the whole of the decode stage.  Runs in the sandboxed worker. */
#include "report/arrival.h"
#include "report/decoded.h"

/* Reads `arrival->bytes` (a mail, JSON, gzip or zip, told apart by their bytes) and gives every report found, or the
 * problem.  Never fails otherwise.  `arrival->name` and `recipient` are hints for a missing policy-domain.
 * `*out` lives in `arena`. */
void decode_arrival(const struct arrival *arrival, struct arena *arena, struct decoded *out);
