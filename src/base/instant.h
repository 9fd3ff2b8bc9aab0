/* SPDX-License-Identifier: ISC */
#pragma once
/* Moments: seconds since 1970-01-01T00:00:00Z, UTC, never local.  Days: whole UTC days since then. */
#include <stdint.h>

#include "base/str.h"

typedef int64_t instant; /* the one typedef of a number: it names the unit */

#define INSTANT_NONE INT64_MIN
#define DAY_NONE INT32_MIN
#define SECS_PER_DAY 86400

/* What was odd about a date that could be read all the same. */
enum instant_oddity {
	INSTANT_ODD_NONE = 0,
	INSTANT_ODD_NO_ZONE = 1,     /* read as UTC */
	INSTANT_ODD_OFFSET = 2,      /* an offset other than Z or +00:00; converted */
	INSTANT_ODD_LOWER_CASE = 4,  /* "t" or "z" */
	INSTANT_ODD_BLANK = 8,       /* a blank for the "T", or before the zone */
	INSTANT_ODD_DATE_ONLY = 16,  /* no time of day; read as 00:00:00 */
	INSTANT_ODD_24 = 32,         /* 24:00:00; read as 00:00:00 of the next day */
	INSTANT_ODD_LEAP = 64,       /* second 60; read as 59 */
	INSTANT_ODD_EPOCH = 128,     /* digits alone: seconds since 1970 */
	INSTANT_ODD_SHORT = 256,     /* no seconds, or single digits */
	INSTANT_ODD_RFC5322 = 512,   /* "Fri, 09 May 2017 16:54:30 -0800" */
	INSTANT_ODD_ZONE_NAME = 1024, /* "UTC" or "GMT" for the "Z" */
};

/* Reads a date-time of RFC 3339 and its clear deviations.  False for what has no single meaning or does not
 * exist (30 February, year 10000); `*out` is then untouched.  `*out_odd` is a set of instant_oddity. */
bool instant_parse(struct str text, instant *out, unsigned *out_odd);

#define INSTANT_TEXT_MAX 32
/* "2026-11-21T05:58:00Z"; "" for INSTANT_NONE.  Years 0 to 9999. */
struct str instant_format(instant at, char text[INSTANT_TEXT_MAX]);
/* "2026-11-21" */
struct str day_format(int32_t day, char text[INSTANT_TEXT_MAX]);
bool day_parse(struct str text, int32_t *out_day); /* "2026-11-21" */

int32_t day_of(instant at); /* the UTC day that holds `at` */
instant day_start(int32_t day);

struct day_parts {
	int year, month, day; /* month and day count from 1 */
	int weekday;          /* 0 is Monday */
};
struct day_parts day_split(int32_t day);
int32_t day_join(int year, int month, int day);

/* The clock.  Everything that asks for the time asks here; scenarios set another one with the environment
 * variable MAILSEAL_FAKE_TIME=SECONDS (read once) or instant_set_fake(). */
instant instant_now(void);
void instant_set_fake(instant at); /* INSTANT_NONE: the real clock again */

/* Monotonic, for deadlines. */
int64_t clock_ms(void);
