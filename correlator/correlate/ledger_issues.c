/* SPDX-License-Identifier: Apache-2.0 */
/* The ledger's CloudTrail side: the events that issued what callers used. */
#include <stdlib.h>

#include "common/array.h"
#include "correlator/correlate/ledger_index.h"
#include "correlator/correlate/time_sort.h"

static int
issue_from_event(struct ledger *l, const struct event *e, struct issue *i)
{
	bool failed = false;

	*i = (struct issue){
	    .time_us = e->time_us,
	    .event_id = ledger_keep(l, e->event_id, &failed),
	    .request_id = ledger_keep(l, e->request_id, &failed),
	    .shared_event_id = ledger_keep(l, e->shared_event_id, &failed),
	    .account_id = ledger_keep(l, e->account_id, &failed),
	    .region = ledger_keep(l, e->region, &failed),
	    .source_ip = ledger_keep(l, e->source_ip, &failed),
	    .user_agent = ledger_keep(l, e->user_agent, &failed),
	    .issued_key_id = ledger_keep(l, e->issued_key_id, &failed),
	    .issued_principal_id = ledger_keep(l, e->issued_principal_id, &failed),
	    .issued_arn = ledger_keep(l, e->issued_arn, &failed),
	    .role_arn = ledger_keep(l, e->role_arn, &failed),
	    .session_name = ledger_keep(l, e->session_name, &failed),
	    .session_source_identity = ledger_keep(l, e->session_source_identity, &failed),
	    .mfa_serial = ledger_keep(l, e->mfa_serial, &failed),
	    .tags = ledger_keep(l, e->tags, &failed),
	    .tag_name = ledger_keep(l, e->tag_name, &failed),
	    .subject = ledger_keep(l, e->subject, &failed),
	    .subject_type = ledger_keep(l, e->subject_type, &failed),
	    .issuer = ledger_keep(l, e->issuer, &failed),
	    .name_qualifier = ledger_keep(l, e->name_qualifier, &failed),
	    .provider = ledger_keep(l, e->provider, &failed),
	    .set_account = ledger_keep(l, e->set_account, &failed),
	    .set_name = ledger_keep(l, e->set_name, &failed),
	    .switch_from = ledger_keep(l, e->switch_from, &failed),
	    .minted_session = ledger_keep(l, e->minted_session, &failed),
	    .mfa_used = ledger_keep(l, e->mfa_used, &failed),
	    .original_event_id = e->supersedes ? ledger_keep(l, e->original_event_id, &failed) : 0,
	    .kind = (uint8_t)e->issue,
	};
	if (failed)
		return -1;
	if (ledger_keep_caller(l, &e->identity, e->time_us, &i->caller) != 0)
		return -1;
	/* signing in, and what follows from it, are the console's own acts */
	if (e->from_console || e->issue == ISSUE_CONSOLE_LOGIN || e->issue == ISSUE_SWITCH_ROLE ||
	    e->issue == ISSUE_OAUTH_TOKEN)
		l->callers[i->caller].from_console = true;
	return 0;
}

/* What a chain rests on, as bytes: two records of one event may differ in the rest, since an
 * organization's copy can say less. */
static struct span
issue_content(struct ledger *l, const struct issue *i)
{
	const struct caller *caller = &l->callers[i->caller];
	struct buf *content = &l->index->key;
	const string_id ids[] = {i->kind, i->account_id, i->event_id, i->request_id,
	    i->issued_key_id, i->issued_principal_id, i->minted_session, i->set_account,
	    i->set_name, i->subject, i->switch_from, i->original_event_id, caller->principal,
	    caller->principal_id, caller->access_key_id, caller->creation_date,
	    caller->sign_in_session_arn};

	buf_reset(content);
	buf_put(content, &i->time_us, sizeof(i->time_us));
	buf_put(content, ids, sizeof(ids));
	return buf_span(content);
}

int
ledger_add_issue(struct ledger *l, const struct event *e)
{
	struct issue i;
	bool added;

	if (l->tap != NULL)
		return l->tap->issue(l->tap->ctx, e);
	if (issue_from_event(l, e, &i) != 0 ||
	    string_pool_add(&l->index->issue_rows, issue_content(l, &i), &added) == UINT32_MAX)
		return -1;
	if (!added)
		return 0;
	if (!array_grow((void **)&l->issues, l->issue_count, &l->issue_cap, sizeof(*l->issues)))
		return -1;
	l->issues[l->issue_count++] = i;
	return 0;
}

/* Of issuing events at one time. */
static int
compare_issues(const void *a, const void *b, void *ledger)
{
	const struct issue *x = a, *y = b;
	const struct ledger *l = ledger;
	const string_id pairs[][2] = {{x->event_id, y->event_id}, {x->account_id, y->account_id},
	    {x->issued_key_id, y->issued_key_id}, {x->request_id, y->request_id},
	    {l->callers[x->caller].principal, l->callers[y->caller].principal},
	    {x->issued_principal_id, y->issued_principal_id}};
	int by_text = 0;

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]) && by_text == 0; i++)
		by_text = ledger_compare_texts(ledger, pairs[i][0], pairs[i][1]);
	return by_text != 0 ? by_text : (int)x->kind - (int)y->kind;
}

/* Drops the events that an addendum replaces; an addendum may carry the eventID of its original. */
static int
apply_addenda(struct ledger *l)
{
	struct id_map replaced = {0};
	size_t kept = 0;
	int r = -1;

	for (size_t i = 0; i < l->issue_count; i++)
		if (l->issues[i].original_event_id != 0 &&
		    !id_map_set(&replaced, l->issues[i].original_event_id, 1))
			goto out;
	for (size_t i = 0; i < l->issue_count; i++) {
		const struct issue *issue = &l->issues[i];

		if (issue->event_id == 0 || issue->event_id == issue->original_event_id ||
		    id_map_get(&replaced, issue->event_id) == 0)
			l->issues[kept++] = *issue;
	}
	l->issue_count = kept;
	r = 0;
out:
	free(replaced.rows);
	return r;
}

int
ledger_finish_issues(struct ledger *l)
{
	_Static_assert(offsetof(struct issue, time_us) == 0, "time_sort looks there");
	if (apply_addenda(l) != 0)
		return -1;
	l->counts.issues_kept = l->issue_count;
	return time_sort(l->issues, l->issue_count, sizeof(*l->issues), compare_issues, l);
}
