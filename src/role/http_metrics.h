/* SPDX-License-Identifier: ISC */
#pragma once
/* /metrics, and a listener of its own for what machines of the house ask: /metrics, /healthz, /readyz without an account. */
#include "role/http_visit.h"

/* False when the store cannot be read. */
bool http_metrics_write(struct http_door *door, struct buf *out, struct err *err);
/* The answer to /metrics, on either listener. */
void http_metrics_answer(struct http_door *door, struct httpd_answer *answer);
/* The answer to /readyz. */
void http_metrics_ready(struct http_door *door, struct httpd_answer *answer);

/* On the sockets of http.metrics. */
bool http_metrics_start(struct http_door *door, const int *fds, size_t n, struct httpd **out, struct err *err);
