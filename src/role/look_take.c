/* SPDX-License-Identifier: ISC */
#include "role/look_take.h"

#include <string.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "role/diagnosis.h"
#include "role/diagnosis_check.h"
#include "role/look_findings.h"
#include "store/issues.h"
#include "store/observations.h"
#include "sys/digest.h"

#define DRIFT_SECS 3600 /* a new file and a new id are seldom published in the same second */
#define ROW_TEXT_BYTES KIB(4)

struct taking {
	struct store *store;
	struct arena *arena;
	struct check *check;
	const struct check_mx *mx; /* whose facts are under way */
	struct look_taken *taken;
	struct err *err;
};

/* Foreign bytes become text: UTF-8 without NULs. */
static struct str clean(struct taking *taking, struct str text, size_t most)
{
	struct buf out;

	if (text.p == NULL)
		return text;
	buf_init(&out, most * 3 + 16);
	(void)utf8_repair(str_upto(text, most), &out);
	text = arena_str(taking->arena, out.len > 0 ? buf_view(&out) : STR(""));
	buf_done(&out);
	return text;
}

static struct str hex_of(struct taking *taking, struct str bytes)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char digest[DIGEST_SHA256_BYTES];
	char *text = arena_bytes(taking->arena, (size_t)DIGEST_SHA256_BYTES * 2);

	digest_sha256(bytes, digest);
	for (size_t i = 0; i < DIGEST_SHA256_BYTES; i++) {
		text[2 * i] = digits[digest[i] >> 4];
		text[2 * i + 1] = digits[digest[i] & 15];
	}
	return str_make(text, (size_t)DIGEST_SHA256_BYTES * 2);
}

typedef bool gone_fn(void *context, const struct observation *row);

static bool is_gone(void *context, const struct observation *row)
{
	(void)context;
	(void)row;
	return true;
}

static bool put(struct taking *taking, enum observation_kind kind, struct str subject, const struct observation *rows,
                size_t n, gone_fn *gone, struct observation **out_gone, size_t *out_count, size_t *out_new)
{
	const struct observations_seen seen = {.kind = kind,
	                                       .subject = subject,
	                                       .rows = rows,
	                                       .count = n,
	                                       .is_gone = gone,
	                                       .context = taking,
	                                       .at = taking->check->at};

	if (!observations_put(taking->store, &seen, taking->arena, out_gone, out_count, out_new, taking->err))
		return false;
	if (kind != OBSERVED_FINDING)
		taking->taken->changes += *out_count + *out_new;
	return true;
}

static bool put_plain(struct taking *taking, enum observation_kind kind, struct str subject,
                      const struct observation *rows, size_t n, gone_fn *gone)
{
	struct observation *ended;
	size_t ended_count, begun;

	return put(taking, kind, subject, rows, n, gone, &ended, &ended_count, &begun);
}

/* --- the domain --- */

static bool is_bogus(const struct check *check, struct str name)
{
	for (size_t i = 0; i < check->findings.count; i++)
		if (check->findings.items[i].code == FINDING_DNSSEC_BOGUS &&
		    str_eq_nocase(check->findings.items[i].subject, name))
			return true;
	return false;
}

static bool take_mx(struct taking *taking)
{
	const struct check *check = taking->check;
	struct observation row = {.kind = OBSERVED_MX}, *ended;
	size_t ended_count, begun;
	struct buf set;

	if (!look_findings_set_known(check) || is_bogus(check, check->domain))
		return true;
	buf_init(&set, LIMIT_LOOK_SERVERS * (LIMIT_NAME_BYTES + 16));
	for (size_t i = 0; i < check->mx_count; i++)
		buf_format(&set, "%s%u %.*s", i == 0 ? "" : "\n", check->mx[i].preference, STR_ARGS(check->mx[i].host));
	if (check->mx_count == 0 && check->mx_state == CHECK_NONE)
		buf_text(&set, "0 .");
	row.value = clean(taking, set.len > 0 ? buf_view(&set) : STR(""), set.len);
	buf_done(&set);
	if (!put(taking, OBSERVED_MX, check->domain, &row, row.value.len > 0, is_gone, &ended, &ended_count, &begun))
		return false;
	taking->taken->has_new_set = begun > 0 && check->mx_count > 0;
	return true;
}

static bool take_records(struct taking *taking)
{
	const struct check *check = taking->check;
	struct str sts_name = str_of(arena_format(taking->arena, "_mta-sts.%.*s", STR_ARGS(check->domain)));
	struct observation rpt = {.kind = OBSERVED_RPT_RECORD, .value = clean(taking, check->tls_rpt.record, ROW_TEXT_BYTES)};
	struct observation sts = {.kind = OBSERVED_STS_RECORD, .text = clean(taking, check->mta_sts.record, ROW_TEXT_BYTES)};
	bool is_rpt_told = check->tls_rpt.state != CHECK_CANNOT_TELL && !is_bogus(check, check->tls_rpt.name);
	/* The record may be known though the file is not. */
	bool is_sts_told = sts.text.len > 0 || (check->mta_sts.state != CHECK_CANNOT_TELL && !is_bogus(check, sts_name));

	sts.value = check->mta_sts.id.len > 0 ? clean(taking, check->mta_sts.id, ROW_TEXT_BYTES) : sts.text;
	if (is_rpt_told &&
	    !put_plain(taking, OBSERVED_RPT_RECORD, check->domain, &rpt, rpt.value.len > 0, is_gone))
		return false;
	return !is_sts_told || put_plain(taking, OBSERVED_STS_RECORD, check->domain, &sts, sts.text.len > 0, is_gone);
}

/* The host says that there is no such file (any more). */
static bool is_not_found(const struct check *check)
{
	for (size_t i = 0; i < check->findings.count; i++) {
		const struct finding *finding = &check->findings.items[i];
		if (finding->code == FINDING_STS_FETCH_HTTP_STATUS &&
		    (str_eq(finding->detail, STR("404")) || str_eq(finding->detail, STR("410"))))
			return true;
	}
	return false;
}

static bool take_policy(struct taking *taking)
{
	const struct check *check = taking->check;
	struct str body = check->mta_sts.body;
	struct observation row = {.kind = OBSERVED_POLICY};

	if (body.p == NULL && check->mta_sts.state != CHECK_NONE && !is_not_found(check))
		return true;
	if (body.p != NULL) {
		row.value = hex_of(taking, body);
		row.text = clean(taking, body, STS_POLICY_MOST_BYTES);
	}
	return put_plain(taking, OBSERVED_POLICY, check->domain, &row, body.p != NULL, is_gone);
}

/* --- a server --- */

static const struct mx_look *look_of(const struct check_mx *mx, struct str address)
{
	for (size_t i = 0; i < mx->look_count; i++)
		if (str_eq(mx->looks[i].address, address))
			return &mx->looks[i];
	return NULL;
}

/* A certificate is gone when its address shows another one or none; when the address is gone; not when nobody answers. */
static bool is_cert_gone(void *context, const struct observation *row)
{
	const struct taking *taking = context;
	const struct mx_look *look = look_of(taking->mx, row->place);

	if (look == NULL)
		return look_findings_told(taking->check, taking->mx->host, STR("cert"));
	return look->state != LOOK_PORT_CLOSED && look->state != LOOK_HELD_BACK && look->state != LOOK_HANDSHAKE_FAILED &&
	       look->state != LOOK_NO_GREETING && look->state != LOOK_BROKEN;
}

static bool take_certs(struct taking *taking)
{
	const struct check_mx *mx = taking->mx;
	struct observation rows[LIMIT_LOOK_ADDRESSES];
	size_t count = 0;

	for (size_t i = 0; i < mx->look_count && count < COUNT_OF(rows); i++) {
		const struct mx_look *look = &mx->looks[i];
		if (look->state != LOOK_OK || look->tls.chain_count == 0 || look->tls.chain[0].der.len == 0)
			continue;
		const struct cert_seen *cert = &look->tls.chain[0];
		struct observation *row = &rows[count++];
		*row = (struct observation){.kind = OBSERVED_CERT, .place = look->address, .value = hex_of(taking, cert->der)};
		row->cert.not_before = cert->not_before;
		row->cert.not_after = cert->not_after;
		row->cert.names = clean(taking, cert->names.len > 0 ? cert->names : cert->subject, LIMIT_NAME_BYTES * 4);
		row->cert.issuer = clean(taking, cert->issuer, LIMIT_NAME_BYTES);
		row->cert.key = clean(taking, cert->key, 100);
		row->cert.key_sha256 = cert->spki.len > 0 ? hex_of(taking, cert->spki) : STR_NONE;
	}
	return put_plain(taking, OBSERVED_CERT, mx->host, rows, count, is_cert_gone);
}

static bool take_tlsa(struct taking *taking)
{
	const struct check_mx *mx = taking->mx;
	struct observation *rows = ARENA_ARRAY(taking->arena, mx->dane.match_count + 1, struct observation);
	struct str name = str_of(arena_format(taking->arena, "_25._tcp.%.*s", STR_ARGS(mx->host)));

	if ((mx->dane.state == DANE_CANNOT_TELL && mx->dane.match_count == 0) || is_bogus(taking->check, name))
		return true;
	for (size_t i = 0; i < mx->dane.match_count; i++) {
		struct buf text;
		buf_init(&text, KIB(256));
		tls_record_write(&mx->dane.matches[i].record, &text);
		rows[i] = (struct observation){.kind = OBSERVED_TLSA,
		                               .place = mx->dane.is_secure ? STR("") : STR("insecure"),
		                               .value = arena_str(taking->arena, str_upto(buf_view(&text), ROW_TEXT_BYTES))};
		buf_done(&text);
	}
	return put_plain(taking, OBSERVED_TLSA, mx->host, rows, mx->dane.match_count, is_gone);
}

static bool take_servers(struct taking *taking)
{
	for (size_t i = 0; i < taking->check->mx_count; i++) {
		taking->mx = &taking->check->mx[i];
		if (!take_certs(taking) || !take_tlsa(taking))
			return false;
	}
	return true;
}

/* --- what only the history shows --- */

static const struct observation *newest_of(const struct observation *rows, size_t n, enum observation_kind kind,
                                           bool is_gone_one)
{
	for (size_t i = 0; i < n; i++)
		if (rows[i].kind == kind && (rows[i].gone_at != INSTANT_NONE) == is_gone_one)
			return &rows[i];
	return NULL;
}

/* The file is another one, and the id is the one that stood there with the file of before. */
static bool look_for_drift(struct taking *taking)
{
	struct check *check = taking->check;
	const struct observations_filter filter = {.subject = check->domain, .kind = -1, .with_gone = true, .most = 100};
	struct observation *rows;
	size_t n;
	char text[INSTANT_TEXT_MAX];

	if (check->mta_sts.body.p == NULL)
		return true;
	if (!observations_list(taking->store, &filter, taking->arena, &rows, &n, taking->err))
		return false;
	const struct observation *file = newest_of(rows, n, OBSERVED_POLICY, false);
	const struct observation *before = newest_of(rows, n, OBSERVED_POLICY, true);
	const struct observation *id = newest_of(rows, n, OBSERVED_STS_RECORD, false);
	if (file == NULL || before == NULL || id == NULL || before->gone_at < file->first_seen ||
	    id->first_seen > before->last_seen || check->at - file->first_seen < DRIFT_SECS)
		return true;
	struct str day = arena_str(taking->arena, day_format(day_of(file->first_seen), text));
	findings_add(&check->findings, taking->arena, FINDING_POLICY_DRIFT, check->domain, day);
	return true;
}

/* --- findings and issues --- */

static bool is_finding_gone(void *context, const struct observation *row)
{
	const struct taking *taking = context;

	return look_findings_told(taking->check, row->place, row->value);
}

/* A server that is no longer one of this domain, with a finding that no other domain has: nothing is left to mend. */
static bool let_go(struct taking *taking, const struct observation *ended)
{
	const struct diagnosis_looked looked = {.seen = SEEN_CLEAN};
	struct issue *open;
	uint64_t others;
	int64_t host;
	size_t count;

	for (size_t i = 0; i < taking->check->mx_count; i++)
		if (str_eq(taking->check->mx[i].host, ended->place))
			return true;
	if (!observations_found(taking->store, ended->place, ended->value, &others, taking->err) ||
	    !issues_name(taking->store, ended->place, &host, taking->err) ||
	    !issues_open_on(taking->store, ISSUE_ON_MX, host, taking->arena, &open, &count, taking->err))
		return false;
	for (size_t i = 0; i < count && others == 0; i++)
		if (open[i].reporters == 0 && str_eq(str_of(issue_matter_text(open[i].matter)), ended->value) &&
		    !diagnosis_look_inside(taking->store, open[i].id, &looked, taking->check->at, taking->err))
			return false;
	return true;
}

static bool take_findings(struct taking *taking)
{
	const struct check *check = taking->check;
	struct observation *rows = ARENA_ARRAY(taking->arena, check->findings.count + 1, struct observation);
	struct observation *ended;
	size_t ended_count, begun;

	for (size_t i = 0; i < check->findings.count; i++) {
		const struct finding *finding = &check->findings.items[i];
		rows[i] = (struct observation){.kind = OBSERVED_FINDING,
		                               .place = clean(taking, finding->subject, LIMIT_NAME_BYTES),
		                               .value = str_of(finding_code_text(finding->code)),
		                               .text = clean(taking, finding->detail, ROW_TEXT_BYTES),
		                               .severity = finding->severity};
	}
	if (!put(taking, OBSERVED_FINDING, check->domain, rows, check->findings.count, is_finding_gone, &ended, &ended_count,
	         &begun) ||
	    !diagnosis_check(taking->store, check, check->at, taking->err))
		return false;
	for (size_t i = 0; i < ended_count; i++)
		if (!let_go(taking, &ended[i]))
			return false;
	return true;
}

bool look_take(struct store *store, struct check *check, struct arena *arena, struct look_taken *out, struct err *err)
{
	struct look_taken taken = {0};
	struct taking taking = {.store = store, .arena = arena, .check = check, .taken = &taken, .err = err};

	if (!take_mx(&taking) || !take_records(&taking) || !take_policy(&taking) || !take_servers(&taking) ||
	    !look_for_drift(&taking) || !take_findings(&taking))
		return false;
	*out = taken;
	return true;
}
