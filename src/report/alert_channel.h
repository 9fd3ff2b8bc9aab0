/* SPDX-License-Identifier: ISC */
#pragma once
/* A channel: where alerts go.  What its address and target are depends on the kind:
 *   mail       an address                    -               (the way out stands in the configuration)
 *   webhook    https://...                   -               secret: whsec_..., signs (Standard Webhooks)
 *   slack      (in the secret)               -               secret: the URL of the incoming webhook
 *   teams      (in the secret)               -               secret: the URL of the workflow
 *   matrix     https://homeserver            !room:server    secret: the access token
 *   pagerduty  https://events.pagerduty.com  -               secret: the routing key
 *   ntfy       https://ntfy.sh               the topic       secret: an access token, or none
 *   syslog     udp://, tcp:// or tls://HOST:PORT  -          -
 * Secrets never stand here: "file:PATH" or "cred:NAME" says where `reach` reads them. */
#include "base/arena.h"
#include "base/err.h"
#include "base/instant.h"
#include "facts/alert_facts.h"

/* Numbers stand in the database: never change them. */
enum alert_channel_kind {
#define X(id, text) CHANNEL_##id,
	ALERT_CHANNELS(X)
#undef X
	    CHANNEL_KIND_COUNT
};

const char *alert_channel_kind_text(enum alert_channel_kind kind);
bool alert_channel_kind_of(struct str text, enum alert_channel_kind *out_kind);

struct alert_channel {
	int64_t id;
	struct str name;
	enum alert_channel_kind kind;
	struct str address, target, secret;
	struct str language;   /* "de": the words of its messages */
	bool is_paused;        /* by the operator, or because it answered that it is gone */
	bool may_be_local;     /* the operator lets it go to private addresses */
	struct str mx;         /* of a mail address: the servers of its domain when last looked at, parted by blanks */
	instant created_at;
	/* how it fares */
	instant delivered_at, failed_at; /* the last time; INSTANT_NONE: never */
	uint64_t failures;               /* in a row */
	struct str result;               /* of the last attempt, in words */
};

#define ALERT_CHANNEL_NAME_MAX 64

/* ERR_INPUT, with what is wrong and what is expected. */
bool alert_channel_check(const struct alert_channel *channel, struct err *err);

/* The domain of a mail address; absent for other kinds. */
struct str alert_channel_domain(const struct alert_channel *channel);
