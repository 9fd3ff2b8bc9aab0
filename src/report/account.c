/* SPDX-License-Identifier: ISC */
#include "report/account.h"

#include "base/attr.h"

#define X(id, text, what) text,
static const char *const roles[] = {USER_ROLES(X)};
#undef X
#define X(id, text) text,
static const char *const links[] = {LINK_KINDS(X)};
static const char *const methods[] = {SIGN_IN_METHODS(X)};
static const char *const actors[] = {ACTOR_KINDS(X)};
#undef X
static const struct {
	const char *text;
	unsigned bit;
} scopes[] = {
#define X(id, text, bit, what) {text, bit},
    TOKEN_SCOPES(X)
#undef X
};

const char *user_role_text(enum user_role role)
{
	return roles[role];
}

bool user_role_of(struct str text, enum user_role *out)
{
	for (unsigned i = 0; i < COUNT_OF(roles); i++) {
		if (str_eq(text, str_of(roles[i]))) {
			*out = (enum user_role)i;
			return true;
		}
	}
	return false;
}

const char *link_kind_text(enum link_kind kind)
{
	return links[kind];
}

const char *sign_in_method_text(enum sign_in_method method)
{
	return methods[method];
}

const char *actor_kind_text(enum actor_kind kind)
{
	return actors[kind];
}

static unsigned scope_of(struct str text)
{
	for (size_t i = 0; i < COUNT_OF(scopes); i++)
		if (str_eq(text, str_of(scopes[i].text)))
			return scopes[i].bit;
	return 0;
}

bool token_scopes_of(struct str text, unsigned *out_scopes)
{
	unsigned found = 0;

	if (text.p == NULL)
		return false;
	while (text.p != NULL) {
		unsigned bit = scope_of(str_trim(str_cut(&text, ',')));
		if (bit == 0)
			return false;
		found |= bit;
	}
	*out_scopes = found;
	return true;
}

const char *token_scopes_next(unsigned *left)
{
	for (size_t i = 0; i < COUNT_OF(scopes); i++) {
		if ((*left & scopes[i].bit) != 0) {
			*left &= ~scopes[i].bit;
			return scopes[i].text;
		}
	}
	return NULL;
}

bool account_name_is_good(struct str name)
{
	if (name.len == 0 || name.len > 64)
		return false;
	for (size_t i = 0; i < name.len; i++) {
		char c = name.p[i];
		bool is_word = (c >= 'a' && c <= 'z') || byte_is_digit(c);
		if (!is_word && (i == 0 || str_find_byte(STR("._-+@"), c) == 5))
			return false;
	}
	return true;
}
