/* SPDX-License-Identifier: ISC */
#pragma once
/* The errands of the set-up guide as bytes: what `keep` asks of `reach` (ASK), and what comes back (TOLD) and goes on to who
 * asked.  What is read is checked; a fault is an ERR_INPUT and the sender is ended. */
#include "role/domain_proof.h"
#include "role/record_watch.h"
#include "role/test_report.h"

enum setup_errand {
	SETUP_WATCH, /* whether each resolver sees the TLS-RPT record, and whether it proves the domain */
	SETUP_TEST,  /* a test report to each address */
	SETUP_ERRAND_COUNT
};

#define SETUP_ADDRESSES_MOST 2u

struct setup_request {
	enum setup_errand errand;
	struct domain_proof_wish proof;
	struct str_list ours; /* the addresses that must be in the record, or take a test */
};

struct setup_answer {
	enum setup_errand errand;
	struct str domain;
	struct domain_proof_found found;
	struct record_view views[RECORD_WATCH_MOST]; /* of the findings, the first */
	size_t view_count;
	struct test_report tests[SETUP_ADDRESSES_MOST];
	struct str ids[SETUP_ADDRESSES_MOST]; /* of the reports that were sent */
	size_t test_count;
};

/* Strings of what is read point into `body` or `arena`. */
void setup_wire_write_request(const struct setup_request *request, struct buf *out);
bool setup_wire_read_request(struct str body, struct arena *arena, struct setup_request *out, struct err *err);
void setup_wire_write_answer(const struct setup_answer *answer, struct buf *out);
bool setup_wire_read_answer(struct str body, struct arena *arena, struct setup_answer *out, struct err *err);
