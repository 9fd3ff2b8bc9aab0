/* SPDX-License-Identifier: ISC */
#pragma once
/* The only writer of the store.  Takes arrivals from the doors and the command line, has them read by decode workers,
 * commits them in groups and answers each with a verdict after the commit.  The first listening descriptor, if there
 * is one, is the control socket for the command line.  Any failure to commit ends it: the state of the store is unknown
 * then, and a new start recovers. */
#include "role/role_start.h"

role_main_fn role_keep_main;
