/* SPDX-License-Identifier: ISC */
#pragma once
/* What `http` wants of a provider of OpenID Connect, and what `reach` has made of it.  `keep` hands both on as they are
 * (role/oidc_desk.h).  Checked when they are read. */
#include "base/arena.h"
#include "base/buf.h"
#include "report/oidc.h"

enum oidc_what {
	OIDC_WHERE, /* where to send the browser */
	OIDC_WHO,   /* who came back */
	OIDC_WHAT_COUNT
};

struct oidc_request {
	enum oidc_what what;
	struct str provider; /* the name of its section in the configuration */
	/* OIDC_WHO: */
	struct str code, verifier, redirect, nonce;
	struct str issuer; /* what `iss` of the answer said (RFC 9207); absent: nothing */
};

struct oidc_told {
	enum oidc_problem problem;
	struct str authorization;  /* OIDC_WHERE: the URL */
	struct oidc_person person; /* OIDC_WHO */
};

#define OIDC_WIRE_REQUEST_BYTES KIB(32)
#define OIDC_WIRE_TOLD_BYTES KIB(512)
#define OIDC_WIRE_CODE_BYTES KIB(8)

void oidc_wire_write_request(const struct oidc_request *request, struct buf *out);
bool oidc_wire_read_request(struct str bytes, struct oidc_request *out); /* points into `bytes` */
void oidc_wire_write_told(const struct oidc_told *told, struct buf *out);
bool oidc_wire_read_told(struct str bytes, struct arena *arena, struct oidc_told *out);
