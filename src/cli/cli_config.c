/* SPDX-License-Identifier: ISC */
/* `mailseal config`, and how every command finds its configuration. */
#include <stdio.h>
#include <string.h>

#include "base/quote.h"
#include "cli/cli.h"
#include "cli/cli_config.h"
#include "present/json_out.h"

#define TEXT_BYTES MIB(1)

static const char usage[] =
    "mailseal config show              the values that hold, as a configuration file\n"
    "mailseal config check -c FILE     says what is wrong, with the line; exit 0 if nothing is\n"
    "mailseal config explain           every key with its meaning, as a file to start from\n"
    "mailseal config explain smtp.listen\n"
    "\n"
    "The file is " CONFIG_DEFAULT_PATH ", or the one after -c; without one the defaults hold.\n";

bool cli_load_config(const struct cli *cli, struct config **out, struct err *err)
{
	struct config *config = NULL;
	char path[4096];

	if (!config_load(cli->config_path, &config, err))
		return false;
	if (cli->store != NULL)
		config_set_text(&config->store_path, cli->store);
	if (!config_store_path(config, path, sizeof path, err)) {
		config_free(&config);
		return false;
	}
	config_set_text(&config->store_path, path);
	*out = config;
	return true;
}

static void print_and_free(struct buf *text)
{
	cli_print(buf_view(text));
	buf_done(text);
}

static void show_json(const struct config *config, struct buf *out)
{
	struct json_out json;
	struct buf value;

	buf_init(&value, KIB(256));
	json_out_init(&json, out, true);
	json_out_object(&json, NULL);
	for (size_t i = 0; i < config_key_count; i++) {
		char name[128];
		(void)snprintf(name, sizeof name, "%s.%s", config_keys[i].section, config_keys[i].name);
		buf_clear(&value);
		config_write_value(config, i, &value);
		json_out_str(&json, name, buf_view(&value));
	}
	for (size_t p = 0; p < config->oidc_count; p++) {
		for (size_t i = 0; i < config_oidc_key_count; i++) {
			char name[128];
			(void)snprintf(name, sizeof name, "oidc.%s.%s", config->oidc[p].name, config_oidc_keys[i].name);
			buf_clear(&value);
			config_write_oidc_value(&config->oidc[p], i, &value);
			json_out_str(&json, name, buf_view(&value));
		}
	}
	json_out_end(&json);
	buf_done(&value);
}

static int show(struct cli *cli)
{
	struct config *config = NULL;
	struct err err = {0};
	struct buf text;

	if (!cli_load_config(cli, &config, &err))
		return cli_fail(&err);
	buf_init(&text, TEXT_BYTES);
	if (cli->format == OUTPUT_JSON)
		show_json(config, &text);
	else
		config_write(config, &text);
	print_and_free(&text);
	config_free(&config);
	return EXIT_DONE;
}

static int check(struct cli *cli)
{
	struct config *config = NULL;
	struct err err = {0};

	if (!config_load(cli->config_path, &config, &err))
		return cli_fail(&err);
	config_free(&config);
	if (!cli->quiet)
		cli_print(STR("The configuration is fine.\n"));
	return EXIT_DONE;
}

static bool is_named(const struct config_key *key, const char *name)
{
	size_t len = strlen(key->section);
	return strncmp(name, key->section, len) == 0 && name[len] == '.' && strcmp(name + len + 1, key->name) == 0;
}

static const struct config_key *key_of(const char *name)
{
	for (size_t i = 0; i < config_key_count; i++)
		if (is_named(&config_keys[i], name))
			return &config_keys[i];
	for (size_t i = 0; i < config_oidc_key_count; i++)
		if (is_named(&config_oidc_keys[i], name))
			return &config_oidc_keys[i];
	return NULL;
}

static int explain_key(const char *name)
{
	const struct config_key *key = key_of(name);
	struct err err = {0};

	if (key == NULL) {
		(void)err_set(&err, ERR_MISSING, "there is no key '%.100s'; 'mailseal config explain' lists them all", name);
		return cli_fail(&err);
	}
	(void)printf("%s.%s (%s)\n\n%s\n", key->section, key->name, config_kind_text(key->kind), key->prose);
	if (key->kind == CONFIG_CHOICE)
		(void)printf("One of: %s; the first is the default.\n", key->value);
	else
		(void)printf("Default: %s\n", *key->value == '\0' ? "(empty)" : key->value);
	if (key->kind == CONFIG_COUNT || key->kind == CONFIG_SECS || key->kind == CONFIG_BYTES)
		(void)printf("From %llu to %llu.\n", (unsigned long long)key->least, (unsigned long long)key->most);
	return EXIT_DONE;
}

static int explain(int argc, char **argv)
{
	struct buf text;

	if (argc > 0)
		return explain_key(argv[0]);
	buf_init(&text, TEXT_BYTES);
	config_write_example(&text);
	print_and_free(&text);
	return EXIT_DONE;
}

int cli_config(struct cli *cli, int argc, char **argv)
{
	if (!cli_parse(cli, &argc, argv, NULL, usage))
		return EXIT_USAGE;
	if (argc == 1 && strcmp(argv[0], "show") == 0)
		return show(cli);
	if (argc == 1 && strcmp(argv[0], "check") == 0)
		return check(cli);
	if ((argc == 1 || argc == 2) && strcmp(argv[0], "explain") == 0)
		return explain(argc - 1, argv + 1);
	return cli_usage("config", "say show, check or explain");
}
