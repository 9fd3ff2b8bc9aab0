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

static struct str fill(const char *pattern, const struct finding *finding, struct arena *arena)
{
	struct buf out;
	struct str rest = str_of(pattern);

	buf_init(&out, LIMIT_TEXT_BYTES);
	while (rest.len > 0) {
		size_t at = str_find_byte(rest, '{');
		buf_str(&out, str_upto(rest, at));
		rest = str_from(rest, at);
		if (str_starts_with(rest, STR("{subject}"))) {
			buf_str(&out, finding->subject);
			rest = str_from(rest, sizeof "{subject}" - 1);
		} else if (str_starts_with(rest, STR("{detail}"))) {
			buf_str(&out, finding->detail);
			rest = str_from(rest, sizeof "{detail}" - 1);
		}
	}
	struct str text = arena_str(arena, buf_view(&out));
	buf_done(&out);
	return text;
}

struct str finding_sentence(const struct finding *finding, struct arena *arena)
{
	return fill(fact_of(finding->code)->sentence, finding, arena);
}

struct str finding_step(const struct finding *finding, struct arena *arena)
{
	return fill(fact_of(finding->code)->step, finding, arena);
}
