/* SPDX-License-Identifier: ISC */
#pragma once
/* What lies in quarantine because another version could not read it.  All of it is the house's: nobody knows whose it is. */
#include "store/store.h"

/* An arrival that this version has not tried; ERR_MISSING where there is none. */
bool store_unread_next(struct store *store, struct str version, int64_t *out_arrival, struct err *err);
/* How many reports were found in it when it was read last. */
bool store_unread_reports(struct store *store, int64_t arrival, uint64_t *out_count, struct err *err);
/* This version has tried it, and would read so many reports more.  A transaction of its own, or part of one. */
bool store_unread_tried(struct store *store, int64_t arrival, struct str version, uint64_t readable, struct err *err);

/* How many reports can now be read; none for a tenant.  STORE_READ is enough. */
bool store_unread_readable(struct store *store, uint64_t *out_reports, struct err *err);
/* In which arrivals they are, oldest first. */
bool store_unread_list(struct store *store, size_t most, struct arena *arena, int64_t **out, size_t *out_count,
                       struct err *err);
