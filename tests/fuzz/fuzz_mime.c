/* SPDX-License-Identifier: ISC */
/* Any bytes as a mail: every part lies inside of the mail, and every header text is UTF-8. */
#include <stdlib.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "decode/mime.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(struct str text)
{
	if (utf8_check(text) != text.len || str_find_byte(text, '\0') != text.len)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena;
	struct mime_mail mail;

	arena_init(&arena, MIB(256));
	mime_walk(str_make(data, size), &arena, &mail);
	for (size_t i = 0; i < mail.part_count; i++) {
		const struct mime_part *part = &mail.parts[i];
		if (part->message >= mail.message_count)
			abort();
		check_text(part->name);
		struct transfer_decoded decoded = transfer_decode(part->encoding, part->body, MIB(1), &arena);
		if (decoded.bytes.len > part->body.len)
			abort();
	}
	for (size_t i = 0; i < mail.message_count; i++) {
		check_text(mail.messages[i].subject);
		check_text(mail.messages[i].submitter);
	}
	arena_done(&arena);
	return 0;
}
