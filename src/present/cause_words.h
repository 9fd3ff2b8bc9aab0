/* SPDX-License-Identifier: ISC */
#pragma once
/* A cause in words: its title on a subject, and how to mend it. */
#include "present/doc.h"
#include "present/json_out.h"
#include "report/cause.h"

/* Whom the words are about; absent texts stand for themselves ("the mail server", HOST). */
struct cause_about {
	struct str subject; /* of the title */
	struct str host;    /* mail server, in commands */
	struct str domain;  /* policy domain, in commands */
};

struct str cause_words_title(struct arena *arena, enum cause cause, const struct cause_about *about);
struct str cause_words_step(struct arena *arena, enum fix_step step, const struct cause_about *about);
struct str cause_words_command(struct arena *arena, const struct fix_command *command, const struct cause_about *about);
const char *cause_words_fault(enum fault fault); /* "your server" */

/* A numbered list, then a table of software and command. */
void cause_words_steps(struct doc *doc, enum cause cause, const struct cause_about *about);

/* Members "steps" (sentences), "commands" ({step, software, command}; step counts from 1) and "also_called". */
void cause_words_json(struct json_out *json, struct arena *arena, enum cause cause, const struct cause_about *about);
