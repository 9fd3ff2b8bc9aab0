/* SPDX-License-Identifier: ISC */
#include "present/cause_words.h"

#include <assert.h>
#include <string.h>

#include "base/attr.h"
#include "present/words.h"

static struct str subject_of(enum cause cause, const struct cause_about *about)
{
	if (about->subject.len > 0)
		return about->subject;
	switch (cause_subject(cause)) {
	case CAUSE_SUBJECT_DOMAIN: return str_of(tr("the domain"));
	case CAUSE_SUBJECT_REPORTER: return str_of(tr("the sender"));
	case CAUSE_SUBJECT_MX: break;
	}
	return str_of(tr("the mail server"));
}

/* A title begins with a capital letter, also where a stand-in stands first. */
static struct str with_capital(struct arena *arena, struct str text)
{
	char *copy = arena_text(arena, text);
	if (copy[0] >= 'a' && copy[0] <= 'z' &&
	    str_find_byte(str_upto(text, str_find_byte(text, ' ')), '.') == str_find_byte(text, ' '))
		copy[0] = (char)(copy[0] - 32);
	return str_make(copy, text.len);
}

struct str cause_words_title(struct arena *arena, enum cause cause, const struct cause_about *about)
{
	return with_capital(arena, WORDS(arena, cause_title(cause), {"subject", subject_of(cause, about)}));
}

static struct str fill_names(struct arena *arena, const char *text, const struct cause_about *about)
{
	return WORDS(arena, text, {"host", about->host.len > 0 ? about->host : STR("HOST")},
		     {"domain", about->domain.len > 0 ? about->domain : STR("DOMAIN")});
}

struct str cause_words_step(struct arena *arena, enum fix_step step, const struct cause_about *about)
{
	return fill_names(arena, fix_step_sentence(step), about);
}

struct str cause_words_command(struct arena *arena, const struct fix_command *command,
			       const struct cause_about *about)
{
	return fill_names(arena, command->command, about);
}

const char *cause_words_fault(enum fault fault)
{
	switch (fault) {
	case FAULT_RECEIVER: return tr("your server");
	case FAULT_DNS: return tr("your DNS");
	case FAULT_POLICY_HOST: return tr("your policy host");
	case FAULT_SENDER: return tr("the sender");
	case FAULT_UNKNOWN:
	case FAULT_COUNT: break;
	}
	return tr("cannot tell");
}

static const struct doc_column command_columns[] = {
    {"Step", "step", COLUMN_NUMBER, 0, NULL},
    {"Software", "software", COLUMN_TEXT, 0, NULL},
    {"Command or setting", "command", COLUMN_CODE, 0, NULL},
};

/* Names stay; "any" is a word. */
static struct str software_words(const char *software)
{
	return str_of(strcmp(software, "any") == 0 ? tr("any") : software);
}

void cause_words_steps(struct doc *doc, enum cause cause, const struct cause_about *about)
{
	struct arena *arena = doc->arena;
	enum fix_step steps[CAUSE_STEPS_MAX];
	size_t n = cause_steps(cause, steps);
	for (size_t i = 0; i < n; i++)
		doc_item(doc, str_of(arena_format(arena, "%zu. %.*s", i + 1,
						  STR_ARGS(cause_words_step(arena, steps[i], about)))));
	struct doc_table *table =
	    doc_table(doc, str_of(tr("Commands and settings")), command_columns, COUNT_OF(command_columns));
	for (size_t i = 0; i < n; i++) {
		struct fix_command commands[FIX_COMMANDS_MAX];
		size_t count = fix_step_commands(steps[i], commands);
		for (size_t c = 0; c < count; c++) {
			struct doc_cell *cells = doc_row(table, 0);
			cells[0] = doc_cell_count(arena, i + 1);
			cells[1] = doc_cell(software_words(commands[c].software));
			cells[2] = doc_cell(cause_words_command(arena, &commands[c], about));
		}
	}
}

void cause_words_json(struct json_out *json, struct arena *arena, enum cause cause,
		      const struct cause_about *about)
{
	enum fix_step steps[CAUSE_STEPS_MAX];
	size_t n = cause_steps(cause, steps);
	json_out_list(json, "steps");
	for (size_t i = 0; i < n; i++)
		json_out_str(json, NULL, cause_words_step(arena, steps[i], about));
	json_out_end(json);
	json_out_list(json, "commands");
	for (size_t i = 0; i < n; i++) {
		struct fix_command commands[FIX_COMMANDS_MAX];
		size_t count = fix_step_commands(steps[i], commands);
		for (size_t c = 0; c < count; c++) {
			json_out_object(json, NULL);
			json_out_uint(json, "step", i + 1);
			json_out_str(json, "software", str_of(commands[c].software));
			json_out_str(json, "command", cause_words_command(arena, &commands[c], about));
			json_out_end(json);
		}
	}
	json_out_end(json);
	json_out_list(json, "also_called");
	struct str others = cause_also_called(cause);
	while (others.p != NULL)
		json_out_str(json, NULL, str_cut(&others, ' '));
	json_out_end(json);
}
