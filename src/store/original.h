/* SPDX-License-Identifier: ISC */
#pragma once
/* The bytes as they came, each content once, packed with zstd.  The door to libzstd. */
#include "base/buf.h"
#include "store/db.h"

struct originals; /* one for each db */

struct originals *originals_new(struct db *db);
void originals_free(struct originals **originals);

bool original_put(struct originals *originals, struct str bytes, int64_t received_at, int64_t *out_id, struct err *err);
/* Unpacks into `out` and compares the hash: ERR_MISSING, ERR_SETUP (damaged), ERR_TOO_BIG (out->ceiling). */
bool original_get(struct originals *originals, int64_t id, struct buf *out, struct err *err);
