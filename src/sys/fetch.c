/* SPDX-License-Identifier: ISC */
#include "sys/fetch.h"

#include <pthread.h>
#include <string.h>
#include <sys/socket.h>

#include <curl/curl.h>

struct under_way {
	const struct fetch_request *request;
	struct buf *body;
	bool forbidden;
};

static void start_library(void)
{
	(void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

static size_t take_body(char *bytes, size_t size, size_t n, void *context)
{
	struct under_way *fetching = context;

	buf_bytes(fetching->body, bytes, size * n);
	return fetching->body->failed ? 0 : size * n;
}

/* The last word on where a packet goes: the address of the socket itself. */
static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *to)
{
	struct under_way *fetching = context;

	(void)purpose;
	if (!fetching->request->allow_local && address_forbidden(&fetching->request->address) != NULL) {
		fetching->forbidden = true;
		return CURL_SOCKET_BAD;
	}
	return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

static enum fetch_result result_of(CURLcode code, const struct under_way *fetching)
{
	if (fetching->forbidden)
		return FETCH_FORBIDDEN;
	if (fetching->body->failed)
		return FETCH_TOO_BIG;
	switch (code) {
	case CURLE_OK: return FETCH_OK;
	case CURLE_COULDNT_CONNECT:
	case CURLE_COULDNT_RESOLVE_HOST: return FETCH_CONNECT;
	case CURLE_OPERATION_TIMEDOUT: return FETCH_TIMEOUT;
	case CURLE_SSL_CONNECT_ERROR: return FETCH_TLS;
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_ISSUER_ERROR: return FETCH_CERTIFICATE;
	case CURLE_FILESIZE_EXCEEDED: return FETCH_TOO_BIG;
	default: return FETCH_BROKEN;
	}
}

static struct str copied(struct arena *arena, const char *text)
{
	return text == NULL ? STR_NONE : arena_str(arena, str_of(text));
}

static struct curl_slist *connect_to(const struct fetch_request *request, struct arena *arena)
{
	char text[ADDRESS_TEXT_MAX];
	struct str address = address_format(&request->address, text);

	return curl_slist_append(NULL, arena_format(arena, request->address.is_v6 ? "::[%.*s]:%u" : "::%.*s:%u",
	                                            STR_ARGS(address), request->port));
}

void fetch(const struct fetch_request *request, struct arena *arena, struct buf *body, struct fetch_answer *out)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct under_way fetching = {.request = request, .body = body};
	char reason[CURL_ERROR_SIZE] = "";
	char *text = NULL;
	long status = 0;

	*out = (struct fetch_answer){.result = FETCH_BROKEN};
	(void)pthread_once(&once, start_library);
	CURL *curl = curl_easy_init();
	if (curl == NULL)
		return;
	struct curl_slist *to = connect_to(request, arena);
	curl_easy_setopt(curl, CURLOPT_URL,
	                 arena_format(arena, "https://%.*s%.*s", STR_ARGS(request->host), STR_ARGS(request->path)));
	curl_easy_setopt(curl, CURLOPT_CONNECT_TO, to);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https");
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)request->timeout_ms);
	curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, request->user_agent);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &fetching);
	curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, &fetching);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, reason);
	/* The folder of authorities that the library was built with holds the same ones again, and costs 5 MiB a request. */
	curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
	if (request->ca_file != NULL)
		curl_easy_setopt(curl, CURLOPT_CAINFO, request->ca_file);
	out->result = result_of(curl_easy_perform(curl), &fetching);
	if (curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK && status > 0)
		out->status = (unsigned)status;
	if (curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &text) == CURLE_OK)
		out->content_type = copied(arena, text);
	if (curl_easy_getinfo(curl, CURLINFO_REDIRECT_URL, &text) == CURLE_OK)
		out->location = copied(arena, text);
	out->reason = reason[0] == '\0' ? STR_NONE : copied(arena, reason);
	curl_slist_free_all(to);
	curl_easy_cleanup(curl);
}
