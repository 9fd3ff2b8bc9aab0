/* SPDX-License-Identifier: ISC */
/* mailseal digest: what a week or a month brought. */
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "cli/cli_view.h"
#include "present/digest_doc.h"
#include "present/doc_html.h"
#include "present/doc_mail.h"
#include "present/language.h"
#include "role/digesting.h"
#include "role/letterhead.h"

static const char usage[] =
    "mailseal digest\n"
    "mailseal digest --month 2026-11 --domain example.com\n"
    "mailseal digest --month 2026-11 --tenant acme --as html > acme.html\n"
    "\n"
    "What a week or a month brought, for people who run the mail and for those who pay for it: what failed and was\n"
    "refused, beside the time before; what is open, was closed, comes up and is silent.\n"
    "  --week DAY       the week (Monday to Sunday) of that day; default: the last one that is over\n"
    "  --month MONTH    that month, as 2026-11, with all that went wrong, the tables and the method; 'last' is the last\n"
    "                   one that is over\n"
    "  --domain NAME    only that domain; --tenant NAME: only what is that tenant's\n"
    "  --as html|mail   as a page that stands alone, or as the HTML part of a mail\n"
    "  --base URL       where our pages are, for the links of a mail\n"
    "  --json           for programs\n";

struct wishes {
	const char *week, *month, *as, *base;
};

static bool read_month(const char *text, instant now, int32_t *out_day)
{
	char day[16];

	if (strcmp(text, "last") == 0) {
		*out_day = digesting_last(DIGEST_MONTH, now);
		return true;
	}
	if (strlen(text) != 7)
		return false;
	(void)snprintf(day, sizeof day, "%s-01", text);
	return day_parse(str_of(day), out_day);
}

/* EXIT_DONE, or EXIT_USAGE after a message. */
static int read_wish(const struct cli *cli, const struct wishes *wishes, instant now, struct digest_wish *out)
{
	*out = (struct digest_wish){.span = wishes->month != NULL ? DIGEST_MONTH : DIGEST_WEEK,
	                            .day = digesting_last(DIGEST_WEEK, now),
	                            .domain = cli->filter.domain,
	                            .tenant_name = str_of(cli->tenant)};
	if (wishes->week != NULL && wishes->month != NULL)
		return cli_usage("digest", "it is --week or --month, not both");
	if (wishes->week != NULL && !day_parse(str_of(wishes->week), &out->day))
		return cli_usage("digest", "--week takes a day, as 2026-11-16");
	if (wishes->month != NULL && !read_month(wishes->month, now, &out->day))
		return cli_usage("digest", "--month takes a month, as 2026-11");
	if (wishes->as != NULL && strcmp(wishes->as, "text") != 0 && strcmp(wishes->as, "html") != 0 &&
	    strcmp(wishes->as, "mail") != 0)
		return cli_usage("digest", "--as is text, html or mail");
	if (cli->format == OUTPUT_CSV || cli->format == OUTPUT_PLAIN)
		return cli_usage("digest", "a digest is no table; use --json");
	return EXIT_DONE;
}

static void put_markup(const struct doc *doc, const struct wishes *wishes)
{
	struct buf out;

	buf_init(&out, CLI_VIEW_BYTES);
	if (strcmp(wishes->as, "mail") == 0)
		doc_mail(doc, &(struct doc_mail_look){.base = str_of(wishes->base), .lang = language_now()->tag}, &out);
	else
		doc_html(doc,
		         &(struct doc_html_look){.has_own_style = true, .base = wishes->base, .lang = language_now()->tag}, &out);
	cli_print(buf_view(&out));
	buf_done(&out);
}

static bool put(const struct cli *cli, const struct wishes *wishes, const struct digest *digest, struct cli_view *view, struct err *err)
{
	struct arena *arena = &view->arena;
	struct json_out json;
	struct buf out;
	struct doc doc;

	if (cli->format == OUTPUT_TEXT) {
		digest_doc(digest, arena, &doc);
		if (!letterhead_put(view->store, &doc, err))
			return false;
		if (wishes->as == NULL || strcmp(wishes->as, "text") == 0)
			cli_view_doc(cli, &doc);
		else
			put_markup(&doc, wishes);
		return true;
	}
	buf_init(&out, CLI_VIEW_BYTES);
	json_out_init(&json, &out, cli->format == OUTPUT_JSON);
	digest_doc_json(digest, arena, &json);
	cli_print(buf_view(&out));
	buf_done(&out);
	return true;
}

int cli_digest(struct cli *cli, int argc, char **argv)
{
	struct wishes wishes = {0};
	const struct option options[] = {
	    {"--week", OPTION_TEXT, &wishes.week, "DAY  the week of that day"},
	    {"--month", OPTION_TEXT, &wishes.month, "MONTH  that month, as 2026-11"},
	    {"--as", OPTION_TEXT, &wishes.as, "FORM  text, html or mail"},
	    {"--base", OPTION_TEXT, &wishes.base, "URL  where our pages are"},
	    {NULL, OPTION_FLAG, NULL, NULL},
	};
	instant now = instant_now();
	struct cli_view view = {0};
	struct digest_wish wish;
	struct digest digest;
	struct err err = {0};

	if (!cli_parse(cli, &argc, argv, options, usage))
		return EXIT_USAGE;
	if (argc != 0)
		return cli_usage("digest", "digest takes no words");
	int code = read_wish(cli, &wishes, now, &wish);
	if (code != EXIT_DONE)
		return code;
	if (!cli_view_open(cli, &view, &err))
		return cli_fail(&err);
	bool ok = digesting_make(view.store, &wish, now, &view.arena, &digest, &err) && put(cli, &wishes, &digest, &view, &err);
	cli_view_close(&view);
	return ok ? EXIT_DONE : cli_fail(&err);
}
