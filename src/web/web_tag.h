/* SPDX-License-Identifier: ISC */
#pragma once
/* Tags of what was answered (RFC 9110 section 8.8.3), compared weakly. */
#include "base/str.h"

/* Whether an If-None-Match or If-Match header names this tag, which is given without quotes; a * names all. */
bool web_tag_is_named(struct str header, struct str tag);
