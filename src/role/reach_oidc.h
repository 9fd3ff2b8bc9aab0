/* SPDX-License-Identifier: ISC */
#pragma once
/* Asks providers of OpenID Connect: how they describe themselves, their keys, and whose code it is (OpenID Connect Core 1.0
 * section 3.1.3).  Here too the token is read and judged: this role ends the TLS that the keys come by, so that nobody else
 * could know better, and it neither listens nor sees the database.  Threads of its own. */
#include "role/keep_link.h"
#include "sys/config.h"
#include "sys/resolve.h"

struct reach_oidc;

/* Before the role is sealed: reads the secrets of the clients. */
struct reach_oidc *reach_oidc_new(const struct config *config, struct resolve *resolve);
/* After it: starts the threads, which never stop.  None where no provider is set up. */
void reach_oidc_start(struct reach_oidc *oidc, struct keep_link *link);

/* An ASK of keep, without the byte of its kind; on the reading thread, never blocks.  False when it breaks the rules. */
bool reach_oidc_take(struct reach_oidc *oidc, uint64_t id, struct str body);
