/* SPDX-License-Identifier: ISC */
#pragma once
/* Where mta-sts.DOMAIN leads, for each domain whose policy is served here: `keep` has `reach` look it up, on a clock of its
 * own (a minute after it was published, then ever more rarely, once an hour where it leads here).  Nobody from outside
 * can cause a question: /internal/tls-ask answers from what is stored. */
#include "sys/channel.h"
#include "sys/config.h"

struct keep_places;
struct store;

/* `config->policy_here` says what "here" is: names and addresses.  Empty: nothing is looked up. */
struct keep_places *keep_places_new(const struct config *config);
void keep_places_free(struct keep_places **places);

/* The connection to `reach`; NULL: it is gone, and what was asked is asked again.  Not owned. */
void keep_places_connect(struct keep_places *places, struct channel *reach);

/* A TOLD of `reach`; false when it breaks the rules. */
bool keep_places_told(struct keep_places *places, uint64_t id, struct str body);

/* Looks at once, for something was published. */
void keep_places_soon(struct keep_places *places);
/* Asks and writes what is due, between two transactions; false when the store failed. */
bool keep_places_turn(struct keep_places *places, struct store *store, struct err *err);
int64_t keep_places_deadline(const struct keep_places *places); /* clock_ms() of the next turn; -1: none */
