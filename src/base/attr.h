/* SPDX-License-Identifier: ISC */
#pragma once
/* Attributes of the compiler, under names that read well. */
#define PRINTF_LIKE(at, first) __attribute__((__format__(__printf__, at, first)))
#define MUST_USE __attribute__((__warn_unused_result__))
#define NO_RETURN __attribute__((noreturn))
#define CLEANUP(fn) __attribute__((cleanup(fn)))
#define UNUSED __attribute__((unused))
#define FALL_THROUGH __attribute__((fallthrough))
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
