/* SPDX-License-Identifier: ISC */
#pragma once
/* What a look could tell, and what it left open.  Pure. */
#include "report/check.h"

/* Whether the look could tell that a finding of before, with this code and about `place`, is gone. */
bool look_findings_told(const struct check *check, struct str place, struct str code);
/* Which servers the domain has is known. */
bool look_findings_set_known(const struct check *check);
