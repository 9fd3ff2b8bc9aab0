/* SPDX-License-Identifier: ISC */
#pragma once
/* Whether a request that changes something was made by our own pages (CSRF), and the cookie that it came with. */
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

/* "__Host-" binds the cookie to this host, https and "/"; a browser takes it by https alone, so that a server without it (on
 * loopback, where nobody listens in) uses the other name. */
#define COOKIE_SECURE "__Host-mailseal"
#define COOKIE_PLAIN "mailseal-plain"

/* Of the way to another server and back: that the browser which comes back is the one that went. */
#define COOKIE_TRIP_SECURE "__Host-mailseal-trip"
#define COOKIE_TRIP_PLAIN "mailseal-plain-trip"

/* The value of the cookie of that name; absent where there is none, or two of the name. */
struct str request_cookie_named(struct str header, const char *name);
struct str request_cookie(struct str header, bool is_secure); /* of the session */
/* Appends the value of a Set-Cookie header.  An empty `value` ends the cookie. */
void request_set_cookie(struct str value, bool is_secure, uint32_t seconds, struct buf *out); /* of the session */
void request_set_cookie_named(const char *name, struct str value, bool is_secure, uint32_t seconds, struct buf *out);

/* `own`: "https://host" as people see it.  Browsers say where a request comes from by Sec-Fetch-Site, Origin or both; one of
 * them must be there, and none may say that it comes from elsewhere. */
bool request_is_ours(struct str fetch_site, struct str origin, struct str own);

/* Where to after signing in: a path on this server.  Absent for anything that could lead elsewhere. */
struct str request_next(struct str path);
