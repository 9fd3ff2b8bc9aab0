/* SPDX-License-Identifier: ISC */
#pragma once
/* Numbers out of foreign text and back.  Outputs are untouched on failure. */
#include <stdint.h>

#include "base/str.h"

#define NUM_DIGITS_MAX 20

/* Decimal digits alone, at least one, no sign, no blanks; false also when over `max`. */
bool num_parse_uint(struct str text, uint64_t max, uint64_t *out_value);

/* With an optional leading '-'. */
bool num_parse_int(struct str text, int64_t *out_value);

/* "90", "90s", "15m", "6h", "7d", "2w" as seconds; "10K", "25M", "1G" as bytes (powers of 1024). */
bool num_parse_secs(struct str text, uint64_t *out_secs);
bool num_parse_bytes(struct str text, uint64_t *out_bytes);

/* Digits written at the end of `digits`; the result points into it. */
struct str num_format_uint(uint64_t value, char digits[NUM_DIGITS_MAX]);

/* a + b, or UINT64_MAX / the largest signed number where that would overflow. */
static inline uint64_t num_add_sat(uint64_t a, uint64_t b)
{
	uint64_t sum;
	return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}
