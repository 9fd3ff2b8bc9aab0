/* SPDX-License-Identifier: ISC */
#pragma once
/* The outbox: one row for each message to each channel, from the moment it is due to what became of it.  A row is QUEUED in
 * the transaction that decides on it, and leaves that state only when it is known to be delivered or given up: whatever
 * dies in between, it is tried again. */
#include "store/store.h"

/* Numbers stand in the database: never change them. */
enum alert_delivery_state {
	DELIVERY_WAITING = 0,    /* for its hour: quiet hours, hourly, daily */
	DELIVERY_QUEUED = 1,     /* composed; to be carried at next_at */
	DELIVERY_DELIVERED = 2,
	DELIVERY_FAILED = 3,     /* given up after the last attempt */
	DELIVERY_MERGED = 4,     /* said in the digest of its hour */
	DELIVERY_SUPPRESSED = 5, /* not sent; the words say why */
	DELIVERY_STATE_COUNT
};
const char *alert_outbox_state_text(enum alert_delivery_state state);

struct alert_delivery {
	int64_t id, channel, alert; /* alert 0: none */
	unsigned event;             /* enum alert_event */
	enum alert_delivery_state state;
	uint64_t attempts;
	instant created_at, next_at, done_at;
	struct str headline, words;
	struct str key;          /* absent: none; else it is there once */
	struct str channel_name; /* when listed */
	struct str request;      /* when due */
	int64_t again_of;        /* the row that was sent again; 0: none */
	struct str again_by;     /* who asked for it; empty: nobody */
};

/* Inside a transaction.  `request` may be absent: then it is set later. */
bool alert_outbox_add(struct store *store, const struct alert_delivery *delivery, int64_t *out_id, struct err *err);
bool alert_outbox_compose(struct store *store, int64_t id, struct str headline, struct str request, instant next_at,
                          struct err *err); /* to QUEUED */
bool alert_outbox_end(struct store *store, int64_t id, enum alert_delivery_state state, struct str words, instant now,
                      struct err *err);
/* An attempt failed: again at `next_at`. */
bool alert_outbox_again(struct store *store, int64_t id, struct str words, instant next_at, struct err *err);
/* An attempt was the last one, or worked. */
bool alert_outbox_tried(struct store *store, int64_t id, enum alert_delivery_state state, struct str words, instant now,
                        struct err *err);

/* Composed ones whose time has come, with their requests, oldest first; none of channels that are paused. */
bool alert_outbox_due(struct store *store, instant now, size_t most, struct arena *arena, struct alert_delivery **out,
                      size_t *out_count, struct err *err);
/* Those that wait and whose hour has come, with their rules: by channel, then rule, then age. */
struct alert_waiting {
	int64_t id, channel, alert, rule;
};
bool alert_outbox_waiting(struct store *store, instant now, size_t most, struct arena *arena, struct alert_waiting **out,
                          size_t *out_count, struct err *err);
/* Whether the channel was told this of the issue within the hour, by another rule. */
bool alert_outbox_told(struct store *store, int64_t channel, int64_t issue, unsigned kind, instant since, bool *out_told,
                       struct err *err);
/* When the next one is due after now, of either kind; INSTANT_NONE. */
bool alert_outbox_next(struct store *store, instant now, instant *out_at, struct err *err);
/* Bodies of what is over, older than `before`, are let go. */
bool alert_outbox_forget(struct store *store, instant before, struct err *err);

/* --- STORE_READ is enough --- */
/* What was composed; empty where it is not kept any more. */
bool alert_outbox_request(struct store *store, int64_t id, struct arena *arena, struct str *out, struct err *err);
/* How often the message, or what it was a copy of, was sent again since then, and how many of its channel. */
bool alert_outbox_again_counts(struct store *store, const struct alert_delivery *delivery, instant same_since,
                               instant channel_since, uint64_t *out_same, uint64_t *out_channel, struct err *err);
bool alert_outbox_load(struct store *store, int64_t id, struct arena *arena, struct alert_delivery *out, struct err *err);
/* Newest first; none for a tenant.  `channel` 0: of all; `alert` -1: all, else those of one alert. */
struct alert_outbox_filter {
	int64_t channel, alert;
	int64_t before; /* those with a smaller number; 0: all */
	size_t limit;
};
bool alert_outbox_list(struct store *store, const struct alert_outbox_filter *filter, struct arena *arena,
                       struct alert_delivery **out, size_t *out_count, struct err *err);
/* How many wait or are tried again, and how many were given up since then. */
bool alert_outbox_counts(struct store *store, instant since, uint64_t *out_open, uint64_t *out_failed, struct err *err);
bool alert_outbox_has(struct store *store, struct str key, bool *out_has, struct err *err);
/* What makes ids of messages unlike those of another house. */
bool alert_outbox_house(struct store *store, struct arena *arena, struct str *out, struct err *err);
