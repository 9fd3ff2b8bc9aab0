/* SPDX-License-Identifier: ISC */
/* The door of libdeflate. */
#include "decode/inflate.h"

#include <assert.h>
#include <libdeflate.h>

#include "base/attr.h"
#include "base/limits.h"
#include "base/mem.h"
#include "decode/inflate_fault.h"

#define BIT(kind) (UINT64_C(1) << (kind))

struct inflater {
	struct libdeflate_decompressor *decompressor;
};

struct inflater *inflater_new(void)
{
	struct inflater *inflater = mem_new(sizeof *inflater);

	inflater->decompressor = libdeflate_alloc_decompressor();
	assert(inflater->decompressor != NULL); /* no memory: the worker ends, the supervisor replaces it */
	return inflater;
}

struct magic {
	struct str bytes;
	const char *name;
};

static const char *container_name(struct str bytes)
{
	static const struct magic magics[] = {
	    {{"BZh", 3}, "bzip2"},
	    {{"\xfd"
	      "7zXZ\0",
	      6},
	     "xz"},
	    {{"\x28\xb5\x2f\xfd", 4}, "zstd"},
	    {{"7z\xbc\xaf\x27\x1c", 6}, "7z"},
	    {{"Rar!\x1a\x07", 6}, "rar"},
	    {{"\x78\x9f\x3e\x22", 4}, "TNEF"},
	    {{"\x78\x01", 2}, "zlib"},
	    {{"\x78\x5e", 2}, "zlib"},
	    {{"\x78\x9c", 2}, "zlib"},
	    {{"\x78\xda", 2}, "zlib"},
	    {{"\x1f\x9d", 2}, "compress"},
	    {{"\x04\x22\x4d\x18", 4}, "lz4"},
	    {{"\x5d\x00\x00", 3}, "lzma"},
	};

	for (size_t i = 0; i < COUNT_OF(magics); i++)
		if (str_starts_with(bytes, magics[i].bytes))
			return magics[i].name;
	if (str_starts_with(str_from(bytes, 257), STR("ustar")))
		return "tar";
	return NULL;
}

static bool is_utf16(struct str s)
{
	if (str_starts_with(s, STR("\xff\xfe")) || str_starts_with(s, STR("\xfe\xff")))
		return true;
	bool little = s.len >= 4 && (s.p[0] == '{' || s.p[0] == '[') && s.p[1] == '\0';
	bool big = s.len >= 4 && s.p[0] == '\0' && (s.p[1] == '{' || s.p[1] == '[' || s.p[1] == '\0');
	return little || big;
}

enum content_kind content_kind(struct str bytes, const char **out_name)
{
	struct str s = bytes;

	*out_name = NULL;
	if (str_starts_with(s, STR("\x1f\x8b")))
		return CONTENT_GZIP;
	if (str_starts_with(s, STR("PK\x03\x04")) || str_starts_with(s, STR("PK\x05\x06")) ||
	    str_starts_with(s, STR("PK\x07\x08")))
		return CONTENT_ZIP;
	if (str_starts_with(s, STR("\xef\xbb\xbf")))
		s = str_from(s, 3);
	size_t blanks = 0;
	while (blanks < s.len && byte_is_space(s.p[blanks]))
		blanks++;
	s = str_from(s, blanks);
	if (s.len == 0)
		return CONTENT_EMPTY;
	if (is_utf16(bytes))
		return CONTENT_UTF16;
	if (s.p[0] == '{' || s.p[0] == '[')
		return CONTENT_JSON;
	if (str_starts_with_nocase(s, STR("<?xml")) || str_starts_with_nocase(s, STR("<feedback")))
		return CONTENT_XML;
	*out_name = container_name(bytes);
	return *out_name != NULL ? CONTENT_CONTAINER : CONTENT_OTHER;
}

static void set_problem(struct inflated *out, enum problem_kind kind, size_t offset, const char *detail,
                        struct arena *arena)
{
	out->problem = (struct problem){
	    .kind = kind,
	    .place = str_of(arena_format(arena, "byte %zu", offset)),
	    .detail = str_of(detail),
	};
}

/* What the trailer of the last member claims; a guess for the size of the buffer, never trusted. */
static size_t claimed_size(struct str bytes)
{
	uint32_t size = 0;

	if (bytes.len < 18)
		return 0;
	for (size_t i = 1; i <= 4; i++)
		size = size << 8 | (unsigned char)bytes.p[bytes.len - i];
	/* deflate packs at most 1,032 times (RFC 1951). */
	return size > bytes.len * 1032 ? bytes.len * 4 : size;
}

/* One member at the front of `bytes`.  `*out_used` bytes of it are taken, `*out_spent` bytes of memory. */
static enum libdeflate_result one_member(struct inflater *inflater, struct str bytes, size_t limit, struct arena *arena,
                                         struct str *out_text, size_t *out_used, size_t *out_spent)
{
	size_t size = claimed_size(bytes);
	enum libdeflate_result result;
	char *text;
	size_t len = 0;

	if (size < 512)
		size = 512;
	for (;;) {
		if (size > limit)
			size = limit;
		text = arena_bytes(arena, size + 1);
		*out_spent += size;
		result = libdeflate_gzip_decompress_ex(inflater->decompressor, bytes.p, bytes.len, text, size, out_used, &len);
		if (result != LIBDEFLATE_INSUFFICIENT_SPACE || size >= limit)
			break;
		/* The claim was wrong.  Eight times more each time: all tries together cost little more than the last. */
		size = size > limit / 8 ? limit : size * 8;
	}
	if (result == LIBDEFLATE_SUCCESS)
		*out_text = str_make(text, len);
	return result;
}

static bool is_zeros(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] != '\0')
			return false;
	return true;
}

static struct str concatenate(const struct str *members, size_t count, struct arena *arena)
{
	size_t len = 0;

	for (size_t i = 0; i < count; i++)
		len += members[i].len;
	char *text = arena_bytes(arena, len);
	char *to = text;
	for (size_t i = 0; i < count; i++) {
		if (members[i].len > 0)
			memcpy(to, members[i].p, members[i].len);
		to += members[i].len;
	}
	return str_make(text, len);
}

/* Several members are one text (RFC 1952 2.2), unless each is a JSON text by itself. */
static void join_members(struct inflated *out, struct arena *arena)
{
	const char *name;
	size_t json = 0, filled = 0;

	for (size_t i = 0; i < out->count; i++) {
		if (out->texts[i].len == 0)
			continue;
		json += content_kind(out->texts[i], &name) == CONTENT_JSON;
		out->texts[filled++] = out->texts[i];
	}
	if (filled == 0)
		filled = 1;
	if (filled > 1 && json != filled) {
		out->texts[0] = concatenate(out->texts, filled, arena);
		filled = 1;
	}
	out->count = filled;
}

void inflate_gzip(struct inflater *inflater, struct str bytes, size_t limit, struct arena *arena, struct inflated *out)
{
	struct str rest = bytes;
	size_t total = 0;

	*out = (struct inflated){.texts = ARENA_ARRAY(arena, LIMIT_GZIP_MEMBERS, struct str)};
	while (rest.len > 0) {
		struct str text = STR("");
		size_t used = 0, spent = 0;
		size_t offset = (size_t)(rest.p - bytes.p);
		if (out->count > 0 && !str_starts_with(rest, STR("\x1f\x8b"))) {
			if (!is_zeros(rest))
				out->deviations |= BIT(DEVIATION_GZIP_TRAILER);
			break;
		}
		if (out->count == LIMIT_GZIP_MEMBERS) {
			set_problem(out, PROBLEM_GZIP_BROKEN, offset, "There are more than 16 members.", arena);
			break;
		}
		enum libdeflate_result result = one_member(inflater, rest, limit - total, arena, &text,
		                                          &used, &spent);
		if (result == LIBDEFLATE_INSUFFICIENT_SPACE) {
			set_problem(out, PROBLEM_INFLATE_LIMIT, offset, "Nothing of it was kept.", arena);
			out->count = 0;
			out->spent = limit;
			return;
		}
		if (result != LIBDEFLATE_SUCCESS) {
			out->spent = spent < limit - total ? total + spent : limit;
			struct inflate_fault fault = inflate_fault_find(rest, limit - total);
			set_problem(out, fault.is_truncated ? PROBLEM_GZIP_TRUNCATED : PROBLEM_GZIP_BROKEN,
			            offset + fault.offset,
			            fault.is_truncated ? "Up to there nothing is wrong with it."
			                               : "It is damaged there, or its checksum or length is wrong.",
			            arena);
			break;
		}
		out->texts[out->count++] = text;
		total += text.len;
		out->spent = total;
		rest = str_from(rest, used);
	}
	if (out->count > 1) {
		out->deviations |= BIT(DEVIATION_GZIP_MEMBERS);
		join_members(out, arena);
	}
}
