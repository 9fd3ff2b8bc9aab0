/* SPDX-License-Identifier: ISC */
#pragma once
/* Sends the digest of each week and the report of each month to the mail channels that the configuration names. */
#include "role/alerting.h"
#include "sys/config.h"

/* What the configuration wishes; points into it. */
struct digest_post {
	const struct config_list *weekly, *monthly; /* "CHANNEL", or "TENANT:CHANNEL" for what is that tenant's */
	unsigned weekday;                           /* 0: Monday */
	bool when_clean;
};
struct digest_post digest_post_of(const struct config *config);

/* Puts what is due into the outbox: after six in the morning (UTC) of the day of the week, and of the second day of a
 * month, once for each.  A week in which nothing happened is told of in the first four weeks, so that people see it works,
 * and later only where they wish.  A channel that is not there is logged, and keeps no other from its digest.  A
 * transaction of its own; false when the store failed. */
bool digest_post_turn(struct store *store, const struct alert_house *house, const struct digest_post *post, instant now,
                      struct err *err);
