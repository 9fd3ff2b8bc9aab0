/* SPDX-License-Identifier: ISC */
/* What is known of a reporter, remembered in memory: each report asks for it. */
#include "store/inner.h"

void reporter_forget(struct store *store)
{
	memset(store->reporters, 0, sizeof store->reporters);
}

static struct reporter *slot_of(struct store *store, int64_t id)
{
	return &store->reporters[(uint64_t)id % (sizeof store->reporters / sizeof store->reporters[0])];
}

bool reporter_get(struct store *store, int64_t id, struct reporter *out, struct err *err)
{
	struct reporter *slot = slot_of(store, id);
	if (slot->known && slot->id == id) {
		*out = *slot;
		return true;
	}
	struct query *query = db_ask(store->db, "SELECT organization, shortest, longest, decision FROM reporter WHERE id = ?",
	                             DB_VALUES(db_int(id)), err);
	if (query == NULL)
		return false;
	*out = (struct reporter){.id = id};
	if (db_next(query))
		*out = (struct reporter){.known = true, .id = id, .organization = db_get_int(query, 0),
		                         .shortest = db_get_int(query, 1), .longest = db_get_int(query, 2),
		                         .decision = (enum decision)db_get_int(query, 3)};
	*slot = *out;
	return db_end(query, err);
}

bool reporter_put(struct store *store, const struct reporter *reporter, struct err *err)
{
	*slot_of(store, reporter->id) = *reporter;
	return db_run(store->db,
	              "INSERT INTO reporter (id, organization, shortest, longest) VALUES (?, ?, ?, ?)"
	              " ON CONFLICT DO UPDATE SET organization = excluded.organization, shortest = excluded.shortest,"
	              " longest = excluded.longest",
	              DB_VALUES(db_int(reporter->id), db_int(reporter->organization), db_int(reporter->shortest),
	                        db_int(reporter->longest)), err);
}

bool reporter_mixes(const struct reporter *reporter)
{
	return 2 * reporter->longest >= 3 * reporter->shortest;
}

bool reporter_counts(const struct store *store, const struct reporter *reporter, enum trust trust)
{
	if (trust == TRUST_PENDING)
		return false;
	if (trust == TRUST_OPERATOR || reporter->decision == DECISION_TRUST)
		return true;
	if (reporter->decision == DECISION_DISTRUST)
		return false;
	return trust_counts_by_default(trust) || store->policy.count_unsigned;
}
