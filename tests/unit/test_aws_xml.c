/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "common/buf.h"
#include "correlator/aws/aws_xml.h"

/* "PATH=TEXT;" of each element; ends the reading with 7 at an element "stop". */
static int
note(void *ctx, const char *path, struct span text)
{
	struct buf *out = ctx;

	buf_puts(out, path);
	buf_putc(out, '=');
	buf_put_span(out, text);
	buf_putc(out, ';');
	return span_ends(span_of(path), "stop") ? 7 : 0;
}

static void
check(struct span text, int result, const char *expect)
{
	struct buf out;
	int r;

	buf_init(&out, 1 << 20);
	r = aws_xml_read(text, note, &out);
	if (r != result)
		fail_msg("%.*s: %d, not %d", (int)(text.len < 200 ? text.len : 200), text.ptr, r,
		    result);
	if (expect != NULL && !span_is(buf_span(&out), expect))
		fail_msg("%.*s\nnot\n%s", (int)out.len, out.ptr, expect);
	buf_clear(&out);
}

/* As the Amazon S3 API Reference and the STS API Reference show answers. */
static void
test_answers(void **state)
{
	(void)state;
	check(SPAN("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		   "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\n"
		   "  <Name>b</Name>\n  <Prefix/>\n  <KeyCount>2</KeyCount>\n"
		   "  <Contents><Key>a%2Bb</Key><Size>434234</Size></Contents>\n"
		   "  <Contents>\n    <Key>c</Key>\n  </Contents>\n</ListBucketResult>\n"),
	    0,
	    "ListBucketResult/Name=b;ListBucketResult/Prefix=;ListBucketResult/KeyCount=2;"
	    "ListBucketResult/Contents/Key=a%2Bb;ListBucketResult/Contents/Size=434234;"
	    "ListBucketResult/Contents=;ListBucketResult/Contents/Key=c;"
	    "ListBucketResult/Contents=;ListBucketResult=;");
	check(
	    SPAN(
		"<Error><Code>NoSuchKey</Code><Message>a &lt;b&gt; &amp;&quot;&apos;&#233;&#x1F511;"
		"</Message></Error>"),
	    0, "Error/Code=NoSuchKey;Error/Message=a <b> &\"'\u00e9\U0001f511;Error=;");
	check(SPAN("<x:a xmlns:x=\"urn:x\"><x:b><![CDATA[<&>]]>c</x:b></x:a>"), 0, "a/b=<&>c;a=;");
	check(SPAN("<a>1<b>2</b>3</a>"), 0, "a/b=2;a=;");
	check(SPAN("<a>1<!-- c -->2<?pi x?>3</a>"), 0, "a=123;");
	check(SPAN("<a b=\"c\"/>"), 0, "a=;");
	check(SPAN("<a:><:b>1</:b></a:>"), 0, "a:/b=1;a:=;");
	/* what it says of its encoding does not count */
	check(
	    SPAN("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>\xc3\xa9</a>"), 0, "a=\u00e9;");
}

static void
test_refused(void **state)
{
	(void)state;
	check(SPAN(""), -2, "");
	check(SPAN_NONE, -2, "");
	check(SPAN("x"), -2, "");
	check(SPAN("{\"a\":1}"), -2, "");
	check(SPAN("<a>"), -2, "");
	check(SPAN("<a></b>"), -2, "");
	check(SPAN("<a/><b/>"), -2, NULL);
	check(SPAN("<a/>x"), -2, NULL);
	check(SPAN("<a>\xff</a>"), -2, NULL);
	check(SPAN("<a>\0</a>"), -2, NULL);
	check(SPAN("<a>&#0;</a>"), -2, NULL);
	check(SPAN("<a>&b;</a>"), -2, "");
	check(SPAN("<!DOCTYPE a><a/>"), -2, "");
	check(SPAN("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>"), -2, "");
	check(SPAN("<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>"), -2, "");
	check(SPAN("<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>"), -2, "");
	check(
	    SPAN("<!DOCTYPE a [<!ENTITY b0 \"x\"><!ENTITY b1 \"&b0;&b0;\">]><a>&b1;</a>"), -2, "");
}

static void
test_end(void **state)
{
	(void)state;
	check(SPAN("<a><b>1</b><stop>2</stop><c>3</c></a>"), 7, "a/b=1;a/stop=2;");
	check(SPAN("<a><stop/><c/></a>"), 7, "a/stop=;");
	check(SPAN("<a><stop/><c/>"), 7, "a/stop=;");
}

static void
put_nested(struct buf *out, size_t depth)
{
	for (size_t i = 0; i < depth; i++)
		buf_puts(out, "<d>");
	for (size_t i = 0; i < depth; i++)
		buf_puts(out, "</d>");
}

static void
test_depth(void **state)
{
	struct buf text;

	(void)state;
	buf_init(&text, 1 << 22);
	put_nested(&text, 32);
	check(buf_span(&text), 0, NULL);
	buf_reset(&text);
	put_nested(&text, 33);
	check(buf_span(&text), -2, "");
	buf_reset(&text);
	put_nested(&text, 200000);
	check(buf_span(&text), -2, "");
	buf_clear(&text);
}

static int
count(void *ctx, const char *path, struct span text)
{
	size_t *n = ctx;

	(void)path;
	*n += text.len;
	return 0;
}

/* Long texts and names, whole and many. */
static void
test_large(void **state)
{
	struct buf text;
	size_t n = 0;

	(void)state;
	buf_init(&text, 1 << 22);
	buf_puts(&text, "<a>");
	for (int i = 0; i < 300000; i++)
		buf_puts(&text, "&lt;\n");
	buf_puts(&text, "</a>");
	assert_int_equal(aws_xml_read(buf_span(&text), count, &n), 0);
	assert_int_equal(n, 600000);
	buf_reset(&text);
	n = 0;
	buf_puts(&text, "<a>");
	for (int i = 0; i < 100000; i++)
		buf_puts(&text, "<b>xyz</b>");
	buf_puts(&text, "</a>");
	assert_int_equal(aws_xml_read(buf_span(&text), count, &n), 0);
	assert_int_equal(n, 300000);
	buf_clear(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_answers),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_end),
	    cmocka_unit_test(test_depth),
	    cmocka_unit_test(test_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
