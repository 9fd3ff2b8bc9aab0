/* SPDX-License-Identifier: ISC */
#include "intake/post_request.h"

#include "base/attr.h"

/* Without parameters. */
static struct str media_type(struct str content_type)
{
	return str_trim(str_upto(content_type, str_find_byte(content_type, ';')));
}

static bool is_one_layer(struct str coding)
{
	coding = str_trim(coding);
	return coding.len == 0 || str_eq_nocase(coding, STR("gzip")) || str_eq_nocase(coding, STR("x-gzip")) ||
	       str_eq_nocase(coding, STR("identity"));
}

unsigned post_request_check_head(const struct post_head *head, uint64_t most_bytes)
{
	if (!is_one_layer(head->content_encoding) ||
	    str_starts_with_nocase(media_type(head->content_type), STR("multipart/")))
		return 415;
	return head->has_length && head->length > most_bytes ? 413 : 0;
}

static bool is_report_type(struct str type)
{
	static const char *const types[] = {"application/tlsrpt+gzip", "application/tlsrpt+json", "application/json",
	                                    "application/gzip",        "application/x-gzip",      "application/zip",
	                                    "message/rfc822"};
	for (size_t i = 0; i < COUNT_OF(types); i++)
		if (str_eq_nocase(type, str_of(types[i])))
			return true;
	return false;
}

static bool looks_like_a_report(struct str body)
{
	if (str_starts_with(body, STR("\x1f\x8b")) || str_starts_with(body, STR("PK\x03\x04")))
		return true;
	if (str_starts_with(body, STR("\xef\xbb\xbf")))
		body = str_from(body, 3);
	body = str_trim(body);
	return body.len > 0 && (body.p[0] == '{' || body.p[0] == '[');
}

unsigned post_request_check_body(const struct post_head *head, struct str body)
{
	if (body.len == 0)
		return 400;
	return is_report_type(media_type(head->content_type)) || looks_like_a_report(body) ? 0 : 415;
}

const char *post_request_sentence(unsigned status)
{
	switch (status) {
	case 201: return "The report is kept.";
	case 400: return "There is no report in the request.";
	case 404: return "There is no such address.";
	case 413: return "The report is too large.";
	case 415: return "Send application/tlsrpt+gzip or application/tlsrpt+json, compressed once at most.";
	case 429: return "Too many reports from your network; try again later.";
	default: return "The report could not be stored now; try again later.";
	}
}
