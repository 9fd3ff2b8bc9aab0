/* SPDX-License-Identifier: ISC */
#pragma once
/* The CRC of ISO 3309, as PNG and gzip have it.  Bit by bit: for short texts and small files. */
#include <stdint.h>

#include "base/str.h"

uint32_t crc32_of(struct str bytes);
