/* SPDX-License-Identifier: ISC */
#pragma once
/* The text of an MTA-STS policy file: read by the grammar of RFC 8461 section 3.2, and written. */
#include "base/buf.h"
#include "report/finding.h"
#include "report/sts_policy.h"

/* Reads the file as a sender would; what is wrong with it goes to `findings` with `subject`.  Texts of the policy point
 * into `text`, details of the findings live in `arena`. */
void sts_text_read(struct str text, struct str subject, struct arena *arena, struct sts_policy *out,
                   struct findings *findings);

/* CRLF line ends, as the RFC writes them. */
void sts_text_write(const struct sts_policy *policy, struct buf *out);
