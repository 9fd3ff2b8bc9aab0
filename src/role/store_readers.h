/* SPDX-License-Identifier: ISC */
#pragma once
/* A few read handles of the store, shared by many threads: one is lent at a time. */
#include "base/err.h"
#include "store/store.h"

struct store_readers;

/* `where` must outlive it.  Handles are opened when they are first needed. */
struct store_readers *store_readers_new(const char *where);
/* All handles must be back. */
void store_readers_free(struct store_readers **readers);

/* What is asked of the handle later than five seconds from now fails with ERR_LATER.
 * Waits for a handle; false (ERR_LATER) when none comes back in time, or with what store_open() says. */
bool store_readers_take(struct store_readers *readers, struct store **out, struct err *err);
/* `is_good`: false after a failure, then it is closed instead of being lent again.  Sets `*store` to NULL. */
void store_readers_give(struct store_readers *readers, struct store **store, bool is_good);
