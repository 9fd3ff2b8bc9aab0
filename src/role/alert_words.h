/* SPDX-License-Identifier: ISC */
#pragma once
/* What an alert says, in words: joins the store and present/ with alert/.  Everything is said in the language of the
 * channel; the language of the thread is as before afterwards. */
#include "alert/alert_message.h"
#include "report/alert_channel.h"
#include "store/alerts.h"

/* Who says it; texts outlive every message. */
struct alert_house {
	struct str name;     /* of this machine */
	struct str from;     /* the address that mails come from */
	struct str base_url; /* of our pages, "https://tls.example.com"; empty: pages have no address that works everywhere */
};

/* The message of a row of the log for one channel.  Ids are left to the caller. */
bool alert_words_row(struct store *store, const struct alert_row *row, const struct alert_channel *channel,
                     const struct alert_house *house, instant now, struct arena *arena, struct alert_message *out,
                     struct err *err);
/* "This is a test." */
void alert_words_test(const struct alert_channel *channel, const struct alert_house *house, instant now,
                      struct arena *arena, struct alert_message *out);
/* To the others: `failing` does not take messages. */
void alert_words_failing(const struct alert_channel *channel, const struct alert_channel *failing,
                         const struct alert_house *house, instant now, struct arena *arena, struct alert_message *out);
