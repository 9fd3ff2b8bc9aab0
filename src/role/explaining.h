/* SPDX-License-Identifier: ISC */
#pragma once
/* One failure in plain words: its cause, whether mail was refused, how bad it is. */
#include "present/cause_words.h"
#include "present/json_out.h"

/* Absent: not said. */
struct explaining_request {
	struct str result_type, reason, information, policy_type, mode, reporter;
	struct str name; /* of a cause, in place of a result type */
};

/* What refused and severity rest on; without a policy type the answer is for the worst case and says so. */
struct explaining {
	struct failure failure;
	enum policy_type policy_type;
	enum sts_mode mode;
	bool knows_refused;
	enum severity severity;
	struct cause_about about;
};

void explaining(const struct explaining_request *request, struct explaining *out);
/* The subject of the title, where it is named. */
void explaining_about(struct explaining *explaining, struct str host, struct str domain);
/* The contract of `mailseal explain --json`. */
void explaining_json(const struct explaining *explaining, struct arena *arena, struct json_out *json);
