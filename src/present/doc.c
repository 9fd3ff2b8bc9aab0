/* SPDX-License-Identifier: ISC */
#include "present/doc.h"

#include "base/num.h"
#include "present/words.h"

void doc_init(struct doc *doc, struct arena *arena, struct str title)
{
	*doc = (struct doc){.arena = arena, .title = title};
}

static struct doc_node *add(struct doc *doc, enum doc_kind kind)
{
	struct doc_node *node = ARENA_NEW(doc->arena, struct doc_node);

	node->kind = kind;
	if (doc->last == NULL)
		doc->first = node;
	else
		doc->last->next = node;
	doc->last = node;
	return node;
}

static struct doc_item *add_item(struct doc *doc, enum doc_kind kind)
{
	struct doc_node *node = doc->last != NULL && doc->last->kind == kind ? doc->last : add(doc, kind);
	struct doc_item *item = ARENA_NEW(doc->arena, struct doc_item);

	if (node->last_item == NULL)
		node->items = item;
	else
		node->last_item->next = item;
	node->last_item = item;
	return item;
}

void doc_verdict(struct doc *doc, enum doc_tone tone, const char *word, struct str text)
{
	struct doc_node *node = add(doc, DOC_VERDICT);
	node->tone = tone;
	node->word = str_of(word);
	node->text = text;
}

void doc_sentence(struct doc *doc, struct str text)
{
	add(doc, DOC_SENTENCE)->text = text;
}

void doc_sub(struct doc *doc, struct str text)
{
	add(doc, DOC_SUB)->text = text;
}

void doc_heading(struct doc *doc, unsigned level, struct str text)
{
	struct doc_node *node = add(doc, DOC_HEADING);
	node->level = level;
	node->text = text;
}

void doc_code(struct doc *doc, struct str text)
{
	add(doc, DOC_CODE)->text = text;
}

void doc_note(struct doc *doc, enum doc_tone tone, const char *word, struct str text)
{
	struct doc_node *node = add(doc, DOC_NOTE);
	node->tone = tone;
	node->word = str_of(word);
	node->text = text;
}

void doc_link(struct doc *doc, struct str text, struct str href, struct str command)
{
	struct doc_node *node = add(doc, DOC_LINK);
	node->text = text;
	node->href = href;
	node->command = command;
}

void doc_facts(struct doc *doc, bool is_big)
{
	add(doc, DOC_FACTS)->level = is_big ? 1 : 0;
}

struct doc_item *doc_fact(struct doc *doc, const char *name, struct str value)
{
	struct doc_item *item = add_item(doc, DOC_FACTS);
	item->name = str_of(name);
	item->value = value;
	return item;
}

void doc_bar(struct doc *doc, enum doc_tone tone, struct str label, struct str value, uint64_t part, uint64_t whole)
{
	struct doc_item *item = add_item(doc, DOC_BARS);
	item->tone = tone;
	item->name = label;
	item->value = value;
	item->part = part < whole ? part : whole;
	item->whole = whole;
}

void doc_item(struct doc *doc, struct str text)
{
	add_item(doc, DOC_LIST)->value = text;
}

struct doc_table *doc_table_new(struct arena *arena, const struct doc_column *columns, size_t n)
{
	struct doc_table *table = ARENA_NEW(arena, struct doc_table);

	table->arena = arena;
	table->columns = columns;
	table->column_count = n;
	return table;
}

struct doc_table *doc_table(struct doc *doc, struct str caption, const struct doc_column *columns, size_t n)
{
	struct doc_table *table = doc_table_new(doc->arena, columns, n);

	table->caption = caption;
	add(doc, DOC_TABLE)->table = table;
	return table;
}

struct doc_cell *doc_row(struct doc_table *table, unsigned depth)
{
	struct doc_row *row = ARENA_NEW(table->arena, struct doc_row);

	row->depth = depth;
	row->cells = ARENA_ARRAY(table->arena, table->column_count, struct doc_cell);
	if (table->last == NULL)
		table->first = row;
	else
		table->last->next = row;
	table->last = row;
	table->row_count++;
	return row->cells;
}

struct doc_cell doc_cell(struct str text)
{
	return (struct doc_cell){.text = text};
}

struct doc_cell doc_cell_stated(struct str text)
{
	if (text.len > 0)
		return (struct doc_cell){.text = words_stated(text), .raw = text};
	return (struct doc_cell){.text = str_of(tr("not stated")), .raw = STR(""), .is_absent = true};
}

struct doc_cell doc_cell_count(struct arena *arena, uint64_t n)
{
	char digits[NUM_DIGITS_MAX];
	return (struct doc_cell){.text = words_count(arena, n), .raw = arena_str(arena, num_format_uint(n, digits))};
}

struct doc_cell doc_cell_badge(enum doc_tone tone, const char *word)
{
	return (struct doc_cell){.text = str_of(word), .tone = tone};
}

struct doc_cell doc_cell_instant(struct arena *arena, instant at)
{
	char text[INSTANT_TEXT_MAX];
	if (at == INSTANT_NONE)
		return (struct doc_cell){.text = words_instant(arena, at), .raw = STR("")};
	return (struct doc_cell){.text = words_instant(arena, at), .raw = arena_str(arena, instant_format(at, text))};
}
