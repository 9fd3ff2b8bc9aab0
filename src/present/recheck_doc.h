/* SPDX-License-Identifier: ISC */
#pragma once
/* What came of our own look at the subject of an issue. */
#include "present/doc.h"
#include "present/json_out.h"
#include "report/check.h"
#include "report/issue.h"

struct recheck_view {
	const struct issue *issue; /* as it stands after the look */
	enum issue_seen seen;      /* SEEN_NOT: could not tell */
	const struct finding *finding; /* what shows that it is broken; may be NULL */
	const struct check *check;
};

void recheck_doc(const struct recheck_view *view, instant now, struct arena *arena, struct doc *out);
void recheck_doc_json(const struct recheck_view *view, instant now, struct arena *arena, struct json_out *json);
