/* SPDX-License-Identifier: ISC */
#pragma once
/* The SMTP and LMTP door: accepts, reads, hands arrivals to `keep`, answers when they are committed. */
#include "role/role_start.h"

role_main_fn role_smtp_main;

/* Whether the role could start with this: its addresses are addresses, its certificate and key can be read and fit. */
bool role_smtp_check(const struct config *config, struct err *err);
