/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A judged ledger whose people are filled in by hand: a chain of each end, names of each sureness,
 * hostile text in what others choose. What leads to such people is tested elsewhere (test_people).
 */
#ifndef TESTS_UNIT_PEOPLE_FIXTURE_H
#define TESTS_UNIT_PEOPLE_FIXTURE_H

#include "correlator/people/people.h"
#include "tests/unit/ledger_fixture.h"

#define CROWD_PUSHES 16

struct crowd {
	struct book book;
	struct people people;
	struct person persons[CROWD_PUSHES];
	struct hop hops[8];
	uint32_t candidates[4], logins[4];
	uint32_t of_caller[CROWD_PUSHES], of_push[CROWD_PUSHES];
	struct issue issues[4];
	struct key_refusal refusals[2];
};

static inline string_id
name_of(struct crowd *c, const char *text)
{
	return string_pool_add(&c->book.ledger.pool, span_of(text), NULL);
}

/* A push and the login it lets in, ten minutes behind the last; the key is the number. */
static inline void
meet(struct crowd *c, unsigned n, const char *type, const char *arn, const char *key_id)
{
	struct event e = event_for(&c->book, T0 + n * 600 * S, arn, (uint8_t)n);

	e.request_id = SPAN("00001001-1111-4222-8333-0123456789ab");
	e.source_ip = SPAN("203.0.113.7");
	e.user_agent = SPAN("aws-cli/2.15.0");
	e.identity.type = span_of(type);
	e.identity.access_key_id = span_of(key_id);
	add_event(&c->book, &e);
}

static inline void
enter(struct crowd *c, unsigned n)
{
	struct login_record r;
	char steps[3] = {'k', (char)('0' + n), '\0'};

	r = record_for(&c->book, T0 + n * 600 * S + 4 * S, steps);
	r.remote_host = SPAN("203.0.113.7");
	r.remote_port = 51514;
	assert_int_equal(ledger_add_login_record(&c->book.ledger, &r), 0);
}

static inline void
make_issues(struct crowd *c)
{
	struct issue *a = &c->issues[0], *b = &c->issues[1], *s = &c->issues[2];

	*a = (struct issue){.time_us = T0 - 600 * S,
	    .event_id = name_of(c, "issue-1"),
	    .account_id = name_of(c, "111122223333"),
	    .region = name_of(c, "us-east-1"),
	    .source_ip = name_of(c, "203.0.113.7"),
	    .role_arn = name_of(c, "arn:aws:iam::111122223333:role/team/Admin"),
	    .session_name = name_of(c, "botocore-session-1699"),
	    .caller = 0,
	    .kind = ISSUE_ASSUME_ROLE};
	*b = *a;
	b->time_us = T0 - 1200 * S;
	b->event_id = name_of(c, "issue-2");
	b->source_ip = 0;
	b->role_arn = b->session_name = 0;
	b->set_account = a->account_id;
	b->set_name = name_of(c, "Operators");
	b->kind = ISSUE_ROLE_CREDENTIALS;
	*s = *a;
	s->event_id = name_of(c, "issue-3");
	s->source_ip = name_of(c, "198.51.100.9");
	s->kind = ISSUE_SWITCH_ROLE;
}

/* Chains: of alice by two hops; of nobody for want of data; and so on, by the number of the push.
 */
static inline void
make_persons(struct crowd *c)
{
	struct person *p = c->persons;

	c->hops[0] = (struct hop){HOP_SESSION, SURE_EXACT, 0, 2, 0};
	c->hops[1] = (struct hop){HOP_PERMISSION_SET, SURE_PROBABLE, 1, HOP_NONE, 0};
	c->hops[2] = (struct hop){HOP_INSTANCE, SURE_PROBABLE, HOP_NONE, HOP_NONE, HOP_NONE};
	p[1] = (struct person){.name = name_of(c, "alice"),
	    .key = name_of(c, "key of alice"),
	    .principal = name_of(c, ALICE),
	    .source_identity = name_of(c, "mallory"),
	    .session_name = name_of(c, "botocore-session-1699"),
	    .tags = name_of(c, "Email=\033]0;owned\007, Team=Ops"),
	    .sure = SURE_EXACT,
	    .type = PERSON_IAM_USER,
	    .mfa = MFA_SEEN,
	    .hop_count = 1};
	p[2] = (struct person){.name = name_of(c, "dora@example.com"),
	    .key = name_of(c, "key of dora"),
	    .principal = name_of(c,
		"arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Operators_0123456789abcdef/"
		"dora@example.com"),
	    .provider =
		name_of(c, "arn:aws:identitystore::111122223333:identitystore/d-0123456789"),
	    .user_id = name_of(c, "90670000aa-11111111-2222-4333-8444-555555555555"),
	    .display_name = name_of(c,
		"Dora \xe2\x80\xae"
		"Example"),
	    .email = name_of(c, "dora@example.com"),
	    .sure = SURE_PROBABLE,
	    .type = PERSON_IDENTITY_CENTER,
	    .mfa = MFA_NOT_SEEN,
	    .hop_first = 1,
	    .hop_count = 1};
	p[3] = (struct person){.name = name_of(c, "e\033[31mve"),
	    .session_name = name_of(c, "e\033[31mve"),
	    .sure = SURE_CLAIMED,
	    .end = CHAIN_END_MISSING,
	    .missing = {.kinds = 1u << ISSUE_ASSUME_ROLE | 1u << ISSUE_ASSUME_ROLE_WITH_SAML |
		    1u << ISSUE_CONSOLE_LOGIN,
		.account_id = name_of(c, "111122223333"),
		.from_us = T0 - 602 * S,
		.to_us = T0 - 598 * S,
		.write_only = true}};
	p[4] = (struct person){.session_name = name_of(c, "i-0fedcba9876543210"),
	    .end = CHAIN_END_MISSING,
	    .hop_count = 1,
	    .missing = {.kinds = 1u << ISSUE_SESSION_TOKEN,
		.region = name_of(c, "us-east-1"),
		.from_us = T0 - 43200 * S,
		.to_us = T0}};
	p[5] = (struct person){.end = CHAIN_END_AMBIGUOUS, .candidate_count = 2};
	p[6] = (struct person){.name = p[1].name,
	    .key = p[1].key,
	    .principal = p[1].principal,
	    .sure = SURE_PROBABLE,
	    .type = PERSON_IAM_USER,
	    .end = CHAIN_END_LOGINS,
	    .hop_first = 2,
	    .hop_count = 1,
	    .login_count = 2};
	p[7] = (struct person){.type = PERSON_SERVICE,
	    .principal = name_of(c, "autoscaling.amazonaws.com"),
	    .mfa = MFA_UNKNOWN};
	p[8] = (struct person){.name = name_of(c, "bob"),
	    .key = name_of(c, "key of bob"),
	    .principal = name_of(c, BOB),
	    .sure = SURE_EXACT,
	    .type = PERSON_IAM_USER};
	p[9] = p[1];
	p[9].end = CHAIN_END_CYCLE;
	p[9].name = 0;
	p[9].key = 0;
}

static inline void
make_refusals(struct crowd *c)
{
	struct ledger *l = &c->book.ledger;

	c->refusals[0] = (struct key_refusal){.time_us = T0 + 30 * S,
	    .instance_id = l->pushes[0].instance_id,
	    .fingerprint = l->pushes[0].fingerprint,
	    .times = 2,
	    .last_push = 0};
	c->refusals[1] = (struct key_refusal){.time_us = T0 + 90 * S,
	    .hostname = name_of(c, "web-\0071"),
	    .fingerprint = name_of(c, "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
	    .times = 1,
	    .last_push = UINT32_MAX,
	    .unproven = true};
	l->refusals = c->refusals;
	l->refusal_count = l->counts.keys_refused = 2;
}

/* Push n has person n; the tenth push is bob's, of alice's key: the first login has two persons. */
static inline void
crowd_open(struct crowd *c)
{
	static const char role[] = "arn:aws:sts::111122223333:assumed-role/Admin/";
	static char arns[CROWD_PUSHES][100];
	struct ledger *l = &c->book.ledger;
	struct event e;

	*c = (struct crowd){0};
	book_open(&c->book);
	cover(&c->book);
	for (unsigned n = 1; n < 10; n++) {
		(void)snprintf(arns[n], sizeof(arns[n]), "%ssession-%u", role, n);
		meet(c, n, "AssumedRole", arns[n], "ASIAIOSFODNN7EXAMPLE");
		enter(c, n);
	}
	e = event_for(&c->book, T0 + 8 * 600 * S + S, ALICE, 8);
	add_event(&c->book, &e);
	judge(&c->book);
	make_issues(c);
	make_persons(c);
	for (uint32_t i = 0; i < l->push_count; i++)
		c->of_push[i] = (uint32_t)((l->pushes[i].time_us - T0) / (600 * S));
	c->of_push[8] = 1; /* at T0 + 8 * 600 + 1 s */
	c->logins[0] = 0;
	c->logins[1] = 2;
	c->candidates[0] = 1;
	c->candidates[1] = 8;
	free(l->issues);
	l->issues = c->issues;
	l->issue_count = 3;
	make_refusals(c);
	l->coverage.rows[0].writes = 40;
	l->logins[0].source = LOGIN_SOURCE_SYSLOG;
	l->logins[0].notice_confirmed = true;
	l->logins[0].strength = STRENGTH_CONFIRMED;
	l->logins[1].same_person = true;
	c->people = (struct people){.ledger = l,
	    .persons = c->persons,
	    .person_count = 10,
	    .hops = c->hops,
	    .hop_count = 3,
	    .candidates = c->candidates,
	    .candidate_count = 2,
	    .logins = c->logins,
	    .login_count = 2,
	    .of_caller = c->of_caller,
	    .of_push = c->of_push};
}

static inline void
crowd_close(struct crowd *c)
{
	c->book.ledger.issues = NULL;
	c->book.ledger.issue_count = 0;
	c->book.ledger.refusals = NULL;
	c->book.ledger.refusal_count = 0;
	book_close(&c->book);
}

#endif
