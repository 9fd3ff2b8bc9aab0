/* SPDX-License-Identifier: ISC */
/* Signs a batch with Debian's libopendkim: FOLDER holds rsa.pem and ed25519.pem; see sign_python.py for the lines. */
#include <opendkim/dkim.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/base64.h"
#include "base/file.h"

#define MOST ((size_t)8 << 20)

struct signer {
	DKIM_LIB *lib;
	struct buf rsa, ed25519;
};

static void fail(const char *what, const char *why)
{
	(void)fprintf(stderr, "sign_opendkim: %s: %s\n", what, why == NULL ? "failed" : why);
	exit(1);
}

static void read_key(const char *folder, const char *name, struct buf *out)
{
	char path[4096];
	struct err err = {0};

	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	buf_init(out, 65536);
	if (!file_read(path, out, &err))
		fail(path, err.text);
	buf_byte(out, '\0');
}

static dkim_canon_t canon_of(struct str text)
{
	return str_eq(text, STR("simple")) ? DKIM_CANON_SIMPLE : DKIM_CANON_RELAXED;
}

/* libopendkim wants text it may write to. */
static unsigned char *bytes_of(struct str s)
{
	unsigned char *copy = malloc(s.len + 1);
	if (copy == NULL)
		abort();
	if (s.len > 0)
		memcpy(copy, s.p, s.len);
	copy[s.len] = '\0';
	return copy;
}

static void sign(struct signer *signer, struct str line)
{
	struct str fields[7];
	struct buf message, out;
	DKIM_STAT status;
	unsigned char *header = NULL;
	size_t header_len = 0;

	for (size_t i = 0; i < 7; i++)
		fields[i] = str_cut(&line, '\t');
	buf_init(&message, MOST);
	buf_init(&out, (MOST * 2));
	if (!base64_decode(fields[6], &message))
		fail("message", "not Base64");
	bool is_rsa = str_eq(fields[3], STR("rsa-sha256"));
	unsigned char *domain = bytes_of(fields[4]), *selector = bytes_of(fields[5]), *bytes = bytes_of(buf_view(&message));
	DKIM *dkim = dkim_sign(signer->lib, (const unsigned char *)"batch", NULL,
	                       (unsigned char *)(is_rsa ? signer->rsa.p : signer->ed25519.p), selector, domain,
	                       canon_of(fields[1]), canon_of(fields[2]), is_rsa ? DKIM_SIGN_RSASHA256 : DKIM_SIGN_ED25519SHA256,
	                       -1, &status);
	if (dkim == NULL)
		fail("dkim_sign", dkim_getresultstr(status));
	if ((status = dkim_chunk(dkim, bytes, message.len)) != DKIM_STAT_OK ||
	    (status = dkim_chunk(dkim, NULL, 0)) != DKIM_STAT_OK || (status = dkim_eom(dkim, NULL)) != DKIM_STAT_OK ||
	    (status = dkim_getsighdr_d(dkim, 16, &header, &header_len)) != DKIM_STAT_OK)
		fail("signing", dkim_geterror(dkim));
	struct buf signed_text;
	buf_init(&signed_text, (MOST * 2));
	buf_text(&signed_text, "DKIM-Signature: ");
	/* It folds with bare LF. */
	for (size_t i = 0; i < header_len; i++) {
		if (header[i] == '\n' && (i == 0 || header[i - 1] != '\r'))
			buf_byte(&signed_text, '\r');
		buf_byte(&signed_text, (char)header[i]);
	}
	buf_text(&signed_text, "\r\n");
	buf_str(&signed_text, buf_view(&message));
	buf_str(&out, fields[0]);
	buf_byte(&out, '\t');
	base64_encode(buf_view(&signed_text), &out);
	buf_byte(&out, '\n');
	(void)fwrite(out.p, 1, out.len, stdout);
	(void)dkim_free(dkim);
	free(domain);
	free(selector);
	free(bytes);
	buf_done(&signed_text);
	buf_done(&message);
	buf_done(&out);
}

int main(int argc, char **argv)
{
	struct signer signer;
	struct err err = {0};
	struct buf input;

	if (argc != 2)
		return 2;
	signer.lib = dkim_init(NULL, NULL);
	if (signer.lib == NULL)
		fail("dkim_init", NULL);
	read_key(argv[1], "rsa.pem", &signer.rsa);
	read_key(argv[1], "ed25519.pem", &signer.ed25519);
	buf_init(&input, (size_t)1 << 30);
	if (!file_read("-", &input, &err))
		fail("standard input", err.text);
	for (struct str rest = buf_view(&input); rest.p != NULL;) {
		struct str line = str_cut(&rest, '\n');
		if (line.len > 0)
			sign(&signer, line);
	}
	dkim_close(signer.lib);
	buf_done(&input);
	buf_done(&signer.rsa);
	buf_done(&signer.ed25519);
	return 0;
}
