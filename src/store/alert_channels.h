/* SPDX-License-Identifier: ISC */
#pragma once
/* The channels that alerts go to.  Those that write need a transaction only where said so. */
#include "report/alert_channel.h"
#include "store/store.h"

struct alert_channel_list {
	struct alert_channel *rows; /* by name */
	size_t count;
};
/* STORE_READ is enough for these.  They are the house's: ERR_DENIED for a tenant. */
bool alert_channels_list(struct store *store, struct arena *arena, struct alert_channel_list *out, struct err *err);
bool alert_channels_find(struct store *store, struct str name, struct arena *arena, struct alert_channel *out,
                         struct err *err); /* ERR_MISSING */
/* Also one that was removed. */
bool alert_channels_load(struct store *store, int64_t id, struct arena *arena, struct alert_channel *out, struct err *err);

/* The monitored domain or mail server that a mail channel lies behind: an alert about it may not arrive.  `*out` is absent
 * where there is none. */
bool alert_channels_behind(struct store *store, const struct alert_channel *channel, struct arena *arena, struct str *out,
                           struct err *err);

/* What the status says of them. */
bool alert_channels_status(struct store *store, struct arena *arena, struct store_status *out, struct err *err);

/* ERR_INPUT when the name is taken.  A transaction of its own, or the caller's. */
bool alert_channels_add(struct store *store, const struct alert_channel *channel, int64_t *out_id, struct err *err);
/* All but the kind, the time and how it fares. */
bool alert_channels_save(struct store *store, const struct alert_channel *channel, struct err *err);
/* What waits for it is not sent any more. */
bool alert_channels_remove(struct store *store, int64_t id, instant now, struct err *err);

/* How an attempt went; `is_gone` pauses the channel. */
bool alert_channels_note(struct store *store, int64_t id, bool is_delivered, bool is_gone, struct str words, instant now,
                         struct err *err);
/* True once in `secs`: the others are to be told that it fails. */
bool alert_channels_must_tell(struct store *store, int64_t id, instant now, instant secs, bool *out_must, struct err *err);
