/* SPDX-License-Identifier: ISC */
#pragma once
/* A report that comes by HTTPS (RFC 8460 section 5.4), judged without a socket.  What a report is is found by its bytes; the
 * headers only decide what is refused unread. */
#include <stdint.h>

#include "base/str.h"

struct post_head {
	struct str content_type;     /* absent: none */
	struct str content_encoding; /* absent: none */
	bool has_length;
	uint64_t length; /* as announced */
};

/* Before the body is read: 0, or the status of the refusal: 413 for one that is announced larger than `most_bytes`, 415 for
 * a form, or for any coding but one layer of gzip. */
unsigned post_request_check_head(const struct post_head *head, uint64_t most_bytes);

/* The whole body is there: 0, or 400 for an empty one, 415 where neither the type nor the first bytes are those of a
 * report.  What passes is kept, readable or not. */
unsigned post_request_check_body(const struct post_head *head, struct str body);

/* A sentence for each status that POST is answered with. */
const char *post_request_sentence(unsigned status);
