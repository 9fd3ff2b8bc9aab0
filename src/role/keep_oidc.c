/* SPDX-License-Identifier: ISC */
#include "role/keep_oidc.h"

#include <stdio.h>

#include "base/instant.h"
#include "base/log.h"
#include "report/oidc.h"
#include "role/keep_accounts.h"
#include "store/accounts.h"
#include "store/sign_ins.h"
#include "store/store_domains.h"

#define NAME_BYTES 64 /* account_name_is_good() */
#define TEXT_BYTES 400
#define NAMES_TRIED 1000

/* Who is said to be here, and what that gives him. */
struct whoever {
	const struct config_oidc *provider;
	struct str subject, username, full_name;
	struct sign_in_role *roles;
	size_t role_count;
	bool is_site;
};

struct entering {
	struct keep *keep;
	struct arena arena;
	struct whoever who;
	struct web_session session;
	struct str hash; /* of its secret */
};

/* --- what groups give --- */

static void add_role(struct whoever *who, int64_t tenant, enum user_role role)
{
	for (size_t i = 0; i < who->role_count; i++) {
		if (who->roles[i].tenant != tenant)
			continue;
		if (role > who->roles[i].role)
			who->roles[i].role = role;
		return;
	}
	who->roles[who->role_count++] = (struct sign_in_role){.tenant = tenant, .role = role};
}

static bool grant(struct entering *entering, const struct oidc_grant *grant, struct err *err)
{
	struct err missing = {0};
	int64_t tenant = 0;

	if (grant->is_site) {
		entering->who.is_site = true;
		return true;
	}
	if (grant->tenant.p != NULL && !store_tenant_find(entering->keep->store, grant->tenant, &tenant, &missing)) {
		if (missing.kind != ERR_MISSING && missing.kind != ERR_INPUT)
			return err_set(err, missing.kind, "%s", missing.text);
		LOG(LOG_LEVEL_WARNING, "no-such-tenant", LOG_STR("tenant", grant->tenant), LOG_TEXT("oidc", entering->who.provider->name));
		return true;
	}
	add_role(&entering->who, tenant, grant->role);
	return true;
}

static bool grant_group(struct entering *entering, struct str group, struct err *err)
{
	const struct config_list *grants = &entering->who.provider->groups;
	struct oidc_grant one;

	for (size_t i = 0; i < grants->count; i++)
		if (oidc_grant_of(str_of(grants->items[i]), &one) && str_eq(one.group, group) && !grant(entering, &one, err))
			return false;
	return true;
}

/* Provider, subject, its name for him, his full name, and his groups. */
static bool take_whoever(struct entering *entering, struct wire_reader *arguments, struct err *err)
{
	struct whoever *who = &entering->who;

	who->provider = config_oidc_of(entering->keep->config, wire_get_text(arguments, 64));
	who->subject = wire_get_text(arguments, OIDC_SUBJECT_BYTES);
	who->username = wire_get_text(arguments, TEXT_BYTES);
	who->full_name = wire_get_text(arguments, TEXT_BYTES);
	uint32_t count = wire_get_u32(arguments);
	if (arguments->failed || who->provider == NULL || who->subject.len == 0 || count > OIDC_GROUPS)
		return err_set(err, ERR_INPUT, "the command makes no sense; is it of another version?");
	who->roles = ARENA_ARRAY(&entering->arena, who->provider->groups.count + 1, struct sign_in_role);
	for (uint32_t i = 0; i < count; i++)
		if (!grant_group(entering, wire_get_text(arguments, OIDC_GROUP_BYTES), err))
			return false;
	return !arguments->failed || err_set(err, ERR_INPUT, "the command makes no sense; is it of another version?");
}

static struct str get_text(struct wire_reader *arguments)
{
	struct str text = wire_get_text(arguments, TEXT_BYTES);
	return text.p == NULL ? STR("") : text;
}

static bool take_session(struct entering *entering, struct wire_reader *arguments, struct err *err)
{
	instant now = instant_now();

	entering->hash = wire_get_bytes(arguments, ACCOUNT_HASH_BYTES);
	entering->session = (struct web_session){
	    .method = SIGN_IN_OIDC, .created_at = now, .last_used_at = now, .peer = get_text(arguments)};
	entering->session.agent = get_text(arguments);
	return (!arguments->failed && arguments->rest.len == 0 && entering->hash.len == ACCOUNT_HASH_BYTES) ||
	       err_set(err, ERR_INPUT, "the command makes no sense; is it of another version?");
}

static struct str label_of(const struct whoever *who)
{
	return who->username.len > 0 ? who->username : who->subject;
}

static struct str issuer_of(const struct whoever *who)
{
	return str_of(who->provider->issuer);
}

static bool open_session(struct entering *entering, int64_t account, int64_t *out, struct err *err)
{
	entering->session.account = account;
	return web_sessions_add(entering->keep->store, &entering->session, entering->hash, out, err);
}

/* --- who is known --- */

static bool enter(struct entering *entering, int64_t account, struct buf *answer, struct err *err)
{
	const struct whoever *who = &entering->who;
	struct store *store = entering->keep->store;
	struct account user;
	struct sign_in sign_in;
	int64_t session = 0;
	bool has_any = false;

	if (!sign_ins_find(store, issuer_of(who), who->subject, &entering->arena, &sign_in, err) ||
	    !accounts_load(store, account, &entering->arena, &user, err))
		return false;
	if (sign_in.account != account || user.is_disabled)
		return err_set(err, ERR_DENIED, "this user may not sign in");
	if (!sign_ins_set_roles(store, account, who->roles, who->role_count, who->is_site, &has_any, err) ||
	    (has_any && (!sign_ins_used(store, sign_in.id, label_of(who), instant_now(), err) ||
	                 !open_session(entering, account, &session, err))))
		return false;
	wire_put_u64(answer, (uint64_t)session);
	return true;
}

bool keep_oidc_enter(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	struct entering entering = {.keep = keep};
	int64_t account = (int64_t)wire_get_u64(arguments);

	arena_init(&entering.arena, MIB(4));
	bool ok = take_whoever(&entering, arguments, err) && take_session(&entering, arguments, err) &&
	          enter(&entering, account, answer, err);
	arena_done(&entering.arena);
	return ok;
}

/* --- who is new --- */

/* His name there, as one that can be a name here. */
static void name_of(const struct whoever *who, char out[NAME_BYTES + 1])
{
	size_t len = 0;

	for (size_t i = 0; i < who->username.len && len < NAME_BYTES - 4; i++) {
		char c = byte_lower(who->username.p[i]);
		bool is_good = byte_is_digit(c) || byte_is_alpha(c) || (len > 0 && str_find_byte(STR("._-+@"), c) < 5);
		if (is_good)
			out[len++] = c;
	}
	out[len] = '\0';
	if (len == 0)
		(void)snprintf(out, NAME_BYTES + 1, "user");
}

/* A name that is taken is somebody else's, whoever he is: the new one gets a number behind it. */
static bool make_user(struct entering *entering, int64_t *out, struct err *err)
{
	char base[NAME_BYTES + 1], name[NAME_BYTES + 16];
	struct account account = {.full_name = entering->who.full_name.p == NULL ? STR("") : entering->who.full_name,
	                          .language = STR("")};
	struct account there;

	name_of(&entering->who, base);
	(void)snprintf(name, sizeof name, "%s", base);
	for (unsigned i = 2; i < NAMES_TRIED; i++) {
		struct err missing = {0};
		if (!accounts_find(entering->keep->store, str_of(name), &entering->arena, &there, &missing)) {
			account.name = str_of(name);
			return missing.kind == ERR_MISSING ? keep_accounts_make(entering->keep, &account, out, err)
			                                   : err_set(err, missing.kind, "%s", missing.text);
		}
		(void)snprintf(name, sizeof name, "%s-%u", base, i);
	}
	return err_set(err, ERR_INPUT, "there is a user of this name already");
}

static bool add(struct entering *entering, int64_t account, struct err *err)
{
	const struct whoever *who = &entering->who;
	struct sign_in sign_in = {.account = account, .issuer = issuer_of(who), .subject = who->subject, .label = label_of(who)};

	return sign_ins_add(entering->keep->store, &sign_in, instant_now(), err);
}

static bool enter_new(struct entering *entering, struct buf *answer, struct err *err)
{
	const struct whoever *who = &entering->who;
	int64_t account = 0, session = 0;
	bool has_any = false;

	if (!str_eq(str_of(who->provider->new_users), STR("yes")))
		return err_set(err, ERR_DENIED, "nobody here has this sign-in");
	if (who->role_count == 0 && !who->is_site)
		return err_set(err, ERR_MISSING, "no group gives anything");
	if (!make_user(entering, &account, err) || !add(entering, account, err) ||
	    !sign_ins_set_roles(entering->keep->store, account, who->roles, who->role_count, who->is_site, &has_any, err) ||
	    !open_session(entering, account, &session, err))
		return false;
	wire_put_u64(answer, (uint64_t)account);
	wire_put_u64(answer, (uint64_t)session);
	return true;
}

bool keep_oidc_new(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	struct entering entering = {.keep = keep};

	arena_init(&entering.arena, MIB(64));
	bool ok = take_whoever(&entering, arguments, err) && take_session(&entering, arguments, err) &&
	          enter_new(&entering, answer, err);
	arena_done(&entering.arena);
	return ok;
}

/* --- a user for himself --- */

bool keep_oidc_link(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	struct entering entering = {.keep = keep};
	int64_t account = (int64_t)wire_get_u64(arguments);

	(void)answer;
	arena_init(&entering.arena, MIB(4));
	bool ok = take_whoever(&entering, arguments, err) && add(&entering, account, err);
	arena_done(&entering.arena);
	return ok;
}

bool keep_oidc_unlink(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	int64_t account = (int64_t)wire_get_u64(arguments), id = (int64_t)wire_get_u64(arguments);
	int64_t session = (int64_t)wire_get_u64(arguments);

	(void)answer;
	if (arguments->failed || arguments->rest.len > 0)
		return err_set(err, ERR_INPUT, "the command makes no sense; is it of another version?");
	return sign_ins_remove(keep->store, account, id, session, err);
}
