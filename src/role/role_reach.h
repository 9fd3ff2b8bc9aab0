/* SPDX-License-Identifier: ISC */
#pragma once
/* The only role that connects out.  Answers each ASK of `keep` with a TOLD of the same id, by a bounded pool of threads;
 * what cannot be answered in time is told so.  Never sees the store. */
#include "role/role_start.h"

role_main_fn role_reach_main;
