/* SPDX-License-Identifier: ISC */
#pragma once
/* DANE: what stands in the way of the next key, and which record to publish or remove when. */
#include "present/doc.h"
#include "present/json_out.h"
#include "report/rollover.h"

/* A heading and what each server needs; nothing where no server has anything to do with DANE. */
void rollover_doc(const struct rollover *rollovers, size_t count, struct arena *arena, struct doc *out);
void rollover_doc_json(const struct rollover *rollover, struct arena *arena, struct json_out *json);
