/* SPDX-License-Identifier: ISC */
#pragma once
/* What changed from one text to the next, line by line. */
#include "base/arena.h"
#include "base/str.h"

enum line_sign { LINE_KEPT, LINE_GONE, LINE_NEW };

struct line_change {
	enum line_sign sign;
	struct str text;
};

/* The lines without their ends and blanks around them; empty ones are no lines. */
struct str *line_diff_split(struct str text, struct arena *arena, size_t *out_count);

/* Every line of both texts in order, what is gone before what came in its place; the fewest changes, where both are not
 * longer than a few hundred lines.  Texts are not copied. */
struct line_change *line_diff(const struct str *was, size_t was_count, const struct str *now, size_t now_count,
                              struct arena *arena, size_t *out_count);
