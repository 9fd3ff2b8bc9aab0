/* SPDX-License-Identifier: ISC */
/* The door of libzip.  Names of entries are never used as paths. */
#include <zip.h>

#include "base/limits.h"
#include "decode/inflate.h"

#define BIT(kind) (UINT64_C(1) << (kind))

static void set_problem(struct inflated *out, enum problem_kind kind, const char *detail)
{
	if (out->problem.kind == PROBLEM_NONE)
		out->problem = (struct problem){.kind = kind, .detail = str_of(detail)};
}

/* Reads entry `index`, at most `limit` bytes.  False with the problem set. */
static bool read_entry(zip_t *zip, zip_uint64_t index, size_t limit, struct arena *arena, struct str *out_text,
                       struct inflated *out)
{
	zip_stat_t stat;
	zip_file_t *file;

	if (zip_stat_index(zip, index, 0, &stat) != 0 || (stat.valid & ZIP_STAT_SIZE) == 0) {
		set_problem(out, PROBLEM_ZIP_BROKEN, "An entry cannot be read.");
		return false;
	}
	if ((stat.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && stat.encryption_method != ZIP_EM_NONE) {
		set_problem(out, PROBLEM_ZIP_BROKEN, "An entry is encrypted.");
		return false;
	}
	if (stat.size > limit) {
		set_problem(out, PROBLEM_INFLATE_LIMIT, "Nothing of it was kept.");
		return false;
	}
	file = zip_fopen_index(zip, index, 0);
	if (file == NULL) {
		set_problem(out, PROBLEM_ZIP_BROKEN, "An entry cannot be opened.");
		return false;
	}
	/* The stated size bounds what is read, whatever the data would unpack to; the checksum is tested at its end. */
	size_t size = (size_t)stat.size;
	char *text = arena_bytes(arena, size + 1);
	out->spent += size;
	size_t len = 0;
	zip_int64_t got = 0;
	while (len < size + 1 && (got = zip_fread(file, text + len, size + 1 - len)) > 0)
		len += (size_t)got;
	bool ok = got == 0 && len == size;
	(void)zip_fclose(file);
	if (!ok) {
		set_problem(out, PROBLEM_ZIP_BROKEN, "An entry is damaged or larger than stated.");
		return false;
	}
	*out_text = str_make(text, len);
	return true;
}

static void read_entries(zip_t *zip, size_t limit, struct arena *arena, struct inflated *out)
{
	zip_int64_t entries = zip_get_num_entries(zip, 0);

	if (entries > LIMIT_ZIP_ENTRIES) {
		set_problem(out, PROBLEM_ZIP_BROKEN, "There are more than 100 entries.");
		entries = LIMIT_ZIP_ENTRIES;
	}
	out->texts = ARENA_ARRAY(arena, (size_t)(entries > 0 ? entries : 1), struct str);
	for (zip_int64_t i = 0; i < entries; i++) {
		struct str text;
		const char *name;
		if (!read_entry(zip, (zip_uint64_t)i, limit - out->spent, arena, &text, out))
			continue;
		enum content_kind kind = content_kind(text, &name);
		if (kind != CONTENT_OTHER && kind != CONTENT_EMPTY)
			out->texts[out->count++] = text;
	}
	if (out->count == 0)
		set_problem(out, PROBLEM_ZIP_BROKEN, "No entry is a report.");
}

void inflate_zip(struct str bytes, size_t limit, struct arena *arena, struct inflated *out)
{
	zip_error_t error;

	*out = (struct inflated){.deviations = BIT(DEVIATION_ZIP)};
	zip_error_init(&error);
	zip_source_t *source = zip_source_buffer_create(bytes.p, bytes.len, 0, &error);
	zip_t *zip = source == NULL ? NULL : zip_open_from_source(source, ZIP_RDONLY, &error);
	if (zip == NULL) {
		zip_source_free(source);
		set_problem(out, PROBLEM_ZIP_BROKEN, "Its list of entries cannot be read.");
	} else {
		read_entries(zip, limit, arena, out);
		zip_discard(zip);
	}
	zip_error_fini(&error);
}
