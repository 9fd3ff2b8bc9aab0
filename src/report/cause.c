/* SPDX-License-Identifier: ISC */
#include "report/cause.h"

#include <assert.h>

#include "base/attr.h"

static const struct {
	enum cause_family family;
	enum fault fault;
} causes[] = {
#define X(id, text, family, fault) {CAUSE_FAMILY_##family, FAULT_##fault},
    CAUSES(X)
#undef X
};

enum cause_family cause_family(enum cause cause)
{
	assert((unsigned)cause < CAUSE_COUNT);
	return causes[cause].family;
}

enum fault cause_fault(enum cause cause)
{
	assert((unsigned)cause < CAUSE_COUNT);
	return causes[cause].fault;
}
