/* SPDX-License-Identifier: ISC */
#include "intake/smtp_session.h"

#include <assert.h>

#include "base/attr.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/num.h"
#include "facts/smtp_commands.h"

#define LOCAL_PART_BYTES 64 /* RFC 5321 4.5.3.1.1 */
#define DOMAIN_BYTES 255    /* RFC 5321 4.5.3.1.2 */
#define NAME_BYTES 255      /* of HELO */

struct recipient {
	struct str address; /* owned */
	bool is_secret;
	size_t delivery; /* which arrival it belongs to */
};

struct smtp_session {
	const struct smtp_policy *policy;
	unsigned state; /* one of SMTP_AT_* */
	bool is_secure;
	bool may_pipeline; /* EHLO or LHLO was said */
	bool more_waits;   /* bytes follow the command under way */
	/* the line under way */
	char line[LIMIT_SMTP_LINE_BYTES];
	size_t line_len;  /* may pass the size: what is over is dropped */
	bool line_is_bad; /* holds what no command may hold, or follows a lone LF */
	/* the envelope */
	struct str helo, mail_from; /* owned */
	struct recipient *recipients;
	size_t recipient_count, delivery_count;

	uint32_t errors, junk; /* since the session began, since the last message */
	struct smtp_counts counts;
};

enum command {
#define X(id, verb, where, states, flags) COMMAND_##id,
	SMTP_COMMANDS(X)
#undef X
	    COMMAND_COUNT
};

struct command_row {
	struct str verb;
	unsigned where, states, flags;
};

#define X(id, verb, where, states, flags) {STR(verb), (where), (states), (flags)},
static const struct command_row commands[] = {SMTP_COMMANDS(X)};
#undef X

/* --- life --- */

struct smtp_session *smtp_session_new(const struct smtp_policy *policy)
{
	struct smtp_session *session = mem_new(sizeof *session);

	session->policy = policy;
	session->state = SMTP_AT_START;
	return session;
}

static struct str own(struct str s)
{
	char *copy = mem_new(s.len + 1);
	memcpy(copy, s.p, s.len);
	return str_make(copy, s.len);
}

static void disown(struct str *s)
{
	union {
		const char *p;
		void *owned;
	} text = {.p = s->p};
	mem_free(text.owned);
	*s = STR_NONE;
}

/* The one place where a transaction ends, however it ended. */
static void forget_envelope(struct smtp_session *session)
{
	disown(&session->mail_from);
	for (size_t i = 0; i < session->recipient_count; i++)
		disown(&session->recipients[i].address);
	mem_free(session->recipients);
	session->recipients = NULL;
	session->recipient_count = 0;
	session->delivery_count = 0;
	if (session->state != SMTP_AT_START)
		session->state = SMTP_AT_READY;
}

static void forget_greeting(struct smtp_session *session)
{
	forget_envelope(session);
	disown(&session->helo);
	session->state = SMTP_AT_START;
	session->may_pipeline = false;
}

void smtp_session_free(struct smtp_session **session)
{
	if (*session == NULL)
		return;
	forget_greeting(*session);
	mem_free(*session);
	*session = NULL;
}

void smtp_session_secured(struct smtp_session *session)
{
	forget_greeting(session);
	session->is_secure = true;
	session->line_len = 0;
	session->line_is_bad = false;
}

bool smtp_session_is_secure(const struct smtp_session *session)
{
	return session->is_secure;
}

struct smtp_counts smtp_session_counts(const struct smtp_session *session)
{
	return session->counts;
}

/* --- replies --- */

static enum smtp_action reply(struct buf *out, const char *text)
{
	buf_text(out, text);
	buf_text(out, "\r\n");
	return SMTP_ACTION_NONE;
}

static enum smtp_action close_with(struct buf *out, const char *text)
{
	(void)reply(out, text);
	return SMTP_ACTION_CLOSE;
}

/* An error of the client; the session ends with too many of them. */
static enum smtp_action refuse(struct smtp_session *session, struct buf *out, const char *text)
{
	session->counts.errors++;
	if (++session->errors > LIMIT_SMTP_ERRORS)
		return close_with(out, "421 4.7.0 too many errors");
	return reply(out, text);
}

void smtp_session_greet(struct smtp_session *session, struct buf *out)
{
	buf_format(out, "220 %s %s mailseal\r\n", session->policy->host, session->policy->is_lmtp ? "LMTP" : "ESMTP");
}

void smtp_session_bye(struct smtp_session *session, const char *reason, struct buf *out)
{
	(void)session;
	buf_format(out, "421 4.4.2 %s\r\n", reason);
}

/* --- addresses --- */

static bool is_graphic(char c)
{
	return c > ' ' && c < 0x7f;
}

static bool is_atom_byte(char c)
{
	return byte_is_alpha(c) || byte_is_digit(c) || (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~.", c) != NULL);
}

static bool is_local_part(struct str local)
{
	if (local.len == 0 || local.len > LOCAL_PART_BYTES)
		return false;
	if (local.p[0] == '"')
		return local.len >= 2 && local.p[local.len - 1] == '"';
	for (size_t i = 0; i < local.len; i++)
		if (!is_atom_byte(local.p[i]))
			return false;
	return true;
}

static bool is_domain(struct str domain)
{
	if (domain.len == 0 || domain.len > DOMAIN_BYTES)
		return false;
	bool is_literal = domain.p[0] == '[' && domain.p[domain.len - 1] == ']' && domain.len > 2;
	for (size_t i = 0; i < domain.len; i++) {
		char c = domain.p[i];
		bool is_plain = byte_is_alpha(c) || byte_is_digit(c) || c == '-' || c == '.' || c == '_';
		bool is_bracket = is_literal && (i == 0 || i == domain.len - 1 || c == ':');
		if (!is_plain && !is_bracket)
			return false;
	}
	return domain.p[0] != '.' && str_find(domain, STR("..")) == domain.len;
}

/* Where the path's text ends, before its '>'; quoted strings may hold one.  path.len when it does not end. */
static size_t path_end(struct str path)
{
	bool is_quoted = false;

	for (size_t i = 0; i < path.len; i++) {
		if (is_quoted && path.p[i] == '\\')
			i++;
		else if (path.p[i] == '"')
			is_quoted = !is_quoted;
		else if (path.p[i] == '>' && !is_quoted)
			return i;
	}
	return path.len;
}

/* "FROM:<path> parameters": takes the keyword and the path; what is left are the parameters.  RFC 5321 4.1.1.2 has no blank
 * behind the colon; enough clients do. */
static bool cut_path(struct str argument, struct str keyword, struct str *out_path, struct str *out_parameters)
{
	if (!str_starts_with_nocase(argument, keyword))
		return false;
	struct str rest = str_trim(str_from(argument, keyword.len));
	if (rest.len == 0 || rest.p[0] != '<')
		return false;
	rest = str_from(rest, 1);
	size_t end = path_end(rest);
	if (end == rest.len)
		return false;
	struct str behind = str_from(rest, end + 1);
	if (behind.len > 0 && behind.p[0] != ' ')
		return false;
	*out_path = str_upto(rest, end);
	*out_parameters = str_trim(behind);
	return true;
}

/* Splits "local@domain" at its last '@'; a source route before it is dropped (RFC 5321 4.1.1.3).  `*out_domain` is absent
 * where there is none. */
static void split_address(struct str path, struct str *out_address, struct str *out_local, struct str *out_domain)
{
	if (path.len > 0 && path.p[0] == '@')
		path = str_from(path, str_find_byte(path, ':') + 1);
	size_t at = path.len;
	for (size_t i = path.len; i > 0 && at == path.len; i--)
		if (path.p[i - 1] == '@')
			at = i - 1;
	*out_address = path;
	*out_local = str_upto(path, at);
	*out_domain = at == path.len ? STR_NONE : str_from(path, at + 1);
}

/* Lower case, without +tag and trailing dot. */
static void normalise(struct str local, struct str domain, struct buf *out)
{
	size_t tag = str_find_byte(local, '+');

	local = str_upto(local, tag == 0 ? local.len : tag);
	if (domain.len > 0 && domain.p[domain.len - 1] == '.')
		domain = str_upto(domain, domain.len - 1);
	for (size_t i = 0; i < local.len; i++)
		buf_byte(out, byte_lower(local.p[i]));
	buf_byte(out, '@');
	for (size_t i = 0; i < domain.len; i++)
		buf_byte(out, byte_lower(domain.p[i]));
}

/* --- the commands; `argument` is what stands behind the verb, trimmed --- */

static enum smtp_action cmd_hello(struct smtp_session *session, enum command command, struct str name, struct buf *out)
{
	const struct smtp_policy *policy = session->policy;

	if (name.len == 0 || name.len > NAME_BYTES || str_find_byte(name, ' ') < name.len)
		return refuse(session, out, "501 5.5.4 say one name");
	forget_greeting(session);
	session->helo = own(name);
	session->state = SMTP_AT_READY;
	if (command == COMMAND_HELO) {
		buf_format(out, "250 %s\r\n", policy->host);
		return SMTP_ACTION_NONE;
	}
	session->may_pipeline = true;
	buf_format(out, "250-%s\r\n250-PIPELINING\r\n250-SIZE %zu\r\n250-8BITMIME\r\n", policy->host,
	           policy->message_bytes);
	if (policy->offers_tls && !session->is_secure)
		buf_text(out, "250-STARTTLS\r\n");
	return reply(out, "250 ENHANCEDSTATUSCODES");
}

static enum smtp_action cmd_starttls(struct smtp_session *session, struct buf *out)
{
	if (session->is_secure)
		return refuse(session, out, "503 5.5.1 this is TLS already");
	if (!session->policy->offers_tls)
		return refuse(session, out, "502 5.5.1 not offered");
	if (session->more_waits)
		return close_with(out, "554 5.5.1 something was said before the handshake");
	(void)reply(out, "220 2.0.0 go ahead");
	return SMTP_ACTION_START_TLS;
}

/* The parameters of MAIL.  NULL when all is well, else the reply. */
static const char *check_mail_parameters(struct str parameters, size_t most_bytes)
{
	bool has_size = false, has_body = false;
	struct str rest = parameters.len == 0 ? STR_NONE : parameters;

	while (rest.p != NULL) {
		struct str word = str_cut(&rest, ' ');
		if (word.len == 0)
			continue;
		if (str_starts_with_nocase(word, STR("SIZE="))) {
			struct str digits = str_from(word, 5);
			uint64_t size;
			if (has_size || digits.len > NUM_DIGITS_MAX || !num_parse_uint(digits, UINT64_MAX, &size))
				return "501 5.5.4 SIZE is one number";
			if (size > most_bytes)
				return "552 5.3.4 the message is too large";
			has_size = true;
		} else if (str_eq_nocase(word, STR("BODY=7BIT")) || str_eq_nocase(word, STR("BODY=8BITMIME"))) {
			if (has_body)
				return "501 5.5.4 BODY stands twice";
			has_body = true;
		} else {
			return "555 5.5.4 a parameter that was not offered";
		}
	}
	return NULL;
}

static enum smtp_action cmd_mail(struct smtp_session *session, struct str argument, struct buf *out)
{
	struct str path, parameters, address, local, domain;

	if (!cut_path(argument, STR("FROM:"), &path, &parameters))
		return refuse(session, out, "501 5.5.4 say MAIL FROM:<address>");
	split_address(path, &address, &local, &domain);
	if (path.len > 0 && (!is_local_part(local) || !is_domain(domain)))
		return refuse(session, out, "501 5.1.7 that is no address");
	const char *fault = check_mail_parameters(parameters, session->policy->message_bytes);
	if (fault != NULL)
		return refuse(session, out, fault);
	session->mail_from = own(address);
	session->state = SMTP_AT_MAIL;
	return reply(out, "250 2.1.0 ok");
}

static void add_recipient(struct smtp_session *session, struct str address, bool is_secret)
{
	size_t delivery = session->delivery_count;

	for (size_t i = 0; i < session->recipient_count && delivery == session->delivery_count; i++) {
		const struct recipient *other = &session->recipients[i];
		if (other->is_secret == is_secret && (!is_secret || str_eq(other->address, address)))
			delivery = other->delivery;
	}
	if (delivery == session->delivery_count)
		session->delivery_count++;
	session->recipients =
	    mem_grow(session->recipients, (session->recipient_count + 1) * sizeof *session->recipients);
	session->recipients[session->recipient_count++] =
	    (struct recipient){.address = own(address), .is_secret = is_secret, .delivery = delivery};
	session->state = SMTP_AT_RECIPIENT;
}

static enum smtp_action cmd_rcpt(struct smtp_session *session, struct str argument, struct buf *out)
{
	struct str path, parameters, address, local, domain;
	struct buf known;

	if (!cut_path(argument, STR("TO:"), &path, &parameters))
		return refuse(session, out, "501 5.5.4 say RCPT TO:<address>");
	split_address(path, &address, &local, &domain);
	if (!is_local_part(local) || (domain.p != NULL && !is_domain(domain)))
		return refuse(session, out, "501 5.1.3 that is no address");
	if (parameters.len > 0)
		return refuse(session, out, "555 5.5.4 a parameter that was not offered");
	if (session->recipient_count == LIMIT_SMTP_RECIPIENTS)
		return reply(out, "452 4.5.3 too many recipients");
	buf_init(&known, LOCAL_PART_BYTES + 1 + DOMAIN_BYTES);
	normalise(local, domain, &known);
	enum smtp_recipient kind = session->policy->find_recipient(session->policy->context, buf_view(&known));
	if (kind != SMTP_RECIPIENT_UNKNOWN)
		add_recipient(session, buf_view(&known), kind == SMTP_RECIPIENT_SECRET);
	buf_done(&known);
	if (kind != SMTP_RECIPIENT_UNKNOWN)
		return reply(out, "250 2.1.5 ok");
	session->counts.refused_recipients++;
	return refuse(session, out, "550 5.1.1 reports are not taken at that address");
}

static enum smtp_action cmd_data(struct smtp_session *session, struct buf *out)
{
	if (session->policy->has_room != NULL && !session->policy->has_room(session->policy->context)) {
		forget_envelope(session);
		return reply(out, "452 4.3.1 too much is under way, try again");
	}
	(void)reply(out, "354 end with a line that holds a dot only");
	return SMTP_ACTION_TAKE_DATA;
}

static enum smtp_action do_command(struct smtp_session *session, enum command command, struct str argument,
                                   struct buf *out)
{
	switch (command) {
	case COMMAND_HELO:
	case COMMAND_EHLO:
	case COMMAND_LHLO: return cmd_hello(session, command, argument, out);
	case COMMAND_STARTTLS: return cmd_starttls(session, out);
	case COMMAND_MAIL: return cmd_mail(session, argument, out);
	case COMMAND_RCPT: return cmd_rcpt(session, argument, out);
	case COMMAND_DATA: return cmd_data(session, out);
	case COMMAND_RSET: forget_envelope(session); return reply(out, "250 2.0.0 ok");
	case COMMAND_NOOP: return reply(out, "250 2.0.0 ok");
	case COMMAND_HELP: return reply(out, "214 2.0.0 this takes TLS reports, RFC 8460");
	case COMMAND_QUIT: return close_with(out, "221 2.0.0 bye");
	default: return refuse(session, out, "502 5.5.1 not offered");
	}
}

/* --- lines --- */

static enum command find_command(const struct smtp_session *session, struct str verb)
{
	unsigned where = session->policy->is_lmtp ? SMTP_IN_LMTP : SMTP_IN_SMTP;
	enum command command = 0;

	while (command < COMMAND_COUNT &&
	       (!str_eq_nocase(verb, commands[command].verb) || (commands[command].where & where) == 0))
		command++;
	return command;
}

/* A client that says more before it may has not read our replies: a smuggler, or a proxy for somebody else's bytes. */
static bool must_wait(const struct smtp_session *session, enum command command)
{
	return session->more_waits && command != COMMAND_QUIT && command != COMMAND_STARTTLS &&
	       (!session->may_pipeline || (commands[command].flags & SMTP_ENDS_GROUP) != 0);
}

static enum smtp_action take_line(struct smtp_session *session, struct str line, struct buf *out)
{
	struct str argument = line;
	struct str verb = str_cut(&argument, ' ');
	enum command command = find_command(session, verb);

	session->counts.commands++;
	argument = argument.p == NULL ? STR("") : str_trim(argument);
	if (command == COMMAND_COUNT)
		return refuse(session, out, "500 5.5.1 no such command");
	const struct command_row *row = &commands[command];
	if ((row->flags & SMTP_CLOSES) != 0) {
		session->counts.errors++;
		return close_with(out, command == COMMAND_BDAT ? "503 5.5.1 not offered" : "554 5.5.1 this is SMTP");
	}
	if ((row->flags & SMTP_IS_JUNK) != 0 && ++session->junk > LIMIT_SMTP_JUNK)
		return close_with(out, "421 4.7.0 too many commands without mail");
	if ((row->flags & SMTP_NO_ARGUMENT) != 0 && argument.len > 0)
		return refuse(session, out, "501 5.5.4 no argument here");
	if ((row->states & session->state) == 0)
		return refuse(session, out, "503 5.5.1 not now");
	if (must_wait(session, command)) {
		session->counts.errors++;
		return close_with(out, "503 5.5.1 wait for the reply");
	}
	return do_command(session, command, argument, out);
}

static bool is_clean(struct str line)
{
	for (size_t i = 0; i < line.len; i++)
		if (line.p[i] != ' ' && !is_graphic(line.p[i]))
			return false;
	return true;
}

/* The line under way has its LF. */
static enum smtp_action end_line(struct smtp_session *session, struct buf *out)
{
	size_t len = session->line_len;
	bool has_room = len <= sizeof session->line;
	bool has_crlf = has_room && len >= 2 && session->line[len - 2] == '\r';
	struct str line = str_make(session->line, has_crlf ? len - 2 : 0);
	bool was_bad = session->line_is_bad;

	session->line_len = 0;
	session->line_is_bad = has_room && !has_crlf;
	if (!has_room)
		return refuse(session, out, "500 5.5.2 the line is too long");
	if (!has_crlf || was_bad)
		return refuse(session, out, "500 5.5.2 a line ends with CR LF");
	if (!is_clean(line))
		return refuse(session, out, "500 5.5.2 only printable ASCII here");
	return take_line(session, line, out);
}

enum smtp_action smtp_session_take(struct smtp_session *session, struct str bytes, size_t *out_used, struct buf *out)
{
	size_t used = 0;
	enum smtp_action action = SMTP_ACTION_NONE;

	while (used < bytes.len && action == SMTP_ACTION_NONE) {
		struct str rest = str_from(bytes, used);
		size_t lf = str_find_byte(rest, '\n');
		size_t len = lf < rest.len ? lf + 1 : rest.len;
		size_t room = session->line_len < sizeof session->line ? sizeof session->line - session->line_len : 0;
		memcpy(session->line + (sizeof session->line - room), rest.p, len < room ? len : room);
		session->line_len += len;
		used += len;
		if (session->line_len > LIMIT_SMTP_DISCARD_BYTES) {
			session->counts.errors++;
			action = close_with(out, "421 4.7.0 the line does not end");
		} else if (lf < rest.len) {
			session->more_waits = used < bytes.len;
			action = end_line(session, out);
		}
	}
	*out_used = used;
	return action;
}

/* --- the message --- */

size_t smtp_session_delivery_count(const struct smtp_session *session)
{
	return session->delivery_count;
}

void smtp_session_delivery(const struct smtp_session *session, size_t i, struct arrival *out)
{
	size_t at = 0;

	assert(i < session->delivery_count);
	while (session->recipients[at].delivery != i)
		at++;
	*out = (struct arrival){
	    .door = session->policy->is_lmtp ? DOOR_LMTP : DOOR_SMTP,
	    .helo = session->helo,
	    .mail_from = session->mail_from,
	    .recipient = session->recipients[at].address,
	    .is_secret = session->recipients[at].is_secret,
	};
}

static const char *result_reply(enum smtp_result result)
{
	switch (result) {
	case SMTP_KEPT: return "250 2.0.0 kept";
	case SMTP_LATER: return "451 4.3.0 it could not be stored now, try again";
	case SMTP_REFUSED: return "554 5.6.0 it cannot be stored";
	case SMTP_TOO_BIG: return "552 5.3.4 the message is too large";
	case SMTP_NO_ROOM: return "452 4.3.1 too much is under way, try again";
	}
	return "451 4.3.0 try again";
}

enum smtp_action smtp_session_data_end(struct smtp_session *session, const enum smtp_result *results, struct buf *out)
{
	enum smtp_result worst = SMTP_KEPT;

	session->counts.messages++;
	for (size_t i = 0; i < session->recipient_count && session->policy->is_lmtp; i++)
		(void)reply(out, result_reply(results[session->recipients[i].delivery]));
	for (size_t i = 0; i < session->delivery_count; i++)
		/* One refusal for all: a temporary one leads to a retry, and a copy that was kept is known again. */
		if (worst == SMTP_KEPT || results[i] == SMTP_LATER)
			worst = results[i];
	if (!session->policy->is_lmtp)
		(void)reply(out, result_reply(worst));
	if (worst == SMTP_KEPT)
		session->junk = 0;
	forget_envelope(session);
	return SMTP_ACTION_NONE;
}
