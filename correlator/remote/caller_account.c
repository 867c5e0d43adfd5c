/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/remote/caller_account.h"

#include "correlator/aws/aws_xml.h"

#define ANSWER_MAX ((size_t)64 << 10)

static int
take_element(void *ctx, const char *path, struct span text)
{
	char *account = ctx;

	if (strcmp(path, "GetCallerIdentityResponse/GetCallerIdentityResult/Account") != 0 ||
	    text.len != CALLER_ACCOUNT_LEN || !span_is_digits(text))
		return 0;
	memcpy(account, text.ptr, CALLER_ACCOUNT_LEN);
	account[CALLER_ACCOUNT_LEN] = '\0';
	return 0;
}

int
caller_account_read(struct span xml, char account[static CALLER_ACCOUNT_LEN + 1])
{
	account[0] = '\0';
	if (aws_xml_read(xml, take_element, account) != 0)
		account[0] = '\0';
	return account[0] != '\0' ? 0 : -1;
}

int
caller_account_get(struct aws_client *c, const char *region,
    char account[static CALLER_ACCOUNT_LEN + 1], struct buf *error)
{
	static const struct sigv4_pair headers[] = {
	    {{"content-type", 12}, {"application/x-www-form-urlencoded; charset=utf-8", 48}}};
	struct aws_request r;
	int result;

	aws_request_init(&r);
	r.service = AWS_STS;
	r.operation = "GetCallerIdentity";
	r.region = region;
	r.method = "POST";
	r.path = "/";
	r.headers = headers;
	r.header_count = 1;
	r.body = SPAN("Action=GetCallerIdentity&Version=2011-06-15");
	r.body_max = ANSWER_MAX;
	r.action = "sts:GetCallerIdentity";
	r.resource = "*";
	result = aws_client_do(c, &r);
	if (result != 0)
		buf_put_span(error, buf_span(&r.error));
	else if (caller_account_read(buf_span(&r.http.text), account) != 0) {
		buf_puts(error, "GetCallerIdentity was answered without an account");
		result = -1;
	}
	aws_request_clear(&r);
	return result != 0 ? -1 : 0;
}
