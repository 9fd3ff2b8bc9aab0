/* SPDX-License-Identifier: ISC */
#pragma once
/* Secrets that are shown once, made of random bytes by the caller: tokens, sessions, links, recovery codes. */
#include <stdbool.h>

#include "base/str.h"

#define SECRET_RANDOM_BYTES 32
#define SECRET_TOKEN_PREFIX "mailseal_pat_"
#define SECRET_TOKEN_LEN (sizeof SECRET_TOKEN_PREFIX - 1 + 32 + 1 + 6)
#define SECRET_HINT_LEN (sizeof SECRET_TOKEN_PREFIX - 1 + 4)
#define SECRET_LINK_LEN 32 /* letters and digits: 190 bits */
#define SECRET_RECOVERY_LEN 14 /* "abcd-efgh-jkmn": 60 bits */

/* "mailseal_pat_", 32 letters and digits, "_" and 6 of their CRC-32, so that scanners for lost secrets find it. */
void secret_token(const unsigned char random[SECRET_RANDOM_BYTES], char out[SECRET_TOKEN_LEN + 1]);
bool secret_token_is_sound(struct str text);

/* Of cookies, and of links that open once. */
void secret_link(const unsigned char random[SECRET_RANDOM_BYTES], char out[SECRET_LINK_LEN + 1]);
bool secret_link_is_sound(struct str text);

void secret_recovery(const unsigned char random[SECRET_RANDOM_BYTES], char out[SECRET_RECOVERY_LEN + 1]);
/* What was typed, as secret_recovery() wrote it: case and blanks and dashes do not matter.  False when it cannot be one. */
bool secret_recovery_read(struct str typed, char out[SECRET_RECOVERY_LEN + 1]);

/* Takes as long wherever they differ. */
bool secret_same(struct str a, struct str b);
