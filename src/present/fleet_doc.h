/* SPDX-License-Identifier: ISC */
#pragma once
/* The adviser for a list of domains, and what a wave of them did. */
#include "present/doc.h"
#include "present/json_out.h"
#include "report/fleet.h"

void fleet_doc(const struct fleet *fleet, struct arena *arena, struct doc *out);
void fleet_doc_json(const struct fleet *fleet, struct json_out *json);
struct doc_table *fleet_doc_table(const struct fleet *fleet, struct arena *arena); /* for CSV and plain */

void fleet_doc_wave(const struct wave *wave, struct arena *arena, struct doc *out);
void fleet_doc_wave_json(const struct wave *wave, struct arena *arena, struct json_out *json);
