/* SPDX-License-Identifier: ISC */
#include "present/doc_text.h"

#include "base/limits.h"
#include "base/quote.h"
#include "base/utf8.h"
#include "present/words.h"

#define GAP 2               /* blanks between two columns */
#define LEAST_COLUMN 12     /* a text column is not cut below that */
#define BAR_COLUMNS 24
#define CELL_BYTES KIB(256) /* a text of 64 KiB, all of it made visible */

static const char *const shapes[TONE_COUNT] = {"", "ok", "x", "!", "~", "-"};
static const char *const colors[TONE_COUNT] = {"", "\x1b[32m", "\x1b[31m", "\x1b[33m", "\x1b[35m", "\x1b[90m"};

static void bold(const struct doc_text_look *look, bool on, struct buf *out)
{
	if (look->color)
		buf_text(out, on ? "\x1b[1m" : "\x1b[0m");
}

static void tint(const struct doc_text_look *look, enum doc_tone tone, bool on, struct buf *out)
{
	if (look->color && tone != TONE_PLAIN)
		buf_text(out, on ? colors[tone] : "\x1b[0m");
}

static void blanks(size_t n, struct buf *out)
{
	while (n-- > 0)
		buf_byte(out, ' ');
}

/* Breaks quoted text at blanks; the first line begins at column `at`, the others after `hang` blanks. */
static void wrap(struct str text, size_t at, size_t hang, size_t width, struct buf *out)
{
	struct buf clean;
	bool fresh = true;

	buf_init(&clean, CELL_BYTES);
	quote_terminal(text, true, &clean);
	struct str lines = buf_view(&clean);
	while (lines.p != NULL) {
		struct str rest = str_cut(&lines, '\n');
		while (rest.p != NULL) {
			struct str word = str_cut(&rest, ' ');
			size_t need = utf8_width(word);
			if (!fresh && at + 1 + need > width) {
				buf_byte(out, '\n');
				blanks(hang, out);
				at = hang;
				fresh = true;
			}
			if (!fresh) {
				buf_byte(out, ' ');
				at++;
			}
			buf_str(out, word);
			at += need;
			fresh = false;
		}
		if (lines.p != NULL) {
			buf_byte(out, '\n');
			blanks(hang, out);
			at = hang;
			fresh = true;
		}
	}
	buf_byte(out, '\n');
	buf_done(&clean);
}

/* The same for a paragraph: a line end in what a stranger wrote begins no line of ours. */
static void flow(struct str text, size_t at, size_t hang, size_t width, struct buf *out)
{
	struct buf flat;

	buf_init(&flat, CELL_BYTES);
	for (size_t i = 0; i < text.len; i++)
		buf_byte(&flat, text.p[i] == '\n' || text.p[i] == '\r' ? ' ' : text.p[i]);
	wrap(buf_view(&flat), at, hang, width, out);
	buf_done(&flat);
}

/* "[x Failed] " and its width. */
static size_t badge(const struct doc_text_look *look, enum doc_tone tone, struct str word, struct buf *out)
{
	struct buf clean;

	if (tone == TONE_PLAIN && word.len == 0)
		return 0;
	buf_init(&clean, CELL_BYTES);
	quote_terminal(word, false, &clean);
	tint(look, tone, true, out);
	buf_byte(out, '[');
	buf_text(out, shapes[tone]);
	if (shapes[tone][0] != '\0' && clean.len > 0)
		buf_byte(out, ' ');
	buf_str(out, buf_view(&clean));
	buf_byte(out, ']');
	tint(look, tone, false, out);
	buf_byte(out, ' ');
	size_t width = 3 + strlen(shapes[tone]) + (shapes[tone][0] != '\0' && clean.len > 0) + utf8_width(buf_view(&clean));
	buf_done(&clean);
	return width;
}

/* --- tables --- */

struct grid {
	const struct doc_table *table;
	const struct doc_text_look *look;
	size_t *widths; /* 0: dropped */
};

/* What stands in a cell, safe to print: shape and word of a badge, the text else, indented by its depth. */
static void cell_text(const struct doc_cell *cell, size_t indent, struct buf *out)
{
	buf_clear(out);
	blanks(indent, out);
	if (cell->tone != TONE_PLAIN) {
		buf_text(out, shapes[cell->tone]);
		buf_byte(out, ' ');
	}
	quote_terminal(cell->text, false, out);
}

static size_t row_indent(const struct doc_row *row, size_t column)
{
	return column == 0 ? (size_t)row->depth * 2 : 0;
}

static void measure(struct grid *grid)
{
	const struct doc_table *table = grid->table;
	struct buf text;

	buf_init(&text, CELL_BYTES);
	for (size_t c = 0; c < table->column_count; c++)
		grid->widths[c] = utf8_width(str_of(tr(table->columns[c].title)));
	for (const struct doc_row *row = table->first; row != NULL; row = row->next) {
		for (size_t c = 0; c < table->column_count; c++) {
			cell_text(&row->cells[c], row_indent(row, c), &text);
			size_t width = utf8_width(buf_view(&text));
			grid->widths[c] = width > grid->widths[c] ? width : grid->widths[c];
		}
	}
	buf_done(&text);
}

static size_t total(const struct grid *grid)
{
	size_t sum = 0;
	for (size_t c = 0; c < grid->table->column_count; c++)
		if (grid->widths[c] > 0)
			sum += grid->widths[c] + (sum > 0 ? GAP : 0);
	return sum;
}

/* Whether any row has something to say in that column. */
static bool is_bare(const struct doc_table *table, size_t c)
{
	for (const struct doc_row *row = table->first; row != NULL; row = row->next)
		if (row->cells[c].text.len > 0 && !row->cells[c].is_absent)
			return false;
	return true;
}

/* The column to give up next, the one further right among equals; column_count when none may go. */
static size_t next_to_drop(const struct grid *grid)
{
	size_t found = grid->table->column_count;
	for (size_t c = 0; c < grid->table->column_count; c++)
		if (grid->widths[c] > 0 && grid->table->columns[c].drop > 0 &&
		    (found == grid->table->column_count ||
		     grid->table->columns[c].drop >= grid->table->columns[found].drop))
			found = c;
	return found;
}

/* The widest text column that may still be cut. */
static size_t next_to_cut(const struct grid *grid)
{
	size_t found = grid->table->column_count;
	for (size_t c = 0; c < grid->table->column_count; c++)
		if (grid->table->columns[c].kind != COLUMN_NUMBER && grid->widths[c] > LEAST_COLUMN &&
		    (found == grid->table->column_count || grid->widths[c] > grid->widths[found]))
			found = c;
	return found;
}

static void fit(struct grid *grid)
{
	size_t width = grid->look->width;
	size_t c;

	for (c = grid->table->column_count; c-- > 0 && total(grid) > width;)
		if (grid->table->columns[c].drop > 0 && is_bare(grid->table, c))
			grid->widths[c] = 0;
	while (total(grid) > width && (c = next_to_drop(grid)) < grid->table->column_count)
		grid->widths[c] = 0;
	while (total(grid) > width && (c = next_to_cut(grid)) < grid->table->column_count)
		grid->widths[c]--;
}

/* The front of `text` that takes at most `width` columns. */
static struct str cut_to(struct str text, size_t width)
{
	size_t len = 0;
	uint32_t character;

	while (len < text.len) {
		size_t step = utf8_decode(str_from(text, len), &character);
		step = step == 0 ? 1 : step;
		if (utf8_width(str_upto(text, len + step)) > width)
			break;
		len += step;
	}
	return str_upto(text, len);
}

static void put_cell(const struct grid *grid, size_t c, struct str text, bool is_last, struct buf *out)
{
	size_t width = grid->widths[c];
	size_t has = utf8_width(text);

	if (has > width) {
		struct str head = cut_to(text, width > 3 ? width - 3 : width);
		buf_str(out, head);
		if (width > 3)
			buf_text(out, "...");
		has = utf8_width(head) + (width > 3 ? 3 : 0);
	} else if (grid->table->columns[c].kind == COLUMN_NUMBER) {
		blanks(width - has, out);
		buf_str(out, text);
		return;
	} else {
		buf_str(out, text);
	}
	if (!is_last)
		blanks(width - has, out);
}

static size_t last_column(const struct grid *grid)
{
	size_t last = 0;
	for (size_t c = 0; c < grid->table->column_count; c++)
		if (grid->widths[c] > 0)
			last = c;
	return last;
}

static void put_head(const struct grid *grid, struct buf *out)
{
	size_t last = last_column(grid);

	bold(grid->look, true, out);
	for (size_t c = 0; c <= last; c++) {
		if (grid->widths[c] == 0)
			continue;
		put_cell(grid, c, str_of(tr(grid->table->columns[c].title)), c == last, out);
		if (c != last)
			blanks(GAP, out);
	}
	bold(grid->look, false, out);
	buf_byte(out, '\n');
}

static void put_row(const struct grid *grid, const struct doc_row *row, struct buf *text, struct buf *out)
{
	size_t last = last_column(grid);
	size_t start = out->len;

	for (size_t c = 0; c <= last; c++) {
		if (grid->widths[c] == 0)
			continue;
		cell_text(&row->cells[c], row_indent(row, c), text);
		tint(grid->look, row->cells[c].tone, true, out);
		put_cell(grid, c, buf_view(text), c == last, out);
		tint(grid->look, row->cells[c].tone, false, out);
		if (c != last)
			blanks(GAP, out);
	}
	while (out->len > start && out->p[out->len - 1] == ' ')
		out->len--;
	buf_byte(out, '\n');
}

void doc_text_table(const struct doc_table *table, const struct doc_text_look *look, struct buf *out)
{
	struct grid grid = {.table = table, .look = look};
	struct buf text;

	grid.widths = ARENA_ARRAY(table->arena, table->column_count, size_t);
	measure(&grid);
	if (look->fit_tables)
		fit(&grid);
	put_head(&grid, out);
	buf_init(&text, CELL_BYTES);
	for (const struct doc_row *row = table->first; row != NULL; row = row->next)
		put_row(&grid, row, &text, out);
	buf_done(&text);
}

/* --- the other nodes --- */

static size_t widest_name(const struct doc_item *items)
{
	size_t widest = 0;
	for (const struct doc_item *item = items; item != NULL; item = item->next) {
		size_t width = utf8_width(item->name);
		widest = width > widest ? width : widest;
	}
	return widest < 40 ? widest : 40;
}

static void put_facts(const struct doc_node *node, const struct doc_text_look *look, struct buf *out)
{
	size_t column = widest_name(node->items);

	for (const struct doc_item *item = node->items; item != NULL; item = item->next) {
		size_t width = utf8_width(item->name);
		buf_text(out, "  ");
		quote_terminal(item->name, false, out);
		blanks(column > width ? column - width + GAP : GAP, out);
		size_t at = (column > width ? column : width) + 2 + GAP;
		at += badge(look, item->tone, STR(""), out);
		wrap(item->value, at, column + 2 + GAP, look->width, out);
	}
}

static void put_bars(const struct doc_node *node, const struct doc_text_look *look, struct buf *out)
{
	size_t column = widest_name(node->items);

	for (const struct doc_item *item = node->items; item != NULL; item = item->next) {
		struct str name = item->name;
		size_t width = utf8_width(name);
		size_t full = item->whole == 0 ? 0 : (size_t)((double)item->part / (double)item->whole * BAR_COLUMNS);
		if (full == 0 && item->part > 0)
			full = 1;
		buf_text(out, "  ");
		quote_terminal(name, false, out);
		blanks(column > width ? column - width + GAP : GAP, out);
		tint(look, item->tone, true, out);
		for (size_t i = 0; i < full; i++)
			buf_byte(out, '#');
		tint(look, item->tone, false, out);
		blanks(BAR_COLUMNS - full + GAP, out);
		quote_terminal(item->value, false, out);
		buf_byte(out, '\n');
	}
}

static void put_code(struct str text, struct buf *out)
{
	while (text.p != NULL) {
		struct str line = str_cut(&text, '\n');
		buf_text(out, "    ");
		quote_terminal(line, false, out);
		buf_byte(out, '\n');
	}
}

static struct str link_target(const struct doc_node *node, const struct doc_text_look *look)
{
	return look->commands ? node->command : node->href;
}

static void put_link(const struct doc_node *node, const struct doc_text_look *look, struct buf *out)
{
	struct buf line;
	struct str to = link_target(node, look);

	buf_init(&line, CELL_BYTES);
	buf_str(&line, node->text);
	buf_text(&line, ": ");
	buf_str(&line, to);
	wrap(buf_view(&line), 0, 2, look->width, out);
	buf_done(&line);
}

static void put_node(const struct doc_node *node, const struct doc_text_look *look, struct buf *out)
{
	size_t at;

	switch (node->kind) {
	case DOC_VERDICT:
	case DOC_NOTE:
		at = badge(look, node->tone, node->word, out);
		flow(node->text, at, node->kind == DOC_NOTE ? 2 : 0, look->width, out);
		break;
	case DOC_SENTENCE:
	case DOC_SUB: flow(node->text, 0, 0, look->width, out); break;
	case DOC_HEADING:
		bold(look, true, out);
		quote_terminal(node->text, false, out);
		bold(look, false, out);
		buf_byte(out, '\n');
		break;
	case DOC_FACTS: put_facts(node, look, out); break;
	case DOC_TABLE: doc_text_table(node->table, look, out); break;
	case DOC_BARS: put_bars(node, look, out); break;
	case DOC_LIST:
		for (const struct doc_item *item = node->items; item != NULL; item = item->next) {
			buf_text(out, "  - ");
			wrap(item->value, 4, 4, look->width, out);
		}
		break;
	case DOC_CODE: put_code(node->text, out); break;
	case DOC_LINK: put_link(node, look, out); break;
	}
}

void doc_text(const struct doc *doc, const struct doc_text_look *look, struct buf *out)
{
	bold(look, true, out);
	if (doc->letterhead.name.len > 0)
		flow(doc->letterhead.name, 0, 0, look->width, out);
	flow(doc->title, 0, 0, look->width, out);
	bold(look, false, out);
	const struct doc_node *before = NULL;
	for (const struct doc_node *node = doc->first; node != NULL; node = node->next) {
		if (node->kind == DOC_LINK && link_target(node, look).len == 0)
			continue;
		/* A heading stands on what it heads, and links stand together. */
		bool joined = before != NULL && ((before->kind == DOC_HEADING && node->kind != DOC_HEADING) ||
		                                 (before->kind == DOC_LINK && node->kind == DOC_LINK));
		if (!joined)
			buf_byte(out, '\n');
		put_node(node, look, out);
		before = node;
	}
}
