/* SPDX-License-Identifier: ISC */
#pragma once
/* A table for machines and spreadsheets: every column, the keys as header, raw values.  Rows of any depth are records of
 * their own, so the caller makes them whole. */
#include "base/buf.h"
#include "present/doc.h"

/* RFC 4180 with CRLF; no cell can be taken for a formula. */
void doc_csv(const struct doc_table *table, struct buf *out);
/* Without the header: the next piece of a long list. */
void doc_csv_rows(const struct doc_table *table, struct buf *out);

/* One record a line, its fields separated by one tab, no header: for cut, awk and grep. */
void doc_csv_plain(const struct doc_table *table, struct buf *out);
