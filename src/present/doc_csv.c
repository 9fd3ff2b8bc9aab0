/* SPDX-License-Identifier: ISC */
#include "present/doc_csv.h"

#include "base/quote.h"

static struct str value_of(const struct doc_cell *cell)
{
	struct str value = cell->raw.p != NULL ? cell->raw : cell->text;
	return value.p != NULL ? value : STR("");
}

void doc_csv(const struct doc_table *table, struct buf *out)
{
	for (size_t c = 0; c < table->column_count; c++) {
		buf_text(out, c == 0 ? "" : ",");
		quote_csv(str_of(table->columns[c].key), out);
	}
	buf_text(out, "\r\n");
	doc_csv_rows(table, out);
}

void doc_csv_rows(const struct doc_table *table, struct buf *out)
{
	for (const struct doc_row *row = table->first; row != NULL; row = row->next) {
		for (size_t c = 0; c < table->column_count; c++) {
			buf_text(out, c == 0 ? "" : ",");
			quote_csv(value_of(&row->cells[c]), out);
		}
		buf_text(out, "\r\n");
	}
}

void doc_csv_plain(const struct doc_table *table, struct buf *out)
{
	for (const struct doc_row *row = table->first; row != NULL; row = row->next) {
		for (size_t c = 0; c < table->column_count; c++) {
			buf_text(out, c == 0 ? "" : "\t");
			quote_plain(value_of(&row->cells[c]), out);
		}
		buf_byte(out, '\n');
	}
}
