/* SPDX-License-Identifier: ISC */
#pragma once
/* The languages that the words exist in.  The catalogues of po/ are compiled in, so that a sealed role needs no file; the
 * language in use belongs to the thread, because pages for different readers are made at the same time. */
#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"

#define LANGUAGE_FORMS 3 /* the most plural forms of one language */

/* A catalogue as po/compile makes it: the texts one after another, and where each begins (0: not translated). */
struct language_catalogue {
	const char *tag;
	const char *texts;
	const uint32_t (*forms)[LANGUAGE_FORMS]; /* one row a text of language_texts */
};
extern const char *const language_texts[]; /* the English ones, sorted by strcmp */
extern const uint32_t language_text_count;
extern const struct language_catalogue language_catalogues[];
extern const uint32_t language_catalogue_count;

/* How a language counts (the Plural-Forms of its catalogue). */
enum plural_rule {
	PLURAL_ONE,         /* n == 1; else: English, German, Portuguese */
	PLURAL_ONE_OR_NONE, /* n < 2; else: French */
	PLURAL_POLISH,      /* 1; 2 to 4 but not 12 to 14; else */
};

struct language {
	const char *tag; /* "pl": also the lang attribute of pages */
	enum plural_rule plural;
	const char *thousands, *decimal, *percent; /* "," "." " %" */
	unsigned group_from;                       /* digits from which thousands are parted */
	const char *first_of_month;                /* "1er" in French; NULL: as any day */
	const char *day, *day_short;               /* "{day} {month} {year}" */
	const char *months[12], *months_short[12];
};

unsigned plural_form(enum plural_rule rule, uint64_t n);

/* By tag, or by what stands in LANG: "de", "de_AT.UTF-8", "pt-BR"; "C" and "POSIX" are English. NULL: not known. */
const struct language *language_find(struct str name);
/* What its speakers call it: "Deutsch"; "" for a language that there is not. */
const char *language_own_name(struct str tag);
/* What an Accept-Language header asks for (RFC 9110 section 12.5.4); English where it names none that exists. */
const struct language *language_accepted(struct str header);
/* By LC_ALL, LC_MESSAGES, LANG: the first that is set; English where it is not known. */
const struct language *language_of_environment(void);

/* Of the calling thread; NULL is English. */
void language_use(const struct language *language);
const struct language *language_now(void);
/* The form of a text in the language of the thread; NULL where there is none: say it in English. */
const char *language_text(const char *text, unsigned form);
