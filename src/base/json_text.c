/* SPDX-License-Identifier: ISC */
#include "base/json_text.h"

struct scan {
	const char *at, *end;
};

static void skip_blanks(struct scan *s)
{
	while (s->at < s->end && byte_is_space(*s->at))
		s->at++;
}

static bool take(struct scan *s, char c)
{
	if (s->at == s->end || *s->at != c)
		return false;
	s->at++;
	return true;
}

static bool take_digits(struct scan *s)
{
	const char *start = s->at;

	while (s->at < s->end && byte_is_digit(*s->at))
		s->at++;
	return s->at > start;
}

static bool take_number(struct scan *s)
{
	(void)take(s, '-');
	if (!take(s, '0') && !take_digits(s))
		return false;
	if (take(s, '.') && !take_digits(s))
		return false;
	if (take(s, 'e') || take(s, 'E')) {
		if (!take(s, '+'))
			(void)take(s, '-');
		return take_digits(s);
	}
	return true;
}

static bool take_escape(struct scan *s)
{
	if (s->at == s->end)
		return false;
	char c = *s->at++;
	if (c != 'u')
		return memchr("\"\\/bfnrt", c, 8) != NULL;
	for (int i = 0; i < 4; i++, s->at++)
		if (s->at == s->end || (!byte_is_digit(*s->at) && (byte_lower(*s->at) < 'a' || byte_lower(*s->at) > 'f')))
			return false;
	return true;
}

static bool take_string(struct scan *s)
{
	if (!take(s, '"'))
		return false;
	while (s->at < s->end) {
		unsigned char c = (unsigned char)*s->at++;
		if (c == '"')
			return true;
		if (c < 0x20 || (c == '\\' && !take_escape(s)))
			return false;
	}
	return false;
}

static bool take_word(struct scan *s)
{
	static const char *const words[] = {"true", "false", "null"};

	for (size_t i = 0; i < 3; i++) {
		size_t len = strlen(words[i]);
		if ((size_t)(s->end - s->at) >= len && memcmp(s->at, words[i], len) == 0) {
			s->at += len;
			return true;
		}
	}
	return false;
}

static bool take_scalar(struct scan *s)
{
	if (s->at == s->end)
		return false;
	if (*s->at == '"')
		return take_string(s);
	return *s->at == '-' || byte_is_digit(*s->at) ? take_number(s) : take_word(s);
}

/* A member's name and its colon, where the innermost bracket is an object's. */
static bool take_name(struct scan *s, char bracket)
{
	if (bracket != '}')
		return true;
	skip_blanks(s);
	if (!take_string(s))
		return false;
	skip_blanks(s);
	return take(s, ':');
}

/* Behind a value: closes what is closed there, or goes on behind a comma.  False when the text breaks the grammar. */
static bool after_value(struct scan *s, const char *closing, size_t *depth)
{
	while (*depth > 0) {
		skip_blanks(s);
		if (take(s, ','))
			return take_name(s, closing[*depth - 1]);
		if (!take(s, closing[*depth - 1]))
			return false;
		(*depth)--;
	}
	return true;
}

bool json_text_is_value(struct str text)
{
	struct scan s = {text.p, text.p + text.len};
	char closing[JSON_TEXT_DEPTH];
	size_t depth = 0;

	do {
		skip_blanks(&s);
		char open = s.at < s.end ? *s.at : '\0';
		if (open == '{' || open == '[') {
			if (depth == JSON_TEXT_DEPTH)
				return false;
			s.at++;
			closing[depth++] = open == '{' ? '}' : ']';
			skip_blanks(&s);
			if (s.at < s.end && *s.at == closing[depth - 1]) {
				s.at++;
				depth--;
			} else if (take_name(&s, closing[depth - 1])) {
				continue;
			} else {
				return false;
			}
		} else if (!take_scalar(&s)) {
			return false;
		}
		if (!after_value(&s, closing, &depth))
			return false;
	} while (depth > 0);
	skip_blanks(&s);
	return text.len > 0 && s.at == s.end;
}
