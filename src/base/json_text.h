/* SPDX-License-Identifier: ISC */
#pragma once
#include "base/str.h"

#define JSON_TEXT_DEPTH 64

/* Whether the text is one whole JSON value (RFC 8259) and can stand inside another JSON text as it is.  Takes no
 * memory, does not recurse; deeper than JSON_TEXT_DEPTH is false.  The text must be UTF-8. */
bool json_text_is_value(struct str text);
