/* SPDX-License-Identifier: ISC */
#include "sys/courier.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <curl/curl.h>

#include "base/attr.h"
#include "base/file.h"
#include "base/instant.h"
#include "base/limits.h"
#include "base/num.h"

#define ANSWER_BYTES KIB(64)
#define RETRY_MOST_SECS 86400u

struct on_the_way {
	const struct courier_way *way;
	struct buf answer;
	struct str rest; /* of a mail: what is left to be sent */
	bool is_forbidden, is_full;
};

static void start_library(void)
{
	(void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

static size_t take_answer(char *bytes, size_t size, size_t n, void *context)
{
	struct on_the_way *going = context;
	size_t room = ANSWER_BYTES - going->answer.len;

	buf_bytes(&going->answer, bytes, size * n < room ? size * n : room);
	going->is_full = size * n > room;
	/* The status is known; a body that does not end is nobody's business. */
	return going->is_full ? 0 : size * n;
}

static size_t give_body(char *room, size_t size, size_t n, void *context)
{
	struct on_the_way *going = context;
	size_t len = size * n < going->rest.len ? size * n : going->rest.len;

	memcpy(room, going->rest.p, len);
	going->rest = str_from(going->rest, len);
	return len;
}

static bool address_of(const struct sockaddr *from, struct address *out)
{
	if (from->sa_family == AF_INET) {
		struct sockaddr_in v4;
		memcpy(&v4, from, sizeof v4);
		*out = (struct address){0};
		memcpy(out->bytes, &v4.sin_addr, 4);
		return true;
	}
	if (from->sa_family != AF_INET6)
		return false;
	struct sockaddr_in6 v6;
	memcpy(&v6, from, sizeof v6);
	*out = (struct address){.is_v6 = true};
	memcpy(out->bytes, &v6.sin6_addr, 16);
	return true;
}

/* The last word on where a packet goes: the address of the socket itself. */
static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *to)
{
	struct on_the_way *going = context;
	struct address address;

	(void)purpose;
	if (!address_of(&to->addr, &address) || (!going->way->may_be_local && address_forbidden(&address) != NULL)) {
		going->is_forbidden = true;
		return CURL_SOCKET_BAD;
	}
	return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

static enum courier_result result_of(CURLcode code, const struct on_the_way *going, unsigned status)
{
	if (code == CURLE_OK || (code == CURLE_WRITE_ERROR && going->is_full))
		return COURIER_OK;
	switch (code) {
	case CURLE_COULDNT_CONNECT:
	case CURLE_COULDNT_RESOLVE_HOST: return going->is_forbidden ? COURIER_FORBIDDEN : COURIER_CONNECT;
	case CURLE_OPERATION_TIMEDOUT: return COURIER_TIMEOUT;
	case CURLE_USE_SSL_FAILED:
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_SSL_CACERT_BADFILE: return COURIER_TLS;
	case CURLE_LOGIN_DENIED: return COURIER_LOGIN;
	default: return status >= 400 ? COURIER_REFUSED : COURIER_BROKEN;
	}
}

/* "HOST:PORT:ADDRESS:PORT" for each place, all in one entry of the resolver's cache. */
static struct curl_slist *resolved(const char *host, uint16_t port, const struct courier_way *way, struct arena *arena)
{
	struct buf entry;
	char text[ADDRESS_TEXT_MAX];

	buf_init(&entry, KIB(2));
	buf_format(&entry, "%s:%u:", host, port);
	for (size_t i = 0; i < way->address_count; i++) {
		struct str shown = address_format(&way->addresses[i], text);
		buf_format(&entry, way->addresses[i].is_v6 ? "%s[%.*s]" : "%s%.*s", i == 0 ? "" : ",", STR_ARGS(shown));
	}
	struct curl_slist *list = curl_slist_append(NULL, arena_text(arena, buf_view(&entry)));
	buf_done(&entry);
	return list;
}

static void set_common(CURL *curl, struct on_the_way *going, char *reason)
{
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)going->way->timeout_ms);
	curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_answer);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, going);
	curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, going);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, reason);
	if (going->way->ca_file != NULL)
		curl_easy_setopt(curl, CURLOPT_CAINFO, going->way->ca_file);
}

/* Performs, and reads what there is to say of it. */
static void go(CURL *curl, struct on_the_way *going, const char *reason, struct arena *arena, struct courier_answer *out)
{
	long status = 0;
	curl_off_t retry = 0;
	CURLcode code = curl_easy_perform(curl);

	if (curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK && status > 0)
		out->status = (unsigned)status;
	out->result = result_of(code, going, out->status);
	if (curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &retry) == CURLE_OK && retry > 0)
		out->retry_secs = retry > RETRY_MOST_SECS ? RETRY_MOST_SECS : (uint32_t)retry;
	out->reason = reason[0] == '\0' ? STR_NONE : arena_str(arena, str_of(reason));
	out->body = arena_str(arena, buf_view(&going->answer));
	out->is_cut = going->is_full;
}

static CURL *begin(struct on_the_way *going, const struct courier_way *way, struct courier_answer *out)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	*out = (struct courier_answer){.result = COURIER_BROKEN};
	*going = (struct on_the_way){.way = way};
	buf_init(&going->answer, ANSWER_BYTES);
	(void)pthread_once(&once, start_library);
	return curl_easy_init();
}

bool courier_host(const char *url, char host[256], uint16_t *out_port)
{
	char *found = NULL, *port = NULL;
	uint64_t number = 0;
	bool ok = false;
	CURLU *parts = curl_url();

	if (parts != NULL && curl_url_set(parts, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK &&
	    curl_url_get(parts, CURLUPART_HOST, &found, 0) == CURLUE_OK && strlen(found) < 256) {
		size_t len = strlen(found);
		bool is_v6 = found[0] == '[';
		(void)snprintf(host, 256, "%.*s", (int)(is_v6 ? len - 2 : len), is_v6 ? found + 1 : found);
		ok = true;
	}
	if (ok && curl_url_get(parts, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK)
		ok = num_parse_uint(str_of(port), UINT16_MAX, &number) && number > 0;
	if (ok)
		*out_port = (uint16_t)number;
	curl_free(found);
	curl_free(port);
	curl_url_cleanup(parts);
	return ok;
}

void courier_post(const struct courier_post *post, const struct courier_way *way, struct arena *arena,
                  struct courier_answer *out)
{
	char reason[CURL_ERROR_SIZE] = "", host[256];
	struct on_the_way going;
	uint16_t port = 0;
	CURL *curl = begin(&going, way, out);

	if (curl == NULL || !courier_host(post->url, host, &port)) {
		curl_easy_cleanup(curl);
		return;
	}
	struct curl_slist *to = resolved(host, port, way, arena);
	struct curl_slist *headers = curl_slist_append(NULL, "Expect:");
	for (size_t i = 0; i < post->header_count; i++)
		headers = curl_slist_append(headers, post->headers[i]);
	set_common(curl, &going, reason);
	curl_easy_setopt(curl, CURLOPT_URL, post->url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, post->user_agent);
	curl_easy_setopt(curl, CURLOPT_RESOLVE, to);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	if (!post->is_get) {
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)post->body.len);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, post->body.p);
	}
	if (post->is_put)
		curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, "PUT");
	go(curl, &going, reason, arena, out);
	curl_slist_free_all(headers);
	curl_slist_free_all(to);
	curl_easy_cleanup(curl);
	buf_done(&going.answer);
}

void courier_mail(const struct courier_mail *mail, const struct courier_way *way, struct arena *arena,
                  struct courier_answer *out)
{
	char reason[CURL_ERROR_SIZE] = "";
	struct on_the_way going;
	bool is_implicit = mail->tls == COURIER_IMPLICIT_TLS;
	CURL *curl = begin(&going, way, out);

	if (curl == NULL)
		return;
	struct curl_slist *to = resolved(mail->host, mail->port, way, arena);
	struct curl_slist *recipients = curl_slist_append(NULL, arena_format(arena, "<%s>", mail->to));
	bool is_v6 = strchr(mail->host, ':') != NULL;
	going.rest = mail->body;
	set_common(curl, &going, reason);
	curl_easy_setopt(curl, CURLOPT_URL,
	                 arena_format(arena, is_v6 ? "%s://[%s]:%u/%s" : "%s://%s:%u/%s", is_implicit ? "smtps" : "smtp",
	                              mail->host, mail->port, mail->hello));
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(curl, CURLOPT_RESOLVE, to);
	curl_easy_setopt(curl, CURLOPT_USE_SSL, (long)(mail->tls == COURIER_PLAIN ? CURLUSESSL_NONE : CURLUSESSL_ALL));
	if (mail->user != NULL) {
		curl_easy_setopt(curl, CURLOPT_USERNAME, mail->user);
		curl_easy_setopt(curl, CURLOPT_PASSWORD, mail->password == NULL ? "" : mail->password);
	}
	curl_easy_setopt(curl, CURLOPT_MAIL_FROM, arena_format(arena, "<%s>", mail->from));
	curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients);
	curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(curl, CURLOPT_READFUNCTION, give_body);
	curl_easy_setopt(curl, CURLOPT_READDATA, &going);
	curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)mail->body.len);
	go(curl, &going, reason, arena, out);
	curl_slist_free_all(recipients);
	curl_slist_free_all(to);
	curl_easy_cleanup(curl);
	buf_done(&going.answer);
}

static bool send_all(CURL *curl, struct str bytes, int64_t deadline_ms)
{
	curl_socket_t fd = CURL_SOCKET_BAD;

	if (curl_easy_getinfo(curl, CURLINFO_ACTIVESOCKET, &fd) != CURLE_OK)
		return false;
	while (bytes.len > 0) {
		size_t sent = 0;
		CURLcode code = curl_easy_send(curl, bytes.p, bytes.len, &sent);
		if (code != CURLE_OK && code != CURLE_AGAIN)
			return false;
		bytes = str_from(bytes, sent);
		int64_t left = deadline_ms - clock_ms();
		struct pollfd ready = {.fd = fd, .events = POLLOUT};
		if (left <= 0 || (code == CURLE_AGAIN && poll(&ready, 1, (int)left) < 0 && errno != EINTR))
			return false;
	}
	return true;
}

void courier_stream(const struct courier_stream *stream, const struct courier_way *way, struct arena *arena,
                    struct courier_answer *out)
{
	char reason[CURL_ERROR_SIZE] = "";
	struct on_the_way going;
	int64_t deadline_ms = clock_ms() + way->timeout_ms;
	CURL *curl = begin(&going, way, out);

	if (curl == NULL)
		return;
	struct curl_slist *to = resolved(stream->host, stream->port, way, arena);
	bool is_v6 = strchr(stream->host, ':') != NULL;
	set_common(curl, &going, reason);
	curl_easy_setopt(curl, CURLOPT_URL,
	                 arena_format(arena, is_v6 ? "%s://[%s]:%u" : "%s://%s:%u", stream->has_tls ? "https" : "http",
	                              stream->host, stream->port));
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_RESOLVE, to);
	curl_easy_setopt(curl, CURLOPT_CONNECT_ONLY, 1L);
	go(curl, &going, reason, arena, out);
	if (out->result == COURIER_OK && !send_all(curl, stream->bytes, deadline_ms))
		out->result = COURIER_BROKEN;
	curl_slist_free_all(to);
	curl_easy_cleanup(curl);
	buf_done(&going.answer);
}

static bool send_datagram(const struct address *address, uint16_t port, struct str bytes)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port)};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
	int fd = socket(address->is_v6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	memcpy(&v4.sin_addr, address->bytes, 4);
	memcpy(&v6.sin6_addr, address->bytes, 16);
	bool ok = fd >= 0 && sendto(fd, bytes.p, bytes.len, 0,
	                            address->is_v6 ? (const struct sockaddr *)&v6 : (const struct sockaddr *)&v4,
	                            address->is_v6 ? sizeof v6 : sizeof v4) == (ssize_t)bytes.len;
	file_close(&fd);
	return ok;
}

void courier_datagram(uint16_t port, struct str bytes, const struct courier_way *way, struct arena *arena,
                      struct courier_answer *out)
{
	*out = (struct courier_answer){.result = COURIER_CONNECT};
	for (size_t i = 0; i < way->address_count; i++) {
		if (!way->may_be_local && address_forbidden(&way->addresses[i]) != NULL) {
			out->result = COURIER_FORBIDDEN;
			continue;
		}
		if (send_datagram(&way->addresses[i], port, bytes)) {
			out->result = COURIER_OK;
			return;
		}
		out->result = COURIER_CONNECT;
		out->reason = arena_str(arena, str_of(strerror(errno)));
	}
}
