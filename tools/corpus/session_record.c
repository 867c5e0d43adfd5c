/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/corpus/session_record.h"

#include "tools/corpus/identity.h"

static void
fill_subject(struct actor *by, const char *name)
{
	by->type = ACTOR_SAML;
	snprintf(by->id, sizeof(by->id), "Tjj5iZ0mwCsGvdDRXT0=");
	snprintf(by->provider, sizeof(by->provider), "%s", by->id);
	snprintf(by->name, sizeof(by->name), "%s", name);
}

static void
fill_user(struct actor *by, const struct actor *to, struct principal caller)
{
	uint64_t seed = random_mix(caller.number, caller.account + UINT64_C(100));

	by->type = ACTOR_USER;
	snprintf(by->account, sizeof(by->account), "%s", to->account);
	snprintf(by->name, sizeof(by->name), "%s", to->name);
	unique_id("AIDA", seed, by->id);
	unique_id("AKIA", seed, by->key_id);
}

void
session_put_record(const struct world *w, const struct trail_event *e, struct buf *out)
{
	struct issuing i = {.kind = ISSUING_ASSUME_ROLE, .request = random_mix(e->seed, 1)};
	char id[UUID_TEXT_LEN];

	identity_session(w, e->caller, e->session_us, &i.to);
	snprintf(i.shown_key, sizeof(i.shown_key), "%s", i.to.key_id);
	if (principal_kind(e->caller) == PRINCIPAL_IDENTITY_CENTER) {
		i.kind = ISSUING_SAML;
		snprintf(i.issuer, sizeof(i.issuer),
		    "https://portal.sso.eu-central-1.amazonaws.com/saml/assertion/abc");
		fill_subject(&i.by, i.to.name);
	} else {
		fill_user(&i.by, &i.to, e->caller);
	}
	issuing_put_record(&i, &w->rows[e->row], e->time_us, trail_event_id(e, id), out);
}
