/* SPDX-License-Identifier: ISC */
#include "cli/cli_view.h"
#include "store/store_domains.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/num.h"
#include "base/quote.h"
#include "base/utf8.h"
#include "cli/cli_config.h"
#include "present/doc_csv.h"
#include "present/doc_text.h"
#include "sys/child.h"

#define WIDTH_DEFAULT 80
#define WIDTH_LEAST 20
#define WIDTH_MOST 400
#define PARAGRAPH_MOST 100 /* longer lines are hard to read */

/* What is not the tenant's is not there, for whatever this command asks. */
static bool narrow(const char *tenant, struct store *store, struct err *err)
{
	int64_t id;

	if (tenant == NULL)
		return true;
	if (!store_tenant_find(store, str_of(tenant), &id, err))
		return false;
	store_set_tenant(store, id);
	return true;
}

bool cli_view_open(const struct cli *cli, struct cli_view *out, struct err *err)
{
	struct config *config = NULL;

	if (!cli_load_config(cli, &config, err))
		return false;
	arena_init(&out->arena, CLI_VIEW_ARENA_BYTES);
	bool ok = store_open(config->store_path, STORE_READ, &out->store, err);
	if (!ok && err->kind == ERR_MISSING)
		(void)err_set(err, ERR_MISSING,
		              "nothing is stored at %.150s yet; 'mailseal import FILE' reads reports in",
		              config->store_path);
	config_free(&config);
	ok = ok && narrow(cli->tenant, out->store, err) && store_status(out->store, &out->arena, &out->status, err);
	if (!ok)
		cli_view_close(out);
	return ok;
}

void cli_view_close(struct cli_view *view)
{
	if (view->store != NULL)
		store_close(&view->store);
	arena_done(&view->arena);
}

struct view_scope cli_view_scope(const struct cli *cli, const struct cli_view *view, const char *command,
                                 const char *path)
{
	return (struct view_scope){.filter = cli->filter,
	                           .is_default_period = !cli->has_filter_period,
	                           .status = &view->status,
	                           .command = command,
	                           .path = path};
}

static size_t terminal_width(void)
{
	struct winsize size;
	uint64_t columns;
	const char *text = getenv("COLUMNS");

	if (text != NULL && num_parse_uint(str_of(text), WIDTH_MOST, &columns) && columns >= WIDTH_LEAST)
		return (size_t)columns;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= WIDTH_LEAST)
		return size.ws_col < WIDTH_MOST ? size.ws_col : WIDTH_MOST;
	return WIDTH_DEFAULT;
}

/* Not more than fits on the terminal needs no pager; less itself ends at once for that (-F). */
static bool show_paged(const struct cli *cli, struct str text)
{
	const char *pager = getenv("PAGER");

	return isatty(STDOUT_FILENO) && isatty(STDIN_FILENO) && !cli->no_input &&
	       child_pager(pager != NULL ? pager : "less -FIRX", text);
}

void cli_view_doc(const struct cli *cli, const struct doc *doc)
{
	bool is_terminal = isatty(STDOUT_FILENO);
	struct buf out;
	struct doc_text_look look = {.width = terminal_width(), .color = cli->color, .commands = true};

	look.fit_tables = is_terminal && !cli->wide;
	if (!look.fit_tables && look.width > PARAGRAPH_MOST)
		look.width = PARAGRAPH_MOST;
	buf_init(&out, CLI_VIEW_BYTES);
	doc_text(doc, &look, &out);
	if (!show_paged(cli, buf_view(&out)))
		cli_print(buf_view(&out));
	buf_done(&out);
}

void cli_view_table(const struct cli *cli, const struct doc_table *table)
{
	cli_view_rows(cli, table, true);
}

void cli_view_rows(const struct cli *cli, const struct doc_table *table, bool is_first)
{
	struct buf out;

	buf_init(&out, CLI_VIEW_BYTES);
	if (cli->format == OUTPUT_CSV && is_first)
		doc_csv(table, &out);
	else if (cli->format == OUTPUT_CSV)
		doc_csv_rows(table, &out);
	else
		doc_csv_plain(table, &out);
	cli_print(buf_view(&out));
	buf_done(&out);
}

bool cli_view_raw(struct str bytes, struct err *err)
{
	struct buf out;

	if (!isatty(STDOUT_FILENO)) {
		cli_print(bytes);
		return true;
	}
	if (utf8_check(bytes) != bytes.len || memchr(bytes.p, 0, bytes.len) != NULL)
		return err_set(err, ERR_INPUT, "these bytes are no text; send them to a file with '> FILE'");
	buf_init(&out, CLI_VIEW_BYTES);
	quote_terminal(bytes, true, &out);
	cli_print(buf_view(&out));
	buf_done(&out);
	return true;
}

bool cli_view_number(const char *text, int64_t *out)
{
	uint64_t n;

	if (!num_parse_uint(str_of(text), INT64_MAX, &n) || n == 0)
		return false;
	*out = (int64_t)n;
	return true;
}
