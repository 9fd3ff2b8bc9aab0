/* SPDX-License-Identifier: ISC */
#pragma once
/* Log lines of the roles: `event key="value" key="value"`.  Library code never logs. */
#include <stdint.h>

#include "base/str.h"

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

/* `role` is put into each line; lines above `most` are dropped.  One write(2) a line to stderr. */
void log_setup(const char *role, enum log_level most);

/* "error", "warning", "info", "debug"; LOG_LEVEL_INFO for another word. */
enum log_level log_level_of(const char *text);

struct log_field {
	const char *key;
	struct str text; /* used when p is not NULL */
	int64_t number;  /* else this */
};

#define LOG_TEXT(k, t) ((struct log_field){.key = (k), .text = str_of(t)})
#define LOG_STR(k, s) ((struct log_field){.key = (k), .text = (s)})
#define LOG_NUM(k, n) ((struct log_field){.key = (k), .number = (int64_t)(n)})

void log_event(enum log_level level, const char *event, const struct log_field *fields, size_t n);

#define LOG(level, event, ...)                                                                                         \
	log_event((level), (event), (const struct log_field[]){__VA_ARGS__},                                           \
	          sizeof((const struct log_field[]){__VA_ARGS__}) / sizeof(struct log_field))
