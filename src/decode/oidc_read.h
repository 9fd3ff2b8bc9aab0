/* SPDX-License-Identifier: ISC */
#pragma once
/* The JSON of an OpenID Connect provider, and the compact form of its tokens (RFC 7515 section 7.1), out of hostile bytes.  Every
 * size is bounded, a member that stands twice is refused, what nobody asked for is passed over.  Texts live in `arena`.
 * False, with the outputs untouched, for what cannot be read.  Nothing is verified here. */
#include "base/arena.h"
#include "report/oidc.h"

bool oidc_read_provider(struct str json, struct arena *arena, struct oidc_provider *out);
/* Keys of kinds, curves and uses that are not taken are left out.  False also for more than OIDC_READ_KEYS. */
#define OIDC_READ_KEYS 64
bool oidc_read_keys(struct str json, struct arena *arena, struct oidc_keys *out);
bool oidc_read_answer(struct str json, struct arena *arena, struct oidc_answer *out);

/* `groups` names the claim that lists groups; absent: none does.  OIDC_NONE, OIDC_TOKEN_MALFORMED or OIDC_TOKEN_ALGORITHM. */
enum oidc_problem oidc_read_token(struct str text, struct str groups, struct arena *arena, struct oidc_token *out);
