/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_CORRELATE_VERDICT_H
#define CORRELATOR_CORRELATE_VERDICT_H

#include <stdbool.h>

#include "common/span.h"

/* The words of docs/SEMANTICS.md. Names are what reports print and --fail-on takes. */
enum verdict {
	VERDICT_ATTRIBUTED,
	VERDICT_AMBIGUOUS,
	VERDICT_UNATTRIBUTED,
	VERDICT_PENDING,
	VERDICT_UNCOVERED,
	VERDICT_CONTRADICTED,
	VERDICT_COUNT,
};

enum reason {
	REASON_NONE,
	REASON_KEY_NEVER_PUSHED,
	REASON_PUSH_EXPIRED,
	REASON_PUSHED_FOR_OTHER_USER,
	REASON_PUSHED_FOR_OTHER_INSTANCE,
	REASON_PUSH_FAILED,
	REASON_CERTIFICATE,
	REASON_NO_KEY,
	REASON_RECEIPT_PRINCIPAL_DIFFERS, /* of a contradicted login, as the next one */
	REASON_RECEIPT_REQUEST_UNKNOWN,
	REASON_COUNT,
};

enum strength {
	STRENGTH_NONE,
	STRENGTH_MATCHED,
	STRENGTH_CONFIRMED,
	STRENGTH_PROVEN,
};

enum push_state {
	PUSH_USED,
	PUSH_UNUSED,
	PUSH_FAILED,
	PUSH_UNINSTRUMENTED,
	PUSH_STATE_COUNT,
};

/* The names; NULL for REASON_NONE and STRENGTH_NONE. */
const char *verdict_name(enum verdict verdict);
const char *reason_name(enum reason reason);
const char *strength_name(enum strength strength);
const char *push_state_name(enum push_state state);
/* A sentence for people, without a full stop: "the key was pushed, but too long before the login".
 */
const char *reason_text(enum reason reason);

bool verdict_from_name(struct span name, enum verdict *verdict);
bool reason_from_name(struct span name, enum reason *reason);

#endif
