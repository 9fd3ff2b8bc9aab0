/* SPDX-License-Identifier: ISC */
#pragma once
/* The JSON bodies of webhooks and chats. */
#include "alert/alert_message.h"
#include "report/alert_channel.h"

/* Standard Webhooks: {"type","timestamp","data"}. */
void alert_hook_webhook(const struct alert_message *message, struct buf *out);
/* Block Kit; every foreign text is plain_text, so that no "<!channel>" and no link comes about. */
void alert_hook_slack(const struct alert_message *message, struct buf *out);
/* An Adaptive Card as a workflow takes it; text runs know no markdown. */
void alert_hook_teams(const struct alert_message *message, struct buf *out);
/* m.room.message with plain and HTML body, mentioning nobody. */
void alert_hook_matrix(const struct alert_message *message, struct buf *out);
/* Events v2: trigger, or resolve with the same dedup_key; the routing key stands as ALERT_REQUEST_MARK. */
void alert_hook_pagerduty(const struct alert_message *message, struct buf *out);
void alert_hook_ntfy(const struct alert_message *message, struct str topic, struct buf *out);
