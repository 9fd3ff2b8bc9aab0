/* SPDX-License-Identifier: ISC */
#pragma once
/* The id of an MTA-STS record (RFC 8461 section 3.1): the time in letters and digits, another one than all that were used. */
#include "base/arena.h"
#include "base/instant.h"
#include "report/report.h"

struct str policy_id(instant at, const struct str_list *used, struct arena *arena);
