/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/corpus/background_sts.h"

/* What there is, in percent; `by` is who asks. */
static const struct {
	unsigned percent;
	uint8_t kind, by;
} mix[] = {
    {50, ISSUING_ASSUME_ROLE, ACTOR_SERVICE},
    {16, ISSUING_ASSUME_ROLE, ACTOR_ROLE},
    {6, ISSUING_ASSUME_ROLE, ACTOR_USER},
    {4, ISSUING_ASSUME_ROLE, ACTOR_FOREIGN},
    {12, ISSUING_WEB_IDENTITY, ACTOR_WEB},
    {4, ISSUING_SAML, ACTOR_SAML},
    {3, ISSUING_ROLE_CREDENTIALS, ACTOR_CENTER},
    {2, ISSUING_SESSION_TOKEN, ACTOR_USER},
    {2, ISSUING_CONSOLE_LOGIN, ACTOR_ROLE},
    {1, ISSUING_FEDERATION_TOKEN, ACTOR_USER},
};

static const char *const services[] = {"ec2.amazonaws.com", "lambda.amazonaws.com",
    "ecs-tasks.amazonaws.com", "eks.amazonaws.com", "config.amazonaws.com", "ssm.amazonaws.com"};
#define SERVICE_COUNT (sizeof(services) / sizeof(services[0]))

static const char *const roles[] = {"AppServer", "BuildAgent", "LogShipper", "NodeGroup",
    "BackupJob", "ReadMetrics", "DeployPipeline", "QueueWorker"};
#define ROLE_COUNT (sizeof(roles) / sizeof(roles[0]))

/* A record in the making: its numbers are its own. */
struct draft {
	const struct world *world;
	const struct trail_event *event;
	struct random random;
	struct issuing issuing;
};

static void
fill_account(const struct draft *d, struct actor *a)
{
	snprintf(a->account, sizeof(a->account), "%s", d->world->rows[d->event->row].account);
}

static void
fill_session(struct draft *d, struct actor *a, const char *role)
{
	a->type = ACTOR_ROLE;
	fill_account(d, a);
	snprintf(a->role, sizeof(a->role), "%s", role);
	/* the ids of a dozen roles, which come again and again as a trail's do */
	unique_id("AROA", random_mix((unsigned char)role[0], d->event->row), a->id);
	unique_id("ASIA", random_next(&d->random), a->key_id);
	/* most sessions are called after what runs there, and that is there for long */
	snprintf(a->name, sizeof(a->name), "%s-%u", role,
	    (unsigned)random_below(&d->random, random_chance(&d->random, 80) ? 40 : 1 << 24));
}

static void
fill_user(struct draft *d, struct actor *a)
{
	unsigned number = (unsigned)random_below(&d->random, 40);

	a->type = ACTOR_USER;
	fill_account(d, a);
	snprintf(a->name, sizeof(a->name), "ci-user%u", number);
	unique_id("AIDA", random_mix(number, d->event->row), a->id);
	unique_id("AKIA", random_mix(number, d->event->row), a->key_id);
}

/* A session calls more than once, with one key. */
static uint64_t
session_seed(const struct actor *a)
{
	uint64_t seed = (uint64_t)a->created_us;

	for (const char *c = a->name; *c != '\0'; c++)
		seed = random_mix(seed, (unsigned char)*c);
	return seed;
}

static void
fill_by(struct draft *d, enum actor_type type)
{
	struct actor *by = &d->issuing.by;
	char id[UUID_TEXT_LEN];

	by->type = (uint8_t)type;
	switch (type) {
	case ACTOR_USER: fill_user(d, by); break;
	case ACTOR_ROLE:
		fill_session(d, by, roles[random_below(&d->random, ROLE_COUNT)]);
		by->created_us = d->event->time_us - d->event->time_us % US_PER_HOUR;
		unique_id("ASIA", session_seed(by), by->key_id);
		break;
	case ACTOR_SERVICE:
		snprintf(by->invoked_by, sizeof(by->invoked_by), "%s",
		    services[random_below(&d->random, SERVICE_COUNT)]);
		break;
	case ACTOR_FOREIGN:
		snprintf(by->account, sizeof(by->account), "999988887777");
		unique_id("AIDA", random_next(&d->random) % 20, by->id);
		d->issuing.shared = random_next(&d->random);
		break;
	case ACTOR_CENTER:
		fill_account(d, by);
		snprintf(by->user_id, sizeof(by->user_id), "%s",
		    uuid_text(random_below(&d->random, 200), id));
		break;
	case ACTOR_SAML:
	case ACTOR_WEB:
		snprintf(by->id, sizeof(by->id), "Tjj5iZ0mwCsGvdDRXT0=");
		snprintf(by->provider, sizeof(by->provider), "%s",
		    type == ACTOR_WEB ? "token.actions.example.com" : by->id);
		snprintf(by->name, sizeof(by->name), "repo:example/app%u",
		    (unsigned)random_below(&d->random, 60));
		break;
	case ACTOR_ROOT:
	case ACTOR_FEDERATED: break;
	}
}

static void
fill_to(struct draft *d)
{
	struct issuing *i = &d->issuing;

	switch ((enum issuing_kind)i->kind) {
	case ISSUING_SESSION_TOKEN:
	case ISSUING_FEDERATION_TOKEN:
		i->to = i->by;
		unique_id("ASIA", random_next(&d->random), i->to.key_id);
		if (i->kind == ISSUING_FEDERATION_TOKEN)
			i->to.type = ACTOR_FEDERATED;
		break;
	case ISSUING_CONSOLE_LOGIN:
		i->by.key_id[0] = '\0';
		i->by.created_us = d->event->time_us;
		i->to = i->by;
		break;
	case ISSUING_ROLE_CREDENTIALS:
		fill_session(d, &i->to, "AWSReservedSSO_Billing_0123456789abcdef");
		break;
	default: fill_session(d, &i->to, roles[random_below(&d->random, ROLE_COUNT)]);
	}
	snprintf(i->shown_key, sizeof(i->shown_key), "%s", i->to.key_id);
}

void
background_sts_put_record(const struct world *w, const struct trail_event *e, struct buf *out)
{
	struct draft d = {.world = w, .event = e, .random = {random_mix(e->seed, 5)}};
	uint64_t at = random_below(&d.random, 100);
	char id[UUID_TEXT_LEN];
	size_t n = 0;

	while (at >= mix[n].percent)
		at -= mix[n++].percent;
	d.issuing.kind = mix[n].kind;
	d.issuing.request = random_mix(e->seed, 1);
	snprintf(d.issuing.issuer, sizeof(d.issuing.issuer), "https://idp.example.com/saml");
	fill_by(&d, mix[n].by);
	fill_to(&d);
	issuing_put_record(&d.issuing, &w->rows[e->row], e->time_us, trail_event_id(e, id), out);
}
