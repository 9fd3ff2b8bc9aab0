/* SPDX-License-Identifier: ISC */
/* A question through sys/resolve, for scenarios: RESOLVER ANCHOR|- MILLISECONDS NAME TYPE [NAME TYPE]...  One line each:
 * outcome, security, canonical name, number of records, texts of the records; tab separated. */
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/instant.h"
#include "base/quote.h"
#include "sys/resolve.h"

static bool type_of(const char *text, enum resolve_type *out)
{
#define X(id, name, number)                                                                                            \
	if (strcmp(text, name) == 0) {                                                                                 \
		*out = RESOLVE_##id;                                                                                   \
		return true;                                                                                           \
	}
	DNS_TYPES(X)
#undef X
	return false;
}

static void show(const struct resolve_answer *answer)
{
	struct buf line;
	buf_init(&line, 256 * 1024);
	buf_format(&line, "%s\t%s\t", resolve_outcome_text(answer->outcome),
	           answer->security == RESOLVE_SECURE ? "secure" : "insecure");
	quote_plain(answer->canonical, &line);
	buf_format(&line, "\t%zu", answer->count);
	for (size_t i = 0; i < answer->count; i++) {
		buf_byte(&line, '\t');
		if (answer->records[i].preference > 0)
			buf_format(&line, "%u ", answer->records[i].preference);
		quote_plain(answer->records[i].text, &line);
		if (answer->records[i].text.p == NULL)
			buf_format(&line, "%u %u %u %zu", answer->records[i].usage, answer->records[i].selector,
			           answer->records[i].matching, answer->records[i].data.len);
	}
	buf_byte(&line, '\n');
	(void)fwrite(line.p, 1, line.len, stdout);
	(void)fflush(stdout);
	buf_done(&line);
}

int main(int argc, char **argv)
{
	struct err err = {0};
	struct resolve *resolve;
	enum resolve_type type;

	if (argc < 6)
		return 2;
	const char *forwarders[] = {argv[1]};
	struct resolve_options options = {
	    .forwarders = forwarders, .forwarder_count = 1, .trust_anchor = strcmp(argv[2], "-") == 0 ? NULL : argv[2]};
	if (!resolve_open(&options, &resolve, &err)) {
		(void)fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	for (int i = 4; i + 1 < argc; i += 2) {
		struct arena arena;
		struct resolve_answer answer;
		if (!type_of(argv[i + 1], &type))
			return 2;
		arena_init(&arena, 1024 * 1024);
		resolve_ask(resolve, str_of(argv[i]), type, clock_ms() + atoi(argv[3]), &arena, &answer);
		show(&answer);
		arena_done(&arena);
	}
	(void)printf("questions\t%llu\n", (unsigned long long)resolve_questions(resolve));
	resolve_close(&resolve);
	return 0;
}
