/* SPDX-License-Identifier: ISC */
/* mailseal token list|add|edit|remove: tokens of the API. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "base/quote.h"
#include "cli/cli_send.h"
#include "cli/cli_view.h"
#include "present/account_json.h"
#include "report/wire.h"
#include "role/new_secret.h"
#include "store/api_tokens.h"
#include "store/store_domains.h"

#define DEFAULT_DAYS 90

static const char usage[] =
    "mailseal token add monitoring --scope reports:read\n"
    "mailseal token add deploy --scope issues:write --tenant \"Example Ltd\" --expires 30d\n"
    "  curl -H \"Authorization: Bearer mailseal_pat_...\" https://reports.example.com/api/v1/issues\n"
    "\n"
    "A token is shown once. Only its hash is stored.\n"
    "list\n"
    "add LABEL\n"
    "edit NUMBER          --label, --scope, --expires\n"
    "remove NUMBER\n"
    "  --scope LIST       reports:read, issues:write, ingest, admin; several with commas\n"
    "  --expires TIME     30d, 12h; 90d unless told\n"
    "  --tenant NAME      for that one alone; else for the whole house\n"
    "  --json --plain     for programs\n";

struct wishes {
	const char *scope, *expires, *label;
};

static void put_list(const struct cli *cli, const struct api_token_list *list, struct buf *out)
{
	struct json_out json;
	char text[INSTANT_TEXT_MAX];

	if (cli->format != OUTPUT_JSON) {
		for (size_t i = 0; i < list->count; i++) {
			const struct api_token *token = &list->rows[i];
			buf_format(out, "%" PRId64 "\t", token->id);
			quote_plain(token->label, out);
			buf_byte(out, '\t');
			unsigned left = token->scopes;
			for (const char *scope; (scope = token_scopes_next(&left)) != NULL;)
				buf_format(out, "%s%s", scope, left != 0 ? "," : "");
			buf_byte(out, '\t');
			quote_plain(token->tenant_name, out);
			buf_byte(out, '\t');
			buf_str(out, instant_format(token->expires_at, text));
			buf_byte(out, '\t');
			buf_str(out, instant_format(token->last_used_at, text));
			buf_byte(out, '\n');
		}
		return;
	}
	json_out_init(&json, out, true);
	json_out_object(&json, NULL);
	json_out_list(&json, "tokens");
	for (size_t i = 0; i < list->count; i++) {
		json_out_object(&json, NULL);
		account_json_token(&json, &list->rows[i]);
		json_out_end(&json);
	}
	json_out_end(&json);
	json_out_end(&json);
}

static int list(const struct cli *cli)
{
	struct cli_view view = {0};
	struct api_token_list tokens;
	struct err err = {0};
	struct buf out;

	if (!cli_view_open(cli, &view, &err))
		return cli_fail(&err);
	buf_init(&out, MIB(64));
	bool ok = api_tokens_list(view.store, &view.arena, &tokens, &err);
	if (ok)
		put_list(cli, &tokens, &out);
	cli_print(buf_view(&out));
	buf_done(&out);
	cli_view_close(&view);
	return ok ? EXIT_DONE : cli_fail(&err);
}

static bool find_tenant(const struct cli *cli, int64_t *out, struct err *err)
{
	struct cli_view view = {0};

	*out = 0;
	if (cli->tenant == NULL)
		return true;
	if (!cli_view_open(cli, &view, err))
		return false;
	bool ok = store_tenant_find(view.store, str_of(cli->tenant), out, err);
	cli_view_close(&view);
	return ok;
}

static bool read_wishes(const struct wishes *wishes, unsigned *out_scopes, instant *out_end, struct err *err)
{
	uint64_t secs = (uint64_t)DEFAULT_DAYS * SECS_PER_DAY;

	if (wishes->scope != NULL && !token_scopes_of(str_of(wishes->scope), out_scopes))
		return err_set(err, ERR_INPUT, "'%.60s' is no list of reports:read, issues:write, ingest, admin", wishes->scope);
	if (wishes->expires != NULL &&
	    (!num_parse_secs(str_of(wishes->expires), &secs) || secs == 0 || secs > UINT64_C(3650) * SECS_PER_DAY))
		return err_set(err, ERR_INPUT, "--expires is a time such as 30d, ten years at most");
	*out_end = instant_now() + (instant)secs;
	return true;
}

static bool add(const struct cli *cli, const char *label, const struct wishes *wishes, struct err *err)
{
	struct new_secret token;
	struct buf arguments, answer;
	unsigned scopes = 0;
	int64_t tenant;
	instant end;

	if (!read_wishes(wishes, &scopes, &end, err) || !find_tenant(cli, &tenant, err) || !new_secret_token(&token, err))
		return false;
	buf_init(&arguments, KIB(8));
	buf_init(&answer, KIB(4));
	wire_put_u64(&arguments, (uint64_t)tenant);
	wire_put_str(&arguments, str_of(label));
	wire_put_u8(&arguments, scopes);
	wire_put_u64(&arguments, (uint64_t)end);
	wire_put_str(&arguments, new_secret_hash(&token));
	wire_put_str(&arguments, str_upto(str_of(token.text), SECRET_HINT_LEN));
	bool ok = cli_send(cli, "token-add", buf_view(&arguments), &answer, err);
	buf_clear(&answer);
	buf_format(&answer, "%s\n", token.text);
	if (ok)
		cli_print(buf_view(&answer));
	explicit_bzero(token.text, sizeof token.text);
	buf_done(&arguments);
	buf_done(&answer);
	return ok;
}

static bool load(const struct cli *cli, int64_t id, struct api_token *out, struct arena *arena, struct err *err)
{
	struct cli_view view = {0};

	if (!cli_view_open(cli, &view, err))
		return false;
	bool ok = api_tokens_load(view.store, id, &view.arena, out, err);
	if (ok)
		out->label = arena_str(arena, out->label);
	cli_view_close(&view);
	return ok;
}

static bool edit(const struct cli *cli, int64_t id, const struct wishes *wishes, struct err *err)
{
	struct buf arguments, answer;
	struct api_token token;
	struct arena arena;
	instant end;

	arena_init(&arena, KIB(64));
	bool ok = load(cli, id, &token, &arena, err) && read_wishes(wishes, &token.scopes, &end, err);
	buf_init(&arguments, KIB(8));
	buf_init(&answer, KIB(4));
	if (ok) {
		wire_put_u64(&arguments, (uint64_t)id);
		wire_put_str(&arguments, wishes->label == NULL ? token.label : str_of(wishes->label));
		wire_put_u8(&arguments, token.scopes);
		wire_put_u64(&arguments, (uint64_t)(wishes->expires == NULL ? token.expires_at : end));
		ok = cli_send(cli, "token-edit", buf_view(&arguments), &answer, err);
	}
	buf_done(&arguments);
	buf_done(&answer);
	arena_done(&arena);
	return ok;
}

static bool drop(const struct cli *cli, int64_t id, struct err *err)
{
	struct buf arguments, answer;

	buf_init(&arguments, 64);
	buf_init(&answer, KIB(4));
	wire_put_u64(&arguments, (uint64_t)id);
	bool ok = cli_send(cli, "token-remove", buf_view(&arguments), &answer, err);
	buf_done(&arguments);
	buf_done(&answer);
	return ok;
}

int cli_token(struct cli *cli, int argc, char **argv)
{
	struct wishes wishes = {0};
	const struct option options[] = {
	    {"--scope", OPTION_TEXT, &wishes.scope, "LIST"},
	    {"--expires", OPTION_TEXT, &wishes.expires, "TIME"},
	    {"--label", OPTION_TEXT, &wishes.label, "TEXT"},
	    {NULL, OPTION_FLAG, NULL, NULL},
	};
	struct err err = {0};
	int64_t id;

	if (!cli_parse(cli, &argc, argv, options, usage))
		return EXIT_USAGE;
	if (argc == 1 && strcmp(argv[0], "list") == 0)
		return list(cli);
	if (argc == 2 && strcmp(argv[0], "add") == 0) {
		if (wishes.scope == NULL)
			return cli_usage("token", "say what it may: --scope reports:read, issues:write, ingest, admin");
		return add(cli, argv[1], &wishes, &err) ? EXIT_DONE : cli_fail(&err);
	}
	if (argc != 2 || !cli_view_number(argv[1], &id))
		return cli_usage("token", "say list, add LABEL, edit NUMBER or remove NUMBER");
	if (strcmp(argv[0], "edit") == 0)
		return edit(cli, id, &wishes, &err) ? EXIT_DONE : cli_fail(&err);
	if (strcmp(argv[0], "remove") == 0)
		return drop(cli, id, &err) ? EXIT_DONE : cli_fail(&err);
	return cli_usage("token", "say list, add LABEL, edit NUMBER or remove NUMBER");
}
