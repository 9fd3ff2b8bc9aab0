/* SPDX-License-Identifier: ISC */
#include "role/oidc_wire.h"

#include "base/limits.h"
#include "report/wire.h"

#define URL_BYTES 2000
#define TEXT_BYTES KIB(8)

void oidc_wire_write_request(const struct oidc_request *request, struct buf *out)
{
	wire_put_u8(out, request->what);
	wire_put_str(out, request->provider);
	wire_put_str(out, request->code);
	wire_put_str(out, request->verifier);
	wire_put_str(out, request->redirect);
	wire_put_str(out, request->nonce);
	wire_put_str(out, request->issuer);
}

bool oidc_wire_read_request(struct str bytes, struct oidc_request *out)
{
	struct wire_reader reader = {.rest = bytes};
	struct oidc_request request = {.what = (enum oidc_what)wire_get_enum(&reader, OIDC_WHAT_COUNT)};

	request.provider = wire_get_text(&reader, 64);
	request.code = wire_get_text(&reader, OIDC_WIRE_CODE_BYTES);
	request.verifier = wire_get_text(&reader, 128);
	request.redirect = wire_get_text(&reader, URL_BYTES);
	request.nonce = wire_get_text(&reader, 128);
	request.issuer = wire_get_text(&reader, URL_BYTES);
	if (reader.failed || reader.rest.len > 0 || request.provider.len == 0 ||
	    (request.what == OIDC_WHO && (request.code.len == 0 || request.verifier.len == 0 || request.redirect.len == 0 ||
	                                  request.nonce.len == 0)))
		return false;
	*out = request;
	return true;
}

void oidc_wire_write_told(const struct oidc_told *told, struct buf *out)
{
	wire_put_u8(out, told->problem);
	wire_put_str(out, told->authorization);
	wire_put_str(out, told->person.subject);
	wire_put_str(out, told->person.username);
	wire_put_str(out, told->person.full_name);
	wire_put_u32(out, (uint32_t)told->person.groups.count);
	for (size_t i = 0; i < told->person.groups.count; i++)
		wire_put_str(out, told->person.groups.items[i]);
}

bool oidc_wire_read_told(struct str bytes, struct arena *arena, struct oidc_told *out)
{
	struct wire_reader reader = {.rest = bytes};
	struct oidc_told told = {.problem = (enum oidc_problem)wire_get_enum(&reader, OIDC_PROBLEM_COUNT)};

	told.authorization = wire_get_text(&reader, URL_BYTES);
	told.person.subject = wire_get_text(&reader, OIDC_SUBJECT_BYTES);
	told.person.username = wire_get_text(&reader, TEXT_BYTES);
	told.person.full_name = wire_get_text(&reader, TEXT_BYTES);
	uint32_t count = wire_get_u32(&reader);
	if (reader.failed || count > OIDC_GROUPS)
		return false;
	told.person.groups.items = ARENA_ARRAY(arena, count + 1, struct str);
	told.person.groups.count = count;
	for (uint32_t i = 0; i < count; i++)
		told.person.groups.items[i] = wire_get_text(&reader, OIDC_GROUP_BYTES);
	if (reader.failed || reader.rest.len > 0)
		return false;
	*out = told;
	return true;
}
