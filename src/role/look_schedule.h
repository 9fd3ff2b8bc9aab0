/* SPDX-License-Identifier: ISC */
#pragma once
/* When `keep` lets `reach` look at the domains of this house, and what it does with what comes back: on a schedule, soon
 * after a report names a failure, and when somebody asks. */
#include "role/keep.h"
#include "sys/config.h"

struct look_schedule;

/* `config` must outlive it. */
struct look_schedule *look_schedule_new(const struct config *config);
void look_schedule_free(struct look_schedule **schedule);
/* The connection to `reach`; NULL: there is none.  Looks under way on an older one are lost, and due again. */
void look_schedule_connect(struct look_schedule *schedule, struct channel *reach);

/* A command may have changed which domains are ours: they are read with the next turn. */
void look_schedule_stale(struct look_schedule *schedule);

/* Sends what is due.  False when the store failed. */
bool look_schedule_turn(struct keep *keep);
/* clock_ms() of the next turn. */
int64_t look_schedule_deadline(const struct look_schedule *schedule);
/* A TOLD of a look.  False when it breaks the rules: end the sender. */
bool look_schedule_told(struct keep *keep, uint64_t id, struct str body);

/* The verb look-now: domain -> u8 enum check_state, and the look as look_wire_write_check() makes it where it is not too long;
 * when the look is over. */
void look_schedule_ask(struct keep *keep, struct keep_peer *client, uint64_t message_id, struct wire_reader *arguments);

/* The last look at a domain that somebody asked for (role/look_shelf.h). */
bool look_schedule_seen(const struct look_schedule *schedule, struct str domain, int64_t young_secs, struct arena *arena,
                        struct check *out);
