/* SPDX-License-Identifier: ISC */
#pragma once
/* Who asks.  While there is no account, a reader on this machine, of the house as it is; afterwards who has signed in, by the
 * cookie of a session or by a token. */
#include "role/http_visit.h"

enum http_sign_in {
	HTTP_SIGN_IN_KNOWN,
	HTTP_SIGN_IN_NEEDED,        /* there are accounts */
	HTTP_SIGN_IN_FIRST_ACCOUNT, /* there is none, and the reader is not on this machine */
	HTTP_SIGN_IN_TENANTS,       /* there is none, and several tenants, so nobody can say what the reader may see */
};

/* Fills visit->principal and visit->signed_in.  False when the store cannot be asked. */
bool http_sign_in(struct http_visit *visit, struct store *store, enum http_sign_in *out, struct err *err);

/* A page of another server may change nothing here: what a browser says about where a request comes from, and, of a session, the
 * token that only our own pages can read.  GET and HEAD change nothing. */
bool http_sign_in_is_ours(const struct http_visit *visit);
/* The token of a session, to be sent back as X-CSRF-Token. */
#define HTTP_CSRF_BYTES 44
void http_sign_in_csrf(struct str secret, char out[HTTP_CSRF_BYTES]);

/* "https://host:port", as the browser sees this server: web.url, else by the Host of the request.  In the visit's arena. */
struct str http_sign_in_origin(const struct http_visit *visit, struct arena *arena);
/* The same with the path, without a slash at its end: what links and the way back from other servers begin with. */
struct str http_sign_in_url(const struct http_visit *visit, struct arena *arena);
/* Whether the cookie is to be Secure. */
bool http_sign_in_is_secure(const struct http_visit *visit);
