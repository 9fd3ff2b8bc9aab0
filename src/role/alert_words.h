/* SPDX-License-Identifier: ISC */
#pragma once
/* What an alert says, in words: joins the store and present/ with alert/.  Everything is said in the language of the
 * channel; the language of the thread is as before afterwards. */
#include "alert/alert_message.h"
#include "report/alert_channel.h"
#include "report/alert_rule.h"
#include "store/alerts.h"

/* Who says it; texts outlive every message. */
struct alert_house {
	struct str name;     /* of this machine */
	struct str from;     /* the address that mails come from */
	struct str mute_key; /* role/mute_token.h; empty: no links that keep quiet */
	struct str base_url; /* of our pages, "https://tls.example.com"; empty: pages have no address that works everywhere */
};

/* The message for one channel of a row of the log, or of several that waited together and become one.  Ids are left to the
 * caller. */
bool alert_words_rows(struct store *store, const struct alert_row *rows, size_t n, const struct alert_rule *rule,
                      const struct alert_channel *channel, const struct alert_house *house, instant now,
                      struct arena *arena, struct alert_message *out, struct err *err);
/* The name of a rule: of a ready-made one its title, in the language of the thread. */
struct str alert_words_rule(const struct alert_rule *rule);
/* "7.9 % of 1,204 sessions failed on 21 November 2026": what an own rule says of a day. */
struct str alert_words_day(const struct alert_row *row, const struct alert_rule *rule, struct arena *arena);
/* "This is a test." */
void alert_words_test(const struct alert_channel *channel, const struct alert_house *house, instant now,
                      struct arena *arena, struct alert_message *out);
/* To the others: `failing` does not take messages. */
void alert_words_failing(const struct alert_channel *channel, const struct alert_channel *failing,
                         const struct alert_house *house, instant now, struct arena *arena, struct alert_message *out);
