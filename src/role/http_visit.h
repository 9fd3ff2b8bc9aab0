/* SPDX-License-Identifier: ISC */
#pragma once
/* One request on its way through the http role: what all requests share, what is known of this one, and the checks that each
 * passes before anything is read for it. */
#include <pthread.h>

#include "base/arena.h"
#include "base/instant.h"
#include "intake/post_rate.h"
#include "role/http_desk.h"
#include "role/keep_link.h"
#include "role/store_readers.h"
#include "sys/config.h"
#include "sys/httpd.h"
#include "web/web_route.h"

struct http_door {
	const struct config *config;
	struct keep_link *link;
	struct store_readers *readers;
	struct http_policy *policy;
	struct check_desk *checks;
	struct str base; /* "/" or "/sub/": what our paths begin with */
	pthread_mutex_t rate_lock;
	struct post_rate *rate;      /* of POST /report; guarded by rate_lock, as the next */
	struct http_desk *desk;
	struct post_rate *read_rate; /* of everything a person or a program reads */
};

/* What is known of a session beside whose it is. */
struct http_signed {
	int64_t session; /* 0: none */
	instant at;      /* when he signed in */
	struct str secret; /* the cookie */
	unsigned scopes; /* of a token */
};

struct http_visit {
	struct http_door *door;
	const struct httpd_request *request;
	struct httpd_answer *answer;
	struct arena arena;
	struct str path; /* below the base */
	bool is_api;     /* problems are JSON */
	bool is_plain;   /* asked for below /plain/: never the application */
	bool is_app;     /* the page of the application is the answer; set by http_visit_may() */
	struct web_match match;
	struct principal principal;
	struct http_signed signed_in;
	bool needs_sign_in; /* there are accounts */
};

void http_visit_init(struct http_visit *visit, struct http_door *door, const struct httpd_request *request,
                     struct httpd_answer *answer);
void http_visit_done(struct http_visit *visit);

/* The Host, the path, the method, who asks, his right, his rate: false when that is answered already.  For a route without a
 * person (POST /report, /healthz) the path and the method alone. */
bool http_visit_may(struct http_visit *visit);

/* Answers with what went wrong: for the API as RFC 9457, else as a page.  `code` stays the same in every language; `pointer`
 * is the parameter or the JSON pointer it is about, absent where it is about none. */
void http_visit_problem(struct http_visit *visit, unsigned status, const char *code, struct str detail, struct str pointer);
/* What a failed function says: 404, 400, 403, 413, 503, 500. */
void http_visit_failed(struct http_visit *visit, const struct err *err);
