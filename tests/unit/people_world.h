/* SPDX-License-Identifier: Apache-2.0 */
/* A ledger of pushes and of the events that issued what their callers used, and who comes out. */
#ifndef TESTS_UNIT_PEOPLE_WORLD_H
#define TESTS_UNIT_PEOPLE_WORLD_H

#include <stdarg.h>
#include <stdlib.h>

#include "correlator/people/people.h"
#include "tests/unit/ledger_fixture.h"

#define HERE    "111122223333"
#define THERE   "444455556666"
#define STORE   "arn:aws:identitystore::111122223333:identitystore/d-1234567890"
#define SSO_SET "Operators"
#define SSO                                                                                        \
	"aws-reserved/sso.amazonaws.com/eu-central-1/AWSReservedSSO_" SSO_SET "_0123456789abcdef"

struct world {
	struct book book;
	struct people people;
	struct identity_store store;
	bool has_store, judged;
	char *texts[4096];
	size_t text_count;
};

static inline struct span __attribute__((format(printf, 2, 3)))
world_text(struct world *w, const char *format, ...)
{
	va_list args;
	char *s = NULL;

	va_start(args, format);
	assert_true(vasprintf(&s, format, args) >= 0);
	va_end(args);
	assert_true(w->text_count < sizeof(w->texts) / sizeof(w->texts[0]));
	w->texts[w->text_count++] = s;
	return span_of(s);
}

static inline void
world_open(struct world *w)
{
	*w = (struct world){0};
	book_open(&w->book);
	identity_store_init(&w->store);
}

static inline void
world_close(struct world *w)
{
	people_clear(&w->people);
	identity_store_clear(&w->store);
	book_close(&w->book);
	for (size_t i = 0; i < w->text_count; i++)
		free(w->texts[i]);
}

static inline void
world_knows(struct world *w, const char *document)
{
	size_t skipped = 0;

	assert_int_equal(identity_store_add(&w->store, span_of(document), &skipped), 0);
	w->has_store = true;
}

/* Callers ---------------------------------------------------------------------------------------*/

static inline struct span
created(struct world *w, int64_t at_us)
{
	char text[TIME_TEXT_LEN];

	return world_text(w, "%s", time_format(text, at_us, 0));
}

static inline struct user_identity
iam_user(struct world *w, const char *name)
{
	return (struct user_identity){
	    .type = SPAN("IAMUser"),
	    .principal_id = world_text(w, "AIDA%s", name),
	    .arn = world_text(w, "arn:aws:iam::" HERE ":user/team/%s", name),
	    .account_id = SPAN(HERE),
	    .access_key_id = world_text(w, "AKIA%s", name),
	    .user_name = world_text(w, "%s", name),
	};
}

/* A session of a role of that account; role: with its path. key: NULL for none. */
static inline struct user_identity
session_in(struct world *w, const char *account, const char *role, const char *name, int64_t at_us,
    const char *key)
{
	struct span last = world_text(w, "%s", strrchr(role, '/') ? strrchr(role, '/') + 1 : role);

	return (struct user_identity){
	    .type = SPAN("AssumedRole"),
	    .principal_id = world_text(w, "AROA%s:%s", last.ptr, name),
	    .arn = world_text(w, "arn:aws:sts::%s:assumed-role/%s/%s", account, last.ptr, name),
	    .account_id = world_text(w, "%s", account),
	    .access_key_id = key != NULL ? world_text(w, "%s", key) : SPAN_NONE,
	    .issuer_type = SPAN("Role"),
	    .issuer_arn = world_text(w, "arn:aws:iam::%s:role/%s", account, role),
	    .creation_date = created(w, at_us),
	    .mfa = SPAN("false"),
	};
}

static inline struct user_identity
session(struct world *w, const char *role, const char *name, int64_t at_us, const char *key)
{
	return session_in(w, HERE, role, name, at_us, key);
}

static inline struct user_identity
saml_user(struct world *w, const char *subject)
{
	return (struct user_identity){
	    .type = SPAN("SAMLUser"),
	    .principal_id = world_text(w, "qualifier=:%s", subject),
	    .user_name = world_text(w, "%s", subject),
	    .identity_provider = SPAN("qualifier="),
	};
}

static inline struct user_identity
center_user(struct world *w, const char *user_id)
{
	return (struct user_identity){
	    .type = SPAN("IdentityCenterUser"),
	    .account_id = SPAN(HERE),
	    .on_behalf_of_user = world_text(w, "%s", user_id),
	    .on_behalf_of_store = SPAN(STORE),
	};
}

static inline struct user_identity
service(const char *name)
{
	return (struct user_identity){.type = SPAN("AWSService"), .invoked_by = span_of(name)};
}

/* Another account's principal, as the owner of the role sees it. */
static inline struct user_identity
foreign(struct user_identity u)
{
	return (struct user_identity){
	    .type = SPAN("AWSAccount"), .principal_id = u.principal_id, .account_id = u.account_id};
}

/* Events ----------------------------------------------------------------------------------------*/

static inline struct event
issued(struct world *w, enum issue_kind kind, int64_t at_us, struct user_identity by)
{
	return (struct event){
	    .kind = EVENT_ISSUE,
	    .issue = kind,
	    .time_us = at_us,
	    .event_id = world_text(w, "issue-%05u", ++w->book.events),
	    .account_id = by.account_id.ptr != NULL ? by.account_id : SPAN(HERE),
	    .region = SPAN(REGION),
	    .source_ip = SPAN("198.51.100.9"),
	    .identity = by,
	};
}

static inline void
add_issue(struct world *w, struct event e)
{
	assert_int_equal(ledger_add_issue(&w->book.ledger, &e), 0);
}

/* An AssumeRole of any kind that issued the session `to` to `by`; key: what its response shows. */
static inline struct event
assumed(struct world *w, enum issue_kind kind, struct user_identity by, struct user_identity to,
    const char *key)
{
	int64_t at_us = 0;
	struct event e;

	assert_true(time_parse(to.creation_date, &at_us));
	e = issued(w, kind, at_us, by);
	e.issued_key_id = key != NULL ? world_text(w, "%s", key) : SPAN_NONE;
	e.issued_principal_id = to.principal_id;
	e.issued_arn = to.arn;
	e.role_arn = to.issuer_arn;
	e.session_name = span_from(
	    to.arn, (size_t)((const char *)memrchr(to.arn.ptr, '/', to.arn.len) - to.arn.ptr) + 1);
	return e;
}

static inline void
assume(struct world *w, struct user_identity by, struct user_identity to, const char *key)
{
	add_issue(w, assumed(w, ISSUE_ASSUME_ROLE, by, to, key));
}

/* A push by that caller; the key is the number. */
static inline void
pushed_for(
    struct world *w, int64_t at_us, struct user_identity by, const char *instance, uint8_t key)
{
	struct event e = event_for(&w->book, at_us, NULL, key);

	e.identity = by;
	e.instance_id = span_of(instance);
	e.source_ip = SPAN("203.0.113.7");
	add_event(&w->book, &e);
}

static inline void
pushed(struct world *w, int64_t at_us, struct user_identity by)
{
	pushed_for(w, at_us, by, INST, 1);
}

static inline void
logged_in(struct world *w, int64_t at_us, int64_t until_us, const char *instance, const char *boot,
    const char *steps)
{
	struct login_record r = record_for(&w->book, at_us, steps);

	r.host.instance_id = span_of(instance);
	r.host.boot_id = span_of(boot);
	assert_int_equal(ledger_add_login_record(&w->book.ledger, &r), 0);
	if (until_us == 0)
		return;
	r.kind = LOGIN_RECORD_CLOSE;
	r.time_us = until_us;
	assert_int_equal(ledger_add_login_record(&w->book.ledger, &r), 0);
}

/* Answers ---------------------------------------------------------------------------------------*/

static inline int
world_compare(const void *ctx, uint32_t a, uint32_t b)
{
	return people_compare(ctx, a, b);
}

static inline void
world_judge(struct world *w)
{
	struct ledger *l = &w->book.ledger;

	assert_int_equal(ledger_finish(l), 0);
	assert_int_equal(people_resolve(&w->people, l, w->has_store ? &w->store : NULL), 0);
	w->book.options.compare_persons = world_compare;
	w->book.options.compare_persons_ctx = &w->people;
	assert_int_equal(match_run(l, &w->book.options), 0);
	assert_int_equal(people_follow_logins(&w->people), 0);
	w->judged = true;
}

static inline const struct person *
who_pushed(const struct world *w, uint32_t push)
{
	assert_true(push < w->book.ledger.push_count);
	return people_of_push(&w->people, push);
}

static inline const char *
word(const struct world *w, string_id id)
{
	const char *s = ledger_text(&w->book.ledger, id);

	return s != NULL ? s : "-";
}

/* "iam_user alice exact origin: access_key session", all that is said of a push's person. */
static inline void
assert_person(const struct world *w, uint32_t push, const char *expect)
{
	const struct person *p = who_pushed(w, push);
	const char *sure = sureness_name((enum sureness)p->sure);
	char text[512];
	size_t n;

	n = (size_t)snprintf(text, sizeof(text),
	    "%s %s %s %s:", person_type_name((enum person_type)p->type), word(w, p->name),
	    sure ? sure : "-", chain_end_name((enum chain_end)p->end));
	for (uint32_t i = 0; i < p->hop_count && n < sizeof(text); i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, " %s",
		    hop_rule_name((enum hop_rule)w->people.hops[p->hop_first + i].rule));
	assert_string_equal(text, expect);
}

#endif
