/* SPDX-License-Identifier: ISC */
/* Arrivals that are read again: for their signature, whose key could not be looked up, and for a newer decoder. */
#include "base/instant.h"
#include "base/log.h"
#include "role/keep.h"
#include "store/store_trust.h"

#define RETRY_BATCH 16u
#define RETRY_MOST_SECS 3600
#define LOOK_MOST_MS 60000
#define REPROCESS_BATCH_MOST 256u

bool keep_retry_put(struct keep *keep, int64_t arrival_id, struct err *err)
{
	instant now = instant_now();

	keep->next_retry_ms = 0;
	return store_pending_put(keep->store, arrival_id, now + keep->retry_secs, now + LIMIT_DKIM_RETRY_SECS, err);
}

/* Ever more rarely: when half as long again has passed. */
static instant next_try(const struct keep *keep, const struct pending_arrival *pending, instant now)
{
	instant waited = now - (pending->until - LIMIT_DKIM_RETRY_SECS);
	instant wait = waited / 2 < keep->retry_secs ? keep->retry_secs : waited / 2;

	return now + (wait > RETRY_MOST_SECS ? RETRY_MOST_SECS : wait);
}

/* False when nothing is due. */
static bool retry_one(struct keep *keep, instant now, struct err *err)
{
	struct pending_arrival pending;
	struct arena arena;
	struct buf original;

	arena_init(&arena, KIB(256));
	buf_init(&original, LIMIT_ARRIVAL_BYTES);
	/* Put off first: whatever happens to it, it is not tried in a circle. */
	bool ok = store_pending_due(keep->store, now, &arena, &pending, err) &&
	          store_pending_again(keep->store, pending.id, next_try(keep, &pending, now), err);
	struct err lost = {0};
	if (ok && store_original(keep->store, pending.original_id, &original, &lost)) {
		pending.arrival.bytes = buf_view(&original);
		(void)keep_read_again(keep, &keep->self, 0, &pending.arrival, pending.id, AGAIN_TRUST);
	}
	buf_done(&original);
	arena_done(&arena);
	return ok;
}

bool keep_retry(struct keep *keep)
{
	struct err err = {0};
	instant now = instant_now(), next;

	if (keep->is_broken || clock_ms() < keep->next_retry_ms)
		return !keep->is_broken;
	if (!keep_commit(keep))
		return false;
	for (unsigned i = 0; i < RETRY_BATCH && retry_one(keep, now, &err); i++)
		continue;
	keep->next_retry_ms = clock_ms() + LOOK_MOST_MS;
	if (store_pending_next(keep->store, &next, &err) && next != INSTANT_NONE && next < now + LOOK_MOST_MS / 1000)
		keep->next_retry_ms = clock_ms() + (next <= now ? 1000 : (next - now) * 1000);
	return true;
}

bool keep_retry_done(struct keep *keep, int64_t arrival_id, const struct decoded *decoded, const struct grade *grade,
                     struct err *err)
{
	struct arena arena;
	instant until;
	enum trust trust = grade->trust;

	if (!store_pending_until(keep->store, arrival_id, &until, err))
		return err->kind == ERR_MISSING;
	if (grade->needs_key && instant_now() < until)
		return true;
	arena_init(&arena, KIB(4));
	struct str reason = grade->reason;
	if (grade->needs_key) {
		trust = trust == TRUST_PENDING ? TRUST_UNSIGNED : trust;
		reason = str_of(arena_format(&arena, "for 24 hours: %s", arena_text(&arena, str_upto(grade->reason, 1000))));
	}
	LOG(LOG_LEVEL_INFO, "regraded", LOG_NUM("arrival", arrival_id), LOG_TEXT("trust", trust_text(trust)));
	bool ok = store_regrade(keep->store, arrival_id, decoded, trust, reason, err);
	arena_done(&arena);
	return ok;
}

/* --- a newer decoder --- */

static void put_batch(struct keep *keep, int64_t after, uint64_t count)
{
	struct keep_reprocess *batch = &keep->reprocess;
	struct err err = {0};

	for (uint64_t i = 0; i < count && !batch->is_last; i++) {
		struct reprocess_item item;
		struct arena arena;
		struct buf original;
		arena_init(&arena, KIB(256));
		buf_init(&original, LIMIT_ARRIVAL_BYTES);
		if (!store_reprocess_next(keep->store, after, &arena, &item, &err)) {
			batch->is_last = true;
		} else {
			after = batch->last_id = item.arrival_id;
			if (store_original(keep->store, item.original_id, &original, &err)) {
				item.arrival.bytes = buf_view(&original);
				batch->under_way++;
				if (!keep_read_again(keep, &keep->self, 0, &item.arrival, item.arrival_id, AGAIN_DECODER))
					batch->under_way--;
			}
		}
		buf_done(&original);
		arena_done(&arena);
	}
}

void keep_reprocess_start(struct keep *keep, struct keep_peer *client, uint64_t message_id,
                          struct wire_reader *arguments)
{
	struct keep_reprocess *batch = &keep->reprocess;
	struct err err = {0};
	bool dry_run = wire_get_bool(arguments);
	int64_t after = (int64_t)wire_get_u64(arguments);
	uint64_t count = wire_get_u64(arguments);

	if (arguments->failed || batch->waiter.client != NULL) {
		(void)err_set(&err, arguments->failed ? ERR_INPUT : ERR_LATER, "another command reads the store again");
		keep_answer(client, message_id, &err, STR_NONE);
		return;
	}
	*batch = (struct keep_reprocess){
	    .waiter = keep_waiter(client, message_id), .dry_run = dry_run, .last_id = after};
	put_batch(keep, after, count > REPROCESS_BATCH_MOST ? REPROCESS_BATCH_MOST : count);
	keep_reprocess_finish(keep);
}

bool keep_reprocess_done(struct keep *keep, int64_t arrival_id, const struct decoded *decoded, struct err *err)
{
	struct keep_reprocess *batch = &keep->reprocess;
	enum reprocess_outcome outcome = REPROCESS_SAME;
	struct reprocess_item item;
	struct arena arena;

	batch->under_way--;
	arena_init(&arena, KIB(256));
	bool ok = store_reprocess_next(keep->store, arrival_id - 1, &arena, &item, err) &&
	          (item.arrival_id != arrival_id ||
	           store_reprocess(keep->store, &item, decoded, batch->dry_run, &outcome, err));
	arena_done(&arena);
	if (ok)
		batch->counts[outcome]++;
	return ok;
}

void keep_reprocess_finish(struct keep *keep)
{
	struct keep_reprocess *batch = &keep->reprocess;
	struct buf payload;

	/* The batch is one transaction: it is answered when that is committed. */
	if (batch->waiter.client == NULL || batch->under_way > 0 || !keep_commit(keep))
		return;
	buf_init(&payload, KIB(1));
	wire_put_u8(&payload, batch->is_last);
	wire_put_u64(&payload, (uint64_t)batch->last_id);
	for (unsigned i = 0; i < REPROCESS_OUTCOME_COUNT; i++)
		wire_put_u64(&payload, batch->counts[i]);
	keep_answer_waiter(&batch->waiter, NULL, buf_view(&payload));
	buf_done(&payload);
}
