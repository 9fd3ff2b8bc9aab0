/* SPDX-License-Identifier: ISC */
#pragma once
/* What a caller may do about a failure, and the sentence that says why. */
#include <stdbool.h>

#include "base/attr.h"

enum err_kind {
	ERR_NONE,
	ERR_LATER,   /* may work when tried again: 451, 503, exit 75 */
	ERR_INPUT,   /* what was given is wrong: 554, 400, exit 1 or 2 */
	ERR_TOO_BIG, /* over a limit: 552, 413 */
	ERR_DENIED,  /* not allowed: 550, 403, exit 4 */
	ERR_MISSING, /* there is no such thing: 404, exit 3 */
	ERR_CHANGED, /* it is no longer what the caller saw: 412, 409 */
	ERR_SETUP,   /* the operator must act: configuration, rights, disk */
};

/* Owned by the caller, who starts it with `struct err err = {0}`.  Only a function that returns false writes to it. */
struct err {
	enum err_kind kind;
	char text[240];
};

/* Sets kind and text (cut at its end, never in the middle of a UTF-8 sequence) and returns false,
 * so that `return err_set(err, ...)` reads well.  `err` may be NULL. */
bool err_set(struct err *err, enum err_kind kind, const char *format, ...) PRINTF_LIKE(3, 4);

/* Puts "prefix: " before the text that is there.  Returns false. */
bool err_prefix(struct err *err, const char *format, ...) PRINTF_LIKE(2, 3);
