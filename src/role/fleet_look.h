/* SPDX-License-Identifier: ISC */
#pragma once
/* Looks at many domains at the same time.  A mail server that many of them share is looked at once. */
#include "role/domain_look.h"

struct fleet_look; /* what is known of mail servers, for the length of one command */

struct fleet_look *fleet_look_new(const struct domain_look_options *options);
void fleet_look_free(struct fleet_look **fleet);

struct fleet_seen {
	struct arena arena; /* of the check, and for whoever works with it */
	struct check check;
};

/* The looks at `domains`, one for each; release them with fleet_look_done().  Of a server that was looked at for another
 * domain only what matters for enforce is told: one finding, and that it was seen. */
void fleet_look(struct fleet_look *fleet, const struct str *domains, size_t count, struct fleet_seen *out);
void fleet_look_done(struct fleet_seen *seen, size_t count);

#define FLEET_LOOK_BATCH 64u
