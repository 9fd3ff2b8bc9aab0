/* SPDX-License-Identifier: ISC */
/* `mailseal import`: files, folders, Maildir, mbox, standard input. */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/quote.h"
#include "cli/cli.h"
#include "cli/cli_config.h"
#include "intake/mail_files.h"
#include "present/json_out.h"
#include "role/keep_client.h"
#include "store/store.h"

#define PROGRESS_MS 100
#define BAR_COLUMNS 30u
#define FAULTS_SHOWN 20u

static const char usage[] =
    "mailseal import PATH...           files, folders, Maildirs, mboxes; - reads standard input\n"
    "  mailseal import ~/Maildir/.TLS-Reports\n"
    "  mailseal import reports.mbox report.json.gz\n"
    "  zcat old.mbox.gz | mailseal import -\n"
    "\n"
    "What was imported before is known again and counts once: an import can be interrupted and run again.\n"
    "  --json                one line of figures\n"
    "  --allow-unsandboxed   go on where the kernel has no seccomp\n";

struct import {
	uint64_t messages, stored, duplicates, revisions, held, quarantined, not_reports, refused;
	uint64_t faults; /* files and messages that could not be read or kept */
	bool is_quiet, shows_progress;
	uint64_t whole_bytes;
	int64_t progress_at_ms, started_ms;
};

static volatile sig_atomic_t was_interrupted;

static void on_interrupt(int signal_number)
{
	(void)signal_number;
	was_interrupted = 1;
}

/* The second Ctrl-C ends it at once. */
static void catch_interrupt(void)
{
	struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND};
	(void)sigaction(SIGINT, &action, NULL);
	(void)sigaction(SIGTERM, &action, NULL);
}

static void take_verdict(void *context, uint64_t id, const struct verdict *verdict)
{
	struct import *import = context;

	(void)id;
	if (verdict->kind != VERDICT_KEPT) {
		import->refused++;
		import->faults++;
		return;
	}
	import->stored += verdict->stored;
	import->duplicates += verdict->duplicates;
	import->revisions += verdict->revisions;
	import->held += verdict->held;
	if (verdict->not_report)
		import->not_reports++;
	else if (verdict->quarantined)
		import->quarantined++;
}

/* --- what people see --- */

static void clear_progress(const struct import *import)
{
	if (import->shows_progress && import->progress_at_ms > 0)
		(void)fputs("\r\033[K", stderr);
}

static void say_fault(struct import *import, const struct err *err)
{
	struct buf line;

	import->faults++;
	if (import->faults > FAULTS_SHOWN)
		return;
	clear_progress(import);
	buf_init(&line, KIB(8));
	buf_text(&line, "mailseal: ");
	quote_terminal(str_of(err->text), false, &line);
	buf_text(&line, import->faults == FAULTS_SHOWN ? "\nmailseal: further ones are only counted\n" : "\n");
	(void)fwrite(line.p, 1, line.len, stderr);
	buf_done(&line);
}

static void show_progress(struct import *import, const struct mail_files *files)
{
	if (!import->shows_progress)
		return;
	int64_t now = clock_ms();
	if (now - import->progress_at_ms < PROGRESS_MS)
		return;
	import->progress_at_ms = now;
	struct mail_files_progress at = mail_files_progress(files);
	if (import->whole_bytes == 0) {
		(void)fprintf(stderr, "\r\033[K%" PRIu64 " messages", at.messages);
		return;
	}
	uint64_t done = at.bytes < import->whole_bytes ? at.bytes : import->whole_bytes;
	unsigned filled = (unsigned)(done * BAR_COLUMNS / import->whole_bytes);
	(void)fprintf(stderr, "\r\033[K[%.*s%.*s] %3u %%  %" PRIu64 " messages", (int)filled,
	              "##############################", (int)(BAR_COLUMNS - filled), "..............................",
	              (unsigned)(done * 100 / import->whole_bytes), at.messages);
}

static void print_json(const struct import *import, uint64_t files, uint64_t millis)
{
	struct json_out json;
	struct buf text;

	buf_init(&text, KIB(4));
	json_out_init(&json, &text, false);
	json_out_object(&json, NULL);
	json_out_uint(&json, "files", files);
	json_out_uint(&json, "messages", import->messages);
	json_out_uint(&json, "stored", import->stored);
	json_out_uint(&json, "duplicates", import->duplicates);
	json_out_uint(&json, "revisions", import->revisions);
	json_out_uint(&json, "held", import->held);
	json_out_uint(&json, "quarantined", import->quarantined);
	json_out_uint(&json, "not_reports", import->not_reports);
	json_out_secs(&json, "seconds", millis);
	json_out_end(&json);
	cli_print(buf_view(&text));
	buf_done(&text);
}

static void print_line(uint64_t n, const char *text)
{
	if (n > 0)
		(void)printf("%8" PRIu64 "  %s\n", n, text);
}

static void print_text(const struct import *import, uint64_t files, uint64_t millis)
{
	(void)printf("%" PRIu64 " messages in %" PRIu64 " files were read in %.1f seconds.\n", import->messages, files,
	             (double)millis / 1000.0);
	print_line(import->stored, "reports are new");
	print_line(import->duplicates, "were known already");
	print_line(import->revisions, "replace an earlier version of the same report");
	print_line(import->held, "are held: see 'mailseal quarantine list'");
	print_line(import->quarantined, "could not be read and are in quarantine: see 'mailseal quarantine list'");
	print_line(import->not_reports, "hold no TLS report; they are in quarantine too");
	print_line(import->faults, "could not be read or kept");
	if (import->messages == 0)
		(void)puts("There was nothing to import.");
}

/* --- the work --- */

/* False when keep is gone. */
static bool deliver_all(struct import *import, struct keep_client *client, struct mail_files *files, struct err *err)
{
	struct arrival arrival;
	struct err fault = {0};

	while (!was_interrupted) {
		fault = (struct err){0};
		enum mail_files_step step = mail_files_next(files, &arrival, &fault);
		if (step == MAIL_FILES_END)
			break;
		if (step == MAIL_FILES_ERROR) {
			say_fault(import, &fault);
			continue;
		}
		import->messages++;
		if (!keep_client_deliver(client, import->messages, &arrival, &fault)) {
			if (fault.kind != ERR_TOO_BIG) {
				*err = fault;
				return false;
			}
			say_fault(import, &fault);
		}
		show_progress(import, files);
	}
	struct buf nothing;
	buf_init(&nothing, KIB(1));
	bool ok = keep_client_finish(client, err) && keep_client_command(client, NULL, "settle", STR_NONE, &nothing, err);
	buf_done(&nothing);
	return ok;
}

static int report(struct cli *cli, struct import *import, const struct mail_files *files, bool ok, struct err *err)
{
	uint64_t millis = (uint64_t)(clock_ms() - import->started_ms);
	uint64_t file_count = mail_files_progress(files).files;

	clear_progress(import);
	if (cli->format == OUTPUT_JSON || cli->format == OUTPUT_JSONL)
		print_json(import, file_count, millis);
	else if (!cli->quiet)
		print_text(import, file_count, millis);
	if (!ok)
		return cli_fail(err);
	if (was_interrupted) {
		(void)err_set(err, ERR_LATER, "interrupted; what was read so far is kept, run it again for the rest");
		return cli_fail(err);
	}
	return import->faults > 0 ? EXIT_FAILED : EXIT_DONE;
}

static int import_paths(struct cli *cli, const struct config *config, bool may_be_unsandboxed,
                        const char *const *paths, size_t count)
{
	struct import import = {.started_ms = clock_ms()};
	struct keep_client *client = NULL;
	struct err err = {0};

	import.shows_progress = !cli->quiet && isatty(STDERR_FILENO);
	if (import.shows_progress)
		import.whole_bytes = mail_files_measure(paths, count);
	if (!keep_client_open(config, may_be_unsandboxed, take_verdict, &import, &client, &err))
		return cli_fail(&err);
	catch_interrupt();
	struct mail_files *files = mail_files_new(paths, count);
	bool ok = deliver_all(&import, client, files, &err);
	keep_client_close(&client);
	int code = report(cli, &import, files, ok, &err);
	mail_files_free(&files);
	return code;
}

/* What is not there is said before anything is begun. */
static bool check_paths(int argc, char **argv, struct err *err)
{
	for (int i = 0; i < argc; i++)
		if (strcmp(argv[i], "-") != 0 && !file_is_there(argv[i]))
			return err_set(err, ERR_MISSING, "there is no file or folder '%.180s'", argv[i]);
	return true;
}

int cli_import(struct cli *cli, int argc, char **argv)
{
	bool may_be_unsandboxed = false;
	const struct option options[] = {
	    {"--allow-unsandboxed", OPTION_FLAG, &may_be_unsandboxed, ""}, {NULL, OPTION_FLAG, NULL, NULL}};
	struct config *config = NULL;
	struct err err = {0};

	if (!cli_parse(cli, &argc, argv, options, usage))
		return EXIT_USAGE;
	if (argc == 0)
		return cli_usage("import", "say what to import: files, folders, or - for standard input");
	if (!check_paths(argc, argv, &err) || !cli_load_config(cli, &config, &err))
		return cli_fail(&err);
	int code = import_paths(cli, config, may_be_unsandboxed, (const char *const *)argv, (size_t)argc);
	config_free(&config);
	return code;
}
