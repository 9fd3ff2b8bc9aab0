/* SPDX-License-Identifier: ISC */
#pragma once
/* Our own bytes made smaller for a reader.  What others send is unpacked in decode/, with its limits. */
#include "base/buf.h"

/* Appends one gzip member; false when it does not fit. */
bool squeeze_gzip(struct str bytes, struct buf *out);
