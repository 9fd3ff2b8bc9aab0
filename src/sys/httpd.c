/* SPDX-License-Identifier: ISC */
#include "sys/httpd.h"

#include <microhttpd.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <strings.h>
#include <sys/socket.h>

#include "base/attr.h"
#include "base/file.h"
#include "base/instant.h"
#include "base/limits.h"
#include "base/mem.h"
#include "sys/peer.h"
#include "sys/squeeze.h"

#define FDS_MAX 64
#define STACK_BYTES KIB(512) /* a page is rendered on it */
#define HEAD_BYTES KIB(24)   /* request line and headers, and what the library keeps with them */
#define REQUESTS_MOST 100    /* of one connection */
#define BODY_START_MS 10000  /* before the smallest rate is asked for */
#define PATH_BYTES KIB(8)
#define LOOK_EVERY_MS 250
#define FIELDS_BYTES KIB(8)
#define PIECE_BYTES MIB(16) /* of an answer that is made while it is sent */
#define SQUEEZE_LEAST_BYTES 1024

/* One client.  In the list as long as the library has its socket. */
struct client {
	struct client *next, *previous;
	int fd;
	struct peer peer;
	bool is_known;
	unsigned requests;
	atomic_bool in_request;
	_Atomic int64_t deadline_ms; /* then the socket is shut */
};

struct httpd {
	struct httpd_setup setup;
	struct MHD_Daemon *daemons[FDS_MAX];
	size_t daemon_count;
	pthread_mutex_t lock; /* guards the list */
	struct client *first;
	size_t count, strangers;
	atomic_size_t memory_bytes;
	atomic_bool stopping, stopped;
	pthread_t watch;
};

/* One request, from its first line to the end of its answer. */
struct exchange {
	struct httpd_request request;
	char path[PATH_BYTES];
	bool path_fits;
	bool judged, too_big, no_room;
	struct buf body;
	size_t counted_bytes;
	uint64_t received_bytes;
	int64_t started_ms;
};

/* --- clients --- */

static size_t count_network(struct httpd *httpd, const char *network)
{
	size_t n = 0;

	for (const struct client *c = httpd->first; c != NULL; c = c->next)
		n += strcmp(c->peer.network, network) == 0;
	return n;
}

/* Loopback is the house's own, or its proxy. */
static bool is_known(struct httpd *httpd, const struct peer *peer)
{
	const struct httpd_setup *setup = &httpd->setup;

	return (peer->is_local && !setup->limits_loopback) ||
	       (setup->is_known != NULL && setup->is_known(setup->context, str_of(peer->network)));
}

static enum MHD_Result may_connect(void *arg, const struct sockaddr *from, socklen_t len)
{
	struct httpd *httpd = arg;
	struct peer peer;

	(void)len;
	peer_of(from, &peer);
	bool is_free = peer.is_local && !httpd->setup.limits_loopback;
	bool known = is_known(httpd, &peer);
	(void)pthread_mutex_lock(&httpd->lock);
	bool may = httpd->count < httpd->setup.connections && !atomic_load(&httpd->stopping) &&
	           (known || httpd->strangers < httpd->setup.connections - httpd->setup.reserved) &&
	           (is_free || count_network(httpd, peer.network) < httpd->setup.connections_per_network);
	(void)pthread_mutex_unlock(&httpd->lock);
	return may ? MHD_YES : MHD_NO;
}

static void add_client(struct httpd *httpd, struct MHD_Connection *connection, void **slot)
{
	struct client *client = mem_new(sizeof *client);
	const union MHD_ConnectionInfo *socket = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	const union MHD_ConnectionInfo *from = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);

	client->fd = socket->connect_fd;
	peer_of(from->client_addr, &client->peer);
	client->is_known = is_known(httpd, &client->peer);
	atomic_store(&client->deadline_ms, clock_ms() + httpd->setup.head_ms);
	(void)pthread_mutex_lock(&httpd->lock);
	client->next = httpd->first;
	if (httpd->first != NULL)
		httpd->first->previous = client;
	httpd->first = client;
	httpd->count++;
	httpd->strangers += !client->is_known;
	(void)pthread_mutex_unlock(&httpd->lock);
	*slot = client;
}

static void remove_client(struct httpd *httpd, struct client *client)
{
	(void)pthread_mutex_lock(&httpd->lock);
	if (client->previous != NULL)
		client->previous->next = client->next;
	else
		httpd->first = client->next;
	if (client->next != NULL)
		client->next->previous = client->previous;
	httpd->count--;
	httpd->strangers -= !client->is_known;
	(void)pthread_mutex_unlock(&httpd->lock);
	mem_free(client);
}

static void on_connection(void *arg, struct MHD_Connection *connection, void **slot,
                          enum MHD_ConnectionNotificationCode code)
{
	if (code == MHD_CONNECTION_NOTIFY_STARTED)
		add_client(arg, connection, slot);
	else if (*slot != NULL)
		remove_client(arg, *slot);
}

/* The library's own timeout is one of inactivity, which a client that sends a byte now and then never meets. */
static void *watch_deadlines(void *arg)
{
	struct httpd *httpd = arg;

	while (!atomic_load(&httpd->stopped)) {
		(void)poll(NULL, 0, LOOK_EVERY_MS);
		int64_t now = clock_ms();
		(void)pthread_mutex_lock(&httpd->lock);
		for (const struct client *c = httpd->first; c != NULL; c = c->next)
			if (atomic_load(&c->deadline_ms) < now)
				(void)shutdown(c->fd, SHUT_RDWR);
		(void)pthread_mutex_unlock(&httpd->lock);
	}
	return NULL;
}

static struct client *client_of(struct MHD_Connection *connection)
{
	return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

/* --- what a handler may ask --- */

struct str httpd_header(const struct httpd_request *request, const char *name)
{
	return str_of(MHD_lookup_connection_value(request->inner, MHD_HEADER_KIND, name));
}

struct str httpd_parameter(const struct httpd_request *request, const char *name)
{
	return str_of(MHD_lookup_connection_value(request->inner, MHD_GET_ARGUMENT_KIND, name));
}

bool httpd_length(const struct httpd_request *request, uint64_t *out_length)
{
	struct str text = httpd_header(request, MHD_HTTP_HEADER_CONTENT_LENGTH);
	uint64_t length = 0;

	if (text.len == 0 || text.len > 19)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (!byte_is_digit(text.p[i]))
			return false;
		length = length * 10 + (uint64_t)(text.p[i] - '0');
	}
	*out_length = length;
	return true;
}

static bool is_refused(struct str weight)
{
	/* q=0, q=0.0, q=0.00 */
	weight = str_trim(weight);
	if (!str_starts_with_nocase(weight, STR("q=0")))
		return false;
	for (size_t i = 3; i < weight.len; i++)
		if (weight.p[i] != '0' && weight.p[i] != '.')
			return false;
	return true;
}

bool httpd_accepts_coding(struct str header, struct str coding)
{
	while (header.p != NULL) {
		struct str item = str_cut(&header, ',');
		struct str name = str_trim(str_cut(&item, ';'));
		if (str_eq_nocase(name, coding))
			return !is_refused(item);
	}
	return false;
}

/* --- answers --- */

/* Plain pages need their own style sheet and nothing else. */
static const char plain_policy[] = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
                                   "base-uri 'none'; frame-ancestors 'none'";

static const char *const headers[][2] = {
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"},
};

static void add_headers(struct MHD_Response *response, const struct httpd_answer *answer, bool closes)
{
	char text[32];

	for (size_t i = 0; i < COUNT_OF(headers); i++)
		(void)MHD_add_response_header(response, headers[i][0], headers[i][1]);
	(void)MHD_add_response_header(response, "Content-Security-Policy",
	                              answer->policy != NULL ? answer->policy : plain_policy);
	for (size_t at = 0; at < answer->fields.len;) {
		const char *name = answer->fields.p + at, *value = name + strlen(name) + 1;
		(void)MHD_add_response_header(response, name, value);
		at += strlen(name) + strlen(value) + 2;
	}
	(void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, answer->type);
	if (answer->allow != NULL)
		(void)MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, answer->allow);
	if (answer->retry_secs > 0) {
		(void)snprintf(text, sizeof text, "%u", answer->retry_secs);
		(void)MHD_add_response_header(response, MHD_HTTP_HEADER_RETRY_AFTER, text);
	}
	(void)MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL,
	                              answer->cache != NULL ? answer->cache : "no-store");
	if (closes)
		(void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
}

void httpd_answer_field(struct httpd_answer *answer, const char *name, struct str value)
{
	for (size_t i = 0; i < value.len; i++)
		if ((unsigned char)value.p[i] < ' ' || value.p[i] == 0x7f)
			return;
	if (value.p == NULL || answer->fields.len + strlen(name) + value.len + 2 > answer->fields.ceiling)
		return;
	buf_bytes(&answer->fields, name, strlen(name) + 1);
	buf_str(&answer->fields, value);
	buf_byte(&answer->fields, '\0');
}

/* A body that is made while it is sent. */
struct sending {
	struct httpd *httpd;
	struct client *client;
	struct httpd_stream stream;
	struct buf piece;
	size_t sent; /* of the piece */
	bool ended;
};

/* On the thread of the connection, so it may wait for the store; but not for a reader who takes nothing. */
static ssize_t send_piece(void *arg, uint64_t offset, char *out, size_t room)
{
	struct sending *sending = arg;

	(void)offset;
	atomic_store(&sending->client->deadline_ms, INT64_MAX);
	while (sending->sent == sending->piece.len) {
		if (sending->ended)
			return MHD_CONTENT_READER_END_OF_STREAM;
		buf_clear(&sending->piece);
		sending->sent = 0;
		if (!sending->stream.more(sending->stream.context, &sending->piece, &sending->ended) || sending->piece.failed)
			return MHD_CONTENT_READER_END_WITH_ERROR;
	}
	size_t left = sending->piece.len - sending->sent, n = left < room ? left : room;
	memcpy(out, sending->piece.p + sending->sent, n);
	sending->sent += n;
	atomic_store(&sending->client->deadline_ms,
	             clock_ms() + BODY_START_MS + (int64_t)(n * 1000 / sending->httpd->setup.min_rate_bytes));
	return (ssize_t)n;
}

static void free_sending(void *arg)
{
	struct sending *sending = arg;

	sending->stream.done(sending->stream.context);
	buf_done(&sending->piece);
	mem_free(sending);
}

static struct MHD_Response *stream_response(struct httpd *httpd, struct client *client, struct httpd_answer *answer)
{
	struct sending *sending = mem_new(sizeof *sending);

	*sending = (struct sending){.httpd = httpd, .client = client, .stream = answer->stream};
	answer->stream = (struct httpd_stream){0};
	buf_init(&sending->piece, PIECE_BYTES);
	struct MHD_Response *response =
	    MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, KIB(64), send_piece, sending, free_sending);
	if (response == NULL)
		free_sending(sending);
	return response;
}

/* Small bodies fit a packet anyway. */
static void squeeze_answer(struct MHD_Connection *connection, struct httpd_answer *answer)
{
	struct buf small;

	if (!answer->may_squeeze || answer->body.len < SQUEEZE_LEAST_BYTES)
		return;
	httpd_answer_field(answer, MHD_HTTP_HEADER_VARY, STR("Accept-Encoding"));
	if (!httpd_accepts_coding(str_of(MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
	                                                             MHD_HTTP_HEADER_ACCEPT_ENCODING)),
	                          STR("gzip")))
		return;
	buf_init(&small, HTTPD_ANSWER_BYTES);
	if (squeeze_gzip(buf_view(&answer->body), &small) && small.len < answer->body.len) {
		buf_done(&answer->body);
		answer->body = small;
		httpd_answer_field(answer, MHD_HTTP_HEADER_CONTENT_ENCODING, STR("gzip"));
		return;
	}
	buf_done(&small);
}

static struct MHD_Response *make_response(struct httpd *httpd, struct MHD_Connection *connection,
                                          struct httpd_answer *answer)
{
	if (answer->stream.more != NULL)
		return stream_response(httpd, client_of(connection), answer);
	if (answer->fixed.p != NULL)
		return MHD_create_response_from_buffer(answer->fixed.len, (void *)(uintptr_t)answer->fixed.p,
		                                       MHD_RESPMEM_PERSISTENT);
	squeeze_answer(connection, answer);
	/* The library frees with free(3) what it takes over, so it gets a copy. */
	return MHD_create_response_from_buffer(answer->body.len, answer->body.p, MHD_RESPMEM_MUST_COPY);
}

static enum MHD_Result send_answer(struct httpd *httpd, struct MHD_Connection *connection, struct httpd_answer *answer,
                                   bool closes)
{
	struct client *client = client_of(connection);
	struct MHD_Response *response = make_response(httpd, connection, answer);

	if (response == NULL)
		return MHD_NO;
	size_t size = answer->fixed.p != NULL ? answer->fixed.len : answer->body.len;
	atomic_store(&client->deadline_ms,
	             clock_ms() + BODY_START_MS + (int64_t)(size * 1000 / httpd->setup.min_rate_bytes));
	add_headers(response, answer, closes || client->requests >= REQUESTS_MOST || atomic_load(&httpd->stopping));
	enum MHD_Result queued = MHD_queue_response(connection, answer->status, response);
	MHD_destroy_response(response);
	return queued;
}

static void answer_done(struct httpd_answer *answer)
{
	if (answer->stream.done != NULL)
		answer->stream.done(answer->stream.context);
	buf_done(&answer->body);
	buf_done(&answer->fields);
}

static void answer_init(struct httpd_answer *answer)
{
	*answer = (struct httpd_answer){.type = "text/plain; charset=utf-8"};
	buf_init(&answer->body, HTTPD_ANSWER_BYTES);
	buf_init(&answer->fields, FIELDS_BYTES);
}

static enum MHD_Result send_status(struct httpd *httpd, struct MHD_Connection *connection, unsigned status,
                                   const char *text)
{
	struct httpd_answer answer;

	answer_init(&answer);
	answer.status = status;
	answer.retry_secs = status == 503 ? 60 : 0;
	buf_text(&answer.body, text);
	enum MHD_Result queued = send_answer(httpd, connection, &answer, true);
	answer_done(&answer);
	return queued;
}

/* --- requests --- */

/* The path as it came, before the library decodes it. */
static void *on_line(void *arg, const char *uri, struct MHD_Connection *connection)
{
	struct httpd *httpd = arg;
	struct exchange *exchange = mem_new(sizeof *exchange);
	struct str path = str_of(uri);

	(void)connection;
	path = str_upto(path, str_find_byte(path, '?'));
	exchange->path_fits = path.len < sizeof exchange->path;
	if (exchange->path_fits)
		memcpy(exchange->path, path.p, path.len);
	exchange->request.path = str_make(exchange->path, exchange->path_fits ? path.len : 0);
	buf_init(&exchange->body, httpd->setup.body_bytes);
	return exchange;
}

static void on_completed(void *arg, struct MHD_Connection *connection, void **slot, enum MHD_RequestTerminationCode how)
{
	struct httpd *httpd = arg;
	struct exchange *exchange = *slot;
	struct client *client = client_of(connection);

	(void)how;
	if (client != NULL) {
		atomic_store(&client->in_request, false);
		atomic_store(&client->deadline_ms, clock_ms() + httpd->setup.head_ms);
	}
	if (exchange == NULL)
		return;
	atomic_fetch_sub(&httpd->memory_bytes, exchange->counted_bytes);
	buf_done(&exchange->body);
	mem_free(exchange);
	*slot = NULL;
}

struct header_counts {
	unsigned hosts, lengths, encodings;
};

static enum MHD_Result count_header(void *arg, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct header_counts *counts = arg;

	(void)kind;
	(void)value;
	counts->hosts += strcasecmp(name, MHD_HTTP_HEADER_HOST) == 0;
	counts->lengths += strcasecmp(name, MHD_HTTP_HEADER_CONTENT_LENGTH) == 0;
	counts->encodings += strcasecmp(name, MHD_HTTP_HEADER_TRANSFER_ENCODING) == 0;
	return MHD_YES;
}

/* Two ways to tell where a body ends are one too many: two servers in a row may choose differently. */
static bool has_sound_framing(struct MHD_Connection *connection, const struct httpd_request *request,
                              const char *version)
{
	struct header_counts counts = {0};
	uint64_t length;

	(void)MHD_get_connection_values(connection, MHD_HEADER_KIND, count_header, &counts);
	return counts.lengths + counts.encodings <= 1 && counts.hosts <= 1 &&
	       (counts.hosts == 1 || strcmp(version, MHD_HTTP_VERSION_1_0) == 0) &&
	       (counts.lengths == 0 || httpd_length(request, &length));
}

static enum httpd_method method_of(const char *method)
{
	static const char *const names[HTTPD_OTHER] = {
	    [HTTPD_GET] = MHD_HTTP_METHOD_GET,   [HTTPD_HEAD] = MHD_HTTP_METHOD_HEAD,
	    [HTTPD_POST] = MHD_HTTP_METHOD_POST, [HTTPD_PUT] = MHD_HTTP_METHOD_PUT,
	    [HTTPD_PATCH] = MHD_HTTP_METHOD_PATCH, [HTTPD_DELETE] = MHD_HTTP_METHOD_DELETE};

	for (unsigned i = 0; i < COUNT_OF(names); i++)
		if (strcmp(method, names[i]) == 0)
			return (enum httpd_method)i;
	return HTTPD_OTHER;
}

static enum MHD_Result judge_head(struct httpd *httpd, struct MHD_Connection *connection, struct exchange *exchange,
                                  const char *method, const char *version)
{
	struct client *client = client_of(connection);
	struct httpd_request *request = &exchange->request;
	struct httpd_answer answer;

	exchange->judged = true;
	exchange->started_ms = clock_ms();
	client->requests++;
	atomic_store(&client->in_request, true);
	atomic_store(&client->deadline_ms, exchange->started_ms + BODY_START_MS);
	request->method = method_of(method);
	request->inner = connection;
	request->peer = str_of(client->peer.text);
	request->network = client->peer.is_local ? STR_NONE : str_of(client->peer.network);
	request->is_local = client->peer.is_local;
	if (!exchange->path_fits)
		return send_status(httpd, connection, 414, "The path is too long.\n");
	if (!has_sound_framing(connection, request, version))
		return send_status(httpd, connection, 400, "The headers contradict one another.\n");
	answer_init(&answer);
	httpd->setup.judge(httpd->setup.context, request, &answer);
	enum MHD_Result result = MHD_YES;
	if (answer.status != 0)
		result = send_answer(httpd, connection, &answer,
		                     request->method != HTTPD_GET && request->method != HTTPD_HEAD);
	answer_done(&answer);
	return result;
}

static enum MHD_Result take_body(struct httpd *httpd, struct client *client, struct exchange *exchange,
                                 struct str piece)
{
	size_t size = exchange->body.size;

	exchange->received_bytes += piece.len;
	if (!exchange->no_room && !exchange->too_big)
		buf_str(&exchange->body, piece);
	atomic_fetch_add(&httpd->memory_bytes, exchange->body.size - size);
	exchange->counted_bytes += exchange->body.size - size;
	exchange->too_big |= exchange->body.failed;
	/* A quarter is kept for those that are known. */
	uint64_t most = client->is_known ? httpd->setup.memory_bytes : httpd->setup.memory_bytes / 4 * 3;
	exchange->no_room |= atomic_load(&httpd->memory_bytes) > most;
	atomic_store(&client->deadline_ms,
	             exchange->started_ms + BODY_START_MS +
	                 (int64_t)(exchange->received_bytes * 1000 / httpd->setup.min_rate_bytes));
	/* A body that was announced too large was refused already; one without a length is read for a while, so that the
	 * client hears why. */
	return exchange->received_bytes > 2 * httpd->setup.body_bytes ? MHD_NO : MHD_YES;
}

static enum MHD_Result handle(struct httpd *httpd, struct MHD_Connection *connection, struct exchange *exchange)
{
	struct httpd_answer answer;

	if (exchange->too_big)
		return send_status(httpd, connection, 413, "The body is too large.\n");
	if (exchange->no_room)
		return send_status(httpd, connection, 503, "Too much is under way; try again later.\n");
	atomic_store(&client_of(connection)->deadline_ms, INT64_MAX);
	exchange->request.body = buf_view(&exchange->body);
	answer_init(&answer);
	httpd->setup.handle(httpd->setup.context, &exchange->request, &answer);
	enum MHD_Result result = send_answer(httpd, connection, &answer, false);
	answer_done(&answer);
	return result;
}

static enum MHD_Result on_request(void *arg, struct MHD_Connection *connection, const char *url, const char *method,
                                  const char *version, const char *upload, size_t *upload_size, void **slot)
{
	struct httpd *httpd = arg;
	struct exchange *exchange = *slot;

	(void)url;
	if (!exchange->judged)
		return judge_head(httpd, connection, exchange, method, version);
	if (*upload_size == 0)
		return handle(httpd, connection, exchange);
	enum MHD_Result result = take_body(httpd, client_of(connection), exchange, str_make(upload, *upload_size));
	*upload_size = 0;
	return result;
}

/* --- life --- */

static void say_nothing(void *arg, const char *format, va_list args)
{
	(void)arg;
	(void)format;
	(void)args;
}

static struct MHD_Daemon *start_one(struct httpd *httpd, int fd)
{
	return MHD_start_daemon(
	    MHD_USE_THREAD_PER_CONNECTION | MHD_USE_POLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_USE_ERROR_LOG, 0,
	    may_connect, httpd, on_request, httpd, MHD_OPTION_EXTERNAL_LOGGER, say_nothing, NULL,
	    MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT, (unsigned)httpd->setup.connections + 16,
	    MHD_OPTION_THREAD_STACK_SIZE, (size_t)STACK_BYTES, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEAD_BYTES,
	    MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_URI_LOG_CALLBACK, on_line, httpd, MHD_OPTION_NOTIFY_COMPLETED,
	    on_completed, httpd, MHD_OPTION_NOTIFY_CONNECTION, on_connection, httpd, MHD_OPTION_END);
}

bool httpd_start(const struct httpd_setup *setup, struct httpd **out, struct err *err)
{
	struct httpd *httpd = mem_new(sizeof *httpd);

	httpd->setup = *setup;
	(void)pthread_mutex_init(&httpd->lock, NULL);
	if (pthread_create(&httpd->watch, NULL, watch_deadlines, httpd) != 0) {
		mem_free(httpd);
		return err_set(err, ERR_SETUP, "there is no thread to be had");
	}
	for (size_t i = 0; i < setup->fd_count && i < FDS_MAX; i++) {
		struct MHD_Daemon *one = start_one(httpd, setup->fds[i]);
		if (one == NULL) {
			httpd_stop(&httpd, 0);
			return err_set(err, ERR_SETUP, "the HTTP server does not start");
		}
		httpd->daemons[httpd->daemon_count++] = one;
	}
	*out = httpd;
	return true;
}

static bool is_at_work(struct httpd *httpd)
{
	bool found = false;

	(void)pthread_mutex_lock(&httpd->lock);
	for (const struct client *c = httpd->first; c != NULL; c = c->next)
		found |= atomic_load(&c->in_request);
	(void)pthread_mutex_unlock(&httpd->lock);
	return found;
}

void httpd_stop(struct httpd **httpd, int64_t grace_ms)
{
	struct httpd *gone = *httpd;

	if (gone == NULL)
		return;
	atomic_store(&gone->stopping, true);
	for (size_t i = 0; i < gone->daemon_count; i++) {
		int fd = MHD_quiesce_daemon(gone->daemons[i]);
		file_close(&fd);
	}
	for (int64_t until = clock_ms() + grace_ms; clock_ms() < until && is_at_work(gone);)
		(void)poll(NULL, 0, 20);
	for (size_t i = 0; i < gone->daemon_count; i++)
		MHD_stop_daemon(gone->daemons[i]);
	atomic_store(&gone->stopped, true);
	(void)pthread_join(gone->watch, NULL);
	(void)pthread_mutex_destroy(&gone->lock);
	mem_free(gone);
	*httpd = NULL;
}
