/* SPDX-License-Identifier: ISC */
#pragma once
/* The picture on somebody's documents: a PNG file (ISO/IEC 15948) from a stranger, which browsers and mail programs of others are
 * to show.  It is taken apart and not decoded: only what makes up the picture is kept (IHDR, PLTE, tRNS, IDAT, IEND), so no text, no
 * place and no name of whoever made it, and nothing behind its end. */
#include "base/buf.h"
#include "base/err.h"

#define LOGO_PNG_BYTES 49152u
#define LOGO_PNG_WIDTH 1200u
#define LOGO_PNG_HEIGHT 400u
#define LOGO_PNG_SENTENCE "a logo is a PNG file of at most 48 kB, 1,200 pixels wide and 400 high"

/* Appends what is kept.  ERR_INPUT, with what is wrong with it. */
bool logo_png_clean(struct str file, struct buf *out, struct err *err);
