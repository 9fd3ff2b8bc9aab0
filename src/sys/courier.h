/* SPDX-License-Identifier: ISC */
#pragma once
/* Carries one message out of the house: an HTTP POST or PUT, a mail to a submission server, a line to a syslog server.
 * The second door to libcurl (sys/fetch.h is the first): no redirects, no proxy, no cookies, no decompression, TLS 1.2 or
 * later with a verified certificate.  The address of the socket decides where a packet may go, never a name.  Blocks up to
 * its time-out; for any number of threads. */
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "sys/address.h"

enum courier_result {
	COURIER_OK,        /* HTTP: an answer of any status; mail and syslog: taken */
	COURIER_FORBIDDEN, /* an address where we do not connect */
	COURIER_CONNECT,   /* refused or not reachable */
	COURIER_TLS,       /* no TLS, or its certificate was not accepted */
	COURIER_LOGIN,     /* the server does not take name and password */
	COURIER_REFUSED,   /* a mail: the server said no */
	COURIER_TIMEOUT,
	COURIER_BROKEN,    /* no such protocol, or it ended too early */
};

/* Where to: the host of the URL is reached at one of these, in their order. */
struct courier_way {
	struct address addresses[8];
	size_t address_count;
	bool may_be_local;
	const char *ca_file; /* NULL: the system's */
	uint32_t timeout_ms;
};

struct courier_answer {
	enum courier_result result;
	unsigned status;       /* of HTTP, or the last one of SMTP; 0: none */
	uint32_t retry_secs;   /* Retry-After; 0: not said */
	struct str reason;     /* the library's word for a failure; may be absent */
	struct str body;       /* the first 64 KiB that came */
	bool is_cut;           /* there was more */
};

struct courier_post {
	const char *url;            /* http:// or https:// */
	bool is_put, is_get; /* is_get: without the body */
	const char *const *headers; /* "Name: value", no line ends */
	size_t header_count;
	struct str body;
	const char *user_agent;
};
void courier_post(const struct courier_post *post, const struct courier_way *way, struct arena *arena,
                  struct courier_answer *out);

enum courier_tls { COURIER_STARTTLS, COURIER_IMPLICIT_TLS, COURIER_PLAIN };
struct courier_mail {
	const char *host;
	uint16_t port;
	enum courier_tls tls;
	const char *hello;          /* our name */
	const char *user, *password; /* NULL: without */
	const char *from, *to;
	struct str body;            /* CRLF lines; dots are stuffed here */
};
void courier_mail(const struct courier_mail *mail, const struct courier_way *way, struct arena *arena,
                  struct courier_answer *out);

/* Bytes over a TCP connection, with TLS or without, then its end. */
struct courier_stream {
	const char *host;
	uint16_t port;
	bool has_tls;
	struct str bytes;
};
void courier_stream(const struct courier_stream *stream, const struct courier_way *way, struct arena *arena,
                    struct courier_answer *out);

/* One datagram. */
void courier_datagram(uint16_t port, struct str bytes, const struct courier_way *way, struct arena *arena,
                      struct courier_answer *out);

/* The parts of a URL: host without brackets, and the port, or the usual one.  False where there is none.  `host` must hold
 * 256 bytes. */
bool courier_host(const char *url, char host[256], uint16_t *out_port);
