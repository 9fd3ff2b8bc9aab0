/* SPDX-License-Identifier: ISC */
#pragma once
/* Passwords, by libxcrypt's yescrypt: slow and large on purpose (16 MiB each), so at most two are worked on at the same time
 * and few wait; for any number of threads. */
#include "base/buf.h"
#include "base/err.h"

#define PASSWORD_BYTES_LEAST 12
#define PASSWORD_BYTES_MOST 500 /* crypt(3) takes 512 */

/* Whether it may become one: length, no NUL, not the name.  ERR_INPUT says what is wrong. */
bool password_is_good(struct str password, struct str name, struct err *err);
/* Appends what crypt(5) calls a hashed passphrase.  ERR_LATER when too many wait. */
bool password_hash(struct str password, struct buf *out, struct err *err);
/* `*out_right` whether it is the one; with an absent hash it never is, and takes as long.  ERR_LATER when too many wait. */
bool password_check(struct str password, struct str hash, bool *out_right, struct err *err);
