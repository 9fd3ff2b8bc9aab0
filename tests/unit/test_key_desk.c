/* SPDX-License-Identifier: ISC */
#include <unistd.h>

#include "base/attr.h"
#include "base/instant.h"
#include "role/key_desk.h"
#include "role/reach_wire.h"
#include "unit.h"

struct fixture {
	struct key_desk *desk;
	struct channel near, far;
	struct arena arena;
	struct dkim_form forms[5];
	struct report report;
	struct decoded decoded;
	struct dkim_plan plan;
};

static int setup(void **state)
{
	struct fixture *fixture = test_calloc(1, sizeof *fixture);
	struct err err = {0};
	int fds[2];

	if (!channel_pair(fds, &err))
		return -1;
	channel_init(&fixture->near, fds[0], MIB(8));
	channel_init(&fixture->far, fds[1], MIB(8));
	arena_init(&fixture->arena, MIB(4));
	fixture->desk = key_desk_new();
	key_desk_connect(fixture->desk, &fixture->near);
	for (size_t i = 0; i < 5; i++) {
		fixture->forms[i] = (struct dkim_form){.domain = STR("example.com"), .selector = STR("s1"), .body_matches = true,
		                                       .signed_at = INSTANT_NONE, .expires_at = INSTANT_NONE};
	}
	fixture->report = (struct report){.contact_info = STR("tls@example.com")};
	fixture->decoded = (struct decoded){.reports = &fixture->report, .report_count = 1,
	                                    .mail = {.is_mail = true, .signatures = fixture->forms, .signature_count = 1}};
	*state = fixture;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;
	key_desk_free(&fixture->desk);
	channel_done(&fixture->near);
	channel_done(&fixture->far);
	arena_done(&fixture->arena);
	test_free(fixture);
	return 0;
}

static bool want(struct fixture *fixture, uint64_t job)
{
	dkim_verify_plan(&fixture->decoded, 1000000, &fixture->arena, &fixture->plan);
	return key_desk_want(fixture->desk, &fixture->decoded, &fixture->plan, job);
}

/* The questions that went out, at most `most`; their ids. */
static size_t asked(struct fixture *fixture, uint64_t *ids, size_t most)
{
	struct err err = {0};
	struct message message;
	size_t count = 0;

	assert_true(channel_flush(&fixture->near, &err));
	(void)channel_fill(&fixture->far, &err);
	while (count < most && channel_get(&fixture->far, &message, &err)) {
		struct reach_question question;
		assert_int_equal(message.type, MESSAGE_ASK);
		assert_true(reach_read_question(message.body, &question, &err));
		assert_int_equal(question.type, RESOLVE_TXT);
		ids[count++] = message.id;
	}
	return count;
}

static bool tell(struct fixture *fixture, uint64_t id, enum resolve_outcome outcome, const char *text)
{
	struct resolve_record record = {.text = str_of(text)};
	struct resolve_answer answer = {.outcome = outcome, .ttl_secs = 60, .records = &record,
	                                .count = outcome == RESOLVE_ANSWER ? 1 : 0};
	struct buf body;
	buf_init(&body, MIB(1));
	reach_write_answer(&answer, &body);
	bool ok = key_desk_told(fixture->desk, id, buf_view(&body));
	buf_done(&body);
	return ok;
}

static void a_key_is_asked_for_once_and_then_remembered(void **state)
{
	struct fixture *fixture = *state;
	uint64_t ids[8], job = 0;

	assert_false(want(fixture, 7));
	assert_false(want(fixture, 8));
	assert_int_equal(asked(fixture, ids, 8), 1);
	assert_false(key_desk_ready(fixture->desk, &job));
	assert_true(tell(fixture, ids[0], RESOLVE_ANSWER, "v=DKIM1; p="));
	assert_true(key_desk_ready(fixture->desk, &job));
	assert_int_equal(job, 7);
	assert_true(key_desk_ready(fixture->desk, &job));
	assert_int_equal(job, 8);
	assert_false(key_desk_ready(fixture->desk, &job));
	assert_true(want(fixture, 9));
	assert_int_equal(asked(fixture, ids, 8), 0);
	struct resolve_answer answer;
	key_desk_answer(fixture->desk, &fixture->forms[0], &fixture->arena, &answer);
	assert_int_equal(answer.outcome, RESOLVE_ANSWER);
	assert_str(answer.records[0].text, "v=DKIM1; p=");
}

static void a_message_waits_for_all_its_keys(void **state)
{
	struct fixture *fixture = *state;
	uint64_t ids[8], job = 0;

	fixture->decoded.mail.signature_count = 3;
	fixture->forms[1].selector = STR("s2");
	fixture->forms[2].selector = STR("s3");
	assert_false(want(fixture, 5));
	assert_int_equal(asked(fixture, ids, 8), 3);
	assert_true(tell(fixture, ids[2], RESOLVE_NXDOMAIN, NULL));
	assert_true(tell(fixture, ids[0], RESOLVE_ANSWER, "p="));
	assert_false(key_desk_ready(fixture->desk, &job));
	assert_true(tell(fixture, ids[1], RESOLVE_SERVFAIL, NULL));
	assert_true(key_desk_ready(fixture->desk, &job));
	assert_int_equal(job, 5);
}

static void nobody_waits_longer_than_a_second(void **state)
{
	struct fixture *fixture = *state;
	uint64_t ids[8], job = 0;
	struct resolve_answer answer;

	int64_t before = clock_ms();
	assert_false(want(fixture, 5));
	assert_int_equal(asked(fixture, ids, 8), 1);
	assert_true(key_desk_deadline(fixture->desk) <= before + LIMIT_DKIM_WAIT_MS + 50);
	while (!key_desk_ready(fixture->desk, &job))
		(void)usleep(10000);
	assert_in_range((uintmax_t)(clock_ms() - before), LIMIT_DKIM_WAIT_MS, LIMIT_DKIM_WAIT_MS + 500);
	key_desk_answer(fixture->desk, &fixture->forms[0], &fixture->arena, &answer);
	assert_int_equal(answer.outcome, RESOLVE_TIMEOUT);
	/* A late answer is there for the next one. */
	assert_true(tell(fixture, ids[0], RESOLVE_ANSWER, "p="));
	assert_true(want(fixture, 6));
	assert_false(key_desk_ready(fixture->desk, &job));
}

static void without_reach_nobody_waits(void **state)
{
	struct fixture *fixture = *state;
	struct resolve_answer answer;

	key_desk_connect(fixture->desk, NULL);
	assert_true(want(fixture, 5));
	key_desk_answer(fixture->desk, &fixture->forms[0], &fixture->arena, &answer);
	assert_int_equal(answer.outcome, RESOLVE_TIMEOUT);
	key_desk_connect(fixture->desk, &fixture->near);
	assert_false(want(fixture, 6));
}

static void a_flood_of_names_evicts_and_never_grows(void **state)
{
	struct fixture *fixture = *state;
	uint64_t ids[16], job = 0;

	for (unsigned i = 0; i < 6000; i++) {
		fixture->forms[0].selector = str_of(arena_format(&fixture->arena, "s%u", i));
		(void)want(fixture, i + 1);
		while (asked(fixture, ids, 16) > 0)
			continue;
	}
	assert_true(key_desk_waiting(fixture->desk) <= LIMIT_KEYS_WAITING);
	unsigned ready = 0;
	int64_t until = clock_ms() + 5000;
	while (key_desk_waiting(fixture->desk) > 0 && clock_ms() < until)
		ready += key_desk_ready(fixture->desk, &job);
	assert_int_equal(ready, LIMIT_KEYS_WAITING);
}

static void nonsense_of_reach_is_refused(void **state)
{
	struct fixture *fixture = *state;
	struct resolve_record record = {.text = STR("p=")};
	struct resolve_answer answer = {.outcome = RESOLVE_ANSWER, .ttl_secs = 60, .records = &record, .count = 1};
	struct buf body;

	buf_init(&body, MIB(1));
	reach_write_answer(&answer, &body);
	assert_false(key_desk_told(fixture->desk, 0, buf_view(&body)));
	for (size_t len = 0; len < body.len; len++)
		assert_false(key_desk_told(fixture->desk, 1, str_make(body.p, len)));
	buf_byte(&body, 0);
	assert_false(key_desk_told(fixture->desk, 1, buf_view(&body)));
	body.p[0] = RESOLVE_OUTCOME_COUNT;
	assert_false(key_desk_told(fixture->desk, 1, str_make(body.p, body.len - 1)));
	buf_done(&body);
}

static void nonsense_of_keep_is_refused(void **state)
{
	(void)state;
	struct reach_question question = {.kind = REACH_DNS, .type = RESOLVE_TXT, .name = STR("s._domainkey.example.com")};
	struct reach_question read;
	struct err err = {0};
	struct buf body;

	buf_init(&body, 4096);
	reach_write_question(&question, &body);
	assert_true(reach_read_question(buf_view(&body), &read, &err));
	for (size_t len = 0; len < body.len; len++)
		assert_false(reach_read_question(str_make(body.p, len), &read, &err));
	body.p[1] = 99; /* no type that is asked for */
	assert_false(reach_read_question(buf_view(&body), &read, &err));
	buf_done(&body);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
	    TEST(a_key_is_asked_for_once_and_then_remembered),
	    TEST(a_message_waits_for_all_its_keys),
	    TEST(nobody_waits_longer_than_a_second),
	    TEST(without_reach_nobody_waits),
	    TEST(a_flood_of_names_evicts_and_never_grows),
	    TEST(nonsense_of_reach_is_refused),
	    TEST(nonsense_of_keep_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
