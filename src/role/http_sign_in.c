/* SPDX-License-Identifier: ISC */
#include "role/http_sign_in.h"

#include "base/attr.h"
#include "store/store_domains.h"

/* A proxy in front tells by these that the reader is not on this machine. */
static bool is_forwarded(const struct httpd_request *request)
{
	static const char *const names[] = {"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via"};

	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (httpd_header(request, names[i]).p != NULL)
			return true;
	return false;
}

bool http_sign_in(struct http_visit *visit, struct store *store, enum http_sign_in *out, struct err *err)
{
	const struct httpd_request *request = visit->request;
	struct tenant_list tenants;

	if (!store_tenant_list(store, &visit->arena, &tenants, err))
		return false;
	visit->principal = (struct principal){.by = PRINCIPAL_BY_NOTHING};
	if (!principal_is_here(request->is_local, httpd_header(request, "Host")) || is_forwarded(request)) {
		*out = HTTP_SIGN_IN_FIRST_ACCOUNT;
	} else if (tenants.count > 1) {
		*out = HTTP_SIGN_IN_TENANTS;
	} else {
		visit->principal = (struct principal){
		    .by = PRINCIPAL_BY_LOOPBACK, .right = WEB_RIGHT_OPERATOR, .sees_all = true};
		*out = HTTP_SIGN_IN_KNOWN;
	}
	return true;
}
