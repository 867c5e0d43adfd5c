/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "common/time_text.h"
#include "correlator/input/trail_name.h"

static void
test_names(void **state)
{
	static const struct {
		const char *path, *account, *region, *time; /* account NULL: not such a name */
	} cases[] = {
	    {"AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/22/"
	     "111122223333_CloudTrail_us-east-1_20261122T0625Z_Uka8KBTnmVEhcdMe.json.gz",
		"111122223333", "us-east-1", "2026-11-22T06:25:00Z"},
	    {"111122223333_CloudTrail_us-gov-west-1_20261122T2359Z_a.json", "111122223333",
		"us-gov-west-1", "2026-11-22T23:59:00Z"},
	    {"111122223333_CloudTrail_eu-central-1_20171211T1505ZA6kvhMoVeCsc7v8U.json.gz",
		"111122223333", "eu-central-1", "2017-12-11T15:05:00Z"},
	    {"111122223333_CloudTrail-Digest_us-east-1_t_us-east-1_20261122T062500Z.json.gz", NULL,
		NULL, NULL},
	    {"111122223333_CloudTrail_us-east-1_20261322T0625Z_x.json.gz", NULL, NULL, NULL},
	    {"111122223333_CloudTrail_us-east-1_20261122T06", NULL, NULL, NULL},
	    {"11112222333_CloudTrail_us-east-1_20261122T0625Z_x.json.gz", NULL, NULL, NULL},
	    {"111122223333_CloudTrail__20261122T0625Z_x.json.gz", NULL, NULL, NULL},
	    {"logins.jsonl", NULL, NULL, NULL},
	    {"", NULL, NULL, NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct trail_name name;
		char text[TIME_TEXT_LEN];

		if (!trail_name_parse(cases[i].path, &name)) {
			if (cases[i].account != NULL)
				fail_msg("not understood: %s", cases[i].path);
			continue;
		}
		if (cases[i].account == NULL)
			fail_msg("taken for a trail's: %s", cases[i].path);
		assert_true(span_is(name.account_id, cases[i].account));
		assert_true(span_is(name.region, cases[i].region));
		assert_string_equal(time_format(text, name.delivered_us, 0), cases[i].time);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_names)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
