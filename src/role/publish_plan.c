/* SPDX-License-Identifier: ISC */
#include "role/publish_plan.h"

#include "base/limits.h"
#include "publish/policy_id.h"
#include "publish/sts_text.h"
#include "publish/txt_record.h"
#include "report/mx_pattern.h"
#include "report/wire.h"
#include "role/advising.h"
#include "store/published.h"
#include "store/store_domains.h"

#define DAY_MAX_AGE_SECS 86400u

struct work {
	const struct check *check;
	const struct advice_page *page;
	const struct publish_order *order;
	struct arena *arena;
	struct publishing *out;
	size_t reason_room;
};

/* --- what is to be served --- */

static bool choose_mx(struct work *work, struct err *err)
{
	const struct check *check = work->check;
	struct sts_policy *policy = &work->out->now.policy;

	if (policy->mode == MODE_NONE || work->order->mx.count > 0) {
		policy->mx = work->order->mx;
		return true;
	}
	if (work->order->is_retreat && published_is_up(&work->out->was) && work->out->was.policy.mx.count > 0) {
		policy->mx = work->out->was.policy.mx;
		return true;
	}
	if (check->mx_count == 0 && check->mx_state == CHECK_CANNOT_TELL)
		return err_set(err, ERR_LATER, "the mail servers of %.*s could not be told; name them with --mx", STR_ARGS(check->domain));
	if (check->mx_count == 0)
		return err_set(err, ERR_INPUT, "%.*s has no mail server that a policy could list", STR_ARGS(check->domain));
	policy->mx = (struct str_list){.items = ARENA_ARRAY(work->arena, check->mx_count, struct str)};
	for (size_t i = 0; i < check->mx_count; i++)
		policy->mx.items[policy->mx.count++] = check->mx[i].host;
	return true;
}

static enum sts_mode choose_mode(const struct work *work)
{
	const struct publish_order *order = work->order;
	const struct sts_policy *live = &work->check->mta_sts.policy;

	if (order->is_leaving)
		return MODE_NONE;
	if (order->is_retreat)
		return MODE_TESTING;
	if (order->has_mode)
		return order->mode;
	if (published_is_up(&work->out->was))
		return work->out->was.policy.mode;
	return live->is_valid ? live->mode : MODE_TESTING;
}

static uint64_t choose_max_age(const struct work *work, enum sts_mode mode)
{
	const struct published *was = &work->out->was;
	const struct sts_policy *live = &work->check->mta_sts.policy;

	if (work->order->has_max_age)
		return work->order->max_age_secs;
	if (work->order->is_leaving || work->order->is_retreat)
		return DAY_MAX_AGE_SECS;
	if (published_is_up(was))
		return was->policy.mode == mode ? was->policy.max_age_secs : DAY_MAX_AGE_SECS;
	return live->is_valid && live->mode == mode ? live->max_age_secs : DAY_MAX_AGE_SECS;
}

static bool plan(struct work *work, struct err *err)
{
	struct published *now = &work->out->now;
	const struct published *was = &work->out->was;

	*now = (struct published){.domain = work->order->domain, .at = INSTANT_NONE, .wave = work->order->wave,
	                           .overruled = work->order->overruled};
	if (work->order->is_down) {
		if (!published_is_up(was))
			return err_set(err, ERR_MISSING, "no policy of this domain is served here");
		now->policy = was->policy;
		now->text = STR("");
		return true;
	}
	now->policy.mode = choose_mode(work);
	now->policy.has_max_age = true;
	now->policy.max_age_secs = choose_max_age(work, now->policy.mode);
	if (!choose_mx(work, err))
		return false;
	struct buf text;
	buf_init(&text, STS_POLICY_MOST_BYTES);
	sts_text_write(&now->policy, &text);
	now->text = arena_str(work->arena, buf_view(&text));
	bool ok = !text.failed || err_set(err, ERR_TOO_BIG, "the policy is larger than senders read (64 KiB)");
	buf_done(&text);
	return ok;
}

/* --- what speaks against it --- */

static struct publishing_reason *doubt(struct work *work, enum publishing_doubt what, struct str subject)
{
	struct publishing *out = work->out;
	void *items = out->reasons;

	if ((work->order->overruled & publishing_overrule(what)) != 0)
		return NULL;
	struct publishing_reason *reason = arena_push(work->arena, &items, &out->reason_count, &work->reason_room, sizeof *reason);
	out->reasons = items;
	*reason = (struct publishing_reason){.doubt = what, .subject = subject, .until = INSTANT_NONE};
	return reason;
}

static bool has_fault(const struct check *check, struct str host)
{
	for (size_t i = 0; i < check->findings.count; i++) {
		const struct finding *finding = &check->findings.items[i];
		if (str_eq(finding->subject, host) && finding->severity >= SEVERITY_WARNING && advising_is_about_tls(finding->code))
			return true;
	}
	return false;
}

static bool is_listed(const struct sts_policy *policy, struct str host)
{
	for (size_t i = 0; i < policy->mx.count; i++)
		if (mx_pattern_matches(policy->mx.items[i], host))
			return true;
	return false;
}

static void doubt_enforce(struct work *work)
{
	const struct check *check = work->check;
	const struct advice_facts *facts = &work->page->facts;

	for (size_t i = 0; i < check->mx_count; i++)
		if (!is_listed(&work->out->now.policy, check->mx[i].host))
			(void)doubt(work, DOUBT_MX_NOT_LISTED, check->mx[i].host);
	for (size_t i = 0; i < check->mx_count; i++)
		if (has_fault(check, check->mx[i].host))
			(void)doubt(work, DOUBT_MX_TLS, check->mx[i].host);
	if (!facts->mx_known || facts->mx_unknown > 0)
		(void)doubt(work, DOUBT_MX_UNKNOWN, STR_NONE);
	if (facts->refused > work->page->limits.refused) {
		struct publishing_reason *reason = doubt(work, DOUBT_REFUSED, STR_NONE);
		if (reason != NULL) {
			reason->refused = facts->refused;
			reason->sessions = facts->sessions;
		}
	}
}

static instant cached_until(const struct work *work)
{
	const struct published *was = &work->out->was;
	instant until = work->page->facts.cached_until;

	if (was->policy.mode == MODE_NONE)
		return until;
	instant now = instant_now() + (instant)was->policy.max_age_secs;
	return until == INSTANT_NONE || now > until ? now : until;
}

static void doubt_down(struct work *work)
{
	instant until = cached_until(work);

	if (until != INSTANT_NONE && until > instant_now()) {
		struct publishing_reason *reason = doubt(work, DOUBT_CACHED, STR_NONE);
		if (reason != NULL)
			reason->until = until;
	}
	enum check_state record = check_sts_record(work->check);
	if (record != CHECK_NONE)
		(void)doubt(work, record == CHECK_OK ? DOUBT_RECORD_THERE : DOUBT_RECORD_UNKNOWN, STR_NONE);
}

/* --- what comes next --- */

static void next(struct publishing *out, enum publishing_next what)
{
	out->next[out->next_count++] = what;
}

static bool is_seen_outside(const struct check *check)
{
	return check->mta_sts.body.p != NULL;
}

static void plan_next(struct work *work)
{
	struct publishing *out = work->out;
	const struct check *check = work->check;

	if (work->order->is_down)
		return;
	if (out->now.policy.mode != MODE_NONE && check->tls_rpt.state != CHECK_OK && check->tls_rpt.state != CHECK_CANNOT_TELL)
		next(out, NEXT_TLS_RPT);
	bool was_ours = published_is_up(&out->was) && is_seen_outside(check);
	if (!was_ours)
		next(out, NEXT_HOST);
	next(out, NEXT_RECORD);
	next(out, NEXT_CHECK);
	if (out->now.policy.mode == MODE_NONE) {
		next(out, NEXT_LEAVE);
		/* What is served now ends with this, and what was seen from elsewhere may be held as long. */
		out->leave_until = work->page->facts.cached_until;
		instant now = instant_now();
		uint64_t longest = 0;
		if (published_is_up(&out->was) && out->was.policy.mode != MODE_NONE)
			longest = out->was.policy.max_age_secs;
		if (check->mta_sts.policy.is_valid && check->mta_sts.policy.mode != MODE_NONE &&
		    check->mta_sts.policy.max_age_secs > longest)
			longest = check->mta_sts.policy.max_age_secs;
		if (out->leave_until == INSTANT_NONE || now + (instant)longest > out->leave_until)
			out->leave_until = now + (instant)longest;
	}
	if (out->now.policy.mode == MODE_TESTING)
		next(out, NEXT_TESTING);
	if (out->now.policy.mode == MODE_ENFORCE)
		next(out, NEXT_ENFORCE);
}

static bool write_record(struct work *work, struct err *err)
{
	struct publishing *out = work->out;
	struct buf value, text;

	if (work->order->is_down || out->now.id.p == NULL)
		return true;
	buf_init(&value, KIB(4));
	buf_init(&text, KIB(64));
	txt_record_write_sts(out->now.id, &value);
	bool ok = zone_format_write(work->order->format, str_of(txt_kind_label(TXT_STS)), out->now.domain, buf_view(&value),
	                            work->order->ttl_secs, &text, err);
	out->record_name = str_of(arena_format(work->arena, "%s.%.*s", txt_kind_label(TXT_STS), STR_ARGS(out->now.domain)));
	out->record_value = arena_str(work->arena, buf_view(&value));
	out->record_text = arena_str(work->arena, buf_view(&text));
	out->record_ttl_secs = work->order->ttl_secs;
	buf_done(&value);
	buf_done(&text);
	return ok;
}

/* --- what others call --- */

bool publish_plan(struct store *store, const struct check *check, const struct advice_page *page,
                  const struct publish_order *order, struct arena *arena, struct publishing *out, struct err *err)
{
	struct work work = {.check = check, .page = page, .order = order, .arena = arena, .out = out};
	struct domain_row row;

	*out = (struct publishing){.leave_until = INSTANT_NONE};
	if (!store_domain(store, order->domain, arena, &row, err))
		return err->kind == ERR_MISSING
		           ? err_set(err, ERR_MISSING, "%.*s is not listed; 'mailseal domain add %.*s' lists it", STR_ARGS(order->domain),
		                     STR_ARGS(order->domain))
		           : false;
	if (!published_now(store, order->domain, arena, &out->was, err) || !plan(&work, err))
		return false;
	out->now.who = order->who;
	if (order->is_down)
		doubt_down(&work);
	else if (out->now.policy.mode == MODE_ENFORCE)
		doubt_enforce(&work);
	if (out->reason_count == 0)
		plan_next(&work);
	return true;
}

bool publish_plan_propose(struct store *store, const struct check *check, const struct publish_order *order,
                          struct arena *arena, struct publishing *out, struct err *err)
{
	struct work work = {.check = check, .order = order, .arena = arena, .out = out};
	struct published_list history;
	struct str_list used;

	if (order->is_down)
		return true;
	if (published_is_up(&out->was) && str_eq(out->was.text, out->now.text)) {
		out->now.id = out->was.id;
		return write_record(&work, err);
	}
	if (!published_history(store, order->domain, arena, &history, err))
		return false;
	used = (struct str_list){.items = ARENA_ARRAY(arena, history.count + 1, struct str)};
	for (size_t i = 0; i < history.count; i++)
		used.items[used.count++] = history.rows[i].id;
	if (check->mta_sts.id.len > 0)
		used.items[used.count++] = check->mta_sts.id;
	out->now.id = policy_id(instant_now(), &used, arena);
	return write_record(&work, err);
}

bool publish_plan_request(const struct publishing *publishing, const struct check *check, struct buf *out, struct err *err)
{
	const struct published *now = &publishing->now;
	struct str live_id = check->mta_sts.id;

	wire_put_str(out, now->domain);
	wire_put_u8(out, now->policy.mode);
	wire_put_u64(out, now->policy.max_age_secs);
	wire_put_u32(out, (uint32_t)now->policy.mx.count);
	for (size_t i = 0; i < now->policy.mx.count; i++)
		wire_put_str(out, now->policy.mx.items[i]);
	wire_put_str(out, now->who);
	wire_put_u64(out, (uint64_t)publishing->was.n);
	wire_put_u64(out, (uint64_t)now->wave);
	wire_put_u8(out, now->overruled);
	wire_put_u8(out, !published_is_up(now));
	wire_put_u32(out, live_id.len > 0 ? 1 : 0);
	if (live_id.len > 0)
		wire_put_str(out, live_id);
	return !out->failed || err_set(err, ERR_TOO_BIG, "the policy is too long");
}

bool publish_plan_done(struct str answer, const struct publish_order *order, struct arena *arena, struct publishing *out,
                       struct err *err)
{
	struct wire_reader reader = {.rest = answer};
	struct published *now = &out->now;
	struct work work = {.order = order, .arena = arena, .out = out};

	now->n = (int64_t)wire_get_u64(&reader);
	now->id = arena_str(arena, wire_get_text(&reader, 100));
	now->text = arena_str(arena, wire_get_text(&reader, STS_POLICY_MOST_BYTES));
	now->at = instant_now();
	if (reader.failed)
		return err_set(err, ERR_INPUT, "the answer makes no sense; is the server of another version?");
	out->is_done = true;
	return write_record(&work, err);
}

unsigned publish_plan_parts(const struct publish_order *order, const struct published *was)
{
	bool may_enforce = order->has_mode ? order->mode == MODE_ENFORCE : !order->is_leaving && !order->is_retreat && !order->is_down;

	if (order->is_down)
		return DOMAIN_LOOK_STS_RECORD;
	if (may_enforce && (order->has_mode || !published_is_up(was) || was->policy.mode == MODE_ENFORCE))
		return 0;
	return DOMAIN_LOOK_MX | DOMAIN_LOOK_TLS_RPT | DOMAIN_LOOK_STS_RECORD | DOMAIN_LOOK_STS_POLICY;
}
