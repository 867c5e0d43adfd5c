/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/host_test.h"

#include "common/json_reader.h"
#include "common/json_writer.h"

static void
test_document(void **state)
{
	struct json_writer w;
	struct buf b;

	(void)state;
	buf_init(&b, 4096);
	json_writer_init(&w, &b);
	json_object_begin(&w, NULL);
	json_put_string(&w, "s", "a\"b");
	json_put_string(&w, "absent", NULL);
	json_put_span(&w, "none", SPAN_NONE);
	json_put_span(&w, "empty", SPAN(""));
	json_put_int(&w, "min", INT64_MIN);
	json_put_int(&w, "max", INT64_MAX);
	json_put_bool(&w, "yes", true);
	json_put_null(&w, "null");
	json_put_time(&w, "t", INT64_C(1795328560123456), 6);
	json_array_begin(&w, "list");
	json_put_int(&w, NULL, 1);
	json_object_begin(&w, NULL);
	json_object_end(&w);
	json_array_begin(&w, NULL);
	json_array_end(&w);
	json_put_string(&w, NULL, "x");
	json_array_end(&w);
	json_put_int(&w, "k\n", 0);
	json_object_end(&w);
	assert_string_equal(buf_cstr(&b),
	    "{\"s\":\"a\\\"b\",\"empty\":\"\",\"min\":-9223372036854775808,"
	    "\"max\":9223372036854775807,\"yes\":true,\"null\":null,"
	    "\"t\":\"2026-11-22T06:22:40.123456Z\",\"list\":[1,{},[],\"x\"],\"k\\n\":0}");
	buf_clear(&b);
}

static void
test_escape(void **state)
{
	static const struct {
		struct span text;
		const char *escaped;
	} cases[] = {
	    {SPAN(""), ""},
	    {SPAN("a b/c"), "a b/c"},
	    {SPAN("\"\\\n\r\t"), "\\\"\\\\\\n\\r\\t"},
	    {SPAN("\0\x01\x1b\x1f\x7f"), "\\u0000\\u0001\\u001b\\u001f\\u007f"},
	    {SPAN("\xc2\x80\xc2\x9b\xc2\x9f"), "\\u0080\\u009b\\u009f"}, /* C1: CSI and others */
	    {SPAN("\xc2\xa0\xc3\xa9\xf0\x9f\x98\x80"), "\xc2\xa0\xc3\xa9\xf0\x9f\x98\x80"},
	    {SPAN("a\xff\xc3"), "a\xef\xbf\xbd\xef\xbf\xbd"},
	    {SPAN("\x9b"), "\xef\xbf\xbd"},
	    {SPAN("\xed\xa0\x80"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
	};
	struct buf b;

	(void)state;
	buf_init(&b, 4096);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_reset(&b);
		json_escape(&b, cases[i].text);
		assert_string_equal(buf_cstr(&b), cases[i].escaped);
	}
	buf_clear(&b);
}

/* What is written is read back as it was, for every character of the first two planes. */
static void
test_round_trip(void **state)
{
	struct buf out, scratch;

	(void)state;
	buf_init(&out, 64);
	buf_init(&scratch, 64);
	for (uint32_t code = 1; code < 0x20000; code++) {
		char utf8[4];
		size_t n = 0;
		struct json_reader r;
		struct span text;

		if (code >= 0xd800 && code <= 0xdfff)
			continue;
		if (code < 0x80)
			utf8[n++] = (char)code;
		else if (code < 0x800) {
			utf8[n++] = (char)(0xc0 | code >> 6);
			utf8[n++] = (char)(0x80 | (code & 63));
		} else if (code < 0x10000) {
			utf8[n++] = (char)(0xe0 | code >> 12);
			utf8[n++] = (char)(0x80 | (code >> 6 & 63));
			utf8[n++] = (char)(0x80 | (code & 63));
		} else {
			utf8[n++] = (char)(0xf0 | code >> 18);
			utf8[n++] = (char)(0x80 | (code >> 12 & 63));
			utf8[n++] = (char)(0x80 | (code >> 6 & 63));
			utf8[n++] = (char)(0x80 | (code & 63));
		}
		buf_reset(&out);
		buf_reset(&scratch);
		buf_putc(&out, '"');
		json_escape(&out, (struct span){utf8, n});
		buf_putc(&out, '"');
		json_reader_init(&r, buf_span(&out));
		text = json_unescape(json_read_string(&r), &scratch);
		if (r.error != JSON_OK || !span_eq(text, (struct span){utf8, n}))
			fail_msg("U+%04X", code);
	}
	buf_clear(&out);
	buf_clear(&scratch);
}

static void
test_full_buffer(void **state)
{
	struct json_writer w;
	struct buf b;

	(void)state;
	buf_init(&b, 8);
	json_writer_init(&w, &b);
	json_object_begin(&w, NULL);
	json_put_string(&w, "key", "a value that does not fit");
	json_object_end(&w);
	assert_true(b.failed);
	assert_true(b.len <= 8);
	buf_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_document),
	    cmocka_unit_test(test_escape),
	    cmocka_unit_test(test_round_trip),
	    cmocka_unit_test(test_full_buffer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
