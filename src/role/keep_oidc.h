/* SPDX-License-Identifier: ISC */
#pragma once
/* What `keep` makes of somebody whom another server has named: the session, a new user, the roles of his groups.  The
 * configuration says what a group gives; a provider is named by its section, and the issuer is that of the configuration. */
#include "role/keep.h"

/* Account, then whoever() of role/api_oidc.c, hash of the session, peer, agent.  Answers the number of the session; 0: his groups
 * give him nothing any more, which is written down.  ERR_DENIED: he is disabled, or it is not his. */
bool keep_oidc_enter(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err);
/* The same for who is not there yet; answers account and session.  ERR_MISSING: his groups give nothing; ERR_DENIED: nobody is
 * made a user here by signing in. */
bool keep_oidc_new(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err);
/* Account, whoever(): one more way in.  ERR_INPUT: it is another's. */
bool keep_oidc_link(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err);
/* Account, sign-in, session that stays. */
bool keep_oidc_unlink(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err);
