/* SPDX-License-Identifier: ISC */
#include "role/mute_token.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/num.h"
#include "sys/digest.h"

#define MAC_BYTES 16 /* of the 32: 128 bits */
#define MAC_DIGITS (2 * MAC_BYTES)

static const char letters[MUTE_TARGET_COUNT] = {'i', 'r', 'c'};

static bool make_key(const char *path, char key[MUTE_TOKEN_KEY_BYTES], struct err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return err_set(err, ERR_SETUP, "%s: %s", path, strerror(errno));
	bool ok = getrandom(key, MUTE_TOKEN_KEY_BYTES, 0) == MUTE_TOKEN_KEY_BYTES &&
	          file_write_fd(fd, str_make(key, MUTE_TOKEN_KEY_BYTES), err) && fsync(fd) == 0;
	file_close(&fd);
	if (!ok)
		(void)unlink(path);
	return ok || err_set(err, ERR_SETUP, "%s cannot be written", path);
}

bool mute_token_key(const char *path, char key[MUTE_TOKEN_KEY_BYTES], struct err *err)
{
	char bytes[MUTE_TOKEN_KEY_BYTES + 1];
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return errno == ENOENT ? make_key(path, key, err) : err_set(err, ERR_SETUP, "%s: %s", path, strerror(errno));
	ssize_t got = read(fd, bytes, sizeof bytes);
	file_close(&fd);
	if (got != MUTE_TOKEN_KEY_BYTES)
		return err_set(err, ERR_SETUP, "%s is no key of %d bytes; remove it, and another one is made", path,
		               MUTE_TOKEN_KEY_BYTES);
	memcpy(key, bytes, MUTE_TOKEN_KEY_BYTES);
	return true;
}

/* The digits that sign the word before them. */
static void sign(struct str key, struct str word, char digits[MAC_DIGITS + 1])
{
	static const char hex[] = "0123456789abcdef";
	unsigned char mac[DIGEST_SHA256_BYTES];

	digest_hmac_sha256(key, word, mac);
	for (size_t i = 0; i < MAC_BYTES; i++) {
		digits[2 * i] = hex[mac[i] >> 4];
		digits[2 * i + 1] = hex[mac[i] & 15];
	}
	digits[MAC_DIGITS] = '\0';
}

struct str mute_token_make(struct str key, enum mute_target target, int64_t id, instant now, struct arena *arena)
{
	char digits[MAC_DIGITS + 1];
	const char *word = arena_format(arena, "%c%" PRId64 "-%d", letters[target], id, day_of(now) + MUTE_TOKEN_DAYS);

	sign(key, str_of(word), digits);
	return str_of(arena_format(arena, "%s-%s", word, digits));
}

static bool is_same(struct str a, const char *b)
{
	unsigned differs = 0;
	for (size_t i = 0; i < a.len; i++)
		differs |= (unsigned)((unsigned char)a.p[i] ^ (unsigned char)b[i]);
	return differs == 0;
}

bool mute_token_read(struct str key, struct str token, instant now, enum mute_target *out_target, int64_t *out_id,
                     struct err *err)
{
	char digits[MAC_DIGITS + 1];
	uint64_t id, day;

	if (token.len <= MAC_DIGITS + 1 || token.len > 100)
		return err_set(err, ERR_DENIED, "this is no link of ours");
	struct str word = str_upto(token, token.len - MAC_DIGITS - 1), rest = str_from(word, 1);
	sign(key, word, digits);
	if (!is_same(str_from(token, token.len - MAC_DIGITS), digits) || token.p[word.len] != '-')
		return err_set(err, ERR_DENIED, "this is no link of ours");
	struct str number = str_cut(&rest, '-');
	const char *letter = memchr(letters, word.p[0], sizeof letters);
	if (letter == NULL || rest.p == NULL || !num_parse_uint(number, INT64_MAX, &id) ||
	    !num_parse_uint(rest, INT32_MAX, &day))
		return err_set(err, ERR_DENIED, "this is no link of ours");
	if (day_of(now) > (int32_t)day)
		return err_set(err, ERR_DENIED, "the link is over: it holds for %d days", MUTE_TOKEN_DAYS);
	*out_target = (enum mute_target)(letter - letters);
	*out_id = (int64_t)id;
	return true;
}
