/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_REPORT_CHAINS_H
#define CORRELATOR_REPORT_CHAINS_H

#include "correlator/evidence/login_chain.h"
#include "correlator/report/output.h"
#include "correlator/report/style.h"

/* What verify found, for people and for machines (docs/FORMAT.md "verify"). */
struct chains_view {
	const struct login_chain_set *set;
	uint64_t files_failed; /* could not be read, wholly or in part */
};

enum chains_verdict {
	CHAINS_INTACT,
	CHAINS_INTACT_SO_FAR,
	CHAINS_BROKEN,
	CHAINS_NOTHING, /* no login record was found */
};
enum chains_verdict chains_verdict(const struct chains_view *v);

void chains_text(struct output *o, const struct chains_view *v, const struct style *style);
void chains_json(struct output *o, const struct chains_view *v);

/* HASH:SEQ of the chain's last line, as --expect-head takes it. */
void chains_put_head(struct buf *out, const struct login_chain_set *s, const struct login_chain *c);

#endif
