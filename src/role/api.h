/* SPDX-License-Identifier: ISC */
#pragma once
/* The API below /api/v1 (docs/openapi.yaml): what each handler finds ready, and what it may leave to be done. */
#include "base/attr.h"
#include "present/doc.h"
#include "present/json_out.h"
#include "role/http_visit.h"
#include "store/screens.h"

struct api {
	struct http_visit *visit;
	struct store *store;    /* a reader, narrowed to what the principal may see */
	struct arena arena;     /* of this request */
	struct json_out json;   /* into the body of the answer */
	struct filter filter;   /* of the query; see api_take_filter() */
	bool has_period;        /* the query names days */
	bool wants_csv;
	struct str cursor;      /* absent: from the start */
	char tag[24];           /* of what can be changed of the thing (snapshot_tag), where the answer is one; "" */
	const char *code;       /* of the problem when the handler fails; NULL: that of the kind */
	unsigned status;        /* of the problem with that code; 0: 403 */
	unsigned retry_secs;    /* of the problem */
	const char *wrong;      /* the parameter that makes no sense, when ERR_INPUT is about one */
};

/* Makes the answer.  False for what http_visit_failed() says; with `api->wrong` the parameter is named. */
typedef bool api_fn(struct api *api, struct err *err);

/* The visit has passed its checks. */
void api_answer(struct http_visit *visit);

/* --- the query --- */
#define API_PAGE 50
struct str api_parameter(const struct api *api, const char *name); /* absent where it is missing or empty */
/* False with api->wrong set to `name`. */
bool api_wrong(struct api *api, const char *name, const char *sentence, struct err *err);
/* One of `texts`; `*out` stays as it is where the parameter is missing. */
bool api_take_choice(struct api *api, const char *name, const char *const *texts, unsigned count, unsigned *out, struct err *err);
bool api_take_count(struct api *api, const char *name, uint64_t most, uint64_t *out, struct err *err);
/* A name in lower case; a domain as A-labels. */
bool api_take_domain(struct api *api, struct str text, const char *name, struct str *out, struct err *err);
/* The piece of the path as a number; ERR_MISSING for what cannot be one. */
bool api_number(const struct api *api, int64_t *out, struct err *err);
/* The piece of the path as a domain that is listed, and his; ERR_MISSING. */
bool api_listed_domain(struct api *api, struct str *out, struct err *err);
/* The days that the answer is about: those of the query, else `days` (0: all of them) up to the last one with data. */
bool api_use_period(struct api *api, unsigned days, struct screens_coverage *out_coverage, struct err *err);

/* --- the answer --- */
/* "coverage": how complete the last day is. */
void api_put_coverage(struct api *api, const struct screens_coverage *coverage);
/* "period": the days of the filter. */
void api_put_period(struct api *api);
/* "next", and the Link to the page behind this one; absent: the end. */
void api_put_next(struct api *api, struct str cursor);
/* The whole of an answer that has nothing to say but that it is done; true. */
bool api_put_done(struct api *api);
/* Bytes as an attachment of this name, whatever they are. */
void api_answer_file(struct api *api, struct str bytes, const char *type, const char *name);

/* CSV that is made while it is sent.  `more` appends the rows of a piece and sets `*out_end` after the last one; it has a store
 * of its own for as long as it runs.  `next` is where it goes on: 0 at first, then as it left it. */
struct api_export {
	bool (*more)(struct api *api, int64_t *next, struct buf *out, bool *out_end, struct err *err);
	const char *name; /* of the file, without ".csv" */
};
bool api_answer_export(struct api *api, const struct api_export *export, struct err *err);
/* A table that is there already, as a whole. */
bool api_answer_table(struct api *api, const struct doc_table *table, const char *name, struct err *err);
/* Appends a table in pieces: its header with the first one alone. */
void api_put_rows(const struct doc_table *table, bool is_first, struct buf *out);
