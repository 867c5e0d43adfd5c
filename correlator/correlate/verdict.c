/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/correlate/verdict.h"

static const char *const verdict_names[VERDICT_COUNT] = {
    [VERDICT_ATTRIBUTED] = "attributed",
    [VERDICT_AMBIGUOUS] = "ambiguous",
    [VERDICT_UNATTRIBUTED] = "unattributed",
    [VERDICT_PENDING] = "pending",
    [VERDICT_UNCOVERED] = "uncovered",
    [VERDICT_CONTRADICTED] = "contradicted",
};

static const struct {
	const char *name, *text;
} reasons[REASON_COUNT] = {
    [REASON_NONE] = {NULL, ""},
    [REASON_KEY_NEVER_PUSHED] = {"key_never_pushed",
	"nobody pushed the key: it stands in a file on the host"},
    [REASON_PUSH_EXPIRED] = {"push_expired",
	"the key was pushed, but too long before the login: it was kept on the host"},
    [REASON_PUSHED_FOR_OTHER_USER] = {"pushed_for_other_user",
	"the key was pushed for another user of this instance"},
    [REASON_PUSHED_FOR_OTHER_INSTANCE] = {"pushed_for_other_instance",
	"the key was pushed for another instance"},
    [REASON_PUSH_FAILED] = {"push_failed", "the call that would have pushed the key failed"},
    [REASON_CERTIFICATE] = {"certificate", "an SSH certificate was used: its CA let the user in"},
    [REASON_NO_KEY] = {"no_key", "no public key of the user was used"},
    [REASON_RECEIPT_PRINCIPAL_DIFFERS] = {"receipt_principal_differs",
	"the receipt that AWS signed names another principal than CloudTrail"},
    [REASON_RECEIPT_REQUEST_UNKNOWN] = {"receipt_request_unknown",
	"CloudTrail has no call of the request that the receipt names"},
};

static const char *const strength_names[] = {
    [STRENGTH_NONE] = NULL,
    [STRENGTH_MATCHED] = "matched",
    [STRENGTH_CONFIRMED] = "confirmed",
    [STRENGTH_PROVEN] = "proven",
};

static const char *const push_state_names[PUSH_STATE_COUNT] = {
    [PUSH_USED] = "used",
    [PUSH_UNUSED] = "unused",
    [PUSH_FAILED] = "failed",
    [PUSH_UNINSTRUMENTED] = "uninstrumented",
};

const char *
verdict_name(enum verdict verdict)
{
	return verdict_names[verdict];
}

const char *
reason_name(enum reason reason)
{
	return reasons[reason].name;
}

const char *
reason_text(enum reason reason)
{
	return reasons[reason].text;
}

const char *
strength_name(enum strength strength)
{
	return strength_names[strength];
}

const char *
push_state_name(enum push_state state)
{
	return push_state_names[state];
}

bool
verdict_from_name(struct span name, enum verdict *verdict)
{
	for (int i = 0; i < VERDICT_COUNT; i++) {
		if (span_is(name, verdict_names[i])) {
			*verdict = (enum verdict)i;
			return true;
		}
	}
	return false;
}

bool
reason_from_name(struct span name, enum reason *reason)
{
	for (int i = REASON_NONE + 1; i < REASON_COUNT; i++) {
		if (span_is(name, reasons[i].name)) {
			*reason = (enum reason)i;
			return true;
		}
	}
	return false;
}
