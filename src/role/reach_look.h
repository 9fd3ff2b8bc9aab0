/* SPDX-License-Identifier: ISC */
#pragma once
/* The looks that `keep` asks for, in the role `reach`: a bounded number of threads, each with one domain. */
#include "role/keep_link.h"
#include "sys/config.h"
#include "sys/resolve.h"

struct reach_look; /* lives until the process ends */

/* Before the role is sealed: opens what the looks need.  ERR_SETUP. */
bool reach_look_open(const struct config *config, struct resolve *resolve, struct reach_look **out, struct err *err);
/* Starts the threads; what they see goes back by `link`. */
void reach_look_start(struct reach_look *looks, struct keep_link *link);
/* An ASK of the kind REACH_LOOK, on the thread that reads: never blocks.  False when it breaks the rules. */
bool reach_look_take(struct reach_look *looks, uint64_t id, struct str body);
