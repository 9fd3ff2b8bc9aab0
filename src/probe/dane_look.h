/* SPDX-License-Identifier: ISC */
#pragma once
/* The TLSA records of a server against the chain it showed. */
#include "report/dane.h"
#include "sys/resolve.h"

/* `answer` is that for _25._tcp.BASE; `tls` what the server showed, or NULL where it could not be looked at.  `names` are
 * those that DANE-TA accepts (RFC 7672 section 3.2.2): the TLSA base domain, the next-hop domain. */
void dane_look(const struct resolve_answer *answer, const struct tls_seen *tls, const struct str *names,
               size_t name_count, struct arena *arena, struct dane_seen *out);
