/* SPDX-License-Identifier: ISC */
#pragma once
/* Alerts, as `reach` carries them: it alone connects out, and it alone reads the secrets of channels.  Threads of its own,
 * so that a channel that hangs keeps no question to the DNS waiting. */
#include "report/alert_request.h"
#include "role/keep_link.h"
#include "sys/config.h"
#include "sys/resolve.h"

struct reach_alert;

/* Before the role is sealed: reads the password of the submission server, and says which folders secrets are read from. */
struct reach_alert *reach_alert_new(const struct config *config, struct resolve *resolve);
/* After it: starts the threads, which never stop. */
void reach_alert_start(struct reach_alert *alerts, struct keep_link *link);

/* An ASK of keep, without the byte of its kind; on the reading thread, never blocks.  False when it breaks the rules. */
bool reach_alert_take(struct reach_alert *alerts, uint64_t id, struct str body);
