/* SPDX-License-Identifier: ISC */
#pragma once
/* Texts that hurt where one byte of them leaves unquoted, and the checks for each rendering. */
#include "base/attr.h"
#include "base/utf8.h"
#include "unit.h"

static const char *const naughty_texts[] = {
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='x",
    "&lt;&amp;&#60;",
    "javascript:alert(1)",
    "=cmd|' /C calc'!A0",
    "+1-1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "a\r\nb: c",
    "a\tb\nc",
    "\x1b[31mred\x1b]0;title\x07",
    "\x7f\x08\x0c",
    "\xc2\x9b""31m",
    "\xe2\x80\xae""gnp.exe",
    "\xe2\x81\xa6""isolate",
    "\xe2\x80\xa8line\xe2\x80\xa9paragraph",
    "\xff\xfe not UTF-8 \xc3",
    "\xed\xa0\x80 surrogate",
    "{count} {domain}",
    "%s%n%x",
    "\\u0000\\",
    "日本語のメール",
    "]]>-->",
    "</style></title></pre>",
    "",
};

/* No control character but those allowed, no bidirectional control, all of it UTF-8. */
static inline void assert_harmless(struct str s, const char *allowed, bool bidi_allowed)
{
	uint32_t c;

	assert_int_equal(utf8_check(s), s.len);
	for (size_t at = 0; at < s.len; at += utf8_decode(str_from(s, at), &c)) {
		(void)utf8_decode(str_from(s, at), &c);
		if ((c < 0x20 && (c == 0 || strchr(allowed, (int)c) == NULL)) || (c >= 0x7f && c < 0xa0) ||
		    c == 0x2028 || c == 0x2029)
			fail_msg("control character U+%04X got out", (unsigned)c);
		if (!bidi_allowed && ((c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069)))
			fail_msg("bidirectional control U+%04X got out", (unsigned)c);
	}
}

static inline bool naughty_is_one_of(struct str name, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(name, str_of(names[i])))
			return true;
	return false;
}

/* The inside of one tag: NAME, then attributes with values in double quotes or without a value. */
static inline void assert_tag(struct str tag)
{
	static const char *const elements[] = {
	    "!DOCTYPE", "html", "head", "meta", "title", "link", "style",  "body", "a",    "div",     "nav",     "b",
	    "ul",       "li",   "main", "h1",   "h2",    "h3",   "p",      "span", "svg",  "path",    "circle",  "rect",
	    "dl",       "dt",   "dd",   "table", "caption", "thead", "tbody", "tr", "th", "td", "code", "pre", "details",
	    "summary",  "footer", "br"};
	static const char *const attributes[] = {
	    "html",   "lang",   "charset",      "name", "content",      "rel",         "href",        "class",
	    "id",     "role",   "tabindex",     "aria-label", "aria-hidden", "aria-current", "scope", "viewBox",
	    "fill",   "stroke", "stroke-width", "d",    "cx",           "cy",          "r",           "stroke-dasharray",
	    "width",  "height", "style",        "align", "valign",      "bgcolor",     "border",      "cellpadding",
	    "cellspacing"};

	if (tag.len > 0 && tag.p[0] == '/')
		tag = str_from(tag, 1);
	struct str element = str_cut(&tag, ' ');
	if (str_ends_with(element, STR("/")))
		element = str_upto(element, element.len - 1);
	if (!naughty_is_one_of(element, elements, COUNT_OF(elements)))
		fail_msg("the element <%.*s> got into the page", STR_ARGS(element));
	while (tag.len > 0 && !str_eq(tag, STR("/"))) {
		size_t end = 0;
		while (end < tag.len && tag.p[end] != '=' && tag.p[end] != ' ')
			end++;
		if (!naughty_is_one_of(str_upto(tag, end), attributes, COUNT_OF(attributes)))
			fail_msg("the attribute %.*s got into the page", (int)end, tag.p);
		tag = str_from(tag, end);
		if (str_starts_with(tag, STR("=\""))) {
			tag = str_from(tag, 2);
			tag = str_from(tag, str_find_byte(tag, '"') + 1);
		}
		tag = str_trim(tag);
	}
}

/* Every tag and every attribute of the page is one of ours, and no address leads out of the house. */
static inline void assert_harmless_html(struct str s)
{
	assert_harmless(s, "\n\t", false);
	for (size_t at = 0; at < s.len; at++) {
		if (s.p[at] != '<')
			continue;
		struct str rest = str_from(s, at + 1);
		size_t end = str_find_byte(rest, '>');
		assert_true(end < rest.len);
		assert_tag(str_upto(rest, end));
		at += end + 1;
	}
	for (struct str rest = s; rest.len > 0;) {
		rest = str_from(rest, str_find(rest, STR("href=\"")) + 6);
		if (rest.len > 0 && rest.p[0] != '/' && rest.p[0] != '#')
			fail_msg("the page leads to %.*s", (int)str_find_byte(rest, '"'), rest.p);
	}
}

/* No field of a CSV text begins like a formula. */
static inline void assert_harmless_csv(struct str s)
{
	bool quoted = false, fresh = true;

	assert_harmless(s, "\r\n\t", true);
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];
		if (fresh && memchr("=+-@\t", c, 5) != NULL)
			fail_msg("a formula got out: %.*s", (int)(s.len - i > 20 ? 20 : s.len - i), s.p + i);
		fresh = false;
		if (c == '"') {
			fresh = !quoted && (i == 0 || s.p[i - 1] == ',' || s.p[i - 1] == '\n');
			quoted = !quoted;
		} else if (!quoted && (c == ',' || c == '\n')) {
			fresh = true;
		}
	}
	assert_false(quoted);
}
