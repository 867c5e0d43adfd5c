/* SPDX-License-Identifier: Apache-2.0 */
/* What `who` asks of a store. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/time_text.h"
#include "correlator/commands/select.h"

#define DIGITS "mqz1QHev9hfjqnJwGYGeEtSVf0Hnd5uPTvWVXX3QRSU"

static const struct option_rules rules = {
    .sets = OPTION_SET_SELECT | OPTION_SET_INPUT,
    .formats = 1u << FORMAT_TEXT,
    .format = FORMAT_TEXT,
    .args_max = 1,
};

struct asked {
	struct options options;
	struct store_question question;
	char fingerprint[SELECT_FINGERPRINT_MAX];
};

static void
ask(struct asked *a, int argc, const char *const *argv)
{
	char *args[8];
	struct buf error;

	for (int i = 0; i < argc; i++)
		args[i] = (char *)(uintptr_t)argv[i];
	buf_init(&error, 1000);
	assert_int_equal(options_parse(&a->options, &rules, argc, args, 0, &error), 0);
	select_question(&a->question, &a->options, a->fingerprint);
	buf_clear(&error);
}

#define ASK(a, ...)                                                                                \
	do {                                                                                       \
		const char *const argv_[] = {__VA_ARGS__};                                         \
		ask(&(a), (int)(sizeof(argv_) / sizeof(argv_[0])), argv_);                         \
	} while (0)

static void
assert_text(struct span s, const char *text)
{
	assert_true(text != NULL ? span_is(s, text) : s.ptr == NULL);
}

static void
test_all_of_it(void **state)
{
	struct asked a;

	(void)state;
	ASK(a, "web-1", "--user=root", "--ip=::1", "--pid=7", "--audit-session=0",
	    "--at=2026-11-22T06:22:40Z");
	assert_text(a.question.instance, "web-1");
	assert_text(a.question.user, "root");
	assert_text(a.question.address, "::1");
	assert_text(a.question.fingerprint, NULL);
	assert_text(a.question.session, NULL);
	assert_text(a.question.identity, NULL);
	assert_int_equal(a.question.pid, 7);
	assert_int_equal(a.question.audit_session, 0);
	assert_true(a.question.has_at);
	/* the whole second, when whole seconds are typed */
	assert_int_equal(a.question.at_end_us - a.question.at_us, US_PER_SECOND - 1);
	options_clear(&a.options);

	ASK(a, "--at=2026-11-22T06:22:40.5Z");
	assert_text(a.question.instance, NULL);
	assert_int_equal(a.question.at_end_us, a.question.at_us);
	assert_int_equal(a.question.pid, -1);
	assert_int_equal(a.question.audit_session, -1);
	options_clear(&a.options);
	ASK(a, "--from=2026-11-22");
	assert_false(a.question.has_at);
	options_clear(&a.options);
}

/* However it is typed: as logs have it. */
static void
test_fingerprint(void **state)
{
	static const char *const spellings[] = {
	    DIGITS, DIGITS "=", "SHA256:" DIGITS, "SHA256:" DIGITS "="};
	struct asked a;

	(void)state;
	for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++) {
		ASK(a, "--fingerprint", spellings[i]);
		assert_text(a.question.fingerprint, "SHA256:" DIGITS);
		options_clear(&a.options);
	}
}

/* Other sessions that begin alike make it a usage error, whatever else was asked. */
static void
test_session_alone(void **state)
{
	struct asked a;

	(void)state;
	ASK(a, "web-1", "--session=0123456A", "--user=root", "--pid=7", "--at=2026-11-22");
	assert_text(a.question.session, "0123456A");
	assert_text(a.question.instance, NULL);
	assert_text(a.question.user, NULL);
	assert_int_equal(a.question.pid, -1);
	assert_false(a.question.has_at);
	options_clear(&a.options);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_all_of_it),
	    cmocka_unit_test(test_fingerprint),
	    cmocka_unit_test(test_session_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
