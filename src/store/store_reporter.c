/* SPDX-License-Identifier: ISC */
/* What is known of a reporter, remembered in memory: each report asks for it. */
#include "facts/reporters.h"
#include "store/inner.h"
#include "sys/org_domain.h"

void reporter_forget(struct store *store)
{
	memset(store->reporters, 0, sizeof store->reporters);
}

static struct reporter *slot_of(struct store *store, int64_t id)
{
	return &store->reporters[(uint64_t)id % (sizeof store->reporters / sizeof store->reporters[0])];
}

/* Who is known to sign needs nobody else's signature: what another signed in his name is not his. */
static bool find_signer(struct store *store, struct reporter *reporter, struct err *err)
{
	static const char *const domains[] = {
#define X(domain, name, habit) domain,
	    REPORTERS(X)
#undef X
	};
	struct query *query = db_ask(store->db, "SELECT text FROM name WHERE id = ?", DB_VALUES(db_int(reporter->id)), err);

	if (query != NULL && db_next(query)) {
		struct str name = db_get_text(query, 0);
		for (size_t i = 0; i < sizeof domains / sizeof domains[0]; i++)
			reporter->is_known_signer = reporter->is_known_signer || org_domain_same(name, str_of(domains[i]));
	}
	return db_end(query, err);
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
	if (!db_end(query, err) || (out->decision == DECISION_TRUST && !find_signer(store, out, err)))
		return false;
	*slot = *out;
	return true;
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
	if (trust == TRUST_OPERATOR || reporter->decision == DECISION_TRUST_OTHERS)
		return true;
	if (reporter->decision == DECISION_TRUST)
		return trust != TRUST_SIGNED_OTHER || !reporter->is_known_signer;
	if (reporter->decision == DECISION_DISTRUST)
		return false;
	return trust_counts_by_default(trust) || store->policy.count_unsigned;
}
