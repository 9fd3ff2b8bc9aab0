/* SPDX-License-Identifier: ISC */
#include "sys/config.h"

#include <assert.h>
#include <confuse.h>
#include <inttypes.h>
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
#include "report/oidc.h"

#define FILE_MAX_BYTES MIB(1)

#define X(section, name, kind, value, least, most, prose)                                                              \
	{#section, #name, CONFIG_##kind, value, least, most, prose},
const struct config_key config_keys[] = {CONFIG_KEYS(X)};
const struct config_key config_oidc_keys[] = {CONFIG_OIDC_KEYS(X)};
#undef X
const size_t config_key_count = COUNT_OF(config_keys);
const size_t config_oidc_key_count = COUNT_OF(config_oidc_keys);

static const size_t member_offsets[] = {
#define X(section, name, kind, value, least, most, prose) offsetof(struct config, section##_##name),
    CONFIG_KEYS(X)
#undef X
};

static const size_t oidc_offsets[] = {
#define X(section, name, kind, value, least, most, prose) offsetof(struct config_oidc, name),
    CONFIG_OIDC_KEYS(X)
#undef X
};

/* Keys and where their values are: of the whole file, or of one provider. */
struct table {
	const struct config_key *keys;
	const size_t *offsets;
	size_t count;
};
static const struct table file_table = {config_keys, member_offsets, COUNT_OF(config_keys)};
static const struct table oidc_table = {config_oidc_keys, oidc_offsets, COUNT_OF(config_oidc_keys)};

const char *config_kind_text(enum config_kind kind)
{
	static const char *const texts[] = {"text", "list", "number", "duration", "size", "choice"};
	return texts[kind];
}

static void *member(const struct table *table, const void *values, size_t key)
{
	return (char *)(uintptr_t)values + table->offsets[key];
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

static void set_scalar(const struct table *table, void *values, size_t at, const char *text)
{
	const struct config_key *key = &table->keys[at];

	if (key->kind == CONFIG_TEXT || key->kind == CONFIG_CHOICE)
		config_set_text(member(table, values, at), text);
	else
		(void)parse_number(key, str_of(text), member(table, values, at));
}

static void set_defaults(const struct table *table, void *values)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct config_key *key = &table->keys[i];
		struct str value = str_of(key->value);
		if (key->kind == CONFIG_CHOICE) {
			char *first = mem_copy_text(key->value);
			first[str_find_byte(value, ' ')] = '\0';
			set_scalar(table, values, i, first);
			mem_free(first);
		} else if (key->kind != CONFIG_LIST) {
			set_scalar(table, values, i, key->value);
		}
		while (key->kind == CONFIG_LIST && value.p != NULL && value.len > 0)
			list_add(member(table, values, i), str_cut(&value, ' '));
	}
}

static void free_values(const struct table *table, void *values)
{
	for (size_t i = 0; i < table->count; i++) {
		if (table->keys[i].kind == CONFIG_LIST)
			list_clear(member(table, values, i));
		else if (table->keys[i].kind == CONFIG_TEXT || table->keys[i].kind == CONFIG_CHOICE)
			mem_free(*(char **)member(table, values, i));
	}
}

void config_free(struct config **config)
{
	if (*config == NULL)
		return;
	for (size_t i = 0; i < (*config)->oidc_count; i++) {
		free_values(&oidc_table, &(*config)->oidc[i]);
		mem_free((*config)->oidc[i].name);
	}
	mem_free((*config)->oidc);
	mem_free((*config)->file);
	free_values(&file_table, *config);
	mem_free(*config);
	*config = NULL;
}

/* --- the file --- */

/* libconfuse gives its callbacks no room for ours; there is one parse at a time. */
static struct err *parse_err;
static const char *parse_name;
static uint32_t parse_lines[CONFIG_KEY_COUNT];

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

static const struct config_key *find_key(const char *section, const char *name)
{
	const struct table *const tables[] = {&file_table, &oidc_table};

	for (size_t t = 0; t < COUNT_OF(tables); t++)
		for (size_t i = 0; i < tables[t]->count; i++)
			if (strcmp(tables[t]->keys[i].section, section) == 0 && strcmp(tables[t]->keys[i].name, name) == 0)
				return &tables[t]->keys[i];
	return NULL;
}

static void note_line(const struct config_key *key, int line)
{
	if (key >= config_keys && key < config_keys + config_key_count && parse_lines[key - config_keys] == 0 && line > 0)
		parse_lines[key - config_keys] = (uint32_t)line;
}

static int check_value(cfg_t *section, cfg_opt_t *option)
{
	const struct config_key *key = find_key(cfg_name(section), cfg_opt_name(option));
	char sentence[160];

	assert(key != NULL);
	note_line(key, section->line);
	if (key->kind == CONFIG_LIST && cfg_opt_size(option) > key->most) {
		cfg_error(section, "%s.%s: the list is too long", cfg_name(section), cfg_opt_name(option));
		return -1;
	}
	for (unsigned i = 0; i < cfg_opt_size(option); i++) {
		const char *text = cfg_opt_getnstr(option, i);
		const char *fault = fault_of(key, text == NULL ? "" : text, sentence);
		if (fault != NULL) {
			cfg_error(section, "%s.%s: %s", cfg_name(section), cfg_opt_name(option), fault);
			return -1;
		}
	}
	return 0;
}

static void take_value(cfg_t *section, const struct table *table, size_t key, void *values)
{
	cfg_opt_t *option = section == NULL ? NULL : cfg_getopt(section, table->keys[key].name);

	/* Options have no default of their own here: what was not written has size 0. */
	if (option == NULL || !(option->flags & CFGF_MODIFIED))
		return;
	if (table->keys[key].kind != CONFIG_LIST) {
		set_scalar(table, values, key, cfg_opt_getnstr(option, 0));
		return;
	}
	list_clear(member(table, values, key));
	for (unsigned n = 0; n < cfg_opt_size(option); n++)
		list_add(member(table, values, key), str_of(cfg_opt_getnstr(option, n)));
}

/* --- providers --- */

static const char *fault_of_name(struct str name)
{
	bool ok = name.len > 0 && name.len <= 32;

	for (size_t i = 0; ok && i < name.len; i++)
		ok = byte_is_digit(name.p[i]) || (name.p[i] >= 'a' && name.p[i] <= 'z') || name.p[i] == '-';
	return ok ? NULL : "the name of the section is 1 to 32 of a-z, 0-9 and -";
}

static bool has_item(const struct config_list *list, const char *text)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->items[i], text) == 0)
			return true;
	return false;
}

static const char *fault_of_issuer(const struct config_oidc *oidc)
{
	struct str issuer = str_of(oidc->issuer);
	bool may_be_plain = str_eq(str_of(oidc->local), STR("yes"));

	if (!str_starts_with(issuer, STR("https://")) && !(may_be_plain && str_starts_with(issuer, STR("http://"))))
		return "issuer: an address that begins with https:// is expected";
	for (size_t i = 0; i < issuer.len; i++)
		if ((unsigned char)issuer.p[i] <= ' ' || issuer.p[i] == '?' || issuer.p[i] == '#')
			return "issuer: an address without ? and # is expected";
	return NULL;
}

static const char *fault_of_provider(const struct config_oidc *oidc)
{
	struct oidc_grant grant;
	const char *fault = fault_of_name(str_of(oidc->name));

	fault = fault != NULL ? fault : fault_of_issuer(oidc);
	if (fault != NULL)
		return fault;
	if (oidc->client_id[0] == '\0')
		return "client_id: our name at the provider is missing";
	if (!has_item(&oidc->scopes, "openid"))
		return "scopes: openid is missing";
	for (size_t i = 0; i < oidc->groups.count; i++)
		if (!oidc_grant_of(str_of(oidc->groups.items[i]), &grant))
			return "groups: GROUP=TENANT:ROLE, GROUP=*:ROLE or GROUP=site is expected";
	return NULL;
}

static bool take_providers(cfg_t *root, struct config *config)
{
	unsigned count = cfg_size(root, "oidc");

	config->oidc = count == 0 ? NULL : mem_new_array(count, sizeof config->oidc[0]);
	for (unsigned i = 0; i < count; i++) {
		cfg_t *section = cfg_getnsec(root, "oidc", i);
		struct config_oidc *oidc = &config->oidc[config->oidc_count++];
		oidc->name = mem_copy_text(cfg_title(section));
		set_defaults(&oidc_table, oidc);
		for (size_t key = 0; key < oidc_table.count; key++)
			take_value(section, &oidc_table, key, oidc);
		const char *fault = fault_of_provider(oidc);
		if (fault != NULL) {
			cfg_error(section, "oidc \"%.40s\": %s", oidc->name, fault);
			return false;
		}
	}
	return true;
}

static bool take_values(cfg_t *root, struct config *config)
{
	for (size_t i = 0; i < config_key_count; i++)
		take_value(cfg_getsec(root, config_keys[i].section), &file_table, i, config);
	return take_providers(root, config);
}

#define SECTIONS_MAX 32
#define SECTION_KEYS_MAX 32

static cfg_opt_t option_of(const struct config_key *key)
{
	cfg_opt_t text = CFG_STR(key->name, NULL, CFGF_NODEFAULT);
	cfg_opt_t list = CFG_STR_LIST(key->name, NULL, CFGF_NODEFAULT);
	cfg_opt_t option = key->kind == CONFIG_LIST ? list : text;

	option.validcb = check_value;
	return option;
}

/* The sections stand together in the table. */
static void make_options(cfg_opt_t sections[SECTIONS_MAX], cfg_opt_t keys[SECTIONS_MAX][SECTION_KEYS_MAX])
{
	size_t n = 0;
	size_t in_section = 0;

	for (size_t i = 0; i < config_key_count; i++) {
		const struct config_key *key = &config_keys[i];
		assert(n + 3 < SECTIONS_MAX && in_section + 1 < SECTION_KEYS_MAX);
		keys[n][in_section++] = option_of(key);
		if (i + 1 < config_key_count && strcmp(config_keys[i + 1].section, key->section) == 0)
			continue;
		keys[n][in_section] = (cfg_opt_t)CFG_END();
		sections[n] = (cfg_opt_t)CFG_SEC(key->section, keys[n], CFGF_NONE);
		n++;
		in_section = 0;
	}
	for (size_t i = 0; i < config_oidc_key_count; i++)
		keys[n][i] = option_of(&config_oidc_keys[i]);
	keys[n][config_oidc_key_count] = (cfg_opt_t)CFG_END();
	sections[n] = (cfg_opt_t)CFG_SEC("oidc", keys[n], CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES);
	n++;
	sections[n++] = (cfg_opt_t)CFG_STR(END_MARK, NULL, CFGF_NODEFAULT);
	sections[n] = (cfg_opt_t)CFG_END();
}

/* --- comments --- */

static bool is_between(char c)
{
	return c == '\0' || strchr(" \t\r\n{}(),=+\"'#", c) != NULL;
}

/* Of what begins at `p`, where `before` is the character before it; 0: no comment. */
static size_t comment_length(const char *p, char before)
{
	if (p[0] == '#' || (is_between(before) && p[0] == '/' && p[1] == '/'))
		return strcspn(p, "\n");
	if (!is_between(before) || p[0] != '/' || p[1] != '*' || !is_between(p[2]))
		return 0;
	const char *end = strstr(p + 2, "*/");
	return end == NULL ? 0 : (size_t)(end + 2 - p);
}

static size_t quoted_length(const char *p)
{
	size_t n = 1;

	while (p[n] != '\0' && p[n] != p[0])
		n += p[n] == '\\' && p[n + 1] != '\0' ? 2 : 1;
	return p[n] == '\0' ? n : n + 1;
}

/* libconfuse (3.3) counts the end of a line behind a comment three times: the line of a fault is right without comments alone. */
static void put_without_comments(const char *text, struct buf *out)
{
	char before = '\n';

	for (const char *p = text; *p != '\0';) {
		size_t comment = comment_length(p, before);
		size_t n = comment > 0 ? comment : *p == '"' || *p == '\'' ? quoted_length(p) : 1;
		for (size_t i = 0; i < n; i++)
			if (comment == 0 || p[i] == '\n')
				buf_byte(out, p[i]);
		before = comment > 0 ? ' ' : p[n - 1];
		p += n;
	}
}

bool config_parse(const char *text, const char *name, struct config **out, struct err *err)
{
	static cfg_opt_t sections[SECTIONS_MAX];
	static cfg_opt_t keys[SECTIONS_MAX][SECTION_KEYS_MAX];
	struct err local = {0};

	parse_err = err == NULL ? &local : err;
	parse_err->kind = ERR_NONE;
	parse_name = name;
	memset(parse_lines, 0, sizeof parse_lines);
	make_options(sections, keys);
	cfg_t *root = cfg_init(sections, CFGF_NONE);
	if (root == NULL)
		return err_set(err, ERR_LATER, "no memory for the configuration");
	(void)cfg_set_error_function(root, on_error);
	struct buf marked;
	buf_init(&marked, FILE_MAX_BYTES + KIB(1));
	put_without_comments(text, &marked);
	buf_bytes(&marked, "\n" END_MARK " = x\n", sizeof "\n" END_MARK " = x\n");
	bool ok = !marked.failed && cfg_parse_buf(root, marked.p) == CFG_SUCCESS;
	buf_done(&marked);
	if (!ok && parse_err->kind == ERR_NONE)
		(void)err_set(err, ERR_INPUT, "%s, line %d: it cannot be read", name, root->line);
	if (ok) {
		struct config *config = mem_new(sizeof *config);
		config->file = mem_copy_text(name);
		memcpy(config->lines, parse_lines, sizeof parse_lines);
		set_defaults(&file_table, config);
		ok = take_values(root, config);
		if (ok)
			*out = config;
		else
			config_free(&config);
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

static void write_value(const struct config_key *key, const void *value, struct buf *out)
{
	switch (key->kind) {
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

void config_write_value(const struct config *config, size_t key, struct buf *out)
{
	write_value(&config_keys[key], member(&file_table, config, key), out);
}

void config_write_oidc_value(const struct config_oidc *oidc, size_t key, struct buf *out)
{
	write_value(&config_oidc_keys[key], member(&oidc_table, oidc, key), out);
}

const struct config_oidc *config_oidc_of(const struct config *config, struct str name)
{
	for (size_t i = 0; i < config->oidc_count; i++)
		if (str_eq(name, str_of(config->oidc[i].name)))
			return &config->oidc[i];
	return NULL;
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
	for (size_t p = 0; p < config->oidc_count; p++) {
		buf_format(out, "\noidc '%s' {\n", config->oidc[p].name);
		for (size_t i = 0; i < config_oidc_key_count; i++) {
			buf_format(out, "\t%s = ", config_oidc_keys[i].name);
			config_write_oidc_value(&config->oidc[p], i, out);
			buf_byte(out, '\n');
		}
		buf_text(out, "}\n");
	}
}

/* A key with its prose, the value commented out. */
/* In two lines of comment: "# FILE", and "# " with a number for each key. */
void config_send(const struct config *config, struct buf *out)
{
	buf_text(out, "# ");
	for (const char *p = config->file; *p != '\0'; p++)
		buf_byte(out, (unsigned char)*p < ' ' ? '?' : *p);
	buf_text(out, "\n#");
	for (size_t i = 0; i < config_key_count; i++)
		buf_format(out, " %" PRIu32, config->lines[i]);
	buf_byte(out, '\n');
	config_write(config, out);
}

static bool take_lines(struct str numbers, struct config *config)
{
	for (size_t i = 0; i < config_key_count; i++) {
		uint64_t line;
		if (!num_parse_uint(str_cut(&numbers, ' '), UINT32_MAX, &line))
			return false;
		config->lines[i] = (uint32_t)line;
	}
	return true;
}

bool config_receive(const char *text, struct config **out, struct err *err)
{
	struct str rest = str_of(text), file = str_cut(&rest, '\n'), numbers = str_cut(&rest, '\n');
	struct config *config = NULL;

	if (!str_starts_with(file, STR("# ")) || !str_starts_with(numbers, STR("# ")))
		return err_set(err, ERR_INPUT, "the configuration is of another version");
	if (!config_parse(text, "the configuration", &config, err))
		return false;
	if (!take_lines(str_from(numbers, 2), config)) {
		config_free(&config);
		return err_set(err, ERR_INPUT, "the configuration is of another version");
	}
	mem_free(config->file);
	config->file = mem_new(file.len);
	memcpy(config->file, file.p + 2, file.len - 2); /* the last byte is 0 */
	*out = config;
	return true;
}

static void write_example_key(const struct config_key *key, const char *mark, const void *value, struct buf *out)
{
	buf_format(out, "%s\t# %s\n", mark, key->prose);
	if (key->kind == CONFIG_CHOICE)
		buf_format(out, "%s\t# One of: %s.\n", mark, key->value);
	buf_format(out, "%s\t# %s = ", mark, key->name);
	write_value(key, value, out);
	buf_byte(out, '\n');
}

void config_write_example(struct buf *out)
{
	struct config *defaults = mem_new(sizeof *defaults);
	struct config_oidc oidc = {0};

	set_defaults(&file_table, defaults);
	set_defaults(&oidc_table, &oidc);
	buf_text(out, "# The configuration of mailseal.  Every value stands at its default.\n\n");
	for (size_t i = 0; i < config_key_count; i++) {
		write_section_start(i, out);
		write_example_key(&config_keys[i], "", member(&file_table, defaults, i), out);
		write_section_end(i, out);
	}
	buf_text(out, "\n# Another server that says who somebody is, under a name of your choice; there may be several.\n"
	              "# oidc 'name' {\n");
	for (size_t i = 0; i < config_oidc_key_count; i++)
		write_example_key(&config_oidc_keys[i], "#", member(&oidc_table, &oidc, i), out);
	buf_text(out, "# }\n");
	free_values(&oidc_table, &oidc);
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
