/* SPDX-License-Identifier: ISC */
/* The aggregate by result, out of the sums of days. */
#include <stdlib.h>

#include "base/limits.h"
#include "base/num.h"
#include "store/clause.h"
#include "store/tally.h"

struct results {
	struct store *store;
	struct arena *arena;
	struct result_view *view;
	struct tally rows, parts, reporters, domains, succeeded;
	struct result_row *row;
	size_t row_room;
	struct found_part {
		size_t row;
		struct result_part part;
	} *part;
	size_t part_count, part_room, succeeded_room;
};

static void results_init(struct results *results, struct store *store, struct arena *arena, struct result_view *view)
{
	*results = (struct results){.store = store, .arena = arena, .view = view};
	tally_init(&results->rows, arena, 3);
	tally_init(&results->parts, arena, 6);
	tally_init(&results->reporters, arena, 2);
	tally_init(&results->domains, arena, 2);
	tally_init(&results->succeeded, arena, 3);
}

/* What one sum adds to its row and part. */
struct piece {
	int64_t result, cause, fault; /* result -1: not explained */
	int64_t type, type_text, mode, mx, refused, reporter, domain, sessions;
};

static bool fill_row(struct results *results, const struct piece *piece, struct result_row *row, struct err *err)
{
	struct str cause;

	if (piece->result < 0) {
		row->is_unexplained = true;
		row->result_type = RESULT_OTHER;
		row->result_text = STR("not explained");
		return true;
	}
	if (!names_get(results->store->names, piece->result, results->arena, &row->result_text, err) ||
	    !names_get(results->store->names, piece->cause, results->arena, &cause, err))
		return false;
	row->result_type = result_type_of(row->result_text);
	if (row->result_text.p == NULL)
		row->result_text = STR("not stated");
	(void)cause_of(cause, &row->cause);
	row->fault = (enum fault)piece->fault;
	return true;
}

static bool type_text_of(struct results *results, int64_t type, int64_t type_text, struct str *out, struct err *err)
{
	if (type != POLICY_OTHER) {
		*out = str_of(policy_type_text((enum policy_type)type));
		return true;
	}
	if (!names_get(results->store->names, type_text, results->arena, out, err))
		return false;
	if (out->p == NULL)
		*out = STR("not stated");
	return true;
}

static bool fill_part(struct results *results, const struct piece *piece, struct result_part *part, struct err *err)
{
	part->policy_type = (enum policy_type)piece->type;
	part->mode = (enum sts_mode)piece->mode;
	part->refused = piece->refused != 0;
	return type_text_of(results, piece->type, piece->type_text, &part->policy_type_text, err) &&
	       names_get(results->store->names, piece->mx, results->arena, &part->mx, err);
}

static bool add_piece(struct results *results, const struct piece *piece, struct err *err)
{
	bool is_new;
	size_t at = tally_of(&results->rows, (int64_t[]){piece->result, piece->cause, piece->fault}, &is_new);
	if (is_new && !fill_row(results, piece,
	                        arena_push(results->arena, (void **)&results->row, &results->view->row_count,
	                                   &results->row_room, sizeof *results->row), err))
		return false;
	struct result_row *row = &results->row[at];
	uint64_t sessions = (uint64_t)piece->sessions;
	row->sessions = num_add_sat(row->sessions, sessions);
	if (piece->refused != 0)
		row->refused_sessions = num_add_sat(row->refused_sessions, sessions);
	(void)tally_of(&results->reporters, (int64_t[]){(int64_t)at, piece->reporter}, &is_new);
	row->reporters += is_new;
	(void)tally_of(&results->domains, (int64_t[]){(int64_t)at, piece->domain}, &is_new);
	row->domains += is_new;

	size_t part = tally_of(&results->parts, (int64_t[]){(int64_t)at, piece->type, piece->type_text, piece->mode,
	                                                    piece->mx, piece->refused}, &is_new);
	if (is_new) {
		struct found_part *found = arena_push(results->arena, (void **)&results->part, &results->part_count,
		                                      &results->part_room, sizeof *found);
		found->row = at;
		row->part_count++;
		if (!fill_part(results, piece, &found->part, err))
			return false;
	}
	results->part[part].part.sessions = num_add_sat(results->part[part].part.sessions, sessions);
	return true;
}

static bool add_failures(struct results *results, const struct filter *filter, struct err *err)
{
	struct clause clause;
	clause_init(&clause, results->arena,
	            "SELECT result, cause, fault, type, type_text, mode, mx, refused, reporter, domain, sessions"
	            " FROM day_failure WHERE 1");
	bool ok = clause_common(&clause, results->store, filter, "", err) &&
	          clause_failure(&clause, results->store, filter, "", err);
	clause_policy(&clause, filter, "");
	if (ok && !clause.nothing) {
		struct query *query = clause_ask(&clause, results->store, err);
		while (ok && query != NULL && db_next(query)) {
			struct piece piece = {
			    .result = db_get_int(query, 0), .cause = db_get_int(query, 1), .fault = db_get_int(query, 2),
			    .type = db_get_int(query, 3), .type_text = db_get_int(query, 4), .mode = db_get_int(query, 5),
			    .mx = db_get_int(query, 6), .refused = db_get_int(query, 7), .reporter = db_get_int(query, 8),
			    .domain = db_get_int(query, 9), .sessions = db_get_int(query, 10)};
			ok = add_piece(results, &piece, err);
		}
		ok = db_end(query, ok ? err : NULL) && ok;
	}
	clause_done(&clause);
	return ok;
}

static bool add_succeeded(struct results *results, const struct piece *piece, uint64_t successful, struct err *err)
{
	bool is_new;
	struct result_view *view = results->view;
	size_t at = tally_of(&results->succeeded, (int64_t[]){piece->type, piece->type_text, piece->mode}, &is_new);
	if (is_new) {
		struct succeeded_row *row = arena_push(results->arena, (void **)&view->succeeded, &view->succeeded_count,
		                                       &results->succeeded_room, sizeof *row);
		row->policy_type = (enum policy_type)piece->type;
		row->mode = (enum sts_mode)piece->mode;
		if (!type_text_of(results, piece->type, piece->type_text, &row->policy_type_text, err))
			return false;
	}
	view->succeeded[at].sessions = num_add_sat(view->succeeded[at].sessions, successful);
	return true;
}

/* Failed sessions without any detail were refused where the policy was in force. */
static bool unit_refuses(int64_t type, int64_t mode)
{
	return type == POLICY_TLSA || (type == POLICY_STS && mode == MODE_ENFORCE);
}

static bool add_units(struct results *results, const struct filter *filter, struct err *err)
{
	struct clause clause;
	struct result_view *view = results->view;

	clause_init(&clause, results->arena, "SELECT type, type_text, mode, sum(successful), sum(failed) FROM ");
	bool ok = clause_days(&clause, results->store, filter, err);
	clause_policy(&clause, filter, "");
	clause_text(&clause, " GROUP BY type, type_text, mode");
	if (ok && !clause.nothing) {
		struct query *query = clause_ask(&clause, results->store, err);
		while (ok && query != NULL && db_next(query)) {
			struct piece piece = {.type = db_get_int(query, 0), .type_text = db_get_int(query, 1),
			                      .mode = db_get_int(query, 2)};
			uint64_t successful = (uint64_t)db_get_int(query, 3);
			view->successful = num_add_sat(view->successful, successful);
			view->failed = num_add_sat(view->failed, (uint64_t)db_get_int(query, 4));
			ok = filter->failures_only || successful == 0 || add_succeeded(results, &piece, successful, err);
		}
		ok = db_end(query, ok ? err : NULL) && ok;
	}
	clause_done(&clause);
	return ok;
}

/* Failed sessions without a detail, by domain and reporter: they are few, and have an index. */
static bool add_unexplained(struct results *results, const struct filter *filter, struct err *err)
{
	struct clause clause;

	clause_init(&clause, results->arena,
	            "SELECT type, type_text, mode, reporter, domain, unexplained FROM day_unit");
	clause_text(&clause, filter->domain.p == NULL ? " INDEXED BY day_unit_failed" : "");
	clause_text(&clause, " WHERE failed > 0 AND unexplained > 0");
	bool ok = clause_common(&clause, results->store, filter, "", err);
	clause_policy(&clause, filter, "");
	if (ok && !clause.nothing) {
		struct query *query = clause_ask(&clause, results->store, err);
		while (ok && query != NULL && db_next(query)) {
			struct piece piece = {.result = -1, .type = db_get_int(query, 0), .type_text = db_get_int(query, 1),
			                      .mode = db_get_int(query, 2), .reporter = db_get_int(query, 3),
			                      .domain = db_get_int(query, 4), .sessions = db_get_int(query, 5)};
			piece.refused = unit_refuses(piece.type, piece.mode);
			ok = add_piece(results, &piece, err);
		}
		ok = db_end(query, ok ? err : NULL) && ok;
	}
	clause_done(&clause);
	return ok;
}

static int by_sessions(uint64_t a, uint64_t b)
{
	return a < b ? 1 : a > b ? -1 : 0;
}

static int compare_rows(const void *a, const void *b)
{
	const struct result_row *one = a, *two = b;
	if (one->is_unexplained != two->is_unexplained)
		return one->is_unexplained ? 1 : -1; /* last: it is the rest */
	int order = by_sessions(one->sessions, two->sessions);
	if (order == 0)
		order = str_cmp(one->result_text, two->result_text);
	return order != 0 ? order : (int)one->cause - (int)two->cause;
}

static int compare_parts(const void *a, const void *b)
{
	const struct result_part *one = a, *two = b;
	int order = by_sessions(one->sessions, two->sessions);
	return order != 0 ? order : str_cmp(one->mx, two->mx);
}

static int compare_succeeded(const void *a, const void *b)
{
	const struct succeeded_row *one = a, *two = b;
	int order = by_sessions(one->sessions, two->sessions);
	return order != 0 ? order : str_cmp(one->policy_type_text, two->policy_type_text);
}

static void sort(void *items, size_t count, size_t size, int (*compare)(const void *, const void *))
{
	if (count > 1)
		qsort(items, count, size, compare);
}

static void finish(struct results *results)
{
	struct result_view *view = results->view;

	view->rows = results->row;
	for (size_t i = 0; i < view->row_count; i++) {
		view->rows[i].parts = ARENA_ARRAY(results->arena, view->rows[i].part_count, struct result_part);
		view->rows[i].part_count = 0;
	}
	for (size_t i = 0; i < results->part_count; i++) {
		struct result_row *row = &view->rows[results->part[i].row];
		row->parts[row->part_count++] = results->part[i].part;
	}
	for (size_t i = 0; i < view->row_count; i++)
		sort(view->rows[i].parts, view->rows[i].part_count, sizeof *view->rows[i].parts, compare_parts);
	sort(view->rows, view->row_count, sizeof *view->rows, compare_rows);
	sort(view->succeeded, view->succeeded_count, sizeof *view->succeeded, compare_succeeded);
}

bool store_results(struct store *store, const struct filter *given, struct arena *arena, struct result_view *out,
                   struct err *err)
{
	struct filter scoped = store_scoped(store, given);
	const struct filter *filter = &scoped;
	struct results results;
	bool own, by_detail = filter->result_type.p != NULL || filter->mx.p != NULL;

	*out = (struct result_view){0};
	results_init(&results, store, arena, out);
	if (!store_read_begin(store, &own, err))
		return false;
	/* Successful sessions have neither result nor MX: with such a filter only the failures are known. */
	if (!store_read_end(store, own,
	                    view_period(store, filter, arena, &out->period, &out->reports, err) &&
	                        add_failures(&results, filter, err) &&
	                        (by_detail || (add_unexplained(&results, filter, err) && add_units(&results, filter, err))) &&
	                        store_complete(store, filter, arena, &out->complete, err)))
		return false;
	if (by_detail)
		for (size_t i = 0; i < out->row_count; i++)
			out->failed = num_add_sat(out->failed, results.row[i].sessions);
	finish(&results);
	return true;
}
