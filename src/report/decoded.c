/* SPDX-License-Identifier: ISC */
#include "report/decoded.h"

#include <assert.h>

#define CODE(id, code, sentence) code,
#define SENTENCE(id, code, sentence) sentence,

static const char *const codes[] = {"", PROBLEMS(CODE)};
static const char *const sentences[] = {"", PROBLEMS(SENTENCE)};

const char *problem_code(enum problem_kind kind)
{
	assert((unsigned)kind < PROBLEM_COUNT);
	return codes[kind];
}

const char *problem_sentence(enum problem_kind kind)
{
	assert((unsigned)kind < PROBLEM_COUNT);
	return sentences[kind];
}
