/* SPDX-License-Identifier: ISC */
#pragma once
/* What was begun and waits for its second half: the challenge of a passkey, the secret of a new authenticator app, a way to
 * another server and back.  Each is taken once, in time, by whoever began it. */
#include <stdint.h>

#include "base/str.h"

#define CHALLENGE_BYTES 32
#define CHALLENGE_NOTE_BYTES 224
#define CHALLENGE_SECS 300

enum challenge_kind { CHALLENGE_PASSKEY_SIGN_IN, CHALLENGE_PASSKEY_ADD, CHALLENGE_TOTP, CHALLENGE_OIDC };

struct challenge_desk; /* for one thread at a time */

struct challenge_desk *challenge_desk_new(void);
void challenge_desk_free(struct challenge_desk **desk);

/* `key` is random; `owner` the session it belongs to, 0: nobody's.  The oldest one is given up when there are too many. */
void challenge_desk_put(struct challenge_desk *desk, enum challenge_kind kind, const unsigned char key[CHALLENGE_BYTES],
                        int64_t owner, struct str note, int64_t now_ms);
/* False when there is none.  `out_note` holds CHALLENGE_NOTE_BYTES. */
bool challenge_desk_take(struct challenge_desk *desk, enum challenge_kind kind, struct str key, int64_t owner, int64_t now_ms,
                         char *out_note, size_t *out_len);
