/* SPDX-License-Identifier: ISC */
#pragma once
/* Errands of the set-up guide that somebody asked for by the web: `keep` has `reach` run them, takes a proof into the store,
 * and gives what was seen to who asked. */
#include "role/keep.h"
#include "sys/config.h"

struct setup_desk;

/* `config` must outlive it. */
struct setup_desk *setup_desk_new(const struct config *config);
void setup_desk_free(struct setup_desk **desk);
/* The connection to `reach`; NULL: there is none, and who waits is told so. */
void setup_desk_connect(struct setup_desk *desk, struct channel *reach);

/* The verb setup-errand: domain, u8 enum setup_errand, u8 which addresses (1 mail, 2 HTTPS, 3 both) -> a u8 that says nothing,
 * and what setup_wire_write_answer() makes, when it is done. */
void setup_desk_ask(struct keep *keep, struct keep_peer *client, uint64_t message_id, struct wire_reader *arguments);
/* A TOLD of one.  False when it breaks the rules: end the sender. */
bool setup_desk_told(struct keep *keep, uint64_t id, struct str body);
