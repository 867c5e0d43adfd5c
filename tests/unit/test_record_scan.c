/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/input_test.h"

#include "correlator/input/document.h"

#define REC(name)                                                                                  \
	"{\"eventSource\":\"s.amazonaws.com\",\"requestParameters\":{\"eventName\":\"no\","        \
	"\"Records\":[{}]},\"eventName\":\"" name "\"}"
#define REC_IN_STRING(name)                                                                        \
	"\"{\\\"eventName\\\":\\\"" name "\\\",\\\"eventSource\\\":\\\"s.amazonaws.com\\\"}\""
#define JOURNAL(message)                                                                           \
	"{\"__CURSOR\":\"s=1\",\"__REALTIME_TIMESTAMP\":\"1795328560123456\",\"_UID\":\"0\","      \
	"\"MESSAGE\":" message ",\"SYSLOG_IDENTIFIER\":\"sshd\"}"
#define LOGIN "{\"v\":1,\"kind\":\"open\",\"id\":\"00\",\"seq\":1,\"prev\":\"00\"}"

struct scan_case {
	const char *name;
	const char *document;
	unsigned cloudtrail, login, digest, insight, control, other, malformed, journal;
	const char *names;
};

static const struct scan_case cases[] = {
    {"nothing", "", .names = ""},
    {"blank", " \t\r\n\n", .names = ""},
    {"byte order mark", "\xef\xbb\xbf" REC("A"), 1, .names = "A"},
    {"only a byte order mark", "\xef\xbb\xbf", .names = ""},
    {"single record", REC("A"), 1, .names = "A"},
    {"log file", "{\"Records\":[" REC("A") "," REC("B") "]}", 2, .names = "A B"},
    {"log file, pretty", "{\n  \"Records\" : [\n    " REC("A") ",\n    " REC("B") "\n  ]\n}\n", 2,
	.names = "A B"},
    {"log file with other members",
	"{\"x\":{\"Records\":[{}]},\"Records\":[" REC("A") "],\"y\":[1,2]}", 1, .names = "A"},
    {"empty log file", "{\"Records\":[]}", .names = ""},
    {"null log file", "{\"Records\":null}", .other = 1, .names = "-"},
    {"lower case", "{\"records\":[" REC("A") "]}", 1, .names = "A"},
    {"key with escapes", "{\"\\u0052ecords\":[" REC("A") "]}", 1, .names = "A"},
    {"bare array", "[" REC("A") ",\n" REC("B") "]", 2, .names = "A B"},
    {"array of arrays", "[[" REC("A") "],[[" REC("B") "]]]", 2, .names = "A B"},
    {"lines", REC("A") "\n" REC("B") "\n", 2, .names = "A B"},
    {"lines with CR", REC("A") "\r\n" REC("B") "\r\n\r\n", 2, .names = "A B"},
    {"in a row", REC("A") REC("B") "\t" REC("C"), 3, .names = "A B C"},
    {"lookup events",
	"{\"Events\":[{\"EventName\":\"x\",\"CloudTrailEvent\":" REC_IN_STRING(
	    "A") ",\"Resources\":[]},{\"CloudTrailEvent\":" REC_IN_STRING("B") "}]}",
	2, .names = "A B"},
    {"lookup events, lines",
	"{\"CloudTrailEvent\":" REC_IN_STRING("A") "}\n{\"CloudTrailEvent\":" REC_IN_STRING(
	    "B") "}",
	2, .names = "A B"},
    {"lookup events as objects", "[{\"CloudTrailEvent\":" REC("A") "}]", 1, .names = "A"},
    {"lookup event without event", "{\"Events\":[{\"EventName\":\"x\",\"CloudTrailEvent\":null}]}",
	.other = 1, .names = "-"},
    {"strings that are records", "[" REC_IN_STRING("A") "," REC_IN_STRING("B") "]", 2,
	.names = "A B"},
    {"lines of strings", REC_IN_STRING("A") "\n" REC_IN_STRING("B"), 2, .names = "A B"},
    {"EventBridge, detail first", "{\"detail\":" REC("A") ",\"detail-type\":\"x\"}", 1,
	.names = "A"},
    {"EventBridge of another kind", "{\"detail-type\":\"x\",\"detail\":{\"state\":\"running\"}}",
	.other = 1, .names = "-"},
    {"subscription",
	"{\"messageType\":\"DATA_MESSAGE\",\"logEvents\":[{\"id\":\"1\",\"message\":" REC_IN_STRING(
	    "A") "}]}",
	1, .names = "A"},
    {"filter-log-events",
	"{\"events\":[{\"message\":" REC_IN_STRING("A") "},{\"message\":\"hi\"}]"
							",\"searchedLogStreams\":[]}",
	1, .other = 1, .names = "A -"},
    {"control message",
	"{\"messageType\":\"CONTROL_MESSAGE\",\"logEvents\":[{\"message\":\"CWL "
	"CONTROL MESSAGE: Checking health of destination Firehose.\"}]}",
	.control = 1, .names = "-"},
    {"control message, type last",
	"{\"logEvents\":[{\"message\":\"CWL CONTROL MESSAGE: x\"}],"
	"\"messageType\":\"CONTROL_MESSAGE\"}",
	.control = 2, .names = "- -"},
    {"export lines", "2026-11-22T06:22:40.123Z " REC("A") "\n2026-11-22T06:22:41.000Z " REC("B"), 2,
	.names = "A B"},
    {"insight by type",
	"{\"eventType\":\"AwsCloudTrailInsight\",\"eventSource\":\"x\","
	"\"eventName\":\"A\"}",
	.insight = 1, .names = "A"},
    {"insight by category", "[{\"eventCategory\":\"Insight\"}]", .insight = 1, .names = "-"},
    {"insight by details", "{\"insightDetails\":{}}", .insight = 1, .names = "-"},
    {"no insight", "{\"insightDetails\":null,\"eventSource\":\"x\",\"eventName\":\"A\"}", 1,
	.names = "A"},
    {"digest", "{\"digestEndTime\":\"x\",\"digestS3Object\":\"y\",\"logFiles\":[]}", .digest = 1,
	.names = "-"},
    {"bucket notification",
	"{\"Records\":[{\"eventSource\":\"aws:s3\",\"eventName\":"
	"\"ObjectCreated:Put\",\"s3\":{}}]}",
	.other = 1, .names = "ObjectCreated:Put"},
    {"login log", LOGIN "\n" LOGIN "\n", .login = 2, .names = "- -"},
    {"torn login line", "{\"v\":1,\"kind\":\"op\n" LOGIN "\n", .login = 1, .malformed = 1,
	.names = "-"},
    {"torn behind a bracket", "{\"v\":1,\"ips\":[\n" LOGIN "\n" LOGIN "\n" LOGIN, .login = 3,
	.malformed = 1, .names = "- - -"},
    {"torn twice", "{\"v\":1,\"ips\":[\n{\"v\":1,\"auth\":[\n" LOGIN "\n" LOGIN, .login = 2,
	.malformed = 2, .names = "- -"},
    {"torn behind a comma", "{\"v\":1,\n" LOGIN, .login = 1, .malformed = 1, .names = "-"},
    {"torn behind a colon", "{\"v\":\n" LOGIN "\n" LOGIN, .login = 2, .malformed = 1,
	.names = "- -"},
    {"torn at the end", LOGIN "\n{\"v\":1,\"kin", .login = 1, .malformed = 1, .names = "-"},
    {"torn with CR and a blank line", "{\"v\":1,\"k\r\n\r\n" LOGIN, .login = 1, .malformed = 1,
	.names = "-"},
    {"bad line among records", REC("A") "\nnot JSON\nnot either\n" REC("B"), 2, .malformed = 1,
	.names = "A B"},
    {"bad lines apart", "x\n" REC("A") "\ny\n" REC("B") "\n", 2, .malformed = 2, .names = "A B"},
    {"broken record in lines of an array",
	"{\"Records\":[\n" REC("A") ",\n{\"eventName\":oops},\n" REC("B") "\n]}\n", 2,
	.malformed = 1, .names = "A B"},
    {"broken record in one line", "{\"Records\":[" REC("A") ",{oops}," REC("B") "]}", 1,
	.malformed = 1, .names = "A"},
    {"torn log file, a record a line", "{\"Records\":[\n" REC("A") ",\n" REC("B") ",\n{\"even", 2,
	.malformed = 1, .names = "A B"},
    {"broken pretty", "{\n \"Records\": [\n  {\"a\":{{},\n  {\n  },\n [\n {\n", .malformed = 1,
	.names = ""},
    {"not JSON", "#!/bin/sh\necho\nexit 1\n", .malformed = 1, .names = ""},
    {"a log with brackets", "[2026-11-22 06:22] a\n[2026-11-22 06:23] b\nc\n[2026-11-22] d\n",
	.malformed = 1, .names = ""},
    {"scalars", "1\ntrue\n\"x\"\n", .malformed = 1, .names = ""},
    {"array of scalars", "[1,\"x\",null]", .other = 3, .names = "- - -"},
    {"other JSON", "{\"a\":1}", .other = 1, .names = "-"},
    {"bad string, good one", "[\"{oops\"," REC_IN_STRING("A") "]", 1, .malformed = 1, .names = "A"},
    {"more behind the record in a string", "{\"CloudTrailEvent\":\"{} x\"}", .other = 1,
	.malformed = 1, .names = "-"},
    {"record that is a wrapper too",
	"{\"eventSource\":\"s\",\"eventName\":\"A\",\"Records\":[" REC("B") "]}", 2,
	.names = "B A"},
    {"journal", JOURNAL("\"Accepted publickey for a\"") "\n" JOURNAL("\"x\"") "\n", .journal = 2,
	.names = "- -"},
    {"journal, pretty", "{\n\t\"MESSAGE\" : \"x\",\n\t\"__REALTIME_TIMESTAMP\" : \"1\"\n}\n{\n}\n",
	.journal = 1, .other = 1, .names = "- -"},
    {"journal in an array", "[" JOURNAL("\"x\"") ",\n" JOURNAL("\"y\"") "]", .journal = 2,
	.names = "- -"},
    {"journal's bytes, and what was too long for it", JOURNAL("[65,10]") JOURNAL("null"),
	.journal = 2, .names = "- -"},
    {"a record as a journal's message is not believed", JOURNAL(REC_IN_STRING("A")), .journal = 1,
	.names = "-"},
    {"journal without text for a time", "{\"__REALTIME_TIMESTAMP\":1,\"MESSAGE\":\"x\"}",
	.other = 1, .names = "-"},
    {"a record with a journal's time",
	"{\"__REALTIME_TIMESTAMP\":\"1\",\"eventSource\":\"s\","
	"\"eventName\":\"A\"}",
	1, .names = "A"},
    {"torn journal", "{\"__REALTIME_TIMESTAMP\":\"1\",\"MES\n" JOURNAL("\"x\""), .journal = 1,
	.malformed = 1, .names = "-"},
    {"last of two names", "{\"eventSource\":\"s\",\"eventName\":\"A\",\"eventName\":\"B\"}", 1,
	.names = "B"},
};

static void
test_documents(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct scan_case *c = &cases[i];
		unsigned expected[SHAPE_COUNT] = {
		    [RECORD_CLOUDTRAIL] = c->cloudtrail,
		    [RECORD_LOGIN] = c->login,
		    [RECORD_DIGEST] = c->digest,
		    [RECORD_INSIGHT] = c->insight,
		    [RECORD_CONTROL] = c->control,
		    [RECORD_OTHER] = c->other,
		    [RECORD_JOURNAL] = c->journal,
		};
		struct findings f;
		const char *names;

		findings_init(&f);
		assert_int_equal(findings_scan(&f, span_of(c->document)), 0);
		names = buf_cstr(&f.names);
		if (memcmp(f.shapes, expected, sizeof(expected)) != 0 ||
		    f.malformed != c->malformed || strcmp(names, c->names) != 0)
			fail_msg("%s: %u %u %u %u %u %u %u, malformed %u, names '%s'", c->name,
			    f.shapes[0], f.shapes[1], f.shapes[2], f.shapes[3], f.shapes[4],
			    f.shapes[5], f.shapes[6], f.malformed, names);
		buf_clear(&f.names);
	}
}

/* Every document cut at every byte: never more records than in the whole, never a crash. */
static void
test_cut_everywhere(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t len = strlen(cases[i].document);
		struct findings whole;

		findings_init(&whole);
		(void)findings_scan(&whole, span_of(cases[i].document));
		for (size_t cut = 0; cut < len; cut++) {
			char *copy = malloc(cut + 1);
			struct findings f;

			memcpy(copy, cases[i].document, cut);
			findings_init(&f);
			(void)findings_scan(&f, (struct span){copy, cut});
			assert_true(f.shapes[RECORD_CLOUDTRAIL] <= whole.shapes[RECORD_CLOUDTRAIL]);
			assert_true(f.malformed <= whole.malformed + 1);
			buf_clear(&f.names);
			free(copy);
		}
		buf_clear(&whole.names);
	}
}

static void
test_header(void **state)
{
	static const char document[] =
	    " {\"awsRegion\" : \"eu-west-1\", \"eventTime\":\"T\",\"recipientAccountId\":\"1\","
	    "\"userIdentity\": {\"type\":\"Root\"} ,\"eventName\":\"A\\u0042\",\"eventSource\":7}";
	struct span text = span_of(document);
	struct findings f;

	(void)state;
	findings_init(&f);
	assert_int_equal(findings_scan(&f, text), 0);
	assert_int_equal(f.shapes[RECORD_OTHER], 1); /* an eventSource that is no string is none */
	assert_string_equal(buf_cstr(&f.names), "A\\u0042");
	buf_clear(&f.names);
}

static int
note_header(
    void *ctx, enum record_shape shape, struct span text, const struct record_header *header)
{
	(void)shape;
	(void)text;
	*(struct record_header *)ctx = *header;
	return 0;
}

static void
note_malformed(void *ctx, size_t offset, enum json_error error)
{
	(void)ctx;
	fail_msg("malformed at %zu: %s", offset, json_error_text(error));
}

static void
scan_header(const char *document, struct record_header *header)
{
	struct record_visitor visitor = {header, note_header, note_malformed};
	struct buf scratch;

	buf_init(&scratch, 4096);
	assert_int_equal(record_scan(span_of(document), &scratch, &visitor), 0);
	buf_clear(&scratch);
}

static void
test_header_values(void **state)
{
	static const char document[] =
	    "{\"userIdentity\":{\"a\":1},\"requestParameters\": {\"b\":[2]} ,\"responseElements\":"
	    "null,\"additionalEventData\":\"x\",\"serviceEventDetails\":{\"c\":3},"
	    "\"responseElements\":{\"d\":{}},\"eventTime\":\"T\",\"awsRegion\":\"r\","
	    "\"recipientAccountId\":\"1\",\"eventSource\":\"s\",\"eventName\":\"n\"}";
	struct record_header h;

	(void)state;
	scan_header(document, &h);
	assert_span(h.user_identity, "{\"a\":1}");
	assert_span(h.request_parameters, "{\"b\":[2]}");
	assert_span(h.response_elements, "{\"d\":{}}");
	assert_span(h.additional_event_data, "\"x\"");
	assert_span(h.service_event_details, "{\"c\":3}");
	assert_span(h.event_time, "T");
	assert_span(h.aws_region, "r");
	assert_span(h.recipient_account_id, "1");
	assert_span(h.event_source, "s");
	assert_span(h.event_name, "n");
	assert_span(h.error_code, NULL);
	assert_span(h.read_only, NULL);
}

static void
test_header_scalars(void **state)
{
	static const struct {
		const char *value, *text;
	} scalars[] = {
	    {"\"AccessDenied\"", "AccessDenied"},
	    {"\"True\"", "True"},
	    {"\"\"", ""},
	    {"true", "true"},
	    {"false", "false"},
	    {"-1.5", "-1.5"},
	    {"null", NULL},
	    {"{\"a\":1}", NULL},
	    {"[\"a\"]", NULL},
	    {"\"a\",\"readOnly\":null,\"errorCode\":null", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(scalars) / sizeof(scalars[0]); i++) {
		struct record_header h;
		char *document;

		assert_true(asprintf(&document,
				"{\"eventSource\":\"s\",\"readOnly\":%s,\"eventName\":\"n\","
				"\"errorCode\":%s}",
				scalars[i].value, scalars[i].value) > 0);
		scan_header(document, &h);
		assert_span(h.error_code, scalars[i].text);
		if (i + 1 < sizeof(scalars) / sizeof(scalars[0]))
			assert_span(h.read_only, scalars[i].text);
		free(document);
	}
}

static void
test_visitor_ends_the_scan(void **state)
{
	struct findings f;

	(void)state;
	findings_init(&f);
	f.stop_after = 2;
	assert_int_equal(
	    findings_scan(&f, SPAN("{\"Records\":[" REC("A") "," REC("B") "," REC("C") "]}")), 7);
	assert_int_equal(f.records, 2);
	buf_clear(&f.names);
	findings_init(&f);
	f.stop_after = 1;
	assert_int_equal(findings_scan(&f, SPAN("[" REC_IN_STRING("A") "," REC("B") "]")), 7);
	assert_int_equal(f.records, 1);
	buf_clear(&f.names);
}

static void
put_times(struct buf *b, const char *text, size_t times)
{
	for (size_t i = 0; i < times; i++)
		buf_puts(b, text);
}

/* A record that nests too deep costs itself, not those behind it. */
static void
test_deep_record(void **state)
{
	struct findings f;
	struct buf b;

	(void)state;
	buf_init(&b, 1 << 20);
	buf_puts(&b, "{\"Records\":[" REC("A") ",{\"x\":\"]}\\\"\",\"y\":");
	put_times(&b, "[", 200);
	put_times(&b, "]", 200);
	buf_puts(&b, "}," REC("B") "]}");
	findings_init(&f);
	assert_int_equal(findings_scan(&f, buf_span(&b)), 0);
	assert_int_equal(f.malformed, 1);
	assert_int_equal(f.error, JSON_ERROR_DEPTH);
	assert_string_equal(buf_cstr(&f.names), "A B");
	buf_clear(&f.names);
	buf_reset(&b);
	put_times(&b, "[", 100000);
	buf_clear(&f.names);
	findings_init(&f);
	assert_int_equal(findings_scan(&f, buf_span(&b)), 0);
	assert_int_equal(f.malformed, 1);
	assert_int_equal(f.records, 0);
	buf_clear(&f.names);
	buf_clear(&b);
}

/* A large file that is broken early, of many lines, is told once and is not searched again and
 * again. */
static void
test_broken_pretty_file(void **state)
{
	struct findings f;
	struct buf b;

	(void)state;
	buf_init(&b, 1 << 24);
	buf_puts(&b, "{\"Records\": [\n  {\n    \"a\": oops\n  },\n");
	put_times(&b, "  {\n    \"eventSource\": \"s\",\n    \"x\": [\n{}\n]\n  },\n", 50000);
	findings_init(&f);
	assert_int_equal(findings_scan(&f, buf_span(&b)), 0);
	assert_int_equal(f.malformed, 1);
	assert_int_equal(f.records, 0);
	buf_clear(&f.names);
	buf_clear(&b);
}

/* What a caller writes into its request is never taken for a record, also when the file around it
 * is broken. */
static void
test_nested_record_is_not_one(void **state)
{
	static const char inner[] = "{\"eventSource\":\"s\",\"requestParameters\":{\"q\":\n" REC(
	    "evil") "\n"
		    ",\n" REC("evil") "\n}";
	struct findings f;

	(void)state;
	findings_init(&f);
	assert_int_equal(findings_scan(&f,
			     SPAN(REC("A") "\n{\n\"eventSource\":\"s\",\"q\":\n\"x\",\n" REC(
				 "evil") "\n oops\n")),
	    0);
	assert_string_equal(buf_cstr(&f.names), "A");
	buf_reset(&f.names);
	assert_int_equal(findings_scan(&f, span_of(inner)), 0);
	buf_clear(&f.names);
}

/* Strings within strings are looked into a few times, then given up. */
static void
test_strings_in_strings(void **state)
{
	struct buf text, next;
	struct findings f;

	(void)state;
	buf_init(&text, 1 << 20);
	buf_init(&next, 1 << 20);
	buf_puts(&text, REC("A"));
	for (int depth = 1; depth <= 6; depth++) {
		buf_reset(&next);
		buf_puts(&next, "{\"message\":\"");
		for (size_t i = 0; i < text.len; i++) {
			if (text.ptr[i] == '"' || text.ptr[i] == '\\')
				buf_putc(&next, '\\');
			buf_putc(&next, text.ptr[i]);
		}
		buf_puts(&next, "\"}");
		buf_reset(&text);
		buf_put_span(&text, buf_span(&next));
		findings_init(&f);
		assert_int_equal(findings_scan(&f, buf_span(&text)), 0);
		assert_int_equal(f.shapes[RECORD_CLOUDTRAIL], depth <= 4);
		assert_int_equal(f.malformed, depth > 4);
		buf_clear(&f.names);
	}
	buf_clear(&text);
	buf_clear(&next);
}

static void
test_string_too_long(void **state)
{
	struct findings f;
	struct buf b;

	(void)state;
	buf_init(&b, 1 << 24);
	buf_puts(&b, "[\"{\\\"a\\\":\\\"");
	put_times(&b, "0123456789abcdef", 1 << 17); /* twice the scratch of findings_scan */
	buf_puts(&b, "\\\"}\"," REC("A") "]");
	findings_init(&f);
	assert_int_equal(findings_scan(&f, buf_span(&b)), 0);
	assert_int_equal(f.malformed, 1);
	assert_int_equal(f.error, JSON_ERROR_TOO_LONG);
	assert_string_equal(buf_cstr(&f.names), "A");
	buf_clear(&f.names);
	buf_clear(&b);
}

static void
test_offsets(void **state)
{
	struct findings f;

	(void)state;
	findings_init(&f);
	(void)findings_scan(&f, SPAN("{}\n{\"a\":x}\n"));
	assert_int_equal(f.offset, 8);
	assert_int_equal(f.error, JSON_ERROR_SYNTAX);
	buf_clear(&f.names);
	findings_init(&f);
	(void)findings_scan(&f, SPAN("{}\n{\"a\":"));
	assert_int_equal(f.offset, 8);
	assert_int_equal(f.error, JSON_ERROR_TRUNCATED);
	buf_clear(&f.names);
	findings_init(&f);
	(void)findings_scan(&f, SPAN("[\"{\\\"a\\\":x}\"]"));
	assert_int_equal(f.offset, 2); /* where the string begins */
	buf_clear(&f.names);
}

static const struct {
	const char *file;
	unsigned cloudtrail, digest, other, malformed;
} real_files[] = {
    {"stratus-red-team/aws.lateral-movement.ec2-instance-connect.json", 3, 0, 0, 0},
    {"stratus-red-team/aws.lateral-movement.ec2-serial-console-send-ssh-public-key.json", 4, 0, 0,
	0},
    {"stratus-red-team/aws.execution.ssm-send-command.json", 56, 0, 0, 0},
    {"panther-analysis/aws_cloudtrail_rules.extracted.ndjson", 459, 0, 3, 0},
    {"panther-analysis/aws_ec2_multi_instance_connect.yml.extracted.json", 4, 0, 0, 0},
    {"aws-docs/cloudtrail-log-file-validation-digest-file-structure.block01.json", 0, 1, 0, 0},
    {"aws-docs/cloudtrail-log-file-validation-digest-file-structure.block02.json", 0, 1, 0, 0},
    {"aws-docs/log-ec2-instance-connect-endpoint-using-cloudtrail.block01.json", 1, 0, 0, 0},
    {"aws-docs/monitor-with-cloudtrail.block01.json", 1, 0, 0, 0},
    {"aws-docs/monitor-with-cloudtrail.block02.json", 1, 0, 0, 0},
    {"containers/aws-cli-lookup-events.json", 1, 0, 0, 0},
    {"containers/cloudgrep-broken.json", 0, 0, 0, 1},
    {"containers/cloudgrep-singleline.json", 1, 0, 0, 0},
    {"containers/cloudwatch-logs.json", 1, 0, 0, 0},
    {"containers/digest-real.json", 0, 1, 0, 0},
    {"containers/eventbridge-envelope.json", 1, 0, 0, 0},
    {"containers/plaso-lookup-events.jsonl", 6, 0, 0, 0},
    {"containers/loki-cloudtrail.json.gz", 2, 0, 0, 0},
    {"containers/111111111111_CloudTrail_eu-central-1_20171211T1505Z_A6kvhMoVeCsc7v8U.json.gz", 2,
	0, 0, 0},
};

static void
test_real_files(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(real_files) / sizeof(real_files[0]); i++) {
		char *path = real_data(real_files[i].file);
		struct document d;
		struct findings f;

		findings_init(&f);
		assert_int_equal(document_init(&d, 1 << 24), 0);
		assert_int_equal(document_load(&d, path), DOCUMENT_OK);
		assert_int_equal(findings_scan(&f, d.text), 0);
		if (f.shapes[RECORD_CLOUDTRAIL] != real_files[i].cloudtrail ||
		    f.shapes[RECORD_DIGEST] != real_files[i].digest ||
		    f.shapes[RECORD_OTHER] != real_files[i].other ||
		    f.malformed != real_files[i].malformed)
			fail_msg("%s: %u records, %u digests, %u others, %u malformed",
			    real_files[i].file, f.shapes[RECORD_CLOUDTRAIL],
			    f.shapes[RECORD_DIGEST], f.shapes[RECORD_OTHER], f.malformed);
		document_clear(&d);
		buf_clear(&f.names);
		free(path);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_documents),
	    cmocka_unit_test(test_cut_everywhere),
	    cmocka_unit_test(test_header),
	    cmocka_unit_test(test_header_values),
	    cmocka_unit_test(test_header_scalars),
	    cmocka_unit_test(test_visitor_ends_the_scan),
	    cmocka_unit_test(test_deep_record),
	    cmocka_unit_test(test_broken_pretty_file),
	    cmocka_unit_test(test_nested_record_is_not_one),
	    cmocka_unit_test(test_strings_in_strings),
	    cmocka_unit_test(test_string_too_long),
	    cmocka_unit_test(test_offsets),
	    cmocka_unit_test(test_real_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
