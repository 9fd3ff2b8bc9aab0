/* SPDX-License-Identifier: ISC */
#include "publish/txt_record.h"

#include <assert.h>

#include "base/limits.h"
#include "facts/record_parts.h"
#include "report/mx_pattern.h"

enum part {
#define X(id, sentence) PART_##id,
	RECORD_PARTS(X)
#undef X
};

static const char *const part_sentences[] = {
#define X(id, sentence) sentence,
    RECORD_PARTS(X)
#undef X
};

struct kind {
	const char *text, *label;
	struct str version; /* with its semicolon */
	enum finding_code wrong_version, missing, multiple;
};

static const struct kind kinds[] = {
    [TXT_TLSRPT] = {"tls-rpt", "_smtp._tls", {"v=TLSRPTv1;", 11}, FINDING_RECORD_VERSION, FINDING_RECORD_MISSING,
                    FINDING_RECORD_MULTIPLE},
    [TXT_STS] = {"mta-sts", "_mta-sts", {"v=STSv1;", 8}, FINDING_STS_RECORD_VERSION, FINDING_STS_RECORD_MISSING,
                 FINDING_STS_RECORD_MULTIPLE},
};

const char *txt_kind_text(enum txt_kind kind)
{
	assert((unsigned)kind < TXT_KIND_COUNT);
	return kinds[kind].text;
}

const char *txt_kind_label(enum txt_kind kind)
{
	assert((unsigned)kind < TXT_KIND_COUNT);
	return kinds[kind].label;
}

static bool is_quote(char c)
{
	return c == '"' || c == '\'';
}

/* Without the quotation marks that a DNS panel took literally. */
static struct str unquoted(struct str text)
{
	text = str_trim(text);
	while (text.len > 0 && is_quote(text.p[0]))
		text = str_from(text, 1);
	while (text.len > 0 && is_quote(text.p[text.len - 1]))
		text.len--;
	return str_trim(text);
}

bool txt_record_kind(struct str text, enum txt_kind *out_kind)
{
	struct str s = unquoted(text);
	struct str version = str_upto(s, str_find_byte(s, ';'));

	if (str_find_nocase(version, STR("rpt")) < version.len || str_find_nocase(s, STR("rua=")) < s.len)
		*out_kind = TXT_TLSRPT;
	else if (str_find_nocase(version, STR("sts")) < version.len)
		*out_kind = TXT_STS;
	else
		return false;
	return true;
}

struct reading {
	struct arena *arena;
	struct txt_record *record;
	struct findings *findings;
	struct str subject;
	bool is_broken;
	size_t tag_room, rua_room;
};

static void found(struct reading *r, enum finding_code code, struct str detail)
{
	findings_add(r->findings, r->arena, code, r->subject, detail);
}

static void broken(struct reading *r, enum finding_code code, struct str detail)
{
	found(r, code, detail);
	r->is_broken = true;
}

static bool name_is_well_formed(struct str name)
{
	if (name.len == 0 || name.len > 32 || (!byte_is_alpha(name.p[0]) && !byte_is_digit(name.p[0])))
		return false;
	for (size_t i = 1; i < name.len; i++)
		if (!byte_is_alpha(name.p[i]) && !byte_is_digit(name.p[i]) && memchr("_-.", name.p[i], 3) == NULL)
			return false;
	return true;
}

static bool mailto_is_complete(struct str address)
{
	address = str_upto(address, str_find_byte(address, '?'));
	size_t at = str_find_byte(address, '@');
	struct str domain = str_from(address, at + 1);
	return at > 0 && at < address.len && host_name_is_valid(domain);
}

static bool https_is_complete(struct str rest)
{
	struct str host = rest;
	for (size_t i = 0; i < rest.len; i++) {
		if (memchr("/?#:", rest.p[i], 4) != NULL) {
			host = str_upto(rest, i);
			break;
		}
	}
	return host_name_is_valid(host);
}

static void judge_rua(struct reading *r, struct str uri)
{
	if (memchr(uri.p, '!', uri.len) != NULL) {
		broken(r, FINDING_RUA_ENCODING, uri);
	} else if (str_starts_with_nocase(uri, STR("mailto:"))) {
		if (!mailto_is_complete(str_from(uri, 7)))
			broken(r, FINDING_RUA_ADDRESS, uri);
	} else if (str_starts_with_nocase(uri, STR("https://"))) {
		if (!https_is_complete(str_from(uri, 8)))
			broken(r, FINDING_RUA_ADDRESS, uri);
	} else {
		broken(r, FINDING_RUA_SCHEME, uri);
	}
}

static void take_rua(struct reading *r, struct str value)
{
	struct txt_record *record = r->record;

	for (struct str rest = value; rest.p != NULL;) {
		struct str uri = str_trim(str_cut(&rest, ','));
		if (uri.len == 0) {
			broken(r, FINDING_RUA_ADDRESS, STR("(empty)"));
			continue;
		}
		void *items = record->rua.items;
		struct str *item = arena_push(r->arena, &items, &record->rua.count, &r->rua_room, sizeof *item);
		record->rua.items = items;
		*item = uri;
		judge_rua(r, uri);
	}
	if (record->rua.count > 1)
		found(r, FINDING_RUA_SEVERAL, STR_NONE);
}

static void take_id(struct reading *r, struct str value)
{
	bool ok = value.len >= 1 && value.len <= 32;

	for (size_t i = 0; i < value.len; i++)
		ok = ok && (byte_is_alpha(value.p[i]) || byte_is_digit(value.p[i]));
	if (!ok)
		broken(r, FINDING_STS_RECORD_ID_INVALID, value);
	r->record->id = value;
}

static const char *take_tag(struct reading *r, struct str name, struct str value)
{
	if (r->record->kind == TXT_TLSRPT && str_eq(name, STR("rua"))) {
		take_rua(r, value);
		return part_sentences[PART_RUA];
	}
	if (r->record->kind == TXT_STS && str_eq(name, STR("id"))) {
		take_id(r, value);
		return part_sentences[PART_ID];
	}
	found(r, FINDING_RECORD_TAG_UNKNOWN, name);
	return part_sentences[PART_UNKNOWN];
}

static bool has_tag(const struct txt_record *record, struct str name)
{
	for (size_t i = 0; i < record->tag_count; i++)
		if (str_eq(record->tags[i].name, name))
			return true;
	return false;
}

static void push_tag(struct reading *r, struct str name, struct str value, const char *sentence)
{
	void *items = r->record->tags;
	struct txt_tag *tag = arena_push(r->arena, &items, &r->record->tag_count, &r->tag_room, sizeof *tag);

	r->record->tags = items;
	*tag = (struct txt_tag){.name = name, .value = value, .sentence = sentence};
}

static void take_part(struct reading *r, struct str part)
{
	size_t equals = str_find_byte(part, '=');
	struct str name = str_trim(str_upto(part, equals));
	struct str value = str_trim(str_from(part, equals + 1));

	if (equals == part.len || !name_is_well_formed(name)) {
		broken(r, FINDING_RECORD_SYNTAX, part);
		return;
	}
	if (has_tag(r->record, name)) {
		found(r, FINDING_RECORD_TAG_TWICE, name);
		push_tag(r, name, value, part_sentences[PART_TWICE]);
		return;
	}
	push_tag(r, name, value, "");
	const char *sentence = take_tag(r, name, value);
	r->record->tags[r->record->tag_count - 1].sentence = sentence;
}

/* The version has to come first and as written (RFC 8460 section 3, RFC 8461 section 3.1). */
static struct str take_version(struct reading *r, struct str text)
{
	const struct kind *kind = &kinds[r->record->kind];
	struct str rest = text;
	struct str first = str_cut(&rest, ';');
	struct str wanted = str_upto(kind->version, kind->version.len - 1);
	size_t equals = str_find_byte(first, '=');

	if (!str_eq(str_trim(first), wanted) || !str_starts_with(first, wanted))
		broken(r, kind->wrong_version, str_trim(first));
	else if (first.len > wanted.len)
		found(r, FINDING_RECORD_BLANK, STR_NONE);
	if (equals < first.len && str_eq_nocase(str_trim(str_upto(first, equals)), STR("v"))) {
		push_tag(r, STR("v"), str_trim(str_from(first, equals + 1)),
		         r->record->kind == TXT_TLSRPT ? part_sentences[PART_VERSION_TLSRPT]
		                                       : part_sentences[PART_VERSION_STS]);
		return rest;
	}
	return text;
}

void txt_record_read(struct str text, enum txt_kind kind, struct str subject, struct arena *arena,
                     struct txt_record *out, struct findings *findings)
{
	struct reading r = {.arena = arena, .record = out, .findings = findings, .subject = subject};

	*out = (struct txt_record){.kind = kind};
	struct str clean = unquoted(text);
	if (str_find_byte(text, '"') < text.len || clean.len != str_trim(text).len)
		broken(&r, FINDING_RECORD_QUOTES, STR_NONE);
	for (struct str rest = take_version(&r, clean); rest.p != NULL;) {
		struct str part = str_trim(str_cut(&rest, ';'));
		if (part.len > 0)
			take_part(&r, part);
		else if (rest.p != NULL)
			broken(&r, FINDING_RECORD_SYNTAX, STR("(empty)"));
	}
	if (kind == TXT_TLSRPT && out->rua.count == 0 && !findings_have(findings, FINDING_RUA_ADDRESS))
		broken(&r, FINDING_RUA_MISSING, STR_NONE);
	if (kind == TXT_STS && out->id.p == NULL)
		broken(&r, FINDING_STS_RECORD_ID_MISSING, STR_NONE);
	out->is_valid = !r.is_broken;
}

int txt_record_choose(const struct str_list *texts, enum txt_kind kind, struct str subject, struct arena *arena,
                      struct findings *findings)
{
	int chosen = -1;
	size_t counted = 0;
	size_t meant = 0;
	int last_meant = -1;

	for (size_t i = 0; i < texts->count; i++) {
		enum txt_kind is;
		if (str_starts_with(texts->items[i], kinds[kind].version)) {
			counted++;
			chosen = (int)i;
		} else if (txt_record_kind(texts->items[i], &is) && is == kind) {
			meant++;
			last_meant = (int)i;
		}
	}
	if (counted == 1)
		return chosen;
	if (counted > 1)
		findings_add(findings, arena, kinds[kind].multiple, subject, STR_NONE);
	else if (meant == 0)
		findings_add(findings, arena, kinds[kind].missing, subject, STR_NONE);
	/* A misspelt record is read so that its own findings say what is wrong. */
	return counted == 0 ? last_meant : -1;
}

bool txt_record_encode_rua(struct str uri, struct buf *out, struct err *err)
{
	bool is_https = str_starts_with_nocase(uri, STR("https://"));
	bool is_mailto = str_starts_with_nocase(uri, STR("mailto:"));

	if (!is_https && !is_mailto) {
		if (str_find(uri, STR(":")) < uri.len || str_find_byte(uri, '@') == uri.len)
			return err_set(err, ERR_INPUT, "an address for reports is mailto:ADDRESS or https://ADDRESS");
		buf_text(out, "mailto:");
	}
	if (is_https ? !https_is_complete(str_from(uri, 8)) : !mailto_is_complete(is_mailto ? str_from(uri, 7) : uri))
		return err_set(err, ERR_INPUT, "the address for reports is not complete");
	for (size_t i = 0; i < uri.len; i++) {
		unsigned char c = (unsigned char)uri.p[i];
		if (c <= ' ' || c >= 0x7f || memchr(",!;\"<>\\^`{|}", c, 12) != NULL)
			buf_format(out, "%%%02X", c);
		else
			buf_byte(out, (char)c);
	}
	return true;
}

void txt_record_write_tlsrpt(const struct str_list *rua, struct buf *out)
{
	buf_text(out, "v=TLSRPTv1; rua=");
	for (size_t i = 0; i < rua->count; i++) {
		if (i > 0)
			buf_byte(out, ',');
		buf_str(out, rua->items[i]);
	}
}

void txt_record_write_sts(struct str id, struct buf *out)
{
	buf_text(out, "v=STSv1; id=");
	buf_str(out, id);
}
