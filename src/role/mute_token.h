/* SPDX-License-Identifier: ISC */
#pragma once
/* The signed word in a message that keeps it quiet: whoever reads the message may do that one thing, and for a month.  The
 * key lies beside the store and never leaves `keep`. */
#include "base/arena.h"
#include "base/err.h"
#include "base/instant.h"

#define MUTE_TOKEN_KEY_BYTES 32
#define MUTE_TOKEN_DAYS 30

/* What is kept quiet. */
enum mute_target {
	MUTE_ISSUE,   /* snoozed for a week */
	MUTE_RULE,    /* muted for a week */
	MUTE_CHANNEL, /* paused: List-Unsubscribe */
	MUTE_TARGET_COUNT
};

/* Reads the key at `path`, or makes one, mode 0600.  ERR_SETUP. */
bool mute_token_key(const char *path, char key[MUTE_TOKEN_KEY_BYTES], struct err *err);

struct str mute_token_make(struct str key, enum mute_target target, int64_t id, instant now, struct arena *arena);
/* ERR_DENIED for one that is not ours, or over. */
bool mute_token_read(struct str key, struct str token, instant now, enum mute_target *out_target, int64_t *out_id,
                     struct err *err);
