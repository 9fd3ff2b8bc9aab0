/* SPDX-License-Identifier: ISC */
#pragma once
/* The words that people read, in one place: English texts with named placeholders, plural forms, numbers and dates, all in
 * the language of the thread (present/language.h).  The English texts are the keys of the catalogues in po/, found in the
 * sources by po/catalogue.py, so they stand as literals inside tr(), tr_n(), WORDS(), WORDS_N(), as titles and help of
 * columns, in the tables of facts/, or inside tr_mark().  The values put into a text may be foreign bytes, because every
 * rendering of a document quotes the whole. */
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/instant.h"
#include "base/str.h"

const char *tr(const char *text);
/* A text in a table, for the catalogue; whoever shows it calls tr() on it. */
#define tr_mark(text) text
/* The form of `one` and `many` that belongs to `n`. */
const char *tr_n(const char *one, const char *many, uint64_t n);

struct word {
	const char *name; /* "count" fills {count} */
	struct str value;
};

/* The text with each {name} replaced; a name that is not given stays as it is written. */
struct str words_fill(struct arena *arena, const char *text, const struct word *words, size_t n);

#define WORDS(arena, text, ...)                                                                                        \
	words_fill((arena), tr(text), (const struct word[]){__VA_ARGS__}, COUNT_OF(((const struct word[]){__VA_ARGS__})))
#define WORDS_N(arena, count, one, many, ...)                                                                          \
	words_fill((arena), tr_n(one, many, count), (const struct word[]){__VA_ARGS__},                                \
	           COUNT_OF(((const struct word[]){__VA_ARGS__})))

/* A text of a report; where the reporter gave none (absent, empty, or as the store marks it) "not stated". */
struct str words_stated(struct str text);

struct str words_count(struct arena *arena, uint64_t n); /* "2,180" */
/* "8.5 %", two significant digits; "0 %", "< 0.1 %", "> 99.9 %", "100 %". Empty for a whole of 0. */
struct str words_share(struct arena *arena, uint64_t part, uint64_t whole);
struct str words_bytes(struct arena *arena, uint64_t bytes);      /* "18 kB": thousands */
struct str words_day(struct arena *arena, int32_t day);           /* "21 November 2026"; "not stated" for DAY_NONE */
struct str words_day_short(struct arena *arena, int32_t day);     /* "21 Nov 2026" */
struct str words_instant(struct arena *arena, instant at);        /* "21 Nov 2026, 06:12:31 UTC" */
/* What a period covers: "21 November 2026 (UTC)", "21 to 27 November 2026 (UTC)", "21 Nov 2026, 02:00:00 UTC to ...". */
struct str words_period(struct arena *arena, instant begin, instant end);
bool words_period_is_day(instant begin, instant end); /* exactly one UTC day */
/* "a", "a and b", "a, b and c", "a, b and 3 more" when there are more than `most`. */
struct str words_list(struct arena *arena, const struct str *items, size_t n, size_t most);
