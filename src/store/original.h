/* SPDX-License-Identifier: ISC */
#pragma once
/* The bytes as they came, each content once, packed with zstd.  The door to libzstd. */
#include "base/buf.h"
#include "store/db.h"

/* src/store/original-1.dict, put in at build time. */
extern const unsigned char original_dictionary[];
extern const size_t original_dictionary_len;

struct originals; /* one for each db */

struct originals *originals_new(struct db *db);
void originals_free(struct originals **originals);

/* `*out_grown`: bytes it takes more in the database. */
bool original_put(struct originals *originals, struct str bytes, int64_t received_at, int64_t *out_id,
                  int64_t *out_grown, struct err *err);
/* The bytes of up to `most` originals received before `before` are deleted, except of arrivals in quarantine; their rows
 * stay. */
bool original_delete(struct originals *originals, int64_t before, uint32_t most, uint32_t *out_deleted,
                     int64_t *out_freed, struct err *err);
/* The bytes of one, unless it is of an arrival in quarantine; `*out_freed` is 0 where they were gone. */
bool original_delete_one(struct originals *originals, int64_t id, int64_t *out_freed, struct err *err);
/* Unpacks into `out` and compares the hash: ERR_MISSING, ERR_SETUP (damaged), ERR_TOO_BIG (out->ceiling). */
bool original_get(struct originals *originals, int64_t id, struct buf *out, struct err *err);
