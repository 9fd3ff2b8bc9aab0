/* SPDX-License-Identifier: ISC */
#pragma once
/* The one document model: what a view, a report, an issue, a check or a mail says, without how it looks.  Built once from
 * top to bottom in the arena of the request, then rendered by doc_text, doc_html, doc_csv.  Every text may hold foreign
 * bytes; the renderings quote them.  Texts are not copied: they must live as long as the document. */
#include <stdint.h>

#include "base/arena.h"
#include "base/instant.h"
#include "base/str.h"

/* How a thing stands.  Each rendering doubles the colour by a shape, and the caller gives the word. */
enum doc_tone {
	TONE_PLAIN,
	TONE_OK,    /* tick */
	TONE_FAIL,  /* cross */
	TONE_WARN,  /* triangle with ! */
	TONE_TEST,  /* dashed ring */
	TONE_NONE,  /* dash: none, unknown */
	TONE_COUNT
};

enum doc_kind {
	DOC_VERDICT,  /* badge and the one sentence that answers the question */
	DOC_SENTENCE, /* a paragraph */
	DOC_SUB,      /* a paragraph of less weight: what the data covers */
	DOC_HEADING,  /* level 2 or 3 */
	DOC_FACTS,    /* names and values */
	DOC_TABLE,
	DOC_BARS,     /* shares, as horizontal bars */
	DOC_LIST,
	DOC_CODE,     /* lines to be read or copied as they are */
	DOC_NOTE,     /* a remark that must be seen, with a tone */
	DOC_LINK,     /* where to go on */
};

enum doc_column_kind { COLUMN_TEXT, COLUMN_NUMBER, COLUMN_CODE /* host names, addresses, keywords */ };

struct doc_column {
	const char *title; /* for people, translated */
	const char *key;   /* for machines: the header of CSV and plain */
	enum doc_column_kind kind;
	unsigned drop;     /* 0: always shown; else the highest is dropped first on a narrow terminal */
	const char *help;  /* one sentence about the column; may be NULL */
};

struct doc_cell {
	struct str text;    /* absent: empty */
	struct str raw;     /* for CSV and plain, where that differs from the text (numbers, times); absent: the text */
	enum doc_tone tone; /* other than plain: a badge with the text as its word */
	struct str href;    /* a path of our own pages; absent: no link */
	bool is_absent;     /* the text only says that there is nothing: such columns go first on a narrow terminal */
};

struct doc_row {
	unsigned depth; /* 0; 1 and more belong to the row above */
	struct doc_cell *cells;
	struct doc_row *next;
};

struct doc_table {
	struct arena *arena;
	struct str caption; /* also the name of the scroll region */
	const struct doc_column *columns;
	size_t column_count;
	struct doc_row *first, *last;
	size_t row_count;
};

/* A name with a value (facts), a label with a share (bars), or an item (list). */
struct doc_item {
	struct str name, value;
	struct str href;
	enum doc_tone tone; /* of a bar, or of a value that is a badge */
	uint64_t part, whole;
	struct doc_item *next;
};

struct doc_node {
	enum doc_kind kind;
	unsigned level; /* of a heading; 1 for big facts */
	enum doc_tone tone;
	struct str word; /* of the badge */
	struct str text;
	struct str href, command; /* of a link: the page, and the command that shows the same */
	struct doc_item *items, *last_item;
	struct doc_table *table;
	struct doc_node *next;
};

/* Whose document it is: above the title.  All may be empty. */
struct doc_letterhead {
	struct str name;
	struct str logo, logo_text; /* a PNG file (logo_png.h); what stands for it where it is not seen */
	struct str colour;          /* "#rrggbb", of a stripe */
};

struct doc {
	struct arena *arena;
	struct str title;
	struct doc_letterhead letterhead;
	struct doc_node *first, *last;
};

void doc_init(struct doc *doc, struct arena *arena, struct str title);
void doc_verdict(struct doc *doc, enum doc_tone tone, const char *word, struct str text);
void doc_sentence(struct doc *doc, struct str text);
void doc_sub(struct doc *doc, struct str text);
void doc_heading(struct doc *doc, unsigned level, struct str text);
void doc_code(struct doc *doc, struct str text);
void doc_note(struct doc *doc, enum doc_tone tone, const char *word, struct str text);
void doc_link(struct doc *doc, struct str text, struct str href, struct str command);

/* Facts after this call begin a new group; `is_big` ones are the figures at the head of a page. */
void doc_facts(struct doc *doc, bool is_big);

/* These add to the node at the end of the document if it is of that kind, else begin one. */
struct doc_item *doc_fact(struct doc *doc, const char *name, struct str value);
void doc_bar(struct doc *doc, enum doc_tone tone, struct str label, struct str value, uint64_t part, uint64_t whole);
void doc_item(struct doc *doc, struct str text);

/* `columns` must outlive the document (they are static tables). */
struct doc_table *doc_table(struct doc *doc, struct str caption, const struct doc_column *columns, size_t n);
/* The same without a document, for CSV and plain. */
struct doc_table *doc_table_new(struct arena *arena, const struct doc_column *columns, size_t n);
/* A new row at the end, its cells empty: fill [0, column_count). */
struct doc_cell *doc_row(struct doc_table *table, unsigned depth);

/* Cells. */
struct doc_cell doc_cell(struct str text);
struct doc_cell doc_cell_stated(struct str text); /* "not stated" where it is absent or empty; raw stays empty */
struct doc_cell doc_cell_count(struct arena *arena, uint64_t n);
struct doc_cell doc_cell_badge(enum doc_tone tone, const char *word);
struct doc_cell doc_cell_instant(struct arena *arena, instant at); /* "21 Nov 2026, 06:12:31 UTC", raw RFC 3339 */
