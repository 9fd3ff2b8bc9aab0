/* SPDX-License-Identifier: ISC */
#pragma once
/* A strict reading of RFC 8259 that builds nothing: says where a text stops being JSON and what should stand there.
 * It runs only where simdjson has refused a text, which does not say where. */
#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

#ifdef __cplusplus
extern "C" {
#endif

#define JSON_CHECK_DEPTH_MAX 1024

enum json_fault_kind {
	JSON_FAULT_NONE,
	JSON_FAULT_SYNTAX,
	JSON_FAULT_TRUNCATED,
	JSON_FAULT_TRAILING, /* something stands behind the document */
	JSON_FAULT_ENCODING,
	JSON_FAULT_DEPTH,
	JSON_FAULT_SIZE, /* nodes or memory */
};

struct json_fault {
	enum json_fault_kind kind;
	size_t offset;        /* bytes from the start of the text */
	const char *expected; /* "a comma or a closing brace"; never NULL */
};

/* What a text that is JSON in form holds and simdjson does not take. */
struct json_findings {
	bool bad_utf8, lone_surrogate, odd_number;
	size_t bad_utf8_at;
};

/* False with `*out_fault` if the text is not JSON.  Linear, no recursion. */
bool json_check(struct str text, size_t depth_limit, struct json_findings *out_findings, struct json_fault *out_fault);

/* Writes a text that passed json_check so that simdjson takes it: bytes that are not UTF-8 and lone surrogates become
 * U+FFFD; a number that it may refuse becomes a string that begins with JSON_NUMBER_MARK. */
void json_mend(struct str text, struct buf *out);

#define JSON_NUMBER_MARK "\\u0000number "
#define JSON_NUMBER_MARK_DECODED "\0number "
#define JSON_NUMBER_MARK_LEN 8

#ifdef __cplusplus
}
#endif
