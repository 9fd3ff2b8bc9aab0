/* SPDX-License-Identifier: ISC */
#include "intake/mail_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/attr.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/mem.h"

#define CHUNK_BYTES KIB(64)
#define LOOK_BYTES 256 /* of a line, to tell a separator */
#define FOLDER_DEPTH 32
#define NAMES_BYTES MIB(256) /* of one folder: some millions of files */
#define NAMES_COUNT (NAMES_BYTES / 8)

/* One folder under way: its names, sorted. */
struct folder {
	struct buf names; /* each ends with a NUL */
	const char **sorted;
	size_t count, next;
	size_t path_len; /* of this folder, in walk->path */
	bool takes_all;  /* cur and new of a Maildir: names have no endings there */
};

/* The way through all paths, without opening a file. */
struct walk {
	const char *const *paths;
	size_t path_count, next_path;
	char path[PATH_MAX];
	struct folder folders[FOLDER_DEPTH];
	size_t depth;
	uint64_t skipped;
};

struct mail_files {
	struct walk walk;
	int fd; /* the file under way, or -1 */
	struct buf chunk;
	size_t chunk_taken;
	bool at_end;
	bool is_mbox;
	bool separators_have_time;
	uint64_t number; /* of the message in its mbox */
	struct buf message;
	char name[PATH_MAX + 32];
	struct mail_files_progress progress;
};

static bool fail_errno(struct err *err, const char *path)
{
	enum err_kind kind = errno == ENOENT || errno == ENOTDIR ? ERR_MISSING
	                     : errno == EACCES || errno == EPERM ? ERR_DENIED
	                                                         : ERR_LATER;
	return err_set(err, kind, "%s: %s", path, strerror(errno));
}

bool mail_files_is_sensible(const char *name)
{
	static const char *const endings[] = {".json", ".gz",  ".eml",  ".zip", ".mbox",
	                                      ".mbx",  ".msg", ".mail", ".txt", ".tlsrpt"};
	struct str text = str_of(name);
	size_t dot = text.len;

	if (text.len == 0 || name[0] == '.' || text.p[text.len - 1] == '~' || name[0] == '#')
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (text.p[i] == '.')
			dot = i;
	if (dot == text.len)
		return true;
	for (size_t i = 0; i < COUNT_OF(endings); i++)
		if (str_eq_nocase(str_from(text, dot), str_of(endings[i])))
			return true;
	return false;
}

/* --- the walk --- */

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void folder_done(struct folder *folder)
{
	mem_free(folder->sorted);
	folder->sorted = NULL;
	buf_done(&folder->names);
}

static bool is_folder_at(const char *path, const char *name)
{
	char full[PATH_MAX];
	struct stat status;
	size_t path_len = strlen(path), name_len = strlen(name);

	if (path_len + name_len + 2 > sizeof full)
		return false;
	memcpy(full, path, path_len);
	full[path_len] = '/';
	memcpy(full + path_len + 1, name, name_len + 1);
	return lstat(full, &status) == 0 && S_ISDIR(status.st_mode);
}

static bool is_maildir(const char *path)
{
	return is_folder_at(path, "cur") && is_folder_at(path, "new");
}

static bool read_names(DIR *dir, struct folder *folder, const char *path, struct err *err)
{
	for (;;) {
		errno = 0;
		const struct dirent *entry = readdir(dir);
		if (entry == NULL)
			break;
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		buf_bytes(&folder->names, entry->d_name, strlen(entry->d_name) + 1);
		folder->count++;
	}
	if (errno != 0)
		return fail_errno(err, path);
	if (folder->names.failed || folder->count > NAMES_COUNT)
		return err_set(err, ERR_TOO_BIG, "%s holds more files than can be sorted", path);
	return true;
}

/* Opens the folder that walk->path names. */
static bool enter_folder(struct walk *walk, bool takes_all, struct err *err)
{
	if (walk->depth == FOLDER_DEPTH)
		return err_set(err, ERR_TOO_BIG, "%s lies deeper than %d folders", walk->path, FOLDER_DEPTH);
	struct folder *folder = &walk->folders[walk->depth];
	*folder = (struct folder){.path_len = strlen(walk->path), .takes_all = takes_all};
	buf_init(&folder->names, NAMES_BYTES);
	DIR *dir = opendir(walk->path);
	if (dir == NULL)
		return fail_errno(err, walk->path);
	bool ok = read_names(dir, folder, walk->path, err);
	(void)closedir(dir);
	if (!ok) {
		folder_done(folder);
		return false;
	}
	folder->sorted = mem_new_array(folder->count + 1, sizeof *folder->sorted);
	const char *at = folder->names.p;
	for (size_t i = 0; i < folder->count; i++, at += strlen(at) + 1)
		folder->sorted[i] = at;
	qsort(folder->sorted, folder->count, sizeof *folder->sorted, compare_names);
	walk->depth++;
	return true;
}

enum entry { ENTRY_FILE, ENTRY_FOLDER, ENTRY_SKIP };

/* What to do with the entry `name` of `folder`, whose whole path stands in walk->path.  `*out_takes_all` for a folder. */
static enum entry look_at(struct walk *walk, const struct folder *folder, const char *name, bool *out_takes_all)
{
	struct stat status;

	if (lstat(walk->path, &status) != 0)
		return ENTRY_FILE; /* opening it will name the reason */
	if (S_ISDIR(status.st_mode)) {
		walk->path[folder->path_len] = '\0';
		bool in_maildir = is_maildir(walk->path);
		walk->path[folder->path_len] = '/';
		if (in_maildir && strcmp(name, "tmp") == 0)
			return ENTRY_SKIP;
		*out_takes_all = in_maildir && (strcmp(name, "cur") == 0 || strcmp(name, "new") == 0);
		/* The folders of Maildir++ are hidden. */
		return name[0] != '.' || is_maildir(walk->path) ? ENTRY_FOLDER : ENTRY_SKIP;
	}
	if (S_ISREG(status.st_mode) && (folder->takes_all ? name[0] != '.' : mail_files_is_sensible(name)))
		return ENTRY_FILE;
	walk->skipped++;
	return ENTRY_SKIP;
}

enum walk_step { WALK_FILE, WALK_ERROR, WALK_END };

static enum walk_step walk_folder(struct walk *walk, struct err *err, bool *out_found)
{
	struct folder *folder = &walk->folders[walk->depth - 1];
	bool takes_all = false;

	*out_found = true;
	walk->path[folder->path_len] = '\0';
	if (folder->next == folder->count) {
		folder_done(folder);
		walk->depth--;
		*out_found = false;
		return WALK_END;
	}
	const char *name = folder->sorted[folder->next++];
	if (folder->path_len + strlen(name) + 2 > sizeof walk->path) {
		(void)err_set(err, ERR_TOO_BIG, "%s: a path in it is too long", walk->path);
		return WALK_ERROR;
	}
	walk->path[folder->path_len] = '/';
	memcpy(walk->path + folder->path_len + 1, name, strlen(name) + 1);
	switch (look_at(walk, folder, name, &takes_all)) {
	case ENTRY_FILE: return WALK_FILE;
	case ENTRY_FOLDER:
		if (!enter_folder(walk, takes_all, err))
			return WALK_ERROR;
		break;
	case ENTRY_SKIP: break;
	}
	*out_found = false;
	return WALK_END;
}

static enum walk_step walk_path(struct walk *walk, struct err *err, bool *out_found)
{
	const char *path = walk->paths[walk->next_path++];
	struct stat status;
	size_t len = strlen(path);

	*out_found = true;
	if (len == 0 || len + 2 > sizeof walk->path) {
		(void)err_set(err, ERR_INPUT, "a path is empty or too long");
		return WALK_ERROR;
	}
	while (len > 1 && path[len - 1] == '/')
		len--;
	memcpy(walk->path, path, len);
	walk->path[len] = '\0';
	if (strcmp(path, "-") == 0 || stat(walk->path, &status) != 0 || !S_ISDIR(status.st_mode))
		return WALK_FILE;
	*out_found = false;
	if (enter_folder(walk, false, err))
		return WALK_END;
	*out_found = true;
	return WALK_ERROR;
}

/* The next file; its path stands in walk->path. */
static enum walk_step walk_next(struct walk *walk, struct err *err)
{
	for (;;) {
		bool found;
		enum walk_step step;
		if (walk->depth > 0)
			step = walk_folder(walk, err, &found);
		else if (walk->next_path < walk->path_count)
			step = walk_path(walk, err, &found);
		else
			return WALK_END;
		if (found)
			return step;
	}
}

static void walk_done(struct walk *walk)
{
	while (walk->depth > 0)
		folder_done(&walk->folders[--walk->depth]);
}

uint64_t mail_files_measure(const char *const *paths, size_t path_count)
{
	struct walk *walk = mem_new(sizeof *walk);
	struct err ignored = {0};
	struct stat status;
	uint64_t bytes = 0;
	bool is_known = true;

	walk->paths = paths;
	walk->path_count = path_count;
	for (;;) {
		enum walk_step step = walk_next(walk, &ignored);
		if (step == WALK_END)
			break;
		if (step == WALK_FILE && strcmp(walk->path, "-") == 0)
			is_known = false;
		else if (step == WALK_FILE && stat(walk->path, &status) == 0 && S_ISREG(status.st_mode))
			bytes += (uint64_t)status.st_size;
	}
	walk_done(walk);
	mem_free(walk);
	return is_known ? bytes : 0;
}

/* --- one file --- */

struct mail_files *mail_files_new(const char *const *paths, size_t path_count)
{
	struct mail_files *files = mem_new(sizeof *files);

	files->walk.paths = paths;
	files->walk.path_count = path_count;
	files->fd = -1;
	buf_init(&files->chunk, CHUNK_BYTES + LOOK_BYTES);
	buf_init(&files->message, LIMIT_ARRIVAL_BYTES);
	return files;
}

static void close_file(struct mail_files *files)
{
	if (files->fd == STDIN_FILENO)
		files->fd = -1;
	file_close(&files->fd);
}

void mail_files_free(struct mail_files **files)
{
	if (*files == NULL)
		return;
	close_file(*files);
	walk_done(&(*files)->walk);
	buf_done(&(*files)->chunk);
	buf_done(&(*files)->message);
	mem_free(*files);
	*files = NULL;
}

struct mail_files_progress mail_files_progress(const struct mail_files *files)
{
	struct mail_files_progress progress = files->progress;
	progress.skipped = files->walk.skipped;
	return progress;
}

static struct str waiting(const struct mail_files *files)
{
	return str_from(buf_view(&files->chunk), files->chunk_taken);
}

/* Reads until LOOK_BYTES are waiting, or all there are. */
static bool look_ahead(struct mail_files *files, struct err *err)
{
	while (!files->at_end && waiting(files).len < LOOK_BYTES) {
		buf_consume(&files->chunk, files->chunk_taken);
		files->chunk_taken = 0;
		ssize_t got = read(files->fd, buf_reserve(&files->chunk, CHUNK_BYTES), CHUNK_BYTES);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return fail_errno(err, files->walk.path);
		files->at_end = got == 0;
		buf_advance(&files->chunk, (size_t)got);
		files->progress.bytes += (uint64_t)got;
	}
	return true;
}

static bool has_time_of_day(struct str line)
{
	for (size_t i = 0; i + 4 < line.len; i++)
		if (byte_is_digit(line.p[i]) && byte_is_digit(line.p[i + 1]) && line.p[i + 2] == ':' &&
		    byte_is_digit(line.p[i + 3]) && byte_is_digit(line.p[i + 4]))
			return true;
	return false;
}

static struct str first_line(struct str text)
{
	return str_upto(text, str_find_byte(text, '\n'));
}

static bool open_file(struct mail_files *files, struct err *err)
{
	const char *path = files->walk.path;

	buf_clear(&files->chunk);
	files->chunk_taken = 0;
	files->at_end = false;
	files->number = 0;
	files->fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (files->fd < 0)
		return fail_errno(err, path);
	files->progress.files++;
	if (!look_ahead(files, err)) {
		close_file(files);
		return false;
	}
	files->is_mbox = str_starts_with(waiting(files), STR("From "));
	/* Where the first separator holds a time, as they all should, a sentence that begins with "From" is none. */
	files->separators_have_time = has_time_of_day(first_line(waiting(files)));
	return true;
}

static bool read_whole(struct mail_files *files, struct err *err)
{
	buf_clear(&files->message);
	files->message.ceiling = LIMIT_ARRIVAL_BYTES;
	buf_str(&files->message, waiting(files));
	bool ok = files->at_end || file_read_fd(files->fd, files->walk.path, &files->message, err);
	files->progress.bytes += files->message.len - waiting(files).len;
	close_file(files);
	return ok;
}

/* --- mbox --- */

static bool is_separator(const struct mail_files *files)
{
	struct str line = waiting(files);

	return str_starts_with(line, STR("From ")) &&
	       (!files->separators_have_time || has_time_of_day(first_line(str_upto(line, LOOK_BYTES))));
}

/* A line of the text that began with "From " was written with a '>' in front (and ">From " with one more). */
static bool is_quoted_from(struct str line)
{
	size_t quotes = 0;

	while (quotes < line.len && line.p[quotes] == '>')
		quotes++;
	return quotes > 0 && str_starts_with(str_from(line, quotes), STR("From "));
}

/* Takes the rest of the line, or as much of it as is waiting; true at its end. */
static bool take_line(struct mail_files *files, struct buf *out)
{
	struct str all = waiting(files);
	size_t end = str_find_byte(all, '\n');
	size_t len = end < all.len ? end + 1 : all.len;

	if (out != NULL)
		buf_bytes(out, all.p, len);
	files->chunk_taken += len;
	return end < all.len;
}

static bool skip_line(struct mail_files *files, struct err *err)
{
	bool whole = false;

	while (!whole) {
		if (!look_ahead(files, err))
			return false;
		if (waiting(files).len == 0)
			return true;
		whole = take_line(files, NULL);
	}
	return true;
}

static size_t blank_line_bytes(struct str line)
{
	return str_starts_with(line, STR("\n")) ? 1 : str_starts_with(line, STR("\r\n")) ? 2 : 0;
}

/* Reads one message up to the next separator or the end.  The blank line before a separator belongs to the mbox. */
static bool read_message(struct mail_files *files, struct err *err)
{
	bool at_line_start = true;
	size_t blank = 0; /* bytes of the blank line just taken */

	buf_clear(&files->message);
	files->message.ceiling = LIMIT_ARRIVAL_BYTES + 2; /* the last blank line does not count */
	if (!skip_line(files, err))
		return false;
	for (;;) {
		if (!look_ahead(files, err))
			return false;
		struct str ahead = waiting(files);
		if (ahead.len == 0 || (at_line_start && blank > 0 && is_separator(files)))
			break;
		blank = at_line_start ? blank_line_bytes(ahead) : 0;
		if (at_line_start && is_quoted_from(str_upto(ahead, LOOK_BYTES)))
			files->chunk_taken++;
		at_line_start = take_line(files, &files->message);
	}
	if (files->message.failed || files->message.len - blank > LIMIT_ARRIVAL_BYTES)
		return err_set(err, ERR_TOO_BIG, "%s: message %llu is larger than %zu bytes", files->walk.path,
		               (unsigned long long)files->number, LIMIT_ARRIVAL_BYTES);
	files->message.len -= blank;
	return true;
}

static bool read_next(struct mail_files *files, struct err *err)
{
	if (!files->is_mbox)
		return read_whole(files, err);
	files->number++;
	bool ok = read_message(files, err);
	if ((!ok && err->kind != ERR_TOO_BIG) || waiting(files).len == 0)
		close_file(files);
	return ok;
}

static void fill(struct mail_files *files, struct arrival *out)
{
	struct buf name;

	buf_init(&name, sizeof files->name - 1);
	buf_text(&name, files->walk.path);
	if (files->is_mbox)
		buf_format(&name, "#%llu", (unsigned long long)files->number);
	memcpy(files->name, name.p, name.len);
	files->name[name.len] = '\0';
	buf_done(&name);
	files->progress.messages++;
	*out = (struct arrival){
	    .door = DOOR_FILE,
	    .received_at = instant_now(),
	    .name = str_of(files->name),
	    .bytes = buf_view(&files->message),
	};
}

enum mail_files_step mail_files_next(struct mail_files *files, struct arrival *out, struct err *err)
{
	if (files->fd < 0) {
		enum walk_step step = walk_next(&files->walk, err);
		if (step == WALK_END)
			return MAIL_FILES_END;
		if (step == WALK_ERROR || !open_file(files, err))
			return MAIL_FILES_ERROR;
	}
	if (!read_next(files, err))
		return MAIL_FILES_ERROR;
	fill(files, out);
	return MAIL_FILES_ARRIVAL;
}
