/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/time_text.h"
#include "correlator/option_values.h"
#include "correlator/options.h"

#define NOW_US (INT64_C(1795328560) * US_PER_SECOND)

static const struct option_rules rules = {
    .sets = OPTION_SET_INPUT | OPTION_SET_OUTPUT | OPTION_SET_FINDINGS | OPTION_SET_SELECT |
	OPTION_SET_PEOPLE | OPTION_SET_SYSLOG | OPTION_SET_STORE | OPTION_SET_REMOTE,
    .formats = 1u << FORMAT_TABLE | 1u << FORMAT_JSON | 1u << FORMAT_CSV,
    .format = FORMAT_TABLE,
    .args_max = 1,
    .args = "[INSTANCE]",
};

/* Splits a line at blanks and parses it; the words live in `words`. */
static int
parse(struct options *o, const char *line, char words[static 1000], struct buf *error)
{
	char *argv[40], *save = NULL;
	int argc = 0;

	assert_true(strlen(line) < 1000);
	memcpy(words, line, strlen(line) + 1);
	for (char *w = strtok_r(words, " ", &save); w != NULL; w = strtok_r(NULL, " ", &save))
		argv[argc++] = w;
	buf_reset(error);
	return options_parse(o, &rules, argc, argv, NOW_US, error);
}

static const struct {
	const char *line, *error;
} error_cases[] = {
    {"--nonsense", "unknown option '--nonsense'"},
    {"--nonsense=x", "unknown option '--nonsense'"},
    {"--login x", "unknown option '--login'"},
    {"--used", "unknown option '--used'"}, /* of another command */
    {"-x", "unknown option '-x'"},
    {"--local=yes", "option '--local' takes no value"},
    {"--logins", "option '--logins' needs a value: PATH"},
    {"--logins --events x", "option '--logins' needs a value: PATH"},
    {"--logins=", "--logins: '' is empty"},
    {"--logins - --events -", "standard input can be read once: one '-' only"},
    {"--events sqs://queue",
	"--events: 'sqs://queue' is a source that this version does "
	"not support: give a file, a directory, s3://BUCKET/PREFIX or -"},
    {"--events s3:///x", "--events: 's3:///x' is not s3://BUCKET or s3://BUCKET/PREFIX"},
    {"--logins s3://Bucket", "--logins: 's3://Bucket' is not s3://BUCKET or s3://BUCKET/PREFIX"},
    {"--logins lookup-events:", "--logins: 'lookup-events:' has events, and no logins"},
    {"--logins cloudwatch-logs:g", "--logins: 'cloudwatch-logs:g' has events, and no logins"},
    {"--events lookup-events:us-east-1",
	"--events: 'lookup-events:us-east-1' takes nothing behind the colon: --profile and "
	"--region say whom to ask"},
    {"--events cloudwatch-logs:", "--events: 'cloudwatch-logs:' names no log group"},
    {"--profile=", "--profile: '' is empty"},
    {"--region us_east_1", "--region: 'us_east_1' is not a region's name, like us-east-1"},
    {"--region=", "--region: '' is not a region's name, like us-east-1"},
    {"--endpoint-url localhost:9000",
	"--endpoint-url: 'localhost:9000' is not an http or https URL"},
    {"--late soon", "--late: 'soon' is not a duration, like 6h or 2d"},
    {"--late 400d", "--late: '400d' is not a duration, like 6h or 2d"},
    {"--db", "option '--db' needs a value: FILE"},
    {"--db=", "--db: '' is empty"},
    {"--db -", "--db: '-' is no file: a store is one"},
    {"--db s3://bucket/x", "--db: 's3://bucket/x' is no file: a store is one"},
    {"--db a --db b", "--db: 'b' is a second store: there can be one"},
    {"--rescan", "unknown option '--rescan'"}, /* of ingest */
    {"--from yesterdaze",
	"--from: 'yesterdaze' is not a time; a time is "
	"2026-11-22T06:22:40Z, 2026-11-22, -2h, today or yesterday"},
    {"--from 2026-11-23 --to 2026-11-22", "--from '2026-11-23' is later than --to '2026-11-22'"},
    {"--grace -1", "--grace: '-1' is not a number of seconds"},
    {"--skew 1e3", "--skew: '1e3' is not a number of seconds"},
    {"--max-inflate 0", "--max-inflate: '0' is not a size, like 500M"},
    {"--threads 0", "--threads: '0' is not a number of threads: 1 to 1024"},
    {"--threads 1025", "--threads: '1025' is not a number of threads: 1 to 1024"},
    {"--threads 2x", "--threads: '2x' is not a number of threads: 1 to 1024"},
    {"--progress bar", "--progress: 'bar' is not auto, json or none"},
    {"--pid 12x", "--pid: '12x' is not a whole number"},
    {"--ip 1.2.3", "--ip: '1.2.3' is not an IP address"},
    {"--session 1234567", "--session: '1234567' is not a session id, nor 8 or more digits of one"},
    {"--fingerprint MD5:00", "--fingerprint: 'MD5:00' is not a SHA256 fingerprint"},
    {"--fail-on attributed,odd",
	"--fail-on: 'attributed,odd' has a word that is neither a verdict nor a reason"},
    {"--identity-store=", "--identity-store: '' is empty"},
    {"--no-people=1", "option '--no-people' takes no value"},
    {"--instance web-1", "--instance: 'web-1' is not an instance id"},
    {"--instance i-0123456", "--instance: 'i-0123456' is not an instance id"},
    {"--year 1969", "--year: '1969' is not a year"},
    {"--year 10000", "--year: '10000' is not a year"},
    {"--year 26x", "--year: '26x' is not a year"},
    {"--eic-uid -1", "--eic-uid: '-1' is not a whole number"},
    {"--time-zone Nowhere/City",
	"--time-zone: 'Nowhere/City' is neither a time zone that this machine knows nor "
	"an offset like +01:00"},
    {"--time-zone ../../etc/passwd",
	"--time-zone: '../../etc/passwd' is neither a time zone that this machine knows "
	"nor an offset like +01:00"},
    {"--color blue", "--color: 'blue' is none of auto, always, never"},
    {"--format yaml", "--format: 'yaml' is not a format"},
    {"--format jsonl", "--format: 'jsonl' is not a format of this command"},
    {"--format json --format csv", "two formats on standard output: give all but one an -o FILE"},
    {"--format json -o a -o b",
	"--output: 'b' has no --format of its own: name one in front of it"},
    {"--format json -o a --format csv -o a", "--output: 'a' is named twice"},
    {"one two", "unexpected argument 'two'"},
};

static void
test_errors(void **state)
{
	char words[1000];
	struct options o;
	struct buf error;

	(void)state;
	buf_init(&error, 1000);
	for (size_t i = 0; i < sizeof(error_cases) / sizeof(error_cases[0]); i++) {
		assert_int_equal(parse(&o, error_cases[i].line, words, &error), -1);
		assert_string_equal(buf_cstr(&error), error_cases[i].error);
		options_clear(&o);
	}
	buf_clear(&error);
}

static void
test_values(void **state)
{
	char words[1000];
	struct options o;
	struct buf error;

	(void)state;
	buf_init(&error, 1000);
	assert_int_equal(parse(&o,
			     "i-1 --logins a --events=b --logins - --grace 2.5 --login-grace=30 "
			     "--skew 0.000001 --max-inflate 2M --from -2h --to now --user=u "
			     "--pid 7 --fail-on ambiguous,no_key --ip 203.0.113.7 "
			     "--complete-until 2026-11-22",
			     words, &error),
	    0);
	assert_string_equal(o.args[0], "i-1");
	assert_int_equal(o.input_count, 3);
	assert_string_equal(o.inputs[1].uri, "b");
	assert_int_equal(o.inputs[1].role, INPUT_EVENTS);
	assert_int_equal(o.inputs[2].role, INPUT_LOGINS);
	assert_int_equal(o.match.grace_us, 2500000);
	assert_int_equal(o.match.login_grace_us, 30 * US_PER_SECOND);
	assert_int_equal(o.match.skew_us, 1);
	assert_int_equal(o.inflate_max, 2 << 20);
	assert_true(o.match.has_from && o.match.has_to);
	assert_int_equal(o.match.from_us, NOW_US - 2 * US_PER_HOUR);
	assert_int_equal(o.match.to_us, NOW_US);
	assert_string_equal(o.user, "u");
	assert_int_equal(o.pid, 7);
	assert_int_equal(o.audit_session, OPTION_NUMBER_UNSET);
	assert_int_equal(o.fail_verdicts, 1u << VERDICT_AMBIGUOUS);
	assert_int_equal(o.fail_reasons, 1u << REASON_NO_KEY);
	assert_int_equal(o.complete_until_us, INT64_C(1795305600) * US_PER_SECOND);
	options_clear(&o);
	buf_clear(&error);
}

static void
test_remote(void **state)
{
	char words[1000];
	struct options o;
	struct buf error;

	(void)state;
	buf_init(&error, 1000);
	assert_int_equal(parse(&o, "--events s3:", words, &error), 0); /* a file of that name */
	assert_int_equal(o.profile_count + o.region_count, 0);
	assert_null(o.endpoint_url);
	assert_int_equal(o.late_us, US_PER_DAY);
	options_clear(&o);
	assert_int_equal(parse(&o,
			     "--events s3://bucket --events s3://bucket/a/b --logins s3://logs/x "
			     "--events lookup-events: --events cloudwatch-logs:trail/x "
			     "--profile a --profile=b --region us-east-1 --region eu-west-1 "
			     "--endpoint-url http://127.0.0.1:9000 --late 6h",
			     words, &error),
	    0);
	assert_int_equal(o.input_count, 5);
	assert_int_equal(o.profile_count, 2);
	assert_string_equal(o.profiles[1], "b");
	assert_int_equal(o.region_count, 2);
	assert_string_equal(o.regions[0], "us-east-1");
	assert_string_equal(o.endpoint_url, "http://127.0.0.1:9000");
	assert_int_equal(o.late_us, 6 * US_PER_HOUR);
	options_clear(&o);
	buf_clear(&error);
}

static void
test_people_and_syslog(void **state)
{
	char words[1000];
	struct options o;
	struct buf error;

	(void)state;
	buf_init(&error, 1000);
	assert_int_equal(parse(&o, "", words, &error), 0);
	assert_int_equal(o.year, OPTION_NUMBER_UNSET);
	assert_int_equal(o.eic_uid, OPTION_NUMBER_UNSET);
	assert_null(o.instance);
	assert_null(o.time_zone);
	assert_int_equal(o.identity_store_count, 0);
	assert_false(o.no_people);
	options_clear(&o);
	assert_int_equal(parse(&o,
			     "--identity-store a --no-people --identity-store=b --instance "
			     "i-0123456789abcdef0 --instance-map m --year 2026 --time-zone +01:00 "
			     "--eic-uid 998",
			     words, &error),
	    0);
	assert_int_equal(o.identity_store_count, 2);
	assert_string_equal(o.identity_stores[0], "a");
	assert_string_equal(o.identity_stores[1], "b");
	assert_true(o.no_people);
	assert_string_equal(o.instance, "i-0123456789abcdef0");
	assert_string_equal(o.instance_map, "m");
	assert_int_equal(o.year, 2026);
	assert_string_equal(o.time_zone, "+01:00");
	assert_int_equal(o.eic_uid, 998);
	options_clear(&o);
	buf_clear(&error);
}

static void
test_outputs(void **state)
{
	static const struct {
		const char *line;
		size_t count;
		struct option_output outputs[3];
	} cases[] = {
	    {"", 1, {{FORMAT_TABLE, NULL}}},
	    {"-o a", 1, {{FORMAT_TABLE, "a"}}},
	    {"-oa", 1, {{FORMAT_TABLE, "a"}}},
	    {"--output=a", 1, {{FORMAT_TABLE, "a"}}},
	    {"-o -", 1, {{FORMAT_TABLE, NULL}}},
	    {"--format json", 1, {{FORMAT_JSON, NULL}}},
	    {"-o a --format json", 1, {{FORMAT_JSON, "a"}}},
	    {"--format json -o a --format csv -o b --format table", 3,
		{{FORMAT_JSON, "a"}, {FORMAT_CSV, "b"}, {FORMAT_TABLE, NULL}}},
	    {"--format json --format csv -o b", 2, {{FORMAT_JSON, NULL}, {FORMAT_CSV, "b"}}},
	};
	char words[1000];
	struct options o;
	struct buf error;

	(void)state;
	buf_init(&error, 1000);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(parse(&o, cases[i].line, words, &error), 0);
		assert_int_equal(o.output_count, cases[i].count);
		for (size_t k = 0; k < cases[i].count; k++) {
			const char *path = cases[i].outputs[k].path;

			assert_int_equal(o.outputs[k].format, cases[i].outputs[k].format);
			if (path == NULL)
				assert_null(o.outputs[k].path);
			else
				assert_string_equal(o.outputs[k].path, path);
		}
		options_clear(&o);
	}
	buf_clear(&error);
}

/* --local may stand behind the times that it is about. */
static void
test_local(void **state)
{
	char words[1000];
	struct options o;
	struct buf error;

	(void)state;
	buf_init(&error, 1000);
	(void)setenv("TZ", "UTC-5", 1); /* POSIX: 5 hours east of Greenwich */
	tzset();
	assert_int_equal(parse(&o, "--at 2026-11-22T06:00:00 --local", words, &error), 0);
	assert_int_equal(o.at_us, INT64_C(1795309200) * US_PER_SECOND);
	options_clear(&o);
	assert_int_equal(parse(&o, "--at 2026-11-22T06:00:00", words, &error), 0);
	assert_int_equal(o.at_us, INT64_C(1795327200) * US_PER_SECOND);
	options_clear(&o);
	buf_clear(&error);
}

static void
test_end_of_options(void **state)
{
	char words[1000];
	struct options o;
	struct buf error;

	(void)state;
	buf_init(&error, 1000);
	assert_int_equal(parse(&o, "-- --logins", words, &error), 0);
	assert_string_equal(o.args[0], "--logins");
	options_clear(&o);
	assert_int_equal(parse(&o, "--grace 1 --help --nonsense", words, &error), 0);
	assert_true(o.help);
	options_clear(&o);
	buf_clear(&error);
}

static void
test_bounds(void **state)
{
	struct in6_addr a, b;
	int64_t n = -7;

	(void)state;
	assert_false(option_value_number(SPAN("9223372036854775808"), &n));
	assert_int_equal(n, -7);
	assert_true(option_value_number(SPAN("9223372036854775807"), &n));
	assert_false(option_value_size(SPAN("9223372036854775807K"), &n));
	assert_false(option_value_size(SPAN("1KB"), &n));
	assert_false(option_value_size(SPAN("1X"), &n));
	assert_true(option_value_size(SPAN("1g"), &n));
	assert_int_equal(n, 1 << 30);
	assert_false(option_value_seconds(SPAN("10000001"), &n));
	assert_false(option_value_seconds(SPAN("1."), &n));
	assert_false(option_value_seconds(SPAN(".5"), &n));
	assert_true(option_value_seconds(SPAN("0.1234567"), &n));
	assert_int_equal(n, 123456);
	assert_true(
	    option_value_ip("203.0.113.7", &a) && option_value_ip("::ffff:203.0.113.7", &b));
	assert_memory_equal(&a, &b, sizeof(a));
	assert_true(option_value_duration(SPAN("90"), &n));
	assert_int_equal(n, 90 * US_PER_SECOND);
	assert_true(option_value_duration(SPAN("0s"), &n));
	assert_int_equal(n, 0);
	assert_true(option_value_duration(SPAN("36h"), &n));
	assert_int_equal(n, 36 * US_PER_HOUR);
	assert_true(option_value_duration(SPAN("52w"), &n));
	assert_int_equal(n, 364 * US_PER_DAY);
	assert_false(option_value_duration(SPAN("53w"), &n));
	assert_false(option_value_duration(SPAN("9223372036854775807w"), &n));
	assert_false(option_value_duration(SPAN("1.5d"), &n));
	assert_false(option_value_duration(SPAN("1dd"), &n));
	assert_false(option_value_duration(SPAN("-1d"), &n));
	assert_false(option_value_duration(SPAN("d"), &n));
	assert_true(option_value_is_region(SPAN("us-gov-west-1")));
	assert_false(option_value_is_region(SPAN("us/east")));
	assert_false(option_value_is_region(SPAN("abcdefghijabcdefghijabcdefghijabc")));
	assert_true(option_value_has_scheme(SPAN("s3://b")));
	assert_true(option_value_has_scheme(SPAN("lookup-events:")));
	assert_false(option_value_has_scheme(SPAN("/a/b://c")));
	assert_false(option_value_has_scheme(SPAN("a:b")));
	assert_false(option_value_is_session(SPAN("0123456g")));
	assert_true(option_value_is_session(SPAN("0123ABCD")));
	assert_true(option_value_is_instance(SPAN("i-01234567")));
	assert_true(option_value_is_instance(SPAN("i-0123456789abcdef0")));
	assert_false(option_value_is_instance(SPAN("i-0123456")));
	assert_false(option_value_is_instance(SPAN("i-0123456789abcdef01")));
	assert_false(option_value_is_instance(SPAN("i-0123456789ABCDEF0")));
	assert_false(option_value_is_instance(SPAN("mi-0123456789abcdef0")));
	assert_true(option_value_is_time_zone("UTC"));
	assert_false(option_value_is_time_zone(""));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_errors),
	    cmocka_unit_test(test_values),
	    cmocka_unit_test(test_remote),
	    cmocka_unit_test(test_people_and_syslog),
	    cmocka_unit_test(test_outputs),
	    cmocka_unit_test(test_local),
	    cmocka_unit_test(test_end_of_options),
	    cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
