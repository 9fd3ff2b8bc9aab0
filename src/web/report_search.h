/* SPDX-License-Identifier: ISC */
#pragma once
/* The words of the search for reports: "domain:example.com failed:>10 received:>2026-11-20 text". */
#include "base/arena.h"
#include "base/err.h"
#include "report/views.h"

#define REPORT_SEARCH_BYTES 500

/* Adds what the words ask for to the filter; days of `day:` become its period and set `*has_period`.  Texts live in the arena.
 * ERR_INPUT says what is wrong, and `*out_at` is the offset of the word it is about. */
bool report_search_read(struct str words, struct arena *arena, struct filter *filter, bool *has_period, size_t *out_at,
                        struct err *err);

/* The keys, for those who type; NULL at the end. */
extern const char *const report_search_keys[];
