/* SPDX-License-Identifier: ISC */
#include "role/keep_secret.h"

#include "base/limits.h"
#include "store/store_domains.h"

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

bool keep_secret_holds(struct store *store, const struct arrival *arrival, const struct decoded *decoded)
{
	struct str token = keep_secret_token(arrival->recipient);
	struct domain_row row;
	struct arena arena;
	struct err err = {0};

	if (token.p == NULL)
		return false;
	arena_init(&arena, KIB(512));
	bool holds = store_domain_of_token(store, token, &arena, &row, &err) && !row.is_paused;
	for (size_t i = 0; holds && i < decoded->report_count; i++)
		for (size_t j = 0; holds && j < decoded->reports[i].unit_count; j++)
			holds = is_about(decoded->reports[i].units[j].policy_domain, &row);
	arena_done(&arena);
	return holds;
}
