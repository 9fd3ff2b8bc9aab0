/* SPDX-License-Identifier: ISC */
#pragma once
/* Secrets never stand in the configuration; it says where they are: "file:PATH", or "cred:NAME" for a credential of
 * systemd. */
#include "base/buf.h"
#include "base/err.h"

/* Appends what is there.  ERR_SETUP, with the place, for everything that is wrong. */
bool secret_read(const char *where, struct buf *out, struct err *err);

/* Overwrites and frees. */
void secret_done(struct buf *secret);
