/* SPDX-License-Identifier: ISC */
#pragma once
/* Sentences that are stored, or that another process has said, in the reader's language: they are kept in English, each
 * out of a list that is known here, with names and numbers in them. */
#include "base/arena.h"
#include "base/str.h"

/* The text in words of the thread's language; "NAME: TEXT" keeps its name; what is not known stays as it is.  In the arena. */
struct str stored_words(struct arena *arena, struct str text);
/* Of a list with ", " between: each for itself. */
struct str stored_words_list(struct arena *arena, struct str text);
