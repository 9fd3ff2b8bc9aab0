/* SPDX-License-Identifier: ISC */
#pragma once
/* The door to SQLite: one connection, its statements prepared once, and errors named by what to do. */
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct db;    /* one thread at a time */
struct query; /* owned by the db; in use from db_ask to db_end */

enum db_access { DB_READ, DB_WRITE };

/* `must_exist`: never create the file.  DB_WRITE sets WAL and synchronous=FULL and checks that they hold; DB_READ never
 * writes, never checkpoints.  ERR_MISSING, ERR_SETUP (no database, damaged, not readable), ERR_LATER. */
bool db_open(const char *path, enum db_access access, bool must_exist, struct db **out, struct err *err);
void db_close(struct db **db);
/* A statement that is not done then (clock_ms()) fails with ERR_LATER; 0: none. */
void db_set_deadline(struct db *db, int64_t deadline_ms);

enum db_kind { DB_INT, DB_TEXT, DB_BLOB, DB_NULL };
struct db_value {
	enum db_kind kind;
	int64_t number;
	struct str bytes;
};
static inline struct db_value db_int(int64_t number)
{
	return (struct db_value){.kind = DB_INT, .number = number};
}
static inline struct db_value db_uint(uint64_t number)
{
	return db_int(number > INT64_MAX ? INT64_MAX : (int64_t)number);
}
static inline struct db_value db_text(struct str text) /* absent: NULL */
{
	return (struct db_value){.kind = text.p == NULL ? DB_NULL : DB_TEXT, .bytes = text};
}
static inline struct db_value db_blob(struct str bytes) /* absent: NULL */
{
	return (struct db_value){.kind = bytes.p == NULL ? DB_NULL : DB_BLOB, .bytes = bytes};
}
static inline struct db_value db_null(void)
{
	return (struct db_value){.kind = DB_NULL};
}

/* `sql` must live as long as the db (a literal): its statement is kept for the next time.  The values must live until
 * db_end.  NULL on failure.  Numbers: ERR_LATER (busy, disk full, input/output), ERR_INPUT (a constraint, too
 * large), ERR_SETUP (damaged, read-only). */
struct query *db_ask(struct db *db, const char *sql, const struct db_value *values, size_t n, struct err *err);
/* The same for text made for the occasion; the statement is thrown away at db_end. */
struct query *db_ask_once(struct db *db, const char *sql, const struct db_value *values, size_t n, struct err *err);
bool db_next(struct query *query);                 /* false: no more rows, or failed: db_end tells */
bool db_end(struct query *query, struct err *err); /* NULL is accepted and is false, leaving `err` alone */

int64_t db_get_int(struct query *query, int column);
bool db_is_null(struct query *query, int column);
struct str db_get_text(struct query *query, int column); /* valid until the next db_next; NULL: absent */
struct str db_get_blob(struct query *query, int column);

/* Runs to the end. */
bool db_run(struct db *db, const char *sql, const struct db_value *values, size_t n, struct err *err);
/* One number of the first row; `fallback` where there is none. */
bool db_number(struct db *db, const char *sql, const struct db_value *values, size_t n, int64_t fallback, int64_t *out,
               struct err *err);
/* Statements without values, several allowed. */
bool db_script(struct db *db, const char *sql, struct err *err);

#define DB_VALUES(...) \
	(const struct db_value[]){__VA_ARGS__}, sizeof((const struct db_value[]){__VA_ARGS__}) / sizeof(struct db_value)

int64_t db_last_id(const struct db *db);
int64_t db_changes(const struct db *db); /* of the last statement */
bool db_in_transaction(const struct db *db);
/* Copies the whole database into a new file, consistently, and checks the copy. */
bool db_backup(struct db *db, const char *path, struct err *err);
/* PRAGMA quick_check or integrity_check: ERR_SETUP with the first fault. */
bool db_check(struct db *db, bool thorough, struct err *err);
