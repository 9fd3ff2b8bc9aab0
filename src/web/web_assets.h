/* SPDX-License-Identifier: ISC */
#pragma once
/* The web application, built into the program (ui/dist by embed_application.py).  No file stands behind any path. */
#include "base/str.h"

struct web_asset {
	const char *path; /* "/assets/core-BTO_SNKy.js"; NULL ends the table */
	const char *type;
	const char *tag;   /* of the bytes as they are */
	bool is_immutable; /* its name changes with its bytes */
	struct str plain;
	struct str gzip, brotli; /* absent where that does not pay */
};

extern const struct web_asset web_assets[];

/* NULL where there is none. */
const struct web_asset *web_assets_find(struct str path);

/* The form that a reader takes by his Accept-Encoding, the smallest first; "br" and "gzip", NULL for the plain one. */
struct str web_assets_form(const struct web_asset *asset, bool takes_brotli, bool takes_gzip, const char **out_coding);

/* The page that every screen begins with, for a server whose paths begin with `base`; made once.  Absent where the program was
 * built without the application. */
void web_assets_prepare(struct str base);
struct str web_assets_index(void);
const char *web_assets_index_tag(void);

/* Whether a reader is a browser, who can be given the application: he says that he takes HTML. */
bool web_assets_is_for(struct str accept);

/* What the application may do and load (ui/ui.md section 3.8). */
extern const char web_assets_policy[];
