/* SPDX-License-Identifier: ISC */
#pragma once
/* Names by number (table `name`), remembered in memory: a report needs a handful, and they are nearly always known. */
#include "base/arena.h"
#include "store/db.h"

struct names; /* one for each db */

struct names *names_new(struct db *db);
void names_free(struct names **names);

/* The number of a name, made where there is none; 0 for absent and empty. */
bool names_put(struct names *names, struct str text, int64_t *out_id, struct err *err);
/* Without making one: -1 where there is none. */
bool names_find(struct names *names, struct str text, int64_t *out_id, struct err *err);
/* The name, absent for 0. */
bool names_get(struct names *names, int64_t id, struct arena *arena, struct str *out, struct err *err);
/* After a rollback: numbers that were made in it are gone. */
void names_forget(struct names *names);
