/* SPDX-License-Identifier: ISC */
#include "role/new_secret.h"

#include <sys/random.h>

#include "sys/digest.h"

typedef void write_fn(const unsigned char random[SECRET_RANDOM_BYTES], char *out);

void new_secret_hash_of(struct str text, unsigned char out[ACCOUNT_HASH_BYTES])
{
	_Static_assert(ACCOUNT_HASH_BYTES == DIGEST_SHA256_BYTES, "SHA-256");
	digest_sha256(text, out);
}

static bool make(struct new_secret *out, write_fn *write, struct err *err)
{
	unsigned char random[SECRET_RANDOM_BYTES];
	struct new_secret secret;

	/* Without random bytes there are no secrets: nothing weaker takes their place. */
	if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
		return err_set(err, ERR_LATER, "the system gives no random bytes");
	write(random, secret.text);
	explicit_bzero(random, sizeof random);
	new_secret_hash_of(str_of(secret.text), secret.hash);
	*out = secret;
	return true;
}

bool new_secret_link(struct new_secret *out, struct err *err)
{
	return make(out, secret_link, err);
}

bool new_secret_token(struct new_secret *out, struct err *err)
{
	return make(out, secret_token, err);
}

bool new_secret_recovery(struct new_secret *out, struct err *err)
{
	return make(out, secret_recovery, err);
}

void new_secret_put_link(const char *base, const struct new_secret *secret, struct buf *out)
{
	struct str text = str_of(base);

	buf_str(out, text.len > 0 && text.p[text.len - 1] == '/' ? str_upto(text, text.len - 1) : text);
	buf_text(out, "/welcome#");
	buf_text(out, secret->text);
}
