/* SPDX-License-Identifier: ISC */
#pragma once
/* The policy of a domain from outside, beside what is served here. */
#include "present/doc.h"
#include "present/json_out.h"
#include "report/publishing.h"

enum policy_matter {
	POLICY_MATTER_RECORD,
	POLICY_MATTER_FILE,
	POLICY_MATTER_ID,     /* of the record, against what is served here */
	POLICY_MATTER_SERVED, /* the file seen from outside is the one that is served here */
	POLICY_MATTER_MX,
	POLICY_MATTER_PLACE,  /* mta-sts.DOMAIN leads here, as the configuration says what here is */
	POLICY_MATTER_COUNT
};

struct policy_check {
	const struct check *check;
	struct published served; /* n 0: none */
	struct published of_id;  /* the one that the id in the DNS names; n 0: none of ours */
	enum check_state matters[POLICY_MATTER_COUNT]; /* CHECK_NONE: does not concern this domain */
	size_t unlisted;
	bool has_place; /* it is looked up */
	enum check_state place; /* CHECK_OK: here; CHECK_PROBLEMS: elsewhere; CHECK_CANNOT_TELL */
	instant place_at;       /* when that was told; INSTANT_NONE */
	enum check_state verdict;
};

/* Fills matters and verdict from the others. */
void policy_check_doc_judge(struct policy_check *it);
void policy_check_doc(const struct policy_check *it, struct arena *arena, struct doc *out);
void policy_check_doc_json(const struct policy_check *it, struct arena *arena, struct json_out *json);
