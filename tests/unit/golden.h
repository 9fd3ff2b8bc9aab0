/* SPDX-License-Identifier: ISC */
#pragma once
/* Golden outputs: tests/fixtures/golden/NAME holds what a rendering must give, byte by byte.  After a wanted change run the
 * test with MAILSEAL_GOLDEN=write and read the difference before committing it. */
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/limits.h"
#include "unit.h"

#define GOLDEN_PATH_MAX 256

static inline void golden_write(const char *path, struct str got)
{
	FILE *file = fopen(path, "w");
	if (file == NULL || fwrite(got.p, 1, got.len, file) != got.len || fclose(file) != 0)
		fail_msg("%s cannot be written", path);
}

static inline void assert_golden(struct str got, const char *name)
{
	char path[GOLDEN_PATH_MAX];
	struct buf want;
	struct err err = {0};

	(void)snprintf(path, sizeof path, "tests/fixtures/golden/%s", name);
	const char *mode = getenv("MAILSEAL_GOLDEN");
	if (mode != NULL && strcmp(mode, "write") == 0)
		golden_write(path, got);
	buf_init(&want, MIB(4));
	if (!file_read(path, &want, &err))
		fail_msg("%s", err.text);
	if (!str_eq(got, buf_view(&want)))
		fail_msg("%s differs; got:\n%.*s", name, STR_ARGS(got));
	buf_done(&want);
}
