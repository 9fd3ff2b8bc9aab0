/* SPDX-License-Identifier: ISC */
#pragma once
/* What our own look saw, with its time.  Every part says "could not tell" apart from "is not there". */
#include "base/instant.h"
#include "base/str.h"
#include "report/tls_record.h"

/* How far a look at one server came. */
enum look_state {
	LOOK_OK,
	LOOK_NO_ADDRESS,       /* the name has no address */
	LOOK_FORBIDDEN,        /* an address where we do not connect */
	LOOK_PORT_CLOSED,      /* connect refused or timed out on port 25: often our own network */
	LOOK_NO_GREETING,      /* connected, and no 220 */
	LOOK_BROKEN,           /* the answers make no sense or end too early */
	LOOK_NO_STARTTLS,      /* not offered */
	LOOK_STARTTLS_REFUSED, /* offered, and then answered with 4xx or 5xx */
	LOOK_INJECTED,         /* plain text followed the 220 for STARTTLS */
	LOOK_HANDSHAKE_FAILED,
	LOOK_HELD_BACK,        /* we have been there too often lately */
	LOOK_STATE_COUNT,
};

/* What verification of a chain against the system's authorities and the name found: a set. */
enum cert_fault {
	CERT_EXPIRED = 1,
	CERT_NOT_YET_VALID = 2,
	CERT_REVOKED = 4,
	CERT_UNKNOWN_ISSUER = 8,   /* no way to a known authority */
	CERT_SELF_SIGNED = 16,     /* the leaf signed itself */
	CERT_INCOMPLETE = 32,      /* an intermediate is missing: issuer not sent and not known */
	CERT_WRONG_NAME = 64,
	CERT_WEAK = 128,           /* algorithm or key below today's least */
	CERT_NO_CHAIN = 256,       /* no certificate was shown */
	CERT_OTHER = 512,
	CERT_WRONG_PURPOSE = 1024,
};

struct cert_seen {
	struct str der;         /* as sent */
	struct str subject, issuer; /* RFC 4514 */
	struct str names;       /* DNS names of the SAN, ", " between */
	instant not_before, not_after;
	struct str key;         /* "RSA 2048" */
	struct str signature;   /* "RSA-SHA256" */
	struct str spki;        /* SubjectPublicKeyInfo, DER */
	bool is_ca;
};

struct tls_seen {
	struct str version;      /* "TLS1.3" */
	struct str cipher, group;
	struct cert_seen *chain; /* leaf first */
	size_t chain_count;
	unsigned faults;         /* enum cert_fault, for the name that was asked for */
	struct str fault_text;   /* the library's sentence; may be absent */
	bool has_staple;         /* an OCSP answer came with it */
};

struct mx_look {
	struct str host, address;
	enum look_state state;
	struct str banner, ehlo; /* first line; may be absent */
	struct str detail;       /* the answer or error that stopped the look */
	struct tls_seen tls;     /* when state is LOOK_OK */
	instant at;
	int64_t took_ms;
};

const char *look_state_text(enum look_state state); /* "ok", "port-closed", ... */

/* A dated fact out of many looks: it was so from the one to the other.  Stored by number: add at the end. */
enum observation_kind {
	OBSERVED_MX,         /* subject: domain; value: the set, "10 mx1.example.com" a line, "0 ." for null MX */
	OBSERVED_CERT,       /* subject: server; place: address; value: SHA-256 of the certificate */
	OBSERVED_TLSA,       /* subject: server; place: "insecure" where it is not signed; value: "3 1 1 HEX" */
	OBSERVED_RPT_RECORD, /* subject: domain; value: the TLS-RPT record that counts */
	OBSERVED_STS_RECORD, /* subject: domain; value: the id; text: the record */
	OBSERVED_POLICY,     /* subject: domain; value: SHA-256 of the file; text: the file */
	OBSERVED_FINDING,    /* subject: domain; place: what it is about; value: its code; text: what was found */
	OBSERVATION_KIND_COUNT
};

struct observation {
	int64_t id;
	enum observation_kind kind;
	struct str subject, place, value, text;
	instant first_seen, last_seen, gone_at; /* gone_at: INSTANT_NONE while it is still so */
	struct observed_cert {
		instant not_before, not_after;
		struct str names, issuer, key; /* "RSA 2048" */
		struct str key_sha256;         /* of its SubjectPublicKeyInfo, hex */
	} cert; /* OBSERVED_CERT */
	unsigned severity; /* OBSERVED_FINDING: enum severity */
};

const char *observation_kind_text(enum observation_kind kind); /* "mx", "certificate", ... */
