/* SPDX-License-Identifier: ISC */
#pragma once
/* The nouns as bytes, for the messages between roles and for the store.  Little-endian, length-prefixed, one version.
 * Reading trusts nothing: every length, enum, count and text is checked (UTF-8, limits), and a fault is an
 * ERR_INPUT; the caller ends the sender. */
#include "report/arrival.h"
#include "report/decoded.h"

void wire_write_decoded(const struct decoded *decoded, struct buf *out);
bool wire_read_decoded(struct str bytes, struct arena *arena, struct decoded *out, struct err *err);

/* Strings of the result point into `bytes`. */
void wire_write_arrival(const struct arrival *arrival, struct buf *out);
bool wire_read_arrival(struct str bytes, struct arrival *out, struct err *err);

/* The form that identity hashes: what the report itself says, in one canonical byte string.  Without deviations, the
 * headers of the mail, guessed domains and anything that classify fills. */
void wire_write_canonical(const struct report *report, struct buf *out);

/* Building blocks, for other messages. */
struct wire_reader {
	struct str rest;
	bool failed; /* sticky; values read after it are zero */
};
void wire_put_u8(struct buf *out, unsigned value);
void wire_put_u32(struct buf *out, uint32_t value);
void wire_put_u64(struct buf *out, uint64_t value);
void wire_put_str(struct buf *out, struct str s); /* absent is kept apart from empty */
unsigned wire_get_u8(struct wire_reader *reader);
uint32_t wire_get_u32(struct wire_reader *reader);
uint64_t wire_get_u64(struct wire_reader *reader);
struct str wire_get_bytes(struct wire_reader *reader, size_t most);
struct str wire_get_text(struct wire_reader *reader, size_t most); /* must be UTF-8 without NUL */
unsigned wire_get_enum(struct wire_reader *reader, unsigned count);
bool wire_get_bool(struct wire_reader *reader);
