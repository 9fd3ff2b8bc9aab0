/* SPDX-License-Identifier: ISC */
#include "sys/password.h"

#include <crypt.h>
#include <pthread.h>
#include <string.h>
#include <sys/random.h>

#include "base/mem.h"

#define AT_WORK_MOST 2u
#define WAITING_MOST 24u

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t change = PTHREAD_COND_INITIALIZER;
static unsigned at_work, waiting;
/* Of nothing that anybody types: it is compared with where there is no user, so that this takes as long. */
static char nobody[CRYPT_OUTPUT_SIZE];

static bool enter(struct err *err)
{
	(void)pthread_mutex_lock(&lock);
	bool may = waiting < WAITING_MOST;
	waiting += may;
	while (may && at_work >= AT_WORK_MOST)
		(void)pthread_cond_wait(&change, &lock);
	waiting -= may;
	at_work += may;
	(void)pthread_mutex_unlock(&lock);
	return may || err_set(err, ERR_LATER, "too many sign in at the same time");
}

static void leave(void)
{
	(void)pthread_mutex_lock(&lock);
	at_work--;
	(void)pthread_cond_signal(&change);
	(void)pthread_mutex_unlock(&lock);
}

/* The parameter, salt and hash for `password`, with the parameter and salt of `setting`. */
static bool work(struct str password, const char *setting, char out[CRYPT_OUTPUT_SIZE])
{
	struct crypt_data *data = mem_new(sizeof *data);
	char text[PASSWORD_BYTES_MOST + 1];

	memcpy(text, password.p, password.len);
	text[password.len] = '\0';
	const char *made = crypt_rn(text, setting, data, sizeof *data);
	bool ok = made != NULL && made[0] != '*' && strlen(made) < CRYPT_OUTPUT_SIZE;
	if (ok)
		memcpy(out, made, strlen(made) + 1);
	explicit_bzero(text, sizeof text);
	explicit_bzero(data, sizeof *data);
	mem_free(data);
	return ok;
}

static bool make_setting(char out[CRYPT_GENSALT_OUTPUT_SIZE], struct err *err)
{
	char random[32];

	if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
		return err_set(err, ERR_LATER, "the system gives no random bytes");
	return crypt_gensalt_rn("$y$", 0, random, sizeof random, out, CRYPT_GENSALT_OUTPUT_SIZE) != NULL ||
	       err_set(err, ERR_SETUP, "crypt(3) of this system knows no yescrypt");
}

static bool can_be_typed(struct str password)
{
	return password.len > 0 && password.len <= PASSWORD_BYTES_MOST && memchr(password.p, '\0', password.len) == NULL;
}

bool password_is_good(struct str password, struct str name, struct err *err)
{
	if (password.len < PASSWORD_BYTES_LEAST)
		return err_set(err, ERR_INPUT, "a password has at least %d characters", PASSWORD_BYTES_LEAST);
	if (!can_be_typed(password))
		return err_set(err, ERR_INPUT, "a password has at most %d bytes", PASSWORD_BYTES_MOST);
	if (name.len > 0 && str_eq_nocase(password, name))
		return err_set(err, ERR_INPUT, "the name is no password");
	for (size_t i = 1; i < password.len; i++)
		if (password.p[i] != password.p[0])
			return true;
	return err_set(err, ERR_INPUT, "one letter again and again is no password");
}

bool password_hash(struct str password, struct buf *out, struct err *err)
{
	char setting[CRYPT_GENSALT_OUTPUT_SIZE], made[CRYPT_OUTPUT_SIZE];

	if (!can_be_typed(password))
		return err_set(err, ERR_INPUT, "this can be no password");
	if (!make_setting(setting, err) || !enter(err))
		return false;
	bool ok = work(password, setting, made);
	leave();
	if (!ok)
		return err_set(err, ERR_LATER, "the password cannot be worked on now");
	buf_text(out, made);
	explicit_bzero(made, sizeof made);
	return true;
}

static bool same_text(const char *a, const char *b)
{
	size_t len = strlen(a);
	unsigned char difference = 0;

	if (strlen(b) != len)
		return false;
	for (size_t i = 0; i < len; i++)
		difference |= (unsigned char)(a[i] ^ b[i]);
	return difference == 0;
}

/* Made once, when it is first needed; two threads at once make the one of the first. */
static bool know_nobody(char out[CRYPT_OUTPUT_SIZE], struct err *err)
{
	char setting[CRYPT_GENSALT_OUTPUT_SIZE];

	(void)pthread_mutex_lock(&lock);
	bool ok = true;
	if (nobody[0] == '\0') {
		ok = make_setting(setting, err);
		if (ok)
			memcpy(nobody, setting, strlen(setting) + 1);
	}
	memcpy(out, nobody, sizeof nobody);
	(void)pthread_mutex_unlock(&lock);
	return ok;
}

bool password_check(struct str password, struct str hash, bool *out_right, struct err *err)
{
	char setting[CRYPT_OUTPUT_SIZE], made[CRYPT_OUTPUT_SIZE];
	bool is_there = hash.len > 0 && hash.len < sizeof setting;

	if (!can_be_typed(password)) {
		*out_right = false;
		return true;
	}
	if (is_there) {
		memcpy(setting, hash.p, hash.len);
		setting[hash.len] = '\0';
	} else if (!know_nobody(setting, err)) {
		return false;
	}
	if (!enter(err))
		return false;
	bool ok = work(password, setting, made);
	leave();
	*out_right = ok && is_there && same_text(setting, made);
	explicit_bzero(made, sizeof made);
	return true;
}
