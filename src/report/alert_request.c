/* SPDX-License-Identifier: ISC */
#include "report/alert_request.h"

#include "base/limits.h"
#include "report/wire.h"

void alert_request_write(const struct alert_request *request, struct buf *out)
{
	wire_put_u8(out, request->carrier);
	wire_put_u8(out, request->secret_use);
	wire_put_u8(out, request->may_be_local);
	wire_put_u8(out, request->is_put);
	wire_put_str(out, request->url);
	wire_put_str(out, request->secret);
	wire_put_str(out, request->type);
	wire_put_str(out, request->to);
	wire_put_str(out, request->id);
	wire_put_str(out, request->body);
}

bool alert_request_read(struct str bytes, struct alert_request *out, struct err *err)
{
	struct wire_reader reader = {.rest = bytes};
	struct alert_request request = {.carrier = (enum alert_carrier)wire_get_enum(&reader, CARRIER_COUNT)};

	request.secret_use = (enum alert_secret_use)wire_get_enum(&reader, SECRET_USE_COUNT);
	request.may_be_local = wire_get_bool(&reader);
	request.is_put = wire_get_bool(&reader);
	request.url = wire_get_text(&reader, LIMIT_NAME_BYTES * 4);
	request.secret = wire_get_text(&reader, LIMIT_NAME_BYTES);
	request.type = wire_get_text(&reader, LIMIT_NAME_BYTES);
	request.to = wire_get_text(&reader, LIMIT_NAME_BYTES);
	request.id = wire_get_text(&reader, LIMIT_NAME_BYTES);
	request.body = wire_get_text(&reader, ALERT_REQUEST_BYTES);
	if (reader.failed || reader.rest.len > 0)
		return err_set(err, ERR_INPUT, "the request makes no sense");
	*out = request;
	return true;
}

void alert_result_write(const struct alert_result *result, struct buf *out)
{
	wire_put_u8(out, result->carried);
	wire_put_u32(out, result->retry_secs);
	wire_put_str(out, result->words);
}

bool alert_result_read(struct str bytes, struct alert_result *out, struct err *err)
{
	struct wire_reader reader = {.rest = bytes};
	struct alert_result result = {.carried = (enum alert_carried)wire_get_enum(&reader, CARRIED_COUNT)};

	result.retry_secs = wire_get_u32(&reader);
	result.words = wire_get_text(&reader, ALERT_RESULT_WORDS_MAX * 2);
	if (reader.failed || reader.rest.len > 0)
		return err_set(err, ERR_INPUT, "the answer makes no sense");
	*out = result;
	return true;
}
