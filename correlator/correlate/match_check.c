/* SPDX-License-Identifier: Apache-2.0 */
/* What always adds up, docs/SEMANTICS.md. */
#include "correlator/correlate/match.h"

static uint64_t
sum(const uint64_t *counts, size_t n)
{
	uint64_t total = 0;

	for (size_t i = 0; i < n; i++)
		total += counts[i];
	return total;
}

static const char *
check_syslog(const struct ledger *l)
{
	const struct ledger_counts *c = &l->counts;

	if (c->syslog_lines !=
	    c->syslog_logins + c->syslog_ends + c->syslog_notices + c->syslog_partials +
		c->syslog_others + c->syslog_unreadable + c->syslog_unbelieved)
		return "syslog lines = logins + ends + notices + partials + others + unreadable + "
		       "unbelieved";
	if (l->login_count + c->syslog_duplicates + c->syslog_pruned != c->opens + c->syslog_logins)
		return "logins = opens + syslog logins - syslog duplicates - syslog pruned";
	return NULL;
}

const char *
match_check_invariants(const struct ledger *l)
{
	const struct ledger_counts *c = &l->counts;

	if (c->logins_in != sum(c->verdicts, VERDICT_COUNT))
		return "logins in = sum of verdicts";
	if (c->pushes_in != sum(c->states, PUSH_STATE_COUNT))
		return "pushes in = sum of push states";
	if (c->records != c->kept + c->skipped + c->malformed + c->pruned)
		return "records read = kept + skipped + malformed + pruned";
	if (c->kept != c->pushes + c->serial_pushes + c->tunnels + c->duplicates + c->superseded)
		return "records kept = pushes + serial pushes + tunnels + duplicates + superseded";
	if (c->login_lines !=
	    c->opens + c->closes + c->receipts + c->signers + c->login_other + c->login_malformed +
		c->login_duplicates + c->login_pruned)
		return "login lines = opens + closes + receipts + signers + others + malformed + "
		       "duplicates + pruned";
	if (c->receipts != sum(c->receipt_states, RECEIPT_STATE_COUNT))
		return "receipts = sum of their states";
	return check_syslog(l);
}
