/* SPDX-License-Identifier: ISC */
#pragma once
/* Commands about the policies that this house serves.  The arguments of each verb, as wire fields in this order:
 *   policy-publish  text domain, u8 mode, u64 max_age, u32 count, text mx..., text who, u64 expected n, u64 wave,
 *                   u8 overruled, u8 is_down, u32 count, text ids that must not be used...
 * and what it gives: u64 n, text id, text file. */
#include "base/buf.h"
#include "report/wire.h"
#include "role/keep.h"

bool keep_policy_publish(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err);
