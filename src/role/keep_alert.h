/* SPDX-License-Identifier: ISC */
#pragma once
/* Verbs of COMMAND about alerts.  Arguments and answers are wire fields, in the order of the comments; each is a
 * transaction of its own. */
#include "role/keep.h"

typedef bool keep_alert_fn(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err);

/* A channel: name, u8 kind, address, target, secret, language, bool paused, bool may be local, mx -> u64 its number. */
keep_alert_fn keep_alert_channel_add;
/* name, u8 set of KEEP_CHANNEL_*, address, target, secret, language, mx. */
keep_alert_fn keep_alert_channel_edit;
#define KEEP_CHANNEL_ADDRESS 1u /* and the mx */
#define KEEP_CHANNEL_TARGET 2u
#define KEEP_CHANNEL_SECRET 4u
#define KEEP_CHANNEL_LANGUAGE 8u
#define KEEP_CHANNEL_PAUSE 16u
#define KEEP_CHANNEL_RESUME 32u
#define KEEP_CHANNEL_LOCAL 64u
#define KEEP_CHANNEL_NOT_LOCAL 128u
/* name. */
keep_alert_fn keep_alert_channel_remove;
/* name of a channel -> u64 the message in the outbox, bool whether somebody is there to deliver it. */
keep_alert_fn keep_alert_test;
/* u64 number of a message -> u64 that of its copy. */
keep_alert_fn keep_alert_resend;
/* name, then the rule (report/alert_rule.h) -> u64 its number. */
keep_alert_fn keep_alert_rule_add;
keep_alert_fn keep_alert_rule_edit;
/* name; name, u64 seconds from now. */
keep_alert_fn keep_alert_rule_remove;
keep_alert_fn keep_alert_rule_mute;
/* The word of a link in a message (role/mute_token.h). */
keep_alert_fn keep_alert_mute;
