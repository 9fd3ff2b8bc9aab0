/* SPDX-License-Identifier: ISC */
#include "sys/qr.h"

#include <qrencode.h>

#define QUIET 4

/* A run of dark modules is one bar. */
static void put_row(const unsigned char *row, int width, int y, struct buf *out)
{
	for (int x = 0; x < width; x++) {
		int from = x;
		while (x < width && (row[x] & 1) != 0)
			x++;
		if (x > from)
			buf_format(out, "M%d %dh%dv1h-%dz", from + QUIET, y + QUIET, x - from, x - from);
	}
}

bool qr_svg(struct str text, struct buf *out, struct err *err)
{
	char copy[QR_BYTES_MOST + 1];

	if (text.len == 0 || text.len > QR_BYTES_MOST || memchr(text.p, '\0', text.len) != NULL)
		return err_set(err, ERR_INPUT, "no QR code can be made of this");
	memcpy(copy, text.p, text.len);
	copy[text.len] = '\0';
	QRcode *code = QRcode_encodeString8bit(copy, 0, QR_ECLEVEL_M);
	if (code == NULL)
		return err_set(err, ERR_INPUT, "no QR code can be made of this");
	int size = code->width + 2 * QUIET;
	buf_format(out,
	           "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" shape-rendering=\"crispEdges\">"
	           "<path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/><path fill=\"#000\" d=\"",
	           size, size, size, size);
	for (int y = 0; y < code->width; y++)
		put_row(code->data + (size_t)y * (size_t)code->width, code->width, y, out);
	buf_text(out, "\"/></svg>");
	QRcode_free(code);
	return true;
}
