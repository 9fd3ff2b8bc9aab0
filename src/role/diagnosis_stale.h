/* SPDX-License-Identifier: ISC */
#pragma once
/* Once a day: reporters that still use an older MTA-STS policy than the others, and until when they may. */
#include "base/arena.h"
#include "base/err.h"
#include "base/instant.h"
#include "store/store.h"

/* Inside a transaction; `today`: the last day that can be judged. */
bool diagnosis_stale(struct store *store, struct arena *arena, int32_t today, instant now, struct err *err);
