/* SPDX-License-Identifier: ISC */
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/mem.h"
#include "store/inner.h"
#include "store/schema.h"

#define PATH_BYTES PATH_MAX
#define CANONICAL_BYTES MIB(96) /* a report is smaller than the answer it came in */
/* Larger files are only checked by store_verify: after a crash the service must be back within a second. */
#define CHECKED_BYTES ((off_t)64 * 1024 * 1024)

static const char lock_mark[] = "mailseal store\n";

/* The folder without symbolic links, made when `make` is set, and the name of the file in it. */
static bool resolve(const char *where, bool make, char path[PATH_BYTES], char folder[PATH_BYTES], struct err *err)
{
	static const char scheme[] = "sqlite:";
	if (strncmp(where, scheme, sizeof scheme - 1) == 0)
		where += sizeof scheme - 1;

	const char *slash = strrchr(where, '/');
	const char *name = slash == NULL ? where : slash + 1;
	size_t len = slash == NULL ? 0 : (size_t)(slash - where);
	if (*name == '\0' || strlen(where) >= PATH_BYTES / 2)
		return err_set(err, ERR_SETUP, "the path of the store is empty or too long");

	char given[PATH_BYTES];
	(void)snprintf(given, sizeof given, "%.*s", (int)len, where);
	if (slash == NULL)
		(void)snprintf(given, sizeof given, ".");
	else if (len == 0)
		(void)snprintf(given, sizeof given, "/");
	if (make && !file_make_folder(given, err))
		return false;
	char real[PATH_BYTES];
	if (realpath(given, real) == NULL)
		return err_set(err, errno == ENOENT ? ERR_MISSING : ERR_SETUP, "%s: %s", given, strerror(errno));
	int written = snprintf(path, PATH_BYTES, "%s/%s", strcmp(real, "/") == 0 ? "" : real, name);
	bool fits = written > 0 && written < PATH_BYTES - 16 && strlen(real) < PATH_BYTES;
	if (fits)
		memcpy(folder, real, strlen(real) + 1);
	return fits || err_set(err, ERR_SETUP, "the path of the store is too long");
}

/* SQLite does not tell when it cannot sync the folder; then a new file may be gone after a power cut. */
static bool sync_folder(const char *folder, struct err *err)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_set(err, ERR_SETUP, "%s: %s", folder, strerror(errno));
	bool ok = fsync(fd) == 0 || err_set(err, ERR_SETUP, "%s cannot be synced: %s", folder, strerror(errno));
	file_close(&fd);
	return ok;
}

static bool take_lock(const char *path, int *out_fd, bool *out_marked, struct err *err)
{
	char name[PATH_BYTES], text[sizeof lock_mark] = "";
	struct stat st;

	(void)snprintf(name, sizeof name, "%.4000s.lock", path);
	int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600);
	if (fd < 0)
		return err_set(err, ERR_SETUP, "%s: %s", name, strerror(errno));
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		file_close(&fd);
		return err_set(err, ERR_SETUP, "%s is not a plain file", name);
	}
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		int error = errno;
		file_close(&fd);
		if (error == EWOULDBLOCK)
			return err_set(err, ERR_LATER, "another process writes to %s", path);
		return err_set(err, ERR_SETUP, "%s: %s", name, strerror(error));
	}
	ssize_t got = pread(fd, text, sizeof text - 1, 0);
	*out_marked = got == (ssize_t)sizeof lock_mark - 1 && memcmp(text, lock_mark, sizeof lock_mark - 1) == 0;
	*out_fd = fd;
	return true;
}

static bool mark_lock(int fd, struct err *err)
{
	if (pwrite(fd, lock_mark, sizeof lock_mark - 1, 0) != (ssize_t)sizeof lock_mark - 1 || fsync(fd) < 0)
		return err_set(err, ERR_LATER, "the lock file: %s", strerror(errno));
	return true;
}

/* Makes the file, so that it has mode 0600 from the start; SQLite gives -wal and -shm the same.  A store that was
 * here and is gone is not made anew: that would hide the loss. */
static bool check_file(const char *path, bool was_here, off_t *out_size, struct err *err)
{
	struct stat st;

	*out_size = 0;
	if (lstat(path, &st) == 0) {
		if (!S_ISREG(st.st_mode))
			return err_set(err, ERR_SETUP, "%s is not a plain file", path);
		if (st.st_size == 0 && was_here)
			return err_set(err, ERR_SETUP, "%s is empty, but held a store: restore it, or remove %s.lock",
			               path, path);
		*out_size = st.st_size;
		return true;
	}
	if (errno != ENOENT)
		return err_set(err, ERR_SETUP, "%s: %s", path, strerror(errno));
	if (was_here)
		return err_set(err, ERR_SETUP, "%s is gone, but was here: restore it, or remove %s.lock", path, path);
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return err_set(err, ERR_SETUP, "%s: %s", path, strerror(errno));
	file_close(&fd);
	return true;
}

static bool open_for_write(struct store *store, const char *folder, struct err *err)
{
	bool was_here;
	off_t size;

	if (!take_lock(store->path, &store->lock_fd, &was_here, err) ||
	    !check_file(store->path, was_here, &size, err) || !sync_folder(folder, err) ||
	    !db_open(store->path, DB_WRITE, true, &store->db, err))
		return false;
	if (size > 0 && size <= CHECKED_BYTES && !db_check(store->db, false, err))
		return false;
	if (!schema_migrate(store->db, err))
		return false;
	/* Now that the tables are committed, and not before: an interrupted first start may begin anew. */
	return (was_here || mark_lock(store->lock_fd, err)) && sync_folder(folder, err);
}

static bool open_for_read(struct store *store, struct err *err)
{
	struct stat st;

	if (lstat(store->path, &st) < 0)
		return err_set(err, errno == ENOENT ? ERR_MISSING : ERR_SETUP, "%s: %s", store->path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return err_set(err, ERR_SETUP, "%s is not a plain file", store->path);
	if (st.st_size == 0)
		return err_set(err, ERR_MISSING, "%s holds no store yet", store->path);
	return db_open(store->path, DB_READ, true, &store->db, err) && schema_expect(store->db, err);
}

bool store_open(const char *where, enum store_access access, struct store **out, struct err *err)
{
	char path[PATH_BYTES], folder[PATH_BYTES];

	if (!resolve(where, access == STORE_WRITE, path, folder, err))
		return false;
	struct store *store = mem_new(sizeof *store);
	store->access = access;
	store->path = mem_copy_text(path);
	store->lock_fd = -1;
	buf_init(&store->canonical, CANONICAL_BYTES);
	buf_init(&store->extra, CANONICAL_BYTES);
	buf_init(&store->clean, MIB(1));
	if (!(access == STORE_WRITE ? open_for_write(store, folder, err) : open_for_read(store, err))) {
		store_close(&store);
		return false;
	}
	store->names = names_new(store->db);
	store->originals = originals_new(store->db);
	*out = store;
	return true;
}

void store_close(struct store **store)
{
	if (*store == NULL)
		return;
	originals_free(&(*store)->originals);
	names_free(&(*store)->names);
	db_close(&(*store)->db);
	file_close(&(*store)->lock_fd); /* after the database: the lock guards its last checkpoint */
	buf_done(&(*store)->canonical);
	buf_done(&(*store)->extra);
	buf_done(&(*store)->clean);
	mem_free((*store)->path);
	mem_free(*store);
	*store = NULL;
}

void store_set_policy(struct store *store, struct store_policy policy)
{
	store->policy_applied &= store->policy.count_unsigned == policy.count_unsigned;
	store->policy = policy;
}

bool store_must_write(const struct store *store, struct err *err)
{
	if (store->access != STORE_WRITE)
		return err_set(err, ERR_SETUP, "the store is open for reading only");
	if (store->broken)
		return err_set(err, ERR_LATER, "the store lost a transaction and must be opened again");
	return true;
}

bool store_read_begin(struct store *store, bool *out_own, struct err *err)
{
	*out_own = !db_in_transaction(store->db);
	return !*out_own || db_run(store->db, "BEGIN", NULL, 0, err);
}

bool store_read_end(struct store *store, bool own, bool ok)
{
	if (own)
		(void)db_run(store->db, "ROLLBACK", NULL, 0, NULL); /* nothing was written */
	return ok;
}
