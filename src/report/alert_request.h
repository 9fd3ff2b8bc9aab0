/* SPDX-License-Identifier: ISC */
#pragma once
/* One message to one channel, finished: what `keep` puts into the outbox and `reach` carries.  Composed once, so that
 * every attempt says the same under the same id.  The secret is not in it: only where it is, and where it goes. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum alert_carrier { CARRY_MAIL, CARRY_HTTP, CARRY_SYSLOG, CARRIER_COUNT };

/* Where the secret goes. */
enum alert_secret_use {
	SECRET_UNUSED,
	SECRET_SIGNS,  /* webhook-signature, Standard Webhooks */
	SECRET_BEARER, /* Authorization: Bearer */
	SECRET_IS_URL,
	SECRET_IN_BODY, /* at ALERT_REQUEST_MARK, as a JSON string */
	SECRET_USE_COUNT
};
#define ALERT_REQUEST_MARK "\"@SECRET@\""

struct alert_request {
	enum alert_carrier carrier;
	enum alert_secret_use secret_use;
	bool may_be_local, is_put;
	struct str url;    /* of HTTP and syslog; empty with SECRET_IS_URL */
	struct str secret; /* "file:PATH", "cred:NAME" or empty */
	struct str type;   /* Content-Type */
	struct str to;     /* of a mail: the envelope */
	struct str id;     /* of the message: the same for every attempt */
	struct str body;
};

#define ALERT_REQUEST_BYTES MIB(1) /* more than any report as a mail */

void alert_request_write(const struct alert_request *request, struct buf *out);
/* Strings point into `bytes`.  ERR_INPUT. */
bool alert_request_read(struct str bytes, struct alert_request *out, struct err *err);

/* What became of an attempt. */
enum alert_carried {
	CARRIED,         /* the other side has taken it */
	CARRIED_LATER,   /* not now: again by the schedule */
	CARRIED_GONE,    /* 410: it wants no more */
	CARRIED_COUNT
};
struct alert_result {
	enum alert_carried carried;
	uint32_t retry_secs; /* the other side asked for this much; 0: it did not */
	struct str words;    /* "200", "503 after 1.2 s", "refused: ..." for people */
};
#define ALERT_RESULT_WORDS_MAX 400

void alert_result_write(const struct alert_result *result, struct buf *out);
bool alert_result_read(struct str bytes, struct alert_result *out, struct err *err);
