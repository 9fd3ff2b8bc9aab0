/* SPDX-License-Identifier: ISC */
#pragma once
/* Questions to providers of OpenID Connect on their way from `http` to `reach` and back: `keep` is the only one who speaks with
 * both.  What they say goes by as it is; the two ends check it. */
#include "role/keep.h"

struct oidc_desk;

struct oidc_desk *oidc_desk_new(void);
void oidc_desk_free(struct oidc_desk **desk);

/* The connection to `reach`; NULL: it is gone, and so are the questions.  Not owned. */
void oidc_desk_connect(struct oidc_desk *desk, struct channel *reach);

/* The verb oidc-ask: a request of role/oidc_wire; the answer is what reach tells. */
void oidc_desk_ask(struct keep *keep, struct keep_peer *client, uint64_t message_id, struct wire_reader *arguments);
/* A TOLD of `reach`; false when it breaks the rules. */
bool oidc_desk_told(struct oidc_desk *desk, uint64_t id, struct str body);
