/* SPDX-License-Identifier: ISC */
#pragma once
/* The numbered steps of src/store/sql, each applied in one transaction, and what a database must say of itself. */
#include "store/db.h"

#define SCHEMA_APPLICATION_ID 0x6d737431 /* "mst1" */

struct schema_step {
	int number;
	const char *name, *sql;
};
extern const struct schema_step schema_steps[]; /* made from src/store/sql at build time; ends with number 0 */

int schema_newest(void);

/* Brings the database to the newest step.  ERR_SETUP when it is another program's or newer than this program. */
bool schema_migrate(struct db *db, struct err *err);
/* For tests: the same with other steps. */
bool schema_migrate_with(struct db *db, const struct schema_step *steps, struct err *err);
/* ERR_SETUP unless it is ours and exactly the newest. */
bool schema_expect(struct db *db, struct err *err);
bool schema_version(struct db *db, int *out_version, struct err *err);
