/* SPDX-License-Identifier: ISC */
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/attr.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/mem.h"
#include "intake/mail_files.h"
#include "unit.h"

static char top[] = "/tmp/mail_files.XXXXXX";

static const char *at(const char *name)
{
	static char path[4096];
	(void)snprintf(path, sizeof path, "%s/%s", top, name);
	return path;
}

static void put(const char *name, struct str bytes)
{
	struct err err = {0};
	char folder[4096];
	(void)snprintf(folder, sizeof folder, "%s", at(name));
	*strrchr(folder, '/') = '\0';
	assert_true(file_make_folder(folder, &err));
	int fd = open(at(name), O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	assert_true(file_write_fd(fd, bytes, &err));
	file_close(&fd);
}

/* "NAME=BYTES|..." with the names below the top; errors as "!KIND|". */
static void collect(const char *const *paths, size_t n, struct buf *out)
{
	struct mail_files *files = mail_files_new(paths, n);
	struct arrival arrival;
	struct err err = {0};
	enum mail_files_step step;

	while ((step = mail_files_next(files, &arrival, &err)) != MAIL_FILES_END) {
		if (step == MAIL_FILES_ERROR) {
			buf_format(out, "!%d|", (int)err.kind);
			continue;
		}
		assert_int_equal(arrival.door, DOOR_FILE);
		struct str prefix = str_of(top);
		buf_str(out, str_starts_with(arrival.name, prefix) ? str_from(arrival.name, prefix.len) : arrival.name);
		buf_byte(out, '=');
		buf_str(out, arrival.bytes);
		buf_byte(out, '|');
	}
	mail_files_free(&files);
	mail_files_free(&files);
}

static void expect(const char *name, const char *want)
{
	struct buf out;
	const char *paths[] = {at(name)};
	buf_init(&out, MIB(1));
	collect(paths, 1, &out);
	assert_str(buf_view(&out), want);
	buf_done(&out);
}

static void a_file_that_is_named_is_read_whatever_its_name(void **state)
{
	(void)state;
	put("one/README.md", STR("{}"));
	expect("one/README.md", "/one/README.md={}|");
	put("one/empty.json", STR(""));
	expect("one/empty.json", "/one/empty.json=|");
}

static void a_folder_is_walked_in_order_and_odd_names_are_left_out(void **state)
{
	(void)state;
	put("tree/b.json", STR("b"));
	put("tree/a/z.json.gz", STR("z"));
	put("tree/a/17", STR("17"));
	put("tree/c.EML", STR("c"));
	put("tree/notes.md", STR("no"));
	put("tree/.hidden.json", STR("no"));
	put("tree/d.json~", STR("no"));
	put("tree/.git/x.json", STR("no"));
	assert_int_equal(symlink(top, at("tree/loop")), 0);
	expect("tree", "/tree/a/17=17|/tree/a/z.json.gz=z|/tree/b.json=b|/tree/c.EML=c|");
	expect("tree/", "/tree/a/17=17|/tree/a/z.json.gz=z|/tree/b.json=b|/tree/c.EML=c|");
	const char *paths[] = {at("tree")};
	assert_int_equal(mail_files_measure(paths, 1), 5);
}

static void a_maildir_gives_cur_and_new_and_its_hidden_folders_but_not_tmp(void **state)
{
	(void)state;
	put("md/cur/1.M1.host:2,S", STR("1"));
	put("md/new/2.M2.host", STR("2"));
	put("md/tmp/3.M3.host", STR("no"));
	put("md/.Reports/cur/4.M4.host:2,", STR("4"));
	put("md/.Reports/new/5", STR("5"));
	put("md/.other/6", STR("no"));
	put("md/dovecot.index.log", STR("no"));
	expect("md",
	       "/md/.Reports/cur/4.M4.host:2,=4|/md/.Reports/new/5=5|/md/cur/1.M1.host:2,S=1|/md/new/2.M2.host=2|");
}

static void an_mbox_is_split_at_separators_only(void **state)
{
	(void)state;
#define FROM "From a@example.com Wed Jan 24 00:00:00 2024\n"
	static const struct {
		const char *bytes, *want;
	} cases[] = {
	    {FROM "A: 1\n\nbody\n", "/m#1=A: 1\n\nbody\n|"},
	    {FROM "A: 1\n\nbody\n\n" FROM "B: 2\n\n", "/m#1=A: 1\n\nbody\n|/m#2=B: 2\n|"},
	    {FROM "A: 1\r\n\r\nbody\r\n\r\n" FROM "B: 2\r\n", "/m#1=A: 1\r\n\r\nbody\r\n|/m#2=B: 2\r\n|"},
	    /* no blank line before it */
	    {FROM "A: 1\n\nbody\n" FROM "x\n", "/m#1=A: 1\n\nbody\n" FROM "x\n|"},
	    /* a sentence, not a separator */
	    {FROM "A: 1\n\nFrom now on\n", "/m#1=A: 1\n\nFrom now on\n|"},
	    /* but where no separator holds a time, all count */
	    {"From a\nA: 1\n\nFrom b\nB: 2\n", "/m#1=A: 1\n|/m#2=B: 2\n|"},
	    {FROM "A: 1\n\n>From x\n>>From y\n> From z\n", "/m#1=A: 1\n\nFrom x\n>From y\n> From z\n|"},
	    {FROM "A: 1", "/m#1=A: 1|"},
	    {FROM, "/m#1=|"},
	    {FROM "\n" FROM "\n", "/m#1=|/m#2=|"},
	    {FROM "A: 1\n\n\n\n" FROM "B: 2\n", "/m#1=A: 1\n\n\n|/m#2=B: 2\n|"},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		put("m", str_of(cases[i].bytes));
		expect("m", cases[i].want);
	}
}

/* The same messages wherever the borders of the reader's chunks fall. */
static void an_mbox_does_not_depend_on_where_chunks_end(void **state)
{
	(void)state;
	for (size_t shift = 0; shift < 600; shift += 1) {
		struct buf box, want, got;
		buf_init(&box, MIB(1));
		buf_init(&want, MIB(1));
		buf_init(&got, MIB(1));
		buf_text(&box, FROM "A: 1\n\n");
		buf_text(&want, "/long#1=A: 1\n\n");
		for (size_t i = 0; i < KIB(64) - 300 + shift; i++) {
			buf_byte(&box, 'x');
			buf_byte(&want, 'x');
		}
		buf_text(&box, "\n>From x\n\n" FROM "B: 2\n");
		buf_text(&want, "\nFrom x\n|/long#2=B: 2\n|");
		put("long", buf_view(&box));
		const char *paths[] = {at("long")};
		collect(paths, 1, &got);
		if (!str_eq(buf_view(&got), buf_view(&want)))
			fail_msg("shift %zu", shift);
		buf_done(&box);
		buf_done(&want);
		buf_done(&got);
	}
}

static void a_message_over_the_limit_is_named_and_its_neighbours_come(void **state)
{
	(void)state;
	struct buf box;
	for (int over = 0; over < 2; over++) {
		buf_init(&box, MIB(32));
		buf_text(&box, FROM);
		for (size_t i = 1; i < LIMIT_ARRIVAL_BYTES; i++)
			buf_byte(&box, 'x');
		buf_text(&box, over ? "x\n\n" : "\n\n"); /* the blank line does not count */
		buf_text(&box, FROM "B: 2\n");
		put("big", buf_view(&box));
		buf_done(&box);

		const char *paths[] = {at("big")};
		struct mail_files *files = mail_files_new(paths, 1);
		struct arrival arrival;
		struct err err = {0};
		if (over) {
			assert_int_equal(mail_files_next(files, &arrival, &err), MAIL_FILES_ERROR);
			assert_int_equal(err.kind, ERR_TOO_BIG);
			assert_non_null(strstr(err.text, "message 1"));
		} else {
			assert_int_equal(mail_files_next(files, &arrival, &err), MAIL_FILES_ARRIVAL);
			assert_int_equal(arrival.bytes.len, LIMIT_ARRIVAL_BYTES);
		}
		assert_int_equal(mail_files_next(files, &arrival, &err), MAIL_FILES_ARRIVAL);
		assert_str(arrival.bytes, "B: 2\n");
		assert_int_equal(mail_files_next(files, &arrival, &err), MAIL_FILES_END);
		mail_files_free(&files);
	}
}

static void a_file_that_cannot_be_read_is_named_and_the_rest_comes(void **state)
{
	(void)state;
	struct buf out;
	put("rest.json", STR("r"));
	char missing[4096], rest[4096];
	(void)snprintf(missing, sizeof missing, "%s", at("missing.json"));
	(void)snprintf(rest, sizeof rest, "%s", at("rest.json"));
	const char *paths[] = {missing, "", rest, missing};
	buf_init(&out, KIB(4));
	collect(paths, COUNT_OF(paths), &out);
	char want[64];
	(void)snprintf(want, sizeof want, "!%d|!%d|/rest.json=r|!%d|", ERR_MISSING, ERR_INPUT, ERR_MISSING);
	assert_str(buf_view(&out), want);
	buf_done(&out);
}

static void standard_input_may_be_a_mail_or_an_mbox(void **state)
{
	(void)state;
	const char *paths[] = {"-"};
	int saved = dup(STDIN_FILENO);
	for (int is_mbox = 0; is_mbox < 2; is_mbox++) {
		struct buf out;
		int ends[2];
		struct err err = {0};
		buf_init(&out, KIB(4));
		assert_int_equal(pipe(ends), 0);
		assert_true(file_write_fd(ends[1], is_mbox ? STR(FROM "A: 1\n\n" FROM "B: 2\n") : STR("{}"), &err));
		file_close(&ends[1]);
		assert_true(dup2(ends[0], STDIN_FILENO) >= 0);
		file_close(&ends[0]);
		collect(paths, 1, &out);
		assert_str(buf_view(&out), is_mbox ? "-#1=A: 1\n|-#2=B: 2\n|" : "-={}|");
		buf_done(&out);
	}
	assert_true(dup2(saved, STDIN_FILENO) >= 0);
	file_close(&saved);
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *where)
{
	(void)status;
	(void)kind;
	(void)where;
	return remove(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_file_that_is_named_is_read_whatever_its_name),
	    cmocka_unit_test(a_folder_is_walked_in_order_and_odd_names_are_left_out),
	    cmocka_unit_test(a_maildir_gives_cur_and_new_and_its_hidden_folders_but_not_tmp),
	    cmocka_unit_test(an_mbox_is_split_at_separators_only),
	    cmocka_unit_test(an_mbox_does_not_depend_on_where_chunks_end),
	    cmocka_unit_test(a_message_over_the_limit_is_named_and_its_neighbours_come),
	    cmocka_unit_test(a_file_that_cannot_be_read_is_named_and_the_rest_comes),
	    cmocka_unit_test(standard_input_may_be_a_mail_or_an_mbox),
	};
	if (mkdtemp(top) == NULL)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	(void)nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	return failed;
}
