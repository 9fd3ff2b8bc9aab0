/* SPDX-License-Identifier: ISC */
#include <simdjson.h>

#include "bench/tape.h"

extern "C" bool tape_json_parse(const char *text, size_t len)
{
	static simdjson::dom::parser parser;
	simdjson::dom::element root;
	return parser.parse(text, len, false).get(root) == simdjson::SUCCESS;
}
