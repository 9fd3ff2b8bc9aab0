/* SPDX-License-Identifier: ISC */
/* Judges a batch: KEYS is a file of "name TAB record"; lines on standard input are ID TAB mail in Base64.  One line each: ID,
 * the trust that the mail would earn by SMTP, the verdict on each signature; tab separated. */
#include <stdio.h>

#include "base/base64.h"
#include "base/file.h"
#include "base/limits.h"
#include "decode/decode.h"
#include "decode/dkim_form.h"
#include "trust/grade.h"

static struct str keys;

static bool find_key(struct str name, struct str *out)
{
	for (struct str rest = keys; rest.p != NULL;) {
		struct str line = str_cut(&rest, '\n');
		struct str key = str_cut(&line, '\t');
		if (key.len > 0 && str_eq_nocase(key, name)) {
			*out = line;
			return true;
		}
	}
	return false;
}

static void answer_for(const struct dkim_form *form, struct resolve_record *record, struct resolve_answer *out)
{
	char text[RESOLVE_NAME_MAX];
	struct str name;

	*out = (struct resolve_answer){.outcome = RESOLVE_NXDOMAIN};
	if (dkim_verify_name(form->domain, form->selector, text, &name) && find_key(name, &record->text))
		*out = (struct resolve_answer){.outcome = RESOLVE_ANSWER, .records = record, .count = 1};
}

static void judge(struct str line)
{
	struct str id = str_cut(&line, '\t');
	struct arena arena;
	struct buf mail;
	struct decoded decoded;
	struct dkim_plan plan;
	struct grade grade;

	buf_init(&mail, LIMIT_ARRIVAL_BYTES);
	if (!base64_decode(line, &mail))
		return;
	arena_init(&arena, LIMIT_DECODE_MEMORY_BYTES);
	struct arrival arrival = {.door = DOOR_SMTP, .received_at = instant_now(), .bytes = buf_view(&mail)};
	decode_arrival(&arrival, &arena, &decoded);
	/* What holds no report is read no further; here its signatures matter all the same. */
	size_t at = str_find(arrival.bytes, STR("\r\n\r\n"));
	if (decoded.report_count == 0)
		dkim_form_read(str_upto(arrival.bytes, at + 2), str_from(arrival.bytes, at + 4), &arena,
		               &decoded.mail.signatures, &decoded.mail.signature_count);
	dkim_verify_plan(&decoded, arrival.received_at, &arena, &plan);
	for (size_t i = 0; i < plan.ask_count; i++) {
		struct resolve_record record = {0};
		struct resolve_answer answer;
		answer_for(&decoded.mail.signatures[plan.ask[i]], &record, &answer);
		dkim_verify_judge(&decoded.mail.signatures[plan.ask[i]], &answer, &arena, &plan.results[plan.ask[i]]);
	}
	grade_arrival(&arrival, plan.results, plan.count, &arena, &grade);
	(void)printf("%.*s\t%s", STR_ARGS(id), trust_text(grade.trust));
	for (size_t i = 0; i < plan.count; i++)
		(void)printf("\t%s: %.*s", dkim_verdict_text(plan.results[i].verdict), STR_ARGS(plan.results[i].reason));
	(void)printf("\n");
	arena_done(&arena);
	buf_done(&mail);
}

int main(int argc, char **argv)
{
	struct err err = {0};
	struct buf records, input;

	if (argc != 2)
		return 2;
	buf_init(&records, MIB(4));
	buf_init(&input, MIB(1024));
	if (!file_read(argv[1], &records, &err) || !file_read("-", &input, &err)) {
		(void)fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	keys = buf_view(&records);
	for (struct str rest = buf_view(&input); rest.p != NULL;) {
		struct str line = str_cut(&rest, '\n');
		if (line.len > 0)
			judge(line);
	}
	buf_done(&records);
	buf_done(&input);
	return 0;
}
