/* SPDX-License-Identifier: ISC */
#pragma once
/* What all ways of coming in share. */
#include "role/api.h"

/* What the browser calls itself, as text. */
struct str api_sign_in_agent(const struct api *api);
/* The cookie of the session; empty: it ends. */
void api_sign_in_cookie(struct api *api, struct str secret);
/* A session that he had before in this browser ends with the new one. */
void api_sign_in_end_old(struct api *api);
/* "providers", and the sentence about `problem` of the query (role/api_oidc.c). */
void api_oidc_put_ways(struct api *api);
/* False, with the answer 429, for who has to wait. */
bool api_sign_in_may_try(struct api *api, struct str name, struct err *err);
