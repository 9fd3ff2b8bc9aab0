/* SPDX-License-Identifier: ISC */
#include "base/attr.h"
#include "base/limits.h"
#include "intake/smtp_data.h"
#include "unit.h"

#define MOST 64

/* The judge: no automaton, but the sentence of RFC 5321 4.5.2 itself.  Where "CRLF . CRLF" first stands in the text (with
 * the CRLF of the DATA line before it), there it ends; then each dot behind a CRLF goes.  False: no end. */
static bool judge(struct str text, char *message, size_t *out_len, size_t *out_used)
{
	char all[MOST + 2];
	all[0] = '\r';
	all[1] = '\n';
	memcpy(all + 2, text.p, text.len);
	struct str whole = str_make(all, text.len + 2);
	size_t end = str_find(whole, STR("\r\n.\r\n"));
	bool is_done = end < whole.len;
	size_t last = is_done ? end + 2 : whole.len;
	*out_len = 0;
	for (size_t i = 2; i < last; i++)
		if (!(all[i] == '.' && all[i - 1] == '\n' && all[i - 2] == '\r'))
			message[(*out_len)++] = all[i];
	*out_used = is_done ? end + 5 - 2 : text.len;
	return is_done;
}

/* Feeds `text` in pieces that end at the set bits of `cuts`. */
static void run(struct str text, uint64_t cuts, struct smtp_data *data, struct buf *out, size_t *out_used)
{
	size_t from = 0;
	smtp_data_init(data);
	*out_used = 0;
	for (size_t i = 1; i <= text.len; i++) {
		if (i < text.len && (cuts >> i & 1) == 0)
			continue;
		struct str piece = str_make(text.p + from, i - from);
		size_t used = smtp_data_take(data, piece, out);
		*out_used += used;
		assert_true(used == piece.len || smtp_data_is_done(data));
		from = i;
		if (smtp_data_is_done(data))
			break;
	}
}

static void compare(struct str text, uint64_t cuts, struct buf *out)
{
	struct smtp_data data;
	char want[MOST];
	size_t want_len, want_used, used;
	bool want_done = judge(text, want, &want_len, &want_used);

	buf_clear(out);
	run(text, cuts, &data, out, &used);
	/* Without an end, a dot or a dot and a CR at the very end may still be held back. */
	bool same = smtp_data_is_done(&data) == want_done && used == want_used && data.bytes == out->len;
	if (want_done)
		same = same && str_eq(buf_view(out), str_make(want, want_len));
	else
		same = same && out->len <= want_len && want_len - out->len <= 1 &&
		       str_eq(buf_view(out), str_make(want, out->len));
	if (!same) {
		for (size_t i = 0; i < text.len; i++)
			print_error("%02x ", (unsigned)(unsigned char)text.p[i]);
		fail_msg("differs with cuts %llx", (unsigned long long)cuts);
	}
}

/* {CR, LF, '.', NUL, SP} up to seven long, in a text and at its beginning, before a true end and a smuggled command. */
static void every_string_of_the_five_bytes_ends_only_where_it_must(void **state)
{
	(void)state;
	static const char bytes[] = {'\r', '\n', '.', '\0', ' '};
	struct buf out;
	uint64_t count = 0;
	buf_init(&out, KIB(4));
	for (size_t len = 0; len <= 7; len++) {
		size_t total = 1;
		for (size_t i = 0; i < len; i++)
			total *= COUNT_OF(bytes);
		for (size_t n = 0; n < total; n++, count++) {
			for (int at_start = 0; at_start < 2; at_start++) {
				char text[MOST];
				size_t used = 0, rest = n;
				if (!at_start)
					text[used++] = 'a';
				for (size_t i = 0; i < len; i++, rest /= COUNT_OF(bytes))
					text[used++] = bytes[rest % COUNT_OF(bytes)];
				memcpy(text + used, "MAIL\r\n.\r\nQ", 10);
				compare(str_make(text, used + 10), 0, &out);
				compare(str_make(text, used), UINT64_MAX, &out);
				memcpy(text + used, "\r\n.\r\nQUIT\r\n", 11);
				compare(str_make(text, used + 11), n % 2 ? UINT64_MAX : (uint64_t)1 << (n % 12), &out);
			}
		}
	}
	assert_int_equal(count, 97656);
	buf_done(&out);
}

static void pieces_of_any_size_give_the_same_message(void **state)
{
	(void)state;
	static const char *const texts[] = {
	    "..dot\r\n.\r\nrest", ".\r\n",         "..\r\n.\r\n",      "a\r\n..\r\n...\r\n.x\r\n.\r\nQ", "\r\r\n.\r\n",
	    "a\n.\n\r\n.\r\n",    ".\rx\r\n.\r\n", "\r\n.\r\r\n.\r\n", "\r\n.\n.\r\n\r\n.\r\n",
	};
	struct buf out;
	buf_init(&out, KIB(4));
	for (size_t i = 0; i < COUNT_OF(texts); i++)
		for (uint64_t cuts = 0; cuts < (uint64_t)1 << strlen(texts[i]) && cuts < 70000; cuts++)
			compare(str_of(texts[i]), cuts << 1, &out);
	buf_done(&out);
}

static void the_limit_is_exact_and_the_end_is_found_beyond_it(void **state)
{
	(void)state;
	for (size_t over = 0; over < 2; over++) {
		struct buf out;
		struct smtp_data data;
		buf_init(&out, 10);
		smtp_data_init(&data);
		struct str text = over ? STR("123456789\r\n.\r\nQ") : STR("12345678\r\n.\r\nQ");
		assert_int_equal(smtp_data_take(&data, text, &out), text.len - 1);
		assert_true(smtp_data_is_done(&data));
		assert_int_equal(out.failed, over == 1);
		assert_int_equal(data.bytes, 10 + over);
		buf_done(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_string_of_the_five_bytes_ends_only_where_it_must),
	    cmocka_unit_test(pieces_of_any_size_give_the_same_message),
	    cmocka_unit_test(the_limit_is_exact_and_the_end_is_found_beyond_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
