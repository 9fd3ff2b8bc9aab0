/* SPDX-License-Identifier: ISC */
#pragma once
/* How the TLSA records of a server stand in the change of its key, and what comes next (RFC 7671 section 8.1).  Pure. */
#include "report/rollover.h"

/* `next_spki` is the public key to come (DER), absent where it is not known. */
void dane_rollover(const struct check_mx *mx, struct str next_spki, struct arena *arena,
                   struct rollover *out);
