/* SPDX-License-Identifier: ISC */
/* No test by itself: prints "accepted NAME" or "refused NAME" for each file, as the strict reading of JSON sees it. */
#include <stdio.h>

#include "base/file.h"
#include "base/limits.h"
#include "decode/json_in.h"

int main(int argc, char **argv)
{
	static const struct json_limits limits = {.depth = 512, .nodes = LIMIT_JSON_NODES, .memory_bytes = MIB(64)};
	struct json_parser *parser = json_parser_new();
	struct arena arena;

	arena_init(&arena, MIB(128));
	for (int i = 1; i < argc; i++) {
		struct buf bytes;
		struct err err = {0};
		struct json_value root;
		struct json_notes notes;
		struct json_fault fault;
		buf_init(&bytes, MIB(16));
		if (!file_read(argv[i], &bytes, &err)) {
			(void)fprintf(stderr, "%s\n", err.text);
			return 1;
		}
		bool ok = json_parse(parser, buf_view(&bytes), &limits, &arena, &root, &notes, &fault);
		printf("%s %s\n", ok ? "accepted" : "refused", argv[i]);
		buf_done(&bytes);
		arena_clear(&arena);
	}
	arena_done(&arena);
	json_parser_free(&parser);
	return 0;
}
