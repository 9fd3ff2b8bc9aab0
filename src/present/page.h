/* SPDX-License-Identifier: ISC */
#pragma once
/* The plain pages of the web server, without JavaScript: each is a document in a page with the navigation.
 *   /             page_overview      /results   results_doc     /sources   sources_doc
 *   /reports      reports_doc        /reports/ID   report_doc   (any other) page_error
 *   /issues       issue_doc_list     /issues/TI-N  issue_doc
 * The query takes the filters of the command line: since, until, domain, reporter, result, mx, mode, policy, failures,
 * after, limit. */
#include "present/doc.h"
#include "present/view_words.h"

/* Takes one parameter of the query.  False when its name is unknown or its value makes no sense. */
bool page_take_parameter(struct filter *filter, bool *has_period, struct str name, struct str value);

/* The overview: the verdict of the status, figures, what failed and for whom. */
void page_overview(const struct store_status *status, const struct result_view *results,
                   const struct source_view *sources, const struct view_scope *scope, instant now, struct arena *arena,
                   struct doc *out);

/* "There is no page /x." and where to go on. */
void page_error(unsigned http_status, struct str what, struct arena *arena, struct doc *out);

/* The whole HTML.  `current` is the path of the navigation it belongs to, or NULL; `base` as in doc_html.h. */
void page_html(const struct doc *doc, const char *current, const char *base, struct buf *out);
