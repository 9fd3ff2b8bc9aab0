/* SPDX-License-Identifier: ISC */
#include <assert.h>
#include <inttypes.h>

#include "base/limits.h"
#include "base/num.h"
#include "base/utf8.h"
#include "report/wire.h"
#include "store/inner.h"
#include "sys/digest.h"
#include "version.h"

/* These numbers stand in databases. */
static_assert(DOOR_FILE == 0 && DOOR_SMTP == 1 && DOOR_LMTP == 2 && DOOR_HTTP == 3 && DOOR_IMAP == 4 &&
                  DOOR_PIPE == 5 && DOOR_API == 6, "new doors go to the end");
static_assert(TRUST_OPERATOR == 0 && TRUST_SIGNED == 1 && TRUST_SECRET == 2 && TRUST_SIGNED_OTHER == 3 &&
                  TRUST_UNSIGNED == 4 && TRUST_PENDING == 5, "a change of trusts needs a migration");
static_assert(POLICY_STS == 0 && POLICY_TLSA == 1 && POLICY_NONE_FOUND == 2 && POLICY_OTHER == 3,
              "a change of policy types needs a migration");
static_assert(MODE_NOT_STATED == 0 && MODE_ENFORCE == 1 && MODE_TESTING == 2 && MODE_NONE == 3,
              "a change of modes needs a migration");
static_assert(FAULT_UNKNOWN == 0 && FAULT_RECEIVER == 1 && FAULT_DNS == 2 && FAULT_POLICY_HOST == 3 &&
                  FAULT_SENDER == 4, "a change of faults needs a migration");

/* --- the batch --- */

static bool lost(struct store *store, struct err *err)
{
	store->broken = true;
	if (err != NULL)
		err->kind = ERR_LATER;
	return false;
}

/* After a rollback, what was made in it is not there. */
static void forget(struct store *store)
{
	names_forget(store->names);
	reporter_forget(store);
	store->names_loaded = false;
	store->policy_applied = false;
}

/* What the configuration says about unsigned reports may have changed since the last run. */
static bool apply_policy(struct store *store, struct err *err)
{
	int64_t before;
	int64_t now = store->policy.count_unsigned;

	if (store->policy_applied)
		return true;
	if (!db_number(store->db, "SELECT value = '1' FROM meta WHERE key = 'count-unsigned'", NULL, 0, 0, &before, err))
		return false;
	if (before != now &&
	    (!settle_again(store, 0, err) ||
	     !db_run(store->db,
	             "INSERT INTO meta (key, value) VALUES ('count-unsigned', ?)"
	             " ON CONFLICT DO UPDATE SET value = excluded.value",
	             DB_VALUES(db_text(now ? STR("1") : STR("0"))), err)))
		return false;
	store->policy_applied = true;
	return true;
}

bool store_begin(struct store *store, struct err *err)
{
	int64_t owners = 0;

	if (store->is_joint) {
		store->counters_before = store->counters;
		return store_must_write(store, err) && db_run(store->db, "SAVEPOINT joint", NULL, 0, err);
	}
	if (!store_must_write(store, err) || !db_script(store->db, "BEGIN IMMEDIATE", err) ||
	    !db_number(store->db, "SELECT count(*) FROM domain", NULL, 0, 0, &store->listed_domains, err) ||
	    !db_number(store->db, "SELECT EXISTS (SELECT 1 FROM tenant_domain)", NULL, 0, 0, &owners, err) ||
	    !db_number(store->db, "SELECT max(id) + 1 FROM arrival", NULL, 0, 1, &store->next_arrival, err))
		return false;
	store->has_owners = owners != 0;
	return apply_policy(store, err);
}

static bool write_counters(struct store *store, struct err *err)
{
	struct counters *counters = &store->counters;
	if (counters->arrivals == 0 && counters->original_bytes == 0)
		return true;
	return db_run(store->db,
	              "UPDATE counter SET arrivals = arrivals + ?, original_bytes = original_bytes + ?",
	              DB_VALUES(db_int(counters->arrivals), db_int(counters->original_bytes)), err);
}

bool store_commit(struct store *store, struct err *err)
{
	if (!store_must_write(store, err))
		return false;
	if (store->is_joint)
		return db_run(store->db, "RELEASE joint", NULL, 0, err) || lost(store, err);
	if (!write_counters(store, err))
		return lost(store, err);
	store->counters = (struct counters){0};
	return db_run(store->db, "COMMIT", NULL, 0, err) || lost(store, err);
}

static void roll_back_part(struct store *store)
{
	if (!db_in_transaction(store->db) || !db_run(store->db, "ROLLBACK TO joint", NULL, 0, NULL) ||
	    !db_run(store->db, "RELEASE joint", NULL, 0, NULL))
		store->broken = true;
	store->counters = store->counters_before;
	forget(store);
}

void store_rollback(struct store *store)
{
	if (store->is_joint) {
		roll_back_part(store);
		return;
	}
	if (db_in_transaction(store->db) && !db_run(store->db, "ROLLBACK", NULL, 0, NULL))
		store->broken = true;
	store->counters = (struct counters){0};
	forget(store);
}

bool store_end(struct store *store, bool ok, struct err *err)
{
	if (ok)
		return store_commit(store, err);
	store_rollback(store);
	return false;
}

bool store_joint_begin(struct store *store, struct err *err)
{
	if (!store_begin(store, err))
		return false;
	store->is_joint = true;
	return true;
}

bool store_joint_end(struct store *store, bool ok, struct err *err)
{
	store->is_joint = false;
	if (ok)
		return store_commit(store, err);
	store_rollback(store);
	return false;
}

/* Ends the savepoint of one arrival; what it did is undone unless `ok`. */
static bool end_savepoint(struct store *store, bool ok, struct err *err)
{
	if (ok)
		return db_run(store->db, "RELEASE arrival", NULL, 0, err) || lost(store, err);
	/* A full disk and the like may have ended the whole transaction: then nothing of this batch is there. */
	if (!db_in_transaction(store->db) || !db_run(store->db, "ROLLBACK TO arrival", NULL, 0, NULL) ||
	    !db_run(store->db, "RELEASE arrival", NULL, 0, NULL))
		return lost(store, err);
	forget(store);
	return false;
}

/* --- one report --- */

struct job {
	struct store *store;
	const struct arrival *arrival;
	int64_t arrival_id;
	enum trust trust;
	bool rewrites; /* a second reading: what it says replaces what was understood before */
};

struct identity {
	struct reporter reporter;
	int64_t organization, body;
	int32_t day;
	struct str rid;
	unsigned char content[DIGEST_SHA256_BYTES];
	bool counts;   /* by trust */
	bool straight; /* counts, and nothing that is there matters: its sums are added on the way */
};

static uint64_t clamp(uint64_t count)
{
	return count > LIMIT_COUNT ? LIMIT_COUNT : count;
}

/* The texts of registered causes and result types are looked up once. */
static bool load_names(struct store *store, struct err *err)
{
	if (store->names_loaded)
		return true;
	for (unsigned i = 0; i < CAUSE_COUNT; i++)
		if (!names_put(store->names, str_of(cause_text((enum cause)i)), &store->cause_names[i], err))
			return false;
	for (unsigned i = 0; i < RESULT_OTHER; i++)
		if (!names_put(store->names, str_of(result_type_text((enum result_type)i)), &store->result_names[i], err))
			return false;
	store->names_loaded = true;
	return true;
}

static bool hash_canonical(struct store *store, const struct report *report, unsigned char hash[DIGEST_SHA256_BYTES],
                           struct err *err)
{
	buf_clear(&store->canonical);
	wire_write_canonical(report, &store->canonical);
	if (store->canonical.failed)
		return err_set(err, ERR_INPUT, "the report is too large");
	digest_sha256(buf_view(&store->canonical), hash);
	return true;
}

/* `content` is what identity compares; `body` the same without what may differ between two copies under several ids. */
static bool hash_report(struct store *store, const struct report *report, struct identity *out, struct err *err)
{
	struct report body = *report;
	unsigned char hash[DIGEST_SHA256_BYTES];

	body.organization_name = body.contact_info = body.report_id = STR_NONE;
	if (!hash_canonical(store, report, out->content, err) || !hash_canonical(store, &body, hash, err))
		return false;
	memcpy(&out->body, hash, sizeof out->body);
	return true;
}

/* Makes the reporter known, and widens its range of period lengths. */
static bool put_reporter(struct store *store, const struct report *report, struct identity *identity, struct err *err)
{
	int64_t length = report->begin == INSTANT_NONE || report->end == INSTANT_NONE ? 0 : report->end - report->begin;
	const struct reporter *before = &identity->reporter;
	struct reporter after = *before;

	after.known = true;
	if (length > 0 && (!before->known || before->shortest <= 0 || length < before->shortest))
		after.shortest = length;
	if (length > before->longest)
		after.longest = length;
	/* Who is not believed does not rename anybody. */
	if (identity->organization != 0 && (identity->counts || before->organization == 0))
		after.organization = identity->organization;
	bool same = before->known && after.shortest == before->shortest && after.longest == before->longest &&
	            after.organization == before->organization;
	identity->reporter = after;
	return same || reporter_put(store, &after, err);
}

static void write_report_extra(const struct report *report, struct buf *out)
{
	buf_clear(out);
	wire_put_u8(out, 1);
	wire_put_str(out, report->contact_info);
	wire_put_str(out, report->submitter);
	wire_put_u64(out, report->deviations_dropped);
	wire_put_u64(out, report->unknown_dropped);
	wire_put_u32(out, (uint32_t)report->deviation_count);
	for (size_t i = 0; i < report->deviation_count; i++) {
		/* By its code: the numbers may change. */
		wire_put_str(out, str_of(deviation_code(report->deviations[i].kind)));
		wire_put_str(out, report->deviations[i].path);
		wire_put_str(out, report->deviations[i].read_as);
	}
	wire_put_u32(out, (uint32_t)report->unknown_count);
	for (size_t i = 0; i < report->unknown_count; i++) {
		wire_put_str(out, report->unknown_members[i].path);
		wire_put_str(out, report->unknown_members[i].value);
	}
}

static void write_list(const struct str_list *list, struct buf *out)
{
	wire_put_u32(out, (uint32_t)list->count);
	for (size_t i = 0; i < list->count; i++)
		wire_put_str(out, list->items[i]);
}

static void write_unit_extra(const struct unit *unit, struct buf *out)
{
	buf_clear(out);
	wire_put_u8(out, 1);
	wire_put_u8(out, unit->domain_is_guessed);
	write_list(&unit->policy_strings, out);
	write_list(&unit->mx_hosts, out);
}

/* `sums`: day, reporter, domain, type, type_text, mode. */
static bool put_failure(const struct job *job, const struct failure *failure, const struct db_value key[6],
                        const struct db_value *sums, bool counts, struct err *err)
{
	struct store *store = job->store;
	int64_t result, mx;

	if (failure->result_type != RESULT_OTHER)
		result = store->result_names[failure->result_type];
	else if (!names_put(store->names, failure->result_text, &result, err))
		return false;
	if (!names_put(store->names, failure->receiving_mx_hostname, &mx, err))
		return false;
	struct db_value values[] = {key[0], key[1], key[2], key[3], key[4], key[5], db_int(result),
	                            db_int(store->cause_names[failure->cause]), db_int(failure->fault),
	                            db_int(failure->refused), db_int(mx), db_uint(clamp(failure->count)),
	                            db_text(failure->sending_mta_ip), db_text(failure->receiving_ip),
	                            db_text(failure->receiving_mx_helo), db_text(failure->reason_code),
	                            db_text(failure->additional_information), sums[3], sums[4], sums[5], db_int(counts)};
	if (!db_run(store->db,
	            "INSERT INTO failure (day, report, unit, n, domain, reporter, result, cause, fault, refused, mx,"
	            " sessions, sending_ip, receiving_ip, helo, reason_code, information, type, type_text, mode, counts)"
	            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	            values, sizeof values / sizeof values[0], err))
		return false;
	if (!counts)
		return true;
	struct db_value sum[SUMS_FAILURE_VALUES] = {sums[0], sums[1], sums[2], sums[3], sums[4], sums[5], values[6],
	                                            values[7], values[8], values[9], values[10], db_int(1), values[11]};
	return sums_failure_row(store, sum, +1, err);
}

static bool put_unit(const struct job *job, const struct identity *identity, int64_t report, size_t n,
                     const struct unit *unit, struct err *err)
{
	struct store *store = job->store;
	int64_t domain, type_text = 0;

	if (!names_put(store->names, unit->policy_domain, &domain, err) ||
	    (unit->policy_type == POLICY_OTHER && !names_put(store->names, unit->policy_type_text, &type_text, err)))
		return false;
	write_unit_extra(unit, &store->extra);
	if (store->extra.failed)
		return err_set(err, ERR_INPUT, "the report is too large");
	struct db_value values[] = {db_int(report), db_uint(n), db_int(domain), db_int(identity->reporter.id),
	                            db_int(identity->day), db_int(UNIT_COUNTS), db_int(unit->policy_type),
	                            db_int(type_text), db_int(unit->mode), db_uint(clamp(unit->successful)),
	                            db_uint(clamp(unit->failed)), db_uint(clamp(unit->unexplained)),
	                            db_blob(buf_view(&store->extra))};
	if (!db_run(store->db,
	            "INSERT INTO unit (report, n, domain, reporter, day, aside, type, type_text, mode, successful, failed,"
	            " unexplained, extra) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	            values, sizeof values / sizeof values[0], err))
		return false;
	struct db_value sums[SUMS_UNIT_VALUES] = {values[4], values[3], values[2], values[6],  values[7],
	                                          values[8], db_int(1), values[9], values[10], values[11]};
	if (identity->straight && !sums_unit_row(store, sums, +1, err))
		return false;
	for (size_t i = 0; i < unit->failure_count; i++) {
		struct db_value key[6] = {db_int(identity->day), db_int(report), db_uint(n), db_uint(i), db_int(domain),
		                          db_int(identity->reporter.id)};
		if (!put_failure(job, &unit->failures[i], key, sums, identity->straight, err))
			return false;
	}
	return true;
}

/* What the list of reports shows without opening them. */
struct outline {
	int64_t domain, worst;
	uint64_t domains, successful, failed;
	unsigned types;
};

static bool is_new_domain(const struct report *report, size_t at)
{
	for (size_t i = 0; i < at && i < 64; i++)
		if (str_eq(report->units[i].policy_domain, report->units[at].policy_domain))
			return false;
	return true;
}

static bool make_outline(struct store *store, const struct report *report, struct outline *out, struct err *err)
{
	uint64_t most = 0;

	*out = (struct outline){0};
	for (size_t i = 0; i < report->unit_count; i++) {
		const struct unit *unit = &report->units[i];
		out->types |= 1u << unit->policy_type;
		out->successful = clamp(out->successful + clamp(unit->successful));
		out->failed = clamp(out->failed + clamp(unit->failed));
		out->domains += is_new_domain(report, i);
		for (size_t j = 0; j < unit->failure_count; j++) {
			const struct failure *failure = &unit->failures[j];
			if (failure->count <= most)
				continue;
			most = failure->count;
			if (!names_put(store->names, failure_result(failure), &out->worst, err))
				return false;
		}
	}
	return report->unit_count == 0 || names_put(store->names, report->units[0].policy_domain, &out->domain, err);
}

static bool insert_report(const struct job *job, const struct report *report, const struct identity *identity,
                          enum report_state state, int64_t *out_id, struct err *err)
{
	struct store *store = job->store;
	struct outline outline;

	if (!make_outline(store, report, &outline, err))
		return false;
	write_report_extra(report, &store->extra);
	if (store->extra.failed)
		return err_set(err, ERR_INPUT, "the report is too large");
	struct db_value values[] = {
	    db_int(identity->reporter.id), db_text(identity->rid), db_int(report->begin), db_int(report->end),
	    db_blob(str_make(identity->content, sizeof identity->content)), db_int(identity->body), db_int(identity->day),
	    db_int(state), db_int(job->trust), db_int(job->arrival->received_at), db_int(job->arrival_id),
	    db_int(job->arrival_id), db_int(job->arrival->received_at), db_int(job->arrival->door), db_int(1),
	    db_int(identity->organization), db_int(outline.domain), db_uint(outline.domains), db_uint(report->unit_count),
	    db_uint(outline.successful), db_uint(outline.failed), db_int(outline.types), db_int(outline.worst),
	    db_uint(num_add_sat(report->deviation_count, report->deviations_dropped)), db_blob(buf_view(&store->extra))};
	if (!db_run(store->db,
	            "INSERT INTO report (reporter, rid, begin, end, content, body, day, state, trust, trusted_at,"
	            " trust_arrival, arrival, received_at, door, copies, organization, domain, domains, units, successful,"
	            " failed, types, worst, deviations, extra)"
	            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	            values, sizeof values / sizeof values[0], err))
		return false;
	*out_id = db_last_id(store->db);
	for (size_t i = 0; i < report->unit_count; i++)
		if (!put_unit(job, identity, *out_id, i, &report->units[i], err))
			return false;
	return true;
}

/* --- the same report again --- */

struct known {
	int64_t same;   /* the report with this content; 0: none */
	int64_t others; /* with the same identity and other content */
	bool has_twin;  /* says the same under another id */
	int64_t trusted_at;
	enum trust trust;
};

static bool look_up(struct store *store, const struct report *report, const struct identity *identity,
                    struct known *out, struct err *err)
{
	struct str content = str_make(identity->content, sizeof identity->content);
	*out = (struct known){0};
	struct query *query =
	    db_ask(store->db,
	           "SELECT id, content = ?5, trust, trusted_at FROM report"
	           " WHERE reporter = ?1 AND begin = ?2 AND end = ?3 AND rid = ?4 AND (rid <> '' OR content = ?5)",
	           DB_VALUES(db_int(identity->reporter.id), db_int(report->begin), db_int(report->end),
	                     db_text(identity->rid), db_blob(content)), err);
	if (query == NULL)
		return false;
	while (db_next(query)) {
		if (db_get_int(query, 1) == 0) {
			out->others++;
			continue;
		}
		out->same = db_get_int(query, 0);
		out->trust = (enum trust)db_get_int(query, 2);
		out->trusted_at = db_get_int(query, 3);
	}
	if (!db_end(query, err))
		return false;
	if (out->same != 0)
		return true;
	int64_t twin;
	if (!db_number(store->db,
	               "SELECT 1 FROM report WHERE body = ? AND reporter = ? AND begin = ? AND end = ? LIMIT 1",
	               DB_VALUES(db_int(identity->body), db_int(identity->reporter.id), db_int(report->begin),
	                         db_int(report->end)), 0, &twin, err))
		return false;
	out->has_twin = twin != 0;
	return true;
}

/* A better trust is taken over, and with equal trust the earlier time: a report that is replayed stays old. */
static bool put_copy(const struct job *job, const struct known *known, struct err *err)
{
	struct store *store = job->store;
	bool better = job->trust < known->trust;
	bool earlier = job->trust == known->trust && job->arrival->received_at < known->trusted_at;

	if (!db_run(store->db, "UPDATE report SET copies = copies + 1 WHERE id = ?", DB_VALUES(db_int(known->same)), err))
		return false;
	if (!better && !earlier)
		return true;
	struct version version;
	bool found;
	/* Out of the sums and in again: what it shadows depends on its trust. */
	if (!settle_read(store, known->same, &version, &found, err) ||
	    (version.state == REPORT_COUNTED && !settle_set_state(store, &version, REPORT_TWIN, err)))
		return false;
	return db_run(store->db, "UPDATE report SET trust = ?, trusted_at = ?, trust_arrival = ? WHERE id = ?",
	              DB_VALUES(db_int(job->trust), db_int(job->arrival->received_at), db_int(job->arrival_id),
	                        db_int(known->same)), err) &&
	       settle_identity(store, known->same, err);
}

/* What is understood of a report that stays the same: its content is, what is made of it need not be. */
static bool rewrite_report(const struct job *job, const struct report *report, const struct identity *identity,
                           int64_t id, struct err *err)
{
	struct store *store = job->store;
	struct version version;
	struct outline outline;
	bool found;

	/* Out of the sums before its rows change, and in again after. */
	if (!make_outline(store, report, &outline, err) || !settle_read(store, id, &version, &found, err) ||
	    (version.state == REPORT_COUNTED && !settle_set_state(store, &version, REPORT_TWIN, err)) ||
	    !db_run(store->db, "DELETE FROM failure WHERE day = ? AND report = ?",
	            DB_VALUES(db_int(version.day), db_int(id)), err) ||
	    !db_run(store->db, "DELETE FROM unit WHERE report = ?", DB_VALUES(db_int(id)), err))
		return false;
	write_report_extra(report, &store->extra);
	if (store->extra.failed)
		return err_set(err, ERR_INPUT, "the report is too large");
	if (!db_run(store->db,
	            "UPDATE report SET organization = ?, domain = ?, domains = ?, units = ?, successful = ?, failed = ?,"
	            " types = ?, worst = ?, deviations = ?, extra = ?, day = ? WHERE id = ?",
	            DB_VALUES(db_int(identity->organization), db_int(outline.domain), db_uint(outline.domains),
	                      db_uint(report->unit_count), db_uint(outline.successful), db_uint(outline.failed),
	                      db_int(outline.types), db_int(outline.worst),
	                      db_uint(num_add_sat(report->deviation_count, report->deviations_dropped)),
	                      db_blob(buf_view(&store->extra)), db_int(identity->day), db_int(id)), err))
		return false;
	for (size_t i = 0; i < report->unit_count; i++)
		if (!put_unit(job, identity, id, i, &report->units[i], err))
			return false;
	return settle_identity(store, id, err);
}

static bool outcome_of(struct store *store, int64_t report, const struct known *known, enum ingest_outcome *out,
                       struct err *err)
{
	struct version version;
	bool found;
	if (!settle_read(store, report, &version, &found, err))
		return false;
	switch (version.state) {
	case REPORT_COUNTED: *out = known->others > 0 ? INGEST_REVISION : INGEST_STORED; break;
	case REPORT_SUPERSEDED: *out = INGEST_REVISION; break;
	case REPORT_TWIN: *out = INGEST_DUPLICATE; break;
	default: *out = INGEST_HELD; break;
	}
	return true;
}

static bool put_new(const struct job *job, const struct report *report, struct identity *identity,
                    const struct known *known, int64_t *out_id, enum ingest_outcome *out_outcome, struct err *err)
{
	struct store *store = job->store;
	bool alone = known->others == 0 && !known->has_twin;
	enum report_state state = identity->day == DAY_NONE ? REPORT_UNDATED
	                          : alone && identity->counts ? REPORT_COUNTED : REPORT_HELD;

	identity->straight = state == REPORT_COUNTED && store->listed_domains == 0 && !reporter_mixes(&identity->reporter);
	if (!insert_report(job, report, identity, state, out_id, err))
		return false;
	if (!alone)
		return settle_identity(store, *out_id, err) && outcome_of(store, *out_id, known, out_outcome, err);
	*out_outcome = state == REPORT_COUNTED ? INGEST_STORED : INGEST_HELD;
	if (state != REPORT_COUNTED)
		return true;
	struct version version = {.id = *out_id, .reporter = identity->reporter.id, .begin = report->begin,
	                          .end = report->end, .day = identity->day, .trust = job->trust, .state = state,
	                          .received_at = job->arrival->received_at};
	return identity->straight ? sums_report(store, &version, +1, err) : settle_enter(store, &version, err);
}

static bool put_report(const struct job *job, const struct report *report, int64_t *out_id,
                       enum ingest_outcome *out_outcome, struct err *err)
{
	struct store *store = job->store;
	struct identity identity = {.rid = report->report_id.p == NULL ? STR("") : report->report_id,
	                            .day = report_day(report)};
	struct known known;
	int64_t reporter;

	if (!names_put(store->names, report->reporter, &reporter, err) ||
	    !names_put(store->names, report->organization_name, &identity.organization, err) ||
	    !reporter_get(store, reporter, &identity.reporter, err) || !hash_report(store, report, &identity, err))
		return false;
	identity.counts = reporter_counts(store, &identity.reporter, job->trust);
	if (!put_reporter(store, report, &identity, err) || !look_up(store, report, &identity, &known, err))
		return false;
	if (known.same != 0) {
		*out_id = known.same;
		*out_outcome = INGEST_DUPLICATE;
		/* How it was written is told of the arrival that it came with first: copies may be written otherwise. */
		int64_t first = 0;
		if (!put_copy(job, &known, err) ||
		    (job->rewrites && !db_number(store->db, "SELECT arrival FROM report WHERE id = ?", DB_VALUES(db_int(*out_id)), 0,
		                                 &first, err)) ||
		    (first == job->arrival_id && !rewrite_report(job, report, &identity, *out_id, err)))
			return false;
		return db_run(store->db, "INSERT INTO report_arrival (report, arrival) VALUES (?, ?) ON CONFLICT DO NOTHING",
		              DB_VALUES(db_int(*out_id), db_int(job->arrival_id)), err);
	}
	return put_new(job, report, &identity, &known, out_id, out_outcome, err);
}

/* --- one arrival --- */

/* Envelope texts are bytes of a stranger: they become UTF-8 without U+0000 here. */
static struct db_value clean_text(struct store *store, struct str text, size_t most)
{
	if (text.p == NULL)
		return db_null();
	size_t before = store->clean.len;
	(void)utf8_repair(str_upto(text, most), &store->clean);
	if (store->clean.failed)
		return db_null();
	return db_text(str_make(store->clean.p == NULL ? "" : store->clean.p + before, store->clean.len - before));
}

/* After its reports: then what became of it is known. */
static bool insert_arrival(const struct job *job, struct str reason, const struct ingest_result *result, int64_t report,
                           struct err *err)
{
	struct store *store = job->store;
	const struct arrival *arrival = job->arrival;
	int64_t original, grown;

	if (!original_put(store->originals, arrival->bytes, arrival->received_at, &original, &grown, err))
		return false;
	store->counters.arrivals++;
	store->counters.original_bytes += grown;
	buf_clear(&store->clean);
	if (buf_reserve(&store->clean, KIB(64)) == NULL) /* once, so that what points into it stays */
		return err_set(err, ERR_LATER, "no room for the envelope");
	struct db_value values[] = {
	    db_int(job->arrival_id), db_int(original), db_uint(arrival->bytes.len), db_int(arrival->door),
	    db_int(arrival->received_at), db_int(job->trust), db_int(result->outcome), db_int(report),
	    clean_text(store, arrival->name, KIB(4)), clean_text(store, arrival->peer, KIB(1)),
	    clean_text(store, arrival->helo, KIB(2)), clean_text(store, arrival->mail_from, KIB(2)),
	    clean_text(store, arrival->recipient, KIB(2)), clean_text(store, reason, KIB(1)), db_int(arrival->is_secret)};
	return db_run(store->db,
	              "INSERT INTO arrival (id, original, size, door, received_at, trust, outcome, report, name, peer, helo,"
	              " mail_from, recipient, reason, is_secret) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	              values, sizeof values / sizeof values[0], err);
}

/* The same bytes stand in quarantine once, and are counted. */
static bool join_copies(struct store *store, int64_t arrival, instant at, struct err *err)
{
	int64_t original, first;

	if (!db_number(store->db, "SELECT original FROM arrival WHERE id = ?", DB_VALUES(db_int(arrival)), 0, &original, err) ||
	    !db_number(store->db, "SELECT min(arrival) FROM quarantine WHERE original = ?", DB_VALUES(db_int(original)), 0, &first,
	               err))
		return false;
	if (first == 0)
		return db_run(store->db, "UPDATE quarantine SET original = ? WHERE arrival = ?",
		              DB_VALUES(db_int(original), db_int(arrival)), err);
	return db_run(store->db, "UPDATE quarantine SET copies = copies + 1, last_at = max(last_at, ?) WHERE arrival = ?",
	              DB_VALUES(db_int(at), db_int(first)), err) &&
	       db_run(store->db, "DELETE FROM quarantine WHERE arrival = ?", DB_VALUES(db_int(arrival)), err);
}

static void count_outcome(enum ingest_outcome outcome, struct ingest_result *result)
{
	if (outcome == INGEST_STORED)
		result->stored++;
	else if (outcome == INGEST_DUPLICATE)
		result->duplicates++;
	else if (outcome == INGEST_REVISION)
		result->revisions++;
	else if (outcome == INGEST_HELD)
		result->held++;
	if (result->outcome == INGEST_OUTCOME_COUNT || (result->outcome == INGEST_DUPLICATE))
		result->outcome = outcome;
}

static bool put_problem(struct store *store, int64_t arrival, const struct problem *problem, struct err *err)
{
	return db_run(store->db,
	              "INSERT INTO quarantine (arrival, problem, place, detail, expected, tried_by) VALUES (?, ?, ?, ?, ?, ?)"
	              " ON CONFLICT DO UPDATE SET problem = excluded.problem, place = excluded.place, detail = excluded.detail,"
	              " expected = excluded.expected, tried_by = excluded.tried_by, readable = 0",
	              DB_VALUES(db_int(arrival), db_text(str_of(problem_code(problem->kind))), db_text(problem->place),
	                        db_text(problem->detail), db_text(problem->expected), db_text(STR(MAILSEAL_VERSION))),
	              err);
}

/* The reports and the problem of an arrival. */
static bool put_decoded(const struct job *job, const struct decoded *decoded, struct ingest_result *result,
                        int64_t *out_first, struct err *err)
{
	struct store *store = job->store;

	*out_first = 0;
	*result = (struct ingest_result){.arrival_id = job->arrival_id, .outcome = INGEST_OUTCOME_COUNT};
	if (!load_names(store, err))
		return false;
	for (size_t i = 0; i < decoded->report_count; i++) {
		enum ingest_outcome outcome = INGEST_STORED;
		int64_t report = 0;
		if (!put_report(job, &decoded->reports[i], &report, &outcome, err))
			return false;
		*out_first = i == 0 ? report : *out_first;
		count_outcome(outcome, result);
		if (decoded->report_count > 1 &&
		    !db_run(store->db, "INSERT INTO arrival_report (arrival, report) VALUES (?, ?) ON CONFLICT DO NOTHING",
		            DB_VALUES(db_int(job->arrival_id), db_int(report)), err))
			return false;
	}
	struct problem problem = decoded->problem;
	if (problem.kind == PROBLEM_NONE && decoded->report_count == 0)
		problem.kind = PROBLEM_NO_REPORT;
	result->quarantined = problem.kind != PROBLEM_NONE;
	if (result->outcome == INGEST_OUTCOME_COUNT)
		result->outcome = INGEST_QUARANTINED;
	return !result->quarantined || put_problem(store, job->arrival_id, &problem, err);
}

bool store_ingest(struct store *store, const struct arrival *arrival, const struct decoded *decoded, enum trust trust,
                  struct str trust_reason, struct ingest_result *out, struct err *err)
{
	struct job job = {.store = store, .arrival = arrival, .trust = trust};

	if (!store_must_write(store, err) || !db_run(store->db, "SAVEPOINT arrival", NULL, 0, err))
		return false;
	int64_t first;
	struct counters before = store->counters;
	job.arrival_id = store->next_arrival++;
	bool ok = put_decoded(&job, decoded, out, &first, err) && insert_arrival(&job, trust_reason, out, first, err) &&
	          (!out->quarantined || decoded->report_count > 0 || join_copies(store, job.arrival_id, arrival->received_at, err));
	if (!ok)
		store->counters = before;
	return end_savepoint(store, ok, err) && ok;
}

/* --- a second reading --- */

static bool read_arrival(struct store *store, int64_t id, struct arrival *out, struct err *err)
{
	struct query *query = db_ask(store->db, "SELECT received_at, door FROM arrival WHERE id = ?",
	                             DB_VALUES(db_int(id)), err);
	if (query == NULL)
		return false;
	bool found = db_next(query);
	*out = (struct arrival){0};
	if (found) {
		out->received_at = db_get_int(query, 0);
		out->door = (enum door)db_get_int(query, 1);
	}
	if (!db_end(query, err))
		return false;
	return found || err_set(err, ERR_MISSING, "there is no arrival %" PRId64, id);
}

/* The reports that were found in this arrival by its reading before. */
static bool read_links(struct store *store, int64_t arrival_id, struct arena *arena, int64_t **out_ids,
                       size_t *out_count, struct err *err)
{
	size_t room = 0;
	struct query *query = db_ask(store->db,
	                             "SELECT report FROM arrival WHERE id = ?1 AND report <> 0"
	                             " UNION SELECT report FROM arrival_report WHERE arrival = ?1",
	                             DB_VALUES(db_int(arrival_id)), err);
	while (query != NULL && db_next(query))
		*(int64_t *)arena_push(arena, (void **)out_ids, out_count, &room, sizeof **out_ids) = db_get_int(query, 0);
	return db_end(query, err);
}

static bool unlink_reports(struct store *store, int64_t arrival_id, const int64_t *ids, size_t count, struct err *err)
{
	for (size_t i = 0; i < count; i++)
		if (!db_run(store->db, "UPDATE report SET copies = copies - 1 WHERE id = ?", DB_VALUES(db_int(ids[i])), err))
			return false;
	return db_run(store->db, "DELETE FROM report_arrival WHERE arrival = ?", DB_VALUES(db_int(arrival_id)), err) &&
	       db_run(store->db, "DELETE FROM arrival_report WHERE arrival = ?", DB_VALUES(db_int(arrival_id)), err);
}

/* A report that no arrival holds any more: what it kept from counting counts again. */
static bool delete_report(struct store *store, const struct version *version, struct err *err)
{
	struct db_value id = db_int(version->id);
	int64_t other, twin;

	if (!db_number(store->db,
	               "SELECT q.id FROM report p JOIN report q ON (q.reporter, q.begin, q.end, q.rid) ="
	               " (p.reporter, p.begin, p.end, p.rid) WHERE p.id = ? AND q.id <> p.id LIMIT 1", &id, 1, 0, &other, err) ||
	    !db_number(store->db,
	               "SELECT q.id FROM report p JOIN report q ON q.body = p.body AND q.reporter = p.reporter"
	               " AND q.begin = p.begin AND q.end = p.end WHERE p.id = ? AND q.id <> p.id AND q.state IN (0, 2) LIMIT 1",
	               &id, 1, 0, &twin, err))
		return false;
	return db_run(store->db, "DELETE FROM failure WHERE day = ? AND report = ?",
	              DB_VALUES(db_int(version->day), id), err) &&
	       db_run(store->db, "DELETE FROM unit WHERE report = ?", &id, 1, err) &&
	       db_run(store->db, "DELETE FROM report WHERE id = ?", &id, 1, err) &&
	       (other == 0 || settle_identity(store, other, err)) && (twin == 0 || settle_identity(store, twin, err));
}

/* Others brought it too: it is as they brought it. */
static bool restore_report(struct store *store, const struct version *version, struct err *err)
{
	struct db_value id = db_int(version->id);

	return db_run(store->db,
	              "UPDATE report SET (trust, trusted_at, trust_arrival) = (SELECT a.trust, a.received_at, a.id FROM arrival a"
	              " WHERE a.id = report.arrival OR a.id IN (SELECT arrival FROM report_arrival WHERE report = ?1)"
	              " ORDER BY a.trust, a.received_at, a.id LIMIT 1) WHERE id = ?1", &id, 1, err) &&
	       settle_identity(store, version->id, err);
}

/* One of the reading before that this one no longer finds. */
static bool drop_one(struct store *store, int64_t arrival_id, int64_t report, struct err *err)
{
	struct version version;
	struct db_value values[] = {db_int(report), db_int(arrival_id)};
	int64_t left;
	bool found;

	if (!settle_read(store, report, &version, &found, err))
		return false;
	if (!found)
		return true;
	if ((version.state == REPORT_COUNTED && !settle_set_state(store, &version, REPORT_TWIN, err)) ||
	    !db_run(store->db,
	            "UPDATE report SET arrival = coalesce((SELECT min(arrival) FROM report_arrival WHERE report = ?1), 0)"
	            " WHERE id = ?1 AND arrival = ?2", values, 2, err) ||
	    !db_run(store->db,
	            "DELETE FROM report_arrival WHERE report = ?1 AND arrival = (SELECT arrival FROM report WHERE id = ?1)",
	            values, 1, err) ||
	    !db_number(store->db, "SELECT arrival FROM report WHERE id = ?", values, 1, 0, &left, err))
		return false;
	return left == 0 ? delete_report(store, &version, err) : restore_report(store, &version, err);
}

static bool drop_stale(struct store *store, int64_t arrival_id, const int64_t *before, size_t before_count,
                       struct arena *arena, struct err *err)
{
	int64_t *now = NULL;
	size_t now_count = 0;

	/* It is the first arrival of a report, not a further one. */
	if (!db_run(store->db,
	            "DELETE FROM report_arrival WHERE arrival = ?1 AND report IN (SELECT r.report FROM report_arrival r"
	            " JOIN report p ON p.id = r.report WHERE r.arrival = ?1 AND p.arrival = ?1)",
	            DB_VALUES(db_int(arrival_id)), err) ||
	    !read_links(store, arrival_id, arena, &now, &now_count, err))
		return false;
	for (size_t i = 0; i < before_count; i++) {
		bool stays = false;
		for (size_t j = 0; j < now_count; j++)
			stays = stays || now[j] == before[i];
		if (!stays && !drop_one(store, arrival_id, before[i], err))
			return false;
	}
	return true;
}

bool store_reread(struct store *store, int64_t arrival_id, const struct decoded *decoded, enum trust trust,
                  struct str reason, struct ingest_result *out, struct err *err)
{
	struct arrival arrival;
	struct job job = {.store = store, .arrival = &arrival, .arrival_id = arrival_id, .trust = trust, .rewrites = true};
	struct arena arena;
	int64_t *ids = NULL;
	int64_t outcome, first = 0;
	size_t count = 0;

	if (!read_arrival(store, arrival_id, &arrival, err) ||
	    !db_number(store->db, "SELECT outcome FROM arrival WHERE id = ?", DB_VALUES(db_int(arrival_id)), 0, &outcome, err))
		return false;
	buf_clear(&store->clean);
	if (buf_reserve(&store->clean, KIB(64)) == NULL)
		return err_set(err, ERR_LATER, "no room for the reason");
	arena_init(&arena, MIB(1));
	bool ok = read_links(store, arrival_id, &arena, &ids, &count, err) &&
	          unlink_reports(store, arrival_id, ids, count, err) && put_decoded(&job, decoded, out, &first, err) &&
	          (out->quarantined ||
	           db_run(store->db, "DELETE FROM quarantine WHERE arrival = ?", DB_VALUES(db_int(arrival_id)), err));
	/* It meets itself, which makes it no duplicate. */
	if (ok && (out->outcome != INGEST_DUPLICATE || outcome == INGEST_QUARANTINED))
		outcome = out->outcome;
	ok = ok && db_run(store->db, "UPDATE arrival SET trust = ?, reason = ?, outcome = ?, report = ? WHERE id = ?",
	                  DB_VALUES(db_int(trust), clean_text(store, reason, KIB(1)), db_int(outcome), db_int(first),
	                            db_int(arrival_id)), err) &&
	     drop_stale(store, arrival_id, ids, count, &arena, err);
	arena_done(&arena);
	return ok;
}

/* Changes stand alone or inside the transaction of the caller. */
bool store_alone_begin(struct store *store, bool *out_alone, struct err *err)
{
	if (!store_must_write(store, err))
		return false;
	*out_alone = !db_in_transaction(store->db);
	return (!*out_alone || store_begin(store, err)) && db_run(store->db, "SAVEPOINT arrival", NULL, 0, err);
}

bool store_alone_end(struct store *store, bool alone, bool ok, struct err *err)
{
	bool ended = end_savepoint(store, ok, err) && ok;
	if (!alone)
		return ended;
	if (ended)
		return store_commit(store, err);
	store_rollback(store);
	return false;
}

bool store_requarantine(struct store *store, int64_t arrival_id, const struct decoded *decoded, enum trust trust,
                        struct str trust_reason, struct ingest_result *out, struct err *err)
{
	bool alone;
	int64_t there;
	if (!store_alone_begin(store, &alone, err))
		return false;
	bool ok = db_number(store->db, "SELECT 1 FROM quarantine WHERE arrival = ?", DB_VALUES(db_int(arrival_id)), 0, &there,
	                    err);
	if (ok && there == 0)
		ok = err_set(err, ERR_MISSING, "%" PRId64 " is not in quarantine", arrival_id);
	ok = ok && store_reread(store, arrival_id, decoded, trust, trust_reason, out, err);
	return store_alone_end(store, alone, ok, err);
}

bool store_quarantine_drop(struct store *store, int64_t arrival_id, struct err *err)
{
	bool alone;
	if (store->tenant != 0) /* what could not be read is of the house: nobody knows whose it is */
		return err_set(err, ERR_MISSING, "%" PRId64 " is not in quarantine", arrival_id);
	if (!store_alone_begin(store, &alone, err))
		return false;
	bool ok = db_run(store->db, "DELETE FROM quarantine WHERE arrival = ?", DB_VALUES(db_int(arrival_id)), err);
	if (ok && db_changes(store->db) == 0)
		ok = err_set(err, ERR_MISSING, "%" PRId64 " is not in quarantine", arrival_id);
	return store_alone_end(store, alone, ok, err);
}
