/* SPDX-License-Identifier: ISC */
/* For the torture tests: `store_loop PATH FIRST` takes in reports FIRST, FIRST+1 ... in batches and prints the number
 * of each after its commit, until it is killed; `store_loop PATH` verifies the store and prints what is there. */
#include "store_fixture.h"

static void make(struct fixture *f, unsigned long n, char *id, size_t size)
{
	char domain[48];
	/* Every third one comes twice, so that what was acknowledged before a kill comes again after it. */
	(void)snprintf(id, size, "%lu", n);
	(void)snprintf(domain, sizeof domain, "d%lu.example", n);
	struct sketch s = {.id = id,
	                   .domain = domain,
	                   .successful = 1,
	                   .failed = n % 7,
	                   .day = DAY_ONE + (int)(n % 40),
	                   .seed = (int)n,
	                   .result = n % 7 > 0 ? "validation-failure" : NULL};
	put_in_batch(f, &s);
	if (n % 3 == 0)
		put_in_batch(f, &s);
}

static void run(struct fixture *f, unsigned long first)
{
	for (unsigned long n = first;;) {
		unsigned long begin = n, end = n + 1 + n % 17;
		char id[32];
		arena_clear(&f->arena);
		must(f, store_begin(f->store, &f->err));
		for (; n < end; n++)
			make(f, n, id, sizeof id);
		must(f, store_commit(f->store, &f->err));
		for (; begin < end; begin++)
			(void)printf("%lu\n", begin);
		(void)fflush(stdout);
	}
}

static int check(struct fixture *f)
{
	struct filter filter = FILTER_ALL;
	struct report_list list;
	filter.limit = 1000000;
	must(f, store_verify(f->store, &f->err));
	must(f, store_reports(f->store, &filter, &f->arena, &list, &f->err));
	for (size_t i = 0; i < list.row_count; i++)
		(void)printf("%.*s\n", STR_ARGS(list.rows[i].report_id));
	(void)printf("counted %llu\n", (unsigned long long)results_of(f).successful);
	return 0;
}

int main(int argc, char **argv)
{
	struct fixture fixture = {0}, *f = &fixture;
	if (argc < 2)
		return 2;
	(void)snprintf(f->path, sizeof f->path, "%s", argv[1]);
	arena_init(&f->arena, MIB(1024));
	if (!store_open(f->path, STORE_WRITE, &f->store, &f->err)) {
		(void)fprintf(stderr, "%s\n", f->err.text);
		return 1;
	}
	if (argc > 2)
		run(f, strtoul(argv[2], NULL, 10));
	int code = check(f);
	store_close(&f->store);
	arena_done(&f->arena);
	return code;
}
