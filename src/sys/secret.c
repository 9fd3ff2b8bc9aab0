/* SPDX-License-Identifier: ISC */
#include "sys/secret.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

bool secret_read(const char *where, struct buf *out, struct err *err)
{
	char path[PATH_MAX];
	struct str text = str_of(where);
	int len = -1;

	if (str_starts_with(text, STR("file:"))) {
		len = snprintf(path, sizeof path, "%s", where + 5);
	} else if (str_starts_with(text, STR("cred:"))) {
		const char *folder = getenv("CREDENTIALS_DIRECTORY");
		if (folder == NULL || strchr(where + 5, '/') != NULL)
			return err_set(err, ERR_SETUP, "there is no credential '%s'", where + 5);
		len = snprintf(path, sizeof path, "%s/%s", folder, where + 5);
	}
	if (len <= 0 || (size_t)len >= sizeof path)
		return err_set(err, ERR_SETUP, "'%s' is neither file:PATH nor cred:NAME", where);
	if (file_read(path, out, err))
		return true;
	if (err != NULL)
		err->kind = ERR_SETUP;
	return false;
}

void secret_done(struct buf *secret)
{
	if (secret->p != NULL)
		explicit_bzero(secret->p, secret->size);
	buf_done(secret);
}
