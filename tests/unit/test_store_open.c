/* SPDX-License-Identifier: ISC */
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/attr.h"
#include "base/instant.h"
#include "store/schema.h"
#include "store_fixture.h"

static int start(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	fixture_start(f);
	*state = f;
	return 0;
}

static int stop(void **state)
{
	fixture_stop(*state);
	free(*state);
	return 0;
}

static void overwrite(const char *path, long at, const char *bytes, size_t len)
{
	int fd = open(path, O_WRONLY);
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, bytes, len, at), (ssize_t)len);
	(void)close(fd);
}

static void refuses(struct fixture *f, enum store_access access, enum err_kind kind)
{
	struct store *other = NULL;
	struct err err = {0};
	if (store_open(f->path, access, &other, &err))
		fail_msg("opened");
	assert_int_equal(err.kind, kind);
	assert_null(other);
}

static void only_one_writes_and_readers_see_what_is_committed(void **state)
{
	struct fixture *f = *state;
	struct sketch s = {.id = "one", .successful = 3};
	struct fixture reader = *f;
	arena_init(&reader.arena, MIB(64)); /* its own: two copies of one would lose blocks */
	refuses(f, STORE_WRITE, ERR_LATER);
	must(f, store_open(f->path, STORE_READ, &reader.store, &f->err));
	assert_totals(&reader, 0, 0);
	must(f, store_begin(f->store, &f->err));
	put_in_batch(f, &s);
	assert_int_equal(results_of(&reader).successful, 0);
	must(f, store_commit(f->store, &f->err));
	assert_int_equal(results_of(&reader).successful, 3);
	struct err err = {0};
	assert_false(store_begin(reader.store, &err));
	assert_int_equal(err.kind, ERR_SETUP);
	store_close(&reader.store);
	arena_done(&reader.arena);
}

static void a_reader_finds_no_store_where_there_is_none(void **state)
{
	struct fixture *f = *state;
	struct store *other;
	struct err err = {0};
	char path[128];
	(void)snprintf(path, sizeof path, "sqlite:%s/other.db", f->folder);
	assert_false(store_open(path, STORE_READ, &other, &err));
	assert_int_equal(err.kind, ERR_MISSING);
}

static void nobody_else_may_read_the_files(void **state)
{
	struct fixture *f = *state;
	struct sketch s = {.id = "one"};
	static const char *const ends[] = {"", "-wal", "-shm", ".lock"};
	put(f, &s);
	for (size_t i = 0; i < COUNT_OF(ends); i++) {
		char path[128];
		struct stat st;
		(void)snprintf(path, sizeof path, "%s%s", f->path, ends[i]);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 0777, 0600);
	}
}

static void a_lost_store_is_not_made_anew(void **state)
{
	struct fixture *f = *state;
	store_close(&f->store);
	assert_int_equal(unlink(f->path), 0);
	refuses(f, STORE_WRITE, ERR_SETUP);
	int fd = open(f->path, O_CREAT | O_WRONLY, 0600);
	(void)close(fd);
	refuses(f, STORE_WRITE, ERR_SETUP);
}

static void symbolic_links_are_not_followed(void **state)
{
	struct fixture *f = *state;
	char real[128];
	store_close(&f->store);
	(void)snprintf(real, sizeof real, "%s/real.db", f->folder);
	assert_int_equal(rename(f->path, real), 0);
	assert_int_equal(symlink(real, f->path), 0);
	refuses(f, STORE_WRITE, ERR_SETUP);
	refuses(f, STORE_READ, ERR_SETUP);
}

static void damage_is_found_at_the_start_and_nothing_is_recreated(void **state)
{
	struct fixture *f = *state;
	char id[16], path[128];
	for (int i = 0; i < 40; i++) {
		struct sketch s = {.id = id, .successful = 1, .failed = (uint64_t)i, .seed = i};
		(void)snprintf(id, sizeof id, "r%d", i);
		put(f, &s);
	}
	store_close(&f->store);
	struct stat before, after;
	(void)stat(f->path, &before);
	char ones[512];
	memset(ones, 0xff, sizeof ones);
	overwrite(f->path, 4096 * 2, ones, sizeof ones);
	refuses(f, STORE_WRITE, ERR_SETUP);
	overwrite(f->path, 0, "not a database at all", 21);
	refuses(f, STORE_WRITE, ERR_SETUP);
	refuses(f, STORE_READ, ERR_SETUP);
	(void)stat(f->path, &after);
	assert_int_equal(before.st_size, after.st_size);
	(void)snprintf(path, sizeof path, "%s-wal", f->path);
	assert_int_not_equal(access(path, F_OK), 0);
}

static void another_program_s_database_and_a_newer_schema_are_refused(void **state)
{
	struct fixture *f = *state;
	struct db *db = NULL;
	store_close(&f->store);
	must(f, db_open(f->path, DB_WRITE, true, &db, &f->err));
	must(f, db_script(db, "PRAGMA user_version=9999", &f->err));
	db_close(&db);
	refuses(f, STORE_WRITE, ERR_SETUP);
	refuses(f, STORE_READ, ERR_SETUP);
	must(f, db_open(f->path, DB_WRITE, true, &db, &f->err));
	must(f, db_script(db, "PRAGMA user_version=1; PRAGMA application_id=7", &f->err));
	db_close(&db);
	refuses(f, STORE_WRITE, ERR_SETUP);
}

static void a_migration_happens_wholly_or_not_at_all(void **state)
{
	struct fixture *f = *state;
	char path[128];
	struct db *db = NULL;
	const struct schema_step broken[] = {
	    {1, "0001-a", "CREATE TABLE a (x) STRICT;"},
	    {1, "0001-a", "CREATE TABLE a (x INTEGER) STRICT; CREATE TABLE b (x INTEGER) STRICT; nonsense;"},
	    {0, NULL, NULL}};
	const struct schema_step steps[] = {{1, "0001-a", "CREATE TABLE a (x INTEGER) STRICT;"},
	                                    {2, "0002-b", "CREATE TABLE b (x INTEGER) STRICT; nonsense;"},
	                                    {0, NULL, NULL}};
	const struct schema_step mended[] = {{1, "0001-a", "CREATE TABLE a (x INTEGER) STRICT;"},
	                                     {2, "0002-b", "CREATE TABLE b (x INTEGER) STRICT;"},
	                                     {0, NULL, NULL}};
	int version;
	struct err err = {0};
	(void)snprintf(path, sizeof path, "%s/m.db", f->folder);
	must(f, db_open(path, DB_WRITE, false, &db, &f->err));
	assert_false(schema_migrate_with(db, broken + 1, &err));
	must(f, schema_version(db, &version, &f->err));
	assert_int_equal(version, 0);
	assert_false(schema_migrate_with(db, steps, &err));
	must(f, schema_version(db, &version, &f->err));
	assert_int_equal(version, 1);
	must(f, schema_migrate_with(db, mended, &f->err));
	must(f, schema_migrate_with(db, mended, &f->err));
	must(f, schema_version(db, &version, &f->err));
	assert_int_equal(version, 2);
	must(f, db_script(db, "INSERT INTO a VALUES (1); INSERT INTO b VALUES (1)", &f->err));
	db_close(&db);
}

/* A child that migrates and dies at a random moment; whoever comes next finishes it. */
static void a_first_start_killed_at_any_moment_is_finished_by_the_next(void **state)
{
	struct fixture *f = *state;
	for (int i = 0; i < 40; i++) {
		store_close(&f->store);
		fixture_remove(f->folder);
		assert_int_equal(mkdir(f->folder, 0700), 0);
		pid_t child = fork();
		if (child == 0) {
			struct store *store;
			(void)store_open(f->path, STORE_WRITE, &store, NULL);
			_exit(0);
		}
		(void)usleep((useconds_t)(i * 400));
		(void)kill(child, SIGKILL);
		(void)waitpid(child, NULL, 0);
		fixture_open(f);
		struct sketch s = {.id = "one", .successful = 1};
		put(f, &s);
		assert_totals(f, 1, 0);
	}
}

/* A statement that would count for minutes. */
static void a_question_ends_at_its_deadline(void **state)
{
	struct fixture *f = *state;
	struct db *db = NULL;
	int64_t n, started = clock_ms();
	static const char endless[] = "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n";

	must(f, db_open(f->path, DB_READ, true, &db, &f->err));
	db_set_deadline(db, clock_ms() + 100);
	assert_false(db_number(db, endless, NULL, 0, 0, &n, &f->err));
	assert_int_equal(f->err.kind, ERR_LATER);
	assert_in_range(clock_ms() - started, 100, 20000);
	db_set_deadline(db, 0);
	f->err = (struct err){0};
	must(f, db_number(db, "SELECT 7", NULL, 0, 0, &n, &f->err));
	assert_int_equal(n, 7);
	db_close(&db);
}

static void a_full_disk_loses_nothing_that_was_committed(void **state)
{
	struct fixture *f = *state;
	int fds[2];
	store_close(&f->store);
	assert_int_equal(pipe(fds), 0);
	pid_t child = fork();
	if (child == 0) {
		struct rlimit limit = {.rlim_cur = 1024 * 1024, .rlim_max = 1024 * 1024};
		uint32_t kept = 0;
		char id[24];
		(void)signal(SIGXFSZ, SIG_IGN);
		(void)setrlimit(RLIMIT_FSIZE, &limit);
		if (!store_open(f->path, STORE_WRITE, &f->store, &f->err))
			_exit(3);
		for (unsigned i = 0; i < 5000; i++) {
			struct ingest_result result;
			struct sketch s = {.id = id, .successful = 1, .failed = i, .seed = (int)i};
			(void)snprintf(id, sizeof id, "r%u", i);
			struct arrival arrival = sketch_arrival(&f->arena, &s);
			struct decoded decoded = {.reports = sketch_report(&f->arena, &s), .report_count = 1};
			f->err = (struct err){0};
			if (!store_begin(f->store, &f->err) ||
			    !store_ingest(f->store, &arrival, &decoded, TRUST_OPERATOR, STR_NONE, &result, &f->err) ||
			    !store_commit(f->store, &f->err))
				break;
			kept++;
		}
		if (write(fds[1], &kept, sizeof kept) != (ssize_t)sizeof kept)
			_exit(5);
		_exit(f->err.kind == ERR_LATER ? 0 : 4);
	}
	uint32_t kept = 0;
	int status;
	assert_int_equal(read(fds[0], &kept, sizeof kept), sizeof kept);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	(void)close(fds[0]);
	(void)close(fds[1]);
	assert_in_range(kept, 10, 4999);
	fixture_open(f);
	assert_int_equal(results_of(f).successful, kept);
	must(f, store_verify(f->store, &f->err));
}

static void a_backup_is_a_whole_store(void **state)
{
	struct fixture *f = *state;
	char path[128];
	struct sketch s = {.id = "one", .successful = 3};
	put(f, &s);
	put_broken(f, "{,}");
	(void)snprintf(path, sizeof path, "%s/copy.db", f->folder);
	must(f, store_backup(f->store, path, &f->err));
	struct err err = {0};
	assert_false(store_backup(f->store, path, &err)); /* never over anything */
	assert_int_equal(err.kind, ERR_INPUT);
	struct fixture copy = *f;
	arena_init(&copy.arena, MIB(64)); /* its own: two copies of one would lose blocks */
	must(f, store_open(path, STORE_WRITE, &copy.store, &f->err));
	assert_totals(&copy, 3, 0);
	put(&copy, &s);
	assert_totals(&copy, 3, 0);
	store_close(&copy.store);
	arena_done(&copy.arena);
}

static void what_a_reader_does_leaves_the_log_alone(void **state)
{
	struct fixture *f = *state;
	char wal[128];
	struct stat before, after;
	struct sketch s = {.id = "one", .successful = 3};
	put(f, &s);
	(void)snprintf(wal, sizeof wal, "%s-wal", f->path);
	assert_int_equal(stat(wal, &before), 0);
	for (int i = 0; i < 3; i++) {
		struct fixture reader = *f;
		arena_init(&reader.arena, MIB(64)); /* its own: two copies of one would lose blocks */
		must(f, store_open(f->path, STORE_READ, &reader.store, &f->err));
		assert_int_equal(results_of(&reader).successful, 3);
		store_close(&reader.store);
		arena_done(&reader.arena);
	}
	assert_int_equal(stat(wal, &after), 0);
	assert_int_equal(before.st_size, after.st_size);
	assert_true(after.st_size > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(only_one_writes_and_readers_see_what_is_committed, start, stop),
	    cmocka_unit_test_setup_teardown(a_reader_finds_no_store_where_there_is_none, start, stop),
	    cmocka_unit_test_setup_teardown(nobody_else_may_read_the_files, start, stop),
	    cmocka_unit_test_setup_teardown(a_lost_store_is_not_made_anew, start, stop),
	    cmocka_unit_test_setup_teardown(symbolic_links_are_not_followed, start, stop),
	    cmocka_unit_test_setup_teardown(damage_is_found_at_the_start_and_nothing_is_recreated, start, stop),
	    cmocka_unit_test_setup_teardown(another_program_s_database_and_a_newer_schema_are_refused, start, stop),
	    cmocka_unit_test_setup_teardown(a_migration_happens_wholly_or_not_at_all, start, stop),
	    cmocka_unit_test_setup_teardown(a_first_start_killed_at_any_moment_is_finished_by_the_next, start, stop),
	    cmocka_unit_test_setup_teardown(a_question_ends_at_its_deadline, start, stop),
	    cmocka_unit_test_setup_teardown(a_full_disk_loses_nothing_that_was_committed, start, stop),
	    cmocka_unit_test_setup_teardown(a_backup_is_a_whole_store, start, stop),
	    cmocka_unit_test_setup_teardown(what_a_reader_does_leaves_the_log_alone, start, stop),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
