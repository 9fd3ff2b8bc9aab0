/* SPDX-License-Identifier: ISC */
#pragma once
/* Joins alert/ with the store: judges what is due in the transaction of the diagnosis, and says what is pending. */
#include "base/arena.h"
#include "base/err.h"
#include "base/instant.h"
#include "store/store.h"

/* Inside a transaction. */
bool alerting_judge(struct store *store, struct arena *arena, instant now, struct err *err);

/* Says what is pending, as log lines (event "alert"): they reach the journal, and with it any machine, without the mail
 * system that may be the one that is broken.  Marked as said afterwards, in a transaction of its own: after a crash in
 * between they come again. */
bool alerting_deliver(struct store *store, instant now, struct err *err);
