/* SPDX-License-Identifier: ISC */
#pragma once
/* The worker that reads hostile bytes: gets ARRIVAL messages on its channel and answers each, in order, with DECODED.
 * Answers are sent when no more requests wait.  Ends at the end of the channel, when over its processor time
 * (SIGXCPU) or out of memory (exit 83); whoever started it replaces it. */
#include "role/role_start.h"

role_main_fn role_decode_main;
