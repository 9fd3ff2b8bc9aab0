/* SPDX-License-Identifier: ISC */
#pragma once
/* The plain pages: asks the store, lets `present` say it, answers with HTML. */
#include "role/store_readers.h"
#include "sys/httpd.h"
#include "web/web_route.h"

/* For the routes HOME, RESULTS, SOURCES, REPORTS and REPORT.  `rest` is what stands behind a prefix. */
void http_pages_answer(struct store_readers *readers, enum web_route route, struct str rest,
                       const struct httpd_request *request, struct httpd_answer *answer);
/* A page that says what went wrong. */
void http_pages_error(unsigned status, struct str what, struct httpd_answer *answer);
