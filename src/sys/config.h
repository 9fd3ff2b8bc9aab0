/* SPDX-License-Identifier: ISC */
#pragma once
/* The configuration: sections of `key = value` (libconfuse).  Every key, its bounds and its prose stand in
 * facts/config_keys.h.  No file is needed. */
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/str.h"
#include "facts/config_keys.h"

#define CONFIG_DEFAULT_PATH "/etc/mailseal/mailseal.conf"

struct config_list {
	char **items;
	size_t count;
};

enum config_kind { CONFIG_TEXT, CONFIG_LIST, CONFIG_COUNT, CONFIG_SECS, CONFIG_BYTES, CONFIG_CHOICE };

#define CONFIG_TYPE_TEXT char *
#define CONFIG_TYPE_LIST struct config_list
#define CONFIG_TYPE_COUNT uint64_t
#define CONFIG_TYPE_SECS uint64_t
#define CONFIG_TYPE_BYTES uint64_t
#define CONFIG_TYPE_CHOICE char *

/* A section oidc "NAME": one member for each of its keys. */
struct config_oidc {
	char *name; /* 1 to 32 of a-z, 0-9 and - */
#define X(section, name, kind, value, least, most, prose) CONFIG_TYPE_##kind name;
	CONFIG_OIDC_KEYS(X)
#undef X
};

enum {
#define X(section, name, kind, value, least, most, prose) +1
	CONFIG_KEY_COUNT = 0 CONFIG_KEYS(X)
#undef X
};

/* One member for each key: config->smtp_listen, config->store_path ... */
struct config {
	char *file;                         /* where it was read */
	uint32_t lines[CONFIG_KEY_COUNT];   /* where each key stands in it, in the order of config_keys; 0: nowhere */
	struct config_oidc *oidc; /* in the order of the file */
	size_t oidc_count;
#define X(section, name, kind, value, least, most, prose) CONFIG_TYPE_##kind section##_##name;
	CONFIG_KEYS(X)
#undef X
};

/* Reads the file; NULL: CONFIG_DEFAULT_PATH where there is one, else the defaults.  ERR_INPUT names file, line and key;
 * ERR_MISSING, ERR_DENIED for the file. */
bool config_load(const char *path, struct config **out, struct err *err);
/* The same from text; `name` stands in the messages. */
bool config_parse(const char *text, const char *name, struct config **out, struct err *err);
void config_free(struct config **config);

void config_set_text(char **member, const char *value); /* for what the command line overrides */

/* As a file that config_parse() reads back. */
void config_write(const struct config *config, struct buf *out);
/* The same for another role, which config_receive() reads: with `file` and `lines`, which say where the values came from. */
void config_send(const struct config *config, struct buf *out);
bool config_receive(const char *text, struct config **out, struct err *err);
/* The same with the prose of each key, every value at its default and commented out: the example file. */
void config_write_example(struct buf *out);

/* For `config explain`. */
struct config_key {
	const char *section, *name;
	enum config_kind kind;
	const char *value; /* the default, as in facts/config_keys.h */
	uint64_t least, most;
	const char *prose;
};
extern const struct config_key config_keys[];
extern const size_t config_key_count;
/* Of each section oidc. */
extern const struct config_key config_oidc_keys[];
extern const size_t config_oidc_key_count;
void config_write_oidc_value(const struct config_oidc *oidc, size_t key, struct buf *out);
/* NULL: there is none of the name. */
const struct config_oidc *config_oidc_of(const struct config *config, struct str name);
const char *config_kind_text(enum config_kind kind);
void config_write_value(const struct config *config, size_t key, struct buf *out); /* one value, as in the file */

/* The path of the database file behind store_path, or the default one; the text after "sqlite:".  ERR_SETUP where
 * there is neither a state folder nor a home. */
bool config_store_path(const struct config *config, char *out, size_t size, struct err *err);

/* "https://reports.example.com", without a slash at its end: web_url, else http://localhost with the port of `listening`
 * ("127.0.0.1:8460"; NULL: the first of http_listen). */
void config_web_url(const struct config *config, const char *listening, char *out, size_t size);
