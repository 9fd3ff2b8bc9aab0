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

/* English and static; {subject} and {detail} in them are for present/state_words to fill. */
const char *finding_sentence(enum finding_code code);
const char *finding_step(enum finding_code code);
