/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/people/person.h"

static bool
text_is(const struct ledger *l, string_id id, const char *text)
{
	return span_is(string_pool_span(&l->pool, id), text);
}

static bool
issue_has_mfa(const struct ledger *l, uint32_t issue)
{
	const struct issue *i = issue != HOP_NONE ? &l->issues[issue] : NULL;

	return i != NULL &&
	    (string_pool_span(&l->pool, i->mfa_serial).len != 0 || text_is(l, i->mfa_used, "Yes"));
}

enum mfa_seen
person_mfa(const struct ledger *l, const struct chain_walk *walk)
{
	for (size_t k = 0; k < walk->caller_count; k++)
		if (text_is(l, l->callers[walk->callers[k]].mfa, "true"))
			return MFA_SEEN;
	for (size_t k = 0; k < walk->hop_count; k++)
		if (issue_has_mfa(l, walk->hops[k].issue) || issue_has_mfa(l, walk->hops[k].also))
			return MFA_SEEN;
	return text_is(l, l->callers[walk->callers[0]].mfa, "false") ? MFA_NOT_SEEN : MFA_UNKNOWN;
}
