/* SPDX-License-Identifier: ISC */
#pragma once
/* The parts of a mail (RFC 2045-2047, 2231, 5322), found in one pass, without recursion and without copying bodies.
 *
 * Documented readings: a header line is any with a colon behind a name of printable ASCII; other lines among headers
 * are skipped at the top of a mail and end the headers of a part.  The first of contradicting headers counts.  A
 * missing last boundary is tolerated.  A mail that is itself encoded (message/rfc822 in base64) is decoded and walked. */
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"
#include "decode/transfer_encoding.h"
#include "report/decoded.h"

/* One header: `value` without its line end, folds still in it. */
struct mime_header {
	struct str name, value;
	struct str raw; /* from the name to the end of its last line, line end included */
};

/* Walks a block of headers.  False at its end; then *rest is what stands behind the empty line. */
bool mime_header_next(struct str *rest, struct mime_header *out);

struct mime_message {
	struct str subject, report_domain, submitter; /* decoded; absent where missing */
	struct str from, message_id, date;
	struct str auto_submitted;
	struct str headers; /* the raw block */
	struct str body;    /* raw, behind the empty line */
	bool is_signed;         /* has a DKIM-Signature */
	bool bare_line_end; /* the header block has lines that end in a lone LF among CRLF ones, or a lone CR */
};

struct mime_part {
	struct str type;        /* "application/tlsrpt+gzip", as written, trimmed; absent if not stated */
	struct str name;        /* file name, decoded; absent */
	struct str report_type; /* of the multipart/report around it; absent */
	struct str path;        /* "1.2"; "1" in a mail without parts */
	struct str body;        /* raw, still encoded */
	enum transfer_encoding encoding;
	size_t message;         /* index of the innermost message around it */
	uint64_t deviations;    /* bits of enum deviation_kind */
};

struct mime_mail {
	struct mime_message *messages; /* the outermost first */
	size_t message_count;
	struct mime_part *parts; /* leaves, in order */
	size_t part_count;
	bool is_contradictory; /* some header stands twice with different values */
	bool is_encrypted;   /* S/MIME or PGP somewhere */
	bool is_bounce;      /* delivery-status */
	struct problem problem; /* a limit that stopped the walk; parts found so far are there */
};

/* Whether the bytes look like a mail: a header line first, after blanks, a byte order mark and an mbox "From " line. */
bool mime_is_mail(struct str bytes);

/* All memory in `arena`; bodies that are not decoded point into `bytes`. */
void mime_walk(struct str bytes, struct arena *arena, struct mime_mail *out);
/* As a reader would that takes the last of contradicting headers. */
void mime_walk_last(struct str bytes, struct arena *arena, struct mime_mail *out);

/* Unfolds (RFC 5322 2.2.3) and decodes encoded words (RFC 2047); bytes that are not UTF-8 become U+FFFD. */
struct str mime_header_text(struct str value, struct arena *arena);

/* The parameter `name` of a structured header such as Content-Type (RFC 2045 5.1, RFC 2231), decoded; absent. */
struct str mime_parameter(struct str value, struct str name, struct arena *arena);
