/* SPDX-License-Identifier: ISC */
#include "role/alert_desk.h"

#include <stdio.h>

#include "base/limits.h"
#include "base/mem.h"
#include "report/wire.h"
#include "role/reach_wire.h"
#include "store/alert_outbox.h"

#define UNDER_WAY_MOST 4u     /* the threads of reach that carry */
#define GRACE_MS 10000        /* of an attempt beyond its time-out */
#define LOOK_MOST_MS 60000    /* between two looks at the outbox, whatever the clock says */

struct carried {
	int64_t delivery, channel; /* delivery 0: free */
	int64_t deadline_ms;
	bool is_done;
	struct alert_result result;
	char words[ALERT_RESULT_WORDS_MAX * 2 + 1];
};

struct alert_desk {
	struct channel *reach;
	uint32_t attempt_secs;
	int64_t next_ms; /* of the next look at the outbox; -1: none */
	struct carried slots[UNDER_WAY_MOST];
};

struct alert_desk *alert_desk_new(uint32_t attempt_secs)
{
	struct alert_desk *desk = mem_new(sizeof *desk);

	desk->attempt_secs = attempt_secs;
	return desk;
}

void alert_desk_free(struct alert_desk **desk)
{
	mem_free(*desk);
	*desk = NULL;
}

static void end(struct carried *slot, enum alert_carried carried, uint32_t retry_secs, struct str words)
{
	slot->is_done = true;
	(void)snprintf(slot->words, sizeof slot->words, "%.*s", STR_ARGS(words));
	slot->result = (struct alert_result){.carried = carried, .retry_secs = retry_secs, .words = str_of(slot->words)};
}

void alert_desk_connect(struct alert_desk *desk, struct channel *reach)
{
	desk->reach = reach;
	for (size_t i = 0; i < UNDER_WAY_MOST; i++)
		if (desk->slots[i].delivery != 0 && !desk->slots[i].is_done)
			end(&desk->slots[i], CARRIED_LATER, 0, STR("the process that delivers has ended"));
	desk->next_ms = 0;
}

bool alert_desk_is_connected(const struct alert_desk *desk)
{
	return desk->reach != NULL;
}

void alert_desk_wake(struct alert_desk *desk)
{
	desk->next_ms = 0;
}

bool alert_desk_told(struct alert_desk *desk, uint64_t id, struct str body)
{
	struct alert_result result;
	struct err err = {0};

	if (!alert_result_read(body, &result, &err))
		return false;
	for (size_t i = 0; i < UNDER_WAY_MOST; i++)
		if (desk->slots[i].delivery == (int64_t)(id & REACH_NUMBER_MAX) && !desk->slots[i].is_done)
			end(&desk->slots[i], result.carried, result.retry_secs, result.words);
	return true;
}

static bool write_down(struct alert_desk *desk, struct store *store, const struct alert_house *house, struct err *err)
{
	int64_t now_ms = clock_ms();

	for (size_t i = 0; i < UNDER_WAY_MOST; i++) {
		struct carried *slot = &desk->slots[i];
		if (slot->delivery != 0 && !slot->is_done && slot->deadline_ms <= now_ms)
			end(slot, CARRIED_LATER, 0, STR("there was no answer in time"));
		if (slot->delivery == 0 || !slot->is_done)
			continue;
		if (!store_begin(store, err) ||
		    !alerting_carried(store, house, slot->delivery, &slot->result, instant_now(), err) ||
		    !store_commit(store, err))
			return false;
		slot->delivery = 0;
		desk->next_ms = 0;
	}
	return true;
}

static struct carried *free_slot(struct alert_desk *desk, int64_t channel)
{
	struct carried *found = NULL;

	/* A channel gets its messages one after another. */
	for (size_t i = 0; i < UNDER_WAY_MOST; i++) {
		if (desk->slots[i].delivery == 0)
			found = &desk->slots[i];
		else if (desk->slots[i].channel == channel)
			return NULL;
	}
	return found;
}

static void hand_out(struct alert_desk *desk, const struct alert_delivery *delivery)
{
	struct carried *slot = free_slot(desk, delivery->channel);
	struct err err = {0};
	struct buf body;

	if (slot == NULL || desk->reach == NULL || desk->reach->fd < 0)
		return;
	buf_init(&body, ALERT_REQUEST_BYTES * 2);
	wire_put_u8(&body, REACH_DELIVER);
	buf_str(&body, delivery->request);
	uint64_t id = reach_id(REACH_DESK_ALERTS, (uint64_t)delivery->id);
	if (!body.failed && channel_put(desk->reach, MESSAGE_ASK, id, buf_view(&body), &err))
		*slot = (struct carried){.delivery = delivery->id,
		                         .channel = delivery->channel,
		                         .deadline_ms = clock_ms() + (int64_t)desk->attempt_secs * 1000 + GRACE_MS};
	buf_done(&body);
}

static int64_t free_slots(const struct alert_desk *desk)
{
	int64_t n = 0;
	for (size_t i = 0; i < UNDER_WAY_MOST; i++)
		n += desk->slots[i].delivery == 0;
	return n;
}

static bool look(struct alert_desk *desk, struct store *store, const struct alert_house *house, struct err *err)
{
	struct alert_delivery *rows;
	struct arena arena;
	instant now = instant_now(), next;
	size_t n;

	arena_init(&arena, ALERT_REQUEST_BYTES * 32);
	bool ok = alerting_release(store, house, now, err) && alert_outbox_due(store, now, UNDER_WAY_MOST * 4, &arena, &rows, &n, err);
	for (size_t i = 0; ok && i < n; i++)
		hand_out(desk, &rows[i]);
	arena_done(&arena);
	ok = ok && alert_outbox_next(store, now, &next, err);
	if (ok) {
		int64_t wait_ms = next == INSTANT_NONE || next - now > LOOK_MOST_MS / 1000 ? LOOK_MOST_MS : (next - now) * 1000;
		desk->next_ms = clock_ms() + (wait_ms > 0 ? wait_ms : LOOK_MOST_MS);
	}
	return ok;
}

bool alert_desk_turn(struct alert_desk *desk, struct store *store, const struct alert_house *house, struct err *err)
{
	if (!write_down(desk, store, house, err))
		return false;
	if (desk->reach == NULL || desk->next_ms > clock_ms() || free_slots(desk) == 0)
		return true;
	return look(desk, store, house, err);
}

int64_t alert_desk_deadline(const struct alert_desk *desk)
{
	int64_t next = desk->reach == NULL || free_slots(desk) == 0 ? -1 : desk->next_ms;

	for (size_t i = 0; i < UNDER_WAY_MOST; i++) {
		const struct carried *slot = &desk->slots[i];
		int64_t at = slot->is_done ? 0 : slot->deadline_ms;
		if (slot->delivery != 0 && (next < 0 || at < next))
			next = at;
	}
	return next;
}
