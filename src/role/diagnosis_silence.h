/* SPDX-License-Identifier: ISC */
#pragma once
/* Opens and closes the issues of silence, by the habits of each reporter with each domain. */
#include "base/arena.h"
#include "base/err.h"
#include "base/instant.h"
#include "store/store.h"

/* Inside a transaction. */
bool diagnosis_silence(struct store *store, struct arena *arena, instant now, struct err *err);
