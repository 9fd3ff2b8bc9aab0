/* SPDX-License-Identifier: ISC */
#pragma once
/* What changed between two texts, line by line. */
#include "base/line_diff.h"
#include "present/json_out.h"

/* "- mode: testing": as the lines of a text document stand. */
struct str changes_json_line(const struct line_change *change, struct arena *arena);
/* A list of {"sign": "kept" | "gone" | "new", "text"}. */
void changes_json(const char *key, const struct line_change *changes, size_t n, struct json_out *json);
