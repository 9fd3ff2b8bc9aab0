/* SPDX-License-Identifier: ISC */
#pragma once
/* A look at a domain, as a document and as JSON. */
#include "present/doc.h"
#include "present/json_out.h"
#include "report/check.h"

void check_view_doc(const struct check *check, struct arena *arena, struct doc *out);
void check_view_json(const struct check *check, struct arena *arena, struct json_out *json);
/* The same as a member of an object. */
void check_view_member_json(const struct check *check, struct arena *arena, const char *key, struct json_out *json);
