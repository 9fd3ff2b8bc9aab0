/* SPDX-License-Identifier: ISC */
#include "cli/cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/attr.h"
#include "base/instant.h"
#include "base/limits.h"
#include "base/num.h"
#include "base/quote.h"
#include "present/language.h"
#include "version.h"

struct command {
	const char *name;
	cli_command_fn *run;
	enum command_tenant tenant;
	const char *help;
};

#define X(name, function, tenant, help) {name, function, COMMAND_##tenant, help},
static const struct command commands[] = {COMMANDS(X)};
#undef X

static void warn(const char *text)
{
	struct buf line;
	buf_init(&line, 8192);
	buf_text(&line, "mailseal: ");
	quote_terminal(str_of(text), true, &line);
	buf_byte(&line, '\n');
	(void)fwrite(line.p, 1, line.len, stderr);
	buf_done(&line);
}

int cli_fail(const struct err *err)
{
	warn(err->text);
	switch (err->kind) {
	case ERR_MISSING: return EXIT_NOT_FOUND;
	case ERR_DENIED: return EXIT_NOT_ALLOWED;
	case ERR_NONE:
	case ERR_LATER:
	case ERR_INPUT:
	case ERR_TOO_BIG:
	case ERR_CHANGED:
	case ERR_SETUP: break;
	}
	return EXIT_FAILED;
}

int cli_usage(const char *noun, const char *format, ...)
{
	char text[1024];
	va_list args;
	va_start(args, format);
	(void)vsnprintf(text, sizeof text, format, args);
	va_end(args);
	warn(text);
	(void)fprintf(stderr, "Try 'mailseal help%s%s'.\n", noun[0] == '\0' ? "" : " ", noun);
	return EXIT_USAGE;
}

void cli_print(struct str text)
{
	if (text.len > 0 && fwrite(text.p, 1, text.len, stdout) != text.len)
		exit(errno == EPIPE ? EXIT_DONE : EXIT_FAILED);
}

/* "7d" (that many days up to today, today included) or "2026-11-21". */
static bool parse_day(const char *text, bool is_since, int32_t *out)
{
	uint64_t secs;
	size_t len = strlen(text);

	if (day_parse(str_of(text), out))
		return true;
	if (len < 2 || (text[len - 1] != 'd' && text[len - 1] != 'w') || !num_parse_secs(str_of(text), &secs) ||
	    secs > (uint64_t)LIMIT_PAST_DAYS * SECS_PER_DAY * 10)
		return false;
	*out = day_of(instant_now()) - (int32_t)(secs / SECS_PER_DAY) + (is_since ? 1 : 0);
	return true;
}

static bool set_color(struct cli *cli, const char *when)
{
	const char *none = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	if (strcmp(when, "always") == 0)
		cli->color = true;
	else if (strcmp(when, "never") == 0)
		cli->color = false;
	else if (strcmp(when, "auto") == 0)
		cli->color = isatty(STDOUT_FILENO) && (none == NULL || *none == '\0') && term != NULL &&
		             strcmp(term, "dumb") != 0;
	else
		return false;
	return true;
}

struct common_flag {
	const char *name;
	bool takes_value;
};

static const struct common_flag common_flags[] = {
    {"--store", true},    {"-c", true},           {"--config", true},  {"--json", false},    {"--jsonl", false},
    {"--csv", false},     {"--plain", false},     {"--since", true},   {"--until", true},    {"--domain", true},
    {"--reporter", true}, {"--limit", true},      {"--lang", true},    {"-q", false},        {"--quiet", false},
    {"-v", false},        {"--verbose", false},   {"--color", true},   {"--no-color", false}, {"--no-input", false},
    {"-y", false},        {"--yes", false},       {"-n", false},       {"--dry-run", false}, {"--wide", false},
    {"--result", true},   {"--mx", true},         {"--mode", true},    {"--policy", true},   {"--failures-only", false},
    {"--after", true},    {"--tenant", true},
};

static bool take_common(struct cli *cli, const char *name, const char *value)
{
	uint64_t n;

#define IS(text) (strcmp(name, text) == 0)
	if (IS("--store"))
		cli->store = value;
	else if (IS("-c") || IS("--config"))
		cli->config_path = value;
	else if (IS("--json"))
		cli->format = OUTPUT_JSON;
	else if (IS("--jsonl"))
		cli->format = OUTPUT_JSONL;
	else if (IS("--csv"))
		cli->format = OUTPUT_CSV;
	else if (IS("--plain"))
		cli->format = OUTPUT_PLAIN;
	else if (IS("--lang")) {
		cli->lang = language_find(str_of(value));
		return cli->lang != NULL;
	} else if (IS("-q") || IS("--quiet"))
		cli->quiet = true;
	else if (IS("-v") || IS("--verbose"))
		cli->verbose = true;
	else if (IS("--no-color"))
		cli->color = false;
	else if (IS("--no-input"))
		cli->no_input = true;
	else if (IS("-y") || IS("--yes"))
		cli->yes = true;
	else if (IS("-n") || IS("--dry-run"))
		cli->dry_run = true;
	else if (IS("--wide"))
		cli->wide = true;
	else if (IS("--domain"))
		cli->filter.domain = str_of(value);
	else if (IS("--reporter"))
		cli->filter.reporter = str_of(value);
	else if (IS("--result"))
		cli->filter.result_type = str_of(value);
	else if (IS("--mx"))
		cli->filter.mx = str_of(value);
	else if (IS("--failures-only"))
		cli->filter.failures_only = true;
	else if (IS("--color"))
		return set_color(cli, value);
	else if (IS("--since") || IS("--until")) {
		cli->has_filter_period = true;
		return parse_day(value, IS("--since"), IS("--since") ? &cli->filter.since_day : &cli->filter.until_day);
	} else if (IS("--limit")) {
		if (!num_parse_uint(str_of(value), 1000000000, &n) || n == 0)
			return false;
		cli->filter.limit = n;
	} else if (IS("--after")) {
		if (!num_parse_uint(str_of(value), INT64_MAX, &n))
			return false;
		cli->filter.after_id = (int64_t)n;
	} else if (IS("--tenant")) {
		cli->tenant = value;
	} else if (IS("--mode")) {
		cli->filter.mode = (int)sts_mode_of(str_of(value));
		return cli->filter.mode != MODE_NOT_STATED;
	} else if (IS("--policy")) {
		cli->filter.policy_type = (int)policy_type_of(str_of(value));
		return cli->filter.policy_type != POLICY_OTHER;
	}
#undef IS
	return true;
}

static bool take_own(const struct option *option, const char *value)
{
	uint64_t n;
	struct option_list *list = option->value;

	switch (option->kind) {
	case OPTION_FLAG: *(bool *)option->value = true; return true;
	case OPTION_TEXT: *(const char **)option->value = value; return true;
	case OPTION_COUNT:
		if (!num_parse_uint(str_of(value), INT64_MAX, &n))
			return false;
		*(uint64_t *)option->value = n;
		return true;
	case OPTION_LIST:
		if (list->count == COUNT_OF(list->items))
			return false;
		list->items[list->count++] = value;
		return true;
	}
	return false;
}

bool cli_parse(struct cli *cli, int *argc, char **argv, const struct option *options, const char *usage)
{
	int words = 0;
	bool only_words = false;

	for (int i = 0; i < *argc; i++) {
		char *arg = argv[i];
		if (only_words || arg[0] != '-' || strcmp(arg, "-") == 0) {
			argv[words++] = arg;
			continue;
		}
		if (strcmp(arg, "--") == 0) {
			only_words = true;
			continue;
		}
		if (strcmp(arg, "-h") == 0 || strcmp(arg, "--help") == 0) {
			(void)fputs(usage, stdout);
			exit(EXIT_DONE);
		}
		char *equals = strncmp(arg, "--", 2) == 0 ? strchr(arg, '=') : NULL;
		size_t name_len = equals == NULL ? strlen(arg) : (size_t)(equals - arg);
		char name[64];
		if (name_len >= sizeof name)
			name_len = sizeof name - 1;
		memcpy(name, arg, name_len);
		name[name_len] = '\0';

		const struct option *own = NULL;
		for (const struct option *o = options; o != NULL && o->name != NULL && own == NULL; o++)
			own = strcmp(o->name, name) == 0 ? o : NULL;
		const struct common_flag *common = NULL;
		for (size_t f = 0; f < COUNT_OF(common_flags) && own == NULL && common == NULL; f++)
			common = strcmp(common_flags[f].name, name) == 0 ? &common_flags[f] : NULL;
		if (own == NULL && common == NULL) {
			(void)cli_usage("", "there is no flag %s here", name);
			return false;
		}
		bool takes_value = own != NULL ? own->kind != OPTION_FLAG : common->takes_value;
		const char *value = equals == NULL ? NULL : equals + 1;
		if (takes_value && value == NULL) {
			if (i + 1 >= *argc) {
				(void)cli_usage("", "%s needs a value", name);
				return false;
			}
			value = argv[++i];
		}
		if (!takes_value && value != NULL) {
			(void)cli_usage("", "%s takes no value", name);
			return false;
		}
		if (own != NULL ? !take_own(own, value) : !take_common(cli, name, value)) {
			(void)cli_usage("", "%s does not take '%s'", name, value == NULL ? "" : value);
			return false;
		}
	}
	*argc = words;
	if (cli->tenant != NULL && cli->command_tenant == COMMAND_HOUSE) {
		struct err err = {0};
		(void)err_set(&err, ERR_DENIED, "this is a command for the whole house, not for one tenant");
		exit(cli_fail(&err));
	}
	/* Programs get the same words wherever they run, unless they ask for others. */
	language_use(cli->lang != NULL             ? cli->lang
	             : cli->format == OUTPUT_TEXT ? language_of_environment()
	                                          : NULL);
	return true;
}

/* Edit distance at most 2 is a typing error worth a hint. */
static size_t distance(const char *a, const char *b)
{
	size_t row[32];
	size_t len = strlen(b);

	if (len >= COUNT_OF(row) || strlen(a) >= COUNT_OF(row))
		return SIZE_MAX;
	for (size_t j = 0; j <= len; j++)
		row[j] = j;
	for (size_t i = 0; a[i] != '\0'; i++) {
		size_t corner = row[0];
		row[0] = i + 1;
		for (size_t j = 0; j < len; j++) {
			size_t swap = corner + (a[i] != b[j]);
			corner = row[j + 1];
			size_t step = (row[j] < corner ? row[j] : corner) + 1;
			row[j + 1] = swap < step ? swap : step;
		}
	}
	return row[len];
}

static int unknown_command(const char *name)
{
	const char *near = NULL;

	for (size_t i = 0; i < COUNT_OF(commands); i++)
		if (distance(name, commands[i].name) <= 2)
			near = commands[i].name;
	if (near != NULL)
		return cli_usage("", "there is no command '%s'; did you mean '%s'?", name, near);
	return cli_usage("", "there is no command '%s'", name);
}

int cli_help(struct cli *cli, int argc, char **argv)
{
	if (argc > 0) {
		for (size_t i = 0; i < COUNT_OF(commands); i++) {
			if (strcmp(argv[0], commands[i].name) == 0 && commands[i].run != cli_help) {
				char help[] = "--help";
				char *args[] = {help, NULL};
				return commands[i].run(cli, 1, args);
			}
		}
		return unknown_command(argv[0]);
	}
	(void)puts("mailseal reads SMTP TLS reports (TLS-RPT, RFC 8460) and says what is wrong and how to mend it.\n");
	for (size_t i = 0; i < COUNT_OF(commands); i++)
		(void)printf("  mailseal %-12s %s\n", commands[i].name, commands[i].help);
	(void)puts("\n'mailseal help COMMAND' shows its flags and examples.");
	return EXIT_DONE;
}

int cli_main(int argc, char **argv)
{
	struct cli cli = {.program = argv[0], .filter = FILTER_ALL};

	(void)set_color(&cli, "auto");
	if (argc < 2) {
		(void)cli_help(&cli, 0, argv);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--version") == 0) {
		(void)puts("mailseal " MAILSEAL_VERSION);
		return EXIT_DONE;
	}
	const char *name = strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ? "help" : argv[1];
	for (size_t i = 0; i < COUNT_OF(commands); i++) {
		if (strcmp(name, commands[i].name) == 0) {
			cli.command_tenant = commands[i].tenant;
			int code = commands[i].run(&cli, argc - 2, argv + 2);
			return fflush(stdout) == 0 || errno == EPIPE ? code : EXIT_FAILED;
		}
	}
	return unknown_command(name);
}
