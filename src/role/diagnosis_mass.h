/* SPDX-License-Identifier: ISC */
#pragma once
/* Domains at which no session of any reporter succeeds any more, for reasons so different that no one cause tells of it. */
#include "base/arena.h"
#include "base/err.h"
#include "base/instant.h"
#include "store/store.h"

/* Inside a transaction, now and then: does nothing when it has run in this quarter of the day. */
bool diagnosis_mass(struct store *store, struct arena *arena, instant now, struct err *err);
