/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/corpus/chain.h"

#define DELAY_MIN_S 30
#define DELAY_MAX_S 420
#define LATE_MAX_S  (30 * 3600)
#define NUMBER_BITS 28
#define REGIONAL    0
#define GLOBAL      2 /* the rows of us-east-1 follow those of the accounts */

static void
copy_text(char *out, size_t size, const char *text)
{
	snprintf(out, size, "%s", text);
}

unsigned
chain_home(const struct scenario *s)
{
	return s->instance.row % 2;
}

int64_t
chain_at(struct scenario *s, int64_t minutes)
{
	return s->start_us + minutes * CHAIN_MINUTE_US + scenario_seconds(s, 0, 50);
}

void
chain_text(struct scenario *s, const char *prefix, char out[static ACTOR_TEXT])
{
	snprintf(out, ACTOR_TEXT, "%.60s.%07x", prefix,
	    (unsigned)(random_next(&s->random) >> (64 - NUMBER_BITS)));
}

void
chain_name(struct scenario *s, char out[static ACTOR_TEXT])
{
	static const char *const names[] = {
	    "alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi"};

	chain_text(s, names[random_below(&s->random, sizeof(names) / sizeof(names[0]))], out);
}

static struct actor
new_actor(struct scenario *s, enum actor_type type, unsigned account)
{
	struct actor a = {.type = (uint8_t)type};

	copy_text(a.account, sizeof(a.account), s->world->rows[account].account);
	return a;
}

struct actor
chain_user(struct scenario *s, unsigned account)
{
	struct actor a = new_actor(s, ACTOR_USER, account);

	unique_id("AIDA", random_next(&s->random), a.id);
	unique_id("AKIA", random_next(&s->random), a.key_id);
	chain_name(s, a.name);
	if (random_chance(&s->random, 30))
		copy_text(a.path, sizeof(a.path), "people/ops/");
	return a;
}

struct actor
chain_root(struct scenario *s, unsigned account)
{
	struct actor a = new_actor(s, ACTOR_ROOT, account);

	unique_id("AKIA", random_next(&s->random), a.key_id);
	return a;
}

/* A role has the same id as long as it is not made again. */
static uint64_t
role_seed(unsigned account, const char *role)
{
	uint64_t seed = account + 1;

	for (; *role != '\0'; role++)
		seed = random_mix(seed, (unsigned char)*role);
	return seed;
}

struct actor
chain_role(
    struct scenario *s, unsigned account, const char *role, const char *session, int64_t created_us)
{
	struct actor a = new_actor(s, ACTOR_ROLE, account);

	unique_id("AROA", role_seed(account, role), a.id);
	unique_id("ASIA", random_next(&s->random), a.key_id);
	copy_text(a.name, sizeof(a.name), session);
	copy_text(a.role, sizeof(a.role), role);
	a.created_us = created_us;
	return a;
}

struct actor
chain_center_role(
    struct scenario *s, unsigned account, const char *set, const char *user, int64_t created_us)
{
	char role[ACTOR_TEXT];
	struct actor a;

	snprintf(role, sizeof(role), "AWSReservedSSO_%.50s_0123456789abcdef", set);
	a = chain_role(s, account, role, user, created_us);
	copy_text(a.path, sizeof(a.path), "aws-reserved/sso.amazonaws.com/eu-central-1/");
	return a;
}

struct actor
chain_saml_subject(struct scenario *s, const char *subject)
{
	struct actor a = {.type = ACTOR_SAML};

	(void)s;
	copy_text(a.id, sizeof(a.id), "Tjj5iZ0mwCsGvdDRXT0=");
	copy_text(a.name, sizeof(a.name), subject);
	copy_text(a.provider, sizeof(a.provider), a.id);
	return a;
}

struct actor
chain_web_subject(struct scenario *s, const char *subject)
{
	struct actor a = {.type = ACTOR_WEB};

	(void)s;
	copy_text(a.id, sizeof(a.id), "accounts.example:app");
	copy_text(a.name, sizeof(a.name), subject);
	copy_text(a.provider, sizeof(a.provider),
	    "arn:aws:iam::111122223333:oidc-provider/accounts.example.com");
	return a;
}

struct actor
chain_center_user(struct scenario *s, const char *user_name)
{
	struct actor a = new_actor(s, ACTOR_CENTER, 0);
	struct scenario_user *user;
	char id[UUID_TEXT_LEN];

	uuid_text(random_next(&s->random), id);
	snprintf(a.user_id, sizeof(a.user_id), "%s%s",
	    random_chance(&s->random, 50) ? "976710cc5d-" : "", id);
	user = &s->users[s->user_count++];
	copy_text(user->user_id, sizeof(user->user_id), a.user_id);
	copy_text(user->name, sizeof(user->name), user_name);
	return a;
}

struct actor
chain_service(const char *service)
{
	struct actor a = {.type = ACTOR_SERVICE};

	copy_text(a.invoked_by, sizeof(a.invoked_by), service);
	return a;
}

struct actor
chain_session_of(struct scenario *s, const struct actor *a, int64_t created_us)
{
	struct actor session = chain_fresh_key(s, a);

	session.created_us = created_us;
	return session;
}

struct actor
chain_fresh_key(struct scenario *s, const struct actor *a)
{
	struct actor fresh = *a;

	unique_id("ASIA", random_next(&s->random), fresh.key_id);
	return fresh;
}

void
chain_sign_in_arn(struct scenario *s, unsigned account, char out[static ACTOR_ARN])
{
	char id[UUID_TEXT_LEN];

	snprintf(out, ACTOR_ARN, "arn:aws:signin:us-east-1:%s:session/%s",
	    s->world->rows[account].account, uuid_text(random_next(&s->random), id));
}

static unsigned
account_of(const struct scenario *s, const struct actor *a)
{
	return strcmp(a->account, s->world->rows[1].account) == 0;
}

/* STS writes where it was called, sign-in in us-east-1, Identity Center in its home. */
static unsigned
row_of(struct scenario *s, enum issuing_kind kind, const struct actor *by, const struct actor *to)
{
	unsigned account = account_of(s, by->account[0] != '\0' ? by : to);

	if (kind == ISSUING_ROLE_CREDENTIALS || kind == ISSUING_FEDERATE)
		return 0;
	if (kind > ISSUING_ASSUME_ROOT || random_chance(&s->random, 40))
		return GLOBAL + account;
	return REGIONAL + account;
}

static struct scenario_record *
add_record(struct scenario *s, unsigned row, int64_t time_us)
{
	struct scenario_record *r = &s->records[s->record_count++];

	if (s->record_count > SCENARIO_RECORDS)
		abort();
	r->issuing = arena_take(s->arena, sizeof(*r->issuing));
	r->event = (struct trail_event){.time_us = time_us,
	    .seed = random_next(&s->random),
	    .kind = TRAIL_ISSUING,
	    .row = (uint8_t)row,
	    .issuing = r->issuing};
	r->delay_us = scenario_seconds(s, DELAY_MIN_S, DELAY_MAX_S);
	if (random_chance(&s->random, 10))
		r->delay_us = scenario_seconds(s, DELAY_MAX_S, LATE_MAX_S);
	if (random_chance(&s->random, 15))
		r->copies = (uint8_t)random_between(&s->random, 1, 2);
	return r;
}

struct scenario_record *
chain_issue(struct scenario *s, enum issuing_kind kind, const struct actor *by,
    const struct actor *to, int64_t time_us)
{
	struct scenario_record *r = add_record(s, row_of(s, kind, by, to), time_us);

	*r->issuing = (struct issuing){.kind = (uint8_t)kind,
	    .by = *by,
	    .to = *to,
	    .mfa = false,
	    .request = random_next(&s->random)};
	copy_text(r->issuing->shown_key, sizeof(r->issuing->shown_key), to->key_id);
	copy_text(r->issuing->issuer, sizeof(r->issuing->issuer), "https://idp.example.com/saml");
	return r;
}

struct scenario_record *
chain_owner_copy(struct scenario *s, struct scenario_record *r)
{
	unsigned region = r->event.row >= GLOBAL ? GLOBAL : REGIONAL;
	struct scenario_record *copy =
	    add_record(s, region + account_of(s, &r->issuing->to), r->event.time_us);

	r->issuing->shared = random_next(&s->random);
	*copy->issuing = *r->issuing;
	copy->issuing->by.type = ACTOR_FOREIGN;
	copy->issuing->by.created_us = 0;
	return copy;
}

void
chain_lose(struct scenario_record *r)
{
	r->lost = true;
}

struct scenario_push *
chain_push(struct scenario *s, const struct actor *a, struct person_truth *person, int64_t time_us)
{
	struct scenario_push *p = scenario_push(s, time_us);
	struct actor *actor = arena_take(s->arena, sizeof(*actor));

	*actor = *a;
	p->event.actor = actor;
	p->person = person;
	return p;
}

struct scenario_push *
chain_login(struct scenario *s, const struct actor *a, struct person_truth *person, int64_t time_us)
{
	struct scenario_push *p = chain_push(s, a, person, time_us);

	scenario_explain(s,
	    scenario_login(s, p->event.time_us + scenario_moment(s, 0, 60 * US_PER_SECOND)), p,
	    "attributed");
	return p;
}

struct person_truth *
chain_person(
    struct scenario *s, const char *name, const char *sure, const char *type, const char *mfa)
{
	struct person_truth *p = arena_take(s->arena, sizeof(*p));

	if (name != NULL)
		copy_text(p->name, sizeof(p->name), name);
	p->sure = sure;
	p->type = type;
	p->mfa = mfa;
	p->end = "origin";
	return p;
}

void
chain_hop(struct person_truth *p, const char *rule, const struct scenario_record *r)
{
	p->hops[p->hop_count++] = (struct person_hop){rule, r != NULL ? r->event.seed : 0};
}
