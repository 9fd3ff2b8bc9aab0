/* SPDX-License-Identifier: ISC */
#include "present/state_words.h"

#include <assert.h>

#include "present/stored_words.h"
#include "present/words.h"

const char *severity_words(enum severity severity)
{
	static const char *const words[] = {[SEVERITY_OK] = tr_mark("ok"), [SEVERITY_NOTICE] = tr_mark("notice"),
	                                    [SEVERITY_WARNING] = tr_mark("warning"),
	                                    [SEVERITY_CRITICAL] = tr_mark("critical")};
	assert((unsigned)severity < COUNT_OF(words));
	return tr(words[severity]);
}

const char *issue_state_words(enum issue_state state)
{
	static const char *const words[] = {[ISSUE_OPEN] = tr_mark("open"),
	                                    [ISSUE_ACKNOWLEDGED] = tr_mark("acknowledged"),
	                                    [ISSUE_SNOOZED] = tr_mark("snoozed"), [ISSUE_CLOSED] = tr_mark("closed")};
	assert((unsigned)state < COUNT_OF(words));
	return tr(words[state]);
}

const char *issue_seen_words(enum issue_seen seen)
{
	static const char *const words[] = {[SEEN_NOT] = tr_mark("could not tell"), [SEEN_CLEAN] = tr_mark("clean"),
	                                    [SEEN_BROKEN] = tr_mark("broken")};
	assert((unsigned)seen < COUNT_OF(words));
	return tr(words[seen]);
}

static struct str fill(const struct finding *finding, const char *text, struct arena *arena)
{
	return WORDS(arena, text, {"subject", finding->subject}, {"detail", stored_words_list(arena, finding->detail)});
}

struct str finding_words_sentence(const struct finding *finding, struct arena *arena)
{
	return fill(finding, finding_sentence(finding->code), arena);
}

struct str finding_words_step(const struct finding *finding, struct arena *arena)
{
	return fill(finding, finding_step(finding->code), arena);
}
