/* SPDX-License-Identifier: ISC */
/* Users, sessions, tokens, passkeys and the audit log, as the store keeps them. */
#include "store/accounts.h"
#include "store/api_tokens.h"
#include "store/audit.h"
#include "store/passkeys.h"
#include "store/store_domains.h"
#include "store/sign_ins.h"
#include "store/web_sessions.h"
#include "store_fixture.h"

#define NOW 1800000000

static int start(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	fixture_start(f);
	*state = f;
	return 0;
}

static int stop(void **state)
{
	fixture_stop(*state);
	free(*state);
	return 0;
}

static struct str hash_of(const char *letter)
{
	static char hashes[26][ACCOUNT_HASH_BYTES];
	char *hash = hashes[letter[0] - 'a'];
	memset(hash, letter[0], ACCOUNT_HASH_BYTES);
	return str_make(hash, ACCOUNT_HASH_BYTES);
}

static int64_t add(struct fixture *f, const char *name, bool is_site_admin)
{
	int64_t id;
	struct account account = {.name = str_of(name), .is_site_admin = is_site_admin, .handle = str_of(name)};
	must(f, accounts_add(f->store, &account, NOW, &id, &f->err));
	return id;
}

static int64_t add_tenant(struct fixture *f, const char *name)
{
	int64_t id;
	must(f, store_tenant_add(f->store, str_of(name), NOW, &f->err));
	must(f, store_tenant_find(f->store, str_of(name), &id, &f->err));
	return id;
}

static void the_last_site_admin_stays(void **state)
{
	struct fixture *f = *state;
	struct account anna;
	int64_t a = add(f, "anna", true), b = add(f, "ben", false);

	assert_false(accounts_remove(f->store, a, &f->err));
	must(f, accounts_load(f->store, a, &f->arena, &anna, &f->err));
	anna.is_disabled = true;
	assert_false(accounts_edit(f->store, &anna, &f->err));
	anna.is_disabled = false;
	anna.is_site_admin = false;
	assert_false(accounts_edit(f->store, &anna, &f->err));
	must(f, accounts_load(f->store, a, &f->arena, &anna, &f->err));
	assert_true(anna.is_site_admin && !anna.is_disabled);
	must(f, accounts_remove(f->store, b, &f->err));
	/* Also alone: without users the house would be open again. */
	assert_false(accounts_remove(f->store, a, &f->err));
}

static void names_are_told_apart_and_checked(void **state)
{
	struct fixture *f = *state;
	int64_t id;
	static const char *const bad[] = {"", "Anna", "a b", "-a", "a\n", "a/b", "\xc3\xa4"};

	(void)add(f, "anna", true);
	struct account again = {.name = STR("anna"), .handle = STR("x")};
	assert_false(accounts_add(f->store, &again, NOW, &id, &f->err));
	assert_int_equal(f->err.kind, ERR_INPUT);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		again.name = str_of(bad[i]);
		assert_false(accounts_add(f->store, &again, NOW, &id, &f->err));
	}
}

static void a_tenant_sees_its_own_users_and_their_role_there(void **state)
{
	struct fixture *f = *state;
	struct account_list list;
	struct account account;
	int64_t a = add(f, "anna", true), b = add(f, "ben", false);
	int64_t one = add_tenant(f, "One"), two = add_tenant(f, "Two");

	must(f, accounts_set_role(f->store, b, one, USER_ROLE_ADMIN, false, &f->err));
	must(f, accounts_set_role(f->store, b, two, USER_ROLE_VIEWER, false, &f->err));
	assert_false(accounts_set_role(f->store, b, 99, USER_ROLE_VIEWER, false, &f->err));
	store_set_tenant(f->store, two);
	must(f, accounts_list(f->store, &f->arena, &list, &f->err));
	assert_int_equal(list.count, 1);
	assert_int_equal(list.rows[0].membership_count, 1);
	assert_int_equal(list.rows[0].memberships[0].role, USER_ROLE_VIEWER);
	assert_false(accounts_load(f->store, a, &f->arena, &account, &f->err));
	assert_int_equal(f->err.kind, ERR_MISSING);
	store_set_tenant(f->store, 0);
	/* The number of a tenant that is gone is given again, its rights are not. */
	must(f, store_tenant_remove(f->store, STR("Two"), &f->err));
	int64_t three = add_tenant(f, "Three");
	assert_int_equal(three, two);
	must(f, accounts_load(f->store, b, &f->arena, &account, &f->err));
	assert_int_equal(account.membership_count, 1);
	assert_int_equal(account.memberships[0].tenant, one);
}

static void a_link_opens_once_and_in_time(void **state)
{
	struct fixture *f = *state;
	struct account_link link = {.account = add(f, "anna", true), .kind = LINK_INVITE, .expires_at = NOW + 100}, out;

	must(f, accounts_add_link(f->store, hash_of("a"), &link, NOW, &f->err));
	assert_false(accounts_use_link(f->store, hash_of("b"), NOW, &out, &f->err));
	assert_false(accounts_use_link(f->store, hash_of("a"), NOW + 100, &out, &f->err));
	must(f, accounts_use_link(f->store, hash_of("a"), NOW + 99, &out, &f->err));
	assert_int_equal(out.account, link.account);
	assert_false(accounts_use_link(f->store, hash_of("a"), NOW + 99, &out, &f->err));
	/* A newer link ends an older one. */
	must(f, accounts_add_link(f->store, hash_of("c"), &link, NOW, &f->err));
	must(f, accounts_add_link(f->store, hash_of("d"), &link, NOW, &f->err));
	assert_false(accounts_use_link(f->store, hash_of("c"), NOW, &out, &f->err));
}

static int64_t sign_in_by(struct fixture *f, int64_t account, enum sign_in_method method, const char *letter, instant at)
{
	struct web_session session = {.account = account, .method = method, .created_at = at, .last_used_at = at,
	                              .peer = STR("192.0.2.1"), .agent = STR("Browser")};
	int64_t id;
	must(f, web_sessions_add(f->store, &session, hash_of(letter), &id, &f->err));
	return id;
}

static int64_t sign_in(struct fixture *f, int64_t account, const char *letter, instant at)
{
	return sign_in_by(f, account, SIGN_IN_PASSWORD, letter, at);
}

static bool is_in(struct fixture *f, const char *letter, instant now)
{
	struct web_session_limits limits = {.idle_secs = 100, .whole_secs = 1000, .oidc_secs = 50};
	struct web_session session;
	return web_sessions_find(f->store, hash_of(letter), limits, now, &f->arena, &session, &f->err);
}

static void who_came_by_another_server_is_asked_anew_sooner(void **state)
{
	struct fixture *f = *state;
	int64_t a = add(f, "anna", true);

	(void)sign_in_by(f, a, SIGN_IN_OIDC, "a", NOW);
	(void)sign_in_by(f, a, SIGN_IN_PASSKEY, "b", NOW);
	assert_true(is_in(f, "a", NOW + 49) && is_in(f, "b", NOW + 49));
	assert_false(is_in(f, "a", NOW + 50));
	assert_true(is_in(f, "b", NOW + 50));
}

static bool groups_give(struct fixture *f, int64_t account, const struct sign_in_role *roles, size_t count, bool is_site)
{
	bool has_any = false;
	must(f, sign_ins_set_roles(f->store, account, roles, count, is_site, &has_any, &f->err));
	return has_any;
}

static void groups_give_and_take_what_they_gave(void **state)
{
	struct fixture *f = *state;
	const struct sign_in_role house = {.tenant = 0, .role = USER_ROLE_VIEWER};
	struct account account;
	int64_t a = add(f, "anna", true), b = add(f, "ben", false), c = add(f, "cleo", false);

	assert_true(groups_give(f, b, &house, 1, false));
	assert_true(groups_give(f, b, NULL, 0, true));
	must(f, accounts_load(f->store, b, &f->arena, &account, &f->err));
	assert_true(account.is_site_admin && account.membership_count == 0);
	(void)sign_in(f, b, "b", NOW);
	assert_false(groups_give(f, b, NULL, 0, false));
	assert_false(is_in(f, "b", NOW));
	/* What was given by hand is not theirs to take, nor to raise. */
	must(f, accounts_set_role(f->store, c, 0, USER_ROLE_OPERATOR, false, &f->err));
	assert_true(groups_give(f, c, &house, 1, false));
	assert_true(groups_give(f, c, NULL, 0, false));
	must(f, accounts_load(f->store, c, &f->arena, &account, &f->err));
	assert_true(account.membership_count == 1 && account.memberships[0].role == USER_ROLE_OPERATOR && !account.memberships[0].by_group);
	assert_true(groups_give(f, a, NULL, 0, true));
	assert_true(groups_give(f, a, NULL, 0, false));
	must(f, accounts_load(f->store, a, &f->arena, &account, &f->err));
	assert_true(account.is_site_admin);
}

static void a_sign_in_is_one_users(void **state)
{
	struct fixture *f = *state;
	int64_t a = add(f, "anna", true), b = add(f, "ben", false);
	struct sign_in row = {.account = a, .issuer = STR("https://login.example"), .subject = STR("1"), .label = STR("anna@there")}, found;
	struct sign_in_list list;

	must(f, sign_ins_add(f->store, &row, NOW, &f->err));
	row.account = b;
	assert_false(sign_ins_add(f->store, &row, NOW, &f->err));
	assert_int_equal(f->err.kind, ERR_INPUT);
	row.issuer = STR("https://other.example");
	must(f, sign_ins_add(f->store, &row, NOW, &f->err));
	must(f, sign_ins_find(f->store, row.issuer, row.subject, &f->arena, &found, &f->err));
	assert_int_equal(found.account, b);
	assert_false(sign_ins_find(f->store, STR("https://login.example/"), row.subject, &f->arena, &found, &f->err));
	assert_int_equal(f->err.kind, ERR_MISSING);
	assert_false(sign_ins_remove(f->store, a, found.id, 0, &f->err));
	assert_false(sign_ins_remove(f->store, b, found.id, 0, &f->err)); /* his only way in */
	must(f, accounts_set_password(f->store, b, STR("x"), 0, &f->err));
	must(f, sign_ins_remove(f->store, b, found.id, 0, &f->err));
	must(f, accounts_remove(f->store, b, &f->err));
	must(f, sign_ins_list(f->store, b, &f->arena, &list, &f->err));
	assert_int_equal(list.count, 0);
}

static void a_session_ends_by_time_by_hand_and_with_its_user(void **state)
{
	struct fixture *f = *state;
	struct account ben;
	int64_t a = add(f, "anna", true), b = add(f, "ben", false);
	int64_t first = sign_in(f, a, "a", NOW);

	(void)sign_in(f, a, "b", NOW);
	(void)sign_in(f, b, "c", NOW);
	assert_true(is_in(f, "a", NOW + 99));
	assert_false(is_in(f, "a", NOW + 100));
	for (int i = 1; i < 11; i++)
		must(f, web_sessions_seen(f->store, first, NOW + 99 * i, &f->err));
	assert_true(is_in(f, "a", NOW + 999));
	assert_false(is_in(f, "a", NOW + 1000));
	/* Nobody ends another's session. */
	assert_false(web_sessions_end(f->store, b, first, &f->err));
	assert_int_equal(f->err.kind, ERR_MISSING);
	must(f, web_sessions_end_others(f->store, a, first, &f->err));
	assert_false(is_in(f, "b", NOW));
	assert_true(is_in(f, "c", NOW));
	must(f, accounts_load(f->store, b, &f->arena, &ben, &f->err));
	ben.is_disabled = true;
	must(f, accounts_edit(f->store, &ben, &f->err));
	assert_false(is_in(f, "c", NOW));
	struct web_session session = {.account = b};
	int64_t id;
	assert_false(web_sessions_add(f->store, &session, hash_of("d"), &id, &f->err));
	/* A new password ends what the old one began. */
	must(f, accounts_set_password(f->store, a, STR("$y$x"), 0, &f->err));
	assert_false(is_in(f, "a", NOW));
}

static void a_user_has_so_many_sessions_and_no_more(void **state)
{
	struct fixture *f = *state;
	struct web_session_list list;
	int64_t a = add(f, "anna", true), id;

	for (int i = 0; i < WEB_SESSIONS_MOST + 5; i++) {
		char hash[ACCOUNT_HASH_BYTES] = {(char)i, 1};
		struct web_session session = {.account = a, .created_at = NOW + i, .last_used_at = NOW + i, .peer = STR(""), .agent = STR("")};
		must(f, web_sessions_add(f->store, &session, str_make(hash, sizeof hash), &id, &f->err));
	}
	must(f, web_sessions_list(f->store, a, &f->arena, &list, &f->err));
	assert_int_equal(list.count, WEB_SESSIONS_MOST);
	assert_int_equal(list.rows[WEB_SESSIONS_MOST - 1].created_at, NOW + 5);
}

static void codes_are_good_for_one_time(void **state)
{
	struct fixture *f = *state;
	int64_t a = add(f, "anna", true), b = add(f, "ben", false);
	char two[2 * ACCOUNT_HASH_BYTES];

	assert_false(accounts_use_totp(f->store, a, 5, &f->err));
	must(f, accounts_set_totp(f->store, a, STR("12345678901234567890"), 10, &f->err));
	assert_false(accounts_use_totp(f->store, a, 10, &f->err));
	assert_int_equal(f->err.kind, ERR_DENIED);
	must(f, accounts_use_totp(f->store, a, 11, &f->err));
	assert_false(accounts_use_totp(f->store, a, 11, &f->err));
	assert_false(accounts_use_totp(f->store, a, 9, &f->err));
	memset(two, 'a', ACCOUNT_HASH_BYTES);
	memset(two + ACCOUNT_HASH_BYTES, 'b', ACCOUNT_HASH_BYTES);
	must(f, accounts_set_recovery(f->store, a, str_make(two, sizeof two), &f->err));
	assert_false(accounts_use_recovery(f->store, b, hash_of("a"), &f->err));
	must(f, accounts_use_recovery(f->store, a, hash_of("a"), &f->err));
	assert_false(accounts_use_recovery(f->store, a, hash_of("a"), &f->err));
	must(f, accounts_set_totp(f->store, a, STR_NONE, 0, &f->err));
	assert_false(accounts_use_recovery(f->store, a, hash_of("b"), &f->err));
}

static void a_passkey_counts_forward(void **state)
{
	struct fixture *f = *state;
	int64_t a = add(f, "anna", true), b = add(f, "ben", false), id, other;
	struct passkey key = {.account = a, .label = STR("Phone"), .credential = STR("credential"), .public_key = STR("key"),
	                      .algorithm = -7, .counter = 5, .created_at = NOW};
	struct passkey found;

	must(f, passkeys_add(f->store, &key, &id, &f->err));
	key.account = b;
	assert_false(passkeys_add(f->store, &key, &other, &f->err));
	assert_false(passkeys_used(f->store, id, 5, NOW, &f->err));
	assert_int_equal(f->err.kind, ERR_DENIED);
	assert_false(passkeys_used(f->store, id, 0, NOW, &f->err));
	must(f, passkeys_used(f->store, id, 6, NOW, &f->err));
	assert_false(passkeys_rename(f->store, b, id, STR("Mine"), &f->err));
	assert_false(passkeys_remove(f->store, b, id, &f->err));
	must(f, passkeys_find(f->store, STR("credential"), &f->arena, &found, &f->err));
	assert_int_equal(found.account, a);
	assert_int_equal(found.counter, 6);
	/* One that does not count says 0 each time. */
	key = (struct passkey){.account = a, .label = STR("Key"), .credential = STR("other"), .public_key = STR("key"), .created_at = NOW};
	must(f, passkeys_add(f->store, &key, &id, &f->err));
	must(f, passkeys_used(f->store, id, 0, NOW, &f->err));
	must(f, passkeys_used(f->store, id, 0, NOW, &f->err));
}

static void a_token_runs_out_and_dies_with_its_user(void **state)
{
	struct fixture *f = *state;
	struct api_token out, token = {.account = add(f, "anna", true), .label = STR("x"), .scopes = TOKEN_SCOPE_REPORTS_READ,
	                               .hint = STR("mailseal_pat_abcd"), .created_at = NOW, .expires_at = NOW + 100};
	struct account anna;
	int64_t id;

	(void)add(f, "zoe", true);
	must(f, api_tokens_add(f->store, &token, hash_of("a"), &id, &f->err));
	must(f, api_tokens_find(f->store, hash_of("a"), NOW + 99, &f->arena, &out, &f->err));
	assert_int_equal(out.scopes, TOKEN_SCOPE_REPORTS_READ);
	assert_false(api_tokens_find(f->store, hash_of("a"), NOW + 100, &f->arena, &out, &f->err));
	must(f, accounts_load(f->store, token.account, &f->arena, &anna, &f->err));
	anna.is_disabled = true;
	must(f, accounts_edit(f->store, &anna, &f->err));
	assert_false(api_tokens_find(f->store, hash_of("a"), NOW, &f->arena, &out, &f->err));
	token.scopes = 0;
	assert_false(api_tokens_add(f->store, &token, hash_of("b"), &id, &f->err));
}

static void note(struct fixture *f, const char *who, int64_t tenant, instant at)
{
	must(f, store_begin(f->store, &f->err));
	must(f, audit_add(f->store, &(struct audit_row){.at = at, .actor_kind = ACTOR_USER, .actor_name = str_of(who), .tenant = tenant,
	                                                .peer = STR("::1"), .action = STR("issue-ack"), .object = STR("issue TI-1001"),
	                                                .after = STR("{}")}, &f->err));
	must(f, store_commit(f->store, &f->err));
}

static void the_audit_log_is_read_by_pages_by_tenant_and_forgets(void **state)
{
	struct fixture *f = *state;
	struct audit_list list;
	int64_t one = add_tenant(f, "One");

	for (int i = 0; i < 5; i++)
		note(f, "anna", i < 2 ? one : 0, NOW + i);
	must(f, audit_list(f->store, &(struct audit_filter){.limit = 2}, &f->arena, &list, &f->err));
	assert_int_equal(list.count, 2);
	assert_int_equal(list.rows[0].at, NOW + 4);
	must(f, audit_list(f->store, &(struct audit_filter){.limit = 9, .before_id = list.next}, &f->arena, &list, &f->err));
	assert_int_equal(list.count, 3);
	assert_int_equal(list.next, 0);
	must(f, audit_list(f->store, &(struct audit_filter){.limit = 9, .actor = STR("ben")}, &f->arena, &list, &f->err));
	assert_int_equal(list.count, 0);
	must(f, audit_list(f->store, &(struct audit_filter){.limit = 9, .action = STR("issue")}, &f->arena, &list, &f->err));
	assert_int_equal(list.count, 5);
	store_set_tenant(f->store, one);
	must(f, audit_list(f->store, &(struct audit_filter){.limit = 9}, &f->arena, &list, &f->err));
	assert_int_equal(list.count, 2);
	store_set_tenant(f->store, 0);
	must(f, audit_tidy(f->store, NOW + 2 + (instant)AUDIT_DAYS * SECS_PER_DAY, 100, &f->err));
	must(f, audit_list(f->store, &(struct audit_filter){.limit = 9}, &f->arena, &list, &f->err));
	assert_int_equal(list.count, 3);
}

static void a_joint_change_is_whole_or_not_at_all(void **state)
{
	struct fixture *f = *state;
	struct audit_list list;
	struct tenant_list tenants;

	must(f, store_joint_begin(f->store, &f->err));
	must(f, store_tenant_add(f->store, STR("One"), NOW, &f->err));
	assert_false(store_tenant_add(f->store, STR("One"), NOW, &f->err)); /* a part that fails undoes itself alone */
	must(f, audit_add(f->store, &(struct audit_row){.actor_name = STR(""), .peer = STR(""), .action = STR("x"), .object = STR("y")}, &f->err));
	must(f, store_joint_end(f->store, true, &f->err));
	must(f, store_joint_begin(f->store, &f->err));
	must(f, store_tenant_add(f->store, STR("Two"), NOW, &f->err));
	assert_false(store_joint_end(f->store, false, &f->err));
	must(f, store_tenant_list(f->store, &f->arena, &tenants, &f->err));
	assert_int_equal(tenants.count, 1);
	must(f, audit_list(f->store, &(struct audit_filter){.limit = 9}, &f->arena, &list, &f->err));
	assert_int_equal(list.count, 1);
	must(f, store_verify(f->store, &f->err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(the_last_site_admin_stays, start, stop),
	    cmocka_unit_test_setup_teardown(names_are_told_apart_and_checked, start, stop),
	    cmocka_unit_test_setup_teardown(a_tenant_sees_its_own_users_and_their_role_there, start, stop),
	    cmocka_unit_test_setup_teardown(a_link_opens_once_and_in_time, start, stop),
	    cmocka_unit_test_setup_teardown(who_came_by_another_server_is_asked_anew_sooner, start, stop),
	    cmocka_unit_test_setup_teardown(groups_give_and_take_what_they_gave, start, stop),
	    cmocka_unit_test_setup_teardown(a_sign_in_is_one_users, start, stop),
	    cmocka_unit_test_setup_teardown(a_session_ends_by_time_by_hand_and_with_its_user, start, stop),
	    cmocka_unit_test_setup_teardown(a_user_has_so_many_sessions_and_no_more, start, stop),
	    cmocka_unit_test_setup_teardown(codes_are_good_for_one_time, start, stop),
	    cmocka_unit_test_setup_teardown(a_passkey_counts_forward, start, stop),
	    cmocka_unit_test_setup_teardown(a_token_runs_out_and_dies_with_its_user, start, stop),
	    cmocka_unit_test_setup_teardown(the_audit_log_is_read_by_pages_by_tenant_and_forgets, start, stop),
	    cmocka_unit_test_setup_teardown(a_joint_change_is_whole_or_not_at_all, start, stop),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
