/* SPDX-License-Identifier: ISC */
#pragma once
/* Who asks.  While there is no account, a reader on this machine, of the house as it is; afterwards who has signed in. */
#include "role/http_visit.h"

enum http_sign_in {
	HTTP_SIGN_IN_KNOWN,
	HTTP_SIGN_IN_NEEDED,        /* there are accounts */
	HTTP_SIGN_IN_FIRST_ACCOUNT, /* there is none, and the reader is not on this machine */
	HTTP_SIGN_IN_TENANTS,       /* there is none, and several tenants, so nobody can say what the reader may see */
};

/* Fills visit->principal.  False when the store cannot be asked. */
bool http_sign_in(struct http_visit *visit, struct store *store, enum http_sign_in *out, struct err *err);
