/* SPDX-License-Identifier: ISC */
/* The sums of a day: what counts, by reporter, domain and policy.  Every change of what counts passes here. */
#include <inttypes.h>
#include <string.h>

#include "store/inner.h"

bool sums_failure_row(struct store *store, const struct db_value *values, int sign, struct err *err)
{
	if (!db_run(store->db,
	            "INSERT INTO day_failure (day, reporter, domain, type, type_text, mode, result, cause, fault,"
	            " refused, mx, failures, sessions) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
	            " ON CONFLICT DO UPDATE SET failures = failures + excluded.failures,"
	            " sessions = sessions + excluded.sessions",
	            values, SUMS_FAILURE_VALUES, err))
		return false;
	return sign > 0 ||
	       db_run(store->db,
	              "DELETE FROM day_failure WHERE day = ? AND reporter = ? AND domain = ? AND type = ?"
	              " AND type_text = ? AND mode = ? AND result = ? AND cause = ? AND fault = ? AND refused = ?"
	              " AND mx = ? AND failures = 0",
	              values, 11, err);
}

#define ADDED_UP                                                                                                       \
	" ON CONFLICT DO UPDATE SET units = units + excluded.units, successful = successful + excluded.successful,"    \
	" failed = failed + excluded.failed, unexplained = unexplained + excluded.unexplained"

static bool day_row(struct store *store, const struct db_value *v, int sign, struct err *err)
{
	if (!db_run(store->db, "INSERT INTO day_unit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)" ADDED_UP, v, SUMS_UNIT_VALUES, err))
		return false;
	return sign > 0 || db_run(store->db,
	                          "DELETE FROM day_unit WHERE day = ? AND reporter = ? AND domain = ? AND type = ?"
	                          " AND type_text = ? AND mode = ? AND units = 0",
	                          v, 6, err);
}

static bool span_row(struct store *store, const struct db_value *v, int sign, struct err *err)
{
	if (!db_run(store->db, "INSERT INTO span_unit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)" ADDED_UP, v, SUMS_UNIT_VALUES, err))
		return false;
	return sign > 0 || db_run(store->db,
	                          "DELETE FROM span_unit WHERE day = ? AND reporter = ? AND domain = ? AND type = ?"
	                          " AND type_text = ? AND mode = ? AND units = 0",
	                          v, 6, err);
}

static bool hundred_row(struct store *store, const struct db_value *v, int sign, struct err *err)
{
	struct db_value hundred[SUMS_UNIT_VALUES];

	memcpy(hundred, v, sizeof hundred);
	hundred[0] = db_int(sums_first_day(v[0].number, HUNDRED_DAYS));
	if (!db_run(store->db, "INSERT INTO hundred_unit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)" ADDED_UP, hundred, SUMS_UNIT_VALUES,
	            err))
		return false;
	return sign > 0 || db_run(store->db,
	                          "DELETE FROM hundred_unit WHERE day = ? AND reporter = ? AND domain = ? AND type = ?"
	                          " AND type_text = ? AND mode = ? AND units = 0",
	                          hundred, 6, err);
}

/* The sums that leave out the reporter. */
static bool domain_row(struct store *store, const struct db_value *v, int sign, struct err *err)
{
	const struct db_value span[] = {v[0], v[2], v[3], v[4], v[5], v[6], v[7], v[8], v[9]};

	if (!db_run(store->db, "INSERT INTO domain_span VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)" ADDED_UP, span, 9, err))
		return false;
	return sign > 0 || db_run(store->db,
	                          "DELETE FROM domain_span WHERE day = ? AND domain = ? AND type = ? AND type_text = ?"
	                          " AND mode = ? AND units = 0",
	                          span, 5, err);
}

/* The sums that leave out the domain: of the house, and of each tenant who has it. */
static bool tenant_row(struct store *store, const struct db_value *v, int sign, struct err *err)
{
#define WHO_HAS "SELECT tenant FROM tenant_domain WHERE domain = ?1"
	const struct db_value row[] = {v[2], v[0], v[1], v[3], v[4], v[5], v[6], v[7], v[8], v[9]};

	if (!db_run(store->db, "INSERT INTO tenant_day VALUES (0, ?, ?, ?, ?, ?, ?, ?, ?, ?)" ADDED_UP, row + 1, 9, err) ||
	    (store->has_owners &&
	     !db_run(store->db,
	             "INSERT INTO tenant_day SELECT tenant, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10 FROM (" WHO_HAS ") WHERE 1" ADDED_UP,
	             row, 10, err)))
		return false;
	return sign > 0 || db_run(store->db,
	                          "DELETE FROM tenant_day WHERE tenant IN (SELECT 0 UNION ALL " WHO_HAS ") AND day = ?2"
	                          " AND reporter = ?3 AND type = ?4 AND type_text = ?5 AND mode = ?6 AND units = 0",
	                          row, 6, err);
}

/* The sums of all days.  After those of the day, which tell the first and the last one that is left. */
static bool series_row(struct store *store, const struct db_value *v, int sign, struct err *err)
{
#define OF_SERIES "domain = ?1 AND reporter = ?2 AND type = ?3 AND type_text = ?4 AND mode = ?5"
	const struct db_value series[] = {v[2], v[1], v[3], v[4], v[5], v[0], v[6], v[7], v[8], v[9]};

	if (!db_run(store->db,
	            "INSERT INTO series VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7, ?8, ?9, ?10)" ADDED_UP
	            ", first_day = min(first_day, excluded.first_day), last_day = max(last_day, excluded.last_day)",
	            series, 10, err))
		return false;
	return sign > 0 ||
	       (db_run(store->db, "DELETE FROM series WHERE " OF_SERIES " AND units = 0", series, 5, err) &&
	        db_run(store->db,
	               "UPDATE series SET first_day = (SELECT min(day) FROM day_unit WHERE " OF_SERIES "), last_day ="
	               " (SELECT max(day) FROM day_unit WHERE " OF_SERIES ") WHERE " OF_SERIES " AND ?6 IN (first_day, last_day)",
	               series, 6, err));
}

bool sums_unit_row(struct store *store, const struct db_value *values, int sign, struct err *err)
{
	struct db_value span[SUMS_UNIT_VALUES];

	memcpy(span, values, sizeof span);
	span[0] = db_int(sums_first_day(values[0].number, SPAN_DAYS));
	return hundred_row(store, values, sign, err) && span_row(store, span, sign, err) && domain_row(store, span, sign, err) &&
	       tenant_row(store, values, sign, err) && day_row(store, values, sign, err) && series_row(store, values, sign, err);
}

#define IS_GONE "(t.domain, t.tenant) NOT IN (SELECT id, tenant FROM owned)"
#define IS_NEW  "o.tenant <> 0 AND (o.id, o.tenant) NOT IN (SELECT domain, tenant FROM tenant_domain)"

bool sums_owners(struct store *store, struct err *err)
{
	static const char *const steps[] = {
	    "INSERT INTO tenant_day SELECT t.tenant, u.day, u.reporter, u.type, u.type_text, u.mode, -u.units, -u.successful,"
	    " -u.failed, -u.unexplained FROM tenant_domain t CROSS JOIN day_unit u ON u.domain = t.domain"
	    " WHERE " IS_GONE ADDED_UP,
	    "DELETE FROM tenant_day WHERE units = 0 AND tenant IN (SELECT tenant FROM tenant_domain t WHERE " IS_GONE ")",
	    "DELETE FROM tenant_domain AS t WHERE " IS_GONE,
	    "INSERT INTO tenant_day SELECT o.tenant, u.day, u.reporter, u.type, u.type_text, u.mode, u.units, u.successful,"
	    " u.failed, u.unexplained FROM owned o CROSS JOIN day_unit u ON u.domain = o.id WHERE " IS_NEW ADDED_UP,
	    "INSERT INTO tenant_domain SELECT o.id, o.tenant FROM owned o WHERE " IS_NEW,
	};
	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
		if (!db_run(store->db, steps[i], NULL, 0, err))
			return false;
	store->has_owners = true; /* or not: the next transaction looks */
	return true;
}

static bool failures_of_unit(struct store *store, int64_t day, int64_t report, int64_t n, int sign,
                             const struct db_value *unit_key, struct err *err)
{
	struct query *query = db_ask(store->db,
	                             "SELECT result, cause, fault, refused, mx, sessions FROM failure"
	                             " WHERE day = ? AND report = ? AND unit = ?",
	                             DB_VALUES(db_int(day), db_int(report), db_int(n)), err);
	if (query == NULL)
		return false;
	bool ok = true;
	while (ok && db_next(query)) {
		struct db_value values[] = {unit_key[0],
		                            unit_key[1],
		                            unit_key[2],
		                            unit_key[3],
		                            unit_key[4],
		                            unit_key[5],
		                            db_int(db_get_int(query, 0)),
		                            db_int(db_get_int(query, 1)),
		                            db_int(db_get_int(query, 2)),
		                            db_int(db_get_int(query, 3)),
		                            db_int(db_get_int(query, 4)),
		                            db_int(sign),
		                            db_int(sign * db_get_int(query, 5))};
		ok = sums_failure_row(store, values, sign, err);
	}
	return db_end(query, ok ? err : NULL) && ok &&
	       db_run(store->db, "UPDATE failure SET counts = ? WHERE day = ? AND report = ? AND unit = ?",
	              DB_VALUES(db_int(sign > 0), db_int(day), db_int(report), db_int(n)), err);
}

bool sums_unit(struct store *store, int64_t report, int64_t n, int sign, struct err *err)
{
	struct query *query =
	    db_ask(store->db,
	           "SELECT day, reporter, domain, type, type_text, mode, successful, failed, unexplained"
	           " FROM unit WHERE report = ? AND n = ?",
	           DB_VALUES(db_int(report), db_int(n)), err);
	if (query == NULL)
		return false;
	int64_t row[9] = {0};
	bool found = db_next(query);
	for (int i = 0; found && i < 9; i++)
		row[i] = db_get_int(query, i);
	if (!db_end(query, err))
		return false;
	if (!found)
		return err_set(err, ERR_SETUP, "a unit of report %" PRId64 " is gone", report);

	struct db_value values[] = {db_int(row[0]),        db_int(row[1]),       db_int(row[2]), db_int(row[3]),
	                            db_int(row[4]),        db_int(row[5]),       db_int(sign),   db_int(sign * row[6]),
	                            db_int(sign * row[7]), db_int(sign * row[8])};
	if (!sums_unit_row(store, values, sign, err))
		return false;
	return failures_of_unit(store, row[0], report, n, sign, values, err);
}

bool sums_report(struct store *store, const struct version *version, int sign, struct err *err)
{
	struct db_value values[] = {db_int(version->day), db_int(version->reporter), db_int(sign),
	                            db_int(version->received_at)};
	if (!db_run(store->db,
	            "INSERT INTO day_report (day, reporter, reports, last) VALUES (?, ?, ?, ?)"
	            " ON CONFLICT DO UPDATE SET reports = reports + excluded.reports, last = max(last, excluded.last)",
	            values, 4, err))
		return false;
	return sign > 0 || db_run(store->db, "DELETE FROM day_report WHERE day = ? AND reporter = ? AND reports = 0",
	                          values, 2, err);
}

/* Rows that are in one and not in the other, both ways. */
static bool same(struct store *store, const char *what, const char *sql, struct err *err)
{
	int64_t differ;
	if (!db_number(store->db, sql, NULL, 0, 0, &differ, err))
		return false;
	return differ == 0 ||
	       err_set(err, ERR_SETUP, "%" PRId64 " sums of %s are not what the reports say", differ, what);
}

#define DAYS_TEXT(days)    #days
#define FIRST_OF(days)     "day - ((day % " DAYS_TEXT(days) ") + " DAYS_TEXT(days) ") % " DAYS_TEXT(days)

#define BOTH_WAYS(from_rows, from_sums)                                      \
	"WITH r AS (" from_rows "), s AS (" from_sums ") SELECT"             \
	" (SELECT count(*) FROM (SELECT * FROM r EXCEPT SELECT * FROM s)) +" \
	" (SELECT count(*) FROM (SELECT * FROM s EXCEPT SELECT * FROM r))"

bool sums_verify(struct store *store, struct err *err)
{
	return same(store, "units",
	            BOTH_WAYS(
			"SELECT u.day, u.reporter, u.domain, u.type, u.type_text, u.mode, count(*), sum(u.successful),"
			" sum(u.failed), sum(u.unexplained) FROM unit u JOIN report p ON p.id = u.report"
			" WHERE p.state = 0 AND u.aside = 0 GROUP BY 1, 2, 3, 4, 5, 6",
			"SELECT day, reporter, domain, type, type_text, mode, units, successful, failed, unexplained"
			" FROM day_unit"),
	            err) &&
	       same(store, "spans",
	            BOTH_WAYS(
			"SELECT " FIRST_OF(SPAN_DAYS) ", reporter, domain, type, type_text, mode,"
			" sum(units), sum(successful), sum(failed), sum(unexplained) FROM day_unit GROUP BY 1, 2, 3, 4, 5, 6",
			"SELECT day, reporter, domain, type, type_text, mode, units, successful, failed, unexplained"
			" FROM span_unit"),
	            err) &&
	       same(store, "hundreds of days",
	            BOTH_WAYS(
			"SELECT " FIRST_OF(HUNDRED_DAYS) ", reporter, domain, type, type_text, mode, sum(units), sum(successful),"
			" sum(failed), sum(unexplained) FROM day_unit GROUP BY 1, 2, 3, 4, 5, 6",
			"SELECT * FROM hundred_unit"),
	            err) &&
	       same(store, "series",
	            BOTH_WAYS("SELECT domain, reporter, type, type_text, mode, min(day), max(day), sum(units), sum(successful),"
	                      " sum(failed), sum(unexplained) FROM day_unit GROUP BY 1, 2, 3, 4, 5",
	                      "SELECT * FROM series"),
	            err) &&
	       same(store, "whose a domain is",
	            BOTH_WAYS("SELECT id, tenant FROM owned WHERE tenant <> 0", "SELECT domain, tenant FROM tenant_domain"), err) &&
	       same(store, "days of the house and its tenants",
	            BOTH_WAYS("SELECT t.tenant, u.day, u.reporter, u.type, u.type_text, u.mode, sum(u.units), sum(u.successful),"
	                      " sum(u.failed), sum(u.unexplained) FROM day_unit u JOIN (SELECT domain, tenant FROM tenant_domain"
	                      " UNION ALL SELECT DISTINCT domain, 0 FROM day_unit) t ON t.domain = u.domain GROUP BY 1, 2, 3, 4, 5, 6",
	                      "SELECT * FROM tenant_day"),
	            err) &&
	       same(store, "spans of domains",
	            BOTH_WAYS("SELECT day, domain, type, type_text, mode, sum(units), sum(successful), sum(failed),"
	                      " sum(unexplained) FROM span_unit GROUP BY 1, 2, 3, 4, 5",
	                      "SELECT day, domain, type, type_text, mode, units, successful, failed, unexplained"
	                      " FROM domain_span"),
	            err) &&
	       same(store, "what fails",
	            "SELECT count(*) FROM failure f JOIN unit u ON u.report = f.report AND u.n = f.unit"
	            " JOIN report p ON p.id = u.report WHERE f.counts <> (p.state = 0 AND u.aside = 0)"
	            " OR (f.type, f.type_text, f.mode) <> (u.type, u.type_text, u.mode)",
	            err) &&
	       same(store, "failures",
	            BOTH_WAYS(
			"SELECT f.day, f.reporter, f.domain, u.type, u.type_text, u.mode, f.result, f.cause, f.fault,"
			" f.refused, f.mx, count(*), sum(f.sessions) FROM failure f"
			" JOIN unit u ON u.report = f.report AND u.n = f.unit JOIN report p ON p.id = u.report"
			" WHERE p.state = 0 AND u.aside = 0 GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11",
			"SELECT day, reporter, domain, type, type_text, mode, result, cause, fault, refused, mx,"
			" failures, sessions FROM day_failure"),
	            err) &&
	       same(store, "reports",
	            BOTH_WAYS("SELECT day, reporter, count(*) FROM report WHERE state = 0 GROUP BY 1, 2",
	                      "SELECT day, reporter, reports FROM day_report"),
	            err);
}
