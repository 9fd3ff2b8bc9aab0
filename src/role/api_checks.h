/* SPDX-License-Identifier: ISC */
#pragma once
#include "role/api.h"

/* The domain of the path, if this reader has it: listed, or in its reports.  ERR_MISSING. */
bool api_checks_domain(struct api *api, struct str *out, struct err *err);
