/* SPDX-License-Identifier: ISC */
#pragma once
/* What was kept aside: arrivals that cannot be read, with the place and what was expected there, and those held. */
#include "present/doc.h"
#include "present/json_out.h"
#include "present/view_words.h"

void quarantine_doc(const struct quarantine_list *list, const struct view_scope *scope, struct arena *arena,
                    struct doc *out);
struct doc_table *quarantine_doc_table(const struct quarantine_list *list, struct arena *arena);
void quarantine_doc_json(const struct quarantine_list *list, struct json_out *json);
void quarantine_doc_row_json(const struct quarantine_row *row, struct json_out *json, const char *key);

/* One of them with its bytes: the beginning, and what stands around the place where reading stopped. */
void quarantine_doc_one(const struct quarantine_row *row, struct str original, struct arena *arena, struct doc *out);

/* A problem by itself, for a file that cannot be read: `name` is what was given. */
void quarantine_doc_problem(const struct problem *problem, struct str name, struct str bytes, struct arena *arena,
                            struct doc *out);
/* {"error":{"code","place","sentence","detail","expected"}} */
void quarantine_doc_problem_json(const struct problem *problem, struct json_out *json);

const char *quarantine_doc_kind_text(enum quarantine_kind kind); /* "unreadable": as in JSON */
