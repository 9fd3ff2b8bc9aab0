/* SPDX-License-Identifier: ISC */
#include "present/logo_png.h"

#include <string.h>

#include "base/attr.h"
#include "base/crc32.h"

#define SIGNATURE "\x89PNG\r\n\x1a\n"
#define SIGNATURE_BYTES 8u
#define FRAME_BYTES 12u /* length, type, CRC */
#define HEADER_BYTES 13u

enum chunk { CHUNK_IHDR, CHUNK_PLTE, CHUNK_TRNS, CHUNK_IDAT, CHUNK_IEND, CHUNK_OTHER };

static uint32_t number(const char *p)
{
	const unsigned char *b = (const unsigned char *)p;
	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static enum chunk kind_of(const char *type)
{
	static const char types[][5] = {"IHDR", "PLTE", "tRNS", "IDAT", "IEND"};

	for (unsigned i = 0; i < COUNT_OF(types); i++)
		if (memcmp(type, types[i], 4) == 0)
			return (enum chunk)i;
	return CHUNK_OTHER;
}

/* Of one chunk, whole and unbroken, at the start of `rest`; its bytes with their frame. */
static bool take_chunk(struct str *rest, struct str *out, enum chunk *out_kind, struct err *err)
{
	uint32_t length = rest->len < FRAME_BYTES ? UINT32_MAX : number(rest->p);

	if (length > rest->len || rest->len - length < FRAME_BYTES)
		return err_set(err, ERR_INPUT, "this PNG file ends too early");
	*out = str_make(rest->p, length + FRAME_BYTES);
	*rest = str_from(*rest, out->len);
	if (crc32_of(str_make(out->p + 4, length + 4)) != number(out->p + 8 + length))
		return err_set(err, ERR_INPUT, "this PNG file is damaged");
	*out_kind = kind_of(out->p + 4);
	/* A capital first letter: no picture without it. */
	if (*out_kind == CHUNK_OTHER && (out->p[4] & 0x20) == 0)
		return err_set(err, ERR_INPUT, "this PNG file has a part that nobody knows");
	return true;
}

static bool check_header(struct str chunk, enum chunk kind, struct err *err)
{
	if (kind != CHUNK_IHDR || chunk.len != HEADER_BYTES + FRAME_BYTES)
		return err_set(err, ERR_INPUT, "this PNG file has no head");
	uint32_t width = number(chunk.p + 8), height = number(chunk.p + 12);
	return (width > 0 && width <= LOGO_PNG_WIDTH && height > 0 && height <= LOGO_PNG_HEIGHT) ||
	       err_set(err, ERR_INPUT, LOGO_PNG_SENTENCE);
}

bool logo_png_clean(struct str file, struct buf *out, struct err *err)
{
	struct str rest = file, chunk;
	enum chunk kind;
	bool has_picture = false;

	if (file.len > LOGO_PNG_BYTES || file.len < SIGNATURE_BYTES || memcmp(file.p, SIGNATURE, SIGNATURE_BYTES) != 0)
		return err_set(err, ERR_INPUT, LOGO_PNG_SENTENCE);
	rest = str_from(rest, SIGNATURE_BYTES);
	if (!take_chunk(&rest, &chunk, &kind, err) || !check_header(chunk, kind, err))
		return false;
	buf_bytes(out, SIGNATURE, SIGNATURE_BYTES);
	buf_str(out, chunk);
	while (kind != CHUNK_IEND) {
		if (!take_chunk(&rest, &chunk, &kind, err))
			return false;
		if (kind == CHUNK_IHDR)
			return err_set(err, ERR_INPUT, "this PNG file has two heads");
		has_picture = has_picture || kind == CHUNK_IDAT;
		if (kind != CHUNK_OTHER)
			buf_str(out, chunk);
	}
	return has_picture || err_set(err, ERR_INPUT, "this PNG file holds no picture");
}
