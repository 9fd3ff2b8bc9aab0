/* SPDX-License-Identifier: ISC */
#pragma once
/* Who asks, and what he may: made for each request by role/http_sign_in, read by everything behind it. */
#include <stdint.h>

#include "base/str.h"
#include "facts/web_rights.h"

enum web_right {
#define X(id, text) WEB_RIGHT_##id,
	WEB_RIGHTS(X)
#undef X
	    WEB_RIGHT_COUNT
};

enum principal_by {
	PRINCIPAL_BY_NOTHING,  /* nobody is known: only what is public */
	PRINCIPAL_BY_LOOPBACK, /* a reader on this machine, before there are users */
	PRINCIPAL_BY_SESSION,
	PRINCIPAL_BY_TOKEN,
	PRINCIPAL_BY_COUNT
};

struct principal {
	enum principal_by by;
	enum web_right right; /* in `tenant`; PUBLIC: none */
	int64_t tenant;       /* to which everything that is read is narrowed; 0: all of the house */
	bool sees_all;        /* may choose any tenant, or none */
	int64_t user;         /* 0: none */
	struct str who;       /* name of the user or label of the token; absent */
};

const char *principal_right_text(enum web_right right);
bool principal_right_of(struct str text, enum web_right *out);
const char *principal_by_text(enum principal_by by);

static inline bool principal_may(const struct principal *principal, enum web_right needed)
{
	return needed == WEB_RIGHT_PUBLIC || (principal->by != PRINCIPAL_BY_NOTHING && principal->right >= needed);
}

/* The reader on this machine, of whom nobody can say who he is: `peer_is_local` says that the connection comes from loopback.
 * A Host that is not one of this machine is a page elsewhere whose name was pointed here (DNS rebinding). */
bool principal_is_here(bool peer_is_local, struct str host);

/* A Host header is "localhost", "127.0.0.1" or "[::1]", with any port, or one of `hosts` (with the port where it is written
 * there, else any; compared without case). */
bool principal_host_is_ours(struct str host, const char *const *hosts, size_t host_count);
