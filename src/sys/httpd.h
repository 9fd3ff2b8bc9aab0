/* SPDX-License-Identifier: ISC */
#pragma once
/* An HTTP server, by libmicrohttpd: a thread for each connection, so that a request may wait for the store without
 * holding up another.  Deadlines are absolute: for the headers, for the body (by its size), for taking the answer. */
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/str.h"

enum httpd_method { HTTPD_GET, HTTPD_HEAD, HTTPD_POST, HTTPD_PUT, HTTPD_PATCH, HTTPD_DELETE, HTTPD_OTHER };

struct httpd_request {
	enum httpd_method method;
	struct str path;    /* as it came: nothing decoded */
	struct str body;    /* all of it; empty while the head is judged */
	struct str peer;    /* address as text */
	struct str network; /* its /24 or /64; absent for loopback and unix sockets */
	bool is_local;      /* the peer is loopback or a unix socket */
	void *inner;
};

/* Absent where there is none.  Valid while the request is. */
struct str httpd_header(const struct httpd_request *request, const char *name);
/* A parameter of the query, percent-decoded; absent where there is none. */
struct str httpd_parameter(const struct httpd_request *request, const char *name);
/* The announced length; false where there is none. */
bool httpd_length(const struct httpd_request *request, uint64_t *out_length);

/* The body of an answer that is made while it is sent, piece by piece: no more of it is in memory than a piece. */
struct httpd_stream {
	/* Appends the next piece; `*out_end` after the last one.  False cuts the connection: the reader sees that it is not all. */
	bool (*more)(void *context, struct buf *out, bool *out_end);
	void (*done)(void *context); /* also when the reader went away */
	void *context;
};

/* Whether an Accept-Encoding header (absent: none) takes this coding by its name. */
bool httpd_accepts_coding(struct str header, struct str coding);

struct httpd_answer {
	unsigned status;
	const char *type;    /* media type; static */
	struct buf body;     /* init by the server; its ceiling is HTTPD_ANSWER_BYTES */
	struct str fixed;    /* bytes that live as long as the program, sent instead of the body; absent: the body */
	struct httpd_stream stream; /* sent instead of both where `more` is set */
	unsigned retry_secs; /* Retry-After; 0: none */
	const char *allow;   /* of a 405; NULL: none */
	const char *cache;   /* Cache-Control; static; NULL: no-store */
	const char *policy;  /* Content-Security-Policy; static; NULL: that of the plain pages */
	bool may_squeeze;    /* gzip, where the reader takes it and it pays */
	struct buf fields;   /* see httpd_answer_field() */
};

/* One more header; a value that cannot stand in one is left out. */
void httpd_answer_field(struct httpd_answer *answer, const char *name, struct str value);
#define HTTPD_ANSWER_BYTES MIB(64)

struct httpd_setup {
	const int *fds; /* listening */
	size_t fd_count;
	size_t connections, connections_per_network; /* loopback has no limit of its own */
	bool limits_loopback;                        /* but loopback has: for tests */
	size_t reserved;                             /* of the connections, for networks that are known, and loopback */
	bool (*is_known)(void *context, struct str network); /* NULL: nobody is */
	uint64_t body_bytes;                         /* the largest body that is read */
	uint64_t memory_bytes;                       /* of all bodies at the same time; then 503 */
	int64_t head_ms; /* from the first byte of a connection, or the answer before, to the end of the headers */
	uint64_t min_rate_bytes; /* a second, of a body */
	/* Both are called by many threads at once.  `judge` sees the head alone: a status other than 0 is answered at once and
	 * the body never read. */
	void (*judge)(void *context, const struct httpd_request *request, struct httpd_answer *answer);
	void (*handle)(void *context, const struct httpd_request *request, struct httpd_answer *answer);
	void *context;
};

struct httpd;

/* `setup` is copied.  ERR_SETUP. */
bool httpd_start(const struct httpd_setup *setup, struct httpd **out, struct err *err);
/* Takes nobody new, waits up to `grace_ms` for requests under way, ends the rest, frees. */
void httpd_stop(struct httpd **httpd, int64_t grace_ms);
