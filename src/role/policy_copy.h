/* SPDX-License-Identifier: ISC */
#pragma once
/* A copy of the policies that are served, in a file beside the database (its name with ".policies" behind it): `keep` writes
 * it, and `http` serves from it when it starts while the store cannot be read. */
#include "store/published.h"

/* Replaces the file as a whole.  ERR_LATER. */
bool policy_copy_write(const char *store_path, struct store *store, struct err *err);
/* ERR_MISSING, ERR_INPUT for what is no such file. */
bool policy_copy_read(const char *store_path, struct arena *arena, struct shelf_row **out, size_t *out_count,
                      struct err *err);
