/* SPDX-License-Identifier: ISC */
/* mailseal report list|show|raw|export. */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/quote.h"
#include "cli/cli.h"
#include "cli/cli_config.h"
#include "cli/cli_mail_trust.h"
#include "cli/cli_view.h"
#include "present/doc_csv.h"
#include "present/doc_text.h"
#include "present/quarantine_doc.h"
#include "present/report_doc.h"
#include "present/report_json.h"
#include "present/reports_doc.h"
#include "role/decode_once.h"

#define PAGE_ROWS 500 /* read at a time, where a whole list is written */
#define LIST_ROWS 50  /* what people see at once */
#define PAGE_ARENA_BYTES MIB(256)
#define FILE_ARENA_BYTES MIB(512)

static const char usage[] =
    "mailseal report show report.json.gz\n"
    "mailseal report show - < mail.eml\n"
    "mailseal report list --since 7d --failures-only\n"
    "mailseal report show 12 --json\n"
    "\n"
    "list              the stored reports, newest first\n"
    "show NUMBER       one of them, as a document\n"
    "show FILE...      a report or a mail from a file, or '-': nothing is stored, no server is needed\n"
    "  --as-mail       judge its DKIM signatures as if it had come in by SMTP\n"
    "  --resolver ADDRESS@PORT   ask this name server for keys; repeatable\n"
    "  --trust-anchor FILE       DNSSEC trust anchor instead of the public root\n"
    "raw NUMBER        the original bytes as they came in; with --json the JSON in them\n"
    "export            all reports in full, one JSON document a line (or --json, --csv)\n"
    "  --since, --until, --domain, --reporter, --result, --mx, --mode, --policy, --failures-only, --limit, --after\n"
    "  --json --jsonl --csv --plain   for programs\n";

struct report_options {
	bool as_mail;
	struct cli_mail_trust trust;
};

/* --- one report --- */

static void put_text(const struct cli *cli, const struct report_view *view, struct arena *arena)
{
	struct doc doc;

	report_doc(view, arena, &doc);
	cli_view_doc(cli, &doc);
}

static void put_json(const struct cli *cli, const struct report_view *views, size_t n, struct arena *arena)
{
	struct json_out json;
	struct buf out;
	bool is_list = cli->format == OUTPUT_JSON && n > 1;

	buf_init(&out, CLI_VIEW_BYTES);
	json_out_init(&json, &out, cli->format == OUTPUT_JSON);
	if (is_list)
		json_out_list(&json, NULL);
	for (size_t i = 0; i < n; i++)
		report_json(&views[i], arena, &json, NULL);
	if (is_list)
		json_out_end(&json);
	cli_print(buf_view(&out));
	buf_done(&out);
}

static void put(const struct cli *cli, const struct report_view *views, size_t n, struct arena *arena)
{
	if (cli->format == OUTPUT_JSON || cli->format == OUTPUT_JSONL) {
		put_json(cli, views, n, arena);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		if (cli->format != OUTPUT_TEXT) {
			cli_view_rows(cli, report_doc_table(&views[i], arena), i == 0);
			continue;
		}
		if (i > 0)
			cli_print(STR("\n\n"));
		put_text(cli, &views[i], arena);
	}
}

/* --- from a file --- */

/* What is wrong, where, and what was expected there: words on stderr, or an object on stdout. */
static int put_problem(const struct cli *cli, const struct problem *problem, struct str name, struct str bytes,
                       struct arena *arena)
{
	struct buf out;

	buf_init(&out, MIB(16));
	if (cli->format == OUTPUT_JSON || cli->format == OUTPUT_JSONL) {
		struct json_out json;
		json_out_init(&json, &out, cli->format == OUTPUT_JSON);
		quarantine_doc_problem_json(problem, &json);
		cli_print(buf_view(&out));
	} else {
		struct doc doc;
		quarantine_doc_problem(problem, name, bytes, arena, &doc);
		doc_text(&doc, &(struct doc_text_look){.width = 80, .commands = true}, &out);
		(void)fwrite(out.p, 1, out.len, stderr);
	}
	buf_done(&out);
	return EXIT_FAILED;
}

static void warn_of_part(const struct problem *problem)
{
	struct buf line;

	buf_init(&line, KIB(512));
	buf_format(&line, "mailseal: a part of it: %s", problem_sentence(problem->kind));
	if (problem->place.len > 0) {
		buf_text(&line, " (");
		quote_terminal(problem->place, false, &line);
		buf_byte(&line, ')');
	}
	buf_byte(&line, '\n');
	(void)fwrite(line.p, 1, line.len, stderr);
	buf_done(&line);
}

static int put_decoded(const struct cli *cli, const struct report_options *options, const struct arrival *arrival,
                       struct decoded *decoded, struct arena *arena)
{
	struct report_view judged = {.trust = TRUST_OPERATOR, .trust_reason = STR("given by the operator")};
	struct err err = {0};

	if (decoded->report_count == 0)
		return put_problem(cli, &decoded->problem, arrival->name, arrival->bytes, arena);
	if (decoded->problem.kind != PROBLEM_NONE)
		warn_of_part(&decoded->problem);
	if (options->as_mail && !cli_mail_trust_judge(&options->trust, arrival, decoded, arena, &judged, &err))
		return cli_fail(&err);
	struct report_view *views = ARENA_ARRAY(arena, decoded->report_count, struct report_view);
	for (size_t i = 0; i < decoded->report_count; i++) {
		views[i] = judged;
		views[i].report = &decoded->reports[i];
	}
	put(cli, views, decoded->report_count, arena);
	return EXIT_DONE;
}

static struct str base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (strcmp(path, "-") == 0)
		return STR_NONE;
	return str_of(slash == NULL ? path : slash + 1);
}

static int show_file(const struct cli *cli, const struct report_options *options, const char *path)
{
	struct config *config = NULL;
	struct err err = {0};
	struct arena arena;
	struct buf bytes;
	struct decoded decoded;

	if (!config_load(cli->config_path, &config, &err))
		return cli_fail(&err);
	buf_init(&bytes, LIMIT_ARRIVAL_BYTES);
	arena_init(&arena, FILE_ARENA_BYTES);
	struct arrival arrival = {.door = options->as_mail ? DOOR_SMTP : DOOR_FILE, .received_at = instant_now()};
	bool ok = file_read(path, &bytes, &err);
	arrival.name = base_name(path);
	arrival.bytes = buf_view(&bytes);
	ok = ok && decode_once(config, &arrival, &arena, &decoded, &err);
	int code = ok ? put_decoded(cli, options, &arrival, &decoded, &arena) : cli_fail(&err);
	arena_done(&arena);
	buf_done(&bytes);
	config_free(&config);
	return code;
}

/* --- from the store --- */

static int show_stored(const struct cli *cli, int64_t id)
{
	struct cli_view view = {0};
	struct stored_report stored = {0};
	struct err err = {0};

	if (!cli_view_open(cli, &view, &err))
		return cli_fail(&err);
	bool ok = store_report(view.store, id, &view.arena, &stored, &err);
	if (ok) {
		struct report_view shown = {.report = &stored.report,
		                            .trust = stored.row.trust,
		                            .trust_reason = stored.trust_reason,
		                            .stored = &stored};
		put(cli, &shown, 1, &view.arena);
	}
	cli_view_close(&view);
	return ok ? EXIT_DONE : cli_fail(&err);
}

/* The JSON in it, taken out by the sandboxed decoder. */
static bool print_json(const struct cli *cli, const struct stored_report *stored, struct str original, struct arena *arena,
                       struct err *err)
{
	struct arrival arrival = {.door = DOOR_FILE, .received_at = stored->row.received_at, .bytes = original, .wants_text = true,
	                          .wanted_id = stored->report.report_id, .wanted_begin = stored->report.begin};
	struct config *config = NULL;
	struct decoded decoded;

	if (!cli_load_config(cli, &config, err))
		return false;
	bool ok = decode_once(config, &arrival, arena, &decoded, err);
	config_free(&config);
	if (!ok)
		return false;
	if (decoded.text.p == NULL)
		return err_set(err, ERR_MISSING, "what this reader finds in the original is another report");
	if (decoded.text_bytes > decoded.text.len)
		(void)fprintf(stderr, "mailseal: these are the first %zu of %llu bytes; the original has the rest\n", decoded.text.len,
		              (unsigned long long)decoded.text_bytes);
	return cli_view_raw(decoded.text, err);
}

static int raw(const struct cli *cli, const char *number)
{
	struct cli_view view = {0};
	struct stored_report stored = {0};
	struct err err = {0};
	struct buf bytes;
	int64_t id;

	if (!cli_view_number(number, &id))
		return cli_usage("report", "'%s' is no number of a report", number);
	if (!cli_view_open(cli, &view, &err))
		return cli_fail(&err);
	buf_init(&bytes, LIMIT_ARRIVAL_BYTES);
	bool ok = store_report(view.store, id, &view.arena, &stored, &err);
	if (ok && stored.original_id == 0)
		ok = err_set(&err, ERR_MISSING, "the original of report %s was deleted after its time", number);
	ok = ok && store_original(view.store, stored.original_id, &bytes, &err);
	if (ok && cli->format == OUTPUT_JSON)
		ok = print_json(cli, &stored, buf_view(&bytes), &view.arena, &err);
	else
		ok = ok && cli_view_raw(buf_view(&bytes), &err);
	buf_done(&bytes);
	cli_view_close(&view);
	return ok ? EXIT_DONE : cli_fail(&err);
}

/* --- lists --- */

/* Goes through a list page by page, with an arena for each. */
struct walk {
	const struct cli *cli;
	struct cli_view *view;
	struct filter filter;
	size_t left; /* rows still wanted */
	bool (*page)(struct walk *walk, const struct report_list *list, struct arena *arena, struct err *err);
	struct json_out json;
	struct buf out;
	bool is_first;
	int64_t next; /* where it stopped; 0: the end */
};

static bool walk(struct walk *walk, struct err *err)
{
	bool ok = true;

	walk->is_first = true;
	do {
		struct arena arena;
		struct report_list list = {0};
		arena_init(&arena, PAGE_ARENA_BYTES);
		walk->filter.limit = walk->left < PAGE_ROWS ? walk->left : PAGE_ROWS;
		ok = store_reports(walk->view->store, &walk->filter, &arena, &list, err) &&
		     walk->page(walk, &list, &arena, err);
		walk->left -= list.row_count < walk->left ? list.row_count : walk->left;
		walk->next = list.next;
		walk->filter.after_id = list.next;
		walk->is_first = false;
		arena_done(&arena);
	} while (ok && walk->next > 0 && walk->left > 0);
	return ok;
}

static void flush(struct walk *walk)
{
	cli_print(buf_view(&walk->out));
	buf_clear(&walk->out);
}

static bool list_page(struct walk *walk, const struct report_list *list, struct arena *arena, struct err *err)
{
	(void)err;
	if (walk->cli->format == OUTPUT_CSV || walk->cli->format == OUTPUT_PLAIN) {
		cli_view_rows(walk->cli, reports_doc_table(list, arena), walk->is_first);
		return true;
	}
	for (size_t i = 0; i < list->row_count; i++)
		reports_doc_row_json(&list->rows[i], &walk->json);
	flush(walk);
	return true;
}

/* Each report of the page in full. */
static bool export_page(struct walk *walk, const struct report_list *list, struct arena *arena, struct err *err)
{
	for (size_t i = 0; i < list->row_count; i++) {
		struct arena one;
		struct stored_report stored = {0};
		arena_init(&one, PAGE_ARENA_BYTES);
		bool ok = store_report(walk->view->store, list->rows[i].id, &one, &stored, err);
		struct report_view shown = {.report = &stored.report,
		                            .trust = stored.row.trust,
		                            .trust_reason = stored.trust_reason,
		                            .stored = &stored};
		if (ok && (walk->cli->format == OUTPUT_CSV || walk->cli->format == OUTPUT_PLAIN))
			cli_view_rows(walk->cli, report_doc_table(&shown, &one), walk->is_first && i == 0);
		else if (ok)
			report_json(&shown, &one, &walk->json, NULL);
		arena_done(&one);
		if (!ok)
			return false;
		flush(walk);
	}
	(void)arena;
	return true;
}

static bool is_records(const struct cli *cli)
{
	return cli->format == OUTPUT_CSV || cli->format == OUTPUT_PLAIN;
}

/* `name`: of the list in JSON. */
static bool walk_all(struct walk *w, const char *name, struct err *err)
{
	bool is_document = w->cli->format == OUTPUT_JSON;

	buf_init(&w->out, CLI_VIEW_BYTES);
	json_out_init(&w->json, &w->out, is_document);
	if (is_document) {
		json_out_object(&w->json, NULL);
		json_out_list(&w->json, name);
	}
	bool ok = walk(w, err);
	if (ok && is_document) {
		json_out_end(&w->json);
		if (w->next > 0)
			json_out_int(&w->json, "next", w->next);
		else
			json_out_null(&w->json, "next");
		json_out_end(&w->json);
	}
	if (ok)
		flush(w);
	buf_done(&w->out);
	return ok;
}

static bool list_text(const struct cli *cli, struct cli_view *view, struct err *err)
{
	struct view_scope scope = cli_view_scope(cli, view, "report list", "/reports");
	struct report_list list = {0};
	struct doc doc;

	if (scope.filter.limit == 0)
		scope.filter.limit = LIST_ROWS;
	if (!store_reports(view->store, &scope.filter, &view->arena, &list, err))
		return false;
	reports_doc(&list, &scope, &view->arena, &doc);
	cli_view_doc(cli, &doc);
	return true;
}

static int list(const struct cli *cli, bool is_export)
{
	struct cli_view view = {0};
	struct err err = {0};

	if (!cli_view_open(cli, &view, &err))
		return cli_fail(&err);
	struct walk w = {.cli = cli,
	                 .view = &view,
	                 .filter = cli->filter,
	                 .left = cli->filter.limit > 0 ? cli->filter.limit : SIZE_MAX,
	                 .page = is_export ? export_page : list_page};
	bool ok = cli->format == OUTPUT_TEXT && !is_export ? list_text(cli, &view, &err) : walk_all(&w, "reports", &err);
	if (ok && is_records(cli) && view.status.reports == 0 && !cli->quiet)
		(void)fputs("mailseal: nothing is stored yet\n", stderr);
	cli_view_close(&view);
	return ok ? EXIT_DONE : cli_fail(&err);
}

static int show(const struct cli *cli, const struct report_options *options, int argc, char **argv)
{
	int worst = EXIT_DONE;

	for (int i = 0; i < argc; i++) {
		int64_t id;
		int code = cli_view_number(argv[i], &id) ? show_stored(cli, id) : show_file(cli, options, argv[i]);
		worst = code != EXIT_DONE ? code : worst;
	}
	return worst;
}

int cli_report(struct cli *cli, int argc, char **argv)
{
	struct report_options own = {0};
	struct option_list resolvers = {0};
	const struct option options[] = {
	    {"--as-mail", OPTION_FLAG, &own.as_mail, "judge its signatures"},
	    {"--resolver", OPTION_LIST, &resolvers, "ADDRESS@PORT"},
	    {"--trust-anchor", OPTION_TEXT, &own.trust.trust_anchor, "FILE"},
	    {0},
	};

	if (!cli_parse(cli, &argc, argv, options, usage))
		return EXIT_USAGE;
	own.trust.resolvers = resolvers.items;
	own.trust.resolver_count = resolvers.count;
	if (argc == 1 && strcmp(argv[0], "list") == 0)
		return list(cli, false);
	if (argc == 1 && strcmp(argv[0], "export") == 0)
		return list(cli, true);
	if (argc >= 2 && strcmp(argv[0], "show") == 0)
		return show(cli, &own, argc - 1, argv + 1);
	if (argc == 2 && strcmp(argv[0], "raw") == 0)
		return raw(cli, argv[1]);
	return cli_usage("report", "say 'report list', 'report show NUMBER|FILE', 'report raw NUMBER' or 'report export'");
}
