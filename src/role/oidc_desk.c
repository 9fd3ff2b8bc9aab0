/* SPDX-License-Identifier: ISC */
#include "role/oidc_desk.h"

#include "base/instant.h"
#include "base/mem.h"
#include "role/oidc_wire.h"
#include "role/reach_wire.h"

#define AT_ONCE 16u        /* reach has room for as many */
#define LONGEST_MS 130000  /* four questions of 30 s; then reach has lost it */

struct flight {
	uint64_t id; /* 0: free */
	struct keep_waiter waiter;
	int64_t deadline_ms;
};

struct oidc_desk {
	struct channel *reach;
	struct flight flights[AT_ONCE];
	uint64_t last_id;
};

struct oidc_desk *oidc_desk_new(void)
{
	return mem_new(sizeof(struct oidc_desk));
}

void oidc_desk_free(struct oidc_desk **desk)
{
	mem_free(*desk);
	*desk = NULL;
}

static void answer(struct flight *flight, const struct err *err, struct str payload)
{
	keep_answer_waiter(&flight->waiter, err, payload);
	flight->id = 0;
}

void oidc_desk_connect(struct oidc_desk *desk, struct channel *reach)
{
	struct err err = {0};

	(void)err_set(&err, ERR_LATER, "the question to the provider was lost: try again");
	for (size_t i = 0; i < AT_ONCE; i++)
		if (desk->flights[i].id != 0)
			answer(&desk->flights[i], &err, STR_NONE);
	desk->reach = reach;
}

static struct flight *free_flight(struct oidc_desk *desk)
{
	for (size_t i = 0; i < AT_ONCE; i++)
		if (desk->flights[i].id == 0 || clock_ms() >= desk->flights[i].deadline_ms)
			return &desk->flights[i];
	return NULL;
}

static bool send(struct oidc_desk *desk, struct flight *flight, struct str request, struct err *err)
{
	uint64_t id = reach_id(REACH_DESK_OIDC, ++desk->last_id);
	struct buf body;

	buf_init(&body, OIDC_WIRE_REQUEST_BYTES + 1);
	wire_put_u8(&body, REACH_OIDC);
	buf_str(&body, request);
	bool ok = !body.failed && channel_put(desk->reach, MESSAGE_ASK, id, buf_view(&body), err);
	buf_done(&body);
	if (ok)
		*flight = (struct flight){.id = id, .deadline_ms = clock_ms() + LONGEST_MS};
	return ok || err_set(err, ERR_LATER, "providers cannot be asked now: try again");
}

void oidc_desk_ask(struct keep *keep, struct keep_peer *client, uint64_t message_id, struct wire_reader *arguments)
{
	struct oidc_desk *desk = keep->oidc;
	struct flight *flight = free_flight(desk);
	struct oidc_request request;
	struct err err = {0};

	bool ok = oidc_wire_read_request(arguments->rest, &request) ||
	          err_set(&err, ERR_INPUT, "the command makes no sense; is it of another version?");
	if (ok && (desk->reach == NULL || desk->reach->fd < 0))
		ok = err_set(&err, ERR_LATER, "providers cannot be asked now: try again");
	if (ok && flight == NULL)
		ok = err_set(&err, ERR_LATER, "many people are signing in: try again in a moment");
	if (!ok || !send(desk, flight, arguments->rest, &err)) {
		keep_answer(client, message_id, &err, STR_NONE);
		return;
	}
	flight->waiter = keep_waiter(client, message_id);
}

bool oidc_desk_told(struct oidc_desk *desk, uint64_t id, struct str body)
{
	if (body.len > OIDC_WIRE_TOLD_BYTES)
		return false;
	for (size_t i = 0; i < AT_ONCE; i++)
		if (desk->flights[i].id == id)
			answer(&desk->flights[i], NULL, body);
	return true;
}
