/* SPDX-License-Identifier: ISC */
#pragma once
/* A report of no sessions about a domain, sent the way that reporters send theirs: by mail to the servers of the published
 * address, or by POST to the published URL. */
#include "role/domain_look.h"

enum test_report_result {
	TEST_REPORT_TAKEN,   /* by the server at the other end */
	TEST_REPORT_REFUSED, /* it said no */
	TEST_REPORT_NO_WAY,  /* no server, or none that can be reached */
	TEST_REPORT_TLS,     /* its certificate does not hold: some reporters then give up (POST only) */
	TEST_REPORT_RESULT_COUNT
};

/* "taken", "refused", "no-way", "tls" */
const char *test_report_result_text(enum test_report_result result);

struct test_report {
	struct str uri;
	enum test_report_result result;
	struct str reason; /* what the other end said, or why there is no way; may be absent */
};

/* A name for one, that nobody else gives. */
struct str test_report_id(struct arena *arena);
/* When its period begins: yesterday. */
instant test_report_begin(void);

/* `id` names the report.  Blocks; `uri` is mailto: or https:, as it is published. */
void test_report_send(struct str domain, struct str uri, struct str id, const struct domain_look_options *look,
                      struct arena *arena, struct test_report *out);
