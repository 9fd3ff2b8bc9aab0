/* SPDX-License-Identifier: ISC */
#include "base/log.h"

#include <string.h>
#include <unistd.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/instant.h"
#include "base/quote.h"

#define LOG_LINE_MAX_BYTES 8192

static const char *this_role = "main";
static enum log_level most_level = LOG_LEVEL_INFO;

void log_setup(const char *role, enum log_level most)
{
	this_role = role;
	most_level = most;
}

static const char *const level_names[] = {"error", "warning", "info", "debug"};

enum log_level log_level_of(const char *text)
{
	for (unsigned i = 0; i < COUNT_OF(level_names); i++)
		if (strcmp(text, level_names[i]) == 0)
			return (enum log_level)i;
	return LOG_LEVEL_INFO;
}

void log_event(enum log_level level, const char *event, const struct log_field *fields, size_t n)
{
	struct buf line;
	char text[INSTANT_TEXT_MAX];

	if (level > most_level)
		return;
	buf_init(&line, LOG_LINE_MAX_BYTES);
	buf_str(&line, instant_format(instant_now(), text));
	buf_format(&line, " %s %s %s", level_names[level], this_role, event);
	for (size_t i = 0; i < n; i++) {
		buf_format(&line, " %s=", fields[i].key);
		if (fields[i].text.p != NULL) {
			quote_log(fields[i].text, &line);
		} else {
			buf_byte(&line, '"');
			buf_int(&line, fields[i].number);
			buf_byte(&line, '"');
		}
	}
	buf_byte(&line, '\n');
	/* A log that cannot be written must not stop the work. */
	ssize_t ignored = write(STDERR_FILENO, line.p, line.len);
	(void)ignored;
	buf_done(&line);
}
