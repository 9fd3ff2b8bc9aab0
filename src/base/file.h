/* SPDX-License-Identifier: ISC */
#pragma once
/* Whole files and file descriptors. */
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

/* Appends all bytes of the file, "-" for standard input.  ERR_MISSING, ERR_DENIED, ERR_TOO_BIG (over out->ceiling),
 * ERR_LATER (input/output error). */
bool file_read(const char *path, struct buf *out, struct err *err);
bool file_read_fd(int fd, const char *name, struct buf *out, struct err *err);

/* Writes all of it, through EINTR and short writes.  ERR_LATER. */
bool file_write_fd(int fd, struct str bytes, struct err *err);

/* Makes the folder and its parents, mode 0700.  ERR_DENIED, ERR_SETUP. */
bool file_make_folder(const char *path, struct err *err);

bool file_is_there(const char *path);

/* Closes and sets to -1; accepts -1. */
void file_close(int *fd);
