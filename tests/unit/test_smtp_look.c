/* SPDX-License-Identifier: ISC */
#include "base/attr.h"
#include "probe/smtp_look.h"
#include "unit.h"

#define EHLO_REPLY "250-mx.example.com hello\r\n250-SIZE 1000\r\n250 STARTTLS\r\n"

static const struct {
	const char *server; /* all that the server says */
	enum look_state state;
	bool handshake;
	const char *sent; /* all that we say */
} dialogues[] = {
    {"220 mx.example.com ESMTP\r\n" EHLO_REPLY "220 go\r\n", LOOK_OK, true, "EHLO me.example\r\nSTARTTLS\r\n"},
    {"220-mx\r\n220 mx\r\n250-mx\r\n250-starttls\r\n250 HELP\r\n220 go\r\n", LOOK_OK, true,
     "EHLO me.example\r\nSTARTTLS\r\n"},
    {"220 mx\n250 STARTTLS\n250 x\n", LOOK_STARTTLS_REFUSED, false, "EHLO me.example\r\nSTARTTLS\r\nQUIT\r\n"},
    {"220 mx\r\n250-mx\r\n250 8BITMIME\r\n", LOOK_NO_STARTTLS, false, "EHLO me.example\r\nQUIT\r\n"},
    {"220 mx\r\n250-mx\r\n250 XSTARTTLSX\r\n", LOOK_NO_STARTTLS, false, "EHLO me.example\r\nQUIT\r\n"},
    {"220 mx\r\n502 no EHLO\r\n", LOOK_NO_STARTTLS, false, "EHLO me.example\r\nQUIT\r\n"},
    {"554 no mail here\r\n", LOOK_NO_GREETING, false, "QUIT\r\n"},
    {"421 busy\r\n", LOOK_NO_GREETING, false, "QUIT\r\n"},
    {"220 mx\r\n421 busy\r\n", LOOK_NO_GREETING, false, "EHLO me.example\r\nQUIT\r\n"},
    {"220 mx\r\n" EHLO_REPLY "454 TLS not available\r\n", LOOK_STARTTLS_REFUSED, false,
     "EHLO me.example\r\nSTARTTLS\r\nQUIT\r\n"},
    {"220 mx\r\n" EHLO_REPLY "220 go\r\n250 injected\r\n", LOOK_INJECTED, false,
     "EHLO me.example\r\nSTARTTLS\r\nQUIT\r\n"},
    {"HTTP/1.1 400 Bad Request\r\n", LOOK_BROKEN, false, ""},
    {"220-a\r\n250 b\r\n", LOOK_BROKEN, false, ""},
    {"", LOOK_NO_GREETING, false, ""},
    {"220 mx\r\n250-mx\r\n", LOOK_BROKEN, false, "EHLO me.example\r\n"},
};

static void play(size_t n, size_t step)
{
	struct smtp_look look;
	struct buf sent;
	struct str server = str_of(dialogues[n].server);
	enum smtp_look_action action = SMTP_LOOK_READ;

	smtp_look_init(&look, STR("me.example"));
	buf_init(&sent, 4096);
	while (server.len > 0 && action == SMTP_LOOK_READ) {
		action = smtp_look_feed(&look, str_upto(server, step));
		server = str_from(server, step);
		buf_str(&sent, buf_view(&look.out));
		buf_clear(&look.out);
	}
	if (action == SMTP_LOOK_READ)
		smtp_look_closed(&look);
	if (look.state != dialogues[n].state || (action == SMTP_LOOK_HANDSHAKE) != dialogues[n].handshake)
		fail_msg("dialogue %zu in steps of %zu: %s", n, step, look_state_text(look.state));
	assert_str(buf_view(&sent), dialogues[n].sent);
	buf_done(&sent);
	smtp_look_done(&look);
}

static void the_dialogue_ends_as_the_server_wills(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(dialogues); i++)
		play(i, SIZE_MAX / 2);
}

/* Injection is a matter of segments and has its own rule: behind the 220 in the same read. */
static void any_segmentation_gives_the_same_dialogue(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(dialogues); i++)
		for (size_t step = 1; step < 40 && dialogues[i].state != LOOK_INJECTED; step++)
			play(i, step);
}

static void an_endless_greeting_ends(void **state)
{
	(void)state;
	struct smtp_look look;
	size_t fed = 0;

	smtp_look_init(&look, STR("me.example"));
	while (smtp_look_feed(&look, STR("220-more and more and more\r\n")) == SMTP_LOOK_READ)
		fed++;
	assert_true(fed * 28 <= SMTP_LOOK_MOST_BYTES);
	assert_int_equal(look.state, LOOK_BROKEN);
	smtp_look_done(&look);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_dialogue_ends_as_the_server_wills),
	    cmocka_unit_test(any_segmentation_gives_the_same_dialogue),
	    cmocka_unit_test(an_endless_greeting_ends),
	};
	return cmocka_run_group_tests_name("smtp_look", tests, NULL, NULL);
}
