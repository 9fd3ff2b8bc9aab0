/* SPDX-License-Identifier: ISC */
#pragma once
/* How much it matters, least first.  A notice never wakes anybody. */
enum severity { SEVERITY_OK, SEVERITY_NOTICE, SEVERITY_WARNING, SEVERITY_CRITICAL, SEVERITY_COUNT };

const char *severity_text(enum severity severity); /* "ok", "notice", "warning", "critical" */
