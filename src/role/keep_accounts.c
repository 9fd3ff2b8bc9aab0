/* SPDX-License-Identifier: ISC */
#include "role/keep_accounts.h"

#include <sys/random.h>

#include "base/instant.h"
#include "base/log.h"
#include "role/actor.h"
#include "store/accounts.h"
#include "store/api_tokens.h"
#include "store/audit.h"
#include "store/passkeys.h"
#include "store/saved_searches.h"
#include "store/store_domains.h"
#include "store/web_sessions.h"

#define HANDLE_BYTES 32
#define TEXT_BYTES 400
#define HASH_TEXT_BYTES 400
#define LINK_DAYS_MOST 30
#define SEEN_MOST 1000
#define TIDY_AUDIT_ROWS 1000

static int64_t get_id(struct wire_reader *arguments)
{
	return (int64_t)wire_get_u64(arguments);
}

static struct str get_text(struct wire_reader *arguments)
{
	struct str text = wire_get_text(arguments, TEXT_BYTES);
	return text.p == NULL ? STR("") : text;
}

static struct str get_hash(struct wire_reader *arguments)
{
	struct str hash = wire_get_bytes(arguments, ACCOUNT_HASH_BYTES);

	if (hash.p != NULL && hash.len != ACCOUNT_HASH_BYTES)
		arguments->failed = true;
	return hash;
}

static bool is_narrowed(const struct keep *keep)
{
	return keep->tenant != 0;
}

static bool must_be_site(const struct keep *keep, struct err *err)
{
	return (keep->actor == NULL ? keep->tenant == 0 : keep->actor->is_site) || err_set(err, ERR_DENIED, "only a site admin may do this");
}

/* A tenant's admin works in his own tenant alone. */
static bool must_be_of(const struct keep *keep, int64_t tenant, struct err *err)
{
	return !is_narrowed(keep) || keep->tenant == tenant || err_set(err, ERR_MISSING, "there is no such tenant");
}

/* Whom somebody else than a site admin may not touch: site admins, and users of other tenants too. */
static bool must_be_below(struct keep *keep, int64_t id, struct err *err)
{
	struct account account;
	struct arena arena;

	if (!is_narrowed(keep) && (keep->actor == NULL || keep->actor->is_site))
		return true;
	arena_init(&arena, MIB(4));
	bool ok = accounts_load(keep->store, id, &arena, &account, err);
	/* What he is elsewhere, too. */
	store_set_tenant(keep->store, 0);
	ok = ok && accounts_load(keep->store, id, &arena, &account, err);
	store_set_tenant(keep->store, keep->tenant);
	if (ok && account.is_site_admin && !(keep->actor != NULL && keep->actor->is_site))
		ok = err_set(err, ERR_DENIED, "only a site admin may do this to a site admin");
	for (size_t i = 0; ok && i < account.membership_count; i++)
		if (is_narrowed(keep) && account.memberships[i].tenant != keep->tenant)
			ok = err_set(err, ERR_DENIED, "this user belongs to other tenants too: only a site admin may do this");
	arena_done(&arena);
	return ok;
}

/* --- users --- */

bool keep_accounts_make(struct keep *keep, struct account *account, int64_t *out_id, struct err *err)
{
	char handle[HANDLE_BYTES];

	if (getrandom(handle, sizeof handle, 0) != (ssize_t)sizeof handle)
		return err_set(err, ERR_LATER, "the system gives no random bytes");
	account->handle = str_make(handle, sizeof handle);
	return accounts_add(keep->store, account, instant_now(), out_id, err);
}

bool keep_accounts_add(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	struct account account = {
	    .name = get_text(arguments),
	    .full_name = get_text(arguments),
	    .language = get_text(arguments),
	    .is_site_admin = wire_get_bool(arguments),
	};
	int64_t tenant = get_id(arguments), id;
	enum user_role role = (enum user_role)wire_get_enum(arguments, USER_ROLE_COUNT);
	struct str hash = get_hash(arguments);
	struct account_link link = {.kind = LINK_INVITE, .expires_at = get_id(arguments)};

	if (!keep_arguments_end(arguments, err) || (account.is_site_admin && !must_be_site(keep, err)) ||
	    !must_be_of(keep, tenant, err))
		return false;
	if (is_narrowed(keep) && role == USER_ROLE_NONE)
		return err_set(err, ERR_INPUT, "which role is he to have?");
	if (!keep_accounts_make(keep, &account, &id, err) ||
	    (role != USER_ROLE_NONE && !accounts_set_role(keep->store, id, tenant, role, false, err)))
		return false;
	link.account = id;
	if (hash.p != NULL && !accounts_add_link(keep->store, hash, &link, instant_now(), err))
		return false;
	wire_put_u64(answer, (uint64_t)id);
	return true;
}

bool keep_accounts_edit(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	int64_t id = get_id(arguments);
	unsigned what = wire_get_u8(arguments);
	struct str full_name = get_text(arguments);
	bool is_site_admin = wire_get_bool(arguments), is_disabled = wire_get_bool(arguments);
	struct account account;
	struct arena arena;

	(void)answer;
	if (!keep_arguments_end(arguments, err) || !must_be_below(keep, id, err) ||
	    ((what & KEEP_ACCOUNT_SITE) != 0 && !must_be_site(keep, err)))
		return false;
	arena_init(&arena, MIB(4));
	bool ok = accounts_load(keep->store, id, &arena, &account, err);
	if (ok) {
		account.full_name = (what & KEEP_ACCOUNT_NAME) != 0 ? full_name : account.full_name;
		account.is_site_admin = (what & KEEP_ACCOUNT_SITE) != 0 ? is_site_admin : account.is_site_admin;
		account.is_disabled = (what & KEEP_ACCOUNT_DISABLED) != 0 ? is_disabled : account.is_disabled;
		ok = accounts_edit(keep->store, &account, err);
	}
	arena_done(&arena);
	return ok;
}

bool keep_accounts_remove(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	int64_t id = get_id(arguments);

	(void)answer;
	return keep_arguments_end(arguments, err) && must_be_below(keep, id, err) && accounts_remove(keep->store, id, err);
}

bool keep_accounts_role(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	int64_t id = get_id(arguments), tenant = get_id(arguments);
	enum user_role role = (enum user_role)wire_get_enum(arguments, USER_ROLE_COUNT);

	(void)answer;
	return keep_arguments_end(arguments, err) && must_be_of(keep, tenant, err) &&
	       accounts_set_role(keep->store, id, tenant, role, false, err);
}

static bool is_soon(instant at, struct err *err)
{
	instant now = instant_now();
	return (at > now && at <= now + (instant)LINK_DAYS_MOST * SECS_PER_DAY) ||
	       err_set(err, ERR_INPUT, "a link is good for %d days at most", LINK_DAYS_MOST);
}

bool keep_accounts_reset(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	struct account_link link = {.account = get_id(arguments), .kind = LINK_RESET};
	struct str hash = get_hash(arguments);

	(void)answer;
	link.expires_at = get_id(arguments);
	return keep_arguments_end(arguments, err) && is_soon(link.expires_at, err) && must_be_below(keep, link.account, err) &&
	       link.account > 0 && accounts_add_link(keep->store, hash, &link, instant_now(), err);
}

static bool must_be_empty(struct keep *keep, struct err *err)
{
	bool any;
	return accounts_any(keep->store, &any, err) && (!any || err_set(err, ERR_INPUT, "there are users already"));
}

bool keep_accounts_first_link(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	struct account_link link = {.kind = LINK_FIRST_RUN};
	struct str hash = get_hash(arguments);

	(void)answer;
	link.expires_at = get_id(arguments);
	return keep_arguments_end(arguments, err) && is_soon(link.expires_at, err) && must_be_empty(keep, err) &&
	       accounts_add_link(keep->store, hash, &link, instant_now(), err);
}

/* Whose link it is; the first run makes a user. */
static bool take_link(struct keep *keep, struct str hash, struct account *account, int64_t *out_id, struct err *err)
{
	struct account_link link;

	if (!accounts_use_link(keep->store, hash, instant_now(), &link, err))
		return false;
	*out_id = link.account;
	if (link.kind != LINK_FIRST_RUN)
		return link.account > 0 || err_set(err, ERR_MISSING, "this link was used, or is too old");
	account->is_site_admin = true;
	return must_be_empty(keep, err) && keep_accounts_make(keep, account, out_id, err);
}

bool keep_accounts_use_link(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	struct str link = get_hash(arguments);
	struct account account = {
	    .name = get_text(arguments), .full_name = get_text(arguments), .language = get_text(arguments)};
	struct str password = wire_get_text(arguments, HASH_TEXT_BYTES), hash = get_hash(arguments);
	instant now = instant_now();
	struct web_session session = {.method = SIGN_IN_LINK, .created_at = now, .last_used_at = now};
	int64_t id;

	session.peer = get_text(arguments);
	session.agent = get_text(arguments);
	if (!keep_arguments_end(arguments, err) || !take_link(keep, link, &account, &session.account, err))
		return false;
	/* Who has lost everything has a new password, and what he had beside it is void. */
	if ((password.p != NULL && (!accounts_set_password(keep->store, session.account, password, 0, err) ||
	                            !accounts_set_totp(keep->store, session.account, STR_NONE, 0, err))) ||
	    !web_sessions_add(keep->store, &session, hash, &id, err))
		return false;
	wire_put_u64(answer, (uint64_t)session.account);
	wire_put_u64(answer, (uint64_t)id);
	return true;
}

/* --- what a user does for himself --- */

bool keep_accounts_profile(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	int64_t id = get_id(arguments);
	struct account account, given = {
	                            .full_name = get_text(arguments),
	                            .language = get_text(arguments),
	                            .time_zone = get_text(arguments),
	                            .theme = get_text(arguments),
	                            .density = get_text(arguments),
	                            .has_shortcuts = wire_get_bool(arguments),
	                        };
	struct arena arena;

	(void)answer;
	if (!keep_arguments_end(arguments, err))
		return false;
	arena_init(&arena, MIB(4));
	bool ok = accounts_load(keep->store, id, &arena, &account, err);
	if (ok) {
		given.id = id;
		given.is_site_admin = account.is_site_admin;
		given.is_disabled = account.is_disabled;
		ok = accounts_edit(keep->store, &given, err);
	}
	arena_done(&arena);
	return ok;
}

bool keep_accounts_password(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	int64_t id = get_id(arguments);
	struct str hash = wire_get_text(arguments, HASH_TEXT_BYTES);
	int64_t session = get_id(arguments);

	(void)answer;
	return keep_arguments_end(arguments, err) && accounts_set_password(keep->store, id, hash, session, err);
}

bool keep_accounts_totp(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	int64_t id = get_id(arguments);
	struct str secret = wire_get_bytes(arguments, 64);
	int64_t step = get_id(arguments);
	struct str hashes = wire_get_bytes(arguments, KIB(1));

	(void)answer;
	if (!keep_arguments_end(arguments, err))
		return false;
	return (secret.len >= 16 || err_set(err, ERR_INPUT, "the secret is too short")) &&
	       accounts_set_totp(keep->store, id, secret, step, err) &&
	       accounts_set_recovery(keep->store, id, hashes, err);
}

bool keep_accounts_totp_off(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	int64_t id = get_id(arguments);

	(void)answer;
	return keep_arguments_end(arguments, err) && accounts_set_totp(keep->store, id, STR_NONE, 0, err);
}

bool keep_accounts_recovery(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	int64_t id = get_id(arguments);
	struct str hashes = wire_get_bytes(arguments, KIB(1));

	(void)answer;
	return keep_arguments_end(arguments, err) && accounts_set_recovery(keep->store, id, hashes, err);
}

bool keep_accounts_passkey_add(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	struct passkey passkey = {
	    .account = get_id(arguments),
	    .label = get_text(arguments),
	    .credential = wire_get_bytes(arguments, KIB(2)),
	    .public_key = wire_get_bytes(arguments, KIB(4)),
	    .algorithm = get_id(arguments),
	    .counter = wire_get_u32(arguments),
	    .created_at = instant_now(),
	};
	int64_t id;

	if (!keep_arguments_end(arguments, err) || !passkeys_add(keep->store, &passkey, &id, err))
		return false;
	wire_put_u64(answer, (uint64_t)id);
	return true;
}

bool keep_accounts_passkey_edit(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	int64_t account = get_id(arguments), id = get_id(arguments);
	struct str label = wire_get_text(arguments, TEXT_BYTES);

	(void)answer;
	if (!keep_arguments_end(arguments, err))
		return false;
	return label.p == NULL ? passkeys_remove(keep->store, account, id, err)
	                       : passkeys_rename(keep->store, account, id, label, err);
}

/* --- saved searches --- */

bool keep_accounts_search_save(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	struct saved_search search = {.account = get_id(arguments), .created_at = instant_now()};
	int64_t id;

	search.tenant = get_id(arguments);
	search.screen = (enum saved_search_screen)wire_get_enum(arguments, SAVED_SCREEN_COUNT);
	search.name = get_text(arguments);
	search.query = wire_get_text(arguments, SAVED_SEARCH_QUERY_BYTES);
	if (!keep_arguments_end(arguments, err) || !saved_searches_save(keep->store, &search, &id, err))
		return false;
	wire_put_u64(answer, (uint64_t)id);
	return true;
}

bool keep_accounts_search_remove(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	int64_t account = get_id(arguments), id = get_id(arguments);

	(void)answer;
	return keep_arguments_end(arguments, err) && saved_searches_remove(keep->store, account, id, err);
}

/* --- sessions --- */

bool keep_accounts_session_open(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	instant now = instant_now();
	struct web_session session = {.account = get_id(arguments), .created_at = now, .last_used_at = now};
	struct str hash = get_hash(arguments);

	session.method = (enum sign_in_method)wire_get_enum(arguments, SIGN_IN_METHOD_COUNT);
	session.peer = get_text(arguments);
	session.agent = get_text(arguments);
	int64_t step = get_id(arguments);
	struct str recovery = get_hash(arguments);
	int64_t passkey = get_id(arguments), id;
	uint32_t counter = wire_get_u32(arguments);
	if (!keep_arguments_end(arguments, err))
		return false;
	/* What may be used once only is used here, in the transaction that makes the session. */
	if ((step != 0 && !accounts_use_totp(keep->store, session.account, step, err)) ||
	    (recovery.p != NULL && !accounts_use_recovery(keep->store, session.account, recovery, err)) ||
	    (passkey != 0 && !passkeys_used(keep->store, passkey, counter, now, err)) ||
	    !web_sessions_add(keep->store, &session, hash, &id, err))
		return false;
	wire_put_u64(answer, (uint64_t)id);
	return true;
}

bool keep_accounts_session_end(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	int64_t account = get_id(arguments), id = get_id(arguments);
	bool others = wire_get_bool(arguments);

	(void)answer;
	if (!keep_arguments_end(arguments, err))
		return false;
	return others || id == 0 ? web_sessions_end_others(keep->store, account, id, err)
	                         : web_sessions_end(keep->store, account, id, err);
}

bool keep_accounts_seen(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	uint32_t count = wire_get_u32(arguments);

	(void)answer;
	if (count > SEEN_MOST)
		return err_set(err, ERR_INPUT, "too many at once");
	if (!store_joint_begin(keep->store, err))
		return false;
	bool ok = true;
	for (uint32_t i = 0; i < count && ok; i++) {
		bool is_token = wire_get_bool(arguments);
		int64_t id = get_id(arguments), at = get_id(arguments);
		struct str peer = get_text(arguments);
		ok = !arguments->failed && (is_token ? api_tokens_seen(keep->store, id, at, peer, err)
		                                     : web_sessions_seen(keep->store, id, at, err));
	}
	return store_joint_end(keep->store, ok && keep_arguments_end(arguments, err), err);
}

/* --- tokens and tenants --- */

/* Whose a new token is: it dies with its user.  One that a token makes is of the same user. */
static bool owner_of_token(struct keep *keep, int64_t *out, struct err *err)
{
	struct api_token token;
	struct arena arena;

	*out = keep->actor != NULL && keep->actor->kind == ACTOR_USER ? keep->actor->id : 0;
	if (keep->actor == NULL || keep->actor->kind != ACTOR_TOKEN)
		return true;
	arena_init(&arena, KIB(64));
	bool ok = api_tokens_load(keep->store, keep->actor->id, &arena, &token, err);
	if (ok)
		*out = token.account;
	arena_done(&arena);
	return ok;
}

bool keep_accounts_token_add(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	struct api_token token = {
	    .tenant = get_id(arguments),
	    .label = get_text(arguments),
	    .scopes = wire_get_u8(arguments),
	    .created_at = instant_now(),
	    .expires_at = get_id(arguments),
	};
	struct str hash = get_hash(arguments);
	int64_t id;

	token.hint = get_text(arguments);
	if (!keep_arguments_end(arguments, err) || !must_be_of(keep, token.tenant, err) || !owner_of_token(keep, &token.account, err) ||
	    !api_tokens_add(keep->store, &token, hash, &id, err))
		return false;
	wire_put_u64(answer, (uint64_t)id);
	return true;
}

bool keep_accounts_token_edit(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	struct api_token token = {.id = get_id(arguments),
	                          .label = get_text(arguments),
	                          .scopes = wire_get_u8(arguments),
	                          .expires_at = get_id(arguments)};

	(void)answer;
	if (!keep_arguments_end(arguments, err))
		return false;
	if (token.scopes == 0 || token.expires_at <= instant_now())
		return err_set(err, ERR_INPUT, "a token needs a scope, and a day in the future when it runs out");
	return api_tokens_edit(keep->store, &token, err);
}

bool keep_accounts_token_remove(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	int64_t id = get_id(arguments);

	(void)answer;
	return keep_arguments_end(arguments, err) && api_tokens_remove(keep->store, id, err);
}

void keep_accounts_tidy(struct keep *keep)
{
	struct err err = {0};

	if (!web_sessions_tidy(keep->store, keep->sessions, instant_now(), &err) ||
	    !audit_tidy(keep->store, instant_now(), TIDY_AUDIT_ROWS, &err))
		LOG(LOG_LEVEL_WARNING, "not-tidied", LOG_TEXT("why", err.text));
}
