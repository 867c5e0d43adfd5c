/* SPDX-License-Identifier: Apache-2.0 */
/* One login told of by several sources, docs/SEMANTICS.md "Both"; and what the ledger keeps of EC2
 * Instance Connect's own lines. */
#include "tests/unit/ledger_fixture.h"

#define BOOT       "0123456789abcdef0123456789abcdef"
#define OTHER_BOOT "fedcba9876543210fedcba9876543210"

#define HOST "web1"

/* A record of a login, by default that of one login at T0 as sshd's own line tells it. */
static struct login_record
told(struct book *b, int64_t time_us, const char *steps)
{
	struct login_record r = record_for(b, time_us, steps);

	r.host.hostname = SPAN(HOST);
	r.remote_host = SPAN("203.0.113.9");
	r.remote_port = 40000;
	r.sshd_pid = 4711;
	return r;
}

static void
add_pam(struct book *b, const struct login_record *r)
{
	assert_int_equal(ledger_add_login_record(&b->ledger, r), 0);
}

static void
add_syslog(struct book *b, const struct login_record *r)
{
	bool by_journal = r->host.boot_id.ptr != NULL;

	assert_int_equal(ledger_add_syslog_record(&b->ledger, r, by_journal), 0);
	b->ledger.counts.syslog_lines++;
	if (r->kind == LOGIN_RECORD_OPEN)
		b->ledger.counts.syslog_logins++;
	else
		b->ledger.counts.syslog_ends++;
}

static void
add_end(struct book *b, const struct login_record *of, int64_t time_us, bool syslog)
{
	struct login_record r;

	login_record_init(&r, LOGIN_RECORD_CLOSE);
	r.id = of->id;
	r.time_us = time_us;
	r.host.boot_id = of->host.boot_id; /* of the journal, where that one is */
	if (syslog)
		add_syslog(b, &r);
	else
		add_pam(b, &r);
}

/* What differs between the module's record and sshd's line, and whether they are one login. */
struct pair_case {
	const char *name;
	int64_t apart_us;
	int64_t pid;
	int64_t port;
	const char *user, *address, *instance, *host;
	const char *module_instance, *module_host;
	bool one;
};

static const struct pair_case pair_cases[] = {
    {"alike", -1 * S, 4711, 40000, "ec2-user", "203.0.113.9", INST, HOST, INST, HOST, true},
    {"130 s before", -130 * S, 4711, 40000, "ec2-user", "203.0.113.9", INST, HOST, INST, HOST,
	true},
    {"more than 130 s before", -130 * S - 1, 4711, 40000, "ec2-user", "203.0.113.9", INST, HOST,
	INST, HOST, false},
    {"130 s behind", 130 * S, 4711, 40000, "ec2-user", "203.0.113.9", INST, HOST, INST, HOST, true},
    {"131 s behind", 131 * S, 4711, 40000, "ec2-user", "203.0.113.9", INST, HOST, INST, HOST,
	false},
    {"the module's clock is an hour off", 3600 * S, 4711, 40000, "ec2-user", "203.0.113.9", INST,
	HOST, INST, HOST, false},
    {"another process", 0, 4712, 40000, "ec2-user", "203.0.113.9", INST, HOST, INST, HOST, false},
    {"another port: the process number is used again", 0, 4711, 40001, "ec2-user", "203.0.113.9",
	INST, HOST, INST, HOST, false},
    {"another user", 0, 4711, 40000, "root", "203.0.113.9", INST, HOST, INST, HOST, false},
    {"another address", 0, 4711, 40000, "ec2-user", "203.0.113.8", INST, HOST, INST, HOST, false},
    {"another instance of the same name", 0, 4711, 40000, "ec2-user", "203.0.113.9", OTHER, HOST,
	INST, HOST, false},
    {"one instance under two names", 0, 4711, 40000, "ec2-user", "203.0.113.9", INST, "localhost",
	INST, HOST, true},
    {"syslog knows no instance", 0, 4711, 40000, "ec2-user", "203.0.113.9", NULL, HOST, INST,
	HOST ".example.com", true},
    {"the module knows no instance", 0, 4711, 40000, "ec2-user", "203.0.113.9", INST,
	HOST ".example.com", NULL, HOST, true},
    {"neither knows its instance", 0, 4711, 40000, "ec2-user", "203.0.113.9", NULL, HOST, NULL,
	HOST, true},
    {"no instance, another name", 0, 4711, 40000, "ec2-user", "203.0.113.9", NULL, "web2", INST,
	HOST, false},
    {"no instance, no name", 0, 4711, 40000, "ec2-user", "203.0.113.9", NULL, NULL, INST, HOST,
	false},
    {"nobody knows where", 0, 4711, 40000, "ec2-user", "203.0.113.9", NULL, NULL, NULL, NULL,
	false},
    {"no process", 0, -1, 40000, "ec2-user", "203.0.113.9", INST, HOST, INST, HOST, false},
    {"no port", 0, 4711, -1, "ec2-user", "203.0.113.9", INST, HOST, INST, HOST, false},
    {"no address", 0, 4711, 40000, "ec2-user", NULL, INST, HOST, INST, HOST, false},
};

static void
try_pair(const struct pair_case *c, bool syslog_first, bool both_syslog)
{
	struct login_record module, line;
	struct book b;

	book_open(&b);
	module = told(&b, T0, "k1");
	module.host.instance_id = span_of(c->module_instance);
	module.host.hostname = span_of(c->module_host);
	line = told(&b, T0 + c->apart_us, "k1");
	line.sshd_pid = c->pid;
	line.remote_port = c->port;
	line.os_user = span_of(c->user);
	line.remote_host = span_of(c->address);
	line.host.instance_id = span_of(c->instance);
	line.host.hostname = span_of(c->host);
	/* both lack it: nothing is the same then */
	if (c->pid < 0)
		module.sshd_pid = -1;
	if (c->port < 0)
		module.remote_port = -1;
	if (c->address == NULL)
		module.remote_host = SPAN_NONE;
	if (syslog_first)
		add_syslog(&b, &line);
	if (both_syslog)
		add_syslog(&b, &module);
	else
		add_pam(&b, &module);
	if (!syslog_first)
		add_syslog(&b, &line);
	judge(&b);
	if (b.ledger.login_count != (c->one ? 1u : 2u))
		fail_msg("%s: %zu logins", c->name, b.ledger.login_count);
	assert_int_equal(b.ledger.counts.syslog_duplicates, c->one);
	if (c->one && !both_syslog) {
		assert_int_equal(b.ledger.logins[0].source, LOGIN_SOURCE_PAM);
		assert_int_equal(b.ledger.logins[0].time_us, T0);
	}
	book_close(&b);
}

static void
test_pairs(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(pair_cases) / sizeof(pair_cases[0]); i++)
		for (int way = 0; way < 4; way++)
			try_pair(&pair_cases[i], way & 1, way & 2);
}

/* Two records of the module are two logins, whatever they have in common: the nearer one learns. */
static void
test_module_records_stay(void **state)
{
	(void)state;
	for (int nearer = 0; nearer < 2; nearer++) {
		struct login_record first, second, line;
		struct book b;

		book_open(&b);
		first = told(&b, T0, "k1");
		second = told(&b, T0 + 20 * S, "k1");
		line = told(&b, T0 + (nearer == 0 ? 2 : 18) * S, "k1");
		line.host.boot_id = SPAN(BOOT);
		add_pam(&b, &first);
		add_pam(&b, &second);
		add_end(&b, &line, T0 + 60 * S, true);
		add_syslog(&b, &line);
		judge(&b);
		assert_int_equal(b.ledger.login_count, 2);
		assert_int_equal(b.ledger.logins[1 - nearer].closed_us, LOGIN_TIME_UNKNOWN);
		assert_int_equal(b.ledger.logins[nearer].closed_us, T0 + 60 * S);
		book_close(&b);
	}
}

/* A record of another instance stands between the line and the record without one that it means. */
static void
test_other_instance_between(void **state)
{
	(void)state;
	for (int64_t way = -1; way <= 1; way += 2) {
		struct login_record placeless, other, line;
		struct book b;

		book_open(&b);
		placeless = told(&b, T0, "k1");
		placeless.host.instance_id = SPAN_NONE;
		other = told(&b, T0 + way * S, "k1");
		other.host.instance_id = SPAN(OTHER);
		line = told(&b, T0 + way * 2 * S, "k1");
		line.audit_session = 7;
		add_pam(&b, &placeless);
		add_pam(&b, &other);
		add_syslog(&b, &line);
		judge(&b);
		assert_int_equal(b.ledger.login_count, 2);
		for (size_t i = 0; i < 2; i++)
			assert_int_equal(b.ledger.logins[i].audit_session,
			    b.ledger.logins[i].time_us == T0 ? 7 : -1);
		book_close(&b);
	}
}

/* The process number and even the port come again, half an hour later. */
static void
test_everything_comes_again(void **state)
{
	struct book b;

	(void)state;
	book_open(&b);
	for (int i = 0; i < 3; i++) {
		struct login_record module = told(&b, T0 + i * 1800 * S, "k1");
		struct login_record line = told(&b, T0 + i * 1800 * S - S, "k1");

		add_syslog(&b, &line);
		add_pam(&b, &module);
	}
	judge(&b);
	assert_int_equal(b.ledger.login_count, 3);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(b.ledger.logins[i].source, LOGIN_SOURCE_PAM);
	assert_int_equal(b.ledger.counts.syslog_duplicates, 3);
	book_close(&b);
}

/* Module, journal and file in every order: the module's record stays and knows all. */
static void
test_three_sources(void **state)
{
	static const int orders[][3] = {
	    {0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		struct login_record r[3];
		const struct login *l;
		struct book b;

		book_open(&b);
		r[0] = told(&b, T0 + 300000, "k1");
		r[1] = told(&b, T0 + 200000, "k1");
		r[1].host.boot_id = SPAN(BOOT);
		r[1].audit_session = 17;
		r[1].host.instance_id = SPAN_NONE;
		r[2] = told(&b, T0, "k1");
		for (size_t k = 0; k < 3; k++) {
			if (orders[i][k] == 0)
				add_pam(&b, &r[0]);
			else
				add_syslog(&b, &r[orders[i][k]]);
		}
		add_end(&b, &r[1], T0 + 50 * S, true);
		add_end(&b, &r[2], T0 + 40 * S, true); /* anybody's */
		judge(&b);
		assert_int_equal(b.ledger.login_count, 1);
		assert_int_equal(b.ledger.counts.syslog_duplicates, 2);
		l = &b.ledger.logins[0];
		assert_int_equal(l->source, LOGIN_SOURCE_PAM);
		assert_int_equal(l->audit_session, 17);
		assert_string_equal(
		    ledger_text(&b.ledger, l->boot_id), "0123456789abcdef0123456789abcdef");
		assert_int_equal(l->closed_us, T0 + 50 * S);
		book_close(&b);
	}
}

/* Without the module: the journal's record stays, and learns the instance from the file's place. */
static void
test_journal_before_file(void **state)
{
	(void)state;
	for (int way = 0; way < 4; way++) {
		int order = way & 1;
		bool same_id = (way & 2) != 0; /* stamps of one second give one */
		struct login_record journal, file;
		const struct login *l;
		struct book b;

		book_open(&b);
		file = told(&b, T0, "k1");
		journal = told(&b, T0 + 400000, "k1");
		if (same_id)
			journal.id = file.id;
		journal.host.boot_id = SPAN(BOOT);
		journal.host.instance_id = journal.host.account_id = SPAN_NONE;
		add_syslog(&b, order == 0 ? &journal : &file);
		add_syslog(&b, order == 0 ? &file : &journal);
		judge(&b);
		assert_int_equal(b.ledger.login_count, 1);
		l = &b.ledger.logins[0];
		assert_int_equal(l->time_us, T0 + 400000);
		assert_string_equal(ledger_text(&b.ledger, l->instance_id), INST);
		assert_string_equal(ledger_text(&b.ledger, l->account_id), "111122223333");
		book_close(&b);
	}
}

/* What the module wrote counts, where it wrote anything. */
static void
test_who_knows_better(void **state)
{
	struct login_record module, line, second;
	struct book b;

	(void)state;
	book_open(&b);
	module = told(&b, T0, "");
	line = told(&b, T0, "k1p");
	module.audit_session = 3;
	line.audit_session = 4;
	add_pam(&b, &module);
	add_end(&b, &module, T0 + 10 * S, false);
	add_syslog(&b, &line);
	add_end(&b, &line, T0 + 11 * S, true);
	add_end(&b, &line, T0 + 12 * S, true);
	second = told(&b, T0 + 3600 * S, "p");
	add_pam(&b, &second);
	second = told(&b, T0 + 3600 * S, "k1p"); /* sshd's last step is what counts */
	add_syslog(&b, &second);
	judge(&b);
	assert_int_equal(b.ledger.login_count, 2);
	assert_int_equal(b.ledger.logins[0].audit_session, 3);
	assert_int_equal(b.ledger.logins[0].closed_us, T0 + 10 * S);
	assert_int_equal(b.ledger.logins[0].auth_count, 2); /* the module's had none */
	assert_int_equal(b.ledger.logins[1].auth_count, 1);
	assert_false(b.ledger.auth[b.ledger.logins[1].auth_first].pushable);
	book_close(&b);
}

/* A file that begins in the middle of a login has lost its first steps. */
static void
test_steps_are_learnt(void **state)
{
	(void)state;
	for (int way = 0; way < 4; way++) {
		bool module = (way & 1) != 0;
		struct login_record cut, whole;
		struct book b;

		book_open(&b);
		cut = told(&b, T0, "p");
		whole = told(&b, T0 + S, "k1p");
		if ((way & 2) != 0)
			add_syslog(&b, &whole);
		if (module)
			add_pam(&b, &cut);
		else
			add_syslog(&b, &cut);
		if ((way & 2) == 0)
			add_syslog(&b, &whole);
		judge(&b);
		assert_int_equal(b.ledger.login_count, 1);
		assert_int_equal(b.ledger.logins[0].time_us, T0);
		assert_int_equal(b.ledger.logins[0].auth_count, module ? 1 : 2);
		book_close(&b);
	}
}

/* What tells two logins with one process and port apart, of whatever sources they are: an attacker
 * can have both again within seconds, and can write lines that have them. */
static void
test_not_one(void **state)
{
	static const struct {
		const char *name, *first, *second, *first_boot, *second_boot;
		int64_t ended_us; /* the first one; 0: not */
		size_t logins;
	} cases[] = {
	    {"alike", "k1", "k1", BOOT, BOOT, 0, 1},
	    {"another key", "k1", "k2", NULL, NULL, 0, 2},
	    {"another key, in the journal", "k1", "k2", BOOT, BOOT, 0, 2},
	    {"a key and a password", "k1", "p", NULL, NULL, 0, 2},
	    {"the host has started anew", "k1", "k1", BOOT, OTHER_BOOT, 0, 2},
	    {"the first had ended", "k1", "k1", BOOT, BOOT, 20 * S - 1, 2},
	    {"the first ended about then", "k1", "k1", BOOT, BOOT, 20 * S, 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (int way = 0; way < 2; way++) {
			struct login_record first, second;
			struct book b;

			book_open(&b);
			first = told(&b, T0, cases[i].first);
			second = told(&b, T0 + 30 * S, cases[i].second);
			first.host.boot_id = span_of(cases[i].first_boot);
			second.host.boot_id = span_of(cases[i].second_boot);
			if (cases[i].ended_us != 0)
				add_end(&b, &first, T0 + cases[i].ended_us, true);
			add_syslog(&b, way == 0 ? &first : &second);
			add_syslog(&b, way == 0 ? &second : &first);
			judge(&b);
			if (b.ledger.login_count != cases[i].logins)
				fail_msg("%s: %zu logins", cases[i].name, b.ledger.login_count);
			book_close(&b);
		}
	}
}

/* Lines with one process, port and second, and so one id, but with two keys: one of them is forged,
 * and neither may hide the other. Each again is the same. */
static void
test_one_id_two_keys(void **state)
{
	struct login_record forged, real;
	struct book b;

	(void)state;
	book_open(&b);
	forged = told(&b, T0, "k2");
	real = told(&b, T0, "k1");
	real.id = forged.id;
	for (int i = 0; i < 2; i++) {
		add_syslog(&b, &forged);
		add_syslog(&b, &real);
	}
	judge(&b);
	assert_int_equal(b.ledger.login_count, 2);
	assert_int_equal(b.ledger.counts.syslog_duplicates, 2);
	book_close(&b);
}

/* A line that names another key than the module saw is no word on the module's login. */
static void
test_module_saw_another_key(void **state)
{
	struct login_record module, line;
	struct book b;

	(void)state;
	book_open(&b);
	module = told(&b, T0, "k1");
	line = told(&b, T0, "k2");
	line.host.boot_id = SPAN(BOOT);
	line.audit_session = 7;
	add_pam(&b, &module);
	add_syslog(&b, &line);
	judge(&b);
	assert_int_equal(b.ledger.login_count, 2);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(b.ledger.logins[i].audit_session,
		    b.ledger.logins[i].source == LOGIN_SOURCE_PAM ? -1 : 7);
	book_close(&b);
}

/* A file of syslog, in which anybody can write, ends nothing and adds no step to what the journal
 * tells; nor does its end count where the journal has one. */
static void
test_file_beside_journal(void **state)
{
	(void)state;
	for (int way = 0; way < 8; way++) {
		bool same_id = (way & 1) != 0, file_first = (way & 2) != 0, ends = (way & 4) != 0;
		struct login_record journal, file;
		struct book b;

		book_open(&b);
		journal = told(&b, T0, "p");
		journal.host.boot_id = SPAN(BOOT);
		file = told(&b, T0 + S, "k1p");
		if (same_id)
			file.id = journal.id;
		add_syslog(&b, file_first ? &file : &journal);
		add_syslog(&b, file_first ? &journal : &file);
		add_end(&b, &file, T0 + 2 * S, true);
		if (ends)
			add_end(&b, &journal, T0 + 50 * S, true);
		judge(&b);
		assert_int_equal(b.ledger.login_count, 1);
		assert_int_equal(b.ledger.logins[0].auth_count, 1);
		assert_int_equal(
		    b.ledger.logins[0].closed_us, ends ? T0 + 50 * S : LOGIN_TIME_UNKNOWN);
		book_close(&b);
	}
}

/* Of several ends of a session the first counts. */
static void
test_first_end_counts(void **state)
{
	struct login_record line;
	struct book b;

	(void)state;
	book_open(&b);
	line = told(&b, T0, "k1");
	for (int64_t i = 9; i > 0; i--)
		add_end(&b, &line, T0 + i * S, true);
	add_syslog(&b, &line);
	judge(&b);
	assert_int_equal(b.ledger.logins[0].closed_us, T0 + S);
	book_close(&b);
}

/* The same line read twice has the same id; on two instances it is of two hosts all the same. */
static void
test_same_line_twice(void **state)
{
	struct login_record line;
	struct book b;

	(void)state;
	book_open(&b);
	line = told(&b, T0, "k1");
	line.sshd_pid = -1; /* nothing but the id says that it is the same */
	add_syslog(&b, &line);
	add_syslog(&b, &line);
	assert_int_equal(b.ledger.login_count, 1);
	assert_int_equal(b.ledger.auth_count, 1);
	line.host.instance_id = SPAN(OTHER);
	add_syslog(&b, &line);
	judge(&b);
	assert_int_equal(b.ledger.login_count, 2);
	assert_int_equal(b.ledger.counts.syslog_duplicates, 1);
	book_close(&b);
}

/* An end in syslog that carries the id of a session of the module's ends nothing. */
static void
test_syslog_ends_no_module_session(void **state)
{
	struct login_record module, line;
	struct book b;

	(void)state;
	book_open(&b);
	module = told(&b, T0, "k1");
	line = told(&b, T0 + 3600 * S, "k1");
	add_pam(&b, &module);
	add_syslog(&b, &line);
	add_end(&b, &module, T0 + S, true);
	judge(&b);
	assert_int_equal(b.ledger.logins[0].closed_us, LOGIN_TIME_UNKNOWN);
	book_close(&b);
}

/* A flood of lines with one process, port, user and address costs no more than any others, and what
 * stays does not depend on the order they came in. */
static void
test_flood(void **state)
{
	enum { COUNT = 100000 };

	(void)state;
	for (int order = 0; order < 2; order++) {
		struct login_record module;
		struct book b;

		book_open(&b);
		for (int i = 0; i < COUNT; i++) {
			int n = order == 0 ? i : COUNT - 1 - i;
			struct login_record r = told(&b, T0 + n * (S / 1000), "k1");
			char id[33];

			(void)snprintf(id, sizeof(id), "%032x", 0x1000000 + n);
			r.id = span_of(id);
			if (n % 2 == 0)
				r.host.instance_id = SPAN_NONE;
			add_syslog(&b, &r);
		}
		module = told(&b, T0, "k1");
		add_pam(&b, &module);
		judge(&b);
		assert_int_equal(b.ledger.login_count, 1);
		assert_int_equal(b.ledger.counts.syslog_duplicates, COUNT);
		book_close(&b);
	}
}

static void
notice(struct book *b, int64_t time_us, const char *request, bool unproven)
{
	const struct key_notice_text n = {
	    .time_us = time_us,
	    .instance_id = SPAN(INST),
	    .hostname = SPAN(HOST),
	    .fingerprint = SPAN("SHA256:x"),
	    .request_id = span_of(request),
	    .provided = request != NULL,
	    .unproven = unproven,
	};

	assert_int_equal(ledger_add_notice(&b->ledger, &n), 0);
	b->ledger.counts.syslog_lines++;
	b->ledger.counts.syslog_notices++;
}

static void
test_notices_are_sorted(void **state)
{
	struct book b;

	(void)state;
	book_open(&b);
	notice(&b, T0 + S, "r2", true);
	notice(&b, T0, "r1", false);
	notice(&b, T0 + S, NULL, false);
	notice(&b, T0, "r1", false); /* the same file again */
	notice(&b, T0 + S, "r2", true);
	notice(&b, T0 + S, "r2", false); /* not the same: who wrote it */
	judge(&b);
	assert_int_equal(b.ledger.notice_count, 4);
	assert_int_equal(b.ledger.counts.notices_unproven, 1);
	assert_string_equal(ledger_text(&b.ledger, b.ledger.notices[0].request_id), "r1");
	assert_false(b.ledger.notices[1].provided);
	assert_null(ledger_text(&b.ledger, b.ledger.notices[1].principal));
	book_close(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_pairs),
	    cmocka_unit_test(test_module_records_stay),
	    cmocka_unit_test(test_other_instance_between),
	    cmocka_unit_test(test_everything_comes_again),
	    cmocka_unit_test(test_three_sources),
	    cmocka_unit_test(test_journal_before_file),
	    cmocka_unit_test(test_who_knows_better),
	    cmocka_unit_test(test_steps_are_learnt),
	    cmocka_unit_test(test_not_one),
	    cmocka_unit_test(test_one_id_two_keys),
	    cmocka_unit_test(test_module_saw_another_key),
	    cmocka_unit_test(test_file_beside_journal),
	    cmocka_unit_test(test_first_end_counts),
	    cmocka_unit_test(test_same_line_twice),
	    cmocka_unit_test(test_syslog_ends_no_module_session),
	    cmocka_unit_test(test_flood),
	    cmocka_unit_test(test_notices_are_sorted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
