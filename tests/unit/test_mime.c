/* SPDX-License-Identifier: ISC */
/* The walker over mails: tables of our own, and GMime as the judge over generated ones. */
#include <gmime/gmime.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/limits.h"
#include "decode/mime.h"
#include "unit.h"

static struct arena arena;
static struct mime_mail found;
static struct buf mail;
static uint32_t seed = 3;

static unsigned dice(unsigned sides)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % sides;
}

static void reads_parameters_in_every_form(void **state)
{
	static const struct {
		const char *value, *want;
	} cases[] = {
	    {"attachment; filename=a.json", "a.json"},
	    {"attachment; filename=\"a b.json\"", "a b.json"},
	    {"attachment; FileName = \"a\\\"b\"", "a\"b"},
	    {"attachment; (c;) x=y; filename=a", "a"},
	    {"attachment; filename*=utf-8''%c3%bc.json", "\xc3\xbc.json"},
	    {"attachment; filename*=iso-8859-1'de'%fc.json", "\xc3\xbc.json"},
	    {"attachment; filename*0=\"a!\"; filename*1=\"b!\"; filename*2=c", "a!b!c"},
	    {"attachment; filename*1=b; filename*0*=utf-8''%61", "ab"},
	    {"attachment; filename=\"=?utf-8?Q?=C3=BC?=\"", "\xc3\xbc"},
	    {"attachment; filename=\"a!b\r\n !c\"", "a!b !c"},
	    {"attachment;; filename=a;", "a"},
	    {"attachment", NULL},
	    {"attachment; filename*0*=", ""},
	    {"attachment; filename=\"open", "open"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct str got = mime_parameter(str_of(cases[i].value), STR("filename"), &arena);
		if (!str_eq(got, str_of(cases[i].want)) && !(got.len == 0 && (cases[i].want == NULL || *cases[i].want == '\0')))
			fail_msg("%s: %.*s", cases[i].value, STR_ARGS(got));
	}
}

static void reads_encoded_words(void **state)
{
	static const struct {
		const char *value, *want;
	} cases[] = {
	    {"plain", "plain"},
	    {"=?utf-8?B?w7w=?= =?utf-8?q?=C3=BC_x?= y", "\xc3\xbc\xc3\xbc x y"},
	    {"a =?ISO-8859-1?Q?=FC?=", "a \xc3\xbc"},
	    {"=?utf-8?q?broken", "=?utf-8?q?broken"},
	    {"=?utf-8?z?a?=", "=?utf-8?z?a?="},
	    {"Report\r\n Domain:\r\n\tb", "Report Domain: b"},
	    {"a\xff", "a\xef\xbf\xbd"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_str(mime_header_text(str_of(cases[i].value), &arena), cases[i].want);
}

static void finds_the_transfer_encoding_between_comments(void **state)
{
	static const struct {
		const char *value;
		enum transfer_encoding want;
	} cases[] = {
	    {"base64", TRANSFER_BASE64},
	    {" Base64 ", TRANSFER_BASE64},
	    {"\"base64\";", TRANSFER_BASE64},
	    {"base64 (by a gateway)", TRANSFER_BASE64},
	    {"(a) (b) quoted-printable(c)", TRANSFER_QUOTED_PRINTABLE},
	    {"(only a comment)", TRANSFER_IDENTITY},
	    {"(never closed base64", TRANSFER_IDENTITY},
	    {"x-uuencode", TRANSFER_UNKNOWN},
	    {"", TRANSFER_IDENTITY},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		if (transfer_encoding_of(str_of(cases[i].value)) != cases[i].want)
			fail_msg("%s", cases[i].value);
	}
}

static void decodes_transfer_encodings_leniently(void **state)
{
	static const struct {
		enum transfer_encoding encoding;
		const char *in, *out;
		size_t odd;
	} cases[] = {
	    {TRANSFER_BASE64, "QUJD", "ABC", 0},
	    {TRANSFER_BASE64, "Q U\tJ\r\nD", "ABC", 0},
	    {TRANSFER_BASE64, "QUI=", "AB", 0},
	    {TRANSFER_BASE64, "QUI", "AB", 0},
	    {TRANSFER_BASE64, "QQ", "A", 0},
	    {TRANSFER_BASE64, "QUJDQ", "ABC", 1},
	    {TRANSFER_BASE64, "QUI====", "AB", 0},
	    {TRANSFER_BASE64, "QUI=\r\nfooter", "AB", 6},
	    {TRANSFER_BASE64, "Q*UJD", "ABC", 1},
	    {TRANSFER_BASE64, "-_-_", "\xfb\xff\xbf", 4},
	    {TRANSFER_BASE64, "", "", 0},
	    {TRANSFER_QUOTED_PRINTABLE, "a=3Db", "a=b", 0},
	    {TRANSFER_QUOTED_PRINTABLE, "a=\r\nb=\nc", "abc", 0},
	    {TRANSFER_QUOTED_PRINTABLE, "a= \t\r\nb", "ab", 0},
	    {TRANSFER_QUOTED_PRINTABLE, "a \t\r\nb", "a\r\nb", 0},
	    {TRANSFER_QUOTED_PRINTABLE, "a=ZZb", "a=ZZb", 1},
	    {TRANSFER_QUOTED_PRINTABLE, "a=", "a", 0},
	    {TRANSFER_QUOTED_PRINTABLE, "a=c3=BC", "a\xc3\xbc", 0},
	    {TRANSFER_IDENTITY, "as is", "as is", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct transfer_decoded got = transfer_decode(cases[i].encoding, str_of(cases[i].in), 100, &arena);
		if (!str_eq(got.bytes, str_of(cases[i].out)) || got.odd_bytes != cases[i].odd)
			fail_msg("case %zu: %.*s, %zu odd", i, STR_ARGS(got.bytes), got.odd_bytes);
	}
	assert_int_equal(transfer_decode(TRANSFER_BASE64, STR("QUJDQUJD"), 4, &arena).bytes.len, 4);
}

/* --- generated mails --- */

static void add_body(const char *line_end)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned coding = dice(3), lines = dice(6);

	if (coding == 1)
		buf_format(&mail, "Content-Transfer-Encoding: base64%s", line_end);
	if (coding == 2)
		buf_format(&mail, "Content-Transfer-Encoding: Quoted-Printable%s", line_end);
	buf_text(&mail, line_end);
	for (unsigned i = 0; i < lines; i++) {
		unsigned columns = dice(19) * 4;
		for (unsigned k = 0; k < columns; k++) {
			if (coding == 2 && dice(9) == 0)
				buf_text(&mail, "=3D");
			else if (coding != 1 && dice(7) == 0)
				buf_text(&mail, "--");
			else
				buf_byte(&mail, letters[dice(64)]);
		}
		if (coding == 2 && dice(3) == 0)
			buf_byte(&mail, '=');
		buf_text(&mail, line_end);
	}
}

static void add_entity(unsigned depth, unsigned *boundary, const char *line_end)
{
	static const char *const types[] = {"text/plain", "application/tlsrpt+gzip", "application/json; name=\"x.json\"",
	                                    "Text/HTML; charset=utf-8"};

	if (depth < 4 && dice(3) == 0) {
		unsigned mine = ++*boundary, children = 1 + dice(3);
		buf_format(&mail, "Content-Type: multipart/mixed;%s boundary=\"b%u\"%s%s", dice(2) ? "" : line_end, mine, line_end,
		           line_end);
		if (dice(2))
			buf_format(&mail, "preamble%s", line_end);
		for (unsigned i = 0; i < children; i++) {
			buf_format(&mail, "--b%u%s%s", mine, dice(4) == 0 ? "  " : "", line_end);
			add_entity(depth + 1, boundary, line_end);
			buf_text(&mail, line_end);
		}
		buf_format(&mail, "--b%u--%s", mine, line_end);
		if (dice(3) == 0)
			buf_format(&mail, "epilogue%s", line_end);
		return;
	}
	if (depth < 4 && dice(8) == 0) {
		buf_format(&mail, "Content-Type: message/rfc822%s%sFrom: inner@example.org%s", line_end, line_end, line_end);
		add_entity(depth + 1, boundary, line_end);
		return;
	}
	buf_format(&mail, "Content-Type: %s%s", types[dice(4)], line_end);
	add_body(line_end);
}

static void compare_part(GMimeObject *object, const struct mime_part *part, int round)
{
	GMimeContentType *type = g_mime_object_get_content_type(object);
	char *name = g_mime_content_type_get_mime_type(type);
	GMimeStream *stream = g_mime_stream_mem_new();

	if (!str_eq_nocase(part->type, str_of(name)))
		fail_msg("round %d: %.*s, GMime says %s", round, STR_ARGS(part->type), name);
	g_free(name);
	(void)g_mime_data_wrapper_write_to_stream(g_mime_part_get_content(GMIME_PART(object)), stream);
	GByteArray *judge = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
	struct str want = str_make(judge->data == NULL ? (const unsigned char *)"" : judge->data, judge->len);
	struct str got = transfer_decode(part->encoding, part->body, MIB(1), &arena).bytes;
	if (!str_eq(got, want))
		fail_msg("round %d, part %.*s: %zu bytes, GMime has %zu\n%.*s", round, STR_ARGS(part->path), got.len, want.len,
		         (int)mail.len, mail.p);
	g_object_unref(stream);
}

static void agrees_with_gmime_on_generated_mails(void **state)
{
	size_t parts = 0;

	(void)state;
	g_mime_init();
	for (int round = 0; round < 1500; round++) {
		const char *line_end = round % 2 == 0 ? "\r\n" : "\n";
		unsigned boundary = 0;
		buf_clear(&mail);
		arena_clear(&arena);
		buf_format(&mail, "From: a@example.com%sSubject: x%s", line_end, line_end);
		add_entity(0, &boundary, line_end);
		mime_walk(buf_view(&mail), &arena, &found);
		assert_int_equal(found.problem.kind, PROBLEM_NONE);

		GMimeStream *stream = g_mime_stream_mem_new_with_buffer(mail.p, mail.len);
		GMimeParser *parser = g_mime_parser_new_with_stream(stream);
		GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
		GMimePartIter *iter = g_mime_part_iter_new(GMIME_OBJECT(message));
		size_t index = 0;
		do {
			GMimeObject *object = g_mime_part_iter_get_current(iter);
			if (!GMIME_IS_PART(object))
				continue;
			assert_true(index < found.part_count);
			compare_part(object, &found.parts[index++], round);
		} while (g_mime_part_iter_next(iter));
		assert_int_equal(index, found.part_count);
		parts += index;
		g_mime_part_iter_free(iter);
		g_object_unref(message);
		g_object_unref(parser);
		g_object_unref(stream);
	}
	assert_true(parts > 2000);
}

static int start(void **state)
{
	(void)state;
	arena_init(&arena, MIB(16));
	buf_init(&mail, MIB(4));
	return 0;
}

static int finish(void **state)
{
	(void)state;
	arena_done(&arena);
	buf_done(&mail);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_parameters_in_every_form),
	    cmocka_unit_test(reads_encoded_words),
	    cmocka_unit_test(finds_the_transfer_encoding_between_comments),
	    cmocka_unit_test(decodes_transfer_encodings_leniently),
	    cmocka_unit_test(agrees_with_gmime_on_generated_mails),
	};
	return cmocka_run_group_tests(tests, start, finish);
}
