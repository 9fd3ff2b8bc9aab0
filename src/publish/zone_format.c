/* SPDX-License-Identifier: ISC */
#include "publish/zone_format.h"

#include <assert.h>

#include "base/quote.h"

#define TXT_STRING_MOST_BYTES 255u /* RFC 1035 section 3.3 */

static const char *const names[] = {
#define X(id, name, what) name,
    ZONE_FORMATS(X)
#undef X
};

bool zone_format_of(struct str name, enum zone_format *out)
{
	for (unsigned i = 0; i < ZONE_FORMAT_COUNT; i++) {
		if (str_eq_nocase(name, str_of(names[i]))) {
			*out = (enum zone_format)i;
			return true;
		}
	}
	return false;
}

/* The value as quoted strings of at most 255 bytes. */
static void put_strings(struct str value, struct buf *out)
{
	do {
		struct str part = str_upto(value, TXT_STRING_MOST_BYTES);
		buf_byte(out, '"');
		for (size_t i = 0; i < part.len; i++) {
			if (part.p[i] == '"' || part.p[i] == '\\')
				buf_byte(out, '\\');
			buf_byte(out, part.p[i]);
		}
		buf_byte(out, '"');
		value = str_from(value, part.len);
		if (value.len > 0)
			buf_byte(out, ' ');
	} while (value.len > 0);
}

/* Inside single quotes of a shell. */
static void put_strings_for_shell(struct str value, struct buf *out)
{
	struct buf strings;

	buf_init(&strings, out->ceiling);
	put_strings(value, &strings);
	for (size_t i = 0; i < strings.len; i++) {
		if (strings.p[i] == '\'')
			buf_text(out, "'\\''");
		else
			buf_byte(out, strings.p[i]);
	}
	buf_done(&strings);
}

/* Terraform's provider puts the outer quotation marks itself; what is longer than a string is parted by inner ones. */
static void put_terraform(struct str value, struct buf *out)
{
	struct buf parted;

	buf_init(&parted, out->ceiling);
	while (value.len > 0) {
		struct str part = str_upto(value, TXT_STRING_MOST_BYTES);
		buf_str(&parted, part);
		value = str_from(value, part.len);
		if (value.len > 0)
			buf_text(&parted, "\"\"");
	}
	quote_json(buf_view(&parted), out);
	buf_done(&parted);
}

/* The quoted strings once more as a JSON or HCL string. */
static void put_strings_quoted(struct str value, struct buf *out)
{
	struct buf strings;

	buf_init(&strings, out->ceiling);
	put_strings(value, &strings);
	quote_json(buf_view(&strings), out);
	buf_done(&strings);
}

static void put_identifier(struct str label, struct str domain, struct buf *out)
{
	for (size_t i = 0; i < label.len; i++)
		buf_byte(out, label.p[i] == '.' ? '_' : label.p[i]);
	buf_byte(out, '_');
	for (size_t i = 0; i < domain.len; i++)
		buf_byte(out, domain.p[i] == '.' || domain.p[i] == '-' ? '_' : domain.p[i]);
}

static bool is_printable(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.p[i] < 0x20 || (unsigned char)s.p[i] > 0x7e)
			return false;
	return true;
}

bool zone_format_write(enum zone_format format, struct str label, struct str domain, struct str value, uint32_t ttl_secs,
                       struct buf *out, struct err *err)
{
	if (!is_printable(value) || !is_printable(domain))
		return err_set(err, ERR_INPUT, "a record may hold printable ASCII only");
	switch (format) {
	case ZONE_TEXT:
		buf_format(out, "Name   %.*s.%.*s\nType   TXT\nTTL    %u\nValue  ", STR_ARGS(label), STR_ARGS(domain), ttl_secs);
		buf_str(out, value);
		buf_byte(out, '\n');
		break;
	case ZONE_BIND:
		buf_format(out, "%.*s.%.*s. %u IN TXT ", STR_ARGS(label), STR_ARGS(domain), ttl_secs);
		put_strings(value, out);
		buf_byte(out, '\n');
		break;
	case ZONE_CLOUDFLARE:
		buf_format(out, "{\"type\":\"TXT\",\"name\":\"%.*s.%.*s\",\"ttl\":%u,\"content\":", STR_ARGS(label),
		           STR_ARGS(domain), ttl_secs);
		put_strings_quoted(value, out);
		buf_text(out, "}\n");
		break;
	case ZONE_ROUTE53:
		buf_format(out,
		           "{\"Changes\":[{\"Action\":\"UPSERT\",\"ResourceRecordSet\":{\"Name\":\"%.*s.%.*s.\","
		           "\"Type\":\"TXT\",\"TTL\":%u,\"ResourceRecords\":[{\"Value\":",
		           STR_ARGS(label), STR_ARGS(domain), ttl_secs);
		put_strings_quoted(value, out);
		buf_text(out, "}]}}]}\n");
		break;
	case ZONE_POWERDNS:
		buf_format(out, "pdnsutil replace-rrset %.*s %.*s TXT %u '", STR_ARGS(domain), STR_ARGS(label), ttl_secs);
		put_strings_for_shell(value, out);
		buf_text(out, "'\n");
		break;
	case ZONE_NSUPDATE:
		/* Without a zone nsupdate finds the one that holds the name, which may be that of a parent. */
		buf_format(out, "update delete %.*s.%.*s. TXT\nupdate add %.*s.%.*s. %u TXT ", STR_ARGS(label), STR_ARGS(domain),
		           STR_ARGS(label), STR_ARGS(domain), ttl_secs);
		put_strings(value, out);
		buf_text(out, "\nsend\n");
		break;
	case ZONE_TERRAFORM:
		buf_text(out, "resource \"aws_route53_record\" \"");
		put_identifier(label, domain, out);
		buf_format(out, "\" {\n  zone_id = var.zone_id\n  name    = \"%.*s.%.*s\"\n  type    = \"TXT\"\n  ttl     = %u\n"
		           "  records = [",
		           STR_ARGS(label), STR_ARGS(domain), ttl_secs);
		put_terraform(value, out);
		buf_text(out, "]\n}\n");
		break;
	case ZONE_FORMAT_COUNT: return err_set(err, ERR_INPUT, "there is no such format");
	}
	return !out->failed || err_set(err, ERR_TOO_BIG, "the record is too long");
}
