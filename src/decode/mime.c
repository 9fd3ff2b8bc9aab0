/* SPDX-License-Identifier: ISC */
#include "decode/mime.h"

#include "base/limits.h"
#include "base/num.h"

#define BIT(kind) (UINT64_C(1) << (kind))

/* Length of the line at the front, its LF included. */
static size_t line_len(struct str s)
{
	const char *end = s.len == 0 ? NULL : memchr(s.p, '\n', s.len);
	return end == NULL ? s.len : (size_t)(end - s.p) + 1;
}

static bool is_empty_line(struct str s, size_t len)
{
	return len == 0 || (len == 1 && s.p[0] == '\n') || (len == 2 && s.p[0] == '\r' && s.p[1] == '\n');
}

/* Length of the header name at the front if a header line begins here, else 0. */
static size_t name_len(struct str s)
{
	size_t i = 0;

	while (i < s.len && s.p[i] > ' ' && s.p[i] != ':' && s.p[i] != 0x7f)
		i++;
	size_t end = i;
	while (i < s.len && byte_is_blank(s.p[i]))
		i++;
	bool odd = end > 0 && (s.p[0] == '{' || s.p[0] == '[' || s.p[0] == '<' || s.p[0] == '"');
	return end > 0 && !odd && i < s.len && s.p[i] == ':' ? end : 0;
}

bool mime_header_next(struct str *rest, struct mime_header *out)
{
	while (rest->len > 0) {
		struct str s = *rest;
		size_t len = line_len(s);
		if (is_empty_line(s, len)) {
			*rest = str_from(s, len);
			return false;
		}
		size_t name = name_len(str_upto(s, len));
		while (len < s.len && byte_is_blank(s.p[len]) && !is_empty_line(str_from(s, len), line_len(str_from(s, len))))
			len += line_len(str_from(s, len));
		*rest = str_from(s, len);
		if (name == 0)
			continue;
		struct str line = str_upto(s, len);
		out->raw = line;
		out->name = str_upto(line, name);
		struct str behind = str_from(line, name);
		out->value = str_trim(str_from(behind, str_find_byte(behind, ':') + 1));
		return true;
	}
	return false;
}

static struct str skip_bom(struct str s)
{
	return str_starts_with(s, STR("\xef\xbb\xbf")) ? str_from(s, 3) : s;
}

/* Without blank lines and an mbox "From " or ">From " line in front. */
static struct str skip_front(struct str bytes)
{
	struct str s = skip_bom(bytes);

	while (s.len > 0 && (s.p[0] == '\r' || s.p[0] == '\n'))
		s = str_from(s, 1);
	while (str_starts_with(s, STR("From ")) || str_starts_with(s, STR(">From ")))
		s = str_from(s, line_len(s));
	return s;
}

bool mime_is_mail(struct str bytes)
{
	struct str s = skip_front(bytes);

	return name_len(str_upto(s, 200)) > 0;
}

struct level {
	struct str boundary;
	struct str report_type;
	size_t children;
	size_t path_len; /* of the walker's path at this level */
	size_t message;
	bool is_digest, is_forwarded;
};

/* A text to walk: the mail itself, or a message that had to be decoded first. */
struct source {
	struct str bytes;
	char path[LIMIT_MIME_DEPTH * 8 + 8];
	size_t path_len;
	size_t depth;
	bool is_forwarded;
};

struct walker {
	struct arena *arena;
	struct mime_mail *mail;
	size_t part_room, message_room;
	struct source *sources;
	size_t source_count, source_room;
	/* of the source at hand */
	struct str rest;
	struct level levels[LIMIT_MIME_DEPTH];
	size_t level_count;
	size_t depth; /* levels above this source */
	char path[LIMIT_MIME_DEPTH * 8 + 8];
	size_t path_len;
	size_t message;
	bool is_forwarded;
	bool stopped;
	bool takes_last; /* of contradicting headers */
	size_t seen; /* entities, all told */
	size_t decode_left; /* bytes of encoded messages that may still be decoded */
};

/* What the headers of one entity say. */
struct entity {
	struct str type_value, encoding_value, disposition, description;
	struct str type;
	bool takes_last, is_ambiguous;
	bool is_mail; /* begins a message */
};

static void stop(struct walker *w, enum problem_kind kind, const char *detail)
{
	w->stopped = true;
	if (w->mail->problem.kind != PROBLEM_NONE)
		return;
	w->mail->problem = (struct problem){
	    .kind = kind,
	    .place = w->path_len > 0 ? str_of(arena_format(w->arena, "part %.*s", (int)w->path_len, w->path)) : STR_NONE,
	    .detail = str_of(detail),
	};
}

static void set_one(struct entity *e, struct str *field, struct str value)
{
	if (field->p != NULL && !str_eq(*field, value))
		e->is_ambiguous = true;
	if (field->p == NULL || e->takes_last)
		*field = value;
}

static void read_message_header(struct walker *w, struct mime_message *m, const struct mime_header *h)
{
	struct str *field = NULL;

	switch (h->name.len) {
	case 4:
		field = str_eq_nocase(h->name, STR("From"))   ? &m->from
		        : str_eq_nocase(h->name, STR("Date")) ? &m->date
		                                              : NULL;
		break;
	case 7: field = str_eq_nocase(h->name, STR("Subject")) ? &m->subject : NULL; break;
	case 10: field = str_eq_nocase(h->name, STR("Message-ID")) ? &m->message_id : NULL; break;
	case 14:
		field = str_eq_nocase(h->name, STR("Auto-Submitted")) ? &m->auto_submitted : NULL;
		m->is_signed |= str_eq_nocase(h->name, STR("DKIM-Signature"));
		break;
	case 17: field = str_eq_nocase(h->name, STR("TLS-Report-Domain")) ? &m->report_domain : NULL; break;
	case 20: field = str_eq_nocase(h->name, STR("TLS-Report-Submitter")) ? &m->submitter : NULL; break;
	default: break;
	}
	if (field != NULL && field->p == NULL)
		*field = mime_header_text(str_upto(h->value, LIMIT_TEXT_BYTES / 4), w->arena);
}

static void read_entity_header(struct entity *e, const struct mime_header *h)
{
	if (h->name.len < 12 || byte_lower(h->name.p[0]) != 'c' || h->name.p[7] != '-')
		return; /* no Content-... */
	if (str_eq_nocase(h->name, STR("Content-Type")))
		set_one(e, &e->type_value, h->value);
	else if (str_eq_nocase(h->name, STR("Content-Transfer-Encoding")))
		set_one(e, &e->encoding_value, h->value);
	else if (str_eq_nocase(h->name, STR("Content-Disposition")))
		set_one(e, &e->disposition, h->value);
	else if (str_eq_nocase(h->name, STR("Content-Description")))
		set_one(e, &e->description, h->value);
}

static bool is_bare_line_end(struct str headers)
{
	size_t lf = 0, crlf = 0;

	while (headers.len > 0) {
		size_t len = line_len(headers);
		if (len > 0 && headers.p[len - 1] == '\n') {
			if (len > 1 && headers.p[len - 2] == '\r')
				crlf++;
			else
				lf++;
		}
		headers = str_from(headers, len);
	}
	return lf > 0 && crlf > 0;
}

/* Reads the headers at w->rest, leaves w->rest at the body. */
static bool read_headers(struct walker *w, struct entity *e, struct mime_message *message)
{
	struct str start = w->rest;
	struct mime_header header;
	size_t count = 0;

	if (!e->is_mail && name_len(str_upto(start, line_len(start))) == 0) {
		/* No header at all: the empty line may even be missing. */
		size_t len = line_len(start);
		if (is_empty_line(start, len))
			w->rest = str_from(start, len);
		return true;
	}
	while (mime_header_next(&w->rest, &header)) {
		if (++count > LIMIT_HEADERS) {
			stop(w, PROBLEM_HEADER_LIMIT, "There are more than 1,000 headers.");
			return false;
		}
		if (header.raw.len > LIMIT_HEADER_BYTES) {
			stop(w, PROBLEM_HEADER_LIMIT, "One header is longer than 64 KiB.");
			return false;
		}
		if ((size_t)(w->rest.p - start.p) > LIMIT_HEADER_BLOCK_BYTES) {
			stop(w, PROBLEM_HEADER_LIMIT, "The headers are longer than 256 KiB.");
			return false;
		}
		read_entity_header(e, &header);
		if (message != NULL)
			read_message_header(w, message, &header);
	}
	if ((size_t)(w->rest.p - start.p) > LIMIT_HEADER_BLOCK_BYTES) {
		stop(w, PROBLEM_HEADER_LIMIT, "The headers are longer than 256 KiB.");
		return false;
	}
	if (message != NULL) {
		message->headers = str_make(start.p, (size_t)(w->rest.p - start.p));
		message->body = w->rest;
		message->bare_line_end = is_bare_line_end(message->headers);
	}
	return true;
}

static struct str media_type(struct str value)
{
	size_t end = 0;

	while (end < value.len && value.p[end] != ';' && value.p[end] != '(' && !byte_is_space(value.p[end]))
		end++;
	return end == 0 ? STR_NONE : str_upto(value, end);
}

/* Which level's boundary a line that begins with "--" is: its index + 1, or 0. */
static size_t boundary_level(const struct walker *w, struct str line, bool *out_closes)
{
	size_t end = line.len;

	while (end > 2 && byte_is_space(line.p[end - 1]))
		end--;
	struct str text = str_make(line.p + 2, end - 2);
	for (size_t i = w->level_count; i > 0; i--) {
		struct str boundary = w->levels[i - 1].boundary;
		if (!str_starts_with(text, boundary))
			continue;
		struct str behind = str_from(text, boundary.len);
		*out_closes = str_eq(behind, STR("--"));
		if (behind.len == 0 || *out_closes)
			return i;
	}
	return 0;
}

/* Moves w->rest behind the next boundary line.  Returns what stood before it (without the line end that belongs to
 * the boundary) and its level + 1 (0: the end of the text). */
static struct str take_until_boundary(struct walker *w, size_t *out_level, bool *out_closes)
{
	struct str s = w->rest;
	size_t at = 0;

	*out_level = 0;
	*out_closes = false;
	if (w->level_count == 0) {
		w->rest = str_from(s, s.len);
		return s;
	}
	while (at < s.len) {
		struct str here = str_from(s, at);
		size_t len = line_len(here);
		if (len > 2 && here.p[0] == '-' && here.p[1] == '-') {
			*out_level = boundary_level(w, str_upto(here, len), out_closes);
			if (*out_level > 0) {
				w->rest = str_from(here, len);
				if (at > 0 && s.p[at - 1] == '\n')
					at--;
				if (at > 0 && s.p[at - 1] == '\r')
					at--;
				return str_upto(s, at);
			}
		}
		at += len;
	}
	w->rest = str_from(s, s.len);
	return s;
}

/* The first line of a multipart without a boundary parameter that could be one. */
static struct str guess_boundary(struct str body)
{
	struct str s = str_upto(body, KIB(64));

	while (s.len > 0) {
		size_t len = line_len(s);
		struct str line = str_trim(str_upto(s, len));
		if (line.len > 2 && line.len <= LIMIT_BOUNDARY_BYTES && line.p[0] == '-' && line.p[1] == '-')
			return str_from(line, 2);
		s = str_from(s, len);
	}
	return STR_NONE;
}

static void set_path(struct walker *w, size_t keep, size_t number)
{
	char digits[NUM_DIGITS_MAX];
	struct str text = num_format_uint(number, digits);

	if (keep + 1 + text.len > sizeof w->path)
		return; /* 10 levels of at most 100 parts fit */
	if (keep > 0)
		w->path[keep++] = '.';
	memcpy(w->path + keep, text.p, text.len);
	w->path_len = keep + text.len;
}

static struct str file_name(struct walker *w, const struct entity *e)
{
	struct str name = STR_NONE;

	if (e->disposition.p != NULL)
		name = mime_parameter(e->disposition, STR("filename"), w->arena);
	if (name.len == 0 && e->type_value.p != NULL)
		name = mime_parameter(e->type_value, STR("name"), w->arena);
	return name;
}

/* What base64 makes of gzip, zip and JSON objects, where the header that says so was lost on the way. */
static bool is_unsaid_base64(struct str body)
{
	static const char *const starts[] = {"H4sI", "UEsDB", "eyJ", "ewo", "ew0K", "ewkN"};
	struct str text = str_trim(str_upto(body, 200));

	for (size_t i = 0; i < COUNT_OF(starts); i++)
		if (str_starts_with(text, str_of(starts[i])))
			return true;
	return false;
}

static void add_part(struct walker *w, const struct entity *e, struct str body, struct str report_type, uint64_t bits)
{
	void *array = w->mail->parts;
	struct mime_part *part = arena_push(w->arena, &array, &w->mail->part_count, &w->part_room, sizeof *part);

	w->mail->parts = array;
	part->type = e->type;
	part->report_type = report_type;
	part->path = arena_str(w->arena, w->path_len > 0 ? str_make(w->path, w->path_len) : STR("1"));
	part->body = body;
	part->encoding = transfer_encoding_of(e->encoding_value);
	if ((part->encoding == TRANSFER_IDENTITY || part->encoding == TRANSFER_UNKNOWN) && is_unsaid_base64(body)) {
		part->encoding = TRANSFER_BASE64;
		bits |= BIT(DEVIATION_ENCODING_ODD);
	}
	part->message = w->message;
	part->deviations = bits;
	part->name = file_name(w, e);
	if (part->name.len == 0 && e->description.p != NULL)
		part->name = mime_header_text(e->description, w->arena);
}

static struct source *add_source(struct walker *w, struct str bytes)
{
	void *array = w->sources;
	struct source *source =
	    arena_push(w->arena, &array, &w->source_count, &w->source_room, sizeof *source);

	w->sources = array;
	source->bytes = bytes;
	memcpy(source->path, w->path, w->path_len);
	source->path_len = w->path_len;
	return source;
}

static bool is_message_type(struct str type)
{
	return str_eq_nocase(type, STR("message/rfc822")) || str_eq_nocase(type, STR("message/global"));
}

static bool is_encrypted_type(struct str type)
{
	return str_eq_nocase(type, STR("multipart/encrypted")) ||
	       str_eq_nocase(type, STR("application/pkcs7-mime")) ||
	       str_eq_nocase(type, STR("application/x-pkcs7-mime")) ||
	       str_eq_nocase(type, STR("application/pgp-encrypted"));
}

/* A mail that somebody attached as a file: by its bytes, since its type does not say so. */
static bool is_attached_mail(struct walker *w, const struct entity *e, struct str body)
{
	if (!str_eq_nocase(e->type, STR("application/octet-stream")) && !str_ends_with_nocase(file_name(w, e), STR(".eml")))
		return false;
	struct str start = str_upto(body, 1024);
	return mime_is_mail(transfer_decode(transfer_encoding_of(e->encoding_value), start, 256, w->arena).bytes);
}

enum step { STEP_ENTITY, STEP_NEXT_BOUNDARY, STEP_DONE };

static bool push_level(struct walker *w, const struct entity *e, uint64_t *bits)
{
	struct str boundary = mime_parameter(e->type_value, STR("boundary"), w->arena);

	if (boundary.len == 0 || boundary.len > LIMIT_BOUNDARY_BYTES) {
		*bits |= BIT(DEVIATION_MIME_AMBIGUOUS);
		boundary = guess_boundary(w->rest);
		if (boundary.len == 0)
			return false;
	}
	if (w->level_count + w->depth >= LIMIT_MIME_DEPTH) {
		stop(w, PROBLEM_MIME_LIMIT, "There are more than 10 levels.");
		return false;
	}
	struct level *level = &w->levels[w->level_count++];
	*level = (struct level){
	    .boundary = boundary,
	    .path_len = w->path_len,
	    .message = w->message,
	    .is_forwarded = w->is_forwarded,
	    .is_digest = str_eq_nocase(e->type, STR("multipart/digest")),
	};
	if (str_eq_nocase(e->type, STR("multipart/report")))
		level->report_type = mime_parameter(e->type_value, STR("report-type"), w->arena);
	if (str_eq_nocase(level->report_type, STR("delivery-status")))
		w->mail->is_bounce = true;
	return true;
}

static struct mime_message *begin_message(struct walker *w)
{
	void *array = w->mail->messages;
	struct mime_message *message =
	    arena_push(w->arena, &array, &w->mail->message_count, &w->message_room, sizeof *message);

	w->mail->messages = array;
	w->message = w->mail->message_count - 1;
	return message;
}

/* The boundary line `level` (index + 1) was met: what comes next. */
static enum step enter_boundary(struct walker *w, size_t level, bool closes)
{
	if (level == 0)
		return STEP_DONE;
	w->level_count = closes ? level - 1 : level;
	w->message = w->levels[level - 1].message;
	w->is_forwarded = w->levels[level - 1].is_forwarded;
	return closes ? STEP_NEXT_BOUNDARY : STEP_ENTITY;
}

static enum step finish_leaf(struct walker *w, const struct entity *e, uint64_t bits)
{
	size_t level, levels = w->level_count;
	bool closes;
	struct str report_type = levels > 0 ? w->levels[levels - 1].report_type : STR_NONE;
	struct str body = take_until_boundary(w, &level, &closes);

	if (levels > 0 && level < levels)
		bits |= BIT(DEVIATION_MIME_UNCLOSED);
	/* Of those that say so only encoded ones come here. */
	if (is_message_type(e->type) || is_attached_mail(w, e, body)) {
		struct transfer_decoded decoded =
		    transfer_decode(transfer_encoding_of(e->encoding_value), body, w->decode_left, w->arena);
		w->decode_left -= decoded.bytes.len;
		if (w->depth + levels + 1 >= LIMIT_MIME_DEPTH) {
			stop(w, PROBLEM_MIME_LIMIT, "There are more than 10 levels.");
			return STEP_DONE;
		}
		struct source *source = add_source(w, decoded.bytes);
		source->depth = w->depth + levels + 1;
		source->is_forwarded = true;
	} else {
		if (is_encrypted_type(e->type))
			w->mail->is_encrypted = true;
		add_part(w, e, body, report_type, bits);
	}
	return enter_boundary(w, level, closes);
}

static void number_entity(struct walker *w)
{
	if (w->level_count == 0)
		return;
	struct level *level = &w->levels[w->level_count - 1];
	level->children++;
	set_path(w, level->path_len, level->children);
}

/* Headers and, for a leaf, the body at w->rest. */
static enum step walk_entity(struct walker *w, bool is_mail, size_t nested)
{
	struct entity e = {.is_mail = is_mail, .takes_last = w->takes_last};
	struct mime_message *message = NULL;
	uint64_t bits = w->is_forwarded ? BIT(DEVIATION_FORWARDED) : 0;

	if (++w->seen > LIMIT_MIME_PARTS) {
		stop(w, PROBLEM_MIME_LIMIT, "There are more than 100 parts.");
		return STEP_DONE;
	}
	if (is_mail) {
		w->rest = skip_front(w->rest);
		message = begin_message(w);
	}
	if (!read_headers(w, &e, message))
		return STEP_DONE;
	e.type = media_type(e.type_value);
	if (e.type.p == NULL && !is_mail && w->level_count > 0 && w->levels[w->level_count - 1].is_digest)
		e.type = STR("message/rfc822");
	w->mail->is_contradictory |= e.is_ambiguous;
	if (e.is_ambiguous)
		bits |= BIT(DEVIATION_MIME_AMBIGUOUS);
	if (message != NULL && message->bare_line_end)
		bits |= BIT(DEVIATION_BARE_LINE_END);
	if (is_encrypted_type(e.type))
		w->mail->is_encrypted = true;
	if (str_starts_with_nocase(e.type, STR("multipart/"))) {
		if (push_level(w, &e, &bits))
			return STEP_NEXT_BOUNDARY;
		if (w->stopped)
			return STEP_DONE;
		e.type = STR_NONE; /* no boundary anywhere: one body */
	}
	enum transfer_encoding encoding = transfer_encoding_of(e.encoding_value);
	bool is_plain = encoding == TRANSFER_IDENTITY || encoding == TRANSFER_UNKNOWN;
	if (is_message_type(e.type) && is_plain) {
		if (nested + w->depth + w->level_count >= LIMIT_MIME_DEPTH) {
			stop(w, PROBLEM_MIME_LIMIT, "There are more than 10 levels.");
			return STEP_DONE;
		}
		w->is_forwarded = true;
		return walk_entity(w, true, nested + 1);
	}
	return finish_leaf(w, &e, bits);
}

static void walk_source(struct walker *w)
{
	bool is_mail = true;
	enum step step = STEP_ENTITY;

	while (step != STEP_DONE && !w->stopped) {
		if (step == STEP_ENTITY) {
			number_entity(w);
			step = walk_entity(w, is_mail, 0);
			is_mail = false;
			continue;
		}
		size_t level;
		bool closes;
		if (w->level_count == 0)
			break;
		(void)take_until_boundary(w, &level, &closes);
		step = enter_boundary(w, level, closes);
	}
}

static void walk_mail(struct str bytes, bool takes_last, struct arena *arena, struct mime_mail *out)
{
	struct walker w;

	memset(&w, 0, offsetof(struct walker, levels));
	w.level_count = w.depth = w.path_len = w.seen = w.message = 0;
	w.is_forwarded = w.stopped = false;
	w.takes_last = takes_last;
	w.decode_left = LIMIT_ARRIVAL_BYTES;
	w.arena = arena;
	w.mail = out;
	*out = (struct mime_mail){0};
	(void)add_source(&w, bytes);
	for (size_t i = 0; i < w.source_count && !w.stopped; i++) {
		struct source source = w.sources[i];
		w.rest = source.bytes;
		w.level_count = 0;
		w.depth = source.depth;
		w.is_forwarded = source.is_forwarded;
		memcpy(w.path, source.path, source.path_len);
		w.path_len = source.path_len;
		walk_source(&w);
	}
}

void mime_walk(struct str bytes, struct arena *arena, struct mime_mail *out)
{
	walk_mail(bytes, false, arena, out);
}

void mime_walk_last(struct str bytes, struct arena *arena, struct mime_mail *out)
{
	walk_mail(bytes, true, arena, out);
}
