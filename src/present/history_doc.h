/* SPDX-License-Identifier: ISC */
#pragma once
/* What our own looks saw over time, joined with what reporters saw: sections of a document, members of an object. */
#include "present/doc.h"
#include "present/json_out.h"
#include "report/history.h"
#include "report/issue.h"

/* One sentence: "The certificate of mx2.example.com was replaced 14 hours before the first failure." */
struct str history_doc_clue(const struct clue *clue, struct arena *arena);
/* A list of such under a heading; nothing where there are none.  As JSON: the member "clues". */
void history_doc_clues(const struct clue *clues, size_t n, struct doc *out);
void history_doc_clues_json(const struct clue *clues, size_t n, struct arena *arena, struct json_out *json);

/* "certificate of mx1.example.com: for mx1.example.com, until ..."; with `is_end` that it is gone. */
struct str history_doc_event(const struct observation *row, bool is_end, struct arena *arena);

/* The last look, what it found, the servers as they are now, what explains what, and what has changed. */
void history_doc(const struct domain_history *history, struct doc *out);
/* The members "look", "findings", "observations", "clues" of the object that is open. */
void history_doc_json(const struct domain_history *history, struct arena *arena, struct json_out *json);

/* The policies alone: as we saw them, and as reporters did. */
void history_doc_policies(const struct domain_history *history, struct doc *out);
void history_doc_policies_json(const struct domain_history *history, struct arena *arena, struct json_out *json);

/* The policies in the order in which they came up, each with what changed: a section, and the member "timeline". */
void history_doc_timeline(const struct policy_entry *entries, size_t n, struct doc *out);
void history_doc_timeline_json(const struct policy_entry *entries, size_t n, struct json_out *json);
