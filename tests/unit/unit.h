/* SPDX-License-Identifier: ISC */
#pragma once
/* What every unit test includes: cmocka in its order, and asserts for our own types. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/str.h"

static inline void assert_str_at(struct str got, const char *want, const char *file, int line)
{
	if (!str_eq(got, str_of(want))) {
		print_error("got  \"%.*s\"\nwant \"%s\"\n", STR_ARGS(got), want);
		_fail(file, line);
	}
}
#define assert_str(got, want) assert_str_at((got), (want), __FILE__, __LINE__)
