/* SPDX-License-Identifier: ISC */
#include "report/finding.h"

#include <assert.h>

#include "base/buf.h"
#include "base/limits.h"

struct fact {
	const char *code;
	enum severity severity;
	const char *sentence, *step;
};

static const struct fact facts[] = {
#define X(id, code, severity, sentence, step) {code, SEVERITY_##severity, sentence, step},
    FINDINGS(X)
#undef X
};

static const struct fact *fact_of(enum finding_code code)
{
	assert((unsigned)code < FINDING_COUNT);
	return &facts[code];
}

void findings_add(struct findings *findings, struct arena *arena, enum finding_code code, struct str subject,
                  struct str detail)
{
	void *items = findings->items;
	struct finding *finding = arena_push(arena, &items, &findings->count, &findings->room, sizeof *finding);

	findings->items = items;
	*finding = (struct finding){.code = code, .subject = subject, .detail = detail,
	                             .severity = finding_severity(code)};
}

bool findings_have(const struct findings *findings, enum finding_code code)
{
	for (size_t i = 0; i < findings->count; i++)
		if (findings->items[i].code == code)
			return true;
	return false;
}

enum severity findings_worst(const struct findings *findings)
{
	enum severity worst = SEVERITY_OK;

	for (size_t i = 0; i < findings->count; i++)
		if (findings->items[i].severity > worst)
			worst = findings->items[i].severity;
	return worst;
}

const char *finding_code_text(enum finding_code code)
{
	return fact_of(code)->code;
}

enum severity finding_severity(enum finding_code code)
{
	return fact_of(code)->severity;
}

const char *finding_sentence(enum finding_code code)
{
	return fact_of(code)->sentence;
}

const char *finding_step(enum finding_code code)
{
	return fact_of(code)->step;
}
