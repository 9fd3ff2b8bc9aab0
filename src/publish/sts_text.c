/* SPDX-License-Identifier: ISC */
#include "publish/sts_text.h"

#include "base/limits.h"
#include "base/num.h"
#include "report/mx_pattern.h"

#define WEEK_SECS 604800u

struct reading {
	struct arena *arena;
	struct sts_policy *policy;
	struct findings *findings;
	struct str subject;
	bool has_version, version_ok, has_mode, mode_ok, mx_ok;
	bool max_age_ok;
	struct str *mx;
	size_t mx_count, mx_room;
};

static void found(struct reading *r, enum finding_code code, struct str detail)
{
	findings_add(r->findings, r->arena, code, r->subject, detail);
}

static void take_version(struct reading *r, struct str value)
{
	r->has_version = true;
	r->version_ok = str_eq(value, STR("STSv1"));
}

static void take_mode(struct reading *r, struct str value)
{
	r->has_mode = true;
	/* Keywords are case-sensitive (RFC 8461 section 3.2: %s). */
	enum sts_mode mode = sts_mode_of(value);
	r->mode_ok = mode != MODE_NOT_STATED && str_eq(value, str_of(sts_mode_text(mode)));
	if (r->mode_ok)
		r->policy->mode = mode;
	else
		found(r, FINDING_POLICY_MODE_INVALID, value);
}

static void take_max_age(struct reading *r, struct str value)
{
	r->policy->has_max_age = true;
	r->max_age_ok = value.len <= 10 && num_parse_uint(value, STS_MAX_AGE_MOST_SECS, &r->policy->max_age_secs);
	if (!r->max_age_ok)
		found(r, FINDING_POLICY_MAX_AGE_INVALID, value);
}

static void take_mx(struct reading *r, struct str value)
{
	if (!mx_pattern_is_valid(value)) {
		r->mx_ok = false;
		found(r, FINDING_POLICY_MX_INVALID, value);
		return;
	}
	if (r->mx_count == LIMIT_STRINGS_PER_UNIT)
		return;
	void *items = r->mx;
	struct str *mx = arena_push(r->arena, &items, &r->mx_count, &r->mx_room, sizeof *mx);
	r->mx = items;
	*mx = value;
}

struct key {
	const char *name;
	void (*take)(struct reading *r, struct str value);
};

static const struct key keys[] = {
    {"version", take_version}, {"mode", take_mode}, {"max_age", take_max_age}, {"mx", take_mx}};

static bool key_is_well_formed(struct str key)
{
	if (key.len == 0 || key.len > 32 || (!byte_is_alpha(key.p[0]) && !byte_is_digit(key.p[0])))
		return false;
	for (size_t i = 0; i < key.len; i++)
		if (!byte_is_alpha(key.p[i]) && !byte_is_digit(key.p[i]) && memchr("_-.", key.p[i], 3) == NULL)
			return false;
	return true;
}

static void take_line(struct reading *r, struct str line, size_t number, bool *seen)
{
	size_t colon = str_find_byte(line, ':');
	struct str key = str_upto(line, colon);
	struct str value = str_trim(str_from(line, colon + 1));

	if (colon == line.len || !key_is_well_formed(key)) {
		found(r, FINDING_POLICY_LINE, str_of(arena_format(r->arena, "Line %zu", number)));
		return;
	}
	for (size_t i = 0; i < COUNT_OF(keys); i++) {
		struct str name = str_of(keys[i].name);
		if (str_eq_nocase(key, name) && !str_eq(key, name)) {
			found(r, FINDING_POLICY_KEY_CASE, key);
			return;
		}
		if (!str_eq(key, name))
			continue;
		if (seen[i] && keys[i].take != take_mx) {
			found(r, FINDING_POLICY_KEY_TWICE, key);
			return;
		}
		seen[i] = true;
		keys[i].take(r, value);
		return;
	}
	found(r, FINDING_POLICY_KEY_UNKNOWN, key);
}

static void judge(struct reading *r)
{
	struct sts_policy *policy = r->policy;
	bool needs_mx = r->mode_ok && policy->mode != MODE_NONE;

	if (!r->version_ok)
		found(r, FINDING_POLICY_VERSION, STR_NONE);
	if (!r->has_mode)
		found(r, FINDING_POLICY_MODE_MISSING, STR_NONE);
	if (!policy->has_max_age)
		found(r, FINDING_POLICY_MAX_AGE_MISSING, STR_NONE);
	if (needs_mx && r->mx_count == 0 && r->mx_ok)
		found(r, FINDING_POLICY_MX_MISSING, STR_NONE);
	if (r->max_age_ok && policy->mode == MODE_ENFORCE && policy->max_age_secs < WEEK_SECS)
		found(r, FINDING_POLICY_MAX_AGE_SHORT, STR_NONE);
	policy->is_valid = r->version_ok && r->mode_ok && r->max_age_ok && r->mx_ok && (!needs_mx || r->mx_count > 0);
}

void sts_text_read(struct str text, struct str subject, struct arena *arena, struct sts_policy *out,
                   struct findings *findings)
{
	struct reading r = {.arena = arena, .policy = out, .findings = findings, .subject = subject, .mx_ok = true};
	bool seen[COUNT_OF(keys)] = {false};
	size_t number = 0;

	*out = (struct sts_policy){0};
	if (text.len > STS_POLICY_MOST_BYTES) {
		found(&r, FINDING_POLICY_TOO_LARGE, STR_NONE);
		return;
	}
	if (str_starts_with(text, STR("\xef\xbb\xbf"))) {
		found(&r, FINDING_POLICY_BOM, STR_NONE);
		text = str_from(text, 3);
	}
	if (str_starts_with(str_trim(text), STR("<"))) {
		found(&r, FINDING_POLICY_NOT_TEXT, STR("an HTML page"));
		return;
	}
	for (struct str rest = text; rest.p != NULL;) {
		struct str line = str_cut(&rest, '\n');
		number++;
		if (str_ends_with(line, STR("\r")))
			line.len--;
		if (str_trim(line).len > 0)
			take_line(&r, line, number, seen);
	}
	out->mx = (struct str_list){.items = r.mx, .count = r.mx_count};
	judge(&r);
}

void sts_text_write(const struct sts_policy *policy, struct buf *out)
{
	buf_format(out, "version: STSv1\r\nmode: %s\r\n", sts_mode_text(policy->mode));
	for (size_t i = 0; i < policy->mx.count; i++) {
		buf_text(out, "mx: ");
		buf_str(out, policy->mx.items[i]);
		buf_text(out, "\r\n");
	}
	buf_text(out, "max_age: ");
	buf_uint(out, policy->max_age_secs);
	buf_text(out, "\r\n");
}
