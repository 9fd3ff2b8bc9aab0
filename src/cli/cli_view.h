/* SPDX-License-Identifier: ISC */
#pragma once
/* How commands show what they have: a document for people, records for programs. */
#include "base/limits.h"
#include "cli/cli.h"
#include "present/doc.h"
#include "present/view_words.h"
#include "store/store.h"

#define CLI_VIEW_BYTES MIB(512) /* most that one answer may take before it is written */
#define CLI_VIEW_ARENA_BYTES MIB(1024)

/* What a command that reads the store has in hand.  Zeroed before; cli_view_close() frees all of it. */
struct cli_view {
	struct arena arena;
	struct store *store;
	struct store_status status;
};

/* Opens the store for reading.  ERR_MISSING says how to fill one. */
bool cli_view_open(const struct cli *cli, struct cli_view *out, struct err *err);
void cli_view_close(struct cli_view *view);

/* The scope of a command's view: all days, unless a period was asked for. */
struct view_scope cli_view_scope(const struct cli *cli, const struct cli_view *view, const char *command,
                                 const char *path);

/* As text for people: the width of the terminal, colour and a pager only on one. */
void cli_view_doc(const struct cli *cli, const struct doc *doc);
/* As CSV or tab separated lines, by cli->format. */
void cli_view_table(const struct cli *cli, const struct doc_table *table);
/* A piece of a long list; `is_first` brings the header. */
void cli_view_rows(const struct cli *cli, const struct doc_table *table, bool is_first);
/* Bytes as they are; on a terminal only text, made harmless.  ERR_INPUT: no text, and stdout is a terminal. */
bool cli_view_raw(struct str bytes, struct err *err);

/* A positive number, as reports and arrivals have. */
bool cli_view_number(const char *text, int64_t *out);
