/* SPDX-License-Identifier: ISC */
#include "sys/config.h"

#include <assert.h>
#include <confuse.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/attr.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/quote.h"
#include "base/str.h"

#define FILE_MAX_BYTES MIB(1)

const struct config_key config_keys[] = {
#define X(section, name, kind, value, least, most, prose)                                                              \
	{#section, #name, CONFIG_##kind, value, least, most, prose},
    CONFIG_KEYS(X)
#undef X
};
const size_t config_key_count = COUNT_OF(config_keys);

static const size_t member_offsets[] = {
#define X(section, name, kind, value, least, most, prose) offsetof(struct config, section##_##name),
    CONFIG_KEYS(X)
#undef X
};

const char *config_kind_text(enum config_kind kind)
{
	static const char *const texts[] = {"text", "list", "number", "duration", "size", "choice"};
	return texts[kind];
}

static void *member(const struct config *config, size_t key)
{
	return (char *)(uintptr_t)config + member_offsets[key];
}

/* --- one value --- */

static bool is_choice(const struct config_key *key, struct str value)
{
	struct str rest = str_of(key->value);
	while (rest.p != NULL)
		if (str_eq(str_cut(&rest, ' '), value))
			return true;
	return false;
}

static bool parse_number(const struct config_key *key, struct str text, uint64_t *out)
{
	uint64_t value = 0;
	bool ok = key->kind == CONFIG_SECS    ? num_parse_secs(text, &value)
	          : key->kind == CONFIG_BYTES ? num_parse_bytes(text, &value)
	                                      : num_parse_uint(text, UINT64_MAX, &value);
	if (!ok || value < key->least || value > key->most)
		return false;
	*out = value;
	return true;
}

/* A sentence about what the key takes, or NULL when `text` is fine. */
static const char *fault_of(const struct config_key *key, const char *text, char sentence[160])
{
	uint64_t number;

	switch (key->kind) {
	case CONFIG_TEXT:
	case CONFIG_LIST:
		if (strlen(text) <= (key->kind == CONFIG_LIST ? 4096 : key->most) && strpbrk(text, "\r\n") == NULL)
			return NULL;
		(void)snprintf(sentence, 160, "the text is too long or has several lines");
		return sentence;
	case CONFIG_COUNT:
	case CONFIG_SECS:
	case CONFIG_BYTES:
		if (parse_number(key, str_of(text), &number))
			return NULL;
		(void)snprintf(sentence, 160, "a %s from %llu to %llu is expected", config_kind_text(key->kind),
		               (unsigned long long)key->least, (unsigned long long)key->most);
		return sentence;
	case CONFIG_CHOICE:
		if (is_choice(key, str_of(text)))
			return NULL;
		(void)snprintf(sentence, 160, "one of these is expected: %s", key->value);
		return sentence;
	}
	return NULL;
}

static void list_add(struct config_list *list, struct str item)
{
	list->items = mem_grow(list->items, (list->count + 1) * sizeof list->items[0]);
	char *copy = mem_new(item.len + 1);
	memcpy(copy, item.p, item.len);
	list->items[list->count++] = copy;
}

static void list_clear(struct config_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		mem_free(list->items[i]);
	mem_free(list->items);
	*list = (struct config_list){0};
}

void config_set_text(char **target, const char *value)
{
	mem_free(*target);
	*target = mem_copy_text(value);
}

static void set_scalar(struct config *config, size_t at, const char *text)
{
	const struct config_key *key = &config_keys[at];

	if (key->kind == CONFIG_TEXT || key->kind == CONFIG_CHOICE)
		config_set_text(member(config, at), text);
	else
		(void)parse_number(key, str_of(text), member(config, at));
}

static void set_defaults(struct config *config)
{
	for (size_t i = 0; i < config_key_count; i++) {
		struct str value = str_of(config_keys[i].value);
		if (config_keys[i].kind == CONFIG_CHOICE) {
			char *first = mem_copy_text(config_keys[i].value);
			first[str_find_byte(value, ' ')] = '\0';
			set_scalar(config, i, first);
			mem_free(first);
		} else if (config_keys[i].kind != CONFIG_LIST) {
			set_scalar(config, i, config_keys[i].value);
		}
		while (config_keys[i].kind == CONFIG_LIST && value.p != NULL && value.len > 0)
			list_add(member(config, i), str_cut(&value, ' '));
	}
}

void config_free(struct config **config)
{
	if (*config == NULL)
		return;
	for (size_t i = 0; i < config_key_count; i++) {
		if (config_keys[i].kind == CONFIG_LIST)
			list_clear(member(*config, i));
		else if (config_keys[i].kind == CONFIG_TEXT || config_keys[i].kind == CONFIG_CHOICE)
			mem_free(*(char **)member(*config, i));
	}
	mem_free(*config);
	*config = NULL;
}

/* --- the file --- */

/* libconfuse gives its callbacks no room for ours; there is one parse at a time. */
static struct err *parse_err;
static const char *parse_name;

/* libconfuse takes a file whose last section is not closed.  This key stands behind the end of every file, outside of all
 * sections, and is unknown inside of them. */
#define END_MARK "end-of-file"

PRINTF_LIKE(2, 0) static void on_error(cfg_t *cfg, const char *format, va_list args)
{
	char text[160];
	(void)vsnprintf(text, sizeof text, format, args);
	if (strstr(text, END_MARK) != NULL)
		(void)snprintf(text, sizeof text, "the } of a section is missing");
	if (parse_err == NULL || parse_err->kind == ERR_NONE)
		(void)err_set(parse_err, ERR_INPUT, "%s, line %d: %s", parse_name, cfg == NULL ? 0 : cfg->line, text);
}

static int find_key(const char *section, const char *name)
{
	for (size_t i = 0; i < config_key_count; i++)
		if (strcmp(config_keys[i].section, section) == 0 && strcmp(config_keys[i].name, name) == 0)
			return (int)i;
	return -1;
}

static int check_value(cfg_t *section, cfg_opt_t *option)
{
	int at = find_key(cfg_name(section), cfg_opt_name(option));
	char sentence[160];

	assert(at >= 0);
	if (config_keys[at].kind == CONFIG_LIST && cfg_opt_size(option) > config_keys[at].most) {
		cfg_error(section, "%s.%s: the list is too long", cfg_name(section), cfg_opt_name(option));
		return -1;
	}
	for (unsigned i = 0; i < cfg_opt_size(option); i++) {
		const char *text = cfg_opt_getnstr(option, i);
		const char *fault = fault_of(&config_keys[at], text == NULL ? "" : text, sentence);
		if (fault != NULL) {
			cfg_error(section, "%s.%s: %s", cfg_name(section), cfg_opt_name(option), fault);
			return -1;
		}
	}
	return 0;
}

static void take_values(cfg_t *root, struct config *config)
{
	for (size_t i = 0; i < config_key_count; i++) {
		cfg_t *section = cfg_getsec(root, config_keys[i].section);
		cfg_opt_t *option = section == NULL ? NULL : cfg_getopt(section, config_keys[i].name);
		/* Options have no default of their own here: what was not written has size 0. */
		if (option == NULL || !(option->flags & CFGF_MODIFIED))
			continue;
		if (config_keys[i].kind != CONFIG_LIST) {
			set_scalar(config, i, cfg_opt_getnstr(option, 0));
			continue;
		}
		list_clear(member(config, i));
		for (unsigned n = 0; n < cfg_opt_size(option); n++)
			list_add(member(config, i), str_of(cfg_opt_getnstr(option, n)));
	}
}

#define SECTIONS_MAX 32
#define SECTION_KEYS_MAX 32

/* The sections stand together in the table. */
static void make_options(cfg_opt_t sections[SECTIONS_MAX], cfg_opt_t keys[SECTIONS_MAX][SECTION_KEYS_MAX])
{
	size_t n = 0;
	size_t in_section = 0;

	for (size_t i = 0; i < config_key_count; i++) {
		const struct config_key *key = &config_keys[i];
		cfg_opt_t text = CFG_STR(key->name, NULL, CFGF_NODEFAULT);
		cfg_opt_t list = CFG_STR_LIST(key->name, NULL, CFGF_NODEFAULT);
		assert(n + 2 < SECTIONS_MAX && in_section + 1 < SECTION_KEYS_MAX);
		keys[n][in_section] = key->kind == CONFIG_LIST ? list : text;
		keys[n][in_section++].validcb = check_value;
		if (i + 1 < config_key_count && strcmp(config_keys[i + 1].section, key->section) == 0)
			continue;
		keys[n][in_section] = (cfg_opt_t)CFG_END();
		sections[n] = (cfg_opt_t)CFG_SEC(key->section, keys[n], CFGF_NONE);
		n++;
		in_section = 0;
	}
	sections[n++] = (cfg_opt_t)CFG_STR(END_MARK, NULL, CFGF_NODEFAULT);
	sections[n] = (cfg_opt_t)CFG_END();
}

bool config_parse(const char *text, const char *name, struct config **out, struct err *err)
{
	static cfg_opt_t sections[SECTIONS_MAX];
	static cfg_opt_t keys[SECTIONS_MAX][SECTION_KEYS_MAX];
	struct err local = {0};

	parse_err = err == NULL ? &local : err;
	parse_err->kind = ERR_NONE;
	parse_name = name;
	make_options(sections, keys);
	cfg_t *root = cfg_init(sections, CFGF_NONE);
	if (root == NULL)
		return err_set(err, ERR_LATER, "no memory for the configuration");
	(void)cfg_set_error_function(root, on_error);
	struct buf marked;
	buf_init(&marked, FILE_MAX_BYTES + KIB(1));
	buf_text(&marked, text);
	buf_bytes(&marked, "\n" END_MARK " = x\n", sizeof "\n" END_MARK " = x\n");
	bool ok = !marked.failed && cfg_parse_buf(root, marked.p) == CFG_SUCCESS;
	buf_done(&marked);
	if (!ok && parse_err->kind == ERR_NONE)
		(void)err_set(err, ERR_INPUT, "%s, line %d: it cannot be read", name, root->line);
	if (ok) {
		*out = mem_new(sizeof **out);
		set_defaults(*out);
		take_values(root, *out);
	}
	(void)cfg_free(root);
	return ok;
}

bool config_load(const char *path, struct config **out, struct err *err)
{
	struct buf text;

	const char *name = path == NULL ? CONFIG_DEFAULT_PATH : path;
	buf_init(&text, FILE_MAX_BYTES);
	struct err why = {0};
	bool ok = file_read(name, &text, &why);
	if (!ok && path == NULL && why.kind == ERR_MISSING)
		return config_parse("", "the defaults", out, err);
	if (!ok)
		(void)err_set(err, why.kind, "%s", why.text);
	if (ok && memchr(buf_view(&text).p, '\0', text.len) != NULL)
		ok = err_set(err, ERR_INPUT, "%s: it is not text", name);
	if (ok) {
		buf_byte(&text, '\0');
		ok = !text.failed ? config_parse(text.p, name, out, err)
		                  : err_set(err, ERR_TOO_BIG, "%s is too large", name);
	}
	buf_done(&text);
	return ok;
}

/* --- back to text --- */

/* In single quotes nothing but \\ and \' is special to libconfuse. */
static void write_quoted(struct str text, struct buf *out)
{
	buf_byte(out, '\'');
	for (size_t i = 0; i < text.len; i++) {
		if (text.p[i] == '\'' || text.p[i] == '\\')
			buf_byte(out, '\\');
		buf_byte(out, text.p[i]);
	}
	buf_byte(out, '\'');
}

void config_write_value(const struct config *config, size_t key, struct buf *out)
{
	const void *value = member(config, key);

	switch (config_keys[key].kind) {
	case CONFIG_TEXT:
	case CONFIG_CHOICE: write_quoted(str_of(*(char *const *)value), out); return;
	case CONFIG_COUNT:
	case CONFIG_SECS:
	case CONFIG_BYTES: buf_uint(out, *(const uint64_t *)value); return;
	case CONFIG_LIST: break;
	}
	const struct config_list *list = value;
	buf_byte(out, '{');
	for (size_t i = 0; i < list->count; i++) {
		if (i > 0)
			buf_text(out, ", ");
		write_quoted(str_of(list->items[i]), out);
	}
	buf_byte(out, '}');
}

static void write_section_start(size_t key, struct buf *out)
{
	if (key == 0 || strcmp(config_keys[key - 1].section, config_keys[key].section) != 0)
		buf_format(out, "%s%s {\n", key == 0 ? "" : "\n", config_keys[key].section);
}

static void write_section_end(size_t key, struct buf *out)
{
	if (key + 1 == config_key_count || strcmp(config_keys[key + 1].section, config_keys[key].section) != 0)
		buf_text(out, "}\n");
}

void config_write(const struct config *config, struct buf *out)
{
	for (size_t i = 0; i < config_key_count; i++) {
		write_section_start(i, out);
		buf_format(out, "\t%s = ", config_keys[i].name);
		config_write_value(config, i, out);
		buf_byte(out, '\n');
		write_section_end(i, out);
	}
}

void config_write_example(struct buf *out)
{
	struct config *defaults = mem_new(sizeof *defaults);

	set_defaults(defaults);
	buf_text(out, "# The configuration of mailseal.  Every value stands at its default.\n\n");
	for (size_t i = 0; i < config_key_count; i++) {
		write_section_start(i, out);
		buf_format(out, "\t# %s\n", config_keys[i].prose);
		if (config_keys[i].kind == CONFIG_CHOICE)
			buf_format(out, "\t# One of: %s.\n", config_keys[i].value);
		buf_format(out, "\t# %s = ", config_keys[i].name);
		config_write_value(defaults, i, out);
		buf_byte(out, '\n');
		write_section_end(i, out);
	}
	config_free(&defaults);
}

bool config_store_path(const struct config *config, char *out, size_t size, struct err *err)
{
	const char *path = config->store_path;
	const char *state = getenv("STATE_DIRECTORY");
	const char *data = getenv("XDG_DATA_HOME");
	const char *home = getenv("HOME");
	int n;

	if (strncmp(path, "sqlite:", 7) == 0)
		path += 7;
	if (strstr(path, "://") != NULL)
		return err_set(err, ERR_SETUP, "the store '%.100s' is of a kind that is not known; sqlite:PATH is", path);
	if (*path != '\0')
		n = snprintf(out, size, "%s", path);
	else if (state != NULL && *state == '/')
		n = snprintf(out, size, "%s/mailseal.db", state);
	else if (data != NULL && *data == '/')
		n = snprintf(out, size, "%s/mailseal/mailseal.db", data);
	else if (home != NULL && *home == '/')
		n = snprintf(out, size, "%s/.local/share/mailseal/mailseal.db", home);
	else
		return err_set(err, ERR_SETUP, "no folder for the database: set store.path, or HOME");
	if (n < 0 || (size_t)n >= size)
		return err_set(err, ERR_SETUP, "the path of the database is too long");
	return true;
}

void config_web_url(const struct config *config, const char *listening, char *out, size_t size)
{
	size_t len = strlen(config->web_url);

	while (len > 0 && config->web_url[len - 1] == '/')
		len--;
	if (len > 0) {
		(void)snprintf(out, size, "%.*s", (int)len, config->web_url);
		return;
	}
	if (listening == NULL)
		listening = config->http_listen.count > 0 ? config->http_listen.items[0] : "";
	const char *colon = strrchr(listening, ':');
	(void)snprintf(out, size, "http://localhost%s", colon == NULL ? "" : colon);
}
