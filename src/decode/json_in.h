/* SPDX-License-Identifier: ISC */
#pragma once
/* JSON in: simdjson's DOM behind a C face.  Before anything is built the text is measured: depth, nodes and the memory
 * that its tree will need are capped.  What simdjson refuses is looked at again by json_check, which says where and what.
 *
 * Verdicts: RFC 8259 to the letter, with these readings of what it leaves open: a byte order mark in front is skipped;
 * a lone surrogate escape is U+FFFD; a number outside of what a double or 64 bits hold is accepted and given as text;
 * bytes that are not UTF-8 are refused, or become U+FFFD where `mend_utf8` is set. */
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/str.h"
#include "decode/json_check.h"

#ifdef __cplusplus
extern "C" {
#endif

struct json_parser; /* holds buffers between documents */

struct json_parser *json_parser_new(void);
void json_parser_free(struct json_parser **parser);

enum json_kind { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_LIST, JSON_OBJECT };

/* One value of a document.  Copied freely; valid until the parser takes the next document. */
struct json_value {
	const uint64_t *tape;
	const char *strings;
	size_t at;
};

/* What was odd about a text that is JSON all the same. */
struct json_notes {
	bool byte_order_mark;
	bool not_utf8;  /* replaced by U+FFFD */
	bool surrogate; /* a lone one, replaced by U+FFFD */
};

struct json_limits {
	size_t depth; /* at most JSON_CHECK_DEPTH_MAX */
	size_t nodes;
	size_t memory_bytes;
	bool mend_utf8;
	bool measure_always; /* also small texts: for tests */
};

/* Parses one document.  The texts of the values live in `arena`, all else in the parser.  On false `*out_fault` says
 * what is wrong; the other outputs are then untouched. */
bool json_parse(struct json_parser *parser, struct str text, const struct json_limits *limits, struct arena *arena,
                struct json_value *out_root, struct json_notes *out_notes, struct json_fault *out_fault);

enum json_kind json_kind(struct json_value value);

struct str json_text(struct json_value value); /* of JSON_STRING; never absent */
bool json_bool(struct json_value value);

enum json_number_kind { JSON_NUMBER_UINT, JSON_NUMBER_NEGATIVE, JSON_NUMBER_REAL, JSON_NUMBER_TEXT };

struct json_number {
	enum json_number_kind kind;
	uint64_t uint;   /* JSON_NUMBER_UINT */
	int64_t negative;
	double real;
	struct str text; /* JSON_NUMBER_TEXT: too large or too long; as written */
};

struct json_number json_number(struct json_value value);

/* A walk over the members of an object or the elements of a list.  `name` is absent in lists.
 *     struct json_walk walk = json_walk(value);
 *     while (json_next(&walk)) use(walk.name, walk.value); */
struct json_walk {
	struct json_value value;
	struct str name;
	size_t next, end;
	bool is_object;
};

struct json_walk json_walk(struct json_value value); /* of anything else: nothing */
bool json_next(struct json_walk *walk);
size_t json_count(struct json_value value); /* members or elements; 0 for anything else */

/* Same kind and content, member order counts.  Linear in the smaller one. */
bool json_same(struct json_value a, struct json_value b);

/* The JSON text of the value, at most `limit` bytes; cut texts end in "...".  In `arena`. */
struct str json_write(struct json_value value, size_t limit, struct arena *arena);

#ifdef __cplusplus
}
#endif
