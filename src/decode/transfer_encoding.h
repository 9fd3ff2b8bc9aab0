/* SPDX-License-Identifier: ISC */
#pragma once
/* Content-Transfer-Encoding (RFC 2045 section 6), read leniently. */
#include "base/arena.h"
#include "base/str.h"

enum transfer_encoding {
	TRANSFER_IDENTITY, /* 7bit, 8bit, binary, none */
	TRANSFER_BASE64,
	TRANSFER_QUOTED_PRINTABLE,
	TRANSFER_UNKNOWN, /* read as it stands */
};

enum transfer_encoding transfer_encoding_of(struct str value);

struct transfer_decoded {
	struct str bytes;  /* in the arena, or the input itself for TRANSFER_IDENTITY */
	size_t odd_bytes;  /* that do not belong into the encoding and were skipped or kept as they stand */
	bool is_broken;    /* more than one byte in a hundred is odd */
	size_t odd_at;     /* offset in the input of the first odd one */
};

/* base64: blanks anywhere and missing padding are fine; the first "=" ends it; the URL-safe alphabet counts as odd.
 * quoted-printable: "=" without two hex digits stays as it is; blanks at line ends go.
 * Decodes at most `limit` bytes of output. */
struct transfer_decoded transfer_decode(enum transfer_encoding encoding, struct str body, size_t limit,
                                        struct arena *arena);
