/* SPDX-License-Identifier: ISC */
#include "present/logo_png.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crc32.h"
#include "base/limits.h"
#include "unit.h"

static void put_u32(struct buf *out, uint32_t n)
{
	unsigned char bytes[4] = {(unsigned char)(n >> 24), (unsigned char)(n >> 16), (unsigned char)(n >> 8), (unsigned char)n};
	buf_bytes(out, bytes, 4);
}

static void put_chunk(struct buf *out, const char *type, struct str data, bool is_broken)
{
	size_t start = out->len + 4;

	put_u32(out, (uint32_t)data.len);
	buf_bytes(out, type, 4);
	buf_str(out, data);
	struct str whole = str_from(buf_view(out), start);
	put_u32(out, crc32_of(whole) ^ (is_broken ? 1u : 0u));
}

static void put_head(struct buf *out, unsigned width, unsigned height, bool is_broken)
{
	struct buf data;

	buf_init(&data, 64);
	put_u32(&data, width);
	put_u32(&data, height);
	buf_bytes(&data, "\x08\x06\0\0\0", 5);
	put_chunk(out, "IHDR", buf_view(&data), is_broken);
	buf_done(&data);
}

/* "IHDR:16:4 tEXtAuthor IDATx IEND": a chunk each, with its data; of IHDR width and height; with "!" at its end the sum is wrong; of
 * fewer letters it is no chunk. */
static void make(const char *sketch, struct buf *out)
{
	struct str rest = str_of(sketch);

	buf_bytes(out, "\x89PNG\r\n\x1a\n", 8);
	while (rest.p != NULL) {
		struct str word = str_cut(&rest, ' ');
		bool is_broken = word.len > 0 && word.p[word.len - 1] == '!';
		unsigned width = 0, height = 0;
		if (word.len == 0)
			continue;
		if (sscanf(word.p, "IHDR:%u:%u", &width, &height) == 2)
			put_head(out, width, height, is_broken);
		else if (word.len >= 4)
			put_chunk(out, word.p, str_from(word, 4), is_broken);
		else
			buf_str(out, word);
	}
}

static void only_what_makes_up_the_picture_is_kept(void **state)
{
	static const struct {
		const char *label, *file, *kept; /* NULL: refused */
	} cases[] = {
	    {"the least", "IHDR:16:4 IDATx IEND", "IHDR:16:4 IDATx IEND"},
	    {"with a palette and what is seen through", "IHDR:16:4 PLTEabc tRNSa IDATx IDATy IEND", "IHDR:16:4 PLTEabc tRNSa IDATx IDATy IEND"},
	    {"who made it, and where", "IHDR:16:4 tEXtAuthor eXIfplace iTXtxml IDATx tIMEnow IEND", "IHDR:16:4 IDATx IEND"},
	    {"what stands behind the end", "IHDR:16:4 IDATx IEND PK", "IHDR:16:4 IDATx IEND"},
	    {"the widest and the highest", "IHDR:1200:400 IDATx IEND", "IHDR:1200:400 IDATx IEND"},
	    {"too wide", "IHDR:1201:4 IDATx IEND", NULL},
	    {"too high", "IHDR:4:401 IDATx IEND", NULL},
	    {"of no width", "IHDR:0:4 IDATx IEND", NULL},
	    {"no head", "IDATx IEND", NULL},
	    {"two heads", "IHDR:16:4 IHDR:16:4 IDATx IEND", NULL},
	    {"no picture", "IHDR:16:4 IEND", NULL},
	    {"no end", "IHDR:16:4 IDATx", NULL},
	    {"a broken part", "IHDR:16:4 IDATx! IEND", NULL},
	    {"a broken head", "IHDR:16:4! IDATx IEND", NULL},
	    {"a part that must be known", "IHDR:16:4 XDATx IDATx IEND", NULL},
	    {"cut in the middle of a part", "IHDR:16:4 IDATx IE", NULL},
	    {"nothing", "", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct buf file, kept, want;
		struct err err = {0};
		buf_init(&file, KIB(4));
		buf_init(&kept, KIB(4));
		buf_init(&want, KIB(4));
		make(cases[i].file, &file);
		bool ok = logo_png_clean(buf_view(&file), &kept, &err);
		if (cases[i].kept != NULL)
			make(cases[i].kept, &want);
		if (ok != (cases[i].kept != NULL) || (ok && !str_eq(buf_view(&kept), buf_view(&want))) || (!ok && err.kind != ERR_INPUT))
			fail_msg("%s: %s", cases[i].label, ok ? "kept otherwise" : err.text);
		buf_done(&file);
		buf_done(&kept);
		buf_done(&want);
	}
}

static void no_length_leads_out_of_the_file(void **state)
{
	struct buf file;

	(void)state;
	buf_init(&file, KIB(4));
	make("IHDR:16:4 tEXtAuthor IDATx IEND", &file);
	/* Each start of it, and each of its bytes as it would be with another value. */
	for (size_t n = 0; n < file.len; n++) {
		struct buf kept;
		struct err err = {0};
		char *copy = malloc(n == 0 ? 1 : n);
		assert_non_null(copy);
		memcpy(copy, file.p, n);
		buf_init(&kept, KIB(4));
		assert_false(logo_png_clean(str_make(copy, n), &kept, &err));
		buf_done(&kept);
		free(copy);
		char was = file.p[n];
		file.p[n] = (char)0xff;
		buf_init(&kept, KIB(4));
		(void)logo_png_clean(buf_view(&file), &kept, &err);
		buf_done(&kept);
		file.p[n] = was;
	}
	buf_done(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(only_what_makes_up_the_picture_is_kept),
	    cmocka_unit_test(no_length_leads_out_of_the_file),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
