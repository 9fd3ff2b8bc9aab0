/* SPDX-License-Identifier: ISC */
#pragma once
/* Every change that a person, a token or the command line made: who, when, from where, what, before and after.  Written in
 * the transaction of the change. */
#include "base/limits.h"
#include "report/account.h"
#include "store/store.h"

#define AUDIT_DAYS 400
#define AUDIT_TEXT_BYTES KIB(16) /* of before and after; longer ones are left out */

struct audit_filter {
	int64_t before_id; /* 0: the newest */
	size_t limit;
	struct str actor, action, object; /* absent: any; the beginning of it */
};
struct audit_list {
	struct audit_row *rows; /* newest first */
	size_t count;
	int64_t next; /* before_id of the next page; 0: none */
};

/* Under store_set_tenant() only what concerns that tenant. */
bool audit_list(struct store *store, const struct audit_filter *filter, struct arena *arena, struct audit_list *out,
                struct err *err);
bool audit_add(struct store *store, const struct audit_row *row, struct err *err);
/* Deletes up to `most` rows that are older than AUDIT_DAYS. */
bool audit_tidy(struct store *store, instant now, uint32_t most, struct err *err);
