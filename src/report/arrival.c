/* SPDX-License-Identifier: ISC */
#include "report/arrival.h"

#include <assert.h>

#define DOOR_TEXT(id, text) text,
#define TRUST_TEXT(id, text, counts) text,
#define TRUST_COUNTS(id, text, counts) counts,

static const char *const door_texts[] = {DOORS(DOOR_TEXT)};
static const char *const trust_texts[] = {TRUSTS(TRUST_TEXT)};
static const bool trust_counted[] = {TRUSTS(TRUST_COUNTS)};

const char *door_text(enum door door)
{
	assert((unsigned)door < DOOR_COUNT);
	return door_texts[door];
}

const char *trust_text(enum trust trust)
{
	assert((unsigned)trust < TRUST_COUNT);
	return trust_texts[trust];
}

bool trust_counts_by_default(enum trust trust)
{
	assert((unsigned)trust < TRUST_COUNT);
	return trust_counted[trust];
}
