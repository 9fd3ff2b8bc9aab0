/* SPDX-License-Identifier: ISC */
#pragma once
/* One TXT record in the forms that DNS operators paste: X(ID, name, what it is). */
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#define ZONE_FORMATS(X)                                                                                                \
	X(TEXT, "text", "plain text")                                                                                  \
	X(BIND, "bind", "a line of a zone file")                                                                       \
	X(CLOUDFLARE, "cloudflare", "Cloudflare's API")                                                                \
	X(ROUTE53, "route53", "a change batch of Route 53")                                                            \
	X(POWERDNS, "powerdns", "pdnsutil")                                                                            \
	X(NSUPDATE, "nsupdate", "RFC 2136 by nsupdate")                                                                \
	X(TERRAFORM, "terraform", "Terraform, for Route 53")

enum zone_format {
#define X(id, name, what) ZONE_##id,
	ZONE_FORMATS(X)
#undef X
	    ZONE_FORMAT_COUNT
};

bool zone_format_of(struct str name, enum zone_format *out);

/* `label` "_smtp._tls", `domain` "example.com", `value` the text of the record; all printable ASCII (ERR_INPUT else). */
bool zone_format_write(enum zone_format format, struct str label, struct str domain, struct str value, uint32_t ttl_secs,
                       struct buf *out, struct err *err);
