/* SPDX-License-Identifier: ISC */
#include "base/attr.h"
#include "base/limits.h"
#include "naughty.h"
#include "present/language.h"
#include "present/stored_words.h"
#include "unit.h"

static void what_is_stored_in_english_is_said_in_the_readers_language(void **state)
{
	(void)state;
	static const struct {
		const char *language, *text, *words;
	} cases[] = {
	    {"en", "signed by google.com", "signed by google.com"},
	    {"de", "signed by google.com", "von google.com signiert"},
	    {"fr", "signed by google.com", "sign\xc3\xa9 par google.com"},
	    {"de", "signed by google.com (it holds; the key is marked as a test)",
	     "von google.com signiert (sie stimmt; der Schl\xc3\xbcssel ist als Test gekennzeichnet)"},
	    {"de", "signature of a.example does not count: the key was revoked",
	     "Signatur von a.example z\xc3\xa4hlt nicht: der Schl\xc3\xbcssel wurde widerrufen"},
	    {"de", "signature of a.example: words that nobody knows", "Signatur von a.example: words that nobody knows"},
	    {"de", "not signed", "nicht signiert"},
	    {"de", "Reports come for b.example, which is not in your list.",
	     "Es kommen Berichte f\xc3\xbcr b.example, das nicht in Ihrer Liste steht."},
	    {"de", "mx.example.com: the time for the whole check was over",
	     "mx.example.com: die Zeit f\xc3\xbcr die ganze Pr\xc3\xbc" "fung war um"},
	    {"de", "mx.example.com: port 25 at 192.0.2.1 does not answer from here. The connection was refused. Many networks block it; "
	           "try from another host.",
	     "mx.example.com: Port 25 an 192.0.2.1 antwortet von hier aus nicht. Die Verbindung wurde abgelehnt. Viele Netze sperren "
	     "ihn; versuchen Sie es von einem anderen Rechner aus."},
	    {"de", "_smtp._tls.example.com: the DNS gave no answer (servfail)",
	     "_smtp._tls.example.com: das DNS gab keine Antwort (servfail)"},
	    {"de", "what nobody has ever said: neither this", "what nobody has ever said: neither this"},
	    {"de", "signed by ", "signed by "},
	    {"de", "", ""},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct arena arena;
		arena_init(&arena, MIB(1));
		language_use(language_find(str_of(cases[i].language)));
		assert_str(stored_words(&arena, str_of(cases[i].text)), cases[i].words);
		language_use(NULL);
		arena_done(&arena);
	}
}

static void each_part_of_a_list_is_said_for_itself(void **state)
{
	(void)state;
	struct arena arena;
	arena_init(&arena, MIB(1));
	language_use(language_find(STR("de")));
	assert_str(stored_words_list(&arena, STR("expired, for another name")), "abgelaufen, f\xc3\xbcr einen anderen Namen");
	assert_str(stored_words_list(&arena, STR("expired")), "abgelaufen");
	assert_str(stored_words_list(&arena, STR("2026-11-21")), "2026-11-21");
	assert_str(stored_words_list(&arena, STR("mx.example.com, www.example.com")), "mx.example.com, www.example.com");
	language_use(NULL);
	arena_done(&arena);
}

static void foreign_text_is_never_more_than_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(naughty_texts); i++) {
		struct arena arena;
		arena_init(&arena, MIB(1));
		struct str text = str_of(arena_format(&arena, "signed by %s", naughty_texts[i]));
		struct str words = stored_words(&arena, text);
		assert_true(str_eq(words, text));
		(void)stored_words_list(&arena, str_of(naughty_texts[i]));
		arena_done(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_stored_in_english_is_said_in_the_readers_language),
	    cmocka_unit_test(each_part_of_a_list_is_said_for_itself),
	    cmocka_unit_test(foreign_text_is_never_more_than_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
