/* SPDX-License-Identifier: ISC */
#pragma once
/* A document for a terminal, a pipe or the text part of a mail: no borders, headings bold, numbers to the right, columns
 * dropped by their priority where the width does not suffice; a text that still does not fit ends in "...".  Widths are
 * columns of a terminal, so East Asian text stands straight. */
#include "base/buf.h"
#include "present/doc.h"

struct doc_text_look {
	size_t width;      /* of the paragraphs, at least 20 */
	bool fit_tables;   /* tables keep to the width too: a terminal without --wide */
	bool color;        /* SGR sequences */
	bool commands;     /* links name the command that shows the same; else the page */
};

void doc_text(const struct doc *doc, const struct doc_text_look *look, struct buf *out);
void doc_text_table(const struct doc_table *table, const struct doc_text_look *look, struct buf *out);
