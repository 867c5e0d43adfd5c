/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/input_test.h"
#include "tests/unit/issue_records.h"

#include "common/time_text.h"
#include "correlator/events/issue_keys.h"
#include "correlator/input/document.h"

/* The keys of the one issuing event in a document. */
struct reading {
	struct buf scratch;
	struct issue_keys keys;
	enum event_error error;
	unsigned issuing, failed, keyless, untimed;
};

/* The event read in full has the same keys. */
static void
check_whole(const struct issue_keys *keys, const struct event *e)
{
	struct issue_keys whole;

	assert_int_equal(issue_keys_of_event(e, &whole), keys->count != 0);
	assert_int_equal(whole.count, keys->count);
	assert_memory_equal(whole.keys, keys->keys, keys->count * sizeof(keys->keys[0]));
	assert_int_equal(whole.time_us, keys->time_us);
	assert_int_equal(whole.first_us, keys->first_us);
	assert_int_equal(whole.last_us, keys->last_us);
}

static int
read_record(
    void *ctx, enum record_shape shape, struct span text, const struct record_header *header)
{
	struct reading *r = ctx;
	enum issue_kind kind = event_issue_kind_of(header);
	struct event e;

	if (shape != RECORD_CLOUDTRAIL || kind == ISSUE_NONE)
		return 0;
	buf_reset(&r->scratch);
	assert_int_equal(event_kind_of(header), EVENT_ISSUE);
	r->error = issue_keys_read(kind, header, &r->scratch, &r->keys);
	buf_reset(&r->scratch);
	assert_int_equal(event_parse(text, &r->scratch, &e), r->error);
	assert_int_equal(e.issue, kind);
	assert_int_equal(e.kind, EVENT_ISSUE);
	r->issuing++;
	r->failed += e.failed;
	r->keyless += r->keys.count == 0;
	r->untimed += r->error == EVENT_ERROR_TIME;
	if (e.failed)
		assert_int_equal(r->keys.count, 0);
	if (r->error == EVENT_OK)
		check_whole(&r->keys, &e);
	return 0;
}

static void
ignore_malformed(void *ctx, size_t offset, enum json_error error)
{
	(void)ctx;
	(void)offset;
	(void)error;
}

static void
read_document(struct reading *r, struct span document)
{
	struct record_visitor visitor = {r, read_record, ignore_malformed};
	struct buf scratch;

	*r = (struct reading){0};
	buf_init(&r->scratch, 1 << 24);
	buf_init(&scratch, 1 << 24);
	assert_int_equal(record_scan(document, &scratch, &visitor), 0);
	buf_clear(&scratch);
	buf_clear(&r->scratch);
}

struct key {
	enum issue_key_kind kind;
	const char *a, *b;
	int64_t at_s;
};

#define ACCESS            ISSUE_KEY_ACCESS, "ASIAIOSFODNN7EXAMPLE", NULL, 0
#define SESSION(who, at)  ISSUE_KEY_SESSION, who, NULL, at
#define CREATED_S         (ISSUE_AT_S - 1360)
#define WITH_RESPONSE(in) ISSUE_RECORD("sts", "AssumeRole", "\"responseElements\":" in)

static const struct {
	const char *name, *record;
	struct key keys[ISSUE_KEYS_MAX];
} cases[] = {
    {"AssumeRole", ISSUE_RECORD_ASSUME_ROLE,
	{{ACCESS}, {SESSION("AROAEXAMPLE:alice", ISSUE_AT_S)}}},
    {"AssumeRoleWithSAML", ISSUE_RECORD_SAML,
	{{ACCESS}, {SESSION("AROASAML:alice@example.com", ISSUE_AT_S)}}},
    {"AssumeRoleWithWebIdentity", ISSUE_RECORD_WEB,
	{{ACCESS}, {SESSION("AROAWEB:run-7", ISSUE_AT_S)}}},
    {"GetFederationToken", ISSUE_RECORD_FEDERATION,
	{{ACCESS}, {SESSION("111122223333:bob", ISSUE_AT_S)}}},
    {"GetSessionToken", ISSUE_RECORD_SESSION_TOKEN,
	{{ACCESS}, {SESSION("AIDAEXAMPLE", ISSUE_AT_S)}}},
    {"AssumeRoot", ISSUE_RECORD_ROOT("444455556666"),
	{{ACCESS}, {SESSION("444455556666", ISSUE_AT_S)}}},
    {"AssumeRoot by ARN", ISSUE_RECORD_ROOT("arn:aws:iam::444455556666:root"),
	{{ACCESS}, {SESSION("444455556666", ISSUE_AT_S)}}},
    {"GetRoleCredentials", ISSUE_RECORD_SET("GetRoleCredentials"),
	{{ISSUE_KEY_SET, "111122223333", "Admin", ISSUE_AT_S}}},
    {"Federate", ISSUE_RECORD_SET("Federate"),
	{{ISSUE_KEY_SET, "111122223333", "Admin", ISSUE_AT_S}}},
    {"ConsoleLogin", ISSUE_RECORD_SIGN_IN("ConsoleLogin", "Success"),
	{{SESSION("AROAEXAMPLE:alice", ISSUE_AT_S)}, {SESSION("AROAEXAMPLE:alice", CREATED_S)},
	    {ISSUE_KEY_SIGN_IN, ISSUE_SIGN_IN, NULL, 0}}},
    {"SwitchRole", ISSUE_RECORD_SIGN_IN("SwitchRole", "Success"),
	{{SESSION("AROAEXAMPLE:alice", ISSUE_AT_S)}, {SESSION("AROAEXAMPLE:alice", CREATED_S)},
	    {ISSUE_KEY_SIGN_IN, ISSUE_SIGN_IN, NULL, 0}}},
    {"GetSigninToken: its sign-in session is not one that it opened",
	ISSUE_RECORD_SIGN_IN("GetSigninToken", "Success"),
	{{SESSION("AROAEXAMPLE:alice", ISSUE_AT_S)}, {SESSION("AROAEXAMPLE:alice", CREATED_S)}}},
    {"CreateOAuth2Token", ISSUE_RECORD_OAUTH("true"),
	{{ISSUE_KEY_SIGN_IN, ISSUE_SIGN_IN, NULL, 0}}},
    {"a user's ConsoleLogin",
	ISSUE_RECORD("signin", "ConsoleLogin",
	    ISSUE_IAM_USER ",\"responseElements\":{\"ConsoleLogin\":\"Success\"}"),
	{{SESSION("AIDAEXAMPLE", ISSUE_AT_S)}}},
    {"a session as old as its login",
	ISSUE_RECORD("signin", "ConsoleLogin",
	    "\"userIdentity\":{\"principalId\":\"A\",\"sessionContext\":{\"attributes\":{"
	    "\"creationDate\":\"20261122T062240Z\"}}}"),
	{{SESSION("A", ISSUE_AT_S)}}},
    {"an unreadable creationDate",
	ISSUE_RECORD("signin", "ConsoleLogin",
	    "\"userIdentity\":{\"principalId\":\"A\",\"sessionContext\":{\"attributes\":{"
	    "\"creationDate\":\"soon\"}}}"),
	{{SESSION("A", ISSUE_AT_S)}}},
    {"all that a sign-in can have",
	ISSUE_RECORD("signin", "SwitchRole",
	    ISSUE_ROLE_SESSION(",\"signInSessionArn\":\"" ISSUE_SIGN_IN "\"") ",\"responseElements"
									      "\":"
									      "{" ISSUE_CREDENTIALS
									      "}"),
	{{ACCESS}, {SESSION("AROAEXAMPLE:alice", ISSUE_AT_S)},
	    {SESSION("AROAEXAMPLE:alice", CREATED_S)},
	    {ISSUE_KEY_SIGN_IN, ISSUE_SIGN_IN, NULL, 0}}},
    {"failed ConsoleLogin", ISSUE_RECORD_SIGN_IN("ConsoleLogin", "Failure"), {{0}}},
    {"failed SwitchRole", ISSUE_RECORD_SIGN_IN("SwitchRole", "Failure"), {{0}}},
    {"failed CreateOAuth2Token", ISSUE_RECORD_OAUTH("false"), {{0}}},
    {"denied",
	ISSUE_RECORD("sts", "AssumeRole",
	    "\"errorCode\":\"AccessDenied\",\"responseElements\":{" ISSUE_CREDENTIALS "}"),
	{{0}}},
    {"no error",
	ISSUE_RECORD(
	    "sts", "AssumeRole", "\"errorCode\":\"\",\"responseElements\":{" ISSUE_CREDENTIALS "}"),
	{{ACCESS}}},
    {"null error",
	ISSUE_RECORD(
	    "sts", "AssumeRole", "\"errorCode\":null,\"responseElements\":{" ISSUE_CREDENTIALS "}"),
	{{ACCESS}}},
    {"null response", WITH_RESPONSE("null"), {{0}}},
    {"empty key id", WITH_RESPONSE("{\"credentials\":{\"accessKeyId\":\"\"}}"), {{0}}},
    {"other types", WITH_RESPONSE("{\"credentials\":[],\"assumedRoleUser\":7}"), {{0}}},
    {"text for an object", WITH_RESPONSE("\"credentials\""), {{0}}},
    {"escapes",
	WITH_RESPONSE("{\"credential\\u0073\":{\"accessKeyId\":\"ASIAIOSFODNN7EXAMPL"
		      "\\u0045\"}}"),
	{{ACCESS}}},
    {"the last of two", WITH_RESPONSE("{" ISSUE_CREDENTIALS "},\"responseElements\":null"), {{0}}},
    {"set without a name",
	ISSUE_RECORD("sso", "Federate", "\"serviceEventDetails\":{\"account_id\":\"1\"}"), {{0}}},
};

static void
test_keys(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct reading r;
		size_t n = 0;

		read_document(&r, span_of(cases[i].record));
		if (r.issuing != 1 || r.error != EVENT_OK)
			fail_msg("%s: not read", cases[i].name);
		assert_int_equal(r.keys.time_us, ISSUE_AT_S * US_PER_SECOND);
		for (; n < ISSUE_KEYS_MAX && cases[i].keys[n].a != NULL; n++) {
			const struct key *k = &cases[i].keys[n];

			if (n >= r.keys.count ||
			    r.keys.keys[n] !=
				issue_key(k->kind, span_of(k->a), span_of(k->b), k->at_s))
				fail_msg("%s: key %zu", cases[i].name, n);
		}
		if (r.keys.count != n)
			fail_msg("%s: %zu keys, should be %zu", cases[i].name, r.keys.count, n);
	}
}

/* The times that the keys are about: a session can be older than the event that names it. */
static void
test_times(void **state)
{
	struct reading r;

	(void)state;
	read_document(&r, SPAN(ISSUE_RECORD_SIGN_IN("GetSigninToken", "Success")));
	assert_int_equal(r.keys.first_us, CREATED_S * US_PER_SECOND);
	assert_int_equal(r.keys.last_us, ISSUE_AT_S * US_PER_SECOND);
	read_document(&r, SPAN(ISSUE_RECORD_ASSUME_ROLE));
	assert_int_equal(r.keys.first_us, ISSUE_AT_S * US_PER_SECOND);
	assert_int_equal(r.keys.last_us, ISSUE_AT_S * US_PER_SECOND);
}

static void
test_errors(void **state)
{
	struct record_header h = {.event_time = SPAN("2026-11-22T06:22:40Z"),
	    .response_elements = SPAN("{" ISSUE_CREDENTIALS "}")};
	struct issue_keys keys;
	struct buf scratch;

	(void)state;
	buf_init(&scratch, 16);
	assert_int_equal(
	    issue_keys_read(ISSUE_ASSUME_ROLE, &h, &scratch, &keys), EVENT_ERROR_MEMORY);
	assert_int_equal(keys.count, 0);
	buf_clear(&scratch);
	buf_init(&scratch, 4096);
	h.event_time = SPAN("redacted");
	assert_int_equal(issue_keys_read(ISSUE_ASSUME_ROLE, &h, &scratch, &keys), EVENT_ERROR_TIME);
	assert_int_equal(keys.count, 0);
	h.event_time = SPAN_NONE;
	assert_int_equal(issue_keys_read(ISSUE_ASSUME_ROLE, &h, &scratch, &keys), EVENT_ERROR_TIME);
	h.event_time = SPAN("2024-06-02 20:27:12.000000000");
	assert_int_equal(issue_keys_read(ISSUE_ASSUME_ROLE, &h, &scratch, &keys), EVENT_OK);
	assert_int_equal(keys.count, 1);
	assert_int_equal(keys.time_us, INT64_C(1717360032) * US_PER_SECOND);
	buf_clear(&scratch);
}

/* Different things get different numbers, wherever they differ. */
static void
test_numbers_differ(void **state)
{
	static const struct key different[] = {
	    {ISSUE_KEY_ACCESS, "a", NULL, 0},
	    {ISSUE_KEY_SESSION, "a", NULL, 0},
	    {ISSUE_KEY_SESSION, "a", NULL, 1},
	    {ISSUE_KEY_SESSION, "a", NULL, 2},
	    {ISSUE_KEY_SIGN_IN, "a", NULL, 0},
	    {ISSUE_KEY_SET, "a", "bc", 0},
	    {ISSUE_KEY_SET, "ab", "c", 0},
	    {ISSUE_KEY_SET, "abc", "", 0},
	    {ISSUE_KEY_SET, "", "abc", 0},
	    {ISSUE_KEY_SET, "abc", "", 1},
	    {ISSUE_KEY_ACCESS, "ASIAIOSFODNN7EXAMPLE", NULL, 0},
	    {ISSUE_KEY_ACCESS, "ASIAIOSFODNN7EXAMPLF", NULL, 0},
	    {ISSUE_KEY_ACCESS, "ASIAIOSFODNN7EXAMPL", NULL, 0},
	    {ISSUE_KEY_ACCESS, "SAIAIOSFODNN7EXAMPLE", NULL, 0},
	    {ISSUE_KEY_ACCESS, "12345678", NULL, 0},
	    {ISSUE_KEY_ACCESS, "1234567", NULL, 0},
	    {ISSUE_KEY_ACCESS, "1234567812345678", NULL, 0},
	};
	const size_t n = sizeof(different) / sizeof(different[0]);
	uint64_t numbers[sizeof(different) / sizeof(different[0])];

	(void)state;
	for (size_t i = 0; i < n; i++) {
		const struct key *k = &different[i];

		numbers[i] = issue_key(k->kind, span_of(k->a), span_of(k->b), k->at_s);
		for (size_t j = 0; j < i; j++)
			if (numbers[j] == numbers[i])
				fail_msg("%zu and %zu", i, j);
	}
	/* what lies behind a NUL counts too */
	assert_true(issue_key(ISSUE_KEY_ACCESS, SPAN("a\0"), SPAN_NONE, 0) !=
	    issue_key(ISSUE_KEY_ACCESS, SPAN("a"), SPAN_NONE, 0));
}

static int
compare_numbers(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Names as they come in rows, at seconds as they come in rows: no two alike among so few. */
static void
test_numbers_spread(void **state)
{
	enum { NAMES = 1000, SECONDS = 100 };
	uint64_t *numbers = calloc(NAMES * SECONDS, sizeof(*numbers));
	unsigned low = 0;
	size_t n = 0;

	(void)state;
	for (unsigned i = 0; i < NAMES; i++) {
		char name[32];

		(void)snprintf(name, sizeof(name), "AROAEXAMPLE:user%u", i);
		for (int64_t s = 0; s < SECONDS; s++)
			numbers[n++] =
			    issue_key(ISSUE_KEY_SESSION, span_of(name), SPAN_NONE, ISSUE_AT_S + s);
	}
	qsort(numbers, n, sizeof(*numbers), compare_numbers);
	for (size_t i = 1; i < n; i++)
		assert_true(numbers[i] != numbers[i - 1]);
	for (size_t i = 0; i < n; i++)
		low += numbers[i] & 1;
	assert_in_range(low, n / 2 - 2000, n / 2 + 2000);
	free(numbers);
}

/* Real records: each of a known kind is typed, and the two ways to read it agree on failure. */
static void
test_real_events(void **state)
{
	static const struct {
		const char *file;
		unsigned issuing, failed, keyless, untimed;
	} files[] = {
	    {"stratus-red-team/aws.initial-access.console-login-without-mfa.json", 1, 0, 0, 0},
	    {"panther-analysis/aws_cloudtrail_rules.extracted.ndjson", 44, 9, 18, 4},
	    {"containers/aws-cli-lookup-events.json", 1, 0, 0, 0},
	    {"containers/111111111111_CloudTrail_eu-central-1_20171211T1505Z_A6kvhMoVeCsc7v8U."
	     "json.gz",
		1, 0, 0, 0},
	    {"containers/loki-cloudtrail.json.gz", 1, 0, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		char *path = real_data(files[i].file);
		struct document d;
		struct reading r;

		assert_int_equal(document_init(&d, 1 << 24), 0);
		assert_int_equal(document_load(&d, path), DOCUMENT_OK);
		read_document(&r, d.text);
		if (r.issuing != files[i].issuing || r.failed != files[i].failed ||
		    r.keyless != files[i].keyless || r.untimed != files[i].untimed)
			fail_msg("%s: %u issuing, %u failed, %u keyless, %u untimed", files[i].file,
			    r.issuing, r.failed, r.keyless, r.untimed);
		document_clear(&d);
		free(path);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_keys),
	    cmocka_unit_test(test_times),
	    cmocka_unit_test(test_errors),
	    cmocka_unit_test(test_numbers_differ),
	    cmocka_unit_test(test_numbers_spread),
	    cmocka_unit_test(test_real_events),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
