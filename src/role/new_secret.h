/* SPDX-License-Identifier: ISC */
#pragma once
/* New secrets of random bytes, and the hash by which the store knows them. */
#include "base/buf.h"
#include "base/err.h"
#include "store/accounts.h"
#include "web/secret_text.h"

struct new_secret {
	char text[SECRET_TOKEN_LEN + 1];
	unsigned char hash[ACCOUNT_HASH_BYTES];
};

bool new_secret_link(struct new_secret *out, struct err *err); /* also of a cookie */
bool new_secret_token(struct new_secret *out, struct err *err);
bool new_secret_recovery(struct new_secret *out, struct err *err);
static inline struct str new_secret_hash(const struct new_secret *secret)
{
	return str_make(secret->hash, sizeof secret->hash);
}
void new_secret_hash_of(struct str text, unsigned char out[ACCOUNT_HASH_BYTES]);
/* Appends "BASE/welcome#SECRET": what stands behind # is never sent, so that no log has it. */
void new_secret_put_link(const char *base, const struct new_secret *secret, struct buf *out);
