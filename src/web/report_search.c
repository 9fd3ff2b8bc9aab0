/* SPDX-License-Identifier: ISC */
#include "web/report_search.h"

#include "base/attr.h"
#include "base/limits.h"
#include "base/num.h"
#include "report/reporter.h"

struct search {
	struct filter *filter;
	struct arena *arena;
	bool *has_period;
};

typedef bool take_fn(struct search *search, struct str value, struct err *err);

static struct str lower(struct search *search, struct str text)
{
	char *copy = arena_text(search->arena, text);

	for (size_t i = 0; i < text.len; i++)
		copy[i] = byte_lower(copy[i]);
	return str_make(copy, text.len);
}

static bool take_domain(struct search *search, struct str value, struct err *err)
{
	(void)err;
	search->filter->domain = lower(search, value);
	return true;
}

static bool take_reporter(struct search *search, struct str value, struct err *err)
{
	struct str domain = reporter_domain(value);

	(void)err;
	search->filter->reporter = domain.p != NULL ? domain : lower(search, value);
	return true;
}

static bool take_result(struct search *search, struct str value, struct err *err)
{
	(void)err;
	search->filter->result_type = lower(search, value);
	return true;
}

static bool take_mx(struct search *search, struct str value, struct err *err)
{
	(void)err;
	search->filter->mx = lower(search, value);
	return true;
}

static bool take_mode(struct search *search, struct str value, struct err *err)
{
	enum sts_mode mode = sts_mode_of(value);

	search->filter->mode = (int)mode;
	return mode != MODE_NOT_STATED || err_set(err, ERR_INPUT, "a mode is enforce, testing or none");
}

static bool take_policy(struct search *search, struct str value, struct err *err)
{
	enum policy_type type = policy_type_of(value);

	search->filter->policy_type = (int)type;
	return type != POLICY_OTHER || err_set(err, ERR_INPUT, "a policy is sts, tlsa or no-policy-found");
}

static bool take_id(struct search *search, struct str value, struct err *err)
{
	(void)err;
	search->filter->report_id = value;
	return true;
}

/* 203.0.113.0/24 is what begins with "203.0.113.": networks end between the numbers of an address. */
static bool take_address(struct search *search, struct str value, struct err *err)
{
	struct str rest = value, address = str_cut(&rest, '/');
	uint64_t bits = 0;

	search->filter->address = lower(search, value);
	if (rest.p == NULL)
		return true;
	if (str_find_byte(address, ':') < address.len || !num_parse_uint(rest, 24, &bits) || bits == 0 || bits % 8 != 0)
		return err_set(err, ERR_INPUT, "a network is an IPv4 one of /8, /16 or /24; of others give the beginning and a *");
	size_t len = 0;
	for (uint64_t numbers = bits / 8; numbers > 0 && len < address.len; len++)
		numbers -= address.p[len] == '.';
	search->filter->address = str_of(arena_format(search->arena, "%.*s*", STR_ARGS(str_upto(address, len))));
	return true;
}

static bool take_failed(struct search *search, struct str value, struct err *err)
{
	bool is_more = str_starts_with(value, STR(">")), is_least = str_starts_with(value, STR(">="));
	uint64_t n;

	if (!is_more || !num_parse_uint(str_from(value, is_least ? 2 : 1), LIMIT_COUNT, &n))
		return err_set(err, ERR_INPUT, "it is failed:>10 or failed:>=10");
	search->filter->failed_least = n + (is_least ? 0 : 1);
	return true;
}

/* ">2026-11-20", ">=", "<", "<=", or the day alone: the first day inside, and the first behind. */
static bool read_days(struct str value, int32_t *out_since, int32_t *out_before, struct err *err)
{
	bool is_after = str_starts_with(value, STR(">")), is_before = str_starts_with(value, STR("<"));
	bool with_it = (is_after || is_before) && str_starts_with(str_from(value, 1), STR("="));
	int32_t day;

	*out_since = *out_before = DAY_NONE;
	if (!day_parse(str_from(value, (size_t)(is_after || is_before) + with_it), &day))
		return err_set(err, ERR_INPUT, "a day is 2026-11-20, with >, >=, < or <= in front where that is meant");
	if (!is_before)
		*out_since = day + (is_after && !with_it ? 1 : 0);
	if (!is_after)
		*out_before = day + (is_before && !with_it ? 0 : 1);
	return true;
}

static bool take_received(struct search *search, struct str value, struct err *err)
{
	int32_t since, before;

	if (!read_days(value, &since, &before, err))
		return false;
	if (since != DAY_NONE)
		search->filter->received_since = day_start(since);
	if (before != DAY_NONE)
		search->filter->received_before = day_start(before);
	return true;
}

static bool take_day(struct search *search, struct str value, struct err *err)
{
	int32_t since, before;

	if (!read_days(value, &since, &before, err))
		return false;
	*search->has_period = true;
	if (since != DAY_NONE)
		search->filter->since_day = since;
	if (before != DAY_NONE)
		search->filter->until_day = before - 1;
	return true;
}

static bool take_trust(struct search *search, struct str value, struct err *err)
{
	for (unsigned i = 0; i < TRUST_COUNT; i++) {
		if (str_eq(value, str_of(trust_text((enum trust)i)))) {
			search->filter->trust = (int)i + 1;
			return true;
		}
	}
	return err_set(err, ERR_INPUT, "trust is operator, signed, secret, signed-other, pending or unsigned");
}

static bool take_counted(struct search *search, struct str value, struct err *err)
{
	bool is_yes = str_eq(value, STR("yes"));

	search->filter->counted = is_yes ? 1 : 2;
	return is_yes || str_eq(value, STR("no")) || err_set(err, ERR_INPUT, "counted is yes or no");
}

const char *const report_search_keys[] = {"domain", "reporter", "result",   "mx",  "mode",  "policy",  "id",
                                          "ip",     "failed",   "received", "day", "trust", "counted", NULL};
static take_fn *const takers[] = {take_domain,  take_reporter, take_result,   take_mx,  take_mode,  take_policy, take_id,
                                  take_address, take_failed,   take_received, take_day, take_trust, take_counted};
_Static_assert(COUNT_OF(takers) + 1 == COUNT_OF(report_search_keys), "each key has its function");

static bool take_word(struct search *search, struct str word, struct err *err)
{
	struct str value = word, key = str_cut(&value, ':');

	if (value.p == NULL) {
		search->filter->text = lower(search, word);
		return true;
	}
	for (size_t i = 0; i < COUNT_OF(takers); i++) {
		if (!str_eq_nocase(key, str_of(report_search_keys[i])))
			continue;
		if (value.len == 0)
			return err_set(err, ERR_INPUT, "behind %s: stands nothing", report_search_keys[i]);
		return takers[i](search, value, err);
	}
	return err_set(err, ERR_INPUT, "there is no such key; the keys are domain, reporter, result, mx, mode, policy, id, ip, failed,"
	                               " received, day, trust and counted");
}

bool report_search_read(struct str words, struct arena *arena, struct filter *filter, bool *has_period, size_t *out_at,
                        struct err *err)
{
	struct search search = {filter, arena, has_period};
	bool has_text = false;

	*out_at = 0;
	if (words.len > REPORT_SEARCH_BYTES)
		return err_set(err, ERR_INPUT, "the search is longer than %d bytes", REPORT_SEARCH_BYTES);
	for (size_t at = 0; at < words.len;) {
		size_t end = at;
		while (end < words.len && !byte_is_space(words.p[end]))
			end++;
		struct str word = str_upto(str_from(words, at), end - at);
		bool is_text = word.len > 0 && str_find_byte(word, ':') == word.len;
		*out_at = at;
		if (is_text && has_text)
			return err_set(err, ERR_INPUT, "only one word without a key can be looked for");
		has_text |= is_text;
		if (word.len > 0 && !take_word(&search, arena_str(arena, word), err))
			return false;
		at = end + 1;
	}
	return true;
}
