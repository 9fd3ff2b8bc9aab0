/* SPDX-License-Identifier: ISC */
#pragma once
/* The six digits of an authenticator app (RFC 6238: SHA-1, 30 seconds), by liboath. */
#include "base/buf.h"
#include "base/err.h"
#include "base/instant.h"

#define TOTP_SECRET_BYTES 20
#define TOTP_STEP_SECS 30
#define TOTP_STEPS_OFF 1 /* clocks that differ, people who type slowly: one step before and one after */

/* Whether `code` (blanks are left out) is that of now; `*out_step` is its step, to be used once only. */
bool totp_check(struct str secret, struct str code, instant now, int64_t *out_step);
/* The secret in base32, as people type it, and the URI that apps read from a QR code. */
void totp_secret_text(struct str secret, struct buf *out);
void totp_uri(struct str secret, struct str issuer, struct str account, struct buf *out);
