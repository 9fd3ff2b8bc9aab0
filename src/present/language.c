/* SPDX-License-Identifier: ISC */
#include "present/language.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define NARROW_BLANK "\xe2\x80\xaf" /* U+202F, does not break */
#define HARD_BLANK "\xc2\xa0"       /* U+00A0 */

#define MOST_RANGES 32 /* of an Accept-Language header */

static const struct language english = {
    .tag = "en", .plural = PLURAL_ONE, .thousands = ",", .decimal = ".", .percent = " %", .group_from = 4,
    .day = "{day} {month} {year}", .day_short = "{day} {month} {year}",
    .months = {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
               "November", "December"},
    .months_short = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
};

/* The months in the form that stands in a date. */
static const struct language others[] = {
    {.tag = "de", .plural = PLURAL_ONE, .thousands = ".", .decimal = ",", .percent = HARD_BLANK "%", .group_from = 4,
     .day = "{day}. {month} {year}", .day_short = "{day}. {month} {year}",
     .months = {"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober",
                "November", "Dezember"},
     .months_short = {"Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez."}},
    {.tag = "fr", .plural = PLURAL_ONE_OR_NONE, .thousands = NARROW_BLANK, .decimal = ",",
     .percent = NARROW_BLANK "%", .group_from = 4, .first_of_month = "1er",
     .day = "{day} {month} {year}", .day_short = "{day} {month} {year}",
     .months = {"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
                "novembre", "décembre"},
     .months_short = {"janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.",
                      "déc."}},
    {.tag = "pl", .plural = PLURAL_POLISH, .thousands = HARD_BLANK, .decimal = ",", .percent = "%", .group_from = 5,
     .day = "{day} {month} {year}", .day_short = "{day} {month} {year}",
     .months = {"stycznia", "lutego", "marca", "kwietnia", "maja", "czerwca", "lipca", "sierpnia", "września",
                "października", "listopada", "grudnia"},
     .months_short = {"sty", "lut", "mar", "kwi", "maj", "cze", "lip", "sie", "wrz", "paź", "lis", "gru"}},
    {.tag = "pt", .plural = PLURAL_ONE, .thousands = ".", .decimal = ",", .percent = "%", .group_from = 4,
     .day = "{day} de {month} de {year}", .day_short = "{day} {month} {year}",
     .months = {"janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto", "setembro", "outubro",
                "novembro", "dezembro"},
     .months_short = {"jan.", "fev.", "mar.", "abr.", "maio", "jun.", "jul.", "ago.", "set.", "out.", "nov.", "dez."}},
};

static _Thread_local const struct language *now;
static _Thread_local const struct language_catalogue *catalogue;

unsigned plural_form(enum plural_rule rule, uint64_t n)
{
	switch (rule) {
	case PLURAL_ONE: return n == 1 ? 0 : 1;
	case PLURAL_ONE_OR_NONE: return n < 2 ? 0 : 1;
	case PLURAL_POLISH: break;
	}
	if (n == 1)
		return 0;
	bool is_few = n % 10 >= 2 && n % 10 <= 4 && (n % 100 < 12 || n % 100 > 14);
	return is_few ? 1 : 2;
}

static const struct language *find_tag(struct str tag)
{
	if (str_eq_nocase(tag, STR("en")) || str_eq_nocase(tag, STR("C")) || str_eq_nocase(tag, STR("POSIX")))
		return &english;
	for (size_t i = 0; i < COUNT_OF(others); i++)
		if (str_eq_nocase(tag, str_of(others[i].tag)))
			return &others[i];
	return NULL;
}

const struct language *language_find(struct str name)
{
	size_t len = 0;

	while (len < name.len && memchr(".@_-", name.p[len], 4) == NULL)
		len++;
	const struct language *language = find_tag(name);
	return language != NULL ? language : find_tag(str_upto(name, len));
}

/* "q=0.8" as 800; 1000 where it is absent, 0 where it is not understood. */
static unsigned quality(struct str parameter)
{
	unsigned value = 0, scale = 1000;

	parameter = str_trim(parameter);
	if (parameter.len == 0)
		return 1000;
	if (!str_starts_with_nocase(parameter, STR("q=")))
		return 0;
	struct str digits = str_from(parameter, 2);
	for (size_t i = 0; i < digits.len && scale > 0; i++) {
		if (i == 1 && digits.p[i] == '.')
			continue;
		if (digits.p[i] < '0' || digits.p[i] > '9')
			return 0;
		value += (unsigned)(digits.p[i] - '0') * scale;
		scale /= 10;
	}
	return value > 1000 ? 1000 : value;
}

const struct language *language_accepted(struct str header)
{
	const struct language *best = &english;
	unsigned best_quality = 0;

	for (size_t i = 0; i < MOST_RANGES && header.p != NULL; i++) {
		struct str parameter = str_cut(&header, ',');
		struct str name = str_trim(str_cut(&parameter, ';'));
		const struct language *language = language_find(name);
		unsigned wanted = quality(parameter.p == NULL ? STR("") : parameter);
		if (language != NULL && wanted > best_quality) {
			best = language;
			best_quality = wanted;
		}
	}
	return best;
}

const struct language *language_of_environment(void)
{
	static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		const char *value = getenv(names[i]);
		if (value == NULL || *value == '\0')
			continue;
		const struct language *language = language_find(str_of(value));
		return language != NULL ? language : &english;
	}
	return &english;
}

void language_use(const struct language *language)
{
	now = language;
	catalogue = NULL;
	for (uint32_t i = 0; language != NULL && i < language_catalogue_count; i++)
		if (strcmp(language_catalogues[i].tag, language->tag) == 0)
			catalogue = &language_catalogues[i];
}

const struct language *language_now(void)
{
	return now != NULL ? now : &english;
}

const char *language_text(const char *text, unsigned form)
{
	uint32_t low = 0, high = language_text_count;

	if (catalogue == NULL)
		return NULL;
	assert(form < LANGUAGE_FORMS);
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = strcmp(text, language_texts[middle]);
		if (order == 0) {
			uint32_t at = catalogue->forms[middle][form];
			return at == 0 ? NULL : catalogue->texts + at;
		}
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

const char *language_own_name(struct str tag)
{
	static const char *const names[][2] = {
	    {"en", "English"}, {"de", "Deutsch"}, {"fr", "Français"}, {"pl", "Polski"}, {"pt", "Português"}};

	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (str_eq(tag, str_of(names[i][0])))
			return names[i][1];
	return "";
}
