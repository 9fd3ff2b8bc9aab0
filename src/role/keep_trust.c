/* SPDX-License-Identifier: ISC */
#include "role/keep_trust.h"

#include "base/instant.h"
#include "role/keep_secret.h"
#include "store/store_domains.h"
#include "store/tenants.h"
#include "store/store_trust.h"

static void put_counted(struct buf *out, const struct store_counted *counted)
{
	wire_put_u64(out, counted->reports);
	wire_put_u64(out, counted->successful);
	wire_put_u64(out, counted->failed);
	wire_put_u64(out, counted->held);
}

static void put_change(struct buf *out, const struct domain_change *change)
{
	wire_put_u64(out, change->counted_before);
	wire_put_u64(out, change->successful_before);
	wire_put_u64(out, change->failed_before);
	wire_put_u64(out, change->counted_after);
	wire_put_u64(out, change->successful_after);
	wire_put_u64(out, change->failed_after);
}

/* What counts has changed: the issues follow with the next turn. */
static bool changed(struct keep *keep, bool ok)
{
	if (ok)
		keep->next_tick_ms = 0;
	return ok;
}

bool keep_trust_decide(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	struct str reporter = wire_get_text(arguments, LIMIT_NAME_BYTES);
	enum store_decision decision = (enum store_decision)wire_get_enum(arguments, STORE_DECISION_COUNT);
	bool dry_run = wire_get_bool(arguments);
	struct decision_change change;

	if (!keep_arguments_end(arguments, err) ||
	    !changed(keep, store_decide(keep->store, reporter, decision, instant_now(), dry_run, &change, err)))
		return false;
	wire_put_u8(answer, change.was);
	put_counted(answer, &change.before);
	put_counted(answer, &change.after);
	return true;
}

static bool find_tenant(struct store *store, struct str name, int64_t *out_id, struct err *err)
{
	*out_id = 0;
	return name.len == 0 || store_tenant_find(store, name, out_id, err);
}

/* A tenant has no more domains than the house grants him. */
static bool may_add_domain(struct keep *keep, int64_t tenant, struct err *err)
{
	struct tenant_settings settings;
	struct arena arena;

	if (tenant == 0)
		return true;
	arena_init(&arena, KIB(64));
	bool ok = tenants_settings(keep->store, tenant, &arena, &settings, err);
	if (ok && settings.most_domains > 0 && settings.domains >= settings.most_domains)
		ok = err_set(err, ERR_DENIED, "this tenant has the most domains it may have");
	arena_done(&arena);
	return ok;
}

bool keep_trust_domain_add(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	char token[KEEP_SECRET_TOKEN_BYTES + 1], nonce[KEEP_SECRET_TOKEN_BYTES + 1];
	struct domain_row row = {.name = wire_get_text(arguments, LIMIT_NAME_BYTES), .created_at = instant_now()};
	struct str tenant = wire_get_text(arguments, LIMIT_NAME_BYTES);
	bool dry_run = wire_get_bool(arguments);
	struct domain_change change;

	if (!keep_arguments_end(arguments, err) || !keep_secret_make(token, err) || !keep_secret_make(nonce, err) ||
	    !find_tenant(keep->store, tenant, &row.tenant, err) || !may_add_domain(keep, row.tenant, err))
		return false;
	row.token = str_of(token);
	row.nonce = str_of(nonce);
	if (!changed(keep, store_domain_add(keep->store, &row, dry_run, &change, err)))
		return false;
	wire_put_str(answer, row.token);
	wire_put_str(answer, row.nonce);
	put_change(answer, &change);
	return true;
}

bool keep_trust_domain_remove(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	struct str name = wire_get_text(arguments, LIMIT_NAME_BYTES);
	bool dry_run = wire_get_bool(arguments);
	struct domain_change change;

	if (!keep_arguments_end(arguments, err) ||
	    !changed(keep, store_domain_remove(keep->store, name, dry_run, &change, err)))
		return false;
	put_change(answer, &change);
	return true;
}

bool keep_trust_domain_edit(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	struct str name = wire_get_text(arguments, LIMIT_NAME_BYTES);
	unsigned what = wire_get_u8(arguments);
	struct str tenant = wire_get_text(arguments, LIMIT_NAME_BYTES);
	char token[KEEP_SECRET_TOKEN_BYTES + 1];
	struct domain_row row;
	struct arena arena;

	if (!keep_arguments_end(arguments, err))
		return false;
	arena_init(&arena, KIB(512));
	bool ok = store_domain(keep->store, name, &arena, &row, err);
	if (ok && (what & KEEP_DOMAIN_TENANT) != 0)
		ok = find_tenant(keep->store, tenant, &row.tenant, err) && may_add_domain(keep, row.tenant, err);
	if (ok && (what & KEEP_DOMAIN_NEW_TOKEN) != 0) {
		ok = keep_secret_make(token, err);
		row.token = str_of(token);
	}
	if ((what & (KEEP_DOMAIN_PAUSE | KEEP_DOMAIN_RESUME)) != 0)
		row.is_paused = (what & KEEP_DOMAIN_PAUSE) != 0;
	ok = ok && store_domain_edit(keep->store, &row, err);
	if (ok)
		wire_put_str(answer, row.token);
	arena_done(&arena);
	return ok;
}

bool keep_trust_domain_prove(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	struct str name = wire_get_text(arguments, LIMIT_NAME_BYTES);
	enum domain_proof proof = (enum domain_proof)wire_get_enum(arguments, DOMAIN_PROOF_COUNT);

	(void)answer;
	return keep_arguments_end(arguments, err) && store_domain_prove(keep->store, name, proof, instant_now(), err);
}

bool keep_trust_domain_mx(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	struct str name = wire_get_text(arguments, LIMIT_NAME_BYTES);
	uint32_t count = wire_get_u32(arguments);
	struct str hosts[LIMIT_DNS_RECORDS];
	struct domain_change change;

	if (count > COUNT_OF(hosts))
		return err_set(err, ERR_INPUT, "no domain has more than %u MX hosts", (unsigned)COUNT_OF(hosts));
	for (uint32_t i = 0; i < count; i++)
		hosts[i] = wire_get_text(arguments, LIMIT_NAME_BYTES);
	struct str_list list = {.items = hosts, .count = count};
	if (!keep_arguments_end(arguments, err) || !changed(keep, store_domain_set_mx(keep->store, name, &list, &change, err)))
		return false;
	put_change(answer, &change);
	return true;
}

bool keep_trust_tenant_add(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	struct str name = wire_get_text(arguments, LIMIT_NAME_BYTES);
	char token[KEEP_SECRET_TOKEN_BYTES + 1];
	int64_t id;

	(void)answer;
	return keep_arguments_end(arguments, err) && keep_secret_make(token, err) && store_tenant_add(keep->store, name, instant_now(), err) &&
	       store_tenant_find(keep->store, name, &id, err) && tenants_set_token(keep->store, id, str_of(token), err);
}

bool keep_trust_tenant_remove(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	struct str name = wire_get_text(arguments, LIMIT_NAME_BYTES);

	(void)answer;
	return keep_arguments_end(arguments, err) && store_tenant_remove(keep->store, name, err);
}
