/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/evidence/receipts.h"

#include <stdlib.h>

void
receipts_clear(struct receipts *rs)
{
	free(rs->rows);
	free(rs->signers);
	*rs = (struct receipts){0};
}

const char *
receipt_state_name(enum receipt_state state)
{
	static const char *const names[RECEIPT_STATE_COUNT] = {
	    [RECEIPT_STATE_NOTE] = "none",
	    [RECEIPT_STATE_UNREADABLE] = "unreadable",
	    [RECEIPT_STATE_ORPHAN] = "orphan",
	    [RECEIPT_STATE_UNVERIFIED] = "unverified",
	    [RECEIPT_STATE_REPLAYED] = "replayed",
	    [RECEIPT_STATE_VERIFIED] = "verified",
	};

	return names[state];
}
