/* SPDX-License-Identifier: ISC */
#pragma once
/* The policies that this house serves (RFC 8461 section 3.3), and the question of Caddy whether it may get a certificate.
 * Both are answered from memory: a thread looks at the store twice a second, and what it read last is served for as long as
 * the store cannot be read. */
#include "sys/httpd.h"

struct http_policy;

/* Reads what is there and starts the thread; `where` is the path of the store and must outlive it. */
struct http_policy *http_policy_new(const char *where);
void http_policy_free(struct http_policy **policy);

/* GET /.well-known/mta-sts.txt */
void http_policy_file(struct http_policy *policy, const struct httpd_request *request, struct httpd_answer *answer);
/* GET /internal/tls-ask?domain= */
void http_policy_ask(struct http_policy *policy, const struct httpd_request *request, struct httpd_answer *answer);

/* The domain of a Host header "mta-sts.DOMAIN", lower case, A-labels, without port and last dot, in `out`; false for any
 * other. */
bool http_policy_domain(struct str host, struct buf *out);
