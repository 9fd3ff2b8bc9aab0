/* SPDX-License-Identifier: ISC */
#include "base/limits.h"
#include "publish/policy_timeline.h"
#include "unit.h"

/* --- lines --- */

static const char *signs(struct arena *arena, const struct line_change *changes, size_t n)
{
	const char *text = "";

	for (size_t i = 0; i < n; i++)
		text = arena_format(arena, "%s%c%.*s", text, " -+"[changes[i].sign], STR_ARGS(changes[i].text));
	return text;
}

static void says_which_lines_went_and_came(void **state)
{
	static const struct {
		const char *label, *was, *now, *wanted;
	} cases[] = {
	    {"nothing at all", "", "", ""},
	    {"the first text", "", "a\r\nb\r\n", "+a+b"},
	    {"taken away", "a\nb", "", "-a-b"},
	    {"the same", "a\nb", "a\nb\n", " a b"},
	    {"line ends and blanks say nothing", "a \r\n\r\nb", "a\nb", " a b"},
	    {"one line in the middle", "a\nb\nc", "a\nx\nc", " a-b+x c"},
	    {"a line more", "a\nc", "a\nb\nc", " a+b c"},
	    {"two lines changed places", "a\nb", "b\na", "-a b+a"},
	    {"the same line twice", "mx\nmx", "mx", " mx-mx"},
	    {"the fewest", "a\nb\nc\nd", "x\nb\ny\nd", "-a+x b-c+y d"},
	};
	struct arena arena;

	(void)state;
	arena_init(&arena, MIB(1));
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		size_t was_count, now_count, n;
		struct str *was = line_diff_split(str_of(cases[i].was), &arena, &was_count);
		struct str *now = line_diff_split(str_of(cases[i].now), &arena, &now_count);
		struct line_change *changes = line_diff(was, was_count, now, now_count, &arena, &n);
		const char *got = signs(&arena, changes, n);
		if (strcmp(got, cases[i].wanted) != 0)
			fail_msg("%s: \"%s\"", cases[i].label, got);
	}
	arena_done(&arena);
}

static void a_text_of_very_many_lines_is_still_whole(void **state)
{
	enum { MANY = 1000 };
	struct str *was, *now;
	struct arena arena;
	size_t n, gone = 0, came = 0;

	(void)state;
	arena_init(&arena, MIB(1));
	was = ARENA_ARRAY(&arena, MANY, struct str);
	now = ARENA_ARRAY(&arena, MANY, struct str);
	for (size_t i = 0; i < MANY; i++) {
		was[i] = str_of(arena_format(&arena, "was %zu", i));
		now[i] = str_of(arena_format(&arena, "now %zu", i));
	}
	struct line_change *changes = line_diff(was, MANY, now, MANY, &arena, &n);
	for (size_t i = 0; i < n; i++) {
		gone += changes[i].sign == LINE_GONE;
		came += changes[i].sign == LINE_NEW;
	}
	assert_true(n == 2 * MANY && gone == MANY && came == MANY);
	arena_done(&arena);
}

/* --- the timeline --- */

#define DAY_AT(n) ((instant)(n) * SECS_PER_DAY)
#define TESTING "version: STSv1\r\nmode: testing\r\nmax_age: 86400\r\n"
#define ENFORCE "version: STSv1\r\nmode: enforce\r\nmax_age: 86400\r\n"

static struct observation ours(const char *text, int from, int gone)
{
	return (struct observation){.kind = OBSERVED_POLICY, .subject = STR("example.com"), .text = str_of(text),
	                            .first_seen = DAY_AT(from) + 3600, .last_seen = DAY_AT(gone == 0 ? 99 : gone),
	                            .gone_at = gone == 0 ? INSTANT_NONE : DAY_AT(gone)};
}

static struct str testing_strings[] = {{"version: STSv1", sizeof("version: STSv1") - 1}, {"mode:testing", sizeof("mode:testing") - 1}, {"max_age: 86400", sizeof("max_age: 86400") - 1}};
static struct str enforce_strings[] = {{"version: STSv1", sizeof("version: STSv1") - 1}, {"mode: enforce", sizeof("mode: enforce") - 1}, {"max_age: 86400", sizeof("max_age: 86400") - 1}};
static struct str key_strings[] = {{"3 1 1 abcd", sizeof("3 1 1 abcd") - 1}};

static struct policy_seen theirs(const char *reporter, enum policy_type type, struct str *strings, size_t count, int first, int last)
{
	return (struct policy_seen){.reporter = str_of(reporter), .type = type, .strings = {strings, count}, .first_day = first, .last_day = last};
}

/* "20:us,a.example -mode: testing +mode: enforce", the newest first, without what stayed. */
static const char *story(struct arena *arena, const struct domain_history *history)
{
	struct policy_entry *entries;
	const char *text = "";
	size_t n;

	policy_timeline(history, arena, &entries, &n);
	for (size_t i = 0; i < n; i++) {
		text = arena_format(arena, "%s%s%d:%s", text, i > 0 ? " | " : "", (int)day_of(entries[i].from), entries[i].by_us ? "us" : "");
		for (size_t j = 0; j < entries[i].reporters.count; j++)
			text = arena_format(arena, "%s,%.*s", text, STR_ARGS(entries[i].reporters.items[j]));
		for (size_t j = 0; j < entries[i].change_count; j++)
			if (entries[i].changes[j].sign != LINE_KEPT)
				text = arena_format(arena, "%s %c%.*s", text, " -+"[entries[i].changes[j].sign], STR_ARGS(entries[i].changes[j].text));
	}
	return text;
}

static void weaves_what_we_saw_and_what_reporters_saw(void **state)
{
	struct observation rows[] = {ours(ENFORCE, 20, 0), ours(TESTING, 10, 20)};
	struct observation back[] = {ours(TESTING, 30, 0), ours(ENFORCE, 20, 30), ours(TESTING, 10, 20)};
	struct policy_seen seen[] = {theirs("b.example", POLICY_STS, enforce_strings, 3, 21, 40), theirs("a.example", POLICY_STS, testing_strings, 3, 11, 25),
	                             theirs("c.example", POLICY_STS, testing_strings, 3, 22, 26), theirs("d.example", POLICY_NONE_FOUND, NULL, 0, 1, 2)};
	struct policy_seen keys[] = {theirs("a.example", POLICY_TLSA, key_strings, 1, 15, 16), theirs("a.example", POLICY_STS, enforce_strings, 3, 20, 22)};
	const struct {
		const char *label;
		struct domain_history history;
		const char *wanted;
	} cases[] = {
	    {"nobody saw any", {.domain = STR("example.com")}, ""},
	    {"only we", {.domain = STR("example.com"), .rows = rows, .count = 2},
	     "20:us -mode: testing +mode: enforce | 10:us +version: STSv1 +mode: testing +max_age: 86400"},
	    {"there and back again", {.domain = STR("example.com"), .rows = back, .count = 3},
	     "30:us -mode: enforce +mode: testing | 20:us -mode: testing +mode: enforce | 10:us +version: STSv1 +mode: testing +max_age: 86400"},
	    {"reporters join the text that they saw, also late", {.domain = STR("example.com"), .rows = rows, .count = 2, .seen = seen, .seen_count = 4},
	     "20:us,b.example -mode: testing +mode: enforce | 10:us,a.example,c.example +version: STSv1 +mode: testing +max_age: 86400"},
	    {"a key is compared with keys alone, and a day with the hour of our look",
	     {.domain = STR("example.com"), .rows = rows, .count = 2, .seen = keys, .seen_count = 2},
	     "20:us,a.example -mode: testing +mode: enforce | 15:,a.example +3 1 1 abcd | 10:us +version: STSv1 +mode: testing +max_age: 86400"},
	    {"the policy of another name is none of it", {.domain = STR("other.example"), .rows = rows, .count = 2}, ""},
	};
	struct arena arena;

	(void)state;
	arena_init(&arena, MIB(4));
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		const char *got = story(&arena, &cases[i].history);
		if (strcmp(got, cases[i].wanted) != 0)
			fail_msg("%s: %s", cases[i].label, got);
	}
	arena_done(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(says_which_lines_went_and_came),
	    cmocka_unit_test(a_text_of_very_many_lines_is_still_whole),
	    cmocka_unit_test(weaves_what_we_saw_and_what_reporters_saw),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
