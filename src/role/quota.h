/* SPDX-License-Identifier: ISC */
#pragma once
/* What strangers may add to the numbers of one day, however well they sign: anybody can have a domain.  Who was counted on an
 * earlier day, or is trusted, is no stranger and has no limit; so a flood of new names takes nothing from the known ones.
 * What is over the limit is held, not lost.  Pure but for its memory, which never grows. */
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct quota;

struct quota *quota_new(void);
void quota_free(struct quota **quota);

enum quota_answer {
	QUOTA_KNOWN,     /* counted as always */
	QUOTA_MAY,       /* a stranger within the limits: counts */
	QUOTA_TOO_MANY,  /* more strangers today than LIMIT_NEW_REPORTERS_PER_DAY */
	QUOTA_TOO_MUCH,  /* more of this stranger today than LIMIT_NEW_REPORTER_REPORTS */
};

/* `is_known` is asked at most once a day for a name that fits into the memory. */
typedef bool quota_known_fn(void *context, struct str name);

/* One more report of `name` (an organisational domain, lower case) on `day`. */
enum quota_answer quota_take(struct quota *quota, struct str name, int32_t day, quota_known_fn *is_known, void *context);
