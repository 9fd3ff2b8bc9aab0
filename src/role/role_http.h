/* SPDX-License-Identifier: ISC */
#pragma once
/* The HTTP door: takes reports (RFC 8460 section 5.4) and shows the plain pages. */
#include "role/role_start.h"

role_main_fn role_http_main;
