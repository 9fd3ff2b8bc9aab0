/* SPDX-License-Identifier: ISC */
#pragma once
/* The plain pages: asks the store, lets `present` say it, answers with HTML. */
#include "role/http_visit.h"

/* For the routes of pages. */
void http_pages_answer(struct http_visit *visit);
/* A page that says what went wrong. */
void http_pages_error(struct http_visit *visit, unsigned status, struct str what);
