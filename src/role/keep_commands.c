/* SPDX-License-Identifier: ISC */
/* What the command line and the web may ask of `keep`.  A COMMAND is a verb (wire text), for whom it is done (u64 tenant,
 * text name of a tenant, which goes before; 0 and "": the whole house), and its arguments; the answer is an error or what
 * the verb gives.  To add one: a function and a line of the table.  While a verb runs, the store answers for that tenant
 * alone, whatever the arguments name.  The web says before all of it who asks (role/actor.h).  Each change has its line in
 * the audit log, in the same transaction. */
#include "base/attr.h"
#include "base/log.h"
#include "report/wire.h"
#include "role/diagnosis.h"
#include "role/keep.h"
#include "role/keep_alert.h"
#include "role/keep_accounts.h"
#include "role/keep_oidc.h"
#include "role/oidc_desk.h"
#include "role/keep_policy.h"
#include "role/keep_tenants.h"
#include "role/keep_trust.h"
#include "role/look_schedule.h"
#include "role/setup_desk.h"
#include "role/snapshot.h"
#include "store/audit.h"
#include "store/issues.h"
#include "store/store_domains.h"
#include "sys/supervisor.h"

/* Fills `answer`, or sets `err` and returns false. */
typedef bool command_fn(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err);

static bool ping(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	(void)keep;
	(void)arguments;
	(void)answer;
	(void)err;
	return true;
}

/* So that whoever imported much finds its issues at once. */
static bool settle(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	(void)arguments;
	(void)answer;
	return keep_settle_all(keep) || err_set(err, ERR_LATER, "%s", keep->fault.text);
}

static bool quarantine_drop(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	int64_t id = (int64_t)wire_get_u64(arguments);

	(void)answer;
	return store_quarantine_drop(keep->store, id, err);
}

/* What is to be said of it, or no more, is judged with the next turn. */
static bool changed(struct keep *keep, bool ok)
{
	if (ok)
		keep->next_tick_ms = 0;
	return ok;
}

static bool issue_ack(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	int64_t id = (int64_t)wire_get_u64(arguments);
	struct str owner = wire_get_text(arguments, LIMIT_NAME_BYTES);

	(void)answer;
	return changed(keep, diagnosis_acknowledge(keep->store, id, owner, instant_now(), err));
}

static bool issue_snooze(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	int64_t id = (int64_t)wire_get_u64(arguments);
	instant until = (instant)wire_get_u64(arguments);

	(void)answer;
	return changed(keep, diagnosis_snooze(keep->store, id, until, instant_now(), err));
}

static bool issue_close(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	int64_t id = (int64_t)wire_get_u64(arguments);
	enum issue_end why = (enum issue_end)wire_get_enum(arguments, END_COUNT);
	struct str note = wire_get_text(arguments, KIB(4));

	(void)answer;
	if (why < END_FIXED)
		return err_set(err, ERR_INPUT, "an issue is closed as fixed, not mine or accepted");
	return changed(keep, diagnosis_close(keep->store, id, why, note, instant_now(), err));
}

/* number, text.  By the web the note says who wrote it. */
static bool issue_note(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	int64_t id = (int64_t)wire_get_u64(arguments);
	struct str text = str_trim(wire_get_text(arguments, KIB(4)));
	struct buf signed_text;

	(void)answer;
	buf_init(&signed_text, KIB(8));
	if (keep->actor != NULL && keep->actor->name.len > 0 && text.len > 0)
		buf_format(&signed_text, "%.*s: ", STR_ARGS(keep->actor->name));
	buf_str(&signed_text, text);
	bool ok = !arguments->failed || err_set(err, ERR_INPUT, "the command makes no sense; is it of another version?");
	ok = ok && diagnosis_note(keep->store, id, buf_view(&signed_text), instant_now(), err);
	buf_done(&signed_text);
	return ok;
}

static bool issue_reopen(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	int64_t id = (int64_t)wire_get_u64(arguments);

	(void)answer;
	return changed(keep, diagnosis_reopen(keep->store, id, instant_now(), err));
}

/* number, u8 enum issue_seen, story, bool asked for by a person. */
static bool issue_look(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	int64_t id = (int64_t)wire_get_u64(arguments);
	struct diagnosis_looked looked = {.seen = (enum issue_seen)wire_get_enum(arguments, SEEN_COUNT),
	                                  .story = wire_get_text(arguments, KIB(4)),
	                                  .is_asked_for = wire_get_bool(arguments)};

	(void)answer;
	if (arguments->failed)
		return err_set(err, ERR_INPUT, "the command makes no sense; is it of another version?");
	return changed(keep, diagnosis_look(keep->store, id, &looked, instant_now(), err));
}

/* The bytes go through a worker again; the answer, a verdict, comes when it has read them. */
static void quarantine_retry(struct keep *keep, struct keep_peer *client, uint64_t message_id,
                             struct wire_reader *arguments)
{
	int64_t id = (int64_t)wire_get_u64(arguments);
	struct err err = {0};

	if (!keep_unread_read(keep, client, message_id, id, AGAIN_QUARANTINE, &err))
		keep_answer(client, message_id, &err, STR_NONE);
}

/* u64 report -> its JSON as it came, at most LIMIT_SHOWN_TEXT_BYTES of it, u64 how long it is. */
static void report_text(struct keep *keep, struct keep_peer *client, uint64_t message_id, struct wire_reader *arguments)
{
	int64_t id = (int64_t)wire_get_u64(arguments);
	struct stored_report report;
	struct arena arena;
	struct buf original;
	struct err err = {0};

	arena_init(&arena, LIMIT_DECODED_BYTES);
	buf_init(&original, LIMIT_ARRIVAL_BYTES);
	bool ok = store_report(keep->store, id, &arena, &report, &err) &&
	          (report.original_id != 0 || err_set(&err, ERR_MISSING, "the original is not kept any more, or is not all yours")) &&
	          store_original(keep->store, report.original_id, &original, &err);
	struct arrival arrival = {.door = DOOR_FILE, .received_at = report.row.received_at, .bytes = buf_view(&original), .wants_text = true,
	                          .wanted_id = report.report.report_id, .wanted_begin = report.report.begin};
	if (ok)
		(void)keep_read_again(keep, client, message_id, &arrival, id, AGAIN_TEXT);
	else
		keep_answer(client, message_id, &err, STR_NONE);
	buf_done(&original);
	arena_done(&arena);
}

/* verb, number of issues, their numbers, then what the verb takes behind one.  Gives for each the kind of the error (u8)
 * and its sentence. */
static bool issue_many(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err);

enum whose { HOUSE_ONLY, OF_A_TENANT_TOO };

/* `run` answers at once, `start` by itself, and maybe later. */
typedef void start_fn(struct keep *keep, struct keep_peer *client, uint64_t message_id, struct wire_reader *arguments);
/* Who may ask, and how the change is noted. */
#define BY_WEB 1u  /* the http role too, for somebody */
#define BY_NAME 2u /* the first argument is a name; else the number */
#define MAKES 4u   /* what is not there yet; its number is the answer unless it has a name */
#define SELF 8u    /* a user for himself, whatever tenant he is in: the first argument is he */
#define ALWAYS 16u /* is noted although nothing of what may be shown changes */
#define SILENT 32u /* is no change that anybody would ask about */

static const struct command {
	const char *verb;
	enum whose whose;
	command_fn *run;
	start_fn *start;
	enum snapshot_kind kind;
	unsigned flags;
} commands[] = {
    {"ping", OF_A_TENANT_TOO, ping, NULL, SNAPSHOT_NONE, SILENT},
    {"settle", HOUSE_ONLY, settle, NULL, SNAPSHOT_NONE, SILENT},
    {"quarantine-drop", OF_A_TENANT_TOO, quarantine_drop, NULL, SNAPSHOT_ARRIVAL, BY_WEB},
    {"quarantine-retry", OF_A_TENANT_TOO, NULL, quarantine_retry, SNAPSHOT_ARRIVAL, BY_WEB | ALWAYS},
    {"report-text", OF_A_TENANT_TOO, NULL, report_text, SNAPSHOT_NONE, BY_WEB | SILENT},
    {"quarantine-take-in", HOUSE_ONLY, NULL, keep_unread_take_in, SNAPSHOT_QUARANTINE, BY_WEB | ALWAYS},
    {"issue-ack", OF_A_TENANT_TOO, issue_ack, NULL, SNAPSHOT_ISSUE, BY_WEB},
    {"issue-snooze", OF_A_TENANT_TOO, issue_snooze, NULL, SNAPSHOT_ISSUE, BY_WEB},
    {"issue-close", OF_A_TENANT_TOO, issue_close, NULL, SNAPSHOT_ISSUE, BY_WEB},
    {"issue-reopen", OF_A_TENANT_TOO, issue_reopen, NULL, SNAPSHOT_ISSUE, BY_WEB},
    {"issue-note", OF_A_TENANT_TOO, issue_note, NULL, SNAPSHOT_ISSUE, BY_WEB | ALWAYS},
    {"issue-many", OF_A_TENANT_TOO, issue_many, NULL, SNAPSHOT_NONE, BY_WEB},
    {"issue-look", OF_A_TENANT_TOO, issue_look, NULL, SNAPSHOT_ISSUE, 0},
    {"alert-channel-add", HOUSE_ONLY, keep_alert_channel_add, NULL, SNAPSHOT_CHANNEL, BY_WEB | BY_NAME | MAKES},
    {"alert-channel-edit", HOUSE_ONLY, keep_alert_channel_edit, NULL, SNAPSHOT_CHANNEL, BY_WEB | BY_NAME},
    {"alert-channel-remove", HOUSE_ONLY, keep_alert_channel_remove, NULL, SNAPSHOT_CHANNEL, BY_WEB | BY_NAME},
    {"alert-rule-add", HOUSE_ONLY, keep_alert_rule_add, NULL, SNAPSHOT_RULE, BY_WEB | BY_NAME | MAKES},
    {"alert-rule-edit", HOUSE_ONLY, keep_alert_rule_edit, NULL, SNAPSHOT_RULE, BY_WEB | BY_NAME},
    {"alert-rule-remove", HOUSE_ONLY, keep_alert_rule_remove, NULL, SNAPSHOT_RULE, BY_WEB | BY_NAME},
    {"alert-rule-mute", HOUSE_ONLY, keep_alert_rule_mute, NULL, SNAPSHOT_RULE, BY_WEB | BY_NAME},
    {"alert-mute", HOUSE_ONLY, keep_alert_mute, NULL, SNAPSHOT_NONE, BY_WEB},
    {"alert-test", HOUSE_ONLY, keep_alert_test, NULL, SNAPSHOT_CHANNEL, BY_WEB | BY_NAME | ALWAYS},
    {"alert-resend", HOUSE_ONLY, keep_alert_resend, NULL, SNAPSHOT_DELIVERY, BY_WEB},
    {"source-decide", HOUSE_ONLY, keep_trust_decide, NULL, SNAPSHOT_SOURCE, BY_WEB | BY_NAME},
    {"domain-add", OF_A_TENANT_TOO, keep_trust_domain_add, NULL, SNAPSHOT_DOMAIN, BY_WEB | BY_NAME | MAKES},
    {"domain-remove", OF_A_TENANT_TOO, keep_trust_domain_remove, NULL, SNAPSHOT_DOMAIN, BY_WEB | BY_NAME},
    {"domain-edit", OF_A_TENANT_TOO, keep_trust_domain_edit, NULL, SNAPSHOT_DOMAIN, BY_WEB | BY_NAME},
    {"domain-prove", OF_A_TENANT_TOO, keep_trust_domain_prove, NULL, SNAPSHOT_DOMAIN, BY_NAME},
    {"domain-mx", OF_A_TENANT_TOO, keep_trust_domain_mx, NULL, SNAPSHOT_DOMAIN, BY_NAME},
    {"look-now", OF_A_TENANT_TOO, NULL, look_schedule_ask, SNAPSHOT_NONE, BY_WEB | SILENT},
    {"setup-errand", OF_A_TENANT_TOO, NULL, setup_desk_ask, SNAPSHOT_NONE, BY_WEB | SILENT},
    {"policy-publish", OF_A_TENANT_TOO, keep_policy_publish, NULL, SNAPSHOT_POLICY, BY_WEB | BY_NAME | ALWAYS},
    {"tenant-add", HOUSE_ONLY, keep_trust_tenant_add, NULL, SNAPSHOT_TENANT, BY_WEB | BY_NAME | MAKES},
    {"tenant-remove", HOUSE_ONLY, keep_trust_tenant_remove, NULL, SNAPSHOT_TENANT, BY_WEB | BY_NAME},
    {"tenant-settings", OF_A_TENANT_TOO, keep_tenants_settings, NULL, SNAPSHOT_TENANT, BY_WEB},
    {"tenant-logo", OF_A_TENANT_TOO, keep_tenants_logo, NULL, SNAPSHOT_TENANT, BY_WEB},
    {"user-add", OF_A_TENANT_TOO, keep_accounts_add, NULL, SNAPSHOT_ACCOUNT, BY_WEB | BY_NAME | MAKES},
    {"user-edit", OF_A_TENANT_TOO, keep_accounts_edit, NULL, SNAPSHOT_ACCOUNT, BY_WEB},
    {"user-remove", OF_A_TENANT_TOO, keep_accounts_remove, NULL, SNAPSHOT_ACCOUNT, BY_WEB},
    {"user-role", OF_A_TENANT_TOO, keep_accounts_role, NULL, SNAPSHOT_ACCOUNT, BY_WEB},
    {"user-reset", OF_A_TENANT_TOO, keep_accounts_reset, NULL, SNAPSHOT_ACCOUNT, BY_WEB | ALWAYS},
    {"first-link", HOUSE_ONLY, keep_accounts_first_link, NULL, SNAPSHOT_NONE, SILENT},
    {"link-use", HOUSE_ONLY, keep_accounts_use_link, NULL, SNAPSHOT_ACCOUNT, BY_WEB | MAKES | ALWAYS},
    {"me-edit", OF_A_TENANT_TOO, keep_accounts_profile, NULL, SNAPSHOT_ACCOUNT, BY_WEB | SELF},
    {"me-password", OF_A_TENANT_TOO, keep_accounts_password, NULL, SNAPSHOT_ACCOUNT, BY_WEB | SELF | ALWAYS},
    {"me-totp", OF_A_TENANT_TOO, keep_accounts_totp, NULL, SNAPSHOT_ACCOUNT, BY_WEB | SELF | ALWAYS},
    {"me-totp-off", OF_A_TENANT_TOO, keep_accounts_totp_off, NULL, SNAPSHOT_ACCOUNT, BY_WEB | SELF},
    {"me-recovery", OF_A_TENANT_TOO, keep_accounts_recovery, NULL, SNAPSHOT_ACCOUNT, BY_WEB | SELF | ALWAYS},
    {"me-passkey-add", OF_A_TENANT_TOO, keep_accounts_passkey_add, NULL, SNAPSHOT_ACCOUNT, BY_WEB | SELF},
    {"me-passkey-edit", OF_A_TENANT_TOO, keep_accounts_passkey_edit, NULL, SNAPSHOT_ACCOUNT, BY_WEB | SELF | ALWAYS},
    {"me-session-end", OF_A_TENANT_TOO, keep_accounts_session_end, NULL, SNAPSHOT_ACCOUNT, BY_WEB | SELF | ALWAYS},
    {"me-search-save", OF_A_TENANT_TOO, keep_accounts_search_save, NULL, SNAPSHOT_ACCOUNT, BY_WEB | SELF | ALWAYS},
    {"me-search-remove", OF_A_TENANT_TOO, keep_accounts_search_remove, NULL, SNAPSHOT_ACCOUNT, BY_WEB | SELF | ALWAYS},
    {"session-open", OF_A_TENANT_TOO, keep_accounts_session_open, NULL, SNAPSHOT_ACCOUNT, BY_WEB | SELF | ALWAYS},
    {"oidc-ask", OF_A_TENANT_TOO, NULL, oidc_desk_ask, SNAPSHOT_NONE, BY_WEB | SILENT},
    {"oidc-enter", OF_A_TENANT_TOO, keep_oidc_enter, NULL, SNAPSHOT_ACCOUNT, BY_WEB | SELF | ALWAYS},
    {"oidc-new", HOUSE_ONLY, keep_oidc_new, NULL, SNAPSHOT_ACCOUNT, BY_WEB | MAKES | ALWAYS},
    {"me-oidc-add", OF_A_TENANT_TOO, keep_oidc_link, NULL, SNAPSHOT_ACCOUNT, BY_WEB | SELF | ALWAYS},
    {"me-oidc-remove", OF_A_TENANT_TOO, keep_oidc_unlink, NULL, SNAPSHOT_ACCOUNT, BY_WEB | SELF | ALWAYS},
    {"seen", HOUSE_ONLY, keep_accounts_seen, NULL, SNAPSHOT_NONE, BY_WEB | SILENT},
    {"token-add", OF_A_TENANT_TOO, keep_accounts_token_add, NULL, SNAPSHOT_TOKEN, BY_WEB | MAKES},
    {"token-edit", OF_A_TENANT_TOO, keep_accounts_token_edit, NULL, SNAPSHOT_TOKEN, BY_WEB},
    {"token-remove", OF_A_TENANT_TOO, keep_accounts_token_remove, NULL, SNAPSHOT_TOKEN, BY_WEB},
    {"reprocess", HOUSE_ONLY, NULL, keep_reprocess_start, SNAPSHOT_NONE, SILENT},
};

/* One change and the line of the audit log about it. */
struct change {
	struct keep *keep;
	const struct command *command;
	struct snapshot_key key;
	struct buf before, after;
	bool is_there; /* before */
	int64_t tenant;
};

/* What the arguments begin with, without taking it from them. */
static struct snapshot_key key_of(const struct command *command, struct wire_reader arguments)
{
	struct snapshot_key key = {.kind = command->kind};

	if ((command->flags & BY_NAME) != 0)
		key.name = wire_get_text(&arguments, LIMIT_NAME_BYTES);
	else if ((command->flags & MAKES) == 0)
		key.id = (int64_t)wire_get_u64(&arguments);
	if (arguments.failed)
		key.kind = SNAPSHOT_NONE;
	return key;
}

/* Sees what the asker may see: what is another tenant's is not there. */
static bool look(struct change *change, struct buf *out, struct err *err)
{
	int64_t tenant = 0;

	bool ok = snapshot(change->keep->store, &change->key, out, &tenant, err);
	/* It may have another name afterwards. */
	if (ok && change->key.kind == SNAPSHOT_TENANT)
		change->key.id = tenant;
	if (ok)
		change->tenant = tenant;
	return ok;
}

static bool may_begin(struct change *change, struct err *err)
{
	const struct actor *actor = change->keep->actor;
	char tag[SNAPSHOT_TAG_BYTES];

	if (change->command->kind == SNAPSHOT_NONE || (change->command->flags & (MAKES | BY_NAME)) == MAKES)
		return true;
	if (actor != NULL && (change->command->flags & SELF) != 0 &&
	    (actor->kind != ACTOR_USER || actor->id != change->key.id))
		return err_set(err, ERR_DENIED, "only the user himself may do this");
	struct err missing = {0};
	change->is_there = look(change, &change->before, &missing);
	if (!change->is_there && (actor != NULL || change->keep->tenant != 0) && (change->command->flags & MAKES) == 0)
		return err_set(err, missing.kind, "%s", missing.text);
	if (actor == NULL || actor->expected.p == NULL)
		return true;
	snapshot_tag(buf_view(&change->before), tag);
	return str_eq(actor->expected, str_of(tag)) ||
	       err_set(err, ERR_CHANGED, "it was changed meanwhile: look at it again");
}

static bool note(struct change *change, struct str answer, struct err *err)
{
	const struct actor *actor = change->keep->actor;
	struct wire_reader reader = {.rest = answer};
	struct buf object;
	struct err gone = {0};

	if (change->command->kind == SNAPSHOT_NONE)
		return true;
	if ((change->command->flags & (MAKES | BY_NAME)) == MAKES)
		change->key.id = (int64_t)wire_get_u64(&reader);
	bool is_there = look(change, &change->after, &gone);
	if ((change->command->flags & ALWAYS) == 0 && is_there == change->is_there &&
	    str_eq(buf_view(&change->before), buf_view(&change->after)))
		return true;
	buf_init(&object, KIB(4));
	snapshot_name(&change->key, &object);
	struct audit_row row = {
	    .at = instant_now(),
	    .actor_kind = actor == NULL ? ACTOR_COMMAND_LINE : actor->kind,
	    .actor = actor == NULL ? 0 : actor->id,
	    .actor_name = actor == NULL || actor->name.p == NULL ? STR("") : actor->name,
	    .tenant = change->keep->tenant != 0 ? change->keep->tenant : change->tenant,
	    .peer = actor == NULL || actor->peer.p == NULL ? STR("") : actor->peer,
	    .action = str_of(change->command->verb),
	    .object = buf_view(&object),
	    .before = change->is_there ? buf_view(&change->before) : STR_NONE,
	    .after = is_there ? buf_view(&change->after) : STR_NONE,
	};
	bool ok = audit_add(change->keep->store, &row, err);
	buf_done(&object);
	return ok;
}

/* Inside a transaction.  What is answered later by a command that is started is noted when it begins. */
static bool run_one(struct keep *keep, const struct command *command, struct wire_reader *arguments, struct buf *answer,
                    struct err *err)
{
	struct change change = {.keep = keep, .command = command, .key = key_of(command, *arguments)};

	buf_init(&change.before, MIB(1));
	buf_init(&change.after, MIB(1));
	bool ok = may_begin(&change, err) && (command->run == NULL || command->run(keep, arguments, answer, err)) &&
	          note(&change, buf_view(answer), err);
	buf_done(&change.before);
	buf_done(&change.after);
	return ok;
}

static bool run_noted(struct keep *keep, const struct command *command, struct wire_reader *arguments,
                      struct buf *answer, struct err *err)
{
	return store_joint_begin(keep->store, err) &&
	       store_joint_end(keep->store, run_one(keep, command, arguments, answer, err), err);
}

static const struct command *command_of(struct str verb)
{
	for (size_t i = 0; i < COUNT_OF(commands); i++)
		if (str_eq(verb, str_of(commands[i].verb)))
			return &commands[i];
	return NULL;
}

/* --- one verb on many issues --- */

/* False when the store cannot; what is wrong with this one alone goes into the answer, and nothing of it is left. */
static bool change_issue(struct keep *keep, const struct command *command, int64_t id, struct str rest,
                         struct buf *answer, struct err *err)
{
	struct buf arguments, none;
	struct err wrong = {0};

	if (!issues_mark(keep->store, err))
		return false;
	buf_init(&arguments, KIB(64));
	buf_init(&none, KIB(1));
	wire_put_u64(&arguments, (uint64_t)id);
	buf_str(&arguments, rest);
	struct wire_reader reader = {.rest = buf_view(&arguments)};
	bool ok = run_one(keep, command, &reader, &none, &wrong);
	buf_done(&none);
	buf_done(&arguments);
	if (!ok && (wrong.kind == ERR_LATER || wrong.kind == ERR_SETUP))
		return err_set(err, wrong.kind, "%s", wrong.text);
	wire_put_u8(answer, wrong.kind);
	wire_put_str(answer, str_of(wrong.text));
	return issues_unmark(keep->store, ok, err);
}

static bool issue_many(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	const struct command *command = command_of(wire_get_text(arguments, 64));
	uint32_t count = wire_get_u32(arguments);
	int64_t ids[LIMIT_ISSUES_AT_ONCE];
	bool ok = true;

	if (count > LIMIT_ISSUES_AT_ONCE)
		return err_set(err, ERR_INPUT, "at most %d issues can be changed at once", LIMIT_ISSUES_AT_ONCE);
	for (uint32_t i = 0; i < count; i++)
		ids[i] = (int64_t)wire_get_u64(arguments);
	if (arguments->failed || command == NULL || command->kind != SNAPSHOT_ISSUE ||
	    (keep->actor != NULL && (command->flags & BY_WEB) == 0))
		return err_set(err, ERR_INPUT, "the command makes no sense; is it of another version?");
	for (uint32_t i = 0; i < count && ok; i++)
		ok = change_issue(keep, command, ids[i], arguments->rest, answer, err);
	return ok;
}

static bool take_tenant(struct keep *keep, struct wire_reader *reader, int64_t *out, struct err *err)
{
	int64_t id = (int64_t)wire_get_u64(reader);
	struct str name = wire_get_text(reader, LIMIT_NAME_BYTES);

	if (reader->failed || id < 0)
		return err_set(err, ERR_INPUT, "the command makes no sense; is it of another version?");
	if (name.len > 0 && !store_tenant_find(keep->store, name, &id, err))
		return false;
	*out = id;
	return true;
}

/* The command of a message and for whom it is; NULL with `err`. */
static const struct command *read_command(struct keep *keep, struct wire_reader *reader, int64_t *out_tenant,
                                          struct err *err)
{
	const struct command *command = command_of(wire_get_text(reader, 64));

	if (command == NULL) {
		(void)err_set(err, ERR_INPUT, "the server does not know this command; is it of another version?");
		return NULL;
	}
	if (!take_tenant(keep, reader, out_tenant, err))
		return NULL;
	if (keep->actor != NULL && (command->flags & BY_WEB) == 0) {
		(void)err_set(err, ERR_DENIED, "this is for the command line alone");
		return NULL;
	}
	if (*out_tenant != 0 && command->whose == HOUSE_ONLY) {
		(void)err_set(err, ERR_DENIED, "this is for the whole house to decide, not for one tenant");
		return NULL;
	}
	if ((command->flags & SELF) != 0)
		*out_tenant = 0;
	return command;
}

static void run(struct keep *keep, struct keep_peer *client, uint64_t id, const struct command *command,
                struct wire_reader *reader)
{
	struct buf answer;
	struct err err = {0};

	buf_init(&answer, MIB(1) - KIB(1));
	bool ok = (command->flags & SILENT) == 0 ? run_noted(keep, command, reader, &answer, &err)
	          : command->run != NULL         ? command->run(keep, reader, &answer, &err)
	                                         : true;
	if (ok && (command->flags & SILENT) == 0)
		look_schedule_stale(keep->looks);
	if (ok && command->start != NULL)
		command->start(keep, client, id, reader);
	else
		keep_answer(client, id, ok ? NULL : &err, buf_view(&answer));
	buf_done(&answer);
}

bool keep_command(struct keep *keep, struct keep_peer *client, const struct message *message)
{
	struct wire_reader reader = {.rest = message->body}, ahead = reader;
	struct actor actor;
	struct err err = {0};
	bool is_web = str_eq(wire_get_text(&ahead, 64), STR(ACTOR_VERB));

	/* The web never speaks as the command line, nor the other way round. */
	if (is_web != (client->link == ROLE_HTTP) || (is_web && !actor_read(&ahead, &actor)))
		return false;
	if (is_web)
		reader = ahead;
	/* A verb sees, and is, a transaction of its own. */
	if (!keep_commit(keep))
		return true;
	keep->actor = is_web ? &actor : NULL;
	const struct command *command = read_command(keep, &reader, &keep->tenant, &err);
	if (command == NULL) {
		keep_answer(client, message->id, &err, STR_NONE);
	} else {
		store_set_tenant(keep->store, keep->tenant);
		run(keep, client, message->id, command, &reader);
		store_set_tenant(keep->store, 0);
	}
	keep->actor = NULL;
	keep->tenant = 0;
	return true;
}
