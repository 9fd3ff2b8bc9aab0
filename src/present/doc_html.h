/* SPDX-License-Identifier: ISC */
#pragma once
/* A document as a whole HTML page that needs no JavaScript: headings in order, tables in focusable scroll regions, badges
 * with word and shape, light and dark by the reader's own setting, narrow screens and paper.  The page asks for nothing
 * but its style sheet, so it works under `default-src 'none'; style-src 'self'; img-src data:` (the logo of a letterhead). */
#include "base/buf.h"
#include "present/doc.h"

struct doc_html_nav {
	const char *path; /* "/results" */
	const char *word; /* translated when shown */
};

struct doc_html_look {
	const struct doc_html_nav *nav; /* may be NULL: no navigation */
	size_t nav_count;
	const char *current;     /* the path of `nav` that the page belongs to; may be NULL */
	const char *base;        /* what our paths begin with, "" or "/tls" */
	const char *lang;        /* of the words: "en" */
	bool has_own_style;      /* the style sheet stands inside the page: a file to be kept or mailed */
};

void doc_html(const struct doc *doc, const struct doc_html_look *look, struct buf *out);

/* The style sheet, served as BASE/style.css. */
struct str doc_html_style(void);

/* PATH?NAME=VALUE&..., the values percent-encoded; absent values are left out. */
struct doc_param {
	const char *name;
	struct str value;
};
struct str doc_html_href(struct arena *arena, const char *path, const struct doc_param *params, size_t n);
