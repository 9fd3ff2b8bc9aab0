/* SPDX-License-Identifier: ISC */
#pragma once
/* Something that we found wrong ourselves, and a growing list of such. */
#include "base/arena.h"
#include "facts/findings.h"
#include "report/severity.h"

enum finding_code {
#define X(id, code, severity, sentence, step) FINDING_##id,
	FINDINGS(X)
#undef X
	    FINDING_COUNT
};

struct finding {
	enum finding_code code;
	struct str subject; /* what it is about; may be absent */
	struct str detail;  /* what was found; may be absent */
	enum severity severity;
};

struct findings {
	struct finding *items;
	size_t count, room;
};

/* With the severity that the table gives. */
void findings_add(struct findings *findings, struct arena *arena, enum finding_code code, struct str subject,
                  struct str detail);
bool findings_have(const struct findings *findings, enum finding_code code);
enum severity findings_worst(const struct findings *findings);

const char *finding_code_text(enum finding_code code);
enum severity finding_severity(enum finding_code code);

/* The texts with subject and detail put in.  Foreign text inside: quote it on its way out. */
struct str finding_sentence(const struct finding *finding, struct arena *arena);
struct str finding_step(const struct finding *finding, struct arena *arena);
