/* SPDX-License-Identifier: ISC */
/* What a signature costs: MAIL is a signed report, RECORD a file with the text of its key record (bench/dkim_cost makes
 * both).  CPU time a message: read without its signature, read with it (form and hashes), and judged with a cached key. */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/num.h"
#include "decode/decode.h"
#include "trust/grade.h"

static double cpu_us(void)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static double time_reading(struct str bytes, unsigned rounds, struct arena *arena, struct decoded *out)
{
	struct arrival arrival = {.door = DOOR_SMTP, .received_at = instant_now(), .bytes = bytes};
	double begin = cpu_us();

	for (unsigned i = 0; i < rounds; i++) {
		arena_clear(arena);
		decode_arrival(&arrival, arena, out);
	}
	return (cpu_us() - begin) / rounds;
}

static double time_judging(const struct decoded *decoded, struct str record, unsigned rounds, struct grade *out)
{
	struct arrival arrival = {.door = DOOR_SMTP, .received_at = instant_now()};
	struct resolve_record key = {.text = record};
	struct resolve_answer answer = {.outcome = RESOLVE_ANSWER, .records = &key, .count = 1};
	struct arena arena;
	double begin;

	arena_init(&arena, MIB(4));
	begin = cpu_us();
	for (unsigned i = 0; i < rounds; i++) {
		struct dkim_plan plan;
		arena_clear(&arena);
		dkim_verify_plan(decoded, arrival.received_at, &arena, &plan);
		for (size_t j = 0; j < plan.ask_count; j++)
			dkim_verify_judge(&decoded->mail.signatures[plan.ask[j]], &answer, &arena, &plan.results[plan.ask[j]]);
		grade_arrival(&arrival, plan.results, plan.count, &arena, out);
	}
	double each = (cpu_us() - begin) / rounds;
	arena_done(&arena);
	return each;
}

int main(int argc, char **argv)
{
	struct buf mail, record;
	struct err err = {0};
	struct arena arena;
	struct decoded plain, decoded;
	struct grade grade = {0};
	uint64_t rounds = 20000;

	if (argc < 3 || (argc > 3 && !num_parse_uint(str_of(argv[3]), 10000000, &rounds)) || rounds == 0)
		return 2;
	buf_init(&mail, LIMIT_ARRIVAL_BYTES);
	buf_init(&record, KIB(64));
	if (!file_read(argv[1], &mail, &err) || !file_read(argv[2], &record, &err)) {
		(void)fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	arena_init(&arena, LIMIT_DECODE_MEMORY_BYTES);
	struct str bytes = buf_view(&mail);
	/* The signature stands on top: without it the mail begins with its next header. */
	size_t at = str_find(bytes, STR("\r\nFrom:"));
	double without = time_reading(str_from(bytes, at + 2), (unsigned)rounds, &arena, &plain);
	double with = time_reading(bytes, (unsigned)rounds, &arena, &decoded);
	double judged = time_judging(&decoded, str_trim(buf_view(&record)), (unsigned)rounds, &grade);
	bool ok = grade.trust == TRUST_SIGNED;
	(void)printf("{\"algorithm\":\"%.*s\",\"trust\":\"%s\",\"bytes\":%zu,\"read_unsigned_us\":%.1f,\"form_us\":%.1f,"
	             "\"judge_us\":%.1f,\"added_us\":%.1f}\n",
	             STR_ARGS(decoded.mail.signature_count > 0 ? decoded.mail.signatures[0].algorithm_text : STR("")),
	             trust_text(grade.trust), bytes.len, without, with - without, judged, with - without + judged);
	arena_done(&arena);
	buf_done(&mail);
	buf_done(&record);
	return ok ? 0 : 1;
}
