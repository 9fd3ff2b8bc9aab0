/* SPDX-License-Identifier: ISC */
#pragma once
/* A message in the form of its channel.  Pure: no socket, no secret. */
#include "alert/alert_message.h"
#include "report/alert_channel.h"
#include "report/alert_request.h"

#define ALERT_HOOK_BYTES 20000 /* Standard Webhooks: a payload is small */

/* `from`: the address that mails come from.  The texts of `*out` live in the arena or in what was given.  False when it is
 * larger than any message may be. */
bool alert_compose(const struct alert_message *message, const struct alert_channel *channel, struct str from,
                   struct arena *arena, struct alert_request *out);
