/* SPDX-License-Identifier: ISC */
#include "decode/json_check.h"

#include "base/attr.h"
#include "base/limits.h"
#include "base/utf8.h"

enum expect {
	EXPECT_VALUE,
	EXPECT_VALUE_OR_END, /* behind '[' */
	EXPECT_NAME,
	EXPECT_NAME_OR_END, /* behind '{' */
	EXPECT_COLON,
	EXPECT_COMMA_OR_END,
	EXPECT_NOTHING,
};

struct scan {
	struct str text;
	size_t at;
	struct json_findings findings;
	struct json_fault fault;
	size_t depth;
	bool is_object[JSON_CHECK_DEPTH_MAX];
};

static const char *expected_text(enum expect expect, bool in_object)
{
	switch (expect) {
	case EXPECT_VALUE: return "a value";
	case EXPECT_VALUE_OR_END: return "a value or a closing bracket";
	case EXPECT_NAME: return "a member name in double quotes";
	case EXPECT_NAME_OR_END: return "a member name in double quotes or a closing brace";
	case EXPECT_COLON: return "a colon";
	case EXPECT_COMMA_OR_END: return in_object ? "a comma or a closing brace" : "a comma or a closing bracket";
	case EXPECT_NOTHING: return "the end of the text";
	}
	return "";
}

static bool fail(struct scan *s, enum json_fault_kind kind, size_t offset, const char *expected)
{
	if (offset >= s->text.len && kind == JSON_FAULT_SYNTAX)
		kind = JSON_FAULT_TRUNCATED;
	s->fault = (struct json_fault){.kind = kind, .offset = offset, .expected = expected};
	return false;
}

static bool hex4(struct str text, size_t at, unsigned *out)
{
	unsigned value = 0;

	for (size_t i = at; i < at + 4; i++) {
		if (i >= text.len)
			return false;
		char c = byte_lower(text.p[i]);
		if (byte_is_digit(c))
			value = value * 16 + (unsigned)(c - '0');
		else if (c >= 'a' && c <= 'f')
			value = value * 16 + (unsigned)(c - 'a') + 10;
		else
			return false;
	}
	*out = value;
	return true;
}

static bool is_high(unsigned unit)
{
	return unit >= 0xd800 && unit <= 0xdbff;
}

static bool is_low(unsigned unit)
{
	return unit >= 0xdc00 && unit <= 0xdfff;
}

/* Length of the escape at `at` (a backslash), 0 if it is none; `*lone` if it is half of a surrogate pair. */
static size_t escape_len(struct str text, size_t at, bool *lone)
{
	unsigned first, second;

	*lone = false;
	if (at + 1 >= text.len)
		return 0;
	if (text.p[at + 1] != 'u')
		return text.p[at + 1] != '\0' && strchr("\"\\/bfnrt", text.p[at + 1]) != NULL ? 2 : 0;
	if (!hex4(text, at + 2, &first))
		return 0;
	if (is_high(first) && at + 7 < text.len && text.p[at + 6] == '\\' && text.p[at + 7] == 'u' &&
	    hex4(text, at + 8, &second) && is_low(second))
		return 12;
	*lone = is_high(first) || is_low(first);
	return 6;
}

/* The offset behind the last byte of the escape that is as it should be. */
static size_t escape_fault(struct str text, size_t at)
{
	size_t i = at + 1;

	if (i < text.len && text.p[i] == 'u')
		for (i++; i < text.len && i < at + 6; i++)
			if (!byte_is_digit(text.p[i]) && (byte_lower(text.p[i]) < 'a' || byte_lower(text.p[i]) > 'f'))
				break;
	return i;
}

static void note_bad_utf8(struct scan *s)
{
	if (!s->findings.bad_utf8)
		s->findings.bad_utf8_at = s->at;
	s->findings.bad_utf8 = true;
}

static bool scan_string(struct scan *s)
{
	bool lone;
	uint32_t character;

	s->at++;
	while (s->at < s->text.len) {
		unsigned char c = (unsigned char)s->text.p[s->at];
		if (c == '"') {
			s->at++;
			return true;
		}
		if (c == '\\') {
			size_t len = escape_len(s->text, s->at, &lone);
			if (len == 0)
				return fail(s, JSON_FAULT_SYNTAX, escape_fault(s->text, s->at),
				            "one of the escapes \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX");
			s->findings.lone_surrogate |= lone;
			s->at += len;
		} else if (c < 0x20) {
			return fail(s, JSON_FAULT_SYNTAX, s->at,
			            c == '\n' || c == '\r' ? "a closing quote before the end of the line"
			                                   : "no control character inside a text, or its escape");
		} else if (c < 0x80) {
			s->at++;
		} else {
			size_t len = utf8_decode(str_from(s->text, s->at), &character);
			if (len == 0)
				note_bad_utf8(s);
			s->at += len == 0 ? 1 : len;
		}
	}
	return fail(s, JSON_FAULT_TRUNCATED, s->text.len, "a closing quote");
}

static size_t skip_digits(struct str text, size_t at)
{
	while (at < text.len && byte_is_digit(text.p[at]))
		at++;
	return at;
}

/* End of the number at `at`; `*out_fault_at` is not 0 if it is none.  `*odd` if simdjson may refuse it. */
static size_t number_end(struct str text, size_t at, size_t *out_fault_at, bool *odd)
{
	size_t i = at + (text.p[at] == '-');
	size_t from = i;

	*out_fault_at = 0;
	i = skip_digits(text, i);
	if (i == from || (text.p[from] == '0' && i > from + 1)) {
		*out_fault_at = i == from ? i : from + 1;
		return i;
	}
	*odd = i - from > 18;
	if (i < text.len && text.p[i] == '.') {
		*odd = true;
		size_t fraction = i + 1;
		i = skip_digits(text, fraction);
		if (i == fraction) {
			*out_fault_at = i;
			return i;
		}
	}
	if (i < text.len && (text.p[i] == 'e' || text.p[i] == 'E')) {
		*odd = true;
		i++;
		if (i < text.len && (text.p[i] == '+' || text.p[i] == '-'))
			i++;
		size_t exponent = i;
		i = skip_digits(text, exponent);
		if (i == exponent)
			*out_fault_at = i;
	}
	return i;
}

static bool scan_number(struct scan *s)
{
	size_t fault_at;
	bool odd = false;
	size_t end = number_end(s->text, s->at, &fault_at, &odd);

	if (fault_at != 0)
		return fail(s, JSON_FAULT_SYNTAX, fault_at,
		            fault_at < s->text.len && byte_is_digit(s->text.p[fault_at]) ? "no digit behind a leading zero"
		                                                                         : "a digit");
	s->findings.odd_number |= odd;
	s->at = end;
	return true;
}

static bool scan_word(struct scan *s, const char *word)
{
	size_t len = strlen(word);

	for (size_t i = 0; i < len; i++)
		if (s->at + i >= s->text.len || s->text.p[s->at + i] != word[i])
			return fail(s, JSON_FAULT_SYNTAX, s->at + i, "true, false or null");
	s->at += len;
	return true;
}

static bool open_level(struct scan *s, size_t depth_limit, bool is_object)
{
	if (s->depth >= depth_limit || s->depth >= JSON_CHECK_DEPTH_MAX)
		return fail(s, JSON_FAULT_DEPTH, s->at, "fewer levels");
	s->is_object[s->depth++] = is_object;
	s->at++;
	return true;
}

static enum expect after_value(const struct scan *s)
{
	return s->depth == 0 ? EXPECT_NOTHING : EXPECT_COMMA_OR_END;
}

static bool scan_value(struct scan *s, size_t depth_limit, enum expect *expect)
{
	char c = s->text.p[s->at];
	const char *expected = expected_text(*expect, false);

	*expect = after_value(s);
	switch (c) {
	case '{': *expect = EXPECT_NAME_OR_END; return open_level(s, depth_limit, true);
	case '[': *expect = EXPECT_VALUE_OR_END; return open_level(s, depth_limit, false);
	case '"': return scan_string(s);
	case 't': return scan_word(s, "true");
	case 'f': return scan_word(s, "false");
	case 'n': return scan_word(s, "null");
	default:
		if (c == '-' || byte_is_digit(c))
			return scan_number(s);
		return fail(s, JSON_FAULT_SYNTAX, s->at, expected);
	}
}

static bool close_level(struct scan *s, enum expect *expect)
{
	s->depth--;
	s->at++;
	*expect = after_value(s);
	return true;
}

/* One token at s->at, which is no blank. */
static bool scan_token(struct scan *s, size_t depth_limit, enum expect *expect)
{
	char c = s->text.p[s->at];
	bool in_object = s->depth > 0 && s->is_object[s->depth - 1];

	switch (*expect) {
	case EXPECT_VALUE_OR_END:
		if (c == ']')
			return close_level(s, expect);
		return scan_value(s, depth_limit, expect);
	case EXPECT_VALUE: return scan_value(s, depth_limit, expect);
	case EXPECT_NAME_OR_END:
		if (c == '}')
			return close_level(s, expect);
		FALL_THROUGH;
	case EXPECT_NAME:
		if (c != '"')
			break;
		*expect = EXPECT_COLON;
		return scan_string(s);
	case EXPECT_COLON:
		if (c != ':')
			break;
		s->at++;
		*expect = EXPECT_VALUE;
		return true;
	case EXPECT_COMMA_OR_END:
		if (c == (in_object ? '}' : ']'))
			return close_level(s, expect);
		if (c != ',')
			break;
		s->at++;
		*expect = in_object ? EXPECT_NAME : EXPECT_VALUE;
		return true;
	case EXPECT_NOTHING: return fail(s, JSON_FAULT_TRAILING, s->at, expected_text(*expect, false));
	}
	return fail(s, JSON_FAULT_SYNTAX, s->at, expected_text(*expect, in_object));
}

bool json_check(struct str text, size_t depth_limit, struct json_findings *out_findings, struct json_fault *out_fault)
{
	struct scan s;
	enum expect expect = EXPECT_VALUE;

	s.text = text;
	s.at = 0;
	s.depth = 0;
	s.findings = (struct json_findings){0};
	while (s.at < text.len) {
		if (byte_is_space(text.p[s.at])) {
			s.at++;
			continue;
		}
		if (!scan_token(&s, depth_limit, &expect)) {
			*out_fault = s.fault;
			return false;
		}
	}
	if (expect != EXPECT_NOTHING) {
		bool in_object = s.depth > 0 && s.is_object[s.depth - 1];
		*out_fault = (struct json_fault){.kind = JSON_FAULT_TRUNCATED,
		                                 .offset = text.len,
		                                 .expected = expected_text(expect, in_object)};
		return false;
	}
	*out_findings = s.findings;
	return true;
}

static size_t mend_string(struct str text, size_t at, struct buf *out)
{
	bool lone;
	uint32_t character;

	buf_byte(out, '"');
	at++;
	while (at < text.len && text.p[at] != '"') {
		size_t len = 1;
		bool bad = false;
		if (text.p[at] == '\\') {
			len = escape_len(text, at, &lone);
			bad = lone || len == 0;
			len = len == 0 ? 1 : len;
		} else if ((unsigned char)text.p[at] >= 0x80) {
			len = utf8_decode(str_from(text, at), &character);
			bad = len == 0;
			len = bad ? 1 : len;
		}
		if (bad)
			buf_text(out, "\xef\xbf\xbd");
		else
			buf_bytes(out, text.p + at, len);
		at += len;
	}
	buf_byte(out, '"');
	return at + 1;
}

void json_mend(struct str text, struct buf *out)
{
	size_t at = 0;

	while (at < text.len) {
		char c = text.p[at];
		if (c == '"') {
			at = mend_string(text, at, out);
		} else if (c == '-' || byte_is_digit(c)) {
			size_t fault_at;
			bool odd = false;
			size_t end = number_end(text, at, &fault_at, &odd);
			if (odd)
				buf_text(out, "\"" JSON_NUMBER_MARK);
			buf_bytes(out, text.p + at, end - at);
			if (odd)
				buf_byte(out, '"');
			at = end > at ? end : at + 1;
		} else {
			buf_byte(out, c);
			at++;
		}
	}
}
