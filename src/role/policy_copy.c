/* SPDX-License-Identifier: ISC */
#include "role/policy_copy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "report/wire.h"

#define COPY_MOST_BYTES MIB(256)
#define COPY_MARK "mailseal policies 1\n"
#define PATH_BYTES 4200

static void write_rows(const struct shelf_row *rows, size_t count, struct buf *out)
{
	buf_text(out, COPY_MARK);
	wire_put_u32(out, (uint32_t)count);
	for (size_t i = 0; i < count; i++) {
		wire_put_str(out, rows[i].domain);
		wire_put_str(out, rows[i].text);
	}
}

/* Under another name first, so that there is always a whole one. */
static bool replace(const char *path, struct str bytes, struct err *err)
{
	char fresh[PATH_BYTES + 8];

	(void)snprintf(fresh, sizeof fresh, "%s.new", path);
	int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return err_set(err, ERR_LATER, "%s: %s", fresh, strerror(errno));
	bool ok = file_write_fd(fd, bytes, err) && (fsync(fd) == 0 || err_set(err, ERR_LATER, "%s: %s", fresh, strerror(errno)));
	file_close(&fd);
	return ok && (rename(fresh, path) == 0 || err_set(err, ERR_LATER, "%s: %s", path, strerror(errno)));
}

bool policy_copy_write(const char *store_path, struct store *store, struct err *err)
{
	char path[PATH_BYTES];
	struct shelf_row *rows;
	struct arena arena;
	struct buf out;
	size_t count;

	(void)snprintf(path, sizeof path, "%.4000s.policies", store_path);
	arena_init(&arena, COPY_MOST_BYTES * 2);
	buf_init(&out, COPY_MOST_BYTES);
	bool ok = published_shelf(store, &arena, &rows, &count, err);
	if (ok && (count > 0 || file_is_there(path))) {
		write_rows(rows, count, &out);
		ok = (!out.failed || err_set(err, ERR_TOO_BIG, "the copy of the policies is too large")) &&
		     replace(path, buf_view(&out), err);
	}
	buf_done(&out);
	arena_done(&arena);
	return ok;
}

static bool read_rows(struct str bytes, struct arena *arena, struct shelf_row **out, size_t *out_count, struct err *err)
{
	if (!str_starts_with(bytes, STR(COPY_MARK)))
		return err_set(err, ERR_INPUT, "the copy of the policies is not one");
	struct wire_reader reader = {.rest = str_from(bytes, sizeof COPY_MARK - 1)};
	uint32_t count = wire_get_u32(&reader);
	if (reader.failed || count > bytes.len / 8)
		return err_set(err, ERR_INPUT, "the copy of the policies is damaged");
	struct shelf_row *rows = ARENA_ARRAY(arena, count, struct shelf_row);
	for (uint32_t i = 0; i < count; i++) {
		rows[i].domain = arena_str(arena, wire_get_text(&reader, LIMIT_NAME_BYTES));
		rows[i].text = arena_str(arena, wire_get_text(&reader, STS_POLICY_MOST_BYTES));
		rows[i].seen_at = INSTANT_NONE;
	}
	if (reader.failed || reader.rest.len > 0)
		return err_set(err, ERR_INPUT, "the copy of the policies is damaged");
	*out = rows;
	*out_count = count;
	return true;
}

bool policy_copy_read(const char *store_path, struct arena *arena, struct shelf_row **out, size_t *out_count,
                      struct err *err)
{
	char path[PATH_BYTES];
	struct buf bytes;

	(void)snprintf(path, sizeof path, "%.4000s.policies", store_path);
	buf_init(&bytes, COPY_MOST_BYTES);
	bool ok = file_read(path, &bytes, err) && read_rows(buf_view(&bytes), arena, out, out_count, err);
	buf_done(&bytes);
	return ok;
}
