/* SPDX-License-Identifier: Apache-2.0 */
/* The ledger's CloudTrail side: callers and pushes. */
#include <stdlib.h>

#include "common/array.h"
#include "common/time_text.h"
#include "correlator/correlate/ledger_index.h"
#include "pam_module/ssh_key.h"

/* What a report calls the caller: the ARN, or else the members that say the most. */
static string_id
caller_principal(struct ledger *l, const struct user_identity *u, bool *failed)
{
	struct buf *text = &l->index->key;
	struct span detail = u->user_name;

	if (u->arn.len != 0)
		return ledger_keep(l, u->arn, failed);
	if (u->on_behalf_of_user.len != 0)
		detail = u->on_behalf_of_user;
	else if (u->invoked_by.len != 0)
		detail = u->invoked_by;
	else if (u->principal_id.len != 0)
		detail = u->principal_id;
	else if (detail.len == 0)
		detail = u->account_id;
	buf_reset(text);
	buf_put_span(text, u->type.len != 0 ? u->type : SPAN("unknown"));
	if (detail.len != 0) {
		buf_putc(text, ' ');
		buf_put_span(text, detail);
	}
	return ledger_keep(l, buf_span(text), failed);
}

/* Notes that the caller was at work at that time. */
static void
note_use(struct caller *c, int64_t time_us)
{
	if (time_us < c->first_used_us)
		c->first_used_us = time_us;
	if (time_us > c->last_used_us)
		c->last_used_us = time_us;
}

int
ledger_keep_caller(struct ledger *l, const struct user_identity *u, int64_t time_us, uint32_t *row)
{
	const struct span parts[] = {u->type, u->principal_id, u->arn, u->account_id,
	    u->access_key_id, u->user_name, u->invoked_by, u->identity_provider,
	    u->on_behalf_of_user, u->on_behalf_of_store, u->issuer_arn, u->creation_date, u->mfa,
	    u->source_identity, u->sign_in_session_arn, u->ec2_role_delivery, u->assumed_root};
	string_id ids[sizeof(parts) / sizeof(parts[0])], number;
	int64_t created_us = LOGIN_TIME_UNKNOWN;
	bool added, failed = false;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		ids[i] = ledger_keep(l, parts[i], &failed);
	number = string_pool_add(
	    &l->index->caller_keys, (struct span){(const char *)ids, sizeof(ids)}, &added);
	if (failed || number == UINT32_MAX)
		return -1;
	*row = number - 1;
	if (!added) {
		note_use(&l->callers[*row], time_us);
		return 0;
	}
	(void)time_parse(u->creation_date, &created_us);
	if (!array_grow((void **)&l->callers, l->caller_count, &l->caller_cap, sizeof(*l->callers)))
		return -1;
	l->callers[l->caller_count++] = (struct caller){
	    .type = ids[0],
	    .principal_id = ids[1],
	    .arn = ids[2],
	    .account_id = ids[3],
	    .access_key_id = ids[4],
	    .user_name = ids[5],
	    .invoked_by = ids[6],
	    .identity_provider = ids[7],
	    .on_behalf_of_user = ids[8],
	    .on_behalf_of_store = ids[9],
	    .issuer_arn = ids[10],
	    .creation_date = ids[11],
	    .mfa = ids[12],
	    .source_identity = ids[13],
	    .sign_in_session_arn = ids[14],
	    .ec2_role_delivery = ids[15],
	    .assumed_root = ids[16],
	    .created_us = created_us,
	    .first_used_us = time_us,
	    .last_used_us = time_us,
	    .principal = caller_principal(l, u, &failed),
	    .has_arn = u->arn.len != 0,
	};
	return failed ? -1 : 0;
}

bool
ledger_principal_eq(const struct ledger *l, uint32_t caller_a, uint32_t caller_b)
{
	const struct caller *a = &l->callers[caller_a], *b = &l->callers[caller_b];

	return a->has_arn && a->arn == b->arn && a->principal_id == b->principal_id;
}

static string_id
keep_fingerprint(struct ledger *l, const struct event *e, bool *failed)
{
	char text[SSH_FINGERPRINT_TEXT_LEN];

	if (!e->has_fingerprint)
		return 0;
	return ledger_keep(l, span_of(ssh_fingerprint_text(e->fingerprint, text)), failed);
}

static int
push_from_event(struct ledger *l, const struct event *e, struct push *p)
{
	bool failed = false;

	*p = (struct push){
	    .time_us = e->time_us,
	    .event_id = ledger_keep(l, e->event_id, &failed),
	    .request_id = ledger_keep(l, e->request_id, &failed),
	    .account_id = ledger_keep(l, e->account_id, &failed),
	    .region = ledger_keep(l, e->region, &failed),
	    .instance_id = ledger_keep(l, e->instance_id, &failed),
	    .os_user = ledger_keep(l, e->os_user, &failed),
	    .fingerprint = keep_fingerprint(l, e, &failed),
	    .key_type = ledger_keep(l, e->key_type, &failed),
	    .key_error = ledger_keep(l, e->key_error, &failed),
	    .source_ip = ledger_keep(l, e->source_ip, &failed),
	    .user_agent = ledger_keep(l, e->user_agent, &failed),
	    .error_code = ledger_keep(l, e->error_code, &failed),
	    .error_message = ledger_keep(l, e->error_message, &failed),
	    .endpoint_id = ledger_keep(l, e->endpoint_id, &failed),
	    .private_ip = ledger_keep(l, e->private_ip, &failed),
	    .kind = (uint8_t)e->kind,
	    .failed = e->failed,
	    .from_console = e->from_console,
	    .original_event_id = e->supersedes ? ledger_keep(l, e->original_event_id, &failed) : 0,
	};
	if (ledger_keep_caller(l, &e->identity, e->time_us, &p->caller) != 0)
		failed = true;
	else if (e->from_console)
		l->callers[p->caller].from_console = true;
	return failed ? -1 : 0;
}

/* True when two records that share an eventID say the same of all that attribution rests on. */
static bool
push_same(const struct ledger *l, const struct push *a, const struct push *b)
{
	const struct caller *x = &l->callers[a->caller], *y = &l->callers[b->caller];

	return a->kind == b->kind && a->time_us == b->time_us && a->instance_id == b->instance_id &&
	    a->os_user == b->os_user && a->fingerprint == b->fingerprint &&
	    a->failed == b->failed && a->original_event_id == b->original_event_id &&
	    a->account_id == b->account_id && a->region == b->region &&
	    a->request_id == b->request_id && x->principal == y->principal &&
	    x->principal_id == y->principal_id && x->access_key_id == y->access_key_id;
}

/* What push_same compares, as bytes. */
static struct span
push_content(struct ledger *l, const struct push *p)
{
	const struct caller *caller = &l->callers[p->caller];
	struct buf *content = &l->index->key;
	const string_id ids[] = {p->event_id, p->kind, p->instance_id, p->os_user, p->fingerprint,
	    p->failed, p->original_event_id, p->account_id, p->region, p->request_id,
	    caller->principal, caller->principal_id, caller->access_key_id};

	buf_reset(content);
	buf_put(content, &p->time_us, sizeof(p->time_us));
	buf_put(content, ids, sizeof(ids));
	return buf_span(content);
}

/* Whether the push is there already; counts it as duplicate or conflicting. */
static int
push_known(struct ledger *l, const struct push *p, bool *known)
{
	uint32_t row = p->event_id != 0 ? id_map_get(&l->index->push_of_event, p->event_id) : 0;

	*known = false;
	if (row == 0)
		return p->event_id == 0 ||
			id_map_set(
			    &l->index->push_of_event, p->event_id, (uint32_t)l->push_count + 1)
		    ? 0
		    : -1;
	if (push_same(l, &l->pushes[row - 1], p))
		*known = true;
	else if (ledger_conflict_seen(l, push_content(l, p), known) != 0)
		return -1;
	if (*known)
		l->counts.duplicates++;
	else if (p->original_event_id == l->pushes[row - 1].original_event_id)
		l->counts.conflicting++;
	return 0;
}

int
ledger_add_event(struct ledger *l, const struct event *e)
{
	struct push p;
	bool known;

	if (l->tap != NULL)
		return l->tap->event(l->tap->ctx, e);
	l->counts.kept++;
	if (push_from_event(l, e, &p) != 0 || push_known(l, &p, &known) != 0)
		return -1;
	if (known)
		return 0;
	if (!array_grow((void **)&l->pushes, l->push_count, &l->push_cap, sizeof(*l->pushes)))
		return -1;
	l->pushes[l->push_count++] = p;
	return 0;
}
