/* SPDX-License-Identifier: ISC */
#include "base/quote.h"

#include "base/utf8.h"

#define REPLACEMENT 0xfffdu
#define LOG_VALUE_MAX_BYTES 512

/* Characters that could reorder or hide what stands around them. */
static bool is_bidi_control(uint32_t c)
{
	return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0x200e || c == 0x200f || c == 0x61c;
}

static bool is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029;
}

/* Takes one character off the front; what is not UTF-8 gives U+FFFD a byte. */
static uint32_t next(struct str *s)
{
	uint32_t c = REPLACEMENT;
	size_t len = utf8_decode(*s, &c);

	*s = str_from(*s, len == 0 ? 1 : len);
	return len == 0 ? REPLACEMENT : c;
}

static void visible(uint32_t c, struct buf *out)
{
	if (c == '\n')
		buf_text(out, "\\n");
	else if (c == '\r')
		buf_text(out, "\\r");
	else if (c == '\t')
		buf_text(out, "\\t");
	else
		buf_format(out, c < 0x100 ? "\\x%02x" : "\\u%04x", (unsigned)c);
}

void quote_terminal(struct str s, bool keep_newlines, struct buf *out)
{
	while (s.len > 0) {
		uint32_t c = next(&s);
		if (c == '\n' && keep_newlines)
			buf_byte(out, '\n');
		else if (is_control(c) || is_bidi_control(c))
			visible(c, out);
		else
			utf8_encode(c, out);
	}
}

void quote_plain(struct str s, struct buf *out)
{
	while (s.len > 0) {
		uint32_t c = next(&s);
		if (c == '\\')
			buf_text(out, "\\\\");
		else if (is_control(c) || is_bidi_control(c))
			visible(c, out);
		else
			utf8_encode(c, out);
	}
}

void quote_html(struct str s, struct buf *out)
{
	while (s.len > 0) {
		uint32_t c = next(&s);
		if (c == '&')
			buf_text(out, "&amp;");
		else if (c == '<')
			buf_text(out, "&lt;");
		else if (c == '>')
			buf_text(out, "&gt;");
		else if (c == '"')
			buf_text(out, "&quot;");
		else if (c == '\'')
			buf_text(out, "&#39;");
		else if (c == '\n' || c == '\t')
			buf_byte(out, (char)c);
		else if (is_control(c))
			utf8_encode(REPLACEMENT, out);
		else if (!is_bidi_control(c))
			utf8_encode(c, out);
	}
}

void quote_csv(struct str s, struct buf *out)
{
	bool formula = s.len > 0 && memchr("=+-@\t\r", s.p[0], 6) != NULL;
	bool quoted = formula;

	for (size_t i = 0; i < s.len && !quoted; i++)
		quoted = memchr(",;\"\r\n\t", s.p[i], 6) != NULL || (unsigned char)s.p[i] < 0x20;
	quoted = quoted || (s.len > 0 && (s.p[0] == ' ' || s.p[s.len - 1] == ' '));
	if (quoted)
		buf_byte(out, '"');
	if (formula)
		buf_byte(out, '\'');
	while (s.len > 0) {
		uint32_t c = next(&s);
		if (c == '"')
			buf_text(out, "\"\"");
		else if (c == '\n' || c == '\r' || c == '\t' || (!is_control(c) && !is_bidi_control(c)))
			utf8_encode(c, out);
		else
			utf8_encode(REPLACEMENT, out);
	}
	if (quoted)
		buf_byte(out, '"');
}

void quote_json(struct str s, struct buf *out)
{
	buf_byte(out, '"');
	while (s.len > 0) {
		uint32_t c = next(&s);
		if (c == '"' || c == '\\') {
			buf_byte(out, '\\');
			buf_byte(out, (char)c);
		} else if (c == '\n') {
			buf_text(out, "\\n");
		} else if (c == '\r') {
			buf_text(out, "\\r");
		} else if (c == '\t') {
			buf_text(out, "\\t");
		} else if (is_control(c)) {
			buf_format(out, "\\u%04x", (unsigned)c);
		} else {
			utf8_encode(c, out);
		}
	}
	buf_byte(out, '"');
}

void quote_json_text(struct str s, struct buf *out)
{
	while (s.len > 0) {
		uint32_t c = next(&s);
		if (is_control(c) && !(c < 0x80 && byte_is_space((char)c)))
			buf_format(out, "\\u%04x", (unsigned)c);
		else
			utf8_encode(c, out);
	}
}

void quote_log(struct str s, struct buf *out)
{
	buf_byte(out, '"');
	for (size_t i = 0; i < s.len && i < LOG_VALUE_MAX_BYTES; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c == '"' || c == '\\')
			buf_format(out, "\\%c", c);
		else if (c >= 0x20 && c < 0x7f)
			buf_byte(out, (char)c);
		else
			buf_format(out, "\\x%02x", c);
	}
	if (s.len > LOG_VALUE_MAX_BYTES)
		buf_text(out, "...");
	buf_byte(out, '"');
}

void quote_label(struct str s, struct buf *out)
{
	buf_byte(out, '"');
	while (s.len > 0) {
		uint32_t c = next(&s);
		if (c == '"' || c == '\\')
			buf_format(out, "\\%c", (char)c);
		else if (c == '\n')
			buf_text(out, "\\n");
		else
			utf8_encode(is_control(c) || is_bidi_control(c) ? REPLACEMENT : c, out);
	}
	buf_byte(out, '"');
}

static void encoded_word(struct str bytes, struct buf *out)
{
	static const char digits[] = "0123456789ABCDEF";

	buf_text(out, "=?UTF-8?Q?");
	for (size_t i = 0; i < bytes.len; i++) {
		unsigned char c = (unsigned char)bytes.p[i];
		if (byte_is_alpha((char)c) || byte_is_digit((char)c)) {
			buf_byte(out, (char)c);
		} else if (c == ' ') {
			buf_byte(out, '_');
		} else {
			buf_byte(out, '=');
			buf_byte(out, digits[c >> 4]);
			buf_byte(out, digits[c & 15]);
		}
	}
	buf_text(out, "?=");
}

/* Bytes that the encoded form of one character takes. */
#define WORD_MAX_BYTES 15 /* of input: at most 45 encoded, so that a word stays below 75 (RFC 2047 section 2) */

void quote_mail_header(struct str s, struct buf *out)
{
	struct buf clean;
	bool ascii = true;
	size_t column = 0;

	buf_init(&clean, s.len * 3 + 1);
	while (s.len > 0) {
		uint32_t c = next(&s);
		if (is_control(c))
			c = ' ';
		if (is_bidi_control(c))
			continue;
		ascii = ascii && c < 0x80;
		utf8_encode(c, &clean);
	}
	struct str rest = buf_view(&clean);
	/* Plain text may not look like an encoded word itself. */
	if (ascii && str_find(rest, STR("=?")) == rest.len) {
		while (rest.p != NULL) {
			struct str word = str_cut(&rest, ' ');
			if (column > 0 && column + 1 + word.len > 76) {
				buf_text(out, "\r\n ");
				column = 1;
			} else if (column > 0) {
				buf_byte(out, ' ');
				column++;
			}
			buf_str(out, str_upto(word, 900));
			column += word.len;
		}
	} else {
		for (bool first = true; rest.len > 0; first = false) {
			size_t len = rest.len < WORD_MAX_BYTES ? rest.len : WORD_MAX_BYTES;
			while (len < rest.len && ((unsigned char)rest.p[len] & 0xc0u) == 0x80u)
				len--;
			if (!first)
				buf_text(out, "\r\n ");
			encoded_word(str_upto(rest, len), out);
			rest = str_from(rest, len);
		}
	}
	buf_done(&clean);
}
