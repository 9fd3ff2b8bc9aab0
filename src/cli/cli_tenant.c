/* SPDX-License-Identifier: ISC */
/* mailseal tenant list|add|edit|remove. */
#include <inttypes.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/quote.h"
#include "cli/cli.h"
#include "cli/cli_config.h"
#include "cli/cli_send.h"
#include "cli/cli_view.h"
#include "present/json_out.h"
#include "present/logo_png.h"
#include "report/wire.h"
#include "role/keep_tenants.h"
#include "role/report_addresses.h"
#include "store/store_domains.h"

static const char usage[] =
    "mailseal tenant add \"Example Ltd\"\n"
    "mailseal domain add example.com --tenant \"Example Ltd\"\n"
    "mailseal report list --tenant \"Example Ltd\"\n"
    "\n"
    "A tenant sees the reports of its own domains, and nothing of anybody else's.\n"
    "list                 who there is, with the number of domains and the secret address for reports about all of them\n"
    "add NAME\n"
    "edit NAME NEW-NAME   another name\n"
    "edit NAME            with what stands on documents, and how far the tenant may go:\n"
    "  --title TEXT       the name on documents\n"
    "  --logo FILE        a PNG file of at most 48 kB, 1,200 pixels wide and 400 high; '' takes it away\n"
    "  --logo-text TEXT   what stands for it where it is not seen\n"
    "  --colour #RRGGBB   of a stripe below the name\n"
    "  --language TAG     of the mails to this tenant\n"
    "  --most-domains N   0: no limit\n"
    "  --originals-days N how long the originals are kept that are this tenant's alone; 0, or more than the house\n"
    "                     has: as the house\n"
    "  --new-address      another secret address for reports about all of the tenant's domains; the old one is dead\n"
    "remove NAME          only without domains\n"
    "  --json --plain     for programs\n";

static bool put_row(const struct cli *cli, const struct config *config, struct cli_view *view, const struct tenant_row *row,
                    struct json_out *json, struct buf *out, struct err *err)
{
	struct tenant_settings settings;
	struct domain_rua rua = {0};

	if (!tenants_settings(view->store, row->id, &view->arena, &settings, err))
		return false;
	if (settings.token.len > 0)
		report_addresses_of_domain(config, STR_NONE, settings.token, &view->arena, &rua);
	if (cli->format != OUTPUT_JSON) {
		quote_plain(row->name, out);
		buf_format(out, "\t%" PRIu64 "\t", row->domains);
		quote_plain(rua.mail, out);
		buf_byte(out, '\n');
		return true;
	}
	json_out_object(json, NULL);
	json_out_str(json, "name", row->name);
	json_out_uint(json, "domains", row->domains);
	json_out_instant(json, "created_at", row->created_at);
	json_out_str(json, "title", settings.title);
	json_out_str(json, "language", settings.language);
	json_out_uint(json, "most_domains", settings.most_domains);
	json_out_uint(json, "originals_days", settings.originals_days);
	json_out_bool(json, "has_logo", settings.logo_hash.len > 0);
	json_out_str(json, "report_mail", rua.mail);
	json_out_str(json, "report_url", rua.https);
	json_out_end(json);
	return true;
}

static bool put_list(const struct cli *cli, struct cli_view *view, struct buf *out, struct err *err)
{
	struct config *config = NULL;
	struct tenant_list list;
	struct json_out json;
	bool is_json = cli->format == OUTPUT_JSON;

	if (!store_tenant_list(view->store, &view->arena, &list, err) || !cli_load_config(cli, &config, err))
		return false;
	json_out_init(&json, out, true);
	if (is_json) {
		json_out_object(&json, NULL);
		json_out_list(&json, "tenants");
	}
	bool ok = true;
	for (size_t i = 0; ok && i < list.count; i++)
		ok = put_row(cli, config, view, &list.rows[i], &json, out, err);
	if (is_json) {
		json_out_end(&json);
		json_out_end(&json);
	}
	config_free(&config);
	return ok;
}

static int list(const struct cli *cli)
{
	struct cli_view view = {0};
	struct err err = {0};
	struct buf out;

	if (!cli_view_open(cli, &view, &err))
		return cli_fail(&err);
	buf_init(&out, MIB(64));
	bool ok = put_list(cli, &view, &out, &err);
	if (ok)
		cli_print(buf_view(&out));
	buf_done(&out);
	cli_view_close(&view);
	return ok ? EXIT_DONE : cli_fail(&err);
}

static int change(const struct cli *cli, const char *verb, const char *name)
{
	struct buf arguments, answer;
	struct err err = {0};

	buf_init(&arguments, KIB(8));
	buf_init(&answer, KIB(4));
	wire_put_str(&arguments, str_of(name));
	bool ok = cli_send(cli, verb, buf_view(&arguments), &answer, &err);
	buf_done(&arguments);
	buf_done(&answer);
	return ok ? EXIT_DONE : cli_fail(&err);
}

/* What is not said stays as it is. */
#define UNSAID UINT64_MAX
struct wishes {
	const char *title, *logo, *logo_text, *colour, *language;
	uint64_t most_domains, originals_days;
	bool has_new_address;
};

static struct str either(const char *said, struct str now)
{
	return said != NULL ? str_of(said) : now;
}

static void apply(const struct wishes *wishes, struct tenant_settings *settings)
{
	uint64_t days = wishes->originals_days;

	settings->title = either(wishes->title, settings->title);
	settings->logo_text = either(wishes->logo_text, settings->logo_text);
	settings->colour = either(wishes->colour, settings->colour);
	settings->language = either(wishes->language, settings->language);
	settings->most_domains = wishes->most_domains == UNSAID ? settings->most_domains : wishes->most_domains;
	settings->originals_days = days == UNSAID ? settings->originals_days : days > UINT32_MAX ? UINT32_MAX : (uint32_t)days;
}

/* Before anything is changed: a command does all that it is told, or nothing.  "" is no logo. */
static bool read_logo(const char *path, struct buf *out, struct err *err)
{
	struct buf file;

	if (path == NULL || path[0] == '\0')
		return true;
	buf_init(&file, LOGO_PNG_BYTES);
	bool ok = (file_read(path, &file, err) || (err->kind == ERR_TOO_BIG && err_set(err, ERR_INPUT, LOGO_PNG_SENTENCE))) &&
	          logo_png_clean(buf_view(&file), out, err);
	buf_done(&file);
	return ok;
}

static bool send_logo(const struct cli *cli, int64_t id, struct str png, struct err *err)
{
	struct buf arguments, answer;

	buf_init(&arguments, LOGO_PNG_BYTES + KIB(1));
	buf_init(&answer, KIB(4));
	wire_put_u64(&arguments, (uint64_t)id);
	wire_put_str(&arguments, png);
	bool ok = cli_send(cli, "tenant-logo", buf_view(&arguments), &answer, err);
	buf_done(&arguments);
	buf_done(&answer);
	return ok;
}

static bool send_settings(const struct cli *cli, const struct tenant_settings *settings, bool has_new_address, struct err *err)
{
	struct buf arguments, answer;

	buf_init(&arguments, KIB(8));
	buf_init(&answer, KIB(4));
	keep_tenants_put(settings, has_new_address, &arguments);
	bool ok = cli_send(cli, "tenant-settings", buf_view(&arguments), &answer, err);
	buf_done(&arguments);
	buf_done(&answer);
	return ok;
}

static int edit(const struct cli *cli, const char *name, const char *new_name, const struct wishes *wishes)
{
	struct cli_view view = {0};
	struct tenant_settings settings = {0};
	struct err err = {0};
	struct buf logo;
	int64_t id = 0;

	if (!cli_view_open(cli, &view, &err))
		return cli_fail(&err);
	buf_init(&logo, LOGO_PNG_BYTES);
	bool ok = read_logo(wishes->logo, &logo, &err) && store_tenant_find(view.store, str_of(name), &id, &err) &&
	          tenants_settings(view.store, id, &view.arena, &settings, &err);
	store_close(&view.store);
	apply(wishes, &settings);
	settings.name = either(new_name, settings.name);
	ok = ok && send_settings(cli, &settings, wishes->has_new_address, &err) &&
	     (wishes->logo == NULL || send_logo(cli, id, buf_view(&logo), &err));
	buf_done(&logo);
	cli_view_close(&view);
	return ok ? EXIT_DONE : cli_fail(&err);
}

int cli_tenant(struct cli *cli, int argc, char **argv)
{
	struct wishes wishes = {.most_domains = UNSAID, .originals_days = UNSAID};
	const struct option options[] = {
	    {"--title", OPTION_TEXT, &wishes.title, "TEXT  the name on documents"},
	    {"--logo", OPTION_TEXT, &wishes.logo, "FILE  a PNG file; '' takes it away"},
	    {"--logo-text", OPTION_TEXT, &wishes.logo_text, "TEXT  what stands for the logo where it is not seen"},
	    {"--colour", OPTION_TEXT, &wishes.colour, "#RRGGBB  of a stripe on documents"},
	    {"--language", OPTION_TEXT, &wishes.language, "TAG  of the mails to this tenant"},
	    {"--most-domains", OPTION_COUNT, &wishes.most_domains, "N  how many domains; 0: no limit"},
	    {"--originals-days", OPTION_COUNT, &wishes.originals_days, "N  how long originals are kept; 0: as the house"},
	    {"--new-address", OPTION_FLAG, &wishes.has_new_address, "another secret address"},
	    {NULL, OPTION_FLAG, NULL, NULL},
	};

	if (!cli_parse(cli, &argc, argv, options, usage))
		return EXIT_USAGE;
	if (argc == 1 && strcmp(argv[0], "list") == 0)
		return list(cli);
	if (argc == 2 && strcmp(argv[0], "add") == 0)
		return change(cli, "tenant-add", argv[1]);
	if ((argc == 2 || argc == 3) && strcmp(argv[0], "edit") == 0)
		return edit(cli, argv[1], argc == 3 ? argv[2] : NULL, &wishes);
	if (argc == 2 && strcmp(argv[0], "remove") == 0)
		return change(cli, "tenant-remove", argv[1]);
	return cli_usage("tenant", "say list, add NAME, edit NAME or remove NAME");
}
