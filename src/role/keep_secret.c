/* SPDX-License-Identifier: ISC */
#include "role/keep_secret.h"

#include <sys/random.h>

#include "base/limits.h"
#include "store/store_domains.h"
#include "store/tenants.h"

#define TOKEN_LEAST 20u
#define TOKEN_MOST 64u

static bool is_token(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!byte_is_digit(text.p[i]) && (text.p[i] < 'a' || text.p[i] > 'z'))
			return false;
	return text.len >= TOKEN_LEAST && text.len <= TOKEN_MOST;
}

struct str keep_secret_token(struct str recipient)
{
	static const struct str path = {.p = "/report/", .len = 8}, prefix = {.p = KEEP_SECRET_PREFIX, .len = 4};
	struct str token = STR_NONE;
	size_t at = str_find_byte(recipient, '@');

	if (str_starts_with(recipient, path))
		token = str_from(recipient, path.len);
	else if (at < recipient.len && str_starts_with_nocase(recipient, prefix))
		token = str_from(str_upto(recipient, at), prefix.len);
	return is_token(token) ? token : STR_NONE;
}

static bool is_about(struct str name, const struct domain_row *row)
{
	if (str_eq_nocase(name, row->name))
		return true;
	if (name.len > row->name.len && name.p[name.len - row->name.len - 1] == '.' && str_ends_with_nocase(name, row->name))
		return true;
	for (size_t i = 0; i < row->mx_hosts.count; i++)
		if (str_eq_nocase(name, row->mx_hosts.items[i]))
			return true;
	return false;
}

bool keep_secret_make(char token[KEEP_SECRET_TOKEN_BYTES + 1], struct err *err)
{
	static const char letters[] = "abcdefghijkmnpqrstuvwxyz23456789";
	unsigned char random[KEEP_SECRET_TOKEN_BYTES];

	if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
		return err_set(err, ERR_LATER, "the system gives no random bytes");
	for (size_t i = 0; i < sizeof random; i++)
		token[i] = letters[random[i] % 32];
	token[sizeof random] = '\0';
	return true;
}

bool keep_secret_known(struct store *store, struct str token, struct err *err)
{
	struct domain_row row;
	struct arena arena;
	int64_t tenant;

	arena_init(&arena, KIB(512));
	bool is_domain = store_domain_of_token(store, token, &arena, &row, err);
	bool known = is_domain ? !row.is_paused : err->kind == ERR_MISSING && tenants_of_token(store, token, &tenant, err);
	arena_done(&arena);
	return known;
}

/* Whose secret it is: a domain's, or a tenant's. */
struct owner {
	struct store *store;
	const struct domain_row *domain; /* NULL: the tenant's */
	int64_t tenant;
};

static bool is_of(const struct owner *owner, struct str name)
{
	struct err err = {0};
	bool owned = false;

	if (owner->domain != NULL)
		return is_about(name, owner->domain);
	store_set_tenant(owner->store, owner->tenant);
	bool ok = store_domain_owned(owner->store, name, &owned, &err);
	store_set_tenant(owner->store, 0);
	return ok && owned;
}

static bool all_is_of(const struct owner *owner, const struct decoded *decoded)
{
	for (size_t i = 0; i < decoded->report_count; i++)
		for (size_t j = 0; j < decoded->reports[i].unit_count; j++)
			if (!is_of(owner, decoded->reports[i].units[j].policy_domain))
				return false;
	return true;
}

bool keep_secret_holds(struct store *store, const struct arrival *arrival, const struct decoded *decoded)
{
	struct str token = keep_secret_token(arrival->recipient);
	struct owner owner = {.store = store};
	struct domain_row row;
	struct arena arena;
	struct err err = {0};

	if (token.p == NULL)
		return false;
	arena_init(&arena, KIB(512));
	bool holds = store_domain_of_token(store, token, &arena, &row, &err);
	if (holds) {
		owner.domain = &row;
		holds = !row.is_paused;
	} else if (err.kind == ERR_MISSING) {
		holds = tenants_of_token(store, token, &owner.tenant, &err);
	}
	holds = holds && all_is_of(&owner, decoded);
	arena_done(&arena);
	return holds;
}
