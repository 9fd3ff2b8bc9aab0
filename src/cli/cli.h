/* SPDX-License-Identifier: ISC */
#pragma once
/* The command line: noun, then verb.  Data on stdout, words on stderr. */
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "facts/commands.h"
#include "report/views.h"

struct language;

enum exit_code {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_NOT_FOUND = 3,
	EXIT_NOT_ALLOWED = 4,
	EXIT_NO_SERVER = 5,
	EXIT_PROBLEMS = 10,
	EXIT_CANNOT_TELL = 11,
};

enum output_format { OUTPUT_TEXT, OUTPUT_JSON, OUTPUT_JSONL, OUTPUT_CSV, OUTPUT_PLAIN };

/* What --tenant makes of a command (facts/commands.h). */
enum command_tenant { COMMAND_NARROWS, COMMAND_HOUSE, COMMAND_NO_STORE };

/* The flags that mean the same everywhere. */
struct cli {
	enum command_tenant command_tenant;
	const char *program;
	const char *config_path; /* -c; NULL: the default */
	const char *store;       /* --store; NULL: the configuration's */
	enum output_format format;
	bool color;              /* stdout may have colour */
	bool quiet, verbose, no_input, yes, dry_run, wide;
	const struct language *lang; /* NULL: the environment's, for people; English, for programs */
	const char *tenant;      /* --tenant: for this one alone; NULL: the whole house */
	struct filter filter;    /* --since --until --domain --reporter --result --mx --limit --failures */
	bool has_filter_period;
};

/* A flag of one command.  `kind` says what `value` points to. */
enum option_kind { OPTION_FLAG /* bool */, OPTION_TEXT /* const char * */, OPTION_COUNT /* uint64_t */, OPTION_LIST /* struct option_list */ };
struct option_list {
	const char *items[64];
	size_t count;
};
struct option {
	const char *name; /* "--reason" */
	enum option_kind kind;
	void *value;
	const char *help; /* "TEXT  the failure-reason-code" */
};

/* Takes all flags, common and own, out of `argv` (they may stand anywhere; "--" ends them) and leaves the words in
 * `argv[0..*argc)`.  False after a usage message on stderr. `options` may be NULL, ends with a NULL name.
 * `usage` is printed by --help, examples first.  Ends the process where --tenant asks for what is the house's. */
bool cli_parse(struct cli *cli, int *argc, char **argv, const struct option *options, const char *usage);

/* One line on stderr, "mailseal: TEXT", and the exit code that belongs to the kind. */
int cli_fail(const struct err *err);
/* The usage error: the line, then "Try 'mailseal help NOUN'." */
int cli_usage(const char *noun, const char *format, ...) PRINTF_LIKE(2, 3);

/* Writes to stdout; ends quietly on EPIPE. */
void cli_print(struct str text);

typedef int cli_command_fn(struct cli *cli, int argc, char **argv);
#define X(name, function, tenant, help) cli_command_fn function;
COMMANDS(X)
#undef X

int cli_main(int argc, char **argv);
