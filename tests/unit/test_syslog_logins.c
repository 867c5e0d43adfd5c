/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "common/time_text.h"
#include "correlator/syslog/syslog_logins.h"
#include "correlator/syslog/syslog_sessions.h"

#define FP    "SHA256:r0jjAatH+rPa97KMRB4yEkCq0GlcmkYyacWqmoyiTwI"
#define CA    "SHA256:CCCCAatH+rPa97KMRB4yEkCq0GlcmkYyacWqmoyiTwI"
#define INST  "i-0123456789abcdef0"
#define FROM  " from 203.0.113.7 port 51514 ssh2"
#define LOGIN "Accepted publickey for alice" FROM ": ED25519 " FP
#define DAY   "2026-11-22T"

/* A ledger that a reader fills. */
struct desk {
	struct ledger ledger;
	struct syslog_options options;
	struct syslog_reader *reader;
};

static int64_t
at(const char *text)
{
	int64_t us = -1;

	assert_true(time_parse(span_of(text), &us));
	return us;
}

static void
desk_open(struct desk *d)
{
	assert_int_equal(ledger_init(&d->ledger), 0);
	d->options.now_us = at("2026-11-22T12:00:00Z");
	d->reader = syslog_reader_new(&d->ledger, &d->options);
	assert_non_null(d->reader);
}

static void
desk_text(struct desk *d, const char *path, const char *changed, const char *text)
{
	assert_int_equal(
	    syslog_reader_file(d->reader, path, changed != NULL ? at(changed) : LOGIN_TIME_UNKNOWN),
	    0);
	assert_int_equal(syslog_reader_text(d->reader, span_of(text)), 0);
}

static void
desk_journal(struct desk *d, int uid, const char *tag, const char *message)
{
	char entry[2048];

	(void)snprintf(entry, sizeof(entry),
	    "{\"__REALTIME_TIMESTAMP\":\"1795328560500000\",\"_HOSTNAME\":\"web-1\",\"_PID\":"
	    "\"1234\",\"_AUDIT_SESSION\":\"4294967295\",\"_BOOT_ID\":"
	    "\"0123456789abcdef0123456789abcdef\",\"_UID\":\"%d\",\"SYSLOG_IDENTIFIER\":\"%s\","
	    "\"MESSAGE\":\"%s\"}",
	    uid, tag, message);
	assert_int_equal(syslog_reader_journal(d->reader, span_of(entry)), 0);
}

static void
desk_finish(struct desk *d)
{
	const struct ledger_counts *c = &d->ledger.counts;

	assert_int_equal(syslog_reader_finish(d->reader), 0);
	assert_int_equal(ledger_finish(&d->ledger), 0);
	assert_int_equal(c->syslog_lines,
	    c->syslog_logins + c->syslog_ends + c->syslog_notices + c->syslog_partials +
		c->syslog_others + c->syslog_unreadable + c->syslog_unbelieved);
	assert_int_equal(c->syslog_logins - c->syslog_duplicates, d->ledger.login_count);
}

static void
desk_close(struct desk *d)
{
	syslog_reader_free(d->reader);
	ledger_clear(&d->ledger);
}

static const char *
text_of(const struct desk *d, string_id id)
{
	const char *text = ledger_text(&d->ledger, id);

	return text != NULL ? text : "";
}

static void
test_login(void **state)
{
	struct desk d = {.options = {.eic_uid = -1}};
	const struct login *login;
	const struct auth_step *step;

	(void)state;
	desk_open(&d);
	desk_text(&d, "logs/" INST "/auth.log", NULL,
	    DAY
	    "06:22:40Z web-1 sshd[1234]: " LOGIN "\n" DAY
	    "06:22:41Z web-1 sshd[1235]: Failed password for root" FROM "\n\n" DAY
	    "06:22:42Z web-1 cron[9]: something\nsshd and no stamp\n-- sshd of journalctl --\n" DAY
	    "06:25:39Z web-1 sshd[1240]: Disconnected from user alice 203.0.113.7 port 51514\n" DAY
	    "06:25:40Z web-1 sshd[1234]: pam_unix(sshd:session): session closed for user alice");
	desk_finish(&d);
	assert_int_equal(d.ledger.login_count, 1);
	login = &d.ledger.logins[0];
	assert_int_equal(login->source, LOGIN_SOURCE_SYSLOG);
	assert_int_equal(login->time_us, at(DAY "06:22:40Z"));
	assert_int_equal(login->closed_us, at(DAY "06:25:40Z"));
	assert_string_equal(text_of(&d, login->instance_id), INST);
	assert_string_equal(text_of(&d, login->hostname), "web-1");
	assert_string_equal(text_of(&d, login->os_user), "alice");
	assert_string_equal(text_of(&d, login->remote_host), "203.0.113.7");
	assert_int_equal(strlen(text_of(&d, login->session)), LOGIN_SESSION_ID_LEN);
	assert_int_equal(login->remote_port, 51514);
	assert_int_equal(login->sshd_pid, 1234);
	assert_int_equal(login->auth_count, 1);
	step = &d.ledger.auth[login->auth_first];
	assert_string_equal(text_of(&d, step->method), "publickey");
	assert_string_equal(text_of(&d, step->key_type), "ssh-ed25519");
	assert_string_equal(text_of(&d, step->fingerprint), FP);
	assert_true(step->pushable);
	assert_int_equal(d.ledger.counts.syslog_lines, 7);
	assert_int_equal(d.ledger.counts.syslog_ends, 2);
	assert_int_equal(d.ledger.counts.syslog_others, 3);
	assert_int_equal(d.ledger.counts.syslog_unreadable, 1);
	desk_close(&d);
}

/* Steps before the last; a certificate; what another process of that number did before. */
static void
test_steps(void **state)
{
	struct desk d = {.options = {.eic_uid = -1}};
	const struct login *login;
	const struct auth_step *steps;

	(void)state;
	desk_open(&d);
	desk_text(&d, "auth.log", NULL,
	    DAY "06:00:00Z h sshd[1]: Partial password for bob from 203.0.113.8 port 9 ssh2\n" DAY
		"06:22:38Z h sshd[1]: Partial publickey for alice" FROM ": ED25519 " FP "\n" DAY
		"06:22:38Z h sshd[1]: Partial publickey for alice" FROM ": ED25519 " FP "\n" DAY
		"06:22:39Z h sshd[1]: message repeated 2 times: [ Partial publickey for alice" FROM
		": ED25519 " FP "]\n" DAY "06:22:40Z h sshd[1]: Accepted publickey for alice" FROM
		": ED25519-CERT " FP " ID a\\\\b (serial 18446744073709551615) CA RSA " CA "\n" DAY
		"06:22:41Z h sshd[1]: message repeated 2 times: [ Accepted password for alice" FROM
		"]\n");
	desk_finish(&d);
	assert_int_equal(d.ledger.login_count, 1);
	login = &d.ledger.logins[0];
	assert_int_equal(login->auth_count, 2);
	steps = &d.ledger.auth[login->auth_first];
	assert_true(steps[0].pushable);
	assert_false(steps[1].pushable);
	assert_true(steps[1].is_cert);
	assert_string_equal(text_of(&d, steps[1].cert_key_id), "a\\b");
	assert_string_equal(text_of(&d, steps[1].cert_ca), CA);
	assert_true(steps[1].cert_serial == UINT64_MAX);
	assert_int_equal(login->closed_us, LOGIN_TIME_UNKNOWN);
	assert_int_equal(login->instance_id, 0);
	assert_int_equal(d.ledger.counts.syslog_partials, 4);
	desk_close(&d);
}

/* Ends: by the connection alone, of another user, and before the beginning is read. */
static void
test_ends(void **state)
{
	static const char login[] = DAY "06:22:40Z h sshd[7]: " LOGIN "\n";
	static const struct {
		const char *first, *second, *closed; /* closed NULL: not known */
	} cases[] = {
	    {login,
		DAY "06:30:00Z h sshd[8]: Received disconnect from 203.0.113.7 port 51514:11: x",
		DAY "06:30:00Z"},
	    {login, DAY "06:30:00Z h sshd[7]: pam_unix(sshd:session): session closed for user bob",
		NULL},
	    {login,
		DAY "06:30:00Z g sshd[7]: pam_unix(sshd:session): session closed for user alice",
		NULL},
	    {login, DAY "06:30:00Z h sshd[8]: Connection closed by 203.0.113.7 port 51515", NULL},
	    {login, DAY "06:22:39Z h sshd[8]: Connection closed by 203.0.113.7 port 51514", NULL},
	    {DAY "06:30:00Z h sshd[7]: pam_unix(sshd:session): session closed for user alice",
		login, DAY "06:30:00Z"},
	    {DAY "06:30:00Z h sshd[8]: Connection closed by 203.0.113.7 port 51514", login,
		DAY "06:30:00Z"},
	    {DAY "06:20:00Z h sshd[7]: pam_unix(sshd:session): session closed for user alice",
		login, NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct desk d = {.options = {.eic_uid = -1}};
		int64_t closed = cases[i].closed != NULL ? at(cases[i].closed) : LOGIN_TIME_UNKNOWN;

		desk_open(&d);
		desk_text(&d, "auth.log", NULL, cases[i].first);
		desk_text(&d, "auth.log.1", NULL, cases[i].second);
		desk_finish(&d);
		assert_int_equal(d.ledger.login_count, 1);
		if (d.ledger.logins[0].closed_us != closed)
			fail_msg("%s%s", cases[i].first, cases[i].second);
		desk_close(&d);
	}
}

static void
test_years(void **state)
{
	static const struct {
		const char *zone;
		int year;
		const char *changed, *stamps[3], *first, *last;
	} cases[] = {
	    {NULL, 0, "2026-11-22T12:00:00Z", {"Nov 22 06:00:00", "Nov 22 06:22:40"},
		"2026-11-22T06:00:00Z", "2026-11-22T06:22:40Z"},
	    {NULL, 0, "2026-11-22T12:00:00Z", {"Nov 24 06:00:00", "Nov 25 06:22:40"},
		"2025-11-24T06:00:00Z", "2025-11-25T06:22:40Z"},
	    /* a host ahead of UTC */
	    {NULL, 0, "2026-12-31T12:00:00Z", {"Dec 31 23:00:00", "Jan  1 01:00:00"},
		"2026-12-31T23:00:00Z", "2027-01-01T01:00:00Z"},
	    {NULL, 0, "2027-01-05T00:00:00Z", {"Dec 30 06:00:00", "Jan  2 06:22:40"},
		"2026-12-30T06:00:00Z", "2027-01-02T06:22:40Z"},
	    /* a late line of the old year */
	    {NULL, 0, "2027-01-05T00:00:00Z",
		{"Dec 31 06:00:00", "Jan  1 00:00:01", "Dec 31 23:59:59"}, "2026-12-31T06:00:00Z",
		"2027-01-01T00:00:01Z"},
	    {NULL, 2019, "2026-11-22T12:00:00Z", {"Dec 30 06:00:00", "Jan  2 06:22:40"},
		"2019-12-30T06:00:00Z", "2020-01-02T06:22:40Z"},
	    {NULL, 0, "2026-11-22T12:00:00Z", {"Feb 28 06:00:00", "Feb 29 06:22:40"},
		"2024-02-28T06:00:00Z", "2024-02-29T06:22:40Z"},
	    {"Europe/Berlin", 0, "2026-11-22T12:00:00Z", {"Jul  1 06:00:00", "Nov 22 06:22:40"},
		"2026-07-01T04:00:00Z", "2026-11-22T05:22:40Z"},
	    {"-05:00", 0, "2026-11-22T12:00:00Z", {"2026-11-22T06:00:00", "2026-11-22T06:22:40Z"},
		"2026-11-22T06:22:40Z", "2026-11-22T11:00:00Z"},
	    {NULL, 0, NULL, {"Nov 22 06:00:00", "Nov 22 06:22:40"}, "2026-11-22T06:00:00Z",
		"2026-11-22T06:22:40Z"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct desk d = {
		    .options = {.eic_uid = -1, .year = cases[i].year, .time_zone = cases[i].zone}};
		char text[1024];
		size_t n = 0;

		for (int k = 0; k < 3 && cases[i].stamps[k] != NULL; k++)
			n += (size_t)snprintf(text + n, sizeof(text) - n,
			    "%s h sshd[%d]: Accepted password for a from 203.0.113.7 port %d "
			    "ssh2\n",
			    cases[i].stamps[k], k, k);
		desk_open(&d);
		desk_text(&d, "auth.log", cases[i].changed, text);
		desk_finish(&d);
		if (d.ledger.logins[0].time_us != at(cases[i].first) ||
		    d.ledger.logins[d.ledger.login_count - 1].time_us != at(cases[i].last))
			fail_msg("case %zu: %lld, not %s", i, (long long)d.ledger.logins[0].time_us,
			    cases[i].first);
		desk_close(&d);
	}
}

/* Who wrote a line of the journal counts; a line of text can be anybody's. */
static void
test_writers(void **state)
{
	static const char notice[] =
	    "Providing ssh key from EC2 Instance Connect with fingerprint: " FP
	    ", request-id: 701e876d-1027-425a-98a8-36c36d6663e4";
	static const struct {
		int uid, eic_uid;
		bool unproven;
	} cases[] = {{0, -1, true}, {1, -1, false}, {999, -1, false}, {1000, -1, true},
	    {501, 501, false}, {502, 501, true}, {1001, 1001, false}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct desk d = {.options = {.eic_uid = cases[i].eic_uid}};

		desk_open(&d);
		assert_int_equal(
		    syslog_reader_file(d.reader, "journal.json", LOGIN_TIME_UNKNOWN), 0);
		desk_journal(&d, cases[i].uid, "ec2-instance-connect", notice);
		desk_finish(&d);
		assert_int_equal(d.ledger.notice_count, 1);
		if (d.ledger.notices[0].unproven != cases[i].unproven)
			fail_msg("uid %d", cases[i].uid);
		assert_true(d.ledger.notices[0].provided);
		assert_string_equal(text_of(&d, d.ledger.notices[0].boot_id),
		    "01234567-89ab-cdef-0123-456789abcdef");
		desk_close(&d);
	}
}

static void
test_unbelieved(void **state)
{
	struct desk d = {.options = {.eic_uid = -1}};

	(void)state;
	desk_open(&d);
	assert_int_equal(syslog_reader_file(d.reader, "journal.json", LOGIN_TIME_UNKNOWN), 0);
	desk_journal(&d, 1000, "sshd", LOGIN);
	desk_journal(&d, 0, "sshd", LOGIN);
	desk_journal(&d, 1000, "sshd", "Disconnected from user alice 203.0.113.7 port 51514");
	desk_journal(&d, 1000, "sshd", "pam_unix(sshd:session): session closed for user alice");
	desk_journal(&d, 0, "su", "sshd");
	assert_int_equal(syslog_reader_journal(d.reader, SPAN("{\"sshd\":1}")), 0);
	desk_finish(&d);
	assert_int_equal(d.ledger.login_count, 1);
	assert_int_equal(d.ledger.logins[0].closed_us, LOGIN_TIME_UNKNOWN);
	assert_int_equal(d.ledger.logins[0].audit_session, -1);
	assert_int_equal(d.ledger.counts.syslog_unbelieved, 2);
	assert_int_equal(d.ledger.counts.syslog_others, 2);
	assert_int_equal(d.ledger.counts.syslog_unreadable, 1);
	desk_close(&d);
}

#define JOURNAL(us, pid, ses, message)                                                             \
	"{\"__REALTIME_TIMESTAMP\":\"17953285" us "\",\"_HOSTNAME\":\"web-1\",\"_PID\":\"" pid     \
	"\",\"_UID\":\"0\",\"_AUDIT_SESSION\":\"" ses                                              \
	"\",\"_BOOT_ID\":\"0123456789abcdef0123456789abcdef\",\"SYSLOG_IDENTIFIER\":\"sshd\","     \
	"\"MESSAGE\":\"" message "\"}"

/* The audit session is what the end's line has and the login's has not: when sshd was started by
 * hand, its processes have that of the administrator until a login is given its own. */
static void
test_audit_session(void **state)
{
	static const struct {
		const char *login, *end;
		int64_t ses;
	} cases[] = {
	    {JOURNAL("60500000", "1234", "4294967295", LOGIN),
		JOURNAL("70500000", "1234", "42",
		    "pam_unix(sshd:session): session closed for user alice"),
		42},
	    {JOURNAL("60500000", "1234", "5", LOGIN),
		JOURNAL("70500000", "1234", "42",
		    "pam_unix(sshd:session): session closed for user alice"),
		42},
	    {JOURNAL("60500000", "1234", "5", LOGIN),
		JOURNAL("70500000", "1234", "5",
		    "pam_unix(sshd:session): session closed for user alice"),
		-1},
	    {JOURNAL("60500000", "1234", "5", LOGIN),
		JOURNAL("70500000", "1234", "4294967295",
		    "pam_unix(sshd:session): session closed for user alice"),
		-1},
	    {JOURNAL("60500000", "1234", "5", LOGIN),
		JOURNAL(
		    "70500000", "1234", "5", "Disconnected from user alice 203.0.113.7 port 51514"),
		-1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct desk d = {.options = {.eic_uid = -1}};

		desk_open(&d);
		assert_int_equal(
		    syslog_reader_file(d.reader, "journal.json", LOGIN_TIME_UNKNOWN), 0);
		assert_int_equal(syslog_reader_journal(d.reader, span_of(cases[i].login)), 0);
		assert_int_equal(syslog_reader_journal(d.reader, span_of(cases[i].end)), 0);
		desk_finish(&d);
		assert_int_equal(d.ledger.login_count, 1);
		assert_int_equal(d.ledger.logins[0].audit_session, cases[i].ses);
		assert_int_not_equal(d.ledger.logins[0].closed_us, LOGIN_TIME_UNKNOWN);
		desk_close(&d);
	}
}

/* Lines of a file, which anybody can write, given beside the journal: they add no step to the
 * journal's login and end nothing. */
static void
test_file_beside_journal(void **state)
{
	struct desk d = {.options = {.eic_uid = -1}};

	(void)state;
	desk_open(&d);
	desk_text(&d, "auth.log", NULL,
	    DAY
	    "06:22:39Z web-1 sshd[1234]: Partial publickey for alice from 203.0.113.7 port 51514 "
	    "ssh2: ED25519 " FP "\n");
	desk_journal(&d, 0, "sshd", LOGIN);
	desk_text(&d, "auth.log", NULL,
	    DAY
	    "06:22:50Z web-1 sshd[1234]: pam_unix(sshd:session): session closed for user alice\n");
	desk_finish(&d);
	assert_int_equal(d.ledger.login_count, 1);
	assert_int_equal(d.ledger.logins[0].auth_count, 1);
	assert_int_equal(d.ledger.logins[0].closed_us, LOGIN_TIME_UNKNOWN);
	desk_close(&d);
}

/* A step that comes after the login (the newer file is read first) is none of its steps. */
static void
test_later_step(void **state)
{
	struct desk d = {.options = {.eic_uid = -1}};

	(void)state;
	desk_open(&d);
	desk_text(&d, "auth.log", NULL,
	    DAY
	    "06:52:40Z web-1 sshd[1234]: Partial publickey for alice from 203.0.113.7 port 51514 "
	    "ssh2: ED25519 " FP "\n");
	desk_text(&d, "auth.log.1", NULL, DAY "06:22:40Z web-1 sshd[1234]: " LOGIN "\n");
	desk_finish(&d);
	assert_int_equal(d.ledger.login_count, 1);
	assert_int_equal(d.ledger.logins[0].auth_count, 1);
	desk_close(&d);
}

/* The same line in two files, and from the journal, makes the same session. */
static void
test_same(void **state)
{
	struct desk d = {.options = {.eic_uid = -1}};

	(void)state;
	desk_open(&d);
	desk_text(&d, "auth.log", NULL, "Nov 22 06:22:40 web-1 sshd[1234]: " LOGIN "\n");
	desk_text(
	    &d, "copy.log", NULL, DAY "06:22:40.4Z web-1.example.com sshd[1234]: " LOGIN "\n");
	desk_journal(&d, 0, "sshd", LOGIN);
	desk_finish(&d);
	assert_int_equal(d.ledger.login_count, 1);
	assert_int_equal(d.ledger.counts.syslog_logins, 3);
	assert_int_equal(d.ledger.counts.syslog_duplicates, 2);
	desk_close(&d);
}

static void
test_places(void **state)
{
	static const struct {
		const char *path, *host, *instance;
	} cases[] = {
	    {"i-0aaaaaaaaaaaaaaa0/auth.log", "mapped", "i-0bbbbbbbbbbbbbbb0"},
	    {"i-0aaaaaaaaaaaaaaa0/auth.log", "other", "i-0aaaaaaaaaaaaaaa0"},
	    {"dir/auth.log", "mapped", "i-0ccccccccccccccc0"},
	    {"auth.log", "other", "i-0ddddddddddddddd0"},
	};
	struct instance_map map;
	size_t line;

	(void)state;
	instance_map_init(&map);
	assert_int_equal(instance_map_add(&map,
			     SPAN("mapped i-0bbbbbbbbbbbbbbb0 111122223333 eu-central-1\n"
				  "dir/ i-0ccccccccccccccc0\n"),
			     &line),
	    0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct desk d = {
		    .options = {
			.eic_uid = -1, .map = &map, .instance = SPAN("i-0ddddddddddddddd0")}};
		char text[512];

		(void)snprintf(
		    text, sizeof(text), DAY "06:22:40Z %s sshd[1]: " LOGIN "\n", cases[i].host);
		desk_open(&d);
		desk_text(&d, cases[i].path, NULL, text);
		desk_finish(&d);
		assert_string_equal(text_of(&d, d.ledger.logins[0].instance_id), cases[i].instance);
		assert_string_equal(
		    text_of(&d, d.ledger.logins[0].account_id), i == 0 ? "111122223333" : "");
		desk_close(&d);
	}
	instance_map_clear(&map);
}

/* More open at a time than is kept: the oldest go, and nothing else is lost. */
static void
test_bounded(void **state)
{
	struct syslog_sessions s;
	struct syslog_process p;
	struct syslog_session *old;

	(void)state;
	assert_int_equal(syslog_sessions_init(&s, 42), 0);
	for (int i = 0; i < (int)SYSLOG_SESSIONS_MAX + 100; i++) {
		p = (struct syslog_process){
		    SPAN("h"), SPAN("u"), SPAN("203.0.113.7"), .pid = i, .port = i % 65536};

		old = syslog_sessions_full(&s);
		assert_true((old != NULL) == (i >= (int)SYSLOG_SESSIONS_MAX));
		if (old != NULL) {
			assert_int_equal(old->process.pid, i - (int)SYSLOG_SESSIONS_MAX);
			syslog_sessions_drop(&s, old);
		}
		assert_non_null(syslog_sessions_add(&s, &p));
	}
	p = (struct syslog_process){.place = SPAN("h"), .address = SPAN("203.0.113.7"), .pid = 99};
	assert_null(syslog_sessions_by_process(&s, &p));
	p.pid = p.port = 100;
	old = syslog_sessions_by_process(&s, &p);
	assert_non_null(old);
	assert_ptr_equal(syslog_sessions_by_connection(&s, &p), old);
	p.in_journal = true;
	assert_null(syslog_sessions_by_process(&s, &p));
	assert_null(syslog_sessions_by_connection(&s, &p));
	p.in_journal = false;
	p.place = SPAN("g");
	assert_null(syslog_sessions_by_process(&s, &p));
	p.place = SPAN("h");
	p.address = SPAN("203.0.113.8");
	assert_null(syslog_sessions_by_connection(&s, &p));
	p.address = SPAN_NONE;
	assert_null(syslog_sessions_by_connection(&s, &p));
	p.pid = -1;
	assert_null(syslog_sessions_by_process(&s, &p));
	syslog_sessions_clear(&s);
}

static void
test_zone_unknown(void **state)
{
	struct ledger l;
	struct syslog_options o = {.time_zone = "Nowhere/Land"};

	(void)state;
	assert_int_equal(ledger_init(&l), 0);
	assert_null(syslog_reader_new(&l, &o));
	syslog_reader_free(NULL);
	ledger_clear(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_login),
	    cmocka_unit_test(test_steps),
	    cmocka_unit_test(test_ends),
	    cmocka_unit_test(test_years),
	    cmocka_unit_test(test_writers),
	    cmocka_unit_test(test_unbelieved),
	    cmocka_unit_test(test_audit_session),
	    cmocka_unit_test(test_file_beside_journal),
	    cmocka_unit_test(test_later_step),
	    cmocka_unit_test(test_same),
	    cmocka_unit_test(test_places),
	    cmocka_unit_test(test_bounded),
	    cmocka_unit_test(test_zone_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
