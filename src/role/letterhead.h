/* SPDX-License-Identifier: ISC */
#pragma once
/* Whose document it is: his name and logo above it, as his settings say. */
#include "present/doc.h"
#include "store/store.h"

/* Of the tenant for whom the store answers; the house has none. */
bool letterhead_put(struct store *store, struct doc *doc, struct err *err);
