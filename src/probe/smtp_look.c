/* SPDX-License-Identifier: ISC */
#include "probe/smtp_look.h"

#define LINE_MOST_BYTES 2048u /* RFC 5321 section 4.5.3.1.5 says 512; real servers write more */

enum step { STEP_GREETING, STEP_EHLO, STEP_STARTTLS, STEP_OVER };

void smtp_look_init(struct smtp_look *look, struct str our_name)
{
	*look = (struct smtp_look){.step = STEP_GREETING, .state = LOOK_BROKEN, .our_name = our_name};
	buf_init(&look->in, SMTP_LOOK_MOST_BYTES);
	buf_init(&look->out, 1024);
	buf_init(&look->banner, LINE_MOST_BYTES);
	buf_init(&look->ehlo, LINE_MOST_BYTES);
	buf_init(&look->detail, LINE_MOST_BYTES);
}

void smtp_look_done(struct smtp_look *look)
{
	buf_done(&look->in);
	buf_done(&look->out);
	buf_done(&look->banner);
	buf_done(&look->ehlo);
	buf_done(&look->detail);
}

static enum smtp_look_action end(struct smtp_look *look, enum look_state state, struct str detail)
{
	look->state = state;
	look->step = STEP_OVER;
	buf_clear(&look->detail);
	buf_str(&look->detail, str_upto(detail, LINE_MOST_BYTES));
	if (state != LOOK_BROKEN)
		buf_text(&look->out, "QUIT\r\n");
	return SMTP_LOOK_END;
}

/* One whole reply (RFC 5321 section 4.2): lines CODE-TEXT up to CODE TEXT.  -1: not all of it is there, 0: no reply. */
static int take_reply(struct str bytes, size_t *out_len, struct str *out_first)
{
	size_t at = 0;
	int code = 0;

	for (struct str rest = bytes;;) {
		size_t lf = str_find_byte(rest, '\n');
		if (lf == rest.len)
			return rest.len > LINE_MOST_BYTES ? 0 : -1;
		struct str line = str_upto(rest, lf);
		if (str_ends_with(line, STR("\r")))
			line.len--;
		if (line.len < 3 || line.len > LINE_MOST_BYTES || !byte_is_digit(line.p[0]) || !byte_is_digit(line.p[1]) ||
		    !byte_is_digit(line.p[2]) || (line.len > 3 && line.p[3] != ' ' && line.p[3] != '-'))
			return 0;
		int now = (line.p[0] - '0') * 100 + (line.p[1] - '0') * 10 + (line.p[2] - '0');
		if (code != 0 && now != code)
			return 0;
		if (code == 0)
			*out_first = line;
		code = now;
		at += lf + 1;
		rest = str_from(rest, lf + 1);
		if (line.len == 3 || line.p[3] == ' ') {
			*out_len = at;
			return code;
		}
	}
}

static bool offers_starttls(struct str reply)
{
	for (struct str rest = reply; rest.p != NULL;) {
		struct str line = str_trim(str_cut(&rest, '\n'));
		struct str word = str_from(line, 4);
		word = str_upto(word, str_find_byte(word, ' '));
		if (str_eq_nocase(word, STR("STARTTLS")))
			return true;
	}
	return false;
}

static enum smtp_look_action on_greeting(struct smtp_look *look, int code, struct str first)
{
	buf_str(&look->banner, first);
	if (code != 220)
		return end(look, LOOK_NO_GREETING, first);
	buf_text(&look->out, "EHLO ");
	buf_str(&look->out, look->our_name);
	buf_text(&look->out, "\r\n");
	look->step = STEP_EHLO;
	return SMTP_LOOK_READ;
}

static enum smtp_look_action on_ehlo(struct smtp_look *look, int code, struct str first, struct str reply)
{
	buf_str(&look->ehlo, first);
	if (code / 100 == 5)
		return end(look, LOOK_NO_STARTTLS, first);
	if (code != 250)
		return end(look, LOOK_NO_GREETING, first);
	look->offers_starttls = offers_starttls(reply);
	if (!look->offers_starttls)
		return end(look, LOOK_NO_STARTTLS, first);
	buf_text(&look->out, "STARTTLS\r\n");
	look->step = STEP_STARTTLS;
	return SMTP_LOOK_READ;
}

static enum smtp_look_action on_starttls(struct smtp_look *look, int code, struct str first, struct str behind)
{
	if (code != 220)
		return end(look, LOOK_STARTTLS_REFUSED, first);
	/* Whatever stands behind it came without TLS: an attacker's, or a broken server's.  It is never read. */
	if (behind.len > 0)
		return end(look, LOOK_INJECTED, str_upto(behind, str_find_byte(behind, '\n')));
	look->step = STEP_OVER;
	look->state = LOOK_OK;
	return SMTP_LOOK_HANDSHAKE;
}

enum smtp_look_action smtp_look_feed(struct smtp_look *look, struct str bytes)
{
	buf_str(&look->in, bytes);
	if (look->in.failed)
		return end(look, LOOK_BROKEN, STR("the server says more than 64 KiB before TLS"));
	while (look->step != STEP_OVER) {
		size_t len = 0;
		struct str first = STR_NONE;
		int code = take_reply(buf_view(&look->in), &len, &first);
		enum smtp_look_action action = SMTP_LOOK_READ;
		if (code < 0)
			return SMTP_LOOK_READ;
		if (code == 0)
			return end(look, LOOK_BROKEN, str_upto(buf_view(&look->in), str_find_byte(buf_view(&look->in), '\n')));
		struct str reply = str_upto(buf_view(&look->in), len);
		if (look->step == STEP_GREETING)
			action = on_greeting(look, code, first);
		else if (look->step == STEP_EHLO)
			action = on_ehlo(look, code, first, reply);
		else
			action = on_starttls(look, code, first, str_from(buf_view(&look->in), len));
		buf_consume(&look->in, len);
		if (action != SMTP_LOOK_READ)
			return action;
		if (look->in.len == 0)
			return action;
	}
	return SMTP_LOOK_END;
}

void smtp_look_closed(struct smtp_look *look)
{
	if (look->step == STEP_OVER)
		return;
	enum look_state state = look->step == STEP_GREETING ? LOOK_NO_GREETING : LOOK_BROKEN;
	(void)end(look, state, STR("the server closed the connection"));
	buf_clear(&look->out);
}
