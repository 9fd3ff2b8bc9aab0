/* SPDX-License-Identifier: ISC */
#include "store/schema.h"

#include <inttypes.h>
#include <stdio.h>

static int newest_of(const struct schema_step *steps)
{
	int newest = 0;
	for (; steps->number != 0; steps++)
		newest = steps->number;
	return newest;
}

int schema_newest(void)
{
	return newest_of(schema_steps);
}

static bool pragma_number(struct db *db, const char *sql, int64_t *out, struct err *err)
{
	struct query *query = db_ask_once(db, sql, NULL, 0, err);
	if (query == NULL)
		return false;
	*out = db_next(query) ? db_get_int(query, 0) : 0;
	return db_end(query, err);
}

bool schema_version(struct db *db, int *out_version, struct err *err)
{
	int64_t version;
	if (!pragma_number(db, "PRAGMA user_version", &version, err))
		return false;
	*out_version = (int)version;
	return true;
}

/* Version 0 with application id 0 and no table is a new file; anything else that is not ours is left alone. */
static bool check_owner(struct db *db, int version, int newest, struct err *err)
{
	int64_t application, tables;
	if (!pragma_number(db, "PRAGMA application_id", &application, err) ||
	    !pragma_number(db, "SELECT count(*) FROM sqlite_schema", &tables, err))
		return false;
	bool is_new = application == 0 && version == 0 && tables == 0;
	if (!is_new && application != SCHEMA_APPLICATION_ID)
		return err_set(err, ERR_SETUP, "the file is a database of another program");
	if (!is_new && (version <= 0 || tables == 0))
		return err_set(err, ERR_SETUP, "the store has lost its tables");
	if (version > newest)
		return err_set(err, ERR_SETUP, "the store has schema %d, this program knows %d: it is too old", version,
		               newest);
	return true;
}

static bool apply(struct db *db, const struct schema_step *step, struct err *err)
{
	char mark[96];
	(void)snprintf(mark, sizeof mark, "PRAGMA application_id=%d; PRAGMA user_version=%d;", SCHEMA_APPLICATION_ID,
	               step->number);
	if (db_script(db, "BEGIN IMMEDIATE", err) && db_script(db, step->sql, err) && db_script(db, mark, err) &&
	    db_script(db, "COMMIT", err))
		return true;
	if (db_in_transaction(db))
		(void)db_script(db, "ROLLBACK", NULL);
	return err_prefix(err, "migration %s", step->name);
}

bool schema_migrate_with(struct db *db, const struct schema_step *steps, struct err *err)
{
	int version;
	if (!schema_version(db, &version, err) || !check_owner(db, version, newest_of(steps), err))
		return false;
	for (; steps->number != 0; steps++)
		if (steps->number > version && !apply(db, steps, err))
			return false;
	return true;
}

bool schema_migrate(struct db *db, struct err *err)
{
	return schema_migrate_with(db, schema_steps, err);
}

bool schema_expect(struct db *db, struct err *err)
{
	int version;
	if (!schema_version(db, &version, err) || !check_owner(db, version, schema_newest(), err))
		return false;
	if (version < schema_newest())
		return err_set(err, ERR_SETUP, "the store has schema %d, this program wants %d: start the server once",
		               version, schema_newest());
	return true;
}
