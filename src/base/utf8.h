/* SPDX-License-Identifier: ISC */
#pragma once
#include "base/buf.h"
#include "base/str.h"

/* Length in bytes of the well-formed UTF-8 character at the front of `s` (no overlong form, no surrogate, at most
 * U+10FFFF), or 0.  `*out_char` is its number. */
size_t utf8_decode(struct str s, uint32_t *out_char);

/* Offset of the first byte that is not part of well-formed UTF-8, or s.len. */
size_t utf8_check(struct str s);

/* Appends `s` with U+FFFD for each byte that is not UTF-8, and without U+0000.  True if anything was changed. */
bool utf8_repair(struct str s, struct buf *out);

void utf8_encode(uint32_t character, struct buf *out);

/* Columns on a terminal: 0 for combining marks, 2 for wide East Asian characters.  Independent of the locale. */
size_t utf8_width(struct str s);
