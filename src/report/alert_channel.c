/* SPDX-License-Identifier: ISC */
#include "report/alert_channel.h"

#include <assert.h>

#include "base/attr.h"
#include "base/limits.h"

static const char *const kind_texts[] = {
#define X(id, text) text,
    ALERT_CHANNELS(X)
#undef X
};

const char *alert_channel_kind_text(enum alert_channel_kind kind)
{
	assert((unsigned)kind < CHANNEL_KIND_COUNT);
	return kind_texts[kind];
}

bool alert_channel_kind_of(struct str text, enum alert_channel_kind *out_kind)
{
	for (unsigned i = 0; i < CHANNEL_KIND_COUNT; i++)
		if (str_eq(text, str_of(kind_texts[i]))) {
			*out_kind = (enum alert_channel_kind)i;
			return true;
		}
	return false;
}

struct str alert_channel_domain(const struct alert_channel *channel)
{
	size_t at = str_find_byte(channel->address, '@');
	return channel->kind == CHANNEL_MAIL ? str_from(channel->address, at + 1) : STR_NONE;
}

/* --- what each kind takes --- */

static bool is_name_byte(char c)
{
	return byte_is_alpha(c) || byte_is_digit(c) || c == '-' || c == '_' || c == '.';
}

static bool check_name(struct str name, struct err *err)
{
	for (size_t i = 0; i < name.len; i++)
		if (!is_name_byte(name.p[i]))
			return err_set(err, ERR_INPUT, "the name of a channel has letters, digits, '-', '_' and '.' alone");
	return (name.len > 0 && name.len <= ALERT_CHANNEL_NAME_MAX) ||
	       err_set(err, ERR_INPUT, "the name of a channel has 1 to %d bytes", ALERT_CHANNEL_NAME_MAX);
}

/* Printable ASCII without blanks, and nothing that ends a command, a header or an address list. */
static bool is_plain(struct str text, const char *without)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.p[i] <= ' ' || text.p[i] > '~' || strchr(without, text.p[i]) != NULL)
			return false;
	return text.len > 0 && text.len <= LIMIT_NAME_BYTES;
}

static bool is_mail_address(struct str text)
{
	size_t at = str_find_byte(text, '@');
	struct str domain = str_from(text, at + 1);

	return is_plain(text, "<>()[],;:\\\"") && at > 0 && at <= 64 && domain.len > 0 && domain.len < 254 &&
	       str_find_byte(domain, '@') == domain.len && domain.p[0] != '.' && domain.p[domain.len - 1] != '.' &&
	       str_find_byte(domain, '.') < domain.len;
}

/* What stands behind the scheme: a host, perhaps a port and a path; no user, no fragment. */
static bool is_url(struct str text, const char *scheme)
{
	struct str rest = str_from(text, strlen(scheme));

	return str_starts_with(text, str_of(scheme)) && is_plain(rest, "@#\\\"<>^`{|}") && rest.p[0] != '/' &&
	       rest.p[0] != '?' && rest.p[0] != ':';
}

static bool check_url(const struct alert_channel *channel, struct err *err)
{
	if (is_url(channel->address, "https://") || (channel->may_be_local && is_url(channel->address, "http://")))
		return true;
	return err_set(err, ERR_INPUT, "the address of a %s channel begins with https://, has no user and no '#'",
	               kind_texts[channel->kind]);
}

static bool check_secret(const struct alert_channel *channel, bool must, struct err *err)
{
	struct str secret = channel->secret;

	if (secret.len == 0 && !must)
		return true;
	if ((str_starts_with(secret, STR("file:/")) || str_starts_with(secret, STR("cred:"))) && secret.len > 5 &&
	    secret.len <= LIMIT_NAME_BYTES)
		return true;
	return err_set(err, ERR_INPUT, "a %s channel wants --secret file:/PATH or cred:NAME", kind_texts[channel->kind]);
}

static bool check_target(const struct alert_channel *channel, struct err *err)
{
	struct str target = channel->target;

	if (channel->kind == CHANNEL_MATRIX)
		return (is_plain(target, "/?#\"\\") && target.p[0] == '!' && str_find_byte(target, ':') < target.len) ||
		       err_set(err, ERR_INPUT, "a matrix channel wants --target '!ROOM:SERVER'");
	if (channel->kind == CHANNEL_NTFY)
		return (is_plain(target, "/?#\"\\") && target.len <= 64) ||
		       err_set(err, ERR_INPUT, "an ntfy channel wants --target TOPIC");
	return target.len == 0 || err_set(err, ERR_INPUT, "a %s channel takes no --target", kind_texts[channel->kind]);
}

static bool check_address(const struct alert_channel *channel, struct err *err)
{
	struct str address = channel->address;

	switch (channel->kind) {
	case CHANNEL_MAIL:
		return is_mail_address(address) || err_set(err, ERR_INPUT, "a mail channel wants one address as ops@example.com");
	case CHANNEL_SLACK:
	case CHANNEL_TEAMS:
		return address.len == 0 || err_set(err, ERR_INPUT,
		                                   "the URL of a %s channel is a secret: put it into a file and say --secret "
		                                   "file:/PATH",
		                                   kind_texts[channel->kind]);
	case CHANNEL_SYSLOG:
		return is_url(address, "udp://") || is_url(address, "tcp://") || is_url(address, "tls://") ||
		       err_set(err, ERR_INPUT, "the address of a syslog channel is udp://, tcp:// or tls:// HOST:PORT");
	case CHANNEL_WEBHOOK:
	case CHANNEL_MATRIX:
	case CHANNEL_PAGERDUTY:
	case CHANNEL_NTFY: return check_url(channel, err);
	case CHANNEL_KIND_COUNT: break;
	}
	return err_set(err, ERR_INPUT, "there is no such kind of channel");
}

bool alert_channel_check(const struct alert_channel *channel, struct err *err)
{
	bool has_secret = channel->kind != CHANNEL_MAIL && channel->kind != CHANNEL_SYSLOG;
	bool must = has_secret && channel->kind != CHANNEL_NTFY;

	if (!check_name(channel->name, err) || !check_address(channel, err) || !check_target(channel, err))
		return false;
	if (!has_secret && channel->secret.len > 0)
		return err_set(err, ERR_INPUT, "a %s channel takes no --secret", kind_texts[channel->kind]);
	return check_secret(channel, must, err);
}
