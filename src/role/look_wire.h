/* SPDX-License-Identifier: ISC */
#pragma once
/* A look as bytes: what `keep` asks of `reach` (ASK) and the whole look that comes back (TOLD).  What is read is checked:
 * counts, enums, lengths, names; a fault is an ERR_INPUT and the sender is ended. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "report/check.h"

struct look_request {
	struct str domain;
	struct str_list our_rua; /* one of these must be in its TLS-RPT record; empty: nobody knows */
	bool is_fresh;           /* nothing that was seen before will do */
};

void look_wire_write_request(const struct look_request *request, struct buf *out);
/* Strings point into `body`, the list into `arena`. */
bool look_wire_read_request(struct str body, struct arena *arena, struct look_request *out, struct err *err);

/* Of each chain only the certificate of the server itself.  Texts that are too long are cut. */
void look_wire_write_check(const struct check *check, struct buf *out);
bool look_wire_read_check(struct str body, struct arena *arena, struct check *out, struct err *err);
