/* SPDX-License-Identifier: ISC */
#include "store/alert_ruleset.h"

#include "store/inner.h"

#define RULE_COLUMNS                                                                                                   \
	"id, name, what, over, least_sessions, severity, cause, scope, scope_name, say, daily_minute, quiet, quiet_from,"  \
	" quiet_to, zone, zone_rule, repeat_days, off, muted_until, created_at"

/* A text that is always there. */
static struct db_value text(struct str s)
{
	return db_text(str_make(s.p == NULL ? "" : s.p, s.len));
}

static void read_rule(struct query *query, struct arena *arena, struct alert_rule *out)
{
	*out = (struct alert_rule){.id = db_get_int(query, 0),
	                           .name = arena_str(arena, db_get_text(query, 1)),
	                           .what = (enum alert_what)db_get_int(query, 2),
	                           .over = (uint64_t)db_get_int(query, 3),
	                           .least_sessions = (uint64_t)db_get_int(query, 4),
	                           .severity = (enum severity)db_get_int(query, 5),
	                           .cause = arena_str(arena, db_get_text(query, 6)),
	                           .scope = (enum alert_scope)db_get_int(query, 7),
	                           .scope_name = arena_str(arena, db_get_text(query, 8)),
	                           .when = (enum alert_when)db_get_int(query, 9),
	                           .daily_minute = (uint32_t)db_get_int(query, 10),
	                           .has_quiet = db_get_int(query, 11) != 0,
	                           .quiet_from = (uint32_t)db_get_int(query, 12),
	                           .quiet_to = (uint32_t)db_get_int(query, 13),
	                           .zone = arena_str(arena, db_get_text(query, 14)),
	                           .zone_rule = arena_str(arena, db_get_text(query, 15)),
	                           .repeat_days = (uint32_t)db_get_int(query, 16),
	                           .is_off = db_get_int(query, 17) != 0,
	                           .muted_until = db_is_null(query, 18) ? INSTANT_NONE : db_get_int(query, 18),
	                           .created_at = db_get_int(query, 19)};
}

static bool read_channels(struct store *store, struct alert_rule *rule, struct err *err)
{
	struct query *query = db_ask(store->db,
	                             "SELECT r.channel FROM alert_rule_channel r JOIN alert_channel c ON c.id = r.channel"
	                             " WHERE r.rule = ? AND c.removed = 0 ORDER BY r.channel",
	                             DB_VALUES(db_int(rule->id)), err);
	if (query == NULL)
		return false;
	while (db_next(query))
		if (rule->channel_count < ALERT_RULE_CHANNELS_MAX)
			rule->channels[rule->channel_count++] = db_get_int(query, 0);
	return db_end(query, err);
}

static bool check_read(const struct alert_rule *rule, struct err *err)
{
	return alert_rule_check(rule, NULL) || err_set(err, ERR_SETUP, "a rule of alerts is of a newer version");
}

static bool read_all(struct store *store, struct arena *arena, struct alert_rule_list *out, struct err *err)
{
	struct query *query =
	    db_ask(store->db, "SELECT " RULE_COLUMNS " FROM alert_rule WHERE removed = 0 ORDER BY id", NULL, 0, err);
	if (query == NULL)
		return false;
	void *rows = NULL;
	size_t room = 0;
	*out = (struct alert_rule_list){0};
	while (db_next(query))
		read_rule(query, arena, arena_push(arena, &rows, &out->count, &room, sizeof(struct alert_rule)));
	out->rows = rows;
	if (!db_end(query, err))
		return false;
	for (size_t i = 0; i < out->count; i++)
		if (!read_channels(store, &out->rows[i], err) || !check_read(&out->rows[i], err))
			return false;
	return true;
}

bool alert_ruleset_list(struct store *store, struct arena *arena, struct alert_rule_list *out, struct err *err)
{
	return store_must_be_house(store, err) && read_all(store, arena, out, err);
}

static bool read_one(struct store *store, struct query *query, struct arena *arena, struct alert_rule *out,
                     struct err *err)
{
	struct alert_rule rule;

	if (query == NULL)
		return false;
	bool found = db_next(query);
	if (found)
		read_rule(query, arena, &rule);
	if (!db_end(query, err))
		return false;
	if (!found)
		return err_set(err, ERR_MISSING, "there is no such rule");
	if (!read_channels(store, &rule, err) || !check_read(&rule, err))
		return false;
	*out = rule;
	return true;
}

bool alert_ruleset_find(struct store *store, struct str name, struct arena *arena, struct alert_rule *out, struct err *err)
{
	return store_must_be_house(store, err) && read_one(store, db_ask(store->db, "SELECT " RULE_COLUMNS " FROM alert_rule WHERE name = ? AND removed = 0",
	                              DB_VALUES(text(name)), err),
	                arena, out, err);
}

bool alert_ruleset_load(struct store *store, int64_t id, struct arena *arena, struct alert_rule *out, struct err *err)
{
	return read_one(store, db_ask(store->db, "SELECT " RULE_COLUMNS " FROM alert_rule WHERE id = ?", DB_VALUES(db_int(id)),
	                              err),
	                arena, out, err);
}

/* --- writing --- */

static bool check_scope(struct store *store, const struct alert_rule *rule, struct err *err)
{
	int64_t has = 1;

	if (rule->scope == SCOPE_TENANT &&
	    !db_number(store->db, "SELECT EXISTS (SELECT 1 FROM tenant WHERE name = ?)", DB_VALUES(text(rule->scope_name)), 0,
	               &has, err))
		return false;
	if (rule->scope == SCOPE_DOMAIN &&
	    !db_number(store->db, "SELECT EXISTS (SELECT 1 FROM name WHERE text = ?)", DB_VALUES(text(rule->scope_name)), 0, &has,
	               err))
		return false;
	return has != 0 || err_set(err, ERR_INPUT, "there is no such %s", alert_rule_scope_text(rule->scope));
}

static bool save_channels(struct store *store, const struct alert_rule *rule, int64_t id, struct err *err)
{
	if (!db_run(store->db, "DELETE FROM alert_rule_channel WHERE rule = ?", DB_VALUES(db_int(id)), err))
		return false;
	for (size_t i = 0; i < rule->channel_count; i++)
		if (!db_run(store->db,
		            "INSERT OR IGNORE INTO alert_rule_channel SELECT ?1, id FROM alert_channel WHERE id = ?2 AND removed = 0",
		            DB_VALUES(db_int(id), db_int(rule->channels[i])), err))
			return false;
	return true;
}

static bool save_row(struct store *store, const struct alert_rule *rule, int64_t *out_id, struct err *err)
{
	struct db_value id = rule->id == 0 && rule->what != WHAT_READY ? db_null() : db_int(rule->id);
	struct err fault = {0};
	bool ok = db_run(
	    store->db,
	    "INSERT INTO alert_rule (id, name, what, over, least_sessions, severity, cause, scope, scope_name, say,"
	    " daily_minute, quiet, quiet_from, quiet_to, zone, zone_rule, repeat_days, off, muted_until, created_at)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, NULL, ?19)"
	    " ON CONFLICT (id) DO UPDATE SET name = ?2, what = ?3, over = ?4, least_sessions = ?5, severity = ?6, cause = ?7,"
	    " scope = ?8, scope_name = ?9, say = ?10, daily_minute = ?11, quiet = ?12, quiet_from = ?13, quiet_to = ?14,"
	    " zone = ?15, zone_rule = ?16, repeat_days = ?17, off = ?18",
	    DB_VALUES(id, text(rule->name), db_int(rule->what), db_uint(rule->over), db_uint(rule->least_sessions),
	              db_int(rule->severity), text(rule->cause), db_int(rule->scope), text(rule->scope_name), db_int(rule->when),
	              db_int(rule->daily_minute), db_int(rule->has_quiet), db_int(rule->quiet_from), db_int(rule->quiet_to),
	              text(rule->zone), text(rule->zone_rule), db_int(rule->repeat_days), db_int(rule->is_off),
	              db_int(rule->created_at)),
	    &fault);
	if (!ok && fault.kind == ERR_INPUT)
		return err_set(err, ERR_INPUT, "there is a rule of this name");
	if (!ok && err != NULL)
		*err = fault;
	if (ok)
		*out_id = id.kind == DB_NULL ? db_last_id(store->db) : rule->id;
	return ok;
}

bool alert_ruleset_save(struct store *store, const struct alert_rule *rule, int64_t *out_id, struct err *err)
{
	bool alone;

	if (!alert_rule_check(rule, err) || !check_scope(store, rule, err) || !store_alone_begin(store, &alone, err))
		return false;
	/* It is tried with the next turn, not when the sums are looked at anyway. */
	bool ok = save_row(store, rule, out_id, err) && save_channels(store, rule, *out_id, err) &&
	          db_run(store->db, "DELETE FROM meta WHERE key = 'alert-measured'", NULL, 0, err);
	return store_alone_end(store, alone, ok, err);
}

bool alert_ruleset_mute(struct store *store, int64_t id, instant until, struct err *err)
{
	return db_run(store->db, "UPDATE alert_rule SET muted_until = ? WHERE id = ?", DB_VALUES(db_int(until), db_int(id)), err);
}

bool alert_ruleset_remove(struct store *store, int64_t id, struct err *err)
{
	if (id < ALERT_RULE_FIRST_OWN)
		return err_set(err, ERR_INPUT, "a ready-made rule stays; 'mailseal alert rule edit NAME --off' silences it");
	return db_run(store->db, "UPDATE alert_rule SET removed = 1, off = 1 WHERE id = ?", DB_VALUES(db_int(id)), err);
}

/* --- what they are tried on --- */

/* The domains of a scope: ?1 scope, ?2 its name. */
#define IN_SCOPE(column)                                                                                               \
	"(?1 = 0 OR (?1 = 1 AND " column " = (SELECT id FROM name WHERE text = ?2)) OR (?1 = 2 AND " column                \
	" IN (SELECT d.id FROM domain d JOIN tenant t ON t.id = d.tenant WHERE t.name = ?2)))"

bool alert_ruleset_covers(struct store *store, const struct alert_rule *rule, int64_t issue, bool *out, struct err *err)
{
	int64_t covers = 1;

	if (rule->scope != SCOPE_ALL &&
	    !db_number(store->db,
	               "SELECT EXISTS (SELECT 1 FROM issue_member m WHERE m.issue = ?3 AND " IN_SCOPE("m.domain") ") OR EXISTS"
	               " (SELECT 1 FROM issue i WHERE i.id = ?3 AND i.kind = 1 AND " IN_SCOPE("i.subject") ")",
	               DB_VALUES(db_int(rule->scope), text(rule->scope_name), db_int(issue)), 0, &covers, err))
		return false;
	*out = covers != 0;
	return true;
}

bool alert_ruleset_sums(struct store *store, const struct alert_rule *rule, int32_t first_day, int32_t last_day,
                        struct arena *arena, struct alert_sums **out, size_t *out_count, struct err *err)
{
	struct query *query =
	    db_ask(store->db,
	           "SELECT u.day, sum(u.successful + u.failed), sum(u.failed), (SELECT coalesce(sum(f.sessions), 0)"
	           " FROM day_failure f WHERE f.day = u.day AND f.refused <> 0 AND " IN_SCOPE("f.domain") ")"
	           " FROM day_unit u WHERE u.day BETWEEN ?3 AND ?4 AND " IN_SCOPE("u.domain") " GROUP BY u.day ORDER BY u.day",
	           DB_VALUES(db_int(rule->scope), text(rule->scope_name), db_int(first_day), db_int(last_day)), err);
	if (query == NULL)
		return false;
	void *rows = NULL;
	size_t room = 0;
	*out_count = 0;
	while (db_next(query)) {
		struct alert_sums *row = arena_push(arena, &rows, out_count, &room, sizeof *row);
		*row = (struct alert_sums){.day = (int32_t)db_get_int(query, 0),
		                           .sessions = (uint64_t)db_get_int(query, 1),
		                           .failed = (uint64_t)db_get_int(query, 2),
		                           .refused = (uint64_t)db_get_int(query, 3)};
	}
	*out = rows;
	return db_end(query, err);
}

bool alert_ruleset_last_day(struct store *store, const struct alert_rule *rule, int32_t day, int32_t *out, struct err *err)
{
	int64_t last;

	if (!db_number(store->db, "SELECT coalesce(max(day), ?4) FROM day_unit u WHERE u.day < ?3 AND " IN_SCOPE("u.domain"),
	               DB_VALUES(db_int(rule->scope), text(rule->scope_name), db_int(day), db_int(DAY_NONE)), DAY_NONE, &last,
	               err))
		return false;
	*out = (int32_t)last;
	return true;
}

bool alert_ruleset_note(struct store *store, const struct alert_fact *fact, struct err *err)
{
	return db_run(store->db,
	              "INSERT INTO alert_fact (at, issue, severity, ended, acknowledged, refused, failed, last_day)"
	              " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
	              DB_VALUES(db_int(fact->at), db_int(fact->issue), db_int(fact->severity), db_int(fact->ended),
	                        db_int(fact->is_acknowledged), db_uint(fact->refused), db_uint(fact->failed),
	                        db_int(fact->last_day)),
	              err);
}

bool alert_ruleset_facts(struct store *store, instant since, struct arena *arena, struct alert_fact **out,
                         size_t *out_count, struct err *err)
{
	struct query *query = db_ask(store->db,
	                             "SELECT at, issue, severity, ended, acknowledged, refused, failed, last_day FROM alert_fact"
	                             " WHERE at >= ? ORDER BY at, id",
	                             DB_VALUES(db_int(since)), err);
	if (query == NULL)
		return false;
	void *rows = NULL;
	size_t room = 0;
	*out_count = 0;
	while (db_next(query)) {
		struct alert_fact *row = arena_push(arena, &rows, out_count, &room, sizeof *row);
		*row = (struct alert_fact){.at = db_get_int(query, 0),
		                           .issue = db_get_int(query, 1),
		                           .severity = (enum severity)db_get_int(query, 2),
		                           .ended = (unsigned)db_get_int(query, 3),
		                           .is_acknowledged = db_get_int(query, 4) != 0,
		                           .refused = (uint64_t)db_get_int(query, 5),
		                           .failed = (uint64_t)db_get_int(query, 6),
		                           .last_day = (int32_t)db_get_int(query, 7)};
	}
	*out = rows;
	return db_end(query, err);
}

bool alert_ruleset_forget(struct store *store, instant before, struct err *err)
{
	return db_run(store->db, "DELETE FROM alert_fact WHERE at < ?", DB_VALUES(db_int(before)), err);
}
