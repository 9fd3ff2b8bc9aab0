/* SPDX-License-Identifier: ISC */
#pragma once
/* The organisational domain of a name, by the list of public suffixes: the door to libpsl (the list that is built into
 * it, so that no file is read).  For any number of threads. */
#include "base/str.h"

#define ORG_DOMAIN_MAX 254

/* "mail.example.co.uk" gives "example.co.uk", lower case, in `text`.  A public suffix ("co.uk"), an address or anything
 * that is no domain name gives itself in lower case when it fits, else an absent text: such names are equal to
 * themselves alone. */
struct str org_domain(struct str name, char text[ORG_DOMAIN_MAX]);

/* True if both have the same organisational domain; false if one is absent or empty. */
bool org_domain_same(struct str a, struct str b);
