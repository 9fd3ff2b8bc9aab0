/* SPDX-License-Identifier: ISC */
/* Any bytes as JSON: simdjson and our scanner agree, also on the way of large texts, and what is written is JSON again. */
#include <stdlib.h>

#include "base/limits.h"
#include "decode/json_in.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct json_parser *parser;

static void write_again(struct json_value root, struct arena *arena)
{
	static const struct json_limits limits = {.depth = 64, .nodes = LIMIT_JSON_NODES, .memory_bytes = MIB(64)};
	struct json_value again;
	struct json_notes notes;
	struct json_fault fault;
	struct str text = json_write(root, MIB(2), arena);
	struct json_parser *other = json_parser_new();

	if (!json_parse(other, text, &limits, arena, &again, &notes, &fault))
		abort();
	json_parser_free(&other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct json_limits limits = {.depth = 64, .nodes = LIMIT_JSON_NODES, .memory_bytes = MIB(64)};
	struct arena arena;
	struct json_value root;
	struct json_notes notes;
	struct json_fault fault = {0}, fault_again = {0};
	struct json_findings findings;
	struct str text = str_make(data, size);

	if (parser == NULL)
		parser = json_parser_new();
	arena_init(&arena, MIB(256));
	limits.measure_always = size > 0 && (data[size - 1] & 1);
	bool ok = json_parse(parser, text, &limits, &arena, &root, &notes, &fault);
	struct str bare = str_starts_with(text, STR("\xef\xbb\xbf")) ? str_from(text, 3) : text;
	bool scanned = json_check(bare, limits.depth, &findings, &fault_again);
	if (ok != (scanned && !findings.bad_utf8))
		abort();
	if (ok)
		write_again(root, &arena);
	else if (fault.kind == JSON_FAULT_NONE || fault.offset > size)
		abort();
	arena_done(&arena);
	return 0;
}
