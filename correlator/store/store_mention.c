/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/store/store_mention.h"

#include "correlator/people/caller_kind.h"

#define ROOT_NAME_MAX 512 /* no mark looks at more */

struct mention_walk {
	store_mention_visit *visit;
	void *ctx;
	int r;
};

static void
tell(struct mention_walk *w, struct span text)
{
	if (w->r == 0 && text.len != 0)
		w->r = w->visit(w->ctx, text);
}

/* What stands behind each '/'. */
static void
tell_ends(struct mention_walk *w, struct span path)
{
	struct span head;

	while (span_cut(&path, '/', &head))
		tell(w, path);
}

/* What stands before each '/': an ARN of all sessions of a role. */
static void
tell_beginnings(struct mention_walk *w, struct span arn)
{
	for (size_t i = 0; i < arn.len; i++)
		if (arn.ptr[i] == '/')
			tell(w, span_head(arn, i));
}

/* The name of an account's root, as people/person.c makes it. */
static void
tell_root(struct mention_walk *w, struct span account)
{
	char text[ROOT_NAME_MAX] = "root of ";
	size_t len = strlen(text);

	if (account.len == 0)
		return;
	account = span_head(account, sizeof(text) - len);
	memcpy(text + len, account.ptr, account.len);
	tell(w, (struct span){text, len + account.len});
}

/* A user or root that only an ARN names. */
static void
tell_named(struct mention_walk *w, struct span arn)
{
	struct span resource = arn_resource(arn);

	tell(w, arn);
	if (span_starts(resource, "user/"))
		tell(w, name_last_part(arn));
	else if (span_is(resource, "root"))
		tell_root(w, arn_account(arn));
}

static void
tell_session(struct mention_walk *w, struct span arn)
{
	struct span resource = arn_resource(arn);

	tell_ends(w, resource);
	if (span_starts(resource, "assumed-role/"))
		tell_beginnings(w, arn);
}

int
store_mentions_of_identity(const struct user_identity *u, store_mention_visit *visit, void *ctx)
{
	struct mention_walk w = {.visit = visit, .ctx = ctx};
	struct span behind = u->principal_id, head;

	tell(&w, u->access_key_id);
	tell(&w, u->principal_id);
	(void)span_cut(&behind, ':', &head);
	tell(&w, behind);
	tell_named(&w, u->arn);
	tell_session(&w, u->arn);
	tell_named(&w, u->issuer_arn);
	tell(&w, u->sign_in_session_arn);
	tell(&w, u->on_behalf_of_user);
	tell(&w, u->user_name);
	tell(&w, u->source_identity);
	if (span_is(u->type, "Root"))
		tell_root(&w, u->account_id.len != 0 ? u->account_id : u->principal_id);
	return w.r;
}

int
store_mentions_of_issue(const struct event *e, store_mention_visit *visit, void *ctx)
{
	struct mention_walk w = {.visit = visit, .ctx = ctx};

	tell(&w, e->issued_key_id);
	tell(&w, e->issued_principal_id);
	tell(&w, e->issued_arn);
	tell(&w, e->source_ip);
	tell(&w, e->minted_session);
	tell_named(&w, e->switch_from);
	tell(&w, e->session_name);
	tell(&w, e->session_source_identity);
	tell(&w, e->tag_name);
	tell(&w, e->subject);
	return w.r;
}
