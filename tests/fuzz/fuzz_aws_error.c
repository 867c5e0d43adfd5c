/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as an answer that refuses, its head before the first NUL: the parts are bounded and of
 * the characters that they may have, and the sentence made of them has no control characters.
 */
#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "correlator/aws/aws_error.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static void
check_text(const char *text, size_t max, const char *others)
{
	must(strlen(text) < max);
	for (; *text != '\0'; text++)
		must(isalnum((unsigned char)*text) || strchr(others, *text) != NULL);
}

static void
check_sentence(const struct aws_error *e)
{
	const struct aws_error_place place = {.service = "s3",
	    .operation = "GetObject",
	    .action = "s3:GetObject",
	    .resource = "\x1b[31m",
	    .provider = "environment",
	    .status = 403,
	    .attempts = 2};
	struct buf out;

	buf_init(&out, 4096);
	aws_error_say(&out, e, &place);
	must(!out.failed);
	for (size_t i = 0; i < out.len; i++)
		must((unsigned char)out.ptr[i] >= ' ' && out.ptr[i] != 0x7f);
	buf_clear(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = {(const char *)data, size}, head;
	struct aws_http_call http;
	struct aws_error e;

	if (!span_cut(&text, '\0', &head))
		return 0;
	aws_http_call_init(&http);
	http.text.max = size + 1;
	buf_put_span(&http.head, head);
	buf_put_span(&http.text, text);
	aws_error_init(&e);
	aws_error_read(&e, &http);
	check_text(e.code, sizeof(e.code), "._-");
	check_text(e.region, sizeof(e.region), "-");
	must(!e.message.failed && !e.request_id.failed);
	must(buf_cstr(&e.request_id) != NULL);
	check_text(buf_cstr(&e.request_id), 1024, "+/=._-, ");
	check_sentence(&e);
	aws_error_clear(&e);
	aws_http_call_clear(&http);
	return 0;
}
