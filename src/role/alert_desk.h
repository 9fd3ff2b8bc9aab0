/* SPDX-License-Identifier: ISC */
#pragma once
/* The outbox as `keep` works it: takes what is due, gives it to `reach`, and writes down what came of it.  A message is in
 * the outbox until `reach` has said that it is delivered: whoever dies in between, it goes out again, under the same id. */
#include "role/alerting.h"
#include "sys/channel.h"

struct alert_desk;

struct alert_desk *alert_desk_new(uint32_t attempt_secs);
void alert_desk_free(struct alert_desk **desk);

/* The connection to `reach` (NULL: it is gone; what was under way is tried again).  Not owned. */
void alert_desk_connect(struct alert_desk *desk, struct channel *reach);
bool alert_desk_is_connected(const struct alert_desk *desk);

/* The outbox may have something new. */
void alert_desk_wake(struct alert_desk *desk);

/* A TOLD of `reach`; false when it breaks the rules. */
bool alert_desk_told(struct alert_desk *desk, uint64_t id, struct str body);

/* Between two transactions: writes what came back, and sends what is due.  False when the store failed. */
bool alert_desk_turn(struct alert_desk *desk, struct store *store, const struct alert_house *house, struct err *err);

int64_t alert_desk_deadline(const struct alert_desk *desk); /* clock_ms() of the next turn that is needed; -1: none */
