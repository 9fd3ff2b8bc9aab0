/* SPDX-License-Identifier: ISC */
#pragma once
/* The tables of facts/failure_patterns.h and failure_words.h, compiled on first use: exact reasons in a hash table, all parts in
 * one automaton (Aho-Corasick) that is walked once for each form of the reason.  Pure, apart from that first
 * use: no file, no locale, no lock after it. */
#include "report/report.h"

/* The cause that `reason` tells of; CAUSE_UNKNOWN where it tells nothing.  Only its first
 * PATTERN_REASON_BYTES count. */
enum cause pattern_cause(struct str reason);

/* Whether the reason says no more than `text`: equal but for case, "_", "-" and runs of blanks. */
bool pattern_same(struct str reason, struct str text);

#define PATTERN_REASON_BYTES 1024 /* the longest seen are under 400; more only costs time */
