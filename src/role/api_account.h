/* SPDX-License-Identifier: ISC */
#pragma once
/* What the handlers about users share. */
#include "report/account.h"
#include "role/api_change.h"
#include "role/http_desk.h"

/* Base64url. */
void api_account_put_bytes(struct api *api, const char *key, struct str bytes);
/* The JSON that a browser signed: for our question, our site, and this use.  Takes the question off the desk.  ERR_DENIED. */
bool api_account_client_data(struct api *api, struct str client_data, enum challenge_kind kind, int64_t owner, struct err *err);

/* "user": the profile of whoever is signed in, else null; "csrf_token": what X-CSRF-Token of a change must say. */
bool api_me_put(struct api *api, struct err *err);
