/* SPDX-License-Identifier: ISC */
#include "decode/dkim_form.h"

#include "base/limits.h"
#include "base/num.h"
#include "base/utf8.h"
#include "decode/mime.h"
#include "decode/report_names.h"
#include "sys/digest.h"

#define SIGNATURE_BYTES_MAX KIB(4) /* RSA of 8192 bits has 1 KiB */
#define SIGNED_NAMES_MAX 500

enum canon { CANON_SIMPLE, CANON_RELAXED };

/* Bytes on their way into a hash, in pieces of some size. */
struct sink {
	struct digest digest;
	size_t len;
	uint64_t left; /* bytes that still count (l=) */
	char bytes[4096];
};

static void sink_begin(struct sink *sink, uint64_t most)
{
	digest_begin(&sink->digest);
	sink->len = 0;
	sink->left = most;
}

static void sink_flush(struct sink *sink)
{
	digest_add(&sink->digest, str_make(sink->bytes, sink->len));
	sink->len = 0;
}

static void sink_add(struct sink *sink, const char *p, size_t len)
{
	if (len > sink->left)
		len = (size_t)sink->left;
	sink->left -= len;
	if (len > sizeof sink->bytes - sink->len) {
		sink_flush(sink);
		if (len > sizeof sink->bytes) {
			digest_add(&sink->digest, str_make(p, len));
			return;
		}
	}
	if (len > 0)
		memcpy(sink->bytes + sink->len, p, len);
	sink->len += len;
}

static void sink_end(struct sink *sink, unsigned char out[DIGEST_SHA256_BYTES])
{
	sink_flush(sink);
	digest_end(&sink->digest, out);
}

/* The mail, its headers apart. */
struct signed_mail {
	struct mime_header *headers;
	size_t header_count;
	bool *used; /* by the signature at hand */
	struct str body;
	bool is_lf; /* lines end in LF alone */
	/* Hashes of the whole body, made once for each form. */
	bool has_hash[2];
	unsigned char hash[2][DIGEST_SHA256_BYTES];
};

/* The tags of one signature. */
struct tags {
	struct str v, a, b, bh, c, d, h, i, l, q, s, t, x;
};

static struct str *tag_field(struct tags *tags, struct str name)
{
	if (str_eq(name, STR("bh")))
		return &tags->bh;
	if (name.len != 1)
		return NULL;
	switch (name.p[0]) {
	case 'v': return &tags->v;
	case 'a': return &tags->a;
	case 'b': return &tags->b;
	case 'c': return &tags->c;
	case 'd': return &tags->d;
	case 'h': return &tags->h;
	case 'i': return &tags->i;
	case 'l': return &tags->l;
	case 'q': return &tags->q;
	case 's': return &tags->s;
	case 't': return &tags->t;
	case 'x': return &tags->x;
	default: return NULL;
	}
}

/* RFC 6376 3.2.  NULL, or what is wrong. */
static const char *read_tags(struct str value, struct tags *tags)
{
	struct str rest = value;

	*tags = (struct tags){0};
	while (rest.p != NULL) {
		struct str tag = str_cut(&rest, ';');
		if (str_trim(tag).len == 0) {
			if (rest.p != NULL)
				return "the tag list has an empty tag";
			continue; /* one ; at the end is allowed */
		}
		struct str text = tag;
		struct str name = str_trim(str_cut(&text, '='));
		if (text.p == NULL || name.len == 0)
			return "the tag list has a tag without =";
		struct str *field = tag_field(tags, name);
		if (field == NULL)
			continue;
		if (field->p != NULL)
			return "a tag stands twice";
		*field = str_trim(text);
	}
	return NULL;
}

/* Without any blanks and folds in it, in the arena if there were some. */
static struct str without_blanks(struct str s, struct arena *arena)
{
	size_t i = 0;

	while (i < s.len && !byte_is_space(s.p[i]))
		i++;
	if (i == s.len)
		return s;
	char *text = arena_bytes(arena, s.len);
	size_t len = 0;
	for (i = 0; i < s.len; i++)
		if (!byte_is_space(s.p[i]))
			text[len++] = s.p[i];
	return str_make(text, len);
}

/* A tag as it may be shown and sent on: UTF-8, no NUL, not long.  False if it is not so. */
static bool is_fit(struct str s)
{
	return s.len <= LIMIT_NAME_BYTES && str_find_byte(s, '\0') == s.len && utf8_check(s) == s.len;
}

static bool decode_base64(struct str s, struct arena *arena, struct str *out)
{
	struct transfer_decoded decoded = transfer_decode(TRANSFER_BASE64, s, SIGNATURE_BYTES_MAX + 1, arena);

	if (decoded.odd_bytes > 0 || decoded.bytes.len == 0 || decoded.bytes.len > SIGNATURE_BYTES_MAX)
		return false;
	*out = decoded.bytes;
	return true;
}

static bool read_moment(struct str text, instant *out)
{
	uint64_t value;

	*out = INSTANT_NONE;
	if (text.p == NULL)
		return true;
	/* RFC 6376 3.5: up to 12 digits make sense. */
	if (!num_parse_uint(text, UINT64_C(999999999999), &value))
		return false;
	*out = (instant)value;
	return true;
}

static enum dkim_algorithm algorithm_of(struct str text)
{
	if (str_eq_nocase(text, STR("rsa-sha256")))
		return DKIM_RSA_SHA256;
	if (str_eq_nocase(text, STR("ed25519-sha256")))
		return DKIM_ED25519_SHA256;
	if (str_eq_nocase(text, STR("rsa-sha1")))
		return DKIM_RSA_SHA1;
	return DKIM_ALGORITHM_OTHER;
}

static bool canon_of(struct str text, enum canon *out)
{
	if (str_eq_nocase(text, STR("simple")))
		*out = CANON_SIMPLE;
	else if (str_eq_nocase(text, STR("relaxed")))
		*out = CANON_RELAXED;
	else
		return false;
	return true;
}

static bool read_canons(struct str c, enum canon *header, enum canon *body)
{
	*header = *body = CANON_SIMPLE;
	if (c.p == NULL)
		return true;
	struct str rest = c;
	struct str first = str_trim(str_cut(&rest, '/'));
	return canon_of(first, header) && (rest.p == NULL || canon_of(str_trim(rest), body));
}

static bool asks_dns(struct str q)
{
	if (q.p == NULL)
		return true;
	while (q.p != NULL)
		if (str_eq_nocase(str_trim(str_cut(&q, ':')), STR("dns/txt")))
			return true;
	return false;
}

/* h= without From signs nothing that matters (RFC 6376 5.4). */
static const char *check_signed_names(struct str h)
{
	bool has_from = false;
	size_t count = 0;

	while (h.p != NULL) {
		has_from |= str_eq_nocase(str_trim(str_cut(&h, ':')), STR("From"));
		if (++count > SIGNED_NAMES_MAX)
			return "h= names more than 500 headers";
	}
	return has_from ? NULL : "h= does not sign From";
}

/* i= must lie in d= (RFC 6376 3.5).  False if not; *out_deeper if it is a subdomain. */
static bool check_identity(struct str identity, struct str domain, struct arena *arena, bool *out_deeper)
{
	*out_deeper = false;
	if (identity.p == NULL)
		return true;
	struct str have = report_names_mail_domain(identity, arena);
	if (str_eq(have, domain))
		return true;
	*out_deeper = have.len > domain.len + 1 && str_ends_with(have, domain) &&
	              have.p[have.len - domain.len - 1] == '.';
	return *out_deeper;
}

static const char *missing_tag(const struct tags *tags)
{
	if (tags->v.len == 0)
		return "v= is missing";
	if (tags->a.len == 0)
		return "a= is missing";
	if (tags->b.len == 0)
		return "b= is missing";
	if (tags->bh.len == 0)
		return "bh= is missing";
	if (tags->d.len == 0)
		return "d= is missing";
	if (tags->h.len == 0)
		return "h= is missing";
	if (tags->s.len == 0)
		return "s= is missing";
	return NULL;
}

/* What the hashes need beside the form. */
struct plan {
	struct str h, body_hash;
	enum canon header, body;
	uint64_t length; /* UINT64_MAX without l= */
};

/* Fills the form from its tags.  NULL, or the fault. */
static const char *read_form(struct str value, struct arena *arena, struct dkim_form *form, struct plan *plan)
{
	struct tags tags;
	const char *fault = read_tags(value, &tags);

	form->algorithm = DKIM_ALGORITHM_OTHER;
	form->signed_at = form->expires_at = INSTANT_NONE;
	if (is_fit(tags.a))
		form->algorithm_text = without_blanks(tags.a, arena);
	if (is_fit(tags.s))
		form->selector = without_blanks(tags.s, arena);
	if (is_fit(tags.d))
		(void)report_names_domain(without_blanks(tags.d, arena), false, arena, &form->domain);
	form->has_length = tags.l.p != NULL;
	if (fault != NULL)
		return fault;
	if ((fault = missing_tag(&tags)) != NULL)
		return fault;
	form->algorithm = algorithm_of(form->algorithm_text);
	if (!str_eq(tags.v, STR("1")))
		return "v= is not 1";
	if (form->domain.len == 0 || form->selector.len == 0)
		return "d= or s= holds what is no name";
	if (!asks_dns(tags.q))
		return "q= does not offer dns/txt";
	if (!read_canons(tags.c, &plan->header, &plan->body))
		return "c= is unknown";
	if ((fault = check_signed_names(tags.h)) != NULL)
		return fault;
	if (!read_moment(tags.t, &form->signed_at) || !read_moment(tags.x, &form->expires_at))
		return "t= or x= is no time";
	if (!check_identity(tags.i, form->domain, arena, &form->identity_is_deeper))
		return "i= lies outside of d=";
	if (!decode_base64(tags.b, arena, &form->signature) || !decode_base64(tags.bh, arena, &plan->body_hash))
		return "b= or bh= is not base64";
	plan->length = UINT64_MAX;
	if (form->has_length && !num_parse_uint(tags.l, UINT64_MAX, &plan->length))
		return "l= is no number";
	plan->h = tags.h;
	return NULL;
}

static size_t line_len(struct str s)
{
	const char *end = s.len == 0 ? NULL : memchr(s.p, '\n', s.len);
	return end == NULL ? s.len : (size_t)(end - s.p) + 1;
}

/* The text of a line without its end.  *out_ended if it had one. */
static struct str line_text(struct str line, bool is_lf, bool *out_ended)
{
	*out_ended = false;
	if (line.len > 0 && line.p[line.len - 1] == '\n' && (is_lf || (line.len > 1 && line.p[line.len - 2] == '\r'))) {
		*out_ended = true;
		line.len--;
		if (line.len > 0 && line.p[line.len - 1] == '\r')
			line.len--;
	}
	return line;
}

enum folds { FOLDS_NONE, FOLDS_CRLF, FOLDS_LF };

/* How many bytes of white space stand here: a blank, or the line end of a fold.  A CR or LF that ends no line is text like
 * any other: RFC 6376 3.4.2 takes out CRLF alone. */
static size_t white_len(struct str text, size_t at, enum folds folds)
{
	if (byte_is_blank(text.p[at]))
		return 1;
	if (folds != FOLDS_NONE && text.p[at] == '\r' && at + 1 < text.len && text.p[at + 1] == '\n')
		return 2;
	return folds == FOLDS_LF && text.p[at] == '\n' ? 1 : 0;
}

/* Runs of white space as one blank, none at the end, and none in front in headers. */
static void add_relaxed(struct sink *sink, struct str text, enum folds folds)
{
	bool first = folds != FOLDS_NONE;
	size_t i = 0, white;

	while (i < text.len) {
		size_t start = i;
		while (i < text.len && (white = white_len(text, i, folds)) > 0)
			i += white;
		if (i == text.len)
			return;
		if (i > start && !first)
			sink_add(sink, " ", 1);
		first = false;
		start = i;
		while (i < text.len && white_len(text, i, folds) == 0)
			i++;
		sink_add(sink, text.p + start, i - start);
	}
}

static bool is_blank_text(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!byte_is_blank(s.p[i]))
			return false;
	return true;
}

/* RFC 6376 3.4.3 and 3.4.4: empty lines at the end do not count. */
static void add_body(struct sink *sink, struct str body, enum canon canon, bool is_lf)
{
	size_t empty_lines = 0;
	bool any = false;

	while (body.len > 0) {
		bool ended;
		size_t len = line_len(body);
		struct str text = line_text(str_upto(body, len), is_lf, &ended);
		body = str_from(body, len);
		/* A lone LF in a mail of CRLF is text: the line goes on. */
		if (!ended && body.len > 0) {
			for (; empty_lines > 0; empty_lines--)
				sink_add(sink, "\r\n", 2);
			any = true;
			if (canon == CANON_RELAXED)
				add_relaxed(sink, text, FOLDS_NONE);
			else
				sink_add(sink, text.p, text.len);
			continue;
		}
		if (text.len == 0 || (canon == CANON_RELAXED && is_blank_text(text))) {
			empty_lines++;
			continue;
		}
		for (; empty_lines > 0; empty_lines--)
			sink_add(sink, "\r\n", 2);
		any = true;
		if (canon == CANON_RELAXED)
			add_relaxed(sink, text, FOLDS_NONE);
		else
			sink_add(sink, text.p, text.len);
		sink_add(sink, "\r\n", 2);
	}
	if (!any && canon == CANON_SIMPLE)
		sink_add(sink, "\r\n", 2);
}

static bool body_matches(struct signed_mail *mail, const struct plan *plan)
{
	unsigned char cut[DIGEST_SHA256_BYTES];
	unsigned char *hash = cut;
	bool whole = plan->length == UINT64_MAX;

	if (plan->body_hash.len != DIGEST_SHA256_BYTES)
		return false;
	if (whole)
		hash = mail->hash[plan->body];
	if (!whole || !mail->has_hash[plan->body]) {
		struct sink sink;
		sink_begin(&sink, plan->length);
		add_body(&sink, mail->body, plan->body, mail->is_lf);
		uint64_t left = sink.left;
		sink_end(&sink, hash);
		mail->has_hash[plan->body] |= whole;
		/* l= over the end of the body (RFC 6376 3.5). */
		if (!whole && left > 0)
			return false;
	}
	return memcmp(hash, plan->body_hash.p, DIGEST_SHA256_BYTES) == 0;
}

/* One header in its canonical form; `last` without its line end (3.7). */
static void add_header(struct sink *sink, struct str name, struct str raw, enum canon canon, bool is_lf, bool last)
{
	if (canon == CANON_RELAXED) {
		for (size_t i = 0; i < name.len; i++) {
			char c = byte_lower(name.p[i]);
			sink_add(sink, &c, 1);
		}
		sink_add(sink, ":", 1);
		add_relaxed(sink, str_from(raw, str_find_byte(raw, ':') + 1), is_lf ? FOLDS_LF : FOLDS_CRLF);
	} else {
		while (raw.len > 0) {
			bool ended;
			size_t len = line_len(raw);
			struct str text = line_text(str_upto(raw, len), is_lf, &ended);
			raw = str_from(raw, len);
			sink_add(sink, text.p, text.len);
			if (raw.len > 0 && ended)
				sink_add(sink, "\r\n", 2);
		}
	}
	if (!last)
		sink_add(sink, "\r\n", 2);
}

/* The signature's own header with the value of b= taken out. */
static struct str without_signature(struct str raw, struct arena *arena)
{
	struct str rest = str_from(raw, str_find_byte(raw, ':') + 1);

	while (rest.p != NULL) {
		struct str tag = str_cut(&rest, ';');
		size_t equals = str_find_byte(tag, '=');
		if (equals == tag.len || !str_eq(str_trim(str_upto(tag, equals)), STR("b")))
			continue;
		size_t keep = (size_t)(tag.p - raw.p) + equals + 1;
		size_t behind = (size_t)(tag.p - raw.p) + tag.len;
		char *text = arena_bytes(arena, raw.len + 2);
		memcpy(text, raw.p, keep);
		memcpy(text + keep, raw.p + behind, raw.len - behind);
		size_t len = keep + raw.len - behind;
		/* The line end of the header is no part of the tag. */
		if (rest.p == NULL && raw.len > 0 && raw.p[raw.len - 1] == '\n') {
			text[len++] = '\r';
			text[len++] = '\n';
		}
		return str_make(text, len);
	}
	return raw;
}

static struct str hash_headers(struct signed_mail *mail, const struct mime_header *own, const struct plan *plan,
                               struct arena *arena)
{
	struct sink sink;
	struct str names = plan->h;
	unsigned char *hash = (unsigned char *)arena_bytes(arena, DIGEST_SHA256_BYTES);

	memset(mail->used, 0, mail->header_count * sizeof mail->used[0]);
	sink_begin(&sink, UINT64_MAX);
	while (names.p != NULL) {
		struct str name = str_trim(str_cut(&names, ':'));
		for (size_t i = mail->header_count; i > 0; i--) {
			const struct mime_header *header = &mail->headers[i - 1];
			if (mail->used[i - 1] || header == own || !str_eq_nocase(header->name, name))
				continue;
			mail->used[i - 1] = true;
			add_header(&sink, header->name, header->raw, plan->header, mail->is_lf, false);
			break;
		}
	}
	add_header(&sink, own->name, without_signature(own->raw, arena), plan->header, mail->is_lf, true);
	sink_end(&sink, hash);
	return str_make(hash, DIGEST_SHA256_BYTES);
}

static void make_form(struct signed_mail *mail, const struct mime_header *own, struct arena *arena,
                      struct dkim_form *form)
{
	struct plan plan;
	const char *fault = read_form(own->value, arena, form, &plan);

	if (fault != NULL) {
		form->fault = str_of(fault);
		return;
	}
	if (form->algorithm != DKIM_RSA_SHA256 && form->algorithm != DKIM_ED25519_SHA256)
		return;
	form->body_matches = body_matches(mail, &plan);
	form->header_hash = hash_headers(mail, own, &plan, arena);
}

static void collect_headers(struct str headers, struct arena *arena, struct signed_mail *mail)
{
	struct mime_header header;
	size_t room = 0;

	while (mail->header_count < LIMIT_HEADERS && mime_header_next(&headers, &header)) {
		void *array = mail->headers;
		struct mime_header *slot = arena_push(arena, &array, &mail->header_count, &room, sizeof *slot);
		mail->headers = array;
		*slot = header;
	}
	mail->used = ARENA_ARRAY(arena, mail->header_count, bool);
}

void dkim_form_read(struct str headers, struct str body, struct arena *arena, struct dkim_form **out_forms,
                    size_t *out_count)
{
	struct signed_mail mail = {.body = body};
	struct dkim_form *forms;
	size_t count = 0;

	*out_forms = NULL;
	*out_count = 0;
	/* One line alone says nothing: its CR may have been lost on the way, and then the mail is not as it was signed. */
	mail.is_lf = str_find(headers, STR("\r\n")) == headers.len;
	collect_headers(headers, arena, &mail);
	forms = ARENA_ARRAY(arena, LIMIT_DKIM_PARSED, struct dkim_form);
	for (size_t i = 0; i < mail.header_count && count < LIMIT_DKIM_PARSED; i++)
		if (str_eq_nocase(mail.headers[i].name, STR("DKIM-Signature")))
			make_form(&mail, &mail.headers[i], arena, &forms[count++]);
	*out_forms = forms;
	*out_count = count;
}
