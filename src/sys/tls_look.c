/* SPDX-License-Identifier: ISC */
#include "sys/tls_look.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/ocsp.h>
#include <gnutls/x509.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/limits.h"
#include "base/mem.h"

#define CHAIN_MOST 16u /* certificates looked at */
#define SAN_MOST 1000u

struct tls_authorities {
	gnutls_certificate_credentials_t credentials;
	bool is_empty;
};

/* One clock for the whole house, so that a test can set it. */
static time_t time_of_house(time_t *out)
{
	time_t now = (time_t)instant_now();

	if (out != NULL)
		*out = now;
	return now;
}

bool tls_authorities_open(const char *ca_file, struct tls_authorities **out, struct err *err)
{
	struct tls_authorities *authorities = mem_new(sizeof *authorities);

	if (gnutls_certificate_allocate_credentials(&authorities->credentials) < 0) {
		mem_free(authorities);
		return err_set(err, ERR_SETUP, "GnuTLS does not start");
	}
	gnutls_global_set_time_function(time_of_house);
	int n = ca_file == NULL
	            ? gnutls_certificate_set_x509_system_trust(authorities->credentials)
	            : gnutls_certificate_set_x509_trust_file(authorities->credentials, ca_file, GNUTLS_X509_FMT_PEM);
	/* A system without authorities can still look; every chain is then of an unknown issuer. */
	if (ca_file != NULL && n <= 0) {
		tls_authorities_close(&authorities);
		return err_set(err, ERR_SETUP, "%s holds no certificate of an authority", ca_file);
	}
	authorities->is_empty = n <= 0;
	*out = authorities;
	return true;
}

bool tls_authorities_are_none(const struct tls_authorities *authorities)
{
	return authorities->is_empty;
}

void tls_authorities_close(struct tls_authorities **authorities)
{
	if (*authorities == NULL)
		return;
	gnutls_certificate_free_credentials((*authorities)->credentials);
	mem_free(*authorities);
	*authorities = NULL;
}

static const char *const offers[] = {
    [TLS_OFFER_TODAY] = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:%COMPAT",
    [TLS_OFFER_1_0] = "NORMAL:-VERS-ALL:+VERS-TLS1.0:+SHA1:%COMPAT",
    [TLS_OFFER_1_1] = "NORMAL:-VERS-ALL:+VERS-TLS1.1:+SHA1:%COMPAT",
    [TLS_OFFER_1_2] = "NORMAL:-VERS-ALL:+VERS-TLS1.2:%COMPAT",
    [TLS_OFFER_1_3] = "NORMAL:-VERS-ALL:+VERS-TLS1.3:%COMPAT",
};

static bool wait_ready(int fd, bool to_write, int64_t deadline_ms)
{
	int64_t left = deadline_ms - clock_ms();
	struct pollfd ready = {.fd = fd, .events = to_write ? POLLOUT : POLLIN};

	return left > 0 && poll(&ready, 1, left > INT32_MAX ? INT32_MAX : (int)left) >= 0 && clock_ms() < deadline_ms;
}

static struct str fixed(struct arena *arena, const char *text)
{
	return text == NULL ? STR_NONE : arena_str(arena, str_of(text));
}

static struct str taken(struct arena *arena, gnutls_datum_t *datum)
{
	struct str copy = arena_str(arena, str_make(datum->data, datum->size));
	gnutls_free(datum->data);
	datum->data = NULL;
	return copy;
}

static struct str dns_names(gnutls_x509_crt_t cert, struct arena *arena)
{
	struct buf names;

	buf_init(&names, KIB(32));
	for (unsigned i = 0; i < SAN_MOST; i++) {
		char name[512];
		size_t size = sizeof name;
		int kind = gnutls_x509_crt_get_subject_alt_name(cert, i, name, &size, NULL);
		if (kind == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
			break;
		if (kind != GNUTLS_SAN_DNSNAME)
			continue;
		struct buf before = names;
		if (names.len > 0)
			buf_text(&names, ", ");
		buf_bytes(&names, name, size);
		if (names.failed) {
			names.len = before.len;
			break;
		}
	}
	struct str text = names.len == 0 ? STR_NONE : arena_str(arena, str_make(names.p, names.len));
	buf_done(&names);
	return text;
}

static void read_cert(gnutls_x509_crt_t cert, struct arena *arena, struct cert_seen *out)
{
	gnutls_datum_t datum = {0};
	gnutls_pubkey_t key;
	unsigned bits = 0;

	if (gnutls_x509_crt_get_dn3(cert, &datum, 0) == 0)
		out->subject = taken(arena, &datum);
	if (gnutls_x509_crt_get_issuer_dn3(cert, &datum, 0) == 0)
		out->issuer = taken(arena, &datum);
	out->names = dns_names(cert, arena);
	out->not_before = (instant)gnutls_x509_crt_get_activation_time(cert);
	out->not_after = (instant)gnutls_x509_crt_get_expiration_time(cert);
	int algorithm = gnutls_x509_crt_get_pk_algorithm(cert, &bits);
	const char *name = algorithm < 0 ? NULL : gnutls_pk_get_name((gnutls_pk_algorithm_t)algorithm);
	out->key = str_of(arena_format(arena, "%s %u", name == NULL ? "unknown" : name, bits));
	int signature = gnutls_x509_crt_get_signature_algorithm(cert);
	out->signature = fixed(arena, signature < 0 ? "unknown" : gnutls_sign_get_name((gnutls_sign_algorithm_t)signature));
	unsigned critical;
	out->is_ca = gnutls_x509_crt_get_ca_status(cert, &critical) > 0;
	if (gnutls_pubkey_init(&key) == 0) {
		if (gnutls_pubkey_import_x509(key, cert, 0) == 0 &&
		    gnutls_pubkey_export2(key, GNUTLS_X509_FMT_DER, &datum) == 0)
			out->spki = taken(arena, &datum);
		gnutls_pubkey_deinit(key);
	}
}

static bool import(struct str der, gnutls_x509_crt_t *out)
{
	gnutls_datum_t datum = {.size = (unsigned)der.len};
	gnutls_x509_crt_t cert;

	memcpy(&datum.data, &der.p, sizeof datum.data);
	if (gnutls_x509_crt_init(&cert) < 0)
		return false;
	if (gnutls_x509_crt_import(cert, &datum, GNUTLS_X509_FMT_DER) < 0) {
		gnutls_x509_crt_deinit(cert);
		return false;
	}
	*out = cert;
	return true;
}

/* Authorities say where the certificate above theirs is to be had; private ones seldom do. */
static bool names_its_issuer_at(gnutls_x509_crt_t cert)
{
	gnutls_datum_t datum = {0};
	bool has = gnutls_x509_crt_get_authority_info_access(cert, 0, GNUTLS_IA_CAISSUERS_URI, &datum, NULL) >= 0;

	for (unsigned i = 1; !has && i < 4; i++)
		has = gnutls_x509_crt_get_authority_info_access(cert, i, GNUTLS_IA_CAISSUERS_URI, &datum, NULL) >= 0;
	gnutls_free(datum.data);
	return has;
}

static const struct {
	unsigned status, fault;
} status_faults[] = {
    {GNUTLS_CERT_EXPIRED, CERT_EXPIRED},
    {GNUTLS_CERT_NOT_ACTIVATED, CERT_NOT_YET_VALID},
    {GNUTLS_CERT_REVOKED, CERT_REVOKED},
    {GNUTLS_CERT_UNEXPECTED_OWNER, CERT_WRONG_NAME},
    {GNUTLS_CERT_INSECURE_ALGORITHM, CERT_WEAK},
    {GNUTLS_CERT_PURPOSE_MISMATCH, CERT_WRONG_PURPOSE},
    {GNUTLS_CERT_SIGNATURE_FAILURE, CERT_OTHER},
    {GNUTLS_CERT_SIGNER_NOT_CA, CERT_OTHER},
    {GNUTLS_CERT_SIGNER_CONSTRAINTS_FAILURE, CERT_OTHER},
    {GNUTLS_CERT_MISMATCH, CERT_OTHER},
    {GNUTLS_CERT_UNKNOWN_CRIT_EXTENSIONS, CERT_OTHER},
    {GNUTLS_CERT_REVOCATION_DATA_SUPERSEDED, 0},
    {GNUTLS_CERT_REVOCATION_DATA_ISSUED_IN_FUTURE, 0},
};

static unsigned faults_of(unsigned status)
{
	unsigned faults = 0;

	for (size_t i = 0; i < COUNT_OF(status_faults); i++)
		if ((status & status_faults[i].status) != 0)
			faults |= status_faults[i].fault;
	return faults;
}

static bool is_outdated(const struct cert_seen *cert, instant now, unsigned *faults)
{
	if (cert->not_after < now)
		*faults |= CERT_EXPIRED;
	if (cert->not_before > now)
		*faults |= CERT_NOT_YET_VALID;
	return (*faults & (CERT_EXPIRED | CERT_NOT_YET_VALID)) != 0;
}

static bool key_is_weak(gnutls_x509_crt_t leaf)
{
	unsigned bits = 0;
	int algorithm = gnutls_x509_crt_get_pk_algorithm(leaf, &bits);

	return (algorithm == GNUTLS_PK_RSA || algorithm == GNUTLS_PK_DSA) && bits < 2048;
}

static unsigned unknown_signer(gnutls_x509_crt_t leaf, size_t chain_count)
{
	if (gnutls_x509_crt_check_issuer(leaf, leaf) == 1)
		return CERT_SELF_SIGNED;
	return chain_count == 1 && names_its_issuer_at(leaf) ? CERT_INCOMPLETE : CERT_UNKNOWN_ISSUER;
}

/* Every fault, not only the first that the library meets: the dates, the name and the key are looked at by themselves. */
static void judge(gnutls_session_t session, struct str name, struct arena *arena, struct tls_seen *out)
{
	gnutls_x509_crt_t leaf;
	unsigned status = 0;
	const char *host = arena_text(arena, name);

	if (out->chain_count == 0 || !import(out->chain[0].der, &leaf)) {
		out->faults = CERT_NO_CHAIN;
		return;
	}
	if (gnutls_certificate_verify_peers2(session, &status) < 0)
		status = GNUTLS_CERT_INVALID;
	out->faults = faults_of(status);
	if (gnutls_x509_crt_check_hostname2(leaf, host, GNUTLS_VERIFY_DO_NOT_ALLOW_IP_MATCHES) == 0)
		out->faults |= CERT_WRONG_NAME;
	(void)is_outdated(&out->chain[0], instant_now(), &out->faults);
	if (key_is_weak(leaf))
		out->faults |= CERT_WEAK;
	if ((status & GNUTLS_CERT_SIGNER_NOT_FOUND) != 0)
		out->faults |= unknown_signer(leaf, out->chain_count);
	if ((status & GNUTLS_CERT_INVALID) != 0 && out->faults == 0)
		out->faults = CERT_OTHER;
	gnutls_datum_t text = {0};
	if (status != 0 && gnutls_certificate_verification_status_print(status, GNUTLS_CRT_X509, &text, 0) == 0)
		out->fault_text = taken(arena, &text);
	gnutls_x509_crt_deinit(leaf);
}

static void read_session(gnutls_session_t session, struct str name, struct arena *arena, struct tls_seen *out)
{
	unsigned count = 0;
	const gnutls_datum_t *chain = gnutls_certificate_get_peers(session, &count);

	*out = (struct tls_seen){0};
	out->version = fixed(arena, gnutls_protocol_get_name(gnutls_protocol_get_version(session)));
	out->cipher = fixed(arena, gnutls_cipher_get_name(gnutls_cipher_get(session)));
	gnutls_group_t group = gnutls_group_get(session);
	out->group = group != 0 ? fixed(arena, gnutls_group_get_name(group))
	                        : fixed(arena, gnutls_kx_get_name(gnutls_kx_get(session)));
	out->has_staple = gnutls_ocsp_status_request_is_checked(session, GNUTLS_OCSP_SR_IS_AVAIL) != 0;
	out->chain_count = count < CHAIN_MOST ? count : CHAIN_MOST;
	out->chain = ARENA_ARRAY(arena, out->chain_count, struct cert_seen);
	for (size_t i = 0; i < out->chain_count; i++) {
		gnutls_x509_crt_t cert;
		out->chain[i].der = arena_str(arena, str_make(chain[i].data, chain[i].size));
		if (import(out->chain[i].der, &cert)) {
			read_cert(cert, arena, &out->chain[i]);
			gnutls_x509_crt_deinit(cert);
		}
	}
	judge(session, name, arena, out);
}

static int shake(gnutls_session_t session, int fd, int64_t deadline_ms)
{
	for (;;) {
		int result = gnutls_handshake(session);
		if (result >= 0)
			return 0;
		if (gnutls_error_is_fatal(result))
			return result;
		if (!wait_ready(fd, gnutls_record_get_direction(session) == 1, deadline_ms))
			return GNUTLS_E_TIMEDOUT;
	}
}

static struct str reason_of(gnutls_session_t session, int result, struct arena *arena)
{
	if (result == GNUTLS_E_FATAL_ALERT_RECEIVED) {
		const char *alert = gnutls_alert_get_name(gnutls_alert_get(session));
		return str_of(arena_format(arena, "the server sent the alert \"%s\"", alert == NULL ? "unknown" : alert));
	}
	if (result == GNUTLS_E_TIMEDOUT)
		return STR("there was no answer in time");
	return fixed(arena, gnutls_strerror(result));
}

bool tls_look(const struct tls_authorities *authorities, int fd, struct str name, enum tls_offer offer,
              int64_t deadline_ms, struct arena *arena, struct tls_seen *out, struct str *out_reason)
{
	gnutls_session_t session;

	if (gnutls_init(&session, GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL) < 0) {
		*out_reason = STR("GnuTLS does not start");
		return false;
	}
	int result = gnutls_priority_set_direct(session, offers[offer], NULL);
	if (result >= 0)
		result = gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, authorities->credentials);
	if (result >= 0)
		result = gnutls_server_name_set(session, GNUTLS_NAME_DNS, name.p, name.len);
	gnutls_handshake_set_max_packet_length(session, KIB(100));
	gnutls_transport_set_int(session, fd);
	if (result >= 0)
		result = shake(session, fd, deadline_ms);
	if (result < 0) {
		*out_reason = reason_of(session, result, arena);
	} else {
		read_session(session, name, arena, out);
		(void)gnutls_bye(session, GNUTLS_SHUT_WR);
	}
	gnutls_deinit(session);
	return result >= 0;
}

unsigned tls_look_under_anchor(const struct cert_seen *chain, size_t count, size_t anchor, const struct str *names,
                               size_t name_count)
{
	gnutls_x509_crt_t certs[CHAIN_MOST];
	gnutls_x509_crt_t top;
	gnutls_x509_trust_list_t list;
	unsigned faults = CERT_OTHER;
	unsigned status = 0;
	size_t used = 0;

	if (anchor >= count || count > CHAIN_MOST || !import(chain[anchor].der, &top))
		return CERT_OTHER;
	while (used < anchor && import(chain[used].der, &certs[used]))
		used++;
	if (gnutls_x509_trust_list_init(&list, 0) == 0) {
		/* Any anchor will do, self-signed or not: the record names it. */
		if (used == anchor && gnutls_x509_trust_list_add_cas(list, &top, 1, 0) == 1 &&
		    gnutls_x509_trust_list_verify_crt(list, certs, (unsigned)used, GNUTLS_VERIFY_ALLOW_UNSORTED_CHAIN, &status,
		                                      NULL) == 0)
			faults = faults_of(status) |
			         ((status & GNUTLS_CERT_SIGNER_NOT_FOUND) != 0 ? (unsigned)CERT_UNKNOWN_ISSUER : 0);
		gnutls_x509_trust_list_deinit(list, 0);
	}
	bool named = false;
	for (size_t i = 0; i < name_count && used > 0; i++) {
		char host[256];
		(void)snprintf(host, sizeof host, "%.*s", STR_ARGS(names[i]));
		named = named || gnutls_x509_crt_check_hostname2(certs[0], host, GNUTLS_VERIFY_DO_NOT_ALLOW_IP_MATCHES) != 0;
	}
	if (!named)
		faults |= CERT_WRONG_NAME;
	for (size_t i = 0; i < used; i++)
		gnutls_x509_crt_deinit(certs[i]);
	gnutls_x509_crt_deinit(top);
	return faults;
}

bool tls_look_public_key(struct str pem, struct arena *arena, struct str *out, struct err *err)
{
	gnutls_datum_t text = {.size = (unsigned)pem.len}, der = {0};
	gnutls_x509_crt_t cert;
	gnutls_pubkey_t key;

	memcpy(&text.data, &pem.p, sizeof text.data);
	if (gnutls_pubkey_init(&key) != 0)
		return err_set(err, ERR_LATER, "there is no memory");
	bool ok = gnutls_pubkey_import(key, &text, GNUTLS_X509_FMT_PEM) == 0;
	if (!ok && gnutls_x509_crt_init(&cert) == 0) {
		ok = gnutls_x509_crt_import(cert, &text, GNUTLS_X509_FMT_PEM) == 0 && gnutls_pubkey_import_x509(key, cert, 0) == 0;
		gnutls_x509_crt_deinit(cert);
	}
	ok = ok && gnutls_pubkey_export2(key, GNUTLS_X509_FMT_DER, &der) == 0;
	if (ok)
		*out = taken(arena, &der);
	gnutls_pubkey_deinit(key);
	return ok || err_set(err, ERR_INPUT, "there is neither a certificate nor a public key in PEM");
}
