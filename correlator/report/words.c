/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/report/words.h"

#include "common/safe_text.h"

void
words_count(struct buf *out, uint64_t n, const char *one, const char *many)
{
	buf_put_u64(out, n);
	buf_putc(out, ' ');
	buf_puts(out, n == 1 ? one : many);
}

void
words_id(struct buf *out, const struct report_view *v, string_id id)
{
	safe_text_put(out, id != 0 ? view_span(v, id) : SPAN("unknown"));
}

static bool
has_many_accounts(const struct report_view *v)
{
	const struct coverage *c = &v->ledger->coverage;

	for (size_t i = 1; i < c->count; i++) {
		if (c->rows[i].account_id != c->rows[0].account_id)
			return true;
	}
	return false;
}

struct span
words_principal(const struct report_view *v, string_id principal, struct buf *scratch)
{
	struct span whole = view_span(v, principal), rest = whole, part, account = SPAN_NONE;
	size_t start = scratch->len;

	if (!span_starts(whole, "arn:"))
		return whole;
	for (int i = 0; i < 5; i++) { /* arn:partition:service:region:account:resource */
		if (!span_cut(&rest, ':', &part))
			return whole;
		account = part;
	}
	if (span_starts(rest, "assumed-role/"))
		rest = span_from(rest, strlen("assumed-role/"));
	else if (!span_starts(rest, "user/") && !span_is(rest, "root"))
		return whole;
	if (!has_many_accounts(v) && !span_is(rest, "root"))
		return rest;
	buf_put_span(scratch, account);
	buf_putc(scratch, ' ');
	buf_put_span(scratch, rest);
	if (scratch->failed)
		return whole;
	return (struct span){scratch->ptr + start, scratch->len - start};
}

const char *
words_verdict(enum verdict verdict)
{
	static const char *const words[VERDICT_COUNT] = {
	    [VERDICT_ATTRIBUTED] = "every push that can explain the login is of one principal",
	    [VERDICT_AMBIGUOUS] = "two or more principals could have let it in; none is chosen",
	    [VERDICT_UNATTRIBUTED] = "CloudTrail covers the time and no push explains the login",
	    [VERDICT_PENDING] = "the time is newer than what CloudTrail has delivered so far",
	    [VERDICT_UNCOVERED] =
		"the CloudTrail input does not cover the account, region and time",
	    [VERDICT_CONTRADICTED] = "two pieces of evidence disagree",
	};

	return words[verdict];
}

const char *
words_conclusion(const struct login *login)
{
	if (login->reason != REASON_NONE)
		return reason_text(login->reason);
	if (login->same_person)
		return "every push that can explain the login is of one person";
	return words_verdict(login->verdict);
}

enum style_ink
words_verdict_ink(enum verdict verdict)
{
	static const enum style_ink inks[VERDICT_COUNT] = {
	    [VERDICT_ATTRIBUTED] = INK_GOOD,
	    [VERDICT_AMBIGUOUS] = INK_DOUBT,
	    [VERDICT_UNATTRIBUTED] = INK_BAD,
	    [VERDICT_PENDING] = INK_DOUBT,
	    [VERDICT_UNCOVERED] = INK_DOUBT,
	    [VERDICT_CONTRADICTED] = INK_BAD,
	};

	return inks[verdict];
}

const char *
words_source(enum login_source source)
{
	static const char *const words[] = {
	    [LOGIN_SOURCE_PAM] = "pam",
	    [LOGIN_SOURCE_SYSLOG] = "syslog",
	};

	return words[source];
}

const char *
words_reach(enum reach_grade grade)
{
	static const char *const words[] = {
	    [REACH_NONE] = NULL,
	    [REACH_MAYBE] = "maybe",
	    [REACH_SURE] = "sure",
	};

	return words[grade];
}

const char *
words_state(enum push_state state)
{
	static const char *const words[PUSH_STATE_COUNT] = {
	    [PUSH_USED] = "can explain at least one login",
	    [PUSH_UNUSED] = "no login followed",
	    [PUSH_FAILED] = "AWS refused it",
	    [PUSH_UNINSTRUMENTED] = "the instance sent no login records at all",
	};

	return words[state];
}
