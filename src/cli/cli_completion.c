/* SPDX-License-Identifier: ISC */
/* mailseal completion bash|zsh|fish: made from the list of commands. */
#include <stdio.h>
#include <string.h>

#include "base/attr.h"
#include "cli/cli.h"

static const char usage[] =
    "mailseal completion bash > /etc/bash_completion.d/mailseal\n"
    "mailseal completion zsh > \"${fpath[1]}/_mailseal\"\n"
    "mailseal completion fish > ~/.config/fish/completions/mailseal.fish\n"
    "\n"
    "Prints what a shell needs to complete commands and flags.\n";

struct noun {
	const char *name, *help;
};

#define X(name, function, tenant, help) {name, help},
static const struct noun nouns[] = {COMMANDS(X)};
#undef X

/* The verbs of a noun; "" where it has none. */
static const char *verbs_of(const char *noun)
{
	static const struct noun verbs[] = {
	    {"report", "list show raw export"},
	    {"result", "list"},
	    {"source", "list show"},
	    {"issue", "list show ack snooze note close reopen recheck"},
	    {"domain", "list show add edit remove verify"},
	    {"policy", "show check advise publish history"},
	    {"record", "generate explain"},
	    {"quarantine", "list show retry drop"},
	    {"alert", "list test resend rule channel"},
	    {"user", "list add edit remove"},
	    {"tenant", "list add edit remove"},
	    {"token", "list add edit remove"},
	    {"audit", "list"},
	    {"config", "show check explain"},
	    {"db", "status migrate backup restore verify"},
	    {"completion", "bash zsh fish"},
	};

	for (size_t i = 0; i < COUNT_OF(verbs); i++)
		if (strcmp(verbs[i].name, noun) == 0)
			return verbs[i].help;
	return "";
}

static const char flags[] = "--store --config --json --jsonl --csv --plain --since --until --domain --reporter --result --mx "
                            "--mode --policy --failures-only --limit --lang --quiet --verbose --color --no-input --yes "
                            "--dry-run --wide --help";

static void print_nouns(const char *separator)
{
	for (size_t i = 0; i < COUNT_OF(nouns); i++)
		(void)printf("%s%s", i == 0 ? "" : separator, nouns[i].name);
}

static void bash(void)
{
	(void)puts("_mailseal() {\n"
	           "\tlocal word=${COMP_WORDS[COMP_CWORD]}\n"
	           "\tif [[ $word == -* ]]; then");
	(void)printf("\t\tCOMPREPLY=($(compgen -W '%s' -- \"$word\"))\n\t\treturn\n\tfi\n", flags);
	(void)printf("\tif [ \"$COMP_CWORD\" -eq 1 ]; then\n\t\tCOMPREPLY=($(compgen -W '");
	print_nouns(" ");
	(void)puts("' -- \"$word\"))\n\t\treturn\n\tfi\n"
	           "\tif [ \"$COMP_CWORD\" -eq 2 ]; then\n\t\tcase ${COMP_WORDS[1]} in");
	for (size_t i = 0; i < COUNT_OF(nouns); i++)
		if (verbs_of(nouns[i].name)[0] != '\0')
			(void)printf("\t\t%s) COMPREPLY=($(compgen -W '%s' -- \"$word\")); return ;;\n", nouns[i].name,
			             verbs_of(nouns[i].name));
	(void)puts("\t\tesac\n\tfi\n"
	           "\tCOMPREPLY=($(compgen -f -- \"$word\"))\n"
	           "}\n"
	           "complete -o filenames -F _mailseal mailseal");
}

/* The help of a noun between single quotes. */
static void print_quoted(const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '\'')
			(void)fputs("'\\''", stdout);
		else if (*text == ':' || *text == '[' || *text == ']')
			(void)putchar(' ');
		else
			(void)putchar(*text);
	}
}

static void zsh(void)
{
	(void)puts("#compdef mailseal\n_mailseal() {\n\tlocal -a nouns verbs\n\tnouns=(");
	for (size_t i = 0; i < COUNT_OF(nouns); i++) {
		(void)printf("\t\t'%s:", nouns[i].name);
		print_quoted(nouns[i].help);
		(void)puts("'");
	}
	(void)puts("\t)\n\tif (( CURRENT == 2 )); then\n\t\t_describe command nouns\n\t\treturn\n\tfi\n"
	           "\tif (( CURRENT == 3 )); then\n\t\tcase $words[2] in");
	for (size_t i = 0; i < COUNT_OF(nouns); i++)
		if (verbs_of(nouns[i].name)[0] != '\0')
			(void)printf("\t\t%s) verbs=(%s) ;;\n", nouns[i].name, verbs_of(nouns[i].name));
	(void)puts("\t\tesac\n\t\t(( $#verbs )) && _values verb $verbs && return\n\tfi");
	(void)printf("\tif [[ $PREFIX == -* ]]; then\n\t\tcompadd -- %s\n\t\treturn\n\tfi\n", flags);
	(void)puts("\t_files\n}\n_mailseal \"$@\"");
}

static void fish(void)
{
	for (size_t i = 0; i < COUNT_OF(nouns); i++) {
		(void)printf("complete -c mailseal -n __fish_use_subcommand -f -a %s -d '", nouns[i].name);
		print_quoted(nouns[i].help);
		(void)puts("'");
		if (verbs_of(nouns[i].name)[0] != '\0')
			(void)printf("complete -c mailseal -n '__fish_seen_subcommand_from %s' -a '%s'\n", nouns[i].name,
			             verbs_of(nouns[i].name));
	}
	for (const char *flag = flags; *flag != '\0';) {
		size_t len = strcspn(flag, " ");
		(void)printf("complete -c mailseal -l %.*s\n", (int)len - 2, flag + 2);
		flag += len + (flag[len] == ' ');
	}
}

int cli_completion(struct cli *cli, int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*print)(void);
	} shells[] = {{"bash", bash}, {"zsh", zsh}, {"fish", fish}};

	if (!cli_parse(cli, &argc, argv, NULL, usage))
		return EXIT_USAGE;
	for (size_t i = 0; argc == 1 && i < COUNT_OF(shells); i++) {
		if (strcmp(argv[0], shells[i].name) == 0) {
			shells[i].print();
			return EXIT_DONE;
		}
	}
	return cli_usage("completion", "say bash, zsh or fish");
}
