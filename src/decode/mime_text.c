/* SPDX-License-Identifier: ISC */
/* The words inside of headers: folds, encoded words, parameters. */
#include "base/buf.h"
#include "base/limits.h"
#include "base/num.h"
#include "base/utf8.h"
#include "decode/mime.h"

static bool is_plain(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.p[i] < 0x20 || (unsigned char)s.p[i] > 0x7e || (s.p[i] == '?' && i > 0 && s.p[i - 1] == '='))
			return false;
	return true;
}

/* Bytes of a charset as UTF-8.  Only those that mail about reports uses; of any other the ASCII part is kept. */
static void append_charset(struct str bytes, struct str charset, struct buf *out)
{
	bool latin = str_eq_nocase(charset, STR("iso-8859-1")) || str_eq_nocase(charset, STR("iso-8859-15")) ||
	             str_eq_nocase(charset, STR("windows-1252"));

	if (!latin) {
		(void)utf8_repair(bytes, out);
		return;
	}
	for (size_t i = 0; i < bytes.len; i++)
		if (bytes.p[i] != '\0')
			utf8_encode((unsigned char)bytes.p[i], out);
}

/* "=?charset?B?text?=" at the front of `s`: its length, or 0. */
static size_t encoded_word(struct str s, struct arena *arena, struct buf *out)
{
	struct str rest = str_from(s, 2);
	size_t charset_len = str_find_byte(str_upto(rest, 80), '?');
	struct str charset = str_upto(rest, charset_len);

	rest = str_from(rest, charset_len + 1);
	if (charset_len == 0 || rest.len < 2 || rest.p[1] != '?')
		return 0;
	char encoding = byte_lower(rest.p[0]);
	struct str text = str_from(rest, 2);
	size_t end = 0;
	while (end < text.len && text.p[end] != '?' && text.p[end] != '\n')
		end++;
	if (end + 1 >= text.len || text.p[end] != '?' || text.p[end + 1] != '=' || (encoding != 'b' && encoding != 'q'))
		return 0;
	struct str body = str_upto(text, end);
	charset = str_upto(charset, str_find_byte(charset, '*')); /* RFC 2231 5: a language may follow */
	if (encoding == 'q') {
		char *spaced = arena_text(arena, body);
		for (size_t i = 0; i < body.len; i++)
			if (spaced[i] == '_')
				spaced[i] = ' ';
		/* A blank at the end is text here, not a line end. */
		spaced[body.len] = '.';
		struct transfer_decoded word = transfer_decode(TRANSFER_QUOTED_PRINTABLE, str_make(spaced, body.len + 1),
		                                               body.len + 1, arena);
		append_charset(str_upto(word.bytes, word.bytes.len - (word.bytes.len > 0)), charset, out);
	} else {
		struct transfer_decoded word = transfer_decode(TRANSFER_BASE64, body, body.len, arena);
		append_charset(word.bytes, charset, out);
	}
	return (size_t)(text.p + end + 2 - s.p);
}

struct str mime_header_text(struct str value, struct arena *arena)
{
	struct buf out;
	struct str s = str_trim(value);
	bool after_word = false;

	if (value.p == NULL || is_plain(s))
		return s;
	buf_init(&out, LIMIT_HEADER_BYTES * 3 + 16);
	while (s.len > 0) {
		size_t blanks = 0;
		while (blanks < s.len && byte_is_space(s.p[blanks]))
			blanks++;
		bool is_word = str_starts_with(str_from(s, blanks), STR("=?"));
		size_t before = out.len;
		if (blanks > 0)
			buf_byte(&out, ' ');
		s = str_from(s, blanks);
		size_t len = 0;
		if (is_word) {
			size_t keep = out.len;
			/* Blanks between two encoded words are not text (RFC 2047 6.2). */
			if (after_word)
				out.len = before;
			len = encoded_word(s, arena, &out);
			if (len == 0)
				out.len = keep;
		}
		after_word = len > 0;
		if (len == 0) {
			len = s.len > 0 ? 1 : 0;
			while (len < s.len && !byte_is_space(s.p[len]) && !str_starts_with(str_from(s, len), STR("=?")))
				len++;
			(void)utf8_repair(str_upto(s, len), &out);
		}
		s = str_from(s, len);
	}
	struct str text = arena_str(arena, buf_view(&out));
	buf_done(&out);
	return text;
}

/* Skips blanks, folds and comments. */
static struct str skip_blank(struct str s)
{
	size_t depth = 0, i = 0;

	for (; i < s.len; i++) {
		if (s.p[i] == '(')
			depth++;
		else if (s.p[i] == ')' && depth > 0)
			depth--;
		else if (s.p[i] == '\\' && depth > 0)
			i++;
		else if (depth == 0 && !byte_is_space(s.p[i]))
			break;
	}
	return str_from(s, i);
}

/* Takes one value, quoted or not, off the front.  In the arena if it had escapes or folds. */
static struct str take_value(struct str *s, struct arena *arena)
{
	if (s->len == 0 || s->p[0] != '"') {
		size_t end = 0;
		while (end < s->len && s->p[end] != ';' && s->p[end] != '(' && s->p[end] != '\n' && s->p[end] != '\r')
			end++;
		struct str value = str_trim(str_upto(*s, end));
		*s = str_from(*s, end);
		return value;
	}
	size_t end = 1;
	bool plain = true;
	while (end < s->len && s->p[end] != '"') {
		plain &= s->p[end] != '\\' && s->p[end] != '\n' && s->p[end] != '\r';
		end += s->p[end] == '\\' ? 2 : 1;
	}
	if (end > s->len)
		end = s->len;
	struct str raw = str_make(s->p + 1, end - 1);
	*s = str_from(*s, end + 1);
	if (plain)
		return raw;
	char *text = arena_bytes(arena, raw.len);
	size_t len = 0;
	for (size_t i = 0; i < raw.len; i++) {
		if (raw.p[i] == '\\' && i + 1 < raw.len)
			i++;
		else if (raw.p[i] == '\r' || raw.p[i] == '\n')
			continue;
		text[len++] = raw.p[i];
	}
	return str_make(text, len);
}

struct parameter {
	struct str name, value;
};

/* The next "; name=value"; false at the end. */
static bool next_parameter(struct str *s, struct arena *arena, struct parameter *out)
{
	for (;;) {
		size_t semicolon = str_find_byte(*s, ';');
		if (semicolon == s->len)
			return false;
		*s = skip_blank(str_from(*s, semicolon + 1));
		size_t end = 0;
		while (end < s->len && s->p[end] != '=' && s->p[end] != ';')
			end++;
		if (end == s->len || s->p[end] == ';') {
			*s = str_from(*s, end); /* "; ;" or a word without a value */
			continue;
		}
		out->name = str_trim(str_upto(*s, end));
		*s = skip_blank(str_from(*s, end + 1));
		out->value = take_value(s, arena);
		return true;
	}
}

static int hex_digit(char c)
{
	if (byte_is_digit(c))
		return c - '0';
	c = byte_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void append_percent(struct str value, struct buf *out)
{
	for (size_t i = 0; i < value.len; i++) {
		int high = i + 2 < value.len + 0 && value.p[i] == '%' ? hex_digit(value.p[i + 1]) : -1;
		int low = high >= 0 ? hex_digit(value.p[i + 2]) : -1;
		if (low >= 0) {
			buf_byte(out, (char)(high * 16 + low));
			i += 2;
		} else {
			buf_byte(out, value.p[i]);
		}
	}
}

#define SEGMENTS LIMIT_PARAMETERS

struct segment {
	struct str value;
	bool is_there, is_percent;
};

/* "name*", "name*0", "name*0*": the number of the segment (0 where there is none), or -1 if it is another name. */
static int segment_number(struct str have, struct str name, bool *out_percent)
{
	uint64_t number = 0;

	*out_percent = false;
	if (!str_starts_with_nocase(have, name) || have.len == name.len || have.p[name.len] != '*')
		return -1;
	struct str rest = str_from(have, name.len + 1);
	if (rest.len == 0) {
		*out_percent = true;
		return 0;
	}
	if (rest.p[rest.len - 1] == '*') {
		*out_percent = true;
		rest.len--;
	}
	return num_parse_uint(rest, SEGMENTS - 1, &number) ? (int)number : -1;
}

/* RFC 2231: charset'language'text in the first segment, if it is percent-encoded. */
static struct str join_segments(const struct segment *segments, struct arena *arena)
{
	struct buf joined, out;
	struct str charset = STR_NONE;

	buf_init(&joined, LIMIT_PARAMETER_BYTES);
	buf_init(&out, LIMIT_PARAMETER_BYTES * 3 + 16);
	for (size_t i = 0; i < SEGMENTS && segments[i].is_there; i++) {
		struct str value = segments[i].value;
		if (i == 0 && segments[i].is_percent) {
			size_t first = str_find_byte(value, '\'');
			struct str language = str_from(value, first + 1);
			size_t second = str_find_byte(language, '\'');
			if (first < value.len && second < language.len) {
				charset = str_upto(value, first);
				value = str_from(language, second + 1);
			}
		}
		if (segments[i].is_percent)
			append_percent(value, &joined);
		else
			buf_str(&joined, value);
	}
	append_charset(buf_view(&joined), charset, &out);
	struct str text = joined.failed ? STR_NONE : arena_str(arena, buf_view(&out));
	buf_done(&joined);
	buf_done(&out);
	return text;
}

/* RFC 2231: a parameter in segments, or percent-encoded; absent if there is none. */
static struct str segmented_parameter(struct str value, struct str name, struct arena *arena)
{
	struct segment segments[SEGMENTS] = {0};
	struct parameter parameter;
	size_t taken = 0;

	while (taken++ < LIMIT_PARAMETERS && next_parameter(&value, arena, &parameter)) {
		bool percent;
		int number = segment_number(parameter.name, name, &percent);
		if (number >= 0 && !segments[number].is_there)
			segments[number] = (struct segment){.value = parameter.value, .is_there = true, .is_percent = percent};
	}
	return segments[0].is_there ? join_segments(segments, arena) : STR_NONE;
}

struct str mime_parameter(struct str value, struct str name, struct arena *arena)
{
	struct parameter parameter;
	struct str plain = STR_NONE;
	size_t taken = 0;

	value = str_upto(value, LIMIT_HEADER_BYTES);
	if (str_find_byte(value, '*') < value.len) {
		struct str segmented = segmented_parameter(value, name, arena);
		if (segmented.p != NULL)
			return segmented;
	}
	while (taken++ < LIMIT_PARAMETERS && plain.p == NULL && next_parameter(&value, arena, &parameter))
		if (str_eq_nocase(parameter.name, name))
			plain = parameter.value;
	if (plain.p == NULL || plain.len > LIMIT_PARAMETER_BYTES)
		return STR_NONE;
	return mime_header_text(plain, arena);
}
