/* SPDX-License-Identifier: ISC */
#include "sys/tls.h"

#include <errno.h>
#include <gnutls/gnutls.h>
#include <poll.h>
#include <sys/socket.h>

#include "base/attr.h"
#include "base/instant.h"
#include "base/mem.h"

#define PRIORITIES "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:%SAFE_RENEGOTIATION"

struct tls_identity {
	gnutls_certificate_credentials_t credentials;
	gnutls_priority_t priorities;
	gnutls_datum_t alpn;
};

bool tls_identity_new(struct str certificate, struct str key, const char *alpn, struct tls_identity **out,
                      struct err *err)
{
	struct tls_identity *identity = mem_new(sizeof *identity);
	union {
		const char *text;
		unsigned char *bytes;
	} name = {.text = alpn}, chain = {.text = certificate.p}, secret = {.text = key.p};
	gnutls_datum_t chain_datum = {.data = chain.bytes, .size = (unsigned)certificate.len};
	gnutls_datum_t key_datum = {.data = secret.bytes, .size = (unsigned)key.len};

	identity->alpn = (gnutls_datum_t){.data = name.bytes, .size = (unsigned)strlen(alpn)};
	int failed = gnutls_certificate_allocate_credentials(&identity->credentials);
	if (failed == 0)
		failed = gnutls_priority_init(&identity->priorities, PRIORITIES, NULL);
	if (failed == 0)
		failed = gnutls_certificate_set_x509_key_mem(identity->credentials, &chain_datum, &key_datum,
		                                             GNUTLS_X509_FMT_PEM);
	if (failed < 0) {
		tls_identity_free(&identity);
		return err_set(err, ERR_SETUP, "the certificate or its key cannot be used: %s",
		               gnutls_strerror(failed));
	}
	*out = identity;
	return true;
}

void tls_identity_free(struct tls_identity **identity)
{
	if (*identity == NULL)
		return;
	if ((*identity)->credentials != NULL)
		gnutls_certificate_free_credentials((*identity)->credentials);
	if ((*identity)->priorities != NULL)
		gnutls_priority_deinit((*identity)->priorities);
	mem_free(*identity);
	*identity = NULL;
}

static enum stream_result wait_for(int fd, short events, int64_t deadline_ms)
{
	for (;;) {
		int64_t left = deadline_ms - clock_ms();
		if (left <= 0)
			return STREAM_LATE;
		struct pollfd pollfd = {.fd = fd, .events = events};
		int n = poll(&pollfd, 1, left > INT32_MAX ? INT32_MAX : (int)left);
		if (n > 0)
			return STREAM_OK;
		if (n < 0 && errno != EINTR)
			return STREAM_BROKEN;
	}
}

static enum stream_result wait_for_tls(gnutls_session_t session, int fd, int64_t deadline_ms)
{
	return wait_for(fd, gnutls_record_get_direction(session) ? POLLOUT : POLLIN, deadline_ms);
}

enum stream_result stream_start_tls(struct stream *stream, const struct tls_identity *identity, int64_t deadline_ms)
{
	gnutls_session_t session;
	enum stream_result result = STREAM_OK;
	int failed = gnutls_init(&session, GNUTLS_SERVER | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL | GNUTLS_NO_TICKETS);

	if (failed < 0)
		return STREAM_BROKEN;
	failed = gnutls_priority_set(session, identity->priorities);
	if (failed == 0)
		failed = gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, identity->credentials);
	if (failed == 0)
		failed = gnutls_alpn_set_protocols(session, &identity->alpn, 1, GNUTLS_ALPN_MANDATORY);
	if (failed < 0) {
		gnutls_deinit(session);
		return STREAM_BROKEN;
	}
	gnutls_certificate_server_set_request(session, GNUTLS_CERT_IGNORE);
	gnutls_handshake_set_timeout(session, GNUTLS_INDEFINITE_TIMEOUT); /* the deadline is ours */
	gnutls_transport_set_int(session, stream->fd);
	while (result == STREAM_OK && (failed = gnutls_handshake(session)) < 0) {
		if (failed == GNUTLS_E_AGAIN)
			result = wait_for_tls(session, stream->fd, deadline_ms);
		else if (failed != GNUTLS_E_INTERRUPTED && gnutls_error_is_fatal(failed)) {
			(void)gnutls_alert_send_appropriate(session, failed);
			result = STREAM_BROKEN;
		}
	}
	if (result != STREAM_OK) {
		gnutls_deinit(session);
		return result;
	}
	stream->tls = session;
	return STREAM_OK;
}

const char *stream_version(const struct stream *stream)
{
	if (stream->tls == NULL)
		return "";
	const char *name = gnutls_protocol_get_name(gnutls_protocol_get_version(stream->tls));
	return name == NULL ? "" : name;
}

static enum stream_result read_plain(int fd, char *at, size_t room, int64_t deadline_ms, size_t *out_got)
{
	for (;;) {
		ssize_t got = recv(fd, at, room, MSG_DONTWAIT);
		if (got > 0) {
			*out_got = (size_t)got;
			return STREAM_OK;
		}
		if (got == 0)
			return STREAM_END;
		if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
			return STREAM_BROKEN;
		enum stream_result result = errno == EINTR ? STREAM_OK : wait_for(fd, POLLIN, deadline_ms);
		if (result != STREAM_OK)
			return result;
	}
}

static enum stream_result read_tls(gnutls_session_t session, int fd, char *at, size_t room, int64_t deadline_ms,
                                   size_t *out_got)
{
	for (;;) {
		ssize_t got = gnutls_record_recv(session, at, room);
		if (got > 0) {
			*out_got = (size_t)got;
			return STREAM_OK;
		}
		if (got == 0)
			return STREAM_END;
		if (got != GNUTLS_E_AGAIN && got != GNUTLS_E_INTERRUPTED)
			/* Also GNUTLS_E_REHANDSHAKE: nobody has a reason for one.  A cut is the end. */
			return got == GNUTLS_E_PREMATURE_TERMINATION ? STREAM_END : STREAM_BROKEN;
		enum stream_result result = wait_for_tls(session, fd, deadline_ms);
		if (result != STREAM_OK)
			return result;
	}
}

enum stream_result stream_read(struct stream *stream, char *at, size_t room, int64_t deadline_ms, size_t *out_got)
{
	if (stream->tls == NULL)
		return read_plain(stream->fd, at, room, deadline_ms, out_got);
	return read_tls(stream->tls, stream->fd, at, room, deadline_ms, out_got);
}

enum stream_result stream_write(struct stream *stream, struct str bytes, int64_t deadline_ms)
{
	while (bytes.len > 0) {
		ssize_t put;
		bool again;
		if (stream->tls == NULL) {
			put = send(stream->fd, bytes.p, bytes.len, MSG_NOSIGNAL | MSG_DONTWAIT);
			again = put < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
		} else {
			put = gnutls_record_send(stream->tls, bytes.p, bytes.len);
			again = put == GNUTLS_E_AGAIN || put == GNUTLS_E_INTERRUPTED;
		}
		if (put > 0) {
			bytes = str_from(bytes, (size_t)put);
			continue;
		}
		if (!again)
			return STREAM_BROKEN;
		enum stream_result result = wait_for(stream->fd, POLLOUT, deadline_ms);
		if (result != STREAM_OK)
			return result;
	}
	return STREAM_OK;
}

void stream_done(struct stream *stream)
{
	if (stream->tls == NULL)
		return;
	(void)gnutls_bye(stream->tls, GNUTLS_SHUT_WR);
	gnutls_deinit(stream->tls);
	stream->tls = NULL;
}
