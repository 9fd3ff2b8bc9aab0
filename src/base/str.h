/* SPDX-License-Identifier: ISC */
#pragma once
/* Foreign bytes: a pointer and a length.  May hold NULs, is not terminated, owns nothing.
 * `p == NULL` means absent; an empty string that is present has a pointer. */
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct str {
	const char *p;
	size_t len;
};

#define STR(literal) ((struct str){.p = "" literal, .len = sizeof(literal) - 1})
#define STR_NONE ((struct str){.p = NULL, .len = 0})
/* For "%.*s".  The text must have been through base/quote.h first if it is foreign. */
#define STR_ARGS(s) (int)(s).len, ((s).p ? (s).p : "")

static inline struct str str_of(const char *text)
{
	return text == NULL ? STR_NONE : (struct str){.p = text, .len = strlen(text)};
}

static inline struct str str_make(const void *p, size_t len)
{
	return (struct str){.p = (const char *)p, .len = len}; /* the cast is for the C++ file that includes this */
}

static inline bool str_eq(struct str a, struct str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

bool str_eq_nocase(struct str a, struct str b); /* ASCII letters only */
int str_cmp(struct str a, struct str b);        /* bytes, then length: <0, 0, >0 */
static inline bool str_starts_with(struct str s, struct str prefix)
{
	return s.len >= prefix.len && (prefix.len == 0 || memcmp(s.p, prefix.p, prefix.len) == 0);
}

bool str_starts_with_nocase(struct str s, struct str prefix);
bool str_ends_with(struct str s, struct str suffix);
bool str_ends_with_nocase(struct str s, struct str suffix);

/* Offset of the first occurrence, or s.len. */
static inline size_t str_find_byte(struct str s, char byte)
{
	const char *at = s.len == 0 ? NULL : (const char *)memchr(s.p, byte, s.len);
	return at == NULL ? s.len : (size_t)(at - s.p);
}

size_t str_find(struct str s, struct str needle);
size_t str_find_nocase(struct str s, struct str needle);

/* Parts of `s`; offsets beyond its end give an empty rest. */
static inline struct str str_from(struct str s, size_t offset)
{
	if (offset >= s.len)
		return str_make(s.p == NULL ? NULL : s.p + s.len, 0);
	return str_make(s.p + offset, s.len - offset);
}

static inline struct str str_upto(struct str s, size_t len)
{
	return str_make(s.p, len < s.len ? len : s.len);
}

/* Without blanks, tabs, CR and LF at both ends. */
struct str str_trim(struct str s);

/* Takes what stands before the first `separator` off the front of `*rest` and returns it; the separator is
 * dropped.  Without one, all of it is returned and `*rest` becomes absent.  An absent `*rest` ends a loop:
 * `while (rest.p != NULL) { struct str word = str_cut(&rest, ','); ... }` */
struct str str_cut(struct str *rest, char separator);

static inline bool byte_is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static inline bool byte_is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static inline bool byte_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool byte_is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline char byte_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}
