/* SPDX-License-Identifier: ISC */
#pragma once
/* The text that follows DATA (RFC 5321 4.1.1.4, 4.5.2): takes bytes in any pieces, removes the stuffed dots, finds the
 * end.  Only CRLF "." CRLF ends it, or "." CRLF at its very beginning; no form with a lone CR or LF does, so that
 * nothing behind such a form can be taken for commands.  All other bytes are kept as they came. */
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

enum smtp_data_state {
	SMTP_DATA_LINE_START, /* after CRLF, and before the first byte */
	SMTP_DATA_TEXT,
	SMTP_DATA_CR,     /* after a CR that was given out */
	SMTP_DATA_DOT,    /* after a dot at the start of a line, which is never given out */
	SMTP_DATA_DOT_CR, /* and a CR, held back */
	SMTP_DATA_DONE,
};

struct smtp_data {
	enum smtp_data_state state;
	uint64_t bytes; /* of the message so far, whether `out` took them or not */
};

void smtp_data_init(struct smtp_data *data);

/* Appends the message to `out` (NULL: to nowhere) and returns how many bytes were used: fewer than given only when the end was
 * found in them; what is behind it is not part of the message.  A message over out->ceiling shows in out->failed; the
 * end is found all the same. */
size_t smtp_data_take(struct smtp_data *data, struct str bytes, struct buf *out);

static inline bool smtp_data_is_done(const struct smtp_data *data)
{
	return data->state == SMTP_DATA_DONE;
}
