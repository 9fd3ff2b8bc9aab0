/* SPDX-License-Identifier: ISC */
#include "store/store_reprocess.h"

#include "base/limits.h"
#include "store/inner.h"
#include "sys/digest.h"

static struct str text_at(struct query *query, int column, struct arena *arena)
{
	return db_is_null(query, column) ? STR_NONE : arena_str(arena, db_get_text(query, column));
}

bool store_reprocess_next(struct store *store, int64_t after_id, struct arena *arena, struct reprocess_item *out,
                          struct err *err)
{
	if (!store_must_be_house(store, err))
		return false;
	struct query *query = db_ask(store->db,
	                             "SELECT id, door, received_at, name, peer, helo, mail_from, recipient, is_secret, original,"
	                             " trust, reason FROM arrival WHERE id > ? AND original <> 0 ORDER BY id LIMIT 1",
	                             DB_VALUES(db_int(after_id)), err);
	if (query == NULL)
		return false;
	bool found = db_next(query);
	if (found) {
		*out = (struct reprocess_item){
		    .arrival_id = db_get_int(query, 0),
		    .arrival = {.door = (enum door)db_get_int(query, 1), .received_at = db_get_int(query, 2),
		                .name = text_at(query, 3, arena), .peer = text_at(query, 4, arena),
		                .helo = text_at(query, 5, arena), .mail_from = text_at(query, 6, arena),
		                .recipient = text_at(query, 7, arena), .is_secret = db_get_int(query, 8) != 0},
		    .original_id = db_get_int(query, 9),
		    .trust = (enum trust)db_get_int(query, 10),
		    .trust_reason = text_at(query, 11, arena),
		};
	}
	return db_end(query, err) && (found || err_set(err, ERR_MISSING, "that was the last one"));
}

/* The reports that were found in arrival ?1. */
#define MINE                                                                                                           \
	"(SELECT report FROM arrival WHERE id = ?1 AND report <> 0"                                                    \
	" UNION SELECT report FROM arrival_report WHERE arrival = ?1)"

/* What is understood of one arrival, as a chain of hashes over its rows. */
struct picture {
	unsigned char hash[DIGEST_SHA256_BYTES];
	bool is_quarantined;
	int64_t reports;
};

static bool add_rows(struct store *store, const char *sql, int64_t arrival, struct picture *picture, int64_t *out_rows,
                     struct err *err)
{
	struct buf link;
	struct query *query = db_ask(store->db, sql, DB_VALUES(db_int(arrival)), err);

	buf_init(&link, MIB(64));
	*out_rows = 0;
	while (query != NULL && db_next(query)) {
		buf_clear(&link);
		buf_bytes(&link, picture->hash, sizeof picture->hash);
		buf_str(&link, db_get_text(query, 0));
		digest_sha256(buf_view(&link), picture->hash);
		++*out_rows;
	}
	buf_done(&link);
	return db_end(query, err);
}

static bool take_picture(struct store *store, int64_t arrival, struct picture *out, struct err *err)
{
	static const char reports[] =
	    "SELECT json_array(p.id, p.reporter, p.rid, p.begin, p.end, hex(p.content), p.day, p.state, p.trust, p.copies,"
	    " p.organization, p.domain, p.domains, p.units, p.successful, p.failed, p.types, p.worst, p.deviations,"
	    " hex(p.extra)) FROM " MINE " r JOIN report p ON p.id = r.report ORDER BY p.id";
	static const char units[] =
	    "SELECT json_array(u.report, u.n, u.domain, u.reporter, u.day, u.aside, u.type, u.type_text, u.mode, u.successful,"
	    " u.failed, u.unexplained, hex(u.extra)) FROM " MINE " r JOIN unit u ON u.report = r.report"
	    " ORDER BY u.report, u.n";
	static const char failures[] =
	    "SELECT json_array(f.day, f.report, f.unit, f.n, f.domain, f.reporter, f.result, f.cause, f.fault, f.refused, f.mx,"
	    " f.sessions, f.sending_ip, f.receiving_ip, f.helo, f.reason_code, f.information) FROM " MINE " r"
	    " JOIN report p ON p.id = r.report JOIN failure f ON f.day = p.day AND f.report = p.id"
	    " ORDER BY f.report, f.unit, f.n";
	static const char quarantine[] =
	    "SELECT json_array(problem, place, detail, expected) FROM quarantine WHERE arrival = ?";
	int64_t rows, problems;

	*out = (struct picture){0};
	if (!add_rows(store, reports, arrival, out, &out->reports, err) ||
	    !add_rows(store, units, arrival, out, &rows, err) || !add_rows(store, failures, arrival, out, &rows, err) ||
	    !add_rows(store, quarantine, arrival, out, &problems, err))
		return false;
	out->is_quarantined = problems > 0;
	return true;
}

static enum reprocess_outcome compare(const struct picture *before, const struct picture *after)
{
	if (memcmp(before->hash, after->hash, sizeof before->hash) == 0)
		return REPROCESS_SAME;
	if (before->reports > 0 && after->reports == 0)
		return REPROCESS_LOST;
	return before->reports == 0 && after->reports > 0 ? REPROCESS_READ : REPROCESS_CHANGED;
}

bool store_reprocess(struct store *store, const struct reprocess_item *item, const struct decoded *decoded,
                     bool dry_run, enum reprocess_outcome *out, struct err *err)
{
	struct picture before, after;
	struct ingest_result result;

	if (!store_must_write(store, err) || !db_run(store->db, "SAVEPOINT reprocess", NULL, 0, err))
		return false;
	bool ok = take_picture(store, item->arrival_id, &before, err) &&
	          store_reread(store, item->arrival_id, decoded, item->trust, item->trust_reason, &result, err) &&
	          take_picture(store, item->arrival_id, &after, err);
	enum reprocess_outcome outcome = ok ? compare(&before, &after) : REPROCESS_SAME;
	bool keeps = ok && !dry_run && (outcome == REPROCESS_CHANGED || outcome == REPROCESS_READ);
	if (!keeps) {
		if (!db_run(store->db, "ROLLBACK TO reprocess", NULL, 0, err))
			ok = false;
		names_forget(store->names);
		reporter_forget(store);
		store->names_loaded = false;
	}
	if (!db_run(store->db, "RELEASE reprocess", NULL, 0, err) || !ok)
		return false;
	*out = outcome;
	return true;
}
