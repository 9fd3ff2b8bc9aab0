/* SPDX-License-Identifier: ISC */
#include "role/role_smtp.h"

#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/log.h"
#include "role/keep_link.h"
#include "role/report_addresses.h"
#include "role/smtp_server.h"
#include "sys/secret.h"

#define SECRET_BYTES KIB(256)
#define HOST_BYTES 256

struct smtp_door {
	struct keep_link *link;
	struct report_addresses addresses;
};

static enum smtp_recipient find_recipient(void *context, struct str address)
{
	const struct smtp_door *door = context;
	if (report_addresses_has(&door->addresses, address))
		return SMTP_RECIPIENT_COMMON;
	return report_addresses_may_be_secret(&door->addresses, address) ? SMTP_RECIPIENT_SECRET : SMTP_RECIPIENT_UNKNOWN;
}

static bool is_known(void *context, struct str network)
{
	const struct smtp_door *door = context;
	return keep_link_knows(door->link, network);
}

static enum smtp_result deliver(void *context, const struct arrival *arrival, int64_t deadline_ms)
{
	static const enum smtp_result results[VERDICT_KIND_COUNT] = {
	    [VERDICT_KEPT] = SMTP_KEPT, [VERDICT_LATER] = SMTP_LATER, [VERDICT_REFUSED] = SMTP_REFUSED};
	const struct smtp_door *door = context;
	struct verdict verdict;

	keep_link_deliver(door->link, arrival, deadline_ms, &verdict);
	LOG(verdict.kind == VERDICT_KEPT ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING,
	    verdict.kind == VERDICT_KEPT    ? "kept"
	    : verdict.kind == VERDICT_LATER ? "not-kept-now"
	                                    : "refused",
	    LOG_NUM("arrival", verdict.arrival_id), LOG_STR("peer", arrival->peer), LOG_STR("from", arrival->mail_from),
	    LOG_NUM("bytes", arrival->bytes.len), LOG_NUM("stored", verdict.stored),
	    LOG_NUM("duplicates", verdict.duplicates), LOG_NUM("quarantined", verdict.quarantined),
	    LOG_TEXT("said", verdict.text));
	return results[verdict.kind];
}

/* NULL where none is configured. */
static bool load_identity(const struct config *config, struct tls_identity **out, struct err *err)
{
	struct buf certificate, key;

	*out = NULL;
	if (config->smtp_tls_cert[0] == '\0' && config->smtp_tls_key[0] == '\0')
		return true;
	buf_init(&certificate, SECRET_BYTES);
	buf_init(&key, SECRET_BYTES);
	bool ok = secret_read(config->smtp_tls_cert, &certificate, err) &&
	          secret_read(config->smtp_tls_key, &key, err) &&
	          tls_identity_new(buf_view(&certificate), buf_view(&key), "smtp", out, err);
	buf_done(&certificate);
	secret_done(&key);
	return ok;
}

bool role_smtp_check(const struct config *config, struct err *err)
{
	struct report_addresses addresses = {0};
	struct tls_identity *identity = NULL;

	if (!report_addresses_init(&addresses, config, err))
		return false;
	bool ok = load_identity(config, &identity, err);
	tls_identity_free(&identity);
	report_addresses_done(&addresses);
	return ok;
}

/* A descriptor for each connection, and some more. */
static void raise_descriptors(size_t connections)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= connections + 64)
		return;
	limit.rlim_cur = limit.rlim_max < connections + 64 ? limit.rlim_max : connections + 64;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
}

static void find_host(const struct config *config, char host[HOST_BYTES])
{
	if (config->smtp_hostname[0] != '\0' || gethostname(host, HOST_BYTES) != 0 || host[0] == '\0') {
		struct str name =
		    str_upto(config->smtp_hostname[0] == '\0' ? STR("localhost") : str_of(config->smtp_hostname),
		             HOST_BYTES - 1);
		memcpy(host, name.p, name.len);
		host[name.len] = '\0';
	}
	host[HOST_BYTES - 1] = '\0';
}

int role_smtp_main(const struct config *config, int control_fd, const int *listen_fds, size_t n)
{
	struct smtp_door door = {0};
	struct tls_identity *identity = NULL;
	struct err err = {0};
	char host[HOST_BYTES];

	if (!report_addresses_init(&door.addresses, config, &err) || !load_identity(config, &identity, &err)) {
		LOG(LOG_LEVEL_ERROR, "smtp-not-started", LOG_TEXT("why", err.text));
		return EXIT_FAILURE;
	}
	find_host(config, host);
	raise_descriptors(config->limits_connections);
	/* An arena of the heap for each of 2,000 threads would cost more than they wait for one another. */
	(void)mallopt(M_ARENA_MAX, 4);
	(void)mallopt(M_MMAP_THRESHOLD, (int)KIB(256));
	(void)signal(SIGPIPE, SIG_IGN);
	role_seal(ROLE_SMTP, config);
	door.link = keep_link_new(control_fd);
	struct smtp_server_setup setup = {
	    .fds = listen_fds,
	    .fd_count = n,
	    .lmtp_from = config->smtp_listen.count,
	    .drain_fd = keep_link_drain_fd(door.link),
	    .host = host,
	    .identity = identity,
	    .message_bytes = config->limits_message_bytes,
	    .connections = config->limits_connections,
	    .connections_per_network = config->limits_connections_per_address,
	    .memory_bytes = LIMIT_SMTP_MEMORY_BYTES,
	    .reserved = config->limits_connections / LIMIT_RESERVE_DIVISOR,
	    .is_known = is_known,
	    .command_ms = LIMIT_SMTP_COMMAND_SECS * 1000,
	    .busy_command_ms = LIMIT_SMTP_COMMAND_BUSY_SECS * 1000,
	    .session_ms = LIMIT_SMTP_SESSION_SECS * 1000,
	    .deliver_ms = LIMIT_STORE_WAIT_MS,
	    .find_recipient = find_recipient,
	    .deliver = deliver,
	    .context = &door,
	};
	smtp_server_run(&setup);
	tls_identity_free(&identity);
	report_addresses_done(&door.addresses);
	return EXIT_SUCCESS;
}
