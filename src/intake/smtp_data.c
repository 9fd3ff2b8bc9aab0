/* SPDX-License-Identifier: ISC */
#include "intake/smtp_data.h"

void smtp_data_init(struct smtp_data *data)
{
	*data = (struct smtp_data){.state = SMTP_DATA_LINE_START};
}

static void give(struct smtp_data *data, struct str bytes, struct buf *out)
{
	data->bytes += bytes.len;
	if (out != NULL)
		buf_str(out, bytes);
}

/* The state after a byte that was given out; `after_cr`: it follows a CR. */
static enum smtp_data_state after_byte(char c, bool after_cr)
{
	if (c == '\r')
		return SMTP_DATA_CR;
	return after_cr && c == '\n' ? SMTP_DATA_LINE_START : SMTP_DATA_TEXT;
}

static void take_byte(struct smtp_data *data, char c, struct buf *out)
{
	struct str byte = str_make(&c, 1);

	switch (data->state) {
	case SMTP_DATA_LINE_START:
		if (c == '.') {
			data->state = SMTP_DATA_DOT;
			return;
		}
		break;
	case SMTP_DATA_DOT:
		if (c == '\r') {
			data->state = SMTP_DATA_DOT_CR;
			return;
		}
		break;
	case SMTP_DATA_DOT_CR:
		if (c == '\n') {
			data->state = SMTP_DATA_DONE;
			return;
		}
		give(data, STR("\r"), out);
		break;
	case SMTP_DATA_TEXT:
	case SMTP_DATA_CR:
	case SMTP_DATA_DONE: break;
	}
	give(data, byte, out);
	data->state = after_byte(c, data->state == SMTP_DATA_CR);
}

size_t smtp_data_take(struct smtp_data *data, struct str bytes, struct buf *out)
{
	size_t used = 0;

	while (used < bytes.len && data->state != SMTP_DATA_DONE) {
		struct str rest = str_from(bytes, used);
		size_t plain = data->state == SMTP_DATA_TEXT ? str_find_byte(rest, '\r') : 0;
		if (plain > 0) {
			give(data, str_upto(rest, plain), out);
			used += plain;
		} else {
			take_byte(data, bytes.p[used++], out);
		}
	}
	return used;
}
