/* SPDX-License-Identifier: ISC */
#pragma once
/* The secret address (tls-TOKEN@HOST) and URL (/report/TOKEN) of a domain.  Doors take any that has the form; whether it
 * is one is known here alone, where the store is. */
#include "report/arrival.h"
#include "report/decoded.h"
#include "store/store.h"

#define KEEP_SECRET_PREFIX "tls-"

/* The token in a recipient, lower case as it is made; absent where there is none. */
struct str keep_secret_token(struct str recipient);

/* True if the arrival came to the secret of a listed domain, and all it says is about that domain: who knows the secret of
 * one domain is believed about no other. */
bool keep_secret_holds(struct store *store, const struct arrival *arrival, const struct decoded *decoded);
