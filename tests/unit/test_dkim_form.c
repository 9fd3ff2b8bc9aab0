/* SPDX-License-Identifier: ISC */
#include <stdio.h>

#include "base/arena.h"
#include "base/limits.h"
#include "decode/dkim_form.h"
#include "unit.h"

#define EMPTY_SIMPLE "frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY="  /* RFC 6376 3.4.3 */
#define EMPTY_RELAXED "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" /* RFC 6376 3.4.4 */
#define TAGS "v=1; a=rsa-sha256; d=sender.example; s=sel; h=from:subject; "
#define SIGNED(tags, hash) "DKIM-Signature: " tags "bh=" hash "; b=QUJD\r\n"
#define REST "From: a@sender.example\r\nSubject: one\r\n\r\n"

static struct arena arena;

static const struct dkim_form *form_of(const char *headers, const char *body)
{
	struct dkim_form *forms;
	size_t count;

	dkim_form_read(str_of(headers), str_of(body), &arena, &forms, &count);
	assert_int_equal(count, 1);
	return forms;
}

static void knows_the_hash_of_an_empty_body(void **state)
{
	(void)state;
	assert_true(form_of(SIGNED(TAGS, EMPTY_SIMPLE) REST, "")->body_matches);
	assert_true(form_of(SIGNED(TAGS, EMPTY_SIMPLE) REST, "\r\n\r\n")->body_matches);
	assert_true(form_of(SIGNED(TAGS "c=relaxed/relaxed; ", EMPTY_RELAXED) REST, "")->body_matches);
	assert_true(form_of(SIGNED(TAGS "c=relaxed/relaxed; ", EMPTY_RELAXED) REST, " \t\r\n\r\n")->body_matches);
	assert_false(form_of(SIGNED(TAGS "c=relaxed; ", EMPTY_RELAXED) REST, "")->body_matches);
	assert_false(form_of(SIGNED(TAGS, EMPTY_SIMPLE) REST, "x")->body_matches);
	assert_true(form_of(SIGNED(TAGS "c=relaxed/relaxed; l=0; ", EMPTY_RELAXED) REST, "anything\r\n")->body_matches);
	assert_true(form_of(SIGNED(TAGS "l=0; ", EMPTY_RELAXED) REST, "anything\r\n")->has_length);
	assert_false(form_of(SIGNED(TAGS "l=9; ", EMPTY_SIMPLE) REST, "")->body_matches);
}

static void relaxed_headers_survive_folding_and_simple_ones_do_not(void **state)
{
	static const struct {
		const char *canon, *other;
		bool same;
	} cases[] = {
	    {"c=relaxed; ", "FROM:  a@sender.example \r\nsubject:\r\n one\t\r\n\r\n", true},
	    {"c=relaxed; ", "From: a@sender.example\r\nSubject: o ne\r\n\r\n", false},
	    {"c=relaxed; ", "From: a@sender.example\r\nSubject: two\r\n\r\n", false},
	    {"c=relaxed; ", "Subject: two\r\nFrom: a@sender.example\r\nSubject: one\r\n\r\n", true},  /* bottom-up */
	    {"c=relaxed; ", "From: a@sender.example\r\nSubject: one\r\nSubject: two\r\n\r\n", false},
	    {"c=relaxed; ", "X-New: y\r\nFrom: a@sender.example\r\nSubject: one\r\n\r\n", true},      /* not signed */
	    {"c=simple; ", "From:  a@sender.example\r\nSubject: one\r\n\r\n", false},
	    {"c=simple; ", "Subject: one\r\nFrom: a@sender.example\r\n\r\n", true},
	    {"c=simple; ", "FROM: a@sender.example\r\nSubject: one\r\n\r\n", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char one[1024], other[1024];
		(void)snprintf(one, sizeof one, "DKIM-Signature: " TAGS "%sbh=" EMPTY_SIMPLE "; b=QUJD\r\n" REST, cases[i].canon);
		(void)snprintf(other, sizeof other, "DKIM-Signature: " TAGS "%sbh=" EMPTY_SIMPLE "; b=QUJD\r\n%s",
		               cases[i].canon, cases[i].other);
		struct str a = form_of(one, "")->header_hash, b = form_of(other, "")->header_hash;
		assert_int_equal(a.len, 32);
		if (str_eq(a, b) != cases[i].same)
			fail_msg("case %zu", i);
	}
}

static void the_signature_itself_is_not_signed(void **state)
{
	(void)state;
	struct str a = form_of("DKIM-Signature: b=QUJD; " TAGS "bh=" EMPTY_SIMPLE "\r\n" REST, "")->header_hash;
	struct str b = form_of("DKIM-Signature: b=WFla\r\n WFla; " TAGS "bh=" EMPTY_SIMPLE "\r\n" REST, "")->header_hash;
	struct str c = form_of("DKIM-Signature: b=QUJD; t=1; " TAGS "bh=" EMPTY_SIMPLE "\r\n" REST, "")->header_hash;
	assert_true(str_eq(a, b));
	assert_false(str_eq(a, c));
}

static void line_ends_of_a_file_make_no_difference(void **state)
{
	(void)state;
	const struct dkim_form *lf = form_of("DKIM-Signature: " TAGS "bh=" EMPTY_SIMPLE ";\n b=QUJD\nFrom: a@sender.example\n"
	                                     "Subject: one\n two\n\n", "\n\n");
	const struct dkim_form *crlf = form_of("DKIM-Signature: " TAGS "bh=" EMPTY_SIMPLE ";\r\n b=QUJD\r\n"
	                                       "From: a@sender.example\r\nSubject: one\r\n two\r\n\r\n", "\r\n\r\n");
	assert_true(lf->body_matches && crlf->body_matches);
	assert_true(str_eq(lf->header_hash, crlf->header_hash));
}

static void says_in_words_why_a_signature_is_unusable(void **state)
{
	static const struct {
		const char *value, *fault;
	} cases[] = {
	    {"", "v= is missing"},
	    {"nonsense", "the tag list has a tag without ="},
	    {"v=1;; a=b", "the tag list has an empty tag"},
	    {"v=1; v=1", "a tag stands twice"},
	    {"v=2; a=rsa-sha256; d=x.example; s=s; h=from; bh=QQ==; b=QQ==", "v= is not 1"},
	    {"v=1; a=rsa-sha256; d=x.example; h=from; bh=QQ==; b=QQ==", "s= is missing"},
	    {"v=1; a=rsa-sha256; d=x.example; s=s; h=to; bh=QQ==; b=QQ==", "h= does not sign From"},
	    {"v=1; a=rsa-sha256; d=x.example; s=s; h=from; bh=QQ==; b=!!", "b= or bh= is not base64"},
	    {"v=1; a=rsa-sha256; d=x.example; s=s; h=from; bh=QQ==; b=QQ==; c=nowsp", "c= is unknown"},
	    {"v=1; a=rsa-sha256; d=x.example; s=s; h=from; bh=QQ==; b=QQ==; q=web", "q= does not offer dns/txt"},
	    {"v=1; a=rsa-sha256; d=x.example; s=s; h=from; bh=QQ==; b=QQ==; t=soon", "t= or x= is no time"},
	    {"v=1; a=rsa-sha256; d=x.example; s=s; h=from; bh=QQ==; b=QQ==; i=@y.example", "i= lies outside of d="},
	    {"v=1; a=rsa-sha256; d=x.example; s=s; h=from; bh=QQ==; b=QQ==; l=-1", "l= is no number"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char headers[512];
		(void)snprintf(headers, sizeof headers, "DKIM-Signature: %s\r\n" REST, cases[i].value);
		assert_str(form_of(headers, "")->fault, cases[i].fault);
	}
}

static void gives_the_tags_as_they_are(void **state)
{
	(void)state;
	const struct dkim_form *form =
	    form_of("DKIM-Signature: v=1; a=ed25519-sha256; d=Sender.Example; s=a.b; h=From; i=x@sub.sender.example;\r\n"
	            " t=1767312000; x=1767398400; bh=" EMPTY_SIMPLE "; b=QU\r\n JD\r\n" REST, "");
	assert_true(form->fault.p == NULL);
	assert_str(form->domain, "sender.example");
	assert_str(form->selector, "a.b");
	assert_int_equal(form->algorithm, DKIM_ED25519_SHA256);
	assert_str(form->signature, "ABC");
	assert_true(form->signed_at == 1767312000 && form->expires_at == 1767398400);
	assert_true(form->identity_is_deeper);
}

static void reads_no_more_than_ten(void **state)
{
	struct dkim_form *forms;
	size_t count, len = 0;
	static char headers[8192];

	(void)state;
	for (int i = 0; i < 40; i++)
		len += (size_t)snprintf(headers + len, sizeof headers - len, SIGNED(TAGS, EMPTY_SIMPLE));
	(void)snprintf(headers + len, sizeof headers - len, REST);
	dkim_form_read(str_of(headers), STR(""), &arena, &forms, &count);
	assert_int_equal(count, LIMIT_DKIM_PARSED);
}

static int start(void **state)
{
	(void)state;
	arena_init(&arena, MIB(8));
	return 0;
}

static int finish(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(knows_the_hash_of_an_empty_body),
	    cmocka_unit_test(relaxed_headers_survive_folding_and_simple_ones_do_not),
	    cmocka_unit_test(the_signature_itself_is_not_signed),
	    cmocka_unit_test(line_ends_of_a_file_make_no_difference),
	    cmocka_unit_test(says_in_words_why_a_signature_is_unusable),
	    cmocka_unit_test(gives_the_tags_as_they_are),
	    cmocka_unit_test(reads_no_more_than_ten),
	};
	return cmocka_run_group_tests(tests, start, finish);
}
