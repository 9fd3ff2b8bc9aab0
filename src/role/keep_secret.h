/* SPDX-License-Identifier: ISC */
#pragma once
/* The secret address (tls-TOKEN@HOST) and URL (/report/TOKEN) of a domain, or of a tenant for all domains of his.  Doors take any that has the form; whether it
 * is one is known here alone, where the store is. */
#include "report/arrival.h"
#include "report/decoded.h"
#include "store/store.h"

#define KEEP_SECRET_PREFIX "tls-"

/* The token in a recipient, lower case as it is made; absent where there is none. */
struct str keep_secret_token(struct str recipient);

#define KEEP_SECRET_TOKEN_BYTES 26u /* of 32 letters: 130 bits */
bool keep_secret_make(char token[KEEP_SECRET_TOKEN_BYTES + 1], struct err *err);

/* Whether a domain that is not paused, or a tenant, has this token.  Errors of the store are in `err`, else it is ERR_MISSING. */
bool keep_secret_known(struct store *store, struct str token, struct err *err);

/* True if the arrival came to the secret of a listed domain, and all it says is about that domain; or to that of a tenant, and
 * all it says is about proven domains of his: who knows a secret is believed about nothing else. */
bool keep_secret_holds(struct store *store, const struct arrival *arrival, const struct decoded *decoded);
