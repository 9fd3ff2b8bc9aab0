/* SPDX-License-Identifier: ISC */
/* What lies in quarantine because an older version could not read it: in quiet moments this one tries, one arrival at a
 * time, and marks what it would read.  Nothing of it counts before somebody takes it in. */
#include "base/instant.h"
#include "base/log.h"
#include "role/keep.h"
#include "store/store_unread.h"
#include "version.h"

#define PAUSE_MS 50          /* between two: twenty a second, each on one of the workers */
#define NOTHING_MS 3600000
#define TAKE_IN_MOST 16u     /* arrivals with one message */
#define TAKE_IN_BYTES MIB(64) /* in memory for it, or one of any size */

bool keep_unread_read(struct keep *keep, struct keep_peer *client, uint64_t message_id, int64_t id, enum keep_again again,
                      struct err *err)
{
	struct quarantine_row row = {0};
	struct arena arena;
	struct buf original;

	arena_init(&arena, MIB(1));
	buf_init(&original, LIMIT_ARRIVAL_BYTES);
	bool ok = store_quarantine_one(keep->store, id, &arena, &row, &original, err);
	if (ok) {
		struct arrival arrival = {
		    .door = row.door,
		    .received_at = row.received_at,
		    .name = row.name,
		    .peer = row.peer,
		    .helo = row.helo,
		    .mail_from = row.from,
		    .recipient = row.recipient,
		    .is_secret = row.is_secret,
		    .bytes = buf_view(&original),
		};
		(void)keep_read_again(keep, client, message_id, &arrival, id, again);
	}
	buf_done(&original);
	arena_done(&arena);
	return ok;
}

/* --- trying --- */

static bool is_quiet(const struct keep *keep)
{
	return !keep->has_transaction && decode_pool_under_way(keep->pool) == 0 && keep->undiagnosed_since_ms == 0;
}

static bool mark(struct keep *keep, int64_t id, uint64_t readable, struct err *err)
{
	return store_unread_tried(keep->store, id, STR(MAILSEAL_VERSION), readable, err);
}

static void all_tried(struct keep *keep)
{
	uint64_t reports = 0;
	struct err err = {0};

	if (keep->has_tried_unread && store_unread_readable(keep->store, &reports, &err) && reports > 0)
		LOG(LOG_LEVEL_INFO, "quarantine-readable", LOG_NUM("reports", reports));
	keep->has_tried_unread = false;
	keep->next_unread_ms = clock_ms() + NOTHING_MS;
}

bool keep_unread_turn(struct keep *keep)
{
	struct err err = {0}, lost = {0};
	int64_t id;

	if (keep->is_broken || clock_ms() < keep->next_unread_ms)
		return !keep->is_broken;
	keep->next_unread_ms = clock_ms() + PAUSE_MS;
	if (!is_quiet(keep))
		return true;
	if (!store_unread_next(keep->store, STR(MAILSEAL_VERSION), &id, &err)) {
		all_tried(keep);
		return true;
	}
	keep->has_tried_unread = true;
	/* Marked first: whatever happens to it, it is not tried in a circle. */
	if (!mark(keep, id, 0, &err))
		return true;
	(void)keep_unread_read(keep, &keep->self, 0, id, AGAIN_UNREAD, &lost);
	return true;
}

bool keep_unread_done(struct keep *keep, int64_t id, const struct decoded *decoded, struct err *err)
{
	uint64_t before, now = decoded->report_count;

	if (!store_unread_reports(keep->store, id, &before, err))
		return false;
	if (now > before)
		return mark(keep, id, now - before, err);
	/* As many as before, and nothing is left that cannot be read. */
	return now == 0 || now < before || decoded->problem.kind != PROBLEM_NONE || mark(keep, id, 1, err);
}

/* --- taking in --- */

static void finish(struct keep *keep)
{
	struct keep_take_in *batch = &keep->take_in;
	struct buf payload;
	struct err err = {0};
	uint64_t left = 0;

	if (batch->waiter.client == NULL || batch->under_way > 0)
		return;
	bool ok = store_unread_readable(keep->store, &left, &err);
	buf_init(&payload, KIB(1));
	wire_put_u64(&payload, batch->stored);
	wire_put_u64(&payload, batch->duplicates);
	wire_put_u64(&payload, batch->held);
	wire_put_u64(&payload, batch->unreadable);
	wire_put_u64(&payload, left);
	keep_answer_waiter(&batch->waiter, ok ? NULL : &err, buf_view(&payload));
	buf_done(&payload);
}

void keep_unread_taken_in(struct keep *keep, int64_t id, const struct ingest_result *result)
{
	struct keep_take_in *batch = &keep->take_in;
	struct err err = {0};

	batch->under_way--;
	if (result != NULL) {
		batch->stored += result->stored + result->revisions;
		batch->duplicates += result->duplicates;
		batch->held += result->held;
		batch->unreadable += result->stored + result->revisions + result->duplicates + result->held == 0;
	} else { /* it is not promised again */
		batch->unreadable++;
		(void)mark(keep, id, 0, &err);
	}
	finish(keep);
}

void keep_unread_take_in(struct keep *keep, struct keep_peer *client, uint64_t message_id, struct wire_reader *arguments)
{
	struct keep_take_in *batch = &keep->take_in;
	struct err err = {0};
	struct arena arena;
	int64_t *ids;
	size_t n = 0;

	(void)arguments;
	arena_init(&arena, KIB(64));
	if (batch->waiter.client != NULL || batch->under_way > 0)
		(void)err_set(&err, ERR_LATER, "they are being taken in already");
	else if (store_unread_list(keep->store, TAKE_IN_MOST, &arena, &ids, &n, &err))
		*batch = (struct keep_take_in){.waiter = keep_waiter(client, message_id), .under_way = 1};
	if (err.kind != ERR_NONE)
		keep_answer(client, message_id, &err, STR_NONE);
	for (size_t i = 0; err.kind == ERR_NONE && i < n && (i == 0 || keep->bytes_under_way < TAKE_IN_BYTES); i++) {
		struct err lost = {0};
		batch->under_way++;
		if (!keep_unread_read(keep, &keep->self, 0, ids[i], AGAIN_TAKE_IN, &lost))
			keep_unread_taken_in(keep, ids[i], NULL);
	}
	if (err.kind == ERR_NONE) {
		batch->under_way--;
		finish(keep);
	}
	arena_done(&arena);
}
