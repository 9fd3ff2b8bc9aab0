/* SPDX-License-Identifier: ISC */
#include "report/severity.h"

#include <assert.h>

const char *severity_text(enum severity severity)
{
	static const char *const texts[] = {"ok", "notice", "warning", "critical"};

	assert((unsigned)severity < SEVERITY_COUNT);
	return texts[severity];
}
