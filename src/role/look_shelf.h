/* SPDX-License-Identifier: ISC */
#pragma once
/* The last looks that somebody asked for, as `keep` itself got them from `reach`: what the web wants to publish is judged
 * by them, not by what the web says that it saw.  They end with the role. */
#include "report/check.h"

struct look_shelf;

struct look_shelf *look_shelf_new(void);
void look_shelf_free(struct look_shelf **shelf);

/* `wire` is the look as look_wire_write_check() makes it.  It takes the place of the one before it, else of the oldest. */
void look_shelf_put(struct look_shelf *shelf, struct str domain, instant at, struct str wire);
/* False where there is none, or none that is younger than `young_secs`.  Strings of `out` are in the arena. */
bool look_shelf_get(const struct look_shelf *shelf, struct str domain, int64_t young_secs, struct arena *arena,
                    struct check *out);
