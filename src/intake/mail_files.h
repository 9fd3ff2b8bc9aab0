/* SPDX-License-Identifier: ISC */
#pragma once
/* Arrivals out of what an operator names: a file, a folder (walked to its ends, in the order of the names), a
 * Maildir, an mbox, or "-" for standard input.  An mbox is known by its first bytes, "From ", whatever its name, and
 * is read as a stream.  A file that was named itself is always read; in a folder only files whose names could be
 * those of reports are (see mail_files_is_sensible), and links to elsewhere are not followed. */
#include "base/err.h"
#include "report/arrival.h"

struct mail_files;

/* `paths` must outlive the iterator. */
struct mail_files *mail_files_new(const char *const *paths, size_t path_count);
void mail_files_free(struct mail_files **files);

enum mail_files_step {
	MAIL_FILES_ARRIVAL, /* `*out` is the next one; its texts are valid until the next call */
	MAIL_FILES_ERROR,   /* `*err` names one file or message that cannot be read; go on */
	MAIL_FILES_END,
};

/* ERR_MISSING, ERR_DENIED, ERR_LATER; ERR_TOO_BIG for one message over LIMIT_ARRIVAL_BYTES: the ones behind it in the
 * same mbox still come. */
enum mail_files_step mail_files_next(struct mail_files *files, struct arrival *out, struct err *err);

struct mail_files_progress {
	uint64_t files;    /* opened */
	uint64_t messages; /* given out */
	uint64_t skipped;  /* files of folders, by their names */
	uint64_t bytes;    /* read */
};
struct mail_files_progress mail_files_progress(const struct mail_files *files);

/* The bytes that lie ahead, for a progress bar: sizes of files, by looking at the folders only; 0 when that cannot be
 * known (standard input).  Takes as long as walking the folders. */
uint64_t mail_files_measure(const char *const *paths, size_t path_count);

/* Not hidden, no editor's or transfer's leftover, and an ending of a report, a mail or a mailbox, or none. */
bool mail_files_is_sensible(const char *name);
