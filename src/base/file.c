/* SPDX-License-Identifier: ISC */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK_BYTES ((size_t)64 * 1024)

static enum err_kind kind_of(int error)
{
	switch (error) {
	case ENOENT:
	case ENOTDIR: return ERR_MISSING;
	case EACCES:
	case EPERM: return ERR_DENIED;
	default: return ERR_LATER;
	}
}

bool file_read_fd(int fd, const char *name, struct buf *out, struct err *err)
{
	for (;;) {
		size_t room = out->ceiling - out->len < CHUNK_BYTES ? out->ceiling - out->len : CHUNK_BYTES;
		/* One byte more than the ceiling tells "exactly full" from "too big". */
		char probe;
		char *at = room == 0 ? &probe : buf_reserve(out, room);
		ssize_t got = read(fd, at, room == 0 ? 1 : room);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_set(err, kind_of(errno), "%s: %s", name, strerror(errno));
		if (got == 0)
			return true;
		if (room == 0)
			return err_set(err, ERR_TOO_BIG, "%s is larger than %zu bytes", name, out->ceiling);
		buf_advance(out, (size_t)got);
	}
}

bool file_read(const char *path, struct buf *out, struct err *err)
{
	if (strcmp(path, "-") == 0)
		return file_read_fd(STDIN_FILENO, "standard input", out, err);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return err_set(err, kind_of(errno), "%s: %s", path, strerror(errno));
	bool ok = file_read_fd(fd, path, out, err);
	file_close(&fd);
	return ok;
}

bool file_write_fd(int fd, struct str bytes, struct err *err)
{
	while (bytes.len > 0) {
		ssize_t put = write(fd, bytes.p, bytes.len);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return err_set(err, ERR_LATER, "write: %s", strerror(errno));
		bytes = str_from(bytes, (size_t)put);
	}
	return true;
}

bool file_make_folder(const char *path, struct err *err)
{
	char part[4096];
	size_t len = strlen(path);

	if (len == 0 || len >= sizeof part)
		return err_set(err, ERR_SETUP, "the path of the folder is empty or too long");
	for (size_t i = 1; i <= len; i++) {
		if (path[i] != '/' && path[i] != '\0')
			continue;
		memcpy(part, path, i);
		part[i] = '\0';
		if (mkdir(part, 0700) < 0 && errno != EEXIST)
			return err_set(err, errno == EACCES ? ERR_DENIED : ERR_SETUP, "%s: %s", part, strerror(errno));
	}
	return true;
}

bool file_is_there(const char *path)
{
	struct stat ignored;
	return stat(path, &ignored) == 0;
}

void file_close(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}
