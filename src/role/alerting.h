/* SPDX-License-Identifier: ISC */
#pragma once
/* Joins alert/ with the store: judges what is due in the transaction of the diagnosis, says what is pending, and puts it
 * into the outbox of every channel, from which role/alert_desk.h carries it. */
#include "base/arena.h"
#include "base/err.h"
#include "base/instant.h"
#include "present/doc.h"
#include "report/alert_request.h"
#include "report/alert_rule.h"
#include "role/alert_words.h"
#include "store/store.h"

/* Inside a transaction. */
bool alerting_judge(struct store *store, struct arena *arena, instant now, struct err *err);

/* Says what is pending: as log lines (event "alert"), which reach the journal and with it any machine, without the mail
 * system that may be the one that is broken; and as one message in the outbox of each channel.  Both are marked in one
 * transaction: after a crash in between, the log line comes again, the message in the outbox is there once. */
bool alerting_deliver(struct store *store, const struct alert_house *house, instant now, struct err *err);

/* Composes what waited for its hour: all of one rule for one channel is one message.  Transactions of its own. */
bool alerting_release(struct store *store, const struct alert_house *house, instant now, struct err *err);

/* Tries a rule, stored or not, on the past: the same functions that fire it, over what was judged of the issues and over the
 * sums of the days.  STORE_READ is enough. */
struct alert_hit {
	int32_t day;   /* on which it would have fired */
	int64_t issue; /* 0: a day's sums */
};
struct alert_trial {
	struct alert_hit *hits; /* in the order of their days */
	size_t count;
	uint64_t suppressed;    /* told not long before, or more than four in an hour */
};
#define ALERTING_TRY_DAYS 30
bool alerting_try(struct store *store, const struct alert_rule *rule, instant now, struct arena *arena,
                  struct alert_trial *out, struct err *err);

/* Puts a test into the outbox.  A transaction of its own.  ERR_MISSING. */
bool alerting_test(struct store *store, const struct alert_house *house, struct str channel, instant now,
                   int64_t *out_delivery, struct err *err);

/* Puts a message that was delivered or given up into the outbox once more, as it was worded then, for where its channel is
 * now; `by` is who asks.  ERR_MISSING where it or its channel is gone, ERR_TOO_BIG within a minute of the last time, or
 * for the 61st of a channel in an hour.  A transaction of its own, or part of a joint one. */
bool alerting_resend(struct store *store, const struct alert_house *house, int64_t id, struct str by, instant now,
                     int64_t *out_id, struct err *err);

/* What an attempt to deliver came to; the outbox and the channel are brought up to date, and the other channels told when
 * a message was given up.  Inside a transaction. */
bool alerting_carried(struct store *store, const struct alert_house *house, int64_t delivery,
                      const struct alert_result *result, instant now, struct err *err);

/* ---- for whoever has a document to send: the weekly digest, the monthly report ----
 * Puts `doc` into the outbox of a mail channel, as text and as HTML with its style inside, in the language that the
 * document was made in; the title is the subject.  `id` makes the message: the same id is never sent twice to a channel
 * ("digest-2026-W47").  ERR_MISSING: no such channel; ERR_INPUT: it is no mail channel.  A transaction of its own or of the
 * caller, who calls it in `keep`. */
bool alerting_send_document(struct store *store, const struct alert_house *house, int64_t channel, const struct doc *doc,
                            struct str id, instant now, struct err *err);
