/* SPDX-License-Identifier: ISC */
#pragma once
/* The JSON object that a request brings: each member is asked for by name, what nobody asked for is refused. */
#include "decode/json_in.h"
#include "role/api.h"

#define API_BODY_MEMBERS 24
#define API_BODY_BYTES KIB(64)

struct api_body {
	struct api *api;
	struct json_parser *parser;
	struct json_value root;
	bool is_there;
	const char *asked[API_BODY_MEMBERS];
	size_t asked_count;
	bool failed; /* sticky; `err` of read or end says why */
	struct err err;
};

/* ERR_INPUT unless it is application/json and one object.  No body at all is an empty object.  `api_body_done` in any case. */
bool api_body_read(struct api *api, struct api_body *out, struct err *err);
void api_body_done(struct api_body *body);

/* A member that is missing or null gives the fallback.  Texts are in the arena of the api, trimmed, without control
 * characters, and of at most `most` bytes. */
struct str api_body_text(struct api_body *body, const char *name, size_t most); /* absent */
struct str api_body_text_or(struct api_body *body, const char *name, size_t most, struct str fallback);
/* Nothing is trimmed, nothing refused but what is too long: a password. */
struct str api_body_secret(struct api_body *body, const char *name, size_t most);
bool api_body_has(struct api_body *body, const char *name);                    /* and is not null */
bool api_body_bool(struct api_body *body, const char *name, bool fallback);
uint64_t api_body_uint(struct api_body *body, const char *name, uint64_t fallback);
instant api_body_instant(struct api_body *body, const char *name); /* INSTANT_NONE */
/* Base64url; absent where it is missing. */
struct str api_body_bytes(struct api_body *body, const char *name, size_t most);
/* The strings of a list. */
bool api_body_list(struct api_body *body, const char *name, size_t most, struct str_list *out);
/* Notes that a member cannot be so: its pointer and the sentence. */
bool api_body_wrong(struct api_body *body, const char *name, const char *sentence);

/* After all members were asked for: false when something was wrong, or more is there. */
bool api_body_end(struct api_body *body, struct err *err);

/* Reads the body, and lets `send` change the thing of this number by it. */
bool api_body_with(struct api *api, bool (*send)(struct api *, int64_t, struct api_body *, struct err *), int64_t id, struct err *err);
