/* SPDX-License-Identifier: ISC */
#include "role/reach_alert.h"

#include <inttypes.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/instant.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/quote.h"
#include "role/reach_way.h"
#include "sys/courier.h"
#include "sys/digest.h"
#include "sys/sandbox.h"
#include "sys/secret.h"
#include "version.h"

#define THREADS 4u
#define QUEUE 16u /* keep hands out four at a time */
#define SECRET_BYTES KIB(4)
#define SECRET_LEAST_BYTES 16 /* of a webhook: Standard Webhooks wants 24 */

struct errand {
	uint64_t id;
	struct buf body;
};

struct reach_alert {
	const struct config *config;
	struct resolve *resolve;
	struct keep_link *link;
	char mail_host[256];
	uint16_t mail_port;
	char *password; /* NULL: none */
	char secrets[PATH_MAX]; /* the folder, resolved; "": none */
	char hello[256];
	char from[512];
	pthread_mutex_t lock; /* guards the queue */
	pthread_cond_t more;
	struct errand queue[QUEUE]; /* a ring */
	size_t first, count;
};

/* One attempt. */
struct attempt {
	struct reach_alert *alerts;
	struct alert_request request;
	struct arena arena;
	struct courier_way way;
	struct buf secret; /* trimmed */
	struct err err;
};

/* --- set-up --- */

static enum courier_tls mail_tls(const struct config *config)
{
	return strcmp(config->alert_mail_tls, "tls") == 0    ? COURIER_IMPLICIT_TLS
	       : strcmp(config->alert_mail_tls, "none") == 0 ? COURIER_PLAIN
	                                                     : COURIER_STARTTLS;
}

static void read_mail_host(struct reach_alert *alerts)
{
	static const uint16_t ports[] = {[COURIER_STARTTLS] = 587, [COURIER_IMPLICIT_TLS] = 465, [COURIER_PLAIN] = 25};
	const char *text = alerts->config->alert_mail_host;
	const char *colon = strrchr(text, ':');
	const char *bracket = strrchr(text, ']');
	uint64_t port = 0;

	alerts->mail_port = ports[mail_tls(alerts->config)];
	if (text[0] == '\0')
		return;
	/* "::1" is an address, "[::1]:25" has a port. */
	bool has_port = colon != NULL && (bracket != NULL ? colon > bracket : strchr(text, ':') == colon) &&
	                num_parse_uint(str_of(colon + 1), UINT16_MAX, &port) && port > 0;
	if (has_port)
		alerts->mail_port = (uint16_t)port;
	size_t len = has_port ? (size_t)(colon - text) : strlen(text);
	if (bracket != NULL && text[0] == '[') {
		text++;
		len = (size_t)(bracket - text);
	}
	(void)snprintf(alerts->mail_host, sizeof alerts->mail_host, "%.*s", (int)len, text);
}

static void read_password(struct reach_alert *alerts)
{
	const char *where = alerts->config->alert_mail_password;
	struct err err = {0};
	struct buf text;

	if (where[0] == '\0')
		return;
	buf_init(&text, SECRET_BYTES);
	if (secret_read(where, &text, &err)) {
		struct str trimmed = str_trim(buf_view(&text));
		alerts->password = mem_new(trimmed.len + 1);
		memcpy(alerts->password, trimmed.p, trimmed.len);
	} else {
		LOG(LOG_LEVEL_ERROR, "no-mail-password", LOG_TEXT("why", err.text));
	}
	secret_done(&text);
}

struct reach_alert *reach_alert_new(const struct config *config, struct resolve *resolve)
{
	struct reach_alert *alerts = mem_new(sizeof *alerts);
	const char *credentials = getenv("CREDENTIALS_DIRECTORY");

	*alerts = (struct reach_alert){.config = config, .resolve = resolve};
	(void)snprintf(alerts->hello, sizeof alerts->hello, "%s", config->smtp_hostname);
	if (alerts->hello[0] == '\0' && gethostname(alerts->hello, sizeof alerts->hello - 1) != 0)
		(void)snprintf(alerts->hello, sizeof alerts->hello, "localhost");
	(void)snprintf(alerts->from, sizeof alerts->from, "%s%s", config->alert_mail_from[0] != '\0' ? "" : "mailseal@",
	               config->alert_mail_from[0] != '\0' ? config->alert_mail_from : alerts->hello);
	read_mail_host(alerts);
	read_password(alerts);
	if (realpath(config->alert_secrets, alerts->secrets) == NULL)
		alerts->secrets[0] = '\0';
	sandbox_may_read(alerts->secrets[0] == '\0' ? NULL : alerts->secrets);
	sandbox_may_read(credentials);
	sandbox_may_read(config->alert_ca_file[0] == '\0' ? NULL : config->alert_ca_file);
	(void)pthread_mutex_init(&alerts->lock, NULL);
	(void)pthread_cond_init(&alerts->more, NULL);
	return alerts;
}

/* --- the secret --- */

/* Only what lies in the folder of secrets, whatever links and dots say: the name of a file comes from the store. */
static bool may_be_secret(const struct reach_alert *alerts, const char *where, struct err *err)
{
	char path[PATH_MAX];
	size_t len = strlen(alerts->secrets);

	if (strncmp(where, "file:", 5) != 0)
		return true;
	if (len == 0)
		return err_set(err, ERR_SETUP, "there is no folder %s", alerts->config->alert_secrets);
	if (realpath(where + 5, path) == NULL)
		return err_set(err, ERR_SETUP, "the file of the secret cannot be read");
	if (strncmp(path, alerts->secrets, len) != 0 || path[len] != '/')
		return err_set(err, ERR_SETUP, "the file of the secret is not in %s", alerts->config->alert_secrets);
	return true;
}

static bool read_secret(struct attempt *attempt)
{
	struct alert_request *request = &attempt->request;
	struct buf text;

	if (request->secret_use == SECRET_UNUSED)
		return true;
	const char *where = arena_text(&attempt->arena, request->secret);
	buf_init(&text, SECRET_BYTES);
	bool ok = may_be_secret(attempt->alerts, where, &attempt->err) && secret_read(where, &text, &attempt->err);
	if (ok)
		buf_str(&attempt->secret, str_trim(buf_view(&text)));
	secret_done(&text);
	if (ok && attempt->secret.len == 0)
		return err_set(&attempt->err, ERR_SETUP, "the secret is empty");
	/* It becomes a header or a URL: one line of printable bytes. */
	for (size_t i = 0; ok && i < attempt->secret.len; i++)
		if (attempt->secret.p[i] <= ' ' || attempt->secret.p[i] > '~')
			return err_set(&attempt->err, ERR_SETUP, "the secret has bytes that no secret has: one line is expected");
	return ok;
}

/* --- where to --- */

static bool find_way(struct attempt *attempt, const char *host)
{
	if (reach_way_find(attempt->alerts->resolve, host, &attempt->arena, &attempt->way, &attempt->err))
		return true;
	return attempt->err.kind != ERR_DENIED
	               ? false
	               : err_set(&attempt->err, ERR_DENIED,
	                         "%s is at a private address, where nothing is sent unless the channel is made with --allow-private", host);
}

/* --- what came of it --- */

static struct alert_result later(struct attempt *attempt, const char *words)
{
	return (struct alert_result){.carried = CARRIED_LATER, .words = str_of(arena_format(&attempt->arena, "%s", words))};
}

/* The library's words may hold the URL, and with it a secret. */
static struct alert_result failed(struct attempt *attempt, const struct courier_answer *answer)
{
	bool tells = attempt->request.secret_use != SECRET_IS_URL && answer->reason.len > 0;
	struct str reason = str_upto(answer->reason, 200);

	if (tells)
		return later(attempt, arena_format(&attempt->arena, "%s: %.*s", reach_way_failure(answer->result), STR_ARGS(reason)));
	return later(attempt, reach_way_failure(answer->result));
}

static struct alert_result judge_http(struct attempt *attempt, const struct courier_answer *answer)
{
	unsigned status = answer->status;
	struct alert_result result = {.carried = status >= 200 && status < 300 ? CARRIED
	                                         : status == 410                ? CARRIED_GONE
	                                                                        : CARRIED_LATER,
	                              .retry_secs = answer->retry_secs};

	if (answer->result != COURIER_OK)
		return failed(attempt, answer);
	const char *meaning = status == 410                    ? " (gone: the channel is paused)"
	                      : status >= 300 && status < 400 ? " (a redirect, which is not followed)"
	                                                       : "";
	result.words = str_of(arena_format(&attempt->arena, "HTTP %u%s", status, meaning));
	return result;
}

/* --- the carriers --- */

/* webhook-signature: v1, and the HMAC-SHA256 of "id.timestamp.body". */
static bool sign(struct attempt *attempt, instant at, const char **out_header)
{
	struct str text = buf_view(&attempt->secret);
	unsigned char mac[DIGEST_SHA256_BYTES];
	struct buf key, signed_text, header;

	buf_init(&key, SECRET_BYTES);
	buf_init(&signed_text, ALERT_REQUEST_BYTES + KIB(1));
	buf_init(&header, KIB(1));
	bool ok = str_starts_with(text, STR("whsec_")) && base64_decode(str_from(text, 6), &key) &&
	          key.len >= SECRET_LEAST_BYTES;
	if (ok) {
		buf_format(&signed_text, "%.*s.%" PRId64 ".", STR_ARGS(attempt->request.id), at);
		buf_str(&signed_text, attempt->request.body);
		digest_hmac_sha256(buf_view(&key), buf_view(&signed_text), mac);
		buf_text(&header, "webhook-signature: v1,");
		base64_encode(str_make(mac, sizeof mac), &header);
		*out_header = arena_text(&attempt->arena, buf_view(&header));
	} else {
		(void)err_set(&attempt->err, ERR_SETUP, "the secret of a webhook is whsec_ and 24 bytes or more in base64");
	}
	secret_done(&key);
	buf_done(&signed_text);
	buf_done(&header);
	return ok;
}

/* The body with the secret in its place, as a JSON string. */
static struct str body_with_secret(struct attempt *attempt)
{
	struct str body = attempt->request.body;
	size_t at = str_find(body, STR(ALERT_REQUEST_MARK));
	struct buf whole;

	buf_init(&whole, ALERT_REQUEST_BYTES + SECRET_BYTES);
	buf_str(&whole, str_upto(body, at));
	quote_json(buf_view(&attempt->secret), &whole);
	buf_str(&whole, str_from(body, at + sizeof ALERT_REQUEST_MARK - 1));
	struct str copy = arena_str(&attempt->arena, buf_view(&whole));
	secret_done(&whole);
	return copy;
}

static bool add_headers(struct attempt *attempt, const char *headers[8], size_t *out_count)
{
	struct arena *arena = &attempt->arena;
	const struct alert_request *request = &attempt->request;
	instant now = instant_now();
	size_t n = 0;

	headers[n++] = arena_format(arena, "Content-Type: %.*s", STR_ARGS(request->type));
	if (request->secret_use == SECRET_BEARER)
		headers[n++] = arena_format(arena, "Authorization: Bearer %.*s", STR_ARGS(buf_view(&attempt->secret)));
	if (request->secret_use == SECRET_SIGNS) {
		headers[n++] = arena_format(arena, "webhook-id: %.*s", STR_ARGS(request->id));
		headers[n++] = arena_format(arena, "webhook-timestamp: %" PRId64, now);
		if (!sign(attempt, now, &headers[n++]))
			return false;
	}
	*out_count = n;
	return true;
}

static bool is_allowed_url(const struct attempt *attempt, const char *url)
{
	return strncmp(url, "https://", 8) == 0 || (attempt->way.may_be_local && strncmp(url, "http://", 7) == 0);
}

static struct alert_result carry_http(struct attempt *attempt)
{
	struct alert_request *request = &attempt->request;
	const char *headers[8];
	char host[256];
	uint16_t port;
	struct courier_answer answer;
	struct courier_post post = {.is_put = request->is_put, .headers = headers, .user_agent = "mailseal/" MAILSEAL_VERSION};

	post.url = arena_text(&attempt->arena,
	                      request->secret_use == SECRET_IS_URL ? buf_view(&attempt->secret) : request->url);
	post.body = request->secret_use == SECRET_IN_BODY ? body_with_secret(attempt) : request->body;
	if (!is_allowed_url(attempt, post.url) || !courier_host(post.url, host, &port))
		return later(attempt, "the URL is not one that is sent to: https:// is expected");
	if (!add_headers(attempt, headers, &post.header_count) || !find_way(attempt, host))
		return later(attempt, attempt->err.text);
	courier_post(&post, &attempt->way, &attempt->arena, &answer);
	return judge_http(attempt, &answer);
}

static struct alert_result carry_mail(struct attempt *attempt)
{
	struct reach_alert *alerts = attempt->alerts;
	struct courier_answer answer;
	struct courier_mail mail = {.host = alerts->mail_host,
	                            .port = alerts->mail_port,
	                            .tls = mail_tls(alerts->config),
	                            .hello = alerts->hello,
	                            .user = alerts->config->alert_mail_user[0] == '\0' ? NULL : alerts->config->alert_mail_user,
	                            .password = alerts->password,
	                            .from = alerts->from,
	                            .to = arena_text(&attempt->arena, attempt->request.to),
	                            .body = attempt->request.body};

	if (alerts->mail_host[0] == '\0')
		return later(attempt, "the configuration names no submission server: alert.mail_host");
	attempt->way.may_be_local = true; /* the operator's own word */
	if (!find_way(attempt, alerts->mail_host))
		return later(attempt, attempt->err.text);
	courier_mail(&mail, &attempt->way, &attempt->arena, &answer);
	if (answer.result != COURIER_OK && answer.status >= 400)
		return later(attempt, arena_format(&attempt->arena, "the mail server said %u: %s", answer.status,
		                                   reach_way_failure(answer.result)));
	if (answer.result != COURIER_OK)
		return failed(attempt, &answer);
	return (struct alert_result){.carried = CARRIED,
	                             .words = str_of(arena_format(&attempt->arena, "taken by %s", alerts->mail_host))};
}

static struct alert_result carry_syslog(struct attempt *attempt)
{
	const char *url = arena_text(&attempt->arena, attempt->request.url);
	bool is_udp = strncmp(url, "udp://", 6) == 0, has_tls = strncmp(url, "tls://", 6) == 0;
	struct str line = attempt->request.body;
	struct courier_answer answer;
	char host[256];
	uint16_t port;
	/* curl knows no default port for these: RFC 5426, 6587 and 5425 do. */
	const char *known = arena_format(&attempt->arena, "%s%s", url,
	                                 strrchr(url, ':') > url + 5 && strrchr(url, ']') < strrchr(url, ':') ? ""
	                                 : is_udp                                                             ? ":514"
	                                 : has_tls                                                            ? ":6514"
	                                                                                                      : ":601");

	if (!courier_host(known, host, &port))
		return later(attempt, "the address of the syslog server makes no sense");
	if (!find_way(attempt, host))
		return later(attempt, attempt->err.text);
	if (is_udp) {
		courier_datagram(port, line, &attempt->way, &attempt->arena, &answer);
	} else {
		/* Counted octets, RFC 6587 3.4.1. */
		struct courier_stream stream = {.host = host, .port = port, .has_tls = has_tls};
		stream.bytes = str_of(arena_format(&attempt->arena, "%zu %.*s", line.len, STR_ARGS(line)));
		courier_stream(&stream, &attempt->way, &attempt->arena, &answer);
	}
	if (answer.result != COURIER_OK)
		return failed(attempt, &answer);
	return (struct alert_result){.carried = CARRIED,
	                             .words = is_udp ? STR("sent; UDP does not say whether it arrived") : STR("sent")};
}

static struct alert_result carry(struct attempt *attempt)
{
	if (!read_secret(attempt))
		return later(attempt, attempt->err.text);
	switch (attempt->request.carrier) {
	case CARRY_MAIL: return carry_mail(attempt);
	case CARRY_HTTP: return carry_http(attempt);
	case CARRY_SYSLOG: return carry_syslog(attempt);
	case CARRIER_COUNT: break;
	}
	return later(attempt, "there is no way to carry this");
}

static void run_errand(struct reach_alert *alerts, struct errand *errand)
{
	struct attempt attempt = {.alerts = alerts, .way = {.timeout_ms = (uint32_t)alerts->config->alert_timeout * 1000}};
	struct err err = {0};
	struct buf told;

	arena_init(&attempt.arena, MIB(16));
	buf_init(&attempt.secret, SECRET_BYTES);
	buf_init(&told, KIB(4));
	if (alerts->config->alert_ca_file[0] != '\0')
		attempt.way.ca_file = alerts->config->alert_ca_file;
	struct alert_result result = {.carried = CARRIED_LATER, .words = STR("the request makes no sense")};
	if (alert_request_read(buf_view(&errand->body), &attempt.request, &err)) {
		attempt.way.may_be_local = attempt.request.may_be_local;
		result = carry(&attempt);
	}
	result.words = str_upto(result.words, ALERT_RESULT_WORDS_MAX);
	alert_result_write(&result, &told);
	keep_link_tell(alerts->link, errand->id, buf_view(&told));
	buf_done(&told);
	secret_done(&attempt.secret);
	arena_done(&attempt.arena);
}

static void *work(void *data)
{
	struct reach_alert *alerts = data;

	for (;;) {
		(void)pthread_mutex_lock(&alerts->lock);
		while (alerts->count == 0)
			(void)pthread_cond_wait(&alerts->more, &alerts->lock);
		struct errand errand = alerts->queue[alerts->first];
		alerts->first = (alerts->first + 1) % QUEUE;
		alerts->count--;
		(void)pthread_mutex_unlock(&alerts->lock);
		run_errand(alerts, &errand);
		buf_done(&errand.body);
	}
	return NULL;
}

bool reach_alert_take(struct reach_alert *alerts, uint64_t id, struct str body)
{
	struct alert_request request;
	struct err err = {0};

	if (!alert_request_read(body, &request, &err))
		return false;
	(void)pthread_mutex_lock(&alerts->lock);
	bool has_room = alerts->count < QUEUE;
	if (has_room) {
		struct errand *errand = &alerts->queue[(alerts->first + alerts->count++) % QUEUE];
		errand->id = id;
		buf_init(&errand->body, ALERT_REQUEST_BYTES * 2);
		buf_str(&errand->body, body);
		(void)pthread_cond_signal(&alerts->more);
	}
	(void)pthread_mutex_unlock(&alerts->lock);
	/* Without a word keep tries it again when its time is over. */
	return true;
}

void reach_alert_start(struct reach_alert *alerts, struct keep_link *link)
{
	pthread_attr_t attributes;
	pthread_t thread;

	alerts->link = link;
	(void)pthread_attr_init(&attributes);
	(void)pthread_attr_setstacksize(&attributes, MIB(1));
	for (unsigned i = 0; i < THREADS; i++) {
		if (pthread_create(&thread, &attributes, work, alerts) != 0) {
			LOG(LOG_LEVEL_ERROR, "no-thread");
			exit(EXIT_FAILURE);
		}
		(void)pthread_detach(thread);
	}
	(void)pthread_attr_destroy(&attributes);
}
