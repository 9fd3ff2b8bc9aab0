/* SPDX-License-Identifier: ISC */
/* mailseal user list|add|edit|remove: who may sign in on the web. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/quote.h"
#include "cli/cli_config.h"
#include "cli/cli_send.h"
#include "cli/cli_view.h"
#include "present/account_json.h"
#include "report/wire.h"
#include "role/keep_accounts.h"
#include "role/new_secret.h"
#include "store/accounts.h"
#include "store/store_domains.h"

#define LINK_DAYS 3

static const char usage[] =
    "mailseal user add anna --admin\n"
    "mailseal user add ben --role operator --in \"Example Ltd\" --full-name \"Ben Example\"\n"
    "mailseal user edit ben --role viewer --in \"Example Ltd\"\n"
    "mailseal user edit anna --reset\n"
    "\n"
    "Adding prints a link that opens once, within three days: whoever opens it chooses a password or a passkey.\n"
    "list                 who there is, and what they may\n"
    "add NAME\n"
    "edit NAME\n"
    "remove NAME          with sessions and tokens\n"
    "  --admin            may do everything, in every tenant; --no-admin takes it back\n"
    "  --role ROLE        viewer, operator, admin, or none\n"
    "  --in NAME          the tenant where he has that role; else in the whole house, or in that of --tenant\n"
    "  --full-name TEXT\n"
    "  --disable --enable signs out, and lets nobody in\n"
    "  --reset            prints a new link; the old password holds until it is opened\n"
    "  --json --plain     for programs\n";

struct wishes {
	bool admin, no_admin, disable, enable, reset;
	const char *role, *full_name, *in;
};

/* --- looking --- */

static void put_roles(const struct account *account, struct buf *out)
{
	if (account->is_site_admin)
		buf_text(out, account->membership_count > 0 ? "site admin, " : "site admin");
	for (size_t i = 0; i < account->membership_count; i++) {
		const struct membership *membership = &account->memberships[i];
		buf_text(out, i > 0 ? ", " : "");
		buf_text(out, user_role_text(membership->role));
		if (membership->tenant != 0) {
			buf_text(out, " of ");
			quote_plain(membership->tenant_name, out);
		}
	}
}

static void put_sign_in(const struct account *account, struct buf *out)
{
	if (account->is_disabled)
		buf_text(out, "disabled");
	else if (account->passkeys == 0 && account->password.p == NULL && account->issuer.p == NULL)
		buf_text(out, "has not come in yet");
	else
		buf_format(out, "%s%s%s", account->password.p != NULL ? "password " : "", account->totp.p != NULL ? "code " : "",
		           account->issuer.p != NULL ? "oidc " : "");
	if (!account->is_disabled && account->passkeys > 0)
		buf_format(out, "%" PRIu64 " passkey%s", account->passkeys, account->passkeys == 1 ? "" : "s");
}

static void put_list(const struct cli *cli, const struct account_list *list, struct buf *out)
{
	struct json_out json;

	if (cli->format != OUTPUT_JSON) {
		for (size_t i = 0; i < list->count; i++) {
			quote_plain(list->rows[i].name, out);
			buf_byte(out, '\t');
			quote_plain(list->rows[i].full_name, out);
			buf_byte(out, '\t');
			put_roles(&list->rows[i], out);
			buf_byte(out, '\t');
			put_sign_in(&list->rows[i], out);
			buf_byte(out, '\n');
		}
		if (list->count == 0 && cli->format == OUTPUT_TEXT)
			buf_text(out, "There is no user: whoever can reach the loopback address reads the pages. See 'mailseal user add'.\n");
		return;
	}
	json_out_init(&json, out, true);
	json_out_object(&json, NULL);
	json_out_list(&json, "users");
	for (size_t i = 0; i < list->count; i++) {
		json_out_object(&json, NULL);
		account_json_user(&json, &list->rows[i]);
		json_out_end(&json);
	}
	json_out_end(&json);
	json_out_end(&json);
}

static int list(const struct cli *cli)
{
	struct cli_view view = {0};
	struct account_list users;
	struct err err = {0};
	struct buf out;

	if (!cli_view_open(cli, &view, &err))
		return cli_fail(&err);
	buf_init(&out, MIB(64));
	bool ok = accounts_list(view.store, &view.arena, &users, &err);
	if (ok)
		put_list(cli, &users, &out);
	cli_print(buf_view(&out));
	buf_done(&out);
	cli_view_close(&view);
	return ok ? EXIT_DONE : cli_fail(&err);
}

/* --- changing --- */

/* The numbers behind the names; a name that is NULL is 0. */
static bool find(const struct cli *cli, const char *name, const char *in, int64_t *out_user, int64_t *out_tenant,
                 struct err *err)
{
	struct cli_view view = {0};
	struct account account;
	const char *tenant = in != NULL ? in : cli->tenant;

	*out_user = *out_tenant = 0;
	if (name == NULL && tenant == NULL)
		return true;
	if (!cli_view_open(cli, &view, err))
		return false;
	bool ok = (name == NULL || accounts_find(view.store, str_of(name), &view.arena, &account, err)) &&
	          (tenant == NULL || store_tenant_find(view.store, str_of(tenant), out_tenant, err));
	if (ok && name != NULL)
		*out_user = account.id;
	cli_view_close(&view);
	return ok;
}

static bool send(const struct cli *cli, const char *verb, const struct buf *arguments, struct err *err)
{
	struct buf answer;

	buf_init(&answer, KIB(4));
	bool ok = cli_send(cli, verb, buf_view(arguments), &answer, err);
	buf_done(&answer);
	return ok;
}

/* The address of the pages, as the configuration has it. */
static bool show_link(const struct cli *cli, const struct new_secret *link, struct err *err)
{
	struct config *config = NULL;
	char base[1200];
	struct buf out;

	if (!cli_load_config(cli, &config, err))
		return false;
	config_web_url(config, NULL, base, sizeof base);
	config_free(&config);
	buf_init(&out, KIB(4));
	new_secret_put_link(base, link, &out);
	buf_byte(&out, '\n');
	cli_print(buf_view(&out));
	buf_done(&out);
	return true;
}

static instant link_end(void)
{
	return instant_now() + (instant)LINK_DAYS * SECS_PER_DAY;
}

static bool add(const struct cli *cli, const char *name, const struct wishes *wishes, enum user_role role,
                struct err *err)
{
	struct new_secret link;
	struct buf arguments;
	int64_t none, tenant;

	if (!find(cli, NULL, wishes->in, &none, &tenant, err) || !new_secret_link(&link, err))
		return false;
	buf_init(&arguments, KIB(8));
	wire_put_str(&arguments, str_of(name));
	wire_put_str(&arguments, str_of(wishes->full_name));
	wire_put_str(&arguments, STR_NONE);
	wire_put_u8(&arguments, wishes->admin);
	wire_put_u64(&arguments, (uint64_t)tenant);
	wire_put_u8(&arguments, role);
	wire_put_str(&arguments, new_secret_hash(&link));
	wire_put_u64(&arguments, (uint64_t)link_end());
	bool ok = send(cli, "user-add", &arguments, err);
	buf_done(&arguments);
	return ok && show_link(cli, &link, err);
}

static bool edit_flags(const struct cli *cli, int64_t user, const struct wishes *wishes, struct err *err)
{
	unsigned what = (wishes->full_name != NULL ? KEEP_ACCOUNT_NAME : 0) |
	                (wishes->admin || wishes->no_admin ? KEEP_ACCOUNT_SITE : 0) |
	                (wishes->disable || wishes->enable ? KEEP_ACCOUNT_DISABLED : 0);
	struct buf arguments;

	if (what == 0)
		return true;
	buf_init(&arguments, KIB(8));
	wire_put_u64(&arguments, (uint64_t)user);
	wire_put_u8(&arguments, what);
	wire_put_str(&arguments, str_of(wishes->full_name));
	wire_put_u8(&arguments, wishes->admin);
	wire_put_u8(&arguments, wishes->disable);
	bool ok = send(cli, "user-edit", &arguments, err);
	buf_done(&arguments);
	return ok;
}

static bool edit_role(const struct cli *cli, int64_t user, int64_t tenant, enum user_role role, struct err *err)
{
	struct buf arguments;

	buf_init(&arguments, KIB(1));
	wire_put_u64(&arguments, (uint64_t)user);
	wire_put_u64(&arguments, (uint64_t)tenant);
	wire_put_u8(&arguments, role);
	bool ok = send(cli, "user-role", &arguments, err);
	buf_done(&arguments);
	return ok;
}

static bool reset(const struct cli *cli, int64_t user, struct err *err)
{
	struct new_secret link;
	struct buf arguments;

	if (!new_secret_link(&link, err))
		return false;
	buf_init(&arguments, KIB(1));
	wire_put_u64(&arguments, (uint64_t)user);
	wire_put_str(&arguments, new_secret_hash(&link));
	wire_put_u64(&arguments, (uint64_t)link_end());
	bool ok = send(cli, "user-reset", &arguments, err);
	buf_done(&arguments);
	return ok && show_link(cli, &link, err);
}

static bool edit(const struct cli *cli, const char *name, const struct wishes *wishes, enum user_role role,
                 struct err *err)
{
	int64_t user, tenant;

	return find(cli, name, wishes->in, &user, &tenant, err) && edit_flags(cli, user, wishes, err) &&
	       (wishes->role == NULL || edit_role(cli, user, tenant, role, err)) &&
	       (!wishes->reset || reset(cli, user, err));
}

static bool drop(const struct cli *cli, const char *name, struct err *err)
{
	struct buf arguments;
	int64_t user, tenant;

	if (!find(cli, name, NULL, &user, &tenant, err))
		return false;
	buf_init(&arguments, 64);
	wire_put_u64(&arguments, (uint64_t)user);
	bool ok = send(cli, "user-remove", &arguments, err);
	buf_done(&arguments);
	return ok;
}

int cli_user(struct cli *cli, int argc, char **argv)
{
	struct wishes wishes = {0};
	const struct option options[] = {
	    {"--admin", OPTION_FLAG, &wishes.admin, ""},        {"--no-admin", OPTION_FLAG, &wishes.no_admin, ""},
	    {"--role", OPTION_TEXT, &wishes.role, "ROLE"},      {"--full-name", OPTION_TEXT, &wishes.full_name, "TEXT"},
	    {"--disable", OPTION_FLAG, &wishes.disable, ""},    {"--enable", OPTION_FLAG, &wishes.enable, ""},
	    {"--reset", OPTION_FLAG, &wishes.reset, ""},        {"--in", OPTION_TEXT, &wishes.in, "NAME"},
	    {NULL, OPTION_FLAG, NULL, NULL},
	};
	enum user_role role = USER_ROLE_NONE;
	struct err err = {0};

	if (!cli_parse(cli, &argc, argv, options, usage))
		return EXIT_USAGE;
	if (wishes.role != NULL && !user_role_of(str_of(wishes.role), &role))
		return cli_usage("user", "there is no role '%s': viewer, operator, admin or none", wishes.role);
	if ((wishes.admin && wishes.no_admin) || (wishes.disable && wishes.enable))
		return cli_usage("user", "one or the other");
	if (argc == 1 && strcmp(argv[0], "list") == 0)
		return list(cli);
	if (argc == 2 && strcmp(argv[0], "add") == 0) {
		if (!wishes.admin && role == USER_ROLE_NONE)
			return cli_usage("user", "say what the user may: --admin or --role");
		return add(cli, argv[1], &wishes, role, &err) ? EXIT_DONE : cli_fail(&err);
	}
	if (argc == 2 && strcmp(argv[0], "edit") == 0)
		return edit(cli, argv[1], &wishes, role, &err) ? EXIT_DONE : cli_fail(&err);
	if (argc == 2 && strcmp(argv[0], "remove") == 0)
		return drop(cli, argv[1], &err) ? EXIT_DONE : cli_fail(&err);
	return cli_usage("user", "say list, add NAME, edit NAME or remove NAME");
}
