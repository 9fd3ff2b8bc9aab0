/* SPDX-License-Identifier: ISC */
#pragma once
/* The dated facts of our own looks: only a change makes a row.  Nothing here judges.  What writes happens inside
 * store_begin and store_commit; STORE_READ is enough for the rest.  All memory belongs to the arena. */
#include "report/observation.h"
#include "report/report.h"
#include "store/store.h"

/* What one look saw of one kind and subject: all values that are so now. */
struct observations_seen {
	enum observation_kind kind;
	struct str subject;
	const struct observation *rows; /* place, value, text, cert, severity; each place and value once */
	size_t count;
	/* Of a value that was so before and was not seen: is it gone, or could the look not tell? */
	bool (*is_gone)(void *context, const struct observation *row);
	void *context;
	instant at;
};
/* `*out_gone`: the rows that ended with it; `*out_new`: how many began. */
bool observations_put(struct store *store, const struct observations_seen *seen, struct arena *arena,
                      struct observation **out_gone, size_t *out_gone_count, size_t *out_new, struct err *err);

struct observations_filter {
	struct str subject;
	int kind;       /* enum observation_kind; -1: all but findings */
	bool with_gone; /* also what is not so any more */
	size_t most;    /* 0: 500 */
};
/* The newest first.  For a tenant: only subjects that he may see, and the servers of their MX sets. */
bool observations_list(struct store *store, const struct observations_filter *filter, struct arena *arena,
                       struct observation **out, size_t *out_count, struct err *err);

/* A domain and the servers that it has or had: everything that is known of it, the newest first. */
bool observations_of_domain(struct store *store, struct str domain, bool with_gone, size_t most, struct arena *arena,
                            struct observation **out, size_t *out_count, struct err *err);

/* The domains that have a finding on this server now, by name; the first 100. */
bool observations_domains(struct store *store, struct str place, struct arena *arena, struct str_list *out,
                          struct err *err);
/* On how many domains a finding with this code stands for this server now. */
bool observations_found(struct store *store, struct str place, struct str code, uint64_t *out_count, struct err *err);
