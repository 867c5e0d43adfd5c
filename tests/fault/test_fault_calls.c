/* SPDX-License-Identifier: Apache-2.0 */
/* calls.list speaks of every function that the module and the recorder call. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <fnmatch.h>
#include <stdbool.h>

extern const char *const fault_needed[], *const fault_known[];

static bool
is_known(const char *name)
{
	for (const char *const *known = fault_known; *known != NULL; known++)
		if (fnmatch(*known, name, 0) == 0)
			return true;
	return false;
}

static void
test_all_calls_are_known(void **state)
{
	int unknown = 0;

	(void)state;
	for (const char *const *name = fault_needed; *name != NULL; name++)
		if (!is_known(*name)) {
			print_error(
			    "tests/fault/calls.list does not say whether %s can fail\n", *name);
			unknown++;
		}
	assert_int_equal(unknown, 0);
}

/* Were the list of calls empty or that of another program, nothing would be tested. */
static void
test_the_list_is_theirs(void **state)
{
	static const char *const some[] = {"fork", "execve", "fdatasync", "pam_set_data", "pread"};

	(void)state;
	for (size_t i = 0; i < sizeof(some) / sizeof(some[0]); i++) {
		bool found = false;

		for (const char *const *name = fault_needed; *name != NULL; name++)
			found = found || strcmp(*name, some[i]) == 0;
		assert_true(found);
	}
	assert_false(is_known("strdup_of_nothing"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_all_calls_are_known),
	    cmocka_unit_test(test_the_list_is_theirs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
