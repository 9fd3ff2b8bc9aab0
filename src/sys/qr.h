/* SPDX-License-Identifier: ISC */
#pragma once
/* QR codes as SVG, by libqrencode. */
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#define QR_BYTES_MOST 1000

/* Appends an <svg> of one dark path on a light square: 1 unit a module, 4 of quiet zone.  ERR_INPUT: too long, or NUL. */
bool qr_svg(struct str text, struct buf *out, struct err *err);
