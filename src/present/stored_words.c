/* SPDX-License-Identifier: ISC */
#include "present/stored_words.h"

#include "base/buf.h"
#include "base/limits.h"
#include "present/words.h"

#define PLACES_MOST 4
#define NESTED_MOST 2

/* More special ones first; what stands for a {reason} is looked up for itself. */
static const char *const templates[] = {
    /* why an arrival is believed or not: trust/grade */
    tr_mark("given by the operator"),
    tr_mark("came to the secret address"),
    tr_mark("posted without a secret address"),
    tr_mark("not signed"),
    tr_mark("signed by {domain} ({reason})"),
    tr_mark("signed by {domain}"),
    tr_mark("signature of {domain}, which is not the reporter"),
    tr_mark("signature of {domain} does not count: {reason}"),
    tr_mark("signature of {domain}: {reason}"),
    /* of signatures: trust/dkim_verify */
    tr_mark("d= and s= make no name of the DNS"),
    tr_mark("signed with SHA-1, which no longer proves anything"),
    tr_mark("the algorithm is unknown"),
    tr_mark("the body is not the one that was signed"),
    tr_mark("only a part of the body is signed (l=)"),
    tr_mark("it ends before it begins (x= is before t=)"),
    tr_mark("the signature has expired (x=)"),
    tr_mark("the signature was made in the future (t=)"),
    tr_mark("not looked at: the mail has more signatures than are checked"),
    tr_mark("there is no such key in the DNS"),
    tr_mark("the key was revoked"),
    tr_mark("the key is of another kind than the signature"),
    tr_mark("the key does not allow SHA-256 (h=)"),
    tr_mark("the key is not for TLS reports (s=)"),
    tr_mark("i= names a subdomain, which the key forbids (t=s)"),
    tr_mark("the key is shorter than 1024 bits"),
    tr_mark("the key is longer than 8192 bits"),
    tr_mark("the signed headers were changed, or the key is another one"),
    tr_mark("it holds; the key is marked as a test"),
    tr_mark("it holds"),
    /* what is kept aside: store/store_aside */
    tr_mark("A better trusted report has the same report-id, reporter and period, and says something else."),
    tr_mark("Reports come for {domain}, which is not in your list."),
    /* what our own look could not tell: role/domain_look */
    tr_mark("the DNS gave no answer ({outcome})"),
    tr_mark("port {port} at {address} does not answer from here. {reason} Many networks block it; try from another host."),
    tr_mark("we were at {address} too often lately, and hold back"),
    tr_mark("there are more than 20 servers; the first 20 are looked at"),
    tr_mark("the time for the whole check was over"),
    tr_mark("We do not connect to this address."),
    tr_mark("The connection was refused."),
    tr_mark("The address cannot be reached from here."),
    tr_mark("There was no answer in time."),
    /* what is wrong with a certificate */
    tr_mark("it shows no certificate"),
    tr_mark("expired"),
    tr_mark("not valid yet"),
    tr_mark("revoked"),
    tr_mark("signed by itself"),
    tr_mark("chain not complete"),
    tr_mark("unknown authority"),
    tr_mark("for another name"),
    tr_mark("too weak"),
    tr_mark("not for servers"),
    tr_mark("not shown"),
    tr_mark("not verified"),
    tr_mark("another address"),
    tr_mark("(no type)"),
};

struct match {
	struct word words[PLACES_MOST];
	size_t count;
};

/* Literal text is found as it stands; a place takes what is up to the literal text behind it. */
static bool matches(const char *template, struct str text, struct match *out)
{
	struct str rest = str_of(template);
	static const char *const names[] = {"domain", "reason", "outcome", "port", "address"};

	*out = (struct match){0};
	while (rest.len > 0) {
		size_t open = str_find_byte(rest, '{');
		if (!str_starts_with(text, str_upto(rest, open)))
			return false;
		text = str_from(text, open);
		if (open == rest.len)
			break;
		rest = str_from(rest, open + 1);
		size_t close = str_find_byte(rest, '}');
		struct str name = str_upto(rest, close);
		rest = str_from(rest, close + 1);
		struct str behind = str_upto(rest, str_find_byte(rest, '{'));
		size_t end = behind.len == 0 ? text.len : str_find(text, behind);
		if (end == 0 || (behind.len > 0 && end == text.len) || out->count == PLACES_MOST)
			return false;
		for (size_t i = 0; i < COUNT_OF(names); i++)
			if (str_eq(name, str_of(names[i])))
				out->words[out->count] = (struct word){names[i], str_upto(text, end)};
		out->count++;
		text = str_from(text, end);
	}
	return text.len == 0;
}

static struct str translate(struct arena *arena, struct str text, unsigned depth)
{
	struct match match;

	for (size_t i = 0; i < COUNT_OF(templates); i++) {
		if (!matches(templates[i], text, &match))
			continue;
		for (size_t w = 0; depth < NESTED_MOST && w < match.count; w++)
			if (str_eq(str_of(match.words[w].name), STR("reason")))
				match.words[w].value = translate(arena, match.words[w].value, depth + 1);
		return words_fill(arena, tr(templates[i]), match.words, match.count);
	}
	return text;
}

struct str stored_words(struct arena *arena, struct str text)
{
	struct str words = translate(arena, text, 0);
	size_t colon = str_find(text, STR(": "));

	if (words.p != text.p || colon >= text.len || str_find_byte(str_upto(text, colon), ' ') < colon)
		return words;
	struct str rest = str_from(text, colon + 2);
	words = translate(arena, rest, 0);
	return words.p == rest.p ? text
	                         : str_of(arena_format(arena, "%.*s: %.*s", STR_ARGS(str_upto(text, colon)), STR_ARGS(words)));
}

struct str stored_words_list(struct arena *arena, struct str text)
{
	struct str whole = stored_words(arena, text);
	struct buf out;

	if (whole.p != text.p || str_find(text, STR(", ")) >= text.len)
		return whole;
	buf_init(&out, LIMIT_TEXT_BYTES);
	for (struct str rest = text; rest.p != NULL && rest.len > 0;) {
		size_t end = str_find(rest, STR(", "));
		struct str words = translate(arena, str_upto(rest, end), 0);
		buf_format(&out, "%s%.*s", out.len > 0 ? ", " : "", STR_ARGS(words));
		rest = end < rest.len ? str_from(rest, end + 2) : STR_NONE;
	}
	whole = out.failed ? text : arena_str(arena, buf_view(&out));
	buf_done(&out);
	return whole;
}
