/* SPDX-License-Identifier: ISC */
#pragma once
/* A JSON value to a report (RFC 8460 section 4 and what is really sent). */
#include "decode/json_in.h"
#include "decode/report_notes.h"
#include "report/decoded.h"

/* Whether it is meant to be a TLS report: an object with `policies` and one other known member, or with three. */
bool report_read_is_report(struct json_value value);

/* Reads one report.  `nested` is a second parser, for JSON inside of texts.  False with *out_problem if it must not be
 * used at all (a known member twice with different values, more entries than the limits); else all of it is read and
 * `*notes` says what was odd.  `base` is the JSON pointer of `value` in its document ("" or "/0"). */
bool report_read(struct json_value value, struct str base, struct json_parser *nested, struct report_notes *notes,
                 struct problem *out_problem);
