/* SPDX-License-Identifier: ISC */
#pragma once
/* One HTTPS GET to a known address: the door to libcurl.  No redirects, no cache, no cookies, no proxy, no
 * decompression; TLS 1.2 or later with a verified certificate (RFC 8461 section 3.3). */
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "sys/address.h"

enum fetch_result {
	FETCH_OK,          /* an answer of any status is there */
	FETCH_CONNECT,     /* refused or not reachable */
	FETCH_FORBIDDEN,   /* an address where we do not connect */
	FETCH_TLS,         /* the handshake failed */
	FETCH_CERTIFICATE, /* the certificate was not accepted */
	FETCH_TIMEOUT,
	FETCH_TOO_BIG,     /* more than the ceiling of `body` */
	FETCH_BROKEN,      /* not HTTP, or it ended too early */
};

struct fetch_request {
	struct str host, path;     /* "mta-sts.example.com", "/.well-known/mta-sts.txt" */
	struct address address;    /* where the host is */
	uint16_t port;             /* the socket's; the URL always says 443 */
	bool allow_local;
	const char *ca_file;       /* NULL: the system's */
	const char *user_agent;
	uint32_t timeout_ms;
};

struct fetch_answer {
	enum fetch_result result;
	unsigned status;
	struct str content_type, location; /* absent where not said */
	struct str reason;                 /* the library's word for a failure */
};

/* Appends what came to `body`, whose ceiling bounds it. */
void fetch(const struct fetch_request *request, struct arena *arena, struct buf *body, struct fetch_answer *out);
