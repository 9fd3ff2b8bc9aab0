/* SPDX-License-Identifier: ISC */
#pragma once
/* What stands as a keyword in JSON, in words for people; and findings in the reader's language. */
#include "base/arena.h"
#include "report/finding.h"
#include "report/issue.h"
#include "report/severity.h"

const char *severity_words(enum severity severity);       /* "critical" */
const char *issue_state_words(enum issue_state state);    /* "open" */
const char *issue_seen_words(enum issue_seen seen);       /* "clean" */

/* With subject and detail put in: foreign text inside, quote it on its way out. */
struct str finding_words_sentence(const struct finding *finding, struct arena *arena);
struct str finding_words_step(const struct finding *finding, struct arena *arena);
