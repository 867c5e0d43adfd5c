/* SPDX-License-Identifier: Apache-2.0 */
/* A ledger to be filled by hand: pushes, logins, and what the input covers. */
#ifndef TESTS_UNIT_LEDGER_FIXTURE_H
#define TESTS_UNIT_LEDGER_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "common/time_text.h"
#include "correlator/correlate/match.h"
#include "pam_module/ssh_key.h"

#define S      US_PER_SECOND
#define T0     (INT64_C(1780000000) * S)
#define INST   "i-0123456789abcdef0"
#define OTHER  "i-0fedcba9876543210"
#define ALICE  "arn:aws:iam::111122223333:user/alice"
#define BOB    "arn:aws:iam::111122223333:user/bob"
#define REGION "eu-central-1"

/* A fixture: a ledger, filled by push() and login(), judged by judge(). */
struct book {
	struct ledger ledger;
	struct match_options options;
	unsigned events, sessions;
};

static inline void
book_open(struct book *b)
{
	*b = (struct book){0};
	assert_int_equal(ledger_init(&b->ledger), 0);
	match_options_default(&b->options);
}

static inline void
book_close(struct book *b)
{
	ledger_clear(&b->ledger);
}

/* A record of something else at that time: what makes the input cover it. */
static inline void
heartbeat(struct book *b, int64_t time_us)
{
	struct string_pool *pool = &b->ledger.pool;

	assert_int_equal(
	    coverage_add(&b->ledger.coverage, string_pool_add(pool, SPAN("111122223333"), NULL),
		string_pool_add(pool, SPAN(REGION), NULL), time_us, false),
	    0);
}

/* Covers the hours around T0 and enough behind it that nothing is pending. */
static inline void
cover(struct book *b)
{
	for (int hour = -48; hour <= 24; hour++)
		heartbeat(b, T0 + hour * US_PER_HOUR);
}

static inline struct event
event_for(struct book *b, int64_t time_us, const char *arn, uint8_t key)
{
	static char ids[4096][40];
	char *id = ids[b->events++ % 4096];
	struct event e = {
	    .kind = EVENT_KEY_PUSH,
	    .time_us = time_us,
	    .account_id = SPAN("111122223333"),
	    .region = SPAN(REGION),
	    .instance_id = SPAN(INST),
	    .os_user = SPAN("ec2-user"),
	    .has_fingerprint = true,
	};

	(void)snprintf(id, sizeof(ids[0]), "event-%05u", b->events);
	e.event_id = span_of(id);
	e.identity.type = SPAN("IAMUser");
	e.identity.arn = span_of(arn);
	e.identity.principal_id = arn != NULL ? span_of(arn + 20) : SPAN_NONE;
	e.fingerprint[0] = key;
	return e;
}

static inline void
push(struct book *b, int64_t time_us, const char *arn, uint8_t key)
{
	struct event e = event_for(b, time_us, arn, key);

	assert_int_equal(ledger_add_event(&b->ledger, &e), 0);
	b->ledger.counts.records++;
}

static inline void
add_event(struct book *b, const struct event *e)
{
	assert_int_equal(ledger_add_event(&b->ledger, e), 0);
	b->ledger.counts.records++;
}

/* A login at that time whose steps are given as "k<digit>" (a key), "c<digit>" (a certificate with
 * that key inside), "h<digit>" (hostbased with that key), "p" (password). */
static inline struct login_record
record_for(struct book *b, int64_t time_us, const char *steps)
{
	static char ids[4096][33], fingerprints[4096][SSH_FINGERPRINT_TEXT_LEN];
	struct login_record r;
	char *id = ids[b->sessions++ % 4096];

	login_record_init(&r, LOGIN_RECORD_OPEN);
	(void)snprintf(id, sizeof(ids[0]), "%032x", b->sessions);
	r.id = span_of(id);
	r.time_us = time_us;
	r.host.instance_id = SPAN(INST);
	r.host.account_id = SPAN("111122223333");
	r.host.region = SPAN(REGION);
	r.os_user = SPAN("ec2-user");
	for (; *steps != '\0'; steps++) {
		struct login_auth *a = &r.auth[r.auth_count++];
		uint8_t digest[SHA256_LEN] = {0};

		*a = (struct login_auth){.method = SPAN("password")};
		if (*steps == 'p')
			continue;
		a->method = *steps == 'h' ? SPAN("hostbased") : SPAN("publickey");
		a->has_cert = *steps == 'c';
		a->key_type =
		    a->has_cert ? SPAN("ssh-ed25519-cert-v01@openssh.com") : SPAN("ssh-ed25519");
		digest[0] = (uint8_t)(*++steps - '0');
		a->fingerprint = span_of(ssh_fingerprint_text(digest, fingerprints[digest[0]]));
	}
	return r;
}

static inline void
login(struct book *b, int64_t time_us, const char *steps)
{
	struct login_record r = record_for(b, time_us, steps);

	assert_int_equal(ledger_add_login_record(&b->ledger, &r), 0);
}

static inline void
judge(struct book *b)
{
	assert_int_equal(ledger_finish(&b->ledger), 0);
	assert_int_equal(match_run(&b->ledger, &b->options), 0);
	assert_null(match_check_invariants(&b->ledger));
}

#endif
