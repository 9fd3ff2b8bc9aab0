/* SPDX-License-Identifier: ISC */
#pragma once
/* The searches that a user has saved: his own, and in the tenant alone where he made them.  Each change is a transaction of
 * its own, or part of a joint one. */
#include "base/arena.h"
#include "base/instant.h"
#include "store/store.h"

#define SAVED_SEARCHES_MOST 50 /* of one user */
#define SAVED_SEARCH_NAME_BYTES 100
#define SAVED_SEARCH_QUERY_BYTES 1000

/* Numbers stand in the database: never change them. */
enum saved_search_screen { SAVED_ON_REPORTS, SAVED_ON_RESULTS, SAVED_ON_SENDERS, SAVED_ON_ISSUES, SAVED_ON_DOMAINS, SAVED_SCREEN_COUNT };
const char *saved_search_screen_text(enum saved_search_screen screen);
bool saved_search_screen_of(struct str text, enum saved_search_screen *out);

struct saved_search {
	int64_t id, account, tenant;
	enum saved_search_screen screen;
	struct str name, query;
	instant created_at;
};
struct saved_search_list {
	struct saved_search *rows; /* by name */
	size_t count;
};
/* STORE_READ is enough. */
bool saved_searches_list(struct store *store, int64_t account, int64_t tenant, struct arena *arena,
                         struct saved_search_list *out, struct err *err);

/* In the place of one with the same name.  ERR_INPUT. */
bool saved_searches_save(struct store *store, const struct saved_search *search, int64_t *out_id, struct err *err);
/* ERR_MISSING where it is not his. */
bool saved_searches_remove(struct store *store, int64_t account, int64_t id, struct err *err);
