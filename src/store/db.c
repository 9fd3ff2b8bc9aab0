/* SPDX-License-Identifier: ISC */
#include "store/db.h"

#include <assert.h>
#include <pthread.h>
#include <sqlite3.h>
#include <string.h>

#include "base/attr.h"
#include "base/instant.h"
#include "base/mem.h"

#define SLOTS 256u /* statements kept; a power of two, far more than there are */
#define STEPS_BETWEEN_LOOKS 50000 /* under a millisecond */
#define BUSY_MS 5000

struct query {
	const char *sql; /* the key: the address of the literal */
	sqlite3_stmt *stmt;
	struct db *db;
	int code; /* of the last step */
	bool busy;
	bool once;
};

struct db {
	sqlite3 *handle;
	struct query slots[SLOTS];
	int64_t deadline_ms; /* clock_ms(); 0: none */
};

static bool fail(struct db *db, int code, struct err *err)
{
	enum err_kind kind = ERR_LATER;

	if ((code & 0xff) == SQLITE_INTERRUPT)
		return err_set(err, ERR_LATER, "this takes too long; ask for fewer days, or for one domain");
	switch (code & 0xff) {
	case SQLITE_CONSTRAINT:
	case SQLITE_TOOBIG:
	case SQLITE_MISMATCH:
	case SQLITE_RANGE: kind = ERR_INPUT; break;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_PERM:
	case SQLITE_READONLY:
	case SQLITE_CANTOPEN:
	case SQLITE_ERROR: kind = ERR_SETUP; break;
	default: break;
	}
	return err_set(err, kind, "database: %s", db == NULL ? sqlite3_errstr(code) : sqlite3_errmsg(db->handle));
}

bool db_script(struct db *db, const char *sql, struct err *err)
{
	int code = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
	return code == SQLITE_OK || fail(db, code, err);
}

/* Asks back, because SQLite answers a pragma that it cannot follow with the old value and no error. */
static bool expect_text(struct db *db, const char *sql, const char *want, struct err *err)
{
	struct query *query = db_ask_once(db, sql, NULL, 0, err);
	if (query == NULL)
		return false;
	bool same = db_next(query) && str_eq(db_get_text(query, 0), str_of(want));
	if (!db_end(query, err))
		return false;
	return same || err_set(err, ERR_SETUP, "the database does not take \"%s\"", sql);
}

static bool set_up_writer(struct db *db, struct err *err)
{
	/* The sandbox opens neither /dev/urandom nor a temporary file: seed now, and keep what is temporary in memory. */
	char seed;
	sqlite3_randomness(1, &seed);
	return expect_text(db, "PRAGMA journal_mode=WAL", "wal", err) &&
	       db_script(
		   db,
		   "PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-49152; PRAGMA mmap_size=0;"
		   "PRAGMA wal_autocheckpoint=8192; PRAGMA journal_size_limit=67108864;",
		   err) &&
	       expect_text(db, "PRAGMA synchronous", "2", err);
}

static bool set_up_reader(struct db *db, struct err *err)
{
	int code = sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	if (code != SQLITE_OK)
		return fail(db, code, err);
	(void)sqlite3_wal_autocheckpoint(db->handle, 0);
	return db_script(db, "PRAGMA query_only=ON; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-8192;", err);
}

/* Once in the process, before anything else: savepoints keep what they would undo in memory, not in
 * files: `keep` may not open any but its own. */
static pthread_once_t configured = PTHREAD_ONCE_INIT;
static void configure(void)
{
	(void)sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, -1);
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

/* Asked every so many steps of a statement. */
static int is_late(void *arg)
{
	const struct db *db = arg;
	return db->deadline_ms != 0 && clock_ms() > db->deadline_ms;
}

void db_set_deadline(struct db *db, int64_t deadline_ms)
{
	if (db->deadline_ms == 0 && deadline_ms != 0)
		sqlite3_progress_handler(db->handle, STEPS_BETWEEN_LOOKS, is_late, db);
	else if (deadline_ms == 0)
		sqlite3_progress_handler(db->handle, 0, NULL, NULL);
	db->deadline_ms = deadline_ms;
}

bool db_open(const char *path, enum db_access access, bool must_exist, struct db **out, struct err *err)
{
	struct db *db = mem_new(sizeof *db);
	/* A reader of a WAL database must be able to make the -shm file; query_only keeps it from the rest. */
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE;
	if (!must_exist)
		flags |= SQLITE_OPEN_CREATE;

	(void)pthread_once(&configured, configure);
	int code = sqlite3_open_v2(path, &db->handle, flags, NULL);
	if (code != SQLITE_OK) {
		fail(db->handle == NULL ? NULL : db, code, err);
		db_close(&db);
		return err_prefix(err, "%s", path);
	}
	(void)sqlite3_busy_timeout(db->handle, BUSY_MS);
	(void)sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	(void)sqlite3_db_config(db->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	(void)sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	if (!(access == DB_WRITE ? set_up_writer(db, err) : set_up_reader(db, err))) {
		db_close(&db);
		return err_prefix(err, "%s", path);
	}
	*out = db;
	return true;
}

void db_close(struct db **db)
{
	if (*db == NULL)
		return;
	for (size_t i = 0; i < SLOTS; i++)
		(void)sqlite3_finalize((*db)->slots[i].stmt);
	(void)sqlite3_close_v2((*db)->handle);
	mem_free(*db);
	*db = NULL;
}

static struct query *slot_for(struct db *db, const char *sql)
{
	size_t at = (size_t)(((uintptr_t)sql * UINT64_C(0x9E3779B97F4A7C15)) >> 56) & (SLOTS - 1);

	for (size_t tries = 0; tries < SLOTS; tries++, at = (at + 1) & (SLOTS - 1))
		if (db->slots[at].sql == sql || db->slots[at].sql == NULL)
			return &db->slots[at];
	assert(false && "more statements than slots");
	return NULL;
}

static int bind_one(sqlite3_stmt *stmt, int at, const struct db_value *value)
{
	switch (value->kind) {
	case DB_INT: return sqlite3_bind_int64(stmt, at, value->number);
	case DB_TEXT:
		return sqlite3_bind_text64(stmt, at, value->bytes.p, value->bytes.len, SQLITE_STATIC, SQLITE_UTF8);
	case DB_BLOB: return sqlite3_bind_blob64(stmt, at, value->bytes.p, value->bytes.len, SQLITE_STATIC);
	case DB_NULL: return sqlite3_bind_null(stmt, at);
	}
	return SQLITE_MISUSE;
}

static struct query *start(struct query *query, const struct db_value *values, size_t n, struct err *err)
{
	assert(!query->busy);
	assert((size_t)sqlite3_bind_parameter_count(query->stmt) == n);
	for (size_t i = 0; i < n; i++) {
		int code = bind_one(query->stmt, (int)i + 1, &values[i]);
		if (code != SQLITE_OK) {
			fail(query->db, code, err);
			return NULL;
		}
	}
	query->busy = true;
	query->code = SQLITE_OK;
	return query;
}

struct query *db_ask(struct db *db, const char *sql, const struct db_value *values, size_t n, struct err *err)
{
	struct query *query = slot_for(db, sql);

	if (query->stmt == NULL) {
		int code = sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &query->stmt, NULL);
		if (code != SQLITE_OK) {
			fail(db, code, err);
			return NULL;
		}
		query->sql = sql;
		query->db = db;
	}
	return start(query, values, n, err);
}

struct query *db_ask_once(struct db *db, const char *sql, const struct db_value *values, size_t n, struct err *err)
{
	struct query *query = mem_new(sizeof *query);

	*query = (struct query){.db = db, .once = true};
	int code = sqlite3_prepare_v3(db->handle, sql, -1, 0, &query->stmt, NULL);
	if (code != SQLITE_OK)
		fail(db, code, err);
	else if (start(query, values, n, err) != NULL)
		return query;
	(void)sqlite3_finalize(query->stmt);
	mem_free(query);
	return NULL;
}

bool db_next(struct query *query)
{
	if (query->code != SQLITE_OK && query->code != SQLITE_ROW)
		return false;
	query->code = sqlite3_step(query->stmt);
	return query->code == SQLITE_ROW;
}

bool db_end(struct query *query, struct err *err)
{
	if (query == NULL)
		return false;
	bool ok = query->code == SQLITE_OK || query->code == SQLITE_ROW || query->code == SQLITE_DONE;
	if (!ok)
		fail(query->db, query->code, err);
	(void)sqlite3_reset(query->stmt);
	query->busy = false;
	if (query->once) {
		(void)sqlite3_finalize(query->stmt);
		mem_free(query);
	}
	return ok;
}

int64_t db_get_int(struct query *query, int column)
{
	return sqlite3_column_int64(query->stmt, column);
}

bool db_is_null(struct query *query, int column)
{
	return sqlite3_column_type(query->stmt, column) == SQLITE_NULL;
}

struct str db_get_text(struct query *query, int column)
{
	const unsigned char *text = sqlite3_column_text(query->stmt, column);
	return text == NULL ? STR_NONE : str_make(text, (size_t)sqlite3_column_bytes(query->stmt, column));
}

struct str db_get_blob(struct query *query, int column)
{
	const void *bytes = sqlite3_column_blob(query->stmt, column);
	size_t len = (size_t)sqlite3_column_bytes(query->stmt, column);
	if (bytes == NULL)
		return db_is_null(query, column) ? STR_NONE : STR("");
	return str_make(bytes, len);
}

bool db_run(struct db *db, const char *sql, const struct db_value *values, size_t n, struct err *err)
{
	struct query *query = db_ask(db, sql, values, n, err);
	if (query == NULL)
		return false;
	while (db_next(query))
		;
	return db_end(query, err);
}

bool db_number(struct db *db, const char *sql, const struct db_value *values, size_t n, int64_t fallback, int64_t *out,
               struct err *err)
{
	struct query *query = db_ask(db, sql, values, n, err);
	if (query == NULL)
		return false;
	*out = db_next(query) && !db_is_null(query, 0) ? db_get_int(query, 0) : fallback;
	return db_end(query, err);
}

int64_t db_last_id(const struct db *db)
{
	return sqlite3_last_insert_rowid(db->handle);
}

int64_t db_changes(const struct db *db)
{
	return sqlite3_changes64(db->handle);
}

bool db_in_transaction(const struct db *db)
{
	return sqlite3_get_autocommit(db->handle) == 0;
}

bool db_check(struct db *db, bool thorough, struct err *err)
{
	struct query *query =
	    db_ask_once(db, thorough ? "PRAGMA integrity_check(1)" : "PRAGMA quick_check(1)", NULL, 0, err);
	if (query == NULL)
		return false;
	char found[160] = "";
	if (db_next(query) && !str_eq(db_get_text(query, 0), STR("ok"))) {
		struct str text = str_upto(db_get_text(query, 0), sizeof found - 1);
		memcpy(found, text.p, text.len);
	}
	if (!db_end(query, err))
		return false;
	return found[0] == '\0' || err_set(err, ERR_SETUP, "the database is damaged: %s", found);
}

bool db_backup(struct db *db, const char *path, struct err *err)
{
	struct db *copy = NULL;
	if (!db_open(path, DB_WRITE, false, &copy, err))
		return false;

	sqlite3_backup *backup = sqlite3_backup_init(copy->handle, "main", db->handle, "main");
	if (backup == NULL) {
		fail(copy, sqlite3_errcode(copy->handle), err);
		db_close(&copy);
		return false;
	}
	int code = sqlite3_backup_step(backup, -1); /* all at once: a writer cannot make it begin again */
	(void)sqlite3_backup_finish(backup);
	bool ok = code == SQLITE_DONE || fail(copy, code, err);
	ok = ok && db_check(copy, true, err);
	db_close(&copy);
	return ok;
}
